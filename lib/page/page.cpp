#include "page/page.hpp"

#include <array>

namespace mado::page {
namespace {

constexpr std::array languages = {Language::ja, Language::en, Language::easy};
constexpr Words own_names{"日本語", "English", "やさしい日本語"};
constexpr Words languages_title{"言語", "Language", "ことば"};

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

}  // namespace

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

std::string whole(const Frame& frame, const Words& program, std::string_view title,
                  std::string_view body) {
    const auto language = frame.language;
    const auto script = frame.script.empty()
                            ? std::string()
                            : fmt::format(R"(<script src="{}" defer></script>)", frame.script);
    return fmt::format(
        R"(<!doctype html>
<html lang="{}"><head><meta charset="utf-8"><title>{}{}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/style.css">{}</head>
<body><header><p>{}</p>{}</header>
<main><h1{}>{}</h1>{}</main></body></html>
)",
        html_language(language), frame.wrong ? say(language, error_prefix) : "", title, script,
        say(language, program), language_links(frame),
        frame.title_first ? R"( tabindex="-1" autofocus)" : "", title, body);
}

std::string_view style() {
    return
#include "lib/page/static/style.css.hpp"
        ;
}

}  // namespace mado::page
