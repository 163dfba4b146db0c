// The demo's card authorities of before mado-ca, whose cards people have still: one, and one in the
// form of JPKI's for user authentication (RSA, its names). They are keys in folders, and `./mado
// up` writes their revocation lists. Of the named people they have signed the cards that are
// expired or revoked and every tenth; of the others there is a certificate only, by the thousand.
// Who has no card here has one in JPKI's form, to be registered (docs/protocols/issuer.md).
#pragma once

#include <array>
#include <boost/json/fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "crypto/other_names.hpp"
#include "crypto/x509.hpp"
#include "places.hpp"

namespace mado::cli {

constexpr std::string_view earlier_authority = "card-authority";
constexpr std::string_view jpki_authority = "card-authority-jpki";
constexpr std::array card_authorities{earlier_authority, jpki_authority};

// Once, for a country: keys and certificates.
void make_card_authorities(const Places& places);
crypto::Certificate authority_certificate(const Places& places, std::string_view authority);

// A file with one, as PEM.
crypto::Certificate load_certificate(const std::string& path);

// What the demo's people need cards to be.
enum class CardState { active, expired, revoked };

// One of them at work.
class CardAuthority {
  public:
    CardAuthority(const Places& places, std::string_view authority);

    [[nodiscard]] const crypto::Certificate& certificate() const { return certificate_; }
    // For a person's card; of a revoked one its lists say it.
    [[nodiscard]] crypto::Certificate certify(const crypto::PublicKey& key, CardState state) const;
    // Of a signing key: it names the person.
    [[nodiscard]] crypto::Certificate certify_signing(const crypto::PublicKey& key,
                                                      const std::string& name,
                                                      CardState state) const;
    // The same with the register's four attributes, as JPKI's certificates have them.
    [[nodiscard]] crypto::Certificate certify_signing(const crypto::PublicKey& key,
                                                      const json::object& person) const;
    void revoke(const crypto::Certificate& certificate) const;
    // What is revoked now, as DER.
    [[nodiscard]] Bytes list() const;

  private:
    [[nodiscard]] crypto::Certificate issue(crypto::CertificateRequest request,
                                            const std::vector<crypto::OtherName>& names,
                                            const crypto::PublicKey& key, CardState state) const;
    std::string folder_;
    crypto::PrivateKey key_;
    crypto::Certificate certificate_;
};

// A fresh list of each, where the relay reads them.
void write_card_lists(const Places& places);

}  // namespace mado::cli
