// Programs that die at any moment, under load: nothing that was promised is lost.
#include <atomic>
#include <boost/json.hpp>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <mutex>
#include <random>
#include <thread>

#include "base/file.hpp"
#include "client/eligibility.hpp"
#include "country_fixture.hpp"
#include "db/db.hpp"
#include "tlog/note.hpp"

namespace mado::tests {
namespace {

namespace fs = std::filesystem;

constexpr int kills_usual = 20;
// Of the half that is quickest, and of each, on a machine that does other things too: recovery that
// reads everything again is found, a busy minute is not. Alone it needs less than half a second.
constexpr std::int64_t restart_ms_usual = 3'000, restart_ms_max = 20'000;

// What the clinics got, from all threads.
class Receipts {
  public:
    void add(const wire::Receipt& receipt) {
        const std::scoped_lock lock(mutex_);
        receipts_.push_back(receipt);
    }
    std::vector<wire::Receipt> since(std::size_t known) {
        const std::scoped_lock lock(mutex_);
        return {receipts_.begin() + static_cast<std::ptrdiff_t>(known), receipts_.end()};
    }

  private:
    std::mutex mutex_;
    std::vector<wire::Receipt> receipts_;
};

// The log as it stands in the relay's database, and what it must be.
class PresentTree {
  public:
    explicit PresentTree(const RunningCountry& country) : country_(country) {}

    // Reads the log again. What was there must be there still, without a hole.
    void read() {
        db::Connection store(country_.path("state/relay/relay.sqlite"), db::Access::read_only);
        auto rows = store.prepare("select log_index, entry from access order by log_index");
        std::vector<Hash> entries;
        while (rows.step()) {
            ASSERT_EQ(rows.integer(0), static_cast<std::int64_t>(entries.size()));
            entries.push_back(valid(to_hash(rows.blob(1))));
        }
        ASSERT_GE(entries.size(), entries_.size());
        EXPECT_TRUE(std::equal(entries_.begin(), entries_.end(), entries.begin()));
        entries_ = std::move(entries);
        auto holes = store.prepare(
            "select count(*) from (select count(seq) as count, min(seq) as first, max(seq) as last "
            "from own_entry group by person) where first <> 1 or last <> count");
        ASSERT_TRUE(holes.step());
        EXPECT_EQ(holes.integer(0), 0) << "people whose numbering has a hole";
    }

    // Every receipt's entry is at its index, and its checkpoint is over this very tree.
    void check(const std::vector<wire::Receipt>& receipts) {
        std::map<std::uint64_t, Hash> roots;
        for (const auto& receipt : receipts)
            roots[checkpoint_of(receipt).size] = {};
        tlog::Edge edge;
        for (const auto& entry : entries_) {
            edge.append(tlog::leaf_hash(entry));
            const auto wanted = roots.find(edge.size());
            if (wanted != roots.end()) wanted->second = edge.root();
        }
        for (const auto& receipt : receipts) {
            ASSERT_LT(receipt.index, entries_.size());
            EXPECT_EQ(entries_[receipt.index], wire::order_entry(receipt.salt, receipt.order));
            const auto checkpoint = checkpoint_of(receipt);
            EXPECT_LE(checkpoint.size, entries_.size());
            EXPECT_EQ(checkpoint.root, roots[checkpoint.size]) << checkpoint.size;
            EXPECT_TRUE(wire::verify_receipt(receipt, country_.directory()));
        }
    }
    [[nodiscard]] std::size_t size() const { return entries_.size(); }

  private:
    [[nodiscard]] tlog::Checkpoint checkpoint_of(const wire::Receipt& receipt) const {
        return valid(
            tlog::open_checkpoint(receipt.checkpoint, country_.directory().logs.front().key));
    }

    const RunningCountry& country_;
    std::vector<Hash> entries_;
};

// The load: clinics that go on asking whatever happens, each on a thread of its own.
class Clinics {
  public:
    explicit Clinics(RunningCountry& country) : country_(country) {
        const auto add = [this](void (Clinics::*work)(const client::Identity&),
                                const std::string& office) {
            threads_.emplace_back([this, work, office] {
                const auto& directory = country_.directory();
                const auto identity =
                    client::load_identity(office, country_.places().keys_of(office),
                                          country_.places().keys_of(office), directory);
                while (!ended_)
                    (this->*work)(identity);
            });
        };
        add(&Clinics::ask_by_number, "clinic-1");
        add(&Clinics::ask_by_number, "clinic-2");
        add(&Clinics::ask_by_card, "clinic-1");
        add(&Clinics::insist, "clinic-2");
    }
    ~Clinics() { stop(); }
    Clinics(const Clinics&) = delete;
    Clinics& operator=(const Clinics&) = delete;

    void stop() {
        ended_ = true;
        for (auto& thread : threads_)
            if (thread.joinable()) thread.join();
    }
    [[nodiscard]] Receipts& receipts() { return receipts_; }
    // Requests that came to nothing at first and were sent again, byte for byte.
    [[nodiscard]] int insisted() const { return insisted_; }
    [[nodiscard]] const std::vector<std::string>& answered() const { return answered_; }

  private:
    void ask(const client::Identity& identity, Bytes subject) {
        auto result = wait_for(client::check_eligibility(country_.directory(), identity,
                                                         {.subject = std::move(subject),
                                                          .holder = {},
                                                          .kinds = {code_id("medical-insurer")},
                                                          .purpose = code_id("treatment"),
                                                          .on = valid(parse_date("2026-11-22")),
                                                          .card_seen = false}));
        if (result) {
            for (const auto& answered : result->answers)
                receipts_.add(*answered.receipt);
            return;
        }
        // A nonce is forgotten with the relay that gave it. All else is "try again": numbers whose
        // orders nobody answered are overloaded for two seconds.
        const auto code = result.error().code;
        EXPECT_TRUE(code == Code::unavailable || code == Code::mandate_nonce ||
                    code == Code::overloaded)
            << wire::info(code).name << " " << result.error().detail;
        pause_ms(10);
    }

    void ask_by_number(const client::Identity& identity) {
        for (const auto& [number, birth_date] :
             {std::pair("621874998319", "1986-05-01"), std::pair("379492236696", "1947-06-15"),
              std::pair("968581499776", "1975-01-20")}) {
            if (!ended_) ask(identity, number_subject(number, birth_date));
        }
    }

    void ask_by_card(const client::Identity& identity) {
        const auto now = unix_now();
        wire::Mandate mandate{.audience = participant("relay"),
                              .organisation = identity.id,
                              .kind = wire::MandateKind::check,
                              .scope = {service("eligibility")},
                              .nonce = {},
                              .issued_at = now,
                              .expires = now + wire::check_lifetime_s,
                              .stop = {}};
        try {
            mandate.nonce = country_.nonce(identity);
        } catch (const Failure&) {  // nobody is there
            pause_ms(10);
            return;
        }
        ask(identity, to_bytes(wire::mandate_subject(country_.sign(mandate, "hanako"))));
    }

    // Sends one request until it is answered, then once more.
    void insist(const client::Identity& identity) {
        const auto head = country_.head(identity.id.text());
        const auto body =
            wire::request_json({.head = RunningCountry::sign(head, identity),
                                .subject = number_subject("170907095849", "1984-03-15")});
        const auto first = answer_to(identity, body, head);
        const auto second = first ? answer_to(identity, body, head) : std::nullopt;
        if (!first || !second) return;
        EXPECT_EQ(first->order, second->order);
        EXPECT_EQ(first->index, second->index);
        EXPECT_EQ(first->checkpoint, second->checkpoint);
        receipts_.add(*first);
        answered_.push_back(head.jti);
    }

    std::optional<wire::Receipt> answer_to(const client::Identity& identity,
                                           const std::string& body, const wire::Head& head) {
        for (bool again = false; unix_now() < head.expires - 1; again = true) {
            const auto reply = country_.send(identity.tls, "POST", "/v1/requests", body);
            if (reply.status == 200) {
                insisted_ += again ? 1 : 0;
                return valid(wire::parse_reply(reply.body)).receipt;
            }
            EXPECT_TRUE(reply.status == 0 || reply.code == "unavailable" ||
                        reply.code == "overloaded")
                << reply.body;
            if (ended_) return std::nullopt;
            pause_ms(10);
        }
        ADD_FAILURE() << "a request got no answer while it lived";
        return std::nullopt;
    }

    RunningCountry& country_;
    Receipts receipts_;
    std::atomic<bool> ended_ = false;
    std::atomic<int> insisted_ = 0;
    std::vector<std::string> answered_;  // jti; one thread's until it has ended
    std::vector<std::thread> threads_;
};

unsigned choose_seed() {
    const auto* given = std::getenv("MADO_SEED");
    return given != nullptr ? static_cast<unsigned>(std::atol(given)) : std::random_device{}();
}

// MADO_KILLS for a long run.
int choose_kills() {
    const char* given = std::getenv("MADO_KILLS");
    return given != nullptr ? std::atoi(given) : kills_usual;
}

std::vector<client::PersonEntry> entries_of(RunningCountry& country, const std::string& card) {
    auto entries = country.entries(card);
    if (!entries) throw Failure("no entries: " + entries.error().detail);
    return std::move(entries->entries);
}

}  // namespace

class FaultsTest : public OneCountry {};

TEST_F(FaultsTest, KilledAtRandomMoments) {
    const auto seed = choose_seed();
    std::cout << "MADO_SEED=" << seed << "\n";
    std::mt19937 random(seed);
    const auto between = [&random](int from, int to) {
        return std::uniform_int_distribution(from, to)(random);
    };
    PresentTree tree(country());
    Clinics clinics(country());
    std::size_t checked = 0;
    std::vector<std::int64_t> restarts_ms;
    const int kills = choose_kills();
    for (int i = 0; i < kills; ++i) {
        pause_ms(between(100, 600));
        const int which = between(-2, 3);  // the relay as often as all gateways together
        const auto program = which <= 0 ? "relay" : "gateway-" + std::to_string(which);
        country().kill9(program);
        pause_ms(between(0, 50));
        const auto ready_ms = country().start(program);
        if (which <= 0) restarts_ms.push_back(ready_ms);
        const auto fresh = clinics.receipts().since(checked);
        tree.read();
        tree.check(fresh);
        checked += fresh.size();
        if (HasFatalFailure()) break;
    }
    pause_ms(500);
    clinics.stop();
    tree.read();
    tree.check(clinics.receipts().since(0));
    std::ranges::sort(restarts_ms);
    ASSERT_FALSE(restarts_ms.empty());
    EXPECT_LT(restarts_ms[restarts_ms.size() / 2], restart_ms_usual);
    EXPECT_LT(restarts_ms.back(), restart_ms_max);
    EXPECT_GT(checked, 50U);
    EXPECT_GT(clinics.insisted(), 0);
    std::cout << clinics.receipts().since(0).size() << " receipts, " << tree.size() << " entries, "
              << clinics.insisted() << " requests repeated, usual restart "
              << restarts_ms[restarts_ms.size() / 2] << " ms, slowest " << restarts_ms.back()
              << " ms\n";

    // One request is one entry, however often it was sent, and every answered one has its entry.
    std::map<std::string, int> entries_by_request;
    for (const auto& entry : entries_of(country(), "taro"))
        ++entries_by_request[entry.head->jti];
    for (const auto& [request, count] : entries_by_request)
        EXPECT_EQ(count, 1) << request;
    for (const auto& request : clinics.answered())
        EXPECT_EQ(entries_by_request.count(request), 1U) << request;
    EXPECT_GT(clinics.answered().size(), 10U);
    EXPECT_FALSE(entries_of(country(), "hanako").empty());
}

// Each start leaves eight connections behind at the relay, which holds 256 of one gateway.
TEST_F(FaultsTest, AGatewayThatIsStartedAgainAndAgainIsStillServed) {
    for (int i = 0; i < 34; ++i) {
        country().kill9("gateway-3");
        country().start("gateway-3");
    }
    auto head = country().head("care-provider-1");
    head.to.kind = code_id("care-insurer");
    const auto subject = number_subject("621874998319", "1986-05-01");
    const auto reply = country().ask(country().office("care-provider-1"), head, subject);
    EXPECT_NE(reply.code, "unavailable") << reply.body;
}

// An older copy of the state would write a second history under the same log: it does not start,
// and says what to do. The newer copy does.
TEST_F(FaultsTest, OlderDatabaseDoesNotStart) {
    const fs::path state = country().path("state/relay");
    const fs::path older = country().path("older");
    const fs::path newer = country().path("newer");
    country().down();
    fs::copy(state, older, fs::copy_options::recursive);
    country().up();
    const auto& clinic = country().office("clinic-1");
    const auto subject = number_subject("621874998319", "1986-05-01");
    ASSERT_EQ(country().ask(clinic, country().head("clinic-1"), subject).status, 200);
    country().down();

    fs::rename(state, newer);
    fs::copy(older, state, fs::copy_options::recursive);
    const auto refused = country().cli({"up"});
    EXPECT_EQ(refused.status, 2) << refused.output;
    EXPECT_NE(refused.output.find("this is an older copy"), std::string::npos) << refused.output;
    EXPECT_NE(refused.output.find("Restore the newer copy"), std::string::npos);
    // As long as the anchor's, but another history: the last order is not the one that was logged.
    fs::remove_all(state);
    fs::copy(newer, state, fs::copy_options::recursive);
    {
        db::Connection store((state / "relay.sqlite").string(), db::Access::read_write);
        store.run(
            "update access set entry = zeroblob(32) where log_index = "
            "(select max(log_index) from access)");
    }
    const auto other = country().cli({"up"});
    EXPECT_EQ(other.status, 2) << other.output;
    EXPECT_NE(other.output.find("holds another history"), std::string::npos) << other.output;

    fs::remove_all(state);
    fs::rename(newer, state);
    country().up();
    EXPECT_EQ(country().ask(clinic, country().head("clinic-1"), subject).status, 200);
}

// The anchor away, or another log's: the relay does not begin a second history either.
TEST_F(FaultsTest, NoAnchorNoStart) {
    const fs::path anchor = country().path("anchor");
    const fs::path aside = country().path("anchor-aside");
    country().down();
    fs::rename(anchor, aside);
    fs::create_directories(anchor);
    const auto refused = country().cli({"up"});
    EXPECT_EQ(refused.status, 2) << refused.output;
    EXPECT_NE(refused.output.find("anchor file is missing"), std::string::npos) << refused.output;
    fs::remove_all(anchor);
    fs::rename(aside, anchor);
    country().up();
}

// A country that was never finished says how to begin again, and --fresh does: other people's keys,
// an empty log, nothing of the old.
TEST_F(FaultsTest, StartsOver) {
    const auto key = read_file(country().places().authority_key());
    country().down();
    fs::remove(country().path("state/complete"));
    const auto port = std::to_string(country().port());
    const auto refused = country().cli({"up", "--port", port});
    EXPECT_EQ(refused.status, 2) << refused.output;
    EXPECT_NE(refused.output.find("Start over: ./mado up --fresh"), std::string::npos)
        << refused.output;
    const auto done = country().cli({"up", "--fresh", "--people", "50", "--port", port});
    EXPECT_EQ(done.status, 0) << done.output;
    EXPECT_NE(read_file(country().places().authority_key()), key);
    const auto log = country().cli({"log", "show", "--card", "hanako", "--pin", "1234"});
    EXPECT_EQ(log.status, 0) << log.output;
    EXPECT_NE(log.output.find("\n0 proven"), std::string::npos) << log.output;
}

}  // namespace mado::tests
