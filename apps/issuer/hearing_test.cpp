// What registers say by themselves: which case follows from it, once, and what does not.
#include "hearing.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/file.hpp"
#include "base/temp_folder.hpp"
#include "crypto/digest.hpp"
#include "numbers.hpp"
#include "orders.hpp"
#include "progress.hpp"
#include "test_issuer.hpp"

namespace mado::issuer {
namespace {

constexpr UnixTime now = 1'795'575'600;
constexpr std::string_view a_city = "992011", b_city = "992020";

class HearingTest : public ::testing::Test {
  protected:
    HearingTest() {
        replace_file(folder.path("store.key"), Bytes(32, 7), 0600);
        open();
    }
    // As after a restart.
    void open() {
        store.reset();
        store.emplace(folder.path("issuer.sqlite"), folder.path(""), schemes);
        book.reset();
        book.emplace(folder.path("book.sqlite"));
    }
    // With both certificates, as of before anybody was asked.
    CaseId card() {
        const auto id = store->open({.numbers = draw_numbers(schemes)}, {.at = 1});
        auto application = test_application(schemes);
        application.claims.resize(1);
        application.claims[0].number = test_resident(schemes, a_city);
        std::map<Use, std::string> certificates;
        for (const auto use : uses)
            certificates.emplace(use, test_certificate(test_card_key()));
        EXPECT_TRUE(store->add(id,
                               TakenOn{.person = application.person,
                                       .claims = application.claims,
                                       .certificates = certificates,
                                       .chip = "chip"},
                               {.at = 1}));
        return id;
    }
    std::string number_of(CaseId id) { return store->find(id).one.numbers.issuing; }
    static std::string order_id(std::string_view name) {
        return base64url(crypto::sha256(as_bytes(name)));
    }
    // As the gateway writes it (country/jp/holders/issuer.toml).
    void told(CaseId of, std::string_view what, UnixTime at = now, std::string_view by = a_city,
              std::string_view order = "order") {
        db::Connection(folder.path("book.sqlite"), db::Access::read_write)
            .prepare(
                "insert into told (order_id, number, register, what, changed_at) values "
                "(:order, :number, :register, :what, :at) on conflict (order_id) do nothing")
            .bind("order", order_id(order))
            .bind("number", number_of(of))
            .bind("register", by)
            .bind("what", what)
            .bind("at", at)
            .execute();
    }
    std::set<CaseId> hear(UnixTime at = now + 1) {
        const auto heard = hear_registers(*store, *book, facts(at), 100);
        EXPECT_EQ(heard.unreadable, 0U);
        EXPECT_EQ(heard.malformed, 0U);
        expect_sound();
        return heard.cases;
    }
    [[nodiscard]] NoticeFacts facts(UnixTime at) const {
        return {.now = at,
                .policy = policy,
                .sender = "centre",
                .address = "https://x/renew",
                .hotline = "050-0000-0000"};
    }
    void expect_sound() {
        for (CaseId id : store->open_cases(0, 100))
            EXPECT_FALSE(has_ended(store->find(id).one));
    }
    static std::int64_t noted_in(const std::vector<Line>& lines) {
        return std::ranges::count_if(
            lines, [](const Line& one) { return std::holds_alternative<Said>(one.what); });
    }
    void answer(CaseId id, const Happening& what, UnixTime at) {
        ASSERT_TRUE(store->add(id, Sent{{OrderKind::confirm, 0}}, {.at = at}));
        ASSERT_TRUE(store->add(id, what, {.at = at}));
    }
    Case newest(CaseId of) { return store->cases_of_person(of).back(); }
    std::int64_t count(const std::string& of) const {
        db::Connection connection(folder.path("book.sqlite"), db::Access::read_only);
        auto row = connection.prepare("select count(*) from " + of);
        return row.step() ? row.integer(0) : -1;
    }
    std::int64_t waiting() const { return count("told where done_at is null"); }
    // Whatever is ordered is done at once; a register that is asked says `confirmed` of a change.
    void finish_orders(CaseId id, UnixTime at) {
        for (bool more = true; more;) {
            more = false;
            for (const auto& what : todo(store->find(id).one)) {
                if (!what.order) continue;
                const auto order = *what.order;
                const bool asks = order.kind == OrderKind::confirm;
                const bool ends = store->find(id).one.kind == Kind::end;
                ASSERT_TRUE(store->add(id, Sent{order}, {.at = at}));
                const auto answer =
                    !asks  ? Happening(Done{order})
                    : ends ? Happening(Gone{order.item})
                           : Happening(Confirmed{order.item, test_confirmation(), 1, true});
                ASSERT_TRUE(store->add(id, answer, {.at = at})) << to_text(order.kind);
                more = true;
                break;
            }
        }
    }
    Applied applied(CaseId of) {
        auto out = test_application(schemes);
        out.claims = {store->find(of).one.claims.front()};
        out.claims.front().finding = Finding::open;
        out.person.address = "九十九県A市本町9丁目";
        return out;
    }
    // A change at the window, confirmed at that time, with a new signing certificate.
    void change_at_window(CaseId of, UnixTime at) {
        const auto id = store->open(of, {.kind = Kind::change}, {.at = at, .clerk = "sato"});
        ASSERT_TRUE(id);
        ASSERT_TRUE(store->add(*id, applied(of), {.at = at, .clerk = "sato"}));
        finish_change(*id, at);
    }
    void finish_change(CaseId id, UnixTime at) {
        finish_orders(id, at);
        ASSERT_TRUE(store->add(id, Approved{}, {.at = at, .clerk = "suzuki"}));
        const auto key = test_card_key();
        ASSERT_TRUE(store->add(id, KeysMade{{{Use::signing, base64url(key.spki())}}, "chip"},
                               {.at = at, .clerk = "sato"}));
        const auto certify = of_use(OrderKind::certify, Use::signing);
        const auto collect = of_use(OrderKind::collect, Use::signing);
        ASSERT_TRUE(store->add(id, Sent{certify}, {.at = at}));
        ASSERT_TRUE(store->add(id, Done{certify}, {.at = at}));
        ASSERT_TRUE(store->add(id, Sent{collect}, {.at = at}));
        ASSERT_TRUE(store->add(id, Certified{Use::signing, test_certificate(key)}, {.at = at}));
        ASSERT_TRUE(store->add(id, Written{}, {.at = at, .clerk = "sato"}));
        finish_orders(id, at);
        ASSERT_TRUE(has_ended(store->find(id).one));
    }
    static std::vector<Step> steps(const Case& one) {
        std::vector<Step> out;
        for (const auto& what : todo(one))
            out.push_back(what.step);
        return out;
    }

    TempFolder folder;
    wire::Schemes schemes = test_schemes();
    wire::Policy policy = test_policy();
    std::optional<Store> store;
    std::optional<Book> book;
};

TEST_F(HearingTest, ADeathOpensAnEndThatAsksTheRegister) {
    const auto id = card();
    told(id, "died");
    EXPECT_EQ(hear().size(), 2U);
    const auto end = newest(id);
    EXPECT_EQ(end.kind, Kind::end);
    EXPECT_EQ(end.reason, "death");
    EXPECT_EQ(steps(end), std::vector{Step::confirm}) << "nothing ends by one word";
    EXPECT_TRUE(end.hands.empty());
    EXPECT_EQ(store->where(2), a_city) << "its clerks see it";
    EXPECT_EQ(count("notice"), 1);
    EXPECT_EQ(waiting(), 0);
    EXPECT_EQ(count("told where number = ''"), 1) << "nobody is named any more";
    finish_orders(2, now + 2);
    EXPECT_TRUE(has_ended(newest(id)));
    const auto known = store->known_person(id);
    EXPECT_TRUE(std::ranges::all_of(
        known->issued, [](const IssuedCard& one) { return one.standing == Standing::revoked; }));
}

TEST_F(HearingTest, WhoGoesAbroadToo) {
    const auto id = card();
    told(id, "left");
    hear();
    EXPECT_EQ(newest(id).reason, "abroad");
}

// Killed between any two steps: there is one case, and one notice.
TEST_F(HearingTest, TheSameOnceMoreChangesNothing) {
    const auto id = card();
    const Said said{.id = order_id("order"), .what = News::died, .at = now};
    told(id, "died");
    EXPECT_EQ(store->hear(number_of(id), said, a_city, now).due, Due::opens);
    open();
    EXPECT_EQ(store->hear(number_of(id), said, a_city, now).due, Due::goes_on);
    EXPECT_EQ(count("notice"), 0);
    hear();
    EXPECT_EQ(store->of_person(id).size(), 2U);
    EXPECT_EQ(count("notice"), 1);
    // The gateway tells it again before it has kept the acceptance.
    told(id, "died");
    db::Connection(folder.path("book.sqlite"), db::Access::read_write)
        .run("update told set done_at = null, number = '" + number_of(id) + "'");
    finish_orders(2, now + 2);
    hear(now + 3);
    EXPECT_EQ(store->of_person(id).size(), 2U);
    EXPECT_EQ(count("notice"), 1);
    EXPECT_EQ(waiting(), 0);
}

TEST_F(HearingTest, AChangeEndsTheSigningCertificateAtOnce) {
    const auto id = card();
    told(id, "changed");
    hear();
    const auto change = newest(id);
    EXPECT_EQ(change.kind, Kind::change);
    EXPECT_EQ(steps(change), (std::vector{Step::end_signing, Step::end_signing, Step::apply}));
    ASSERT_EQ(change.before.size(), 1U) << "logging in goes on";
    EXPECT_EQ(change.before[0].use, Use::signing);
    EXPECT_EQ(count("notice"), 1);
    finish_orders(2, now + 2);
    EXPECT_EQ(steps(newest(id)), std::vector{Step::apply});
    const auto progress = progress_of(newest(id), store->lines(2));
    EXPECT_EQ(progress[0].who, std::vector{Doer::municipality});
    EXPECT_EQ(progress[1].step, Step::end_signing);
    EXPECT_EQ(progress[1].state, StepState::done);
    EXPECT_EQ(progress[2].step, Step::apply);
    // They come, and go as from any change.
    ASSERT_TRUE(store->add(2, applied(id), {.at = now + 9, .clerk = "sato"}));
    finish_change(2, now + 9);
    EXPECT_EQ(store->known_person(id)->attributes.address, "九十九県A市本町9丁目");
    EXPECT_EQ(store->known_person(id)->issued.back().standing, Standing::active);
}

// Whatever the window asks for is corrected while nobody has confirmed it.
TEST_F(HearingTest, ANumberIsCorrectedAlsoWhenTheCertificateHasEnded) {
    const auto id = card();
    told(id, "changed");
    hear();
    finish_orders(2, now + 2);
    auto moved = applied(id);
    moved.claims.front().number = test_resident(schemes, b_city);
    ASSERT_TRUE(store->add(2, moved, {.at = now + 3, .clerk = "sato"}));
    ASSERT_TRUE(store->add(2, Sent{{OrderKind::confirm, 0}}, {.at = now + 3}));
    ASSERT_TRUE(store->add(2, NotHere{0}, {.at = now + 3}));
    EXPECT_TRUE(store->add(2, Corrected{0, Role::resident, test_resident(schemes, b_city), "99202"},
                           {.at = now + 4, .clerk = "sato"}));
}

TEST_F(HearingTest, WithoutASigningCertificateNothingHasChanged) {
    const auto id = test_card(*store, schemes, test_card_key());
    told(id, "changed");
    hear();
    EXPECT_EQ(store->of_person(id).size(), 1U);
    EXPECT_EQ(count("notice"), 0);
    EXPECT_EQ(waiting(), 0);
}

// The window was sooner than the register's word, or later.
TEST_F(HearingTest, WhatACertificateSaysAlreadyIsNoChange) {
    const auto id = card();
    change_at_window(id, now);
    told(id, "changed", now - 1 - two_clocks_s, a_city, "before");
    hear();
    EXPECT_EQ(store->of_person(id).size(), 2U);
    EXPECT_EQ(waiting(), 0);
    told(id, "changed", now - two_clocks_s, a_city, "after");
    hear();
    EXPECT_EQ(store->of_person(id).size(), 3U) << "the register's clock may be slow";
    EXPECT_TRUE(newest(id).said);
}

TEST_F(HearingTest, ADeathIsNewsWheneverTheRegisterWasAskedLast) {
    auto cases = store->cases_of_person(card());
    cases.front().asked_at = now;
    const auto due = [&](News what) {
        return due_of(cases, {.id = "", .what = what, .at = now - 100'000}, a_city, schemes);
    };
    EXPECT_EQ(due(News::changed), Due::nothing);
    EXPECT_EQ(due(News::left), Due::nothing) << "they were back when it was asked";
    EXPECT_EQ(due(News::died), Due::opens) << "it is asked anyway";
}

// Of today, or of a day that comes: the register has the person until then.
TEST_F(HearingTest, WhoIsThereStillIsAskedAboutADayLater) {
    constexpr std::int64_t day_s = 86'400;
    const auto id = card();
    told(id, "died");
    hear();
    answer(2, StillHere{0, "{}"}, now + 2);
    EXPECT_EQ(steps(newest(id)), std::vector{Step::confirm}) << "and nobody at a window";
    EXPECT_EQ(todo(newest(id)).front().from, now + 2 + day_s);
    open();
    EXPECT_EQ(todo(newest(id)).front().from, now + 2 + day_s);
    // Said once more meanwhile: it is asked at once.
    told(id, "died", now + 3, a_city, "again");
    EXPECT_EQ(hear(now + 4).size(), 2U);
    EXPECT_EQ(todo(newest(id)).front().from, 0);
    EXPECT_EQ(store->of_person(id).size(), 2U);
    EXPECT_EQ(count("notice"), 1);
    // For a month; then somebody looks.
    answer(2, StillHere{0, "{}"}, now + still_here_max_s - 1);
    EXPECT_EQ(steps(newest(id)), std::vector{Step::confirm});
    answer(2, StillHere{0, "{}"}, now + 1 + still_here_max_s);
    EXPECT_EQ(steps(newest(id)), std::vector{Step::settle});
}

TEST_F(HearingTest, WhoIsThereStillAndThenIsNotHasNoCard) {
    const auto id = card();
    told(id, "left");
    hear();
    answer(2, StillHere{0, "{}"}, now + 2);
    finish_orders(2, now + 90'000);
    EXPECT_TRUE(has_ended(newest(id)));
}

// One that a clerk has opened, and that the register did not follow.
TEST_F(HearingTest, AnEndOfTheSameReasonTakesIt) {
    const auto id = card();
    const auto end = store->open(id, {.kind = Kind::end, .reason = "death"}, {.at = 2});
    ASSERT_TRUE(end);
    answer(*end, WritesOtherwise{0, "{}"}, 3);
    EXPECT_EQ(steps(newest(id)), std::vector{Step::settle});
    told(id, "died");
    hear();
    EXPECT_EQ(store->of_person(id).size(), 2U);
    EXPECT_EQ(steps(newest(id)), std::vector{Step::confirm}) << "it is asked anew";
    EXPECT_EQ(count("notice"), 1);
}

// However often a register says it, there is one case, one notice, and an end of the lines.
TEST_F(HearingTest, TheLikeIsNotedAndDoneWith) {
    for (const auto* what : {"died", "left", "changed"}) {
        SCOPED_TRACE(what);
        const auto id = card();
        const auto before = count("notice");
        for (std::size_t i = 0; i < noted_max + 4; ++i) {
            told(id, what, now + static_cast<UnixTime>(i), a_city, what + std::to_string(i));
            hear(now + 20);
        }
        EXPECT_EQ(store->of_person(id).size(), 2U);
        EXPECT_EQ(waiting(), 0);
        EXPECT_EQ(count("notice"), before + 1);
        EXPECT_EQ(noted_in(store->lines(store->of_person(id).back())),
                  static_cast<std::int64_t>(noted_max + 1));
    }
}

TEST_F(HearingTest, WhoLeavesDoesNotComeForWhatHasChanged) {
    const auto id = card();
    told(id, "changed", now, a_city, "changed");
    hear();
    finish_orders(2, now + 2);
    told(id, "left", now + 3, a_city, "left");
    hear(now + 4);
    EXPECT_EQ(store->find(2).one.cancelled, "left");
    EXPECT_EQ(newest(id).reason, "abroad");
    EXPECT_EQ(waiting(), 0);
    EXPECT_EQ(count("notice"), 2);
}

TEST_F(HearingTest, OnlyTheRegisterOfNowIsHeard) {
    const auto id = card();
    for (const auto* what : {"changed", "left", "died"})
        told(id, what, now, b_city, what);
    hear();
    EXPECT_EQ(store->of_person(id).size(), 1U);
    EXPECT_EQ(waiting(), 0);
}

TEST_F(HearingTest, AnotherCaseIsWaitedForAndSaysIt) {
    const auto id = card();
    const auto other = store->open(id, {.kind = Kind::replacement, .reason = "damaged"}, {.at = 2});
    ASSERT_TRUE(other);
    told(id, "changed");
    hear();
    hear(now + 1 + hear_again_s);
    EXPECT_EQ(store->of_person(id).size(), 2U);
    EXPECT_EQ(waiting(), 1);
    EXPECT_EQ(count("notice"), 0);
    EXPECT_EQ(noted_in(store->lines(*other)), 1);
    ASSERT_TRUE(store->add(*other, Cancelled{"not wanted"}, {.at = now + 20, .clerk = "sato"}));
    finish_orders(*other, now + 20);
    EXPECT_TRUE(hear(now + 30).empty()) << "not yet";
    hear(now + 31);
    EXPECT_EQ(newest(id).kind, Kind::change);
    EXPECT_EQ(waiting(), 0);
}

// After ten seconds, twenty, … an hour; nothing is written in the cases, and no worker is woken.
TEST_F(HearingTest, WhatWaitsIsLookedAtEverMoreSeldom) {
    const auto id = card();
    ASSERT_TRUE(store->open(id, {.kind = Kind::replacement, .reason = "damaged"}, {.at = 2}));
    told(id, "changed", now, a_city, "one");
    told(id, "left", now, a_city, "other");
    EXPECT_EQ(hear(now).size(), 2U) << "it was noted";
    EXPECT_EQ(noted_in(store->lines(2)), 2);
    UnixTime at = now;
    for (std::int64_t wait = hear_again_s; at < now + 5 * hear_again_max_s; wait *= 2) {
        wait = std::min(wait, hear_again_max_s);
        EXPECT_TRUE(hear(at + wait - 1).empty());
        EXPECT_EQ(count("told where next_look = " + std::to_string(at + wait)), 2);
        open();
        at += wait;
        EXPECT_TRUE(hear(at).empty()) << "nothing was written";
    }
    EXPECT_EQ(noted_in(store->lines(2)), 2) << "two that wait are noted once each";
    EXPECT_EQ(waiting(), 2);
}

// What follows is by whoever has opened the other case.
TEST_F(HearingTest, ANoteTakesNoClerksNameOff) {
    const auto id = card();
    const auto other = store->open(id, {.kind = Kind::replacement, .reason = "damaged"},
                                   {.at = 2, .clerk = "sato"});
    ASSERT_TRUE(other);
    told(id, "changed");
    hear();
    EXPECT_EQ(noted_in(store->lines(*other)), 1);
    EXPECT_EQ(store->find(*other).clerk, "sato");
    open();
    EXPECT_EQ(store->find(*other).clerk, "sato");
}

// Nobody comes any more for what was open.
TEST_F(HearingTest, ADeathWaitsForNobodyWhoHasDied) {
    for (const auto& asked :
         {Asked{.kind = Kind::replacement, .reason = "damaged"}, Asked{.kind = Kind::change},
          Asked{.kind = Kind::renewal}, Asked{.kind = Kind::end, .reason = "returned"}}) {
        SCOPED_TRACE(std::string(to_text(asked.kind)));
        const auto id = card();
        const auto unlock =
            store->open(id, {.kind = Kind::unlock, .uses = {Use::authentication}}, {.at = 2});
        const auto other = store->open(id, asked, {.at = 2});
        ASSERT_TRUE(other && unlock);
        told(id, "died", now, a_city, to_text(asked.kind));
        hear();
        if (asked.kind != Kind::end) {
            EXPECT_EQ(newest(id).reason, "death");
            EXPECT_TRUE(store->find(*other).one.cancelled);
            EXPECT_TRUE(store->find(*unlock).one.cancelled);
        } else {
            EXPECT_EQ(newest(id).reason, "returned") << "it ends the card by itself";
        }
    }
}

TEST_F(HearingTest, ADeathGivesUpANewPinToo) {
    const auto id = card();
    const auto unlock =
        store->open(id, {.kind = Kind::unlock, .uses = {Use::authentication}}, {.at = 2});
    ASSERT_TRUE(unlock);
    told(id, "died");
    hear();
    EXPECT_TRUE(store->find(*unlock).one.cancelled);
    EXPECT_EQ(newest(id).reason, "death");
}

// A card of theirs was still to be made.
TEST_F(HearingTest, WhatADeathGivesUpSaysIt) {
    const auto id = store->open({.numbers = draw_numbers(schemes)}, {.at = 1});
    auto application = test_application(schemes);
    application.claims.resize(1);
    application.claims[0].number = test_resident(schemes, a_city);
    ASSERT_TRUE(store->add(id, application, {.at = 1}));
    answer(id, Confirmed{0, test_confirmation(), 1, true}, 1);
    ASSERT_TRUE(store->add(id, Sent{link_order}, {.at = 1}));
    ASSERT_TRUE(store->add(id, Done{link_order}, {.at = 1}));
    const Said said{.id = order_id("order"), .what = News::died, .at = now};
    told(id, "died");
    EXPECT_TRUE(store->hear(number_of(id), said, a_city, now).gave_up);
    open();  // killed before the notice
    hear();
    EXPECT_TRUE(store->find(id).one.cancelled);
    EXPECT_EQ(noted_in(store->lines(id)), 1);
    EXPECT_EQ(count("notice"), 1);
    EXPECT_EQ(waiting(), 0);
}

// Their first card waits for the link: nobody is a person of that register yet.
TEST_F(HearingTest, OfWhomTheRelayDoesNotHaveNothingIsGivenUp) {
    const auto id = store->open({.numbers = draw_numbers(schemes)}, {.at = 1});
    told(id, "died");
    hear();
    EXPECT_FALSE(store->find(id).one.cancelled);
    EXPECT_EQ(waiting(), 1);
}

// Somebody who can write the book.
TEST_F(HearingTest, WhatNoGatewayHasWrittenIsNotHeard) {
    const auto id = card();
    told(id, "died", 0, a_city, "no time");
    told(id, "died", -1, a_city, "a time before all");
    told(id, "died", now + 90'000, a_city, "the day after tomorrow");
    told(id, "risen", now, a_city, "what there is not");
    told(id, "died", now, a_city, "too long");
    told(id, "died", now, a_city, "too short");
    told(id, "died", now, a_city, "no hash");
    const auto other_id = [this](std::string_view name, const std::string& other) {
        db::Connection(folder.path("book.sqlite"), db::Access::read_write)
            .run("update told set order_id = '" + other + "' where order_id = '" + order_id(name) +
                 "'");
    };
    other_id("too long", base64url(Bytes(50, 1)));  // more than a line of a case may have
    other_id("too short", base64url(Bytes(31, 1)));
    other_id("no hash", std::string(43, '*'));
    const auto heard = hear_registers(*store, *book, facts(now + 1), 100);
    EXPECT_EQ(heard.malformed, 7U);
    EXPECT_TRUE(heard.cases.empty());
    EXPECT_EQ(waiting(), 0);
    open();
    EXPECT_EQ(store->of_person(id).size(), 1U);
}

TEST_F(HearingTest, ADeathGoesBesideANumberThatWaitsForThePerson) {
    const auto id = card();
    const auto other = store->open(id,
                                   {.kind = Kind::number,
                                    .reason = "misuse",
                                    .health_care = draw_numbers(schemes).health_care},
                                   {.at = 2});
    ASSERT_TRUE(other);
    finish_orders(*other, 2);
    EXPECT_EQ(steps(store->find(*other).one), std::vector{Step::hand_over});
    told(id, "died");
    hear();
    EXPECT_EQ(newest(id).reason, "death");
}

// At the window, and nobody is there yet: the change is the one.
TEST_F(HearingTest, AnOpenChangeTakesIt) {
    const auto id = card();
    const auto change = store->open(id, {.kind = Kind::change}, {.at = 2, .clerk = "sato"});
    ASSERT_TRUE(change);
    told(id, "changed");
    hear();
    EXPECT_EQ(store->of_person(id).size(), 2U);
    EXPECT_EQ(steps(newest(id)), (std::vector{Step::end_signing, Step::end_signing, Step::apply}));
    EXPECT_EQ(store->find(*change).clerk, "") << "what is ordered now follows from nobody's act";
    EXPECT_EQ(count("notice"), 1);
}

// Its answer may be of before, or of after it.
TEST_F(HearingTest, AChangeThatIsBeingConfirmedIsWaitedFor) {
    const auto id = card();
    const auto change = store->open(id, {.kind = Kind::change}, {.at = 2, .clerk = "sato"});
    ASSERT_TRUE(change);
    ASSERT_TRUE(store->add(*change, applied(id), {.at = 3, .clerk = "sato"}));
    ASSERT_TRUE(store->add(*change, Sent{{OrderKind::confirm, 0}}, {.at = 3}));
    told(id, "changed");
    hear();
    EXPECT_FALSE(newest(id).said);
    EXPECT_EQ(waiting(), 1);
}

// It was noted there meanwhile.
TEST_F(HearingTest, AChangeThatWasWaitedForTakesItWhenItsRegisterHasNotConfirmedIt) {
    const auto id = card();
    const auto change = store->open(id, {.kind = Kind::change}, {.at = 2, .clerk = "sato"});
    ASSERT_TRUE(change);
    ASSERT_TRUE(store->add(*change, applied(id), {.at = 3, .clerk = "sato"}));
    ASSERT_TRUE(store->add(*change, Sent{{OrderKind::confirm, 0}}, {.at = 3}));
    told(id, "changed");
    hear();
    EXPECT_EQ(noted_in(store->lines(*change)), 1);
    ASSERT_TRUE(store->add(*change, NotHere{0}, {.at = now + 2}));
    hear(now + 1 + hear_again_s);
    EXPECT_TRUE(newest(id).said);
    EXPECT_EQ(steps(newest(id)).front(), Step::end_signing);
    EXPECT_EQ(waiting(), 0);
    EXPECT_EQ(count("notice"), 1);
    open();
    EXPECT_TRUE(newest(id).said);
}

// Its register has answered, and perhaps before it had anything to say.
TEST_F(HearingTest, AChangeThatIsConfirmedIsWaitedFor) {
    const auto id = card();
    const auto change = store->open(id, {.kind = Kind::change}, {.at = 2, .clerk = "sato"});
    ASSERT_TRUE(change);
    ASSERT_TRUE(store->add(*change, applied(id), {.at = 3, .clerk = "sato"}));
    answer(*change, Confirmed{0, test_confirmation(), 1, true}, 3);
    told(id, "changed");
    hear();
    EXPECT_FALSE(newest(id).said);
    EXPECT_EQ(noted_in(store->lines(*change)), 1);
    EXPECT_EQ(waiting(), 1);
}

// The certificate says already what the register has said, and the change is for something else.
TEST_F(HearingTest, AnOpenChangeTakesOnlyWhatEndsACertificate) {
    const auto id = card();
    change_at_window(id, now);
    ASSERT_TRUE(store->open(id, {.kind = Kind::change}, {.at = now + 1, .clerk = "sato"}));
    told(id, "changed", now - 1 - two_clocks_s);
    hear(now + 2);
    EXPECT_FALSE(newest(id).said);
    EXPECT_EQ(waiting(), 0);
    EXPECT_EQ(count("notice"), 0);
}

// The relay has linked it sooner than the case has heard.
TEST_F(HearingTest, ARegisterThatIsJustBeingLinkedIsHeardWhenItIs) {
    const auto id = card();
    const auto change = store->open(id, {.kind = Kind::change}, {.at = now, .clerk = "sato"});
    ASSERT_TRUE(change);
    auto moved = applied(id);
    moved.claims.front().number = test_resident(schemes, b_city);
    ASSERT_TRUE(store->add(*change, moved, {.at = now, .clerk = "sato"}));
    answer(*change, Confirmed{0, test_confirmation(), 1, true}, now);
    ASSERT_TRUE(store->add(*change, Approved{}, {.at = now, .clerk = "suzuki"}));
    ASSERT_TRUE(store->add(*change, Sent{link_order}, {.at = now}));
    told(id, "died", now + 1, b_city);
    hear(now + 1);
    EXPECT_EQ(waiting(), 1);
    EXPECT_FALSE(newest(id).cancelled) << "nobody whose the person is has said it";
    ASSERT_TRUE(store->add(*change, Done{link_order}, {.at = now + 2}));
    hear(now + 1 + hear_again_s);
    EXPECT_TRUE(store->find(*change).one.cancelled);
}

// Whoever has moved comes to the window of now.
TEST_F(HearingTest, EveryWindowGoesOnWithIt) {
    const auto id = card();
    told(id, "changed");
    hear();
    EXPECT_TRUE(store->is_served_at(std::string(b_city), 2));
    const auto opened = store->open(id, {.kind = Kind::change},
                                    {.at = now + 5, .clerk = "sango", .municipality = "992020"});
    ASSERT_TRUE(opened);
    EXPECT_EQ(*opened, 2);
    auto moved = applied(id);
    moved.claims.front().number = test_resident(schemes, b_city);
    ASSERT_TRUE(store->add(2, moved, {.at = now + 5, .clerk = "sango"}));
    EXPECT_EQ(store->where(2), b_city);
}

TEST_F(HearingTest, AStopGivesItUpAndTheCertificateEndsAllTheSame) {
    const auto id = card();
    told(id, "changed");
    hear();
    ASSERT_TRUE(store->open(id, {.kind = Kind::stop, .reason = "lost"}, {.at = now + 2}));
    const auto change = store->find(2).one;
    EXPECT_TRUE(change.cancelled);
    EXPECT_EQ(steps(change), (std::vector{Step::end_signing, Step::end_signing}));
}

TEST_F(HearingTest, AStoppedCardIsWaitedForUntilItIsFound) {
    const auto id = card();
    const auto stop = store->open(id, {.kind = Kind::stop, .reason = "lost"}, {.at = 2});
    ASSERT_TRUE(stop);
    told(id, "changed");
    hear();
    EXPECT_EQ(waiting(), 1);
    told(id, "died", now, a_city, "death");
    hear();
    EXPECT_EQ(newest(id).reason, "death") << "an end goes beside a stop";
}

TEST_F(HearingTest, OfNobodyNothingIsDone) {
    const auto id = card();
    told(id, "died");
    db::Connection(folder.path("book.sqlite"), db::Access::read_write)
        .run("update told set number = '9999999999999999'");
    EXPECT_TRUE(hear().empty());
    EXPECT_EQ(waiting(), 0);
}

TEST_F(HearingTest, ACaseThatCannotBeReadKeepsNoOtherWaiting) {
    const auto broken = card();
    const auto id = card();
    told(broken, "died", now, a_city, "1");
    told(id, "died", now, a_city, "2");
    open();
    db::Connection(folder.path("issuer.sqlite"), db::Access::read_write)
        .run("update happening set sealed = x'00' where issue = 1");
    const auto heard = hear_registers(*store, *book, facts(now), 100);
    EXPECT_EQ(heard.unreadable, 1U);
    EXPECT_EQ(newest(id).reason, "death");
    EXPECT_EQ(waiting(), 1);
}

TEST_F(HearingTest, WhatIsDoneWithIsErased) {
    const auto id = card();
    told(id, "died");
    hear();
    book->erase_told(now);
    EXPECT_EQ(count("told"), 1);
    book->erase_told(now + 100);
    EXPECT_EQ(count("told"), 0);
}

// In the three languages, each with the day and the telephone.
TEST_F(HearingTest, ANoticeSaysWhatWasSaidAndWhatToDo) {
    for (const auto what : {News::died, News::left, News::changed}) {
        const auto notice = notice_of_said({.id = "order", .what = what, .at = now}, "1",
                                           {.sender = "centre",
                                            .address = "",
                                            .hotline = "050-0000-0000",
                                            .today = policy.day_of(now)});
        EXPECT_EQ(std::ranges::count(notice.body, '\n'), 2);
        EXPECT_NE(notice.body.find("050-0000-0000"), std::string::npos);
        EXPECT_EQ(notice.body.find('{'), std::string::npos);
        std::size_t line = 0;
        for (std::size_t at = 0; at < notice.body.size(); at += line + 1) {
            line = notice.body.substr(at).find('\n');
            if (line == std::string::npos) line = notice.body.size() - at;
            EXPECT_LE(line, wire::paragraph_bytes_max);
        }
    }
}

}  // namespace
}  // namespace mado::issuer
