#include "fuzz.hpp"
#include "matching/tables.hpp"

namespace mado::fuzz {

bool name_tables(ByteView in) {
    const auto tables = matching::Tables::parse(as_text(in));
    if (!tables) return false;
    require(tables->variant_of(U'高') == tables->variant_of(tables->variant_of(U'高')),
            "a group has one character in front");
    for (const auto& place : tables->renamed())
        require(!place.was.empty() && !place.now.empty(), "a place has a name");
    return true;
}

}  // namespace mado::fuzz
