// Lives that a card goes through, by the real programs: abroad and back, another name, another
// insurer, a death. What the register knows it says by itself. (Who moves to another municipality:
// issuing_test.cpp.)
#include <algorithm>
#include <boost/json.hpp>
#include <functional>
#include <set>

#include "base/clock.hpp"
#include "base/file.hpp"
#include "crypto/digest.hpp"
#include "db/db.hpp"
#include "issuing_fixture.hpp"

namespace mado::tests {
namespace {

class LivesTest : public AtTheWindow {
  protected:
    // As the window hands cards over.
    static constexpr CardSecrets secrets{.pin = "2468", .password = "ABC987"};
    std::string open(const std::vector<std::string>& words) {
        std::vector<std::string> all{"open", "--person", person_};
        all.insert(all.end(), words.begin(), words.end());
        return text_at(done(all), "number");
    }
    void make_card(const std::string& number, const std::string& card) {
        done({"card", number, card, "--new-pin", std::string(secrets.pin), "--new-password",
              std::string(secrets.password)});
    }
    void first_card() {
        person_ = text_at(done({"open"}), "number");
        done({"apply", person_, application()});
        wait_for_step(person_, "make_keys");
        make_card(person_, "jiro");
        done({"hand-over", person_});
        number_ = text_at(wait_for_step(person_, ""), "health_care_number");
        ASSERT_TRUE(works("jiro"));
        expect_certificates("good", 2);
    }
    json::object applied() { return *parse_json_object(read_file(application()).value_or("")); }
    std::string resident_number() {
        return text_at(applied().at("claims").at(0).at("number").at("fields").as_object(),
                       "number");
    }
    void at_the_register(const std::string& change) {
        at("992011",
           "update 住民 set " + change + " where 住民票コード = '" + resident_number() + "'");
    }
    // Nobody at the window has opened it: the newest case of that kind, once it is there.
    std::string said_by_the_register(const std::string& kind) {
        const auto until = monotonic_us() + 20'000'000;
        while (monotonic_us() < until) {
            const auto found = done({"find", "--health-number", number_});
            const auto& cases = found.at("people").at(0).at("cases").as_array();
            const auto newest = cases.at(0).as_object();
            if (text_at(newest, "kind") == kind && newest.at("todo").is_array() &&
                seen_.insert(text_at(newest, "number")).second) {
                return text_at(newest, "number");
            }
        }
        ADD_FAILURE() << "no case was opened: " << kind;
        return {};
    }
    crypto::Certificate certificate_of(const std::string& card, card::KeyUse use) {
        const auto chip =
            card::open_card(std::make_unique<chip::Inserted>(country.places().card(card))).value();
        if (use == card::KeyUse::authentication) return chip->authentication_certificate().value();
        return chip->signing_certificate(Secret(as_bytes(secrets.password))).value();
    }
    // What its signing certificate says of the person stands in it as it is written.
    std::string signing_certificate(const std::string& card) {
        return std::string(as_text(certificate_of(card, card::KeyUse::signing).der()));
    }
    // What the authority says of it to whoever asks, by OpenSSL, where the certificate says:
    // "good".
    std::string asked_by_ocsp(const crypto::Certificate& certificate) {
        const std::string openssl = "/usr/bin/openssl", one = country.path("asked.pem");
        const auto authority = country.places().ca_certificate();
        replace_file(one, certificate.pem());
        auto url = run_program({openssl, "x509", "-in", one, "-noout", "-ocsp_uri"}).output;
        url.resize(std::min(url.find('\n'), url.size()));
        const auto said = run_program({openssl, "ocsp", "-issuer", authority, "-CAfile", authority,
                                       "-cert", one, "-url", url, "-no_nonce"})
                              .output;
        EXPECT_NE(said.find("Response verify OK"), std::string::npos) << said;
        const auto at = said.find(one + ": ");
        if (at == std::string::npos) return said;
        const auto from = at + one.size() + 2;
        return said.substr(from, said.find('\n', from) - from);
    }
    // Something for the issuing centre, by its signing key: "judged", or why the relay refuses it.
    std::string signature_of(const std::string& card) {
        const auto& issuer = country.office("issuer");
        const auto& directory = country.directory();
        auto payload = client::seal_payload(*directory.find(issuer.id), "an application").value();
        auto mandate = country.mandate("issuer");
        mandate.kind = wire::MandateKind::application;
        mandate.scope = {service("signature")};
        mandate.payload_hashes = {crypto::sha256(as_bytes(payload))};
        const auto jws = country.sign(mandate, card, secrets);
        const auto judged =
            wait_for(ask_once(directory, issuer,
                              {.to = {.holder = directory.relay().id, .kind = {}, .position = 1},
                               .service = service("signature"),
                               .purpose = code_id("issuing"),
                               .parameters = {},
                               .subject = to_bytes(wire::application_subject(jws)),
                               .payload = std::move(payload)}));
        return judged ? "judged" : std::string(wire::info(judged.error().code).name);
    }
    // By which the authority and the relay have heard of it.
    void expect_soon(const std::string& what, const std::function<std::string()>& says) {
        const auto until = monotonic_us() + 20'000'000;
        while (says() != what && monotonic_us() < until)
            pause_ms(50);
        EXPECT_EQ(says(), what);
    }
    static json::object claim(const char* role, const char* scheme, json::object fields) {
        return {{"role", role}, {"number", {{"scheme", scheme}, {"fields", std::move(fields)}}}};
    }
    // Of a child whom the demo country does not have: from here on he lives in A市, is in its 国保
    // and has its subsidy.
    json::object child() {
        const std::string address(childs_address);
        const auto code =
            text_of("992011", "select 住民票コード from 未使用番号 order by 順 limit 1");
        at("992011", "delete from 未使用番号 where 住民票コード = '" + code + "'");
        at("992011", "insert into 住民 values ('" + code +
                         "', '厚労 葵太', 'コウロウ アオタ', '', '2020-05-10', '1', '" + address +
                         "', 999995, '2024-06-01', null, null)");
        at("990010",
           "insert into setai values (999995, '', '0009995', '" + address + "', '厚労 葵太')");
        at("990010",
           "insert into kojin values (999995, 999995, '01', '厚労 葵太', 'コウロウ アオタ', '', "
           "5020510, '男')");
        at("990010", "insert into shikaku values (999995, 1, 5060601, 0, 0)");
        at("990010",
           "insert into kyufu select 999995, 1, 5060601, 5991231, 2, gendo_kubun, 0 from kyufu "
           "limit 1");
        at("88990015",
           "insert into 受給者 values ('9999962', '厚労 葵太', 'コウロウ アオタ', "
           "'2020-05-10', '1', '" +
               address + "', '2024-06-01', '2039-03-31')");
        at("88990015", "insert into 自己負担 values ('9999962', '2024-06-01', '2039-03-31', 0)");
        return {
            {"person",
             {{"name", "厚労 葵太"},
              {"kana", "コウロウ アオタ"},
              {"sex", "male"},
              {"address", address},
              {"birth_date", "2020-05-10"}}},
            {"claims",
             json::array{claim("resident", "resident-number",
                               {{"municipality", "992011"}, {"number", code}}),
                         claim("medical", "insured-number",
                               {{"insurer", "990010"}, {"number", "0009995"}, {"branch", "01"}}),
                         claim("public-expense", "subsidy-number",
                               {{"payer", "88990015"}, {"number", "9999962"}})}},
            {"signing", false}};
    }
    static constexpr std::string_view childs_address = "九十九県A市窓町3丁目3番3号";
    std::string person_, number_;
    std::set<std::string> seen_;  // cases that were looked for
};

TEST_F(LivesTest, WhoGoesAbroadHasNoCardAndWhoComesBackIsTheSamePerson) {
    first_card();
    const auto people = "select count(*) from person";
    const auto known = counted("state/relay/relay.sqlite", people);

    // The register has them still: nobody's card ends by a word alone.
    const auto early = open({"--kind", "end", "--reason", "abroad"});
    wait_for_step(early, "settle");
    EXPECT_TRUE(works("jiro"));
    done({"cancel", early, "not yet"});
    seen_.insert(early);
    at_the_register("消除日 = '2026-10-31', 消除事由 = '国外転出'");
    const auto end = said_by_the_register("end");
    wait_for_step(end, "");
    expect_certificates("revoked", 2, "ended");
    expect_certificates("good", 0);
    EXPECT_FALSE(works("jiro"));
    const auto unlock =
        issue({"open", "--person", person_, "--kind", "unlock", "--uses", "authentication"});
    EXPECT_NE(unlock.output.find("no_card"), std::string::npos) << unlock.output;

    // Back: the register has them again, and all else is as it was.
    at_the_register("消除日 = null, 消除事由 = null, 住民となった日 = '2026-11-20'");
    const auto back = open({"--kind", "return"});
    done({"apply", back, application()});
    wait_for_step(back, "approve");
    done({"--clerk", "taro", "approve", back});
    make_card(back, "jiro-2");
    EXPECT_FALSE(works("jiro-2")) << "not active before it is handed over";
    done({"hand-over", back});
    const auto ended = wait_for_step(back, "");
    EXPECT_EQ(text_at(ended, "health_care_number"), number_);
    EXPECT_TRUE(works("jiro-2"));
    EXPECT_FALSE(works("jiro"));
    expect_certificates("good", 2);
    EXPECT_EQ(certificates("revoked", "ended"), 2);
    // One person at the relay, whose list goes on where it was.
    EXPECT_EQ(counted("state/relay/relay.sqlite", people), known);
    const auto looked = look({"log", "show", "--compare"}, "jiro-2");
    EXPECT_NE(looked.output.find("nothing is missing"), std::string::npos) << looked.output;
    EXPECT_EQ(count_of(looked.output, "link first"), 1U) << looked.output;
    EXPECT_EQ(count_of(looked.output, "card activate"), 2U) << looked.output;
    const auto checked =
        country.cli({"check", "--health-number", number_, "--birth-date", "1988-12-05"});
    EXPECT_EQ(checked.status, 0) << checked.output;
    const auto found = done({"find", "--health-number", number_}).at("people").as_array();
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found.at(0).at("cases").as_array().size(), 4U);
}

TEST_F(LivesTest, WhoGetsAnotherNameSignsWithItAndLogsInAsBefore) {
    first_card();
    const std::string before = "厚労 次郎", now = "佐藤 次郎";
    EXPECT_NE(signing_certificate("jiro").find(before), std::string::npos);
    const auto signing = certificate_of("jiro", card::KeyUse::signing);
    const auto log_in = certificate_of("jiro", card::KeyUse::authentication);
    EXPECT_EQ(asked_by_ocsp(signing), "good");
    EXPECT_EQ(signature_of("jiro"), "judged");
    auto renamed = applied();
    renamed.at("person").as_object()["name"] = now;
    renamed.at("person").as_object()["kana"] = "サトウ ジロウ";
    renamed["claims"] = json::array{renamed.at("claims").at(0)};
    renamed["signing"] = true;
    at_the_register("氏名 = '" + now + "', フリガナ = 'サトウ ジロウ'");
    const auto change = said_by_the_register("change");
    expect_certificates("revoked", 1, "attributes-changed");
    expect_certificates("good", 1);
    EXPECT_EQ(asked_by_ocsp(signing), "revoked");
    EXPECT_EQ(asked_by_ocsp(log_in), "good");
    expect_soon("card_revoked", [this] { return signature_of("jiro"); });
    EXPECT_TRUE(works("jiro")) << "the log-in says nothing of the name";
    EXPECT_NE(look({"records", "notices"}).output.find("署名用電子証明書が使えなくなりました"),
              std::string::npos);
    // Whoever opens a change at the window goes on with it.
    EXPECT_EQ(open({"--kind", "change"}), change);
    done({"apply", change, file("renamed", renamed)});
    wait_for_step(change, "approve");
    done({"--clerk", "taro", "approve", change});
    done({"card", change, "jiro", "--new-password", "ABC987"});
    wait_for_step(change, "");
    expect_certificates("good", 2);
    EXPECT_EQ(certificates("revoked", "attributes-changed"), 1);
    EXPECT_EQ(asked_by_ocsp(signing), "revoked");
    EXPECT_EQ(asked_by_ocsp(certificate_of("jiro", card::KeyUse::signing)), "good");
    EXPECT_EQ(signature_of("jiro"), "judged") << "by the new one";
    EXPECT_TRUE(works("jiro"));
    const auto certificate = signing_certificate("jiro");
    EXPECT_NE(certificate.find(now), std::string::npos);
    EXPECT_EQ(certificate.find(before), std::string::npos);
    const auto found = done({"find", "--health-number", number_}).at("people").at(0).as_object();
    EXPECT_EQ(text_at(found, "name"), now);
    const auto looked = look({"log", "show", "--compare"}, "jiro");
    EXPECT_NE(looked.output.find("nothing is missing"), std::string::npos) << looked.output;
    EXPECT_EQ(looked.output.find("link start"), std::string::npos) << "no number has changed";
    EXPECT_EQ(count_of(looked.output, "resident-changed"), 1U) << looked.output;
    EXPECT_EQ(count_of(looked.output, "card revoke"), 1U) << "the relay takes no signature more";
    EXPECT_EQ(
        done({"find", "--health-number", number_}).at("people").at(0).at("cases").as_array().size(),
        2U)
        << "what it says of the person now is no news";
}

// The register says it, and is asked once more: nobody at the window, nobody of the family.
TEST_F(LivesTest, ACardEndsWithADeathAndNobodyAtAWindow) {
    first_card();
    // Somebody had asked for another card, and does not come for it any more.
    const auto replacement = open({"--kind", "replacement", "--reason", "damaged"});
    at_the_register("消除日 = '2026-11-27', 消除事由 = '死亡'");
    const auto end = said_by_the_register("end");
    const auto one = wait_for_step(end, "");
    EXPECT_EQ(text_at(one, "reason"), "death");
    for (const auto& line : one.at("lines").as_array())
        EXPECT_FALSE(line.as_object().contains("clerk")) << "by nobody's hand";
    EXPECT_EQ(text_at(done({"show", replacement}), "cancelled"), "died");
    expect_certificates("good", 0);
    expect_certificates("revoked", 2, "ended");
    EXPECT_FALSE(works("jiro"));
}

// From the insurer of the work to the city's, with the card that there is: nothing that it says of
// the person has changed. The city has them later than they ask for it, and then a second time
// does.
TEST_F(LivesTest, WhoLeavesWorkHasAnotherInsurerAndTheSameCard) {
    first_card();
    const auto certificate = signing_certificate("jiro");
    at("06990014", "update member set lost_ymd = 20261101 where symbol = '21' and number = '1077'");
    const auto check = [&] {
        return country.cli({"check", "--health-number", number_, "--birth-date", "1988-12-05"})
            .output;
    };
    EXPECT_EQ(count_of(check(), "A市国民健康保険"), 0U);
    auto change = applied();
    const auto address = text_at(change.at("person").as_object(), "address");
    auto& claims = change.at("claims").as_array();
    claims.resize(2);
    claims.at(1).at("number").as_object()["fields"] =
        json::object{{"insurer", "990010"}, {"number", "0009996"}, {"branch", "01"}};

    const auto early = open({"--kind", "change"});
    done({"apply", early, file("insurer", change)});
    wait_for_step(early, "settle");
    done({"take-out", early, "1"});
    wait_for_step(early, "");
    EXPECT_EQ(count_of(check(), "A市国民健康保険"), 0U) << "nobody has confirmed it";

    at("990010",
       "insert into setai values (999996, '', '0009996', '" + address + "', '厚労 次郎')");
    at("990010",
       "insert into kojin values (999996, 999996, '01', '厚労 次郎', 'コウロウ ジロウ', '', "
       "3631205, '男')");
    at("990010", "insert into shikaku values (999996, 1, 5081101, 0, 0)");
    at("990010",
       "insert into kyufu select 999996, 1, 5081101, 5991231, 3, gendo_kubun, 0 from kyufu "
       "limit 1");
    const auto later = open({"--kind", "change"});
    done({"apply", later, file("insurer", change)});
    wait_for_step(later, "approve");
    done({"--clerk", "taro", "approve", later});
    wait_for_step(later, "");
    EXPECT_NE(count_of(check(), "A市国民健康保険"), 0U) << check();
    expect_certificates("good", 2);
    EXPECT_EQ(certificates("revoked"), 0);
    EXPECT_TRUE(works("jiro"));
    EXPECT_EQ(signing_certificate("jiro"), certificate);
    EXPECT_EQ(text_of("990010", "select hoken_iryo from hoken_iryo_bango where bango = '0009996'"),
              number_);
    const auto looked = look({"log", "show", "--compare"}, "jiro");
    EXPECT_NE(looked.output.find("nothing is missing"), std::string::npos) << looked.output;
}

// Insured by the city, with its subsidy; later the family is on welfare beside it. What a clinic is
// answered by the card has all of them.
TEST_F(LivesTest, AChildHasItsSubsidyWithTheCardAndAnotherLater) {
    auto applied = child();
    person_ = text_at(done({"open"}), "number");
    done({"apply", person_, file("child", applied)});
    wait_for_step(person_, "make_keys");
    done({"card", person_, "child", "--new-pin", "2468"});
    done({"hand-over", person_});
    wait_for_step(person_, "");
    const auto check = [&] { return country.cli({"check", "--card", "child", "--pin", "2468"}); };
    auto checked = check();
    EXPECT_EQ(checked.status, 0) << checked.output;
    for (const auto* what :
         {"A市国民健康保険", "窓口負担     2割", "A市子ども医療費助成", "窓口負担     0割"})
        EXPECT_NE(checked.output.find(what), std::string::npos) << what << "\n" << checked.output;
    EXPECT_EQ(checked.output.find("A市福祉事務所"), std::string::npos);

    at("12990016",
       "insert into case_daicho values (999995, '" + std::string(childs_address) + "', 20261101)");
    at("12990016",
       "insert into hi_hogosha values ('9999970', 999995, '厚労 葵太', 'コウロウ アオタ', "
       "20200510, '男', 20261101, 0, 1)");
    auto& claims = applied.at("claims").as_array();
    claims = json::array{claims.front(), claim("public-expense", "subsidy-number",
                                               {{"payer", "12990016"}, {"number", "9999970"}})};
    const auto change = open({"--kind", "change"});
    done({"apply", change, file("welfare", applied)});
    wait_for_step(change, "approve");
    done({"--clerk", "taro", "approve", change});
    wait_for_step(change, "");
    checked = check();
    for (const auto* what : {"A市国民健康保険", "A市子ども医療費助成", "A市福祉事務所"})
        EXPECT_NE(checked.output.find(what), std::string::npos) << what << "\n" << checked.output;
    const auto looked = look({"log", "show", "--compare"}, "child");
    EXPECT_NE(looked.output.find("nothing is missing"), std::string::npos) << looked.output;
    EXPECT_EQ(looked.output.find("card-delivered"), std::string::npos) << looked.output;
}

}  // namespace
}  // namespace mado::tests
