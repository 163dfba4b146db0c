#include "card/software_card.hpp"
#include "fuzz.hpp"

namespace mado::fuzz {

bool card_file(ByteView in) {
    const MemoryFile file(in);
    try {
        const auto card = card::SoftwareCard::open(file.path());
        require(card != nullptr, "the file is there");
        (void)card->authentication_certificate();
        require(card->tries_left() >= 0 && card->tries_left() <= card::pin_tries_max,
                "a card has its tries");
        return true;
    } catch (const OperatorError&) {
        return false;
    }
}

}  // namespace mado::fuzz
