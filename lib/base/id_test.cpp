#include "base/id.hpp"

#include <gtest/gtest.h>

namespace mado {
namespace {

struct EvenTag {
    static Parsed<void> check(std::string_view text) {
        if (text.size() % 2 != 0) return bad("odd");
        return {};
    }
};
struct OtherTag : EvenTag {};

template <class A, class B>
concept Comparable = requires(const A& a, const B& b) { a == b; };

TEST(Id, IsMadeByParseOnly) {
    using Even = Id<EvenTag>;
    EXPECT_EQ(Even::parse("ab")->text(), "ab");
    EXPECT_STREQ(Even::parse("abc").error().why, "odd");
    EXPECT_EQ(*Even::parse("ab"), *Even::parse("ab"));
    EXPECT_LT(*Even::parse("ab"), *Even::parse("cd"));
    static_assert(!std::is_constructible_v<Even, std::string>);
    static_assert(!std::is_convertible_v<Even, std::string>);
    static_assert(Comparable<Even, Even> && !Comparable<Even, Id<OtherTag>>);
}

}  // namespace
}  // namespace mado
