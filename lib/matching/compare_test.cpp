#include "matching/compare.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/file.hpp"

namespace mado::matching {
namespace {

// A compiler cache may have made __FILE__ relative; the tests then run inside the checkout.
std::string country_file(const std::string& name) {
    namespace fs = std::filesystem;
    for (auto folder : {fs::path(__FILE__).parent_path(), fs::current_path()}) {
        for (; !folder.empty() && folder != folder.root_path(); folder = folder.parent_path()) {
            if (auto text = read_file((folder / "country/jp" / name).string())) return *text;
        }
    }
    ADD_FAILURE() << "there is no country/jp/" << name;
    return {};
}

const Tables& japan() {
    static const auto tables = must(Tables::parse(country_file("writing.json")), "writing.json");
    return tables;
}

constexpr auto less = AddressRule::may_say_less;

std::string rules_text(const std::vector<Rule>& rules) {
    std::string out;
    for (const auto rule : rules)
        out += (out.empty() ? "" : " ") + std::string(to_text(rule));
    return out;
}

// "variant: itaiji ivs"; the same with the texts exchanged.
std::string found(Attribute attribute, std::string_view a, std::string_view b) {
    const auto one = compare_texts(attribute, a, b, japan(), less);
    const auto other = compare_texts(attribute, b, a, japan(), less);
    EXPECT_EQ(one.verdict, other.verdict) << a << " " << b;
    EXPECT_EQ(one.rules, other.rules) << a << " " << b;
    const auto rules = rules_text(one.rules);
    return std::string(to_text(one.verdict)) + (rules.empty() ? "" : ": " + rules);
}

std::string names(std::string_view a, std::string_view b) {
    return found(Attribute::name, a, b);
}
std::string readings(std::string_view a, std::string_view b) {
    return found(Attribute::kana, a, b);
}
std::string addresses(std::string_view a, std::string_view b) {
    return found(Attribute::address, a, b);
}

TEST(Matching, PresentationOfNames) {
    EXPECT_EQ(names("山田 太郎", "山田 太郎"), "same");
    EXPECT_EQ(names("山田　太郎", "山田 太郎"), "same: space");
    EXPECT_EQ(names("山田太郎", "山田 太郎"), "same: space");
    EXPECT_EQ(names("ＮＧＵＹＥＮ ＬＡＮ", "NGUYEN LAN"), "same: width");
    EXPECT_EQ(names("Nguyen Lan", "NGUYEN LAN"), "same: letter-case");
    EXPECT_EQ(names("Jose\u0301", "José"), "same: composition");
    EXPECT_EQ(names("か\u3099く", "がく"), "same: composition");
}

TEST(Matching, OtherWritingsAreForAClerk) {
    EXPECT_EQ(names("髙橋 花子", "高橋 花子"), "variant: itaiji");
    EXPECT_EQ(names("山﨑 花子", "山崎 花子"), "variant: itaiji");
    EXPECT_EQ(names("葛\U000E0100城 了", "葛城 了"), "variant: ivs");
    EXPECT_EQ(names("葛\U000E0100城 了", "葛\U000E0101城 了"), "variant: ivs");
    EXPECT_EQ(names("𠮷野 継男", "吉野 継男"), "variant: itaiji");
    EXPECT_EQ(names("渡邊 一", "渡邉 一"), "variant: itaiji");
    EXPECT_EQ(names("渡邊 一", "渡辺 一"), "variant: itaiji");
    EXPECT_EQ(names("齋藤 一", "斎藤 一"), "variant: itaiji");
    EXPECT_EQ(names("佐々木", "佐佐木"), "variant: iteration-mark");
    EXPECT_EQ(names("茅ヶ崎 ゆり", "茅が崎 ゆり"), "variant: ga");
    EXPECT_EQ(names("川田 さくら", "川田 サクラ"), "variant: hiragana-katakana");
    EXPECT_EQ(names("二ノ宮 香", "ニノ宮 香"), "variant: look-alike");
    EXPECT_EQ(names("中 山太郎", "中山 太郎"), "variant: division");
    EXPECT_EQ(names("髙橋 葛\U000E0100", "高橋 葛"), "variant: ivs itaiji");
}

// 斉 and 斎 are two characters: never the same, whatever is done to them.
TEST(Matching, CharactersThatAreTakenForEachOtherAreNotTheSame) {
    EXPECT_EQ(names("斉藤 一", "斎藤 一"), "variant: mistaken");
    EXPECT_EQ(names("齊藤 一", "齋藤 一"), "variant: itaiji mistaken");
}

TEST(Matching, OtherNamesAreDifferent) {
    EXPECT_EQ(names("山田 太郎", "山田 次郎"), "different");
    EXPECT_EQ(names("裕子", "祐子"), "different");
    EXPECT_EQ(names("小野 一", "大野 一"), "different");
    EXPECT_EQ(names("正", "政"), "different");
}

// NFC and NFKC of names (docs/protocols/matching.md, Traps).
TEST(Matching, CompatibilityIdeographsAreKept) {
    EXPECT_FALSE(is_compatibility_ideograph(U'﨑'));     // U+FA11: NFC leaves it
    EXPECT_TRUE(is_compatibility_ideograph(U'\uFA19'));  // 神: NFC makes it U+795E
    EXPECT_EQ(names("\uFA19田 一", "神田 一"), "variant: compat-ideograph");
    EXPECT_EQ(names("\uFA10 一", "塚 一"), "variant: compat-ideograph");  // 塚
    // NFKC would find these the same.
    EXPECT_EQ(names("㈱ 一", "(株) 一"), "different");
    // A standardised sequence is what NFC made of a compatibility ideograph once it had been one.
    EXPECT_EQ(names("神\uFE00田 一", "神田 一"), "variant: ivs");
    EXPECT_EQ(names("神\uFE00田 一", "\uFA19田 一"), "variant: ivs compat-ideograph");
}

TEST(Matching, Readings) {
    EXPECT_EQ(readings("ﾔﾏﾀﾞ ﾀﾛｳ", "ヤマダ タロウ"), "same: width composition");
    EXPECT_EQ(readings("やまだ たろう", "ヤマダ タロウ"), "same: script");
    EXPECT_EQ(readings("ヤマダ・タロウ", "ヤマダ タロウ"), "same: space");
    EXPECT_EQ(readings("オ-タ", "オータ"), "same: kana-dash");
    EXPECT_EQ(readings("ﾕｳｼﾞﾖ", "ユウジョ"), "variant: width composition kana-small");
    EXPECT_EQ(readings("ヤマサキ", "ヤマザキ"), "variant: kana-voicing");
    EXPECT_EQ(readings("オオタ", "オータ"), "variant: kana-long-vowel");
    EXPECT_EQ(readings("コウロウ", "コーロー"), "variant: kana-long-vowel");
    EXPECT_EQ(readings("カヲル", "カオル"), "variant: kana-old");
    EXPECT_EQ(readings("ヰチ", "イチ"), "variant: kana-old");
    EXPECT_EQ(readings("オノ", "オオノ"), "different");  // 小野, 大野
    EXPECT_EQ(readings("ヨシコ", "ヨシエ"), "different");
}

TEST(Matching, PresentationOfAddresses) {
    EXPECT_EQ(addresses("A市上山1-2-3", "A市上山１丁目２番３号"), "same: width chome");
    EXPECT_EQ(addresses("A市上山1-2-3", "A市上山一丁目2番3号"), "same: kanji-numeral chome");
    EXPECT_EQ(addresses("A市上山1-2-3", "A市上山一－２－３"), "same: width kanji-numeral");
    EXPECT_EQ(addresses("A市上山1-2-3", "A市上山1−2−3"), "same: hyphen");
    EXPECT_EQ(addresses("A市上山1-2-3", "A市 上山1ー2ー3"), "same: space hyphen");
    EXPECT_EQ(addresses("A市上山12-3", "A市上山十二番地三号"), "same: kanji-numeral chome");
    EXPECT_EQ(addresses("A市上山12-3", "A市上山12番地の3"), "same: chome");
    EXPECT_EQ(addresses("A市上山23番地", "A市上山二十三番地"), "same: kanji-numeral");
    EXPECT_EQ(addresses("A市三田四番町5", "A市三田4番町5"), "different");  // a name, not a number
}

// One says less than the other, and nothing else.
TEST(Matching, WhatOnlyOneAddressSays) {
    EXPECT_EQ(addresses("九十九県A市上山1-2-3", "A市上山1-2-3"), "same: prefecture");
    EXPECT_EQ(addresses("東京都府中市緑町1-2", "府中市緑町1-2"), "same: prefecture");
    EXPECT_EQ(addresses("東京都府中市緑町1-2", "広島県府中市緑町1-2"), "different");
    EXPECT_EQ(addresses("福岡県太宰府市五条1-2", "太宰府市五条1-2"), "same: prefecture");
    EXPECT_EQ(addresses("京都府京都市上京区1-2", "京都市上京区1-2"), "same: prefecture");
    EXPECT_EQ(addresses("北海道帯広市1-2", "帯広市1-2"), "same: prefecture");
    for (const auto* city : {"町田市", "市川市", "郡山市", "村山市", "市貝町"}) {
        const auto here = std::string(city) + "本町1-2";
        EXPECT_EQ(addresses("千葉県" + here, here), "same: prefecture") << city;
    }
    EXPECT_EQ(addresses("東京\uFA26町田市1-2", "東京都町田市1-2"), "variant: compat-ideograph");
    EXPECT_EQ(addresses("神奈川県", "神奈川県横浜市1-2"), "different");
    EXPECT_EQ(addresses("太宰府市五条1-2", "市五条1-2"), "different");
    EXPECT_EQ(addresses("京都市上京区1-2", "市上京区1-2"), "different");
    EXPECT_EQ(addresses("九十九県A市上山1-2-3", "上山1-2-3"), "different");
    EXPECT_EQ(addresses("九十九県A市上山1-2-3", "九十九県九十九県A市上山1-2-3"), "different");
    EXPECT_EQ(addresses("A市上山1-2-3", "A市上山1-2-3 まどか荘201"), "same: building");
    EXPECT_EQ(addresses("A市上山1-2-3", "A市上山1-2-3 201"), "same: building");
    EXPECT_EQ(addresses("九十九県A市上山1-2-3", "A市上山一丁目2番3号 まどか荘"),
              "same: kanji-numeral chome prefecture building");
    EXPECT_EQ(addresses("A市上山1-2-3 まどか荘201", "A市上山1-2-3 まどか荘202"), "different");
    EXPECT_EQ(addresses("A市上山", "A市上山まどか荘"), "different") << "no number, no building";
    EXPECT_EQ(addresses("A市上山1-2", "A市上山1-2 A棟3"), "same: building");
    // What is left of the number, or of the place, is a clerk's.
    for (const auto* more : {"甲", "の甲", "ロ", "ロ-3", "番町5-6", "条西2", "線3", "地割4"}) {
        EXPECT_EQ(addresses("A市上山12", "A市上山12" + std::string(more)), "variant: building")
            << more;
    }
}

// What a register is asked to answer for stands in it as a whole.
TEST(Matching, AWholeAddressSaysNeitherLessNorMore) {
    const auto found = [](std::string_view a, std::string_view b) {
        const auto out = compare_texts(Attribute::address, a, b, japan(), AddressRule::whole);
        EXPECT_EQ(out.differences.empty(), out.verdict == Verdict::same);
        return out.verdict;
    };
    EXPECT_EQ(found("A市上山1-2-3", "A市上山一丁目2番3号"), Verdict::same);
    EXPECT_EQ(found("A市上山1-2-3 まどか荘201", "A市上山1-2-3"), Verdict::variant);
    EXPECT_EQ(found("A市上山1-2-3", "A市上山1-2-3 まどか荘201"), Verdict::variant);
    EXPECT_EQ(found("九十九県A市上山1-2-3", "A市上山1-2-3"), Verdict::variant);
    EXPECT_EQ(found("A市上山1-2-3", "A市下山1-2-3"), Verdict::different);
}

TEST(Matching, OtherWritingsOfAddresses) {
    EXPECT_EQ(addresses("C町下川2-7", "B市下川二丁目7番"),
              "variant: kanji-numeral chome municipality-renamed");
    EXPECT_EQ(addresses("九十九県九十九郡C町下川2-7", "B市下川2-7"),
              "variant: prefecture municipality-renamed");
    EXPECT_EQ(addresses("A市大字上山1-2", "A市上山1-2"), "variant: oaza");
    EXPECT_EQ(addresses("A市緑ヶ丘1-2", "A市緑が丘1-2"), "variant: ga");
    EXPECT_EQ(addresses("A市大字上山1-2-3", "A市上山1-2-3 まどか荘201"), "variant: oaza building");
    EXPECT_EQ(addresses("A市緑ヶ丘1-2 まどか荘", "九十九県A市緑が丘1-2"),
              "variant: prefecture ga building");
    EXPECT_EQ(addresses("A市上山1-2-3 201", "A市上山1-2-3201"), "different");
    EXPECT_EQ(addresses("A市上山1-2", "A市上山1-2-3"), "different");
    EXPECT_EQ(addresses("A市上山1-2-3", "A市下山1-2-3"), "different");
}

TEST(Matching, MarksAreWholeCharactersOfBothTexts) {
    const auto marks = [](std::string_view a, std::string_view b) {
        return compare_texts(Attribute::name, a, b, japan(), less).differences;
    };
    EXPECT_EQ(marks("髙橋 花子", "高橋 花子"), (std::vector<Difference>{{{0, 1}, {0, 1}}}));
    // A base with its selector is marked whole.
    EXPECT_EQ(marks("葛\U000E0100城 了", "葛城 了"), (std::vector<Difference>{{{0, 2}, {0, 1}}}));
    EXPECT_EQ(marks("山田　太郎", "山田 次郎"), (std::vector<Difference>{{{3, 4}, {3, 4}}}));
    EXPECT_EQ(marks("山田 太", "山田 太郎"), (std::vector<Difference>{{{4, 4}, {4, 5}}}));
    const auto address =
        compare_texts(Attribute::address, "C町下川2-7", "B市下川二丁目7番", japan(), less);
    EXPECT_EQ(address.differences, (std::vector<Difference>{{{0, 2}, {0, 2}}}));
}

Attributes person() {
    return {.name = "髙橋 花子",
            .kana = "タカハシ ハナコ",
            .birth_date = parse_date("1986-05-01").value(),
            .sex = "female",
            .address = "A市上山1-2-3"};
}

TEST(Matching, AllAlikeIsTheSame) {
    const auto here = person();
    auto there = person();
    there.name = "髙橋　花子";
    there.address = "A市上山一丁目２番３号";
    const auto result = compare(here, there, japan(), {});
    EXPECT_EQ(result.verdict, Verdict::same);
    EXPECT_EQ(result.attributes.size(), 5U);
    EXPECT_FALSE(result.too_little);
}

TEST(Matching, TheWorstAttributeDecides) {
    const auto here = person();
    auto there = person();
    there.name = "高橋 花子";
    EXPECT_EQ(compare(here, there, japan(), {}).verdict, Verdict::variant);
    there.sex = "male";
    EXPECT_EQ(compare(here, there, japan(), {}).verdict, Verdict::different);
    there = person();
    there.birth_date = parse_date("1986-05-02").value();
    EXPECT_EQ(compare(here, there, japan(), {}).verdict, Verdict::different);
}

// What is missing is never the same by itself.
TEST(Matching, TooLittleIsForAClerk) {
    const auto verdict_without = [](auto member, const Asked& asked) {
        auto there = person();
        (there.*member).reset();
        const auto result = compare(person(), there, japan(), asked);
        EXPECT_EQ(result.too_little, result.verdict == Verdict::variant);
        return result.verdict;
    };
    const Asked nothing;
    const Asked only_one{.only_one = true, .decided = false};
    // Of twins the reading says too little, whatever the address.
    EXPECT_EQ(verdict_without(&Attributes::name, nothing), Verdict::variant);
    EXPECT_EQ(verdict_without(&Attributes::name, only_one), Verdict::same);
    EXPECT_EQ(verdict_without(&Attributes::kana, nothing), Verdict::same);
    for (const auto& asked : {nothing, only_one}) {
        EXPECT_EQ(verdict_without(&Attributes::birth_date, asked), Verdict::variant);
        EXPECT_EQ(verdict_without(&Attributes::sex, asked), Verdict::variant);
        // Namesakes born on one day: only the address tells them apart. What one municipality knows
        // says nothing of the others.
        EXPECT_EQ(verdict_without(&Attributes::address, asked), Verdict::variant);
        EXPECT_EQ(compare({}, {}, japan(), asked).verdict, Verdict::variant);
    }
    auto there = person();
    there.sex = "unknown";
    EXPECT_EQ(compare(person(), there, japan(), {}).verdict, Verdict::variant);
}

// With the papers in hand less is enough, but never another writing, nor nobody's name.
TEST(Matching, WhatAClerkDecidedIsConfirmedByWhatIsThere) {
    const Asked decided{.only_one = false, .decided = true};
    auto there = person();
    there.sex = "unknown";
    there.address.reset();
    there.name.reset();
    EXPECT_EQ(compare(person(), there, japan(), decided).verdict, Verdict::same);
    there.kana = "タカバシ ハナコ";
    EXPECT_EQ(compare(person(), there, japan(), decided).verdict, Verdict::variant);
    there.kana = "サトウ ハナコ";
    EXPECT_EQ(compare(person(), there, japan(), decided).verdict, Verdict::different);
    there.kana.reset();
    EXPECT_EQ(compare(person(), there, japan(), decided).verdict, Verdict::variant);
    there = person();
    there.birth_date.reset();
    EXPECT_EQ(compare(person(), there, japan(), decided).verdict, Verdict::variant);
    there = person();
    there.address = "A市駅前9-9";
    EXPECT_EQ(compare(person(), there, japan(), decided).verdict, Verdict::different);
}

TEST(Matching, AnotherPersonsRowIsSeen) {
    const auto is_another = [](const char* name, const char* kana) {
        auto there = person();
        there.name = name;
        there.kana = kana;
        return compare(person(), there, japan(), {}).likely_another;
    };
    EXPECT_FALSE(is_another("佐藤 花子", "サトウ ハナコ"));  // married
    EXPECT_FALSE(is_another("高橋花代", ""));                // not parted
    EXPECT_FALSE(is_another("鈴木花子", ""));
    EXPECT_FALSE(is_another("鈴木 一郎", "ﾀｶﾊｼ ﾊﾅｺ"));  // the reading as a whole
    EXPECT_FALSE(is_another("高橋 花子", "スズキ イチロウ"));
    EXPECT_TRUE(is_another("鈴木 一郎", ""));
    EXPECT_TRUE(is_another("鈴木 一郎", "スズキ イチロウ"));
    // One of the two alone is guessed too easily.
    EXPECT_TRUE(is_another("鈴木 一郎", "タカハシ イチロウ"));
    EXPECT_TRUE(is_another("高橋 一郎", "スズキ イチロウ"));
    // Nothing to compare.
    EXPECT_TRUE(is_another("", ""));
}

TEST(Matching, PartsAgreeOnlyAtTheirPlace) {
    const auto is_another = [](const char* asked, const char* row) {
        Attributes here;
        here.kana = asked;
        Attributes there;
        there.kana = row;
        return compare(here, there, japan(), {}).likely_another;
    };
    EXPECT_TRUE(is_another("ハナコ タカハシ", "タカハシ ハナコ"));
    EXPECT_FALSE(is_another("タカハシ マリー ハナコ", "タカハシ ハナエ"));
    EXPECT_FALSE(is_another("ラン マイ グエン", "リン マイ ファム"));
    EXPECT_TRUE(is_another("ラン マイ グエン", "リン グエン マイ"));
    EXPECT_TRUE(is_another("マリー タカハシ エマ", "タカハシ ハナコ"));
    EXPECT_TRUE(is_another("タカ ハ", "タカハシ ハナコ"));  // a beginning is no part
    EXPECT_TRUE(is_another("ハナ", "タカハシ ハナコ"));
    EXPECT_FALSE(is_another("タカハシ", "タカハシ ハナコ"));
    // Four parts: a whole name may have them, guesses strung together have more.
    EXPECT_FALSE(is_another("グエン ティ ラン アイン", "ｸﾞｴﾝ ﾃｨ ﾗﾝ ｱｲﾝ"));
    EXPECT_TRUE(is_another("タカハシ サトウ スズキ ハナコ", "タカハシ ハナコ"));
}

// What opened four of five people before: every syllable pair at once.
TEST(Matching, AStringOfGuessesOpensNobody) {
    std::string guesses;
    for (const auto* guess :
         {"アキ", "イト", "ウエ", "エン", "オオ", "カト",   "キム",   "クロ",   "コバ",
          "サト", "シミ", "スズ", "タカ", "タナ", "ナカ",   "ハシ",   "ハナ",   "ヒロ",
          "マツ", "ミツ", "ヤマ", "ヨシ", "ワタ", "タロウ", "ハナコ", "ジロウ", "ユウコ"})
        guesses += std::string(guesses.empty() ? "" : " ") + guess;
    for (const auto* row : {"タカハシ ハナコ", "ヤマダ タロウ", "サトウ ユウコ", "アキ ハナコ",
                            "タカハシハナコ", "ハナコ"}) {
        Attributes there = person();
        there.kana = row;
        there.name = "山田 太郎";
        Attributes here = person();
        here.name = "何 某";
        here.kana = guesses;
        EXPECT_TRUE(compare(here, there, japan(), {}).likely_another) << row;
    }
}

// The address is nobody's to see who does not know a name as a whole.
TEST(Matching, NamedAlikeIsAWholeName) {
    auto there = person();
    there.address = "A市駅前9-9";
    EXPECT_TRUE(compare(person(), there, japan(), {}).is_named_alike);
    there.name = "高橋 花子";
    there.kana = "サトウ ハナコ";
    EXPECT_TRUE(compare(person(), there, japan(), {}).is_named_alike);
    there.name = "佐藤 花子";
    const auto married = compare(person(), there, japan(), {});
    EXPECT_FALSE(married.is_named_alike);
    EXPECT_FALSE(married.likely_another);
}

TEST(Matching, OnlyOneIsWhoCannotBeTakenForAnother) {
    const Listed asked{.is_asked = true,
                       .name = "髙橋 一郎",
                       .kana = "タカハシ イチロウ",
                       .address = "A市上山1-2-3 まどか荘201"};
    const auto only_one = [&asked](std::optional<std::string> name, std::optional<std::string> kana,
                                   std::optional<std::string> address) {
        const std::vector<Listed> people{
            asked,
            {.is_asked = false, .name = "鈴木 文", .kana = "スズキ アヤ", .address = "A市本町1-1"},
            {.is_asked = false, .name = name, .kana = kana, .address = address}};
        const auto found = is_only_one(people, japan());
        EXPECT_TRUE(found.has_value());
        return found.value_or(false);
    };
    EXPECT_TRUE(only_one("山田 一郎", "ヤマダ イチロウ", "A市上山1-2-4"));
    EXPECT_TRUE(only_one({}, {}, {}));
    // Every rule counts, as a register may write by any of them.
    EXPECT_FALSE(only_one("高橋一郎", "コウキョウ カズオ", {}));
    EXPECT_FALSE(only_one("孝橋 市郎", "ﾀｶﾊﾞｼ ｲﾁﾛｳ", {}));
    EXPECT_FALSE(only_one("山田 一郎", {}, "九十九県A市上山一丁目２番３号 まどか荘201"));
    EXPECT_FALSE(only_one("山田 一郎", {}, "A市上山1-2-3"));
    // By a name that somebody had before, the person too.
    const std::vector<Listed> former{
        asked,
        {.is_asked = true, .name = "山田 一郎", .kana = {}, .address = {}},
        {.is_asked = false, .name = "佐藤 一", .kana = {}, .address = {}},
        {.is_asked = false, .name = "山田　一郎", .kana = {}, .address = {}}};
    EXPECT_EQ(is_only_one(former, japan()), false);
    EXPECT_EQ(is_only_one(std::span(former).first(3), japan()), true);
    EXPECT_EQ(is_only_one({}, japan()), std::nullopt);
    EXPECT_EQ(is_only_one(std::span(former).last(2), japan()), std::nullopt);
    // What cannot be compared could be anything.
    EXPECT_FALSE(only_one("\xFF", {}, {}));
}

TEST(Matching, WhatIsNoTextIsDifferent) {
    EXPECT_EQ(names("\xFF", "a"), "different");
    EXPECT_EQ(names("\xFF", "\xFE"), "different");
    const std::string_view zero("a\0b", 3);
    EXPECT_EQ(names(zero, zero), "same");
    EXPECT_EQ(names(zero, "ab"), "different");
    EXPECT_EQ(addresses(zero, "b"), "different");
    EXPECT_EQ(names(std::string(points_max + 1, 'a'), std::string(points_max + 1, 'A')),
              "different");
    EXPECT_EQ(names(std::string(points_max, 'a'), std::string(points_max, 'A')),
              "same: letter-case");
}

// ---- the tables ----

constexpr std::string_view minimal =
    R"({"sources":{},"variants":[["高","髙","T"]],"mistaken":[],"look_alikes":[],)"
    R"("municipalities":[]})";

std::string altered(std::string_view from, std::string_view to) {
    std::string text(minimal);
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos);
    return text.replace(at, from.size(), to);
}

TEST(MatchingTables, ReadsRowsAndRefusesOthers) {
    const auto tables = Tables::parse(minimal);
    ASSERT_TRUE(tables);
    EXPECT_EQ(tables->variant_of(U'髙'), tables->variant_of(U'高'));
    EXPECT_EQ(tables->variant_of(U'低'), U'低');
    for (const auto& bad_text :
         {altered(R"("髙")", R"("髙高")"), altered(R"("髙")", R"("高")"), altered(R"("髙")", "1"),
          altered(R"(,"T")", ""), altered(R"("T")", "1"), altered(R"("mistaken":[],)", ""),
          altered(R"("sources":{})", R"("sources":{"T":1})"),
          altered(R"("sources":{})", R"("sources":{},"more":1)"),
          altered(R"("municipalities":[])", R"("municipalities":[{"was":["C町"]}])")}) {
        EXPECT_FALSE(Tables::parse(bad_text)) << bad_text;
    }
    EXPECT_FALSE(Tables::parse(""));
}

TEST(MatchingTables, JapansHasEnough) {
    for (const auto pair : {U"高髙", U"崎﨑", U"吉𠮷", U"辺邊", U"斎齋", U"斉齊", U"浜濱"})
        EXPECT_EQ(japan().variant_of(pair[0]), japan().variant_of(pair[1]));
    EXPECT_NE(japan().variant_of(U'斉'), japan().variant_of(U'斎'));
}

// No table can make two texts the same.
TEST(MatchingTables, MakeNothingTheSame) {
    std::string text(minimal);
    text.replace(text.find("[]"), 2, R"([["山","川","X"]])");
    const auto tables = Tables::parse(text);
    ASSERT_TRUE(tables);
    EXPECT_EQ(compare_texts(Attribute::name, "山", "川", *tables, less).verdict, Verdict::variant);
    EXPECT_EQ(compare_texts(Attribute::name, "髙", "高", *tables, less).verdict, Verdict::variant);
}

}  // namespace
}  // namespace mado::matching
