#include "open_tries.hpp"

#include <algorithm>

namespace mado::relay {

void OpenTries::begin(const Bytes& path, std::int64_t log_index, std::int64_t now_us) {
    forget_old(now_us);
    begun_[path][log_index] = now_us;
}

void OpenTries::end(const Bytes& path, std::int64_t log_index) {
    const auto found = begun_.find(path);
    if (found == begun_.end()) return;
    found->second.erase(log_index);
    if (found->second.empty()) begun_.erase(found);
}

std::int64_t OpenTries::count(const Bytes& path, std::int64_t now_us) {
    const auto found = begun_.find(path);
    if (found == begun_.end()) return 0;
    return std::ranges::count_if(
        found->second, [now_us](const auto& order) { return now_us < order.second + lifetime_us; });
}

void OpenTries::forget_old(std::int64_t now_us) {
    if (now_us < forgot_at_us_ + lifetime_us) return;
    forgot_at_us_ = now_us;
    for (auto& [path, orders] : begun_) {
        std::erase_if(orders,
                      [now_us](const auto& order) { return order.second + lifetime_us <= now_us; });
    }
    std::erase_if(begun_, [](const auto& tries) { return tries.second.empty(); });
}

}  // namespace mado::relay
