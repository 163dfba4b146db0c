#include "wire/head.hpp"

#include <boost/json.hpp>

#include "crypto/digest.hpp"
#include "wire/directory.hpp"
#include "wire/sealing.hpp"

namespace mado::wire {
namespace {

json::object target_json(const Target& to) {
    json::object out;
    if (to.holder) {
        out["holder"] = to.holder->text();
    } else {
        out["kind"] = to.kind->text();
        out["position"] = to.position;
    }
    return out;
}

}  // namespace

Parsed<Target> read_target(const json::object& object) {
    Members in(object);
    Target out;
    if (in.has("holder")) {
        auto holder = ParticipantId::parse(in.text("holder", 64));
        if (!holder) return std::unexpected(holder.error());
        out.holder = *holder;
    } else {
        auto kind = CodeId::parse(in.text("kind", 64));
        out.position = in.integer("position", 1, position_max);
        if (!kind) return std::unexpected(kind.error());
        out.kind = *kind;
    }
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return out;
}

Parsed<Parameters> read_parameters(const json::object& object) {
    Parameters out;
    if (object.size() > 8) return bad("too many parameters");
    for (const auto& member : object) {
        const auto* text = member.value().if_string();
        if (text == nullptr || text->size() > 64 || member.key().size() > 40) {
            return bad("a parameter is not a short text");
        }
        out.emplace(member.key(), std::string(text->data(), text->size()));
    }
    return out;
}

Parsed<SignedHead> parse_head(std::string_view compact) {
    auto jws = crypto::parse_jws(compact, {.bytes_max = head_bytes_max});
    if (!jws) return std::unexpected(jws.error());
    if (jws->type != head_type) return bad("not a head");
    auto object = parse_json_object(as_text(jws->payload));
    if (!object) return std::unexpected(object.error());

    Members in(*object);
    auto issuer = ParticipantId::parse(in.text("iss", 64));
    auto audience = ParticipantId::parse(in.text("aud", 64));
    const auto jti = in.base64url_bytes("jti", 16);
    const auto issued_at = in.integer("iat", 0, INT64_MAX / 2);
    const auto expires = in.integer("exp", 0, INT64_MAX / 2);
    auto to = read_target(in.object("to"));
    auto service = ServiceId::parse(in.text("service", 64));
    auto purpose = CodeId::parse(in.text("purpose", 64));
    auto seal_to = crypto::PublicKey::from_jwk(in.object("seal_to"));
    auto parameters = read_parameters(in.object("parameters"));
    const auto payload_hash = in.optional_hash("payload_hash");
    const auto person_operator = in.optional_hash("operator");
    const auto presence = in.optional_text("presence", 20);
    auto sealing = in.optional_text("sealing", sealing_bytes_max);
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (!issuer) return std::unexpected(issuer.error());
    if (!audience) return std::unexpected(audience.error());
    if (jti.size() != 16) return bad("jti has not 128 bits");
    if (!to) return std::unexpected(to.error());
    if (!service) return std::unexpected(service.error());
    if (!purpose) return std::unexpected(purpose.error());
    if (!seal_to) return std::unexpected(seal_to.error());
    if (seal_to->type() != crypto::KeyType::p256) return bad("seal_to is not a P-256 key");
    if (!parameters) return std::unexpected(parameters.error());
    if (presence && *presence != "card-seen") return bad("presence may only be card-seen");
    Head head{.issuer = *issuer,
              .audience = *audience,
              .jti = base64url(jti),
              .issued_at = issued_at,
              .expires = expires,
              .to = std::move(*to),
              .service = *service,
              .purpose = *purpose,
              .seal_to = *seal_to,
              .parameters = std::move(*parameters),
              .payload_hash = payload_hash,
              .person_operator = person_operator,
              .card_seen = presence.has_value(),
              .sealing = std::move(sealing).value_or("")};
    return SignedHead{std::move(head), std::move(*jws)};
}

bool head_is_signed(const SignedHead& head, const Directory& directory) {
    const auto* issuer = directory.find(head.head.issuer);
    const auto* key = issuer == nullptr ? nullptr : issuer->signing_key(head.jws.key_id);
    return key != nullptr && crypto::verify_jws(head.jws, *key);
}

Hash commit_operator(const Hash& salt, std::string_view name) {
    return crypto::sha256({as_bytes("mado/operator/1\n"), salt, as_bytes(name)});
}

std::string sign_head(const Head& head, std::string_view kid, const crypto::PrivateKey& key) {
    json::object out;
    out["iss"] = head.issuer.text();
    out["aud"] = head.audience.text();
    out["jti"] = head.jti;
    out["iat"] = head.issued_at;
    out["exp"] = head.expires;
    out["to"] = target_json(head.to);
    out["service"] = head.service.text();
    out["purpose"] = head.purpose.text();
    out["seal_to"] = json::parse(head.seal_to.jwk());
    json::object parameters;
    for (const auto& [name, value] : head.parameters)
        parameters[name] = value;
    out["parameters"] = std::move(parameters);
    if (head.payload_hash) out["payload_hash"] = base64url(*head.payload_hash);
    if (head.person_operator) out["operator"] = base64url(*head.person_operator);
    if (head.card_seen) out["presence"] = "card-seen";
    if (!head.sealing.empty()) out["sealing"] = head.sealing;
    return crypto::sign_jws(head_type, {.key_id = std::string(kid), .certificate = {}},
                            as_bytes(json::serialize(out)), key);
}

bool head_is_fresh(const Head& head, UnixTime now, std::int64_t lifetime_s_max) {
    if (head.expires <= head.issued_at || head.expires - head.issued_at > lifetime_s_max) {
        return false;
    }
    return head.issued_at <= now + clock_skew_s && now < head.expires;
}

}  // namespace mado::wire
