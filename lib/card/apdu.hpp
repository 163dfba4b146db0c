// Commands and responses of ISO/IEC 7816-4:2013 (section 5), short form: at most 255 bytes to the
// card and 256 back, which is all that the cards here need.
#pragma once

#include <cstdint>

#include "base/bytes.hpp"
#include "base/secret.hpp"

namespace mado::card {

constexpr std::size_t command_bytes_max = 5 + 255 + 1;
constexpr std::size_t answer_bytes_max = 256;

struct Command {
    std::uint8_t cla = 0;
    std::uint8_t ins = 0;
    std::uint8_t p1 = 0;
    std::uint8_t p2 = 0;
    ByteView data = {};        // at most 255 bytes; belongs to the caller
    std::size_t expected = 0;  // Le: at most so many bytes back, 1 to 256; 0: none
};
// `data` points into `bytes`.
Parsed<Command> parse_command(ByteView bytes);
// It may hold a PIN.
Secret command_bytes(const Command& command);

// SW1 and SW2 (section 5.6, table 6).
using Status = std::uint16_t;
namespace status {
constexpr Status ok = 0x9000;
constexpr Status wrong_length = 0x6700;
constexpr Status wrong_file_kind = 0x6981;
constexpr Status not_verified = 0x6982;
constexpr Status blocked = 0x6983;
constexpr Status not_now = 0x6985;  // conditions of use not satisfied
constexpr Status no_file_selected = 0x6986;
constexpr Status wrong_data = 0x6a80;
constexpr Status not_supported = 0x6a81;  // the function
constexpr Status not_found = 0x6a82;
constexpr Status wrong_parameters = 0x6a86;
constexpr Status no_reference = 0x6a88;  // referenced data or reference data not found
constexpr Status wrong_offset = 0x6b00;
constexpr Status unknown_instruction = 0x6d00;
constexpr Status unknown_class = 0x6e00;
constexpr Status exact_length = 0x6c00;  // + the Le that it wants; 0: 256
constexpr Status more_bytes = 0x6100;    // + how many wait for GET RESPONSE; 0: 256 or more
constexpr Status tries_left = 0x63c0;    // + how many tries are left
}  // namespace status

struct Response {
    Bytes data = {};
    Status status = status::ok;
};
Parsed<Response> parse_response(ByteView bytes);
Bytes response_bytes(const Response& response);

}  // namespace mado::card
