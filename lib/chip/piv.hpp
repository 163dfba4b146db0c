// The PIV application (NIST SP 800-73-4 part 2) of the next card: keys on P-256 and P-384. 9A
// authenticates after the PIN (reference 80). 9C signs, and its certificate is readable, after the
// signing password (reference 99, Mado's own): docs/decisions/0022 says where this leaves the
// standard.
#pragma once

#include <optional>

#include "chip/application.hpp"
#include "chip/pin.hpp"

namespace mado::chip {

class Piv final : public Application {
  public:
    explicit Piv(CardFile& file) : file_(file) {}

    [[nodiscard]] ByteView aid() const override;
    void forget() override;
    void passed_over() override;
    card::Response select() override;
    card::Response answer(const card::Command& command) override;

  private:
    // A PIN with what belongs to it.
    struct Reference {
        Slot& slot;
        const PinRule& rule;
        std::size_t bytes;  // as the reader fills it up
        bool& verified;
    };

    card::Response get_data(const card::Command& command);
    card::Response get_response(const card::Command& command);
    card::Response verify(const card::Command& command);
    card::Response change_pin(const card::Command& command);
    card::Response authenticate(const card::Command& command, bool right_after_password);
    std::optional<Reference> reference_of(std::uint8_t p2);
    // So much of it as the reader expects; the rest waits for GET RESPONSE.
    card::Response deliver(Bytes data, std::size_t expected);

    CardFile& file_;
    bool authentication_verified_ = false;
    bool signing_verified_ = false;
    bool password_was_last_ = false;  // the last command verified it
    Bytes rest_;                      // of the last answer
};

}  // namespace mado::chip
