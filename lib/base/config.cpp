#include "base/config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <sstream>
#include <toml.hpp>
#include <utility>

#include "base/bytes.hpp"
#include "base/file.hpp"
#include "base/result.hpp"

namespace mado {
namespace {

constexpr std::size_t config_bytes_max = 1024 * 1024;
constexpr int depth_max = 8;

// Past the quoted text that begins at `at` (TOML 1.0.0, "String").
std::size_t after_text(std::string_view toml, std::size_t at) {
    const std::string three(3, toml[at]);
    const bool has_escapes = toml[at] == '"';
    const bool has_lines = toml.substr(at).starts_with(three);
    const auto quotes = std::string_view(three).substr(has_lines ? 0 : 2);
    for (at += quotes.size(); at < toml.size(); ++at) {
        if (has_escapes && toml[at] == '\\') {
            ++at;
        } else if (toml.substr(at).starts_with(quotes)) {
            return at + quotes.size();
        } else if (!has_lines && toml[at] == '\n') {
            return at;
        }
    }
    return toml.size();
}

// toml11 goes down one call for each bracket, so a file of brackets would end the process.
bool is_too_deep(std::string_view toml) {
    int depth = 0;
    for (std::size_t at = 0; at < toml.size();) {
        const char c = toml[at];
        if (c == '[' || c == '{') ++depth;
        if (c == ']' || c == '}') --depth;
        if (depth > depth_max) return true;
        if (c == '#') {
            at = std::min(toml.find('\n', at), toml.size());
        } else {
            at = c == '"' || c == '\'' ? after_text(toml, at) : at + 1;
        }
    }
    return false;
}

// toml11 words its errors for a terminal: "[error] toml::<function>: <why>\n --> <file>\n …". The
// operator gets the line and the reason.
std::string reason_of(const toml::exception& error) {
    std::string text = error.what();
    text.resize(std::min(text.find('\n'), text.size()));
    const auto function_end = text.find(": ");
    return function_end == std::string::npos ? text : text.substr(function_end + 2);
}

[[noreturn]] void refuse_syntax(const std::string& path, const toml::exception& error) {
    throw OperatorError(fmt::format("{}, line {}: not valid TOML ({})", path,
                                    error.location().line(), reason_of(error)));
}

// toml11 reads an integer through a stream and keeps 0 when it does not fit 64 bits, so what was
// written is read again. Hexadecimal and the like are not accepted: no key of ours needs them.
bool is_what_was_written(std::int64_t number, const toml::source_location& at) {
    std::string written = at.line_str().substr(at.column() - 1, at.region());
    std::erase(written, '_');
    if (written.starts_with('+')) written.erase(0, 1);
    std::int64_t again = 0;
    const auto* end = written.data() + written.size();
    const auto result = std::from_chars(written.data(), end, again);
    return result.ec == std::errc() && result.ptr == end && again == number;
}

}  // namespace

struct Config::Node {
    toml::value table;
    std::map<std::string, bool, std::less<>> taken;
    std::vector<Config> below;  // the tables taken from this one

    explicit Node(toml::value value) : table(std::move(value)) {
        for (const auto& member : table.as_table())
            taken.emplace(member.first, false);
    }

    // Null when there is no such key.
    const toml::value* take(std::string_view key) {
        const auto found = taken.find(key);
        if (found == taken.end()) return nullptr;
        found->second = true;
        return &table.as_table().at(found->first);
    }
};

Config::Config(std::shared_ptr<Node> node, std::string where)
    : node_(std::move(node)), where_(std::move(where)) {}
Config::~Config() = default;
Config::Config(Config&&) noexcept = default;
Config& Config::operator=(Config&&) noexcept = default;

Config Config::load(const std::string& path) {
    std::optional<std::string> text;
    try {
        text = read_file(path, config_bytes_max);
    } catch (const Failure& failure) {
        throw OperatorError(fmt::format("the configuration cannot be read: {}", failure.what()));
    }
    if (!text) throw OperatorError(fmt::format("there is no configuration file {}", path));
    // toml11 3.7 reads outside of its memory when it words its error about such a text.
    if (!is_utf8(*text)) throw OperatorError(path + ": not valid TOML (it is not UTF-8)");
    if (is_too_deep(*text)) throw OperatorError(path + ": is nested too deeply");
    std::istringstream stream(*text);
    try {
        return Config(std::make_shared<Node>(toml::parse(stream, path)), path);
    } catch (const toml::exception& error) {
        refuse_syntax(path, error);
    } catch (const std::exception& error) {  // what toml11 lets through of its conversions
        throw OperatorError(fmt::format("{}: not valid TOML ({})", path, error.what()));
    }
}

void Config::refuse(std::string_view key, std::string_view why) const {
    throw OperatorError(fmt::format("{}: {} {}", where_, key, why));
}

std::optional<std::string> Config::optional_text(std::string_view key) {
    const auto* value = node_->take(key);
    if (value == nullptr) return std::nullopt;
    if (!value->is_string()) refuse(key, "must be a text in quotes");
    return value->as_string().str;
}

std::string Config::text(std::string_view key) {
    auto value = optional_text(key);
    if (!value) refuse(key, "is missing");
    return std::move(*value);
}

std::string Config::text_or(std::string_view key, std::string_view fallback) {
    auto value = optional_text(key);
    return value ? std::move(*value) : std::string(fallback);
}

std::int64_t Config::integer(std::string_view key, std::int64_t min, std::int64_t max) {
    const auto* value = node_->take(key);
    if (value == nullptr) refuse(key, "is missing");
    if (!value->is_integer()) refuse(key, "must be a whole number");
    const std::int64_t number = value->as_integer();
    const bool exact = is_what_was_written(number, value->location());
    if (!exact || number < min || number > max) {
        refuse(key, fmt::format("must be between {} and {}", min, max));
    }
    return number;
}

std::int64_t Config::integer_or(std::string_view key, std::int64_t fallback, std::int64_t min,
                                std::int64_t max) {
    return has(key) ? integer(key, min, max) : fallback;
}

bool Config::boolean_or(std::string_view key, bool fallback) {
    const auto* value = node_->take(key);
    if (value == nullptr) return fallback;
    if (!value->is_boolean()) refuse(key, "must be true or false");
    return value->as_boolean();
}

std::vector<std::string> Config::texts(std::string_view key) {
    const auto* value = node_->take(key);
    if (value == nullptr) refuse(key, "is missing");
    if (!value->is_array()) refuse(key, "must be a list of texts");
    std::vector<std::string> out;
    for (const auto& element : value->as_array()) {
        if (!element.is_string()) refuse(key, "must be a list of texts");
        out.push_back(element.as_string().str);
    }
    return out;
}

std::optional<Config> Config::optional_table(std::string_view key) {
    const auto* value = node_->take(key);
    if (value == nullptr) return std::nullopt;
    if (!value->is_table()) refuse(key, "must be a table");
    auto node = std::make_shared<Node>(*value);
    const std::string where = fmt::format("{}, [{}]", where_, key);
    node_->below.push_back(Config(node, where));
    return Config(std::move(node), where);
}

Config Config::table(std::string_view key) {
    auto found = optional_table(key);
    if (!found) refuse(key, "is missing: a table is needed");
    return std::move(*found);
}

std::vector<Config> Config::tables(std::string_view key) {
    const auto* value = node_->take(key);
    if (value == nullptr) return {};
    if (!value->is_array()) refuse(key, "must be a list of tables, [[…]]");
    std::vector<Config> out;
    for (const auto& element : value->as_array()) {
        if (!element.is_table()) refuse(key, "must be a list of tables, [[…]]");
        auto node = std::make_shared<Node>(element);
        const std::string where = fmt::format("{}, [[{}]] number {}", where_, key, out.size() + 1);
        node_->below.push_back(Config(node, where));
        out.push_back(Config(std::move(node), where));
    }
    return out;
}

std::vector<std::string> Config::keys() const {
    std::vector<std::string> out;
    for (const auto& [key, taken] : node_->taken)
        out.push_back(key);
    return out;
}

bool Config::has(std::string_view key) const {
    return node_->taken.contains(key);
}

void Config::finish() const {
    for (const auto& [key, taken] : node_->taken) {
        if (!taken) refuse(key, "is not a key that is known here");
    }
    for (const auto& below : node_->below)
        below.finish();
}

}  // namespace mado
