#include "log_writer.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <thread>

#include "mandates.hpp"
#include "test_relay.hpp"

namespace mado::relay {
namespace {

NewSeries series(const std::string& number) {
    return {.index = to_bytes("index of " + number),
            .identifier = {.number = {.scheme = "insured-number", .fields = {{"number", number}}},
                           .holder = wire::participant_id("06990014"),
                           .current = true}};
}

Hash test_hash(std::string_view text) {
    return crypto::sha256(as_bytes(text));
}

LiveMandate live_mandate(std::string_view name, UnixTime expires) {
    return {.hash = test_hash(name),
            .expires = expires,
            .organisation = wire::participant_id("clinic-1"),
            .stop = test_hash("stop")};
}

SetOutcome miss(const Recorded& recorded, std::string_view path) {
    return {.log_index = recorded.log_index,
            .outcome = wire::Outcome::no_match,
            .miss_path = to_bytes(path),
            .day = 20'000,
            .requester = "clinic-1",
            .time = wire::test_now};
}

using wire::Code;

class LogWriterTest : public testing::Test {
  protected:
    LogWriterTest() {
        store.open();
        store.add_people(3);
    }
    ~LogWriterTest() override { store.check(); }

    void expect_valid(const RecordResult& result) {
        ASSERT_TRUE(result.has_value());
        const auto verified = wire::verify_receipt(result->receipt, store.directory);
        ASSERT_TRUE(verified.has_value()) << verified.error().why;
        EXPECT_EQ(verified->order.holder.text(), "06990014");
        EXPECT_EQ(static_cast<std::uint64_t>(result->log_index), result->receipt.index);
    }
    static Code code_of(const RecordResult& result) {
        EXPECT_FALSE(result.has_value());
        return result ? Code::internal : result.error();
    }
    TestStore store;
};

TEST(NewLog, AnchorsTheEmptyTree) {
    TestStore store;
    store.open();
    store.check();
    store.reopen();
    store.check();
}

TEST_F(LogWriterTest, OneOrderGetsItsReceipt) {
    const auto result = store.record({.person = PersonRow{2}});
    expect_valid(result);
    EXPECT_EQ(result->log_index, 1);  // after the import's entry
    EXPECT_EQ(result->holder.text(), "06990014");
    EXPECT_EQ(result->number,
              R"({"holder":"06990014","scheme":"insured-number","number":"1234567"})");
    const auto order = wire::parse_order(result->receipt.order);
    ASSERT_TRUE(order.has_value());
    EXPECT_EQ(order->number, wire::commit_number(result->number_salt, as_bytes(result->number)));
    EXPECT_TRUE(store.writer().healthy());
}

TEST_F(LogWriterTest, ManyThreadsShareBatches) {
    constexpr int threads = 4;
    constexpr int each = 75;
    std::array<std::vector<std::future<RecordResult>>, threads> results;
    {
        std::vector<std::jthread> running;
        for (int t = 0; t < threads; ++t) {
            running.emplace_back([this, t, &results] {
                for (int i = 0; i < each; ++i) {
                    const PersonRow person = 1 + (t + i) % 3;
                    results[static_cast<std::size_t>(t)].push_back(
                        store.submit(store.order({.person = person})));
                }
            });
        }
    }
    std::set<std::int64_t> positions;
    for (auto& of_thread : results) {
        for (auto& future : of_thread) {
            const auto result = future.get();
            expect_valid(result);
            EXPECT_TRUE(positions.insert(result->log_index).second);
        }
    }
    EXPECT_EQ(positions.size(), std::size_t{threads} * each);
    store.close();
    EXPECT_LT(store.batches.size(), std::size_t{threads} * each);
    EXPECT_EQ(store.count("select count(*) from own_entry"), threads * each);
    store.open();
}

TEST_F(LogWriterTest, SameRequestAgainIsTheSameReceipt) {
    const auto first = store.record({.request = "r", .content = "c"});
    expect_valid(first);
    const auto receipt = wire::receipt_json(first->receipt);
    for (int step = 0; step < 3; ++step) {
        const auto entries = store.count("select count(*) from access");
        const auto again = store.record({.request = "r", .content = "c"});
        ASSERT_TRUE(again.has_value());
        EXPECT_EQ(wire::receipt_json(again->receipt), receipt);
        EXPECT_EQ(again->number_salt, first->number_salt);
        EXPECT_EQ(again->subject_salt, first->subject_salt);
        EXPECT_EQ(again->log_index, first->log_index);
        EXPECT_EQ(store.count("select count(*) from access"), entries);
        if (step == 0) store.record_many(300);  // past a full tile
        if (step == 1) store.reopen();
    }
}

TEST_F(LogWriterTest, SameRequestTwiceInOneBatch) {
    auto release = store.hold_writer();
    auto first = store.submit(store.order({.request = "r", .content = "c"}));
    auto again = store.submit(store.order({.request = "r", .content = "c"}));
    auto other = store.submit(store.order({.request = "r", .content = "d"}));
    release.set_value();
    const auto result = first.get();
    expect_valid(result);
    const auto repeated = again.get();
    ASSERT_TRUE(repeated.has_value());
    EXPECT_EQ(wire::receipt_json(repeated->receipt), wire::receipt_json(result->receipt));
    EXPECT_EQ(code_of(other.get()), Code::key_reused);
    EXPECT_EQ(store.count("select max(seq) from own_entry where person = 1"),
              2);  // the held one and this
}

TEST_F(LogWriterTest, OtherContentIsKeyReused) {
    expect_valid(store.record({.request = "r", .content = "c"}));
    EXPECT_EQ(code_of(store.record({.request = "r", .content = "d"})), Code::key_reused);
    EXPECT_EQ(store.count("select max(seq) from own_entry where person = 1"), 1);
}

TEST_F(LogWriterTest, CheckMandateIsUsedOnceAtAHolder) {
    expect_valid(store.record({.request = "r", .check = "mandate at holder"}));
    EXPECT_EQ(code_of(store.record({.check = "mandate at holder"})), Code::mandate_used);
    expect_valid(store.record({.check = "mandate at another holder"}));
    expect_valid(store.record({.request = "r", .check = "mandate at holder"}));  // a repeat
    auto release = store.hold_writer();
    auto first = store.submit(store.order({.check = "m"}));
    auto second = store.submit(store.order({.check = "m"}));
    release.set_value();
    expect_valid(first.get());
    EXPECT_EQ(code_of(second.get()), Code::mandate_used);
}

TEST_F(LogWriterTest, UnlinkedNumberBecomesOneSeries) {
    auto release = store.hold_writer();
    auto first = store.submit(store.order({.person = series("1")}));
    auto second = store.submit(store.order({.person = series("1")}));
    auto other = store.submit(store.order({.person = series("2")}));
    release.set_value();
    expect_valid(first.get());
    expect_valid(second.get());
    expect_valid(other.get());
    store.reopen();
    expect_valid(store.record({.person = series("1")}));
    EXPECT_EQ(store.count("select count(*) from person where linked = 0"), 2);
    EXPECT_EQ(store.count(
                  "select max(seq) from own_entry join person p on p.id = person where linked = 0"),
              3);
    EXPECT_EQ(store.count("select count(*) from identifier"), 2);
}

TEST_F(LogWriterTest, ThirdMissAppendsOneRefusedEntry) {
    std::vector<Recorded> orders;
    for (int i = 0; i < 5; ++i)
        orders.push_back(*store.record({.person = PersonRow{2}}));
    const auto refused = [this] {
        return store.count("select count(*) - 6 from access");  // the import and five orders
    };
    EXPECT_TRUE(store.set_outcome(miss(orders[0], "path")));
    EXPECT_TRUE(store.set_outcome(miss(orders[1], "path")));
    EXPECT_TRUE(store.set_outcome(miss(orders[1], "path")));  // a repeat of the same request
    EXPECT_TRUE(store.set_outcome(miss(orders[2], "another path")));
    EXPECT_EQ(refused(), 0);
    EXPECT_TRUE(store.set_outcome(miss(orders[3], "path")));
    EXPECT_EQ(refused(), 1);
    EXPECT_TRUE(store.set_outcome(miss(orders[4], "path")));
    EXPECT_EQ(refused(), 1);
    store.check();
    EXPECT_EQ(store.count("select max(seq) from own_entry where person = 2"), 6);

    Reader reader(store.database(), store.vault());
    EXPECT_EQ(reader.misses(to_bytes("path")), 4);
    const auto entries = reader.entries(2, 5, 10, 1000);
    ASSERT_EQ(entries.size(), 1U);
    ASSERT_TRUE(std::holds_alternative<AccessRecord>(entries[0].record));
    EXPECT_EQ(std::get<AccessRecord>(entries[0].record).kind, "refused");
    EXPECT_NE(std::get<AccessRecord>(entries[0].record).content.find("clinic-1"),
              std::string::npos);
}

// Many guesses at once are no more than three guesses.
TEST_F(LogWriterTest, TriesUnderWayCountLikeMisses) {
    const NewOrder guess{.miss_path = "path"};
    auto release = store.hold_writer();
    std::vector<std::future<RecordResult>> guesses;
    for (int i = 0; i < 10; ++i)
        guesses.push_back(store.submit(store.order(guess)));
    auto other = store.submit(store.order({.miss_path = "other path"}));
    release.set_value();
    std::vector<Recorded> recorded;
    for (auto& future : guesses) {
        auto result = future.get();
        if (result) {
            recorded.push_back(*result);
        } else {
            EXPECT_EQ(result.error(), Code::overloaded);
        }
    }
    ASSERT_EQ(recorded.size(), 3U);
    expect_valid(other.get());

    auto answered = miss(recorded[0], "path");
    answered.outcome = wire::Outcome::answered;
    EXPECT_TRUE(store.set_outcome(answered));
    const auto again = store.record(guess);  // an answer makes room
    expect_valid(again);
    EXPECT_EQ(code_of(store.record(guess)), Code::overloaded);
    EXPECT_TRUE(store.set_outcome(miss(recorded[1], "path")));
    EXPECT_EQ(code_of(store.record(guess)), Code::overloaded) << "a miss does not";
    EXPECT_TRUE(store.set_outcome(miss(recorded[2], "path")));
    EXPECT_TRUE(store.set_outcome(miss(*again, "path")));
    EXPECT_EQ(code_of(store.record(guess)), Code::path_closed);
}

TEST_F(LogWriterTest, MissesOfOtherDaysAreForgotten) {
    const auto order = *store.record();
    auto old = miss(order, "path");
    EXPECT_TRUE(store.set_outcome(old));
    const auto later = *store.record();
    auto new_day = miss(later, "path of two days later");
    new_day.day += 2;
    EXPECT_TRUE(store.set_outcome(new_day));
    EXPECT_EQ(store.count("select count(*) from miss"), 1);
}

TEST_F(LogWriterTest, WhatWasAnsweredStaysAnswered) {
    const auto order = *store.record();
    SetOutcome outcome{.log_index = order.log_index,
                       .outcome = wire::Outcome::failed,
                       .miss_path = {},
                       .day = 0,
                       .requester = {},
                       .time = 0};
    const auto stored = [this] {
        Reader reader(store.database(), store.vault());
        return reader.entries(1, 0, 1, 1000).at(0).outcome.value_or("");
    };
    EXPECT_TRUE(store.set_outcome(outcome));
    EXPECT_EQ(stored(), "failed");
    outcome.outcome = wire::Outcome::answered;
    EXPECT_TRUE(store.set_outcome(outcome));
    outcome.outcome = wire::Outcome::failed;
    EXPECT_TRUE(store.set_outcome(outcome));
    EXPECT_EQ(stored(), "answered");
}

TEST_F(LogWriterTest, WhatEndsIsRememberedUntilThen) {
    auto job = store.order({.request = "r", .check = "check at holder"});
    job.mandates.push_back(live_mandate("mandate", wire::test_now + 600));
    expect_valid(store.submit(std::move(job)).get());
    const auto stored = [this] {
        db::Connection connection(store.database(), db::Access::read_only);
        return Mandates(stored_mandates(connection, store.vault()));
    };
    EXPECT_TRUE(stored().standing(test_hash("mandate"))->stored);
    EXPECT_FALSE(stored().standing(test_hash("another")).has_value());
    store.upkeep(wire::test_now + wire::ask_lifetime_s);
    EXPECT_EQ(code_of(store.record({.request = "r", .content = "other"})), Code::key_reused);
    EXPECT_EQ(code_of(store.record({.check = "check at holder"})), Code::mandate_used);

    store.upkeep(wire::test_now + 500);
    store.flush();
    expect_valid(store.record({.request = "r", .content = "other", .check = "check at holder"}));
    EXPECT_TRUE(stored().standing(test_hash("mandate"))->stored);
    store.upkeep(wire::test_now + 1'000);
    store.flush();
    EXPECT_EQ(store.count("select count(*) from live"), 0);
    EXPECT_EQ(store.count("select count(*) from mandate"), 0);
}

// Whatever is looked for in memory stands in the store.
TEST_F(LogWriterTest, LiveNamesOutliveTheWriter) {
    expect_valid(store.record({.request = "r", .check = "check"}));
    for (int step = 0; step < 2; ++step) {
        EXPECT_EQ(code_of(store.record({.request = "r", .content = "d"})), Code::key_reused);
        EXPECT_EQ(code_of(store.record({.check = "check"})), Code::mandate_used);
        db::Connection connection(store.database(), db::Access::read_only);
        const auto names = stored_names(connection);
        ASSERT_EQ(names.size(), 2U);  // the request, the check
        EXPECT_EQ(names[0].log_index, 1);
        store.reopen();
    }
}

// Its end is no part of the name: a request that says another one is still the same name.
TEST_F(LogWriterTest, AnotherEndIsKeyReused) {
    auto job = store.order({.request = "r"});
    expect_valid(store.submit(std::move(job)).get());
    auto other = store.order({.request = "r", .content = "with another end"});
    other.request.expires += 1;
    EXPECT_EQ(code_of(store.submit(std::move(other)).get()), Code::key_reused);
    store.reopen();
    other = store.order({.request = "r", .content = "with another end"});
    other.request.expires += 1;
    EXPECT_EQ(code_of(store.submit(std::move(other)).get()), Code::key_reused);
}

TEST_F(LogWriterTest, AMonthIsErasedWhereverItsRowsStand) {
    constexpr std::int64_t day_s = 86'400;
    const auto kept = [this](UnixTime until, int count) {
        std::vector<std::future<RecordResult>> results;
        for (int i = 0; i < count; ++i)
            results.push_back(store.submit(store.order({.keep_until = wire::test_now + until})));
        for (auto& result : results)
            expect_valid(result.get());
    };
    const auto sealed = [this] {
        return store.count("select count(*) from access where sealed is not null");
    };
    kept(40 * day_s, 700);
    kept(400 * day_s, 5);
    store.reopen();
    kept(40 * day_s, 1);  // in a stretch that is known already
    kept(400 * day_s, 600);
    const auto stretches = [this] { return store.count("select count(*) from month_stretch"); };
    EXPECT_EQ(sealed(), 1306);
    EXPECT_EQ(stretches(), 4);

    store.upkeep(wire::test_now + 20 * day_s);
    EXPECT_EQ(sealed(), 1306) << "no month is over";
    store.upkeep(wire::test_now + 100 * day_s);
    store.flush();
    EXPECT_EQ(sealed(), 605);
    EXPECT_EQ(stretches(), 2);
    Reader reader(store.database(), store.vault());
    const auto record = [&reader](std::int64_t seq) {
        return reader.entries(1, seq - 1, 1, 10'000).at(0).record;
    };
    for (const std::int64_t seq : {1, 700, 706})
        EXPECT_TRUE(std::holds_alternative<Erasure>(record(seq))) << seq;
    for (const std::int64_t seq : {701, 705, 707, 1306})
        EXPECT_TRUE(std::holds_alternative<AccessRecord>(record(seq))) << seq;
}

TEST_F(LogWriterTest, PublicEntryIsAppendedOnce) {
    const auto before = store.count("select count(*) from access");
    store.writer().append_public_entry(wire::filled(1));
    store.writer().append_public_entry(wire::filled(2));
    store.writer().append_public_entry(wire::filled(1));
    store.reopen();
    store.writer().append_public_entry(wire::filled(1));
    EXPECT_EQ(store.count("select count(*) from access"), before + 2);
}

TEST_F(LogWriterTest, ImportIsAllOrNothing) {
    const auto people = store.count("select count(*) from person");
    EXPECT_THROW(
        store.writer().commit_alone([this](db::Connection& connection, EntryRows& entries) {
            PersonRows rows(connection, store.vault());
            rows.add({});
            entries.append_public(wire::filled(1));
            throw OperatorError("a wrong line");
        }),
        OperatorError);
    EXPECT_EQ(store.count("select count(*) from person"), people);
    store.check();
    store.add_people(1);
    EXPECT_EQ(store.count("select count(*) from person"), people + 1);
}

// What follows in the table belongs to somebody else.
TEST_F(LogWriterTest, AFullListTakesNoMore) {
    expect_valid(store.record({.person = PersonRow{1}}));
    expect_valid(store.record({.person = PersonRow{2}}));
    const auto first = own_entry_id(1, 1);
    const auto last = own_entry_id(1, seq_max);
    store.alter(fmt::format("update own_entry set id = {} where id = {}", last, first));
    EXPECT_EQ(code_of(store.record({.person = PersonRow{1}})), Code::internal);
    expect_valid(store.record({.person = PersonRow{2}}));
    EXPECT_EQ(store.count("select max(seq) from own_entry where person = 2"), 2);

    Reader reader(store.database(), store.vault());
    EXPECT_EQ(reader.entries(1, seq_max - 1, 10, 1000).size(), 1U);
    for (const auto after : {seq_max, seq_max + 1, INT64_MAX}) {
        EXPECT_TRUE(reader.entries(1, after, 10, 1000).empty()) << after;
        EXPECT_TRUE(reader.bells(1, after, 10).empty()) << after;
    }
    EXPECT_EQ(reader.last_seq(1, 1000), seq_max);
    EXPECT_EQ(reader.last_seq(3, 1000), 0);
    store.alter(fmt::format("update own_entry set id = {} where id = {}", first, last));
}

TEST_F(LogWriterTest, QueueIsBounded) {
    auto release = store.hold_writer();
    bool full = false;
    for (int i = 0; i < 10'000 && !full; ++i) {
        full = !store.writer().set_outcome({}, {});
    }
    EXPECT_TRUE(full);
    EXPECT_EQ(store.writer().queued(), 8192U);
    release.set_value();
    store.writer().stop();
    EXPECT_FALSE(store.writer().record(store.order(), [](const RecordResult&) {}));
}

}  // namespace
}  // namespace mado::relay
