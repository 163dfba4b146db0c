#include "vault.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/file.hpp"
#include "test_relay.hpp"

namespace mado::relay {
namespace {

class VaultTest : public testing::Test {
  protected:
    VaultTest() { make_vault_keys(folder); }
    [[nodiscard]] Vault open() const { return Vault(folder.path(".")); }

    TempFolder folder;
    const Bytes row = to_bytes("row");
    const Bytes plain = to_bytes("plain");
};

TEST_F(VaultTest, OpensWhatItSealed) {
    const auto sealed = open().seal("table", row, plain);
    EXPECT_EQ(open().open("table", row, sealed), plain);
    EXPECT_EQ(open().open("table", row, open().seal("table", row, {})), Bytes{});
    EXPECT_NE(open().seal("table", row, plain), sealed) << "the IV must be random";
}

TEST_F(VaultTest, IsBoundToTableAndRow) {
    const auto vault = open();
    const auto sealed = vault.seal("table", row, plain);
    EXPECT_THROW((void)vault.open("other", row, sealed), Failure);
    EXPECT_THROW((void)vault.open("table", to_bytes("other"), sealed), Failure);
    // The border between the two is part of the binding.
    EXPECT_THROW((void)vault.open("tabler", to_bytes("ow"), sealed), Failure);
    EXPECT_THROW((void)vault.open("", to_bytes("tablerow"), sealed), Failure);
}

TEST_F(VaultTest, AlteredOrShortBytesDoNotOpen) {
    const auto vault = open();
    const auto sealed = vault.seal("table", row, plain);
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        auto altered = sealed;
        altered[i] ^= 1;
        EXPECT_THROW((void)vault.open("table", row, altered), Failure) << i;
        EXPECT_THROW((void)vault.open("table", row, ByteView(sealed).first(i)), Failure) << i;
    }
}

TEST_F(VaultTest, AnotherKeyOpensNothing) {
    const auto sealed = open().seal("table", row, plain);
    const auto index = open().index("purpose", {plain});
    make_vault_keys(folder);
    EXPECT_THROW((void)open().open("table", row, sealed), Failure);
    EXPECT_NE(open().index("purpose", {plain}), index);

    const Secret key(crypto::random_bytes(32));
    const Secret other(crypto::random_bytes(32));
    const auto under_key = Vault::seal_with(key, "table", row, plain);
    EXPECT_EQ(Vault::open_with(key, "table", row, under_key), plain);
    EXPECT_THROW((void)Vault::open_with(other, "table", row, under_key), Failure);
}

TEST_F(VaultTest, IndexSeparatesPurposeAndParts) {
    const auto vault = open();
    const auto a = to_bytes("a");
    const auto ab = to_bytes("ab");
    const auto b = to_bytes("b");
    const auto index = vault.index("purpose", {ab, b});
    EXPECT_EQ(index, open().index("purpose", {ab, b}));
    EXPECT_EQ(index.size(), 33U);
    EXPECT_NE(index, vault.index("other", {ab, b}));
    EXPECT_NE(index, vault.index("purpose", {a, to_bytes("bb")}));
    EXPECT_NE(index, vault.index("purpose", {to_bytes("abb")}));
    EXPECT_NE(index, vault.index("purpose", {ab, b, {}}));
}

TEST_F(VaultTest, KeyFilesMustBeWholeAndClosed) {
    replace_file(folder.path("seal.key"), crypto::random_bytes(31), 0600);
    EXPECT_THROW((void)open(), OperatorError);
    replace_file(folder.path("seal.key"), crypto::random_bytes(33), 0600);
    EXPECT_THROW((void)open(), OperatorError);
    replace_file(folder.path("seal.key"), crypto::random_bytes(32), 0644);
    EXPECT_THROW((void)open(), OperatorError);
    replace_file(folder.path("seal.key"), crypto::random_bytes(32), 0600);
    EXPECT_NO_THROW((void)open());
    ASSERT_EQ(::unlink(folder.path("index.key").c_str()), 0);
    EXPECT_ANY_THROW((void)open());
}

TEST(Months, AreRoundedUpToTheirEnd) {
    constexpr UnixTime november = 1'793'491'200;  // 2026-11-01T00:00:00Z
    EXPECT_EQ(month_of(november), 2026 * 12 + 10);
    EXPECT_EQ(month_of(november - 1), 2026 * 12 + 9);
    EXPECT_EQ(month_of(november + 30 * 86'400 - 1), 2026 * 12 + 10);
    EXPECT_EQ(month_of(november + 30 * 86'400), 2026 * 12 + 11);
    EXPECT_EQ(month_of(november + 61 * 86'400), 2027 * 12);
}

TEST(RowBytes, AreBigEndian) {
    EXPECT_EQ(row_bytes(258), (Bytes{0, 0, 0, 0, 0, 0, 1, 2}));
}

}  // namespace
}  // namespace mado::relay
