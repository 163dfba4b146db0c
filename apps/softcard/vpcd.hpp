// Puts a virtual card into the virtual reader of vsmartcard's vpcd driver, as which pcscd shows it.
// The card is the TCP client. Each message is a length (2 bytes, big-endian) and a body: from the
// reader one byte of control or a command, to the reader an answer.
#pragma once

#include <cstdint>

#include "chip/chip.hpp"

namespace mado::softcard {

// The first reader's; the second one's is the next.
constexpr std::uint16_t vpcd_port = 35963;

enum class Ended { pulled, reader_gone };
// Serves the reader on this machine until `pull` (a descriptor) can be read: then the card is
// pulled out. OperatorError when there is no reader.
Ended serve(chip::Chip& chip, std::uint16_t port, int pull);

}  // namespace mado::softcard
