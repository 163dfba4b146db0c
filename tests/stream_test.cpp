// Many requests on one stream, by the real programs: a portal, the relay, the insurers' gateways.
#include <boost/json.hpp>
#include <sstream>

#include "base/file.hpp"
#include "country_fixture.hpp"
#include "db/db.hpp"
#include "http/lines.hpp"
#include "wire/subject.hpp"

namespace mado::tests {
namespace {

constexpr http::Milliseconds patience{20'000};

class StreamTest : public OneCountry {
  protected:
    static client::Ask question() {
        return {.to = {.holder = {}, .kind = code_id("medical-insurer"), .position = 1},
                .service = service("eligibility"),
                .purpose = code_id("own-view"),
                .parameters = {{"on", "2026-11-22"}},
                .subject = login()};
    }
    static Bytes login() {
        static const std::string mandate = [] {
            auto made = country().mandate("portal");
            made.kind = wire::MandateKind::login;
            made.scope = {service("eligibility"), service("claims")};
            made.expires = made.issued_at + wire::login_lifetime_s;
            return wire::mandate_subject(country().sign(made, "hanako"));
        }();
        return to_bytes(mandate);
    }
    static client::Asker asker(const std::string& office = "portal") {
        return {country().directory(), country().office(office)};
    }
    // Hanako's health-care number to her insurer, by the centre's own number of her.
    static client::Ask tell() {
        const auto insurer = valid(wire::ParticipantId::parse("06990014"));
        const auto* to = country().directory().find(insurer);
        return {.to = {.holder = insurer, .kind = {}},
                .service = service("health-care-number"),
                .purpose = code_id("issuing"),
                .parameters = {},
                .subject = to_bytes(wire::own_subject(valid(number_of_hanako()))),
                .payload = *client::seal_payload(
                    *to, R"({"health_care_number":"621874998319","valid_from":"2026-11-22"})")};
    }
    static Parsed<wire::PersonNumber> number_of_hanako() {
        std::istringstream lines(read_file(country().places().issuer_take_on_file()).value());
        for (std::string line; std::getline(lines, line);) {
            const auto one = json::parse(line).as_object();
            if (text_at(one.at("person").as_object(), "name") != "厚労 花子") continue;
            return wire::PersonNumber{
                .scheme = "issuing-number",
                .fields = {{"number", std::string(text_at(one, "issuing_number"))}}};
        }
        return bad("hanako was not taken on");
    }
    static std::vector<client::Prepared> prepared(std::size_t count) {
        std::vector<client::Prepared> out;
        for (std::size_t i = 0; i < count; ++i)
            out.push_back(asker().prepare(question()));
        return out;
    }
    static std::vector<client::Prepared> copy(const std::vector<client::Prepared>& of) {
        std::vector<client::Prepared> out;
        for (const auto& one : of)
            out.push_back(copy(one));
        return out;
    }
    static client::Prepared copy(const client::Prepared& of) {
        const auto pem = of.seal_to.pem();
        return {.body = of.body,
                .seal_to = valid(crypto::PrivateKey::from_pem(pem.view())),
                .expires = of.expires,
                .values_max = of.values_max};
    }
    // "answered" or the problem's code, in the requests' order.
    static std::vector<std::string> send_all(std::vector<client::Prepared> requests,
                                             const std::string& office) {
        std::vector<std::string> out(requests.size(), "nothing");
        wait_for(send(asker(office), std::move(requests), out));
        return out;
    }
    // An insurer that took too long (1.5 s) has its line's order and is asked for it again.
    static std::vector<std::string> send_until_answered(
        const std::vector<client::Prepared>& requests, const std::string& office = "portal") {
        auto out = send_all(copy(requests), office);
        for (int round = 0; round < 10; ++round) {
            std::vector<std::size_t> silent;
            for (std::size_t i = 0; i < out.size(); ++i)
                if (out[i] == "unavailable") silent.push_back(i);
            if (silent.empty()) break;
            std::vector<client::Prepared> again;
            for (const auto i : silent)
                again.push_back(copy(requests[i]));
            const auto codes = send_all(std::move(again), office);
            for (std::size_t i = 0; i < silent.size(); ++i)
                out[silent[i]] = codes[i];
        }
        return out;
    }
    static Task<bool> send(client::Asker by, std::vector<client::Prepared> requests,
                           std::vector<std::string>& out) {
        co_await by.send_all(std::move(requests), [&out](std::size_t which, auto result) {
            EXPECT_EQ(out[which], "nothing") << "one answer for each";
            out[which] = result ? "answered" : std::string(wire::info(result.error().code).name);
        });
        co_return true;
    }
    static std::size_t entries() {
        const auto all = country().entries("hanako");
        if (!all) throw Failure("no entries");
        return all->entries.size();
    }
    // Sends these lines, reads so many answers, and breaks the connection.
    static Task<std::size_t> talk(std::string lines, std::size_t count,
                                  std::vector<http::LineAnswer>* answers, const std::string& as) {
        const auto& tls = country().office(as).tls;
        auto connection =
            co_await http::Connection::connect({"127.0.0.1", country().port()}, &tls, patience);
        http::Request request;
        request.method = "POST";
        request.path = "/v1/requests";
        request.content_type = std::string(http::lines_type);
        auto opened = co_await connection->open_stream(request, 1'000, patience);
        if (!opened || opened->status != 200) co_return 0;
        auto sent = co_await connection->send_more(std::move(lines));
        if (!sent) co_return 0;
        http::LineReader reader(wire::reply_bytes_max);
        std::size_t read = 0;
        while (read < count) {
            auto bytes = co_await connection->read_more(patience);
            if (!bytes) break;
            reader.add(*bytes);
            while (auto line = reader.next()) {
                ++read;
                if (answers != nullptr)
                    answers->push_back(valid(http::read_line_answer(line->text)));
            }
        }
        co_return read;
    }
};

TEST_F(StreamTest, EveryLineHasItsAnswerAndItsEntry) {
    const auto before = entries();
    auto requests = prepared(1'000);
    // Two of them ask for what nobody may have, and one is no request.
    auto refused = question();
    refused.purpose = code_id("curiosity");
    requests[10] = asker().prepare(refused);
    auto nowhere = question();
    nowhere.to.position = 16;
    requests[20] = asker().prepare(nowhere);
    requests[30].body = R"({"head":"a.b.c","subject":""})";
    const auto codes = send_until_answered(requests);
    for (std::size_t i = 0; i < codes.size(); ++i) {
        const auto* wanted = i == 10 ? "not_allowed" : i == 20 ? "no_link" : "answered";
        EXPECT_EQ(codes[i], i == 30 ? "malformed" : wanted) << i;
    }
    EXPECT_EQ(entries(), before + 997) << "each is an order, and what was refused is none";
}

TEST_F(StreamTest, ACutStreamIsSentAgainByteForByte) {
    const auto before = entries();
    const auto requests = prepared(200);
    std::string lines;
    for (std::size_t i = 0; i < 150; ++i)
        lines += requests[i].body + '\n';
    lines += requests[150].body.substr(0, 100);
    EXPECT_GE(wait_for(talk(lines, 40, nullptr, "portal")), 40U);
    for (const auto& code : send_until_answered(requests))
        EXPECT_EQ(code, "answered");
    for (const auto& code : send_until_answered(requests))
        EXPECT_EQ(code, "answered");
    EXPECT_EQ(entries(), before + 200) << "the same bytes are the same order";
}

TEST_F(StreamTest, ARelayThatIsStartedAgainInTheMiddle) {
    const auto before = entries();
    const auto requests = prepared(300);
    std::string lines;
    for (const auto& request : requests)
        lines += request.body + '\n';
    EXPECT_GE(wait_for(talk(lines, 10, nullptr, "portal")), 10U);
    country().kill9("relay");
    country().start("relay");
    for (const auto& code : send_until_answered(requests))
        EXPECT_EQ(code, "answered");
    EXPECT_EQ(entries(), before + 300);
}

// Tells, too: what is handed over is sealed to the insurer, comes in once however often it is sent,
// and each has its signed acceptance.
TEST_F(StreamTest, TellsAreTakenInOnce) {
    const auto before = entries();
    std::vector<client::Prepared> tells;
    for (int i = 0; i < 100; ++i)
        tells.push_back(asker("issuer").prepare(tell()));
    std::string lines;
    for (std::size_t i = 0; i < 80; ++i)
        lines += tells[i].body + '\n';
    EXPECT_GE(wait_for(talk(lines, 20, nullptr, "issuer")), 20U);
    for (int round = 0; round < 2; ++round) {
        for (const auto& code : send_until_answered(tells, "issuer"))
            EXPECT_EQ(code, "answered");
    }
    EXPECT_EQ(entries(), before + 100);
    db::Connection insurer(country().path("state/country/holders/06990014.sqlite"),
                           db::Access::read_only);
    auto rows = insurer.prepare(
        "select count(*), count(distinct order_id) from "
        "health_care_number where valid_from = '2026-11-22'");
    ASSERT_TRUE(rows.step());
    EXPECT_EQ(rows.integer(0), 100);
    EXPECT_EQ(rows.integer(1), 100);
}

TEST_F(StreamTest, LimitsAndWhoMayHaveOne) {
    const auto one = prepared(2);
    std::vector<http::LineAnswer> answers;
    const auto lines =
        one[0].body + "\n" + std::string(wire::request_bytes_max + 1, 'x') + "\n" + one[1].body;
    EXPECT_EQ(wait_for(talk(lines + "\n", 3, &answers, "portal")), 3U);
    std::size_t too_large = 0;
    for (const auto& answer : answers) {
        EXPECT_EQ(answer.is_problem, answer.number == 2);
        too_large += answer.body.find("too_large") == std::string::npos ? 0 : 1;
    }
    EXPECT_EQ(too_large, 1U);
    // Another organisation's requests are refused one by one, as they are without a stream.
    answers.clear();
    EXPECT_EQ(wait_for(talk(prepared(1)[0].body + "\n", 1, &answers, "clinic-1")), 1U);
    ASSERT_EQ(answers.size(), 1U);
    EXPECT_NE(answers[0].body.find("certificate_mismatch"), std::string::npos) << answers[0].body;
}

}  // namespace
}  // namespace mado::tests
