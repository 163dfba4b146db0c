// A mandate ends before its time: by its stop, by its organisation; and stays ended.
#include "ending.hpp"

#include <boost/json.hpp>

#include "public_face.hpp"
#include "routes.hpp"
#include "test_exchange.hpp"

namespace mado::relay {
namespace {

class EndingTest : public PortalTest {
  protected:
    EndingTest() { secret = crypto::random_hash(); }

    http::Response call(const std::vector<http::Route>& routes, std::string_view path,
                        std::string text, std::optional<Hash> certificate) {
        for (const auto& route : routes) {
            if (route.path != path) continue;
            http::Request request;
            request.method = "POST";
            request.path = path;
            request.body = std::move(text);
            request.request_id = "request-id";
            request.certificate = certificate;
            return http::await(io, route.handler(std::move(request)));
        }
        return {.status = 404, .content_type = {}, .body = {}, .headers = {}};
    }
    static std::string code(const http::Response& response) {
        return response.status == 204 ? "ended" : code_of(response);
    }
    std::string stop(std::string text, Shared& with) {
        const auto routes = public_routes(with, *reader, rules);
        return code(call(routes, "/v1/stop", std::move(text), std::nullopt));
    }
    std::string stop(const Hash& by) {
        return stop(R"({"secret":")" + base64url(by) + R"("})", shared);
    }
    std::string end(std::string text, std::uint8_t certificate = 8) {
        const auto routes = participant_routes(io, shared, *reader, *exchange);
        return code(call(routes, "/v1/mandates/end", std::move(text), wire::filled(certificate)));
    }
    std::string end(const std::string& organisation, const Hash& mandate,
                    std::uint8_t certificate = 8) {
        return end(boost::json::serialize(
                       boost::json::object{{"for", organisation}, {"mandate", base64url(mandate)}}),
                   certificate);
    }
    // A log-in that its secret ends; its JWS and the subject made of it.
    std::string log_in() {
        auto content = mandate_content(wire::MandateKind::login);
        content.stop = crypto::sha256(secret);
        return card.sign(content);
    }
    std::string ask_bells(const std::string& jws) {
        auto of = question();
        of.service = service_id("bells");
        return code_of(ask_portal(of, wire::mandate_subject(jws)));
    }
    static Hash hash_of(std::string_view jws) { return crypto::sha256(as_bytes(jws)); }
    std::int64_t rows() { return store.count("select count(*) from mandate"); }

    Hash secret{};
    const Rules rules{.directory = "the directory's text", .policy = "{}", .schemes = "{}"};
};

TEST_F(EndingTest, TheSecretEndsTheLogIn) {
    const auto jws = log_in();
    EXPECT_EQ(stop(secret), "mandate_unknown") << "it was not used yet";
    EXPECT_EQ(ask_bells(jws), "ok");
    EXPECT_EQ(stop(crypto::random_hash()), "mandate_unknown");
    EXPECT_EQ(ask_bells(jws), "ok");
    EXPECT_EQ(stop(secret), "ended");
    EXPECT_EQ(ask_bells(jws), "mandate_ended");
    EXPECT_EQ(rows(), 2);
    EXPECT_EQ(stop(secret), "ended") << "the same again";
    EXPECT_EQ(end("portal", hash_of(jws)), "ended");
    EXPECT_EQ(rows(), 2) << "and nothing is written for it";
}

TEST_F(EndingTest, ItStaysEndedAfterARestart) {
    const auto jws = log_in();
    const auto other = mandate(wire::MandateKind::login);
    EXPECT_EQ(ask_bells(jws), "ok");
    EXPECT_EQ(code_of(ask_portal(question(), other)), "ok");
    EXPECT_EQ(stop(secret), "ended");

    Mandates stored(stored_mandates(reader->connection(), store.vault()));
    Shared later = with(stored);
    exchange.emplace(io, later, *reader);
    EXPECT_EQ(ask_bells(jws), "mandate_ended");
    EXPECT_EQ(code_of(ask_portal(question(), other)), "ok");
    EXPECT_EQ(stop(R"({"secret":")" + base64url(secret) + R"("})", later), "ended");
    exchange.emplace(io, shared, *reader);
}

TEST_F(EndingTest, TheOrganisationEndsItsOwn) {
    const auto jws = log_in();
    EXPECT_EQ(end("portal", hash_of(jws)), "mandate_unknown") << "it was not used yet";
    EXPECT_EQ(ask_bells(jws), "ok");
    EXPECT_EQ(end("clinic-1", hash_of(jws), 4), "mandate_unknown") << "another one's";
    EXPECT_EQ(end("portal", hash_of(jws), 4), "certificate_mismatch");
    EXPECT_EQ(end("nobody", hash_of(jws)), "not_in_directory");
    EXPECT_EQ(end("portal", hash_of(jws), 99), "not_in_directory");
    EXPECT_EQ(ask_bells(jws), "ok");
    EXPECT_EQ(end("portal", hash_of(jws)), "ended");
    EXPECT_EQ(end("portal", hash_of(jws)), "ended");
    EXPECT_EQ(ask_bells(jws), "mandate_ended");
}

TEST_F(EndingTest, NotEvenARepeatIsAnsweredAfterTheEnd) {
    dial_answering();
    const auto subject = mandate();
    const auto request = body(head(), subject);
    EXPECT_EQ(code_of(send(request)), "ok");
    const auto jws = wire::valid(parse_json_object(subject)).at("mandate").as_string();
    EXPECT_EQ(end("clinic-1", hash_of(jws), 4), "ended") << "a check is withdrawn";
    EXPECT_EQ(code_of(send(request)), "mandate_ended");
    EXPECT_EQ(ask(head(), subject), "mandate_ended");
    EXPECT_EQ(logged(), 1);
}

TEST_F(EndingTest, EndsThatCannotBeStoredHoldAllTheSame) {
    const auto jws = log_in();
    EXPECT_EQ(ask_bells(jws), "ok");
    store.alter(
        "create trigger planted before insert on mandate begin select raise(abort, 'p'); "
        "end");
    EXPECT_EQ(stop(secret), "not_ready");
    EXPECT_EQ(ask_bells(jws), "mandate_ended");
    EXPECT_EQ(rows(), 1);
    store.alter("drop trigger planted");
    EXPECT_EQ(stop(secret), "ended") << "asked again, it is stored";
    EXPECT_EQ(rows(), 2);
}

TEST_F(EndingTest, Rubbish) {
    for (const auto* text : {"", "{}", "[]", R"({"secret":"short"})", R"({"secret":1})"}) {
        EXPECT_EQ(stop(text, shared), "malformed") << text;
        EXPECT_EQ(end(text), "malformed") << text;
    }
    const auto hash = base64url(secret);
    EXPECT_EQ(stop(R"({"secret":")" + hash + R"(","more":1})", shared), "malformed");
    EXPECT_EQ(end(R"({"for":"Portal!","mandate":")" + hash + R"("})"), "malformed");
    for (const auto& route : public_routes(shared, *reader, rules)) {
        if (route.path == "/v1/stop") {
            EXPECT_EQ(route.body_bytes_max, 1024U);
        }
    }
    EXPECT_EQ(rows(), 0) << "strangers write nothing";
}

}  // namespace
}  // namespace mado::relay
