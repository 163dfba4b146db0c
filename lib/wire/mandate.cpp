#include "wire/mandate.hpp"

#include <algorithm>
#include <boost/json.hpp>

namespace mado::wire {

bool Mandate::covers(const ServiceId& service) const {
    return std::ranges::find(scope, service) != scope.end();
}

std::string_view to_text(MandateKind kind) {
    switch (kind) {
        case MandateKind::login:
            return "login";
        case MandateKind::check:
            return "check";
        case MandateKind::consent:
            return "consent";
        case MandateKind::delegate:
            return "delegate";
        case MandateKind::application:
            return "application";
    }
    return "";
}

std::optional<MandateKind> parse_mandate_kind(std::string_view text) {
    for (const auto kind : {MandateKind::login, MandateKind::check, MandateKind::consent,
                            MandateKind::delegate, MandateKind::application}) {
        if (to_text(kind) == text) return kind;
    }
    return std::nullopt;
}

std::int64_t lifetime_s_max(MandateKind kind) {
    switch (kind) {
        case MandateKind::login:
            return login_lifetime_s;
        case MandateKind::check:
            return check_lifetime_s;
        case MandateKind::consent:
        case MandateKind::delegate:
        case MandateKind::application:
            return consent_lifetime_s;
    }
    return 0;
}

Parsed<SignedMandate> parse_mandate(std::string_view compact) {
    auto jws = crypto::parse_jws(compact, {.bytes_max = mandate_bytes_max});
    if (!jws) return std::unexpected(jws.error());
    if (jws->type != mandate_type) return bad("not a mandate");
    if (!jws->certificate) return bad("a mandate must name the card's certificate");
    auto object = parse_json_object(as_text(jws->payload));
    if (!object) return std::unexpected(object.error());

    Members in(*object);
    auto audience = ParticipantId::parse(in.text("aud", 64));
    auto organisation = ParticipantId::parse(in.text("for", 64));
    const auto kind = parse_mandate_kind(in.text("kind", 20));
    const auto scope = in.texts("scope", 32, 64);
    auto nonce = in.text("nonce", 64);
    const auto issued_at = in.integer("iat", 0, INT64_MAX / 2);
    const auto expires = in.integer("exp", 0, INT64_MAX / 2);
    const auto stop = in.optional_hash("stop");
    const auto delegate = in.optional_hash("delegate");
    auto payload_hashes =
        in.has("payload_hashes") ? in.hashes("payload_hashes", payloads_max) : std::vector<Hash>();
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (!audience) return std::unexpected(audience.error());
    if (!organisation) return std::unexpected(organisation.error());
    if (!kind) return bad("a mandate of this kind is not known");
    if (scope.empty()) return bad("a mandate without scope");
    if (delegate.has_value() != (*kind == MandateKind::delegate)) {
        return bad("a mandate names a delegate when it is for one, and only then");
    }
    if (payload_hashes.empty() == (*kind == MandateKind::application)) {
        return bad("a mandate names payloads when it is an application, and only then");
    }
    Mandate mandate{.audience = *audience,
                    .organisation = *organisation,
                    .kind = *kind,
                    .scope = {},
                    .nonce = std::move(nonce),
                    .issued_at = issued_at,
                    .expires = expires,
                    .stop = stop,
                    .delegate = delegate,
                    .payload_hashes = std::move(payload_hashes)};
    for (const auto& text : scope) {
        auto service = ServiceId::parse(text);
        if (!service) return std::unexpected(service.error());
        mandate.scope.push_back(*service);
    }
    return SignedMandate{std::move(mandate), std::move(*jws)};
}

std::string mandate_payload(const Mandate& mandate) {
    json::object out;
    out["aud"] = mandate.audience.text();
    out["for"] = mandate.organisation.text();
    out["kind"] = to_text(mandate.kind);
    json::array scope;
    for (const auto& service : mandate.scope)
        scope.emplace_back(service.text());
    out["scope"] = std::move(scope);
    out["nonce"] = mandate.nonce;
    out["iat"] = mandate.issued_at;
    out["exp"] = mandate.expires;
    if (mandate.stop) out["stop"] = base64url(*mandate.stop);
    if (mandate.delegate) out["delegate"] = base64url(*mandate.delegate);
    if (!mandate.payload_hashes.empty()) {
        out["payload_hashes"] = hashes_json(mandate.payload_hashes);
    }
    return json::serialize(out);
}

}  // namespace mado::wire
