#include "crypto/jws.hpp"

#include <boost/json.hpp>

#include "crypto/compact.hpp"

namespace mado::crypto {
namespace {

constexpr std::size_t type_chars_max = 64;
constexpr std::size_t key_id_chars_max = 256;
constexpr std::size_t signature_bytes_max = 512;  // RSA, 4096 bits

// Neither "none" nor a MAC: what signs must not be what verifies.
bool is_known_algorithm(std::string_view name) {
    return name == "ES256" || name == "ES384" || name == "RS256";
}

Parsed<void> read_header(std::string_view part, Jws& out) {
    if (part.size() > jose_header_chars_max) return bad("the JWS header is too large");
    const auto text = parse_base64url(part);
    if (!text) return std::unexpected(text.error());
    const auto header = parse_json_object(as_text(*text), jose_header_limits);
    if (!header) return std::unexpected(header.error());
    Members in(*header);
    out.algorithm = in.text("alg", 16);
    out.type = in.optional_text("typ", type_chars_max).value_or("");
    out.key_id = in.optional_text("kid", key_id_chars_max);
    out.certificate = in.optional_hash("x5t#S256");
    in.optional_text("cty", type_chars_max);
    if (auto ok = in.finish(); !ok) return ok;
    if (!is_known_algorithm(out.algorithm)) return bad("a JWS algorithm we do not accept");
    if (out.key_id && out.certificate) return bad("the JWS header names two keys");
    return {};
}

}  // namespace

Parsed<Jws> parse_jws(std::string_view compact, const JwsLimits& limits) {
    if (compact.size() > limits.bytes_max) return bad("the JWS is too large");
    const auto parts = split_compact<3>(compact);
    if (!parts) return bad("a JWS must have three parts");
    const auto [header, payload, signature] = *parts;
    Jws jws;
    if (auto ok = read_header(header, jws); !ok) return std::unexpected(ok.error());
    auto payload_bytes = parse_base64url(payload);
    if (!payload_bytes) return std::unexpected(payload_bytes.error());
    auto signature_bytes = parse_base64url(signature);
    if (!signature_bytes) return std::unexpected(signature_bytes.error());
    if (signature_bytes->empty() || signature_bytes->size() > signature_bytes_max) {
        return bad("the JWS signature has an impossible length");
    }
    jws.payload = std::move(*payload_bytes);
    jws.signature = std::move(*signature_bytes);
    jws.signed_text = compact.substr(0, header.size() + 1 + payload.size());
    return jws;
}

bool verify_jws(const Jws& jws, const PublicKey& key) {
    return is_known_algorithm(jws.algorithm) && jws.algorithm == key.jws_algorithm() &&
           key.verify(as_bytes(jws.signed_text), jws.signature);
}

std::string sign_jws(std::string_view type, const JwsKeyName& name, ByteView payload,
                     const PrivateKey& key) {
    const auto text = jws_signing_text(type, name, key.public_key().jws_algorithm(), payload);
    return join_jws(text, key.sign(as_bytes(text)));
}

std::string jws_signing_text(std::string_view type, const JwsKeyName& name,
                             std::string_view algorithm, ByteView payload) {
    if (!is_known_algorithm(algorithm)) throw Failure("a key of this type does not sign JWS");
    if (name.key_id.has_value() == name.certificate.has_value()) {
        throw Failure("a JWS header must name its key in exactly one way");
    }
    json::object header{{"alg", algorithm}, {"typ", type}};
    if (name.key_id) header["kid"] = *name.key_id;
    if (name.certificate) header["x5t#S256"] = base64url(*name.certificate);
    return base64url(as_bytes(json::serialize(header))) + '.' + base64url(payload);
}

std::string join_jws(std::string_view signing_text, ByteView signature) {
    return std::string(signing_text) + '.' + base64url(signature);
}

}  // namespace mado::crypto
