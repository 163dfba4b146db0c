#include "base/config.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "base/file.hpp"
#include "base/result.hpp"
#include "base/temp_folder.hpp"

namespace mado {
namespace {

class ConfigTest : public testing::Test {
  protected:
    Config load(std::string_view toml) {
        replace_file(path_, as_bytes(toml));
        return Config::load(path_);
    }
    // The operator's message without the path; "" when nothing was refused.
    std::string refusal(const std::function<void()>& act) {
        try {
            act();
        } catch (const OperatorError& error) {
            const std::string text = error.what();
            EXPECT_EQ(text.find(path_), 0U) << text;
            return text.substr(std::min(path_.size(), text.size()));
        }
        return "";
    }

    TempFolder folder_;
    std::string path_ = folder_.path("relay.toml");
};

TEST_F(ConfigTest, ReadsEveryType) {
    auto in = load(
        "name = '髙﨑 健康保険組合'\n"
        "port = 8443\n"
        "quiet = true\n"
        "relays = ['a:1', 'b:2']\n"
        "none = []\n");
    EXPECT_EQ(in.text("name"), "髙﨑 健康保険組合");
    EXPECT_EQ(in.text_or("other", "fallback"), "fallback");
    EXPECT_EQ(in.optional_text("other"), std::nullopt);
    EXPECT_EQ(in.integer("port", 0, 65535), 8443);
    EXPECT_EQ(in.integer_or("threads", 2, 1, 64), 2);
    EXPECT_TRUE(in.boolean_or("quiet", false));
    EXPECT_FALSE(in.boolean_or("loud", false));
    EXPECT_EQ(in.texts("relays"), (std::vector<std::string>{"a:1", "b:2"}));
    EXPECT_TRUE(in.texts("none").empty());
    EXPECT_EQ(in.where(), path_);
    EXPECT_EQ(in.keys(), (std::vector<std::string>{"name", "none", "port", "quiet", "relays"}));
    in.finish();
}

TEST_F(ConfigTest, NamesUnknownKeysAtEveryLevel) {
    auto in = load("known = 1\nunkown = 2\n");
    in.integer("known", 0, 9);
    EXPECT_EQ(refusal([&] { in.finish(); }), ": unkown is not a key that is known here");

    auto outer = load(
        "[holder]\nid = 'x'\n[[holder.service]]\nname = 'a'\n[[holder.service]]\nnmae = 'b'\n");
    auto holder = outer.table("holder");
    EXPECT_EQ(holder.text("id"), "x");
    auto services = holder.tables("service");
    ASSERT_EQ(services.size(), 2U);
    EXPECT_EQ(services[0].text("name"), "a");
    EXPECT_EQ(services[0].where(), path_ + ", [holder], [[service]] number 1");
    EXPECT_EQ(refusal([&] { outer.finish(); }),
              ", [holder], [[service]] number 2: nmae is not a key that is known here");
}

TEST_F(ConfigTest, ATableThatNobodyTookIsAnUnknownKey) {
    auto in = load("[holder]\nid = 'x'\n");
    EXPECT_EQ(refusal([&] { in.finish(); }), ": holder is not a key that is known here");
}

TEST_F(ConfigTest, RefusesWrongTypes) {
    auto in = load("number = 1\ntext = 'x'\nmixed = ['a', 1]\nfraction = 1.5\ntable = {}\n");
    EXPECT_EQ(refusal([&] { in.text("number"); }), ": number must be a text in quotes");
    EXPECT_EQ(refusal([&] { in.optional_text("number"); }), ": number must be a text in quotes");
    EXPECT_EQ(refusal([&] { in.text_or("number", ""); }), ": number must be a text in quotes");
    EXPECT_EQ(refusal([&] { in.integer("text", 0, 1); }), ": text must be a whole number");
    EXPECT_EQ(refusal([&] { in.integer("fraction", 0, 9); }), ": fraction must be a whole number");
    EXPECT_EQ(refusal([&] { in.boolean_or("number", true); }), ": number must be true or false");
    EXPECT_EQ(refusal([&] { in.texts("mixed"); }), ": mixed must be a list of texts");
    EXPECT_EQ(refusal([&] { in.texts("text"); }), ": text must be a list of texts");
    EXPECT_EQ(refusal([&] { in.table("text"); }), ": text must be a table");
    EXPECT_EQ(refusal([&] { in.tables("table"); }), ": table must be a list of tables, [[…]]");
    EXPECT_EQ(refusal([&] { in.tables("mixed"); }), ": mixed must be a list of tables, [[…]]");
}

TEST_F(ConfigTest, RefusesWhatIsMissing) {
    auto in = load("");
    EXPECT_EQ(refusal([&] { in.text("id"); }), ": id is missing");
    EXPECT_EQ(refusal([&] { in.integer("port", 0, 1); }), ": port is missing");
    EXPECT_EQ(refusal([&] { in.texts("relays"); }), ": relays is missing");
    EXPECT_EQ(refusal([&] { in.table("holder"); }), ": holder is missing: a table is needed");
    EXPECT_FALSE(in.optional_table("holder").has_value());
    EXPECT_TRUE(in.tables("service").empty());
    EXPECT_FALSE(in.has("id"));
}

TEST_F(ConfigTest, RefusesNumbersOutOfRange) {
    auto in = load("low = -1\nhigh = 65536\nedge = 65535\nthreads = 0\n");
    EXPECT_EQ(refusal([&] { in.integer("low", 0, 65535); }), ": low must be between 0 and 65535");
    EXPECT_EQ(refusal([&] { in.integer("high", 0, 65535); }), ": high must be between 0 and 65535");
    EXPECT_EQ(in.integer("edge", 0, 65535), 65535);
    EXPECT_EQ(refusal([&] { in.integer_or("threads", 2, 1, 64); }),
              ": threads must be between 1 and 64");
    auto odd = load(
        "huge = 99999999999999999999\ntiny = -9_223_372_036_854_775_809\nhex = 0x10\n"
        "least = -9_223_372_036_854_775_808 # in words\n  most = +9223372036854775807\n"
        "[t]\nn = { a = 12, b = 99999999999999999999 }\n");
    for (const auto* key : {"huge", "tiny", "hex"}) {
        EXPECT_NE(refusal([&] { odd.integer(key, INT64_MIN, INT64_MAX); }), "") << key;
    }
    EXPECT_EQ(odd.integer("least", INT64_MIN, INT64_MAX), INT64_MIN);
    EXPECT_EQ(odd.integer("most", INT64_MIN, INT64_MAX), INT64_MAX);
    auto inside = odd.table("t").table("n");
    EXPECT_EQ(inside.integer("a", 0, 99), 12);
    EXPECT_NE(refusal([&] { inside.integer("b", 0, INT64_MAX); }), "");
}

TEST_F(ConfigTest, TheCallersMessageNamesFileTableAndKey) {
    auto in = load("[holder]\nid = '0699'\n");
    const auto holder = in.table("holder");
    EXPECT_EQ(refusal([&] { holder.refuse("id", "is no insurer number"); }),
              ", [holder]: id is no insurer number");
}

TEST_F(ConfigTest, SaysWhereTheSyntaxIsWrong) {
    const auto text = refusal([&] { load("good = 1\n\nbad =\n"); });
    EXPECT_EQ(text.find(", line 3: not valid TOML ("), 0U) << text;
    EXPECT_EQ(text.find('\n'), std::string::npos) << text;
    EXPECT_NE(refusal([&] { load("twice = 1\ntwice = 2\n"); }), "");
    EXPECT_NE(refusal([&] { load("text = \"\xff\xfe\"\n"); }), "");
    EXPECT_NE(refusal([&] { load("text = 'open\n"); }), "");
}

TEST_F(ConfigTest, RefusesWhatItsParserCannotBear) {
    EXPECT_EQ(refusal([this] { load("a = 'X\x91'"); }), ": not valid TOML (it is not UTF-8)");
    const std::string deep = ": is nested too deeply";
    EXPECT_EQ(refusal([this] { load("a = " + std::string(60'000, '[')); }), deep);
    // Brackets of comments and texts close nothing.
    const std::string closed = "# ]]]]\n \"]]\\\"]\", ']]', '''\n]]''', ";
    EXPECT_EQ(refusal([this, closed] { load("a = [[[[[[ " + closed + "[[["); }), deep);
    // Nor do they open anything.
    std::string wide = "a = [";
    for (int i = 0; i < 100; ++i)
        wide += "'[', \"{\\\"[\", ";
    EXPECT_EQ(load(wide + "'']").texts("a").size(), 201U);
}

TEST_F(ConfigTest, SaysWhenTheFileCannotBeRead) {
    const auto message = [](const std::string& path) -> std::string {
        try {
            Config::load(path);
        } catch (const OperatorError& error) {
            return error.what();
        }
        return "";
    };
    const auto absent = folder_.path("absent.toml");
    EXPECT_EQ(message(absent), "there is no configuration file " + absent);
    EXPECT_NE(message(folder_.path("")).find("cannot be read"), std::string::npos);
    replace_file(path_, Bytes(1024 * 1024 + 1, '#'));
    EXPECT_NE(message(path_).find("too large"), std::string::npos);
}

TEST_F(ConfigTest, AMovedTableIsStillFinishedByItsParent) {
    auto in = load("[a]\nx = 1\n");
    {
        auto first = in.table("a");
        auto second = std::move(first);
        EXPECT_EQ(second.integer("x", 0, 1), 1);
    }
    in.finish();
}

}  // namespace
}  // namespace mado
