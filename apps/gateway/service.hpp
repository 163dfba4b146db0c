// What a gateway demands before it touches its holder's database (docs/protocols/order.md): values
// in, values out.
#pragma once

#include <expected>
#include <set>
#include <string>

#include "wire/directory.hpp"
#include "wire/errors.hpp"
#include "wire/exchange.hpp"
#include "wire/head.hpp"
#include "wire/policy.hpp"
#include "wire/services/catalogue.hpp"

namespace mado::gateway {

using wire::Code;

// The gateway's own policy: the rows of the national policy that its holders honour.
using AllowedPolicies = std::set<std::string, std::less<>>;

struct OrderFacts {
    const wire::Delivery& delivery;
    const wire::Directory& directory;
    const wire::Policy& policy;
    const AllowedPolicies& allowed;
};

struct VerifiedOrder {
    wire::Order order;
    Hash entry{};
    std::string origin;  // of the log that it is in
    wire::Head head;
    const wire::Participant* holder;
    std::optional<UnixTime> sealed_until = std::nullopt;  // kept out of evidence until then
};

// Everything that can be decided without a store: proof and log key, head's signature and aud, to
// or kind, number's commitment, policy. Freshness depends on whether the order was seen before.
std::expected<VerifiedOrder, Code> verify_order(const OrderFacts& facts);
// At first sight the order's time is within the clock skew; a repeat is good until the head ends,
// and so is a tell.
std::optional<Code> judge_freshness(const VerifiedOrder& order, wire::Act act, bool seen_before,
                                    UnixTime now);

}  // namespace mado::gateway
