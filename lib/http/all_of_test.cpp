// Coroutines side by side: what comes out, in which order, and when.
#include "http/all_of.hpp"

#include <algorithm>

#include "base/result.hpp"
#include "http/test_net.hpp"

namespace mado::http {
namespace {

// Each waits until those after it have ended, so that they end in the reverse of their order.
struct AllOfTest : testing::Test {
    Task<int> last_first(int number) {
        while (ended.size() + static_cast<std::size_t>(number) < 3)
            co_await pause(Milliseconds(1));
        ended.push_back(number);
        if (number == failing) throw Failure("number " + std::to_string(number));
        co_return number;
    }
    std::vector<Task<int>> three() {
        std::vector<Task<int>> tasks;
        for (const int number : {1, 2, 3})
            tasks.push_back(last_first(number));
        return tasks;
    }

    asio::io_context io;
    int failing = 0;
    std::vector<int> ended;
};

TEST_F(AllOfTest, ResultsComeInTheOrderOfTheTasks) {
    EXPECT_EQ(await(io, all_of(three())), (std::vector{1, 2, 3}));
    EXPECT_EQ(ended, (std::vector{3, 2, 1}));
    EXPECT_TRUE(await(io, all_of(std::vector<Task<int>>())).empty());
}

TEST_F(AllOfTest, OneThatThrowsWaitsForTheOthers) {
    failing = 3;
    EXPECT_THROW(await(io, all_of(three())), Failure);
    EXPECT_EQ(ended, (std::vector{3, 2, 1}));
}

TEST_F(AllOfTest, OutcomesKeepWhatTheOthersReturned) {
    failing = 2;
    const auto outcomes = await(io, outcomes_of(three()));
    ASSERT_EQ(outcomes.size(), 3U);
    EXPECT_EQ(outcomes[0].value_or(0), 1);
    ASSERT_FALSE(outcomes[1]);
    EXPECT_THROW(std::rethrow_exception(outcomes[1].error()), Failure);
    EXPECT_EQ(outcomes[2].value_or(0), 3);
}

}  // namespace
}  // namespace mado::http
