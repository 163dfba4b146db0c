// The country of the relay's tests: that of lib/wire's tests and, besides, a care insurer, a
// portal, an issuer, and a card authority with cards.
#pragma once

#include <string>

#include "base/check_digit.hpp"
#include "crypto/x509.hpp"
#include "wire/mandate.hpp"
#include "wire/test_wire.hpp"

namespace mado::relay {

struct TestCard {
    crypto::PrivateKey key = crypto::PrivateKey::generate(crypto::KeyType::p256);
    crypto::Certificate certificate;

    [[nodiscard]] std::string sign(const wire::Mandate& mandate) const {
        return crypto::sign_jws(wire::mandate_type,
                                {.key_id = {}, .certificate = certificate.thumbprint()},
                                as_bytes(wire::mandate_payload(mandate)), key);
    }
};

// With numbers that the issuer gives: the health-care number, and its own.
inline wire::Schemes relay_schemes() {
    auto text = wire::replaced(std::string(wire::schemes_text),
                               R"({"name": "health-care-number", "kind": null,)",
                               R"({"name": "issuing-number", "kind": "issuer", "holder": "issuer",
  "given_by": "issuer", "fields": [{"name": "number", "digits": [16]}]},
 {"name": "health-care-number", "kind": null, "given_by": "issuer",)");
    return wire::valid(wire::Schemes::parse(text));
}

struct RelayCountry : wire::TestCountry {
    crypto::PrivateKey issuer = crypto::PrivateKey::generate(crypto::KeyType::p256);
    crypto::PrivateKey portal = crypto::PrivateKey::generate(crypto::KeyType::p256);
    crypto::PrivateKey court = crypto::PrivateKey::generate(crypto::KeyType::p256);
    crypto::PrivateKey authority_key = crypto::PrivateKey::generate(crypto::KeyType::p256);
    crypto::Certificate card_authority = crypto::self_signed(
        {.use = crypto::CertificateUse::authority, .common_name = "cards", .not_after = card_end},
        authority_key);

    static constexpr UnixTime card_end = 4'000'000'000;

    [[nodiscard]] std::string directory_json() const {
        const auto participant = [](std::string_view id, std::string_view kind, std::uint8_t byte,
                                    const crypto::PrivateKey& key, std::string_view services) {
            return fmt::format(
                R"({{"id":"{}","name":"…","kind":"{}","certificates":["{}"],)"
                R"("signing_keys":[{{"kid":"{}","jwk":{}}}],"services":[{}],"addresses":[]}},)",
                id, kind, base64url(wire::filled(byte)), wire::kid_of(key), key.public_key().jwk(),
                services);
        };
        auto json = wire::replaced(TestCountry::directory_json(), R"("services":["eligibility",)",
                                   R"("services":["eligibility","existence",)");
        json =
            wire::replaced(json, R"({"id":"clinic-1")",
                           participant("992016", "care-insurer", 6, insurer, R"("eligibility")") +
                               R"({"id":"clinic-1")");
        json =
            wire::replaced(json, R"({"id":"relay")",
                           participant("court", "sealing-authority", 9, court, "") +
                               participant("issuer", "issuer", 7, issuer, "") +
                               participant("portal", "portal", 8, portal, "") + R"({"id":"relay")");
        return wire::replaced(
            json, R"("card_authorities":[])",
            fmt::format(R"("card_authorities":["{}"])", base64url(card_authority.der())));
    }
    [[nodiscard]] wire::Directory directory() const {
        return wire::valid(
            wire::open_directory(sign_directory(directory_json()), authority.public_key()));
    }

    [[nodiscard]] TestCard card(
        UnixTime not_after = card_end,
        crypto::CertificateUse use = crypto::CertificateUse::authentication) const {
        auto key = crypto::PrivateKey::generate(crypto::KeyType::p256);
        auto certificate =
            crypto::issue({.use = use, .common_name = "serial", .not_after = not_after},
                          key.public_key(), card_authority, authority_key);
        return {.key = std::move(key), .certificate = std::move(certificate)};
    }
};

// Eleven digits and the check digit that belongs to them.
inline std::string health_care_number(const std::string& digits) {
    return digits + damm_digit(digits);
}

}  // namespace mado::relay
