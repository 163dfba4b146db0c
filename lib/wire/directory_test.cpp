#include "wire/directory.hpp"

#include "base/file.hpp"
#include "base/temp_folder.hpp"
#include "test_wire.hpp"

namespace mado::wire {
namespace {

class Directories : public testing::Test {
  protected:
    // What is said about a directory that the authority did sign.
    std::string said(std::string_view json) {
        const auto read = open_directory(country_.sign_directory(json), authority());
        return read ? "good" : read.error().why;
    }
    std::string said_with(std::string_view part, std::string_view by) {
        return said(replaced(country_.directory_json(), part, by));
    }
    static std::string service(const std::string& vkey) {
        return fmt::format(R"({{"key":"{}","url":"https://a.example:1/","certificate":"{}"}})",
                           vkey, base64url(filled(9)));
    }
    [[nodiscard]] const crypto::PublicKey& authority() const {
        return country_.authority.public_key();
    }

    TestCountry country_;
};

TEST_F(Directories, AreReadWhole) {
    const auto jws = country_.sign_directory(country_.directory_json());
    const auto directory = valid(open_directory(jws, authority()));
    EXPECT_EQ(directory.version, 7);
    EXPECT_EQ(directory.policy, filled(1));
    EXPECT_EQ(directory.schemes, filled(2));
    EXPECT_EQ(directory.entry, crypto::sha256(as_bytes("mado/directory/1\n" + jws)));
    ASSERT_EQ(directory.participants.size(), 3U);

    const auto* insurer = directory.find("06990014");
    ASSERT_NE(insurer, nullptr);
    EXPECT_EQ(insurer->name, "健康保険組合");
    EXPECT_EQ(insurer->kind.text(), "medical-insurer");
    EXPECT_TRUE(insurer->has_certificate(filled(3)));
    EXPECT_FALSE(insurer->has_certificate(filled(4)));
    EXPECT_TRUE(insurer->offers(service_id("eligibility")));
    EXPECT_FALSE(insurer->offers(service_id("entries")));
    EXPECT_TRUE(insurer->addresses.empty());
    const auto* key = insurer->signing_key(kid_of(country_.insurer));
    ASSERT_NE(key, nullptr);
    EXPECT_EQ(key->thumbprint(), country_.insurer.public_key().thumbprint());
    EXPECT_EQ(insurer->signing_key(kid_of(country_.clinic)), nullptr);
    EXPECT_EQ(insurer->signing_key(std::nullopt), nullptr);

    EXPECT_EQ(directory.find(participant_id("clinic-1"))->kind.text(), "clinic");
    EXPECT_EQ(directory.find("clinic-2"), nullptr);
    EXPECT_EQ(directory.find(""), nullptr);
    EXPECT_EQ(directory.relay().id.text(), "relay");
    ASSERT_EQ(directory.relay().addresses.size(), 1U);
    EXPECT_EQ(directory.relay().addresses[0].host, "relay.example");
    EXPECT_EQ(directory.relay().addresses[0].port, 8443);
    EXPECT_TRUE(directory.knows_certificate(filled(4)));
    EXPECT_FALSE(directory.knows_certificate(filled(6)));
    const auto* log = directory.log("log.example/2026");
    ASSERT_NE(log, nullptr);
    EXPECT_EQ(log->key.vkey(), country_.log.vkey());
    EXPECT_EQ(log->url.address.host, "log.example");
    EXPECT_EQ(log->url.address.port, 8444);
    EXPECT_EQ(log->url.path, "/");
    EXPECT_EQ(log->certificate, filled(6));
    EXPECT_EQ(directory.log("log.example/2027"), nullptr);

    ASSERT_EQ(directory.witnesses.size(), 2U);
    EXPECT_EQ(directory.witnesses[1].key.vkey(), country_.witnesses[1].vkey());
    EXPECT_EQ(directory.witnesses[1].url.path, "/mado/");
    EXPECT_EQ(directory.witnesses[1].certificate, filled(8));
    EXPECT_EQ(directory.quorum.needed(), 2U);
    ASSERT_EQ(directory.quorum.witnesses().size(), 2U);
    EXPECT_EQ(directory.quorum.witnesses()[0].vkey(), country_.witnesses[0].vkey());
}

TEST_F(Directories, AreNothingWithoutTheAuthoritysSignature) {
    const auto json = country_.directory_json();
    const auto signed_text = country_.sign_directory(json);
    const auto& other = country_.clinic;
    EXPECT_STREQ(open_directory(signed_text, other.public_key()).error().why,
                 "not signed by the supervising authority");
    EXPECT_FALSE(open_directory(jws_of(directory_type, json, other), authority()));
    EXPECT_STREQ(
        open_directory(jws_of(head_type, json, country_.authority), authority()).error().why,
        "not a directory");
    EXPECT_FALSE(open_directory(json, authority()));
    const auto unsigned_text = signed_text.substr(0, signed_text.rfind('.') + 1);
    EXPECT_FALSE(open_directory(unsigned_text, authority()));
    EXPECT_FALSE(open_directory(signed_text + "\n", authority()));
    const auto none = base64url(as_bytes(R"({"alg":"none","typ":"mado-directory+jws"})")) + "." +
                      base64url(as_bytes(json)) + ".";
    EXPECT_FALSE(open_directory(none, authority()));
    // Every twentieth character altered: header, payload and signature.
    for (std::size_t i = 0; i < signed_text.size(); i += 20) {
        auto altered = signed_text;
        altered[i] = altered[i] == 'A' ? 'B' : 'A';
        EXPECT_FALSE(open_directory(altered, authority())) << i;
    }
}

TEST_F(Directories, RefuseUnknownMissingAndWrongMembers) {
    EXPECT_EQ(said(country_.directory_json()), "good");
    EXPECT_EQ(said("[]"), "JSON is not an object");
    EXPECT_EQ(said_with(R"("version":7)", R"("version":7,"note":"")"), "unknown member");
    EXPECT_EQ(said_with(R"("name":"クリニック")", R"("name":"クリニック","fax":"")"),
              "unknown member");
    EXPECT_EQ(said_with(R"("version":7)", R"("version":7,"version":8)"), "JSON has a member twice");
    EXPECT_NE(said_with(R"("version":7)", R"("version":0)"), "good");
    EXPECT_NE(said_with(R"("version":7,)", ""), "good");
    EXPECT_NE(said_with(R"(,"card_authorities":[])", ""), "good");
    EXPECT_NE(said_with(R"("card_authorities":[])", R"("card_authorities":["MAA"])"), "good");
    EXPECT_NE(said_with(R"("name":"クリニック",)", ""), "good");
    EXPECT_NE(said_with(R"("kind":"clinic")", R"("kind":"Clinic")"), "good");
    EXPECT_NE(said_with(R"("id":"clinic-1")", R"("id":"clinic 1")"), "good");
    EXPECT_NE(said_with(R"("services":["eligibility",)", R"("services":["eligibility",1,)"),
              "good");
    EXPECT_NE(said_with(R"("services":["eligibility",)", R"("services":["",)"), "good");
    EXPECT_NE(said_with(base64url(filled(4)), base64url(Bytes(31))), "good");
    EXPECT_NE(said_with(base64url(filled(1)), "AA"), "good");
}

TEST_F(Directories, HaveParticipantsSortedAndOnce) {
    EXPECT_EQ(said_with(R"("id":"clinic-1")", R"("id":"06990014")"),
              "participants are not sorted by id, or an id comes twice");
    EXPECT_EQ(said_with(R"("id":"clinic-1")", R"("id":"0")"),
              "participants are not sorted by id, or an id comes twice");
    EXPECT_EQ(said_with(R"("id":"clinic-1")", R"("id":"z")"),
              "participants are not sorted by id, or an id comes twice");
}

TEST_F(Directories, NameExactlyOneRelayThatCanBeReached) {
    EXPECT_EQ(said_with(R"("kind":"clinic")", R"("kind":"relay")"),
              "the directory must name exactly one relay");
    EXPECT_EQ(said_with(R"("kind":"relay")", R"("kind":"clinic")"),
              "the directory must name exactly one relay");
    // Requesters and gateways take its addresses for granted.
    EXPECT_EQ(said_with(R"(["relay.example:8443"])", "[]"), "the relay has no address");
}

TEST_F(Directories, RefuseAddressesThatNobodyCanDial) {
    for (const auto* address : {"relay.example", "relay.example:", "relay.example:0",
                                "relay.example:65536", "relay.example:99999999999999999999",
                                "relay.example:-1", "relay.example:84a3", ":8443", ""}) {
        EXPECT_NE(said_with("relay.example:8443", address), "good") << address;
    }
    EXPECT_EQ(said_with("relay.example:8443", "127.0.0.1:65535"), "good");
    EXPECT_EQ(said_with("relay.example:8443", "[::1]:1"), "good");
}

TEST_F(Directories, RefuseTwoKeysOrLogsOfOneName) {
    const auto key = fmt::format(R"({{"kid":"{}","jwk":{}}})", kid_of(country_.clinic),
                                 country_.clinic.public_key().jwk());
    EXPECT_EQ(said_with(key, key + "," + key), "two keys have one kid");
    EXPECT_NE(said_with(key, R"({"kid":"a","jwk":{"kty":"EC"}})"), "good");
    EXPECT_NE(said_with(key, R"("key")"), "good");
    const auto other = crypto::PrivateKey::generate(crypto::KeyType::ed25519);
    const auto vkey =
        valid(tlog::NoteVerifier::make(country_.log.name(), other.public_key())).vkey();
    EXPECT_EQ(said_with(R"("logs":[)", R"("logs":[)" + service(vkey) + ","),
              "two logs have one origin");
}

// Which of them is read at the relay's address must be clear.
TEST_F(Directories, HaveOneLogOfTheRelay) {
    const auto other = crypto::PrivateKey::generate(crypto::KeyType::ed25519);
    const auto vkey =
        valid(tlog::NoteVerifier::make("log.example/2025", other.public_key())).vkey();
    const auto with = [&](std::uint8_t first, std::uint8_t second) {
        const auto one =
            replaced(country_.directory_json(), base64url(filled(6)), base64url(filled(first)));
        const auto more = replaced(service(vkey), base64url(filled(9)), base64url(filled(second)));
        return said(replaced(one, R"("logs":[)", R"("logs":[)" + more + ","));
    };
    EXPECT_EQ(with(6, 6), "good") << "both are somebody else's";
    EXPECT_EQ(with(5, 6), "good");
    EXPECT_EQ(with(5, 5), "two logs show the relay's certificate, which writes one");
}

TEST_F(Directories, ReadLogsAndWitnessesStrictly) {
    const auto log = country_.log.vkey();
    EXPECT_NE(said_with(log, country_.log.name()), "good");
    // A key of the other type is no log and no witness.
    EXPECT_EQ(said_with(log, country_.witnesses[0].vkey()),
              "a verifier key is of another signature type");
    EXPECT_EQ(said_with(country_.witnesses[0].vkey(), log),
              "a verifier key is of another signature type");
    EXPECT_EQ(said_with("https://log.example", "http://log.example"), "a URL is not https");
    EXPECT_EQ(said_with("w2.example:443/mado/", "w2.example:443/mado"),
              "a URL prefix has an impossible path");
    EXPECT_NE(said_with(base64url(filled(6)), "AA"), "good");
    const auto url = R"("url":"https://log.example:8444/",)";
    EXPECT_NE(said_with(url, ""), "good");
    EXPECT_EQ(said_with(url, std::string(url) + R"("port":1,)"), "unknown member");
    EXPECT_EQ(said_with(R"("logs":[)", R"("logs":["a",)"), "a log or witness is not an object");
    EXPECT_EQ(said_with(R"("witnesses":[)", R"("witnesses":[7,)"),
              "a log or witness is not an object");
    EXPECT_NE(said_with(R"("witnesses":[)", R"("watchers":[)"), "good");
    std::string many;
    for (int i = 0; i < 64; ++i)
        many += service(log) + ",";
    EXPECT_NE(said_with(R"("logs":[)", R"("logs":[)" + many), "good");
}

TEST_F(Directories, HaveAQuorumThatNobodyCanForce) {
    EXPECT_EQ(said_with(R"("quorum":2)", R"("quorum":0)"), "good");
    EXPECT_EQ(said_with(R"("quorum":2)", R"("quorum":3)"),
              "the quorum is larger than the number of witnesses");
    EXPECT_NE(said_with(R"("quorum":2)", R"("quorum":-1)"), "good");
    EXPECT_NE(said_with(R"("quorum":2,)", ""), "good");
    const auto twice = "two witnesses have one name or one key";
    EXPECT_EQ(said_with(country_.witnesses[1].vkey(), country_.witnesses[0].vkey()), twice);
    const auto same_key =
        valid(tlog::WitnessVerifier::make("another.name", country_.witness_keys[0].public_key()));
    EXPECT_EQ(said_with(country_.witnesses[1].vkey(), same_key.vkey()), twice);
    const auto of_the_log =
        valid(tlog::WitnessVerifier::make("another.name", country_.log_key.public_key()));
    EXPECT_EQ(said_with(country_.witnesses[1].vkey(), of_the_log.vkey()),
              "a log and a witness have one key");
}

TEST_F(Directories, AreLoadedFromFilesOrSayWhatIsMissing) {
    const TempFolder folder;
    const auto path = folder.path("directory.jws");
    const auto key = folder.path("authority.jwk");
    const auto said_of_files = [&]() -> std::string {
        try {
            return std::to_string(load_directory(path, key).version);
        } catch (const OperatorError& error) {
            return error.what();
        }
    };
    const auto directory = country_.sign_directory(country_.directory_json());
    EXPECT_TRUE(said_of_files().starts_with("directory_invalid: there is no directory"));
    replace_file(path, as_bytes(directory));
    EXPECT_TRUE(said_of_files().contains("public key is missing"));
    replace_file(key, as_bytes("{}"));
    EXPECT_TRUE(said_of_files().contains("not a JWK"));
    replace_file(key, as_bytes(country_.clinic.public_key().jwk()));
    EXPECT_TRUE(said_of_files().starts_with("directory_invalid: "));
    replace_file(key, as_bytes(authority().jwk()));
    EXPECT_EQ(said_of_files(), "7");
}

// What is given on is what was verified, whatever stands in the file afterwards.
TEST_F(Directories, AreGivenOnAsTheyWereVerified) {
    const TempFolder folder;
    const auto path = folder.path("directory.jws");
    const auto key = folder.path("authority.jwk");
    const auto jws = country_.sign_directory(country_.directory_json());
    replace_file(path, as_bytes(jws));
    replace_file(key, as_bytes(authority().jwk()));
    const auto loaded = load_directory_file(path, key);
    replace_file(path, as_bytes("another"));
    EXPECT_EQ(loaded.jws, jws);
    EXPECT_EQ(loaded.directory.entry, valid(open_directory(loaded.jws, authority())).entry);
    EXPECT_THROW(load_directory_file(path, key), OperatorError);
}

}  // namespace
}  // namespace mado::wire
