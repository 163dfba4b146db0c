#include "base/log.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <functional>

#include "base/json.hpp"

namespace mado {
namespace {

json::object object_of(std::string_view text) {
    return parse_json_object(text).value();
}

// What `write` puts on the log, one text per line.
std::vector<std::string> lines_of(const std::function<void(const Log&)>& write) {
    int ends[2];
    if (::pipe(ends) != 0) throw Failure("no pipe");
    write(Log("relay", ends[1]));
    ::close(ends[1]);
    std::string text(65536, '\0');
    const auto size = ::read(ends[0], text.data(), text.size());
    ::close(ends[0]);
    text.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
    std::vector<std::string> lines;
    while (!text.empty()) {
        const auto end = text.find('\n');
        EXPECT_NE(end, std::string::npos) << "a line without its end";
        lines.push_back(text.substr(0, end));
        text.erase(0, end == std::string::npos ? text.size() : end + 1);
    }
    return lines;
}

TEST(Log, ALineIsOneJsonObject) {
    const auto lines = lines_of([](const Log& log) {
        log.info("started", {{"port", std::int64_t{8443}}, {"organisation", "窓\n\"口\""}});
        log.warning("slow");
        log.error("broken", {{"why", std::string_view("\xff\x00\x1f ok \xe3\x81", 9)}});
    });
    ASSERT_EQ(lines.size(), 3U);
    const auto first = object_of(lines[0]);
    EXPECT_EQ(first.at("severity"), "info");
    EXPECT_EQ(first.at("program"), "relay");
    EXPECT_EQ(first.at("event"), "started");
    EXPECT_EQ(first.at("port"), 8443);
    EXPECT_EQ(first.at("organisation"), "窓\n\"口\"");
    EXPECT_EQ(first.at("time").as_string().size(), 20U);
    EXPECT_EQ(object_of(lines[1]).at("severity"), "warning");
    const auto last = object_of(lines[2]);
    EXPECT_EQ(last.at("severity"), "error");
    EXPECT_EQ(last.at("why").as_string(), std::string_view("?\x00\x1f ok ??", 9));
}

TEST(Log, ALongTextIsCutBetweenCharacters) {
    std::string text;
    for (int i = 0; i < 1000; ++i)
        text += "窓";
    const auto lines = lines_of([&text](const Log& log) { log.info("long", {{"text", text}}); });
    ASSERT_EQ(lines.size(), 1U);
    const auto object = object_of(lines[0]);
    const std::string_view logged = object.at("text").as_string();
    EXPECT_LE(logged.size(), 503U);
    EXPECT_GE(logged.size(), 490U);
    EXPECT_TRUE(logged.ends_with("窓…"));
}

TEST(Log, KeepsEveryKindOfUtf8AndNothingElse) {
    const auto logged = [](std::string_view text) {
        const auto lines = lines_of([text](const Log& log) { log.info("x", {{"t", text}}); });
        return std::string(object_of(lines.at(0)).at("t").as_string());
    };
    for (const std::string_view text : {"a", "é", "あ", "𠮷", "\xef\xbf\xbf", "\xf4\x8f\xbf\xbf"}) {
        EXPECT_EQ(logged(text), text);
    }
    for (const std::string_view text :
         {"\xc1\x81", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80",
          "\xf5\x80\x80\x80", "\x80", "\xe3\x81"}) {
        EXPECT_EQ(logged(text), std::string(text.size(), '?'));
    }
}

TEST(Log, AClosedLogDoesNotStopTheService) {
    const Log log("relay", -1);
    log.info("unheard");
}

}  // namespace
}  // namespace mado
