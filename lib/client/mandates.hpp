// What a card has signed for an order, against what the order is: a mandate serves its
// organisation, kind, services and time and no other (docs/protocols/mandate.md, "What the relay
// checks"). Else a relay and an organisation that play along could look for years with one old
// log-in.
#pragma once

#include <optional>
#include <string>

#include "crypto/x509.hpp"
#include "wire/directory.hpp"
#include "wire/head.hpp"
#include "wire/order.hpp"
#include "wire/policy.hpp"

namespace mado::client {

// What an order is, and who might have signed for it.
struct Ordered {
    const wire::Directory& directory;
    const wire::Policy& policy;
    const crypto::Certificate& card;  // the person's own
    const wire::Order& order;
    const wire::Head& head;
};

struct CardSigned {
    std::optional<wire::MandateKind> kind;  // none: the person was asked about without a card
    bool own_card = false;                  // and it was the person's own
    // Of a check: which it is, and the holder and service that it was used for. It serves one order
    // for each; repeats of a request make no second entry.
    std::string use_of_check;
};

// Bad when the mandate of the subject does not cover the order, or when the order has another
// presence than its subject. What another card than the person's has signed cannot be verified
// without its certificate; what it says must fit all the same.
Parsed<CardSigned> read_mandate(ByteView subject, const Ordered& ordered);

}  // namespace mado::client
