#include "clerks.hpp"

#include <boost/json.hpp>

#include "base/file.hpp"
#include "base/json.hpp"

namespace mado::issuer {
namespace {

constexpr std::size_t file_bytes_max = 1024 * 1024;
constexpr std::size_t clerks_max = 5'000;

}  // namespace

Parsed<ClerkNames> parse_clerks(std::string_view text) {
    const auto object =
        parse_json_object(text, {.text_bytes_max = file_bytes_max, .values_max = 4 * clerks_max});
    if (!object) return std::unexpected(object.error());
    ClerkNames out;
    Members in(*object);
    for (const auto& value : in.array("clerks", clerks_max)) {
        if (!value.is_object()) return bad("a clerk is not an object");
        Members one(value.get_object());
        auto name = one.text("name", 100);
        const auto card = one.hash("card");
        if (auto ok = one.finish(); !ok) return std::unexpected(ok.error());
        if (name.empty()) return bad("a clerk has no name");
        if (!out.emplace(card, std::move(name)).second) return bad("two clerks have one card");
    }
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return out;
}

Clerks::Clerks(std::string path) : path_(std::move(path)) {
    const auto text = read_file(path_, file_bytes_max);
    if (!text) throw OperatorError("the file is missing: " + path_);
    names_ = must(parse_clerks(*text), path_);
    read_at_ = unix_now();
}

std::optional<std::string> Clerks::find(const Hash& card, UnixTime now) {
    if (now != read_at_) {
        const auto text = read_file(path_, file_bytes_max);
        auto names = text ? parse_clerks(*text) : Parsed<ClerkNames>(bad("no file"));
        names_ = names ? std::move(*names) : ClerkNames{};
        read_at_ = now;
    }
    const auto found = names_.find(card);
    if (found == names_.end()) return std::nullopt;
    return found->second;
}

}  // namespace mado::issuer
