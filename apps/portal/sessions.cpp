#include "sessions.hpp"

#include <algorithm>
#include <array>

#include "crypto/digest.hpp"
#include "http/event_stream.hpp"
#include "wire/mandate.hpp"

namespace mado::portal {
namespace {

Hash name_of(std::string_view cookie) {
    return crypto::sha256(as_bytes(cookie));
}

// The first that fits: browsers name those whose pages they want to be given.
std::string_view first_in(std::string_view user_agent,
                          std::span<const std::pair<std::string_view, std::string_view>> names) {
    for (const auto& [sign, name] : names) {
        if (user_agent.find(sign) != std::string_view::npos) return name;
    }
    return "";
}

}  // namespace

Browser browser_of(std::string_view user_agent) {
    using Names = std::pair<std::string_view, std::string_view>;
    static constexpr std::array programs{Names{"Edg/", "Edge"}, Names{"Firefox/", "Firefox"},
                                         Names{"Chrome/", "Chrome"}, Names{"Safari/", "Safari"}};
    static constexpr std::array systems{Names{"Android", "Android"}, Names{"iPhone", "iPhone"},
                                        Names{"iPad", "iPad"},       Names{"Windows", "Windows"},
                                        Names{"Mac OS", "Mac"},      Names{"Linux", "Linux"}};
    return {.program = first_in(user_agent, programs), .system = first_in(user_agent, systems)};
}

bool Sessions::may_begin(const std::string& address, UnixTime now) {
    drop_old(now);
    auto& starts = starts_[address];
    if (starts.until <= now) starts = {.until = now + starts_window_s, .count = 0};
    return ++starts.count <= starts_max && waiting_.size() < waiting_max;
}

std::optional<std::string> Sessions::begin(Waiting waiting, UnixTime now) {
    drop_old(now);
    if (waiting_.size() >= waiting_max) return std::nullopt;
    auto cookie = base64url(crypto::random_hash());
    waiting_.emplace(name_of(cookie), std::move(waiting));
    return cookie;
}

std::optional<Waiting> Sessions::take_waiting(std::string_view cookie, std::string_view state,
                                              UnixTime now) {
    const auto found = waiting_.find(name_of(cookie));
    // Another site can send a browser here with an answer of its own: that takes nothing away.
    if (found == waiting_.end() || found->second.state != state) return std::nullopt;
    auto out = std::move(found->second);
    waiting_.erase(found);
    return out.expires > now ? std::optional(std::move(out)) : std::nullopt;
}

std::expected<std::string, Said> Sessions::log_in(LoggedIn who) {
    const auto ended = ended_.find(who.mandate_hash);
    if (ended != ended_.end()) return std::unexpected(ended->second.why);
    auto cookie = base64url(crypto::random_hash());
    who.id = base64url(crypto::random_bytes(16));
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
    end(out.mandate_hash, Said::log_out);
    return out;
}

std::optional<Hash> Sessions::end_one(const Hash& card, std::string_view id, Said why) {
    for (const auto& [name, one] : logged_in_) {
        if (one.card != card || one.id != id) continue;
        const auto mandate = one.mandate_hash;
        end(mandate, why);
        return mandate;
    }
    return std::nullopt;
}

std::vector<LoggedIn> Sessions::of_card(const Hash& card, UnixTime now) const {
    std::vector<LoggedIn> out;
    for (const auto& [name, one] : logged_in_) {
        if (one.card == card && one.expires > now) out.push_back(one);
    }
    std::ranges::sort(out, {}, [](const LoggedIn& one) { return std::pair(one.since, one.id); });
    return out;
}

bool Sessions::may_ask(const Hash& mandate, UnixTime now) {
    auto& asks = asks_[mandate];
    if (asks.until <= now) asks = {.until = now + asks_window_s, .count = 0};
    return ++asks.count <= asks_max;
}

std::shared_ptr<http::Feed> Sessions::listen(const Hash& mandate) {
    std::erase_if(listening_, [](const auto& one) { return one.second.expired(); });
    if (listening_.count(mandate) >= pages_max) return nullptr;
    auto feed = std::make_shared<http::Feed>(
        http::Feed::Options{.heartbeat = std::string(http::event_heartbeat)});
    listening_.emplace(mandate, feed);
    return feed;
}

void Sessions::end(const Hash& mandate, Said why) {
    ended_.insert_or_assign(mandate,
                            Ended{.why = why, .until = unix_now() + wire::login_lifetime_s});
    std::erase_if(logged_in_,
                  [&mandate](const auto& one) { return one.second.mandate_hash == mandate; });
    const auto [from, to] = listening_.equal_range(mandate);
    for (auto one = from; one != to; ++one) {
        const auto feed = one->second.lock();
        if (!feed) continue;
        feed->push(http::event_text({.name = "ended", .data = std::string(to_text(why))}));
        feed->close();
    }
    listening_.erase(from, to);
}

void Sessions::drop_old(UnixTime now) {
    std::erase_if(waiting_, [now](const auto& one) { return one.second.expires <= now; });
    std::erase_if(starts_, [now](const auto& one) { return one.second.until <= now; });
    std::erase_if(asks_, [now](const auto& one) { return one.second.until <= now; });
    std::erase_if(ended_, [now](const auto& one) { return one.second.until <= now; });
    std::vector<Hash> over;
    for (const auto& [name, one] : logged_in_) {
        if (one.expires <= now) over.push_back(one.mandate_hash);
    }
    for (const auto& mandate : over)
        end(mandate, Said::time_over);
}

}  // namespace mado::portal
