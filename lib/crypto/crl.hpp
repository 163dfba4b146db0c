// Certificate revocation lists (RFC 5280 section 5): reading one issuer's, making.
#pragma once

#include <vector>

#include "crypto/x509.hpp"

namespace mado::crypto {

// A list of all of its issuer's certificates that are revoked or suspended, for whatever reason.
class Crl {
  public:
    static constexpr std::size_t bytes_max = 16 * 1024 * 1024;  // some 400,000 certificates

    // Only when `issuer` has signed it. Times are the caller's business. Refuses lists for a part
    // of the certificates, of changes only, and of others' (section 5.2.4 and 5.2.5): any critical
    // extension.
    static Parsed<Crl> read(ByteView der, const Certificate& issuer);

    [[nodiscard]] UnixTime this_update() const { return this_update_; }
    [[nodiscard]] UnixTime next_update() const { return next_update_; }
    [[nodiscard]] const Serial& number() const { return number_; }  // grows from list to list
    [[nodiscard]] bool lists(const Serial& serial) const;
    [[nodiscard]] const std::vector<Serial>& revoked() const { return revoked_; }  // in order

  private:
    Crl() = default;
    UnixTime this_update_ = 0;
    UnixTime next_update_ = 0;
    Serial number_{};
    std::vector<Serial> revoked_;
};

struct CrlRequest {
    UnixTime this_update = 0;
    UnixTime next_update = 0;
    std::uint64_t number = 0;
    std::vector<Serial> revoked = {};
};
// DER.
Bytes make_crl(const CrlRequest& request, const Certificate& issuer, const PrivateKey& issuer_key);

}  // namespace mado::crypto
