#include "matching/rules.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>

namespace mado::matching {
namespace {

constexpr auto name_rules = std::to_array<Rule>(
    {Rule::width, Rule::composition, Rule::letter_case, Rule::space, Rule::division, Rule::ivs,
     Rule::compat_ideograph, Rule::iteration_mark, Rule::itaiji, Rule::mistaken, Rule::look_alike,
     Rule::ga, Rule::hiragana_katakana, Rule::kana_small, Rule::kana_old, Rule::kana_long_vowel});
constexpr auto kana_rules = std::to_array<Rule>(
    {Rule::width, Rule::composition, Rule::letter_case, Rule::script, Rule::space, Rule::kana_dash,
     Rule::division, Rule::iteration_mark, Rule::kana_small, Rule::kana_old, Rule::kana_long_vowel,
     Rule::kana_voicing});
// The building once more, when what stands before it has become alike.
constexpr auto address_rules =
    std::to_array<Rule>({Rule::width, Rule::composition, Rule::letter_case, Rule::gap, Rule::hyphen,
                         Rule::kanji_numeral, Rule::chome, Rule::prefecture, Rule::building,
                         Rule::ivs, Rule::compat_ideograph, Rule::municipality_renamed, Rule::oaza,
                         Rule::itaiji, Rule::look_alike, Rule::ga, Rule::building_again});
constexpr auto whole_address_rules =
    std::to_array<Rule>({Rule::width, Rule::composition, Rule::letter_case, Rule::gap, Rule::hyphen,
                         Rule::kanji_numeral, Rule::chome, Rule::ivs, Rule::compat_ideograph,
                         Rule::prefecture, Rule::municipality_renamed, Rule::oaza, Rule::itaiji,
                         Rule::look_alike, Rule::ga, Rule::building_again});

template <class Function>
void each_point(Units& units, Function map) {
    for (auto& unit : units) {
        for (auto& point : unit.text)
            point = map(point);
    }
}

bool is_one_of(const Unit& unit, std::u32string_view points) {
    return unit.text.size() == 1 && points.contains(unit.text.front());
}

bool is_digit(const Unit& unit) {
    return is_one_of(unit, U"0123456789");
}

// ---- presentation ----

// Full-width letters and half-width kana. Nothing else of NFKC: it would make ㈱ three characters
// and a compatibility ideograph another one.
char32_t usual_width(char32_t point) {
    constexpr std::u32string_view half_kana =
        U"。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフ"
        U"ヘ"
        U"ホマミムメモヤユヨラリルレロワン\u3099\u309A";
    if (U'\uFF01' <= point && point <= U'\uFF5E') return point - 0xFEE0;
    if (U'\uFF61' <= point && point <= U'\uFF9F') return half_kana[point - U'\uFF61'];
    if (point == U'\u309B' || point == U'\u309C') return point - 2;  // combining
    return point;
}

// NFC of a unit whose base is no compatibility ideograph: NFC would make 神 (U+FA19) 神 (U+795E).
void compose(Unit& unit) {
    if (is_compatibility_ideograph(unit.text.front())) return;
    const auto text = encode(unit.text);  // by its length: it may have a zero in it
    utf8proc_uint8_t* composed = nullptr;
    const auto size =
        utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                     static_cast<utf8proc_ssize_t>(text.size()), &composed,
                     static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
    if (size <= 0) return;
    const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owned(composed, &std::free);
    const auto points =
        decode({reinterpret_cast<const char*>(composed), static_cast<std::size_t>(size)});
    if (points) unit.text = *points;
}

void compose(Units& units) {
    for (auto& unit : units) {
        // Of one character only marks (Latin, kana) have another composed form.
        if (unit.text.size() > 1 || !is_ideograph(unit.text.front())) compose(unit);
    }
}

char32_t upper_case(char32_t point) {
    const bool lower = U'a' <= point && point <= U'z';
    return lower ? point - 0x20 : point;
}

bool is_space(const Unit& unit) {
    // The dot between the parts of a foreigner's name in kana is one.
    constexpr std::u32string_view spaces = U" \u3000\u00A0\u2002\u2003\u2009\u200B\t・";
    return is_one_of(unit, spaces);
}

void drop_spaces(Units& units) {
    std::erase_if(units, is_space);
}

// One between two parts, none at the ends.
void single_spaces(Units& units) {
    Units out;
    for (auto& unit : units) {
        if (!is_space(unit)) {
            out.push_back(std::move(unit));
        } else if (!out.empty() && !out.back().is(U" ")) {
            out.push_back({U" ", unit.at});
        }
    }
    if (!out.empty() && out.back().is(U" ")) out.pop_back();
    units = std::move(out);
}

// A register that does not part the names says nothing about where they part. Two that part them
// in different places do (中 山太郎, 中山 太郎).
void fold_spaces(Pair& pair) {
    single_spaces(pair.a);
    single_spaces(pair.b);
    const auto parted = [](const Units& units) { return std::ranges::any_of(units, is_space); };
    if (parted(pair.a) && parted(pair.b)) return;
    drop_spaces(pair.a);
    drop_spaces(pair.b);
}

constexpr std::u32string_view kanji_digits = U"〇一二三四五六七八九";

bool is_kanji_digit(const Unit& unit) {
    return is_one_of(unit, kanji_digits) || is_one_of(unit, U"十百千");
}

bool counts_up(const Unit& unit) {
    return is_digit(unit) || is_kanji_digit(unit);
}

// A space in an address says nothing, but between two numbers (3 201: house 3, room 201).
void drop_gaps(Units& units) {
    single_spaces(units);
    Units out;
    for (std::size_t i = 0; i < units.size(); ++i) {
        const bool gap = units[i].is(U" ");
        if (!gap || (counts_up(units[i - 1]) && counts_up(units[i + 1]))) out.push_back(units[i]);
    }
    units = std::move(out);
}

char32_t katakana(char32_t point) {
    const bool hiragana = (U'ぁ' <= point && point <= U'ゖ') || point == U'ゝ' || point == U'ゞ';
    return hiragana ? point + 0x60 : point;
}

constexpr std::u32string_view dashes = U"-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2500\uFE63";

void long_signs(Units& units) {
    each_point(units, [](char32_t point) { return dashes.contains(point) ? U'ー' : point; });
}

// The long-vowel sign is a hyphen only after a digit.
void hyphens(Units& units) {
    for (std::size_t i = 0; i < units.size(); ++i) {
        const bool typed = i > 0 && is_digit(units[i - 1]) && units[i].is(U"ー");
        if (typed || is_one_of(units[i], dashes)) units[i].text = U"-";
    }
}

bool starts(const Units& units, std::size_t at, std::u32string_view word) {
    if (at + word.size() > units.size()) return false;
    for (std::size_t i = 0; i < word.size(); ++i) {
        if (!units[at + i].is(word.substr(i, 1))) return false;
    }
    return true;
}

// 二十三, 十, 一〇; nothing for what is no number below 10,000.
std::optional<int> kanji_value(std::u32string_view text) {
    int whole = 0;
    int digits = 0;  // read since the last 十, 百, 千
    bool any = false;
    for (const auto point : text) {
        const auto digit = kanji_digits.find(point);
        const int unit = point == U'十' ? 10 : point == U'百' ? 100 : point == U'千' ? 1000 : 0;
        if (unit != 0) {
            whole += (any ? digits : 1) * unit;
            digits = 0;
            any = false;
        } else {
            digits = digits * 10 + static_cast<int>(digit);
            any = true;
        }
        if (whole + digits >= 10'000) return std::nullopt;
    }
    return whole + digits;
}

// 三田 and 八王子 are names, 三丁目 is a number; 四番町 is a name.
bool counts(const Units& units, std::size_t at) {
    if (starts(units, at, U"番町")) return false;
    if (starts(units, at, U"丁目") || starts(units, at, U"番") || starts(units, at, U"号"))
        return true;
    return at + 1 < units.size() && units[at].is(U"-") && counts_up(units[at + 1]);
}

void kanji_numerals(Units& units) {
    Units out;
    for (std::size_t at = 0; at < units.size();) {
        std::size_t end = at;
        std::u32string text;
        while (end < units.size() && is_kanji_digit(units[end]))
            text += units[end++].text;
        const bool after_hyphen = at > 0 && units[at - 1].is(U"-");
        const auto value = text.empty() || !(counts(units, end) || after_hyphen)
                               ? std::nullopt
                               : kanji_value(text);
        if (!value) {
            end = std::max(end, at + 1);
            for (; at < end; ++at)
                out.push_back(units[at]);
            continue;
        }
        for (const char digit : std::to_string(*value))
            out.push_back({std::u32string(1, static_cast<char32_t>(digit)),
                           {units[at].at.from, units[end - 1].at.to}});
        at = end;
    }
    units = std::move(out);
}

// How many units of 丁目, 番地, 番, 号, の, - stand here between or behind numbers.
std::size_t separator(const Units& units, std::size_t at) {
    constexpr std::array<std::u32string_view, 5> words{U"丁目", U"番地", U"番", U"号", U"-"};
    const auto start = at;
    for (bool found = true; found;) {
        found = false;
        if (starts(units, at, U"番町")) break;
        for (const auto word : words) {
            if (!starts(units, at, word)) continue;
            at += word.size();
            found = true;
            break;
        }
        // 番地の3, 1ノ2: only between numbers.
        const bool no = at < units.size() && is_one_of(units[at], U"のノ之");
        if (no && at + 1 < units.size() && is_digit(units[at + 1])) {
            ++at;
            found = true;
        }
    }
    return at - start;
}

// 1丁目2番3号 and 1-2-3: numbers with a hyphen between them. Leading zeros go.
void house_numbers(Units& units) {
    Units out;
    for (std::size_t at = 0; at < units.size();) {
        if (!is_digit(units[at])) {
            out.push_back(units[at++]);
            continue;
        }
        Unit number{U"", {units[at].at.from, units[at].at.to}};
        for (; at < units.size() && is_digit(units[at]); ++at) {
            if (number.text == U"0") number.text.clear();
            number.text += units[at].text;
            number.at.to = units[at].at.to;
        }
        out.push_back(number);
        const auto size = separator(units, at);
        const bool between = at + size < units.size() && is_digit(units[at + size]);
        if (size > 0 && between) {
            out.push_back({U"-", {units[at].at.from, units[at + size - 1].at.to}});
        }
        at += size;
    }
    units = std::move(out);
}

// ---- for a clerk ----

void without_selectors(Units& units) {
    for (auto& unit : units)
        std::erase_if(unit.text, is_variation_selector);
    std::erase_if(units, [](const Unit& unit) { return unit.text.empty(); });
}

// The unified ideograph, as NFC gives it.
void unified(Units& units) {
    each_point(units, [](char32_t point) {
        if (!is_compatibility_ideograph(point)) return point;
        std::array<utf8proc_int32_t, 4> out{};
        const auto size = utf8proc_decompose_char(static_cast<utf8proc_int32_t>(point), out.data(),
                                                  static_cast<utf8proc_ssize_t>(out.size()),
                                                  UTF8PROC_DECOMPOSE, nullptr);
        return size == 1 ? static_cast<char32_t>(out[0]) : point;
    });
}

void repeat_marks(Units& units) {
    for (std::size_t i = 1; i < units.size(); ++i) {
        if (is_one_of(units[i], U"々ゝヽ〻")) units[i].text = units[i - 1].text;
    }
}

// 茅ヶ崎, 茅ケ崎, 茅が崎.
void small_ga(Units& units) {
    for (std::size_t i = 1; i + 1 < units.size(); ++i) {
        const bool between =
            is_ideograph(units[i - 1].text.front()) && is_ideograph(units[i + 1].text.front());
        if (between && is_one_of(units[i], U"ヶケヵカがガ")) units[i].text = U"ケ";
    }
}

char32_t replaced(char32_t point, std::u32string_view from, std::u32string_view to) {
    const auto at = from.find(point);
    return at == std::u32string_view::npos ? point : to[at];
}

// ー, or the vowel that the syllable before it ends with: オオタ, オウタ, オータ.
void long_vowels(Units& units) {
    constexpr std::u32string_view i_row = U"イキギシジチヂニヒビピミリィ";
    constexpr std::u32string_view u_row = U"ウクグスズツヅヌフブプムユルゥュヴ";
    constexpr std::u32string_view e_row = U"エケゲセゼテデネヘベペメレェ";
    constexpr std::u32string_view o_row = U"オコゴソゾトドノホボポモヨロヲォョ";
    constexpr std::u32string_view a_row = U"アカガサザタダナハバパマヤラワァャ";
    for (std::size_t i = units.size(); i-- > 1;) {
        auto& here = units[i];
        const auto& before = units[i - 1];
        const bool lengthens = (is_one_of(here, U"ア") && is_one_of(before, a_row)) ||
                               (is_one_of(here, U"イ") && is_one_of(before, i_row)) ||
                               (is_one_of(here, U"ウ") && is_one_of(before, u_row)) ||
                               (is_one_of(here, U"エイ") && is_one_of(before, e_row)) ||
                               (is_one_of(here, U"オウ") && is_one_of(before, o_row));
        if (lengthens) here.text = U"ー";
    }
}

constexpr std::u32string_view voiced = U"ガギグゲゴザジズゼゾダヂヅデドバビブベボパピプペポヴ";
constexpr std::u32string_view unvoiced = U"カキクケコサシスセソタチツテトハヒフヘホハヒフヘホウ";
constexpr std::u32string_view small_kana = U"ァィゥェォッャュョヮヵヶ";
constexpr std::u32string_view large_kana = U"アイウエオツヤユヨワカケ";
constexpr std::u32string_view old_kana = U"ヰヱヲヂヅ";
constexpr std::u32string_view new_kana = U"イエオジズ";

// How many of its units are a prefecture, by their form: no table may make two addresses the same.
// 東京都, 九十九県, also before 町田市 and 郡山市; neither 京都市 nor 太宰府市.
std::size_t prefecture_size(const Units& units) {
    constexpr std::u32string_view smaller = U"郡市区町村";
    constexpr std::size_t shortest = 3, longest = 4;
    for (std::size_t size = 1; size < units.size() && size <= longest; ++size) {
        const auto last = units[size - 1].text.front();  // whatever its selector
        if (smaller.contains(last)) return 0;
        const bool ends = std::u32string_view(U"都道府県\uFA26").contains(last);
        const bool is_city = last == U'府' && is_one_of(units[size], U"市");
        if (size >= shortest && ends && !is_city) return size;
    }
    return 0;
}

// What only one of them has. Two that differ are two places (府中市 is in 東京都 and in 広島県).
void drop_prefecture(Pair& pair) {
    const auto in_a = prefecture_size(pair.a);
    const auto in_b = prefecture_size(pair.b);
    if ((in_a == 0) == (in_b == 0)) return;
    auto& longer = in_a > 0 ? pair.a : pair.b;
    longer.erase(longer.begin(), longer.begin() + static_cast<std::ptrdiff_t>(in_a + in_b));
}

void rename(Units& units, const Tables& tables) {
    for (const auto& place : tables.renamed()) {
        if (!starts(units, 0, place.was)) continue;
        const Range at{units.front().at.from, units[place.was.size() - 1].at.to};
        Units out;
        for (const auto point : place.now)
            out.push_back({std::u32string(1, point), at});
        out.insert(out.end(), units.begin() + static_cast<std::ptrdiff_t>(place.was.size()),
                   units.end());
        units = std::move(out);
        return;
    }
}

// 大字, and 字 behind the name of a town: it is a part of a name elsewhere (十文字).
void drop_oaza(Units& units) {
    Units out;
    for (std::size_t at = 0; at < units.size(); ++at) {
        const bool behind_town = !out.empty() && is_one_of(out.back(), U"市区町村");
        if (starts(units, at, U"大字")) {
            ++at;
        } else if (!(behind_town && units[at].is(U"字"))) {
            out.push_back(units[at]);
        }
    }
    units = std::move(out);
}

bool is_number(const Unit& unit) {
    return !unit.text.empty() && unit.text.front() >= U'0' && unit.text.front() <= U'9';
}

// Not the name of a building, but what is left of the house number or of the place: 12番地甲,
// 1-2ロ, 12番地の甲, 北1条西.
bool belongs_to_number(const Units& units, std::size_t at) {
    if (is_one_of(units[at], U"甲乙丙丁戊己庚辛の之ノ番条線号地町丁")) return true;
    return at + 1 == units.size() || is_number(units[at + 1]) || units[at + 1].is(U"-");
}

// What only one of them has behind the house number: a building's name, a room; for a clerk
// (`again`), and for whoever could be meant, also what may belong to the number.
void drop_building(Pair& pair, Rule rule) {
    auto& longer = pair.a.size() > pair.b.size() ? pair.a : pair.b;
    const auto& shorter = pair.a.size() > pair.b.size() ? pair.b : pair.a;
    const auto size = shorter.size();
    if (size == 0 || size == longer.size() || !is_number(shorter.back())) return;
    if (longer[size].is(U"-") || is_number(longer[size])) return;
    const bool room = longer[size].is(U" ");
    if (rule == Rule::building && !room && belongs_to_number(longer, size)) return;
    const auto alike = [](const Unit& one, const Unit& other) { return one.text == other.text; };
    if (!std::equal(shorter.begin(), shorter.end(), longer.begin(), alike)) return;
    longer.resize(size);
}

void carry_out(Rule rule, Units& units, const Tables& tables) {
    switch (rule) {
        case Rule::width:
            return each_point(units, usual_width);
        case Rule::composition:
            return compose(units);
        case Rule::letter_case:
            return each_point(units, upper_case);
        case Rule::space:
            return single_spaces(units);
        case Rule::gap:
            return drop_gaps(units);
        case Rule::script:
        case Rule::hiragana_katakana:
            return each_point(units, katakana);
        case Rule::kana_dash:
            return long_signs(units);
        case Rule::hyphen:
            return hyphens(units);
        case Rule::kanji_numeral:
            return kanji_numerals(units);
        case Rule::chome:
            return house_numbers(units);
        case Rule::division:
            return drop_spaces(units);
        case Rule::ivs:
            return without_selectors(units);
        case Rule::compat_ideograph:
            return unified(units);
        case Rule::iteration_mark:
            return repeat_marks(units);
        case Rule::itaiji:
            return each_point(units, [&tables](char32_t p) { return tables.variant_of(p); });
        case Rule::mistaken:
            return each_point(units, [&tables](char32_t p) { return tables.mistaken_for(p); });
        case Rule::look_alike:
            return each_point(units, [&tables](char32_t p) { return tables.looks_like(p); });
        case Rule::ga:
            return small_ga(units);
        case Rule::kana_small:
            return each_point(units,
                              [](char32_t p) { return replaced(p, small_kana, large_kana); });
        case Rule::kana_old:
            return each_point(units, [](char32_t p) { return replaced(p, old_kana, new_kana); });
        case Rule::kana_long_vowel:
            return long_vowels(units);
        case Rule::kana_voicing:
            return each_point(units, [](char32_t p) { return replaced(p, voiced, unvoiced); });
        case Rule::municipality_renamed:
            return rename(units, tables);
        case Rule::oaza:
            return drop_oaza(units);
        case Rule::prefecture:
        case Rule::building:
        case Rule::building_again:
        case Rule::too_little:
            return;
    }
}

// Three rules look at both texts.
void carry_out(Rule rule, Pair& pair, const Tables& tables) {
    if (rule == Rule::space) return fold_spaces(pair);
    if (rule == Rule::prefecture) return drop_prefecture(pair);
    if (rule == Rule::building || rule == Rule::building_again) return drop_building(pair, rule);
    carry_out(rule, pair.a, tables);
    carry_out(rule, pair.b, tables);
}

struct Code {
    Rule rule;
    std::string_view text;
    bool presentation;
};
constexpr auto codes =
    std::to_array<Code>({{Rule::width, "width", true},
                         {Rule::composition, "composition", true},
                         {Rule::letter_case, "letter-case", true},
                         {Rule::space, "space", true},
                         {Rule::gap, "space", true},
                         {Rule::script, "script", true},
                         {Rule::kana_dash, "kana-dash", true},
                         {Rule::hyphen, "hyphen", true},
                         {Rule::kanji_numeral, "kanji-numeral", true},
                         {Rule::chome, "chome", true},
                         {Rule::division, "division", false},
                         {Rule::ivs, "ivs", false},
                         {Rule::compat_ideograph, "compat-ideograph", false},
                         {Rule::iteration_mark, "iteration-mark", false},
                         {Rule::itaiji, "itaiji", false},
                         {Rule::mistaken, "mistaken", false},
                         {Rule::look_alike, "look-alike", false},
                         {Rule::ga, "ga", false},
                         {Rule::hiragana_katakana, "hiragana-katakana", false},
                         {Rule::kana_small, "kana-small", false},
                         {Rule::kana_old, "kana-old", false},
                         {Rule::kana_long_vowel, "kana-long-vowel", false},
                         {Rule::kana_voicing, "kana-voicing", false},
                         {Rule::prefecture, "prefecture", true},
                         {Rule::municipality_renamed, "municipality-renamed", false},
                         {Rule::oaza, "oaza", false},
                         {Rule::building, "building", true},
                         {Rule::building_again, "building", false},
                         {Rule::too_little, "too-little", false}});

const Code& code_of(Rule rule) {
    return *std::ranges::find(codes, rule, &Code::rule);
}

}  // namespace

std::string_view to_text(Attribute attribute) {
    switch (attribute) {
        case Attribute::name:
            return "name";
        case Attribute::kana:
            return "kana";
        case Attribute::birth_date:
            return "birth_date";
        case Attribute::sex:
            return "sex";
        case Attribute::address:
            return "address";
    }
    return "";
}

std::string_view to_text(Rule rule) {
    return code_of(rule).text;
}

bool is_presentation(Rule rule) {
    return code_of(rule).presentation;
}

std::span<const Rule> rules_for(Attribute attribute, AddressRule address) {
    switch (attribute) {
        case Attribute::name:
            return name_rules;
        case Attribute::kana:
            return kana_rules;
        case Attribute::address:
            if (address == AddressRule::whole) return whole_address_rules;
            return address_rules;
        case Attribute::birth_date:
        case Attribute::sex:
            return {};
    }
    return {};
}

Pair fold(Pair pair, std::span<const Rule> rules, const Tables& tables) {
    for (const auto rule : rules)
        carry_out(rule, pair, tables);
    return pair;
}

Units fold(Units units, std::span<const Rule> rules, const Tables& tables) {
    for (const auto rule : rules)
        carry_out(rule, units, tables);
    return units;
}

}  // namespace mado::matching
