#include "base/batcher.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <stdexcept>

namespace mado {
namespace {

using Numbers = std::vector<int>;

// An `apply` that waits at a gate before its first batch and notes what it was given.
struct Recorder {
    std::promise<void> entered;
    std::promise<void> gate;
    std::vector<Numbers> batches;

    void apply(Numbers& batch) {
        if (batches.empty()) {
            entered.set_value();
            gate.get_future().wait();
        }
        batches.push_back(batch);
    }
    [[nodiscard]] Numbers all() const {
        Numbers out;
        for (const auto& batch : batches)
            out.insert(out.end(), batch.begin(), batch.end());
        return out;
    }
};

void never_broken(std::exception_ptr) {
    FAIL() << "apply did not throw";
}

Numbers count_to(int end) {
    Numbers out;
    for (int i = 0; i < end; ++i)
        out.push_back(i);
    return out;
}

TEST(Batcher, GathersABatchWhileAnotherIsApplied) {
    Recorder recorder;
    Batcher<int> batcher(
        {.queue_max = 100, .batch_max = 8}, [&recorder](Numbers& batch) { recorder.apply(batch); },
        never_broken);
    ASSERT_TRUE(batcher.submit(0));
    recorder.entered.get_future().wait();
    EXPECT_EQ(batcher.queued(), 0U);
    for (int i = 1; i < 20; ++i)
        ASSERT_TRUE(batcher.submit(i));
    EXPECT_EQ(batcher.queued(), 19U);
    recorder.gate.set_value();
    batcher.stop();
    ASSERT_EQ(recorder.batches.size(), 4U);
    EXPECT_EQ(recorder.batches[0].size(), 1U);
    EXPECT_EQ(recorder.batches[1].size(), 8U);
    EXPECT_EQ(recorder.batches[2].size(), 8U);
    EXPECT_EQ(recorder.batches[3].size(), 3U);
    EXPECT_EQ(recorder.all(), count_to(20));
}

TEST(Batcher, RefusesWhenFullAndTakesAgainAfterwards) {
    Recorder recorder;
    Batcher<int> batcher(
        {.queue_max = 2, .batch_max = 8}, [&recorder](Numbers& batch) { recorder.apply(batch); },
        never_broken);
    ASSERT_TRUE(batcher.submit(0));
    recorder.entered.get_future().wait();
    EXPECT_TRUE(batcher.submit(1));
    EXPECT_TRUE(batcher.submit(2));
    EXPECT_FALSE(batcher.submit(3));
    recorder.gate.set_value();
    while (!batcher.submit(4))
        std::this_thread::yield();
    batcher.stop();
    EXPECT_EQ(recorder.all(), (Numbers{0, 1, 2, 4}));
}

TEST(Batcher, StopFinishesWhatIsQueuedAndTakesNoMore) {
    Recorder recorder;
    Batcher<int> batcher({}, [&recorder](Numbers& batch) { recorder.apply(batch); }, never_broken);
    for (int i = 0; i < 1000; ++i)
        ASSERT_TRUE(batcher.submit(i));
    recorder.gate.set_value();
    batcher.stop();
    EXPECT_EQ(recorder.all(), count_to(1000));
    EXPECT_FALSE(batcher.submit(1000));
    batcher.stop();
    EXPECT_EQ(recorder.all(), count_to(1000));
}

TEST(Batcher, TheDestructorFinishesToo) {
    Numbers seen;
    {
        Batcher<int> batcher(
            {}, [&seen](Numbers& batch) { seen.insert(seen.end(), batch.begin(), batch.end()); },
            never_broken);
        for (int i = 0; i < 100; ++i)
            ASSERT_TRUE(batcher.submit(i));
    }
    EXPECT_EQ(seen, count_to(100));
}

TEST(Batcher, AnExceptionDropsItsBatchOnly) {
    // Jobs are move-only and count themselves, as those that carry a waiting request do.
    struct Job {
        int number;
        std::shared_ptr<std::atomic<int>> alive;
        Job(int n, std::shared_ptr<std::atomic<int>> a) : number(n), alive(std::move(a)) {
            ++*alive;
        }
        Job(Job&&) = default;
        Job& operator=(Job&&) = default;
        Job(const Job&) = delete;
        Job& operator=(const Job&) = delete;
        ~Job() {
            if (alive) --*alive;
        }
    };
    const auto alive = std::make_shared<std::atomic<int>>(0);
    std::vector<std::string> reasons;
    Numbers applied;
    Batcher<Job> batcher(
        {.queue_max = 100, .batch_max = 1},
        [&applied](std::vector<Job>& batch) {
            if (batch.front().number == 1) throw std::runtime_error("disk full");
            applied.push_back(batch.front().number);
        },
        [&reasons, &alive](const std::exception_ptr& broken) {
            try {
                std::rethrow_exception(broken);
            } catch (const std::exception& error) {
                // Jobs 2 may or may not wait by now, but job 1 is gone.
                EXPECT_LE(alive->load(), 1);
                reasons.emplace_back(error.what());
            }
        });
    for (int i = 0; i < 3; ++i)
        ASSERT_TRUE(batcher.submit(Job(i, alive)));
    batcher.stop();
    EXPECT_EQ(applied, (Numbers{0, 2}));
    EXPECT_EQ(reasons, (std::vector<std::string>{"disk full"}));
    EXPECT_EQ(alive->load(), 0);
}

TEST(Batcher, EachThreadsJobsKeepTheirOrder) {
    struct Job {
        int thread;
        int number;
    };
    constexpr int threads = 4;
    constexpr int jobs = 5000;
    std::vector<int> next(threads, 0);
    std::size_t batches = 0;
    bool in_order = true;
    {
        Batcher<Job> batcher(
            {.queue_max = threads * jobs, .batch_max = 64},
            [&next, &batches, &in_order](std::vector<Job>& batch) {
                ++batches;
                in_order = in_order && batch.size() <= 64;
                for (const auto& job : batch) {
                    auto& expected = next[static_cast<std::size_t>(job.thread)];
                    in_order = in_order && job.number == expected;
                    ++expected;
                }
            },
            never_broken);
        std::vector<std::jthread> submitters;
        for (int t = 0; t < threads; ++t) {
            submitters.emplace_back([&batcher, t] {
                for (int i = 0; i < jobs; ++i)
                    EXPECT_TRUE(batcher.submit({t, i}));
            });
        }
    }
    EXPECT_TRUE(in_order);
    EXPECT_EQ(next, std::vector<int>(threads, jobs));
    EXPECT_LT(batches, static_cast<std::size_t>(threads * jobs));
}

}  // namespace
}  // namespace mado
