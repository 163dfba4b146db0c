#include "crypto/jwe.hpp"

#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

#include <boost/json.hpp>

#include "crypto/aead.hpp"
#include "crypto/jwe_internal.hpp"
#include "crypto/openssl.hpp"
#include "crypto/test_command.hpp"

namespace mado::crypto {
namespace {

PublicKey public_from(std::string_view jwk) {
    return PublicKey::from_jwk(parse_json_object(jwk).value()).value();
}

PrivateKey private_from(std::string_view jwk) {
    return PrivateKey::from_jwk(parse_json_object(jwk).value()).value();
}

// RFC 7518 appendix C.
constexpr std::string_view alice =
    R"({"kty":"EC","crv":"P-256","x":"gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0",)"
    R"("y":"SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps",)"
    R"("d":"0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo"})";
constexpr std::string_view bob =
    R"({"kty":"EC","crv":"P-256","x":"weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ",)"
    R"("y":"e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck",)"
    R"("d":"VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw"})";

// To show one JWE's content to somebody, and prove it, without the recipient's key.
TEST(Jwe, OpensWithItsContentKey) {
    const auto key = PrivateKey::generate(KeyType::p256);
    const auto compact = encrypt_jwe(as_bytes("told"), key.public_key());
    const auto content_key = jwe_content_key(compact, key);
    ASSERT_TRUE(content_key.has_value());
    EXPECT_EQ(as_text(open_jwe(compact, content_key->view()).value()), "told");
    Bytes other = to_bytes(content_key->view());
    other.front() ^= 1;
    EXPECT_FALSE(open_jwe(compact, other).has_value());
    EXPECT_FALSE(open_jwe(compact, ByteView(other).first(16)).has_value());
    const auto second = encrypt_jwe(as_bytes("told"), key.public_key());
    EXPECT_FALSE(open_jwe(second, content_key->view()).has_value()) << "of this one only";
    EXPECT_FALSE(jwe_content_key("a.b.c", key).has_value());
}

TEST(Jwe, KeyAgreementOfTheStandard) {
    const auto z = agree(private_from(alice), private_from(bob).public_key());
    EXPECT_EQ(hex(z.view()), "9e56d91d817135d372834283bf84269cfb316ea3da806a48f6daa7798cfe90c4");
    const auto key = concat_kdf(z.view(), "A128GCM", as_bytes("Alice"), as_bytes("Bob"), 128);
    EXPECT_EQ(base64url(key.view()), "VqqN6vgjbSBcIijNcacQGg");
    const auto other_way = agree(private_from(bob), private_from(alice).public_key());
    EXPECT_EQ(hex(other_way.view()), hex(z.view()));
}

// The x coordinate of d · P from the curve's arithmetic, at its full width.
Bytes multiply(const PrivateKey& own, const PublicKey& peer) {
    const Owned<EC_GROUP, EC_GROUP_free> group(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
    const Owned<EC_POINT, EC_POINT_free> point(EC_POINT_new(group.get()));
    const auto spki = peer.spki();
    const auto encoded = ByteView(spki).last(65);
    check(EC_POINT_oct2point(group.get(), point.get(), encoded.data(), encoded.size(), nullptr),
          "test");
    BIGNUM* d = nullptr;
    check(EVP_PKEY_get_bn_param(own.handle(), OSSL_PKEY_PARAM_PRIV_KEY, &d), "test");
    const OwnedNumber owned_d(d);
    const Owned<EC_POINT, EC_POINT_free> product(EC_POINT_new(group.get()));
    check(EC_POINT_mul(group.get(), product.get(), nullptr, point.get(), d, nullptr), "test");
    const OwnedNumber x(BN_new());
    check(EC_POINT_get_affine_coordinates(group.get(), product.get(), x.get(), nullptr, nullptr),
          "test");
    Bytes out(32);
    write_number(x.get(), out);
    return out;
}

json::object header_of(std::string_view compact) {
    const auto text = parse_base64url(compact.substr(0, compact.find('.'))).value();
    return parse_json_object(as_text(text)).value();
}

std::string part_of(std::string_view compact, int index) {
    for (; index > 0; --index) {
        compact.remove_prefix(compact.find('.') + 1);
    }
    return std::string(compact.substr(0, compact.find('.')));
}

// Z and the coordinates keep their leading zeros (RFC 7518 section 6.2.1.2); each comes once in
// 256.
TEST(Jwe, WidthsAreFixedAThousandTimes) {
    const TempFolder folder;
    const auto key = private_from(bob);
    write(folder.path("key.jwk"), bob);
    int short_secrets = 0;
    for (int i = 0; i < 1000 || short_secrets == 0; ++i) {
        ASSERT_LT(i, 20'000);
        const auto compact = encrypt_jwe(as_bytes("plain"), key.public_key());
        const auto ephemeral = PublicKey::from_jwk(header_of(compact).at("epk").as_object());
        ASSERT_TRUE(ephemeral);
        const auto z = agree(key, *ephemeral);
        ASSERT_EQ(to_bytes(z.view()), multiply(key, *ephemeral));
        const auto plain = decrypt_jwe(compact, key);
        ASSERT_TRUE(plain) << plain.error().why;
        if (z.view()[0] != 0) continue;
        ++short_secrets;
        write(folder.path("short.jwe"), compact);
        EXPECT_EQ(run_well("jose jwe dec -i " + folder.path("short.jwe") + " -k " +
                           folder.path("key.jwk") + " -O -"),
                  "plain");
    }
}

TEST(Jwe, ComesBack) {
    const auto key = PrivateKey::generate(KeyType::p256);
    for (const std::size_t size : {0U, 1U, 2U, 3U, 1000U, 1'000'000U}) {
        const Bytes plain(size, 0x5a);
        const auto compact = encrypt_jwe(plain, key.public_key());
        EXPECT_TRUE(check_jwe_form(compact));
        EXPECT_EQ(decrypt_jwe(compact, key).value(), plain);
    }
}

TEST(Jwe, HeaderIsWhatWasAsked) {
    const auto key = PrivateKey::generate(KeyType::p256);
    const auto bare = header_of(encrypt_jwe({}, key.public_key()));
    EXPECT_EQ(bare.size(), 3U);
    EXPECT_EQ(bare.at("alg").as_string(), "ECDH-ES");
    EXPECT_EQ(bare.at("enc").as_string(), "A256GCM");
    EXPECT_EQ(bare.at("epk").as_object().size(), 4U);
    const auto compact = encrypt_jwe({}, key.public_key(), "key \"1\"", "JWT");
    const auto full = header_of(compact);
    EXPECT_EQ(full.size(), 5U);
    EXPECT_EQ(full.at("kid").as_string(), "key \"1\"");
    EXPECT_EQ(full.at("cty").as_string(), "JWT");
    EXPECT_TRUE(decrypt_jwe(compact, key));
    EXPECT_NE(json::serialize(bare.at("epk")), json::serialize(full.at("epk")));
}

TEST(Jwe, OnlyForP256) {
    for (const auto type : {KeyType::p384, KeyType::rsa, KeyType::ed25519}) {
        const auto key = PrivateKey::generate(type);
        EXPECT_THROW(encrypt_jwe({}, key.public_key()), Failure);
        const auto good = encrypt_jwe({}, private_from(bob).public_key());
        EXPECT_THROW(static_cast<void>(decrypt_jwe(good, key)), Failure);
    }
}

struct Hostile {
    std::string header;  // after alg, enc and epk
    std::string algorithm = "ECDH-ES";
    std::string encryption = "A256GCM";
    Bytes apu = {};
    Bytes apv = {};
};

// Sealed with the right key whatever the header says: what is refused is refused for that alone.
std::string seal(const Hostile& like, const PublicKey& recipient) {
    const auto ephemeral = PrivateKey::generate(KeyType::p256);
    const auto header =
        base64url(as_bytes(R"({"alg":")" + like.algorithm + R"(","enc":")" + like.encryption +
                           R"(","epk":)" + ephemeral.public_key().jwk() + like.header + "}"));
    const auto key =
        concat_kdf(agree(ephemeral, recipient).view(), "A256GCM", like.apu, like.apv, 256);
    const auto sealed = aead_seal(key.view(), as_bytes("plain"), as_bytes(header));
    const auto parts = ByteView(sealed);
    return header + ".." + base64url(parts.first(12)) + '.' + base64url(parts.subspan(12, 5)) +
           '.' + base64url(parts.last(16));
}

TEST(Jwe, HeadersThatAreRefused) {
    const auto key = PrivateKey::generate(KeyType::p256);
    const auto opens = [&](const Hostile& like) {
        const auto compact = seal(like, key.public_key());
        const bool good = decrypt_jwe(compact, key).has_value();
        // The form is refused as well, so that a relay does not pass it on.
        EXPECT_EQ(check_jwe_form(compact).has_value(), good) << like.header;
        return good;
    };
    EXPECT_TRUE(opens({.header = ""}));
    EXPECT_TRUE(opens({.header = R"(,"kid":"1","cty":"JWT")"}));
    EXPECT_TRUE(opens({.header = R"(,"apu":"QWxpY2U","apv":"Qm9i")",
                       .apu = to_bytes("Alice"),
                       .apv = to_bytes("Bob")}));
    for (const std::string header : {
             R"(,"zip":"DEF")",
             R"(,"crit":["exp"],"exp":1)",
             R"(,"crit":[])",
             R"(,"jku":"https://a.example/")",
             R"(,"jwk":{})",
             R"(,"x5u":"https://a.example/")",
             R"(,"x5c":[])",
             R"(,"p2c":1000000000)",
             R"(,"tag":"AAAA")",
             R"(,"alg":"ECDH-ES")",
             R"(,"enc":"A256GCM")",
             R"(,"kid":"1","kid":"1")",
             R"(,"kid":1)",
             R"(,"apu":"QWxpY2U=")",
             R"(,"apu":1)",
             R"(,"anything":true)",
         }) {
        EXPECT_FALSE(opens({.header = header})) << header;
    }
    EXPECT_FALSE(
        opens({.header = R"(,"apu":")" + base64url(Bytes(257, 1)) + '"', .apu = Bytes(257, 1)}));
    for (const std::string algorithm :
         {"ECDH-ES+A128KW", "ECDH-ES+A256KW", "dir", "RSA1_5", "RSA-OAEP", "A256KW", "none", ""}) {
        EXPECT_FALSE(opens({.header = "", .algorithm = algorithm})) << algorithm;
    }
    for (const std::string encryption : {"A128GCM", "A128CBC-HS256", "A256CBC-HS512", ""}) {
        EXPECT_FALSE(opens({.header = "", .encryption = encryption})) << encryption;
    }
}

// The KDF takes the party information of the header: without it the key is another one.
TEST(Jwe, PartyInformationIsPartOfTheKey) {
    const auto key = PrivateKey::generate(KeyType::p256);
    const Hostile forgotten{.header = R"(,"apu":"QWxpY2U")"};
    EXPECT_FALSE(decrypt_jwe(seal(forgotten, key.public_key()), key));
}

std::string with_ephemeral(std::string_view good, std::string_view epk) {
    const auto header = R"({"alg":"ECDH-ES","enc":"A256GCM","epk":)" + std::string(epk) + "}";
    return base64url(as_bytes(header)) + std::string(good.substr(good.find('.')));
}

TEST(Jwe, EphemeralKeysThatAreRefused) {
    const auto key = PrivateKey::generate(KeyType::p256);
    const auto good = encrypt_jwe(as_bytes("plain"), key.public_key());
    const auto epk = json::serialize(header_of(good).at("epk"));
    ASSERT_TRUE(decrypt_jwe(with_ephemeral(good, epk), key));
    const std::string zero(43, 'A');
    const std::vector<std::string> cases{
        "{}", "[]", "null", R"("key")",
        // Off the curve (the invalid curve attack), zero, beyond the field, too wide, too narrow.
        R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
        R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a4"})",
        R"({"kty":"EC","crv":"P-256","x":")" + zero + R"(","y":")" + zero + "\"}",
        R"({"kty":"EC","crv":"P-256","x":")" + base64url(Bytes(32, 0xff)) + R"(","y":")" + zero +
            "\"}",
        R"({"kty":"EC","crv":"P-256","x":")" + base64url(Bytes(33, 0)) + R"(","y":")" + zero +
            "\"}",
        R"({"kty":"EC","crv":"P-256","x":"","y":""})",
        PrivateKey::generate(KeyType::p384).public_key().jwk(),
        PrivateKey::generate(KeyType::ed25519).public_key().jwk(),
        PrivateKey::generate(KeyType::rsa).public_key().jwk(),
        R"({"kty":"OKP","crv":"X25519","x":"3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-IK08"})",
        R"({"kty":"oct","k":"AAAA"})",
        std::string(bob),  // with its private half
    };
    for (const auto& wrong : cases) {
        const auto compact = with_ephemeral(good, wrong);
        EXPECT_FALSE(check_jwe_form(compact)) << wrong;
        EXPECT_FALSE(decrypt_jwe(compact, key)) << wrong;
    }
}

TEST(Jwe, FormsThatAreRefused) {
    const auto key = PrivateKey::generate(KeyType::p256);
    const auto good = encrypt_jwe(as_bytes("plain"), key.public_key());
    const auto header = part_of(good, 0);
    const auto iv = part_of(good, 2);
    const auto text = part_of(good, 3);
    const auto tag = part_of(good, 4);
    ASSERT_EQ(header + ".." + iv + '.' + text + '.' + tag, good);
    const std::vector<std::string> cases{
        "",
        "....",
        good + '.',
        good + ".AAAA",
        good + '=',
        good + '\n',
        ' ' + good,
        good.substr(0, good.rfind('.')),
        header + ".AAAA." + iv + '.' + text + '.' + tag,  // an encrypted key
        header + "..." + text + '.' + tag,
        header + ".." + base64url(Bytes(16, 1)) + '.' + text + '.' + tag,
        header + ".." + base64url(Bytes(11, 1)) + '.' + text + '.' + tag,
        header + ".." + iv + '.' + text + '.',
        header + ".." + iv + '.' + text + '.' + base64url(Bytes(12, 1)),
        header + ".." + iv + '.' + text + '.' + base64url(Bytes(17, 1)),
        header + ".." + iv + '.' + text + "=." + tag,
        header + "=.." + iv + '.' + text + '.' + tag,
        "e30.." + iv + '.' + text + '.' + tag,
        ".." + iv + '.' + text + '.' + tag,
        base64url(Bytes(4000, ' ')) + ".." + iv + '.' + text + '.' + tag,
    };
    for (const auto& wrong : cases) {
        EXPECT_FALSE(check_jwe_form(wrong)) << wrong;
        EXPECT_FALSE(decrypt_jwe(wrong, key)) << wrong;
    }
    EXPECT_FALSE(check_jwe_form(good, {.bytes_max = good.size() - 1}));
    EXPECT_FALSE(decrypt_jwe(good, key, {.bytes_max = good.size() - 1}));
    EXPECT_TRUE(decrypt_jwe(good, key, {.bytes_max = good.size()}));
}

TEST(Jwe, EveryAlteredCharacterIsRefused) {
    const auto key = PrivateKey::generate(KeyType::p256);
    const auto good = encrypt_jwe(as_bytes("plain"), key.public_key(), "1");
    EXPECT_FALSE(decrypt_jwe(good, PrivateKey::generate(KeyType::p256)));
    for (std::size_t i = 0; i < good.size(); ++i) {
        auto altered = good;
        altered[i] = altered[i] == 'B' ? 'C' : 'B';
        EXPECT_FALSE(decrypt_jwe(altered, key)) << i;
        EXPECT_FALSE(decrypt_jwe(good.substr(0, i), key)) << i;
    }
}

TEST(Jwe, BothWaysWithTheJoseCommand) {
    const TempFolder folder;
    const auto file = [&](const char* name) { return folder.path(name); };
    run_well("jose jwk gen -i '{\"kty\":\"EC\",\"crv\":\"P-256\"}' -o " + file("key.jwk"));
    run_well("jose jwk pub -i " + file("key.jwk") + " -o " + file("public.jwk"));
    const auto key = private_from(read(file("key.jwk")));

    const auto ours =
        encrypt_jwe(as_bytes("our plain"), public_from(read(file("public.jwk"))), "key 1", "JWT");
    write(file("ours.jwe"), ours);
    EXPECT_EQ(run_well("jose jwe dec -i " + file("ours.jwe") + " -k " + file("key.jwk") + " -O -"),
              "our plain");

    write(file("plain"), "their plain");
    for (const std::string more : {"", R"(,"apu":"QWxpY2U","apv":"Qm9i")", R"(,"kid":"1")"}) {
        run_well("jose jwe enc -I " + file("plain") + " -k " + file("public.jwk") +
                 R"( -i '{"protected":{"alg":"ECDH-ES","enc":"A256GCM")" + more + "}}' -c -o " +
                 file("theirs.jwe"));
        const auto plain = decrypt_jwe(read(file("theirs.jwe")), key);
        ASSERT_TRUE(plain) << plain.error().why;
        EXPECT_EQ(as_text(*plain), "their plain");
    }
    // Good JWE of kinds that we do not take.
    for (const std::string other :
         {R"("alg":"ECDH-ES","enc":"A128GCM")", R"("alg":"ECDH-ES+A256KW","enc":"A256GCM")",
          R"("alg":"ECDH-ES","enc":"A256GCM","zip":"DEF")"}) {
        run_well("jose jwe enc -I " + file("plain") + " -k " + file("public.jwk") +
                 R"( -i '{"protected":{)" + other + "}}' -c -o " + file("other.jwe"));
        EXPECT_FALSE(decrypt_jwe(read(file("other.jwe")), key)) << other;
    }
}

}  // namespace
}  // namespace mado::crypto
