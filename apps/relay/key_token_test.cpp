// The relay's two keys in a token's care, with SoftHSM2.
#include "key_token.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "base/file.hpp"
#include "base/temp_folder.hpp"
#include "crypto/digest.hpp"
#include "crypto/test_command.hpp"

namespace mado::relay {
namespace {

using crypto::run_well;

const std::string softhsm = "/usr/lib/softhsm/libsofthsm2.so";

class KeyTokenTest : public testing::Test {
  protected:
    KeyTokenTest() {
        std::filesystem::create_directory(folder.path("tokens"));
        std::filesystem::create_directory(keys);
        crypto::write(folder.path("softhsm2.conf"),
                      "directories.tokendir = " + folder.path("tokens") + "\nlog.level = ERROR\n");
        ::setenv("SOFTHSM2_CONF", folder.path("softhsm2.conf").c_str(), 1);
        add("relay");
        replace_file(folder.path("pin"), as_bytes("123456"), 0600);
        for (const auto* name : {"/seal.key", "/index.key"})
            replace_file(keys + name, crypto::random_bytes(32), 0600);
    }
    static void add(const std::string& label) {
        run_well("softhsm2-util --init-token --free --pin 123456 --so-pin 12345678 --label " +
                 label);
    }
    [[nodiscard]] KeyToken token(const std::string& label = "relay") const {
        return {.module = softhsm, .label = label, .pin_file = folder.path("pin")};
    }
    // "" or what the operator reads.
    std::string refusal(const KeyToken& of) const {
        try {
            static_cast<void>(load_vault(keys, of));
            return "";
        } catch (const OperatorError& error) {
            return error.what();
        }
    }
    TempFolder folder;
    const std::string keys = folder.path("keys");
};

TEST_F(KeyTokenTest, TheSameKeysFromTheTokensCare) {
    const auto before = load_vault(keys, {});
    const auto sealed = before.seal("table", row_bytes(1), as_bytes("a row"));
    wrap_keys(keys, token());
    EXPECT_FALSE(std::filesystem::exists(keys + "/seal.key"));
    EXPECT_FALSE(std::filesystem::exists(keys + "/index.key"));
    const auto after = load_vault(keys, token());
    EXPECT_EQ(as_text(after.open("table", row_bytes(1), sealed)), "a row");
    EXPECT_EQ(after.index("purpose", {as_bytes("x")}), before.index("purpose", {as_bytes("x")}));
    EXPECT_THROW(load_vault(keys, {}), OperatorError) << "without the token there are no keys";
    wrap_keys(keys, token());  // nothing is left to do
    EXPECT_EQ(refusal(token()), "");
    const auto said = run_well("pkcs11-tool --module " + softhsm +
                               " --token-label relay --login --pin 123456 --list-objects");
    EXPECT_TRUE(said.contains("never extractable")) << said;
}

TEST_F(KeyTokenTest, KilledBetweenTheTwo) {
    const auto seal = read_file(keys + "/seal.key").value();
    const auto before = load_vault(keys, {}).index("purpose", {as_bytes("x")});
    wrap_keys(keys, token());
    replace_file(keys + "/seal.key", as_bytes(seal), 0600);  // as if one had not been removed yet
    EXPECT_TRUE(refusal(token()).contains("wrap-keys")) << refusal(token());
    wrap_keys(keys, token());
    EXPECT_EQ(load_vault(keys, token()).index("purpose", {as_bytes("x")}), before);
}

TEST_F(KeyTokenTest, RefusalsSayWhatToDo) {
    EXPECT_TRUE(refusal(token()).contains("wrap-keys")) << "plain keys beside a token";
    wrap_keys(keys, token());
    EXPECT_TRUE(refusal(token("elsewhere")).contains("no PKCS#11 token with the label elsewhere"));
    auto no_module = token();
    no_module.module = folder.path("nothing.so");
    EXPECT_TRUE(refusal(no_module).contains("nothing.so")) << refusal(no_module);
    add("empty");
    EXPECT_TRUE(refusal(token("empty")).contains("has no key of a relay"));
    add("another");
    std::filesystem::create_directory(folder.path("other"));
    for (const auto* name : {"/seal.key", "/index.key"})
        replace_file(folder.path("other") + name, crypto::random_bytes(32), 0600);
    wrap_keys(folder.path("other"), token("another"));
    EXPECT_TRUE(refusal(token("another")).contains("another token's"));
    replace_file(folder.path("pin"), as_bytes("654321"), 0600);
    EXPECT_TRUE(refusal(token()).contains("does not take the PIN"));
    replace_file(folder.path("pin"), as_bytes("123456"), 0600);
    // The files changed places, one was altered, one is gone.
    const auto seal = read_file(keys + "/seal.key.wrapped").value();
    const auto index = read_file(keys + "/index.key.wrapped").value();
    replace_file(keys + "/seal.key.wrapped", as_bytes(index), 0600);
    EXPECT_TRUE(refusal(token()).contains("was altered"));
    auto altered = seal;
    altered.back() = static_cast<char>(altered.back() ^ 1);
    replace_file(keys + "/seal.key.wrapped", as_bytes(altered), 0600);
    EXPECT_TRUE(refusal(token()).contains("was altered"));
    std::filesystem::remove(keys + "/seal.key.wrapped");
    EXPECT_TRUE(refusal(token()).contains("there is no ")) << refusal(token());
}

}  // namespace
}  // namespace mado::relay
