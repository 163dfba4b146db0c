// A map whose entries end by themselves. Which ends first is known without a walk: strangers make
// such entries, and each of their requests looks for old ones.
#pragma once

#include <cstddef>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/clock.hpp"

namespace mado::site {

template <class Key, class Value>
class Expiring {
  public:
    // When there are `size_max`, the one that ends first gives way to another one.
    explicit Expiring(std::size_t size_max = std::numeric_limits<std::size_t>::max())
        : size_max_(size_max) {}

    [[nodiscard]] const Value* find(const Key& key) const {
        const auto found = all_.find(key);
        return found == all_.end() ? nullptr : &found->second.value;
    }
    [[nodiscard]] Value* find(const Key& key) {
        return const_cast<Value*>(std::as_const(*this).find(key));
    }
    // In the place of what was there.
    void put(const Key& key, Value value, UnixTime until) {
        take(key);
        if (all_.size() >= size_max_) take(*first(std::numeric_limits<UnixTime>::max()));
        all_.emplace(key, One{.value = std::move(value), .until = until});
        ends_.emplace(until, key);
    }
    std::optional<Value> take(const Key& key) {
        const auto found = all_.find(key);
        if (found == all_.end()) return std::nullopt;
        std::optional<Value> out(std::move(found->second.value));
        ends_.erase({found->second.until, key});
        all_.erase(found);
        return out;
    }
    // The one that ends first, if it is over then.
    [[nodiscard]] std::optional<Key> first(UnixTime now) const {
        if (ends_.empty() || ends_.begin()->first > now) return std::nullopt;
        return ends_.begin()->second;
    }
    void drop_old(UnixTime now) {
        while (const auto key = first(now))
            take(*key);
    }

  private:
    struct One {
        Value value;
        UnixTime until;
    };
    std::size_t size_max_;
    std::map<Key, One> all_;
    std::set<std::pair<UnixTime, Key>> ends_;
};

}  // namespace mado::site
