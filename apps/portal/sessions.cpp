#include "sessions.hpp"

#include "crypto/digest.hpp"

namespace mado::portal {
namespace {

constexpr std::size_t waiting_max = 10'000;

Hash name_of(std::string_view cookie) {
    return crypto::sha256(as_bytes(cookie));
}

}  // namespace

std::optional<std::string> Sessions::begin(Waiting waiting, UnixTime now) {
    drop_old(now);
    if (waiting_.size() >= waiting_max) return std::nullopt;
    auto cookie = base64url(crypto::random_hash());
    waiting_.emplace(name_of(cookie), std::move(waiting));
    return cookie;
}

std::optional<Waiting> Sessions::take_waiting(std::string_view cookie, UnixTime now) {
    const auto found = waiting_.find(name_of(cookie));
    if (found == waiting_.end()) return std::nullopt;
    auto out = std::move(found->second);
    waiting_.erase(found);
    return out.expires > now ? std::optional(std::move(out)) : std::nullopt;
}

std::string Sessions::log_in(LoggedIn who) {
    auto cookie = base64url(crypto::random_hash());
    logged_in_.emplace(name_of(cookie), std::move(who));
    return cookie;
}

const LoggedIn* Sessions::find(std::string_view cookie, UnixTime now) const {
    const auto found = logged_in_.find(name_of(cookie));
    return found == logged_in_.end() || found->second.expires <= now ? nullptr : &found->second;
}

std::optional<LoggedIn> Sessions::log_out(std::string_view cookie) {
    const auto found = logged_in_.find(name_of(cookie));
    if (found == logged_in_.end()) return std::nullopt;
    auto out = found->second;
    end(out.mandate_hash, Ended::log_out);
    return out;
}

std::uint64_t Sessions::listen(const Hash& mandate, Listener listener) {
    listeners_.emplace(++last_listener_, Listening{mandate, std::move(listener)});
    return last_listener_;
}

void Sessions::forget(std::uint64_t listener) {
    listeners_.erase(listener);
}

void Sessions::end(const Hash& mandate, Ended why) {
    std::erase_if(logged_in_,
                  [&mandate](const auto& one) { return one.second.mandate_hash == mandate; });
    // A listener may forget itself.
    std::vector<Listener> called;
    for (const auto& [number, one] : listeners_) {
        if (one.mandate == mandate) called.push_back(one.listener);
    }
    for (const auto& listener : called)
        listener(why);
}

void Sessions::drop_old(UnixTime now) {
    std::erase_if(waiting_, [now](const auto& one) { return one.second.expires <= now; });
    std::vector<Hash> over;
    for (const auto& [name, one] : logged_in_) {
        if (one.expires <= now) over.push_back(one.mandate_hash);
    }
    for (const auto& mandate : over)
        end(mandate, Ended::time);
}

}  // namespace mado::portal
