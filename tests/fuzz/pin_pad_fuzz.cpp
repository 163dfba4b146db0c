// What a reader says that it can do (PC/SC part 10): a control code comes out as it stands there,
// once, behind its tag.
#include "card/pin_pad.hpp"

#include <algorithm>
#include <array>

#include "fuzz.hpp"

namespace mado::fuzz {

bool pin_pad(ByteView in) {
    const auto control = card::verify_pin_control(in);
    if (!control) return false;
    require(in.size() <= card::features_bytes_max, "the list has a limit");
    if (!*control) return true;
    const auto code = **control;
    const std::array<std::uint8_t, 6> object{0x06,
                                             0x04,
                                             static_cast<std::uint8_t>(code >> 24),
                                             static_cast<std::uint8_t>(code >> 16),
                                             static_cast<std::uint8_t>(code >> 8),
                                             static_cast<std::uint8_t>(code)};
    require(std::ranges::search(in, object).begin() != in.end(), "the code stands in the list");
    return true;
}

}  // namespace mado::fuzz
