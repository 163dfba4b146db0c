// Whatever /status may have to say has words, in every language, and names no office.
#include "status_words.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "test_issuer.hpp"

namespace mado::issuer {
namespace {

using status::Need;

template <class Enum>
std::vector<Enum> all_until(Enum last) {
    std::vector<Enum> out;
    for (int i = 0; i <= static_cast<int>(last); ++i)
        out.push_back(static_cast<Enum>(i));
    return out;
}
void expect_words(const page::Words& words, std::string_view what) {
    for (const auto language : {page::Language::ja, page::Language::en, page::Language::easy}) {
        EXPECT_FALSE(words.in(language).empty()) << what << " " << page::to_text(language);
    }
    EXPECT_NE(words.ja, words.en) << what;
}

TEST(StatusWords, EveryStepKindAndStateHasThem) {
    for (const auto step : all_until(last_step)) {
        expect_words(status::words_of(step), info(step).name);
        expect_words(status::words_of(info(step).who), info(step).name);
        expect_words(status::words_of(info(step).where), info(step).name);
    }
    for (const auto kind : all_until(Kind::birth)) {
        expect_words(status::words_of(kind), to_text(kind));
        Case one;
        one.kind = kind;
        expect_words(status::ended(one), to_text(kind));
        expect_words(status::given_up(kind), to_text(kind));
        EXPECT_NE(status::given_up(kind).easy.find("{}"), std::string_view::npos) << "whom to call";
    }
    for (const auto state : all_until(StepState::given_up))
        expect_words(status::words_of(state), to_text(state));
    for (const auto who : all_until(Doer::municipality))
        expect_words(status::words_of(who), to_text(who));
    for (const auto role : all_until(Role::public_expense))
        expect_words(status::words_of(role), to_text(role));
}

TEST(StatusWords, WhateverWaitsForSomebodySaysForWhomAndWhatToDo) {
    for (const auto need : all_until(status::last_need))
        expect_words(status::words_of(need), "a need");
    Case one;
    one.claims.resize(1);
    for (const auto kind : all_until(Kind::birth)) {
        one.kind = kind;
        for (const auto step : all_until(last_step)) {
            for (const auto actor : all_until(Actor::authority)) {
                const Todo what{
                    .step = step, .actor = actor, .order = {}, .claim = 0, .refused = {}};
                expect_words(status::waits_for(one, what), info(step).name);
            }
        }
    }
}

// What people do is never said to be nothing to do; what was refused is for a clerk to look at.
TEST(StatusWords, WhatWaitsForThePersonIsTheirs) {
    const auto need = [](Kind kind, Step step, Actor actor = Actor::person,
                         const std::string& refused = {}) {
        Case one;
        one.kind = kind;
        return status::need_of(
            one, {.step = step, .actor = actor, .order = {}, .claim = {}, .refused = refused});
    };
    for (const auto kind : all_until(Kind::birth)) {
        for (const auto step : {Step::apply, Step::settle, Step::sign, Step::hand_over})
            EXPECT_NE(need(kind, step), Need::nothing) << info(step).name << to_text(kind);
    }
    EXPECT_EQ(need(Kind::first, Step::settle, Actor::clerk), Need::nothing);
    EXPECT_EQ(need(Kind::first, Step::confirm, Actor::register_holder), Need::nothing);
    EXPECT_EQ(need(Kind::first, Step::link, Actor::clerk, "link_taken"), Need::nothing);
    EXPECT_EQ(need(Kind::replacement, Step::approve, Actor::clerk), Need::nothing);
    // With whom the chip is, and who chooses a PIN.
    EXPECT_EQ(need(Kind::renewal, Step::write), Need::renew_at_home);
    EXPECT_EQ(need(Kind::change, Step::write, Actor::clerk), Need::bring_card);
    EXPECT_EQ(need(Kind::unlock, Step::reset, Actor::clerk), Need::bring_card);
    EXPECT_EQ(need(Kind::first, Step::make_keys, Actor::clerk), Need::come_for_card);
    EXPECT_EQ(need(Kind::first, Step::write, Actor::clerk), Need::nothing);
    // What is handed over.
    EXPECT_EQ(need(Kind::number, Step::hand_over), Need::collect_slip);
    EXPECT_EQ(need(Kind::replacement, Step::hand_over), Need::collect_card);
    Case birth;
    birth.kind = Kind::birth;
    const Todo hand_over{
        .step = Step::hand_over, .actor = Actor::person, .order = {}, .claim = {}, .refused = {}};
    birth.newborn = NewbornForm{.relation = "r", .card = false, .parent = 0, .insurer = {}};
    EXPECT_EQ(status::need_of(birth, hand_over), Need::collect_childs_slip);
    birth.newborn->card = true;
    EXPECT_EQ(status::need_of(birth, hand_over), Need::collect_childs_card);
    EXPECT_EQ(status::waits_for(birth, hand_over).en, "the parent");
}

// What a clerk has to look at is the person's too where nothing goes on without them.
TEST(StatusWords, SomeOfWhatWasRefusedNeedsThePerson) {
    const auto what = [](Step step, const std::string& refused = {}) {
        return Todo{
            .step = step, .actor = Actor::clerk, .order = {}, .claim = {}, .refused = refused};
    };
    Case one;
    one.kind = Kind::renewal;
    EXPECT_EQ(status::need_of(one, what(Step::settle)), Need::bring_card) << "as /renew says";
    EXPECT_EQ(status::need_of(one, what(Step::certify, "unfit")), Need::bring_card);
    one.done.insert(activate_order);
    EXPECT_EQ(status::need_of(one, what(Step::end_old, "unfit")), Need::nothing);
    Case birth;
    birth.kind = Kind::birth;
    birth.person = test_application(test_schemes()).person;
    birth.filings.resize(1);
    birth.notice.mandate = "signed";
    birth.refused.emplace(OrderName{OrderKind::notify, 0}, "mandate_expired");
    EXPECT_EQ(status::need_of(birth, what(Step::notify, "mandate_expired")), Need::sign_for_child);
    EXPECT_EQ(status::need_of(birth, what(Step::certify, "unfit")), Need::nothing);
    EXPECT_EQ(status::ended(birth).en, "Everything for the child is done.");
    birth.filings.back().state = FilingState::closed;
    EXPECT_NE(status::ended(birth).en.find("but health insurance"), std::string_view::npos);
    // A number is the person's to bring where they gave it.
    const Todo settle{
        .step = Step::settle, .actor = Actor::person, .order = {}, .claim = {}, .refused = {}};
    EXPECT_EQ(status::need_of(birth, settle), Need::come_to_window);
    Case one_more;
    one_more.claims = test_application(test_schemes()).claims;
    const auto medical = std::ranges::find(one_more.claims, Role::medical, &Claim::role);
    auto of_medical = settle;
    of_medical.claim = static_cast<int>(medical - one_more.claims.begin());
    EXPECT_EQ(status::need_of(one_more, of_medical), Need::show_number);
    one_more.kind = Kind::change;
    EXPECT_EQ(status::need_of(one_more, of_medical), Need::show_number);
    EXPECT_EQ(status::need_of(one_more, settle), Need::come_to_window);
    medical->finding = Finding::gone;
    EXPECT_EQ(status::need_of(one_more, of_medical), Need::show_insurer);
}

TEST(StatusWords, RegistersAreKindsOfOffices) {
    const auto application = test_application(test_schemes());
    Case one;
    one.claims = application.claims;
    const auto said = [&one](Step step) {
        Progress row;
        row.step = step;
        row.who = {info(step).who};
        std::string out;
        for (const auto& words : status::all_who(one, row))
            out += std::string(words.en) + ". ";
        return out;
    };
    EXPECT_EQ(said(Step::confirm), "the resident register. the medical insurer. ");
    EXPECT_EQ(said(Step::tell), "the medical insurer. ");
    one.claims.clear();
    EXPECT_EQ(said(Step::confirm), "the registers. ");
}

}  // namespace
}  // namespace mado::issuer
