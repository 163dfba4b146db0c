#include "wire/web_build.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/file.hpp"
#include "base/temp_folder.hpp"

namespace mado::wire {
namespace {

// printf 'b' > a.js; printf 'c' > z.css; sha256sum * | sha256sum
TEST(WebBuild, HasTheHashThatSha256sumMakes) {
    const TempFolder folder;
    replace_file(folder.path("z.css"), as_bytes("c"));
    replace_file(folder.path("a.js"), as_bytes("b"));
    const auto build = load_web_build(folder.path(""));
    EXPECT_EQ(build.files.at("a.js"), "b");
    EXPECT_EQ(build.files.size(), 2U);
    EXPECT_EQ(hex(build.hash), "51fb006d93559c371814d2c6fc317f6ed4aa680d741895a1f6158c6aca1c77e3");
}

TEST(WebBuild, ListsItsFilesAsSha256sumDoes) {
    const std::string a(64, 'a');
    const auto list = parse_web_build_list(a + "  a.js\n" + std::string(64, '0') + "  z.css\n");
    ASSERT_TRUE(list) << list.error().why;
    EXPECT_EQ(hex(list->at("a.js")), a);
    EXPECT_EQ(list->size(), 2U);
    for (const auto& text :
         {a, a + " a.js\n", a + "  \n", a + "  ../a.js\n", a + "  a/b\n",
          std::string(64, 'g') + "  a.js\n", a + "  a.js\n" + a + "  a.js\n", std::string("\n")}) {
        EXPECT_FALSE(parse_web_build_list(text)) << text;
    }
}

TEST(WebBuild, IsRefusedWhenItIsNone) {
    const TempFolder folder;
    EXPECT_THROW(load_web_build(folder.path("nothing")), OperatorError);
    EXPECT_THROW(load_web_build(folder.path("")), OperatorError) << "empty";
    replace_file(folder.path("a.js"), as_bytes("b"));
    std::filesystem::create_directory(folder.path("more"));
    EXPECT_THROW(load_web_build(folder.path("")), OperatorError) << "a folder in it";
}

}  // namespace
}  // namespace mado::wire
