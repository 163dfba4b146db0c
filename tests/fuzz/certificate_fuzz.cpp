#include "crypto/x509.hpp"
#include "fuzz.hpp"

namespace mado::fuzz {
namespace {

void look_at(const crypto::Certificate& certificate) {
    (void)certificate.subject();
    (void)certificate.not_before();
    (void)certificate.serial();
    (void)certificate.is_for_signing();
    (void)certificate.issued_by(certificate);
    for (const auto& authority : world().directory.card_authorities)
        (void)certificate.issued_by(authority);
    const auto again = crypto::Certificate::from_pem(certificate.pem());
    require(again.has_value() && again->der() == certificate.der(), "PEM and DER are the same");
    require(again->thumbprint() == certificate.thumbprint(), "and have one thumbprint");
}

}  // namespace

bool certificate(ByteView in) {
    const auto der = crypto::Certificate::from_der(in);
    if (der) {
        require(std::ranges::equal(der->der(), in), "a certificate is its bytes");
        look_at(*der);
    }
    const auto pem = crypto::Certificate::from_pem(in);
    if (pem) look_at(*pem);
    return der.has_value() || pem.has_value();
}

}  // namespace mado::fuzz
