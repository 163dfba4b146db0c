#include "wire/ending.hpp"

#include <gtest/gtest.h>

#include "wire/test_wire.hpp"

namespace mado::wire {
namespace {

TEST(Ending, AsText) {
    for (const auto ending : {Ending::stop, Ending::organisation, Ending::revoked})
        EXPECT_EQ(parse_ending(to_text(ending)), ending);
    EXPECT_EQ(to_text(Ending::stop), "stop");
    EXPECT_EQ(parse_ending(""), std::nullopt);
    EXPECT_EQ(parse_ending("Stop"), std::nullopt);
}

TEST(EndedEvent, IsReadAsWritten) {
    for (const auto ending : {Ending::stop, Ending::organisation, Ending::revoked}) {
        const EndedMandate ended{.mandate = filled(1), .ending = ending};
        EXPECT_EQ(valid(read_ended_event(ended_event_data(ended))), ended);
    }
    // The example of docs/protocols/mandate.md.
    constexpr std::string_view example =
        R"({"mandate":"47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU","reason":"stop"})";
    EXPECT_EQ(ended_event_data(valid(read_ended_event(example))), example);
}

TEST(EndedEvent, AReasonOfLaterIsAnEndToo) {
    const auto text = R"({"mandate":")" + base64url(filled(1)) + R"(","reason":"moved"})";
    EXPECT_EQ(valid(read_ended_event(text)), (EndedMandate{filled(1), Ending::revoked}));
}

TEST(EndedEvent, IsReadStrictly) {
    const auto hash = base64url(filled(1));
    for (const auto& text :
         {std::string("{}"), std::string("[]"), R"({"mandate":")" + hash + R"("})",
          R"({"mandate":")" + hash + R"(","reason":"stop","more":1})",
          R"({"mandate":")" + hash + R"(","reason":1})",
          std::string(R"({"mandate":"x","reason":"stop"})")}) {
        EXPECT_FALSE(read_ended_event(text).has_value()) << text;
    }
}

}  // namespace
}  // namespace mado::wire
