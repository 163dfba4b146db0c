#include "fuzz.hpp"
#include "tlog/contradiction.hpp"

namespace mado::fuzz {

bool contradiction(ByteView in) {
    const auto parsed = tlog::parse_contradiction(as_text(in));
    if (!parsed) return false;
    const auto text = tlog::to_json(*parsed);
    const auto again = tlog::parse_contradiction(text);
    require(again.has_value() && tlog::to_json(*again) == text,
            "a contradiction is read as written");
    const auto& log = world().directory.logs.front().key;
    require(!tlog::verify_contradiction(*parsed, log) || tlog::origin_of(*parsed) == log.name(),
            "what verifies is this log's");
    return true;
}

}  // namespace mado::fuzz
