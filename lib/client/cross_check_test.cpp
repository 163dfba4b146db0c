// What is found when a relay's list and the holders' evidence are laid side by side: each lie is
// told here by changing one of the two.
#include "client/cross_check.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "wire/test_wire.hpp"

namespace mado::client {
namespace {

using wire::participant_id;

constexpr UnixTime now = wire::test_now + 3'600;

struct Lists {
    wire::TestCountry country;
    PersonEntries entries;
    std::vector<EvidenceEntry> evidence;
    std::uint64_t below = 100;

    // A person who was asked about three times, and both sides say so.
    Lists() {
        for (std::uint8_t i = 1; i <= 3; ++i)
            add(i);
    }
    void add(std::uint8_t number) {
        PersonEntry entry;
        entry.seq = number;
        entry.index = 10U * number;
        entry.entry = wire::filled(number);
        entry.order_entry = entry.entry;
        entry.order_index = entry.index;
        entry.kind = "order";
        entry.order = country.order();
        entry.order->holder = participant_id("06990014");
        entry.head = country.head();
        entry.requester = "clinic-1";
        entry.time = wire::test_now + number;
        entry.outcome = "answered";
        entries.entries.push_back(entry);
        evidence.push_back({.holder = participant_id("06990014"),
                            .entry = entry.entry,
                            .index = entry.index,
                            .time = entry.time,
                            .requester = "clinic-1",
                            .service = "eligibility",
                            .outcome = "answered"});
    }
    [[nodiscard]] std::vector<std::string> found() const {
        std::vector<std::string> out;
        for (const auto& finding :
             compare(entries, evidence, {participant_id("06990014")}, below, now)) {
            out.push_back(std::string(to_text(finding.kind)) + " " + std::to_string(finding.index));
        }
        return out;
    }
};

using Found = std::vector<std::string>;

TEST(CrossCheck, WhatFits) {
    EXPECT_EQ(Lists().found(), Found{});
}

// The relay leaves out the newest: the numbering cannot show it.
TEST(CrossCheck, RelayHidesTheNewestEntry) {
    Lists lists;
    lists.entries.entries.pop_back();
    EXPECT_EQ(lists.found(), Found{"missing_at_relay 30"});
}

// Asked by a family's number: the relay knows whose it was by the holder's reply only.
TEST(CrossCheck, RelayHasNotNamedThePerson) {
    Lists lists;
    lists.entries.entries.pop_back();
    lists.evidence.back().named = true;
    EXPECT_EQ(lists.found(), Found{"not_named 30"});
}

// Under another person's number, or in another person's list: the holder knows by whose number it
// was asked, and that person misses the entry.
TEST(CrossCheck, RelayLogsItUnderAnotherPerson) {
    Lists asked;  // by her number
    asked.entries.entries.erase(asked.entries.entries.begin() + 1);
    EXPECT_EQ(asked.found(), Found{"missing_at_relay 20"});
    Lists shown;  // in his list
    shown.evidence.erase(shown.evidence.begin() + 1);
    EXPECT_EQ(shown.found(), Found{"missing_at_holder 20"});
}

TEST(CrossCheck, RelaySaysThatItWasNotAnswered) {
    Lists lists;
    lists.entries.entries[1].outcome = "no_match";
    EXPECT_EQ(lists.found(), Found{"differs 20"});
    lists.entries.entries[1].outcome = "";  // not known: no lie
    EXPECT_EQ(lists.found(), Found{});
}

TEST(CrossCheck, RelayNamesAnotherRequesterServiceOrPlace) {
    for (const auto& change : std::vector<std::function<void(EvidenceEntry&)>>{
             [](EvidenceEntry& row) { row.requester = "clinic-2"; },
             [](EvidenceEntry& row) { row.service = "claims"; },
             [](EvidenceEntry& row) { row.index = 21; }}) {
        Lists lists;
        change(lists.evidence[1]);
        EXPECT_EQ(lists.found().size(), 1U);
        EXPECT_EQ(lists.found().front().substr(0, 7), "differs");
    }
}

TEST(CrossCheck, HolderForgetsWhatItAnswered) {
    Lists lists;
    lists.evidence.pop_back();
    EXPECT_EQ(lists.found(), Found{"missing_at_holder 30"});
    // What the holder may have refused before it kept anything is no finding.
    for (const auto* outcome : {"", "refused", "failed"}) {
        lists.entries.entries[2].outcome = outcome;
        EXPECT_EQ(lists.found(), Found{}) << outcome;
    }
    // Nor what was erased on both sides.
    lists.entries.entries[2].outcome = "answered";
    lists.entries.entries[2].order->keep_until = now - 1;
    EXPECT_EQ(lists.found(), Found{});
}

// From the first question for evidence on, both sides still grow.
TEST(CrossCheck, WhatCameAfterTheAskingBeganIsNotCompared) {
    Lists lists;
    lists.below = 30;
    lists.entries.entries.pop_back();
    EXPECT_EQ(lists.found(), Found{});
    lists.below = 31;
    EXPECT_EQ(lists.found(), Found{"missing_at_relay 30"});
}

TEST(CrossCheck, HoldersThatDidNotAnswerProveNothing) {
    Lists lists;
    lists.evidence.clear();
    EXPECT_EQ(compare(lists.entries, lists.evidence, {}, lists.below, now).size(), 0U);
    EXPECT_EQ(lists.found().size(), 3U);
}

// Two numbers at one holder, and the evidence of one is not whole: what is missing may be there.
// A receipt or evidence that does not read is no silence; that somebody says so is one.
TEST(CrossCheck, AnAnswerThatFitsNothingSignedIsALie) {
    std::vector<ComparedHolder> holders;
    const auto add = [&holders](wire::Code code, bool found_here) {
        holders.push_back({.holder = participant_id("992016"),
                           .rows = 0,
                           .problem = Problem{code, "why", {}, {}, found_here}});
    };
    add(wire::Code::receipt_invalid, false);
    add(wire::Code::answer_invalid, false);
    add(wire::Code::unavailable, true);
    holders.push_back({.holder = participant_id("992016"), .rows = 3, .problem = {}});
    EXPECT_TRUE(lies_of(holders).empty());
    add(wire::Code::receipt_invalid, true);
    add(wire::Code::answer_invalid, true);
    EXPECT_EQ(lies_of(holders).size(), 2U);
}

TEST(CrossCheck, AHolderIsComparedWhenBothOfItsNumbersAre) {
    const ComparedHolder whole{.holder = participant_id("06990014"), .rows = 3, .problem = {}};
    auto broken = whole;
    broken.problem = Problem{wire::Code::unavailable, "slow", {}, {}};
    const ComparedHolder other{.holder = participant_id("992016"), .rows = 0, .problem = {}};
    using Holders = std::vector<wire::ParticipantId>;
    EXPECT_EQ(whole_holders({whole, other}), (Holders{whole.holder, other.holder}));
    EXPECT_EQ(whole_holders({whole, broken, other}), Holders{other.holder});
    EXPECT_EQ(whole_holders({broken, whole, other}), Holders{other.holder});
    Lists lists;
    lists.evidence.clear();
    const auto found =
        compare(lists.entries, lists.evidence, whole_holders({broken, whole}), lists.below, now);
    EXPECT_TRUE(found.empty());
}

TEST(CrossCheck, WhatBothSidesErasedIsNoFinding) {
    Lists lists;
    auto& entry = lists.entries.entries[1];
    entry.erased = ErasedEntry{.kept_until = "2026-10", .at = now};
    entry.order.reset();
    entry.head.reset();
    lists.evidence.erase(lists.evidence.begin() + 1);
    EXPECT_EQ(lists.found(), Found{});
}

// Whoever still keeps the evidence knows that the time is not over.
TEST(CrossCheck, RelayCallsAnEntryErasedThatTheHolderKeeps) {
    Lists lists;
    lists.entries.entries[1].erased = ErasedEntry{.kept_until = "2020-01", .at = now};
    lists.entries.entries[1].order.reset();
    lists.entries.entries[1].head.reset();
    EXPECT_EQ(lists.found(), Found{"differs 20"});
}

// A receipt of a private tree says where nothing is compared: the list's own place counts.
TEST(CrossCheck, TheAskingIsAtItsPlaceInTheList) {
    const Lists lists;
    std::vector<Finding> findings;
    EXPECT_EQ(place_asked(lists.entries, {lists.evidence[2], lists.evidence[1]}, findings), 20U);
    EXPECT_TRUE(findings.empty());
    auto early = lists.evidence[2];
    early.index = 1;
    EXPECT_EQ(place_asked(lists.entries, {early}, findings), 30U);
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].kind, Finding::Kind::differs);
    auto unknown = lists.evidence[2];
    unknown.entry = wire::filled(99);
    EXPECT_EQ(place_asked(lists.entries, {unknown}, findings), tlog::tree_size_max);
    ASSERT_EQ(findings.size(), 2U);
    EXPECT_EQ(findings[1].kind, Finding::Kind::missing_at_relay);
}

TEST(CrossCheck, TheLastComparisonIsAnEntryItself) {
    Lists lists;
    ASSERT_EQ(last_compared(lists.entries).size(), 1U);
    EXPECT_EQ(last_compared(lists.entries)[0].at, 0);
    auto& asked = lists.entries.entries[2];
    asked.head->service = wire::service_id("evidence");
    EXPECT_EQ(last_compared(lists.entries)[0].at, asked.time);
    asked.outcome = "failed";
    EXPECT_EQ(last_compared(lists.entries)[0].at, 0);
    // What the relay was told itself has no evidence elsewhere.
    asked.order->holder = asked.order->relay;
    EXPECT_EQ(last_compared(lists.entries).size(), 1U);
}

Answered document(const wire::TestCountry& country, std::string_view data) {
    return {.answer = {.issuer = participant_id("06990014"),
                       .audience = {},
                       .order = {},
                       .issued_at = now,
                       .service = wire::service_id("evidence"),
                       .as_of = now,
                       .data = parse_json_object(data).value()},
            .receipt = {},
            .order = country.order(),
            .subject_salt = {}};
}

TEST(Evidence, IsReadStrictly) {
    const wire::TestCountry country;
    const auto row = [](int index) {
        return R"({"entry":")" + base64url(wire::filled(1)) + R"(","index":)" +
               std::to_string(index) +
               R"(,"time":1,"requester":"clinic-1","service":"eligibility","outcome":"answered"})";
    };
    bool more = false;
    const auto read = [&](const std::string& data, std::uint64_t after = 0) {
        return read_evidence(document(country, data), after, more);
    };
    const auto good = read(R"({"after":0,"more":true,"rows":[)" + row(0) + "," + row(7) + "]}");
    ASSERT_TRUE(good.has_value());
    EXPECT_TRUE(more);
    EXPECT_EQ(good->size(), 2U);
    EXPECT_EQ(good->back().index, 7U);
    EXPECT_TRUE(read(R"({"after":0,"more":false,"rows":[]})").has_value());
    const auto later = R"({"after":7,"more":false,"rows":[)" + row(7) + "," + row(9) + "]}";
    EXPECT_TRUE(read(later, 7).has_value()) << "it may begin with the row before";
    EXPECT_FALSE(read(later).has_value()) << "rows from 0 to 7 are left out";
    EXPECT_FALSE(read(later, 6).has_value());
    for (const auto& wrong : {std::string(R"({"after":0,"more":true,"rows":[]})"),
                              R"({"after":0,"more":false,"rows":[)" + row(7) + "," + row(7) + "]}",
                              R"({"after":0,"more":false,"rows":[)" + row(7) + "," + row(6) + "]}",
                              std::string(R"({"after":0,"more":false,"rows":[1]})"),
                              std::string(R"({"after":0,"rows":[]})"),
                              std::string(R"({"after":0,"more":false,"rows":[],"x":1})")}) {
        EXPECT_FALSE(read(wrong).has_value()) << wrong;
    }
}

}  // namespace
}  // namespace mado::client
