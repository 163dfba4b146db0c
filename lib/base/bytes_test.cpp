#include "base/bytes.hpp"

#include <gtest/gtest.h>

namespace mado {
namespace {

struct Vector {
    std::string_view plain;
    std::string_view base64;
    std::string_view url;
};

TEST(Bytes, Rfc4648Section10) {
    constexpr Vector vectors[] = {
        {"", "", ""},
        {"f", "Zg==", "Zg"},
        {"fo", "Zm8=", "Zm8"},
        {"foo", "Zm9v", "Zm9v"},
        {"foob", "Zm9vYg==", "Zm9vYg"},
        {"fooba", "Zm9vYmE=", "Zm9vYmE"},
        {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
        {"\xfb\xff\xfe", "+//+", "-__-"},
    };
    for (const auto& vector : vectors) {
        EXPECT_EQ(base64(as_bytes(vector.plain)), vector.base64);
        EXPECT_EQ(base64url(as_bytes(vector.plain)), vector.url);
        EXPECT_EQ(to_text(parse_base64(vector.base64).value()), vector.plain);
        EXPECT_EQ(to_text(parse_base64url(vector.url).value()), vector.plain);
    }
    EXPECT_EQ(hex(as_bytes("foobar")), "666f6f626172");
    EXPECT_EQ(to_text(parse_hex("666f6f626172").value()), "foobar");
}

TEST(Bytes, RefusesASecondTextForTheSameBytes) {
    for (const std::string_view text :
         {"Zg==", "Zh", "Zm9", "Z", "Zm9v\n", " Zm9v", "Zm 9v", "Zm+v", "Zm/v", "Zm9vZ",
          "Zm9v=", "\xe3\x81\x82", "Zm9vYmF"}) {
        EXPECT_FALSE(parse_base64url(text)) << text;
    }
    for (const std::string_view text :
         {"Zg", "Zg=", "Zh==", "Zm9=", "=", "==", "====", "Zm9v====", "Zg==Zg==", "Z===", "Zm-v",
          "Zm_v", "Zm9v\n", "A=AA", "Zm9vZg=g"}) {
        EXPECT_FALSE(parse_base64(text)) << text;
    }
    for (const std::string_view text : {"0", "0A", "0g", "0x00", " 0", "00 "}) {
        EXPECT_FALSE(parse_hex(text)) << text;
    }
}

TEST(Bytes, EveryByteComesBack) {
    Bytes all;
    for (unsigned i = 0; i < 256; ++i)
        all.push_back(static_cast<std::uint8_t>(i));
    for (std::size_t size = 0; size <= all.size(); ++size) {
        const ByteView part(all.data(), size);
        EXPECT_EQ(parse_base64url(base64url(part)).value(), to_bytes(part));
        EXPECT_EQ(parse_base64(base64(part)).value(), to_bytes(part));
        EXPECT_EQ(parse_hex(hex(part)).value(), to_bytes(part));
    }
}

TEST(Bytes, AppendsAndHashes) {
    Bytes bytes = to_bytes("a");
    append(bytes, "b");
    append(bytes, as_bytes("c"));
    append_u64(bytes, 0x0102030405060708);
    EXPECT_EQ(hex(bytes), "6162630102030405060708");
    EXPECT_EQ(read_u64(ByteView(bytes).last<8>()), 0x0102030405060708U);
    const std::string text(43, 'A');
    EXPECT_EQ(parse_hash(text).value(), Hash{});
    EXPECT_FALSE(parse_hash(std::string(42, 'A')));
    EXPECT_FALSE(parse_hash(std::string(44, 'A')));
    EXPECT_FALSE(to_hash(Bytes(31)));
    EXPECT_FALSE(to_hash(Bytes(33)));
}

}  // namespace
}  // namespace mado
