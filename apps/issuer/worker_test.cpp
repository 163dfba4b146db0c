// Cases worked on from beginning to end, while requests and answers get lost and the program is
// killed again and again; the other organisations are pretended, and count what they did.
#include "worker.hpp"

#include <gtest/gtest.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>
#include <filesystem>
#include <random>

#include "base/check_digit.hpp"
#include "base/file.hpp"
#include "base/temp_folder.hpp"
#include "crypto/digest.hpp"
#include "crypto/jwe.hpp"
#include "db/db.hpp"
#include "http/spawn.hpp"
#include "numbers.hpp"
#include "test_issuer.hpp"
#include "wire/head.hpp"

namespace mado::issuer {
namespace {

// Everybody else. A request is known by its bytes: the same once more is answered the same.
class World {
  public:
    explicit World(std::uint32_t seed) : random_(seed) {}

    Sender sender() {
        return {.prepare = [this](const client::Ask& ask) { return prepare(ask); },
                .send = [this](client::Prepared request) { return send(std::move(request)); }};
    }
    // Of a hundred requests so many do not come back, half of them after they were done.
    int lost_percent = 0;
    // What a register answers besides "the same", by the number of the one who is asked about.
    std::map<std::string, std::string> verdicts;
    // Organisations that do not answer, and when a request to them is given up.
    std::set<std::string> silent;
    std::chrono::milliseconds given_up_after{3'600'000};
    std::set<std::string> forgotten;  // decisions whose signature the relay does not know
    // What becomes of an activation: nothing yet, done and nobody hears of it, refused.
    enum class Activating { answered, on_its_way, unheard, refused };
    Activating activating = Activating::answered;

    std::map<std::string, int> waiting;  // under way to one that is silent

    std::map<std::string, Hash> operators;         // by jti: what the head says
    std::map<std::string, int> done;               // by service, act and subject: how often
    std::map<std::string, std::string> decisions;  // by subject: what `existence` has named last
    std::map<std::string, std::string> published;  // certificates by subject and use
    std::chrono::milliseconds decides_in{0};       // the authority, while it says "waiting"
    std::map<std::string, std::string> at_relay;   // what was done last with a card, by thumbprint

  private:
    struct Kept {
        client::Ask ask;
        json::object payload;
        std::optional<client::Result<client::Answered>> result;
    };

    client::Prepared prepare(const client::Ask& ask) {
        const auto body = std::to_string(kept_.size());
        const auto jti = "jti-" + body;
        if (ask.keep_operator) operators.emplace(jti, ask.keep_operator(jti));
        json::object payload;
        if (!ask.payload.empty()) {
            const auto opened = crypto::decrypt_jwe(ask.payload, test_sealing_key());
            EXPECT_TRUE(opened);
            payload = *parse_json_object(as_text(*opened));
        }
        kept_.emplace(body, Kept{ask, payload, {}});
        return {.body = body,
                .seal_to = crypto::PrivateKey::generate(crypto::KeyType::p256),
                .expires = unix_now() + wire::tell_lifetime_s};
    }

    client::Task<client::Result<client::Answered>> send(client::Prepared request) {
        const bool lost = percent() < lost_percent;
        if (lost && percent() < 50) co_return unavailable();
        auto& kept = kept_.at(request.body);
        if (kept.ask.to.holder && silent.contains(kept.ask.to.holder->text())) {
            auto& count = waiting[kept.ask.to.holder->text()];
            ++count;
            http::asio::steady_timer timer(co_await http::asio::this_coro::executor,
                                           given_up_after);
            co_await timer.async_wait(http::asio::use_awaitable);
            --count;
            co_return unavailable();
        }
        if (kept.ask.service.text() == "existence" && is_silent(kept)) co_return unavailable();
        const bool is_activation = kept.ask.service.text() == "card" && act_of(kept) == "activate";
        if (is_activation && activating == Activating::on_its_way) co_return unavailable();
        auto result = kept.result ? *kept.result : execute(kept);
        if (result) kept.result = result;  // what is refused leaves nothing
        if (lost || (is_activation && activating == Activating::unheard)) co_return unavailable();
        co_return result;
    }

    bool is_silent(const Kept& kept) const {
        const auto subject = as_text(kept.ask.subject);
        return std::ranges::any_of(verdicts, [&](const auto& one) {
            return one.second == "silent" && subject.contains(one.first);
        });
    }

    static std::string act_of(const Kept& kept) {
        const auto act = kept.ask.parameters.find("act");
        return act == kept.ask.parameters.end() ? "" : act->second;
    }

    // Of cards the relay says what it knows.
    client::Result<client::Answered> card(const Kept& kept, const std::string& act) {
        const auto refuse = [](wire::Code code) {
            return std::unexpected(client::Problem{code, {}, {}, {}});
        };
        if (act == "activate" && activating == Activating::refused) {
            return refuse(wire::Code::card_revoked);
        }
        for (const auto& value : kept.payload.at("certificates").as_array()) {
            const std::string text(value.get_string());
            const auto name =
                act == "activate" ? base64url(read_certificate(text).thumbprint()) : text;
            if (act != "activate" && !at_relay.contains(name)) {
                return refuse(wire::Code::card_unknown);
            }
            at_relay[name] = act;
        }
        return answered({});
    }

    static client::Result<client::Answered> unavailable() {
        return std::unexpected(client::Problem{wire::Code::unavailable, "slow", {}, {}});
    }

    client::Result<client::Answered> execute(const Kept& kept) {
        const auto& service = kept.ask.service.text();
        const auto act = act_of(kept);
        const auto subject = std::string(as_text(kept.ask.subject));
        ++done[service + "/" + act + "/" + subject];
        if (service == "card") return card(kept, act);
        if (service == "existence") return existence(kept, subject);
        if (service == "certificate") return certificate(kept, subject, act);
        if (service == "certificates") return certificates(subject);
        return answered({});
    }

    client::Result<client::Answered> existence(const Kept& kept, const std::string& subject) {
        const auto named = kept.ask.parameters.find("decision");
        decisions[subject] = named == kept.ask.parameters.end() ? "" : named->second;
        EXPECT_EQ(decisions[subject].empty(), kept.payload.at("decided").as_int64() == 0);
        if (forgotten.contains(decisions[subject])) {
            return std::unexpected(client::Problem{wire::Code::mandate_unknown, {}, {}, {}});
        }
        for (const auto& [number, verdict] : verdicts) {
            if (!subject.contains(number)) continue;
            if (verdict == "no_match") {
                return std::unexpected(client::Problem{wire::Code::no_match, {}, {}, {}});
            }
            if (verdict == "until_decided") {
                return answered({{"verdict", decisions[subject].empty() ? "variant" : "same"},
                                 {"current", true}});
            }
            if (verdict == "gone") return answered({{"verdict", "same"}, {"current", false}});
            return answered({{"verdict", verdict}, {"current", true}});
        }
        return answered({{"verdict", "same"}, {"current", true}});
    }

    client::Result<client::Answered> certificate(const Kept& kept, const std::string& subject,
                                                 const std::string& act) {
        const auto spki = parse_base64url(std::string(kept.payload.at("public_key").as_string()));
        published[subject + act] = test_certificate(*crypto::PublicKey::from_spki(*spki));
        decided_from_ = std::chrono::steady_clock::now() + decides_in;
        return answered({});
    }

    client::Result<client::Answered> certificates(const std::string& subject) {
        json::array rows, orders;
        const bool decided = std::chrono::steady_clock::now() >= decided_from_;
        for (const auto use : uses) {
            const auto act = "issue-" + std::string(to_text(use));
            const auto found = published.find(subject + act);
            if (found == published.end()) continue;
            if (!decided) orders.push_back(json::object{{"act", act}, {"outcome", "waiting"}});
            if (!decided) continue;
            rows.push_back(json::object{
                {"use", to_text(use)}, {"status", "good"}, {"certificate", found->second}});
        }
        return answered({{"certificates", std::move(rows)}, {"orders", std::move(orders)}});
    }

    static client::Result<client::Answered> answered(json::object data) {
        client::Answered out{.answer = {.issuer = *wire::ParticipantId::parse("somebody"),
                                        .service = *wire::ServiceId::parse("service"),
                                        .data = std::move(data),
                                        .signed_form = test_confirmation()},
                             .receipt = wire::Receipt{},
                             .order = {}};
        out.receipt->index = 7;
        return out;
    }

    int percent() { return static_cast<int>(random_() % 100); }

    std::mt19937 random_;
    std::map<std::string, Kept> kept_;
    std::chrono::steady_clock::time_point decided_from_;
};

class WorkerTest : public ::testing::Test {
  protected:
    WorkerTest() { replace_file(folder.path("store.key"), Bytes(32, 7), 0600); }

    // A program's life: until nothing is to do without people, or it is killed after so many steps
    // of its loop.
    void live(World& world, int steps_max) {
        http::asio::io_context io{1};
        Store store(folder.path("issuer.sqlite"), folder.path(""), schemes);
        Worker worker(io, store, parties, policy, world.sender(), log);
        http::spawn(io, worker.run());
        for (int i = 0; i < steps_max && !is_idle(store, worker); ++i)
            io.run_one_for(std::chrono::milliseconds(5));
        worker.stop();
        io.run_for(std::chrono::milliseconds(1));
    }

    static bool is_idle(Store& store, const Worker& worker) {
        if (worker.busy() > 0) return false;
        for (const auto id : store.open_cases(0, 1'000)) {
            for (const auto& what : todo(store.find(id).one)) {
                if (what.order && what.refused.empty()) return false;
            }
        }
        return true;
    }

    // `person`: the digit by which the resident numbers of several differ.
    CaseId apply(char person = '1') {
        Store store(folder.path("issuer.sqlite"), folder.path(""), schemes);
        const auto id = store.open({.numbers = draw_numbers(schemes)}, {});
        auto application = test_application(schemes);
        application.claims[0].number.fields[1].second.back() = person;
        EXPECT_TRUE(store.add(id, application, {}));
        return id;
    }
    void happen(CaseId id, const Happening& what) {
        Store store(folder.path("issuer.sqlite"), folder.path(""), schemes);
        const auto next = store.add(id, what, {.at = unix_now(), .clerk = "sato"});
        EXPECT_TRUE(next) << to_text(next.error()) << " " << what.index() << " "
                          << to_text(find(id).kind);
    }
    Case find(CaseId id) {
        Store store(folder.path("issuer.sqlite"), folder.path(""), schemes);
        return store.find(id).one;
    }
    // A person with a card in hand.
    CaseId card_in_hand(World& world) {
        const auto id = apply();
        live(world, 1'000);
        happen(id, keys());
        live(world, 1'000);
        happen(id, Written{});
        happen(id, HandedOver{});
        live(world, 1'000);
        EXPECT_TRUE(has_ended(find(id)));
        return id;
    }
    // Until nobody has it: no activation was sent, or it is on its way.
    CaseId card_handed_over(World& world, int steps_max) {
        const auto id = apply();
        live(world, 1'000);
        happen(id, keys());
        live(world, 1'000);
        happen(id, Written{});
        happen(id, HandedOver{});
        live(world, steps_max);
        EXPECT_FALSE(find(id).has_done(activate_order));
        return id;
    }
    std::expected<CaseId, Misfit> open(CaseId of_person, const Asked& asked) {
        Store store(folder.path("issuer.sqlite"), folder.path(""), schemes);
        return store.open(of_person, asked, {.at = unix_now(), .clerk = "sato"});
    }
    // By another clerk than the one who has opened it.
    void approve(CaseId id, UnixTime at = unix_now()) {
        Store store(folder.path("issuer.sqlite"), folder.path(""), schemes);
        EXPECT_TRUE(store.add(id, Approved{}, {.at = at, .clerk = "suzuki"}));
    }
    KnownPerson person(CaseId id) {
        Store store(folder.path("issuer.sqlite"), folder.path(""), schemes);
        std::vector<Case> cases;
        for (const auto one : store.of_person(id))
            cases.push_back(store.find(one).one);
        return person_of(cases).value();
    }
    std::vector<Standing> standings(CaseId id) {
        std::vector<Standing> out;
        for (const auto& card : person(id).issued)
            out.push_back(card.standing);
        return out;
    }
    // Which decision the last question about that number has named.
    static std::string named(const World& world, std::string_view number) {
        for (const auto& [subject, decision] : world.decisions) {
            if (subject.contains(number)) return decision;
        }
        return "nobody was asked";
    }
    static int times(const World& world, std::string_view what) {
        int out = 0;
        for (const auto& [name, count] : world.done)
            out += name.starts_with(what) ? count : 0;
        return out;
    }
    static KeysMade keys() {
        const auto key = [] {
            const auto made = crypto::PrivateKey::generate(crypto::KeyType::p256);
            return base64url(made.public_key().spki());
        };
        return {{{Use::authentication, key()}, {Use::signing, key()}}};
    }

    const Log log{"worker_test"};
    TempFolder folder;
    wire::Schemes schemes = test_schemes();
    wire::Directory directory = test_directory();
    wire::Policy policy = test_policy();
    Parties parties{directory, schemes, *wire::ParticipantId::parse("ca")};
};

TEST_F(WorkerTest, FromTheApplicationToTheCardInHand) {
    World world(1);
    world.decides_in = std::chrono::milliseconds(50);
    const auto id = apply();
    live(world, 1'000);
    EXPECT_EQ(todo(find(id)).front().step, Step::make_keys);
    happen(id, keys());
    live(world, 1'000);
    EXPECT_EQ(todo(find(id)).front().step, Step::write);
    happen(id, Written{});
    happen(id, HandedOver{});
    live(world, 1'000);
    EXPECT_TRUE(has_ended(find(id)));
    // What follows from a clerk's act says whose it was; the case has what opens it.
    Store store(folder.path("issuer.sqlite"), folder.path(""), schemes);
    EXPECT_GE(world.operators.size(), 4U) << "certificates, the card, the insurer";
    for (const auto& [jti, said] : world.operators) {
        const auto asked = store.find_operator(jti);
        ASSERT_TRUE(asked) << jti;
        EXPECT_EQ(asked->id, id);
        EXPECT_EQ(asked->by.name, "sato");
        EXPECT_EQ(wire::commit_operator(asked->by.salt, asked->by.name), said);
    }
    EXPECT_FALSE(store.find_operator("jti-none"));
    // Each certificate is collected, once it is there: who asks is in the person's log.
    for (const auto& [what, times] : world.done)
        EXPECT_EQ(times, what.starts_with("certificates/") ? 2 : 1) << what;
}

// Of two who were taken in by one resident number, the second at another window while nobody was
// linked yet, one gets a card: the other case says so to a clerk, and the relay is not asked.
TEST_F(WorkerTest, OfOnePersonAtTwoWindowsOneIsLinked) {
    World world(1);
    const auto here = apply(), there = apply();
    live(world, 1'000);
    EXPECT_EQ(times(world, "link/first/"), 1);
    EXPECT_NE(find(here).has_done(link_order), find(there).has_done(link_order));
    const auto other = find(find(here).has_done(link_order) ? there : here);
    EXPECT_EQ(todo(other).front().step, Step::link);
    EXPECT_EQ(todo(other).front().actor, Actor::clerk);
    EXPECT_EQ(todo(other).front().refused, "link_taken");
}

// Cases of people who have got their card, of whom insurers are to be told; the worker runs.
class SilentOnes : public WorkerTest {
  protected:
    static constexpr int of_each = 20;

    // Another medical insurer of the directory's.
    std::string insurer(int which) {
        auto id = std::to_string(699'100 + which);
        id.insert(0, "0");
        id.push_back(insurer_digit(id));
        auto one = *directory.find("06990014");
        one.id = *wire::ParticipantId::parse(id);
        auto& all = directory.participants;
        all.insert(std::ranges::lower_bound(all, one.id, {}, &wire::Participant::id),
                   std::move(one));
        return id;
    }
    CaseId delivered(const std::string& insurer) {
        auto application = test_application(schemes);
        application.claims[0].number = test_resident(schemes, "992011");
        auto& medical = application.claims[1];
        medical.number =
            test_number(schemes, "insured-number",
                        R"({"insurer": ")" + insurer + R"(", "number": "777", "branch": "01"})");
        medical.giver = insurer.substr(0, insurer.size() - 1);
        application.signing = false;
        return test_card(store, schemes, test_card_key(), application, [this](const Hash& card) {
            world.at_relay[base64url(card)] = "activate";
        });
    }
    // Nobody answers at all of them, and each has that many waiting.
    std::vector<std::string> silent_insurers(int count) {
        std::vector<std::string> out{"06990014"};
        for (int i = 1; i < count; ++i)
            out.push_back(insurer(i));
        for (const auto& one : out) {
            world.silent.insert(one);
            for (int i = 0; i < of_each; ++i)
                delivered(one);
        }
        return out;
    }
    void start() { http::spawn(io, worker.run()); }
    bool run_until(const std::function<bool()>& done) {
        for (int i = 0; i < 2'000 && !done(); ++i)
            io.run_one_for(std::chrono::milliseconds(5));
        return done();
    }
    int all_waiting() {
        int out = 0;
        for (const auto& [who, count] : world.waiting)
            out += count;
        return out;
    }
    void TearDown() override {
        worker.stop();
        io.run_for(std::chrono::milliseconds(1));
    }

    World world{1};
    Store store{folder.path("issuer.sqlite"), folder.path(""), schemes};
    http::asio::io_context io{1};
    Worker worker{io, store, parties, policy, world.sender(), log};
};

// Many of one insurer's wait, and it does not answer: others hear of theirs, and a card that is
// lost is stopped at once.
TEST_F(SilentOnes, KeepNoStopWaiting) {
    silent_insurers(1);
    const auto other = insurer(1);
    const auto id = delivered(other);
    start();
    EXPECT_TRUE(run_until([&] { return has_ended(store.find(id).one); })) << "the last one";
    EXPECT_EQ(world.waiting["06990014"], 8) << "no more of one insurer's";
    const auto stop = store.open(id, {.kind = Kind::stop, .reason = "lost"}, {.at = unix_now()});
    ASSERT_TRUE(stop);
    worker.look_at(*stop);
    EXPECT_TRUE(run_until([&] { return is_to_do(store.find(*stop).one, Step::look_for); }));
}

// However many of them there are, whoever answers is told, and one that is silent takes no more
// than it may.
TEST_F(SilentOnes, KeepNoOtherOrganisationWaiting) {
    const auto silent = silent_insurers(12);
    const auto other = insurer(12);
    std::vector<CaseId> cases;
    for (int i = 0; i < of_each; ++i)
        cases.push_back(delivered(other));
    start();
    EXPECT_TRUE(run_until([&] {
        return std::ranges::all_of(cases,
                                   [&](const auto id) { return has_ended(store.find(id).one); });
    }));
    for (const auto& one : silent) {
        EXPECT_GE(world.waiting[one], 1) << "each has its own place";
        EXPECT_LE(world.waiting[one], 8);
    }
    EXPECT_EQ(all_waiting(), 12 + 32) << "the places of each, and those of all";
    const auto fresh = delivered(other);
    worker.look_at(fresh);
    EXPECT_TRUE(run_until([&] { return has_ended(store.find(fresh).one); })) << "and the next one";
}

// After one that was not answered the next goes alone, until somebody answers there.
TEST_F(SilentOnes, AreAskedOneByOne) {
    world.given_up_after = std::chrono::milliseconds(50);
    silent_insurers(1);
    start();
    auto& waiting = world.waiting["06990014"];
    EXPECT_TRUE(run_until([&] { return waiting == 8; }));
    EXPECT_TRUE(run_until([&] { return waiting < 2; }));
    int begun = 0;
    for (int last = waiting; begun < 4; last = waiting) {
        ASSERT_TRUE(run_until([&] { return waiting != last; }));
        if (waiting > last) ++begun;
        EXPECT_LE(waiting, 1);
    }
    world.silent.clear();
    EXPECT_TRUE(run_until([&] { return times(world, "health-care-number/") == of_each; }));
}

// What a page reports is durable by itself, and what does not fit spoils nothing else.
TEST_F(WorkerTest, PagesWriteWhileTheWorkerWaits) {
    World world(1);
    const auto id = apply();
    http::asio::io_context io{1};
    Store store(folder.path("issuer.sqlite"), folder.path(""), schemes);
    Worker worker(io, store, parties, policy, world.sender(), log);
    http::spawn(io, worker.run());
    while (!is_idle(store, worker))
        io.run_one_for(std::chrono::milliseconds(5));
    EXPECT_FALSE(store.add(id, HandedOver{}, {.at = 1, .clerk = "sato"}));
    EXPECT_TRUE(store.add(id, keys(), {.at = 2, .clerk = "sato"}));
    EXPECT_FALSE(find(id).keys.empty()) << "another connection does not see it";
    worker.stop();
    io.run_for(std::chrono::milliseconds(1));
}

TEST_F(WorkerTest, SaysWhileItCannotWork) {
    World world(1);
    const auto id = apply();
    http::asio::io_context io{1};
    Store store(folder.path("issuer.sqlite"), folder.path(""), schemes);
    auto sender = world.sender();
    bool is_full = true;
    const auto prepare = sender.prepare;
    sender.prepare = [&](const client::Ask& ask) {
        if (is_full) throw Failure("a disk that is full");
        return prepare(ask);
    };
    Worker worker(io, store, parties, policy, sender, log);
    EXPECT_FALSE(worker.failing());
    http::spawn(io, worker.run());
    io.run_for(std::chrono::milliseconds(1));
    EXPECT_TRUE(worker.failing());
    is_full = false;
    worker.look_at(id);  // now, not after a second
    while (!is_idle(store, worker))
        io.run_one_for(std::chrono::milliseconds(5));
    EXPECT_FALSE(worker.failing());
    EXPECT_TRUE(is_to_do(find(id), Step::make_keys));
    worker.stop();
    io.run_for(std::chrono::milliseconds(1));
}

TEST_F(WorkerTest, WhoIsNotHereWaitsForThePersonAndGoesOn) {
    World world(1);
    world.verdicts["777"] = "no_match";
    const auto id = apply();
    live(world, 1'000);
    const auto what = todo(find(id));
    ASSERT_EQ(what.size(), 1U);
    EXPECT_EQ(what[0].step, Step::settle);
    EXPECT_EQ(what[0].actor, Actor::person);
    EXPECT_EQ(what[0].claim, 1);
    happen(id, Corrected{1, Role::medical,
                         test_number(schemes, "insured-number",
                                     R"({"insurer": "06990014", "number": "999"})")});
    live(world, 1'000);
    EXPECT_EQ(todo(find(id)).front().step, Step::make_keys);
}

// A former insurer's number is right, and nobody's any more: that is said, and not "not here".
TEST_F(WorkerTest, WhoWasThereBeforeGivesAnotherNumber) {
    World world(1);
    world.verdicts["777"] = "gone";
    const auto id = apply();
    live(world, 1'000);
    EXPECT_EQ(find(id).claims[1].finding, Finding::gone);
    const auto what = todo(find(id));
    ASSERT_EQ(what.size(), 1U);
    EXPECT_EQ(what[0].step, Step::settle);
    EXPECT_EQ(what[0].actor, Actor::person);
    EXPECT_EQ(what[0].claim, 1);
    EXPECT_EQ(times(world, "link/"), 0);
    happen(id, Corrected{1, Role::medical,
                         test_number(schemes, "insured-number",
                                     R"({"insurer": "06990014", "number": "999"})")});
    live(world, 1'000);
    EXPECT_EQ(find(id).claims[1].finding, Finding::same);
    EXPECT_EQ(todo(find(id)).front().step, Step::make_keys);
}

TEST_F(WorkerTest, WhoeverWritesOtherwiseIsAskedAgainWithItsOwnWriting) {
    World world(1);
    world.verdicts["777"] = "variant";
    const auto id = apply();
    live(world, 1'000);
    EXPECT_EQ(todo(find(id)).front().actor, Actor::clerk);
    world.verdicts.clear();
    happen(id, Decided{1, true, R"({"mandate":"a.b.c"})"});
    live(world, 1'000);
    EXPECT_EQ(find(id).claims[1].finding, Finding::same);
    EXPECT_EQ(named(world, "777"), base64url(crypto::sha256(as_bytes("a.b.c"))))
        << "the order says by which decision";
    EXPECT_EQ(named(world, "12345678901"), "") << "and no other order";
}

// Whoever writes a decision into the store that nobody has signed, or that the relay has forgotten,
// gets no order out; a clerk decides again.
TEST_F(WorkerTest, WithoutADecisionThatTheRelayKnowsAClerkDecidesAgain) {
    World world(1);
    world.verdicts["777"] = "variant";
    const auto forgotten = base64url(crypto::sha256(as_bytes("a.b.c")));
    world.forgotten = {forgotten};
    const OrderName confirm{OrderKind::confirm, 1};
    char person = '1';
    for (const auto* evidence : {"unsigned", R"({"document":"x"})", R"({"mandate":"a.b.c"})"}) {
        const auto id = apply(person++);
        live(world, 1'000);
        happen(id, Decided{1, true, evidence});
        live(world, 1'000);
        EXPECT_EQ(todo(find(id)).front().refused, "mandate_unknown") << evidence;
        EXPECT_NE(find(id).claims[1].finding, Finding::same);
        happen(id, TryAgain{confirm});
        EXPECT_EQ(find(id).claims[1].finding, Finding::open);
        live(world, 1'000);
        EXPECT_EQ(named(world, "777"), "");
        EXPECT_EQ(todo(find(id)).front().step, Step::settle);
        world.verdicts.clear();
        happen(id, Decided{1, true, R"({"mandate":"d.e.f"})"});
        live(world, 1'000);
        EXPECT_EQ(find(id).claims[1].finding, Finding::same) << evidence;
        world.verdicts["777"] = "variant";
    }
}

// From home nobody is there who could decide again: the register itself says that it still writes
// what was decided upon, or a clerk looks.
TEST_F(WorkerTest, ARenewalGoesOnByWhatWasDecidedForTheCardBefore) {
    World world(1);
    world.verdicts["12345678901"] = "until_decided";
    const auto first = apply();
    live(world, 1'000);
    happen(first, Decided{0, true, R"({"mandate":"a.b.c"})"});
    live(world, 1'000);
    happen(first, KeysMade{keys().keys, "chip"});
    live(world, 1'000);
    happen(first, Written{});
    happen(first, HandedOver{});
    live(world, 1'000);
    ASSERT_TRUE(has_ended(find(first)));
    const auto renew = [&] {
        world.decisions.clear();
        const auto id = open(first, {.kind = Kind::renewal}).value();
        happen(id, Requested{"signed"});
        live(world, 1'000);
        return id;
    };
    const auto next = renew();
    EXPECT_EQ(named(world, "12345678901"), base64url(crypto::sha256(as_bytes("a.b.c"))));
    EXPECT_EQ(find(next).claims[0].finding, Finding::same);
    EXPECT_EQ(todo(find(next)).front().step, Step::make_keys) << "no clerk has to look";
    EXPECT_EQ(person(next).resident->decision, find(next).claims[0].decision) << "and the next one";
    happen(next, Cancelled{"enough"});
    live(world, 1'000);

    world.verdicts["12345678901"] = "variant";  // from what was decided upon, too
    const auto other = renew();
    EXPECT_EQ(todo(find(other)).front().step, Step::settle);
    EXPECT_EQ(todo(find(other)).front().actor, Actor::clerk);
    EXPECT_FALSE(find(other).claims[0].decision);
    happen(other, Cancelled{"enough"});
    live(world, 1'000);

    world.verdicts.clear();
    const auto last = renew();
    EXPECT_EQ(named(world, "12345678901"), "") << "it writes as the person is known";
    EXPECT_EQ(todo(find(last)).front().step, Step::make_keys);
}

using Standings = std::vector<Standing>;

TEST_F(WorkerTest, AStopGoesToBothAndTheCardIsFound) {
    World world(1);
    const auto first = card_in_hand(world);
    const auto stop = open(first, {.kind = Kind::stop, .reason = "lost"});
    ASSERT_TRUE(stop);
    EXPECT_EQ(todo(find(*stop)).size(), 4U) << "side by side";
    live(world, 1'000);
    EXPECT_EQ(todo(find(*stop)).front().step, Step::look_for);
    EXPECT_EQ(times(world, "card/suspend/"), 2);
    EXPECT_EQ(times(world, "certificate-status/suspend/"), 2);
    EXPECT_EQ(standings(first), (Standings{Standing::suspended, Standing::suspended}));
    EXPECT_EQ(open(first, {.kind = Kind::stop, .reason = "by-request"}), stop);
    happen(*stop, Found{});
    EXPECT_EQ(open(first, {.kind = Kind::stop, .reason = "lost"}), stop) << "and again";
    EXPECT_FALSE(find(*stop).found);
    live(world, 1'000);
    happen(*stop, Found{});
    live(world, 1'000);
    EXPECT_TRUE(has_ended(find(*stop)));
    EXPECT_EQ(times(world, "card/resume/"), 2);
    EXPECT_EQ(standings(first), (Standings{Standing::active, Standing::active}));
    EXPECT_NE(open(first, {.kind = Kind::stop, .reason = "lost"}), stop) << "that one is over";
}

// What the authority does not take is asked of the register once more.
TEST_F(WorkerTest, ARegistersAnswerThatIsTooOldIsAskedForAnew) {
    World world(1);
    const auto first = card_in_hand(world);
    const auto next = open(first, {.kind = Kind::replacement, .reason = "damaged"}).value();
    live(world, 1'000);
    approve(next);
    happen(next, keys());
    live(world, 1'000);
    const OrderName certify{OrderKind::certify, static_cast<int>(Use::signing)};
    auto one = find(next);
    ASSERT_TRUE(one.certificates.contains(Use::signing));
    one.certificates.erase(Use::signing);
    one.done.erase(certify);
    const auto again_after = [&](const char* code) {
        auto refused = one;
        refused.refused[certify] = code;
        return *after(refused, TryAgain{certify}, unix_now());
    };
    EXPECT_EQ(again_after("key_weak"), again_after("key_taken")) << "the same order once more";
    EXPECT_EQ(again_after("key_weak").claims.front().finding, Finding::same);
    for (const auto* code : {"register_old", "register_missing", "link_unconfirmed"}) {
        const auto again = again_after(code);
        EXPECT_EQ(again.claims.front().finding, Finding::open) << code;
        EXPECT_TRUE(is_to_do(again, Step::confirm)) << code;
        EXPECT_FALSE(is_to_do(again, Step::certify)) << code;
    }
    one.claims.front().writing = "{}";  // a clerk has agreed to it
    EXPECT_EQ(again_after("register_old").claims.front().finding, Finding::agreed);
}

TEST_F(WorkerTest, ASigningCertificateSaysWhatTheRegisterHasConfirmed) {
    World world(1);
    const auto id = apply();
    live(world, 1'000);
    happen(id, keys());
    auto one = find(id);
    const OrderName certify{OrderKind::certify, static_cast<int>(Use::signing)};
    const Days days{.today = policy.day_of(unix_now())};
    const auto payload_of = [&](const Case& of) {
        const auto question = question_of(parties, of, certify, days);
        EXPECT_TRUE(question.has_value());
        const auto opened = crypto::decrypt_jwe(question->payload, test_sealing_key()).value();
        return parse_json_object(as_text(opened)).value();
    };
    const auto question = question_of(parties, one, certify, days);
    ASSERT_TRUE(question);
    EXPECT_EQ(question->parameters.at("index"), std::to_string(one.claims.front().index));
    EXPECT_EQ(question->parameters.at("order"), base64url(Hash{}));
    const auto payload = payload_of(one);
    EXPECT_EQ(payload.at("answer"), json::value(one.claims.front().answer));
    EXPECT_EQ(payload.at("kana"), json::value(one.person->kana));
    EXPECT_EQ(payload.at("salt").as_string().size(), hash_text_bytes);
    one.claims.front().answer = test_confirmation("variant");
    EXPECT_FALSE(payload_of(one).contains("kana")) << "not confirmed";
    one.claims.front().writing =
        R"({"attributes":{"name":{"verdict":"variant","writing":"高橋 花子"}}})";
    EXPECT_EQ(payload_of(one).at("name"), json::value("高橋 花子")) << "as the register writes it";
    one.claims.front().answer = "none";
    EXPECT_EQ(question_of(parties, one, certify, days).error(), wire::Code::link_unconfirmed);
}

TEST_F(WorkerTest, AReplacementEndsTheCardBeforeAndItsStop) {
    World world(1);
    const auto first = card_in_hand(world);
    const auto stop = open(first, {.kind = Kind::stop, .reason = "lost"});
    const auto next = open(first, {.kind = Kind::replacement, .reason = "lost"});
    ASSERT_TRUE(stop && next);
    EXPECT_EQ(open(first, {.kind = Kind::end, .reason = "death"}).error(), Misfit::other_case);
    live(world, 1'000);  // the resident register is asked, for the signing certificate
    approve(*next);
    happen(*next, keys());
    live(world, 1'000);
    EXPECT_EQ(times(world, "certificate-status/revoke/"), 0);
    happen(*next, Written{});
    happen(*next, HandedOver{});
    live(world, 1'000);
    EXPECT_TRUE(has_ended(find(*next)));
    EXPECT_TRUE(find(*stop).overtaken);
    EXPECT_TRUE(has_ended(find(*stop)));
    EXPECT_EQ(times(world, "card/revoke/"), 0) << "the relay has done it";
    EXPECT_EQ(times(world, "certificate-status/revoke/"), 4) << "by both";
    EXPECT_EQ(standings(first), (Standings{Standing::revoked, Standing::revoked, Standing::active,
                                           Standing::active}));
}

// Who stops a card while the stop of the one before has not come to its end stops the new one.
TEST_F(WorkerTest, AStopIsOfTheCardThatCountsNow) {
    World world(1);
    const auto first = card_in_hand(world);
    const auto stop = open(first, {.kind = Kind::stop, .reason = "lost"});
    const auto next = open(first, {.kind = Kind::replacement, .reason = "lost"});
    ASSERT_TRUE(stop && next);
    live(world, 1'000);
    approve(*next);
    happen(*next, keys());
    live(world, 1'000);
    happen(*next, Written{});
    happen(*next, HandedOver{});
    happen(*next, Sent{activate_order});
    happen(*next, Done{activate_order});
    ASSERT_TRUE(find(*stop).overtaken);
    ASSERT_FALSE(has_ended(find(*stop))) << "the authority has not ended the old ones yet";
    const auto again = open(first, {.kind = Kind::stop, .reason = "lost"});
    ASSERT_TRUE(again);
    EXPECT_NE(again, stop);
    EXPECT_EQ(open(first, {.kind = Kind::stop, .reason = "lost"}), again);
    live(world, 1'000);
    EXPECT_EQ(standings(first), (Standings{Standing::revoked, Standing::revoked,
                                           Standing::suspended, Standing::suspended}));
    EXPECT_TRUE(has_ended(find(*stop)));
}

// Lost on the way home, while the relay has not said yet that the card is active.
TEST_F(WorkerTest, AStopHoldsForACardThatBecomesActiveAfterwards) {
    World world(1);
    world.activating = World::Activating::on_its_way;
    const auto first = card_handed_over(world, 20);
    const auto stop = open(first, {.kind = Kind::stop, .reason = "lost"});
    ASSERT_TRUE(stop);
    live(world, 60);
    EXPECT_GE(times(world, "card/suspend/"), 2) << "and refused: the relay has no such card";
    EXPECT_TRUE(find(*stop).refused.empty()) << "no clerk has to do anything";
    EXPECT_EQ(todo(find(*stop)).front().actor, Actor::relay);
    world.activating = World::Activating::unheard;  // active, and this centre does not know it
    const auto live_until = [&](const auto& is_so) {
        for (int i = 0; i < 100 && !is_so(); ++i)
            live(world, 100);
    };
    live_until([&] { return is_to_do(find(*stop), Step::look_for); });
    EXPECT_FALSE(find(first).has_done(activate_order));
    EXPECT_EQ(todo(find(*stop)).front().step, Step::look_for);
    world.activating = World::Activating::answered;
    live_until([&] { return find(first).has_done(activate_order); });
    EXPECT_TRUE(find(first).has_done(activate_order));
    ASSERT_EQ(world.at_relay.size(), 2U);
    for (const auto& [card, what] : world.at_relay)
        EXPECT_EQ(what, "suspend");
    happen(*stop, Found{});
    live(world, 1'000);
    EXPECT_EQ(standings(first), (Standings{Standing::active, Standing::active}));
}

// In the moment between the clerk's word and the order.
TEST_F(WorkerTest, ACardThatIsHandedOverIsStoppedBeforeItsActivationHasLeft) {
    World world(1);
    const auto first = card_handed_over(world, 0);
    ASSERT_FALSE(find(first).is_in_doubt(activate_order));
    const auto stop = open(first, {.kind = Kind::stop, .reason = "lost"});
    ASSERT_TRUE(stop);
    live(world, 1'000);
    EXPECT_EQ(todo(find(*stop)).front().step, Step::look_for);
    ASSERT_EQ(world.at_relay.size(), 2U);
    for (const auto& [card, what] : world.at_relay)
        EXPECT_EQ(what, "suspend");
}

// Then there is nothing to stop at the relay, and nothing that a clerk would have to do; nor can
// the activation be tried again behind the back of the one who has stopped the card.
TEST_F(WorkerTest, WhereTheActivationIsRefusedThereIsNothingToStop) {
    World world(1);
    world.activating = World::Activating::on_its_way;
    const auto first = card_handed_over(world, 20);
    const auto stop = open(first, {.kind = Kind::stop, .reason = "lost"});
    ASSERT_TRUE(stop);
    live(world, 60);
    world.activating = World::Activating::refused;
    live(world, 2'000);
    EXPECT_TRUE(find(first).refused.contains(activate_order));
    EXPECT_EQ(find(*stop).not_active, (std::set{0, 1}));
    EXPECT_EQ(todo(find(*stop)).front().step, Step::look_for);
    world.activating = World::Activating::answered;
    {
        Store store(folder.path("issuer.sqlite"), folder.path(""), schemes);
        EXPECT_EQ(store.add(first, TryAgain{activate_order}, {.at = 1, .clerk = "sato"}).error(),
                  Misfit::other_case);
    }
    happen(*stop, Found{});
    live(world, 500);
    EXPECT_TRUE(has_ended(find(*stop))) << "nothing is to be resumed at the relay";
    happen(first, TryAgain{activate_order});
    live(world, 500);
    EXPECT_EQ(standings(first), (Standings{Standing::active, Standing::active}));
    const auto again = open(first, {.kind = Kind::stop, .reason = "lost"});
    ASSERT_TRUE(again);
    live(world, 500);
    for (const auto& [card, what] : world.at_relay)
        EXPECT_EQ(what, "suspend");
}

// Given up for good: what the relay does not have is not to be revoked there.
TEST_F(WorkerTest, AStopOfACardThatWasNeverActiveIsGivenUp) {
    World world(1);
    world.activating = World::Activating::refused;
    const auto first = card_handed_over(world, 100);
    const auto stop = open(first, {.kind = Kind::stop, .reason = "lost"});
    ASSERT_TRUE(stop);
    live(world, 500);
    happen(*stop, GivenUp{});
    live(world, 500);
    EXPECT_TRUE(has_ended(find(*stop)));
    EXPECT_EQ(times(world, "certificate-status/revoke/"), 2);
    happen(first, Cancelled{"stopped"});
    live(world, 500);
    EXPECT_TRUE(has_ended(find(first)));
}

TEST_F(WorkerTest, WhoMovesHasANewNumberAndANewSigningCertificate) {
    World world(1);
    const auto first = card_in_hand(world);
    const auto change = open(first, {.kind = Kind::change});
    ASSERT_TRUE(change);
    auto application = test_application(schemes);
    {
        Store store(folder.path("issuer.sqlite"), folder.path(""), schemes);
        auto of_other = application;
        of_other.person.birth_date = *parse_date("1990-01-01");
        EXPECT_EQ(store.add(*change, of_other, {}).error(), Misfit::other_person);
    }
    application.person.address = "九十九県A市港町3丁目4番5号";
    application.claims = {application.claims.front()};
    application.claims[0].number = test_number(
        schemes, "resident-number", R"({"municipality": "992011", "number": "22222222222"})");
    happen(*change, application);
    live(world, 1'000);
    ASSERT_EQ(todo(find(*change)).front().step, Step::approve);
    EXPECT_EQ(times(world, "link/start/"), 0) << "one clerk moves nobody";
    approve(*change);
    live(world, 1'000);
    EXPECT_EQ(times(world, "link/start/"), 1);
    EXPECT_EQ(times(world, "card/revoke/"), 1);
    EXPECT_EQ(standings(first), (Standings{Standing::active, Standing::revoked}));
    happen(*change, keys());
    live(world, 1'000);
    happen(*change, Written{});
    live(world, 1'000);
    EXPECT_TRUE(has_ended(find(*change)));
    EXPECT_EQ(person(first).attributes, application.person);
    EXPECT_EQ(person(first).linked.front().number, application.claims[0].number);
    EXPECT_EQ(standings(first), (Standings{Standing::active, Standing::revoked, Standing::active}));
}

// Whoever has another insurer, and nothing else, is who they were: no certificate ends, no key is
// made, and the new insurer hears the number.
TEST_F(WorkerTest, AnotherInsurerIsLinkedToTheCardThatThereIs) {
    World world(1);
    const auto first = card_in_hand(world);
    const auto told = times(world, "health-care-number/");
    const auto change = open(first, {.kind = Kind::change}).value();
    auto application = test_application(schemes);
    const auto former = application.claims[1].number;
    application.claims[1].number.fields[2].second = "778";
    happen(change, application);
    live(world, 1'000);
    ASSERT_EQ(todo(find(change)).front().step, Step::approve);
    EXPECT_EQ(times(world, "link/start/"), 0) << "no clerk alone links anything";
    approve(change);
    live(world, 1'000);
    EXPECT_TRUE(has_ended(find(change)));
    EXPECT_EQ(times(world, "link/start/"), 1);
    EXPECT_EQ(times(world, "health-care-number/"), told + 1);
    EXPECT_EQ(times(world, "card/revoke/"), 0);
    EXPECT_EQ(standings(first), (Standings{Standing::active, Standing::active}));
    // And back: by the number of before.
    const auto back = open(first, {.kind = Kind::change}).value();
    application.claims[1].number = former;
    happen(back, application);
    live(world, 1'000);
    approve(back);
    live(world, 1'000);
    EXPECT_TRUE(has_ended(find(back)));
    EXPECT_EQ(times(world, "link/start/"), 2);
    // The same once more links nothing.
    const auto same = open(first, {.kind = Kind::change}).value();
    happen(same, application);
    live(world, 1'000);
    EXPECT_TRUE(has_ended(find(same)));
    EXPECT_EQ(times(world, "link/start/"), 2);
}

// An insurer that does not know them yet is taken out, and the move goes on; later it is linked.
TEST_F(WorkerTest, AMoveDoesNotWaitForAnInsurer) {
    World world(1);
    const auto first = card_in_hand(world);
    auto application = test_application(schemes);
    application.person.address = "九十九県A市港町3丁目4番5号";
    application.claims[1].number.fields[2].second = "778";
    world.verdicts["778"] = "no_match";
    const auto change = open(first, {.kind = Kind::change}).value();
    happen(change, application);
    live(world, 1'000);
    ASSERT_EQ(todo(find(change)).front().step, Step::settle);
    happen(change, TakenOut{1});
    live(world, 1'000);
    EXPECT_EQ(times(world, "card/revoke/"), 1) << "the former address";
    ASSERT_EQ(todo(find(change)).front().step, Step::approve);
    happen(change, Cancelled{"without another certificate"});
    EXPECT_TRUE(has_ended(find(change)));
    EXPECT_EQ(times(world, "link/start/"), 0);
    world.verdicts.clear();
    const auto later = open(first, {.kind = Kind::change}).value();
    happen(later, application);
    live(world, 1'000);
    approve(later);
    live(world, 1'000);
    EXPECT_EQ(times(world, "link/start/"), 1);
    EXPECT_EQ(person(first).linked.front().number, application.claims[1].number);
}

// Nor for one that says nothing; what it says later is about nothing any more.
TEST_F(WorkerTest, ASilentInsurerIsTakenOutWhileItIsAsked) {
    World world(1);
    const auto first = card_in_hand(world);
    auto application = test_application(schemes);
    application.person.address = "九十九県A市港町3丁目4番5号";
    application.claims[1].number.fields[2].second = "778";
    world.verdicts["778"] = "silent";
    const auto change = open(first, {.kind = Kind::change}).value();
    happen(change, application);
    live(world, 200);
    ASSERT_EQ(todo(find(change)).front().step, Step::confirm);
    ASSERT_TRUE(find(change).open.contains({OrderKind::confirm, 1}));
    happen(change, TakenOut{1});
    live(world, 1'000);
    EXPECT_EQ(todo(find(change)).front().step, Step::approve);
    world.verdicts.clear();
    db::Connection(folder.path("issuer.sqlite"), db::Access::read_write)
        .run("update outbox set next_try = 0");
    approve(change);
    happen(change, keys());
    live(world, 1'000);
    EXPECT_TRUE(find(change).open.empty());
    EXPECT_EQ(find(change).claims[1].finding, Finding::not_applied);
    EXPECT_EQ(times(world, "link/start/"), 0);
}

// What is linked is told, also when the card is lost meanwhile.
TEST_F(WorkerTest, AStopKeepsNoNewInsurerFromTheNumber) {
    World world(1);
    const auto first = card_in_hand(world);
    const auto told = times(world, "health-care-number/");
    auto application = test_application(schemes);
    application.person.address = "九十九県A市港町3丁目4番5号";
    application.claims[1].number.fields[2].second = "778";
    const auto change = open(first, {.kind = Kind::change}).value();
    happen(change, application);
    live(world, 1'000);
    approve(change);
    world.silent.insert(application.claims[1].number.fields[0].second);
    live(world, 500);
    ASSERT_TRUE(find(change).has_done(link_order));
    ASSERT_TRUE(open(first, {.kind = Kind::stop, .reason = "lost"}));
    EXPECT_EQ(find(change).cancelled, "stopped");
    world.silent.clear();
    live(world, 4'000);
    EXPECT_TRUE(has_ended(find(change)));
    EXPECT_EQ(times(world, "health-care-number/"), told + 1);
}

// The new signing certificate would go into the card that is looked for.
TEST_F(WorkerTest, AStopGivesUpAChange) {
    World world(1);
    const auto first = card_in_hand(world);
    const auto change = open(first, {.kind = Kind::change});
    ASSERT_TRUE(open(first, {.kind = Kind::stop, .reason = "lost"}));
    EXPECT_EQ(find(*change).cancelled, "stopped");
    EXPECT_EQ(open(first, {.kind = Kind::change}).error(), Misfit::other_case);
}

TEST_F(WorkerTest, ADeathIsTheRegistersWord) {
    World world(1);
    const auto first = card_in_hand(world);
    const auto early = open(first, {.kind = Kind::end, .reason = "death"});
    ASSERT_TRUE(early);
    live(world, 1'000);
    const auto waits = todo(find(*early));
    ASSERT_EQ(waits.size(), 1U);
    EXPECT_EQ(waits[0].step, Step::settle);
    EXPECT_EQ(waits[0].actor, Actor::clerk);
    EXPECT_EQ(times(world, "card/revoke/"), 0);
    world.verdicts["12345678901"] = "gone";
    happen(*early, Corrected{0, Role::resident, find(*early).claims[0].number});
    live(world, 1'000);
    EXPECT_TRUE(has_ended(find(*early)));
    EXPECT_EQ(standings(first), (Standings{Standing::revoked, Standing::revoked}));
    EXPECT_EQ(open(first, {.kind = Kind::stop, .reason = "lost"}).error(), Misfit::no_card);
}

TEST_F(WorkerTest, AnUnlockTakesTwoClerks) {
    World world(1);
    const auto first = card_in_hand(world);
    const auto unlock = open(first, {.kind = Kind::unlock, .uses = {Use::signing}});
    ASSERT_TRUE(unlock);
    EXPECT_EQ(find(*unlock).before.size(), 1U);
    {
        Store store(folder.path("issuer.sqlite"), folder.path(""), schemes);
        EXPECT_EQ(store.add(*unlock, Approved{}, {.at = 1, .clerk = "sato"}).error(),
                  Misfit::same_hand);
        EXPECT_EQ(store.add(*unlock, PinSet{}, {.at = 1, .clerk = "sato"}).error(),
                  Misfit::too_early);
    }
    approve(*unlock);
    live(world, 1'000);
    EXPECT_EQ(times(world, "card/reset/"), 1);
    happen(*unlock, PinSet{});
    EXPECT_TRUE(has_ended(find(*unlock)));
}

// Whoever has had a card: the next one, and another certificate in it, give more than a new PIN.
TEST_F(WorkerTest, ACardInThePlaceOfAnotherTakesTwoClerks) {
    World world(1);
    const auto first = card_in_hand(world);
    for (const auto kind : {Kind::replacement, Kind::change, Kind::from_abroad}) {
        const bool is_replacement = kind == Kind::replacement;
        const auto id = open(first, {.kind = kind, .reason = is_replacement ? "damaged" : ""});
        ASSERT_TRUE(id);
        if (!is_replacement) {
            auto application = test_application(schemes);
            application.claims = {application.claims.front()};
            happen(*id, application);
        }
        live(world, 1'000);
        ASSERT_EQ(todo(find(*id)).front().step, Step::approve);
        {
            Store store(folder.path("issuer.sqlite"), folder.path(""), schemes);
            EXPECT_EQ(store.add(*id, keys(), {.at = 1, .clerk = "sato"}).error(),
                      Misfit::too_early);
            EXPECT_EQ(store.add(*id, Approved{}, {.at = 1, .clerk = "sato"}).error(),
                      Misfit::same_hand);
        }
        approve(*id);
        EXPECT_EQ(todo(find(*id)).front().step, Step::make_keys);
        happen(*id, Cancelled{"enough"});
        live(world, 1'000);
        EXPECT_TRUE(has_ended(find(*id)));
    }
}

// Whoever has applied, corrected or decided does not say that it is right.
TEST_F(WorkerTest, WhoeverSaysWhoItIsDoesNotApprove) {
    World world(1);
    const auto first = card_in_hand(world);
    const auto id = open(first, {.kind = Kind::change}).value();
    Store store(folder.path("issuer.sqlite"), folder.path(""), schemes);
    const auto happens = [&](const Happening& what, const char* clerk) {
        const auto next = store.add(id, what, {.at = unix_now(), .clerk = clerk});
        return next ? "" : std::string(to_text(next.error()));
    };
    auto application = test_application(schemes);
    application.claims = {application.claims.front()};
    const auto& claim = application.claims.front();
    const OrderName confirm{OrderKind::confirm, 0};
    EXPECT_EQ(happens(application, "applies"), "");
    EXPECT_EQ(happens(Corrected{0, Role::resident, claim.number, claim.giver}, "repeats"), "")
        << "that changes nothing, and is nobody's hand";
    EXPECT_EQ(happens(Sent{confirm}, ""), "");
    EXPECT_EQ(happens(WritesOtherwise{0, "{}"}, ""), "");
    EXPECT_EQ(happens(Decided{0, true, R"({"mandate":"a.b.c"})"}, "decides"), "");
    EXPECT_EQ(happens(Sent{confirm}, ""), "");
    EXPECT_EQ(happens(Confirmed{0, test_confirmation(), 1, true}, ""), "");
    for (auto todos = todo(store.find(id).one); todos.front().step != Step::approve;
         todos = todo(store.find(id).one)) {
        const auto order = todos.front().order.value();
        ASSERT_EQ(happens(Sent{order}, ""), "");
        ASSERT_EQ(happens(Done{order}, ""), "");
    }
    for (const auto* clerk : {"sato", "applies", "decides"})
        EXPECT_EQ(happens(Approved{}, clerk), "same_hand") << clerk;
    EXPECT_EQ(happens(Approved{}, "repeats"), "");
}

// What an honest clerk has opened is not taken by whoever approves it.
TEST_F(WorkerTest, WhoApprovesHasNoHandInTheCard) {
    World world(1);
    const auto first = card_in_hand(world);
    const auto id = open(first, {.kind = Kind::replacement, .reason = "damaged"}).value();
    live(world, 1'000);
    approve(id);
    const auto happens = [&](const Happening& what, const char* clerk) {
        Store store(folder.path("issuer.sqlite"), folder.path(""), schemes);
        const auto next = store.add(id, what, {.at = unix_now(), .clerk = clerk});
        return next ? "" : std::string(to_text(next.error()));
    };
    const auto made = keys();
    EXPECT_EQ(happens(made, "suzuki"), "same_hand");
    std::set<std::string> before;
    for (const auto& [jti, said] : world.operators)
        before.insert(jti);
    EXPECT_EQ(happens(made, "third"), "");
    live(world, 1'000);
    // Whoever asks about the certificate reads both.
    for (const auto& [jti, said] : world.operators) {
        if (before.contains(jti)) continue;
        Store store(folder.path("issuer.sqlite"), folder.path(""), schemes);
        EXPECT_EQ(store.find_operator(jti)->by.name, "third（承認 suzuki）");
    }
    EXPECT_GT(world.operators.size(), before.size());
    EXPECT_EQ(happens(Written{}, "suzuki"), "same_hand");
    EXPECT_EQ(happens(Written{}, "third"), "");
    EXPECT_EQ(happens(HandedOver{}, "suzuki"), "same_hand");
    // Nor the other way round, when the approval is over.
    const auto lapsed = after(find(id), ApprovalLapsed{}, unix_now() + approval_s).value();
    EXPECT_EQ(after(lapsed, Approved{}, unix_now(), "third").error(), Misfit::same_hand);
    EXPECT_EQ(happens(HandedOver{}, "sato"), "");
}

// As much of the outbox as cannot be read is ordered anew, and the program goes on.
TEST_F(WorkerTest, WhatDoesNotOpenIsOrderedAnew) {
    World world(1);
    world.lost_percent = 100;
    const auto id = apply();
    live(world, 20);
    {
        db::Connection connection(folder.path("issuer.sqlite"), db::Access::read_write);
        connection.run("update outbox set sealed = zeroblob(40), next_try = 0");
        EXPECT_GT(connection.changes(), 0);
    }
    world.lost_percent = 0;
    live(world, 1'000);
    EXPECT_EQ(todo(find(id)).front().step, Step::make_keys);
}

// A day later another clerk looks again, and the entry in the person's list is another one.
TEST_F(WorkerTest, AnApprovalLapses) {
    World world(1);
    const auto first = card_in_hand(world);
    const auto unlock = open(first, {.kind = Kind::unlock, .uses = {Use::authentication}});
    ASSERT_TRUE(unlock);
    approve(*unlock, unix_now() - approval_s + 3'600);
    live(world, 1'000);
    EXPECT_EQ(todo(find(*unlock)).front().step, Step::reset);
    EXPECT_EQ(times(world, "card/reset/"), 1);
    const auto later = after(find(*unlock), ApprovalLapsed{}, unix_now() + 3'600);
    ASSERT_TRUE(later);
    EXPECT_EQ(todo(*later).front().step, Step::approve);
    EXPECT_FALSE(after(*later, PinSet{}, unix_now()));
    EXPECT_FALSE(after(find(*unlock), ApprovalLapsed{}, unix_now())) << "not before its time";
    happen(*unlock, Cancelled{"begun again"});

    const auto other = open(first, {.kind = Kind::unlock, .uses = {Use::authentication}});
    approve(*other, unix_now() - approval_s);
    live(world, 50);
    EXPECT_FALSE(find(*other).approved) << "the worker has looked at it";
    EXPECT_EQ(todo(find(*other)).front().step, Step::approve);
    approve(*other);
    live(world, 1'000);
    EXPECT_EQ(times(world, "card/reset/"), 2);
    happen(*other, PinSet{});
    EXPECT_TRUE(has_ended(find(*other)));
}

// For whoever reads that it has not ended.
std::string first_of(const Case& one) {
    const auto todos = todo(one);
    if (todos.empty()) return {};
    return std::string(info(todos.front().step).name) + " " + todos.front().refused;
}

// Killed after a few steps, over and over, with one request in five lost.
TEST_F(WorkerTest, LosesNothingAndDoesNothingTwice) {
    const auto seed = std::random_device{}();
    std::printf("seed %u\n", seed);
    World world(seed);
    world.lost_percent = 20;
    std::mt19937 random(seed);
    std::vector<CaseId> cases;
    for (const char person : {'1', '2', '3', '4', '5'})
        cases.push_back(apply(person));
    for (int life = 0; life < 2'000; ++life) {
        // Seconds have gone by: what was lost several times waits for longer than the test.
        db::Connection(folder.path("issuer.sqlite"), db::Access::read_write)
            .run("update outbox set next_try = 0");
        live(world, 1 + static_cast<int>(random() % 12));
        bool all = true;
        for (const auto id : cases) {
            const auto one = find(id);
            all = all && has_ended(one);
            for (const auto& what : todo(one)) {
                if (what.step == Step::make_keys) happen(id, keys());
                if (what.step == Step::write) happen(id, Written{});
                if (what.step == Step::hand_over) happen(id, HandedOver{});
            }
        }
        if (all) break;
    }
    for (const auto id : cases)
        EXPECT_TRUE(has_ended(find(id))) << id << ": " << first_of(find(id));
    Store store(folder.path("issuer.sqlite"), folder.path(""), schemes);
    expect_sound(store, folder.path("issuer.sqlite"));
    int links = 0, activations = 0, certificates = 0;
    for (const auto& [what, times] : world.done) {
        if (what.starts_with("certificates/")) continue;  // asked until it is there
        // All five are of one insured number, and each has a resident number of their own.
        const bool is_of_all = what.starts_with("existence/") && what.contains("insured-number");
        EXPECT_EQ(times, is_of_all ? 5 : 1) << what;
        links += what.starts_with("link/") ? 1 : 0;
        activations += what.starts_with("card/") ? 1 : 0;
        certificates += what.starts_with("certificate/") ? 1 : 0;
    }
    EXPECT_EQ(links, 5);
    EXPECT_EQ(activations, 5);
    EXPECT_EQ(certificates, 10);
}

// A case of each kind for somebody who has a card, of a person each.
class EachKind : public WorkerTest {
  protected:
    struct Opened {
        Asked asked;
        Happening of_lost = Found{};  // what becomes of a card that is stopped
    };
    std::vector<Opened> each() {
        return {{{.kind = Kind::stop, .reason = "lost"}},
                {{.kind = Kind::stop, .reason = "lost"}, GivenUp{}},
                {{.kind = Kind::replacement, .reason = "damaged"}},
                {{.kind = Kind::renewal}},
                {{.kind = Kind::change}},
                {{.kind = Kind::from_abroad}},
                {{.kind = Kind::unlock, .uses = {Use::authentication}}},
                {{.kind = Kind::number,
                  .reason = "misuse",
                  .health_care = draw_numbers(schemes).health_care}},
                {{.kind = Kind::end, .reason = "death"}}};
    }
    std::map<CaseId, Happening> open_each(World& world) {
        std::vector<CaseId> cards;
        for (std::size_t i = 0; i < each().size(); ++i)
            cards.push_back(apply(static_cast<char>('1' + i)));
        live(world, 10'000);
        for (const auto id : cards)
            happen(id, KeysMade{keys().keys, "chip-" + std::to_string(id)});
        live(world, 10'000);
        for (const auto id : cards) {
            happen(id, Written{});
            happen(id, HandedOver{});
        }
        live(world, 10'000);
        std::map<CaseId, Happening> out;
        for (const auto& [asked, of_lost] : each()) {
            const auto first = cards.at(out.size());
            EXPECT_TRUE(has_ended(find(first)));
            const auto id = open(first, asked);
            EXPECT_TRUE(id) << to_text(asked.kind);
            if (id) out.emplace(*id, of_lost);
            if (asked.kind != Kind::end) continue;
            world.verdicts[find(first).claims.front().number.fields[1].second] = "gone";
        }
        world.done.clear();
        return out;
    }
    // The first thing that waits for people.
    void by_people(CaseId id, const Happening& of_lost) {
        const auto one = find(id);
        for (const auto& what : todo(one)) {
            if (what.order) continue;
            if (what.step == Step::approve) return approve(id);
            if (what.step == Step::apply) {
                auto application = test_application(schemes);
                std::erase_if(application.claims,
                              [](const Claim& claim) { return claim.role != Role::resident; });
                application.claims.front().number = person(id).resident->number;
                return happen(id, application);
            }
            if (what.step == Step::make_keys) {
                auto made = keys();
                made.chip = is_in_old_chip(one) ? one.before.front().chip : "another chip";
                if (one.kind == Kind::change) made.keys.erase(Use::authentication);
                return happen(id, made);
            }
            if (what.step == Step::sign) return happen(id, Requested{"signed"});
            if (what.step == Step::write) return happen(id, Written{});
            if (what.step == Step::hand_over) return happen(id, HandedOver{});
            if (what.step == Step::reset) return happen(id, PinSet{});
            if (what.step == Step::look_for) return happen(id, of_lost);
        }
    }
    // How often what was done, and how many certificates the relay was told what of last.
    std::map<std::string, int> run(World& world, int lost_percent, int steps_max,
                                   std::uint32_t seed) {
        const auto cases = open_each(world);
        world.lost_percent = lost_percent;
        std::mt19937 random(seed);
        const auto all_ended = [&] {
            return std::ranges::all_of(cases,
                                       [&](const auto& one) { return has_ended(find(one.first)); });
        };
        for (int life = 0; life < 2'000 && !all_ended(); ++life) {
            db::Connection(folder.path("issuer.sqlite"), db::Access::read_write)
                .run("update outbox set next_try = 0");
            live(world, 1 + static_cast<int>(random() % static_cast<unsigned>(steps_max)));
            for (const auto& [id, of_lost] : cases)
                by_people(id, of_lost);
        }
        for (const auto& [id, of_lost] : cases) {
            const auto one = find(id);
            EXPECT_TRUE(has_ended(one)) << to_text(one.kind) << ": " << first_of(one);
        }
        Store store(folder.path("issuer.sqlite"), folder.path(""), schemes);
        expect_sound(store, folder.path("issuer.sqlite"));
        std::map<std::string, int> out;
        for (const auto& [what, times] : world.done) {
            if (what.starts_with("certificates/")) continue;  // asked until it is there
            out[what.substr(0, what.find('/', what.find('/') + 1))] += times;
        }
        for (const auto& [card, act] : world.at_relay)
            ++out["at the relay at last: " + act];
        return out;
    }
};

// Killed after a few steps, over and over, with one request in five lost: everybody else has done
// what they do when nothing is lost and nobody is killed, and as often.
TEST_F(EachKind, LosesNothingAndDoesNothingTwice) {
    const auto seed = std::random_device{}();
    std::printf("seed %u\n", seed);
    World calm(seed);
    const auto expected = run(calm, 0, 10'000, seed);
    for (const auto* part : {"", "-wal", "-shm"})
        std::filesystem::remove(folder.path("issuer.sqlite") + part);
    World world(seed);
    EXPECT_EQ(run(world, 20, 12, seed), expected);
    EXPECT_EQ(expected.at("card/suspend"), 4) << "two stops";
    EXPECT_EQ(expected.at("card/resume"), 2);
    EXPECT_EQ(expected.at("card/reset"), 1);
    EXPECT_EQ(expected.at("card/activate"), 4) << "replacement, renewal, change, return";
}

}  // namespace
}  // namespace mado::issuer
