#include "ending_feeds.hpp"

#include "http/event_stream.hpp"

namespace mado::relay {
namespace {

// Some 100,000 events: what may be told at once to one that connects.
constexpr std::size_t waiting_bytes_max = 16 * 1024 * 1024;
constexpr std::int64_t drop_pause_s = 10;

std::string event(const Hash& mandate, Ending ending) {
    return http::event_text(
        {.name = std::string(wire::ended_event),
         .data = wire::ended_event_data({.mandate = mandate, .ending = ending})});
}

}  // namespace

EndingFeeds::EndingFeeds(const std::vector<LiveMandate>& stored) {
    for (const auto& one : stored) {
        if (!one.ended) continue;
        organisations_[one.organisation].ended.try_emplace(
            one.hash, Ended{.expires = one.expires, .ending = *one.ended});
    }
}

// What has ended and whom it is told are looked at under one lock: no event falls between.
std::shared_ptr<http::Feed> EndingFeeds::open(const wire::ParticipantId& organisation,
                                              UnixTime now) {
    const std::scoped_lock lock(mutex_);
    auto& own = organisations_[organisation];
    std::erase_if(own.feeds, [](const auto& feed) { return feed.expired(); });
    if (own.feeds.size() >= feeds_of_one_max) return nullptr;
    auto feed = std::make_shared<http::Feed>(http::Feed::Options{
        .waiting_bytes_max = waiting_bytes_max, .heartbeat = std::string(http::event_heartbeat)});
    feed->push(http::event_heartbeat);  // the header alone may wait in somebody's buffer
    for (const auto& [mandate, ended] : own.ended) {
        if (ended.expires > now) feed->push(event(mandate, ended.ending));
    }
    own.feeds.push_back(feed);
    return feed;
}

void EndingFeeds::tell(const LiveMandate& ended, UnixTime now) {
    if (!ended.ended) return;
    const std::scoped_lock lock(mutex_);
    drop_old(now);
    auto& own = organisations_[ended.organisation];
    own.ended.try_emplace(ended.hash, Ended{.expires = ended.expires, .ending = *ended.ended});
    const auto text = event(ended.hash, *ended.ended);
    std::erase_if(own.feeds, [&text](const auto& weak) {
        const auto feed = weak.lock();
        return !feed || !feed->push(text);
    });
}

void EndingFeeds::drop_old(UnixTime now) {
    if (now < dropped_at_ + drop_pause_s) return;
    dropped_at_ = now;
    for (auto& [id, own] : organisations_)
        std::erase_if(own.ended, [now](const auto& one) { return one.second.expires <= now; });
}

}  // namespace mado::relay
