// Randomness that is the same on every machine: the standard's distributions are not.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

namespace mado::country {

class Random {
  public:
    explicit Random(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next();
    // Both ends included.
    std::int64_t between(std::int64_t first, std::int64_t last);
    bool chance(int percent) { return between(1, 100) <= percent; }
    // An index, as often as its weight says.
    std::size_t pick(std::span<const int> weights);

  private:
    std::uint64_t state_;
};

// Health-care numbers, all different without remembering any: a keyed permutation of all eleven
// digits whose first is not 0, then Damm's check digit.
class HealthCareNumbers {
  public:
    explicit HealthCareNumbers(Random& random);
    std::string next();

  private:
    std::array<std::uint64_t, 4> keys_;
    std::uint64_t index_ = 0;
};

}  // namespace mado::country
