#include "base/secret.hpp"

#include <gtest/gtest.h>

namespace mado {
namespace {

TEST(Secret, MovesAndLeavesNothingBehind) {
    Secret first(as_bytes("1234"));
    Secret second(std::move(first));
    EXPECT_TRUE(first.empty());  // NOLINT: what a moved-from secret holds is what is tested
    EXPECT_TRUE(first.view().empty());
    EXPECT_EQ(as_text(second.view()), "1234");
    Secret third(as_bytes("x"));
    third = std::move(second);
    EXPECT_TRUE(second.empty());  // NOLINT
    EXPECT_EQ(as_text(third.view()), "1234");
    static_assert(!std::is_copy_constructible_v<Secret> && !std::is_copy_assignable_v<Secret>);
}

TEST(Secret, StartsAsZeros) {
    Secret secret(std::size_t{32});
    EXPECT_EQ(hex(secret.view()), std::string(64, '0'));
    secret.writable()[0] = 7;
    EXPECT_EQ(secret.view()[0], 7);
    EXPECT_TRUE(Secret().empty());
    EXPECT_TRUE(Secret(std::size_t{0}).empty());
}

TEST(Secret, WipesAlsoWhatALongerValueLeftBehind) {
    std::string text(100, 'k');
    const char* memory = text.data();
    text.resize(10);
    wipe(text);
    EXPECT_TRUE(text.empty());
    ASSERT_EQ(text.data(), memory);
    text.resize(text.capacity() - 1, 'n');  // makes the memory readable again
    EXPECT_EQ(text.find('k'), std::string::npos);
    Bytes bytes = to_bytes("1234");
    wipe(std::span(bytes));
    EXPECT_EQ(hex(bytes), "00000000");
    wipe(std::span<std::uint8_t>());
}

}  // namespace
}  // namespace mado
