#include "fuzz.hpp"
#include "wire/number.hpp"

namespace mado::fuzz {

bool schemes(ByteView in) {
    const auto parsed = wire::Schemes::parse(as_text(in));
    if (!parsed) return false;
    (void)parsed->find("health-care-number");
    return true;
}

}  // namespace mado::fuzz
