#include "wire/directory.hpp"

#include "crypto/jws.hpp"
#include "fuzz.hpp"
#include "wire/test_wire.hpp"

namespace mado::fuzz {

// The input is what the authority signed: an unsigned one is not read at all.
bool directory(ByteView in) {
    const auto& authority = world().key;
    require(!wire::open_directory(as_text(in), authority.public_key()), "nobody has signed this");
    const auto jws =
        crypto::sign_jws(wire::directory_type, {.key_id = "k", .certificate = {}}, in, authority);
    const auto opened = wire::open_directory(jws, authority.public_key());
    if (!opened) return false;
    require(opened->relay().kind.text() == "relay", "a directory has its relay");
    for (const auto& participant : opened->participants)
        require(opened->find(participant.id)->id == participant.id, "everybody is found");
    return true;
}

}  // namespace mado::fuzz
