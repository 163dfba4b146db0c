#include "crypto/der.hpp"

#include <gtest/gtest.h>

#include "crypto/test_command.hpp"

namespace mado::crypto {
namespace {

TEST(Der, IsWhatX690Says) {
    // X.690 section 8.3, 8.19 (the example of section 8.19.5), 11.2.2; RFC 5280 section 4.1.2.5.
    EXPECT_EQ(hex(der::integer(0)), "020100");
    EXPECT_EQ(hex(der::integer(127)), "02017f");
    EXPECT_EQ(hex(der::integer(128)), "02020080");
    EXPECT_EQ(hex(der::integer(Bytes{0, 0, 0x01, 0x00})), "02020100");
    EXPECT_EQ(hex(der::oid("2.999.3")), "0603883703");
    EXPECT_EQ(hex(der::oid("1.2.840.113549")), "06062a864886f70d");
    EXPECT_EQ(hex(der::named_bits({0})), "03020780");
    EXPECT_EQ(hex(der::named_bits({5, 6})), "03020106");
    EXPECT_EQ(hex(der::named_bits({8})), "0303070080");
    EXPECT_EQ(hex(der::yes()), "0101ff");
    EXPECT_EQ(hex(der::sequence({der::null(), der::enumerated(5)})), "300505000a0105");
    EXPECT_EQ(as_text(der::time(2'524'607'999)).substr(2), "491231235959Z");
    EXPECT_EQ(as_text(der::time(2'524'608'000)).substr(2), "20500101000000Z");
    EXPECT_EQ(as_text(der::generalized_time(1'790'000'000)).substr(2), "20260921141320Z");
    EXPECT_EQ(hex(der::tagged(1, der::null())), "a1020500");
    EXPECT_EQ(hex(der::tagged_plain(6, as_bytes("a"))), "860161");
}

TEST(Der, LengthsHaveTheirShortestForm) {
    for (const std::size_t size : {0U, 127U, 128U, 255U, 256U, 65'535U, 65'536U}) {
        const auto out = der::octets(Bytes(size));
        const std::size_t header = size < 128 ? 2 : size < 256 ? 3 : size < 65'536 ? 4 : 5;
        EXPECT_EQ(out.size(), size + header) << size;
    }
}

TEST(Der, WhatHasNoEncodingIsRefused) {
    for (const auto* wrong : {"", "1", "1.", ".1", "1..2", "3.1", "1.40", "01.2", "1.02", "1.2.x",
                              "1.2.-3", "1.2.9223372036854775808"}) {
        EXPECT_FALSE(der::is_oid(wrong)) << wrong;
        EXPECT_THROW(der::oid(wrong), Failure) << wrong;
    }
    EXPECT_TRUE(der::is_oid("1.3.6.1.4.1.32473.1"));
    EXPECT_THROW(der::utf8("\xff"), Failure);
    EXPECT_THROW(der::printable("a@b"), Failure);
    EXPECT_THROW(der::ia5("あ"), Failure);
}

TEST(Der, OpenSslReadsIt) {
    const TempFolder folder;
    const auto whole = der::sequence({der::oid("2.16.840.1.101.3.4.2.1"), der::utf8("窓"),
                                      der::printable("Mado"), der::integer(Bytes(20, 0x7f)),
                                      der::bits(Bytes{1, 2}), der::time(1'790'000'000)});
    replace_file(folder.path("x.der"), whole);
    const auto said = run_well("openssl asn1parse -inform DER -in " + folder.path("x.der"));
    for (const auto* line : {"OBJECT            :sha256", "UTF8STRING", "PRINTABLESTRING   :Mado",
                             "UTCTIME           :260921141320Z"})
        EXPECT_TRUE(said.contains(line)) << said;
}

}  // namespace
}  // namespace mado::crypto
