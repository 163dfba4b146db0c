#include "base/json.hpp"

#include <boost/json.hpp>

#include "fuzz.hpp"

namespace mado::fuzz {

bool json(ByteView in) {
    const auto value = parse_json(as_text(in));
    if (!value) return false;
    // Written again it may be longer, never deeper.
    const JsonLimits wide{.text_bytes_max = 1 << 20, .depth_max = 8, .values_max = 4096};
    const auto again = parse_json(boost::json::serialize(*value), wide);
    require(again.has_value() && *again == *value, "JSON is read as it was written");
    return true;
}

}  // namespace mado::fuzz
