// What stands between a program and a card on a real machine: pcscd with the virtual reader's
// driver, mado-softcard, OpenSC. All of it in network and mount namespaces of this test program's
// own, so that several run side by side and beside the machine's pcscd.
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/temp_folder.hpp"

namespace mado {

// A program in the background, ended with this.
class Child {
  public:
    Child(const std::vector<std::string>& words, const std::string& log);
    ~Child();
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    void end(int signal);
    [[nodiscard]] bool runs();

  private:
    pid_t process_ = -1;
};

class CardStack {
  public:
    // Enters the namespaces (once in a program) and starts pcscd. OperatorError with the reason
    // when this system does not allow it.
    CardStack();

    // The card of this file into reader 0 or 1; waits until pcscd sees it.
    void insert(const std::string& card, int reader = 0);
    // Pulls it out; `signal` may be SIGKILL.
    void remove(int reader = 0, int signal = 15);
    // pcscd's names of them.
    static std::string reader_name(int reader);
    [[nodiscard]] const TempFolder& folder() const { return folder_; }
    // What the programs said, for a test that fails.
    [[nodiscard]] std::string log() const;

  private:
    bool has_card(int reader) const;

    TempFolder folder_;
    std::unique_ptr<Child> pcscd_;
    std::unique_ptr<Child> cards_[2];
};

}  // namespace mado
