#include "clerks.hpp"

#include <array>
#include <boost/json.hpp>

#include "base/file.hpp"
#include "base/json.hpp"
#include "wire/ids.hpp"

namespace mado::issuer {
namespace {

constexpr std::size_t file_bytes_max = 1024 * 1024;
constexpr std::size_t clerks_max = 5'000;
constexpr std::size_t values_max_of_one = 13;

constexpr std::array roles{ClerkRole::window, ClerkRole::approver, ClerkRole::hotline,
                           ClerkRole::supervisor};

Parsed<std::set<ClerkRole>> read_roles(const json::array& names) {
    std::set<ClerkRole> out;
    for (const auto& name : names) {
        const auto role =
            name.is_string() ? parse_clerk_role(name.get_string()) : std::optional<ClerkRole>();
        if (!role) return bad("a clerk has an unknown role");
        if (!out.insert(*role).second) return bad("a clerk has a role twice");
    }
    return out;
}

// Whoever helps people by telephone, or answers for the whole centre, is bound to no municipality.
Parsed<Clerk> read_clerk(Members& in) {
    Clerk clerk{.name = in.text("name", 100)};
    if (in.has("signing")) clerk.signing = in.hash("signing");
    clerk.municipality = in.optional_text("municipality", 64).value_or("");
    const bool is_bound = in.has("municipality");
    auto given = read_roles(in.array("roles", roles.size()));
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (!given) return std::unexpected(given.error());
    clerk.roles = std::move(*given);
    if (clerk.name.empty()) return bad("a clerk has no name");
    if (!is_bound) return clerk;
    if (!wire::ParticipantId::parse(clerk.municipality)) {
        return bad("a clerk's municipality is no participant's id");
    }
    if (clerk.has(ClerkRole::hotline) || clerk.has(ClerkRole::supervisor)) {
        return bad("hotline and supervisor are roles of the centre's own, without a municipality");
    }
    return clerk;
}

}  // namespace

std::string_view to_text(ClerkRole role) {
    switch (role) {
        case ClerkRole::window:
            return "window";
        case ClerkRole::approver:
            return "approver";
        case ClerkRole::hotline:
            return "hotline";
        case ClerkRole::supervisor:
            return "supervisor";
    }
    return "";
}

std::optional<ClerkRole> parse_clerk_role(std::string_view text) {
    for (const auto role : roles) {
        if (to_text(role) == text) return role;
    }
    return std::nullopt;
}

Parsed<ClerkList> parse_clerks(std::string_view text) {
    const auto object = parse_json_object(
        text, {.text_bytes_max = file_bytes_max, .values_max = values_max_of_one * clerks_max});
    if (!object) return std::unexpected(object.error());
    ClerkList out;
    std::set<std::string> names;  // by which it is known whose hand something was
    Members in(*object);
    for (const auto& value : in.array("clerks", clerks_max)) {
        if (!value.is_object()) return bad("a clerk is not an object");
        Members one(value.get_object());
        const auto card = one.hash("card");
        auto clerk = read_clerk(one);
        if (!clerk) return std::unexpected(clerk.error());
        if (!names.insert(clerk->name).second) return bad("two clerks have one name");
        if (!out.emplace(card, std::move(*clerk)).second) return bad("two clerks have one card");
    }
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return out;
}

Clerks::Clerks(std::string path) : path_(std::move(path)) {
    const auto text = read_file(path_, file_bytes_max);
    if (!text) throw OperatorError("the file is missing: " + path_);
    clerks_ = must(parse_clerks(*text), path_);
    read_at_ = unix_now();
}

std::optional<Clerk> Clerks::find(const Hash& card, UnixTime now) {
    if (now != read_at_) {
        const auto text = read_file(path_, file_bytes_max);
        auto clerks = text ? parse_clerks(*text) : Parsed<ClerkList>(bad("no file"));
        clerks_ = clerks ? std::move(*clerks) : ClerkList{};
        read_at_ = now;
    }
    const auto found = clerks_.find(card);
    if (found == clerks_.end()) return std::nullopt;
    return found->second;
}

}  // namespace mado::issuer
