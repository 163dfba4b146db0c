// What stands between a program and a card on a real machine: readers with a pcscd (those of
// mado-softcard, in network and mount namespaces of their own, so that several run side by side and
// beside the machine's pcscd), and OpenSC.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/temp_folder.hpp"
#include "child.hpp"

namespace mado {

class CardStack {
  public:
    // Failure with what the programs said when this system does not allow it.
    CardStack();

    // The card of this file into reader 0 or 1; waits until pcscd sees it.
    void insert(const std::string& card, int reader = 0);
    // Pulls it out.
    void remove(int reader = 0);
    // pcscd's names of them.
    static std::string reader_name(int reader);
    [[nodiscard]] const TempFolder& folder() const { return folder_; }
    // What the programs said, for a test that fails.
    [[nodiscard]] std::string log() const;

  private:
    bool has_card(int reader) const;
    std::string link(int reader) const;  // that puts a card into the reader

    TempFolder folder_;
    std::unique_ptr<Child> readers_;
};

}  // namespace mado
