// Orders by number that have no outcome yet. Each may become a miss, so it counts like one until it
// is answered: otherwise many requests at once, each with another birth date, would all be under
// way before the first miss is counted.
#pragma once

#include <map>

#include "base/bytes.hpp"

namespace mado::relay {

// Belongs to the log writer's thread. Times are those of a clock that never jumps.
class OpenTries {
  public:
    // `log_index` names the order: what a repeat of another one brings ends nothing here.
    void begin(const Bytes& path, std::int64_t log_index, std::int64_t now_us);
    void end(const Bytes& path, std::int64_t log_index);
    [[nodiscard]] std::int64_t count(const Bytes& path, std::int64_t now_us);

    // No holder's answer reaches a requester later than this after its order.
    static constexpr std::int64_t lifetime_us = 2'000'000;

  private:
    void forget_old(std::int64_t now_us);

    std::map<Bytes, std::map<std::int64_t, std::int64_t>> begun_;  // path → log_index → begun at
    std::int64_t forgot_at_us_ = 0;
};

}  // namespace mado::relay
