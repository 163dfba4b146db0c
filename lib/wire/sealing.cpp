#include "wire/sealing.hpp"

#include <boost/json.hpp>

#include "base/json.hpp"
#include "crypto/digest.hpp"
#include "wire/head.hpp"

namespace mado::wire {
namespace {

// Numbers that were read are bounded, so that nothing here overflows.
bool times_fit(const Sealing& sealing, UnixTime time) {
    const auto lifetime = sealing.expires - sealing.issued_at;
    if (lifetime <= 0 || lifetime > sealing_lifetime_s_max) return false;
    if (sealing.until - sealing.issued_at > sealed_s_max || sealing.until <= time) return false;
    return sealing.issued_at <= time + clock_skew_s && time < sealing.expires;
}

}  // namespace

Parsed<SignedSealing> parse_sealing(std::string_view compact) {
    auto jws = crypto::parse_jws(compact, {.bytes_max = sealing_bytes_max});
    if (!jws) return std::unexpected(jws.error());
    if (jws->type != sealing_type) return bad("not a sealing");
    auto object = parse_json_object(as_text(jws->payload));
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    auto issuer = ParticipantId::parse(in.text("iss", 64));
    auto audience = ParticipantId::parse(in.text("aud", 64));
    auto organisation = ParticipantId::parse(in.text("for", 64));
    auto service = ServiceId::parse(in.text("service", 64));
    const auto jti = in.base64url_bytes("jti", 16);
    const auto subject = in.hash("subject");
    const auto until = in.integer("until", 0, INT64_MAX / 2);
    const auto issued_at = in.integer("iat", 0, INT64_MAX / 2);
    const auto expires = in.integer("exp", 0, INT64_MAX / 2);
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (!issuer) return std::unexpected(issuer.error());
    if (!audience) return std::unexpected(audience.error());
    if (!organisation) return std::unexpected(organisation.error());
    if (!service) return std::unexpected(service.error());
    if (jti.size() != 16) return bad("jti has not 128 bits");
    return SignedSealing{.sealing = {.issuer = *issuer,
                                     .audience = *audience,
                                     .organisation = *organisation,
                                     .service = *service,
                                     .jti = base64url(jti),
                                     .subject = subject,
                                     .until = until,
                                     .issued_at = issued_at,
                                     .expires = expires},
                         .jws = std::move(*jws)};
}

std::string sign_sealing(const Sealing& sealing, std::string_view kid,
                         const crypto::PrivateKey& key) {
    const json::object out{{"iss", sealing.issuer.text()},
                           {"aud", sealing.audience.text()},
                           {"for", sealing.organisation.text()},
                           {"service", sealing.service.text()},
                           {"jti", sealing.jti},
                           {"subject", base64url(sealing.subject)},
                           {"until", sealing.until},
                           {"iat", sealing.issued_at},
                           {"exp", sealing.expires}};
    return crypto::sign_jws(sealing_type, {.key_id = std::string(kid), .certificate = {}},
                            as_bytes(json::serialize(out)), key);
}

Hash commit_sealed_subject(const Hash& salt, ByteView subject) {
    return crypto::sha256({as_bytes("mado/sealing/1\n"), salt, subject});
}

std::expected<Sealing, Code> verify_sealing(std::string_view compact, const SealingFacts& facts) {
    auto parsed = parse_sealing(compact);
    if (!parsed) return std::unexpected(Code::sealing_invalid);
    auto& sealing = parsed->sealing;
    const auto* authority = facts.directory.find(sealing.issuer);
    if (authority == nullptr || authority->kind.text() != sealing_authority_kind) {
        return std::unexpected(Code::sealing_invalid);
    }
    const auto* key = authority->signing_key(parsed->jws.key_id);
    if (key == nullptr || !crypto::verify_jws(parsed->jws, *key)) {
        return std::unexpected(Code::sealing_invalid);
    }
    if (sealing.audience != facts.directory.relay().id || sealing.organisation != facts.requester ||
        sealing.service != facts.service || !times_fit(sealing, facts.time)) {
        return std::unexpected(Code::sealing_invalid);
    }
    return std::move(sealing);
}

}  // namespace mado::wire
