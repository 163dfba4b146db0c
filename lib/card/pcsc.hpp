// Readers through pcscd (PC/SC part 5; pcsc-lite). It may be the computer's, or that of a virtual
// reader: PCSCLITE_CSOCK_NAME names its socket. Connects again when pcscd was started anew.
// One thread has one of these.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "card/channel.hpp"
#include "card/readers.hpp"

namespace mado::card {

class Pcsc final : public Readers {
  public:
    Pcsc();
    ~Pcsc() override;

    std::optional<std::vector<Reader>> list() override;
    std::optional<std::vector<Reader>> wait(const std::vector<Reader>& seen,
                                            std::chrono::milliseconds patience) override;
    CardResult<std::unique_ptr<Card>> open(const std::string& reader) override;
    // not_there: the reader cannot talk to it. It is reset at the end.
    CardResult<std::unique_ptr<Channel>> connect(const std::string& reader) override;

    class Context;

  private:
    Context* context();
    std::shared_ptr<Context> context_;  // none: pcscd did not run when it was last asked
};

}  // namespace mado::card
