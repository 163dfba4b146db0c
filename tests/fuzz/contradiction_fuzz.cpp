#include "fuzz.hpp"
#include "monitor/contradiction.hpp"

namespace mado::fuzz {

bool contradiction(ByteView in) {
    const auto parsed = monitor::parse_contradiction(as_text(in));
    if (!parsed) return false;
    const auto text = monitor::to_json(*parsed);
    const auto again = monitor::parse_contradiction(text);
    require(again.has_value() && monitor::to_json(*again) == text,
            "a contradiction is read as written");
    const auto& log = world().directory.logs.front().key;
    require(
        !monitor::verify_contradiction(*parsed, log) || monitor::origin_of(*parsed) == log.name(),
        "what verifies is this log's");
    return true;
}

}  // namespace mado::fuzz
