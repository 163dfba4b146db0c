// How each insurer numbers its insured.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "random.hpp"

namespace mado::country {

// The insurers' counters: each numbers its insured in the order in which they come. The named
// people have numbers below the first of each.
class Numbering {
  public:
    explicit Numbering(std::int64_t people);

    struct Subscription {
        std::string symbol;
        std::string number;
        auto operator<=>(const Subscription&) const = default;
    };
    Subscription employee(Random& random);
    Subscription voluntary();
    Subscription city_household(const std::string& symbol);
    std::string late_elderly();
    std::string care();

  private:
    std::vector<std::int64_t> employees_;  // by employer
    std::int64_t voluntary_ = 1000;
    std::map<std::string, std::int64_t> households_;  // by symbol
    std::int64_t late_elderly_ = 100'000;
    std::int64_t care_ = 1'000'000;
};

}  // namespace mado::country
