// From the application to the card in hand, by the real programs: registers, relay, certificate
// authority, issuing centre, a clerk at the command line and the chip of a virtual card.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "base/file.hpp"
#include "db/db.hpp"
#include "issuing_fixture.hpp"
#include "search.hpp"

namespace mado::tests {
namespace {

class IssuingTest : public AtTheWindow {
  protected:
    std::string open() { return text_at(done({"open"}), "number"); }
    void make_card(const std::string& number) {
        done({"card", number, "jiro", "--new-pin", "2468", "--new-password", "ABC987"});
    }
    static std::string number_in(const json::object& application, std::size_t claim) {
        const auto& number = application.at("claims").at(claim).at("number");
        return text_at(number.at("fields").as_object(), "number");
    }
    // Of a decision that the person's list names: it proves itself, and nothing else is proven by
    // it.
    void expect_evidence(const std::string& number);
    // Everything that this holder's database has, and its gateway of its orders: nobody else's
    // number is in it, and the same search finds its own.
    void expect_nothing_of(const std::vector<std::string>& numbers, const std::string& holder,
                           const std::string& gateway, const std::string& own) {
        Needles needles, own_needles;
        for (const auto& number : numbers)
            needles.add_text(number, number);
        own_needles.add_text(own, own);
        auto values = all_values(country.path("state/country/holders/" + holder + ".sqlite"));
        db::Connection kept(country.path("state/gateways/" + gateway + "/evidence.sqlite"),
                            db::Access::read_only);
        auto evidence = kept.prepare(
            "select number, receipt, coalesce(acceptance, '') from evidence where holder = "
            ":holder");
        evidence.bind("holder", holder);
        int orders = 0;
        for (; evidence.step(); ++orders) {
            for (std::size_t column = 0; column < 3; ++column)
                values.push_back(evidence.text(column));
        }
        EXPECT_GE(orders, 2) << "it was asked and told";
        for (const auto& value : values) {
            for (const auto& found : needles.search(value))
                ADD_FAILURE() << found << " at " << holder;
        }
        EXPECT_TRUE(std::ranges::any_of(
            values, [&](const std::string& value) { return !own_needles.search(value).empty(); }))
            << "its own number is not found at " << holder;
    }
    // The one row that it was told: since when there is a card. Other numbers are nowhere.
    void expect_pension_knows_the_card_alone(const std::vector<std::string>& numbers,
                                             const std::string& own) {
        db::Connection pension(country.path("state/country/holders/nenkin.sqlite"),
                               db::Access::read_only);
        auto told = pension.prepare(
            "select kofubi, cast(strftime('%Y%m%d', uketsuke, 'unixepoch', '+9 hours') as integer) "
            "from card_kofu");
        ASSERT_TRUE(told.step());
        EXPECT_EQ(told.integer(0), told.integer(1) - 2018'00'00 + 9'00'00'00) << "令和 is 9";
        EXPECT_FALSE(told.step()) << "once";
        expect_nothing_of(numbers, "nenkin", "gateway-4", own);
    }
    void expect_care_knows_the_card_alone(const std::vector<std::string>& numbers,
                                          const std::string& own) {
        db::Connection care(country.path("state/country/holders/992024.sqlite"),
                            db::Access::read_only);
        auto told = care.prepare(
            "select hihokensha_bango, kofubi, "
            "strftime('%Y%m%d', uketsuke, 'unixepoch', '+9 hours') from card_kofu");
        ASSERT_TRUE(told.step());
        EXPECT_EQ(told.text(0), own);
        EXPECT_EQ(told.text(1), told.text(2));
        EXPECT_FALSE(told.step()) << "once";
        expect_nothing_of(numbers, "992024", "gateway-3", own);
    }
};

TEST_F(IssuingTest, FromTheApplicationToTheCardInHand) {
    const auto number = open();
    done({"apply", number, application()});
    wait_for_step(number, "make_keys");
    make_card(number);
    EXPECT_NE(look({"records", "claims"}).status, 0) << "not active before it is handed over";
    EXPECT_FALSE(wait_for_step(number, "hand_over").contains("health_care_number"));
    done({"hand-over", number});
    const auto ended = wait_for_step(number, "");
    EXPECT_TRUE(ended.contains("health_care_number"));

    const auto claims = look({"records", "claims"});
    EXPECT_EQ(claims.status, 0) << claims.output;
    // The person sees all of it, before the card was there too, and every holder says the same.
    const auto looked = look({"log", "show", "--compare"});
    EXPECT_EQ(looked.status, 0) << looked.output;
    for (const auto* what :
         {"existence", "link first", "certificate issue-authentication", "card activate",
          "health-care-number", "card-delivered", "nothing is missing", "linked：issuing-number",
          "registered（", "what your entries say"}) {
        EXPECT_NE(looked.output.find(what), std::string::npos) << what << "\n" << looked.output;
    }
    expect_pension_knows_the_card_alone(
        {text_at(ended, "health_care_number")},
        number_in(*parse_json_object(*read_file(application())), 2));
    // The new number works at a counter.
    const auto checked =
        country.cli({"check", "--health-number", text_at(ended, "health_care_number"),
                     "--birth-date", "1988-12-05"});
    EXPECT_EQ(checked.status, 0) << checked.output;
    // And a relay that no longer has what it was told to link is found.
    db::Connection(country.path("state/relay/relay.sqlite"), db::Access::read_write)
        .run(
            "delete from identifier where id = (select max(id) from identifier where person = "
            "(select max(id) from person where linked = 1))");
    const auto lost = look({"log", "show", "--compare"});
    EXPECT_EQ(lost.status, 1) << lost.output;
    EXPECT_NE(lost.output.find("the relay does not have it"), std::string::npos) << lost.output;
}

// Each of four is asked by its own number, and the two that pay no doctor hear of the card alone.
TEST_F(IssuingTest, ACareInsurerConfirmsAndHearsOfTheCardAlone) {
    const auto application = elder();
    const auto resident = number_in(application, 0);
    const auto care = number_in(application, 2);
    const auto pension = number_in(application, 3);
    const auto number = open();
    done({"apply", number, file("elder", application)});
    const auto claims = wait_for_step(number, "make_keys").at("claims").as_array();
    ASSERT_EQ(claims.size(), 4U);
    for (const auto& claim : claims)
        EXPECT_EQ(text_at(claim.as_object(), "finding"), "same") << json::serialize(claim);
    EXPECT_EQ(counted("state/country/holders/992024.sqlite", "select count(*) from card_kofu"), 0)
        << "there is no card yet";
    done({"card", number, "setsuko", "--new-pin", "2468", "--new-password", "ABC987"});
    done({"hand-over", number});
    const auto health_care = text_at(wait_for_step(number, ""), "health_care_number");

    const auto looked = look({"log", "show", "--compare"}, "setsuko");
    EXPECT_EQ(looked.status, 0) << looked.output;
    for (const auto* what :
         {"→ A市  existence", "→ A市国民健康保険  existence", "→ B市介護保険  existence",
          "→ 日本年金機構  existence", "→ A市国民健康保険  health-care-number",
          "→ B市介護保険  card-delivered", "→ 日本年金機構  card-delivered",
          "B市介護保険  証跡 2 件", "nothing is missing"}) {
        EXPECT_EQ(count_of(looked.output, what), 1U) << what << "\n" << looked.output;
    }
    EXPECT_EQ(count_of(looked.output, "  health-care-number／"), 1U) << looked.output;
    expect_care_knows_the_card_alone({health_care, resident, pension}, care);
    expect_pension_knows_the_card_alone({health_care, resident, care}, pension);
    // Its number is hers at the relay: the insurer is asked by the card, too.
    const auto notices = look({"records", "notices"}, "setsuko");
    EXPECT_EQ(notices.status, 0) << notices.output;
    EXPECT_NE(notices.output.find("log, 992024"), std::string::npos) << notices.output;
}

// Whatever is killed between two steps: what was begun goes on.
TEST_F(IssuingTest, GoesOnAfterEveryKill) {
    const auto number = open();
    country.kill9("gateway-2");
    country.kill9("ca");
    done({"apply", number, application()});
    country.kill9("issuer");
    country.start("issuer");
    country.start("gateway-2");
    wait_for_step(number, "make_keys");
    country.kill9("relay");
    country.start("relay");
    country.start("ca");
    make_card(number);
    done({"hand-over", number});  // and the card is activated, or not, when these are killed
    country.kill9("relay");
    country.kill9("issuer");
    country.start("relay");
    country.start("issuer");
    wait_for_step(number, "");
    const auto looked = look({"log", "show", "--compare"});
    EXPECT_EQ(looked.status, 0) << looked.output;
    EXPECT_EQ(count_of(looked.output, "link first"), 1U) << looked.output;
}

TEST_F(IssuingTest, AnotherPersonsNumberIsNotHereAndTheCaseGoesOn) {
    const auto number = open();
    auto application_of = *parse_json_object(read_file(application()).value_or(""));
    const json::object own(application_of.at("claims").at(1).at("number").as_object());
    // 厚労花子's, who has another birth date.
    application_of["claims"].as_array()[1].as_object()["number"] = json::object{
        {"scheme", "insured-number"},
        {"fields",
         {{"insurer", "990010"}, {"symbol", "あいう"}, {"number", "0000187"}, {"branch", "01"}}}};
    const auto file = AtTheWindow::file("application", application_of);
    done({"apply", number, file});
    const auto waits = wait_for_step(number, "settle");
    EXPECT_EQ(text_at(waits.at("todo").at(0).as_object(), "actor"), "person");
    const auto corrected = AtTheWindow::file("number", own);
    done({"correct", number, "1", corrected});
    wait_for_step(number, "make_keys");
}

// Its certificates end, and nothing of it can be used.
TEST_F(IssuingTest, ACaseThatIsGivenUpLeavesNoCertificate) {
    const auto number = open();
    done({"apply", number, application()});
    wait_for_step(number, "make_keys");
    make_card(number);
    EXPECT_EQ(certificates("good"), 2);
    done({"cancel", number, "moved away"});
    EXPECT_TRUE(wait_for_step(number, "").contains("cancelled"));
    EXPECT_NE(look({"records", "claims"}).status, 0);
    const auto late = issue({"hand-over", number});
    EXPECT_NE(late.output.find("(too_late)"), std::string::npos) << late.output;
    expect_certificates("revoked", 2);
    EXPECT_EQ(certificates("good"), 0);
}

// A card's life after it was handed over: one person, one country.
class LifeOfACard : public IssuingTest {
  protected:
    std::string open(const std::vector<std::string>& words, const std::string& clerk = "sato-1") {
        std::vector<std::string> all{"--clerk", clerk, "open", "--person", person};
        all.insert(all.end(), words.begin(), words.end());
        return text_at(done(all), "number");
    }
    void expect_refused(const std::vector<std::string>& words, const std::string& code) {
        const auto finished = issue(words);
        EXPECT_NE(finished.status, 0);
        EXPECT_NE(finished.output.find("(" + code + ")"), std::string::npos) << finished.output;
    }
    // Milliseconds from the case to what makes it effective: the relay has accepted, and the
    // authority's certificates are suspended.
    std::int64_t stopped_after_ms() {
        const auto cases = counted(issuer, "select count(*) from issue");
        std::thread clerk([this] { open({"--kind", "stop", "--reason", "lost"}); });
        const auto wait = [](const auto& is_so) {
            for (int i = 0; i < 3'000 && !is_so(); ++i)
                pause_ms(5);
        };
        wait([&] { return counted(issuer, "select count(*) from issue") > cases; });
        const auto begin = monotonic_us();
        // Opened; sent and answered at both, for two certificates.
        wait([&] {
            return certificates("suspended") == 2 &&
                   counted(issuer,
                           "select count(*) from happening where issue = "
                           "(select max(id) from issue)") >= 9;
        });
        const auto out = (monotonic_us() - begin) / 1'000;
        clerk.join();
        return out;
    }
    void first_card();
    void renewal();
    void other_number();
    void notices();
    void looks();
    void loss_and_finding();
    void replacement();
    void stop_page();
    void new_pin();
    void moves_at_the_registers(const std::string& code);
    void move();
    void death();

    const std::string issuer = "state/issuer/issuer.sqlite";
    std::string person;  // the number of their first case
    std::string stop_code;
};

void LifeOfACard::first_card() {
    const auto batch = country.path("invited.json");
    const auto known = *parse_json_object(read_file(application()).value_or(""));
    replace_file(batch, as_bytes(json::serialize(json::object{{"people", json::array{known}}})));
    const auto invited = done({"invite", batch}).at("cases").at(0).as_object();
    EXPECT_EQ(text_at(invited, "name"), "厚労 次郎");
    person = text_at(invited, "number");
    EXPECT_TRUE(done({"show", person}).contains("invited"));
    done({"apply", person, application()});
    wait_for_step(person, "make_keys");
    make_card(person);
    stop_code = text_at(done({"hand-over", person}), "stop_code");
    EXPECT_FALSE(stop_code.empty());
    const auto ended = wait_for_step(person, "");
    EXPECT_FALSE(ended.contains("stop_code")) << "once, for the slip";
    ASSERT_TRUE(works("jiro", "2468"));
    const auto found =
        done({"find", "--health-number", text_at(ended, "health_care_number")}).at("people");
    EXPECT_EQ(text_at(found.at(0).as_object(), "person"), person);
}

void LifeOfACard::loss_and_finding() {
    const auto after_ms = stopped_after_ms();
    std::printf("stopped at relay and authority after %lld ms\n", static_cast<long long>(after_ms));
    EXPECT_LE(after_ms, 2'000);
    EXPECT_FALSE(works("jiro", "2468"));
    const auto again = done({"open", "--person", person, "--kind", "stop", "--reason", "lost"});
    const auto stop = text_at(again, "number");
    EXPECT_EQ(step_of(again), "look_for") << "it is stopped already";
    done({"found", stop});
    wait_for_step(stop, "");
    expect_certificates("good", 2);
    EXPECT_TRUE(works_soon("jiro")) << look({"records", "claims"}).output;
}

void LifeOfACard::replacement() {
    const auto stop = open({"--kind", "stop", "--reason", "lost"});
    wait_for_step(stop, "look_for");
    const auto next = open({"--kind", "replacement", "--reason", "lost"});
    EXPECT_NE(issue({"open", "--person", person, "--kind", "change"}).status, 0) << "one at a time";
    wait_for_step(next, "approve");  // the resident register has said that nothing has changed
    const auto alone =
        issue({"card", next, "jiro-2", "--new-pin", "1357", "--new-password", "XYZ789"});
    EXPECT_NE(alone.status, 0) << "one clerk alone";
    expect_refused({"approve", next}, "not_allowed");
    done({"--clerk", "taro", "approve", next});
    done({"card", next, "jiro-2", "--new-pin", "1357", "--new-password", "XYZ789"});
    EXPECT_EQ(certificates("suspended"), 2) << "until the new card is active";
    stop_code = text_at(done({"hand-over", next}), "stop_code");
    wait_for_step(next, "");
    wait_for_step(stop, "");
    expect_certificates("revoked", 2, "lost");
    expect_certificates("good", 2);
    EXPECT_FALSE(works("jiro", "2468"));
    EXPECT_TRUE(works("jiro-2", "1357"));
    const auto found = done({"find", next}).at("people").at(0).as_object();
    ASSERT_EQ(found.at("cards").as_array().size(), 4U);
    EXPECT_EQ(text_at(found.at("cards").at(0).as_object(), "status"), "revoked");
    EXPECT_EQ(text_at(found.at("cards").at(2).as_object(), "status"), "active");
}

// By web, without a log-in: the code of the new card's slip, and the birth date.
void LifeOfACard::stop_page() {
    const auto says = [&](const std::string& day) {
        return post_stop(stop_code, "1988", "12", day);
    };
    EXPECT_NE(says("6").find("There is nobody with this stop code"), std::string::npos);
    EXPECT_TRUE(works("jiro-2", "1357"));
    const auto said = says("5");
    EXPECT_NE(said.find("The card is stopped."), std::string::npos) << said;
    EXPECT_FALSE(works("jiro-2", "1357"));
    const auto found = done({"find", person}).at("people").at(0).as_object();
    const auto stop = text_at(found.at("cases").at(0).as_object(), "number");
    const auto next_code = text_at(done({"found", stop}), "stop_code");
    wait_for_step(stop, "");
    EXPECT_TRUE(works_soon("jiro-2", "1357"));
    // Whoever had the card may have read the slip, too: it stops nothing any more; nor does one in
    // whose place there is another.
    EXPECT_NE(says("5").find("There is nobody with this stop code"), std::string::npos);
    stop_code = next_code;
    const auto slip = text_at(done({"slip", stop}), "stop_code");
    EXPECT_NE(slip, next_code);
    EXPECT_NE(says("5").find("There is nobody with this stop code"), std::string::npos);
    EXPECT_TRUE(works("jiro-2", "1357"));
    stop_code = slip;
}

void LifeOfACard::new_pin() {
    for (int i = 0; i < 5; ++i)
        look({"records", "claims"}, "jiro-2", "0000");
    EXPECT_FALSE(works("jiro-2", "1357")) << "locked";
    const auto unlock = open({"--kind", "unlock", "--uses", "authentication"}, "taro");
    EXPECT_NE(issue({"card", unlock, "jiro-2", "--new-pin", "8642"}).status, 0);
    expect_refused({"--clerk", "taro", "approve", unlock}, "same_hand");
    done({"--clerk", "jiei", "approve", unlock});
    wait_for_step(unlock, "reset");
    done({"card", unlock, "jiro-2", "--new-pin", "8642"});
    EXPECT_TRUE(works("jiro-2", "8642"));
    const auto looked = look({"log", "show", "--compare"}, "jiro-2", "8642");
    EXPECT_NE(looked.output.find("card reset"), std::string::npos) << looked.output;
}

// In B市 the register has them and the 国保 too; in A市 the register has them no more, and neither
// has the insurer of their work.
void LifeOfACard::moves_at_the_registers(const std::string& code) {
    const std::string address = "九十九県B市港町3丁目4番5号";
    at("992011", "update 住民 set 消除日 = '2026-10-31', 消除事由 = '転出' where 住民票コード = '" +
                     code + "'");
    at("992020", "insert into jumin values ('" + code.substr(0, 10) + "-" + code.substr(10) +
                     "', 999999, '厚労　次郎', 'ｺｳﾛｳ ｼﾞﾛｳ', '', 3631205, '男', '" + address +
                     "', 5081101, 0, '', '', '')");
    at("06990014", "update member set lost_ymd = 20261101 where symbol = '21' and number = '1077'");
    at("990028",
       "insert into setai values (999997, '', '0009997', '" + address + "', '厚労 次郎')");
    at("990028",
       "insert into kojin values (999997, 999997, '01', '厚労 次郎', 'コウロウ ジロウ', '', "
       "3631205, '男')");
    at("990028", "insert into shikaku values (999997, 1, 5081101, 0, 0)");
    at("990028",
       "insert into kyufu select 999997, 1, 5081101, 5991231, 3, gendo_kubun, 0 from kyufu "
       "limit 1");
}

// Who moves keeps the number that the register has, under another municipality; the insurer is
// another one.
void LifeOfACard::move() {
    auto moved = *parse_json_object(read_file(application()).value_or(""));
    auto& resident = moved.at("claims").as_array().at(0).as_object();
    auto& fields = resident.at("number").as_object().at("fields").as_object();
    const auto code = text_at(fields, "number");
    fields["municipality"] = "992020";
    moved["person"].as_object()["address"] = "九十九県B市港町3丁目4番5号";
    auto medical = moved.at("claims").as_array().at(1).as_object();
    medical.at("number").as_object()["fields"] =
        json::object{{"insurer", "990028"}, {"number", "0009997"}, {"branch", "01"}};
    moved["claims"] = json::array{json::value(resident), medical};
    moved["signing"] = true;
    const auto file = AtTheWindow::file("moved", moved);
    const auto number = text_at(done({"show", person}), "health_care_number");
    const auto insured = [&] {
        return country.cli({"check", "--card", "jiro-2", "--pin", "8642"}).output +
               country.cli({"check", "--health-number", number, "--birth-date", "1988-12-05"})
                   .output;
    };
    moves_at_the_registers(code);
    EXPECT_EQ(count_of(insured(), "B市国民健康保険"), 0U);
    const auto elsewhere = issue(
        {"--clerk", "sango", "open", "--person", person, "--kind", "number", "--reason", "misuse"});
    EXPECT_NE(elsewhere.output.find("(other_office)"), std::string::npos) << elsewhere.output;
    const auto change = open({"--kind", "change"}, "sango");
    // The register of before may have said by itself that they have left, and opened it.
    done({"--clerk", "sango", "apply", change, file});
    EXPECT_NE(issue({"--clerk", "sango", "day"}).output.find(change), std::string::npos);
    EXPECT_EQ(issue({"day"}).output.find(change), std::string::npos) << "not in the old one's";
    wait_for_step(change, "approve");
    expect_refused({"--clerk", "sango", "approve", change}, "not_allowed");
    done({"--clerk", "futae", "approve", change});
    wait_for_step(change, "make_keys");
    expect_certificates("revoked", 1, "attributes-changed");
    EXPECT_TRUE(works("jiro-2", "8642")) << "the card goes on working";
    done({"--clerk", "sango", "card", change, "jiro-2", "--new-password", "NEW456"});
    wait_for_step(change, "");
    const auto slip = issue({"slip", person});
    EXPECT_NE(slip.output.find("(other_office)"), std::string::npos) << slip.output;
    expect_certificates("good", 2);
    EXPECT_TRUE(works("jiro-2", "8642"));
    const auto now_insured = insured();
    EXPECT_GE(count_of(now_insured, "B市国民健康保険"), 2U) << now_insured;
    EXPECT_EQ(text_of("990028", "select hoken_iryo from hoken_iryo_bango where bango = '0009997'"),
              number);
    const auto looked = look({"log", "show", "--compare"}, "jiro-2", "8642");
    EXPECT_NE(looked.output.find("link start"), std::string::npos) << looked.output;
    EXPECT_NE(looked.output.find("nothing is missing"), std::string::npos) << looked.output;
}

void LifeOfACard::death() {
    const auto early = open({"--kind", "end", "--reason", "death"}, "sango");
    EXPECT_EQ(text_at(wait_for_step(early, "settle").at("todo").at(0).as_object(), "actor"),
              "clerk")
        << "the register has them still";
    done({"--clerk", "sango", "cancel", early, "another person"});
    EXPECT_TRUE(works("jiro-2", "8642"));
    at("992020",
       "update jumin set ten_shutsu = 5081126, shojo_jiyu = '死亡' where umare = 3631205 and "
       "setai_no = 999999");
    const auto end = open({"--kind", "end", "--reason", "death"}, "sango");
    wait_for_step(end, "");
    EXPECT_FALSE(works("jiro-2", "8642"));
    expect_certificates("good", 0);
    expect_certificates("revoked", 2, "ended");
}

// From home, with the old keys; the clerk does nothing. The country's 90 days are the
// configuration's.
void LifeOfACard::renewal() {
    const auto config = country.path("run/issuer.toml");
    const auto renew = [&](const std::string& pin, const std::string& new_pin) {
        return country.cli({"issue", "renew", "jiro", "--card-pin", pin, "--password", "ABC987",
                            "--new-pin", new_pin, "--new-password", "DEF654"});
    };
    const auto early = renew("2468", "1357");
    EXPECT_NE(early.output.find("too_early"), std::string::npos) << early.output;
    auto text = read_file(config).value_or("");
    const auto at = text.find("renewal_days = 90");
    ASSERT_NE(at, std::string::npos) << text;
    replace_file(config, as_bytes(text.replace(at, 17, "renewal_days = 1830")));
    country.kill9("issuer");
    country.start("issuer");
    // A clerk's paths are not theirs, and neither is another password.
    const auto wrong = country.cli({"issue", "renew", "jiro", "--card-pin", "2468", "--password",
                                    "WRONG1", "--new-pin", "1357", "--new-password", "DEF654"});
    EXPECT_NE(wrong.status, 0);
    const auto day = country.cli({"issue", "--clerk", "jiro", "--pin", "2468", "day"});
    EXPECT_NE(day.output.find("not_allowed"), std::string::npos) << day.output;
    expect_certificates("good", 2);
    // It breaks off when the last thing is to be done: the old keys are gone, nobody can log in.
    EXPECT_NE(renew("2468", "no PIN").status, 0) << "what is no PIN changes nothing";
    EXPECT_TRUE(works("jiro", "2468"));
    // It is asked for, and still the PIN alone sets no other PIN and no other password.
    const auto pin_alone =
        country.cli({"issue", "renew", "jiro", "--card-pin", "2468", "--password", "WRONG1",
                     "--new-pin", "1357", "--new-password", "DEF654"});
    EXPECT_NE(pin_alone.status, 0) << pin_alone.output;
    EXPECT_TRUE(works("jiro", "2468"));
    country.kill9("ca");
    const auto cut_off = fmt::format(
        "timeout -s KILL 5 {}/mado-cli --root {} issue renew jiro --card-pin 2468 "
        "--password ABC987 --new-pin 1357 --new-password DEF654 > /dev/null 2>&1",
        country.places().programs, country.places().root);
    EXPECT_NE(std::system(cut_off.c_str()), 0) << "it waits for certificates";
    country.start("ca");
    EXPECT_NE(renew("2468", "1357").status, 0);
    const auto go_on = [&](const std::string& birth_date) {
        return country.cli({"issue", "renew", "jiro", "--stop-code", stop_code, "--birth-date",
                            birth_date, "--new-pin", "1357", "--new-password", "DEF654"});
    };
    EXPECT_NE(go_on("1988-12-06").status, 0);
    const auto done = go_on("1988-12-05");
    EXPECT_EQ(done.status, 0) << done.output;
    expect_certificates("revoked", 2, "superseded");
    expect_certificates("good", 2);
    EXPECT_FALSE(works("jiro", "2468"));
    EXPECT_TRUE(works("jiro", "1357"));
    const auto looked = look({"log", "show", "--compare"}, "jiro", "1357");
    EXPECT_NE(looked.output.find("nothing is missing"), std::string::npos) << looked.output;
}

void LifeOfACard::notices() {
    const auto listed = [&] { return look({"records", "notices"}, "jiro", "1357").output; };
    EXPECT_EQ(listed().find("発行センター"), std::string::npos);
    country.kill9("issuer");
    db::Connection(country.path(issuer), db::Access::read_write)
        .run("update certificate set not_after = unixepoch() + 29 * 86400");
    country.start("issuer");
    std::string seen;
    for (int i = 0; i < 50 && seen.find("発行センター") == std::string::npos; ++i)
        seen = listed();
    EXPECT_EQ(count_of(seen, "--open issuer/"), 2U)
        << "of the two that count, not of those before: " << seen;
    country.kill9("issuer");
    country.start("issuer");
    const auto at = seen.find("--open issuer/") + std::string_view("--open ").size();
    const auto id = seen.substr(at, seen.find_first_of(" \xef", at) - at);  // "（…"
    const auto opened = look({"records", "notices", "--open", id}, "jiro", "1357");
    EXPECT_NE(opened.output.find("/renew"), std::string::npos) << opened.output << id;
    EXPECT_EQ(listed().find("-90"), std::string::npos) << "30 days: one notice, once";
}

// Who of the centre's own has looked, as it says to its person: no entry of the log does.
void LifeOfACard::looks() {
    done({"show", person});
    const auto seen = look({"records", "looks"}, "jiro", "1357");
    EXPECT_EQ(seen.status, 0) << seen.output;
    EXPECT_NE(seen.output.find("発行センター"), std::string::npos) << seen.output;
    EXPECT_NE(seen.output.find("by itself"), std::string::npos) << seen.output;
    const auto of_others = look({"records", "looks"}, "hanako", "1234");
    EXPECT_EQ(of_others.status, 0) << of_others.output;
    EXPECT_NE(of_others.output.find("nobody has looked"), std::string::npos) << of_others.output;
}

// Somebody has misused it: the old one is nobody's way in any more, the new one everybody's.
void LifeOfACard::other_number() {
    const auto check = [&](const std::string& number) {
        return country.cli({"check", "--health-number", number, "--birth-date", "1988-12-05"})
            .status;
    };
    const auto before = text_at(done({"show", person}), "health_care_number");
    EXPECT_EQ(check(before), 0);
    const auto next = open({"--kind", "number", "--reason", "misuse"});
    wait_for_step(next, "hand_over");
    done({"hand-over", next});
    const auto now = text_at(wait_for_step(next, ""), "health_care_number");
    EXPECT_NE(now, before);
    EXPECT_EQ(check(now), 0);
    EXPECT_NE(check(before), 0);
    for (const auto& number : {before, now}) {
        const auto found = done({"find", "--health-number", number}).at("people").as_array();
        EXPECT_EQ(found.size(), 1U) << "the window finds them by both";
    }
}

TEST_F(LifeOfACard, IsRenewedFromHome) {
    first_card();
    renewal();
    notices();
    looks();
    other_number();
}

TEST_F(LifeOfACard, IsLostFoundReplacedUnlockedMovedAndEnds) {
    first_card();
    loss_and_finding();
    replacement();
    stop_page();
    new_pin();
    move();
    death();
}

// Whom the country began with is known at the window as somebody who got a card there.
TEST_F(LifeOfACard, OfSomebodyWhoWasTakenOnIsStoppedFoundAndReplaced) {
    const auto people = done({"find", "--health-number", "621874998319"}).at("people").as_array();
    ASSERT_EQ(people.size(), 1U);
    EXPECT_EQ(text_at(people.at(0).as_object(), "name"), "厚労 花子");
    ASSERT_EQ(people.at(0).at("cards").as_array().size(), 2U);
    person = text_at(people.at(0).as_object(), "person");
    ASSERT_TRUE(works("hanako", "1234"));
    const auto good = certificates("good");

    const auto stop = open({"--kind", "stop", "--reason", "lost"});
    wait_for_step(stop, "look_for");
    expect_certificates("suspended", 2);
    EXPECT_FALSE(works("hanako", "1234"));
    done({"found", stop});
    wait_for_step(stop, "");
    expect_certificates("good", good);
    EXPECT_TRUE(works_soon("hanako", "1234"));

    const auto next = open({"--kind", "replacement", "--reason", "damaged"});
    wait_for_step(next, "approve");
    done({"--clerk", "taro", "approve", next});
    done({"card", next, "hanako-2", "--new-pin", "1357", "--new-password", "XYZ789"});
    done({"hand-over", next});
    wait_for_step(next, "");
    expect_certificates("revoked", 2, "superseded");
    EXPECT_FALSE(works("hanako", "1234"));
    EXPECT_TRUE(works("hanako-2", "1357"));
    const auto looked = look({"log", "show", "--compare"}, "hanako-2", "1357");
    EXPECT_NE(looked.output.find("nothing is missing"), std::string::npos) << looked.output;
}

void IssuingTest::expect_evidence(const std::string& number) {
    const auto listed = parse_json_object(look({"log", "show", "--json"}).output,
                                          {.text_bytes_max = 1024 * 1024, .values_max = 100'000});
    ASSERT_TRUE(listed);
    const auto& entries = listed->at("entries").as_array();
    const auto* entry = std::ranges::find_if(
        entries, [](const json::value& one) { return one.as_object().contains("decision"); });
    ASSERT_NE(entry, entries.end());
    const auto name = text_at(entry->as_object(), "decision");
    const auto file = country.path("decision.json");
    const auto take = [&](const std::string& clerk, const std::vector<std::string>& more) {
        std::vector<std::string> all{"issue",    "--clerk", clerk, "--pin", "1234",
                                     "evidence", number,    "-o",  file};
        all.insert(all.end(), more.begin(), more.end());
        return country.cli(all);
    };
    EXPECT_NE(take("taro", {}).output.find("(not_allowed)"), std::string::npos);
    EXPECT_NE(take("kiroku", {"--claim", "7"}).output.find("(no_decision)"), std::string::npos);
    EXPECT_FALSE(read_file(file));
    const auto taken = take("kiroku", {"--decision", name});
    ASSERT_EQ(taken.status, 0) << taken.output;
    EXPECT_EQ(std::filesystem::status(file).permissions(), std::filesystem::perms{0600});
    const auto proven = country.cli({"log", "check", file});
    EXPECT_EQ(proven.status, 0) << proven.output;
    for (const auto& part : {name, std::string("厚労[U+E0100] 次郎"), std::string("決定: 同じ")})
        EXPECT_NE(proven.output.find(part), std::string::npos) << part << proven.output;

    const auto proof = country.path("entry.tlog-proof");
    // It is of before the link, by a number: of a series that an entry of the list has joined.
    const auto place = fmt::format("{}-{}", entry->as_object().at("series").as_int64(),
                                   entry->as_object().at("seq").as_int64());
    const auto made = look({"log", "prove", "--entry", place, "-o", proof});
    EXPECT_EQ(made.status, 0) << made.output;
    const auto logged = country.cli({"log", "check", proof}).output;
    EXPECT_NE(logged.find("決定 decision     " + name), std::string::npos) << logged;

    auto text = read_file(file).value_or("");
    text.replace(text.find("同じ人"), std::string("同じ人").size(), "別の人");
    replace_file(file, as_bytes(text));
    const auto altered = country.cli({"log", "check", file});
    EXPECT_EQ(altered.status, 1) << altered.output;
    EXPECT_NE(altered.output.find("文書がちがいます"), std::string::npos) << altered.output;
}

// As the registers do not write it: the name with a variation selector.
json::object with_selector(const std::string& application) {
    auto object = *parse_json_object(read_file(application).value_or(""));
    object.at("person").as_object()["name"] = "厚労\U000E0100 次郎";
    return object;
}

// The clerk with the papers in hand decides for each register, by a document that the clerk's card
// signs; then each register confirms its own writing.
TEST_F(IssuingTest, WhoIsWrittenOtherwiseGetsACardAfterADecision) {
    const auto number = open();
    const auto file = AtTheWindow::file("application", with_selector(application()));
    done({"apply", number, file});
    const auto decide = [&](const std::string& clerk, const std::string& claim,
                            const std::string& password) {
        return country.cli({"issue", "--clerk", clerk, "--pin", "1234", "--json", "decide", number,
                            "--claim", claim, "--same", "--clerk-password", password});
    };
    const auto first = wait_for_step(number, "settle");
    EXPECT_EQ(text_at(first.at("todo").at(0).as_object(), "actor"), "clerk");
    // The clerk at the window has not the role, and a wrong password signs nothing.
    const auto forbidden = decide("sato-1", "0", "ABC123");
    EXPECT_EQ(forbidden.status, 2) << forbidden.output;
    EXPECT_NE(forbidden.output.find("not_allowed"), std::string::npos) << forbidden.output;
    EXPECT_EQ(decide("taro", "0", "WRONG1").status, 2);
    const auto early = decide("taro", "1", "ABC123");
    EXPECT_EQ(early.status, 2);
    EXPECT_NE(early.output.find("(unexpected)"), std::string::npos) << early.output;
    EXPECT_EQ(step_of(done({"show", number})), "settle");

    std::size_t decided = 0;
    for (auto one = first; step_of(one) == "settle"; ++decided) {
        const auto claim = std::to_string(one.at("todo").at(0).at("claim").as_int64());
        const auto made = decide("taro", claim, "ABC123");
        ASSERT_EQ(made.status, 0) << made.output;
        EXPECT_NE(made.output.find("厚労[U+E0100] 次郎"), std::string::npos) << made.output;
        do {
            pause_ms(100);
            one = done({"show", number});
        } while (step_of(one) == "confirm");
    }
    EXPECT_EQ(decided, 3U) << "the resident's, the insurer's and the pension's";
    wait_for_step(number, "make_keys");
    make_card(number);
    done({"hand-over", number});
    wait_for_step(number, "");
    const auto looked = look({"log", "show", "--compare"});
    EXPECT_EQ(looked.status, 0) << looked.output;
    const auto words = look({"log", "show"});
    EXPECT_EQ(count_of(words.output, "a clerk has decided that both writings mean you"), decided)
        << "the person sees each\n"
        << words.output;

    expect_evidence(number);

    // Who was it? The person asks, a supervisor answers at the window, and the name opens the
    // entry.
    const auto asked = look({"log", "question", "--entry", "1", "--text", "Who asked?"});
    EXPECT_EQ(asked.status, 0) << asked.output;
    const auto supervisor = [&](std::vector<std::string> words) {
        std::vector<std::string> all{"issue", "--clerk", "kiroku", "--pin", "1234", "--json"};
        all.insert(all.end(), words.begin(), words.end());
        return country.cli(all);
    };
    const auto listed = supervisor({"questions"});
    const auto questions = parse_json_object(listed.output);
    ASSERT_TRUE(questions) << listed.output;
    const auto& question = questions->at("questions").at(0).as_object();
    EXPECT_EQ(text_at(question, "operator"), "taro") << "the link followed from the decision";
    EXPECT_EQ(text_at(question, "number"), number);
    EXPECT_EQ(issue({"questions"}).status, 2) << "not the clerk at the window";
    const auto answered =
        supervisor({"answer", text_at(question, "id"), "--text", "To issue your card."});
    EXPECT_EQ(answered.status, 0) << answered.output;
    auto again = supervisor({"answer", text_at(question, "id"), "--text", "To issue your card."});
    EXPECT_NE(again.output.find("answered_at"), std::string::npos) << again.output;
    again = supervisor({"answer", text_at(question, "id"), "--text", "Something else."});
    EXPECT_NE(again.output.find("(already_answered)"), std::string::npos) << again.output;
    const auto seen = look({"log", "questions"});
    EXPECT_NE(seen.output.find("照会した人 taro（記録と一致"), std::string::npos) << seen.output;
}

TEST_F(IssuingTest, OnlyClerksAreLetIn) {
    const auto refused = country.cli({"issue", "--clerk", "hanako", "--pin", "1234", "day"});
    EXPECT_EQ(refused.status, 2) << refused.output;
    EXPECT_NE(refused.output.find("no clerk's"), std::string::npos) << refused.output;
    EXPECT_EQ(issue({"day"}).status, 0);
    const auto asked = country.cli({"issue", "day"});
    EXPECT_NE(asked.output.find("PIN of the card \"sato-1\""), std::string::npos) << asked.output;
}

}  // namespace
}  // namespace mado::tests
