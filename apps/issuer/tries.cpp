#include "tries.hpp"

namespace mado::issuer {

void Tries::forget_oldest() {
    const auto of = of_one_.find(tries_.front().second);
    if (--of->second == 0) of_one_.erase(of);
    tries_.pop_front();
}

bool Tries::may_try(const std::string& who, UnixTime now) {
    while (!tries_.empty() && tries_.front().first <= now - limits_.window_s)
        forget_oldest();
    if (!limits_.forgets && tries_.size() >= limits_.in_all_max) return false;
    const auto of = of_one_.find(who);
    return of == of_one_.end() || of->second < limits_.of_one_max;
}

void Tries::count(const std::string& who, UnixTime now) {
    if (!may_try(who, now)) return;
    if (tries_.size() >= limits_.in_all_max) forget_oldest();
    tries_.emplace_back(now, who);
    ++of_one_[who];
}

}  // namespace mado::issuer
