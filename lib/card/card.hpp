// A person's IC card: what every kind of card can do, whatever way leads to it.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>

#include "base/secret.hpp"
#include "crypto/x509.hpp"

namespace mado::card {

// The authentication key signs mandates (PIN of 4 digits), the signing key documents and
// applications (password of 6 to 16 capital letters and digits).
enum class KeyUse { authentication, signing };

constexpr std::uint8_t pin_digits = 4;
constexpr std::size_t password_bytes_min = 6;
constexpr std::size_t password_bytes_max = 16;
// Whether it can be that key's. Looked at before a card counts it.
bool is_pin(KeyUse use, ByteView text);

enum class CardError {
    gone,        // it was pulled out, or its reader
    pin_wrong,   // and counted
    pin_locked,  // no tries are left: only the issuer can unlock it
    pin_format,  // it cannot be one; not counted
    no_entry,    // nobody typed it at the reader: given up, or not in time; not counted
    no_pin,      // it was issued without: for the counter only, it signs nothing
    not_there,   // the card, or the way to it, has no such key, certificate or command
    broken,      // it answers as no such card does
};
struct CardProblem {
    CardError error = CardError::broken;
    int tries_left = 0;  // pin_wrong
};
template <class T>
using CardResult = std::expected<T, CardProblem>;

class Card {
  public:
    Card() = default;
    virtual ~Card() = default;
    Card(const Card&) = delete;
    Card& operator=(const Card&) = delete;

    // Readable without a PIN.
    virtual CardResult<crypto::Certificate> authentication_certificate() = 0;
    // It holds the person's name, birth date, sex and address.
    virtual CardResult<crypto::Certificate> signing_certificate(const Secret& password) = 0;
    // How many wrong PINs the card still takes; 0 = locked. Costs no try.
    virtual CardResult<int> tries_left(KeyUse use) = 0;
    // Whether the reader has keys to type the authentication key's PIN with, where no program sees
    // it. Then sign() with an empty PIN waits for that, up to 30 s.
    virtual bool takes_pin_at_reader() = 0;
    // In the form that PublicKey::verify takes. An empty PIN is pin_format where nobody can type it
    // at the reader. A right PIN sets the counter back; a wrong one is counted before the answer.
    virtual CardResult<Bytes> sign(KeyUse use, const Secret& pin, ByteView message) = 0;
    virtual CardResult<void> change_pin(KeyUse use, const Secret& pin, const Secret& new_pin) = 0;
};

}  // namespace mado::card
