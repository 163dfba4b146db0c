// Where cards are: the readers of this computer.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "card/channel.hpp"

namespace mado::card {

struct Reader {
    std::string name;
    bool has_card = false;
    // Counts cards that came and went: another one, or the same put back, has another number.
    std::uint32_t changes = 0;

    bool operator==(const Reader&) const = default;
};

class Readers {
  public:
    Readers() = default;
    virtual ~Readers() = default;
    Readers(const Readers&) = delete;
    Readers& operator=(const Readers&) = delete;

    // None: nobody serves readers here (for PC/SC: pcscd does not run).
    virtual std::optional<std::vector<Reader>> list() = 0;
    // The same as soon as something is not as in `seen`, at the latest after `patience`.
    virtual std::optional<std::vector<Reader>> wait(const std::vector<Reader>& seen,
                                                    std::chrono::milliseconds patience) = 0;
    // The card in that reader, for this program alone until the end; then it is reset, so that
    // nobody stays verified on it. None: there is no card, or another program has it.
    virtual std::unique_ptr<Channel> connect(const std::string& reader) = 0;
};

}  // namespace mado::card
