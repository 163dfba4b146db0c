// Server-sent events (WHATWG HTML, section 9.2): events as text, and what a reader makes of the
// bytes of a stream. No sockets: see Feed and Connection::open_feed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace mado::http {

struct ServerEvent {
    std::string name;
    std::string data;
    bool operator==(const ServerEvent&) const = default;
};

constexpr std::string_view event_stream_type = "text/event-stream";
// Says nothing; so a reader knows that the other side is there.
constexpr std::string_view event_heartbeat = ":\n\n";

// Throws Failure when name or data have several lines.
std::string event_text(const ServerEvent& event);

// For one stream, from its beginning.
class EventReader {
  public:
    static constexpr std::size_t line_bytes_max = 16 * 1024;
    static constexpr std::size_t data_bytes_max = 64 * 1024;

    // The events that these bytes complete (section 9.2.6). Bad: a line or an event is too long.
    // `id` and `retry` are not ours, and passed over.
    Parsed<std::vector<ServerEvent>> add(std::string_view bytes);

  private:
    Parsed<void> end_line(std::vector<ServerEvent>& events);

    std::string line_;
    std::string name_;
    std::string data_;
    bool first_line_ = true;
    bool after_return_ = false;  // a CR ended a line: an LF now belongs to it
};

}  // namespace mado::http
