#include "notices.hpp"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "base/file.hpp"
#include "base/temp_folder.hpp"
#include "orders.hpp"
#include "test_issuer.hpp"

namespace mado::issuer {
namespace {

class NoticesTest : public ::testing::Test {
  protected:
    NoticesTest() {
        replace_file(folder.path("store.key"), Bytes(32, 7), 0600);
        book.emplace(folder.path("book.sqlite"));
    }
    Store store() const { return {folder.path("issuer.sqlite"), folder.path(""), schemes}; }
    // All of them, a few at a time. How many were written, and not read.
    ToldEndings tell(Store& from, UnixTime now, std::size_t count_max = 2) {
        ToldEndings all;
        for (std::optional<Store::Ending> after = Store::Ending{}; after;) {
            const auto told = tell_ending(from, *book,
                                          {.now = now,
                                           .policy = policy,
                                           .sender = "centre",
                                           .address = "https://x/renew",
                                           .hotline = "050-0000-0000"},
                                          *after, count_max);
            all.written += told.written;
            all.unreadable += told.unreadable;
            after = told.last;
        }
        return all;
    }
    static UnixTime end_of(Store& of, CaseId id) {
        return read_certificate(of.find(id).one.certificates.begin()->second).not_after();
    }
    std::vector<std::string> ids() const {
        db::Connection connection(folder.path("book.sqlite"), db::Access::read_only);
        auto row = connection.prepare("select notice_id from notice");
        std::vector<std::string> out;
        while (row.step())
            out.emplace_back(row.text(0));
        return out;
    }

    TempFolder folder;
    wire::Schemes schemes = test_schemes();
    wire::Policy policy = test_policy();
    std::optional<Book> book;
};

constexpr std::int64_t day_s = 86'400;

TEST_F(NoticesTest, EachIsWrittenOnceHoweverFewAtATime) {
    auto one = store();
    CaseId id = 0;
    for (int i = 0; i < 5; ++i)
        id = test_card(one, schemes, test_card_key());
    const auto end = end_of(one, id);
    EXPECT_EQ(tell(one, end - 91 * day_s).written, 0U);
    EXPECT_EQ(tell(one, end - 90 * day_s).written, 5U);
    EXPECT_EQ(tell(one, end - 90 * day_s).written, 0U);
    EXPECT_EQ(tell(one, end - 5 * day_s).written, 5U);
    EXPECT_EQ(ids().size(), 10U);
}

// Killed after the notice and before the note of it: the same notice, not another one.
TEST_F(NoticesTest, TheSameNoticeHasTheSameName) {
    auto one = store();
    const auto end = end_of(one, test_card(one, schemes, test_card_key()));
    const auto ending = one.ending(end - 1, 10, {});
    ASSERT_EQ(ending.size(), 1U);
    auto other = ending.front();
    other.days = 30;
    EXPECT_EQ(one.notice_id(ending.front()), one.notice_id(ending.front()));
    EXPECT_NE(one.notice_id(ending.front()), one.notice_id(other));
    tell(one, end - 1);
    EXPECT_EQ(ids(), std::vector{one.notice_id(ending.front())});
    EXPECT_EQ(one.notice_id(ending.front()).find(hex(ending.front().card).substr(0, 8)),
              std::string::npos)
        << "whoever has both files does not see which certificate it is about";
}

// What cannot be read keeps nobody else from being told, and is told once it can be read.
TEST_F(NoticesTest, WhatCannotBeReadIsPassedOver) {
    UnixTime end = 0;
    {
        auto one = store();
        for (int i = 0; i < 3; ++i)
            end = end_of(one, test_card(one, schemes, test_card_key()));
    }
    const auto alter = [this](std::string_view sql) {
        db::Connection(folder.path("issuer.sqlite"), db::Access::read_write).run(std::string(sql));
    };
    alter("update happening set line = line + 100 where issue = 2");
    {
        auto one = store();
        const auto told = tell(one, end - 1);
        EXPECT_EQ(told.written, 2U);
        EXPECT_EQ(told.unreadable, 1U);
    }
    alter("update happening set line = line - 100 where issue = 2");
    auto one = store();
    EXPECT_EQ(tell(one, end - 1).written, 1U);
    EXPECT_EQ(ids().size(), 3U);
}

// Whoever looks for their card has nothing to renew; once it is found there is still time to.
TEST_F(NoticesTest, OfACardThatIsStoppedNobodyIsToldBeforeItWorksAgain) {
    auto one = store();
    const auto id = test_card(one, schemes, test_card_key());
    const auto end = end_of(one, id);
    const auto stop = one.open(id, {.kind = Kind::stop, .reason = "lost"}, {.at = 2});
    ASSERT_TRUE(stop);
    const auto order = [&](OrderKind kind) {
        EXPECT_TRUE(one.add(*stop, Sent{of_place(kind, 0)}, {.at = 3}));
        EXPECT_TRUE(one.add(*stop, Done{of_place(kind, 0)}, {.at = 3}));
    };
    order(OrderKind::stop);
    order(OrderKind::suspend);
    EXPECT_EQ(tell(one, end - 20 * day_s).written, 0U);
    EXPECT_TRUE(one.add(*stop, Found{}, {.at = 4}));
    order(OrderKind::resume_card);
    order(OrderKind::resume);
    EXPECT_EQ(tell(one, end - 20 * day_s).written, 1U);
    EXPECT_EQ(tell(one, end - 20 * day_s).written, 0U);
}

TEST_F(NoticesTest, ANoticeSaysItInThreeLanguagesAndWhomToCall) {
    const Telling telling{.sender = "発行センター",
                          .address = "https://x/renew",
                          .hotline = "050-0000-0000",
                          .today = *parse_date("2026-11-28"),
                          .deadline = *parse_date("2027-01-02")};
    const Before card{.use = Use::signing, .certificate = {}};
    const auto ending = notice_of("id", card, "1", telling).body;
    for (const auto& body : {ending, notice_of_slip("1", telling).body}) {
        for (const auto* words : {"に電話", "call ", "でんわして"})
            EXPECT_NE(body.find(words), std::string::npos) << words << body;
        std::size_t numbers = 0;
        for (auto at = body.find("050-0000-0000"); at != std::string::npos;
             at = body.find("050-0000-0000", at + 1))
            ++numbers;
        EXPECT_EQ(numbers, 3U) << body;
    }
    for (const auto* day : {"2027年1月2日", "2 January 2027", "2027ねん1がつ2にち"})
        EXPECT_NE(ending.find(day), std::string::npos) << day;
}

TEST_F(NoticesTest, ANoticeIsErasedAfterItsDay) {
    auto one = store();
    const auto end = end_of(one, test_card(one, schemes, test_card_key()));
    tell(one, end - 1);
    book->erase_notices(policy.day_of(end));
    EXPECT_EQ(ids().size(), 1U);
    book->erase_notices(policy.day_of(end + day_s));
    EXPECT_TRUE(ids().empty());
}

}  // namespace
}  // namespace mado::issuer
