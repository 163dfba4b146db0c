// Later cases of whoever has a card: renewals, changes, ends, and what takes a second clerk.
#include "crypto/digest.hpp"
#include "db/db.hpp"
#include "test_worker.hpp"

namespace mado::issuer {
namespace {

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
    // The same once more is linked again: who was away may have had that link ended by its holder.
    const auto same = open(first, {.kind = Kind::change}).value();
    happen(same, application);
    live(world, 1'000);
    approve(same);
    live(world, 1'000);
    EXPECT_TRUE(has_ended(find(same)));
    EXPECT_EQ(times(world, "link/start/"), 3);
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

}  // namespace
}  // namespace mado::issuer
