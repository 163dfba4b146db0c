#include "national.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>

#include "base/file.hpp"
#include "wire/services/catalogue.hpp"

namespace mado::portal {
namespace {

std::string file_of(const char* name) {
    return (std::filesystem::path(__FILE__).parent_path() / "../../country/jp" / name).string();
}

// What a card is asked to allow, and what somebody looked at, is said in words.
TEST(National, EveryServiceHasAName) {
    const auto names = page::load_service_names(file_of("services.json"));
    for (const auto& contract : wire::all_contracts())
        EXPECT_TRUE(names.has(contract.service)) << contract.service;
    // The relay answers some itself.
    const auto policy = parse_json_object(read_file(file_of("policy.json")).value());
    for (const auto& row : policy.value().at("policies").as_array()) {
        const std::string_view service = row.at("service").as_string();
        EXPECT_TRUE(names.has(service)) << service;
    }
}

TEST(National, TheReportsLifeEvents) {
    const auto text = read_file(file_of("portal.json"));
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
