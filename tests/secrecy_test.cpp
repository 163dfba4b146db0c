// What a thief of the relay's store learns, what passes the relay, and what two holders could join.
#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <future>
#include <set>

#include "base/file.hpp"
#include "crypto/digest.hpp"
#include "db/db.hpp"
#include "issuing_fixture.hpp"
#include "pretenders.hpp"
#include "search.hpp"
#include "wire/order.hpp"

namespace mado::tests {
namespace {

namespace fs = std::filesystem;

// Of no table, so that the requester's own parameter is nobody's secret.
constexpr std::string_view service_date = "2026-10-03";

std::string whole_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::string without(std::string text, char unwanted) {
    std::erase(text, unwanted);
    return text;
}

json::object read_person(const std::string& line) {
    return valid(parse_json_object(line));
}

// Every person of the country, as the issuing centre knows them.
std::vector<json::object> read_people(const RunningCountry& country) {
    std::vector<json::object> out;
    std::ifstream in(country.path("state/country/people.ndjson"));
    for (std::string line; std::getline(in, line);)
        out.push_back(read_person(line));
    return out;
}

std::string text_of(const json::value& value) {
    return {value.as_string().data(), value.as_string().size()};
}

void add_birth_date(Needles& needles, const std::string& who, const std::string& date) {
    needles.add_text("birth date of " + who, date);
    needles.add_text("birth date of " + who, without(date, '-'));
    auto slashes = date;
    std::ranges::replace(slashes, '-', '/');
    needles.add_text("birth date of " + who, slashes);
}

void add_number(Needles& needles, const std::string& who, const json::object& identifier) {
    const auto schemes = valid(wire::Schemes::parse(*read_file("country/jp/schemes.json")));
    const auto& fields = identifier.at("fields").as_object();
    for (const auto& field : fields)
        needles.add_text(std::string(field.key()) + " of " + who, text_of(field.value()));
    // Short numbers too, in the texts in which the relay handles them.
    const auto& scheme = *schemes.find(text_of(identifier.at("scheme")));
    const auto number = wire::read_number(scheme, fields);
    if (!number) throw Failure("a number of the country does not fit its scheme");
    needles.add_text("fields of " + who, json::serialize(fields));
    const auto sent =
        wire::number_for_holder(*number, scheme, participant(text_of(identifier.at("holder"))));
    needles.add_text("number of " + who, sent);
    needles.add_bytes("index material of " + who, wire::index_material(*number));
}

// Every card that was issued, as the issuing centre handed it to the relay.
void add_cards(Needles& needles, const RunningCountry& country) {
    std::ifstream in(country.places().import_file());
    for (std::string line; std::getline(in, line);) {
        const auto person = read_person(line);
        const auto who = text_of(person.at("health_care_number"));
        for (const auto& card : person.at("certificates").as_array()) {
            const auto der = valid(parse_base64url(text_of(card.as_object().at("certificate"))));
            const auto certificate = valid(crypto::Certificate::from_der(der));
            needles.add_bytes("certificate of " + who, der);
            needles.add_bytes("card key of " + who, certificate.public_key().spki());
            needles.add_text("card key of " + who, certificate.public_key().jwk());
        }
    }
}

// Everything that the country knows of its people.
Needles all_people(const RunningCountry& country) {
    Needles out;
    for (const auto& person : read_people(country)) {
        const auto name = text_of(person.at("name"));
        const auto kana = text_of(person.at("kana"));
        const auto number = text_of(person.at("health_care_number"));
        out.add_text("health-care number of " + name, number);
        out.add_text("name of " + name, name);
        out.add_text("name of " + name, without(name, ' '));
        out.add_text("kana of " + name, kana);
        out.add_text("kana of " + name, without(kana, ' '));
        add_birth_date(out, name, text_of(person.at("birth_date")));
        for (const auto& identifier : person.at("identifiers").as_array())
            add_number(out, name, identifier.as_object());
    }
    const auto without_cards = out.size();
    add_cards(out, country);
    EXPECT_GT(out.size(), without_cards + 1'000) << "every issued card is searched for";
    return out;
}

// Every value of every holder's tables, and all health-care numbers, but those of `known`.
Needles all_records(const RunningCountry& country, std::set<std::string> known) {
    known.emplace(service_date);
    Needles out;
    std::set<std::string> values;
    for (const auto& file : fs::directory_iterator(country.path("state/country/holders"))) {
        if (file.path().extension() != ".sqlite") continue;  // what a gateway that writes adds
        for (auto& value : all_values(file.path().string()))
            values.insert(std::move(value));
    }
    for (const auto& person : read_people(country))
        values.insert(text_of(person.at("health_care_number")));
    for (const auto& value : values) {
        if (!known.contains(value)) out.add_text(value, value);
    }
    return out;
}

}  // namespace

class SecrecyTest : public OneCountry {
  protected:
    static wire::Head head(const std::string& requester) {
        auto out = country().head(requester);
        out.parameters["on"] = service_date;
        return out;
    }
    static Bytes card_subject(const std::string& requester, const std::string& card) {
        return to_bytes(wire::mandate_subject(country().sign(country().mandate(requester), card)));
    }
    static std::string body_of(const std::string& requester, const wire::Head& head,
                               const Bytes& subject) {
        return wire::request_json(
            {.head = RunningCountry::sign(head, country().office(requester)), .subject = subject});
    }
    static RawReply send(const std::string& requester, const std::string& body) {
        return country().send(country().office(requester).tls, "POST", "/v1/requests", body);
    }
};

// The search finds what is there: without this the silence below would prove nothing.
TEST(Search, FindsPlantedValues) {
    Needles needles;
    const std::string name = "髙﨑 修一";
    needles.add_text("name", name);
    needles.add_text("number", "621874998319");
    needles.add_text("short", "12345");
    const auto noise = std::string(as_text(crypto::random_bytes(100'000)));
    EXPECT_TRUE(needles.search(noise).empty());
    const auto finds = [&](std::string_view what, const std::string& planted) {
        const auto found = needles.search(noise + planted + noise);
        EXPECT_TRUE(std::ranges::find(found, what) != found.end()) << what << " in " << planted;
    };
    const auto bytes = as_bytes(name);
    finds("name as it is", name);
    finds("name in Shift_JIS as it is", shift_jis(name));
    finds("name as hex", hex(bytes));
    finds("number as HEX", "363231383734393938333139");
    for (const std::string before : {"", "x", "xy"}) {
        const auto around = before + name + "more";
        finds("name as base64", base64(as_bytes(around)));
        finds("name in Shift_JIS as base64", base64(as_bytes(before + shift_jis(name) + "more")));
        finds("number as base64", base64url(as_bytes(before + "621874998319")));
    }
    // Bytes that base64 and base64url write differently.
    Needles binary;
    const Bytes ones(12, 0xFB);
    binary.add_bytes("bytes", ones);
    EXPECT_FALSE(binary.search(base64(ones)).empty());
    EXPECT_FALSE(binary.search(base64url(ones)).empty());
    finds("SHA-256 of name as it is", std::string(as_text(crypto::sha256(bytes))));
    finds("SHA-256 of number as hex", hex(crypto::sha256(as_bytes("621874998319"))));
    EXPECT_TRUE(needles.search("12345 62187499831").empty());
}

// A stolen store without its keys shows no number, no name, no insurer, no birth date, no card.
TEST_F(SecrecyTest, StoreWithoutKeys) {
    const auto clinic = [](const Bytes& subject, int status) {
        const auto reply = send("clinic-1", body_of("clinic-1", head("clinic-1"), subject));
        EXPECT_EQ(reply.status, status) << reply.body;
    };
    clinic(card_subject("clinic-1", "hanako"), 200);
    clinic(card_subject("clinic-1", "tokubetsu"), 200);
    clinic(number_subject("170907095849", "1984-03-15"), 200);
    for (int i = 0; i < 3; ++i)
        clinic(number_subject("908607141597", "1998-11-04"), 404);
    clinic(number_subject("908607141597", "1998-11-03"), 429);
    // Jiro is not linked: his number becomes a series of its own.
    clinic(to_bytes(wire::number_subject(
               "insured-number",
               {{"insurer", "06990014"}, {"symbol", "21"}, {"number", "1077"}, {"branch", "00"}},
               "1988-12-05")),
           200);
    const auto needles = all_people(country());
    EXPECT_GT(needles.size(), 5'000U);

    // As a thief takes it: from the running relay, what was not yet moved out of the WAL included.
    const fs::path copy = country().path("stolen");
    fs::copy(country().path("state/relay"), copy, fs::copy_options::recursive);
    std::size_t bytes = 0;
    for (const auto& file : fs::recursive_directory_iterator(copy)) {
        if (!file.is_regular_file()) continue;
        const auto content = whole_file(file.path());
        bytes += content.size();
        for (const auto& found : needles.search(content))
            ADD_FAILURE() << found << " in " << file.path().filename();
    }
    EXPECT_GT(bytes, 100'000U);
    // And value by value, where pages of the file cut none in two.
    for (const auto& value : all_values((copy / "relay.sqlite").string())) {
        for (const auto& found : needles.search(value))
            ADD_FAILURE() << found << " in a value of a table";
    }
    // The same search finds what is planted there.
    const auto path = (copy / "relay.sqlite").string();
    db::Connection store(path, db::Access::read_write);
    store.run(
        "update head set note = '厚労 花子' where size = "
        "(select min(size) from head)");
    EXPECT_FALSE(needles.search(whole_file(path + "-wal")).empty());
}

// Requests, answers and orders as they pass the relay: the only values of a holder's tables in them
// are what the requester typed and the number that its own holder is sent.
TEST_F(SecrecyTest, BodiesAtTheRelay) {
    const auto search = [](const std::string& body, const std::set<std::string>& known) {
        const auto needles = all_records(country(), known);
        EXPECT_GT(needles.size(), 1'000U);
        auto found = needles.search(body);
        for (const auto& leaf : take_apart(body)) {
            for (const auto& one : needles.search(leaf.value))
                found.push_back(one + " in " + to_text(leaf.path));
        }
        return found;
    };
    const auto expect_nothing = [&search](std::string_view what, const std::string& body,
                                          const std::set<std::string>& known) {
        for (const auto& found : search(body, known))
            ADD_FAILURE() << found << " of " << what;
    };
    // Taro by number; Haru, by card, at both of her insurers.
    const auto taro =
        body_of("clinic-1", head("clinic-1"), number_subject("170907095849", "1984-03-15"));
    auto care_head = head("care-provider-1");
    care_head.to.kind = code_id("care-insurer");
    const auto haru =
        body_of("care-provider-1", care_head, card_subject("care-provider-1", "haru"));
    expect_nothing("a request by number", taro, {"170907095849", "1984-03-15"});
    expect_nothing("a request by card", haru, {});
    const auto taro_reply = send("clinic-1", taro);
    const auto haru_reply = send("care-provider-1", haru);
    ASSERT_EQ(taro_reply.status, 200) << taro_reply.body;
    ASSERT_EQ(haru_reply.status, 200) << haru_reply.body;
    EXPECT_GT(taro_reply.body.size(), 2'000U) << "there is an answer in it";
    expect_nothing("an answer", taro_reply.body, {});
    expect_nothing("an answer", haru_reply.body, {});
    // Taro's own claims.
    auto own_head = country().head("portal");
    own_head.service = service("claims");
    own_head.purpose = code_id("own-view");
    own_head.parameters = {{"from", "2025-03"}};  // of no table
    auto login = country().mandate("portal");
    login.kind = wire::MandateKind::login;
    login.scope = {service("claims")};
    const auto own_reply =
        send("portal", body_of("portal", own_head,
                               to_bytes(wire::mandate_subject(country().sign(login, "taro")))));
    ASSERT_EQ(own_reply.status, 200) << own_reply.body;
    expect_nothing("claims", own_reply.body, {});

    country().kill9("gateway-2");
    country().kill9("gateway-3");
    const auto failed = [](const std::string&) {
        return delivery_response({.outcome = wire::Outcome::failed, .answer = {}, .reason = {}});
    };
    {
        const PretendGateway employer(country(), "gateway-2", {"06990014"}, failed);
        const PretendGateway care(country(), "gateway-3", {"992016"}, failed);
        send("clinic-1", taro);
        send("care-provider-1", haru);
        ASSERT_EQ(employer.deliveries().size(), 1U);
        ASSERT_EQ(care.deliveries().size(), 1U);
        // Taro's birth date goes beside his number; 1042 is too short to be looked for.
        expect_nothing("an order by number", employer.deliveries().front(), {"1984-03-15"});
        expect_nothing("an order by card", care.deliveries().front(), {"0000012079"});
        EXPECT_FALSE(search(care.deliveries().front(), {}).empty()) << "the search sees it";
    }
    country().start("gateway-2");
    country().start("gateway-3");
}

namespace {

// What two orders may share: who asks whom for what and when, and where the log stood.
const std::set<std::string> shareable{
    "relay", "holder", "iss",        "aud",        "to",         "typ",     "alg",    "kid",
    "kty",   "crv",    "policy",     "presence",   "service",    "purpose", "scheme", "time",
    "iat",   "exp",    "parameters", "keep_until", "checkpoint", "proof"};

std::vector<Leaf> unshareable(const std::string& delivery) {
    auto leaves = take_apart(delivery);
    std::erase_if(leaves, [](const Leaf& leaf) {
        return std::ranges::any_of(
            leaf.path, [](const std::string& name) { return shareable.contains(name); });
    });
    return leaves;
}

// Paths of values that share 8 bytes in a row.
std::vector<std::string> shared(const std::vector<Leaf>& one, const std::vector<Leaf>& other) {
    constexpr std::size_t window = 8;
    std::map<std::string, std::string> windows;
    for (const auto& leaf : one) {
        for (std::size_t at = 0; at + window <= leaf.value.size(); ++at)
            windows.emplace(leaf.value.substr(at, window), to_text(leaf.path));
    }
    std::set<std::string> out;
    for (const auto& leaf : other) {
        for (std::size_t at = 0; at + window <= leaf.value.size(); ++at) {
            const auto found = windows.find(leaf.value.substr(at, window));
            if (found != windows.end()) out.insert(found->second + " and " + to_text(leaf.path));
        }
    }
    return {out.begin(), out.end()};
}

std::set<std::string> paths(const std::vector<Leaf>& leaves) {
    std::set<std::string> out;
    for (const auto& leaf : leaves)
        out.insert(to_text(leaf.path));
    return out;
}

}  // namespace

// Two holders lay side by side what each got about Haru, asked for in the same second and made
// durable in one batch: nothing in it says that it is about one person.
TEST_F(SecrecyTest, TwoHoldersCannotJoin) {
    country().kill9("gateway-1");
    country().kill9("gateway-3");
    const auto failed = [](const std::string&) {
        return delivery_response({.outcome = wire::Outcome::failed, .answer = {}, .reason = {}});
    };
    const PretendGateway medical(country(), "gateway-1", {"990010", "39990015"}, failed);
    const PretendGateway care(country(), "gateway-3", {"992016"}, failed);
    const auto subject = card_subject("care-provider-1", "haru");
    const auto medical_head = head("care-provider-1");
    auto care_head = head("care-provider-1");
    care_head.to.kind = code_id("care-insurer");
    const auto first = body_of("care-provider-1", medical_head, subject);
    const auto second = body_of("care-provider-1", care_head, subject);
    const auto other =
        body_of("clinic-1", head("clinic-1"), number_subject("170907095849", "1984-03-15"));
    {
        // While somebody else writes, the first batch waits; what comes meanwhile is the second.
        std::future<RawReply> before, one, two;
        db::Connection store(country().path("state/relay/relay.sqlite"), db::Access::read_write);
        {
            const db::Transaction hold(store);
            before = std::async(std::launch::async, [&other] { return send("clinic-1", other); });
            pause_ms(500);
            one =
                std::async(std::launch::async, [&first] { return send("care-provider-1", first); });
            two = std::async(std::launch::async,
                             [&second] { return send("care-provider-1", second); });
            pause_ms(500);
        }
        EXPECT_EQ(before.get().status, 200);
        EXPECT_EQ(one.get().code, "holder_failed");
        EXPECT_EQ(two.get().code, "holder_failed");
    }
    ASSERT_EQ(medical.deliveries().size(), 1U);
    ASSERT_EQ(care.deliveries().size(), 1U);
    const auto a = medical.deliveries().front();
    const auto b = care.deliveries().front();
    EXPECT_EQ(valid(wire::parse_delivery(a)).receipt.checkpoint,
              valid(wire::parse_delivery(b)).receipt.checkpoint)
        << "not one batch";

    const auto left = unshareable(a);
    const auto right = unshareable(b);
    // What is compared: all of it, and nothing that a later format adds escapes.
    const std::set<std::string> compared{"number/number",
                                         "number_salt",
                                         "receipt/index",
                                         "receipt/order/head/part 1/jti",
                                         "receipt/order/head/part 1/seal_to/x",
                                         "receipt/order/head/part 1/seal_to/y",
                                         "receipt/order/head/part 2",
                                         "receipt/order/id",
                                         "receipt/order/number",
                                         "receipt/order/person",
                                         "receipt/order/subject",
                                         "receipt/salt"};
    EXPECT_EQ(paths(left), compared);
    for (const auto& path : shared(left, right))
        ADD_FAILURE() << "both holders have the same in " << path;
    // The comparison sees what it should.
    EXPECT_EQ(shared(left, left).size(), compared.size() - 1) << "all but the index, a short one";
}

// ---- an application: what step ④ seals for the registers ----

class SecrecyOfIssuing : public AtTheWindow {
  protected:
    SecrecyOfIssuing() {
        const auto& person = applied.at("person").as_object();
        for (const auto* what : {"name", "kana", "address"}) {
            const auto text = text_at(person, what);
            attributes.emplace_back(what, text);
            attributes.emplace_back(what, without(text, ' '));
        }
        attributes.emplace_back("kana", "ｺｳﾛｳ ｾﾂｺ");
        attributes.emplace_back("address", "A市窓町9丁目8番7号");
        for (std::size_t i = 0; i < claims.size(); ++i) {
            const auto& fields = applied.at("claims").at(i).at("number").at("fields");
            numbers.emplace(claims.at(i), text_at(fields.as_object(), "number"));
        }
    }
    // All that is hers, but for the numbers of these claims.
    [[nodiscard]] Needles hers_but(const std::set<std::string>& known) const {
        Needles out;
        for (const auto& [what, text] : attributes)
            out.add_text(what, text);
        for (const auto& [claim, number] : numbers) {
            if (known.contains(claim)) continue;
            out.add_text(claim + " number", number);
            out.add_text(claim + " number", number.substr(0, 4) + "-" + number.substr(4));
        }
        return out;
    }
    static void expect_silent(const std::string& what, const std::string& text,
                              const Needles& needles) {
        for (const auto& found : needles.search(text))
            ADD_FAILURE() << found << " in " << what;
    }
    static void expect_silent_body(const std::string& what, const std::string& body,
                                   const Needles& needles) {
        expect_silent(what, body, needles);
        for (const auto& leaf : take_apart(body))
            expect_silent(what + ", " + to_text(leaf.path), leaf.value, needles);
    }
    // Every file below the folder, as a thief takes it, and every value of its databases.
    void expect_silent_folder(const std::string& folder, const Needles& needles) const {
        std::size_t bytes = 0;
        for (const auto& file : fs::recursive_directory_iterator(country.path(folder))) {
            if (!file.is_regular_file()) continue;
            const auto content = whole_file(file.path());
            bytes += content.size();
            expect_silent(file.path(), content, needles);
            if (file.path().extension() != ".sqlite") continue;
            for (const auto& value : all_values(file.path()))
                expect_silent("a value of " + file.path().string(), value, needles);
        }
        EXPECT_GT(bytes, 10'000U) << folder;
    }
    // What the relay hands to this gateway for the holder, once something came.
    std::string delivered(const std::string& gateway, const std::string& holder,
                          const std::function<void()>& begin) {
        country.kill9(gateway);
        std::string out;
        {
            const PretendGateway pretends(country, gateway, {holder}, [](const std::string&) {
                return delivery_response(
                    {.outcome = wire::Outcome::failed, .answer = {}, .reason = {}});
            });
            begin();
            for (int i = 0; i < 300 && pretends.deliveries().empty(); ++i)
                pause_ms(50);
            const auto all = pretends.deliveries();
            if (!all.empty()) out = all.front();
        }
        country.start(gateway);
        EXPECT_GT(out.size(), 1'000U) << "nothing came for " << holder;
        return out;
    }

    const std::vector<std::string> claims{"resident", "medical", "care", "pension"};
    const json::object applied = elder();
    std::vector<std::pair<std::string, std::string>> attributes;
    std::map<std::string, std::string> numbers;
};

TEST_F(SecrecyOfIssuing, WhatIsAppliedForIsReadByItsRegistersAlone) {
    const auto number = text_at(done({"open"}), "number");
    const auto register_sees =
        delivered("gateway-3", "992011", [&] { done({"apply", number, file("elder", applied)}); });
    expect_silent_body("the register's order", register_sees, hers_but({"resident"}));
    EXPECT_FALSE(hers_but({}).search(register_sees).empty()) << "its own number is in it";
    done({"again", number});  // it had failed
    wait_for_step(number, "make_keys");
    done({"card", number, "setsuko", "--new-pin", "2468", "--new-password", "ABC987"});
    const auto pension_sees =
        delivered("gateway-4", "nenkin", [&] { done({"hand-over", number}); });
    expect_silent_body("the pension's order", pension_sees, hers_but({"pension"}));
    const auto health_care = text_at(wait_for_step(number, ""), "health_care_number");
    const auto all = [&](const std::set<std::string>& known) {
        auto out = hers_but(known);
        out.add_text("health-care number", health_care);
        add_birth_date(out, "her", "1957-04-12");  // in an order it goes beside the number
        return out;
    };

    const auto needles = all({});
    expect_silent_folder("state/relay", needles);
    // Of gateway-3 are the resident register and the care insurer, of gateway-1 the medical one.
    const std::map<std::string, std::set<std::string>> at{{"gateway-1", {"medical"}},
                                                          {"gateway-3", {"resident", "care"}},
                                                          {"gateway-4", {"pension"}}};
    for (int i = 1; i <= 8; ++i) {
        const auto gateway = "gateway-" + std::to_string(i);
        const auto found = at.find(gateway);
        const auto known = found == at.end() ? std::set<std::string>() : found->second;
        expect_silent_folder("state/gateways/" + gateway, all(known));
    }
    std::size_t logs = 0;
    for (const auto& entry : fs::directory_iterator(country.places().run())) {
        if (entry.path().extension() != ".log") continue;
        ++logs;
        expect_silent(entry.path(), whole_file(entry.path()), needles);
    }
    EXPECT_GT(logs, 10U);
    // The same search finds all of it where it belongs, and a number where it was sent.
    std::set<std::string> found;
    for (const auto* holder : {"992011", "992024", "nenkin", "990010"}) {
        const auto file = country.path(std::string("state/country/holders/") + holder + ".sqlite");
        for (const auto& value : all_values(file)) {
            for (const auto& one : needles.search(value))
                found.insert(one.substr(0, one.find(" as ")));
        }
    }
    const std::set<std::string> expected{
        "name",           "kana",        "address",        "birth date of her", "resident number",
        "medical number", "care number", "pension number", "health-care number"};
    EXPECT_EQ(found, expected);
}

}  // namespace mado::tests
