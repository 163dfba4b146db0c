// How often something that could be guessed, or used up, may be tried: by one (a network, a card, a
// clerk) and by all. In memory only: a restart forgets. Belongs to the io thread.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <utility>

#include "base/clock.hpp"

namespace mado::issuer {

class Tries {
  public:
    struct Limits {
        std::int64_t window_s = 0;
        std::size_t of_one_max = 0;
        std::size_t in_all_max = 0;  // what is kept here, at most
        // Of what may not be closed for everybody by one: the oldest is forgotten.
        bool forgets = false;
    };
    explicit Tries(const Limits& limits) : limits_(limits) {}

    // False: too often.
    bool may_try(const std::string& who, UnixTime now);
    // One more; of whoever may not try any more nothing is counted.
    void count(const std::string& who, UnixTime now);

  private:
    void forget_oldest();
    Limits limits_;
    std::deque<std::pair<UnixTime, std::string>> tries_;  // of the window
    std::map<std::string, std::size_t> of_one_;
};

}  // namespace mado::issuer
