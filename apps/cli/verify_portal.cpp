#include "verify_portal.hpp"

#include <fmt/format.h>

#include <expected>
#include <iostream>
#include <optional>

#include "base/printable.hpp"
#include "crypto/digest.hpp"
#include "log_words.hpp"
#include "monitor/page_reader.hpp"
#include "office.hpp"
#include "wire/web_build.hpp"

namespace mado::cli {
namespace {

constexpr std::size_t page_bytes_max = 256 * 1024;
constexpr std::size_t list_bytes_max = 64 * 1024;
constexpr std::string_view assets = "/assets/";

struct Listed {
    const wire::Participant* site;
    std::string origin;
};

// The site of the directory at that address; without one the only portal that it lists a build for.
Listed choose_site(const wire::Directory& directory, std::string address) {
    while (address.ends_with('/'))
        address.pop_back();
    std::vector<Listed> found;
    for (const auto& one : directory.participants) {
        if (!one.web_build || one.certificates.empty()) continue;
        for (const auto& uri : one.redirect_uris) {
            const auto origin = wire::origin_of(uri);
            const bool is_it = address.empty() ? one.kind.text() == "portal" : origin == address;
            if (origin && is_it) {
                found.push_back({.site = &one, .origin = *origin});
                break;
            }
        }
    }
    if (found.size() == 1) return found.front();
    throw OperatorError(found.empty() ? "the directory lists no site with a web build there"
                                      : "the directory lists several sites; say which address");
}

// What could not be read: the end of its address, and why.
struct Unread {
    std::string what;
    monitor::ReadError why;
};

// What a site serves of one build. Where a file could not be read, no others were asked for.
struct Served {
    std::map<std::string, std::string> files;
    std::set<std::string> unread;  // names
    std::optional<Unread> problem;
};

// The files of the build that the start page names, by the list that stands among them. What pages
// say, and which files others of them name, nobody can read so.
http::Task<std::expected<Served, Unread>> read_files(monitor::PageReader& reader) {
    const auto page = co_await reader.get("", page_bytes_max);
    if (!page) co_return std::unexpected(Unread{"/", page.error()});
    const auto folder = assets_of(*page);
    if (folder.empty()) {
        co_return std::unexpected(
            Unread{"/ （ビルドを一つだけ示していない it names no build, or "
                   "several）",
                   monitor::ReadError::malformed});
    }
    const auto path = folder.substr(1);  // below the prefix
    const std::string list_name(wire::web_build_list);
    auto list = co_await reader.get(path + list_name, list_bytes_max);
    if (!list) co_return std::unexpected(Unread{folder + list_name, list.error()});
    const auto names = wire::parse_web_build_list(*list);
    if (!names) {
        co_return std::unexpected(Unread{folder + list_name, monitor::ReadError::malformed});
    }
    Served out;
    out.files.emplace(list_name, std::move(*list));
    for (const auto& [name, hash] : *names) {
        if (out.problem) {
            out.unread.insert(name);
            continue;
        }
        auto text = co_await reader.get(path + name, wire::web_file_bytes_max);
        if (text) {
            out.files.emplace(name, std::move(*text));
        } else if (text.error() != monitor::ReadError::not_found) {
            // What it lists and does not have is something that differs, not something unread.
            out.problem = Unread{folder + name, text.error()};
            out.unread.insert(name);
        }
    }
    co_return out;
}

http::Task<int> verify(const wire::Directory& directory, Listed listed) {
    const auto url = wire::parse_url_prefix(listed.origin + "/");
    if (!url) throw OperatorError("the directory has no address of the site that can be read");
    monitor::PageReader reader(*url, listed.site->certificates.front());
    const auto served = co_await read_files(reader);
    const auto unread = [&listed](const Unread& one) {
        return print_read_error(listed.origin + one.what, one.why);
    };
    if (!served) co_return unread(served.error());
    // Who is caught with one file does not get away by not giving another.
    const auto status = served->problem ? unread(*served->problem) : status_good;
    const auto differ = differing_files(served->files, *listed.site->web_build, served->unread);
    if (differ.empty() && served->problem) co_return status;
    if (differ.empty()) {
        std::cout << fmt::format(
            "{}  {} 個のファイルは名簿（第 {} 版）のとおりです the same as in the directory: {} "
            "files, {}\n"
            "  ページの本文は確かめていません what its pages themselves say was not compared\n",
            listed.origin, served->files.size(), directory.version, served->files.size(),
            base64url(*listed.site->web_build));
        co_return status_good;
    }
    for (const auto& name : differ) {
        std::cout << fmt::format(
            "  ✗ {}  名簿のものと違います it is not what the directory lists\n", printable(name));
    }
    std::cout << fmt::format("{}  問題あり NOT the same as in the directory\n", listed.origin);
    co_return status_lie;
}

}  // namespace

std::string assets_of(std::string_view page) {
    std::string out;
    for (auto at = page.find(assets); at != page.npos; at = page.find(assets, at + 1)) {
        const auto end = page.find('/', at + assets.size());
        if (end == page.npos) return "";
        const std::string folder(page.substr(at, end + 1 - at));
        const bool fits =
            parse_hash(folder.substr(assets.size(), end - at - assets.size())).has_value();
        if (!fits || (!out.empty() && out != folder)) return "";
        out = folder;
    }
    return out;
}

std::vector<std::string> differing_files(const std::map<std::string, std::string>& files,
                                         const Hash& listed, const std::set<std::string>& unread) {
    std::vector<std::string> out;
    const std::string list_name(wire::web_build_list);
    const auto list = files.find(list_name);
    auto hashes = list == files.end() ? Parsed<std::map<std::string, Hash>>(bad("no list"))
                                      : wire::parse_web_build_list(list->second);
    if (!hashes) return {list_name};
    for (const auto& [name, text] : files) {
        if (name == list_name) continue;
        const auto known = hashes->find(name);
        if (known == hashes->end() || known->second != crypto::sha256(as_bytes(text))) {
            out.push_back(name);
        }
    }
    for (const auto& [name, hash] : *hashes) {
        if (!files.contains(name) && !unread.contains(name)) out.push_back(name);
    }
    // With its own line the list says all that the directory's hash is made of.
    (*hashes)[list_name] = crypto::sha256(as_bytes(list->second));
    if (out.empty() && wire::web_build_hash(*hashes) != listed) out.push_back(list_name);
    return out;
}

int verify_portal(const Places& places, const VerifyPortalOptions& options) {
    const auto directory = load_directory(places);
    return wait_for(verify(directory, choose_site(directory, options.address)));
}

}  // namespace mado::cli
