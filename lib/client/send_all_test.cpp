// Many requests on one stream, with a relay that answers truly, lies, refuses, or breaks off.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <set>

#include "client/client.hpp"
#include "http/lines.hpp"
#include "http/test_net.hpp"
#include "wire/subject.hpp"
#include "wire/test_wire.hpp"

namespace mado::client {
namespace {

class SendAllTest : public testing::Test {
  protected:
    SendAllTest() {
        http::Route route{"POST", "/v1/requests", wire::request_bytes_max,
                          [this](http::Request request) { return take(std::move(request)); },
                          http::Lines{}};
        http::ServerOptions options;
        options.tls = &tls;
        server.emplace(io, std::move(options), std::vector<http::Route>{std::move(route)});
        auto& relay = *std::ranges::find(directory.participants, std::string("relay"),
                                         [](const auto& one) { return one.id.text(); });
        relay.certificates = {relay_identity.hash};
        relay.addresses = {{.host = "127.0.0.1", .port = server->port()}};
    }
    // Logs an order, has the insurer answer it; or what the test wants instead.
    http::Task<http::Response> take(http::Request request) {
        ++taken;
        if (taken == break_at) server.reset();  // with every connection
        const auto body = wire::valid(wire::parse_request(request.body));
        seen.insert(body.head);
        const auto head = wire::valid(wire::parse_head(body.head)).head;
        if (head.purpose.text() == "curiosity") {
            co_return http::problem(403, "not_allowed", "No.", request.request_id);
        }
        const auto salt = crypto::random_hash();
        auto order = country.order();
        order.time = unix_now();
        order.head = lie ? country.order().head : body.head;
        order.subject = wire::commit_subject(salt, body.subject);
        const auto receipt = country.log_order(wire::complete(order));
        wire::Answer answer{.issuer = order.holder,
                            .audience = head.seal_to.thumbprint(),
                            .order = wire::order_entry(receipt.salt, receipt.order),
                            .issued_at = unix_now(),
                            .service = head.service,
                            .data = json::object()};
        http::Response response;
        response.body = wire::reply_json(
            {.answer = wire::seal_answer(std::move(answer), wire::kid_of(country.insurer),
                                         country.insurer, head.seal_to),
             .receipt = receipt,
             .subject_salt = salt});
        co_return response;
    }
    [[nodiscard]] std::vector<Prepared> prepared(std::size_t count,
                                                 std::string_view purpose = "treatment") const {
        const Asker asker(directory, identity);
        const Ask question{
            .to = {.holder = {}, .kind = wire::code_id("medical-insurer"), .position = 1},
            .service = wire::service_id("eligibility"),
            .purpose = wire::code_id(purpose),
            .parameters = {{"on", "2026-11-22"}},
            .subject = to_bytes(wire::number_subject(
                "care-insured-number", {{"insurer", "992016"}, {"number", "0000000001"}},
                "1986-11-22"))};
        std::vector<Prepared> out;
        for (std::size_t i = 0; i < count; ++i)
            out.push_back(asker.prepare(question));
        return out;
    }
    // "answered" or the code, in the requests' order.
    std::vector<std::string> send(std::vector<Prepared> requests) {
        std::vector<std::string> out(requests.size(), "nothing");
        Asker asker(directory, identity);
        http::await(io, asker.send_all(std::move(requests), [&out](std::size_t which, auto got) {
            EXPECT_EQ(out[which], "nothing") << "one answer for each";
            out[which] = got ? "answered" : std::string(wire::info(got.error().code).name);
        }));
        return out;
    }

    http::asio::io_context io{1};
    http::Identity relay_identity{"relay"};
    http::Identity own_identity{"clinic"};
    http::TlsContext tls = http::TlsContext::server(relay_identity.tls(), true);
    std::optional<http::Server> server;
    wire::TestCountry country;
    wire::Directory directory = country.directory();
    Identity identity{
        .id = wire::participant_id("clinic-1"),
        .kid = wire::kid_of(country.clinic),
        .signing_key = wire::valid(crypto::PrivateKey::from_pem(country.clinic.pem().view())),
        .tls =
            http::TlsContext::client(own_identity.tls(), http::accept_only(relay_identity.hash))};
    int taken = 0;
    int break_at = 0;
    bool lie = false;
    std::set<std::string> seen;
};

TEST_F(SendAllTest, EachHasItsOwnAnswer) {
    auto requests = prepared(100);
    requests[7] = std::move(prepared(1, "curiosity")[0]);
    const auto codes = send(std::move(requests));
    for (std::size_t i = 0; i < codes.size(); ++i)
        EXPECT_EQ(codes[i], i == 7 ? "not_allowed" : "answered") << i;
    EXPECT_EQ(taken, 100);
    EXPECT_TRUE(send({}).empty());
}

TEST_F(SendAllTest, WhatDoesNotFitIsRefusedHere) {
    lie = true;
    for (const auto& code : send(prepared(3)))
        EXPECT_EQ(code, "receipt_invalid");
    EXPECT_EQ(taken, 3) << "a lie is not asked for again";
}

TEST_F(SendAllTest, NobodyThere) {
    server.reset();
    for (const auto& code : send(prepared(3)))
        EXPECT_EQ(code, "unavailable");
}

TEST_F(SendAllTest, ARelayThatGoesAnswersSomeAndTheOthersAreUnavailable) {
    break_at = 50;
    const auto codes = send(prepared(100));
    EXPECT_EQ(std::ranges::count(codes, "answered") + std::ranges::count(codes, "unavailable"),
              100);
    EXPECT_GT(std::ranges::count(codes, "unavailable"), 0);
    EXPECT_LE(seen.size(), 100U) << "never other bytes than those that were prepared";
}

}  // namespace
}  // namespace mado::client
