#include "chip/piv_objects.hpp"

#include <algorithm>

#include "base/clock.hpp"
#include "card/tlv.hpp"
#include "crypto/digest.hpp"
#include "crypto/x509.hpp"

namespace mado::chip {
namespace {

using card::append_tlv;
using card::tlv;

constexpr std::array<std::uint8_t, 11> aid_bytes{0xa0, 0x00, 0x00, 0x03, 0x08, 0x00,
                                                 0x00, 0x10, 0x00, 0x01, 0x00};
constexpr std::size_t provider_bytes = 5;

// Agency and system 9999, credential 999999: a card that no federal agency issued.
constexpr std::array<std::uint8_t, 25> no_agency{
    0xd4, 0xe7, 0x39, 0xda, 0x73, 0x9c, 0xed, 0x39, 0xce, 0x73, 0x9d, 0x83, 0x68,
    0x58, 0x21, 0x08, 0x42, 0x10, 0x84, 0x21, 0xc8, 0x42, 0x10, 0xc3, 0xeb};

crypto::Certificate certificate_of(const Slot& slot) {
    auto certificate = crypto::Certificate::from_der(slot.certificate);
    if (!certificate) throw Failure("a card's certificate cannot be read");
    return std::move(*certificate);
}

// A UUID in the form of random ones (RFC 4122 section 4.4), from the key: the certificate, which is
// as readable, tells it as well, and a new key has a new one.
Bytes uuid_of(const crypto::PublicKey& key) {
    const auto hash = crypto::sha256(key.spki());
    Bytes out(hash.begin(), hash.begin() + 16);
    out[6] = static_cast<std::uint8_t>(0x40 | (out[6] & 0x0f));
    out[8] = static_cast<std::uint8_t>(0x80 | (out[8] & 0x3f));
    return out;
}

}  // namespace

ByteView piv_aid() {
    return aid_bytes;
}

Bytes piv_properties() {
    const auto whole = ByteView(aid_bytes);
    auto content = tlv(0x4f, whole.subspan(provider_bytes));
    append_tlv(content, 0x79, tlv(0x4f, whole.first(provider_bytes)));
    return tlv(0x61, content);
}

Bytes piv_discovery(const Content& content) {
    if (!content.form.has_pins) return {};  // the object has no way to say so
    Bytes inner = tlv(0x4f, aid_bytes);
    // The application's own PIN and no global one.
    append(inner, Bytes{0x5f, 0x2f, 0x02, 0x40, 0x00});
    return tlv(0x7e, inner);
}

Bytes piv_holder_id(const Slot& authentication) {
    if (authentication.certificate.empty()) return {};
    const auto certificate = certificate_of(authentication);
    auto day = to_text(date_at(certificate.not_after(), 0));
    std::erase(day, '-');
    Bytes out = tlv(0x30, no_agency);
    append_tlv(out, 0x34, uuid_of(certificate.public_key()));
    append_tlv(out, 0x35, as_bytes(day));
    append_tlv(out, 0x3e, {});  // nobody's signature: no reader of Mado relies on this object
    append_tlv(out, 0xfe, {});
    return tlv(0x53, out);
}

Bytes piv_certificate(const Slot& slot) {
    constexpr std::array<std::uint8_t, 1> not_compressed{0x00};
    if (slot.certificate.empty()) return {};
    Bytes out = tlv(0x70, slot.certificate);
    append_tlv(out, 0x71, not_compressed);
    append_tlv(out, 0xfe, {});
    return tlv(0x53, out);
}

}  // namespace mado::chip
