// The application of the public individual-number card for user authentication and digital
// signature (JPKI), as far as it is known outside: files, statuses and lengths as OpenSC's driver
// and others expect them (its specification is not public).
#pragma once

#include <optional>

#include "chip/application.hpp"
#include "chip/pin.hpp"

namespace mado::chip {

class Jpki final : public Application {
  public:
    explicit Jpki(CardFile& file) : file_(file) {}

    [[nodiscard]] ByteView aid() const override;
    void forget() override;
    card::Response select() override;
    card::Response answer(const card::Command& command) override;

  private:
    // One of the two keys with its PIN.
    struct Key {
        Slot& slot;
        const PinRule& rule;
        bool& verified;
    };
    enum class Ef : std::uint16_t;

    card::Response select_file(const card::Command& command);
    card::Response read_binary(const card::Command& command) const;
    card::Response verify(const card::Command& command);
    card::Response change_pin(const card::Command& command);
    card::Response sign(const card::Command& command);
    // The key whose PIN, or that itself, is the current file.
    std::optional<Key> key_of(Ef authentication, Ef signing);

    CardFile& file_;
    std::optional<Ef> current_;
    bool authentication_verified_ = false;
    bool signing_verified_ = false;
};

}  // namespace mado::chip
