#include "store.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <set>

#include "base/file.hpp"
#include "base/temp_folder.hpp"
#include "numbers.hpp"
#include "orders.hpp"
#include "test_issuer.hpp"

namespace mado::issuer {
namespace {

class StoreTest : public ::testing::Test {
  protected:
    StoreTest() { replace_file(folder.path("store.key"), Bytes(32, 7), 0600); }
    Store store() const { return {folder.path("issuer.sqlite"), folder.path(""), schemes}; }

    TempFolder folder;
    wire::Schemes schemes = test_schemes();
};

const OrderName first_confirm{OrderKind::confirm, 0};

TEST_F(StoreTest, ACaseIsWhatHappenedToIt) {
    auto numbers = draw_numbers(schemes);
    CaseId id = 0;
    {
        auto one = store();
        id = one.open({.numbers = numbers}, {.at = 10});
        const auto applied = one.add(id, test_application(schemes), {.at = 20, .clerk = "sato"});
        ASSERT_TRUE(applied);
    }
    auto again = store();
    const auto file = again.find(id);
    EXPECT_EQ(file.opened_at, 10);
    EXPECT_EQ(file.one.numbers, numbers);
    EXPECT_EQ(file.one.changed, 20);
    EXPECT_EQ(file.one.person, test_application(schemes).person);
    EXPECT_EQ(file.one.claims, test_application(schemes).claims);
    EXPECT_EQ(again.find(file.number), id);
    const auto lines = again.lines(id);
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[1].clerk, "sato");
}

TEST_F(StoreTest, WhatDoesNotFitIsNotWritten) {
    auto one = store();
    const auto id = one.open({.numbers = draw_numbers(schemes)}, {});
    EXPECT_EQ(one.add(id, HandedOver{}, {}).error(), Misfit::too_early);
    EXPECT_EQ(one.add(id, Confirmed{0, "answer", 1, true}, {}).error(), Misfit::unexpected);
    EXPECT_EQ(one.lines(id).size(), 1U);
    ASSERT_TRUE(one.add(id, test_application(schemes), {.at = 1}));
    ASSERT_FALSE(one.add(id, test_application(schemes), {.at = 2}));
    EXPECT_EQ(one.lines(id).size(), 2U);
}

// The window of where they live now has all of theirs, and that of before nothing more.
TEST_F(StoreTest, WhoHasMovedIsServedWhereTheyLiveNow) {
    auto one = store();
    const std::string old = "992011", now = "992020", other = "992038";
    const auto person = test_card(one, schemes, test_card_key());
    const auto served = [&](CaseId id) {
        std::string out;
        for (const auto& where : {old, now, other})
            out += one.is_served_at(where, id) ? where + " " : "";
        EXPECT_TRUE(one.is_served_at("", id)) << "by the centre's own";
        return out;
    };
    const auto listed = [&](const std::string& where) {
        return one.longest_waiting(10, where).size();
    };
    EXPECT_EQ(served(person), "992011 ");
    const auto change = one.open(person, {.kind = Kind::change}, {.at = 2, .municipality = now});
    ASSERT_TRUE(change);
    EXPECT_EQ(served(*change), "992011 992020 ") << "where they live, and where they are";
    EXPECT_EQ(served(person), "992011 ");
    EXPECT_EQ(listed(now), 1U);
    auto moved = test_application(schemes);
    moved.signing = false;
    moved.claims.resize(1);
    const auto before = one.find(person).one.claims[0];
    moved.claims[0].number = before.number;
    moved.claims[0].number.fields[0].second = now;
    // Each step's clerk, where it is one's: who moves is approved by another one.
    const auto apply_and_link = [&](CaseId id, const Applied& application) {
        const std::vector<std::pair<Happening, std::string>> all{
            {application, "sato"},
            {Sent{first_confirm}, ""},
            {Confirmed{0, "answer", 1, true}, ""},
            {Approved{}, "futae"},
            {Sent{link_order}, ""}};
        for (const auto& [what, clerk] : all)
            ASSERT_TRUE(one.add(id, what, {.at = 3, .clerk = clerk})) << what.index();
    };
    apply_and_link(*change, moved);
    EXPECT_EQ(one.home(person), old) << "the relay has not said yes";
    ASSERT_TRUE(one.add(*change, Done{link_order}, {.at = 4}));
    EXPECT_EQ(one.home(person), now);
    EXPECT_EQ(served(person), "992020 ");
    EXPECT_EQ(served(*change), "992020 ");
    EXPECT_EQ(listed(old), 0U);
    // It is in the case: after a restart it is the same.
    auto again = store();
    EXPECT_TRUE(again.is_served_at(now, person));
    EXPECT_EQ(again.where(*change), now);
    // And back, with the number of before.
    for (const auto order : {of_place(OrderKind::end_old, 0), of_place(OrderKind::end_old, 1)}) {
        if (!one.add(*change, Sent{order}, {.at = 5})) continue;
        ASSERT_TRUE(one.add(*change, Done{order}, {.at = 5}));
    }
    EXPECT_TRUE(has_ended(one.find(*change).one));
    const auto back = one.open(person, {.kind = Kind::change}, {.at = 6, .municipality = old});
    ASSERT_TRUE(back);
    auto returned = moved;
    returned.claims[0].number = before.number;
    apply_and_link(*back, returned);
    ASSERT_TRUE(one.add(*back, Done{link_order}, {.at = 7}));
    EXPECT_EQ(one.home(person), old);
    EXPECT_EQ(served(person), "992011 ");
    const auto known = one.known_person(person);
    EXPECT_EQ(std::ranges::count(known->linked, Role::resident, &Claim::role), 2)
        << "each number once";
}

// Both were applied for before either was linked: whichever is linked first, the other one is not,
// until nobody can be linked by that one any more.
TEST_F(StoreTest, OfTwoCasesWithOneResidentNumberOneIsLinked) {
    auto one = store();
    const ToSend request{.request = {.body = "body",
                                     .seal_to = crypto::PrivateKey::generate(crypto::KeyType::p256),
                                     .expires = 60}};
    const auto applied = [&](const std::string& municipality) {
        const auto id = one.open({.numbers = draw_numbers(schemes)}, {.at = 1});
        auto application = test_application(schemes);
        application.claims.resize(1);
        application.claims[0].number =
            test_number(schemes, "resident-number",
                        R"({"municipality": ")" + municipality + R"(", "number": "12345678901"})");
        for (const auto& what : std::vector<Happening>{application, Sent{first_confirm},
                                                       Confirmed{0, "answer", 1, true}}) {
            EXPECT_TRUE(one.add(id, what, {.at = 2})) << what.index();
        }
        return id;
    };
    const auto before = applied("992011"), moved = applied("992020");
    ASSERT_TRUE(one.send(moved, link_order, request, {.at = 3}));
    const auto refused = one.send(before, link_order, request, {.at = 3});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error(), Misfit::known_person);
    EXPECT_TRUE(one.find(before).one.open.empty());
    const auto third = one.open({.numbers = draw_numbers(schemes)}, {.at = 4});
    EXPECT_EQ(one.add(third, test_application(schemes), {.at = 4}).error(), Misfit::known_person);
    // The relay has said no: nobody is known by it.
    ASSERT_TRUE(one.answer(moved, link_order, Refused{link_order, "link_unconfirmed"}, {.at = 5}));
    EXPECT_TRUE(one.add(third, test_application(schemes), {.at = 6}));
    EXPECT_TRUE(one.send(before, link_order, request, {.at = 6}));
    EXPECT_FALSE(one.send(moved, link_order, request, {.at = 7}));
    // It is in the store: after a restart it is the same.
    auto again = store();
    EXPECT_EQ(again.find_known(test_application(schemes).claims, moved), before);
    EXPECT_EQ(again.find_known(test_application(schemes).claims, before), std::nullopt)
        << "their own";
}

// Approved and recorded, the card open for a new PIN: whoever has found it gets none.
TEST_F(StoreTest, AStopGivesUpANewPin) {
    auto one = store();
    const auto person = test_card(one, schemes, test_card_key());
    const auto unlock = one.open(person, {.kind = Kind::unlock, .uses = {Use::authentication}},
                                 {.at = 2, .clerk = "sato"});
    ASSERT_TRUE(unlock);
    for (const auto& what :
         std::vector<Happening>{Approved{}, Sent{reset_order}, Done{reset_order}}) {
        ASSERT_TRUE(one.add(*unlock, what, {.at = 3, .clerk = "futae"})) << what.index();
    }
    EXPECT_TRUE(is_to_do(one.find(*unlock).one, Step::reset));
    ASSERT_TRUE(one.open(person, {.kind = Kind::stop, .reason = "lost"}, {.at = 4}));
    const auto now = one.find(*unlock).one;
    EXPECT_EQ(now.cancelled, "stopped");
    EXPECT_TRUE(has_ended(now));
    EXPECT_FALSE(is_to_do(now, Step::reset)) << "no session";
    EXPECT_EQ(one.add(*unlock, PinSet{}, {.at = 5}).error(), Misfit::other_case);
}

TEST_F(StoreTest, SentIsKeptForSendingAndAnsweredIsNot) {
    auto one = store();
    const auto id = one.open({.numbers = draw_numbers(schemes)}, {});
    ASSERT_TRUE(one.add(id, test_application(schemes), {}));
    const ToSend request{.request = {.body = "body",
                                     .seal_to = crypto::PrivateKey::generate(crypto::KeyType::p256),
                                     .expires = 60}};
    ASSERT_FALSE(one.send(id, {OrderKind::link, 0}, request, {}));
    EXPECT_TRUE(one.outbox().due(0, 10).empty()) << "nobody asked for it";
    ASSERT_TRUE(one.send(id, first_confirm, request, {}));
    const auto due = one.outbox().due(0, 10);
    ASSERT_EQ(due.size(), 1U);
    const auto name = parse_outbox_name(due.front().name);
    ASSERT_TRUE(name);
    EXPECT_EQ(name->id, id);
    EXPECT_EQ(name->order, first_confirm);
    ASSERT_FALSE(one.answer(id, first_confirm, Confirmed{1, "of another claim", 1, true}, {}));
    EXPECT_EQ(one.outbox().due(0, 10).size(), 1U);
    ASSERT_TRUE(one.answer(id, first_confirm, Confirmed{0, "signed", 7, true}, {.at = 5}));
    EXPECT_TRUE(one.outbox().due(0, 10).empty());
    EXPECT_EQ(one.find(id).one.claims[0].index, 7U);
}

TEST_F(StoreTest, WhatNobodyCanBeAskedIsSentAndRefusedInOne) {
    auto one = store();
    const auto id = one.open({.numbers = draw_numbers(schemes)}, {});
    ASSERT_FALSE(one.refuse(id, first_confirm, "not_in_directory", {}));
    EXPECT_EQ(one.lines(id).size(), 1U) << "neither";
    ASSERT_TRUE(one.add(id, test_application(schemes), {}));
    const auto refused = one.refuse(id, first_confirm, "not_in_directory", {});
    ASSERT_TRUE(refused);
    EXPECT_TRUE(refused->open.empty());
    EXPECT_EQ(refused->refused.at(first_confirm), "not_in_directory");
    EXPECT_TRUE(one.outbox().due(0, 10).empty());
}

TEST_F(StoreTest, FindsWhoeverTypesTheReadingInAnotherWay) {
    auto one = store();
    const auto id = one.open({.numbers = draw_numbers(schemes)}, {});
    ASSERT_TRUE(one.add(id, test_application(schemes), {}));
    const auto born = test_application(schemes).person.birth_date;
    EXPECT_EQ(one.find(born, "コウロウ ハナコ"), std::vector<CaseId>{id});
    EXPECT_EQ(one.find(born, "ｺｳﾛｳﾊﾅｺ"), std::vector<CaseId>{id});
    EXPECT_TRUE(one.find(born, "コウロウ タロウ").empty());
    EXPECT_TRUE(one.find(Date{std::chrono::year(1990) / 1 / 1}, "コウロウハナコ").empty());
}

// All cases with one issuing number are one person's.
TEST_F(StoreTest, FindsAPersonByAnyOfTheirNumbers) {
    auto one = store();
    const auto numbers = draw_numbers(schemes);
    const auto first = one.open({.numbers = numbers}, {});
    const auto stranger = one.open({.numbers = draw_numbers(schemes)}, {});
    const auto next = one.open({.numbers = numbers,
                                .known = test_application(schemes).person,
                                .kind = Kind::replacement,
                                .reason = "damaged"},
                               {});
    EXPECT_EQ(one.of_person(first), (std::vector<CaseId>{first, next}));
    EXPECT_EQ(one.of_person(next), (std::vector<CaseId>{first, next}));
    EXPECT_EQ(one.of_person(stranger), std::vector<CaseId>{stranger});
    const auto given = one.find_given(numbers.health_care);
    ASSERT_TRUE(given);
    EXPECT_EQ(one.of_person(*given), (std::vector<CaseId>{first, next}));
    EXPECT_FALSE(one.find_given("000000000000"));
    const auto born = test_application(schemes).person.birth_date;
    EXPECT_EQ(one.find(born, "コウロウ ハナコ"), std::vector<CaseId>{next})
        << "known from its beginning";
}

// The newest card's only: a slip of before stops nothing.
TEST_F(StoreTest, FindsAPersonByTheStopCodeOfTheirLastCard) {
    auto one = store();
    const auto numbers = draw_numbers(schemes);
    const auto hand_over = [&](const std::string& code) {
        const auto id = one.open({.numbers = numbers,
                                  .known = test_application(schemes).person,
                                  .kind = Kind::replacement,
                                  .reason = "damaged"},
                                 {});
        const OrderName certify{OrderKind::certify, 0}, collect{OrderKind::collect, 0};
        for (const auto& what : std::vector<Happening>{
                 Approved{}, KeysMade{{{Use::authentication, "key"}}}, Sent{certify}, Done{certify},
                 Sent{collect}, Certified{Use::authentication, "MII"}, Written{},
                 HandedOver{one.stop_index(code)}}) {
            const bool approves = std::holds_alternative<Approved>(what);
            EXPECT_TRUE(one.add(id, what, {.clerk = approves ? "suzuki" : "sato"})) << what.index();
        }
        return id;
    };
    const auto first = hand_over("111111111111");
    EXPECT_EQ(one.find_stop("111111111111"), first);
    const auto next = hand_over("222222222222");
    EXPECT_EQ(one.find_stop("222222222222"), next);
    EXPECT_FALSE(one.find_stop("111111111111"));
    EXPECT_FALSE(one.find_stop("333333333333"));
    EXPECT_FALSE(one.find_stop(""));
    // Another slip, also of the case before: the last one counts.
    EXPECT_FALSE(one.add(first, NewSlip{}, {})) << "none without a code";
    ASSERT_TRUE(one.add(first, NewSlip{one.stop_index("444444444444")}, {}));
    EXPECT_EQ(one.find_stop("444444444444"), first);
    EXPECT_FALSE(one.find_stop("222222222222"));
    for (const auto& line : one.lines(next))
        EXPECT_FALSE(json::serialize(happening_json(line.what)).contains("222222222222"));
}

TEST_F(StoreTest, WhomTheRelayDoesNotKnowHasNoOtherCases) {
    auto one = store();
    const auto id = one.open({.numbers = draw_numbers(schemes)}, {});
    EXPECT_EQ(one.open(id, {.kind = Kind::stop, .reason = "lost"}, {}).error(), Misfit::too_early);
    EXPECT_THROW(
        one.open({.numbers = draw_numbers(schemes), .kind = Kind::stop, .reason = "lost"}, {}),
        Failure)
        << "of nobody";
}

TEST_F(StoreTest, AnEndedCaseIsNotWorkedOn) {
    auto one = store();
    const auto a = one.open({.numbers = draw_numbers(schemes)}, {});
    const auto b = one.open({.numbers = draw_numbers(schemes)}, {});
    EXPECT_EQ(one.open_cases(0, 10), (std::vector<CaseId>{a, b}));
    ASSERT_TRUE(one.add(a, Cancelled{"withdrawn"}, {}));
    EXPECT_EQ(one.open_cases(0, 10), std::vector<CaseId>{b});
}

TEST_F(StoreTest, InvitesAllOrNobody) {
    auto one = store();
    const std::optional<Applied> invited = test_application(schemes);
    const auto ids =
        one.open_first({invited, std::nullopt}, [this] { return draw_numbers(schemes); }, {});
    ASSERT_EQ(ids.size(), 2U);
    EXPECT_EQ(one.find(ids[0]).one.invited, invited);
    EXPECT_EQ(todo(one.find(ids[0]).one).front().step, Step::apply) << "it is confirmed first";
    const auto same = draw_numbers(schemes);
    EXPECT_THROW(one.open_first({invited, invited}, [&same] { return same; }, {}), Failure);
    EXPECT_EQ(one.open_cases(0, 10), ids);
    EXPECT_TRUE(one.give(same.health_care));
}

TEST_F(StoreTest, GivesNoNumberTwice) {
    auto one = store();
    EXPECT_TRUE(one.give("621874998319"));
    EXPECT_FALSE(one.give("621874998319"));
}

TEST_F(StoreTest, SaysNothingWithoutItsKeyAndNoticesAChange) {
    {
        auto one = store();
        const auto id = one.open({.numbers = draw_numbers(schemes)}, {});
        ASSERT_TRUE(one.add(id, test_application(schemes), {}));
    }
    const auto bytes = read_file(folder.path("issuer.sqlite"), 1 << 20).value_or("");
    const auto wal = read_file(folder.path("issuer.sqlite-wal"), 1 << 22).value_or("");
    for (const std::string_view secret : {"厚労", "コウロウ", "1986"}) {
        EXPECT_EQ(bytes.find(secret), std::string::npos);
        EXPECT_EQ(wal.find(secret), std::string::npos);
    }
    {
        db::Connection connection(folder.path("issuer.sqlite"), db::Access::read_write);
        connection.run("update happening set line = line + 10");
    }
    auto one = store();
    EXPECT_THROW(one.find(CaseId{1}), Failure);
    replace_file(folder.path("store.key"), Bytes(32, 8), 0600);
    auto stranger = store();
    EXPECT_THROW(stranger.find(CaseId{1}), Failure);
}

// From its activation on: who may log in, and whose certificate ends soon. Each notice once.
TEST_F(StoreTest, KnowsItsCardsAndWhichEndSoon) {
    auto one = store();
    const auto key = crypto::PrivateKey::generate(crypto::KeyType::p256).public_key();
    const auto id = test_card(one, schemes, key, [&](const Hash& card) {
        EXPECT_FALSE(one.find_card(card)) << "not active";
    });
    const auto card = read_certificate(one.find(id).one.certificates.at(Use::authentication));
    EXPECT_EQ(one.find_card(card.thumbprint()), id);
    EXPECT_FALSE(one.find_card(Hash{}));

    const auto ending_before = [&](std::int64_t days) {
        auto out = one.ending(card.not_after() - days * 86'400, 10, {});
        one.noticed(out);
        return out.empty() ? 0 : out.front().days;
    };
    EXPECT_EQ(ending_before(91), 0);
    EXPECT_EQ(ending_before(90), 90);
    EXPECT_EQ(ending_before(90), 0) << "once";
    EXPECT_EQ(ending_before(31), 0);
    EXPECT_EQ(ending_before(5), 7) << "30 was missed: one notice makes up for it";
    EXPECT_EQ(ending_before(1), 0);
    EXPECT_EQ(ending_before(0), 0) << "it has ended";
}

// Each of those that end on the same day once, however few at a time.
TEST_F(StoreTest, ManyThatEndSoonAreReadAFewAtATime) {
    auto one = store();
    std::set<CaseId> all, read;
    for (int i = 0; i < 5; ++i)
        all.insert(test_card(one, schemes, test_card_key()));
    const auto now =
        read_certificate(one.find(*all.begin()).one.certificates.begin()->second).not_after() - 1;
    Store::Ending after;
    for (auto some = one.ending(now, 2, after); !some.empty(); some = one.ending(now, 2, after)) {
        for (const auto& each : some)
            EXPECT_TRUE(read.insert(each.id).second);
        after = some.back();
    }
    EXPECT_EQ(read, all);
}

TEST_F(StoreTest, WhoIsOverIsErasedAndNobodyElse) {
    auto one = store();
    const auto with_card = test_card(one, schemes, test_card_key());  // all is done at 1
    const auto numbers = draw_numbers(schemes);
    ASSERT_TRUE(one.give(numbers.health_care));
    const auto given_up = one.open({.numbers = numbers}, {.at = 1});
    ASSERT_TRUE(one.add(given_up, Cancelled{"moved away"}, {.at = 5, .clerk = "sato"}));
    const auto open = one.open({.numbers = draw_numbers(schemes)}, {.at = 1});
    const auto slip = one.find(given_up).number;
    const auto end =
        read_certificate(one.find(with_card).one.certificates.begin()->second).not_after();

    const auto erase = [&one](UnixTime before) {
        std::size_t people = 0;
        for (std::optional<CaseId> after = 0; after;) {
            const auto erased = one.erase_people(before, *after, 2);
            people += erased.people;
            after = erased.last;
        }
        return people;
    };
    EXPECT_EQ(erase(5), 0U) << "it ended then, not before";
    EXPECT_EQ(erase(6), 1U);
    EXPECT_FALSE(one.find(slip));
    EXPECT_FALSE(one.find_given(numbers.health_care));
    EXPECT_FALSE(one.give(numbers.health_care)) << "nobody else gets the number";
    EXPECT_THROW(one.find(given_up), Failure);
    EXPECT_EQ(one.find(with_card).id, with_card);
    constexpr UnixTime far = 9'000'000'000;
    EXPECT_EQ(erase(far), 0U) << "a next card is made by the number that the relay has";
    test_death(one, with_card, 7);
    EXPECT_EQ(erase(end), 0U) << "the certificate would have counted until then";
    EXPECT_EQ(erase(end + 1), 1U);
    EXPECT_FALSE(one.find_given(one.find(open).one.numbers.issuing));
    EXPECT_NO_THROW(one.find(open));

    const auto next = one.open({.numbers = draw_numbers(schemes)}, {.at = 1});
    EXPECT_GT(next, open) << "no place is used twice";
}

// It counts as any does, though its end is not this centre's to tell.
TEST_F(StoreTest, WhoHasACardOfAnotherAuthorityIsKept) {
    auto one = store();
    const auto certificate = test_certificate(test_card_key());
    auto application = test_application(schemes);
    application.claims.resize(1);
    application.signing = false;
    const auto id = one.open({.numbers = draw_numbers(schemes), .kind = Kind::existing}, {.at = 1});
    const std::vector<Happening> all{application,
                                     Requested{"signed", {{Use::authentication, certificate}}},
                                     Sent{first_confirm},
                                     Confirmed{0, "answer", 1, true},
                                     Sent{link_order},
                                     Done{link_order},
                                     HandedOver{"123456789012"},
                                     Sent{activate_order},
                                     Done{activate_order}};
    for (const auto& what : all)
        ASSERT_TRUE(one.add(id, what, {.at = 1})) << what.index();
    ASSERT_TRUE(todo(one.find(id).one).empty());
    const auto end = read_certificate(certificate).not_after();
    EXPECT_TRUE(one.ending(end - 1, 10, {}).empty());
    EXPECT_EQ(one.erase_people(end + 1, 0, 10).people, 0U);
    test_death(one, id, 7);
    EXPECT_EQ(one.erase_people(end, 0, 10).people, 0U);
    EXPECT_EQ(one.erase_people(end + 1, 0, 10).people, 1U);
}

// Another case of the same person is open: nothing of them is over.
TEST_F(StoreTest, WhoHasSomethingToDoIsKeptWhole) {
    auto one = store();
    const auto id = test_card(one, schemes, test_card_key());
    const auto stop = one.open(id, {.kind = Kind::stop, .reason = "lost"}, {.at = 2});
    ASSERT_TRUE(stop);
    constexpr UnixTime far = 9'000'000'000;
    EXPECT_EQ(one.erase_people(far, 0, 10).people, 0U);
    EXPECT_EQ(one.of_person(id).size(), 2U);
}

// A renewal whose activation was under way when the card was stopped, and is refused.
TEST_F(StoreTest, ACardThatIsLookedForGetsNoNewKeys) {
    auto one = store();
    const auto first = test_card(one, schemes, test_card_key());
    const auto id = *one.open(first, {.kind = Kind::renewal}, {.at = 2});
    const auto key = test_card_key();
    const auto certify = of_use(OrderKind::certify, Use::authentication);
    const auto collect = of_use(OrderKind::collect, Use::authentication);
    const std::vector<Happening> until_sent{
        Requested{"signed"},
        Sent{first_confirm},
        Confirmed{0, "answer", 1, true},
        KeysMade{{{Use::authentication, base64url(key.spki())}}, "chip"},
        Sent{certify},
        Done{certify},
        Sent{collect},
        Certified{Use::authentication, test_certificate(key)},
        Written{},
        Sent{activate_order}};
    for (const auto& what : until_sent)
        ASSERT_TRUE(one.add(id, what, {.at = 2})) << what.index();
    const auto stop = one.open(first, {.kind = Kind::stop, .reason = "lost"}, {.at = 3});
    ASSERT_TRUE(stop);
    ASSERT_FALSE(one.find(id).one.cancelled) << "too late";
    ASSERT_TRUE(one.add(id, Refused{activate_order, "card_taken"}, {.at = 4}));
    const KeysMade anew{{{Use::authentication, base64url(test_card_key().spki())}}, "chip"};
    EXPECT_EQ(one.add(id, anew, {.at = 5}).error(), Misfit::other_case);
    ASSERT_TRUE(one.add(*stop, Found{}, {.at = 6}));
    EXPECT_TRUE(one.add(id, anew, {.at = 7}));
}

TEST_F(StoreTest, WhoseHandItWasIsErasedWithItsTime) {
    auto one = store();
    const auto id = one.open({.numbers = draw_numbers(schemes)}, {.at = 1});
    ASSERT_TRUE(one.add(id, test_application(schemes), {.at = 1}));
    ToSend what{.request = {.body = "{}",
                            .seal_to = crypto::PrivateKey::generate(crypto::KeyType::p256),
                            .expires = 100},
                .by = Operator{.jti = "early", .name = "sato"}};
    const OrderName confirm{OrderKind::confirm, 0};
    ASSERT_TRUE(one.send(id, confirm, what, {.at = 1}));
    for (const auto& [jti, at] : {std::pair{"later", 10'000}, std::pair{"last", 20'000}}) {
        what.by->jti = jti;
        one.renew(id, confirm, what, at);
    }
    EXPECT_EQ(one.erase_hands(10'001, 1), 1);
    EXPECT_EQ(one.erase_hands(10'001, 1), 1);
    EXPECT_EQ(one.erase_hands(10'001, 1), 0);
    EXPECT_FALSE(one.find_operator("later"));
    EXPECT_TRUE(one.find_operator("last"));
}

TEST_F(StoreTest, EachHappeningIsReadAsItWasWritten) {
    const auto number = test_application(schemes).claims[1].number;
    const std::vector<Happening> all{
        Opened{.numbers = draw_numbers(schemes),
               .known = test_application(schemes).person,
               .signing = true,
               .kind = Kind::stop,
               .reason = "lost",
               .linked = test_application(schemes).claims,
               .before = {{.use = Use::signing, .certificate = "MII", .foreign = true}},
               .former = "123456789012",
               .agreed = Agreed{.writing = "{}", .decision = {1}}},
        test_application(schemes),
        Sent{{OrderKind::tell, 1}},
        Confirmed{1, "a.b.c", 12, true},
        WritesOtherwise{1, "{}"},
        NotHere{1},
        Done{{OrderKind::activate, 0}},
        Certified{Use::signing, "MII"},
        NotIssued{Use::signing, "too-young"},
        Refused{{OrderKind::link, 0}, "link_taken"},
        Lapsed{{OrderKind::certify, 1}},
        Decided{1, true, "a.b.c"},
        Corrected{1, Role::medical, number},
        TakenOut{1},
        TryAgain{{OrderKind::collect, 1}},
        Waived{{OrderKind::tell, 1}},
        KeysMade{{{Use::authentication, "key"}}},
        Written{},
        HandedOver{"123456789012"},
        Cancelled{"moved away"},
        Gone{0},
        Found{"AAEC"},
        StoppedAgain{},
        GivenUp{},
        Overtaken{},
        Approved{},
        PinSet{},
        Requested{"signed", {{Use::authentication, "MII"}}, "{}"},
        Traced{1, "MII"},
        TakenOn{.person = test_application(schemes).person,
                .claims = test_application(schemes).claims,
                .certificates = {{Use::authentication, "MII"}, {Use::signing, "MIJ"}},
                .chip = "AAECAwQFBgc"},
        NotActive{{OrderKind::stop, 1}, 1},
        ApprovalLapsed{},
        NewSlip{"AAEC"},
        Said{.id = "order", .what = News::left, .at = 12},
        StillHere{1, "{}"}};
    constexpr std::size_t later = 5, of_births = 7;  // birth_test.cpp; before the later ones
    ASSERT_EQ(all.size() + of_births, std::variant_size_v<Happening>);
    for (std::size_t i = 0; i < all.size(); ++i) {
        EXPECT_EQ(all[i].index(), i + later < all.size() ? i : i + of_births);
        const auto text = json::serialize(happening_json(all[i]));
        auto object = parse_json_object(text, {.text_bytes_max = 8 * 1024});
        ASSERT_TRUE(object);
        const auto read = read_happening(*object, schemes);
        ASSERT_TRUE(read) << text << read.error().why;
        EXPECT_EQ(read->index(), all[i].index());
        EXPECT_EQ(json::serialize(happening_json(*read)), text);
        (*object)["more"] = 1;
        EXPECT_FALSE(read_happening(*object, schemes)) << text;
    }
}

}  // namespace
}  // namespace mado::issuer
