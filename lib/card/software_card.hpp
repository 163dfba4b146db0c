// A card in a file, for trying and testing Mado. It behaves like a chip: PIN, tries counter written
// before the answer, locking. It does not protect like one: whoever can read the file has the key.
#pragma once

#include <string>

#include "card/card.hpp"
#include "crypto/key.hpp"

namespace mado::card {

constexpr int pin_tries_max = 3;

class SoftwareCard final : public Card {
  public:
    // Writes a new card file (mode 0600). `pin`: exactly 4 digits, else OperatorError.
    static void personalise(const std::string& path, const crypto::Certificate& certificate,
                            const crypto::PrivateKey& key, const Secret& pin);
    // Empty when there is no such file. OperatorError when it is not a card file.
    static std::unique_ptr<SoftwareCard> open(const std::string& path);

    crypto::Certificate authentication_certificate() override;
    int tries_left() override;
    std::expected<Bytes, PinRefused> sign_authentication(const Secret& pin,
                                                         ByteView message) override;

    // Only open() knows that the file is a card.
    class Existing {
        friend class SoftwareCard;
        explicit Existing(std::string path) : path_(std::move(path)) {}
        std::string path_;
    };
    explicit SoftwareCard(Existing file) : path_(std::move(file.path_)) {}

  private:
    std::string path_;
};

}  // namespace mado::card
