// One delivery on a held connection: verify, look up, keep as evidence, sign, seal
// (ARCHITECTURE.md).
#pragma once

#include <map>
#include <string>

#include "base/log.hpp"
#include "evidence.hpp"
#include "http/http.hpp"
#include "http/metrics.hpp"
#include "records.hpp"
#include "service.hpp"
#include "settling.hpp"

namespace mado::gateway {

using http::Task;

// A holder behind this gateway.
struct Holder {
    Records records;
    crypto::PrivateKey signing_key;
    std::string kid;
    crypto::PrivateKey sealing_key;  // opens payloads to it
};

class Answering {
  public:
    struct Parts {
        const wire::Directory& directory;
        const wire::Policy& policy;
        const AllowedPolicies& allowed;
        const Log& log;
        Evidence& evidence;
        const Settling& settling;
        std::map<std::string, Holder, std::less<>>& holders;
        http::CounterFamily& orders;  // by service and outcome
        http::Histogram& latency_s;
        const matching::Tables* tables = nullptr;  // null: none are configured
    };
    explicit Answering(Parts parts) : parts_(parts) {}

    // POST /v1/orders from the relay.
    Task<http::Response> run(http::Request request);

  private:
    struct Asked {
        const VerifiedOrder& order;
        const wire::Delivery& delivery;
        const wire::Contract& contract;
        Holder& holder;
        UnixTime now;
    };
    wire::ServiceAnswer find(const Asked& asked, const wire::ServiceQuestion& question) const;
    wire::ServiceAnswer find_evidence(const Asked& asked,
                                      const wire::ServiceQuestion& question) const;
    wire::ServiceAnswer look_up(const Asked& asked, const wire::ServiceQuestion& question) const;
    bool is_to_be_revised(const Asked& asked, const wire::ServiceAnswer& found) const;
    bool take_in(const Asked& asked, const wire::ServiceQuestion& question) const;
    void report(const Asked& asked, const Failure& failure) const;
    Task<Kept> keep(EvidenceRow row) const;
    Task<wire::DeliveryReply> answer(std::string body, std::string& service);
    Task<wire::DeliveryReply> answer(const Asked& asked, const wire::ServiceQuestion& question,
                                     EvidenceRow row) const;
    Task<wire::DeliveryReply> accept(const Asked& asked, const wire::ServiceQuestion& question,
                                     EvidenceRow row) const;

    Parts parts_;
};

}  // namespace mado::gateway
