#include "writings.hpp"

#include <array>

#include "base/result.hpp"
#include "matching/units.hpp"

namespace mado::country {
namespace {

std::u32string points_of(std::string_view text) {
    auto points = matching::decode(text);
    if (!points) throw Failure("a name of the country is no UTF-8, or too long");
    return std::move(*points);
}

bool is_digit(char32_t point) {
    return U'0' <= point && point <= U'9';
}

// Of "1-2-3" at the end of an address: how many numbers.
struct HouseNumber {
    std::size_t at = 0;
    std::size_t count = 0;
};
HouseNumber house_number(std::u32string_view address) {
    std::size_t at = address.size();
    while (at > 0 && (is_digit(address[at - 1]) || address[at - 1] == U'-'))
        --at;
    HouseNumber out{at, at < address.size() ? std::size_t{1} : 0};
    for (const auto point : address.substr(at))
        out.count += point == U'-';
    return out;
}

}  // namespace

std::string in_jis(std::string_view name) {
    constexpr std::u32string_view outside = U"髙﨑𠮷德濵栁桒";
    constexpr std::u32string_view inside = U"高崎吉徳浜柳桑";
    std::u32string out;
    for (const auto point : points_of(name)) {
        if (matching::is_variation_selector(point)) continue;
        const auto at = outside.find(point);
        if (at != std::u32string_view::npos) {
            out.push_back(inside[at]);
        } else if (point == U'彅') {
            out += U"ナギ";
        } else {
            out.push_back(point);
        }
    }
    return matching::encode(out);
}

std::string half_width_kana(std::string_view kana) {
    static constexpr std::u32string_view full =
        U"ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミム"
        U"メモ"
        U"ヤユヨラリルレロワン";
    constexpr std::u32string_view voiced = U"ガギグゲゴザジズゼゾダヂヅデドバビブベボヴ";
    constexpr std::u32string_view voiceless = U"カキクケコサシスセソタチツテトハヒフヘホウ";
    constexpr std::u32string_view plosive = U"パピプペポ";
    constexpr std::u32string_view plain = U"ハヒフヘホ";
    static constexpr char32_t first = U'\uFF66';
    constexpr char32_t voiced_mark = U'\uFF9E';
    constexpr char32_t plosive_mark = U'\uFF9F';
    std::u32string out;
    const auto put = [&out](char32_t point) {
        const auto at = full.find(point);
        out.push_back(at == std::u32string_view::npos ? point : first + static_cast<char32_t>(at));
    };
    for (const auto point : points_of(kana)) {
        if (const auto at = voiced.find(point); at != std::u32string_view::npos) {
            put(voiceless[at]);
            out.push_back(voiced_mark);
        } else if (const auto mark = plosive.find(point); mark != std::u32string_view::npos) {
            put(plain[mark]);
            out.push_back(plosive_mark);
        } else {
            put(point);
        }
    }
    return matching::encode(out);
}

std::string registry_address(std::string_view address) {
    constexpr std::u32string_view numerals = U"〇一二三四五六七八九";
    const auto points = points_of(address);
    const auto number = house_number(points);
    const bool one_digit = number.at + 1 < points.size() && points[number.at + 1] == U'-';
    if (number.count < 2 || !one_digit) return std::string(address);
    std::u32string out = points.substr(0, number.at);
    out.push_back(numerals[points[number.at] - U'0']);
    out += U"丁目";
    out += points.substr(number.at + 2);
    if (number.count == 3) {
        const auto at = out.rfind(U'-');
        out.replace(at, 1, U"番");
        out.push_back(U'号');
    } else {
        out += U"番地";
    }
    return matching::encode(out);
}

}  // namespace mado::country
