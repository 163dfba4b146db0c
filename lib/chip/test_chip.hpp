// For tests: a personalised card in a file, and a reader without a driver.
#pragma once

#include <gtest/gtest.h>

#include <map>

#include "base/temp_folder.hpp"
#include "card/personalise.hpp"
#include "chip/inserted.hpp"
#include "crypto/digest.hpp"

namespace mado::chip {

inline Secret secret(std::string_view text) {
    return Secret(as_bytes(text));
}

// A key's type where no test asks for another.
inline crypto::KeyType usual_key(CardKind kind, card::KeyUse use) {
    if (kind == CardKind::jpki) return crypto::KeyType::rsa;
    return use == card::KeyUse::signing ? crypto::KeyType::p384 : crypto::KeyType::p256;
}

// Made once for a program, because RSA keys take their time: the file of a personalised card, and
// who personalised it. Where it has PINs, 1234 and ABC123.
struct PersonalisedCard {
    explicit PersonalisedCard(const CardForm& form) {
        const TempFolder folder;
        const auto path = folder.path("card");
        CardFile::create(path, issuer_key, form);
        {
            Inserted reader(path);
            auto issuer = card::Personaliser::begin(reader, issuer_key).value();
            for (const auto use : {card::KeyUse::authentication, card::KeyUse::signing}) {
                const auto key = issuer.generate(use, usual_key(form.kind, use)).value();
                issuer.write_certificate(use, certify(key, "1234567890"), authority).value();
            }
            if (form.has_pins) {
                issuer.set_pin(card::KeyUse::authentication, secret("1234")).value();
                issuer.set_pin(card::KeyUse::signing, secret("ABC123")).value();
            }
        }
        file = read_file(path).value();
    }
    [[nodiscard]] crypto::Certificate certify(const crypto::PublicKey& key,
                                              const std::string& serial) const {
        return crypto::issue({.use = crypto::CertificateUse::authentication,
                              .common_name = serial,
                              .not_before = 1'700'000'000,
                              .not_after = 1'900'000'000},
                             key, authority, authority_key);
    }

    const Secret issuer_key{ByteView(crypto::random_hash())};
    const crypto::PrivateKey authority_key = crypto::PrivateKey::generate(crypto::KeyType::rsa);
    const crypto::Certificate authority =
        crypto::self_signed({.use = crypto::CertificateUse::authority,
                             .common_name = "Test card authority",
                             .not_before = 1'700'000'000,
                             .not_after = 1'900'000'000},
                            authority_key);
    std::string file;
};
inline const PersonalisedCard& personalised(const CardForm& form = {}) {
    static std::map<std::pair<CardKind, bool>, PersonalisedCard> cards;
    return cards.try_emplace({form.kind, form.has_pins}, form).first->second;
}

// A card of its own in a file.
class TestCard {
  public:
    explicit TestCard(const CardForm& form = {}) : issuer_key(personalised(form).issuer_key) {
        replace_file(path(), as_bytes(personalised(form).file), 0600);
    }
    [[nodiscard]] const TempFolder& folder() const { return folder_; }
    [[nodiscard]] std::string path() const { return folder_.path("card.json"); }
    const Secret& issuer_key;

  private:
    TempFolder folder_;
};

}  // namespace mado::chip
