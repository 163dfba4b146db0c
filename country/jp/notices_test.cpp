// The demo country's notices: what the eight holders have written to people, each in its own
// tables, behind their own SELECTs.
#include "notices.hpp"

#include "calendar.hpp"
#include "test_country.hpp"
#include "writings.hpp"

namespace mado::country {
namespace {

// The pension register has not all characters.
bool is_written(const std::string& text, const std::string& name) {
    return text == name || text == in_jis(name);
}

const Service::Months all_months{"2021-11", "2026-11"};

class NoticesTest : public CountryTest {
  protected:
    Service& select(const std::string& holder, const std::string& service,
                    const std::string& which = "rows") {
        auto& open = selects_[holder + service + which];
        if (!open) open = std::make_unique<Service>(country().path(), holder, service, which);
        return *open;
    }
    // This person's notices, newest first, without those of the family.
    std::vector<Row> notices(const Known& known, const Identifier& identifier,
                             const Service::Months& months = all_months) {
        auto all = select(identifier.holder, "notices").rows(identifier, months);
        std::erase_if(all, [&](const Row& row) {
            return !is_written(row.text("name"), known.name) || !row.texts.contains("notice_id");
        });
        return all;
    }
    std::vector<Row> opened(const Identifier& identifier, const std::string& id) {
        auto all = select(identifier.holder, "notice").rows(identifier, {}, id);
        std::erase_if(all, [](const Row& row) { return !row.texts.contains("notice_id"); });
        return all;
    }
    std::vector<std::string> body(const Identifier& identifier, const std::string& id) {
        std::vector<std::string> out;
        for (const auto& row :
             select(identifier.holder, "notice", "items").rows(identifier, {}, id)) {
            EXPECT_EQ(row.text("notice_id"), id);
            out.push_back(row.text("paragraph"));
        }
        return out;
    }
    // This person's pension holders' notices, as lines.
    std::vector<std::string> pension_lines(const std::string& key, const std::string& holder) {
        std::vector<std::string> out;
        for (const auto& identifier : country().person(key).pensions) {
            if (identifier.holder != holder) continue;
            for (const auto& row : notices(country().person(key), identifier)) {
                out.push_back(row.text("received") + " " + row.text("sender") + " " +
                              row.text("subject") + " " + row.text("deadline") + " " +
                              row.text("procedure") + " " + row.text("amount_yen"));
            }
        }
        return out;
    }
    static std::vector<std::string> all_holders() {
        auto all = medical_ids;
        all.insert(all.end(), care_ids.begin(), care_ids.end());
        all.insert(all.end(), pension_ids.begin(), pension_ids.end());
        return all;
    }
    template <class See>
    void for_each_number(See see) {
        for (const auto& known : country().people()) {
            // Who pays public expense writes no notices.
            for (const auto& identifier : known.identifiers) {
                if (identifier.scheme != "subsidy-number") see(known, identifier);
            }
            for (const auto& identifier : known.pensions)
                see(known, identifier);
        }
    }

  private:
    std::map<std::string, std::unique_ptr<Service>> selects_;
};

TEST_F(NoticesTest, ColumnsAreTheAgreedOnes) {
    const std::vector<std::string> row_columns{
        "symbol",   "number",   "branch",    "name",       "notice_id",  "subject", "sender",
        "received", "deadline", "procedure", "amount_yen", "amount_for", "as_of"};
    for (const auto& id : all_holders()) {
        for (const auto& [service, which, columns] :
             {std::tuple("notices", "rows", row_columns), std::tuple("notice", "rows", row_columns),
              std::tuple("notice", "items", std::vector<std::string>{"notice_id", "paragraph"})}) {
            auto& one = select(id, service, which);
            EXPECT_TRUE(one.statement().reads_only());
            std::vector<std::string> found;
            for (std::size_t i = 0; i < one.statement().columns(); ++i)
                found.push_back(one.statement().column_name(i));
            EXPECT_EQ(found, columns) << id;
            expect_no_scan(one.connection(), Service::sql(id, service, which));
        }
        EXPECT_EQ(Service::sql(id, "notices", "items"), "");
    }
}

// Every person has a row for every months and every id: so people who share a number are told
// apart, and "no notice" is not "nobody".
TEST_F(NoticesTest, EverybodyIsThere) {
    for_each_number([this](const Known& known, const Identifier& identifier) {
        for (const auto& rows :
             {select(identifier.holder, "notices").rows(identifier, {"2015-01", "2015-01"}),
              select(identifier.holder, "notice").rows(identifier, {}, "no-such")}) {
            const auto own = std::ranges::find_if(
                rows, [&](const Row& row) { return is_written(row.text("name"), known.name); });
            ASSERT_NE(own, rows.end()) << known.name;
            EXPECT_FALSE(own->texts.contains("notice_id"));
            EXPECT_FALSE(own->texts.contains("received"));
            EXPECT_TRUE(own->texts.contains("as_of"));
            EXPECT_EQ(own->text("number"), identifier.number);
        }
    });
}

TEST_F(NoticesTest, EachCanBeOpenedAndSaysWhatItsRowSays) {
    std::size_t seen = 0;
    std::size_t with_deadline = 0;
    std::size_t with_amount = 0;
    std::set<std::string> subjects;
    std::map<std::string, std::set<std::string>> ids;
    for_each_number([&](const Known& known, const Identifier& identifier) {
        const auto all = notices(known, identifier);
        // Who is insured a second time under one number has two times six there.
        EXPECT_LE(all.size(), 12U) << known.name;
        std::string last = "9999-12-31";
        for (const auto& notice : all) {
            ++seen;
            const auto& id = notice.text("notice_id");
            EXPECT_LE(id.size(), 40U);
            EXPECT_TRUE(ids[identifier.holder].insert(id).second) << id << " is of two people";
            // B市 has A市's forms, in its own name.
            const bool b = identifier.holder == "990028" || identifier.holder == "992024";
            if (!b) subjects.insert(identifier.holder + notice.text("subject"));
            if (b) EXPECT_FALSE(notice.text("sender").contains("A市"));
            EXPECT_LE(notice.text("received"), last);
            last = notice.text("received");
            EXPECT_LT(date(last), on);
            EXPECT_GE(date(last), date(known.birth_date));
            std::string text;
            for (const auto& paragraph : body(identifier, id)) {
                EXPECT_LE(paragraph.size(), 1'000U);
                EXPECT_FALSE(paragraph.empty());
                text += paragraph + "\n";
            }
            EXPECT_EQ((text + notice.text("sender")).find_first_of("{}%"), std::string::npos)
                << text;
            EXPECT_TRUE(text.contains("お問い合わせ：")) << text;
            if (notice.texts.contains("deadline")) {
                ++with_deadline;
                const auto day = date(notice.text("deadline"));
                // Two of the holders fill it in with SQL.
                EXPECT_TRUE(text.contains(filled_in(
                    "{deadline}", {.form = 0, .sent = day, .deadline = day, .amount_yen = {}})))
                    << text;
                EXPECT_GT(day, date(notice.text("received")));
            }
            EXPECT_EQ(text.contains("円"), notice.texts.contains("amount_yen")) << text;
            if (notice.texts.contains("amount_yen")) {
                ++with_amount;
                const Notice sum{.form = 0,
                                 .sent = on,
                                 .deadline = {},
                                 .amount_yen = std::stoll(notice.text("amount_yen"))};
                EXPECT_TRUE(text.contains(filled_in("{amount}円", sum))) << text;
            }
            const auto one = opened(identifier, id);
            ASSERT_EQ(one.size(), 1U);
            EXPECT_EQ(one[0].texts, notice.texts);
        }
    });
    EXPECT_GT(seen, 1500U);
    EXPECT_GT(with_deadline, 300U);
    EXPECT_GT(with_amount, 300U);
    const Notices forms(country_folder(), on);
    EXPECT_EQ(subjects.size(), forms.forms().size()) << "every form was sent to somebody";
}

// Asked with one's own number, the id of somebody else's notice brings nothing.
TEST_F(NoticesTest, OfSomebodyElseAreNotOpened) {
    std::map<std::string, std::string> others;  // an id of somebody, at each holder
    for (const auto& known : country().people()) {
        if (!known.key.empty()) continue;
        auto numbers = known.identifiers;
        numbers.insert(numbers.end(), known.pensions.begin(), known.pensions.end());
        for (const auto& identifier : numbers) {
            if (identifier.scheme == "subsidy-number") continue;
            const auto all = notices(known, identifier);
            if (!all.empty()) others[identifier.holder] = all[0].text("notice_id");
        }
    }
    ASSERT_EQ(others.size(), 10U);
    for (const auto* key : {"hanako", "haru", "taro"}) {
        auto numbers = country().person(key).identifiers;
        const auto& pensions = country().person(key).pensions;
        numbers.insert(numbers.end(), pensions.begin(), pensions.end());
        for (const auto& identifier : numbers) {
            const auto& id = others[identifier.holder];
            EXPECT_FALSE(select(identifier.holder, "notice").rows(identifier, {}, id).empty());
            EXPECT_TRUE(opened(identifier, id).empty()) << identifier.holder;
            EXPECT_TRUE(body(identifier, id).empty()) << identifier.holder;
        }
    }
}

TEST_F(NoticesTest, MonthsBoundTheList) {
    const auto& hanako = country().person("hanako");
    const auto in = [&](const Service::Months& months) {
        return notices(hanako, hanako.identifiers[0], months).size();
    };
    EXPECT_EQ(in({"2026-04", "2026-11"}), 4U);
    EXPECT_EQ(in({"2026-04", "2026-04"}), 2U);
    EXPECT_EQ(in({"2026-05", "2026-10"}), 1U);
    EXPECT_EQ(in({"2026-06", "2026-10"}), 0U);
    const auto& haru = country().person("haru");
    for (const auto& identifier : haru.identifiers) {
        for (const auto& notice : notices(haru, identifier, {"2026-07", "2026-07"}))
            EXPECT_EQ(notice.text("received").substr(0, 7), "2026-07");
    }
}

TEST_F(NoticesTest, Hanako) {
    const auto& hanako = country().person("hanako");
    const auto lines = [&](const Identifier& identifier) {
        std::vector<std::string> out;
        for (const auto& row : notices(hanako, identifier)) {
            out.push_back(row.text("received") + " " + row.text("sender") + " " +
                          row.text("subject") + " " + row.text("deadline") + " " +
                          row.text("procedure") + " " + row.text("amount_yen"));
        }
        return out;
    };
    EXPECT_EQ(lines(hanako.identifiers[0]),
              (std::vector<std::string>{
                  "2026-11-09 A市 保険年金課 国民健康保険料の納付のお願い 2026-11-30 "
                  "premium-payment 18400",
                  "2026-05-20 A市 保険年金課 特定健康診査のご案内 2027-01-31 checkup-booking ",
                  "2026-04-08 A市 保険年金課 国民年金の資格取得手続のご案内 2026-04-14 "
                  "pension-first-category ",
                  "2026-04-06 A市 保険年金課 国民健康保険への加入の手続が終わりました   "}));
    EXPECT_EQ(lines(hanako.identifiers[1]),
              (std::vector<std::string>{
                  "2026-04-08 まどか電機健康保険組合 適用課 退職後の健康保険について 2026-04-20 "
                  "voluntary-continuation ",
                  "2026-03-16 まどか電機健康保険組合 給付課 医療費のお知らせ   "}));
    const auto text =
        body(hanako.identifiers[0], notices(hanako, hanako.identifiers[0])[0].text("notice_id"));
    ASSERT_EQ(text.size(), 4U);
    EXPECT_EQ(text[0], "今期の国民健康保険料は18,400円です。2026年11月30日までに納めてください。");
}

// What the report of 2009 shows her on page 2, with today's names: the city's is above.
TEST_F(NoticesTest, HanakosPensionHolders) {
    using Lines = std::vector<std::string>;
    EXPECT_EQ(pension_lines("hanako", "npf"),
              (Lines{"2026-05-25 全国国民年金基金 九十九支部 国民年金基金加入のご案内  "
                     "pension-fund-joining "}));
    // Two months of 17,920 yen.
    EXPECT_EQ(pension_lines("hanako", "nenkin"),
              (Lines{"2026-11-10 日本年金機構 九十九年金事務所 国民年金保険料の納付のお願い "
                     "2026-11-30 pension-premium 35840",
                     "2026-04-13 日本年金機構 九十九年金事務所 厚生年金の資格喪失確認のお知らせ  "
                     "pension-first-category "}));
    EXPECT_EQ(pension_lines("hanako", "pfa"), Lines{});
    for (const auto& identifier : country().person("hanako").pensions) {
        if (identifier.holder != "nenkin") continue;
        const auto text =
            body(identifier,
                 notices(country().person("hanako"), identifier, {"2026-04", "2026-04"})[0].text(
                     "notice_id"));
        EXPECT_EQ(text.back(),
                  "お問い合わせ：九十九年金事務所（電話 0990-20-0101、平日 "
                  "8時30分から17時15分）");
    }
}

TEST_F(NoticesTest, SumsOfPensionHolders) {
    using Lines = std::vector<std::string>;
    // 2024-10 to 2026-09 can still be paid: 6 × 16,980 + 12 × 17,510 + 6 × 17,920.
    EXPECT_EQ(pension_lines("tokubetsu", "nenkin"),
              (Lines{"2026-11-10 日本年金機構 みなと年金事務所 国民年金保険料の納付のお願い "
                     "2026-11-30 pension-premium 419520"}));
    // Two awards.
    EXPECT_EQ(pension_lines("haru", "nenkin"),
              (Lines{"2026-06-05 日本年金機構 みなと年金事務所 年金額改定のお知らせ   625428"}));
    EXPECT_EQ(pension_lines("sango-husband", "nenkin"),
              (Lines{"2026-07-16 日本年金機構 九十九年金事務所 年金の支給が決まりました   "
                     "2016068"}));
    // 12 × (11,880 + 3,635).
    EXPECT_EQ(pension_lines("kikin", "npf"),
              (Lines{"2026-10-26 全国国民年金基金 九十九支部 掛金の控除証明のお知らせ   186180"}));
    // Of a birthday in October, the last two.
    EXPECT_EQ(pension_lines("sango", "nenkin"),
              (Lines{"2026-10-03 日本年金機構 九十九年金事務所 ねんきん定期便をお届けします   ",
                     "2025-10-03 日本年金機構 九十九年金事務所 ねんきん定期便をお届けします   "}));
}

// The fund writes to those who might join; its number for them is like its members', so that
// nobody else can tell who is one.
TEST_F(NoticesTest, WhoIsInvitedToTheNationalFundIsNoMember) {
    std::size_t invited = 0;
    Service member(country().path(), "npf", "pension", "items");
    const auto is_invited = [&member](const Identifier& number) {
        return member.rows(number).empty();
    };
    for (const auto& known : country().people()) {
        std::size_t numbers = 0;
        for (const auto& identifier : known.pensions) {
            if (identifier.holder != "npf") continue;
            ++numbers;
            EXPECT_EQ(identifier.scheme, "npf-number");
            EXPECT_EQ(identifier.number.substr(0, 2), "99");
            if (!is_invited(identifier)) continue;
            ++invited;
            EXPECT_TRUE(identifier.current);
            EXPECT_EQ(notices(known, identifier).size(), 1U) << known.name;
        }
        EXPECT_LE(numbers, 1U) << known.name;
    }
    EXPECT_GT(invited, 20U);
}

TEST_F(NoticesTest, HarusHoldersEachInTheirOwnWay) {
    const auto& haru = country().person("haru");
    std::map<std::string, std::vector<std::string>> subjects;
    for (const auto& identifier : haru.identifiers) {
        for (const auto& row : notices(haru, identifier))
            subjects[identifier.holder].push_back(row.text("subject"));
    }
    EXPECT_EQ(subjects["992016"],
              (std::vector<std::string>{"8月からの介護サービスの負担割合について",
                                        "要介護認定の更新のご案内"}));
    EXPECT_EQ(subjects["39990015"].size(), 4U);
    const auto& care = haru.identifiers.back();
    const auto renewal = notices(haru, care).back();
    EXPECT_EQ(renewal.text("deadline"), "2025-08-31");
    EXPECT_TRUE(body(care, renewal.text("notice_id"))[0].contains("2025年8月31日で終わります"));
}

TEST_F(NoticesTest, CertificationsAreRenewedBeforeTheyEnd) {
    std::size_t renewals = 0;
    for_each_number([&](const Known& known, const Identifier& identifier) {
        if (identifier.scheme != "care-insured-number") return;
        for (const auto& notice : notices(known, identifier)) {
            if (notice.text("procedure") != "care-renewal") continue;
            ++renewals;
            const auto periods = country().rows(known, identifier);
            EXPECT_TRUE(std::ranges::any_of(periods, [&](const Row& row) {
                return row.covers(date(notice.text("deadline"))) &&
                       row.texts.contains("care_level");
            })) << known.name;
        }
    });
    EXPECT_GT(renewals, 3U);
}

TEST(NoticeText, NamesAmountAndDay) {
    const Notice notice{.form = 0,
                        .sent = date("2026-11-09"),
                        .deadline = date("2026-12-01"),
                        .amount_yen = 1'234'567};
    EXPECT_EQ(filled_in("{amount}円を{deadline}までに、{amount}円", notice),
              "1,234,567円を2026年12月1日までに、1,234,567円");
    const auto of = [&notice](std::int64_t yen) {
        auto one = notice;
        one.amount_yen = yen;
        return filled_in("{amount}", one);
    };
    EXPECT_EQ(of(0), "0");
    EXPECT_EQ(of(999), "999");
    EXPECT_EQ(of(1'000), "1,000");
}

TEST(NoticesFile, WhatDoesNotFitIsRefused) {
    const TempFolder folder;
    const auto text = read_file(country_folder() + "/notices.json").value();
    const auto loads = [&folder](std::string_view content) {
        replace_file(folder.path("notices.json"), as_bytes(content));
        try {
            const Notices notices(folder.path("."), on);
            return true;
        } catch (const OperatorError&) {
            return false;
        }
    };
    const auto with = [&text](std::string_view part, std::string_view by) {
        auto changed = text;
        EXPECT_NE(changed.find(part), std::string::npos) << part;
        return changed.replace(changed.find(part), part.size(), by);
    };
    EXPECT_TRUE(loads(text));
    EXPECT_FALSE(loads("{}"));
    EXPECT_FALSE(loads(with("\"06990014\"", "\"06990099\"")));
    EXPECT_FALSE(loads(with("\"joined\"", "\"married\"")));
    EXPECT_FALSE(loads(with("\"2025-09-16\"", "\"2025-09-31\"")));
    EXPECT_FALSE(loads(with("\"deadline_days\": 231, ", ""))) << "its text names a deadline";
    EXPECT_FALSE(loads(with("\"amount_yen\": [2000, 2000],", ""))) << "its text names an amount";
    EXPECT_FALSE(loads(with("[2000, 2000]", "[2000, 1000]")));
    EXPECT_FALSE(loads(with("\"sum\": \"unpaid\"", "\"sum\": \"debts\"")));
    EXPECT_FALSE(loads(with("\"sum\": \"unpaid\", ", ""))) << "its text names an amount";
    EXPECT_FALSE(loads(with("\"after\": \"invited\"", "\"after\": \"certification-ends\"")));
    EXPECT_FALSE(loads(with("\"amount_yen\": [2000, 2000]", "\"sum\": \"unpaid\"")));
    EXPECT_FALSE(loads(with("入るかどうかは自由です", "{office}"))) << "only the state has many";
    EXPECT_FALSE(loads(with("\"percent\": 70", "\"percent\": 101")));
    EXPECT_FALSE(loads(with("\"percent\": 70", "\"percent\": 70, \"more\": 1")));
    EXPECT_FALSE(loads(with("\"society-checkup\"", "\"society-medical-costs\"")));
    EXPECT_FALSE(loads(with("これまでに", std::string(1'000, 'x'))));
    EXPECT_THROW(Notices(folder.path("nowhere"), on), OperatorError);
}

TEST(NoticesFile, NamedNoticesSayWhatTheirTextSays) {
    const Notices notices(country_folder(), on);
    Person person;
    person.birth = date("1986-05-01");
    person.coverage.emplace_back().from = date("2026-04-01");  // the city's
    const auto given = [&](NamedNotice named) {
        auto one = person;
        one.named_notices = {std::move(named)};
        notices.draw(one);
        return one.coverage[0].notices.size();
    };
    const NamedNotice good{"city-premium", date("2026-11-09"), date("2026-11-30"), 18'400};
    EXPECT_EQ(given(good), 1U);
    auto changed = good;
    changed.day = on;
    EXPECT_EQ(given(changed), 0U) << "not sent yet";
    changed = good;
    changed.amount_yen = std::nullopt;
    EXPECT_THROW((void)given(changed), OperatorError);
    changed = good;
    changed.deadline = std::nullopt;
    EXPECT_THROW((void)given(changed), OperatorError);
    changed = good;
    changed.name = "city-lottery";
    EXPECT_THROW((void)given(changed), OperatorError);
    EXPECT_THROW((void)given({"society-joined", date("2026-05-01"), {}, {}}), OperatorError)
        << "of an insurer that is not theirs";
    const NamedNotice unpaid{"nenkin-unpaid", date("2026-11-10"), date("2026-11-30"), {}};
    EXPECT_THROW((void)given(unpaid), OperatorError) << "nobody of the state's";
    person.pension.emplace().categories = {
        {.category = Category::first, .from = date("2026-04-01"), .last = {}}};
    EXPECT_EQ(given(unpaid), 0U) << "not the city's";
    person.pension->payments = {{.payment = Payment::paid, .from = date("2026-04-01"), .to = {}}};
    EXPECT_THROW((void)given(unpaid), OperatorError) << "about no amount";
    EXPECT_THROW((void)given({"npf-invitation", date("2026-05-25"), {}, {}}), OperatorError)
        << "who is not invited";
}

}  // namespace
}  // namespace mado::country
