#include "chip/card_file.hpp"
#include "fuzz.hpp"

namespace mado::fuzz {

bool card_file(ByteView in) {
    const auto content = chip::parse_content(in);
    if (!content) return false;
    require(content->issuer_key.size() == 32, "a card has an issuer key");
    for (const auto* slot : {&content->authentication, &content->signing})
        require(slot->pin.tries_left >= 0 && slot->pin.tries_left < 16, "a card has its tries");
    return true;
}

}  // namespace mado::fuzz
