#include "client/mandates.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "base/json.hpp"
#include "wire/subject.hpp"

namespace mado::client {
namespace {

struct Subject {
    wire::Presence presence = wire::Presence::none;  // that an order about it has
    std::optional<wire::SignedMandate> mandate;
    std::optional<wire::SignedMandate> by;  // of a delegate: the log-in of the one who acts
};

Parsed<Subject> read_application(const std::string& text) {
    auto mandate = wire::parse_mandate(text);
    if (!mandate) return std::unexpected(mandate.error());
    if (mandate->mandate.kind != wire::MandateKind::application) {
        return bad("an application is a mandate of another kind");
    }
    return Subject{
        .presence = wire::Presence::card_pin, .mandate = std::move(*mandate), .by = std::nullopt};
}

Parsed<Subject> read_signed(const std::string& text, const std::optional<std::string>& acting) {
    auto mandate = wire::parse_mandate(text);
    if (!mandate) return std::unexpected(mandate.error());
    const auto kind = mandate->mandate.kind;
    if (kind == wire::MandateKind::application ||
        (kind == wire::MandateKind::delegate) != acting.has_value()) {
        return bad("an entry's mandate is not of its subject's form");
    }
    Subject out{
        .presence = wire::Presence::card_pin, .mandate = std::move(*mandate), .by = std::nullopt};
    if (!acting) return out;
    auto by = wire::parse_mandate(*acting);
    if (!by) return std::unexpected(by.error());
    out.by = std::move(*by);
    return out;
}

// docs/protocols/request.md, "Subject"; a number is as the scheme of its day had it.
Parsed<Subject> read_subject(ByteView bytes, const wire::Head& head) {
    const auto object = parse_json_object(as_text(bytes));
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    Parsed<Subject> out = Subject{};
    if (in.optional_object("number") != nullptr) {
        out->presence = head.card_seen ? wire::Presence::card_seen : wire::Presence::number;
    } else if (in.optional_object("own") != nullptr) {
        // The requester's own number of the person: nobody else took part.
    } else if (const auto self = in.optional_boolean("self")) {
        if (!*self) return bad("a subject is nobody");
    } else if (const auto application = in.optional_text("application", wire::mandate_bytes_max)) {
        out = read_application(*application);
    } else {
        const auto mandate = in.text("mandate", wire::mandate_bytes_max);
        const auto by = in.optional_text("by", wire::mandate_bytes_max);
        if (!in.good()) return bad("an entry's subject is of no known form");
        out = read_signed(mandate, by);
    }
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return out;
}

// By the relay's clock, to which the card's reader may be a minute ahead; the order has the time of
// the request's first coming, whenever it was repeated.
Parsed<void> check_covers(const wire::Mandate& mandate, const Ordered& ordered) {
    if (mandate.audience != ordered.directory.relay().id ||
        mandate.organisation != ordered.head.issuer) {
        return bad("an entry's mandate is for another organisation");
    }
    if (!mandate.covers(ordered.head.service)) {
        return bad("an entry's mandate does not cover the service");
    }
    const auto lifetime = mandate.expires - mandate.issued_at;
    if (lifetime <= 0 || lifetime > wire::lifetime_s_max(mandate.kind)) {
        return bad("an entry's mandate lives longer than its kind may");
    }
    const auto time = ordered.order.time;
    if (time < mandate.issued_at - wire::clock_skew_s || time >= mandate.expires) {
        return bad("an entry's mandate was not in force at the order's time");
    }
    return {};
}

// A mandate that names the person's card must be signed by it.
Parsed<bool> is_of_card(const wire::SignedMandate& mandate, const crypto::Certificate& card) {
    if (mandate.jws.certificate != card.thumbprint()) return false;
    if (!crypto::verify_jws(mandate.jws, card.public_key())) {
        return bad("an entry has a mandate that the card did not sign");
    }
    if (mandate.mandate.kind == wire::MandateKind::application) {
        return bad("an application is signed with the signing key");
    }
    return true;
}

// The kind that the policy's row takes. A row that the policy has no more says nothing of it.
Parsed<void> check_kind(const wire::Mandate& mandate, const Ordered& ordered) {
    const auto* row = ordered.policy.row(ordered.order.policy);
    if (row != nullptr && row->mandate != mandate.kind) {
        return bad("an entry's mandate is of another kind than its policy row takes");
    }
    if (mandate.kind != wire::MandateKind::application) return {};
    const auto& payload = ordered.head.payload_hash;
    if (!payload ||
        std::ranges::find(mandate.payload_hashes, *payload) == mandate.payload_hashes.end()) {
        return bad("an application is of another payload");
    }
    return {};
}

Parsed<void> check_acting(const wire::Mandate& delegate, const wire::SignedMandate& by,
                          const Ordered& ordered) {
    if (by.mandate.kind != wire::MandateKind::login) {
        return bad("who acts for another has no log-in");
    }
    if (by.jws.certificate != delegate.delegate) {
        return bad("somebody else acts than the one named");
    }
    if (auto ok = check_covers(by.mandate, ordered); !ok) return ok;
    if (auto ok = is_of_card(by, ordered.card); !ok) return std::unexpected(ok.error());
    return {};
}

// What the card signed says which check it is: a signature can be written in two ways.
std::string use_of_check(const wire::SignedMandate& mandate, const Ordered& ordered) {
    if (mandate.mandate.kind != wire::MandateKind::check) return {};
    return mandate.jws.signed_text + "\n" + ordered.order.holder.text() + "\n" +
           ordered.head.service.text();
}

}  // namespace

Parsed<CardSigned> read_mandate(ByteView subject, const Ordered& ordered) {
    const auto read = read_subject(subject, ordered.head);
    if (!read) return std::unexpected(read.error());
    if (ordered.order.presence != read->presence) {
        return bad("an entry has another presence than its subject");
    }
    if (!read->mandate) return CardSigned{};
    const auto& mandate = *read->mandate;
    const auto own_card = is_of_card(mandate, ordered.card);
    if (!own_card) return std::unexpected(own_card.error());
    if (auto ok = check_covers(mandate.mandate, ordered); !ok) return std::unexpected(ok.error());
    if (auto ok = check_kind(mandate.mandate, ordered); !ok) return std::unexpected(ok.error());
    if (read->by) {
        if (auto ok = check_acting(mandate.mandate, *read->by, ordered); !ok) {
            return std::unexpected(ok.error());
        }
    }
    return CardSigned{.kind = mandate.mandate.kind,
                      .own_card = *own_card,
                      .use_of_check = use_of_check(mandate, ordered)};
}

}  // namespace mado::client
