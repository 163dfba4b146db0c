// What all kinds of card need to be asked. Private to lib/card.
#pragma once

#include "card/card.hpp"
#include "card/channel.hpp"

namespace mado::card {

std::unexpected<CardProblem> problem(CardError error, int tries_left = 0);

// A command and the whole of its answer: what did not fit (61xx) is fetched with GET RESPONSE, and
// where the card names the Le that it wants (6Cxx) it gets that (ISO/IEC 7816-4 section 5.3.4).
CardResult<Response> ask(Channel& channel, const Command& command);

// 63Cx.
bool is_count(Status answer);
// What a card answers to a PIN.
CardResult<void> read_verified(Status answer);
// Has the PIN typed at the reader, and verified. pin_format: it has no keypad.
CardResult<void> verify_at_reader(Channel& channel, const PinEntry& entry);
// What it answers to the question how many tries are left.
CardResult<int> read_tries(Status answer);

// What an RSA key of a card is given to sign: the DigestInfo of SHA-256 (RFC 8017 section 9.2).
Bytes sha256_digest_info(ByteView message);

}  // namespace mado::card
