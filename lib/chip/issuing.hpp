// The application by which the issuer personalises a card and unlocks it, with a key that only the
// issuer has for this card. Mado's own: what real cards have for this is not public. Keys are made
// in the chip and never leave it.
//   GET DATA 00 CA 01 00 13 → serial number (16 bytes), what algorithms its two keys can have,
//   which certificates it has (card/issuing_names.hpp); needs no key. GET CHALLENGE 00 84 00 00 10
//   → 16 bytes; EXTERNAL AUTHENTICATE 00 82 00 00 20 HMAC-SHA-256(issuer key, challenge); both once
//   for each selection. Then, with P2 01 (authentication) or 02 (signing): GENERATE KEY PAIR 00 47
//   00 P2 01 algorithm (card/algorithm.hpp); READ BINARY 00 B0 oh ol Le of the public key after
//   SELECT 00 A4 02 0C 02 01 P2: its SPKI, and 32 bytes HMAC-SHA-256(issuer key,
//   "mado/chip-key/1\n" P2 SPKI), which proves to the issuer that this chip made it; UPDATE BINARY
//   00 D6 oh ol Lc after SELECT of the certificate's file (000A 000B 0001 0002), piece by piece,
//   and ACTIVATE FILE 00 44 00 00 when it is whole; RESET RETRY COUNTER 00 2C 02 P2 Lc PIN sets a
//   PIN with all its tries.
#pragma once

#include <optional>

#include "chip/application.hpp"
#include "chip/pin.hpp"

namespace mado::chip {

class Issuing final : public Application {
  public:
    explicit Issuing(CardFile& file) : file_(file) {}

    [[nodiscard]] ByteView aid() const override;
    void forget() override;
    card::Response select() override;
    card::Response answer(const card::Command& command) override;

  private:
    card::Response facts(const card::Command& command) const;
    card::Response challenge(const card::Command& command);
    card::Response authenticate(const card::Command& command);
    card::Response write(const card::Command& command);
    card::Response generate(const card::Command& command);
    card::Response select_file(const card::Command& command);
    card::Response read_binary(const card::Command& command) const;
    card::Response update_binary(const card::Command& command);
    card::Response activate(const card::Command& command);
    card::Response reset_pin(const card::Command& command);
    Slot* slot_of(std::uint8_t p2);

    CardFile& file_;
    Bytes challenge_;  // empty: none is open
    bool authenticated_ = false;
    std::uint16_t current_ = 0;  // 0: no file
    Bytes written_;              // of the current file, not yet activated
};

}  // namespace mado::chip
