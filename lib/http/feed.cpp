#include <utility>

#include "http/feed_reader.hpp"

namespace mado::http {

Feed::Feed(Options options) : options_(std::move(options)) {}

bool Feed::push(std::string_view bytes) {
    const std::scoped_lock lock(mutex_);
    if (ended_) return false;
    if (waiting_.size() + bytes.size() > options_.waiting_bytes_max) {
        waiting_.clear();
        ended_ = true;
        overrun_ = true;
    } else {
        waiting_.append(bytes);
    }
    if (wake_) wake_();
    return !ended_;
}

void Feed::wake() {
    const std::scoped_lock lock(mutex_);
    if (wake_ && !std::exchange(woken_, true)) wake_();
}

void Feed::close() {
    const std::scoped_lock lock(mutex_);
    ended_ = true;
    if (wake_) wake_();
}

bool Feed::overrun() const {
    const std::scoped_lock lock(mutex_);
    return overrun_;
}

FeedReader::FeedReader(Feed& feed, std::function<void()> wake) : feed_(feed) {
    const std::scoped_lock lock(feed_.mutex_);
    feed_.wake_ = std::move(wake);
}

FeedReader::~FeedReader() {
    const std::scoped_lock lock(feed_.mutex_);
    feed_.ended_ = true;
    feed_.wake_ = nullptr;
    feed_.waiting_.clear();
}

std::optional<std::string> FeedReader::take() {
    {
        const std::scoped_lock lock(feed_.mutex_);
        if (feed_.ended_ && feed_.waiting_.empty()) return std::nullopt;
        if (!feed_.waiting_.empty() || !feed_.options_.more) {
            return std::exchange(feed_.waiting_, {});
        }
        feed_.woken_ = false;  // what comes from here on wakes again
    }
    return feed_.options_.more();  // it may hold a lock of its own, under which others wake
}

}  // namespace mado::http
