#include "page/names.hpp"

#include <gtest/gtest.h>

namespace mado::page {
namespace {

TEST(ServiceNames, OfAPageAndOfNone) {
    const auto names = ServiceNames::parse(
        R"({"services":[{"id":"pension","ja":"年金の記録","en":"record","easy":"[年金|ねんきん]",
        "page":{"ja":"年金","en":"Pension","easy":"ね"}},
        {"id":"bells","ja":"知らせ","en":"notices","easy":"しらせ"}]})");
    ASSERT_TRUE(names) << names.error().why;
    EXPECT_EQ(names->name("pension").ja, "年金の記録");
    EXPECT_EQ(names->page_name("pension").ja, "年金");
    EXPECT_EQ(names->page_name("bells").en, "notices");
    EXPECT_EQ(names->name("pensions").easy, "pensions") << "a service without a name";
    EXPECT_TRUE(names->has("bells"));
    EXPECT_FALSE(names->has("pensions"));
    EXPECT_EQ(say(Language::easy, names->name("pension")),
              "<ruby>年金<rp>（</rp><rt>ねんきん</rt><rp>）</rp></ruby>");
}

TEST(ServiceNames, IsRefusedInAnyOtherForm) {
    for (const auto* text :
         {"", "{}", R"({"services":[1]})", R"({"services":[],"more":1})",
          R"({"services":[{"id":"a","ja":"","en":""}]})",
          R"({"services":[{"id":"a","ja":"{}","en":"","easy":""}]})",
          R"({"services":[{"id":"","ja":"","en":"","easy":""}]})",
          R"({"services":[{"id":"a","ja":"","en":"","easy":"","page":{"ja":""}}]})",
          R"({"services":[{"id":"a","ja":"","en":"","easy":"","page":1}]})",
          R"({"services":[{"id":"a","ja":"","en":"","easy":""},
              {"id":"a","ja":"","en":"","easy":""}]})"}) {
        EXPECT_FALSE(ServiceNames::parse(text).has_value()) << text;
    }
    EXPECT_THROW(load_service_names("no/such/file"), OperatorError);
}

}  // namespace
}  // namespace mado::page
