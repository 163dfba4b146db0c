// Many keys, each made in a card and used through it: a number that begins with zero bytes keeps
// them on its way out of DER.
#include <gtest/gtest.h>

#include "base/test_disk.hpp"
#include "card/open.hpp"
#include "test_chip.hpp"

namespace mado::chip {
namespace {

constexpr auto use = card::KeyUse::authentication;

// A card in a file, and after each new key an open one.
class Keys {
  public:
    explicit Keys(CardKind kind) { CardFile::create(path(), issuer_.issuer_key, {.kind = kind}); }
    crypto::PublicKey renew(crypto::KeyType type) {
        card_.reset();
        Inserted reader(path());
        auto issuer = card::Personaliser::begin(reader, issuer_.issuer_key).value();
        const auto key = issuer.generate(use, type).value();
        issuer.write_certificate(use, issuer_.certify(key, "1"), issuer_.authority).value();
        issuer.set_pin(use, secret("1234")).value();
        return key;
    }
    Bytes sign(ByteView message) {
        if (!card_) card_ = card::open_card(std::make_unique<Inserted>(path())).value();
        return card_->sign(use, secret("1234"), message).value();
    }

  private:
    [[nodiscard]] std::string path() const { return folder_.path("card.json"); }
    TestDisk disk_;  // its syncs cost nothing
    TempFolder folder_;
    const PersonalisedCard& issuer_ = personalised({.kind = CardKind::piv});
    std::unique_ptr<card::Card> card_;
};

constexpr int signatures_max = 20'000;

// Until both numbers have begun with a zero byte: once in 128 signatures one of them does.
void sign_until_zeros(Keys& keys, const crypto::PublicKey& key, std::size_t number_bytes, bool r,
                      bool s) {
    for (int i = 0; !(r && s); ++i) {
        ASSERT_LT(i, signatures_max);
        const auto message = crypto::random_bytes(16);
        const auto signature = keys.sign(message);
        ASSERT_EQ(signature.size(), 2 * number_bytes);
        ASSERT_TRUE(key.verify(message, signature)) << hex(signature);
        r = r || signature[0] == 0;
        s = s || signature[number_bytes] == 0;
    }
}

TEST(CardKeys, AThousandOnP256) {
    Keys keys(CardKind::piv);
    bool r_with_zero = false;
    bool s_with_zero = false;
    for (int i = 0; i < 1'000; ++i) {
        const auto key = keys.renew(crypto::KeyType::p256);
        const auto message = crypto::random_bytes(16);
        const auto signature = keys.sign(message);
        ASSERT_EQ(signature.size(), 64U);
        ASSERT_TRUE(key.verify(message, signature)) << hex(signature);
        r_with_zero = r_with_zero || signature[0] == 0;
        s_with_zero = s_with_zero || signature[32] == 0;
    }
    sign_until_zeros(keys, keys.renew(crypto::KeyType::p256), 32, r_with_zero, s_with_zero);
}

TEST(CardKeys, SignaturesOnP384WithLeadingZeros) {
    Keys keys(CardKind::piv);
    sign_until_zeros(keys, keys.renew(crypto::KeyType::p384), 48, false, false);
}

TEST(CardKeys, FiftyOnRsa) {
    Keys keys(CardKind::jpki);
    std::optional<crypto::PublicKey> key;
    bool with_zero = false;
    const auto sign_once = [&] {
        const auto message = crypto::random_bytes(16);
        const auto signature = keys.sign(message);
        ASSERT_EQ(signature.size(), 256U);
        ASSERT_TRUE(key->verify(message, signature)) << hex(signature);
        with_zero = with_zero || signature[0] == 0;
    };
    for (int i = 0; i < 50; ++i) {
        key = keys.renew(crypto::KeyType::rsa);
        sign_once();
    }
    for (int i = 0; !with_zero; ++i) {
        ASSERT_LT(i, signatures_max);
        sign_once();
    }
}

}  // namespace
}  // namespace mado::chip
