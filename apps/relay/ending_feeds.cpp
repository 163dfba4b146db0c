#include "ending_feeds.hpp"

#include "http/event_stream.hpp"

namespace mado::relay {
namespace {

constexpr std::int64_t drop_pause_s = 10;

}  // namespace

EndingFeeds::EndingFeeds(const std::vector<LiveMandate>& stored) {
    for (const auto& one : stored)
        keep(one);
}

void EndingFeeds::keep(const LiveMandate& ended) {
    if (!ended.ended) return;
    organisations_[ended.organisation].ended.emplace(
        ++last_,
        Ended{.what = {.mandate = ended.hash, .ending = *ended.ended}, .expires = ended.expires});
}

std::shared_ptr<http::Feed> EndingFeeds::open(const wire::ParticipantId& organisation,
                                              UnixTime now) {
    const std::scoped_lock lock(mutex_);
    auto& own = organisations_[organisation];  // never erased
    std::erase_if(own.feeds, [](const auto& feed) { return feed.expired(); });
    if (own.feeds.size() >= feeds_of_one_max) return nullptr;
    auto feed = std::make_shared<http::Feed>(
        http::Feed::Options{.heartbeat = std::string(http::event_heartbeat),
                            .more = [this, &own, now, told = std::uint64_t{0}]() mutable {
                                return next_page(own, told, now);
                            }});
    feed->push(http::event_heartbeat);  // the header alone may wait in somebody's buffer
    own.feeds.push_back(feed);
    return feed;
}

// After the last one told; those that are over since are not told to who comes later.
std::string EndingFeeds::next_page(const Organisation& of, std::uint64_t& told, UnixTime now) {
    const std::scoped_lock lock(mutex_);
    std::string out;
    std::size_t events = 0;
    for (auto one = of.ended.upper_bound(told); one != of.ended.end() && events < page_events_max;
         ++one) {
        told = one->first;
        if (one->second.expires <= now) continue;
        out += http::event_text({.name = std::string(wire::ended_event),
                                 .data = wire::ended_event_data(one->second.what)});
        ++events;
    }
    return out;
}

void EndingFeeds::tell(const LiveMandate& ended, UnixTime now) {
    const std::scoped_lock lock(mutex_);
    drop_old(now);
    keep(ended);
    std::erase_if(organisations_[ended.organisation].feeds, [](const auto& weak) {
        const auto feed = weak.lock();
        if (feed) feed->wake();
        return !feed;
    });
}

void EndingFeeds::drop_old(UnixTime now) {
    if (now < dropped_at_ + drop_pause_s) return;
    dropped_at_ = now;
    for (auto& [id, own] : organisations_)
        std::erase_if(own.ended, [now](const auto& one) { return one.second.expires <= now; });
}

}  // namespace mado::relay
