#include "wire/head.hpp"

#include "fuzz.hpp"

namespace mado::fuzz {

// The input is a head's payload: of an envelope that is almost always broken little would be seen.
bool head(ByteView in) {
    (void)wire::parse_head(as_text(in));
    const auto text =
        crypto::jws_signing_text(wire::head_type, {.key_id = "k", .certificate = {}}, "ES256", in);
    const auto first = wire::parse_head(crypto::join_jws(text, Bytes(64)));
    if (!first) return false;
    const auto& key = world().key;
    const auto second = wire::parse_head(wire::sign_head(first->head, "k", key));
    require(second.has_value(), "a head is read as written");
    require(crypto::verify_jws(second->jws, key.public_key()), "and is signed");
    const auto third = wire::parse_head(wire::sign_head(second->head, "k", key));
    require(third && third->jws.payload == second->jws.payload, "and is written as read");
    (void)wire::head_is_fresh(first->head, 1'795'312'800, wire::ask_lifetime_s);
    return true;
}

}  // namespace mado::fuzz
