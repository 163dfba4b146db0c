#include "page/page.hpp"

#include <array>

namespace mado::page {
namespace {

constexpr std::array languages = {Language::ja, Language::en, Language::easy};
constexpr Words own_names{"日本語", "English", "やさしい日本語"};
constexpr Words skip_words{"本文へ", "Skip to the content", "ほんぶんへ"};
constexpr Words languages_title{"言語", "Language", "ことば"};

// Characters that no text has (Unicode's noncharacters U+FDD3, U+FDD4).
constexpr std::string_view japanese_begins = "\xEF\xB7\x93";
constexpr std::string_view japanese_ends = "\xEF\xB7\x94";
constexpr std::string_view span_begins = R"(<span lang="ja">)";
constexpr std::string_view span_ends = "</span>";

std::string without(std::string_view text, std::string_view part) {
    std::string out(text);
    for (auto at = out.find(part); at != std::string::npos; at = out.find(part, at))
        out.erase(at, part.size());
    return out;
}

// Kana and Chinese characters: UTF-8 of U+3040 to U+9FFF begins with E3 81 to E9. (Rare ones beyond
// come beside others.)
bool has_japanese(std::string_view text) {
    for (std::size_t i = 0; i + 2 < text.size(); ++i) {
        const auto first = static_cast<unsigned char>(text[i]);
        const auto second = static_cast<unsigned char>(text[i + 1]);
        if (first == 0xE3 ? second >= 0x81 : first >= 0xE4 && first <= 0xE9) return true;
    }
    return false;
}

std::string_view html_language(Language language) {
    return language == Language::en ? "en" : "ja";
}

std::string language_links(const Frame& frame) {
    std::string out;
    for (const auto language : languages) {
        const auto query = frame.query.empty() ? "" : frame.query + "&";
        out += fmt::format(
            R"(<li><a href="{}" lang="{}" hreflang="{}"{}>{}</a></li>)",
            html_text(fmt::format("{}?{}lang={}", frame.path, query, to_text(language))),
            html_language(language), html_language(language),
            language == frame.language ? R"( aria-current="true")" : "", own_names.in(language));
    }
    return fmt::format(R"(<nav aria-label="{}"><ul class="languages">{}</ul></nav>)",
                       say(frame.language, languages_title), out);
}

std::string window_title(const Frame& frame, const Words& program, std::string_view heading) {
    const auto own = plain(frame.title.empty() ? heading : frame.title);
    const auto site = plain(say(frame.language, program));
    const auto wrong = frame.wrong ? plain(say(frame.language, error_prefix)) : "";
    return wrong + (own == site ? site : fmt::format("{} – {}", own, site));
}

constexpr std::array<std::string_view, 12> english_months = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};

}  // namespace

std::string day_text(Language language, Date day) {
    const auto year = static_cast<int>(day.year());
    const auto month = static_cast<unsigned>(day.month());
    const auto of_month = static_cast<unsigned>(day.day());
    switch (language) {
        case Language::ja:
            return fmt::format("{}年{}月{}日", year, month, of_month);
        case Language::en:
            return fmt::format("{} {} {}", of_month, english_months.at(month - 1), year);
        case Language::easy:
            return fmt::format("{}[年|ねん]{}[月|がつ]{}[日|にち]", year, month, of_month);
    }
    return "";
}

std::string time_text(Language language, UnixTime time, std::int32_t utc_offset_s) {
    const auto second = (time + utc_offset_s) % 86'400;
    return fmt::format("{} {:02}:{:02}", day_text(language, date_at(time, utc_offset_s)),
                       second / 3600, second / 60 % 60);
}

std::string_view to_text(Language language) {
    switch (language) {
        case Language::ja:
            return "ja";
        case Language::en:
            return "en";
        case Language::easy:
            return "easy";
    }
    return "";
}

Language language_of(std::string_view text) {
    for (const auto language : languages) {
        if (to_text(language) == text) return language;
    }
    return Language::ja;
}

std::string_view Words::in(Language language) const {
    switch (language) {
        case Language::ja:
            return ja;
        case Language::en:
            return en;
        case Language::easy:
            return easy;
    }
    return ja;
}

std::string in_japanese(std::string_view text) {
    return fmt::format("{}{}{}", japanese_begins,
                       without(without(text, japanese_begins), japanese_ends), japanese_ends);
}

std::string with_languages(Language language, std::string_view html) {
    std::string out;
    while (!html.empty()) {
        const auto begin = html.find(japanese_begins);
        const auto end = html.find(japanese_ends, std::min(begin, html.size()));
        if (end == std::string_view::npos) break;
        const auto text =
            html.substr(begin + japanese_begins.size(), end - begin - japanese_begins.size());
        const bool marked = !lang_of(language, text).empty();
        out += fmt::format("{}{}{}{}", html.substr(0, begin), marked ? span_begins : "", text,
                           marked ? span_ends : "");
        html.remove_prefix(end + japanese_ends.size());
    }
    return out += html;
}

std::string say_japanese(Language language, std::string_view text) {
    return with_languages(language, html_text(in_japanese(text)));
}

std::string_view lang_of(Language language, std::string_view text) {
    return language == Language::en && has_japanese(text) ? R"( lang="ja")" : "";
}

std::string with_readings(std::string_view html) {
    std::string out;
    while (!html.empty()) {
        const auto open = html.find('[');
        const auto bar = html.find('|', std::min(open, html.size()));
        const auto close = html.find(']', std::min(bar, html.size()));
        if (close == std::string_view::npos) break;
        out += fmt::format("{}<ruby>{}<rp>（</rp><rt>{}</rt><rp>）</rp></ruby>",
                           html.substr(0, open), html.substr(open + 1, bar - open - 1),
                           html.substr(bar + 1, close - bar - 1));
        html.remove_prefix(close + 1);
    }
    return out += html;
}

std::string plain(std::string_view html) {
    std::string out;
    while (!html.empty()) {
        const auto open = html.find("<ruby>");
        if (open == std::string_view::npos) break;
        const auto rp = html.find("<rp>", open);
        const auto close = html.find("</ruby>", open);
        out += html.substr(0, open);
        out += html.substr(open + 6, rp - open - 6);
        html.remove_prefix(close + 7);
    }
    out += html;
    // Only a span of Japanese ends in a title's HTML.
    return without(without(out, span_begins), span_ends);
}

std::string whole(const Frame& frame, const Words& program, std::string_view title,
                  std::string_view body) {
    const auto language = frame.language;
    return fmt::format(
        R"(<!doctype html>
<html lang="{}" data-language="{}" class="{}"><head><meta charset="utf-8"><title>{}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/style.css">{}</head>
<body><a class="skip" href="#main">{}</a><header><p>{}</p>{}{}</header>{}
<main id="main"><h1{}>{}</h1>{}</main></body></html>
)",
        html_language(language), to_text(language), frame.classes,
        window_title(frame, program, title), frame.head, say(language, skip_words),
        say(language, program), language_links(frame), frame.header, frame.navigation,
        frame.title_first ? R"( tabindex="-1" autofocus)" : "", title, body);
}

std::string_view style() {
    return
#include "lib/page/static/style.css.hpp"
        ;
}

}  // namespace mado::page
