// Orders by number that have no outcome yet. Each may become a miss, so it counts like one until it
// is answered: otherwise many requests at once, each with another birth date, would all be under
// way before the first miss is counted.
#pragma once

#include <functional>
#include <unordered_map>
#include <vector>

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
    struct Try {
        std::int64_t log_index = 0;
        std::int64_t begun_us = 0;
    };
    struct OfText {
        std::size_t operator()(const Bytes& path) const noexcept {
            return std::hash<std::string_view>()(as_text(path));
        }
    };
    void forget_old(std::int64_t now_us);

    std::unordered_map<Bytes, std::vector<Try>, OfText> begun_;  // of each path
    std::int64_t forgot_at_us_ = 0;
};

}  // namespace mado::relay
