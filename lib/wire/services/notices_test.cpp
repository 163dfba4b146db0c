#include "wire/services/notices.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "wire/services/test_rows.hpp"

namespace mado::wire {
namespace {

Row nobodys_notice() {
    return insured_person("あいう", "0000187", "01");
}

Row notice(const char* id = "T-1", const char* received = "2026-11-06") {
    auto row = nobodys_notice();
    row.values.merge(decltype(row.values){{"notice_id", id},
                                          {"subject", "国民健康保険料のお知らせ"},
                                          {"sender", "A市 保険年金課"},
                                          {"received", received},
                                          {"deadline", "2026-11-30"},
                                          {"procedure", "premium-payment"},
                                          {"amount_yen", std::int64_t{18'400}},
                                          {"amount_for", "pay"}});
    return row;
}

Row paragraph(const char* id, std::string text) {
    return {.values = {{"notice_id", id}, {"paragraph", std::move(text)}}};
}

class NoticesTest : public ServiceTest {
  protected:
    NoticesTest(std::string_view service, ParameterValues parameters)
        : ServiceTest(service, std::move(parameters),
                      {{"symbol", "あいう"}, {"number", "0000187"}}) {}
};

class Notices : public NoticesTest {
  protected:
    Notices() : NoticesTest("notices", {{"from", "2024-12"}, {"to", "2026-11"}}) {}
    std::string ids(const std::vector<Row>& rows) {
        std::string out;
        for (const auto& one : data(rows).at("notices").as_array())
            out += std::string(one.at("id").as_string()) + " ";
        return out;
    }
};

class OneNotice : public NoticesTest {
  protected:
    OneNotice() : NoticesTest("notice", {{"id", "T-1"}}) {}
    const std::vector<Row> text_{paragraph("T-1", "11月30日までに納めてください。"),
                                 paragraph("T-1", "お問い合わせは保険年金課へ。")};
};

// ---- the list ----

TEST_F(Notices, AreThoseOfThePersonAsked) {
    EXPECT_EQ(ids({notice("T-1"), notice("T-2")}), "T-1 T-2 ");
    EXPECT_EQ(ids({notice("T-1"), with(notice("T-2"), "number", "187")}), "T-1 ")
        << "a loose SELECT brought somebody else's";
    EXPECT_EQ(outcome({}), Outcome::no_match);
    EXPECT_EQ(outcome({notice("T-1"), with(notice("T-2"), "branch", "02")}),
              Outcome::several_match);
    // Only one of them has a notice: the other's row says that there are two.
    EXPECT_EQ(outcome({notice("T-1"), with(nobodys_notice(), "branch", "02")}),
              Outcome::several_match);
    asked_ = {{"symbol", "あいう"}, {"number", "0000187"}, {"branch", "02"}};
    EXPECT_EQ(outcome({notice()}), Outcome::no_match);
}

TEST_F(Notices, AreNotGivenForABirthDate) {
    birth_date_ = valid(parse_date("1986-05-01"));
    EXPECT_EQ(outcome({notice()}), Outcome::no_match);
}

TEST_F(Notices, NoneIsAnAnswerToo) {
    const auto answer = valid(ask({nobodys_notice()}));
    EXPECT_EQ(answer.as_of, test_now - 3600);
    EXPECT_EQ(json::serialize(*answer.data),
              R"({"from":"2024-12","to":"2026-11","more":false,"notices":[]})");
}

TEST_F(Notices, SayWhatTheyAreAboutAndNoMore) {
    auto bare = notice("T-2", "2026-04-08");
    for (const auto* column : {"deadline", "procedure", "amount_for", "amount_yen"})
        bare.values.erase(column);
    EXPECT_EQ(json::serialize(data({notice(), bare}).at("notices")),
              R"([{"id":"T-1","subject":"国民健康保険料のお知らせ","sender":"A市 保険年金課",)"
              R"("received":"2026-11-06","deadline":"2026-11-30","procedure":"premium-payment",)"
              R"("amount_yen":18400,"amount_for":"pay"},)"
              R"({"id":"T-2","subject":"国民健康保険料のお知らせ","sender":"A市 保険年金課",)"
              R"("received":"2026-04-08"}])");
}

TEST_F(Notices, AreNewestFirst) {
    EXPECT_EQ(ids({notice("a", "2026-01-05"), notice("c", "2026-11-06"), notice("b", "2026-01-05"),
                   notice("d", "2024-12-01")}),
              "c a b d ");
}

TEST_F(Notices, OfOtherMonthsBreakTheContract) {
    for (const auto* day : {"2024-11-30", "2026-12-01"})
        EXPECT_EQ(why_bad({notice("a", day)}), "a notice of a month that was not asked for") << day;
    EXPECT_EQ(ids({notice("a", "2024-12-01"), notice("b", "2026-11-30")}), "b a ");
}

TEST_F(Notices, HaveAnIdOfTheirOwn) {
    EXPECT_EQ(why_bad({notice("a"), notice("a", "2026-01-05")}), "two notices have one id");
}

TEST_F(Notices, BeyondTheLimitTheNewestAreThereAndTheListSaysSo) {
    std::vector<Row> rows;
    std::vector<std::string> ids_made;
    for (std::size_t i = 0; i <= notices_max; ++i)
        ids_made.push_back(fmt::format("id-{}", i));
    rows.push_back(notice("oldest", "2024-12-01"));
    for (std::size_t i = 1; i < notices_max; ++i)
        rows.push_back(notice(ids_made[i].c_str()));
    EXPECT_FALSE(data(rows).at("more").as_bool());
    rows.push_back(notice("newest", "2026-11-20"));
    const auto document = data(rows);
    EXPECT_TRUE(document.at("more").as_bool());
    const auto& notices = document.at("notices").as_array();
    ASSERT_EQ(notices.size(), notices_max);
    EXPECT_EQ(notices.front().at("id"), "newest");
    EXPECT_NE(notices.back().at("id"), "oldest");
}

TEST_F(Notices, EachColumnHasItsBounds) {
    EXPECT_EQ(why_bad({with(notice(), "amount_yen", std::int64_t{0})}), "");
    EXPECT_EQ(why_bad({with(notice(), "amount_yen", amount_yen_max)}), "");
    for (const auto amount : {std::int64_t{-1}, amount_yen_max + 1})
        EXPECT_NE(why_bad({with(notice(), "amount_yen", amount)}), "") << amount;
    EXPECT_EQ(why_bad({with(notice(), "amount_for", "receive")}), "");
    EXPECT_NE(why_bad({with(notice(), "amount_for", "burn")}), "");
    for (const auto* column : {"subject", "sender", "received"})
        EXPECT_NE(why_bad({with(notice(), column, Value())}), "") << column;
    for (const auto* column : {"subject", "sender"})
        EXPECT_NE(why_bad({with(notice(), column, "")}), "") << column;
    for (const auto* procedure : {"", "https://example.jp/", "Payment"})
        EXPECT_NE(why_bad({with(notice(), "procedure", procedure)}), "") << procedure;
    for (const auto* id :
         {"", "a b", "a/b", "a_b", "あ", "12345678901234567890123456789012345678901"})
        EXPECT_FALSE(check_row(contract_.rows, notice(id))) << id;
    EXPECT_TRUE(check_row(contract_.rows, notice("1234567890123456789012345678901234567890")));
    EXPECT_FALSE(check_row(contract_.rows, with(notice(), "deadline", "2026-11-31")));
    EXPECT_FALSE(check_row(contract_.rows, with(notice(), "subject", std::string(257, 'x'))));
}

// ---- one of them ----

TEST_F(OneNotice, HasItsTextInTheOrderOfTheSelect) {
    const auto answer = valid(ask({notice()}, text_));
    EXPECT_EQ(answer.as_of, test_now - 3600);
    EXPECT_EQ(json::serialize(*answer.data),
              R"({"notice":{"id":"T-1","subject":"国民健康保険料のお知らせ",)"
              R"("sender":"A市 保険年金課","received":"2026-11-06","deadline":"2026-11-30",)"
              R"("procedure":"premium-payment","amount_yen":18400,"amount_for":"pay"},)"
              R"("body":["11月30日までに納めてください。","お問い合わせは保険年金課へ。"]})");
}

TEST_F(OneNotice, OfSomebodyElseIsNoMatch) {
    EXPECT_EQ(outcome({nobodys_notice()}), Outcome::no_match);
    const auto others = with(notice(), "number", "187");
    EXPECT_EQ(outcome({nobodys_notice(), others}, text_), Outcome::no_match)
        << "a SELECT that looks at the id only";
    EXPECT_EQ(outcome({others}, text_), Outcome::no_match);
    EXPECT_EQ(outcome({notice(), with(nobodys_notice(), "branch", "02")}, text_),
              Outcome::several_match);
    birth_date_ = valid(parse_date("1986-05-01"));
    EXPECT_EQ(outcome({notice()}, text_), Outcome::no_match);
}

TEST_F(OneNotice, OfAnotherIdStaysOut) {
    EXPECT_EQ(outcome({notice("t-1")}, {paragraph("t-1", "…")}), Outcome::no_match)
        << "a collation without case";
    auto items = text_;
    items.push_back(paragraph("T-2", "secret"));
    const auto document = data({notice(), notice("T-2")}, items);
    EXPECT_EQ(document.at("body").as_array().size(), 2U);
    EXPECT_FALSE(json::serialize(document).contains("secret"));
}

TEST_F(OneNotice, HasATextOfBoundedLength) {
    EXPECT_EQ(why_bad({notice()}), "a notice has no text");
    EXPECT_EQ(why_bad({notice()}, {paragraph("T-2", "…")}), "an item belongs to none of the rows");
    std::vector<Row> many(paragraphs_max, paragraph("T-1", std::string(1'000, 'x')));
    EXPECT_EQ(why_bad({notice()}, many), "");
    many.push_back(paragraph("T-1", "x"));
    EXPECT_EQ(why_bad({notice()}, many), "a notice has too many paragraphs");
    EXPECT_FALSE(check_row(contract_.items, paragraph("T-1", std::string(1'001, 'x'))));
    EXPECT_FALSE(check_row(contract_.items, paragraph("T-1", "\xff")));
    EXPECT_FALSE(check_row(contract_.items, {.values = {{"notice_id", "T-1"}}}));
    EXPECT_EQ(why_bad({notice(), notice()}, text_), "two rows have one key");
}

}  // namespace
}  // namespace mado::wire
