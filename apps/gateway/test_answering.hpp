// A gateway with one holder, its evidence, and a relay that may lie, without a network.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "answering.hpp"
#include "http/test_net.hpp"
#include "test_gateway.hpp"
#include "wire/answer.hpp"

namespace mado::gateway {

class AnsweringTest : public testing::Test {
  protected:
    using Forgery = GatewayCountry::Forgery;

    explicit AnsweringTest(const std::function<void(TestRegister&)>& change = {}) {
        if (change) change(reg);
        holders.emplace("06990014", Holder{Records(reg.mapping, reg.database, directory, schemes),
                                           std::move(country.insurer), insurer_kid,
                                           std::move(country.insurer_sealing)});
    }

    std::string deliver_body(const std::string& body) {
        http::Request request;
        request.method = "POST";
        request.path = "/v1/orders";
        request.body = body;
        request.request_id = "request-id";
        auto response = http::await(io, answering.run(std::move(request)));
        EXPECT_EQ(response.status, 200);
        return response.body;
    }
    wire::DeliveryReply deliver(const wire::Delivery& delivery) {
        return wire::valid(wire::parse_delivery_reply(deliver_body(wire::delivery_json(delivery))));
    }
    // The outcome, and why.
    std::string told(const wire::Delivery& delivery) {
        const auto reply = deliver(delivery);
        EXPECT_EQ(reply.answer.empty(), reply.outcome != wire::Outcome::answered);
        const std::string outcome(wire::to_text(reply.outcome));
        return reply.reason.empty() ? outcome : outcome + " " + reply.reason;
    }
    static Forgery now(Forgery forgery = {}) {
        forgery.now = unix_now();
        return forgery;
    }
    [[nodiscard]] Parsed<wire::Answer> open(const wire::DeliveryReply& reply, const Hash& entry,
                                            std::string_view service = "eligibility") const {
        return wire::open_answer(reply.answer, country.seal_to,
                                 {.from = *directory.find("06990014"),
                                  .order = entry,
                                  .service = wire::service_id(service),
                                  .now = unix_now(),
                                  .act = wire::act_of(wire::service_id(service))});
    }
    [[nodiscard]] std::vector<std::string> kept() const {
        std::vector<std::string> out;
        db::Connection connection(evidence_path, db::Access::read_only);
        auto rows = connection.prepare(
            "select holder || ' ' || number || ' ' || requester || ' ' || service || ' ' || "
            "outcome "
            "from evidence");
        while (rows.step())
            out.push_back(rows.text(0));
        return out;
    }

    TempFolder folder;
    TestRegister reg{folder};
    GatewayCountry country;
    const wire::Directory directory = country.directory();
    const std::string insurer_kid = wire::kid_of(country.insurer);
    const wire::Schemes schemes = wire::test_schemes();
    // In force on the day on which the test runs.
    const wire::Policy policy = wire::valid(wire::Policy::parse(
        wire::replaced(test_policies, R"("to":"2026-11-22")", R"("to":"2999-12-31")")));
    const AllowedPolicies allowed{"number", "told", "filed", "filings", "newborn", "own-view"};
    const Log log{"test", null_device()};
    const std::string evidence_path = folder.path("evidence.sqlite");
    http::asio::io_context io{1};  // outlives the evidence's thread, which wakes it
    Evidence evidence{evidence_path, log};
    std::map<std::string, Holder, std::less<>> holders;
    http::Metrics metrics;
    const http::Identity gateway{"gateway"};
    const http::TlsContext tls = http::TlsContext::client(gateway.tls(), http::accept_only({}));
    Settling settling{io,
                      {.directory = directory,
                       .tls = tls,
                       .evidence = evidence,
                       .log = log,
                       .rounds = metrics.counters("rounds", "…", {"log", "result"})},
                      unix_now()};
    Answering answering{{.directory = directory,
                         .policy = policy,
                         .allowed = allowed,
                         .log = log,
                         .evidence = evidence,
                         .settling = settling,
                         .holders = holders,
                         .orders = metrics.counters("orders", "…", {"service", "outcome"}),
                         .latency_s = metrics.histogram("latency", "…", {1})}};
};

}  // namespace mado::gateway
