#include "numbering.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/check_digit.hpp"

namespace mado::country {
namespace {

constexpr std::int64_t society_first_symbol = 101;
constexpr const char* voluntary_symbol = "900";

}  // namespace

Numbering::Numbering(std::int64_t people)
    : employees_(static_cast<std::size_t>(std::clamp<std::int64_t>(people / 300, 8, 700))) {}

Numbering::Subscription Numbering::employee(Random& random) {
    const auto employer = random.between(0, static_cast<std::int64_t>(employees_.size()) - 1);
    auto& count = employees_[static_cast<std::size_t>(employer)];
    return {std::to_string(society_first_symbol + employer), std::to_string(++count)};
}

Numbering::Subscription Numbering::voluntary() {
    return {voluntary_symbol, std::to_string(++voluntary_)};
}

Numbering::Subscription Numbering::city_household(const std::string& symbol) {
    return {symbol, fmt::format("{:07}", 1000 + ++households_[symbol])};
}

std::string Numbering::late_elderly() {
    // Seven digits and a check digit by the insurers' rule [M].
    auto number = fmt::format("{:07}", ++late_elderly_);
    number.push_back(insurer_digit(number));
    return number;
}

std::string Numbering::care() {
    return fmt::format("{:010}", ++care_);
}

}  // namespace mado::country
