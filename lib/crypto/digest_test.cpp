#include "crypto/digest.hpp"

#include <gtest/gtest.h>

namespace mado::crypto {
namespace {

// FIPS 180-4's example and the empty message.
TEST(Digest, Sha256) {
    EXPECT_EQ(hex(sha256(as_bytes("abc"))),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(hex(sha256(ByteView{})),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(sha256({as_bytes("a"), {}, as_bytes("bc")}), sha256(as_bytes("abc")));
    EXPECT_EQ(sha256({}), sha256(ByteView{}));
    Sha256 pieces;
    pieces.add(as_bytes("a"));
    (void)sha256(as_bytes("another one, in between"));
    pieces.add({});
    pieces.add(as_bytes("bc"));
    EXPECT_EQ(pieces.finish(), sha256(as_bytes("abc")));
    EXPECT_EQ(Sha256().finish(), sha256({}));
}

// FIPS 180-4; the values are NIST's examples.
TEST(Digest, Sha384) {
    EXPECT_EQ(hex(sha384(as_bytes("abc"))),
              "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
              "8086072ba1e7cc2358baeca134c825a7");
    EXPECT_EQ(hex(sha384({})),
              "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da"
              "274edebfe76f65fbd51ad2f14898b95b");
}

struct MacCase {
    Bytes key;
    Bytes data;
    const char* mac;
};

// RFC 4231 sections 4.2 to 4.5 and 4.7.
TEST(Digest, HmacSha256) {
    Bytes counting;
    for (std::uint8_t i = 1; i <= 25; ++i) {
        counting.push_back(i);
    }
    const std::vector<MacCase> cases{
        {Bytes(20, 0x0b), to_bytes("Hi There"),
         "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {to_bytes("Jefe"), to_bytes("what do ya want for nothing?"),
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {Bytes(20, 0xaa), Bytes(50, 0xdd),
         "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
        {counting, Bytes(50, 0xcd),
         "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
        {Bytes(131, 0xaa), to_bytes("Test Using Larger Than Block-Size Key - Hash Key First"),
         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
    };
    for (const auto& one : cases) {
        EXPECT_EQ(hex(hmac_sha256(one.key, {one.data})), one.mac);
        const auto parts = ByteView(one.data);
        EXPECT_EQ(hex(hmac_sha256(one.key, {parts.first(3), parts.subspan(3)})), one.mac);
    }
}

TEST(Digest, HmacWithAnEmptyKeyIsThatOfZeros) {
    EXPECT_EQ(hmac_sha256({}, {as_bytes("x")}), hmac_sha256(Bytes(64, 0), {as_bytes("x")}));
}

TEST(Digest, RandomBytesDiffer) {
    EXPECT_TRUE(random_bytes(0).empty());
    EXPECT_EQ(random_bytes(33).size(), 33U);
    EXPECT_NE(random_hash(), random_hash());
}

TEST(Digest, Equal) {
    EXPECT_TRUE(equal({}, {}));
    EXPECT_TRUE(equal(as_bytes("ab"), as_bytes("ab")));
    EXPECT_FALSE(equal(as_bytes("ab"), as_bytes("ac")));
    EXPECT_FALSE(equal(as_bytes("ab"), as_bytes("abc")));
}

}  // namespace
}  // namespace mado::crypto
