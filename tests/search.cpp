#include "search.hpp"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <memory>
#include <optional>
#include <set>

#include "base/json.hpp"
#include "crypto/digest.hpp"
#include "db/db.hpp"

namespace mado::tests {
namespace {

constexpr std::size_t depth_max = 12;

std::uint64_t beginning_of(const char* bytes) {
    std::uint64_t out = 0;
    for (std::size_t i = 0; i < Needles::bytes_min; ++i)
        out = out << 8U | static_cast<std::uint8_t>(bytes[i]);
    return out;
}

std::size_t slot_of(std::uint64_t beginning) {
    return static_cast<std::size_t>(beginning * 0x9E37'79B9'7F4A'7C15U >> 44U);  // 20 bits
}

std::string upper(std::string text) {
    for (char& c : text)
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return text;
}

std::string url_form(std::string base64) {
    std::ranges::replace(base64, '+', '-');
    std::ranges::replace(base64, '/', '_');
    return base64;
}

std::string text_of(const json::string& text) {
    return {text.data(), text.size()};
}

void take_apart_into(std::vector<Leaf>& out, std::vector<std::string> path, std::string_view bytes);

void take_value_apart(std::vector<Leaf>& out, const std::vector<std::string>& path,
                      const json::value& value) {
    const auto below = [&path](std::string_view name) {
        auto longer = path;
        longer.emplace_back(name);
        return longer;
    };
    if (const auto* object = value.if_object()) {
        for (const auto& member : *object)
            take_value_apart(out, below(member.key()), member.value());
    } else if (const auto* array = value.if_array()) {
        for (const auto& element : *array)
            take_value_apart(out, path, element);
    } else if (const auto* text = value.if_string()) {
        take_apart_into(out, path, text_of(*text));
    } else if (value.is_int64()) {
        out.push_back({path, std::to_string(value.get_int64())});
    }
}

std::optional<json::value> read_structure(std::string_view bytes) {
    if (!bytes.starts_with('{') && !bytes.starts_with('[')) return std::nullopt;
    auto value = parse_json(bytes, {.text_bytes_max = 1U << 24U, .depth_max = 32});
    return value ? std::optional(std::move(*value)) : std::nullopt;
}

// The parts of a JWS or JWE; none when it is neither.
std::vector<Bytes> parts_of(std::string_view text) {
    std::vector<Bytes> out;
    if (std::ranges::count(text, '.') < 2) return out;
    for (std::size_t from = 0; from <= text.size();) {
        const auto end = std::min(text.find('.', from), text.size());
        const auto part = parse_base64url(text.substr(from, end - from));
        if (!part) return {};
        out.push_back(*part);
        from = end + 1;
    }
    return out;
}

// What is only an envelope is replaced by what is in it. Of other texts that base64url could have
// made both readings are kept: a code looks like one too.
void take_apart_into(std::vector<Leaf>& out, std::vector<std::string> path,
                     std::string_view bytes) {
    if (path.size() < depth_max) {
        if (const auto value = read_structure(bytes)) return take_value_apart(out, path, *value);
        const auto parts = parts_of(bytes);
        for (std::size_t i = 0; i < parts.size(); ++i) {
            auto below = path;
            below.push_back("part " + std::to_string(i));
            take_apart_into(out, std::move(below), as_text(parts[i]));
        }
        if (!parts.empty()) return;
        const auto decoded = parse_base64url(bytes);
        if (decoded && read_structure(as_text(*decoded))) {
            return take_apart_into(out, std::move(path), as_text(*decoded));
        }
        if (decoded && decoded->size() >= 8) out.push_back({path, std::string(as_text(*decoded))});
    }
    out.push_back({std::move(path), std::string(bytes)});
}

}  // namespace

void Needles::add_text(const std::string& what, std::string_view text) {
    if (text.size() < bytes_min) return;
    add_forms(what, text);
    const auto other = shift_jis(text);
    if (!other.empty() && other != text) add_forms(what + " in Shift_JIS", other);
    add_forms("SHA-256 of " + what, as_text(crypto::sha256(as_bytes(text))));
}

void Needles::add_bytes(const std::string& what, ByteView bytes) {
    add_forms(what, as_text(bytes));
    add_forms("SHA-256 of " + what, as_text(crypto::sha256(bytes)));
}

void Needles::add_forms(const std::string& name, std::string_view bytes) {
    add(name + " as it is", std::string(bytes));
    const auto digits = hex(as_bytes(bytes));
    add(name + " as hex", digits);
    add(name + " as HEX", upper(digits));
    for (const std::size_t before : {0U, 1U, 2U}) {
        const auto inside = base64_inside(bytes, before);
        add(name + " as base64", inside);
        if (url_form(inside) != inside) add(name + " as base64url", url_form(inside));
    }
}

void Needles::add(std::string name, std::string bytes) {
    if (bytes.size() < bytes_min) return;
    const auto beginning = beginning_of(bytes.data());
    by_beginning_[beginning].push_back(needles_.size());
    maybe_[slot_of(beginning)] = true;
    needles_.push_back({std::move(name), std::move(bytes)});
}

std::vector<std::string> Needles::search(std::string_view haystack) const {
    std::set<std::string> found;
    for (std::size_t at = 0; at + bytes_min <= haystack.size(); ++at) {
        const auto beginning = beginning_of(haystack.data() + at);
        if (!maybe_[slot_of(beginning)]) continue;
        const auto candidates = by_beginning_.find(beginning);
        if (candidates == by_beginning_.end()) continue;
        for (const auto index : candidates->second) {
            const auto& needle = needles_[index];
            if (haystack.substr(at).starts_with(needle.bytes)) found.insert(needle.name);
        }
    }
    return {found.begin(), found.end()};
}

std::string shift_jis(std::string_view text) {
    const iconv_t converter = ::iconv_open("CP932", "UTF-8");
    if (converter == reinterpret_cast<iconv_t>(-1)) throw Failure("iconv knows no Shift_JIS");
    const std::unique_ptr<void, int (*)(iconv_t)> owned(converter, &::iconv_close);
    std::string in(text);
    std::string out(text.size() * 2, '\0');
    char* from = in.data();
    std::size_t from_left = in.size();
    char* to = out.data();
    std::size_t to_left = out.size();
    const auto done = ::iconv(converter, &from, &from_left, &to, &to_left);
    if (done == static_cast<std::size_t>(-1)) return {};
    out.resize(out.size() - to_left);
    return out;
}

std::string base64_inside(std::string_view bytes, std::size_t before) {
    const auto text = base64(as_bytes(std::string(before, '\0') + std::string(bytes)));
    const std::size_t first = before == 0 ? 0 : before + 1;
    const std::size_t whole = (before + bytes.size()) * 8 / 6;  // no bit of what follows
    return text.substr(first, whole - first);
}

std::vector<Leaf> take_apart(std::string_view body) {
    std::vector<Leaf> out;
    take_apart_into(out, {}, body);
    return out;
}

std::string to_text(const std::vector<std::string>& path) {
    std::string out;
    for (const auto& name : path)
        out += (out.empty() ? "" : "/") + name;
    return out;
}

std::vector<std::string> all_values(const std::string& database) {
    db::Connection connection(database, db::Access::read_only);
    std::vector<std::string> tables;
    auto list = connection.prepare(
        "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'");
    while (list.step())
        tables.push_back(list.text(0));
    std::vector<std::string> out;
    for (const auto& table : tables) {
        auto rows = connection.prepare("select * from \"" + table + "\"");
        while (rows.step()) {
            for (std::size_t column = 0; column < rows.columns(); ++column) {
                switch (rows.type(column)) {
                    case db::ColumnType::integer:
                        out.push_back(std::to_string(rows.integer(column)));
                        break;
                    case db::ColumnType::text:
                        out.push_back(rows.text(column));
                        break;
                    case db::ColumnType::blob:
                        out.emplace_back(as_text(rows.blob(column)));
                        break;
                    case db::ColumnType::null:
                    case db::ColumnType::real:
                        break;
                }
            }
        }
    }
    return out;
}

}  // namespace mado::tests
