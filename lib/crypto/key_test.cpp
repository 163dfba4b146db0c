#include "crypto/key.hpp"

#include <gtest/gtest.h>
#include <openssl/err.h>

#include <algorithm>
#include <boost/json.hpp>

#include "crypto/digest.hpp"
#include "crypto/test_command.hpp"

namespace mado::crypto {
namespace {

constexpr auto all_types = {KeyType::p256, KeyType::p384, KeyType::rsa, KeyType::ed25519};

Parsed<PublicKey> public_from(std::string_view jwk) {
    return PublicKey::from_jwk(parse_json_object(jwk).value());
}

Parsed<PrivateKey> private_from(std::string_view jwk) {
    return PrivateKey::from_jwk(parse_json_object(jwk).value());
}

Bytes from_hex(std::string_view text) {
    return parse_hex(text).value();
}

// A JWK with one member set anew, or taken away when the value is empty.
std::string with(std::string_view jwk, std::string_view name, std::string_view value) {
    auto object = parse_json_object(jwk).value();
    if (value.empty()) {
        object.erase(name);
    } else {
        object[name] = json::parse(value);
    }
    return json::serialize(object);
}

// RFC 7515 appendix A.3.1.
constexpr std::string_view ec_jwk =
    R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
    R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})";
constexpr std::string_view ec_d = R"("jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI")";

// RFC 7638 section 3.1.
constexpr std::string_view rsa_jwk =
    R"({"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aP)"
    R"(FFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4Q)"
    R"(yQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNL)"
    R"(yrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqD)"
    R"(Kgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"})";

// RFC 8037 appendices A.1 and A.2.
constexpr std::string_view ed_jwk =
    R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})";
constexpr std::string_view ed_d = R"("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")";

TEST(Key, ThumbprintsOfTheStandards) {
    // RFC 7638 section 3.1.
    EXPECT_EQ(base64url(public_from(rsa_jwk).value().thumbprint()),
              "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    // RFC 8037 appendix A.3.
    EXPECT_EQ(public_from(ed_jwk).value().jwk(),
              R"({"crv":"Ed25519","kty":"OKP","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})");
    EXPECT_EQ(base64url(public_from(ed_jwk).value().thumbprint()),
              "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

// RFC 8037 appendix A.4 (as raw bytes: JWS is not made with Ed25519 here).
TEST(Key, Ed25519OfRfc8037) {
    const auto key = private_from(with(ed_jwk, "d", ed_d)).value();
    const auto message = as_bytes("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc");
    EXPECT_EQ(base64url(key.sign(message)),
              "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0K"
              "Ag");
}

// RFC 8032 section 7.1, tests 1 to 3.
TEST(Key, Ed25519OfRfc8032) {
    struct Case {
        const char *key, *message, *signature;
    };
    const std::vector<Case> cases{
        {"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
         "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701"
         "c"
         "f9b46bd25bf5f0595bbe24655141438e7a100b"},
        {"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
         "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d"
         "0"
         "f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
        {"fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
         "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f7609"
         "8"
         "4dc6594a7c15e9716ed28dc027beceea1ec40a"},
    };
    for (const auto& one : cases) {
        const auto key = PublicKey::from_ed25519(from_hex(one.key)).value();
        auto signature = from_hex(one.signature);
        EXPECT_TRUE(key.verify(from_hex(one.message), signature));
        signature[63] ^= 0x20;
        EXPECT_FALSE(key.verify(from_hex(one.message), signature));
    }
}

TEST(Key, EveryFormBringsTheSameKeyBack) {
    for (const auto type : all_types) {
        const auto key = PrivateKey::generate(type);
        EXPECT_EQ(key.type(), type);
        const auto again = PrivateKey::from_pem(key.pem().view());
        ASSERT_TRUE(again) << again.error().why;
        EXPECT_EQ(again->public_key().spki(), key.public_key().spki());
        const auto from_spki = PublicKey::from_spki(key.public_key().spki());
        ASSERT_TRUE(from_spki) << from_spki.error().why;
        const auto from_jwk = public_from(from_spki->jwk());
        ASSERT_TRUE(from_jwk) << from_jwk.error().why;
        EXPECT_EQ(from_jwk->type(), type);
        EXPECT_EQ(from_jwk->spki(), key.public_key().spki());
        EXPECT_EQ(from_jwk->thumbprint(), sha256(as_bytes(key.public_key().jwk())));
        const auto message = to_bytes("message");
        EXPECT_TRUE(from_jwk->verify(message, again->sign(message)));
    }
}

TEST(Key, SignaturesAreBoundToMessageAndKey) {
    for (const auto type : all_types) {
        const auto key = PrivateKey::generate(type);
        const auto signature = key.sign(as_bytes("message"));
        EXPECT_TRUE(key.public_key().verify(as_bytes("message"), signature));
        EXPECT_TRUE(key.public_key().verify({}, key.sign({})));
        EXPECT_FALSE(key.public_key().verify(as_bytes("messagf"), signature));
        const auto other = PrivateKey::generate(type);
        EXPECT_FALSE(other.public_key().verify(as_bytes("message"), signature));
        for (std::size_t i = 0; i < signature.size(); i += 7) {
            auto altered = signature;
            altered[i] ^= 1;
            EXPECT_FALSE(key.public_key().verify(as_bytes("message"), altered)) << i;
        }
        auto longer = signature;
        longer.push_back(0);
        EXPECT_FALSE(key.public_key().verify(as_bytes("message"), longer));
        EXPECT_FALSE(key.public_key().verify(as_bytes("message"),
                                             ByteView(signature).first(signature.size() - 1)));
        EXPECT_FALSE(key.public_key().verify(as_bytes("message"), {}));
    }
}

// Leading zeros of coordinates and of r and s must keep their places (RFC 7518
// sections 3.4, 6.2.1).
TEST(Key, WidthsAreFixedAThousandTimes) {
    int short_coordinates = 0;
    int short_numbers = 0;
    for (int i = 0; i < 1000 || short_coordinates == 0 || short_numbers == 0; ++i) {
        ASSERT_LT(i, 20'000);
        const auto key = PrivateKey::generate(KeyType::p256);
        const auto jwk = parse_json_object(key.public_key().jwk()).value();
        for (const auto* name : {"x", "y"}) {
            const auto text = jwk.at(name).as_string();
            EXPECT_EQ(text.size(), 43U);
            short_coordinates += text.starts_with("AA") ? 1 : 0;
        }
        const auto again = PublicKey::from_jwk(jwk).value();
        EXPECT_EQ(again.spki(), key.public_key().spki());
        const auto signature = key.sign(as_bytes("message"));
        ASSERT_EQ(signature.size(), 64U);
        short_numbers += signature[0] == 0 || signature[32] == 0 ? 1 : 0;
        ASSERT_TRUE(again.verify(as_bytes("message"), signature));
    }
}

TEST(Key, EcdsaRefusesZeroOrderAndDer) {
    const auto key = PrivateKey::generate(KeyType::p256);
    const auto message = as_bytes("message");
    const auto signature = key.sign(message);
    const auto order = from_hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    const auto r = to_bytes(ByteView(signature).first(32));
    const auto s = to_bytes(ByteView(signature).last(32));
    const auto joined = [](ByteView a, ByteView b) {
        auto both = to_bytes(a);
        append(both, b);
        return both;
    };
    EXPECT_TRUE(key.public_key().verify(message, joined(r, s)));
    for (const auto& wrong : {Bytes(32, 0), order, Bytes(32, 0xff)}) {
        EXPECT_FALSE(key.public_key().verify(message, joined(wrong, s)));
        EXPECT_FALSE(key.public_key().verify(message, joined(r, wrong)));
        EXPECT_FALSE(key.public_key().verify(message, joined(wrong, wrong)));
    }
    // Wider than the curve, with r and s where a careless reader looks for them.
    EXPECT_FALSE(key.public_key().verify(message, joined(r, joined(Bytes(32, 0), s))));
    // The form of X.509 and the signature of a wider curve.
    Bytes der{0x30, 0x44, 0x02, 0x20};
    append(der, r);
    append(der, Bytes{0x02, 0x20});
    append(der, s);
    EXPECT_FALSE(key.public_key().verify(message, der));
    EXPECT_FALSE(key.public_key().verify(message, Bytes(96, 1)));
}

TEST(Key, PublicJwkRefusals) {
    const std::string wide(R"(")" + base64url(Bytes(33, 1)) + '"');
    const std::string narrow(R"(")" + base64url(Bytes(31, 1)) + '"');
    const std::vector<std::string> cases{
        "{}",
        with(ec_jwk, "kty", ""),
        with(ec_jwk, "kty", R"("oct")"),
        with(ec_jwk, "kty", "1"),
        with(ec_jwk, "crv", ""),
        with(ec_jwk, "crv", R"("P-384")"),
        with(ec_jwk, "crv", R"("P-521")"),
        with(ec_jwk, "crv", R"("secp256k1")"),
        with(ec_jwk, "x", ""),
        with(ec_jwk, "y", ""),
        with(ec_jwk, "y", wide),
        with(ec_jwk, "y", narrow),
        with(ec_jwk, "y", R"("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0=")"),
        with(ec_jwk, "y", R"("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a1")"),  // trailing bits
        with(ec_jwk, "y", R"("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a4")"),  // off the curve
        with(ec_jwk, "x", R"("__________________________________________8")"),  // beyond the field
        with(with(ec_jwk, "x", R"("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")"), "y",
             R"("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")"),
        with(ec_jwk, "d", ec_d),  // a private key where a public one belongs
        with(ec_jwk, "x5u", R"("https://a.example/")"),
        with(ec_jwk, "alg", R"("RS256")"),
        with(ec_jwk, "alg", R"("HS256")"),
        with(ec_jwk, "use", R"("both")"),
        with(ec_jwk, "key_ops", R"("sign")"),
        with(ec_jwk, "ext", "1"),
        with(ed_jwk, "crv", R"("X25519")"),
        with(ed_jwk, "crv", R"("Ed448")"),
        with(ed_jwk, "x", narrow),
        with(ed_jwk, "x", wide),
        with(rsa_jwk, "n", ""),
        with(rsa_jwk, "e", ""),
        with(rsa_jwk, "e", R"("Aw")"),           // 3
        with(rsa_jwk, "e", R"("AQ")"),           // 1
        with(rsa_jwk, "e", R"("AQAA")"),         // even
        with(rsa_jwk, "e", R"("AAEAAQ")"),       // not minimal
        with(rsa_jwk, "e", R"("AQAAAAAAAAE")"),  // beyond 32 bits
        with(rsa_jwk, "n", '"' + base64url(Bytes(255, 0xff)) + '"'),
        with(rsa_jwk, "n", '"' + base64url(Bytes(513, 0xff)) + '"'),
        with(rsa_jwk, "n", '"' + base64url(Bytes(256, 0xfe)) + '"'),  // even
        with(rsa_jwk, "n", '"' + base64url(Bytes(256, 0x7f)) + '"'),  // 2047 bits
    };
    for (const auto& text : cases) {
        EXPECT_FALSE(public_from(text)) << text;
    }
    for (const auto text : {ec_jwk, rsa_jwk, ed_jwk}) {
        EXPECT_TRUE(public_from(text)) << text;
    }
    // What Web Crypto exports.
    EXPECT_TRUE(public_from(with(with(ec_jwk, "ext", "true"), "key_ops", "[]")));
    EXPECT_TRUE(public_from(with(with(ec_jwk, "use", R"("enc")"), "alg", R"("ECDH-ES")")));
}

TEST(Key, PrivateJwkRefusals) {
    EXPECT_TRUE(private_from(with(ec_jwk, "d", ec_d)));
    const std::string order(
        "\"" +
        base64url(from_hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")) +
        "\"");
    const std::vector<std::string> cases{
        std::string(ec_jwk),
        with(ec_jwk, "d", R"("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")"),
        with(ec_jwk, "d", R"("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE")"),  // another key's
        with(ec_jwk, "d", order),
        with(ec_jwk, "d", R"("AQ")"),
        with(ec_jwk, "d", R"("jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LIA")"),
        with(ed_jwk, "d", R"("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE")"),
        with(rsa_jwk, "d", R"("AQAB")"),
    };
    for (const auto& text : cases) {
        EXPECT_FALSE(private_from(text)) << text;
    }
}

TEST(Key, SpkiRefusals) {
    const auto p256 = PrivateKey::generate(KeyType::p256).public_key().spki();
    const auto rsa = PrivateKey::generate(KeyType::rsa).public_key().spki();
    for (const auto type : all_types) {
        const auto der = PrivateKey::generate(type).public_key().spki();
        auto longer = der;
        longer.push_back(0);
        EXPECT_FALSE(PublicKey::from_spki(longer));
        for (std::size_t size = 0; size < der.size(); ++size) {
            EXPECT_FALSE(PublicKey::from_spki(ByteView(der).first(size))) << size;
        }
    }
    auto off_curve = p256;
    off_curve.back() ^= 1;
    EXPECT_FALSE(PublicKey::from_spki(off_curve));
    auto hybrid = p256;
    hybrid[26] = static_cast<std::uint8_t>(6 + (hybrid.back() & 1));
    EXPECT_FALSE(PublicKey::from_spki(hybrid));
    // The point at infinity.
    EXPECT_FALSE(
        PublicKey::from_spki(from_hex("3019301306072a8648ce3d020106082a8648ce3d03010703020000")));
    auto long_length = rsa;
    long_length[1] = 0x83;
    long_length.insert(long_length.begin() + 2, 0);
    EXPECT_FALSE(PublicKey::from_spki(long_length));
    auto even = rsa;
    even[33 + 255] &= 0xfe;
    EXPECT_FALSE(PublicKey::from_spki(even));
    auto negative = rsa;
    negative[32] = 0xff;
    EXPECT_FALSE(PublicKey::from_spki(negative));
    EXPECT_FALSE(PublicKey::adopt(nullptr));
    EXPECT_FALSE(PublicKey::from_ed25519(Bytes(31)));
}

// Keys that OpenSSL's command makes, of kinds we take and kinds we do not.
TEST(Key, OfTheOpensslCommand) {
    const TempFolder folder;
    const auto pem = folder.path("key.pem");
    const auto der = folder.path("public.der");
    struct Case {
        const char* arguments;
        bool taken;
    };
    const std::vector<Case> cases{
        {"-algorithm EC -pkeyopt ec_paramgen_curve:P-256", true},
        {"-algorithm EC -pkeyopt ec_paramgen_curve:P-384", true},
        {"-algorithm RSA -pkeyopt rsa_keygen_bits:2048", true},
        {"-algorithm RSA -pkeyopt rsa_keygen_bits:2056", true},
        {"-algorithm ED25519", true},
        {"-algorithm EC -pkeyopt ec_paramgen_curve:P-521", false},
        {"-algorithm EC -pkeyopt ec_paramgen_curve:secp256k1", false},
        {"-algorithm EC -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit", false},
        {"-algorithm RSA -pkeyopt rsa_keygen_bits:1024", false},
        {"-algorithm RSA -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_keygen_pubexp:3", false},
        {"-algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048", false},
        {"-algorithm X25519", false},
        {"-algorithm ED448", false},
    };
    for (const auto& one : cases) {
        run_well("openssl genpkey " + std::string(one.arguments) + " -out " + pem);
        run_well("openssl pkey -in " + pem + " -pubout -outform DER -out " + der);
        const auto key = PrivateKey::from_pem(as_bytes(read(pem)));
        const auto spki = read(der);
        const auto public_key = PublicKey::from_spki(as_bytes(spki));
        EXPECT_EQ(key.has_value(), one.taken) << one.arguments;
        EXPECT_EQ(public_key.has_value(), one.taken) << one.arguments;
        if (!one.taken || !key || !public_key) continue;
        EXPECT_EQ(as_text(key->public_key().spki()), spki);
        EXPECT_TRUE(public_key->verify(as_bytes("m"), key->sign(as_bytes("m"))));
        // And back: the command takes our PEM for the same key.
        write(pem, as_text(key->pem().view()));
        EXPECT_EQ(run_well("openssl pkey -check -noout -in " + pem).find("invalid"),
                  std::string::npos);
    }
}

TEST(Key, PemRefusals) {
    const TempFolder folder;
    const auto plain = folder.path("plain.pem");
    const auto other = folder.path("other.pem");
    const auto pem = PrivateKey::generate(KeyType::p256).pem();
    const std::string text(as_text(pem.view()));
    write(plain, text);
    const auto refused = [](std::string_view wrong) {
        return !PrivateKey::from_pem(as_bytes(wrong)).has_value();
    };
    EXPECT_FALSE(refused(text));
    EXPECT_FALSE(refused("\n" + text + "\n \n"));
    EXPECT_TRUE(refused(""));
    EXPECT_TRUE(refused("\n"));
    EXPECT_TRUE(refused("note\n" + text));
    EXPECT_TRUE(refused(text + "x"));
    EXPECT_TRUE(refused(text + text));
    EXPECT_TRUE(refused(text.substr(0, text.size() / 2)));
    EXPECT_TRUE(refused(text + std::string(20'000, '\n')));
    std::string relabelled = text;
    for (auto at = relabelled.find("PRIVATE"); at != std::string::npos;
         at = relabelled.find("PRIVATE", at)) {
        relabelled.replace(at, 7, "SECRET");
    }
    EXPECT_TRUE(refused(relabelled));
    // Never asks for a password.
    run_well("openssl pkey -in " + plain + " -aes256 -passout pass:1234 -out " + other);
    EXPECT_TRUE(refused(read(other)));
    run_well("openssl pkey -in " + plain + " -traditional -out " + other);
    EXPECT_TRUE(refused(read(other)));
    run_well("openssl pkey -in " + plain + " -pubout -out " + other);
    EXPECT_TRUE(refused(read(other)));
}

TEST(Key, PemWithAnotherKeysPublicHalfIsRefused) {
    const auto key = PrivateKey::generate(KeyType::p256);
    const auto other = PrivateKey::generate(KeyType::p256).public_key().spki();
    const std::string text(as_text(key.pem().view()));
    std::string body = text.substr(text.find('\n') + 1);
    body = body.substr(0, body.find('-'));
    std::erase(body, '\n');
    auto der = parse_base64(body).value();
    const auto own = key.public_key().spki();
    const auto point = std::ranges::search(der, ByteView(own).last(65));
    ASSERT_FALSE(point.empty());
    std::ranges::copy(ByteView(other).last(65), point.begin());
    const auto wrong =
        "-----BEGIN PRIVATE KEY-----\n" + base64(der) + "\n-----END PRIVATE KEY-----\n";
    EXPECT_FALSE(PrivateKey::from_pem(as_bytes(wrong)));
}

// RSA numbers that do not belong together: bad input, not a broken world.
TEST(Key, PemWithBrokenRsaNumbersIsRefused) {
    const std::string text(as_text(PrivateKey::generate(KeyType::rsa).pem().view()));
    std::string body = text.substr(text.find('\n') + 1);
    body = body.substr(0, body.find('-'));
    std::erase(body, '\n');
    const auto der = parse_base64(body).value();
    for (std::size_t i = 40; i < der.size(); i += 97) {
        auto altered = der;
        altered[i] ^= 1;
        const auto pem =
            "-----BEGIN PRIVATE KEY-----\n" + base64(altered) + "\n-----END PRIVATE KEY-----\n";
        EXPECT_NO_THROW({
            const auto key = PrivateKey::from_pem(as_bytes(pem));
            EXPECT_TRUE(!key || key->public_key().verify({}, key->sign({})));
        }) << i;
    }
}

// What is refused leaves nothing in the queue that SSL_get_error reads later.
TEST(Key, RefusalsLeaveNoErrorBehind) {
    EXPECT_FALSE(PublicKey::from_spki(Bytes(100, 0x30)));
    EXPECT_FALSE(PrivateKey::from_pem(as_bytes("-----BEGIN PRIVATE KEY-----\nAA")));
    const auto key = PrivateKey::generate(KeyType::rsa);
    EXPECT_FALSE(key.public_key().verify({}, Bytes(256, 1)));
    EXPECT_EQ(ERR_peek_error(), 0UL);
}

TEST(Key, EcdsaFromDer) {
    // RFC 3279 section 2.2.3: two INTEGERs, as short as they can be; 80 needs a zero before it.
    const std::string zeros(62, '0');
    EXPECT_EQ(hex(ecdsa_from_der(from_hex("3006020101020102"), KeyType::p256).value()),
              zeros + "01" + zeros + "02");
    EXPECT_EQ(hex(ecdsa_from_der(from_hex("300702020080020102"), KeyType::p256).value()),
              zeros + "80" + zeros + "02");
    EXPECT_EQ(ecdsa_from_der(from_hex("3006020101020102"), KeyType::p384).value().size(), 96U);
    const std::string too_long = "022101" + std::string(64, '0');  // 2^256
    for (const auto& der :
         {std::string(), std::string("30"), std::string("3003020101"),
          std::string("300602010102010200"),  // more after its end
          std::string("3006020100020102"), std::string("3006020101020100"),
          std::string("3006020181020102"), "3026" + too_long + "020102", "3026020102" + too_long})
        EXPECT_FALSE(ecdsa_from_der(from_hex(der), KeyType::p256).has_value()) << der;
    EXPECT_EQ(ERR_peek_error(), 0U);
}

}  // namespace
}  // namespace mado::crypto
