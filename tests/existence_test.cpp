// Issuing asks holders through the real programs whether a number is the applicant's.
#include <boost/json.hpp>
#include <fstream>

#include "base/json.hpp"
#include "country_fixture.hpp"
#include "crypto/digest.hpp"

namespace mado::tests {
namespace {

// What the issuing centre knows of the named people: the form's fields, and numbers by holder.
json::object known_person(const RunningCountry& country, std::string_view key) {
    std::ifstream in(country.path("state/country/people.ndjson"));
    for (std::string line; std::getline(in, line);) {
        auto person = valid(parse_json_object(line));
        if (person.at("key").is_string() && person.at("key").get_string() == key) return person;
    }
    throw Failure("nobody has this key");
}

}  // namespace

class ExistenceOfAPerson : public OneCountry {
  protected:
    struct Asked {
        std::string key;
        std::string holder;
        json::object changed = {};  // members of the payload
        std::string birth_date = {};
        std::string as = "issuer";
        bool without_branch = false;  // as it is often typed
        std::string decision = {};    // named in the head
    };
    static json::object number_of(const json::object& person, const std::string& holder) {
        json::object number;
        const auto& resident = person.at("resident").as_object();
        if (resident.at("municipality").as_string() == holder) {
            number["scheme"] = "resident-number";
            for (const auto& [name, value] : resident)
                number[name] = value;
            return number;
        }
        for (const auto& one : person.at("identifiers").as_array()) {
            if (one.at("holder").as_string() != holder) continue;
            number["scheme"] = one.at("scheme");
            for (const auto& [name, value] : one.at("fields").as_object())
                number[name] = value;
            return number;
        }
        throw Failure("the person has no number there");
    }
    static client::Result<client::Answered> ask(const Asked& asked) {
        const auto person = known_person(country(), asked.key);
        auto number = number_of(person, asked.holder);
        if (asked.without_branch) number.erase("branch");
        number["birth_date"] = person.at("birth_date");
        if (!asked.birth_date.empty()) number["birth_date"] = asked.birth_date;
        json::object payload;
        for (const auto* name : {"name", "kana", "sex", "address"})
            payload[name] = person.at(name);
        for (const auto& [name, value] : asked.changed)
            payload[name] = value;
        const auto& holder = *country().directory().find(asked.holder);
        client::Ask question{
            .to = {.holder = holder.id, .kind = {}, .position = 1},
            .service = service("existence"),
            .purpose = code_id("issuing"),
            .parameters = asked.decision.empty() ? wire::Parameters{}
                                                 : wire::Parameters{{"decision", asked.decision}},
            .subject = to_bytes(json::serialize(json::object{{"number", std::move(number)}})),
            .payload = client::seal_payload(holder, json::serialize(payload)).value()};
        return wait_for(
            ask_once(country().directory(), country().office(asked.as), std::move(question)));
    }
    // What a clerk's card has signed for the issuing centre, and the relay has judged; as an order
    // names it.
    static std::string decision() {
        const auto& directory = country().directory();
        const auto& issuer = country().office("issuer");
        auto payload = client::seal_payload(*directory.find(issuer.id), "a decision").value();
        auto mandate = country().mandate("issuer");
        mandate.kind = wire::MandateKind::application;
        mandate.scope = {service("decision")};
        mandate.payload_hashes = {crypto::sha256(as_bytes(payload))};
        const auto jws = country().sign(mandate, "taro");
        const auto judged =
            wait_for(ask_once(directory, issuer,
                              {.to = {.holder = directory.relay().id, .kind = {}, .position = 1},
                               .service = service("decision"),
                               .purpose = code_id("issuing"),
                               .parameters = {},
                               .subject = to_bytes(wire::application_subject(jws)),
                               .payload = std::move(payload)}));
        if (!judged) throw Failure(std::string("not judged: ") + judged.error().detail);
        return base64url(crypto::sha256(as_bytes(jws)));
    }
    static json::object answer(const Asked& asked) {
        const auto got = ask(asked);
        if (!got) throw Failure(std::string("no answer: ") + got.error().detail);
        return *got->answer.data;
    }
    static std::string code(const Asked& asked) {
        const auto got = ask(asked);
        return got ? "answered" : std::string(wire::info(got.error().code).name);
    }
    static std::string writing(const json::object& data, const char* attribute) {
        return std::string(data.at("attributes").at(attribute).at("writing").as_string());
    }
};

TEST_F(ExistenceOfAPerson, IsConfirmedByEachHolderWithItsOwnNumber) {
    for (const auto* holder : {"990010", "992011"}) {
        const auto data = answer({.key = "hanako", .holder = holder});
        EXPECT_EQ(data.at("verdict").as_string(), "same") << holder;
        EXPECT_TRUE(data.at("current").as_bool()) << holder;
        EXPECT_FALSE(json::serialize(data).contains("花子")) << "the register's text";
    }
    EXPECT_FALSE(answer({.key = "hanako", .holder = "06990014"}).at("current").as_bool());
    // The city knows who else there is; nobody else says anything of it.
    EXPECT_TRUE(answer({.key = "hanako", .holder = "992011"}).at("only_one").as_bool());
    EXPECT_FALSE(answer({.key = "sato-1", .holder = "992011"}).at("only_one").as_bool());
    EXPECT_FALSE(answer({.key = "sato-1", .holder = "06990014"}).contains("only_one"));
}

// What a clerk is shown, and what becomes of the clerk's decision: the holder is asked once more.
TEST_F(ExistenceOfAPerson, AnotherWritingIsConfirmedByTheHolderItself) {
    const auto pension = answer({.key = "ninkei", .holder = "nenkin"});
    EXPECT_EQ(pension.at("verdict").as_string(), "variant");
    EXPECT_EQ(writing(pension, "name"), "吉野 継男");
    EXPECT_EQ(json::serialize(pension.at("attributes").at("name").at("differences")),
              "[[0,1,0,1]]");
    const auto late = answer({.key = "haru", .holder = "39990015"});
    EXPECT_EQ(late.at("verdict").as_string(), "variant");
    const auto old_address = writing(late, "address");
    EXPECT_EQ(old_address, "九十九郡C町下川2-7-1");
    EXPECT_EQ(answer({.key = "haru",
                      .holder = "39990015",
                      .changed = {{"address", old_address}, {"decided", 1}},
                      .decision = decision()})
                  .at("verdict")
                  .as_string(),
              "same");
    EXPECT_EQ(answer({.key = "haru", .holder = "992020"}).at("verdict").as_string(), "same");
    const auto selector = answer({.key = "tokubetsu", .holder = "nenkin"});
    EXPECT_EQ(json::serialize(selector.at("attributes").at("name").at("rules")), R"(["ivs"])");
}

TEST_F(ExistenceOfAPerson, WithoutAnAddressAClerkDecides) {
    const auto data = answer({.key = "kikin", .holder = "npf", .changed = {{"only_one", 1}}});
    EXPECT_EQ(data.at("verdict").as_string(), "variant");
    EXPECT_EQ(json::serialize(data.at("rules")), R"(["too-little"])");
    EXPECT_EQ(
        answer(
            {.key = "kikin", .holder = "npf", .changed = {{"decided", 1}}, .decision = decision()})
            .at("verdict")
            .as_string(),
        "same");
}

// Which decision stands behind it is said in the open, and nowhere without one.
TEST_F(ExistenceOfAPerson, ADecisionIsNamedInTheLogOrThereIsNone) {
    const auto refused = [](const Asked& asked) {
        const auto got = ask(asked);
        if (got) return std::string("answered");
        const auto& why = got.error();
        return std::string(wire::info(why.code).name) +
               (why.detail.empty() ? "" : " " + why.detail);
    };
    const auto named = decision();
    EXPECT_EQ(refused({.key = "kikin", .holder = "npf", .changed = {{"decided", 1}}}),
              "holder_refused malformed")
        << "decided, and nothing is named";
    EXPECT_EQ(refused({.key = "kikin", .holder = "npf", .decision = named}),
              "holder_refused malformed")
        << "named, and nothing is decided";
    EXPECT_EQ(refused({.key = "kikin",
                       .holder = "npf",
                       .changed = {{"decided", 1}},
                       .decision = base64url(crypto::random_hash())}),
              "mandate_unknown")
        << "that the relay has not judged";
    EXPECT_EQ(
        refused({.key = "kikin", .holder = "npf", .changed = {{"decided", 1}}, .decision = named}),
        "answered");
}

TEST_F(ExistenceOfAPerson, NobodyIsFoundByAGuess) {
    EXPECT_EQ(code({.key = "futae", .holder = "06990014", .birth_date = "1978-06-19"}), "no_match");
    EXPECT_EQ(code({.key = "takasaki-1", .holder = "06990014"}), "several_match");
}

// Who has a number and a birth date guesses the name, with as many syllables as there is room for:
// each guess is a miss, and after the third nobody is told anything that day.
TEST_F(ExistenceOfAPerson, TheThirdGuessOfANameClosesThePath) {
    const std::string guesses =
        "アキ イト ウエ エン オオ カト キム クロ コバ サト シミ スズ タカ タナ ナカ ハシ";
    Asked guess{.key = "jiei",
                .holder = "990010",
                .changed = {{"name", "何 某"}, {"kana", guesses}, {"address", "A市本町1-1-1"}}};
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(code(guess), "no_match") << i;
    EXPECT_EQ(code(guess), "path_closed");
    EXPECT_EQ(code({.key = "jiei", .holder = "990010"}), "path_closed");
}

TEST_F(ExistenceOfAPerson, OnlyIssuingMayAsk) {
    EXPECT_EQ(code({.key = "kikin", .holder = "990010", .as = "clinic-1"}), "not_allowed");
    EXPECT_EQ(code({.key = "kikin", .holder = "990010", .changed = {{"more", "x"}}}),
              "holder_refused");
    // The person sees the one who may not.
    const auto entries = country().entries("kikin");
    ASSERT_TRUE(entries.has_value());
    const auto tried = std::ranges::find_if(
        entries->entries, [](const auto& one) { return one.refused_try.has_value(); });
    ASSERT_NE(tried, entries->entries.end());
    EXPECT_EQ(tried->requester, "clinic-1");
    EXPECT_EQ(tried->refused_try->service, "existence");
    EXPECT_EQ(tried->refused_try->scheme, "insured-number");
}

// A family's number: the insurer finds the person by the birth date, and says so to the relay.
TEST_F(ExistenceOfAPerson, AskedWithoutTheBranchThePersonSeesItToo) {
    const auto data = answer({.key = "sato-1", .holder = "06990014", .without_branch = true});
    EXPECT_EQ(data.at("verdict").as_string(), "same");
    const auto branch = number_of(known_person(country(), "sato-1"), "06990014").at("branch");
    EXPECT_EQ(data.at("branch"), branch);
    const auto entries = country().entries("sato-1");
    ASSERT_TRUE(entries.has_value()) << entries.error().detail;
    const auto& last = entries->entries.back();
    EXPECT_EQ(last.kind, "named");
    EXPECT_EQ(last.requester, "issuer");
    EXPECT_EQ(last.outcome, "answered");
    const auto log =
        country().cli({"log", "show", "--compare", "--card", "sato-1", "--pin", "1234"});
    EXPECT_FALSE(log.output.contains("✗")) << log.output;
    EXPECT_TRUE(log.output.contains("by your family's number")) << log.output;
}

TEST_F(ExistenceOfAPerson, ThePersonSeesWhoAsked) {
    answer({.key = "kiroku", .holder = "990010"});
    const auto entries = country().entries("kiroku");
    ASSERT_TRUE(entries.has_value());
    const auto& last = entries->entries.back();
    ASSERT_TRUE(last.order.has_value());
    const auto log = country().cli({"log", "show", "--card", "kiroku", "--pin", "1234"});
    EXPECT_TRUE(log.output.contains("発行センター → A市国民健康保険  existence／number  answered"))
        << log.output;
}

}  // namespace mado::tests
