// Writing DER (ITU-T X.690) from the inside out, for what a key signs that OpenSSL cannot reach:
// certificates, revocation lists and OCSP answers of an authority whose key is in a token. Pure; a
// value that has no encoding is a programmer's error (Failure). Reading is OpenSSL's.
#pragma once

#include <initializer_list>
#include <string_view>

#include "base/bytes.hpp"
#include "base/clock.hpp"

namespace mado::crypto::der {

Bytes value(std::uint8_t tag, ByteView content);
Bytes joined(std::initializer_list<ByteView> parts);
Bytes sequence(std::initializer_list<ByteView> parts);
Bytes set_of_one(ByteView member);

// Big-endian, not negative; leading zeros are left out.
Bytes integer(ByteView number);
Bytes integer(std::uint64_t number);
Bytes enumerated(std::uint8_t number);
Bytes yes();  // BOOLEAN TRUE
Bytes null();
// "2.5.29.15"; arcs of at most 63 bits.
Bytes oid(std::string_view dotted);
bool is_oid(std::string_view dotted);

Bytes utf8(std::string_view text);
Bytes printable(std::string_view text);  // A-Z a-z 0-9 ' ( ) + , - . / : = ? and blanks
Bytes ia5(std::string_view text);
Bytes octets(ByteView bytes);
Bytes bits(ByteView bytes);                            // whole bytes
Bytes named_bits(std::initializer_list<int> numbers);  // X.690 section 11.2.2: no zeros at the end
Bytes time(UnixTime time);              // RFC 5280 section 4.1.2.5: UTCTime until 2049
Bytes generalized_time(UnixTime time);  // RFC 5280 section 4.1.2.5.2

// [n], around something whole (EXPLICIT, and IMPLICIT of what is constructed).
Bytes tagged(std::uint8_t number, ByteView content);
// [n] IMPLICIT of what is not constructed: its content.
Bytes tagged_plain(std::uint8_t number, ByteView content);

}  // namespace mado::crypto::der
