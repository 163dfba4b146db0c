// Where cards are: the readers of this computer.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "card/card.hpp"
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
    // The card in that reader, for this program alone until its end; then nobody stays verified on
    // it. gone: there is no card, or another program has it; not_there: it is none of ours. A
    // thread has one card at a time.
    virtual CardResult<std::unique_ptr<Card>> open(const std::string& reader) = 0;
    // The same before it is known what kind of card it is: one that is made has none yet.
    // not_there: this way leads to no bare card.
    virtual CardResult<std::unique_ptr<Channel>> connect(const std::string& /*reader*/) {
        return std::unexpected(CardProblem{.error = CardError::not_there});
    }
};

}  // namespace mado::card
