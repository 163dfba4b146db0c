// What the authority signs keeps each rule that we promise, and other people's programs take it.
#include "profile.hpp"

#include <algorithm>
#include <set>

#include "crypto/crl.hpp"
#include "crypto/der.hpp"
#include "crypto/signing.hpp"
#include "test_ca.hpp"
#include "test_lint.hpp"

namespace mado::ca {
namespace {

namespace der = crypto::der;
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

// ---- the lint itself: one fault at a time, and it names the rule ----

// One element of DER in the place of another one, wherever it stands; what is around it gets its
// new length. `to` may be empty, or several.
Bytes replaced(ByteView text, const Bytes& from, const Bytes& to) {
    Bytes out;
    while (!text.empty()) {
        std::size_t header = 2;
        std::size_t size = text[1];
        if (size >= 0x80) {
            header += size - 0x80;
            size = 0;
            for (std::size_t i = 2; i < header; ++i)
                size = size << 8U | text[i];
        }
        const auto whole = text.first(header + size);
        const bool constructed = (text[0] & 0x20U) != 0;
        if (std::ranges::equal(whole, from)) {
            append(out, to);
        } else if (constructed) {
            append(out, der::value(text[0], replaced(whole.subspan(header), from, to)));
        } else {
            append(out, whole);
        }
        text = text.subspan(whole.size());
    }
    return out;
}

class Lint : public testing::Test {
  protected:
    using Edit = std::pair<Bytes, Bytes>;  // from, to
    // Of RFC 5280's form, written here once more.
    static Bytes extension(std::string_view oid, bool critical, ByteView content) {
        return der::sequence(
            {der::oid(oid), critical ? der::yes() : Bytes(), der::octets(content)});
    }
    static Bytes usage(std::initializer_list<int> bits, bool critical = true) {
        return extension("2.5.29.15", critical, der::named_bits(bits));
    }
    static Bytes purpose(std::string_view oid) {
        return extension("2.5.29.37", false, der::sequence({der::oid(oid)}));
    }
    static Bytes name_part(std::string_view oid, ByteView value) {
        return der::set_of_one(der::sequence({der::oid(oid), value}));
    }
    static Bytes twice(const Bytes& one) { return der::joined({one, one}); }
    Bytes signed_by(const PrivateKey& by, ByteView to_be_signed) const {
        return crypto::signed_whole(to_be_signed, by.sign(to_be_signed), KeyType::p256);
    }
    [[nodiscard]] Bytes to_be_signed(Profile profile) const {
        const auto subject = person_key.public_key();
        const Validity five_years{.not_before = now, .not_after = now + 5 * 365 * day_s};
        switch (profile) {
            case Profile::authority:
                return authority_to_be_signed(
                    test_names, key.public_key(), serial,
                    {.not_before = now, .not_after = now + authority_lifetime_s_max});
            case Profile::responder:
                return responder_to_be_signed(
                    subject, serial, {.not_before = now, .not_after = now + responder_lifetime_s},
                    authority);
            case Profile::authentication:
                return person(Use::authentication, five_years);
            case Profile::signing:
                return person(Use::signing, five_years);
        }
        return {};
    }
    [[nodiscard]] Bytes person(Use use, const Validity& validity) const {
        const auto subject = person_key.public_key();
        return person_to_be_signed(
            {.use = use,
             .key = subject,
             .serial = serial,
             .common_name = name,
             .validity = validity,
             .attributes = use == Use::signing ? std::optional(test_person()) : std::nullopt},
            authority, test_site());
    }
    // The rules that are broken once this was changed, and signed as if it were good.
    void expect_broken(Profile profile, const std::string& rule, const Edit& edit) const {
        const auto before = to_be_signed(profile);
        const auto after = replaced(before, edit.first, edit.second);
        ASSERT_NE(before, after) << rule << ": nothing was changed";
        expect_named(lint(profile, signed_by(key, after), authority), rule);
    }
    static void expect_named(const Rules& broken, const std::string& rule) {
        EXPECT_TRUE(std::ranges::find(broken, rule) != broken.end())
            << rule << " is not seen, but: " << testing::PrintToString(broken);
    }

    const UnixTime now = unix_now();
    const crypto::Serial serial = new_serial();
    const std::string name = hex(crypto::random_bytes(16));
    const PrivateKey key = PrivateKey::generate(KeyType::p256);
    const PrivateKey person_key = PrivateKey::generate(KeyType::p256);
    const crypto::Certificate authority =
        crypto::Certificate::from_der(
            signed_by(key, authority_to_be_signed(
                               test_names, key.public_key(), new_serial(),
                               {.not_before = now, .not_after = now + authority_lifetime_s_max})))
            .value();
    const Bytes common_name = name_part("2.5.4.3", der::utf8(name));
    const Bytes own_id =
        extension("2.5.29.14", false, der::octets(crypto::key_identifier(person_key.public_key())));
    const Bytes above_id =
        extension("2.5.29.35", false,
                  der::sequence({der::tagged_plain(0, crypto::key_identifier(key.public_key()))}));
    const Bytes nobody = extension("2.5.29.19", true, der::sequence({}));
};

TEST_F(Lint, SeesNothingWhereNothingIsWrong) {
    for (const auto profile :
         {Profile::authority, Profile::authentication, Profile::signing, Profile::responder}) {
        const auto good = to_be_signed(profile);
        EXPECT_EQ(replaced(good, Bytes{0}, Bytes{0}), good);
        EXPECT_EQ(lint(profile, signed_by(key, good), authority), Rules{});
    }
}

TEST_F(Lint, SeesAForm) {
    const auto profile = Profile::authentication;
    const auto good = to_be_signed(profile);
    EXPECT_EQ(lint(profile, Bytes(100, 0x30), authority), Rules{"a certificate"});
    auto longer = signed_by(key, good);
    longer.push_back(0);
    expect_named(lint(profile, longer, authority), "DER, in its one form");
    expect_named(lint(profile, signed_by(person_key, good), authority),
                 "the authority's signature");
    expect_named(
        lint(profile,
             der::sequence({good, crypto::signature_algorithm(KeyType::p384),
                            der::bits(crypto::x509_signature(key.sign(good), KeyType::p256))}),
             authority),
        "one signature algorithm");
    expect_broken(profile, "version 3",
                  {der::tagged(0, der::integer(2)), der::tagged(0, der::integer(1))});
    auto shorter = serial;
    shorter[0] = 0;
    expect_broken(profile, "serial of 20 bytes", {der::integer(serial), der::integer(shorter)});
}

TEST_F(Lint, SeesTimes) {
    const auto profile = Profile::authentication;
    const auto from = der::time(now);
    const auto utc = from.size() - 2;
    auto without_z = from;
    without_z[utc + 1] = '0';
    expect_broken(profile, "times with seconds, Z", {from, without_z});
    expect_broken(profile, "UTCTime until 2049", {from, der::generalized_time(now)});
    const auto to = der::time(now + 5 * 365 * day_s);
    expect_broken(profile, "validity as promised", {to, der::time(now + 5 * 366 * day_s)});
    expect_broken(profile, "validity as promised", {to, der::time(now - 1)});
    expect_broken(Profile::responder, "validity as promised",
                  {der::time(now + responder_lifetime_s), der::time(now + 8 * day_s)});
    expect_broken(profile, "not longer than its authority",
                  {to, der::time(now + authority_lifetime_s_max + 1)});
}

TEST_F(Lint, SeesNames) {
    const auto profile = Profile::authentication;
    const auto country = name_part("2.5.4.6", der::printable("JP"));
    expect_broken(profile, "the issuer is the authority's subject",
                  {crypto::subject_name(authority), der::sequence({country})});
    const auto subject = der::sequence({country, common_name});
    expect_broken(profile, "a subject", {subject, der::sequence({})});
    expect_broken(profile, "an attribute of the name once", {common_name, twice(common_name)});
    expect_broken(profile, "UTF8String, and PrintableString for the country",
                  {der::printable("JP"), der::utf8("JP")});
    expect_broken(profile, "bounds of a name", {der::utf8(name), der::utf8(std::string(257, 'a'))});
    expect_broken(profile, "a name that says nothing",
                  {der::utf8(name), der::utf8(test_person().name)});
    expect_broken(profile, "country and a random name",
                  {common_name, der::joined({common_name, name_part("2.5.4.10", der::utf8("x"))})});
}

TEST_F(Lint, SeesExtensions) {
    const std::string set = "the extensions of its profile, critical as they must be";
    const auto usage_of = usage({0});
    expect_broken(Profile::authentication, "an extension once (section 4.2)",
                  {usage_of, twice(usage_of)});
    expect_broken(Profile::authentication, set, {usage_of, usage({0}, false)});
    expect_broken(Profile::authentication, set, {usage_of, {}});
    expect_broken(Profile::authentication, set,
                  {nobody, extension("2.5.29.19", false, der::sequence({}))});
    const auto unknown = extension("1.3.6.1.4.1.32473.9", true, der::null());
    expect_broken(Profile::authentication, "no malformed and no unknown critical extension",
                  {usage_of, der::joined({usage_of, unknown})});
    const auto no_check = extension("1.3.6.1.5.5.7.48.1.5", false, der::null());
    expect_broken(Profile::responder, set, {no_check, {}});
    expect_broken(Profile::responder, set,
                  {no_check, extension("1.3.6.1.5.5.7.48.1.5", true, der::null())});
    expect_broken(Profile::authentication, "a subject key identifier", {own_id, {}});
    expect_broken(Profile::signing, "the authority's key identifier is its subject key identifier",
                  {above_id, extension("2.5.29.35", false,
                                       der::sequence({der::tagged_plain(
                                           0, crypto::key_identifier(person_key.public_key()))}))});
}

TEST_F(Lint, SeesUses) {
    const auto certifies = usage({5});
    expect_broken(Profile::authority, "keyUsage of an authority", {usage({5, 6}), certifies});
    const auto limited = der::sequence({der::yes(), der::integer(0)});
    expect_broken(Profile::authority, "an authority, length 0",
                  {extension("2.5.29.19", true, limited),
                   extension("2.5.29.19", true, der::sequence({der::yes()}))});
    const auto one = usage({0});
    const auto both = usage({0, 1});
    expect_broken(Profile::authentication, "keyUsage digitalSignature alone", {one, both});
    expect_broken(Profile::responder, "keyUsage digitalSignature alone", {one, both});
    expect_broken(Profile::signing, "keyUsage digitalSignature and nonRepudiation", {both, one});
    const auto client = purpose("1.3.6.1.5.5.7.3.2");
    const auto ocsp = purpose("1.3.6.1.5.5.7.3.9");
    expect_broken(Profile::authentication, "clientAuth alone", {client, ocsp});
    expect_broken(Profile::responder, "OCSPSigning alone", {ocsp, client});
    for (const auto profile : {Profile::authentication, Profile::signing, Profile::responder}) {
        expect_broken(profile, "no authority",
                      {nobody, extension("2.5.29.19", true, der::sequence({der::yes()}))});
    }
}

TEST_F(Lint, SeesPoliciesAndAttributes) {
    const std::string arc(test_arc);
    const auto policy = [&](const std::string& below) {
        return extension("2.5.29.32", true,
                         der::sequence({der::sequence({der::oid(arc + below)})}));
    };
    expect_broken(Profile::authentication, "the policy of its use",
                  {policy(".1.1"), policy(".1.2")});
    expect_broken(Profile::signing, "the policy of its use", {policy(".1.2"), policy(".1.1")});
    // Inside of an octet string: written once more as a whole.
    const auto person = test_person();
    const auto other = [&](const std::string& below, ByteView value) {
        return der::tagged(0, der::joined({der::oid(arc + below), der::tagged(0, value)}));
    };
    const auto text = [&](const std::string& below, std::string_view value) {
        return other(below, der::utf8(value));
    };
    const auto name_of = text(".2.1", person.name);
    const auto kana = text(".2.2", *person.kana);
    const auto sex = text(".2.3", person.sex);
    const auto birth = text(".2.4", person.birth_date);
    const auto address = text(".2.5", person.address);
    const auto names = [](std::initializer_list<ByteView> parts) {
        return extension("2.5.29.17", false, der::sequence(parts));
    };
    const auto good = names({name_of, kana, sex, birth, address});
    const std::string rule = "the four attributes, in their order and form";
    expect_broken(Profile::signing, rule, {good, names({name_of, kana, sex, birth})});
    expect_broken(Profile::signing, rule, {good, names({kana, name_of, sex, birth, address})});
    expect_broken(
        Profile::signing, rule,
        {good, names({other(".2.1", der::printable("Taro")), kana, sex, birth, address})});
    expect_broken(Profile::signing, rule,
                  {good, names({name_of, kana, text(".2.3", "2"), birth, address})});
    expect_broken(Profile::signing, rule,
                  {good, names({name_of, kana, sex, text(".2.4", "19840315"), address})});
    const auto unread =
        replaced(to_be_signed(Profile::signing), good, names({name_of, sex, birth, address}));
    EXPECT_EQ(lint(Profile::signing, signed_by(key, unread), authority), Rules{})
        << "a reading is not known of everybody";
}

TEST_F(Lint, SeesAddresses) {
    const auto profile = Profile::authentication;
    const auto uri = [](std::string_view text) { return der::tagged_plain(6, as_bytes(text)); };
    const auto points = [](ByteView one) { return extension("2.5.29.31", false, one); };
    const auto at = [&](std::string_view where) {
        return der::tagged(0, der::tagged(0, uri(where)));
    };
    const auto point = der::sequence({at("http://ca.example/crl")});
    const auto good = points(der::sequence({point}));
    expect_broken(profile, "one distribution point", {good, points(der::sequence({point, point}))});
    expect_broken(
        profile, "all reasons, own list",
        {good, points(der::sequence({der::sequence(
                   {at("http://ca.example/crl"), der::tagged_plain(1, Bytes{6, 0x40})})}))});
    expect_broken(profile, "the list's address is http",
                  {good, points(der::sequence({der::sequence({at("https://ca.example/crl")})}))});
    const auto access = [](std::string_view method, ByteView where) {
        return der::sequence({der::oid(method), where});
    };
    const auto ocsp = access("1.3.6.1.5.5.7.48.1", uri("http://ca.example/ocsp"));
    const auto ca = access("1.3.6.1.5.5.7.48.2", uri("http://ca.example/ca.crt"));
    const auto all = [](std::initializer_list<ByteView> parts) {
        return extension("1.3.6.1.5.5.7.1.1", false, der::sequence(parts));
    };
    expect_broken(profile, "OCSP and the authority's", {all({ocsp, ca}), all({ca})});
    const auto dns = access("1.3.6.1.5.5.7.48.1",
                            der::tagged_plain(2, as_bytes(std::string_view("ca.example"))));
    expect_broken(profile, "addresses are URIs", {all({ocsp, ca}), all({dns, ca})});
}

TEST_F(Lint, SeesLists) {
    const Listed one{
        .serial = serial, .since = now, .reason = crypto::RevocationReason::certificate_hold};
    const auto good = list_to_be_signed(
        std::vector{one}, {.this_update = now - 1, .next_update = now + day_s - 1, .number = 7},
        authority);
    const auto listed = [&](ByteView text) { return lint_list(signed_by(key, text), authority); };
    EXPECT_EQ(listed(good), Rules{});
    const auto expect = [&](const std::string& rule, const Edit& edit) {
        const auto after = replaced(good, edit.first, edit.second);
        ASSERT_NE(good, after) << rule;
        expect_named(listed(after), rule);
    };
    EXPECT_EQ(lint_list(Bytes(100, 0x30), authority), Rules{"a list"});
    expect_named(lint_list(signed_by(person_key, good), authority), "the authority's signature");
    expect("version 2", {der::integer(1), {}});
    expect("the authority's name", {crypto::subject_name(authority), der::sequence({})});
    const std::string soon = "the next one within 24 hours";
    const auto next = der::time(now + day_s - 1);
    expect(soon, {next, der::time(now + day_s)});
    expect(soon, {next, der::time(now - 2)});
    expect(soon, {next, {}});
    const auto number = [](bool critical, ByteView value) {
        return extension("2.5.29.20", critical, value);
    };
    const std::string extensions =
        "authorityKeyIdentifier and cRLNumber, not critical (sections 5.2.1, 5.2.3)";
    const auto seven = number(false, der::integer(7));
    expect(extensions, {seven, {}});
    expect(extensions, {seven, number(true, der::integer(7))});
    expect(extensions, {above_id, {}});
    const std::string counts = "a number of 1 to 20 bytes that is not negative";
    expect(counts, {seven, number(false, Bytes{0x02, 0x01, 0xff})});
    expect(counts, {seven, number(false, der::integer(Bytes(21, 0x11)))});
    expect("the authority's key identifier",
           {above_id, extension("2.5.29.35", false,
                                der::sequence({der::tagged_plain(
                                    0, crypto::key_identifier(person_key.public_key()))}))});
    const auto reason = [](std::uint8_t what) {
        return der::sequence({extension("2.5.29.21", false, der::enumerated(what))});
    };
    const auto entry = der::sequence({der::integer(serial), der::time(now), reason(6)});
    expect("no empty list of entries", {entry, {}});
    expect("a serial number once", {entry, twice(entry)});
    expect("a reason that is not unspecified (section 5.3.1)", {reason(6), reason(0)});
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
