#include "random.hpp"

#include "base/check_digit.hpp"
#include "base/result.hpp"

namespace mado::country {
namespace {

// The finaliser of splitmix64 (Steele, Lea, Flood, 2014): spreads every bit over all 64.
std::uint64_t mix(std::uint64_t x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31);
}

constexpr std::uint64_t numbers_first = 10'000'000'000;
constexpr std::uint64_t numbers_count = 90'000'000'000;
// Two halves of 19 bits: the smallest even split that holds all numbers.
constexpr int half_bits = 19;
constexpr std::uint64_t half_mask = (std::uint64_t{1} << half_bits) - 1;
static_assert(numbers_count <= std::uint64_t{1} << (2 * half_bits));

}  // namespace

std::uint64_t Random::next() {
    state_ += 0x9e3779b97f4a7c15U;
    return mix(state_);
}

std::int64_t Random::between(std::int64_t first, std::int64_t last) {
    if (first > last) throw Failure("a random value between two ends in the wrong order");
    const std::uint64_t count = static_cast<std::uint64_t>(last - first) + 1;
    // What is left over at the top would make small values likelier.
    const std::uint64_t usable = UINT64_MAX - UINT64_MAX % count;
    std::uint64_t drawn = next();
    while (drawn >= usable)
        drawn = next();
    return first + static_cast<std::int64_t>(drawn % count);
}

std::size_t Random::pick(std::span<const int> weights) {
    std::int64_t sum = 0;
    for (const int weight : weights)
        sum += weight;
    std::int64_t at = between(1, sum);
    std::size_t index = 0;
    while (at > weights[index])
        at -= weights[index++];
    return index;
}

HealthCareNumbers::HealthCareNumbers(Random& random)
    : keys_{random.next(), random.next(), random.next(), random.next()} {}

std::string HealthCareNumbers::next() {
    std::uint64_t value = index_++;
    // A Feistel network is a permutation whatever its round function; walking on while the value is
    // outside the numbers keeps it one.
    do {
        std::uint64_t left = value >> half_bits;
        std::uint64_t right = value & half_mask;
        for (const std::uint64_t key : keys_) {
            const std::uint64_t moved = left ^ (mix(right + key) & half_mask);
            left = right;
            right = moved;
        }
        value = left << half_bits | right;
    } while (value >= numbers_count);
    std::string digits = std::to_string(numbers_first + value);
    digits.push_back(damm_digit(digits));
    return digits;
}

}  // namespace mado::country
