// Readers as a PKCS#11 module shows them: for cards that only it knows.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "card/readers.hpp"

namespace mado::card {

class Cryptoki;

// The module is loaded for one task at a time and ended after it, so that no card stays verified
// (pkcs11.hpp). Several threads may share this; one waits until another's card is done with.
class Pkcs11Readers final : public Readers {
  public:
    // OperatorError when there is no such module, or it does not start.
    explicit Pkcs11Readers(std::string module_path);

    std::optional<std::vector<Reader>> list() override;
    // After `patience`: modules cannot be trusted to wait for a card, and this one is ended
    // between.
    std::optional<std::vector<Reader>> wait(const std::vector<Reader>& seen,
                                            std::chrono::milliseconds patience) override;
    CardResult<std::unique_ptr<Card>> open(const std::string& reader) override;

  private:
    using Identity = std::pair<std::string, std::optional<Hash>>;
    // What was in a reader when it was last looked at. A card that took another's place since is
    // seen by its serial number and its certificate; the same one put back is not. The certificate
    // costs a look at most 11 ms more (OpenSC over a virtual card: 30 ms without).
    struct Slot {
        std::optional<Identity> card;
        std::uint32_t changes = 0;
    };
    std::shared_ptr<const Cryptoki> take_turn();
    std::shared_ptr<const Cryptoki> try_turn();

    std::string module_path_;
    std::mutex turn_;
    std::map<std::string, Slot> slots_;
};

}  // namespace mado::card
