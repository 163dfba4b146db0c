// How far a case is said to be.
#include "progress.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "numbers.hpp"
#include "test_issuer.hpp"

namespace mado::issuer {
namespace {

// A case by what happens to it, and its lines.
class ProgressTest : public testing::Test {
  protected:
    void happen(const Happening& what, const std::string& clerk = "sato") {
        ++now;
        const auto next = after(one, what, now, clerk);
        ASSERT_TRUE(next) << to_text(next.error());
        one = *next;
        lines.push_back({.at = now, .clerk = clerk, .what = what});
    }
    void order(OrderName name, const Happening& answer) {
        happen(Sent{name}, "");
        happen(answer, "");
    }
    void done(OrderName name) { order(name, Done{name}); }
    void open(Kind kind, const std::string& reason = {}, const std::string& clerk = "sato") {
        const auto application = test_application(schemes);
        Opened opened{.numbers = draw_numbers(schemes), .kind = kind, .reason = reason};
        if (info(kind).is_known) {
            opened.known = application.person;
            opened.linked = application.claims;
            opened.before = {{.use = Use::authentication, .certificate = "old"}};
        }
        happen(opened, clerk);
    }
    void apply_and_link() {
        const auto application = test_application(schemes);
        happen(application);
        for (int i = 0; i < static_cast<int>(application.claims.size()); ++i)
            order({OrderKind::confirm, i}, Confirmed{i, "answer", 1, true});
        done(link_order);
    }
    // "step state", for each.
    std::string told() const {
        std::string out;
        for (const auto& row : progress_of(one, lines)) {
            out += std::string(info(row.step).name) + " " + std::string(to_text(row.state)) + "; ";
        }
        return out;
    }
    Progress row(Step step) const {
        for (auto& each : progress_of(one, lines)) {
            if (each.step == step) return each;
        }
        ADD_FAILURE() << info(step).name << " is not there: " << told();
        return {};
    }
    bool is(Step step, StepState state) const { return row(step).state == state; }

    wire::Schemes schemes = test_schemes();
    Case one;
    std::vector<Line> lines;
    UnixTime now = 1'000;
};

TEST_F(ProgressTest, WhatIsDoneAndWhatWaitsAndWhatComes) {
    open(Kind::first);
    EXPECT_EQ(told(),
              "invite done; apply waits; confirm later; link later; make_keys later; certify "
              "later; write later; hand_over later; activate later; tell later; ");
    happen(test_application(schemes));
    EXPECT_EQ(row(Step::apply).at, now);
    order({OrderKind::confirm, 0}, WritesOtherwise{0, "{}"});
    const auto confirm = row(Step::confirm);
    EXPECT_EQ(confirm.state, StepState::waits);
    ASSERT_EQ(confirm.todo.size(), 1U) << "settling is a part of it";
    EXPECT_EQ(confirm.todo.front().step, Step::settle);
    EXPECT_TRUE(is(Step::link, StepState::later));
}

TEST_F(ProgressTest, WhoHadACardBeforeIsAskedForNothingAgain) {
    open(Kind::replacement, "lost");
    EXPECT_TRUE(is(Step::confirm, StepState::not_needed));
    happen(Approved{}, "taro");
    EXPECT_EQ(told(),
              "opened done; confirm not_needed; approve done; make_keys waits; certify later; "
              "write later; hand_over later; activate later; end_old later; ");
}

// The promise is the first one, or whoever forgets a case every day would never be late.
TEST_F(ProgressTest, AnApprovalThatLapsesMakesACaseNoYounger) {
    open(Kind::replacement, "lost");
    const auto before = row(Step::approve).todo.front();
    happen(Approved{}, "taro");
    now += approval_s;
    happen(ApprovalLapsed{});
    const auto again = row(Step::approve).todo.front();
    EXPECT_EQ(again.since, before.since);
    EXPECT_EQ(again.until, before.until);
    happen(Approved{}, "taro");
    happen(KeysMade{{{Use::authentication, "key"}, {Use::signing, "key"}}});
    EXPECT_TRUE(is(Step::approve, StepState::done));
}

TEST_F(ProgressTest, AStopEndsInOneOfTwoWays) {
    open(Kind::stop, "lost");
    done(of_place(OrderKind::stop, 0));
    done(of_place(OrderKind::suspend, 0));
    EXPECT_EQ(told(), "opened done; stop done; look_for waits; ");
    happen(Found{"index"});
    EXPECT_EQ(told(), "opened done; stop done; look_for done; resume waits; ");
    happen(StoppedAgain{});
    EXPECT_EQ(told(), "opened done; stop waits; look_for later; ");
    happen(GivenUp{});
    EXPECT_TRUE(is(Step::end_old, StepState::waits));
}

TEST_F(ProgressTest, GivenUpWhatWasNotDoneWillNotBe) {
    open(Kind::first);
    apply_and_link();
    happen(KeysMade{{{Use::authentication, "key"}, {Use::signing, "key"}}});
    const auto certify = of_use(OrderKind::certify, Use::authentication);
    happen(Sent{certify}, "");
    happen(Cancelled{"r"});
    EXPECT_TRUE(is(Step::make_keys, StepState::done));
    EXPECT_TRUE(is(Step::hand_over, StepState::given_up));
    EXPECT_TRUE(is(Step::take_back, StepState::waits));
}

// A certificate of keys that others took the place of ends beside everything else.
TEST_F(ProgressTest, WhatWaitsBesideTheWayTakesNothingBack) {
    open(Kind::first);
    apply_and_link();
    const auto keys = [](const std::string& key) {
        return KeysMade{{{Use::authentication, key}, {Use::signing, key}}};
    };
    const auto certified = [&](const std::string& of) {
        for (const auto use : uses) {
            done(of_use(OrderKind::certify, use));
            order(of_use(OrderKind::collect, use), Certified{use, of});
        }
    };
    happen(keys("one"));
    certified("one");
    happen(keys("two"));
    certified("two");
    happen(Written{});
    happen(HandedOver{"index"});
    done(activate_order);
    done({OrderKind::tell, 1});
    EXPECT_TRUE(is(Step::take_back, StepState::waits)) << told();
    EXPECT_TRUE(is(Step::hand_over, StepState::done)) << told();
    EXPECT_TRUE(is(Step::tell, StepState::done)) << told();
    EXPECT_FALSE(has_ended(one));
}

TEST_F(ProgressTest, WhoseAStepIsInThisCase) {
    open(Kind::stop, "lost", "");
    EXPECT_EQ(row(Step::opened).who, std::vector{Doer::person}) << "on the page for it";
    EXPECT_EQ(row(Step::stop).who, (std::vector{Doer::relay, Doer::authority}));
    one = {};
    lines.clear();
    open(Kind::renewal);
    EXPECT_EQ(row(Step::write).who, std::vector{Doer::person}) << "at home, without any window";
    EXPECT_EQ(row(Step::write).where, Where::online);
    EXPECT_EQ(row(Step::sign).where, Where::online);
    one = {};
    lines.clear();
    open(Kind::first);
    EXPECT_EQ(row(Step::invite).who, std::vector{Doer::clerk});
    EXPECT_EQ(row(Step::write).who, std::vector{Doer::clerk});
    EXPECT_EQ(row(Step::write).where, Where::in_person);
    one.kind = Kind::birth;
    EXPECT_EQ(row(Step::hand_over).who, (std::vector{Doer::parent, Doer::clerk}));
    EXPECT_EQ(row(Step::notify).who, std::vector{Doer::municipality});
}

// The report's numbers, in their order.
TEST_F(ProgressTest, AFirstCardTakesTheReportsSteps) {
    std::string numbers;
    for (const auto step : way_of(Kind::first))
        numbers += std::string(info(step).report) + " ";
    EXPECT_EQ(numbers, "① ② ③④⑤ ⑧-1 ⑥ ⑥⑦ ⑧-1 ⑨⑩ ⑧-2 ⑪ ");
    for (int i = 0; i <= static_cast<int>(Kind::birth); ++i)
        EXPECT_GT(way_of(static_cast<Kind>(i)).size(), 2U) << i;
}

}  // namespace
}  // namespace mado::issuer
