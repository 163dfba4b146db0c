#include "crypto/crl.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/test_command.hpp"

namespace mado::crypto {
namespace {

constexpr UnixTime start = 1'790'000'000;  // 2026-09-21T14:13:20Z
constexpr UnixTime day = 86'400;

struct Authority {
    explicit Authority(KeyType type = KeyType::p256, std::string name = "Card CA")
        : key(PrivateKey::generate(type)),
          certificate(self_signed({.use = CertificateUse::authority,
                                   .common_name = std::move(name),
                                   .not_before = start,
                                   .not_after = start + 365 * day},
                                  key)) {}
    [[nodiscard]] Certificate card() const {
        return issue({.use = CertificateUse::authentication,
                      .common_name = "serial",
                      .not_before = start,
                      .not_after = start + 365 * day},
                     PrivateKey::generate(KeyType::p256).public_key(), certificate, key);
    }
    [[nodiscard]] Bytes list(std::vector<Serial> revoked, std::uint64_t number = 7) const {
        return make_crl({.this_update = start,
                         .next_update = start + day,
                         .number = number,
                         .revoked = std::move(revoked)},
                        certificate, key);
    }
    PrivateKey key;
    Certificate certificate;
};

Serial serial_of(std::uint8_t last) {
    Serial out{};
    out.back() = last;
    return out;
}

TEST(Crl, IsReadAsMade) {
    for (const auto type : {KeyType::p256, KeyType::p384, KeyType::rsa}) {
        const Authority authority(type);
        const auto one = authority.card();
        const auto other = authority.card();
        const auto list =
            Crl::read(authority.list({one.serial(), serial_of(1)}), authority.certificate);
        ASSERT_TRUE(list.has_value()) << list.error().why;
        EXPECT_TRUE(list->lists(one.serial()));
        EXPECT_TRUE(list->lists(serial_of(1)));
        EXPECT_FALSE(list->lists(other.serial()));
        EXPECT_EQ(list->revoked().size(), 2U);
        EXPECT_EQ(list->this_update(), start);
        EXPECT_EQ(list->next_update(), start + day);
        EXPECT_EQ(list->number(), serial_of(7));
    }
    const Authority authority;
    EXPECT_TRUE(Crl::read(authority.list({}), authority.certificate)->revoked().empty());
}

TEST(Crl, OfAnotherAuthorityIsRefused) {
    const Authority authority;
    const Authority same_name;
    const Authority other(KeyType::p256, "Other CA");
    const auto list = authority.list({serial_of(1)});
    for (const auto* issuer : {&same_name, &other})
        EXPECT_FALSE(Crl::read(list, issuer->certificate).has_value());
    EXPECT_FALSE(Crl::read(list, authority.card()).has_value()) << "no authority";
}

TEST(Crl, EveryChangedByteIsNoticed) {
    const Authority authority;
    const auto list = authority.list({serial_of(1)});
    for (std::size_t i = 0; i < list.size(); ++i) {
        auto changed = list;
        changed[i] ^= 1;
        EXPECT_FALSE(Crl::read(changed, authority.certificate).has_value()) << i;
        EXPECT_FALSE(Crl::read(ByteView(list).first(i), authority.certificate).has_value()) << i;
    }
    auto longer = list;
    longer.push_back(0);
    EXPECT_FALSE(Crl::read(longer, authority.certificate).has_value());
}

// The openssl command as another authority's program, and as another reader.
class OpensslCrl : public testing::Test {
  protected:
    OpensslCrl() {
        write(folder.path("ca.pem"), as_text(authority.certificate.pem()));
        write(folder.path("ca.key"), as_text(authority.key.pem().view()));
        write(folder.path("leaf.pem"), as_text(leaf.pem()));
        write(folder.path("index"), "");
        write(folder.path("number"), "0A\n");
    }
    // With these lines in the sections of lists and of their entries.
    Parsed<Crl> list(const std::string& extensions, const std::string& options = "") {
        write(folder.path("conf"), "[ca]\ndefault_ca=c\n[c]\ndatabase=" + folder.path("index") +
                                       "\ncrlnumber=" + folder.path("number") +
                                       "\ndefault_md=sha256\ncrl_extensions=e\n[e]\n" + extensions +
                                       "\n[part]\nfullname=URI:http://a.example/1\n");
        const auto ca = "openssl ca -config " + folder.path("conf") + " -cert " +
                        folder.path("ca.pem") + " -keyfile " + folder.path("ca.key");
        run_well(ca + " -revoke " + folder.path("leaf.pem") + " " + options);
        run_well(ca + " -gencrl -crldays 1 -out " + folder.path("crl.pem"));
        run_well("openssl crl -in " + folder.path("crl.pem") + " -outform DER -out " +
                 folder.path("crl.der"));
        return Crl::read(as_bytes(read(folder.path("crl.der"))), authority.certificate);
    }

    const TempFolder folder;
    const Authority authority{KeyType::rsa};
    const Certificate leaf = authority.card();
};

TEST_F(OpensslCrl, ItsListIsRead) {
    const auto read = list("authorityKeyIdentifier=keyid");
    ASSERT_TRUE(read.has_value()) << read.error().why;
    EXPECT_TRUE(read->lists(leaf.serial()));
    EXPECT_FALSE(read->lists(authority.card().serial()));
    EXPECT_EQ(read->number(), serial_of(0x0a));
    EXPECT_EQ(read->next_update() - read->this_update(), day);
}

TEST_F(OpensslCrl, AReasonIsNoExcuse) {
    const auto read = list("authorityKeyIdentifier=keyid", "-crl_reason certificateHold");
    ASSERT_TRUE(read.has_value()) << read.error().why;
    EXPECT_TRUE(read->lists(leaf.serial()));
}

TEST_F(OpensslCrl, APartOfTheCertificatesIsNoList) {
    EXPECT_FALSE(list("issuingDistributionPoint=critical,@part").has_value());
}

TEST_F(OpensslCrl, ItReadsOurs) {
    write(folder.path("ours.der"), as_text(authority.list({leaf.serial()})));
    const auto text = run_well("openssl crl -inform DER -in " + folder.path("ours.der") +
                               " -CAfile " + folder.path("ca.pem") + " -noout -text");
    EXPECT_NE(text.find("verify OK"), std::string::npos) << text;
    EXPECT_NE(text.find("X509v3 CRL Number: \n                7"), std::string::npos) << text;
    std::string serial = hex(leaf.serial());
    std::ranges::transform(serial, serial.begin(),
                           [](char c) { return c >= 'a' ? static_cast<char>(c - 32) : c; });
    serial.erase(0, serial.find_first_not_of('0') / 2 * 2);
    EXPECT_NE(text.find("Serial Number: " + serial), std::string::npos) << text;
}

}  // namespace
}  // namespace mado::crypto
