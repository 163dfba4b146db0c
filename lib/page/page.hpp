// Pages that C++ makes, for programs that a person sees: three languages, one look. Texts are
// escaped by say() and html_text().
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

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
// HTML with readings above characters where the text has them: "[年金|ねんきん]".
std::string with_readings(std::string_view html);
// The same without them, for titles and attributes.
std::string plain(std::string_view html);
// As it stands in HTML.
template <class... Arguments>
std::string say(Language language, const Words& words, const Arguments&... arguments) {
    auto text = html_text(fmt::format(fmt::runtime(words.in(language)), arguments...));
    return language == Language::easy ? with_readings(text) : text;
}

// Before what the person has to mend, in the title and on the page.
inline constexpr Words error_prefix{"エラー：", "Error: ", "まちがい："};

struct Frame {
    Language language = Language::ja;
    std::string path;             // of this page, for the other languages
    std::string query = {};       // without "lang"
    bool title_first = false;     // it has the focus, so that nothing is scrolled past
    bool wrong = false;           // the person has to mend something: the title says so first
    std::string head = {};        // HTML: what else stands in the document's head
    std::string header = {};      // HTML: more at its top
    std::string navigation = {};  // HTML, between header and content
    std::string classes = {};     // of the document, for the style
};
// A whole document; `title` and `body` are HTML. `program`: whose page it is.
std::string whole(const Frame& frame, const Words& program, std::string_view title,
                  std::string_view body);
// CSS, at "/style.css".
std::string_view style();

}  // namespace mado::page
