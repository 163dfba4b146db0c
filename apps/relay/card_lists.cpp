#include "card_lists.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <iterator>

#include "base/file.hpp"
#include "crypto/digest.hpp"
#include "wire/head.hpp"

namespace mado::relay {
namespace {

constexpr std::int64_t again_s = 10;  // between two readings of a list that was refused

}  // namespace

Hash card_name(const Hash& authority, const crypto::Serial& serial) {
    return crypto::sha256({authority, serial});
}

std::optional<wire::Code> judge_listed(const crypto::Crl* list, const crypto::Serial& serial,
                                       UnixTime now) {
    if (list == nullptr) return wire::Code::card_list_old;
    // Also on an old list: who is on it stays stopped.
    if (list->lists(serial)) return wire::Code::card_revoked;
    const bool old = list->this_update() + CardLists::age_s_max < now || list->next_update() <= now;
    return old ? std::optional(wire::Code::card_list_old) : std::nullopt;
}

Parsed<void> judge_successor(const crypto::Crl* in_use, const crypto::Crl& next, UnixTime now) {
    if (next.this_update() > now + wire::clock_skew_s) return bad("it is of the future");
    if (in_use == nullptr) return {};
    // One in use that is of the future was taken by a clock that was wrong: numbers decide.
    const bool ahead = in_use->this_update() > now + wire::clock_skew_s;
    const bool earlier = next.this_update() < in_use->this_update();
    if (next.number() < in_use->number() || (earlier && !ahead)) {
        return bad("it is older than the one in use");
    }
    return {};
}

CardLists::CardLists(const wire::Directory& directory, std::string folder, const Log& log)
    : folder_(std::move(folder)), log_(log) {
    for (const auto& certificate : directory.card_authorities)
        authorities_.try_emplace(certificate.thumbprint(), certificate);
}

std::optional<wire::Code> CardLists::judge(const Hash& authority, const crypto::Serial& serial,
                                           UnixTime now) const {
    const auto found = authorities_.find(authority);
    // An authority that the directory no longer names vouches for nobody.
    if (found == authorities_.end()) return wire::Code::card_unknown;
    const auto list = found->second.list.load();
    return judge_listed(list.get(), serial, now);
}

std::vector<Hash> CardLists::refresh(UnixTime now) {
    std::vector<Hash> out;
    for (auto& [name, authority] : authorities_) {
        const auto path = folder_ + "/" + base64url(name) + ".crl";
        const auto version = look(path, authority);
        if (!version || version == authority.seen) continue;
        // What was refused may be taken another time (a disk, a clock); the log says it once.
        const bool again = version == authority.tried;
        if (again && now < authority.tried_at + again_s) continue;
        const auto cards = read(path, authority, now, !again);
        authority.tried = version;
        authority.tried_at = now;
        if (!cards) continue;
        authority.seen = version;
        out.insert(out.end(), cards->begin(), cards->end());
    }
    return out;
}

std::optional<CardLists::Version> CardLists::look(const std::string& path,
                                                  Authority& authority) const {
    struct stat found{};
    // Nothing but a file: a pipe would keep the reader waiting.
    if (::stat(path.c_str(), &found) != 0 || !S_ISREG(found.st_mode)) {
        if (!std::exchange(authority.missing, true)) {
            log_.warning("card_list_missing", {{"file", std::string_view(path)}});
        }
        return std::nullopt;
    }
    authority.missing = false;
    return Version{.file = found.st_ino,
                   .changed_s = found.st_mtim.tv_sec,
                   .changed_ns = found.st_mtim.tv_nsec,
                   .bytes = found.st_size};
}

std::optional<std::vector<Hash>> CardLists::read(const std::string& path, Authority& authority,
                                                 UnixTime now, bool say) {
    const auto refuse = [this, &path, say](std::string_view why) {
        if (say)
            log_.warning("card_list_refused", {{"file", std::string_view(path)}, {"why", why}});
        return std::nullopt;
    };
    std::optional<std::string> text;
    try {
        text = read_file(path, crypto::Crl::bytes_max);
    } catch (const std::exception& error) {  // too large, or the disk
        return refuse(error.what());
    }
    if (!text) return refuse("it has gone");
    auto next = crypto::Crl::read(as_bytes(*text), authority.certificate);
    if (!next) return refuse(next.error().why);
    const auto in_use = authority.list.load();
    if (const auto fits = judge_successor(in_use.get(), *next, now); !fits) {
        return refuse(fits.error().why);
    }
    std::vector<crypto::Serial> added;
    std::ranges::set_difference(next->revoked(),
                                in_use ? in_use->revoked() : std::vector<crypto::Serial>(),
                                std::back_inserter(added));
    authority.list = std::make_shared<const crypto::Crl>(std::move(*next));
    log_.info("card_list_read", {{"file", std::string_view(path)},
                                 {"newly_listed", static_cast<std::int64_t>(added.size())}});
    std::vector<Hash> out;
    out.reserve(added.size());
    for (const auto& serial : added)
        out.push_back(card_name(authority.certificate.thumbprint(), serial));
    return out;
}

}  // namespace mado::relay
