#include "card/token_keys.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include "base/file.hpp"
#include "base/temp_folder.hpp"
#include "crypto/test_command.hpp"

namespace mado::card {
namespace {

using crypto::run_well;

const std::string softhsm = "/usr/lib/softhsm/libsofthsm2.so";

class TokenKeysTest : public testing::Test {
  protected:
    TokenKeysTest() {
        crypto::write(folder.path("softhsm2.conf"),
                      "directories.tokendir = " + folder.path("") + "\nlog.level = ERROR\n");
        ::setenv("SOFTHSM2_CONF", folder.path("softhsm2.conf").c_str(), 1);
        add("ca");
    }
    static void add(const std::string& label) {
        run_well("softhsm2-util --init-token --free --pin 123456 --so-pin 12345678 --label " +
                 label);
    }
    static TokenKeys open(const std::string& label = "ca", std::string_view pin = "123456") {
        return {softhsm, label, Secret(as_bytes(pin))};
    }
    TempFolder folder;
};

TEST_F(TokenKeysTest, AreMadeFoundAgainAndSign) {
    const auto message = as_bytes("what is signed");
    std::vector<crypto::PublicKey> made;
    {
        auto keys = open();
        EXPECT_FALSE(keys.find(1));
        made.push_back(keys.generate(1, "one", TokenKeyType::p256));
        made.push_back(keys.generate(2, "two", TokenKeyType::p384));
        made.push_back(keys.generate(3, "three", TokenKeyType::rsa3072));
        EXPECT_THROW(keys.generate(1, "again", TokenKeyType::p256), Failure);
    }
    const auto keys = open();
    for (std::uint8_t id = 1; id <= 3; ++id) {
        const auto found = keys.find(id);
        ASSERT_TRUE(found.has_value());
        EXPECT_EQ(found->spki(), made[id - 1U].spki());
        EXPECT_TRUE(found->verify(message, keys.sign(id, *found, message)));
        EXPECT_THROW(static_cast<void>(keys.sign(id, made[id % 3U], message)), Failure)
            << "another key's signature does not leave";
    }
    EXPECT_EQ(made[0].type(), crypto::KeyType::p256);
    EXPECT_EQ(made[1].type(), crypto::KeyType::p384);
    EXPECT_EQ(made[2].type(), crypto::KeyType::rsa);
}

TEST_F(TokenKeysTest, StayInTheToken) {
    {
        auto keys = open();
        keys.generate(1, "one", TokenKeyType::p256);
    }
    const auto said = run_well("pkcs11-tool --module " + softhsm +
                               " --token-label ca --login --pin 123456 --list-objects");
    EXPECT_TRUE(said.contains("sensitive, always sensitive, never extractable, local")) << said;
}

TEST_F(TokenKeysTest, AnotherPinOrTokenIsTheOperatorsToMend) {
    EXPECT_THROW(open("ca", "123457"), OperatorError);
    EXPECT_THROW(open("elsewhere"), OperatorError);
    add("ca");
    EXPECT_THROW(open(), OperatorError) << "two of one label";
}

}  // namespace
}  // namespace mado::card
