#include "test_outgoing.hpp"

#include <boost/json.hpp>

namespace mado::gateway {

OutgoingTest::OutgoingTest(const std::function<void(TestRegister&)>& change)
    : AnsweringTest(change) {
    const auto& holder = holders.at("06990014");
    const auto pem = holder.signing_key.pem();
    identities.emplace(
        "06990014",
        client::Identity{.id = holder.records.holder().id,
                         .kid = holder.kid,
                         .signing_key = wire::valid(crypto::PrivateKey::from_pem(pem.view())),
                         .tls = http::TlsContext::client(gateway.tls(), http::accept_only({}))});
}

void OutgoingTest::start_telling() {
    tells.emplace(evidence_path, evidence, key);
    telling.emplace(
        io, Telling::Parts{.directory = directory,
                           .holders = holders,
                           .identities = identities,
                           .tells = *tells,
                           .log = log,
                           .results = results,
                           .send = [this](const client::Identity& self, client::Prepared request) {
                               EXPECT_EQ(self.id.text(), "06990014");
                               sent.push_back(request.body);
                               return reply();
                           }});
}

Task<client::Result<client::Answered>> OutgoingTest::reply() {
    if (says) co_return std::unexpected(client::Problem{*says, {}, {}, {}});
    const auto request = wire::valid(wire::parse_request(sent.back()));
    const auto head = wire::valid(wire::parse_head(request.head)).head;
    co_return client::Answered{.answer = {.act = wire::Act::tell,
                                          .issuer = head.to.holder.value(),
                                          .audience = {},
                                          .order = {},
                                          .issued_at = 0,
                                          .service = head.service,
                                          .as_of = 0,
                                          .data = boost::json::object()},
                               .receipt = {},
                               .order = {}};
}

}  // namespace mado::gateway
