#include "tries.hpp"

namespace mado::issuer {

bool Tries::may_try(const std::string& who, UnixTime now) {
    while (!tries_.empty() && tries_.front().first <= now - limits_.window_s) {
        const auto of = of_one_.find(tries_.front().second);
        if (--of->second == 0) of_one_.erase(of);
        tries_.pop_front();
    }
    const auto of = of_one_.find(who);
    return tries_.size() < limits_.in_all_max &&
           (of == of_one_.end() || of->second < limits_.of_one_max);
}

void Tries::count(const std::string& who, UnixTime now) {
    if (!may_try(who, now)) return;
    tries_.emplace_back(now, who);
    ++of_one_[who];
}

}  // namespace mado::issuer
