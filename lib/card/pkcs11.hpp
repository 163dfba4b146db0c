// Any card that a PKCS#11 module knows (OASIS PKCS #11 base specification 2.40): OpenSC's for
// cards, SoftHSM2's for keys in files. Where lib/card knows the card itself, its own way through
// PC/SC is the better one: exact tries, change of the PIN, a card that is reset after each use.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "card/card.hpp"

namespace mado::card {

class Cryptoki;
struct SlotToken;

// In a slot.
struct Token {
    unsigned long slot = 0;
    std::string reader = {};
    std::string label = {};                // the card's own text; may be empty
    std::string serial = {};               // not unique: OpenSC's is the same for all JPKI cards
    std::optional<Hash> certificate = {};  // the thumbprint of the one it authenticates with
};

// One module in this program; one thread uses it and its cards. OpenSC logs nobody out of a JPKI
// card: it stays verified, for other programs too, until this ends and OpenSC is configured to
// reset it then (docs/protocols/card.md). So this is kept for one task, not for a program's life.
class Pkcs11 {
  public:
    // OperatorError when there is no such module, or it does not start.
    explicit Pkcs11(const std::string& module_path);
    explicit Pkcs11(std::shared_ptr<const Cryptoki> module) : module_(std::move(module)) {}

    CardResult<std::vector<Token>> tokens() const;
    // The card of that slot. not_there: it has no authentication certificate.
    CardResult<std::unique_ptr<Card>> open(unsigned long slot) const;

  private:
    std::shared_ptr<const Cryptoki> module_;  // a card may live longer than this
};

// Which key is which: CKA_ID 01 is for authentication, 02 for signing, and a certificate has its
// key's. OpenSC numbers JPKI's and PIV's so. A certificate 01 that is for documents (keyUsage
// nonRepudiation) is refused.
// A card is in as many slots of a reader as it has PINs, with one serial number. With one, it is
// both keys'; with two, 02 is in the slot where the certificate 01 is not. What it is in cannot be
// looked up, because 02 and its certificate show themselves only after the log-in, and a PIN in the
// wrong slot costs a try.
class Pkcs11Card final : public Card {
  public:
    Pkcs11Card(std::shared_ptr<const Cryptoki> module, std::string reader, std::string serial,
               crypto::Certificate authentication);

    CardResult<crypto::Certificate> authentication_certificate() override;
    CardResult<crypto::Certificate> signing_certificate(const Secret& password) override;
    // PKCS#11 has no numbers, only flags that a module may leave out, and so this is less than a
    // card may take, never to be read as "so many are left": 0 locked; 1 when a wrong PIN was
    // entered since the last right one (CKF_USER_PIN_COUNT_LOW) or it says that this is the last
    // try; else 2. After a wrong PIN the answer says 1 at most, whatever the flags.
    CardResult<int> tries_left(KeyUse use) override;
    // Never with OpenSC's JPKI: its driver has no PIN typed. Through PC/SC such a card can.
    bool takes_pin_at_reader() override;
    // The signature has been verified with the certificate.
    CardResult<Bytes> sign(KeyUse use, const Secret& pin, ByteView message) override;
    // not_there: the module cannot (OpenSC 0.23: JPKI).
    CardResult<void> change_pin(KeyUse use, const Secret& pin, const Secret& new_pin) override;

  private:
    // Where that key is; gone when another card is in the reader.
    CardResult<SlotToken> token_of(KeyUse use) const;

    std::shared_ptr<const Cryptoki> module_;
    std::string reader_;
    std::string serial_;  // of the token
    crypto::Certificate authentication_;
};

// An ECDSA signature of PKCS#11 (Current Mechanisms 2.40 section 2.3.1: halves of equal length, at
// most the curve's) with both halves filled up, as PublicKey::verify takes it.
Parsed<Bytes> ecdsa_from_token(ByteView signature, crypto::KeyType curve);

}  // namespace mado::card
