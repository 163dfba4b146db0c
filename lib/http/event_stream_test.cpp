#include "http/event_stream.hpp"

#include <gtest/gtest.h>

namespace mado::http {
namespace {

using Events = std::vector<ServerEvent>;

Events read(std::string_view bytes) {
    EventReader reader;
    const auto events = reader.add(bytes);
    EXPECT_TRUE(events.has_value());
    return events.value_or(Events{});
}

TEST(EventStream, IsReadAsWritten) {
    const ServerEvent event{"mandate_ended", R"({"reason":"stop"})"};
    EXPECT_EQ(event_text(event), "event: mandate_ended\ndata: {\"reason\":\"stop\"}\n\n");
    EXPECT_EQ(read(event_text(event)), Events{event});
    EXPECT_EQ(read(event_heartbeat), Events{});
    EXPECT_THROW(event_text({"a\nb", "c"}), Failure);
    EXPECT_THROW(event_text({"a", "b\rc"}), Failure);
}

// The examples of WHATWG HTML, section 9.2.6.
TEST(EventStream, ExamplesOfTheStandard) {
    EXPECT_EQ(read("data: YHOO\ndata: +2\ndata: 10\n\n"), (Events{{"message", "YHOO\n+2\n10"}}));
    EXPECT_EQ(
        read(": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  "
             "third event\n\n"),
        (Events{
            {"message", "first event"}, {"message", "second event"}, {"message", " third event"}}));
    EXPECT_EQ(read("data\n\ndata\ndata\n\ndata:"), (Events{{"message", ""}, {"message", "\n"}}));
    EXPECT_EQ(read("data:test\n\ndata: test\n\n"),
              (Events{{"message", "test"}, {"message", "test"}}));
    EXPECT_EQ(read("event: add\ndata: 73857293\n\nevent: remove\ndata: 2153\n\n"),
              (Events{{"add", "73857293"}, {"remove", "2153"}}));
}

TEST(EventStream, EveryEndOfALine) {
    for (const auto* text :
         {"event:a\ndata:b\n\n", "event:a\r\ndata:b\r\n\r\n", "event:a\rdata:b\r\r",
          "\xef\xbb\xbf"
          "event:a\ndata:b\n\n"}) {
        EXPECT_EQ(read(text), (Events{{"a", "b"}})) << text;
    }
    EXPECT_EQ(read("event:a\n\ndata:b\n\n"), (Events{{"message", "b"}})) << "no data, no event";
    EXPECT_EQ(read("Data:b\ndatas:c\nretry:5\n\n"), Events{});
    EXPECT_EQ(read("data:unfinished\n"), Events{});
}

TEST(EventStream, InAnyPieces) {
    const std::string text = "event: a\r\ndata: 1\r\n\r\n:\n\nevent: b\rdata: 2\r\rdata: 3\n\n";
    const auto whole = read(text);
    ASSERT_EQ(whole.size(), 3U);
    EventReader reader;
    Events pieces;
    for (const char c : text) {
        const auto some = reader.add({&c, 1});
        ASSERT_TRUE(some.has_value());
        pieces.insert(pieces.end(), some->begin(), some->end());
    }
    EXPECT_EQ(pieces, whole);
}

TEST(EventStream, Limits) {
    EventReader lines;
    EXPECT_TRUE(lines.add(std::string(EventReader::line_bytes_max, 'x')).has_value());
    EXPECT_FALSE(lines.add("x").has_value());
    EventReader data;
    const auto line = "data:" + std::string(16'000, 'x') + '\n';
    for (int i = 0; i < 4; ++i)
        EXPECT_TRUE(data.add(line).has_value());
    EXPECT_FALSE(data.add(line).has_value());
}

}  // namespace
}  // namespace mado::http
