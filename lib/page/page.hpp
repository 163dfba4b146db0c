// Pages that C++ makes, for programs that a person sees: three languages, one look. Texts are
// escaped by say() and html_text().
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "http/form.hpp"

namespace mado::page {

using http::html_text;

enum class Language { ja, en, easy };  // easy: やさしい日本語
std::string_view to_text(Language language);
// Japanese for anything else.
Language language_of(std::string_view text);

// A text in every language; `{}` stands for what fmt puts there.
struct Words {
    std::string_view ja, en, easy;
    [[nodiscard]] std::string_view in(Language language) const;
};
// What others have written in Japanese (a name, a notice), to stand in a place of Words: in English
// it is marked as Japanese, so that it is spoken so (WCAG 2.2, 3.1.2).
std::string in_japanese(std::string_view text);
// HTML of what has such marks: a span in English, nothing in the other languages.
std::string with_languages(Language language, std::string_view html);
// HTML with readings above characters where the text has them: "[年金|ねんきん]".
std::string with_readings(std::string_view html);
// The same without them, and without spans of Japanese, for titles and attributes.
std::string plain(std::string_view html);
// As it stands in HTML.
template <class... Arguments>
std::string say(Language language, const Words& words, const Arguments&... arguments) {
    const auto text = with_languages(
        language, html_text(fmt::format(fmt::runtime(words.in(language)), arguments...)));
    return language == Language::easy ? with_readings(text) : text;
}
// Such a text alone, as it stands in HTML; and the attribute of an element that there is anyway.
std::string say_japanese(Language language, std::string_view text);
std::string_view lang_of(Language language, std::string_view text);  // ` lang="ja"`, or ""

// 2026年11月27日; 27 November 2026; to stand in a place of Words: with readings in やさしい日本語.
// The same as pages' scripts write (web/shared/dates.ts).
std::string day_text(Language language, Date day);
// With the time of day, in a zone `utc_offset_s` seconds east of Greenwich.
std::string time_text(Language language, UnixTime time, std::int32_t utc_offset_s);

// Before what the person has to mend, in the title and on the page.
inline constexpr Words error_prefix{"エラー：", "Error: ", "まちがい："};

struct Frame {
    Language language = Language::ja;
    std::string path;             // of this page, for the other languages
    std::string query = {};       // without "lang"
    std::string title = {};       // HTML, where a window is named otherwise than by its heading
    bool title_first = false;     // it has the focus, so that nothing is scrolled past
    bool wrong = false;           // the person has to mend something: the title says so first
    std::string head = {};        // HTML: what else stands in the document's head
    std::string header = {};      // HTML: more at its top
    std::string navigation = {};  // HTML, between header and content
    std::string classes = {};     // of the document, for the style
};
// A whole document; `title` and `body` are HTML. `program`: whose page it is, and so the second
// part of the window's title.
std::string whole(const Frame& frame, const Words& program, std::string_view title,
                  std::string_view body);
// CSS, at "/style.css".
std::string_view style();

}  // namespace mado::page
