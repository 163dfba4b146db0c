#include "client/card_pipe.hpp"

#include <gtest/gtest.h>

namespace mado::client {
namespace {

TEST(PipeStep, IsOneThing) {
    const auto commands = read_pipe_step(R"({"commands":["00440000","0084000010"]})");
    ASSERT_TRUE(commands);
    EXPECT_EQ(commands->commands.size(), 2U);
    EXPECT_EQ(hex(commands->commands[1]), "0084000010");
    EXPECT_EQ(read_pipe_step(R"({"pin":"authentication"})")->pin, card::KeyUse::authentication);
    EXPECT_EQ(read_pipe_step(R"({"pin":"signing"})")->pin, card::KeyUse::signing);
    EXPECT_EQ(read_pipe_step(R"({"wait_ms":400})")->wait_ms, 400);
    EXPECT_EQ(read_pipe_step(R"({"failed":"gone"})")->failed, "gone");
    EXPECT_TRUE(read_pipe_step(R"({"done":true})")->done);
}

TEST(PipeStep, WhatIsNone) {
    std::string many = "[\"00440000\"";
    for (int i = 0; i < 32; ++i)
        many += ",\"00440000\"";
    for (const auto& text :
         {std::string("{}"), std::string("[]"), std::string("x"), std::string(R"({"done":false})"),
          std::string(R"({"commands":[]})"), std::string(R"({"commands":["0"]})"),
          std::string(R"({"commands":["zz440000"]})"), std::string(R"({"pin":"PIN"})"),
          std::string(R"({"wait_ms":0})"), std::string(R"({"wait_ms":60000})"),
          std::string(R"({"failed":""})"), std::string(R"({"done":true,"pin":"signing"})"),
          std::string(R"({"more":1})"), "{\"commands\":" + many + "]}",
          "{\"commands\":[\"" + std::string(600, '0') + "\"]}"}) {
        EXPECT_FALSE(read_pipe_step(text)) << text;
    }
}

TEST(PipeStep, AWordThatNobodyKnowsIsARefusal) {
    EXPECT_EQ(read_failure("gone"), PipeError::gone);
    EXPECT_EQ(read_failure("not_ours"), PipeError::not_ours);
    EXPECT_EQ(read_failure("used"), PipeError::used);
    EXPECT_EQ(read_failure("other_card"), PipeError::other_card);
    for (const auto* word : {"blocked", "forged", "pin", "case_changed", "unreachable", "?"})
        EXPECT_EQ(read_failure(word), PipeError::refused) << word;
}

}  // namespace
}  // namespace mado::client
