#include "crypto/jwe.hpp"

#include <boost/json.hpp>

#include "crypto/aead.hpp"
#include "crypto/compact.hpp"
#include "crypto/digest.hpp"
#include "crypto/jwe_internal.hpp"
#include "crypto/openssl.hpp"

namespace mado::crypto {
namespace {

constexpr std::string_view content_encryption = "A256GCM";
constexpr std::uint32_t content_key_bits = 256;
constexpr std::size_t z_bytes = 32;
constexpr std::size_t iv_bytes = 12;
constexpr std::size_t tag_bytes = 16;
constexpr std::size_t iv_chars = 16;  // in base64url
constexpr std::size_t tag_chars = 22;
constexpr std::size_t party_info_bytes_max = 256;
constexpr std::size_t key_id_chars_max = 256;
constexpr std::size_t content_type_chars_max = 128;

using FourBytes = std::array<std::uint8_t, 4>;

FourBytes big_endian(std::size_t value) {
    return {static_cast<std::uint8_t>(value >> 24), static_cast<std::uint8_t>(value >> 16),
            static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
}

void require_p256(KeyType type) {
    if (type != KeyType::p256) throw Failure("JWE is for P-256 keys only");
}

struct JweHeader {
    PublicKey ephemeral;
    Bytes apu, apv;
};

// A JWE taken apart: well formed, not yet authentic.
struct Jwe {
    JweHeader header;
    std::string_view protected_text;  // the associated data, RFC 7516 section 5.1 step 14
    Bytes sealed;                     // IV ‖ ciphertext ‖ tag, as aead_open takes it
};

Parsed<JweHeader> read_header(std::string_view part) {
    if (part.size() > jose_header_chars_max) return bad("the JWE header is too large");
    const auto text = parse_base64url(part);
    if (!text) return std::unexpected(text.error());
    const auto header = parse_json_object(as_text(*text), jose_header_limits);
    if (!header) return std::unexpected(header.error());
    Members in(*header);
    if (in.text("alg", 32) != "ECDH-ES") in.refuse("a JWE key agreement we do not accept");
    if (in.text("enc", 32) != content_encryption) in.refuse("a JWE encryption we do not accept");
    const auto& jwk = in.object("epk");
    in.optional_text("kid", key_id_chars_max);
    in.optional_text("cty", content_type_chars_max);
    Bytes apu;
    Bytes apv;
    if (in.has("apu")) apu = in.base64url_bytes("apu", party_info_bytes_max);
    if (in.has("apv")) apv = in.base64url_bytes("apv", party_info_bytes_max);
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    auto ephemeral = PublicKey::from_jwk(jwk);
    if (!ephemeral) return std::unexpected(ephemeral.error());
    if (ephemeral->type() != KeyType::p256) return bad("the JWE's ephemeral key is not P-256");
    return JweHeader{std::move(*ephemeral), std::move(apu), std::move(apv)};
}

Parsed<Jwe> take_apart(std::string_view compact, const JweLimits& limits) {
    if (compact.size() > limits.bytes_max) return bad("the JWE is too large");
    const auto parts = split_compact<5>(compact);
    if (!parts) return bad("a JWE must have five parts");
    const auto [protected_text, encrypted_key, iv, ciphertext, tag] = *parts;
    // RFC 7516 section 5.1 step 5: with direct key agreement there is no encrypted key.
    if (!encrypted_key.empty()) return bad("the JWE has an encrypted key");
    Bytes sealed;
    for (const auto part : {iv, ciphertext, tag}) {
        const auto bytes = parse_base64url(part);
        if (!bytes) return std::unexpected(bytes.error());
        append(sealed, *bytes);
    }
    if (iv.size() != iv_chars) return bad("the JWE's IV must have 12 bytes");
    if (tag.size() != tag_chars) return bad("the JWE's tag must have 16 bytes");
    auto header = read_header(protected_text);
    if (!header) return std::unexpected(header.error());
    return Jwe{std::move(*header), protected_text, std::move(sealed)};
}

std::string header_text(const PublicKey& ephemeral, std::string_view key_id,
                        std::string_view content_type) {
    std::string text = R"({"alg":"ECDH-ES","enc":"A256GCM","epk":)" + ephemeral.jwk();
    if (!key_id.empty()) text += R"(,"kid":)" + json::serialize(json::string_view(key_id));
    if (!content_type.empty()) {
        text += R"(,"cty":)" + json::serialize(json::string_view(content_type));
    }
    return text + '}';
}

}  // namespace

Secret agree(const PrivateKey& own, const PublicKey& peer) {
    require_p256(own.type());
    require_p256(peer.type());
    const OwnedKeyContext context(
        check(EVP_PKEY_CTX_new_from_pkey(nullptr, own.handle(), nullptr), "agree on a key"));
    check(EVP_PKEY_derive_init(context.get()), "agree on a key");
    // 0: a PublicKey was found to be on its curve when it was made; a second look doubles the time.
    check(EVP_PKEY_derive_set_peer_ex(context.get(), peer.handle(), 0), "agree on a key");
    Secret z(z_bytes);
    std::size_t size = z.size();
    check(EVP_PKEY_derive(context.get(), z.writable().data(), &size), "agree on a key");
    if (size != z_bytes) throw Failure("a shared secret of an unexpected length");
    return z;
}

Secret concat_kdf(ByteView z, std::string_view algorithm, ByteView apu, ByteView apv,
                  std::uint32_t key_bits) {
    if (key_bits > 256 || key_bits % 8 != 0) throw Failure("one round of the KDF gives 256 bits");
    Hash round =
        sha256({big_endian(1), z, big_endian(algorithm.size()), as_bytes(algorithm),
                big_endian(apu.size()), apu, big_endian(apv.size()), apv, big_endian(key_bits)});
    Secret key(ByteView(round).first(key_bits / 8));
    wipe(round);
    return key;
}

namespace {

Secret content_key_of(const Jwe& jwe, const PrivateKey& key) {
    const auto z = agree(key, jwe.header.ephemeral);
    return concat_kdf(z.view(), content_encryption, jwe.header.apu, jwe.header.apv,
                      content_key_bits);
}

Parsed<Bytes> open_with(const Jwe& jwe, ByteView content_key) {
    auto plain = aead_open(content_key, jwe.sealed, as_bytes(jwe.protected_text));
    if (!plain) return bad("the JWE does not open with this key");
    return std::move(*plain);
}

}  // namespace

std::string encrypt_jwe(ByteView plain, const PublicKey& recipient, std::string_view key_id,
                        std::string_view content_type) {
    const auto ephemeral = PrivateKey::generate(KeyType::p256);
    const auto z = agree(ephemeral, recipient);
    const auto key = concat_kdf(z.view(), content_encryption, {}, {}, content_key_bits);
    const auto header =
        base64url(as_bytes(header_text(ephemeral.public_key(), key_id, content_type)));
    const auto sealed = aead_seal(key.view(), plain, as_bytes(header));
    const auto parts = ByteView(sealed);
    return header + ".." + base64url(parts.first(iv_bytes)) + '.' +
           base64url(parts.subspan(iv_bytes, plain.size())) + '.' +
           base64url(parts.last(tag_bytes));
}

Parsed<Bytes> decrypt_jwe(std::string_view compact, const PrivateKey& key,
                          const JweLimits& limits) {
    const auto jwe = take_apart(compact, limits);
    if (!jwe) return std::unexpected(jwe.error());
    return open_with(*jwe, content_key_of(*jwe, key).view());
}

Parsed<Secret> jwe_content_key(std::string_view compact, const PrivateKey& key,
                               const JweLimits& limits) {
    const auto jwe = take_apart(compact, limits);
    if (!jwe) return std::unexpected(jwe.error());
    return content_key_of(*jwe, key);
}

Parsed<Bytes> open_jwe(std::string_view compact, ByteView content_key, const JweLimits& limits) {
    if (content_key.size() != aead_key_bytes) return bad("a content key must have 32 bytes");
    const auto jwe = take_apart(compact, limits);
    if (!jwe) return std::unexpected(jwe.error());
    return open_with(*jwe, content_key);
}

Parsed<void> check_jwe_form(std::string_view compact, const JweLimits& limits) {
    const auto jwe = take_apart(compact, limits);
    if (!jwe) return std::unexpected(jwe.error());
    return {};
}

}  // namespace mado::crypto
