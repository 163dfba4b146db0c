#include "open_tries.hpp"

#include <algorithm>

namespace mado::relay {

void OpenTries::begin(const Bytes& path, std::int64_t log_index, std::int64_t now_us) {
    forget_old(now_us);
    auto& tries = begun_[path];
    std::erase_if(tries, [log_index](const Try& one) { return one.log_index == log_index; });
    tries.push_back({.log_index = log_index, .begun_us = now_us});
}

void OpenTries::end(const Bytes& path, std::int64_t log_index) {
    const auto found = begun_.find(path);
    if (found == begun_.end()) return;
    std::erase_if(found->second,
                  [log_index](const Try& one) { return one.log_index == log_index; });
    if (found->second.empty()) begun_.erase(found);
}

std::int64_t OpenTries::count(const Bytes& path, std::int64_t now_us) {
    const auto found = begun_.find(path);
    if (found == begun_.end()) return 0;
    return std::ranges::count_if(
        found->second, [now_us](const Try& one) { return now_us < one.begun_us + lifetime_us; });
}

void OpenTries::forget_old(std::int64_t now_us) {
    if (now_us < forgot_at_us_ + lifetime_us) return;
    forgot_at_us_ = now_us;
    for (auto& [path, tries] : begun_) {
        std::erase_if(tries,
                      [now_us](const Try& one) { return one.begun_us + lifetime_us <= now_us; });
    }
    std::erase_if(begun_, [](const auto& path) { return path.second.empty(); });
}

}  // namespace mado::relay
