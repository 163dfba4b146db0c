#include "authority.hpp"

#include "crypto/signing.hpp"

namespace mado::ca {
namespace {

crypto::PublicKey key_in(const card::TokenKeys& token, std::uint8_t id) {
    auto key = token.find(id);
    if (!key) throw OperatorError("the token has not this authority's keys: mado-ca init CONFIG");
    return std::move(*key);
}

crypto::Certificate certificate_of(ByteView to_be_signed, ByteView signature,
                                   crypto::KeyType type) {
    auto out = crypto::Certificate::from_der(crypto::signed_whole(to_be_signed, signature, type));
    if (!out) throw Failure(std::string("our own certificate: ") + out.error().why);
    return std::move(*out);
}

}  // namespace

crypto::Certificate make_authority(card::TokenKeys& token, const NewAuthority& wanted,
                                   UnixTime now) {
    if (wanted.lifetime_s > authority_lifetime_s_max) {
        throw OperatorError("an authority's certificate is valid for ten years at the most");
    }
    auto key = token.find(authority_key_id);
    // A key without a certificate is of a start that did not come to its end.
    if (!key) key = token.generate(authority_key_id, "mado-ca", wanted.key_type);
    // Whatever the authority's is: answers are many, and this is the fastest.
    if (!token.find(responder_key_id)) {
        token.generate(responder_key_id, "mado-ca-ocsp", card::TokenKeyType::p256);
    }
    const auto to_be_signed =
        authority_to_be_signed(wanted.names, *key, new_serial(),
                               {.not_before = now, .not_after = now + wanted.lifetime_s});
    return certificate_of(to_be_signed, token.sign(authority_key_id, *key, to_be_signed),
                          key->type());
}

Authority::Authority(const card::TokenKeys& token, crypto::Certificate certificate, Site site)
    : token_(token),
      certificate_(std::move(certificate)),
      site_(std::move(site)),
      responder_key_(key_in(token, responder_key_id)) {
    if (key_in(token, authority_key_id).spki() != certificate_.public_key().spki()) {
        throw OperatorError("the certificate is not of the token's key");
    }
}

crypto::Certificate Authority::sign(ByteView to_be_signed) const {
    const auto signature = token_.sign(authority_key_id, certificate_.public_key(), to_be_signed);
    auto out = certificate_of(to_be_signed, signature, certificate_.public_key().type());
    if (!out.issued_by(certificate_)) throw Failure("our own certificate is not of this authority");
    return out;
}

crypto::Certificate Authority::issue(const PersonCertificate& person) const {
    return sign(person_to_be_signed(person, certificate_, site_));
}

Bytes Authority::list(std::span<const Listed> listed, const ListTimes& times) const {
    const auto to_be_signed = list_to_be_signed(listed, times, certificate_);
    const auto& key = certificate_.public_key();
    return crypto::signed_whole(to_be_signed, token_.sign(authority_key_id, key, to_be_signed),
                                key.type());
}

crypto::Certificate Authority::new_responder(UnixTime now) const {
    const auto from = now - clocks_differ_s;
    return sign(responder_to_be_signed(
        responder_key_, new_serial(),
        {.not_before = from,
         .not_after = std::min(from + responder_lifetime_s, certificate_.not_after())},
        certificate_));
}

bool Authority::fits_responder(const crypto::Certificate& responder, UnixTime now) const {
    return responder.issued_by(certificate_) &&
           responder.public_key().spki() == responder_key_.spki() &&
           responder.not_before() <= now && responder.not_after() > now + responder_renewed_s;
}

Bytes Authority::sign_ocsp(ByteView response_data) const {
    return token_.sign(responder_key_id, responder_key_, response_data);
}

}  // namespace mado::ca
