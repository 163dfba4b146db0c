#include "live_names.hpp"

#include <gtest/gtest.h>

#include "base/temp_folder.hpp"
#include "crypto/digest.hpp"
#include "store.hpp"

namespace mado::relay {
namespace {

constexpr UnixTime now = 1'800'000'000;

LiveName name(std::string_view text, std::int64_t lasts_s, std::int64_t log_index = 0) {
    return {.name = name_of(crypto::sha256(as_bytes(text))),
            .expires = now + lasts_s,
            .log_index = log_index};
}

class LiveNamesTest : public testing::Test {
  protected:
    // One batch with these names.
    void batch(const std::vector<LiveName>& given, bool recorded = true) {
        names.begin();
        connection.run("begin");
        for (const auto& one : given)
            names.add(one);
        names.finish();
        connection.run(recorded ? "commit" : "rollback");
    }
    std::int64_t rows() {
        auto count = connection.prepare("select count(*) from live");
        return count.step() ? count.integer(0) : -1;
    }
    // Everything that ended before, as a batch does it.
    void drop(UnixTime time) {
        names.begin();
        while (names.drop_ended(time)) {
        }
    }

    TempFolder folder;
    db::Connection connection = open_store(folder.path("relay.sqlite"), db::Access::create);
    LiveNames names{connection};
};

TEST_F(LiveNamesTest, AreThereAtTheNextStart) {
    batch({name("request", 60, 17), name("mandate", 1800)});
    LiveNames later(connection);
    EXPECT_EQ(later.find(name("request", 0).name), 17);
    EXPECT_TRUE(later.contains(name("mandate", 0).name));
    EXPECT_FALSE(later.find(name("another", 0).name).has_value());
    const auto stored = stored_names(connection);
    ASSERT_EQ(stored.size(), 2U);
    EXPECT_EQ(stored[0].expires, now + 60);
    EXPECT_EQ(stored[0].log_index, 17);
}

TEST_F(LiveNamesTest, OneThatIsLiveStaysAsItIs) {
    batch({name("request", 60, 17), name("request", 60, 18)});
    batch({name("request", 600, 19)});
    EXPECT_EQ(names.find(name("request", 0).name), 17);
    EXPECT_EQ(stored_names(connection).size(), 1U);
}

TEST_F(LiveNamesTest, ABatchThatFailedLeavesNothing) {
    batch({name("before", 60, 1)});
    batch({name("request", 60, 2)}, false);
    names.forget();
    names.begin();
    EXPECT_FALSE(names.contains(name("request", 0).name));
    EXPECT_TRUE(names.contains(name("before", 0).name));
    batch({name("request", 90, 3)});
    EXPECT_EQ(names.find(name("request", 0).name), 3);
    drop(now + 61);
    EXPECT_TRUE(names.contains(name("request", 0).name)) << "it has another end now";
}

// The commit's answer was lost, and yet it is on the disk.
TEST_F(LiveNamesTest, ABatchThatFailedAndIsThereIsKnown) {
    batch({name("request", 60, 2), name("mandate", 1800)});
    names.forget();
    names.begin();
    EXPECT_EQ(names.find(name("request", 0).name), 2);
}

TEST_F(LiveNamesTest, ABatchThatFailedBeforeItsEndLeavesNothing) {
    batch({name("before", 60, 1)});
    names.begin();
    names.add(name("request", 60, 2));
    names.forget();
    names.begin();
    EXPECT_FALSE(names.contains(name("request", 0).name));
}

// It drops the newest row, takes its place, and fails: the old row is none of it.
TEST_F(LiveNamesTest, NoRowIsTakenForThatOfAFailedBatch) {
    batch({name("old", 60, 1)});
    names.begin();
    connection.run("begin");
    ASSERT_FALSE(names.drop_ended(now + 1000));
    EXPECT_EQ(rows(), 0);
    names.add(name("request", 2000, 2));
    names.finish();
    connection.run("rollback");
    names.forget();
    names.begin();
    EXPECT_FALSE(names.contains(name("request", 0).name));
}

TEST_F(LiveNamesTest, GoWhenTheyEnd) {
    batch({name("request", 60, 1), name("check", 120), name("login", 1800)});
    EXPECT_EQ(rows(), 3) << "one for each minute";
    drop(now + 60);
    EXPECT_TRUE(names.contains(name("request", 0).name));
    drop(now + 61);
    EXPECT_FALSE(names.contains(name("request", 0).name));
    drop(now + 240);
    EXPECT_EQ(rows(), 1);
    EXPECT_FALSE(names.contains(name("check", 0).name));
    EXPECT_TRUE(LiveNames(connection).contains(name("login", 0).name));
    drop(now + 1900);
    EXPECT_EQ(rows(), 0);
    EXPECT_FALSE(names.contains(name("login", 0).name));
}

// A name may be used again when it has ended; its older row is there a little longer.
TEST_F(LiveNamesTest, TheNewestRowCounts) {
    batch({name("request", 0, 1)});
    names.begin();
    ASSERT_FALSE(names.drop_ended(now + 1));
    EXPECT_EQ(rows(), 1) << "until its minute is over";
    batch({name("request", 30, 2)});
    EXPECT_EQ(rows(), 2);
    EXPECT_EQ(LiveNames(connection).find(name("request", 0).name), 2);
}

TEST_F(LiveNamesTest, NoMoreThanAMegabyteGoesAtATime) {
    constexpr int batches = 40;
    constexpr int of_batch = 1000;  // 32 KB
    for (int i = 0; i < batches; ++i) {
        std::vector<LiveName> some;
        for (int k = 0; k < of_batch; ++k)
            some.push_back(name(std::to_string(i * of_batch + k), 60));
        batch(some);
    }
    names.begin();
    EXPECT_TRUE(names.drop_ended(now + 200));
    EXPECT_EQ(rows(), 7);
    EXPECT_FALSE(names.drop_ended(now + 200));
    EXPECT_EQ(rows(), 0);
}

TEST_F(LiveNamesTest, ARowThatIsNotWholeIsABrokenStore) {
    batch({name("request", 60, 1)});
    connection.run("update live set names = substr(names, 1, 31)");
    EXPECT_THROW(LiveNames{connection}, Failure);
}

TEST(Name, IsTheIndexWithoutItsKeysNumber) {
    Bytes index(33, 1);
    const auto first = name_of(index);
    index[0] = 2;
    EXPECT_EQ(name_of(index), first);
    index[16] = 9;
    EXPECT_NE(name_of(index), first);
    EXPECT_THROW(static_cast<void>(name_of(ByteView(index).first(16))), Failure);
}

}  // namespace
}  // namespace mado::relay
