// A person's own records through the real programs: claims and notices, and who may not have them.
#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include "client/claims.hpp"
#include "client/own.hpp"
#include "country_fixture.hpp"

namespace mado::tests {
namespace {

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

class RecordsOfAPerson : public OneCountry {
  protected:
    static Finished claims(const std::string& card, std::vector<std::string> more = {}) {
        more.insert(more.begin(), {"records", "claims", "--card", card, "--pin", "1234"});
        return country().cli(more);
    }
    static Finished checkups(const std::string& card, std::vector<std::string> more = {}) {
        more.insert(more.begin(), {"records", "checkups", "--card", card, "--pin", "1234"});
        return country().cli(std::move(more));
    }
    static Finished notices(const std::string& card, std::vector<std::string> more = {}) {
        more.insert(more.begin(), {"records", "notices", "--card", card, "--pin", "1234"});
        return country().cli(more);
    }
    // Holder and id in the line after the one with this subject.
    static std::string name_of(const std::string& output, std::string_view subject) {
        constexpr std::string_view before = "--open ";
        const auto at = output.find(before, output.find(subject));
        if (at == std::string::npos) return "";
        return output.substr(at + before.size(), output.find("（", at) - at - before.size());
    }
    // A head for claims as that organisation would ask; the portal's purpose is own-view.
    static wire::Head head(const std::string& requester) {
        auto out = country().head(requester);
        out.service = service("claims");
        if (requester == "portal") out.purpose = code_id("own-view");
        out.parameters = {{"from", "2026-01"}, {"to", "2026-07"}};
        return out;
    }
    static std::string signed_mandate(const std::string& organisation, wire::MandateKind kind,
                                      std::string_view scope = "claims") {
        auto mandate = country().mandate(organisation);
        mandate.kind = kind;
        mandate.scope = {service(scope)};
        mandate.expires = mandate.issued_at + wire::lifetime_s_max(kind);
        return country().sign(mandate, "hanako");
    }
    static std::string code_of(const std::string& requester, const wire::Head& head,
                               std::string_view subject) {
        const auto reply = country().ask(country().office(requester), head, as_bytes(subject));
        return reply.status == 200 ? "answered" : reply.code;
    }
    static std::size_t entries_of_hanako() {
        const auto entries = country().entries("hanako");
        if (!entries) throw Failure("hanako has no entries");
        return entries->entries.size();
    }
    // Who tried by a number of hers and may not, once all of `wanted` are there: each is written
    // after the one who asked has heard.
    static std::set<std::string> refused_of_hanako(const std::set<std::string>& wanted) {
        std::set<std::string> out;
        for (int i = 0; i < 50 && !std::ranges::includes(out, wanted); ++i) {
            if (i > 0) pause_ms(100);
            const auto entries = country().entries("hanako");
            if (!entries) throw Failure("hanako has no entries");
            for (const auto& entry : entries->entries) {
                if (entry.refused_try) out.insert(entry.requester);
            }
        }
        return out;
    }
};

// Her present insurer and her former one, each with its own months; then she sees that she looked.
TEST_F(RecordsOfAPerson, ClaimsOfEveryInsurer) {
    const auto before = entries_of_hanako();
    const auto done = claims("hanako", {"--from", "2026-01", "--to", "2026-07"});
    EXPECT_EQ(done.status, 0) << done.output;
    for (const auto* part :
         {"A市国民健康保険  2026-01 から 2026-07 まで", "まどか電機健康保険組合",
          "2026-05  A市駅前整形外科  医科  768 点  支払 2300 円  3 日",
          "112007410  再診料  150 点（2 回）", "2026-02  駅前調剤薬局  調剤  147 点",
          "内訳は、保険者が医師に確認したうえで開示されます", "claims have come in to 2026-07",
          "receipt verified: entry "}) {
        EXPECT_TRUE(has(done.output, part)) << part << "\n" << done.output;
    }
    EXPECT_FALSE(has(done.output, "精神療法")) << "what is withheld stays at the insurer";
    EXPECT_EQ(entries_of_hanako(), before + 2);
    const auto log = country().cli({"log", "show", "--card", "hanako", "--pin", "1234"});
    EXPECT_TRUE(has(log.output, "マイページ → まどか電機健康保険組合  claims／card-pin  answered"))
        << log.output;
    EXPECT_TRUE(has(log.output, "個人情報の保護に関する法律")) << log.output;
}

TEST_F(RecordsOfAPerson, NoClaimIsAnAnswer) {
    const auto done = claims("hanako", {"--from", "2026-08", "--to", "2026-11"});
    EXPECT_EQ(done.status, 0) << done.output;
    EXPECT_TRUE(has(done.output, "no claims")) << done.output;
    EXPECT_TRUE(has(done.output, "2026-07 診療分まで届いています")) << done.output;
}

// Twins under one number: nobody is shown what the other had.
TEST_F(RecordsOfAPerson, WhoCannotBeToldApartGetsNothing) {
    const auto done = claims("takasaki-1");
    EXPECT_EQ(done.status, 3) << done.output;
    EXPECT_TRUE(has(done.output, "several_match")) << done.output;
}

TEST_F(RecordsOfAPerson, ClaimsAsJson) {
    const auto done = claims("hanako", {"--from", "2026-01", "--to", "2026-07", "--json"});
    ASSERT_EQ(done.status, 0) << done.output;
    const auto bundle = valid(parse_json_object(
        done.output, {.text_bytes_max = 1U << 20U, .depth_max = 32, .values_max = 20'000}));
    std::map<std::string, int> types;
    std::vector<json::object> binaries;
    std::int64_t paid = 0;
    for (const auto& entry : bundle.at("entry").as_array()) {
        const auto& resource = entry.at("resource").as_object();
        const std::string type(resource.at("resourceType").as_string());
        ++types[type];
        if (type == "Binary") binaries.push_back(resource);
        if (type != "ExplanationOfBenefit") continue;
        EXPECT_EQ(resource.at("use"), "claim");
        EXPECT_FALSE(resource.contains("diagnosis"));
        paid += resource.at("total").at(1).at("amount").at("value").as_int64();
    }
    EXPECT_EQ(types, (std::map<std::string, int>{
                         {"ExplanationOfBenefit", 9}, {"OperationOutcome", 2}, {"Binary", 4}}));
    EXPECT_EQ(paid, 2300 + 1050 + 440 + 1370 + 1350 + 1050 + 440 + 560 + 740);
    ASSERT_EQ(binaries.size(), 4U);
    for (const std::size_t at : {0U, 2U})
        expect_proof(binaries[at], binaries[at + 1], country().directory());
}

TEST_F(RecordsOfAPerson, MonthsThatDoNotFit) {
    for (const auto& words :
         std::vector<std::vector<std::string>>{{"--from", "2026-13"},
                                               {"--from", "2026-07", "--to", "2026-01"},
                                               {"--from", "2015-01"},
                                               {"--to", "July"}}) {
        const auto done = claims("hanako", words);
        EXPECT_EQ(done.status, 2) << done.output;
        EXPECT_TRUE(has(done.output, "--from, --to: ")) << done.output;
    }
    // The relay refuses them too, before anything is logged.
    const auto login = wire::mandate_subject(signed_mandate("portal", wire::MandateKind::login));
    const auto before = entries_of_hanako();
    for (const auto& parameters :
         std::vector<std::map<std::string, std::string>>{{{"from", "2026-13"}},
                                                         {{"from", "2026-07"}, {"to", "2026-01"}},
                                                         {{"from", "2015-01"}},
                                                         {{"on", "2026-07-01"}}}) {
        auto asked = head("portal");
        asked.parameters = parameters;
        EXPECT_EQ(code_of("portal", asked, login), "malformed");
    }
    EXPECT_EQ(entries_of_hanako(), before);
    EXPECT_EQ(code_of("portal", head("portal"), login), "answered");
}

// Only the portal, only with a log-in that the person's card signed for claims.
TEST_F(RecordsOfAPerson, OnlyThePersonThroughThePortal) {
    const auto before = entries_of_hanako();
    using wire::MandateKind;
    for (const auto kind : {MandateKind::login, MandateKind::check}) {
        EXPECT_EQ(code_of("clinic-1", head("clinic-1"),
                          wire::mandate_subject(signed_mandate("clinic-1", kind))),
                  "mandate_scope")
            << "a clinic needs the person's consent";
    }
    auto as_own = head("clinic-1");
    as_own.purpose = code_id("own-view");
    EXPECT_EQ(code_of("clinic-1", as_own,
                      wire::mandate_subject(signed_mandate("clinic-1", MandateKind::login))),
              "not_allowed");
    const auto with = [](const std::string& mandate) {
        return code_of("portal", head("portal"), wire::mandate_subject(mandate));
    };
    EXPECT_EQ(with(signed_mandate("portal", MandateKind::check)), "mandate_scope");
    EXPECT_EQ(with(signed_mandate("portal", MandateKind::login, "entries")), "mandate_scope");
    EXPECT_EQ(with(signed_mandate("clinic-1", MandateKind::login)), "mandate_for_other");
    const auto number = number_subject("621874998319", "1986-05-01");
    EXPECT_EQ(code_of("portal", head("portal"), as_text(number)), "not_allowed");
    auto care = head("portal");
    care.to.kind = code_id("care-insurer");
    EXPECT_EQ(code_of("portal", care,
                      wire::mandate_subject(signed_mandate("portal", MandateKind::login))),
              "not_allowed");
    EXPECT_TRUE(refused_of_hanako({"portal"}).contains("portal"));
    EXPECT_LE(entries_of_hanako(), before + 1) << "none was forwarded; the try by number she sees";
}

// The state, and the federation that took her fund's place; nobody but she may ask.
TEST_F(RecordsOfAPerson, Pensions) {
    const auto before = entries_of_hanako();
    const auto done = country().cli({"records", "pension", "--card", "hanako", "--pin", "1234"});
    EXPECT_EQ(done.status, 0) << done.output;
    for (const auto* part :
         {"日本年金機構  九十九年金事務所（0990-20-0101）", "2026-04 〜          国民年金 第1号",
          "受給資格期間 244 月", "これまでの分 so far 65歳  国民年金  月 30596 円",
          "全国国民年金基金  加入相談室（0990-20-0303）\n  加入していません not joined\n",
          "企業年金連合会", "2009-04 〜 2010-03  厚生年金基金  九十九県印刷業厚生年金基金",
          "receipt verified: entry "}) {
        EXPECT_TRUE(has(done.output, part)) << part << "\n" << done.output;
    }
    EXPECT_EQ(entries_of_hanako(), before + 3);
    const auto haru = country().cli({"records", "pension", "--card", "haru", "--pin", "1234"});
    EXPECT_TRUE(has(haru.output, "受給中 paid  国民年金  月 44005 円")) << haru.output;
}

// 在職老齢年金: the limit of the fiscal year that it is, and both ends of what is stopped.
TEST_F(RecordsOfAPerson, WhatMayBeEarnedBesideAPension) {
    const auto shown = country().cli({"records", "pension", "--card", "taro", "--pin", "1234"});
    EXPECT_EQ(shown.status, 0) << shown.output;
    EXPECT_NE(shown.output.find("働きながら while working  給与 月 "), std::string::npos)
        << shown.output;
}

// The portal serves the very build that its directory lists, and nobody else is that site.
TEST_F(RecordsOfAPerson, ThePortalServesWhatTheDirectoryLists) {
    const auto same = country().cli({"verify", "portal"});
    EXPECT_EQ(same.status, 0) << same.output;
    EXPECT_NE(same.output.find("the same as in the directory"), std::string::npos) << same.output;
    EXPECT_EQ(country().cli({"verify", "portal", country().portal()}).status, 0);
    const auto other = country().cli({"verify", "portal", "https://portal.example:1/"});
    EXPECT_EQ(other.status, 2) << other.output;
}

TEST_F(RecordsOfAPerson, PensionsOfNobodyElse) {
    const auto before = entries_of_hanako();
    const auto asked = [](const std::string& requester, const char* which) {
        auto out = head(requester);
        out.service = service(which);
        out.parameters = {};
        out.to.kind = code_id("pension");
        return out;
    };
    using wire::MandateKind;
    auto as_own = asked("clinic-1", "pension");
    for (const auto* purpose : {"treatment", "own-view"}) {
        as_own.purpose = code_id(purpose);
        EXPECT_EQ(code_of("clinic-1", as_own,
                          wire::mandate_subject(
                              signed_mandate("clinic-1", MandateKind::login, "pension"))),
                  "not_allowed");
    }
    // Not by number: neither by the one that the state gave, nor by the health-care number, and not
    // for her eligibility.
    const auto own =
        wire::number_subject("basic-pension-number", {{"number", "9990104218"}}, "1986-05-01");
    const auto health = number_subject("621874998319", "1986-05-01");
    for (const auto* which : {"pension", "eligibility"}) {
        for (const auto* requester : {"portal", "clinic-1", "police-1"}) {
            EXPECT_EQ(code_of(requester, asked(requester, which), own), "not_allowed");
            EXPECT_EQ(code_of(requester, asked(requester, which), as_text(health)), "not_allowed");
        }
    }
    // To where a number may be used, that number leads nowhere.
    auto clinic = country().head("clinic-1");
    EXPECT_EQ(code_of("clinic-1", clinic, own), "no_match");
    const std::set<std::string> tried{"clinic-1", "police-1", "portal"};
    EXPECT_EQ(refused_of_hanako(tried), tried);
    EXPECT_LE(entries_of_hanako(), before + 6) << "each once a day, for each of two numbers";
}

// It is for medical and care use: an investigator asks by another number or not at all.
TEST_F(RecordsOfAPerson, TheHealthCareNumberIsForMedicalAndCareUse) {
    auto asked = country().head("police-1");
    asked.purpose = code_id("investigation");
    const auto insured = wire::number_subject(
        "insured-number",
        {{"insurer", "990010"}, {"symbol", "あいう"}, {"number", "0000187"}, {"branch", "01"}},
        "1986-05-01");
    EXPECT_EQ(code_of("police-1", asked, insured), "answered");
    asked.jti = country().head("police-1").jti;
    EXPECT_EQ(code_of("police-1", asked, as_text(number_subject("621874998319", "1986-05-01"))),
              "not_allowed");
    EXPECT_TRUE(refused_of_hanako({"police-1"}).contains("police-1"));
    const auto log = country().cli({"log", "show", "--card", "hanako", "--pin", "1234"});
    EXPECT_TRUE(has(log.output, "九十九県警察本部")) << log.output;
}

// The insurance page asks for the same that a clinic does, for the person alone.
TEST_F(RecordsOfAPerson, OwnEligibility) {
    auto asked = country().head("portal");
    asked.service = service("eligibility");
    asked.purpose = code_id("own-view");
    const auto login = [](std::string_view scope) {
        return wire::mandate_subject(signed_mandate("portal", wire::MandateKind::login, scope));
    };
    EXPECT_EQ(code_of("portal", asked, login("eligibility")), "answered");
    EXPECT_EQ(code_of("portal", asked, login("claims")), "mandate_scope");
}

// A dead insurer costs its own claims only.
TEST_F(RecordsOfAPerson, OneInsurerThatDoesNotAnswer) {
    EXPECT_EQ(claims("hanako").status, 0) << "each insurer is in her list";
    country().kill9("gateway-1");
    const auto done = claims("hanako", {"--from", "2026-01", "--to", "2026-07"});
    country().up();
    EXPECT_EQ(done.status, 1) << done.output;
    EXPECT_TRUE(has(done.output, "回答なし A市国民健康保険: unavailable")) << done.output;
    EXPECT_TRUE(has(done.output, "まどか電機健康保険組合  2026-01")) << done.output;
    EXPECT_FALSE(has(done.output, "A市国民健康保険  2026-01")) << done.output;
}

// A comparison with a dead insurer names it, and gives no all-clear.
TEST_F(RecordsOfAPerson, ComparisonWithOneThatDoesNotAnswer) {
    EXPECT_EQ(claims("hanako").status, 0) << "each insurer is in her list";
    const std::vector<std::string> show{"log",   "show", "--card",   "hanako",
                                        "--pin", "1234", "--compare"};
    auto as_json = show;
    as_json.push_back("--json");
    const auto before = country().cli(show);
    EXPECT_EQ(before.status, 0) << before.output;
    EXPECT_TRUE(has(before.output, "nothing is missing on either side")) << before.output;
    country().kill9("gateway-1");
    const auto alone = claims("haru");
    EXPECT_EQ(alone.status, 3) << alone.output;
    EXPECT_TRUE(has(alone.output, "回答なし no answer: ")) << alone.output;
    EXPECT_TRUE(has(alone.output, "九十九県後期高齢者医療広域連合")) << alone.output;
    const auto done = country().cli(show);
    const auto page = country().cli(as_json);
    country().up();
    EXPECT_EQ(done.status, 3) << done.output;
    EXPECT_TRUE(has(done.output, "not compared: A市国民健康保険: unavailable")) << done.output;
    EXPECT_TRUE(has(done.output, "まどか電機健康保険組合  証跡")) << done.output;
    EXPECT_TRUE(has(done.output, "the comparison is not complete")) << done.output;
    EXPECT_FALSE(has(done.output, "nothing is missing")) << done.output;
    EXPECT_EQ(page.status, 3);
    EXPECT_TRUE(has(page.output, "\"complete\":false")) << page.output;
}

TEST_F(RecordsOfAPerson, LinksOneAfterAnother) {
    const auto records = wait_for(
        client::fetch_own(country().directory(), country().office("portal"),
                          {.service = service("claims"),
                           .kinds = {code_id("medical-insurer"), code_id("care-insurer")},
                           .parameters = {{"from", "2026-02"}, {"to", "2026-02"}},
                           .login_mandate = signed_mandate("portal", wire::MandateKind::login)}));
    ASSERT_EQ(records.size(), 3U);
    EXPECT_EQ(records[0].position, 1);
    EXPECT_EQ(records[1].position, 2);
    ASSERT_TRUE(records[1].answer);
    EXPECT_EQ(records[1].answer->answer.issuer.text(), "06990014");
    const auto read = client::read_claims(*records[1].answer, {{"from", "2026-02"}});
    ASSERT_TRUE(read);
    EXPECT_EQ(read->claims.size(), 3U);
    EXPECT_FALSE(client::read_claims(*records[1].answer, {{"from", "2026-03"}}))
        << "other months than those asked";
    // What the policy does not allow ends its own line only.
    ASSERT_FALSE(records[2].answer);
    EXPECT_EQ(records[2].answer.error().code, Code::not_allowed);
}

// ---- check-ups ----

// Her insurer since April has her first one; her former insurer has none: she was under 40.
TEST_F(RecordsOfAPerson, CheckupsOfEveryInsurer) {
    const auto done = checkups("hanako");
    EXPECT_EQ(done.status, 0) << done.output;
    for (const auto* part :
         {"2026-08-19  A市健診センター  特定健康診査", "身長  158.2 cm\n",
          "LDLコレステロール  128 mg/dl（基準 120未満）  基準の範囲の外",
          "HbA1c（NGSP）  5.4 %（基準 5.6未満）\n", "メタボリックシンドローム判定  非該当",
          "尿蛋白  (-)（基準 (-)）\n", "no check-ups", "results have come in to 2026-09",
          "receipt verified: entry "}) {
        EXPECT_TRUE(has(done.output, part)) << part << "\n" << done.output;
    }
    const auto haru = checkups("haru");
    EXPECT_EQ(haru.status, 0) << haru.output;
    EXPECT_TRUE(has(haru.output, "後期高齢者の健康診査")) << haru.output;
    EXPECT_TRUE(has(haru.output, "収縮期血圧  134 mmHg（基準 130未満）  基準の範囲の外"))
        << "the 広域連合 says so itself\n"
        << haru.output;
    EXPECT_FALSE(has(haru.output, "メタボリックシンドローム判定  ")) << haru.output;
    EXPECT_EQ(checkups("takasaki-1").status, 3) << "twins cannot be told apart";
    EXPECT_EQ(checkups("hanako", {"--from", "2021-10"}).status, 2) << "more than 60 months";
}

TEST_F(RecordsOfAPerson, CheckupsAsJson) {
    const auto done = checkups("taro", {"--json"});
    ASSERT_EQ(done.status, 0) << done.output;
    const auto bundle = valid(parse_json_object(
        done.output, {.text_bytes_max = 1U << 20U, .depth_max = 32, .values_max = 50'000}));
    std::map<std::string, int> types;
    for (const auto& entry : bundle.at("entry").as_array())
        ++types[std::string(entry.at("resource").at("resourceType").as_string())];
    EXPECT_EQ(types, (std::map<std::string, int>{
                         {"DiagnosticReport", 4}, {"OperationOutcome", 1}, {"Binary", 2}}));
}

// ---- notices ----

// The union of her holders, newest first; reading one is an order, and its entry says that she did.
TEST_F(RecordsOfAPerson, NoticesOfEveryHolderAndOneOfThem) {
    const auto list = notices("hanako");
    ASSERT_EQ(list.status, 0) << list.output;
    for (const auto* part :
         {"2026-11-09  未開封 new  国民健康保険料の納付のお願い  A市 保険年金課",
          "期限 due 2026-11-30  納める額 to pay 18400 円  手続 procedure premium-payment",
          "国民年金の資格取得手続のご案内", "（まどか電機健康保険組合）",
          "国民年金基金加入のご案内  全国国民年金基金 九十九支部",
          "厚生年金の資格喪失確認のお知らせ  日本年金機構 九十九年金事務所"}) {
        EXPECT_TRUE(has(list.output, part)) << part << "\n" << list.output;
    }
    EXPECT_LT(list.output.find("国民健康保険料"), list.output.find("国民年金の資格取得"));
    const auto name = name_of(list.output, "国民年金の資格取得");
    const auto before = entries_of_hanako();
    const auto opened = notices("hanako", {"--open", name});
    EXPECT_EQ(opened.status, 0) << opened.output;
    for (const auto* part : {"国民年金の資格取得手続のご案内", "2026-04-08  A市 保険年金課",
                             "2026年4月14日までに", "receipt verified: entry "}) {
        EXPECT_TRUE(has(opened.output, part)) << part << "\n" << opened.output;
    }
    // The lists of two insurers, three pension holders and the issuing centre, and the one notice
    // at the one that has it.
    EXPECT_EQ(entries_of_hanako(), before + 7);
    const auto again = notices("hanako");
    EXPECT_TRUE(has(again.output, "開封済 opened  国民年金の資格取得手続のご案内")) << again.output;
    EXPECT_TRUE(has(again.output, "未開封 new  国民健康保険料の納付のお願い")) << again.output;
    const auto log = country().cli({"log", "show", "--card", "hanako", "--pin", "1234"});
    EXPECT_TRUE(has(log.output, "マイページ → A市国民健康保険  notice／card-pin  answered"))
        << log.output;
    EXPECT_TRUE(has(log.output, "情報通信技術を活用した行政の推進等に関する法律第7条"))
        << log.output;
}

TEST_F(RecordsOfAPerson, NoticesOfACareInsurerToo) {
    const auto list = notices("haru");
    ASSERT_EQ(list.status, 0) << list.output;
    EXPECT_TRUE(has(list.output, "要介護認定の更新のご案内")) << list.output;
    EXPECT_TRUE(has(list.output, "高額療養費をお支払いします")) << list.output;
    const auto opened =
        notices("haru", {"--open", name_of(list.output, "要介護認定の更新のご案内")});
    EXPECT_EQ(opened.status, 0) << opened.output;
    EXPECT_TRUE(has(opened.output, "2025年8月31日で終わります")) << opened.output;
}

// Whose it is decides the number that the relay sends, not the id.
TEST_F(RecordsOfAPerson, NoticeOfSomebodyElse) {
    const auto of_nguyen = name_of(notices("nguyen").output, "国民健康保険料の納付のお願い");
    ASSERT_TRUE(of_nguyen.starts_with("990010/")) << of_nguyen;
    ASSERT_NE(of_nguyen, name_of(notices("hanako").output, "国民健康保険料の納付のお願い"));
    const auto done = notices("hanako", {"--open", of_nguyen});
    EXPECT_EQ(done.status, 2) << done.output;
    EXPECT_TRUE(has(done.output, "there is no notice " + of_nguyen)) << done.output;
    const auto ask = [](const std::map<std::string, std::string>& parameters) {
        auto asked = head("portal");
        asked.service = service("notice");
        asked.parameters = parameters;
        return code_of(
            "portal", asked,
            wire::mandate_subject(signed_mandate("portal", wire::MandateKind::login, "notice")));
    };
    const auto before = entries_of_hanako();
    EXPECT_EQ(ask({{"id", of_nguyen.substr(of_nguyen.find('/') + 1)}}), "no_match");
    EXPECT_EQ(entries_of_hanako(), before + 1) << "she sees that it was tried";
    for (const auto& wrong : std::vector<std::map<std::string, std::string>>{
             {}, {{"id", ""}}, {{"id", "1 or 1"}}, {{"id", std::string(41, '1')}}}) {
        EXPECT_EQ(ask(wrong), "malformed");
    }
    EXPECT_EQ(entries_of_hanako(), before + 1);
}

TEST_F(RecordsOfAPerson, NoticesOnlyWithALogInForThem) {
    using wire::MandateKind;
    for (const auto* name : {"notices", "notice"}) {
        auto asked = head("portal");
        asked.service = service(name);
        asked.parameters.clear();
        if (std::string_view(name) == "notice") asked.parameters = {{"id", "1"}};
        EXPECT_EQ(code_of("portal", asked,
                          wire::mandate_subject(signed_mandate("portal", MandateKind::login))),
                  "mandate_scope")
            << name;
        auto clinics = asked;
        clinics.issuer = *wire::ParticipantId::parse("clinic-1");
        EXPECT_EQ(
            code_of("clinic-1", clinics,
                    wire::mandate_subject(signed_mandate("clinic-1", MandateKind::consent, name))),
            "not_allowed")
            << name;
    }
    // The issuing centre, which knows them apart, has none.
    const auto twin = notices("takasaki-1");
    EXPECT_EQ(twin.status, 1) << twin.output;
    EXPECT_TRUE(has(twin.output, "several_match")) << twin.output;
}

TEST_F(RecordsOfAPerson, NoticesWithWordsThatDoNotFit) {
    for (const auto& words :
         std::vector<std::vector<std::string>>{{"--from", "2026-13"},
                                               {"--to", "2015-01", "--from", "2016-01"},
                                               {"--open", "6"},
                                               {"--open", "990010/a b"}}) {
        const auto done = notices("hanako", words);
        EXPECT_EQ(done.status, 2) << done.output;
    }
}

}  // namespace mado::tests
