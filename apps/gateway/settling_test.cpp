#include "settling.hpp"

#include <boost/json.hpp>
#include <filesystem>
#include <future>
#include <utility>

#include "monitor/test_log.hpp"
#include "test_gateway.hpp"
#include "tlog/contradiction.hpp"

namespace mado::gateway {
namespace {

using wire::Code;

// A gateway that has answered orders of a log which publishes in this process, and lies on demand.
// The time is what the test says.
class SettlingTest : public testing::Test {
  protected:
    SettlingTest() { restart(now); }
    void restart(UnixTime at) {
        settling.reset();
        evidence.reset();
        evidence.emplace(folder.path("evidence.sqlite"), program_log);
        settling.emplace(io,
                         Settling::Parts{.directory = directory,
                                         .tls = tls,
                                         .evidence = *evidence,
                                         .log = program_log,
                                         .rounds = rounds},
                         at);
    }
    // An order that was answered at `time`: its row, under the receipt that the relay gave.
    wire::Receipt answer(UnixTime time) {
        GatewayCountry::Forgery forgery;
        forgery.now = time;
        const auto receipt = country.deliver(forgery).receipt;
        const auto entry = wire::order_entry(receipt.salt, receipt.order);
        std::promise<Kept> kept;
        evidence->keep({.entry = entry,
                        .request = entry,
                        .log_index = receipt.index,
                        .origin = country.log.name(),
                        .time = time,
                        .keep_until = time + GatewayCountry::keep_s,
                        .holder = "06990014",
                        .number = "1",
                        .requester = "clinic-1",
                        .service = "eligibility",
                        .outcome = wire::Outcome::answered,
                        .receipt = wire::receipt_json(receipt)},
                       [&kept](Kept done) { kept.set_value(done); });
        EXPECT_EQ(kept.get_future().get(), Kept::durable);
        return receipt;
    }
    // The relay's tree as it is, cosigned.
    void publish(UnixTime time, std::size_t witnesses = 2) {
        log.tree.edge = country.tree;
        log.publish(time, witnesses);
    }
    // What a round says: the result that it counted.
    std::string round(UnixTime time) {
        const auto before = counts();
        http::await(io, settling->round(time));
        for (const auto& [result, count] : counts()) {
            if (count > before.at(result)) return result;
        }
        return "nothing";
    }
    std::map<std::string, std::uint64_t> counts() {
        std::map<std::string, std::uint64_t> out;
        for (const auto* result : {"settled", "unreachable", "wrong", "unwitnessed", "behind",
                                   "not_shown", "contradicted"}) {
            out[result] = rounds.with({country.log.name(), result}).value();
        }
        return out;
    }
    // What an order for records hears, and one for eligibility.
    [[nodiscard]] std::pair<std::optional<Code>, std::optional<Code>> judged(UnixTime time) const {
        return {settling->judge(country.log.name(), true, time),
                settling->judge(country.log.name(), false, time)};
    }
    [[nodiscard]] std::size_t open() {
        return evidence->open_orders(country.log.name(), tlog::tree_size_max, 1000).size();
    }
    void expect_kept_contradiction() {
        const auto kept = evidence->contradiction(country.log.name());
        ASSERT_TRUE(kept);
        const auto parsed = tlog::parse_contradiction(*kept);
        ASSERT_TRUE(parsed);
        EXPECT_TRUE(tlog::verify_contradiction(*parsed, country.log));
    }

    static constexpr auto now = wire::test_now;
    static constexpr auto ten_minutes = unsettled_s_max;
    static constexpr std::pair<std::optional<Code>, std::optional<Code>> all_answered{};
    static constexpr std::pair<std::optional<Code>, std::optional<Code>> no_records{
        Code::log_unwitnessed, std::nullopt};
    static constexpr std::pair<std::optional<Code>, std::optional<Code>> nothing_answered{
        Code::log_contradicted, Code::log_contradicted};

    http::asio::io_context io{1};
    TempFolder folder;
    GatewayCountry country;
    monitor::PublishedLog log{io, country};
    wire::Directory directory = log.relays_directory(country.directory());
    const http::Identity gateway{"gateway"};
    const http::TlsContext tls = http::TlsContext::client(
        gateway.tls(), http::accept_only(directory.logs.front().certificate));
    const Log program_log{"test", null_device()};
    http::CounterFamily rounds{{"log", "result"}};
    std::optional<Evidence> evidence;
    std::optional<Settling> settling;
};

TEST_F(SettlingTest, EveryAnsweredOrderIsFound) {
    for (int i = 0; i < 5; ++i)
        answer(now);
    EXPECT_EQ(open(), 5U);
    publish(now);
    EXPECT_EQ(round(now), "settled");
    EXPECT_EQ(open(), 0U);
    EXPECT_EQ(judged(now), all_answered);
    EXPECT_FALSE(settling->alarm(now));
    // Later ones, under a tree that grew, after a restart.
    answer(now + 60);
    restart(now + 60);
    EXPECT_EQ(open(), 1U);
    publish(now + 60);
    EXPECT_EQ(round(now + 60), "settled");
    EXPECT_EQ(open(), 0U);
    EXPECT_EQ(settling->judge("log.other/1", false, now), Code::receipt_invalid);
}

// Whoever holds every place of the public port, or closes it, does not stop settling.
TEST_F(SettlingTest, PublicPortThatNobodyReaches) {
    answer(now);
    publish(now);
    log.close_public_port();
    EXPECT_EQ(round(now), "settled");
    EXPECT_EQ(open(), 0U);
    for (const auto& certificate : log.asked_by)
        EXPECT_EQ(certificate, gateway.hash);
    EXPECT_GE(log.asked_by.size(), 2U) << "checkpoint and tiles";
}

// And the public port is no way round the participants' one.
TEST_F(SettlingTest, ParticipantsPortThatNobodyReaches) {
    answer(now);
    publish(now);
    log.close_participants_port();
    EXPECT_EQ(round(now), "unreachable");
    EXPECT_TRUE(log.asked.empty());
    EXPECT_EQ(open(), 1U);
}

TEST_F(SettlingTest, RelayWithAnAddressWhereNobodyListens) {
    for (auto& participant : directory.participants) {
        if (participant.kind.text() != "relay") continue;
        participant.addresses.insert(participant.addresses.begin(),
                                     {.host = "127.0.0.1", .port = 1});
    }
    restart(now);
    publish(now);
    EXPECT_EQ(round(now), "settled");
}

// A log that another than the relay shows is read where everybody reads it.
TEST_F(SettlingTest, LogOfSomebodyElse) {
    directory = log.directory(country.directory());
    restart(now);
    answer(now);
    publish(now);
    log.close_participants_port();
    EXPECT_EQ(round(now), "settled");
    EXPECT_EQ(open(), 0U);
    for (const auto& certificate : log.asked_by)
        EXPECT_EQ(certificate, std::nullopt);
}

// The relay gave a receipt for an order, and took it out of the tree that everybody sees.
TEST_F(SettlingTest, OrderThatIsNotInThePublicTree) {
    const auto before = country.tree;
    const auto receipt = answer(now);
    country.tree = before;
    country.grow(10);
    publish(now);
    EXPECT_EQ(judged(now), all_answered) << "nothing is known yet";
    EXPECT_EQ(round(now), "contradicted");
    EXPECT_EQ(judged(now), nothing_answered);
    EXPECT_TRUE(settling->alarm(now)->find("contradicts itself") != std::string::npos);
    expect_kept_contradiction();
    const auto kept = parse_json_object(*evidence->contradiction(country.log.name()));
    EXPECT_EQ(kept->at("index").as_int64(), static_cast<std::int64_t>(receipt.index));
    // Whatever it publishes afterwards, also for a gateway that was started again.
    restart(now + 60);
    EXPECT_EQ(judged(now + 60), nothing_answered);
    expect_kept_contradiction();
}

TEST_F(SettlingTest, TwoTreesThatWitnessesCosigned) {
    country.grow(20);
    auto other = country.tree;
    country.grow(5);
    publish(now);
    EXPECT_EQ(round(now), "settled");
    // The other branch: larger, as large, smaller; each contradicts what was seen.
    for (const std::uint64_t size : {30U, 25U, 23U}) {
        SCOPED_TRACE(size);
        std::swap(country.tree, other);
        const auto branch = country.tree;
        country.grow(size - country.tree.size());
        publish(now + 60);
        country.tree = branch;
        std::swap(country.tree, other);
        if (size < 25) log.tree.edge = country.tree;  // the one that was seen proves it
        EXPECT_EQ(round(now + 60), "contradicted");
        EXPECT_EQ(judged(now + 60), nothing_answered);
        expect_kept_contradiction();
        // As a new gateway that has seen the first tree.
        evidence.reset();
        std::filesystem::remove_all(folder.path("evidence.sqlite"));
        for (const auto* more : {"-wal", "-shm"})
            std::filesystem::remove(folder.path("evidence.sqlite") + more);
        restart(now);
        publish(now);
        EXPECT_EQ(round(now), "settled");
    }
}

TEST_F(SettlingTest, WitnessesThatFallSilent) {
    answer(now);
    publish(now);
    EXPECT_EQ(round(now), "settled");
    // The last cosigned checkpoint stays: eligibility goes on, records stop after ten minutes.
    EXPECT_EQ(round(now + ten_minutes), "settled");
    EXPECT_EQ(judged(now + ten_minutes), all_answered);
    EXPECT_EQ(round(now + ten_minutes + 1), "settled");
    EXPECT_EQ(judged(now + ten_minutes + 1), no_records);
    EXPECT_TRUE(settling->alarm(now + ten_minutes + 1));
    // Or a relay publishes what one witness alone has seen.
    publish(now + ten_minutes + 60, 1);
    EXPECT_EQ(round(now + ten_minutes + 60), "unwitnessed");
    EXPECT_EQ(judged(now + ten_minutes + 60), no_records);
    restart(now + ten_minutes + 60);
    EXPECT_EQ(judged(now + ten_minutes + 60), no_records) << "a restart forgives nothing";
    // They are back.
    publish(now + ten_minutes + 120);
    EXPECT_EQ(round(now + ten_minutes + 120), "settled");
    EXPECT_EQ(judged(now + ten_minutes + 120), all_answered);
    EXPECT_FALSE(settling->alarm(now + ten_minutes + 120));
}

// Started again every nine minutes, it does not get ten minutes each time.
TEST_F(SettlingTest, LogThatWasNeverFollowed) {
    log.status["checkpoint"] = 503;
    for (const UnixTime start : {now, now + 540, now + 600}) {
        restart(start);
        EXPECT_EQ(judged(start), all_answered);
        EXPECT_EQ(round(start), "unreachable");
    }
    EXPECT_EQ(judged(now + ten_minutes + 1), no_records);
    restart(now + 1080);
    EXPECT_EQ(judged(now + 1080), no_records);
    EXPECT_EQ(round(now + 1080), "unreachable");
    EXPECT_TRUE(settling->alarm(now + 1080));
    log.status.clear();
    publish(now + 1100);
    EXPECT_EQ(round(now + 1100), "settled");
    EXPECT_EQ(judged(now + 1100), all_answered);
    restart(now + 1100 + ten_minutes);
    EXPECT_EQ(judged(now + 1100 + ten_minutes), all_answered) << "from the last success";
}

TEST_F(SettlingTest, LogThatCannotBeRead) {
    answer(now);
    publish(now);
    EXPECT_EQ(round(now), "settled");
    const auto later = now + ten_minutes + 1;
    log.status["checkpoint"] = 503;
    EXPECT_EQ(round(now + 60), "unreachable");
    EXPECT_EQ(judged(now + 60), all_answered);
    EXPECT_EQ(round(later), "unreachable");
    EXPECT_EQ(judged(later), no_records);
    log.status["checkpoint"] = 404;
    EXPECT_EQ(round(later), "unreachable");
    log.status.clear();
    log.instead["checkpoint"] = "nonsense";
    EXPECT_EQ(round(later), "wrong");
    EXPECT_EQ(judged(later), no_records);
    log.instead.clear();
    // It is fresh, but a tile is held back: what was answered cannot be found.
    answer(now + 60);
    publish(later);
    const auto tile = tlog::tile_path({.level = 0, .index = 0}, 8);
    log.status[tile] = 404;
    EXPECT_EQ(round(later), "unreachable");
    EXPECT_EQ(judged(later), no_records);
    log.status.clear();
    log.instead[tile] = std::string(8 * sizeof(Hash), 'x');
    EXPECT_EQ(round(later), "wrong");
    EXPECT_EQ(judged(later), no_records);
    log.instead.clear();
    EXPECT_EQ(round(later), "settled");
    EXPECT_EQ(judged(later), all_answered);
}

// The relay keeps what it answers out of what it publishes.
TEST_F(SettlingTest, OrdersThatStayBeyondTheCheckpoint) {
    publish(now);
    EXPECT_EQ(round(now), "settled");
    answer(now);
    const auto hidden = country.tree;
    country.tree = log.tree.edge;
    for (const UnixTime time : {now + 60, now + ten_minutes}) {
        publish(time);
        EXPECT_EQ(round(time), "settled");
        EXPECT_EQ(judged(time), all_answered);
    }
    const auto late = now + ten_minutes + 1;
    publish(late);
    // It shows the tree that it signed: what is missing is the witnesses' word.
    log.tree.edge = hidden;
    EXPECT_EQ(round(late), "behind");
    EXPECT_EQ(judged(late), no_records);
    restart(late);
    EXPECT_EQ(judged(late), no_records);
    country.tree = hidden;
    publish(late + 60);
    EXPECT_EQ(round(late + 60), "settled");
    EXPECT_EQ(judged(late + 60), all_answered);
}

// An order in a private tree, at an index that the log will not reach.
TEST_F(SettlingTest, TreeThatTheLogSignedAndDoesNotShow) {
    country.grow(10);
    const auto common = country.tree;
    country.grow(300);
    answer(now);
    const auto hidden = country.tree;
    country.tree = common;
    country.tree.append(wire::filled(77));
    country.grow(5);
    publish(now);
    EXPECT_EQ(round(now), "settled");
    const auto late = now + ten_minutes + 1;
    publish(late);
    EXPECT_EQ(round(late), "not_shown");
    EXPECT_EQ(judged(late), no_records);
    const auto says_not_shown = [&] {
        return settling->alarm(late)->find("does not show") != std::string::npos;
    };
    EXPECT_TRUE(says_not_shown());
    const auto tile = log.asked.back();
    log.instead[tile] = "not a tile";
    EXPECT_EQ(round(late + 60), "not_shown");
    log.instead.clear();
    log.status[tile] = 503;
    EXPECT_EQ(round(late + 60), "unreachable");
    EXPECT_TRUE(says_not_shown()) << "what it answered is not undone by silence";
    // Who was never told so accuses nobody: it may be the network.
    restart(late + 60);
    EXPECT_EQ(round(late + 60), "unreachable");
    EXPECT_FALSE(says_not_shown()) << *settling->alarm(late);
    EXPECT_EQ(judged(late + 60), no_records);
    EXPECT_EQ(open(), 1U) << "the receipt is kept";
    // If it shows the tree, that one has not grown out of the published one.
    log.status.clear();
    log.tree.edge = hidden;
    EXPECT_EQ(round(late + 120), "contradicted");
    EXPECT_EQ(judged(late + 120), nothing_answered);
    expect_kept_contradiction();
}

TEST_F(SettlingTest, OlderCheckpointThanWasSeen) {
    country.grow(10);
    const auto before = country.tree;
    country.grow(10);
    publish(now);
    EXPECT_EQ(round(now), "settled");
    log.note = [&] {
        monitor::TestTree older;
        older.edge = before;
        return log.sign(older, now + 60);
    }();
    EXPECT_EQ(round(now + 60), "behind");
    EXPECT_EQ(judged(now + ten_minutes), all_answered);
    EXPECT_EQ(round(now + ten_minutes + 1), "behind");
    EXPECT_EQ(judged(now + ten_minutes + 1), no_records);
    publish(now + ten_minutes + 2);
    EXPECT_EQ(round(now + ten_minutes + 2), "settled");
    EXPECT_EQ(judged(now + ten_minutes + 2), all_answered);
}

// A directory with another key for the log: what the old one signed is no evidence against it.
TEST_F(SettlingTest, WhatAnotherKeySignedIsForgotten) {
    publish(now);
    EXPECT_EQ(round(now), "settled");
    country.log_key = crypto::PrivateKey::generate(crypto::KeyType::ed25519);
    country.log =
        wire::valid(tlog::NoteVerifier::make(country.log.name(), country.log_key.public_key()));
    directory = log.relays_directory(country.directory());
    country.tree = {};
    country.grow(3);
    publish(now + 60);
    restart(now + 60);
    EXPECT_EQ(round(now + 60), "settled");
    EXPECT_EQ(judged(now + 60), all_answered);
}

}  // namespace
}  // namespace mado::gateway
