// A virtual IC card: what a reader sees of it. It keeps nothing in memory that a loss of power
// could take back, except who is verified.
#pragma once

#include <memory>
#include <vector>

#include "chip/application.hpp"
#include "chip/card_file.hpp"

namespace mado::chip {

class Chip {
  public:
    // Puts the card of this file into a reader: nobody else has it until the end.
    explicit Chip(const std::string& path);

    // The answer to reset (ISO/IEC 7816-3 section 8.2).
    [[nodiscard]] ByteView atr() const;
    // Power comes, or the reader resets: nothing is selected, nobody is verified.
    void reset();
    // Any bytes are answered with a status.
    Bytes transmit(ByteView command);

  private:
    card::Response answer(const card::Command& command);
    card::Response select(ByteView aid);

    CardFile file_;
    std::vector<std::unique_ptr<Application>> applications_;
    Application* current_ = nullptr;
};

}  // namespace mado::chip
