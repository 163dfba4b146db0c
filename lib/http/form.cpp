#include "http/form.hpp"

#include <algorithm>
#include <optional>

#include "base/bytes.hpp"
#include "base/secret.hpp"

namespace mado::http {
namespace {

std::optional<int> hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return std::nullopt;
}

bool is_plain(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '.' || c == '_' || c == '*';
}

// Text that a person could have typed.
bool is_text(std::string_view text) {
    const auto is_control = [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && c != '\n' && c != '\r' && c != '\t') || byte == 0x7f;
    };
    return is_utf8(text) && std::ranges::none_of(text, is_control);
}

Parsed<std::string> decoded(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+') {
            out += ' ';
        } else if (text[i] == '%') {
            const auto digits = text.substr(i + 1, 2);
            const auto high = digits.size() == 2 ? hex_digit(digits[0]) : std::nullopt;
            const auto low = digits.size() == 2 ? hex_digit(digits[1]) : std::nullopt;
            if (!high || !low) return bad("a form has a broken percent code");
            out += static_cast<char>(*high << 4 | *low);
            i += 2;
        } else {
            out += text[i];
        }
    }
    if (!is_text(out)) return bad("a form has something that is no text");
    return out;
}

std::string encoded(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (is_plain(c)) {
            out += c;
        } else {
            out += '%';
            out += digits[byte >> 4];
            out += digits[byte & 15];
        }
    }
    return out;
}

}  // namespace

Form::~Form() {
    for (auto& [name, text] : fields_)
        wipe(text);
}

std::string_view Form::text(const std::string& name) const {
    const auto field = fields_.find(name);
    return field == fields_.end() ? std::string_view() : std::string_view(field->second);
}

Parsed<Form> parse_form(std::string_view text) {
    Form out;
    while (!text.empty()) {
        const auto end = std::min(text.find('&'), text.size());
        const auto pair = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (pair.empty()) continue;
        const auto equals = std::min(pair.find('='), pair.size());
        auto name = decoded(pair.substr(0, equals));
        auto value = decoded(pair.substr(std::min(equals + 1, pair.size())));
        if (!name) return std::unexpected(name.error());
        if (!value) return std::unexpected(value.error());
        if (out.has(*name)) return bad("a form has a field twice");
        if (out.fields().size() == form_fields_max) return bad("a form has too many fields");
        out.set(std::move(*name), *value);
        wipe(*value);  // short texts are copied when they are moved
    }
    return out;
}

std::string form_text(const Form& form) {
    std::string out;
    for (const auto& [name, text] : form.fields()) {
        if (!out.empty()) out += '&';
        out += encoded(name) + "=" + encoded(text);
    }
    return out;
}

std::vector<std::string> words_in(std::string_view text) {
    std::vector<std::string> out;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        out.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

std::string html_text(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:  // open set: any other character stands for itself
                out += c;
        }
    }
    return out;
}

}  // namespace mado::http
