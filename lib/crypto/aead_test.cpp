#include "crypto/aead.hpp"

#include <gtest/gtest.h>

namespace mado::crypto {
namespace {

Bytes from_hex(std::string_view text) {
    return parse_hex(text).value();
}

struct GcmCase {
    const char *key, *iv, *plain, *associated, *ciphertext, *tag;
};

// Test cases 13 to 16 of the GCM specification that SP 800-38D was made from.
TEST(Aead, OpensTheSpecificationsVectors) {
    const char* const zeros = "0000000000000000000000000000000000000000000000000000000000000000";
    const char* const key = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
    const std::vector<GcmCase> cases{
        {zeros, "000000000000000000000000", "", "", "", "530f8afbc74536b9a963b4f1c4cb738b"},
        {zeros, "000000000000000000000000", "00000000000000000000000000000000", "",
         "cea7403d4d606b6e074ec5d3baf39d18", "d0d1c8a799996bf0265b98b5d48ab919"},
        {key, "cafebabefacedbaddecaf888",
         "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
         "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255",
         "",
         "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
         "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad",
         "b094dac5d93471bdec1a502270e3cc6c"},
        {key, "cafebabefacedbaddecaf888",
         "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
         "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
         "feedfacedeadbeeffeedfacedeadbeefabaddad2",
         "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
         "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
         "76fc6ece0f4e1768cddf8853bb2d551b"},
    };
    for (const auto& one : cases) {
        const auto sealed = from_hex(std::string(one.iv) + one.ciphertext + one.tag);
        const auto plain = aead_open(from_hex(one.key), sealed, from_hex(one.associated));
        ASSERT_TRUE(plain.has_value());
        EXPECT_EQ(hex(*plain), one.plain);
    }
}

TEST(Aead, OpensWhatItSeals) {
    const Bytes key(aead_key_bytes, 7);
    for (const std::size_t size : {0U, 1U, 15U, 16U, 17U, 100'000U}) {
        const Bytes plain(size, 0x5a);
        for (const auto associated : {ByteView{}, as_bytes("row 1")}) {
            const auto sealed = aead_seal(key, plain, associated);
            EXPECT_EQ(sealed.size(), size + aead_overhead_bytes);
            EXPECT_EQ(aead_open(key, sealed, associated), plain);
        }
    }
}

TEST(Aead, EverySealHasItsOwnIv) {
    const Bytes key(aead_key_bytes, 7);
    EXPECT_NE(aead_seal(key, as_bytes("x"), {}), aead_seal(key, as_bytes("x"), {}));
}

TEST(Aead, RefusesEveryAlteredByte) {
    const Bytes key(aead_key_bytes, 7);
    const auto associated = to_bytes("row 1");
    const auto sealed = aead_seal(key, as_bytes("seventeen letters"), associated);
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        auto altered = sealed;
        altered[i] ^= 1;
        EXPECT_FALSE(aead_open(key, altered, associated)) << i;
        EXPECT_FALSE(aead_open(key, ByteView(sealed).first(i), associated)) << i;
    }
    auto longer = sealed;
    longer.push_back(0);
    EXPECT_FALSE(aead_open(key, longer, associated));
}

TEST(Aead, RefusesAnotherKeyAndOtherAssociatedData) {
    const Bytes key(aead_key_bytes, 7);
    const auto sealed = aead_seal(key, as_bytes("x"), as_bytes("row 1"));
    EXPECT_FALSE(aead_open(Bytes(aead_key_bytes, 8), sealed, as_bytes("row 1")));
    EXPECT_FALSE(aead_open(key, sealed, as_bytes("row 2")));
    EXPECT_FALSE(aead_open(key, sealed, {}));
}

TEST(Aead, AKeyOfAnotherLengthIsAFailure) {
    EXPECT_THROW(aead_seal(Bytes(16), {}, {}), Failure);
    EXPECT_THROW(aead_open(Bytes(33), Bytes(28), {}), Failure);
}

}  // namespace
}  // namespace mado::crypto
