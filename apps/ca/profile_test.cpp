// What the authority signs keeps each rule that we promise, and other people's programs take it.
#include "profile.hpp"

#include <algorithm>
#include <set>

#include "crypto/crl.hpp"

#include "test_ca.hpp"
#include "test_lint.hpp"

namespace mado::ca {
namespace {

using crypto::KeyType;
using crypto::PrivateKey;
using crypto::run;
using crypto::run_well;

using Rules = std::vector<std::string>;

class ProfileOf : public testing::TestWithParam<card::TokenKeyType> {
  protected:
    crypto::Certificate certify(Use use, KeyType type = KeyType::p256) const {
        return ca.authority.issue(
            {.use = use,
             .key = PrivateKey::generate(type).public_key(),
             .serial = new_serial(),
             .common_name = hex(crypto::random_bytes(16)),
             .validity = {.not_before = now, .not_after = now + 5 * 365 * day_s},
             .attributes = use == Use::signing ? std::optional(test_person()) : std::nullopt});
    }
    Bytes list_of(const std::vector<Listed>& listed) const {
        return ca.authority.list(
            listed, {.this_update = now, .next_update = now + list_lifetime_s, .number = 7});
    }
    std::string write(const std::string& name, ByteView bytes) const {
        replace_file(folder.path(name), bytes);
        return folder.path(name);
    }
    // PEM, which both programs read.
    std::string write_list(const std::string& name, ByteView der) const {
        const auto path = write(name + ".der", der);
        run_well(fmt::format("openssl crl -inform DER -in {} -out {}.pem", path, path));
        return path + ".pem";
    }

    const UnixTime now = unix_now();
    TempFolder folder;
    TestAuthority& ca = authority_with(GetParam());
    const crypto::Certificate& authority = ca.authority.certificate();
};

TEST_P(ProfileOf, EveryRuleIsKept) {
    EXPECT_EQ(lint(Profile::authority, authority.der(), authority), Rules{});
    for (const auto type : {KeyType::p256, KeyType::p384, KeyType::rsa}) {
        EXPECT_EQ(
            lint(Profile::authentication, certify(Use::authentication, type).der(), authority),
            Rules{});
        EXPECT_EQ(lint(Profile::signing, certify(Use::signing, type).der(), authority), Rules{});
    }
    EXPECT_EQ(lint(Profile::responder, ca.authority.new_responder(now).der(), authority), Rules{});
    EXPECT_EQ(lint_list(list_of({}), authority), Rules{});
    EXPECT_EQ(lint_list(list_of({{.serial = new_serial(),
                                  .since = now,
                                  .reason = crypto::RevocationReason::certificate_hold},
                                 {.serial = new_serial(), .since = now, .reason = std::nullopt}}),
                        authority),
              Rules{});
}

TEST_P(ProfileOf, SigningCarriesTheFourAttributesAndAuthenticationNone) {
    const std::string arc(test_arc);
    const auto signing = certify(Use::signing).der();
    EXPECT_EQ(other_name(signing, arc + ".2.1"), "髙橋 﨑子");
    EXPECT_EQ(other_name(signing, arc + ".2.2"), "タカハシ サキコ");
    EXPECT_EQ(other_name(signing, arc + ".2.3"), "female");
    EXPECT_EQ(other_name(signing, arc + ".2.4"), "1984-03-15");
    EXPECT_EQ(other_name(signing, arc + ".2.5"), "九十九県A市窓町1丁目2番3号");
    const auto text = to_text(certify(Use::authentication).der());
    for (const auto& said : {test_person().name, test_person().address, test_person().birth_date})
        EXPECT_FALSE(text.contains(said));
    EXPECT_TRUE(certify(Use::signing).is_for_signing());
    EXPECT_FALSE(certify(Use::authentication).is_for_signing());
}

TEST_P(ProfileOf, OpenSslVerifiesWhatIsIssued) {
    const auto top = write("ca.pem", authority.pem());
    for (const auto use : {Use::authentication, Use::signing}) {
        const auto one = certify(use);
        const auto file = write("one.pem", one.pem());
        const auto purpose = use == Use::authentication ? "-purpose sslclient" : "";
        const auto verify = [&](const std::string& list) {
            return run(
                fmt::format("openssl verify -x509_strict -crl_check {} -CAfile {} -CRLfile "
                            "{} {}",
                            purpose, top, list, file));
        };
        const auto good = verify(write_list("good", list_of({})));
        EXPECT_EQ(good.status, 0) << good.output;
        const auto revoked = verify(write_list(
            "revoked", list_of({{.serial = one.serial(),
                                 .since = now,
                                 .reason = crypto::RevocationReason::affiliation_changed}})));
        EXPECT_NE(revoked.status, 0);
        EXPECT_TRUE(revoked.output.contains("certificate revoked")) << revoked.output;
    }
}

TEST_P(ProfileOf, GnutlsVerifiesWhatIsIssued) {
    for (const auto use : {Use::authentication, Use::signing}) {
        const auto chain = certify(use).pem();
        const auto file = write("chain.pem", to_bytes(to_text(chain) + to_text(authority.pem())));
        const auto said = run_well("certtool --verify-chain --infile " + file);
        EXPECT_TRUE(said.contains("Chain verification output: Verified.")) << said;
    }
    const auto top = write("ca.pem", authority.pem());
    const auto list =
        write_list("list", list_of({{.serial = new_serial(),
                                     .since = now,
                                     .reason = crypto::RevocationReason::certificate_hold}}));
    const auto said = run_well(
        fmt::format("certtool --verify-crl --load-ca-certificate {} --infile {}", top, list));
    EXPECT_TRUE(said.contains("Verified")) << said;
    const auto shown = run_well("certtool --crl-info --infile " + list);
    EXPECT_TRUE(shown.contains("Revoked certificates (1)")) << shown;
}

TEST_P(ProfileOf, WhoReadsListsTakesThem) {
    const auto one = certify(Use::authentication);
    const auto list =
        crypto::Crl::read(list_of({{.serial = one.serial(),
                                    .since = now,
                                    .reason = crypto::RevocationReason::certificate_hold}}),
                          authority);
    ASSERT_TRUE(list.has_value()) << list.error().why;
    EXPECT_TRUE(list->lists(one.serial()));
    EXPECT_EQ(list->next_update(), now + list_lifetime_s);
}

// One after the other, so that each token is made once.
INSTANTIATE_TEST_SUITE_P(P256, ProfileOf, testing::Values(card::TokenKeyType::p256));
INSTANTIATE_TEST_SUITE_P(P384, ProfileOf, testing::Values(card::TokenKeyType::p384));
INSTANTIATE_TEST_SUITE_P(Rsa3072, ProfileOf, testing::Values(card::TokenKeyType::rsa3072));

TEST(Lint, SeesWhatIsWrong) {
    // lib/crypto's own certificates for cards are of another profile.
    const auto key = PrivateKey::generate(KeyType::p256);
    const auto other = crypto::self_signed({.use = crypto::CertificateUse::authority,
                                            .common_name = "x",
                                            .not_before = 1'700'000'000,
                                            .not_after = 1'700'000'000 + 20 * 365 * day_s},
                                           key);
    const auto broken = lint(Profile::authority, other.der(), other);
    EXPECT_TRUE(std::ranges::find(broken, "serial of 20 bytes") != broken.end());
    EXPECT_TRUE(std::ranges::find(broken, "validity as promised") != broken.end());
    EXPECT_FALSE(lint(Profile::signing, other.der(), other).empty());
}

TEST(Serials, AreLongPositiveAndRandom) {
    std::set<std::string> seen;
    for (int i = 0; i < 1'000; ++i) {
        const auto serial = new_serial();
        EXPECT_GE(serial[0], 0x40);
        EXPECT_LT(serial[0], 0x80);
        EXPECT_TRUE(seen.insert(serial_text(serial)).second);
        EXPECT_EQ(parse_serial(serial_text(serial)).value(), serial);
    }
    for (const auto* wrong : {"", "00", "zz"})
        EXPECT_FALSE(parse_serial(wrong));
}

}  // namespace
}  // namespace mado::ca
