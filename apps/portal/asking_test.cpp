#include "asking.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace mado::portal {
namespace {

std::string question(crypto::KeyType type = crypto::KeyType::p256) {
    const auto key = crypto::PrivateKey::generate(type);
    return R"({"mandate":")" + base64url(Hash{}) +
           R"(","to":{"kind":"pension","position":2},"service":"pension","parameters":{},)" +
           R"("seal_to":)" + key.public_key().jwk() + "}";
}

std::string with(std::string text, std::string_view old, std::string_view put) {
    const auto at = text.find(old);
    if (at == std::string::npos) throw Failure("a test's text is not there");
    return text.replace(at, old.size(), put);
}

TEST(PageQuestion, SaysWhatIsAskedAndToWhichKey) {
    const auto asked = read_page_question(question());
    ASSERT_TRUE(asked.has_value()) << asked.error().why;
    EXPECT_EQ(asked->question.to.kind->text(), "pension");
    EXPECT_EQ(asked->question.to.position, 2);
    EXPECT_EQ(asked->question.service.text(), "pension");
    EXPECT_TRUE(asked->question.parameters.empty());
    EXPECT_EQ(asked->question.payload, "");
    const auto one = read_page_question(
        with(with(question(), R"({"kind":"pension","position":2})", R"({"holder":"relay"})"),
             R"("parameters":{})", R"("parameters":{"after":"3"},"payload":"a.b.c.d.e")"));
    ASSERT_TRUE(one.has_value()) << one.error().why;
    EXPECT_EQ(one->question.to.holder->text(), "relay");
    EXPECT_EQ(one->question.parameters.at("after"), "3");
    EXPECT_EQ(one->question.payload, "a.b.c.d.e");
}

// Purpose, times and the person are the portal's to say.
TEST(PageQuestion, IsRefusedInAnyOtherForm) {
    for (const auto& text :
         {std::string(), std::string("[]"), with(question(), R"("service")", R"("purpose")"),
          with(question(), R"("mandate")", R"("session")"),
          with(question(), "\"to\"", R"("purpose":"treatment","to")"),
          with(question(), "\"to\"", R"("subject":"x","to")"),
          with(question(), R"("position":2)", R"("position":17)"),
          with(question(), R"("parameters":{})", R"("parameters":{"from":1})"),
          with(question(), R"("service":"pension")", R"("service":"Pension!")"),
          question(crypto::KeyType::p384)}) {
        EXPECT_FALSE(read_page_question(text).has_value()) << text;
    }
}

}  // namespace
}  // namespace mado::portal
