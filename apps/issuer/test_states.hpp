#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <deque>
#include <optional>
#include <ranges>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace mado::issuer {

// Every state that can be reached from the first one, each looked at once. Two states of one
// `text_of(State)` are one state; what is kept is each one's text, and which leads
// to which.
template <class State>
class States {
  public:
    // Once each: `look` checks the state, says `end()` if it is one, and `meet`s what comes next.
    template <class Look>
    void explore(const State& begin, Look look) {
        meet(begin);
        while (!queue_.empty()) {
            const State state = std::move(queue_.front());
            queue_.pop_front();
            look(state);
            ++at_;
        }
    }
    void meet(const State& state) {
        const auto [found, is_new] =
            known_.try_emplace(text_of(state), static_cast<std::uint32_t>(known_.size()));
        if (is_new) {
            is_end_.push_back(false);
            queue_.push_back(state);
        }
        moves_.emplace_back(at_, found->second);
    }
    void end() {
        is_end_[at_] = true;
        ++ends_;
    }

    [[nodiscard]] std::size_t size() const { return known_.size(); }
    [[nodiscard]] std::size_t moves() const { return moves_.size(); }
    [[nodiscard]] std::size_t ends() const { return ends_; }

    // A state from which there is no way to an end; none.
    [[nodiscard]] std::optional<std::string> without_end() const {
        std::vector<bool> good = is_end_;
        for (bool again = true; std::exchange(again, false);) {
            for (const auto [from, to] : moves_ | std::views::reverse) {
                if (!good[to] || good[from]) continue;
                good[from] = true;
                again = true;
            }
        }
        for (const auto& [text, at] : known_) {
            if (!good[at]) return text;
        }
        return std::nullopt;
    }

  private:
    std::unordered_map<std::string, std::uint32_t> known_;  // in the order in which they were met
    std::vector<std::pair<std::uint32_t, std::uint32_t>> moves_;  // from, to
    std::vector<bool> is_end_;
    std::deque<State> queue_;
    std::uint32_t at_ = 0;  // which one is looked at: they are met and looked at in one order
    std::size_t ends_ = 0;
};

}  // namespace mado::issuer
