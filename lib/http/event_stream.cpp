#include "http/event_stream.hpp"

namespace mado::http {
namespace {

bool is_one_line(std::string_view text) {
    return text.find_first_of("\r\n") == std::string_view::npos;
}

}  // namespace

std::string event_text(const ServerEvent& event) {
    if (!is_one_line(event.name) || !is_one_line(event.data)) {
        throw Failure("an event that was to be sent has several lines");
    }
    return "event: " + event.name + "\ndata: " + event.data + "\n\n";
}

Parsed<std::vector<ServerEvent>> EventReader::add(std::string_view bytes) {
    std::vector<ServerEvent> events;
    for (const char c : bytes) {
        const bool joined = c == '\n' && after_return_;
        after_return_ = c == '\r';
        if (joined) continue;
        if (c == '\r' || c == '\n') {
            if (auto ok = end_line(events); !ok) return std::unexpected(ok.error());
            continue;
        }
        if (line_.size() >= line_bytes_max) return bad("a line of an event stream is too long");
        line_.push_back(c);
    }
    return events;
}

Parsed<void> EventReader::end_line(std::vector<ServerEvent>& events) {
    auto line = std::exchange(line_, {});
    if (std::exchange(first_line_, false) && line.starts_with("\xef\xbb\xbf")) line.erase(0, 3);
    if (line.empty()) {
        auto name = std::exchange(name_, {});
        auto data = std::exchange(data_, {});
        if (data.empty()) return {};
        data.pop_back();  // the last line's end
        events.push_back({name.empty() ? "message" : std::move(name), std::move(data)});
        return {};
    }
    const auto colon = line.find(':');
    const auto field = std::string_view(line).substr(0, colon);  // "": a comment
    std::string_view value;
    if (colon != std::string::npos) value = std::string_view(line).substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (field == "event") name_ = value;
    if (field == "data") {
        if (data_.size() + value.size() >= data_bytes_max) return bad("an event is too long");
        data_.append(value).push_back('\n');
    }
    return {};
}

}  // namespace mado::http
