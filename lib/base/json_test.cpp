#include "base/json.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace mado {
namespace {

std::string why(const Parsed<json::value>& parsed) {
    return parsed ? "" : parsed.error().why;
}

TEST(Json, RefusesAMemberThatComesTwice) {
    constexpr auto twice = "JSON has a member twice";
    EXPECT_EQ(why(parse_json(R"({"a":1,"a":1})")), twice);
    EXPECT_EQ(why(parse_json(R"({"a":1,"b":[{"c":{"x":1,"y":2,"x":3}}]})")), twice);
    EXPECT_EQ(why(parse_json(R"({"a":1,"\u0061":2})")), twice);
    EXPECT_EQ(why(parse_json(R"({"":1,"":2})")), twice);
    EXPECT_EQ(why(parse_json(R"({"a":{"a":1},"A":2,"b":{"a":1}})")), "");
    std::string many = "{";
    for (int i = 0; i < 100; ++i)
        many += "\"k" + std::to_string(i) + "\":0,";
    EXPECT_EQ(why(parse_json(many + "\"k100\":0}")), "");
    EXPECT_EQ(why(parse_json(many + "\"k50\":0}")), twice);
}

TEST(Json, StopsAtItsLimits) {
    const JsonLimits limits{.text_bytes_max = 40, .depth_max = 3, .values_max = 5};
    EXPECT_EQ(why(parse_json("[[[1]]]", limits)), "");
    EXPECT_EQ(why(parse_json("[[[[]]]]", limits)), "JSON is nested too deeply");
    EXPECT_EQ(why(parse_json(R"({"a":{"a":{"a":{}}}})", limits)), "JSON is nested too deeply");
    EXPECT_EQ(why(parse_json("[1,2,3,4]", limits)), "");
    EXPECT_EQ(why(parse_json("[1,2,3,4,5]", limits)), "JSON has too many values");
    EXPECT_EQ(why(parse_json(R"({"a":1,"b":[],"c":{},"d":"","e":null})", limits)),
              "JSON has too many values");
    EXPECT_EQ(why(parse_json("\"" + std::string(38, 'x') + "\"", limits)), "");
    EXPECT_EQ(why(parse_json("\"" + std::string(39, 'x') + "\"", limits)),
              "JSON text is too large");
    // Far beyond any stack.
    EXPECT_EQ(why(parse_json(std::string(60'000, '['))), "JSON is nested too deeply");
}

TEST(Json, NumbersAreSigned64BitIntegers) {
    EXPECT_EQ(parse_json("9223372036854775807")->as_int64(), INT64_MAX);
    EXPECT_EQ(parse_json("-9223372036854775808")->as_int64(), INT64_MIN);
    for (const std::string_view text :
         {"9223372036854775808", "18446744073709551615", "18446744073709551616",
          "-9223372036854775809", "1.0", "1.5", "1e2", "1E2", "-0.0", "1e400"}) {
        EXPECT_EQ(why(parse_json(text)), "JSON number is not a 64-bit integer") << text;
    }
    for (const std::string_view text :
         {"01", "+1", "0x1", "1.", ".5", "-", "NaN", "Infinity", "1e"}) {
        EXPECT_FALSE(parse_json(text)) << text;
    }
}

TEST(Json, RefusesWhatRfc8259DoesNotAllow) {
    for (const std::string_view text : {"",
                                        " ",
                                        "{} {}",
                                        "{}x",
                                        "[1,]",
                                        "{\"a\":1,}",
                                        "{'a':1}",
                                        "{a:1}",
                                        "[1 2]",
                                        "\"open",
                                        "// c\n{}",
                                        "/* c */{}",
                                        "{\"a\" 1}",
                                        "\"\t\"",
                                        "\"a\nb\"",
                                        "\"\\x\"",
                                        "\"\\u12\"",
                                        "tru",
                                        "\xef\xbb\xbf{}",
                                        "[1]\x0c",
                                        "\"\x7f\xff\""}) {
        EXPECT_EQ(why(parse_json(text)), "not valid JSON") << text;
    }
    EXPECT_FALSE(parse_json(std::string_view("{}\0", 3)));
    EXPECT_FALSE(parse_json(std::string_view("\"a\0b\"", 5)));
}

TEST(Json, RefusesInvalidUtf8AndLoneSurrogates) {
    for (const std::string_view text :
         {"\"\xff\"", "\"\xc0\xaf\"", "\"\xe3\x81\"", "\"\xed\xa0\x80\"", "\"\xf4\x90\x80\x80\"",
          "\"\xf0\x80\x80\x80\"", "\"\x80\"", "{\"\xff\":1}", R"("\ud800")", R"("\ud800x")",
          R"("\udc00")", R"("\ud800\ud800")", R"("\ud83d\u0041")", R"({"\ud800":1})"}) {
        EXPECT_EQ(why(parse_json(text)), "not valid JSON") << text;
    }
    EXPECT_EQ(parse_json(R"("\ud842\udfb7")")->as_string(), "𠮷");
    EXPECT_EQ(parse_json("\"髙﨑\"")->as_string(), "髙﨑");
}

TEST(Json, AnObjectIsAskedFor) {
    EXPECT_TRUE(parse_json_object(" {} \n"));
    for (const std::string_view text : {"[]", "1", "null", "\"{}\""}) {
        EXPECT_FALSE(parse_json_object(text)) << text;
    }
}

json::object object_of(std::string_view text) {
    return parse_json_object(text).value();
}

TEST(Members, ReadsEveryType) {
    const auto object = object_of(
        R"({"text":"窓","number":-5,"yes":true,"bytes":"Zm9v","list":["a","b"],"object":{"x":1},)"
        R"("any":null,"date":"2026-11-22","hash":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})");
    Members in(object);
    EXPECT_TRUE(in.has("text"));
    EXPECT_FALSE(in.has("absent"));
    EXPECT_EQ(in.text("text"), "窓");
    EXPECT_EQ(in.integer("number", -10, 10), -5);
    EXPECT_TRUE(in.boolean("yes"));
    EXPECT_EQ(to_text(in.base64url_bytes("bytes", 3)), "foo");
    EXPECT_EQ(in.texts("list", 2), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(in.object("object").size(), 1U);
    EXPECT_TRUE(in.any("any")->is_null());
    EXPECT_EQ(to_text(in.optional_date("date").value()), "2026-11-22");
    EXPECT_EQ(in.hash("hash"), Hash{});
    EXPECT_EQ(in.optional_text("absent"), std::nullopt);
    EXPECT_EQ(in.optional_integer("absent"), std::nullopt);
    EXPECT_EQ(in.optional_boolean("absent"), std::nullopt);
    EXPECT_EQ(in.optional_hash("absent"), std::nullopt);
    EXPECT_EQ(in.optional_date("absent"), std::nullopt);
    EXPECT_EQ(in.optional_object("absent"), nullptr);
    EXPECT_EQ(in.any("absent"), nullptr);
    EXPECT_TRUE(in.finish());
}

TEST(Members, WhatWasNotTakenIsUnknown) {
    const auto object = object_of(R"({"a":1,"b":2,"c":3})");
    Members in(object);
    in.integer("a");
    in.integer("c");
    EXPECT_TRUE(in.has("b"));
    EXPECT_TRUE(in.good());
    EXPECT_STREQ(in.finish().error().why, "unknown member");
    in.integer("b");
    EXPECT_TRUE(in.finish());
}

TEST(Json, ATextMayBeMissing) {
    const auto object = object_of(R"({"a":"窓","b":1,"c":["x"],"d":null,"e":""})");
    EXPECT_EQ(text_at(object, "a"), "窓");
    for (const auto name : {"b", "c", "d", "e", "f", ""})
        EXPECT_EQ(text_at(object, name), "") << name;
}

// What `read` makes of one member "m" that has this value.
template <class Read>
std::string refusal(std::string_view value, Read read) {
    const auto object = object_of("{\"m\":" + std::string(value) + "}");
    Members in(object);
    read(in);
    const auto finished = in.finish();
    return finished ? "" : finished.error().why;
}

TEST(Members, RefusesOtherTypesAndSizes) {
    const auto text = [](Members& in) { in.text("m", 3); };
    EXPECT_EQ(refusal("\"abc\"", text), "");
    for (const auto value : {"\"abcd\"", "\"あい\"", "1", "null", "{}", "[]", "true"}) {
        EXPECT_NE(refusal(value, text), "") << value;
    }
    const auto number = [](Members& in) { in.integer("m", 0, 9); };
    EXPECT_EQ(refusal("9", number), "");
    for (const auto value : {"10", "-1", "\"1\"", "null", "true", "[1]"}) {
        EXPECT_NE(refusal(value, number), "") << value;
    }
    const auto boolean = [](Members& in) { in.boolean("m"); };
    for (const auto value : {"1", "\"true\"", "null"})
        EXPECT_NE(refusal(value, boolean), "");
    const auto bytes = [](Members& in) { in.base64url_bytes("m", 3); };
    EXPECT_EQ(refusal("\"Zm9v\"", bytes), "");
    for (const auto value : {"\"Zm9vYg\"", "\"Zg==\"", "1"})
        EXPECT_NE(refusal(value, bytes), "");
    const auto texts = [](Members& in) { in.texts("m", 2, 1); };
    EXPECT_EQ(refusal(R"(["a","b"])", texts), "");
    for (const auto value : {R"(["a","b","c"])", R"(["ab"])", R"([1])", R"("a")"}) {
        EXPECT_NE(refusal(value, texts), "") << value;
    }
    const auto object = [](Members& in) { in.object("m"); };
    for (const auto value : {"[]", "null", "1"})
        EXPECT_NE(refusal(value, object), "");
    const auto optional_object = [](Members& in) { in.optional_object("m"); };
    for (const auto value : {"[]", "null", "1"})
        EXPECT_NE(refusal(value, optional_object), "");
    const auto date = [](Members& in) { in.optional_date("m"); };
    for (const auto value : {"\"2026-02-29\"", "\"\"", "null"})
        EXPECT_NE(refusal(value, date), "");
    const auto hash = [](Members& in) { in.optional_hash("m"); };
    for (const auto value : {"\"AA\"", "\"\"", "null"})
        EXPECT_NE(refusal(value, hash), "");
}

TEST(Members, RemembersTheFirstThingThatIsWrong) {
    const auto object = object_of(R"({"a":1})");
    Members in(object);
    EXPECT_EQ(in.text("a"), "");
    EXPECT_EQ(in.integer("b", 7, 9), 7);
    EXPECT_TRUE(in.object("c").empty());
    EXPECT_TRUE(in.array("d", 9).empty());
    EXPECT_FALSE(in.boolean("e"));
    EXPECT_EQ(in.hash("f"), Hash{});
    EXPECT_FALSE(in.good());
    in.refuse("later");
    EXPECT_STREQ(in.finish().error().why, "a member is not a text of the allowed length");
    for (const auto take : {+[](Members& m) { m.text("x"); }, +[](Members& m) { m.integer("x"); },
                            +[](Members& m) { m.boolean("x"); }, +[](Members& m) { m.object("x"); },
                            +[](Members& m) { m.texts("x", 1); }, +[](Members& m) { m.hash("x"); },
                            +[](Members& m) { m.base64url_bytes("x", 1); }}) {
        const json::object empty;
        Members none(empty);
        take(none);
        EXPECT_STREQ(none.finish().error().why, "a required member is missing");
    }
}

}  // namespace
}  // namespace mado
