#include "wire/mandate.hpp"

#include "fuzz.hpp"

namespace mado::fuzz {
namespace {

// As a card would sign it.
std::string enveloped(ByteView payload) {
    const auto text = crypto::jws_signing_text(
        wire::mandate_type, {.key_id = {}, .certificate = Hash{}}, "ES256", payload);
    return crypto::join_jws(text, Bytes(64));
}

}  // namespace

bool mandate(ByteView in) {
    (void)wire::parse_mandate(as_text(in));
    const auto first = wire::parse_mandate(enveloped(in));
    if (!first) return false;
    const auto payload = wire::mandate_payload(first->mandate);
    const auto second = wire::parse_mandate(enveloped(as_bytes(payload)));
    require(second.has_value(), "a mandate is read as written");
    require(wire::mandate_payload(second->mandate) == payload, "and is written as read");
    return true;
}

}  // namespace mado::fuzz
