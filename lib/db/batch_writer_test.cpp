// One job that cannot be done, among others that can.
#include "db/batch_writer.hpp"

#include <gtest/gtest.h>

#include <future>
#include <optional>

#include "base/temp_folder.hpp"

namespace mado::db {
namespace {

// A writer of numbers, whose next batch is what the test queues while `hold()` holds the thread.
class BatchWriterTest : public testing::Test {
  protected:
    BatchWriterTest() {
        migrate(connection, std::array<std::string_view, 1>{"create table t(n integer unique)"});
        writer.emplace(BatchWriter::Parts{.connection = connection,
                                          .commit =
                                              [this](const std::function<void()>& work) {
                                                  ++commits;
                                                  if (commits > commits_max) {
                                                      throw Failure("the disk is gone");
                                                  }
                                                  in_commit.clear();
                                                  Transaction transaction(connection);
                                                  work();
                                                  transaction.commit();
                                                  kept += in_commit;
                                                  if (lose_answer) {
                                                      lose_answer = false;
                                                      throw Failure("durable all the same");
                                                  }
                                              },
                                          .recover = [this] { in_commit.clear(); },
                                          .report = [this](std::string_view) { ++reports; },
                                          .observe = {},
                                          .disk_full = "full",
                                          .broken = "broken"});
    }
    // Everything submitted from here until release() is one batch.
    void hold() {
        auto held = std::make_shared<std::promise<void>>();
        auto holding = held->get_future();
        released.emplace();
        ASSERT_TRUE(writer->submit([] {},
                                   [held, until = released->get_future().share()](Written) {
                                       held->set_value();
                                       until.wait();
                                   }));
        holding.wait();
        commits = 0;
        reports = 0;
    }
    void submit(BatchWriter::Work work) {
        auto told = std::make_shared<std::promise<Written>>();
        answers.push_back(told->get_future());
        ASSERT_TRUE(
            writer->submit(std::move(work), [told](Written written) { told->set_value(written); }));
    }
    // A job with a side effect outside the database, which `recover` takes back.
    void add(std::string number) {
        submit([this, number] {
            connection.run("insert into t(n) values (" + number + ") on conflict do nothing");
            in_commit += number;
        });
    }
    void add_twice(const std::string& number) {
        submit([this, number] {
            in_commit += number;
            connection.run("insert into t(n) values (" + number + "), (" + number + ")");
        });
    }
    std::vector<Written> release() {
        released->set_value();
        std::vector<Written> out;
        for (auto& answer : answers)
            out.push_back(answer.get());
        answers.clear();
        return out;
    }
    [[nodiscard]] std::string rows() const {
        Connection reading(path, Access::read_only);
        auto row = reading.prepare("select coalesce(group_concat(n, ''), '') from t");
        return row.step() ? row.text(0) : "none";
    }

    static constexpr auto durable = Written::durable;
    static constexpr auto failed = Written::failed;

    TempFolder folder;
    const std::string path = folder.path("test.sqlite");
    Connection connection{path, Access::create};
    std::string in_commit, kept;
    bool lose_answer = false;
    int commits = 0, commits_max = 1'000'000, reports = 0;
    std::optional<std::promise<void>> released;
    std::vector<std::future<Written>> answers;
    std::optional<BatchWriter> writer;
};

TEST_F(BatchWriterTest, OneThatFailsTakesNoOtherWithIt) {
    for (const std::size_t guilty : {0U, 1U, 3U}) {
        SCOPED_TRACE(guilty);
        connection.run("delete from t");
        kept.clear();
        hold();
        std::vector<Written> expected(4, durable);
        expected[guilty] = failed;
        std::string good;
        for (std::size_t i = 0; i < 4; ++i) {
            if (i == guilty) {
                add_twice(std::to_string(i));
            } else {
                add(std::to_string(i));
                good += std::to_string(i);
            }
        }
        EXPECT_EQ(release(), expected);
        EXPECT_TRUE(writer->healthy());
        EXPECT_EQ(rows(), good);
        EXPECT_EQ(kept, good) << "each once, whatever the first run left behind";
        EXPECT_EQ(commits, 5);
        EXPECT_EQ(reports, 2);
    }
}

TEST_F(BatchWriterTest, OneThatOnlyTheCommitRefusesTakesNoOtherWithIt) {
    connection.run("create table later(n references t(n) deferrable initially deferred)");
    hold();
    add("1");
    submit([this] { connection.run("insert into later values (5)"); });
    add("2");
    EXPECT_EQ(release(), (std::vector{durable, failed, durable}));
    EXPECT_TRUE(writer->healthy());
    EXPECT_EQ(rows(), "12");
}

// It is as likely the world's fault: somebody should look.
TEST_F(BatchWriterTest, WhenAllFailTheWriterIsUnwell) {
    hold();
    add_twice("1");
    add_twice("2");
    EXPECT_EQ(release(), (std::vector{failed, failed}));
    EXPECT_FALSE(writer->healthy());
    EXPECT_EQ(rows(), "");
    hold();
    EXPECT_TRUE(writer->healthy()) << "the next one that can be done";
    add_twice("1");
    EXPECT_EQ(release(), std::vector{failed});
    EXPECT_EQ(commits, 1) << "a batch of one has been alone already";
    EXPECT_EQ(writer->unwell(), "broken");
}

// Each of them may wait long before it fails.
TEST_F(BatchWriterTest, CommitsThatFailAreNotTriedForEachJob) {
    hold();
    for (int i = 0; i < 100; ++i)
        add(std::to_string(i));
    commits_max = 0;
    EXPECT_EQ(release(), std::vector<Written>(100, failed));
    EXPECT_EQ(commits, 2);
    EXPECT_EQ(writer->unwell(), "broken");
    EXPECT_EQ(rows(), "");
}

TEST_F(BatchWriterTest, WhatWasDurableAllTheSameIsDoneOnce) {
    hold();
    add("1");
    add("2");
    lose_answer = true;
    EXPECT_EQ(release(), (std::vector{durable, durable}));
    EXPECT_TRUE(writer->healthy());
    EXPECT_EQ(rows(), "12");
}

TEST_F(BatchWriterTest, AFullDiskIsNotTriedAgain) {
    hold();
    add("1");
    submit([] { throw DiskFull("no room"); });
    EXPECT_EQ(release(), (std::vector{Written::no_room, Written::no_room}));
    EXPECT_EQ(commits, 1);
    EXPECT_EQ(writer->unwell(), "full");
    EXPECT_EQ(rows(), "");
}

}  // namespace
}  // namespace mado::db
