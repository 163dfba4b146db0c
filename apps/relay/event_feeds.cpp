#include "event_feeds.hpp"

#include "http/event_stream.hpp"

namespace mado::relay {
namespace {

constexpr std::int64_t drop_pause_s = 10;

std::string text_of(const wire::EndedMandate& ended) {
    return http::event_text(
        {.name = std::string(wire::ended_event), .data = wire::ended_event_data(ended)});
}

std::string text_of(const wire::ChangedAnswer& changed) {
    return http::event_text(
        {.name = std::string(wire::changed_event), .data = wire::changed_event_data(changed)});
}

}  // namespace

EventFeeds::EventFeeds(const std::vector<LiveMandate>& mandates,
                       const std::vector<ChangedFor>& changed) {
    for (const auto& one : mandates)
        keep(one);
    for (const auto& one : changed)
        keep(one);
}

void EventFeeds::keep(const LiveMandate& ended) {
    if (!ended.ended) return;
    const wire::EndedMandate what{.mandate = ended.hash, .ending = *ended.ended};
    organisations_[ended.organisation].events.emplace(
        ++last_, Event{.what = what, .expires = ended.expires});
}

void EventFeeds::keep(const ChangedFor& changed) {
    auto& own = organisations_[changed.requester];
    if (!own.changed.insert(changed.what.index).second) return;
    own.events.emplace(++last_,
                       Event{.what = changed.what, .expires = changed.told_at + changed_kept_s});
}

std::shared_ptr<http::Feed> EventFeeds::open(const wire::ParticipantId& organisation,
                                             UnixTime now) {
    const std::scoped_lock lock(mutex_);
    auto& own = organisations_[organisation];  // never erased
    std::erase_if(own.feeds, [](const auto& feed) { return feed.expired(); });
    if (own.feeds.size() >= feeds_of_one_max) return nullptr;
    auto feed = std::make_shared<http::Feed>(http::Feed::Options{
        .heartbeat = std::string(http::event_heartbeat),
        .more = [this, &own, now, at = Position()]() mutable { return next_page(own, at, now); }});
    feed->push(http::event_heartbeat);  // the header alone may wait in somebody's buffer
    own.feeds.push_back(feed);
    return feed;
}

// After the last one told; those that are over since are not told to who comes later.
std::string EventFeeds::next_page(const Organisation& of, Position& at, UnixTime now) {
    const std::scoped_lock lock(mutex_);
    std::string out;
    std::size_t events = 0;
    auto one = of.events.upper_bound(at.told);
    for (; one != of.events.end() && events < page_events_max; ++one) {
        at.told = one->first;
        if (one->second.expires <= now) continue;
        out += std::visit([](const auto& what) { return text_of(what); }, one->second.what);
        ++events;
    }
    if (one == of.events.end() && !std::exchange(at.all_told, true)) {
        out += http::event_text({.name = std::string(wire::all_told_event), .data = "{}"});
    }
    return out;
}

void EventFeeds::tell(const LiveMandate& ended, UnixTime now) {
    const std::scoped_lock lock(mutex_);
    drop_old(now);
    keep(ended);
    wake(organisations_[ended.organisation]);
}

void EventFeeds::tell(const ChangedFor& changed, UnixTime now) {
    const std::scoped_lock lock(mutex_);
    drop_old(now);
    keep(changed);
    wake(organisations_[changed.requester]);
}

void EventFeeds::wake(Organisation& of) {
    std::erase_if(of.feeds, [](const auto& weak) {
        const auto feed = weak.lock();
        if (feed) feed->wake();
        return !feed;
    });
}

void EventFeeds::drop_old(UnixTime now) {
    if (now < dropped_at_ + drop_pause_s) return;
    dropped_at_ = now;
    for (auto& [id, own] : organisations_) {
        std::erase_if(own.events, [now, &changed = own.changed](const auto& one) {
            if (one.second.expires > now) return false;
            const auto* answer = std::get_if<wire::ChangedAnswer>(&one.second.what);
            if (answer != nullptr) changed.erase(answer->index);
            return true;
        });
    }
}

}  // namespace mado::relay
