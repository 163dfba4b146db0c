#include "crypto/jws.hpp"

#include "fuzz.hpp"

namespace mado::fuzz {

bool jws(ByteView in) {
    const auto parsed = crypto::parse_jws(as_text(in));
    if (!parsed) return false;
    require(crypto::join_jws(parsed->signed_text, parsed->signature) == as_text(in),
            "a JWS has one form");
    require(!crypto::verify_jws(*parsed, world().key.public_key()), "nobody has signed this");
    return true;
}

}  // namespace mado::fuzz
