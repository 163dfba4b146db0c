// Certificates (RFC 5280): reading, checking one issuer's signature, making.
#pragma once

#include <array>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "crypto/key.hpp"

typedef struct x509_st X509;

namespace mado::crypto {

// As a number of 20 bytes, the longest that there is (RFC 5280 section 4.1.2.2).
using Serial = std::array<std::uint8_t, 20>;

class Certificate {
  public:
    static Parsed<Certificate> from_der(ByteView der);
    static Parsed<Certificate> from_pem(ByteView pem);

    [[nodiscard]] const Bytes& der() const { return der_; }
    [[nodiscard]] Bytes pem() const;
    [[nodiscard]] const Hash& thumbprint() const { return thumbprint_; }  // x5t#S256: SHA-256(DER)
    [[nodiscard]] const PublicKey& public_key() const { return key_; }
    [[nodiscard]] const Serial& serial() const { return serial_; }  // of its issuer's
    [[nodiscard]] UnixTime not_before() const { return not_before_; }
    [[nodiscard]] UnixTime not_after() const { return not_after_; }
    // For documents: keyUsage says nonRepudiation (RFC 5280 section 4.2.1.3).
    [[nodiscard]] bool is_for_signing() const;
    // One line, RFC 2253 form: for people and logs of organisations; never for a person's card.
    [[nodiscard]] std::string subject() const;
    // The issuer's name and key fit, the issuer is a CA (basicConstraints, keyCertSign), and this
    // certificate is not itself a CA. Times are the caller's business.
    [[nodiscard]] bool issued_by(const Certificate& issuer) const;

  private:
    Certificate(std::shared_ptr<X509> handle, Bytes der, Hash thumbprint, PublicKey key,
                Serial serial, UnixTime not_before, UnixTime not_after);
    std::shared_ptr<X509> handle_;
    Bytes der_;
    Hash thumbprint_;
    PublicKey key_;
    Serial serial_;
    UnixTime not_before_;
    UnixTime not_after_;
};

enum class CertificateUse {
    authority,       // CA: signs certificates and revocation lists
    organisation,    // TLS client and server of a participant
    authentication,  // a person's card: digitalSignature, clientAuth
    signing,         // a person's card, for applications: digitalSignature, nonRepudiation
};

struct CertificateRequest {
    CertificateUse use;
    std::string common_name;              // UTF-8; for a card a serial, never a name
    std::string organisation = {};        // may be empty
    std::string country = {};             // two letters, may be empty
    std::vector<std::string> units = {};  // of the organisation
    std::vector<std::string> dns_names =
        {};  // organisation only; "127.0.0.1" becomes an IP address
    UnixTime not_before = 0;
    UnixTime not_after = 0;
};

// Serial numbers are 16 random bytes (RFC 5280 section 4.1.2.2).
Certificate self_signed(const CertificateRequest& request, const PrivateKey& key);
Certificate issue(const CertificateRequest& request, const PublicKey& subject_key,
                  const Certificate& issuer, const PrivateKey& issuer_key);

}  // namespace mado::crypto
