#include <errno.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <set>
#include <thread>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/file.hpp"
#include "base/id.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "base/program.hpp"
#include "base/secret.hpp"
#include "base/temp_folder.hpp"

namespace mado {
namespace {

// ---- bytes

struct Vector {
    std::string_view plain;
    std::string_view base64;
    std::string_view url;
};

TEST(Bytes, Rfc4648Section10) {
    constexpr Vector vectors[] = {
        {"", "", ""},
        {"f", "Zg==", "Zg"},
        {"fo", "Zm8=", "Zm8"},
        {"foo", "Zm9v", "Zm9v"},
        {"foob", "Zm9vYg==", "Zm9vYg"},
        {"fooba", "Zm9vYmE=", "Zm9vYmE"},
        {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
        {"\xfb\xff\xfe", "+//+", "-__-"},
    };
    for (const auto& vector : vectors) {
        EXPECT_EQ(base64(as_bytes(vector.plain)), vector.base64);
        EXPECT_EQ(base64url(as_bytes(vector.plain)), vector.url);
        EXPECT_EQ(to_text(parse_base64(vector.base64).value()), vector.plain);
        EXPECT_EQ(to_text(parse_base64url(vector.url).value()), vector.plain);
    }
    EXPECT_EQ(hex(as_bytes("foobar")), "666f6f626172");
    EXPECT_EQ(to_text(parse_hex("666f6f626172").value()), "foobar");
}

TEST(Bytes, RefusesASecondTextForTheSameBytes) {
    for (const std::string_view text :
         {"Zg==", "Zh", "Zm9", "Z", "Zm9v\n", " Zm9v", "Zm 9v", "Zm+v", "Zm/v", "Zm9vZ",
          "Zm9v=", "\xe3\x81\x82", "Zm9vYmF"}) {
        EXPECT_FALSE(parse_base64url(text)) << text;
    }
    for (const std::string_view text :
         {"Zg", "Zg=", "Zh==", "Zm9=", "=", "==", "====", "Zm9v====", "Zg==Zg==", "Z===", "Zm-v",
          "Zm_v", "Zm9v\n", "A=AA", "Zm9vZg=g"}) {
        EXPECT_FALSE(parse_base64(text)) << text;
    }
    for (const std::string_view text : {"0", "0A", "0g", "0x00", " 0", "00 "}) {
        EXPECT_FALSE(parse_hex(text)) << text;
    }
}

TEST(Bytes, EveryByteComesBack) {
    Bytes all;
    for (unsigned i = 0; i < 256; ++i)
        all.push_back(static_cast<std::uint8_t>(i));
    for (std::size_t size = 0; size <= all.size(); ++size) {
        const ByteView part(all.data(), size);
        EXPECT_EQ(parse_base64url(base64url(part)).value(), to_bytes(part));
        EXPECT_EQ(parse_base64(base64(part)).value(), to_bytes(part));
        EXPECT_EQ(parse_hex(hex(part)).value(), to_bytes(part));
    }
}

TEST(Bytes, AppendsAndHashes) {
    Bytes bytes = to_bytes("a");
    append(bytes, "b");
    append(bytes, as_bytes("c"));
    append_u64(bytes, 0x0102030405060708);
    EXPECT_EQ(hex(bytes), "6162630102030405060708");
    const std::string text(43, 'A');
    EXPECT_EQ(parse_hash(text).value(), Hash{});
    EXPECT_FALSE(parse_hash(std::string(42, 'A')));
    EXPECT_FALSE(parse_hash(std::string(44, 'A')));
    EXPECT_FALSE(to_hash(Bytes(31)));
    EXPECT_FALSE(to_hash(Bytes(33)));
}

// ---- json

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

// ---- Members

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

// ---- clock

TEST(Clock, KnowsTheCalendar) {
    for (const std::string_view day : {"2026-11-22", "2024-02-29", "2000-02-29", "1868-01-01",
                                       "2999-12-31", "1986-04-30", "1989-01-07"}) {
        EXPECT_EQ(to_text(parse_date(day).value()), day);
    }
    for (const std::string_view day :
         {"2026-02-29", "1900-02-29", "2100-02-29", "2026-04-31", "2026-00-10",
          "2026-13-01", "2026-01-00", "2026-01-32", "1867-12-31", "3000-01-01",
          "0000-00-00", "2026-1-1",   "20260101",   "2026/01/01", "2026-01-01 ",
          " 2026-01-1", "+026-01-01", "2026-0a-01", "",           "２０２６"}) {
        EXPECT_FALSE(parse_date(day)) << day;
    }
}

TEST(Clock, WritesRfc3339) {
    EXPECT_EQ(to_rfc3339(0), "1970-01-01T00:00:00Z");
    EXPECT_EQ(to_rfc3339(-1), "1969-12-31T23:59:59Z");
    EXPECT_EQ(to_rfc3339(951'827'696), "2000-02-29T12:34:56Z");
    EXPECT_EQ(to_rfc3339(1'795'342'500), "2026-11-22T10:15:00Z");
    EXPECT_EQ(to_rfc3339(4'102'444'800), "2100-01-01T00:00:00Z");
    EXPECT_EQ(to_rfc3339(INT64_MAX), "9998-12-31T23:59:59Z");
    EXPECT_EQ(to_rfc3339(INT64_MIN), "0001-01-01T00:00:00Z");
}

TEST(Clock, TheDayDependsOnTheZone) {
    constexpr std::int32_t japan = 9 * 3600;
    constexpr UnixTime new_year_in_japan = 1'767'193'200;  // 2025-12-31T15:00:00Z
    EXPECT_EQ(to_text(date_at(new_year_in_japan, japan)), "2026-01-01");
    EXPECT_EQ(to_text(date_at(new_year_in_japan - 1, japan)), "2025-12-31");
    EXPECT_EQ(to_text(date_at(new_year_in_japan, 0)), "2025-12-31");
    EXPECT_EQ(to_text(date_at(0, -1)), "1969-12-31");
    EXPECT_EQ(static_cast<int>(date_at(INT64_MAX, japan).year()), 9999);
}

TEST(Clock, TimePasses) {
    EXPECT_GT(unix_now(), 1'700'000'000);
    const auto before = monotonic_us();
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    EXPECT_GE(monotonic_us() - before, 2000);
}

// ---- secret

TEST(Secret, MovesAndLeavesNothingBehind) {
    Secret first(as_bytes("1234"));
    Secret second(std::move(first));
    EXPECT_TRUE(first.empty());  // NOLINT: what a moved-from secret holds is what is tested
    EXPECT_TRUE(first.view().empty());
    EXPECT_EQ(as_text(second.view()), "1234");
    Secret third(as_bytes("x"));
    third = std::move(second);
    EXPECT_TRUE(second.empty());  // NOLINT
    EXPECT_EQ(as_text(third.view()), "1234");
    static_assert(!std::is_copy_constructible_v<Secret> && !std::is_copy_assignable_v<Secret>);
}

TEST(Secret, StartsAsZeros) {
    Secret secret(std::size_t{32});
    EXPECT_EQ(hex(secret.view()), std::string(64, '0'));
    secret.writable()[0] = 7;
    EXPECT_EQ(secret.view()[0], 7);
    EXPECT_TRUE(Secret().empty());
    EXPECT_TRUE(Secret(std::size_t{0}).empty());
}

TEST(Secret, WipesAlsoWhatALongerValueLeftBehind) {
    std::string text(100, 'k');
    const char* memory = text.data();
    text.resize(10);
    wipe(text);
    EXPECT_TRUE(text.empty());
    ASSERT_EQ(text.data(), memory);
    text.resize(text.capacity() - 1, 'n');  // makes the memory readable again
    EXPECT_EQ(text.find('k'), std::string::npos);
    Bytes bytes = to_bytes("1234");
    wipe(std::span(bytes));
    EXPECT_EQ(hex(bytes), "00000000");
    wipe(std::span<std::uint8_t>());
}

// ---- file

unsigned mode_of(const std::string& path) {
    struct stat status{};
    EXPECT_EQ(::stat(path.c_str(), &status), 0);
    return status.st_mode & 07777;
}

std::set<std::string> names_in(const std::string& folder) {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        names.insert(entry.path().filename());
    }
    return names;
}

TEST(File, ReplacesContentAndMode) {
    const TempFolder folder;
    const auto path = folder.path("state");
    EXPECT_EQ(read_file(path), std::nullopt);
    replace_file(path, as_bytes("one"), 0600);
    EXPECT_EQ(read_file(path), "one");
    EXPECT_EQ(mode_of(path), 0600U);
    replace_file(path, as_bytes(""), 0640);
    EXPECT_EQ(read_file(path), "");
    EXPECT_EQ(mode_of(path), 0640U);
    replace_file(path, Bytes(300'000, 'x'));
    EXPECT_EQ(read_file(path)->size(), 300'000U);
    EXPECT_EQ(mode_of(path), 0644U);
    EXPECT_EQ(names_in(folder.path("")), std::set<std::string>{"state"});
}

TEST(File, AReaderSeesTheOldOrTheNewContentOnly) {
    const TempFolder folder;
    const auto path = folder.path("state");
    replace_file(path, Bytes(50'000, 'a'));
    std::jthread writer([&path](const std::stop_token& stop) {
        for (char c = 'b'; !stop.stop_requested(); c = c == 'z' ? 'a' : static_cast<char>(c + 1)) {
            replace_file(path, Bytes(50'000, static_cast<std::uint8_t>(c)));
        }
    });
    for (int i = 0; i < 200; ++i) {
        const auto content = read_file(path);
        ASSERT_TRUE(content.has_value());
        ASSERT_EQ(content->size(), 50'000U);
        ASSERT_EQ(content->find_first_not_of(content->front()), std::string::npos);
    }
}

TEST(File, WhatAnEarlierAttemptLeftIsNotTakenOver) {
    const TempFolder folder;
    const auto path = folder.path("key");
    const auto victim = folder.path("victim");
    replace_file(victim, as_bytes("untouched"));
    ASSERT_EQ(::symlink(victim.c_str(), (path + ".new").c_str()), 0);
    replace_file(path, as_bytes("secret"), 0600);
    EXPECT_EQ(read_file(victim), "untouched");
    EXPECT_EQ(mode_of(path), 0600U);
}

TEST(File, AFailureLeavesTheOldContentAndNoHalfFile) {
    const TempFolder folder;
    std::filesystem::create_directory(folder.path("taken"));
    replace_file(folder.path("taken/inside"), as_bytes("old"));
    EXPECT_THROW(replace_file(folder.path("taken"), as_bytes("new")), Failure);
    EXPECT_EQ(names_in(folder.path("")), std::set<std::string>{"taken"});
    EXPECT_EQ(read_file(folder.path("taken/inside")), "old");
    EXPECT_THROW(replace_file(folder.path("absent/file"), as_bytes("new")), Failure);
    EXPECT_THROW(read_file(folder.path("taken")), Failure);
}

// Whoever runs the program reads what to mend; anything else is a fault of ours.
TEST(File, WhatSomebodyCanMendIsAnOperatorsError) {
    const TempFolder folder;
    std::filesystem::create_directory(folder.path("taken"));
    replace_file(folder.path("file"), as_bytes("x"));
    const auto status_of = [](const std::function<void()>& act) {
        std::string name = "test";
        char* words[] = {name.data(), nullptr};
        return run_program(name, 1, words, [&act](const Words&) {
            act();
            return 0;
        });
    };
    const auto write = [](const std::string& path) { replace_file(path, as_bytes("new")); };
    EXPECT_EQ(status_of([&folder] { read_file(folder.path("taken")); }), status_operator);
    EXPECT_EQ(status_of([&folder] { read_file(folder.path("file"), 0); }), status_operator);
    EXPECT_EQ(status_of([&] { write(folder.path("taken")); }), status_operator);
    EXPECT_EQ(status_of([&] { write(folder.path("absent/file")); }), status_operator);
    EXPECT_EQ(status_of([&] { write(folder.path("file/inside")); }), status_operator);
    EXPECT_EQ(status_of([&] { std::filesystem::create_directories(folder.path("file/inside")); }),
              status_operator);
    EXPECT_EQ(status_of([] { throw Failure("broken"); }), status_fault);
    EXPECT_EQ(status_of([] { throw std::runtime_error("broken"); }), status_fault);
    EXPECT_EQ(status_of([] {}), 0);
}

TEST(File, HasALimit) {
    const TempFolder folder;
    const auto path = folder.path("large");
    replace_file(path, Bytes(11, 'x'));
    EXPECT_EQ(read_file(path, 11)->size(), 11U);
    EXPECT_THROW(read_file(path, 10), Failure);
}

TEST(File, AppendsLines) {
    const TempFolder folder;
    const auto path = folder.path("rows");
    append_line(path, "one");
    EXPECT_EQ(mode_of(path), 0600U);
    append_line(path, "");
    append_line(path, "three");
    EXPECT_EQ(read_file(path), "one\n\nthree\n");
    EXPECT_THROW(append_line(folder.path("absent/rows"), "one"), Failure);
}

TEST(File, ALineThatWasCutShortSpoilsNoOther) {
    const TempFolder folder;
    const auto path = folder.path("rows");
    replace_file(path, as_bytes("one\ntw"));
    append_line(path, "three");
    append_line(path, "four");
    EXPECT_EQ(read_file(path), "one\ntw\nthree\nfour\n");
}

// While it lives no file grows beyond `bytes`: a write comes to an end in the middle.
class FullDisk {
  public:
    explicit FullDisk(rlim_t bytes) {
        if (::getrlimit(RLIMIT_FSIZE, &before_) != 0) throw Failure("no limit");
        const struct rlimit full{.rlim_cur = bytes, .rlim_max = before_.rlim_max};
        if (::setrlimit(RLIMIT_FSIZE, &full) != 0) throw Failure("no limit");
        signal_before_ = ::signal(SIGXFSZ, SIG_IGN);
    }
    ~FullDisk() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        ::signal(SIGXFSZ, signal_before_);
    }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;

  private:
    struct rlimit before_{};
    sighandler_t signal_before_ = nullptr;
};

TEST(File, ALineThatDoesNotFitLeavesNothing) {
    const TempFolder folder;
    const auto path = folder.path("rows");
    append_line(path, "one");
    {
        const FullDisk disk(6);
        EXPECT_THROW(append_line(path, "two"), Failure);
        EXPECT_THROW(append_line(folder.path("new"), "seven77"), Failure);
    }
    EXPECT_EQ(read_file(path), "one\n");
    EXPECT_EQ(read_file(folder.path("new")), "");
    append_line(path, "two");
    EXPECT_EQ(read_file(path), "one\ntwo\n");
}

TEST(File, SeveralMayAppend) {
    const TempFolder folder;
    const auto path = folder.path("rows");
    const std::string line(5'000, 'x');
    {
        std::vector<std::jthread> writers;
        for (int i = 0; i < 4; ++i) {
            writers.emplace_back([&path, &line] {
                for (int n = 0; n < 10; ++n)
                    append_line(path, line);
            });
        }
    }
    std::string expected;
    for (int i = 0; i < 40; ++i)
        expected += line + "\n";
    EXPECT_EQ(read_file(path), expected);
}

std::string operator_message(const std::function<void()>& act) {
    try {
        act();
    } catch (const OperatorError& error) {
        return error.what();
    }
    return "";
}

TEST(File, ASecretFileMustBeClosedToOthers) {
    const TempFolder folder;
    const auto path = folder.path("key.pem");
    const auto message = [&path] { return operator_message([&path] { read_secret_file(path); }); };
    EXPECT_NE(message().find("cannot open the key file " + path), std::string::npos);
    for (const unsigned mode : {0640U, 0604U, 0644U, 0620U, 0601U}) {
        replace_file(path, as_bytes("key"), mode);
        EXPECT_NE(message().find("chmod 600 " + path), std::string::npos) << mode;
    }
    for (const unsigned mode : {0600U, 0400U}) {
        replace_file(path, as_bytes("key"), mode);
        EXPECT_EQ(as_text(read_secret_file(path).view()), "key");
    }
    if (::geteuid() == 0) {  // only root can give a file away
        ASSERT_EQ(::chown(path.c_str(), 65534, 65534), 0);
        EXPECT_NE(message().find("belongs to another user"), std::string::npos);
    }
    replace_file(path, Bytes(64 * 1024 + 1, 'x'), 0600);
    EXPECT_NE(message().find("too large"), std::string::npos);
    std::filesystem::remove(path);
    std::filesystem::create_directory(path);
    EXPECT_NE(message().find("is not a file"), std::string::npos);
}

TEST(File, ALockIsHeldByOne) {
    const TempFolder folder;
    const auto path = folder.path("lock");
    const auto again = [&path] { FileLock second(path, "the state folder"); };
    {
        const FileLock first(path, "the state folder");
        const auto message = operator_message(again);
        EXPECT_EQ(message.find("the state folder is in use by another process"), 0U) << message;
    }
    EXPECT_EQ(operator_message(again), "");
    {
        auto first = std::make_unique<FileLock>(path, "the state folder");
        const LockOptions patient{.refusal = "taken", .wait_ms = 10'000};
        std::jthread other([&first] {
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
            first.reset();
        });
        EXPECT_EQ(operator_message([&] { const FileLock second(path, patient); }), "");
    }
    const FileLock held(path, "the state folder");
    const LockOptions hasty{.refusal = "taken", .wait_ms = 30};
    EXPECT_EQ(operator_message([&] { const FileLock second(path, hasty); }), "taken");
    EXPECT_EQ(mode_of(path), 0600U);
    EXPECT_THROW(FileLock(folder.path("absent/lock"), "x"), Failure);
}

// ---- log

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

// ---- id

struct EvenTag {
    static Parsed<void> check(std::string_view text) {
        if (text.size() % 2 != 0) return bad("odd");
        return {};
    }
};
struct OtherTag : EvenTag {};

template <class A, class B>
concept Comparable = requires(const A& a, const B& b) { a == b; };

TEST(Id, IsMadeByParseOnly) {
    using Even = Id<EvenTag>;
    EXPECT_EQ(Even::parse("ab")->text(), "ab");
    EXPECT_STREQ(Even::parse("abc").error().why, "odd");
    EXPECT_EQ(*Even::parse("ab"), *Even::parse("ab"));
    EXPECT_LT(*Even::parse("ab"), *Even::parse("cd"));
    static_assert(!std::is_constructible_v<Even, std::string>);
    static_assert(!std::is_convertible_v<Even, std::string>);
    static_assert(Comparable<Even, Even> && !Comparable<Even, Id<OtherTag>>);
}

}  // namespace
}  // namespace mado
