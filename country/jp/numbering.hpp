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
    std::string basic_pension();
    std::string national_fund();  // of members and of whom it invites
    std::string employees_fund();
    std::string federation(std::int64_t fund);

  private:
    std::vector<std::int64_t> employees_;  // by employer
    std::int64_t voluntary_ = 1000;
    std::map<std::string, std::int64_t> households_;  // by symbol
    std::int64_t late_elderly_ = 100'000;
    std::int64_t care_ = 1'000'000;
    std::int64_t basic_pension_ = 0;
    std::int64_t national_fund_ = 100'000;
    std::int64_t employees_fund_ = 500'000;
    std::int64_t federation_ = 500'000;
};

// 住民票コード: ten digits and their check digit, drawn without order; all different without
// remembering any. That nobody has those that begin with 990 and 991 is from memory [M].
class ResidentNumbers {
  public:
    explicit ResidentNumbers(std::uint64_t seed);
    std::string named();  // the same for every seed
    std::string drawn();
    // Of nobody yet: what a municipality may give to whoever is born. That nobody has those that
    // begin with 992 is from memory [M].
    std::string free();

  private:
    std::uint64_t free_ = 0;
    std::uint64_t named_ = 0;
    std::uint64_t drawn_ = 0;
    std::uint64_t first_;
};

}  // namespace mado::country
