#include "fuzz.hpp"
#include "http/event_stream.hpp"
#include "wire/ending.hpp"

namespace mado::fuzz {
namespace {

using Events = std::vector<http::ServerEvent>;

// In pieces of this size.
Parsed<Events> read(std::string_view text, std::size_t size) {
    http::EventReader reader;
    Events out;
    for (; !text.empty(); text.remove_prefix(std::min(size, text.size()))) {
        auto some = reader.add(text.substr(0, size));
        if (!some) return std::unexpected(some.error());
        out.insert(out.end(), some->begin(), some->end());
    }
    return out;
}

}  // namespace

// What a relay sends to those who follow the ends of mandates, and changes of answers.
bool event_stream(ByteView in) {
    const auto whole = read(as_text(in), in.size() + 1);
    const auto pieces = read(as_text(in), 3);
    require(whole.has_value() == pieces.has_value(), "pieces make no difference");
    if (!whole) return false;
    require(*whole == *pieces, "nor to the events");
    bool accepted = false;
    for (const auto& event : *whole) {
        if (event.data.find('\n') == std::string::npos && !event.data.empty() &&
            event.name.find('\r') == std::string::npos) {
            require(read(http::event_text(event), 1'000'000) == Events{event}, "read as written");
        }
        accepted = wire::read_ended_event(event.data).has_value() || accepted;
        const auto changed = wire::read_changed_event(event.data);
        if (!changed) continue;
        const auto again = wire::read_changed_event(wire::changed_event_data(*changed));
        require(again && *again == *changed, "a changed answer is read as written");
        accepted = true;
    }
    return accepted;
}

}  // namespace mado::fuzz
