// Cards in readers, through pcscd (PC/SC part 5; pcsc-lite). `pcscd` may be a real one or one of a
// namespace with virtual readers: PCSCLITE_CSOCK_NAME names its socket.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "card/channel.hpp"

namespace mado::card {

// One connection to pcscd. OperatorError when it does not run, with how to start it.
class Pcsc {
  public:
    Pcsc();
    ~Pcsc();
    Pcsc(Pcsc&&) noexcept;
    Pcsc& operator=(Pcsc&&) noexcept;

    struct Reader {
        std::string name;
        bool has_card = false;
    };
    // In pcscd's order.
    [[nodiscard]] std::vector<Reader> readers() const;
    // The card in that reader, for this program alone until the end; then it is reset, so that
    // nobody stays verified on it. None: there is no card, or another program has it.
    [[nodiscard]] std::unique_ptr<Channel> connect(const std::string& reader) const;

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace mado::card
