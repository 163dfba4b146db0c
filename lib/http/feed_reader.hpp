// Internal to lib/http: the end of a Feed that a server sends from.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "http/http.hpp"

namespace mado::http {

// When it is gone, nobody reads the feed any more.
class FeedReader {
  public:
    // `wake` is called under the feed's mutex, by any thread: something waits, or the end has come.
    FeedReader(Feed& feed, std::function<void()> wake);
    ~FeedReader();
    FeedReader(const FeedReader&) = delete;
    FeedReader& operator=(const FeedReader&) = delete;

    // What waits, perhaps nothing yet; none after the end.
    std::optional<std::string> take();
    [[nodiscard]] const std::string& heartbeat() const { return feed_.options_.heartbeat; }
    [[nodiscard]] Milliseconds heartbeat_every() const { return feed_.options_.heartbeat_every; }

  private:
    Feed& feed_;
};

}  // namespace mado::http
