#include "crypto/x509.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/digest.hpp"
#include "crypto/other_names.hpp"
#include "crypto/test_command.hpp"

namespace mado::crypto {
namespace {

constexpr UnixTime start = 1'790'000'000;  // 2026-09-21T14:13:20Z
constexpr UnixTime end = start + 365 * 86'400;

CertificateRequest authority_request(std::string name = "Card CA") {
    return {.use = CertificateUse::authority,
            .common_name = std::move(name),
            .organisation = "デモ国 認証局",
            .not_before = start,
            .not_after = end};
}

CertificateRequest card_request() {
    return {.use = CertificateUse::authentication,
            .common_name = "0123456789abcdef",
            .not_before = start,
            .not_after = end};
}

CertificateRequest organisation_request() {
    return {.use = CertificateUse::organisation,
            .common_name = "みどり診療所",
            .organisation = "医療法人みどり会",
            .dns_names = {"relay.example.jp", "127.0.0.1", "::1"},
            .not_before = start,
            .not_after = end};
}

struct Authority {
    explicit Authority(KeyType type = KeyType::p256, std::string name = "Card CA")
        : key(PrivateKey::generate(type)),
          certificate(self_signed(authority_request(std::move(name)), key)) {}
    PrivateKey key;
    Certificate certificate;
};

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

// The certificates as files, for the openssl command.
class Files {
  public:
    Files(const Certificate& authority, const Certificate& leaf) {
        write(authority_path(), as_text(authority.pem()));
        write(leaf_path(), as_text(leaf.pem()));
    }
    [[nodiscard]] std::string authority_path() const { return folder_.path("ca.pem"); }
    [[nodiscard]] std::string leaf_path() const { return folder_.path("leaf.pem"); }
    [[nodiscard]] std::string path(const std::string& name) const { return folder_.path(name); }
    [[nodiscard]] Ran verify(const std::string& options) const {
        return run("openssl verify -x509_strict -check_ss_sig -attime " +
                   std::to_string(start + 1) + " " + options + " -CAfile " + authority_path() +
                   " " + leaf_path());
    }
    [[nodiscard]] std::string text(const std::string& file) const {
        return run_well("openssl x509 -noout -text -nameopt utf8,sep_comma_plus -in " + file);
    }

  private:
    TempFolder folder_;
};

TEST(X509, AuthorityIsWhatOpensslExpects) {
    for (const auto type : {KeyType::p256, KeyType::p384, KeyType::rsa, KeyType::ed25519}) {
        const Authority authority(type);
        const Files files(authority.certificate, authority.certificate);
        const auto verified = files.verify("");
        EXPECT_EQ(verified.status, 0) << verified.output;
        const auto text = files.text(files.authority_path());
        EXPECT_TRUE(contains(text, "Version: 3 (0x2)")) << text;
        EXPECT_TRUE(contains(text,
                             "X509v3 Basic Constraints: critical\n"
                             "                CA:TRUE, pathlen:0\n"))
            << text;
        EXPECT_TRUE(contains(text,
                             "X509v3 Key Usage: critical\n"
                             "                Certificate Sign, CRL Sign\n"))
            << text;
        EXPECT_TRUE(contains(text, "X509v3 Subject Key Identifier:")) << text;
        EXPECT_FALSE(contains(text, "Extended Key Usage")) << text;
        EXPECT_TRUE(contains(text, "O=デモ国 認証局,CN=Card CA")) << text;
    }
}

TEST(X509, SignatureFollowsTheIssuersKey) {
    const auto algorithm_of = [](KeyType type) {
        const Authority authority(type);
        const Files files(authority.certificate, authority.certificate);
        const auto text = files.text(files.authority_path());
        const auto at = text.find("Signature Algorithm: ") + 21;
        return text.substr(at, text.find('\n', at) - at);
    };
    EXPECT_EQ(algorithm_of(KeyType::p256), "ecdsa-with-SHA256");
    EXPECT_EQ(algorithm_of(KeyType::p384), "ecdsa-with-SHA384");
    EXPECT_EQ(algorithm_of(KeyType::rsa), "sha256WithRSAEncryption");
    EXPECT_EQ(algorithm_of(KeyType::ed25519), "ED25519");
}

TEST(X509, OrganisationIsWhatOpensslExpects) {
    const Authority authority;
    const auto key = PrivateKey::generate(KeyType::p256);
    const auto leaf =
        issue(organisation_request(), key.public_key(), authority.certificate, authority.key);
    const Files files(authority.certificate, leaf);
    for (const char* purpose : {"-purpose sslserver -verify_hostname relay.example.jp",
                                "-purpose sslserver -verify_ip 127.0.0.1",
                                "-purpose sslserver -verify_ip ::1", "-purpose sslclient"}) {
        const auto verified = files.verify(purpose);
        EXPECT_EQ(verified.status, 0) << verified.output;
    }
    EXPECT_NE(files.verify("-verify_hostname other.example.jp").status, 0);
    const auto text = files.text(files.leaf_path());
    EXPECT_TRUE(contains(text, "X509v3 Key Usage: critical\n                Digital Signature\n"));
    EXPECT_TRUE(contains(text,
                         "X509v3 Extended Key Usage: \n                "
                         "TLS Web Client Authentication, TLS Web Server Authentication\n"))
        << text;
    EXPECT_TRUE(contains(text,
                         "DNS:relay.example.jp, IP Address:127.0.0.1, "
                         "IP Address:0:0:0:0:0:0:0:1\n"))
        << text;
    EXPECT_TRUE(contains(text, "X509v3 Authority Key Identifier:")) << text;
    EXPECT_FALSE(contains(text, "Basic Constraints")) << text;
    EXPECT_EQ(leaf.subject(), "CN=みどり診療所,O=医療法人みどり会");
}

TEST(X509, CardIsWhatOpensslExpects) {
    const Authority authority(KeyType::p384);
    for (const auto type : {KeyType::p256, KeyType::rsa}) {
        const auto key = PrivateKey::generate(type);
        const auto leaf =
            issue(card_request(), key.public_key(), authority.certificate, authority.key);
        EXPECT_EQ(leaf.public_key().spki(), key.public_key().spki());
        const Files files(authority.certificate, leaf);
        const auto verified = files.verify("-purpose sslclient");
        EXPECT_EQ(verified.status, 0) << verified.output;
        EXPECT_NE(files.verify("-purpose sslserver").status, 0);
        const auto text = files.text(files.leaf_path());
        EXPECT_TRUE(contains(text,
                             "Extended Key Usage: \n                "
                             "TLS Web Client Authentication\n"))
            << text;
        EXPECT_TRUE(contains(text, "Key Usage: critical\n                Digital Signature\n"));
        EXPECT_TRUE(contains(text, "Subject: CN=0123456789abcdef\n")) << text;
        EXPECT_FALSE(contains(text, "Alternative Name")) << text;
    }
}

TEST(X509, ComesBack) {
    const Authority authority;
    const auto leaf = issue(card_request(), PrivateKey::generate(KeyType::p256).public_key(),
                            authority.certificate, authority.key);
    const auto again = Certificate::from_pem(leaf.pem()).value();
    EXPECT_EQ(again.der(), leaf.der());
    EXPECT_EQ(again.thumbprint(), sha256(leaf.der()));
    EXPECT_EQ(again.not_before(), start);
    EXPECT_EQ(again.not_after(), end);
    const Files files(authority.certificate, leaf);
    const auto print =
        run_well("openssl x509 -noout -fingerprint -sha256 -in " + files.leaf_path());
    std::string upper = hex(leaf.thumbprint());
    std::ranges::transform(upper, upper.begin(), [](char c) { return c < 'a' ? c : char(c - 32); });
    std::string plain = print;
    std::erase(plain, ':');
    EXPECT_TRUE(contains(plain, upper)) << print;
}

TEST(X509, TimesReachBeyond2049) {
    auto request = authority_request();
    request.not_before = 0;
    request.not_after = 4'102'444'800;  // 2100-01-01, where UTCTime does not reach
    const auto certificate = self_signed(request, PrivateKey::generate(KeyType::p256));
    EXPECT_EQ(certificate.not_before(), 0);
    EXPECT_EQ(certificate.not_after(), 4'102'444'800);
}

TEST(X509, SerialsAreSixteenBytesAndDiffer) {
    const Authority authority;
    const Files files(authority.certificate, Authority().certificate);
    const auto serial = [&](const std::string& path) {
        return run_well("openssl x509 -noout -serial -in " + path);
    };
    const auto one = serial(files.authority_path());
    EXPECT_EQ(one.size(), std::string("serial=\n").size() + 32) << one;
    EXPECT_NE(one, serial(files.leaf_path()));
}

TEST(X509, IssuedBy) {
    const auto key = PrivateKey::generate(KeyType::p256);
    for (const auto type : {KeyType::p256, KeyType::p384, KeyType::rsa, KeyType::ed25519}) {
        const Authority authority(type);
        const Authority namesake(type);
        const Authority other(type, "Other CA");
        const auto leaf =
            issue(card_request(), key.public_key(), authority.certificate, authority.key);
        EXPECT_TRUE(leaf.issued_by(authority.certificate));
        EXPECT_FALSE(leaf.issued_by(namesake.certificate));
        EXPECT_FALSE(leaf.issued_by(other.certificate));
        EXPECT_FALSE(leaf.issued_by(leaf));
        EXPECT_FALSE(authority.certificate.issued_by(authority.certificate));
        const auto alone = self_signed(organisation_request(), key);
        EXPECT_FALSE(alone.issued_by(alone));
        EXPECT_FALSE(alone.issued_by(authority.certificate));
    }
}

TEST(X509, AlteredCertificatesAreNotIssued) {
    const Authority authority;
    const auto leaf = issue(card_request(), PrivateKey::generate(KeyType::p256).public_key(),
                            authority.certificate, authority.key);
    for (std::size_t i = 0; i < leaf.der().size(); ++i) {
        auto altered = leaf.der();
        altered[i] ^= 1;
        const auto certificate = Certificate::from_der(altered);
        EXPECT_FALSE(certificate && certificate->issued_by(authority.certificate)) << i;
        EXPECT_FALSE(Certificate::from_der(ByteView(leaf.der()).first(i))) << i;
    }
}

TEST(X509, FormsThatAreRefused) {
    const Authority authority;
    const auto& der = authority.certificate.der();
    auto longer = der;
    longer.push_back(0);
    EXPECT_FALSE(Certificate::from_der(longer));
    // The same content with a length of three bytes: another thumbprint for one certificate.
    ASSERT_EQ(der[1], 0x82);
    auto wide = der;
    wide[1] = 0x83;
    wide.insert(wide.begin() + 2, 0);
    EXPECT_FALSE(Certificate::from_der(wide));
    EXPECT_FALSE(Certificate::from_der({}));
    EXPECT_FALSE(Certificate::from_der(Bytes(20'000, 0x30)));
    const std::string pem(as_text(authority.certificate.pem()));
    EXPECT_TRUE(Certificate::from_pem(as_bytes(pem)));
    for (const auto& wrong : {std::string(), pem + pem, "note\n" + pem, pem + "note\n",
                              pem.substr(0, pem.size() / 2)}) {
        EXPECT_FALSE(Certificate::from_pem(as_bytes(wrong)));
    }
    EXPECT_FALSE(Certificate::from_pem(authority.key.pem().view()));
}

TEST(X509, MisuseIsAFailure) {
    const Authority authority;
    const Authority other;
    const auto key = PrivateKey::generate(KeyType::p256);
    const auto fails = [&](const CertificateRequest& request, const Certificate& issuer,
                           const PrivateKey& issuer_key) {
        EXPECT_THROW(issue(request, key.public_key(), issuer, issuer_key), Failure);
    };
    fails(card_request(), authority.certificate, other.key);
    fails(authority_request(), authority.certificate, authority.key);
    const auto leaf = issue(card_request(), key.public_key(), authority.certificate, authority.key);
    fails(card_request(), leaf, key);
    auto request = card_request();
    request.common_name = "";
    fails(request, authority.certificate, authority.key);
    request = card_request();
    request.common_name = std::string(65, 'x');
    fails(request, authority.certificate, authority.key);
    request = card_request();
    request.not_after = request.not_before;
    fails(request, authority.certificate, authority.key);
    request = card_request();
    request.dns_names = {"a.example"};
    fails(request, authority.certificate, authority.key);
    for (const std::string name : {"", "a b", "a\nb", "*.example", "a.example,DNS:b.example"}) {
        request = organisation_request();
        request.dns_names = {name};
        fails(request, authority.certificate, authority.key);
    }
}

// Certificates of the openssl command: what a foreign CA may send.
class Foreign {
  public:
    // A self-signed certificate with these extensions, over a fresh key of this kind.
    Parsed<Certificate> make(const std::string& options,
                             const std::string& key = "EC -pkeyopt ec_paramgen_curve:P-256") {
        run_well("openssl genpkey -algorithm " + key + " -out " + path("key.pem"));
        run_well("openssl req -x509 -new -key " + path("key.pem") +
                 " -subj '/O=Foreign/CN=foreign' -days 30 " + options + " -out " +
                 path("foreign.pem"));
        return Certificate::from_pem(as_bytes(read(path("foreign.pem"))));
    }
    // A leaf of the last one made.
    Parsed<Certificate> leaf(const std::string& options, const std::string& extensions) {
        write(path("extensions"), extensions);
        run_well("openssl req -new -newkey rsa:2048 -nodes -keyout " + path("leaf-key.pem") +
                 " -subj '/CN=leaf' -out " + path("leaf.csr"));
        run_well("openssl x509 -req -in " + path("leaf.csr") + " -CA " + path("foreign.pem") +
                 " -CAkey " + path("key.pem") + " -days 3 -extfile " + path("extensions") + " " +
                 options + " -out " + path("leaf.pem"));
        return Certificate::from_pem(as_bytes(read(path("leaf.pem"))));
    }
    [[nodiscard]] std::string path(const std::string& name) const { return folder_.path(name); }

  private:
    TempFolder folder_;
};

TEST(X509, ForeignLeaves) {
    Foreign foreign;
    const auto authority = foreign.make("", "RSA -pkeyopt rsa_keygen_bits:2048");
    // OpenSSL's default has basicConstraints and no keyUsage: not enough to sign.
    ASSERT_TRUE(authority);
    const auto unnamed = foreign.leaf("-sha256", "keyUsage=critical,digitalSignature\n");
    ASSERT_TRUE(unnamed);
    EXPECT_FALSE(unnamed->issued_by(*authority));

    const auto full =
        foreign.make("-addext keyUsage=critical,keyCertSign", "RSA -pkeyopt rsa_keygen_bits:2048");
    ASSERT_TRUE(full);
    const auto good = foreign.leaf("-sha256", "keyUsage=critical,digitalSignature\n");
    ASSERT_TRUE(good);
    EXPECT_TRUE(good->issued_by(*full));
    EXPECT_EQ(good->subject(), "CN=leaf");
    const auto sha512 = foreign.leaf("-sha512", "keyUsage=critical,digitalSignature\n");
    EXPECT_TRUE(sha512 && sha512->issued_by(*full));
    const auto sha1 = foreign.leaf("-sha1", "keyUsage=critical,digitalSignature\n");
    EXPECT_FALSE(sha1 && sha1->issued_by(*full));
    const auto below = foreign.leaf("-sha256", "basicConstraints=critical,CA:TRUE\n");
    EXPECT_FALSE(below && below->issued_by(*full));
    EXPECT_FALSE(foreign.leaf("-sha256", "1.2.3.4=critical,ASN1:NULL\n"));
    EXPECT_TRUE(foreign.leaf("-sha256", "1.2.3.4=ASN1:NULL\n"));
}

TEST(X509, ForeignKeys) {
    Foreign foreign;
    EXPECT_TRUE(foreign.make("", "EC -pkeyopt ec_paramgen_curve:P-384"));
    EXPECT_TRUE(foreign.make("", "ED25519"));
    EXPECT_FALSE(foreign.make("", "EC -pkeyopt ec_paramgen_curve:P-521"));
    EXPECT_FALSE(foreign.make("",
                              "EC -pkeyopt ec_paramgen_curve:P-256 "
                              "-pkeyopt ec_param_enc:explicit"));
    EXPECT_FALSE(foreign.make("", "RSA -pkeyopt rsa_keygen_bits:1024"));
}

// RFC 5480 section 2.2 lets a certificate hold a compressed point; the key is the same.
TEST(X509, CompressedPointIsTheSameKey) {
    Foreign foreign;
    ASSERT_TRUE(foreign.make(""));
    const auto key = PrivateKey::from_pem(as_bytes(read(foreign.path("key.pem")))).value();
    run_well("openssl ec -in " + foreign.path("key.pem") + " -conv_form compressed -out " +
             foreign.path("compressed.pem"));
    run_well("openssl req -x509 -new -key " + foreign.path("compressed.pem") +
             " -subj /CN=c -days 3 -out " + foreign.path("c.pem"));
    const auto certificate = Certificate::from_pem(as_bytes(read(foreign.path("c.pem"))));
    ASSERT_TRUE(certificate) << certificate.error().why;
    const auto spki = key.public_key().spki();
    EXPECT_TRUE(std::ranges::search(certificate->der(), ByteView(spki).last(65)).empty());
    EXPECT_EQ(certificate->public_key().jwk(), key.public_key().jwk());
    EXPECT_EQ(certificate->public_key().spki(), key.public_key().spki());
}

// As OpenSSL's own tool writes them, and as we do.
TEST(X509, OtherNamesAreRead) {
    Foreign foreign;
    const auto theirs = foreign.make(
        "-utf8 -addext 'subjectAltName=DNS:a.example,"
        "otherName:1.2.392.200149.8.5.5.1;UTF8:MORGAN LEE,"
        "otherName:1.2.392.200149.8.5.5.4;UTF8:319881205'");
    ASSERT_TRUE(theirs) << theirs.error().why;
    std::map<std::string, std::string> expected{{"1.2.392.200149.8.5.5.1", "MORGAN LEE"},
                                                {"1.2.392.200149.8.5.5.4", "319881205"}};
    EXPECT_EQ(read_other_names(*theirs), expected);
    expected["1.2.392.200149.8.5.5.1"] = "厚労 次郎";

    const Authority authority(KeyType::p256);
    const auto key = PrivateKey::generate(KeyType::p256);
    const std::vector<OtherName> names{{"1.2.392.200149.8.5.5.1", "厚労 次郎"},
                                       {"1.2.392.200149.8.5.5.4", "319881205"}};
    auto request = card_request();
    request.use = CertificateUse::signing;
    const auto ours =
        issue_with_names(request, names, key.public_key(), authority.certificate, authority.key);
    EXPECT_EQ(read_other_names(ours), expected);
    EXPECT_TRUE(ours.is_for_signing());
    const auto none = issue(request, key.public_key(), authority.certificate, authority.key);
    EXPECT_EQ(read_other_names(none)->size(), 0U);
    const auto twice = issue_with_names(request, {names[0], names[0]}, key.public_key(),
                                        authority.certificate, authority.key);
    EXPECT_FALSE(read_other_names(twice)) << "which one counts nobody knows";
}

}  // namespace
}  // namespace mado::crypto
