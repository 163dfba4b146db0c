#include "http/form.hpp"

#include <gtest/gtest.h>

namespace mado::http {
namespace {

TEST(Form, ReadsWhatBrowsersSend) {
    const auto form = parse_form("scope=claims+entries&state=%E8%8A%B1%26%3D&empty=&bare&&x=a%2Bb");
    ASSERT_TRUE(form.has_value());
    EXPECT_EQ(form->text("scope"), "claims entries");
    EXPECT_EQ(form->text("state"), "花&=");
    EXPECT_EQ(form->text("x"), "a+b");
    EXPECT_TRUE(form->has("empty"));
    EXPECT_TRUE(form->has("bare"));
    EXPECT_FALSE(form->has("other"));
    EXPECT_EQ(form->text("other"), "");
}

TEST(Form, RefusesWhatIsNoForm) {
    for (const auto* text :
         {"a=%", "a=%4", "a=%zz", "a=1&a=2", "a=%00", "a=%1B", "a=%ff", "a=%7f", "%80=1"}) {
        EXPECT_FALSE(parse_form(text).has_value()) << text;
    }
    std::string many;
    for (std::size_t i = 0; i <= form_fields_max; ++i)
        many += "f" + std::to_string(i) + "=1&";
    EXPECT_FALSE(parse_form(many).has_value());
}

TEST(Form, WritesWhatItReads) {
    Form form;
    form.set("redirect uri", "https://a.example/x?y=1&z=花 +");
    form.set("b", "");
    const auto text = form_text(form);
    EXPECT_EQ(text, "b=&redirect%20uri=https%3A%2F%2Fa.example%2Fx%3Fy%3D1%26z%3D%E8%8A%B1%20%2B");
    const auto again = parse_form(text);
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(again->fields(), form.fields());
}

TEST(Form, WordsOfAList) {
    EXPECT_EQ(words_in(""), std::vector<std::string>());
    EXPECT_EQ(words_in("link card"), (std::vector<std::string>{"link", "card"}));
    EXPECT_EQ(words_in("link  card"), (std::vector<std::string>{"link", "", "card"}));
}

TEST(Form, TextInHtmlStaysText) {
    EXPECT_EQ(html_text(R"(<b a="1" c='2'>&花)"), "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;花");
}

}  // namespace
}  // namespace mado::http
