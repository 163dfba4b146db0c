#include "test_exchange.hpp"

#include <boost/json.hpp>

namespace mado::relay {

std::string ExchangeTest::code_of(const http::Response& response) {
    if (response.status == 200) return "ok";
    const auto problem = boost::json::parse(response.body).as_object();
    EXPECT_EQ(problem.at("request_id").as_string(), "request-id");
    std::string code(problem.at("code").as_string());
    const auto* reason = problem.if_contains("reason");
    return reason == nullptr ? code : code + " " + std::string(reason->as_string());
}

boost::json::object PortalTest::open(const wire::Head& of, const std::string& subject) {
    return open(of, subject, {.key = store.country.portal, .certificate = 8});
}

boost::json::object PortalTest::open(const wire::Head& of, std::string_view subject, Asks by) {
    const auto text = body(of, subject, by.key);
    const auto response = send(text, wire::filled(by.certificate));
    EXPECT_EQ(code_of(response), "ok");
    const auto reply = wire::valid(wire::parse_reply(response.body));
    EXPECT_FALSE(reply.receipt.has_value());
    const auto request = wire::valid(wire::parse_request(text));
    auto answer = wire::valid(wire::open_answer(reply.answer, store.country.seal_to,
                                                {.from = store.directory.relay(),
                                                 .order = crypto::sha256(as_bytes(request.head)),
                                                 .service = of.service,
                                                 .now = unix_now()}));
    return std::move(*answer.data);
}

}  // namespace mado::relay
