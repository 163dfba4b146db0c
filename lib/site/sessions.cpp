#include "site/sessions.hpp"

#include <algorithm>
#include <array>

#include "crypto/digest.hpp"
#include "http/event_stream.hpp"
#include "wire/mandate.hpp"

namespace mado::site {
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

bool Sessions::may_begin(std::string_view address, UnixTime now) {
    drop_old(now);
    const auto network = http::network_of(address);
    auto* starts = starts_.find(network);
    if (starts == nullptr) {
        starts_.put(network, 1, now + starts_window_s);
        return true;
    }
    if (*starts == starts_max) return false;
    ++*starts;
    return true;
}

std::string Sessions::begin(Waiting waiting, UnixTime now) {
    drop_old(now);
    auto cookie = base64url(crypto::random_hash());
    const auto until = waiting.expires;
    waiting_.put(name_of(cookie), std::move(waiting), until);
    return cookie;
}

std::optional<Waiting> Sessions::take_waiting(std::string_view cookie, std::string_view state,
                                              UnixTime now) {
    const auto name = name_of(cookie);
    const auto* found = waiting_.find(name);
    // Another site can send a browser here with an answer of its own: that takes nothing away.
    if (found == nullptr || found->state != state) return std::nullopt;
    auto out = waiting_.take(name);
    return out->expires > now ? std::move(out) : std::nullopt;
}

std::expected<std::string, Said> Sessions::log_in(LoggedIn who) {
    if (const auto* why = ended_.find(who.mandate_hash)) return std::unexpected(*why);
    // A nonce is given to one browser session, and its mandate taken once.
    if (sessions_.find(who.mandate_hash) != nullptr) return std::unexpected(Said::other_session);
    auto cookie = base64url(crypto::random_hash());
    const auto name = name_of(cookie);
    const auto mandate = who.mandate_hash;
    const auto until = who.expires;
    who.id = base64url(crypto::random_bytes(16));
    mandates_.emplace(name, mandate);
    of_cards_.emplace(who.card, mandate);
    sessions_.put(mandate, {.who = std::move(who), .name = name}, until);
    return cookie;
}

const LoggedIn* Sessions::find(std::string_view cookie, UnixTime now) const {
    const auto mandate = mandates_.find(name_of(cookie));
    const auto* found = mandate == mandates_.end() ? nullptr : sessions_.find(mandate->second);
    return found == nullptr || found->who.expires <= now ? nullptr : &found->who;
}

std::optional<LoggedIn> Sessions::log_out(std::string_view cookie) {
    const auto mandate = mandates_.find(name_of(cookie));
    if (mandate == mandates_.end()) return std::nullopt;
    auto out = sessions_.find(mandate->second)->who;
    end(out.mandate_hash, Said::log_out);
    return out;
}

std::optional<Hash> Sessions::end_one(const Hash& card, std::string_view id, Said why) {
    for (auto one = of_cards_.lower_bound({card, Hash{}});
         one != of_cards_.end() && one->first == card; ++one) {
        if (sessions_.find(one->second)->who.id != id) continue;
        const auto mandate = one->second;
        end(mandate, why);
        return mandate;
    }
    return std::nullopt;
}

std::vector<LoggedIn> Sessions::of_card(const Hash& card, UnixTime now) const {
    std::vector<LoggedIn> out;
    for (auto one = of_cards_.lower_bound({card, Hash{}});
         one != of_cards_.end() && one->first == card; ++one) {
        const auto& who = sessions_.find(one->second)->who;
        if (who.expires > now) out.push_back(who);
    }
    std::ranges::sort(out, {}, [](const LoggedIn& one) { return std::pair(one.since, one.id); });
    return out;
}

bool Sessions::may_ask(const Hash& mandate, UnixTime now) {
    auto* session = sessions_.find(mandate);
    if (session == nullptr) return false;
    if (session->asks_until <= now) {
        session->asks_until = now + asks_window_s;
        session->asks = 0;
    }
    return ++session->asks <= asks_max;
}

std::shared_ptr<http::Feed> Sessions::listen(const Hash& mandate) {
    auto* session = sessions_.find(mandate);
    if (session == nullptr) return nullptr;
    std::erase_if(session->listening, [](const auto& one) { return one.expired(); });
    if (session->listening.size() >= pages_max) return nullptr;
    auto feed = std::make_shared<http::Feed>(
        http::Feed::Options{.heartbeat = std::string(http::event_heartbeat)});
    session->listening.push_back(feed);
    return feed;
}

void Sessions::end(const Hash& mandate, Said why) {
    ended_.put(mandate, why, unix_now() + wire::login_lifetime_s);
    const auto session = sessions_.take(mandate);
    if (!session) return;
    mandates_.erase(session->name);
    of_cards_.erase({session->who.card, session->who.mandate_hash});
    for (const auto& one : session->listening) {
        const auto feed = one.lock();
        if (!feed) continue;
        feed->push(http::event_text({.name = "ended", .data = std::string(to_text(why))}));
        feed->close();
    }
}

void Sessions::drop_old(UnixTime now) {
    waiting_.drop_old(now);
    starts_.drop_old(now);
    ended_.drop_old(now);
    while (const auto mandate = sessions_.first(now))
        end(*mandate, Said::time_over);
}

}  // namespace mado::site
