#include "crypto/jws.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "crypto/digest.hpp"
#include "crypto/test_command.hpp"

namespace mado::crypto {
namespace {

PublicKey public_from(std::string_view jwk) {
    return PublicKey::from_jwk(parse_json_object(jwk).value()).value();
}

std::string text_of(std::string_view header, ByteView payload) {
    return base64url(as_bytes(header)) + '.' + base64url(payload);
}

// A JWS with any header, rightly signed: what is refused is refused for its header alone.
std::string signed_with(std::string_view header, const PrivateKey& key) {
    const auto text = text_of(header, as_bytes("{}"));
    return join_jws(text, key.sign(as_bytes(text)));
}

bool accepted(std::string_view compact, const PublicKey& key) {
    const auto jws = parse_jws(compact);
    return jws && verify_jws(*jws, key);
}

JwsKeyName named(std::string key_id) {
    return {.key_id = std::move(key_id)};
}

constexpr std::string_view rfc_payload =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlf"
    "Q";

// RFC 7515 appendix A.2.
TEST(Jws, Rs256OfTheStandard) {
    const auto key = public_from(
        R"({"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Va)"
        R"(w-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGz)"
        R"(jb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY)"
        R"(4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PA)"
        R"(cDTW9gb54h4FRWyuXpoQ","e":"AQAB"})");
    const std::string compact = "eyJhbGciOiJSUzI1NiJ9." + std::string(rfc_payload) +
                                ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7"
                                "AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4B"
                                "AynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0G"
                                "arZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1"
                                "phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0ig"
                                "cN_IoypGlUPQGe77Rw";
    EXPECT_TRUE(accepted(compact, key));
}

// RFC 7515 appendix A.3.
TEST(Jws, Es256OfTheStandard) {
    const auto key = public_from(
        R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
        R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})");
    const std::string compact =
        "eyJhbGciOiJFUzI1NiJ9." + std::string(rfc_payload) +
        ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    const auto jws = parse_jws(compact).value();
    EXPECT_TRUE(verify_jws(jws, key));
    EXPECT_EQ(as_text(jws.payload),
              "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}");
    EXPECT_EQ(jws.algorithm, "ES256");
    EXPECT_EQ(jws.type, "");
    EXPECT_FALSE(jws.key_id);
    EXPECT_FALSE(jws.certificate);
}

TEST(Jws, ComesBack) {
    for (const auto type : {KeyType::p256, KeyType::p384, KeyType::rsa}) {
        const auto key = PrivateKey::generate(type);
        const auto by_id = sign_jws("mado-head+jws", named("key \"1\" 窓"), as_bytes("{}"), key);
        const auto jws = parse_jws(by_id).value();
        EXPECT_TRUE(verify_jws(jws, key.public_key()));
        EXPECT_EQ(jws.type, "mado-head+jws");
        EXPECT_EQ(jws.algorithm, key.public_key().jws_algorithm());
        EXPECT_EQ(jws.key_id, "key \"1\" 窓");
        EXPECT_FALSE(jws.certificate);
        EXPECT_EQ(as_text(jws.payload), "{}");
        const auto print = sha256(as_bytes("certificate"));
        const auto by_certificate = sign_jws("t", {.certificate = print}, {}, key);
        const auto other = parse_jws(by_certificate).value();
        EXPECT_TRUE(verify_jws(other, key.public_key()));
        EXPECT_EQ(other.certificate, print);
        EXPECT_TRUE(other.payload.empty());
    }
}

TEST(Jws, CanBeSignedElsewhere) {
    const auto key = PrivateKey::generate(KeyType::p384);
    const auto text = jws_signing_text("t", named("1"), "ES384", as_bytes("{}"));
    EXPECT_TRUE(accepted(join_jws(text, key.sign(as_bytes(text))), key.public_key()));
}

TEST(Jws, MisuseIsAFailure) {
    const auto ed25519 = PrivateKey::generate(KeyType::ed25519);
    EXPECT_THROW(sign_jws("t", named("1"), {}, ed25519), Failure);
    EXPECT_THROW(jws_signing_text("t", named("1"), "none", {}), Failure);
    EXPECT_THROW(jws_signing_text("t", named("1"), "HS256", {}), Failure);
    EXPECT_THROW(jws_signing_text("t", {}, "ES256", {}), Failure);
    EXPECT_THROW(jws_signing_text("t", {.key_id = "1", .certificate = Hash{}}, "ES256", {}),
                 Failure);
}

TEST(Jws, HeadersThatAreRefused) {
    const auto key = PrivateKey::generate(KeyType::p256);
    const std::string print = base64url(sha256(as_bytes("x")));
    const std::vector<std::string> cases{
        "",
        "[]",
        "{}",
        "null",
        R"("ES256")",
        R"({"typ":"t"})",
        R"({"alg":"ES256"} )"
        "x",
        R"({"alg":"ES256"})" + std::string(1, '\0'),
        R"({"alg":"ES256","alg":"ES256"})",
        R"({"alg":"none","alg":"ES256"})",
        R"({"alg":"ES256","\u0061lg":"ES256"})",
        R"({"alg":"ES256","kid":"1","kid":"2"})",
        R"({"alg":"ES256","kid":1})",
        R"({"alg":"ES256","typ":null})",
        R"({"alg":["ES256"]})",
        R"({"alg":"es256"})",
        R"({"alg":"ES256 "})",
        R"({"alg":"ES384"})",
        R"({"alg":"ES512"})",
        R"({"alg":"ES256K"})",
        R"({"alg":"RS256"})",
        R"({"alg":"PS256"})",
        R"({"alg":"HS256"})",
        R"({"alg":"EdDSA"})",
        R"({"alg":"none"})",
        R"({"alg":"None"})",
        R"({"alg":""})",
        R"({"alg":"ES256","crit":[]})",
        R"({"alg":"ES256","crit":["exp"],"exp":1})",
        R"({"alg":"ES256","crit":["b64"],"b64":false})",
        R"({"alg":"ES256","b64":true})",
        R"({"alg":"ES256","jku":"https://a.example/"})",
        R"({"alg":"ES256","jwk":)" + key.public_key().jwk() + "}",
        R"({"alg":"ES256","x5u":"https://a.example/"})",
        R"({"alg":"ES256","x5c":[]})",
        R"({"alg":"ES256","x5t":"AAAA"})",
        R"({"alg":"ES256","zip":"DEF"})",
        R"({"alg":"ES256","enc":"A256GCM"})",
        R"({"alg":"ES256","anything":1})",
        R"({"alg":"ES256","x5t#S256":"AAAA"})",
        R"({"alg":"ES256","x5t#S256":")" + print + "=\"}",
        R"({"alg":"ES256","kid":"1","x5t#S256":")" + print + "\"}",
        R"({"alg":"ES256","typ":")" + std::string(65, 't') + "\"}",
        R"({"alg":"ES256","kid":")" + std::string(257, 'k') + "\"}",
        R"({"alg":"ES256","typ":")"
        "\xff"
        "\"}",
        R"({'alg':'ES256'})",
        R"({"alg":"ES256",})",
        R"(/**/{"alg":"ES256"})",
        "\xef\xbb\xbf"
        R"({"alg":"ES256"})",
        R"({"alg":"ES256"})" + std::string(4000, ' '),
    };
    for (const auto& header : cases) {
        EXPECT_FALSE(accepted(signed_with(header, key), key.public_key())) << header;
    }
    for (const std::string header :
         {R"({"alg":"ES256"})", R"( { "typ" : "t" , "alg" : "ES256" , "cty" : "json" } )",
          R"({"alg":"\u0045S256","kid":"1"})"}) {
        EXPECT_TRUE(accepted(signed_with(header, key), key.public_key())) << header;
    }
    EXPECT_TRUE(accepted(signed_with(R"({"alg":"ES256","x5t#S256":")" + print + "\"}", key),
                         key.public_key()));
}

TEST(Jws, AlgorithmBelongsToTheKey) {
    const auto p256 = PrivateKey::generate(KeyType::p256);
    const auto p384 = PrivateKey::generate(KeyType::p384);
    const auto rsa = PrivateKey::generate(KeyType::rsa);
    const auto ed25519 = PrivateKey::generate(KeyType::ed25519);
    for (const auto* signer : {&p256, &p384, &rsa, &ed25519}) {
        for (const std::string algorithm : {"ES256", "ES384", "RS256", "EdDSA", "none", "HS256"}) {
            const auto compact = signed_with(R"({"alg":")" + algorithm + "\"}", *signer);
            for (const auto* verifier : {&p256, &p384, &rsa, &ed25519}) {
                const bool right = signer == verifier && signer != &ed25519 &&
                                   signer->public_key().jws_algorithm() == algorithm;
                EXPECT_EQ(accepted(compact, verifier->public_key()), right) << algorithm;
            }
        }
    }
    // A JWS that was parsed and then renamed.
    auto jws = parse_jws(signed_with(R"({"alg":"ES256"})", p256)).value();
    jws.algorithm = "EdDSA";
    EXPECT_FALSE(verify_jws(jws, ed25519.public_key()));
}

// Parsing refuses them too: nobody may see the payload of what can never be verified.
TEST(Jws, OtherAlgorithmsAreNotParsed) {
    const auto key = PrivateKey::generate(KeyType::p256);
    EXPECT_TRUE(parse_jws(signed_with(R"({"alg":"ES384"})", key)));
    for (const std::string algorithm : {"none", "HS256", "PS256", "ES512", "EdDSA"}) {
        EXPECT_FALSE(parse_jws(signed_with(R"({"alg":")" + algorithm + "\"}", key))) << algorithm;
    }
}

// The public key, known to all, taken for the secret of a MAC (RFC 8725 section 2.1).
TEST(Jws, MacWithThePublicKeyIsRefused) {
    const auto key = PrivateKey::generate(KeyType::rsa).public_key();
    const auto text = text_of(R"({"alg":"HS256"})", as_bytes("{}"));
    for (const auto& secret : {key.spki(), to_bytes(key.jwk())}) {
        const auto mac = hmac_sha256(secret, {as_bytes(text)});
        EXPECT_FALSE(accepted(join_jws(text, mac), key));
    }
    EXPECT_FALSE(accepted(text_of(R"({"alg":"none"})", as_bytes("{}")) + '.', key));
}

TEST(Jws, FormsThatAreRefused) {
    const auto key = PrivateKey::generate(KeyType::p256);
    const auto good = signed_with(R"({"alg":"ES256"})", key);
    const auto text = good.substr(0, good.rfind('.'));
    const auto signature = good.substr(good.rfind('.') + 1);
    ASSERT_TRUE(accepted(good, key.public_key()));
    const std::vector<std::string> cases{
        "",
        ".",
        "..",
        "...",
        text,
        text + '.',
        good + '.',
        good + ".AAAA",
        '.' + good,
        good + '=',
        good + "==",
        good + '\n',
        ' ' + good,
        good + 'A',
        good + "AA",
        good + "AAAA",
        text + "=." + signature,
        "." + good.substr(good.find('.') + 1),
        good.substr(0, good.find('.')) + ".." + signature,
        text + '.' + signature.substr(0, 43),
        text + '.' + signature.substr(0, 40) + '+' + signature.substr(41),
        text + '.' + signature.substr(0, 40) + '/' + signature.substr(41),
        text + '.' + base64url(Bytes(64, 0)),
        text + '.' + base64url(Bytes(63, 1)),
        text + '.' + base64url(Bytes(65, 1)),
        text + '.' + base64url(Bytes(96, 1)),
        text + '.' + base64url(Bytes(513, 1)),
        R"({"protected":"eyJhbGciOiJFUzI1NiJ9","payload":"e30","signature":"AA"})",
    };
    for (const auto& wrong : cases) {
        EXPECT_FALSE(accepted(wrong, key.public_key())) << wrong;
    }
    // Two texts for one signature: the last character holds unused bits.
    const std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (const char last : alphabet) {
        if (last == good.back()) continue;
        EXPECT_FALSE(accepted(good.substr(0, good.size() - 1) + last, key.public_key()));
    }
}

TEST(Jws, EveryAlteredCharacterIsRefused) {
    const auto key = PrivateKey::generate(KeyType::p256);
    const auto good = sign_jws("t", named("1"), as_bytes(R"({"a":1})"), key);
    for (std::size_t i = 0; i < good.size(); ++i) {
        auto altered = good;
        altered[i] = altered[i] == 'B' ? 'C' : 'B';
        EXPECT_FALSE(accepted(altered, key.public_key())) << i;
        EXPECT_FALSE(accepted(good.substr(0, i), key.public_key())) << i;
        auto shorter = good;
        shorter.erase(i, 1);
        EXPECT_FALSE(accepted(shorter, key.public_key())) << i;
    }
}

TEST(Jws, SizeIsLimited) {
    const auto key = PrivateKey::generate(KeyType::p256);
    const auto good = sign_jws("t", named("1"), Bytes(1000, 'x'), key);
    EXPECT_TRUE(parse_jws(good, {.bytes_max = good.size()}));
    EXPECT_FALSE(parse_jws(good, {.bytes_max = good.size() - 1}));
    EXPECT_FALSE(parse_jws(sign_jws("t", named("1"), Bytes(49'152, 'x'), key)));
}

// The command `jose` (José, another implementation) verifies ours and we verify its.
TEST(Jws, BothWaysWithTheJoseCommand) {
    const TempFolder folder;
    const auto file = [&](const char* name) { return folder.path(name); };
    for (const auto type : {KeyType::p256, KeyType::p384, KeyType::rsa}) {
        const auto own = PrivateKey::generate(type);
        write(file("own.jwk"), own.public_key().jwk());
        write(file("own.jws"), sign_jws("t", named("1"), as_bytes("payload"), own));
        const auto verify =
            "jose jws ver -i " + file("own.jws") + " -k " + file("own.jwk") + " -O -";
        EXPECT_EQ(run_well(verify), "payload");
        EXPECT_EQ(run_well("jose jwk thp -i " + file("own.jwk")),
                  base64url(own.public_key().thumbprint()));

        const std::string algorithm(own.public_key().jws_algorithm());
        run_well("jose jwk gen -i '{\"alg\":\"" + algorithm + "\"}' -o " + file("key.jwk"));
        run_well("jose jwk pub -i " + file("key.jwk") + " -o " + file("public.jwk"));
        write(file("payload"), "their payload");
        run_well("jose jws sig -I " + file("payload") + " -k " + file("key.jwk") +
                 " -s '{\"protected\":{\"typ\":\"t\",\"kid\":\"1\"}}' -c -o " + file("their.jws"));
        const auto key = public_from(read(file("public.jwk")));
        const auto jws = parse_jws(read(file("their.jws")));
        ASSERT_TRUE(jws) << jws.error().why;
        EXPECT_TRUE(verify_jws(*jws, key));
        EXPECT_EQ(jws->type, "t");
        EXPECT_EQ(as_text(jws->payload), "their payload");
        EXPECT_FALSE(verify_jws(*jws, own.public_key()));
    }
}

}  // namespace
}  // namespace mado::crypto
