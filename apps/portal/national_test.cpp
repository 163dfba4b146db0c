#include "national.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "base/file.hpp"

namespace mado::portal {
namespace {

TEST(National, TheReportsLifeEvents) {
    const auto folder = std::filesystem::path(__FILE__).parent_path() / "../../country/jp";
    const auto text = read_file((folder / "portal.json").string());
    const auto national = parse_national(text.value());
    ASSERT_TRUE(national.has_value()) << national.error().why;
    std::string names;
    for (const auto& one : national->life_events)
        names += one.name.ja + " ";
    EXPECT_EQ(names, "妊娠出産 子育て 学校 仕事 結婚 住宅引越 健康 高齢者 余暇文化 ご不幸 ");
    EXPECT_GE(national->links.size(), 5U);
    EXPECT_EQ(std::ranges::count(national->links, "nenkin", &OutsideLink::holder), 1);
}

TEST(National, IsRefusedInAnyOtherForm) {
    for (const auto* text :
         {"", "{}", R"({"life_events":[],"links":[],"more":1})",
          R"({"life_events":[1],"links":[]})",
          R"({"life_events":[{"id":"a","ja":"","en":""}],"links":[]})",
          R"({"life_events":[],"links":[{"url":"javascript:x","ja":"","en":"","easy":""}]})"}) {
        EXPECT_FALSE(parse_national(text).has_value()) << text;
    }
}

}  // namespace
}  // namespace mado::portal
