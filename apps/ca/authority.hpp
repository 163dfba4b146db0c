// The authority's keys, in a PKCS#11 token, and what it signs with them.
#pragma once

#include <string>

#include "card/token_keys.hpp"
#include "profile.hpp"

namespace mado::ca {

// CKA_ID of each.
constexpr std::uint8_t authority_key_id = 1;
constexpr std::uint8_t responder_key_id = 2;

constexpr std::int64_t day_s = 86'400;
constexpr std::int64_t authority_lifetime_s_max = 3'650 * day_s;  // ten years
constexpr std::int64_t responder_lifetime_s = 7 * day_s;
constexpr std::int64_t responder_renewed_s = 3 * day_s;  // before its end
constexpr std::int64_t list_lifetime_s = day_s;
constexpr std::int64_t list_renewed_s = 3'600;  // at the latest, whether or not something changed

// Makes both keys where the token has none, and the authority's certificate of its own key.
struct NewAuthority {
    Names names;
    card::TokenKeyType key_type;
    std::int64_t lifetime_s;
};
crypto::Certificate make_authority(card::TokenKeys& token, const NewAuthority& wanted,
                                   UnixTime now);

// One thread. `token` outlives it.
class Authority {
  public:
    // OperatorError when the token's key is not the certificate's.
    Authority(const card::TokenKeys& token, crypto::Certificate certificate, Site site);

    [[nodiscard]] const crypto::Certificate& certificate() const { return certificate_; }
    // Failure when what comes out is not a certificate of this authority.
    [[nodiscard]] crypto::Certificate issue(const PersonCertificate& person) const;
    [[nodiscard]] Bytes list(std::span<const Listed> listed, const ListTimes& times) const;

    [[nodiscard]] crypto::Certificate new_responder(UnixTime now) const;
    // Of this authority and the token's responder key, and long enough from its end?
    [[nodiscard]] bool fits_responder(const crypto::Certificate& responder, UnixTime now) const;
    [[nodiscard]] Bytes sign_ocsp(ByteView response_data) const;  // as PublicKey::verify takes it

  private:
    [[nodiscard]] crypto::Certificate sign(ByteView to_be_signed) const;

    const card::TokenKeys& token_;
    const crypto::Certificate certificate_;
    const Site site_;
    const crypto::PublicKey responder_key_;
};

}  // namespace mado::ca
