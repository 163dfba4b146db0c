// What a virtual card holds, in a file of mode 0600. It is read when the card gets power and
// written before each answer that it changes. It does not protect like a chip: whoever can read the
// file has the keys, and can guess a PIN of four digits.
#pragma once

#include <optional>
#include <string>

#include "base/bytes.hpp"
#include "base/file.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "card/issuing_names.hpp"

namespace mado::chip {

struct Pin {
    Hash salt{};
    Hash check{};
    int tries_left = 0;  // 0: locked, or there is none yet
};

// Which application a card has besides the issuer's.
enum class CardKind { jpki, piv };

// What a card is made as, and stays.
struct CardForm {
    CardKind kind = CardKind::jpki;
    bool has_pins = true;  // false: for the counter only; it can be given no PIN and signs nothing
};

// A key with what belongs to it.
struct Slot {
    Secret key;              // PKCS#8 PEM; empty: not made yet
    Bytes certificate = {};  // DER
    Bytes issuer_certificate = {};
    Pin pin = {};
};

constexpr int issuer_tries_max = 10;

using card::issuing::Serial;
// At random: no two chips have the same one.
Serial new_serial();

struct Content {
    CardForm form = {};
    Serial serial{};
    Secret issuer_key;          // 32 bytes: who has it personalises and unlocks
    int issuer_tries_left = 0;  // 0: for good
    Slot authentication;
    Slot signing;
};

// Of a card file.
Parsed<Content> parse_content(ByteView text);

class CardFile {
  public:
    // A card as the maker delivers it: a serial number and the issuer key for it, nothing else.
    // OperatorError when there is a file already.
    static void create(const std::string& path, const Secret& issuer_key, const CardForm& form = {},
                       const Serial& serial = new_serial());
    // One program has it at a time. OperatorError when it is not there, no card, or in use.
    explicit CardFile(const std::string& path);

    Content content;
    // Durable when it returns.
    void save() const;

  private:
    std::string path_;
    FileLock lock_;
};

}  // namespace mado::chip
