#include "crypto/ocsp.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "crypto/der.hpp"
#include "crypto/test_command.hpp"

namespace mado::crypto {
namespace {

class Ocsp : public testing::Test {
  protected:
    Ocsp() { replace_file(folder.path("ca.pem"), authority.pem()); }
    // As OpenSSL asks.
    Bytes request(const std::string& options) const {
        run_well(fmt::format("openssl ocsp -issuer {} {} -reqout {}", folder.path("ca.pem"),
                             options, folder.path("request.der")));
        return to_bytes(as_bytes(read(folder.path("request.der"))));
    }
    // By hand, so that everything can be wrong.
    static Bytes by_hand(ByteView nonce_extension, std::size_t questions = 1) {
        const auto id =
            der::sequence({der::sequence({der::oid("1.3.14.3.2.26"), der::null()}),
                           der::octets(Bytes(20, 1)), der::octets(Bytes(20, 2)), der::integer(7)});
        Bytes list;
        for (std::size_t i = 0; i < questions; ++i)
            append(list, der::sequence({id}));
        const auto extensions =
            nonce_extension.empty() ? Bytes() : der::tagged(2, der::sequence({nonce_extension}));
        return der::sequence({der::sequence({der::sequence({list}), extensions})});
    }
    static Bytes nonce(ByteView bytes) {
        return der::sequence({der::oid("1.3.6.1.5.5.7.48.1.2"), der::octets(der::octets(bytes))});
    }
    static std::string why(ByteView der) {
        const auto read = read_ocsp_request(der);
        return read ? "good" : read.error().why;
    }

    const TempFolder folder;
    const PrivateKey key = PrivateKey::generate(KeyType::p256);
    const Certificate authority = self_signed({.use = CertificateUse::authority,
                                               .common_name = "Card CA",
                                               .not_before = 1'700'000'000,
                                               .not_after = 1'900'000'000},
                                              key);
};

TEST_F(Ocsp, OpenSslsRequestsAreRead) {
    const OcspIssuer issuer(authority);
    const OcspIssuer other(self_signed({.use = CertificateUse::authority,
                                        .common_name = "Card CA",
                                        .not_before = 1'700'000'000,
                                        .not_after = 1'900'000'000},
                                       PrivateKey::generate(KeyType::p256)));
    for (const auto* digest : {"", "-sha256"}) {
        const auto one =
            read_ocsp_request(request(fmt::format("{} -serial 0x0102 -no_nonce", digest)));
        ASSERT_TRUE(one.has_value()) << one.error().why;
        EXPECT_FALSE(one->nonce);
        ASSERT_EQ(one->questions.size(), 1U);
        EXPECT_EQ(hex(one->questions[0].serial.value()), std::string(36, '0') + "0102");
        EXPECT_TRUE(issuer.is_of(one->questions[0]));
        EXPECT_FALSE(other.is_of(one->questions[0])) << "the same name, another key";
    }
    const auto with_nonce = read_ocsp_request(request("-serial 1 -serial 2"));
    ASSERT_TRUE(with_nonce.has_value());
    EXPECT_EQ(with_nonce->questions.size(), 2U);
    EXPECT_EQ(with_nonce->nonce->size(), 16U);
    const auto unusual = read_ocsp_request(request("-sha384 -serial 1"));
    ASSERT_TRUE(unusual.has_value());
    EXPECT_FALSE(issuer.is_of(unusual->questions[0])) << "a digest that we do not keep";
    // Numbers that nobody here has are no mistake of the request's (RFC 6960 section 2.3).
    const auto nobodys =
        read_ocsp_request(request("-serial -5 -serial 0x" + std::string(42, '7') + " -serial 1"));
    ASSERT_TRUE(nobodys.has_value()) << nobodys.error().why;
    ASSERT_EQ(nobodys->questions.size(), 3U);
    EXPECT_FALSE(nobodys->questions[0].serial);
    EXPECT_FALSE(nobodys->questions[1].serial);
    EXPECT_TRUE(nobodys->questions[2].serial);
}

TEST_F(Ocsp, RequestsHaveLimits) {
    EXPECT_EQ(why(by_hand({})), "good");
    EXPECT_EQ(why(by_hand({}, ocsp_questions_max)), "good");
    EXPECT_NE(why(by_hand({}, ocsp_questions_max + 1)), "good");
    EXPECT_NE(why(by_hand({}, 0)), "good");
    // RFC 9654 section 2.1.
    EXPECT_EQ(why(by_hand(nonce(Bytes(1)))), "good");
    EXPECT_EQ(why(by_hand(nonce(Bytes(ocsp_nonce_bytes_max)))), "good");
    EXPECT_NE(why(by_hand(nonce({}))), "good");
    EXPECT_NE(why(by_hand(nonce(Bytes(ocsp_nonce_bytes_max + 1)))), "good");
    EXPECT_NE(why(by_hand(der::joined({nonce(Bytes(16)), nonce(Bytes(16))}))), "good");
    const auto unknown = [](ByteView critical) {
        return der::sequence({der::oid("1.3.6.1.4.1.32473.9"), critical, der::octets(der::null())});
    };
    EXPECT_EQ(why(by_hand(unknown({}))), "good");
    EXPECT_NE(why(by_hand(unknown(der::yes()))), "good");
    auto longer = by_hand({});
    longer.push_back(0);
    EXPECT_NE(why(longer), "good");
    EXPECT_NE(why(Bytes(ocsp_request_bytes_max + 1)), "good");
    EXPECT_NE(why({}), "good");
}

TEST_F(Ocsp, ErrorsAreTheStandards) {
    EXPECT_EQ(hex(ocsp_error(OcspError::malformed_request)), "30030a0101");
    EXPECT_EQ(hex(ocsp_error(OcspError::try_later)), "30030a0103");
}

}  // namespace
}  // namespace mado::crypto
