// BER-TLV data objects of cards (ISO/IEC 7816-4:2020 section 6.3), as far as PIV uses them: tags of
// one byte, lengths of at most two.
#pragma once

#include <cstdint>

#include "base/bytes.hpp"

namespace mado::card {

struct Tlv {
    std::uint8_t tag = 0;
    ByteView value = {};  // belongs to what was read
};
// Takes the first object off `bytes`.
Parsed<Tlv> take_tlv(ByteView& bytes);
// `bytes` is one object with this tag and nothing else: its value.
Parsed<ByteView> only_tlv(ByteView bytes, std::uint8_t tag);
// A value of at most 65,535 bytes.
void append_tlv(Bytes& to, std::uint8_t tag, ByteView value);
Bytes tlv(std::uint8_t tag, ByteView value);

}  // namespace mado::card
