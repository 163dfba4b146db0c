// Readers as a PKCS#11 module shows them: for cards that only it knows.
#pragma once

#include <map>
#include <mutex>
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
    // What was in a reader when it was last looked at.
    struct Slot {
        std::string serial;  // "": nothing
        std::uint32_t changes = 0;
    };
    std::shared_ptr<const Cryptoki> take_turn();

    std::string module_path_;
    std::mutex turn_;
    std::map<std::string, Slot> slots_;
};

}  // namespace mado::card
