// First cards worked on from the application on: what registers say to it, who does not answer,
// what cannot be done just now.
#include "worker.hpp"

#include <boost/json.hpp>

#include "base/check_digit.hpp"
#include "crypto/digest.hpp"
#include "crypto/jwe.hpp"
#include "db/db.hpp"
#include "http/spawn.hpp"
#include "test_worker.hpp"

namespace mado::issuer {
namespace {

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

}  // namespace
}  // namespace mado::issuer
