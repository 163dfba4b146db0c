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

// The first four digits name the office that gave the number; that 9990 to 9999 name none is from
// memory [M]. The named people have 9990.
std::string Numbering::basic_pension() {
    return fmt::format("{:010}", 9'991'000'000 + basic_pension_++);
}

// The lengths of the funds' numbers are from memory [M].
std::string Numbering::national_fund() {
    return fmt::format("99{:08}", ++national_fund_);
}

std::string Numbering::employees_fund() {
    return fmt::format("{:07}", ++employees_fund_);
}

std::string Numbering::federation(std::int64_t fund) {
    return fmt::format("{:04}{:07}", fund, ++federation_);
}

namespace {

constexpr std::uint64_t resident_count = 10'000'000;

// Steps that have no factor in common with the count visit each number once.
std::string resident_number(std::string_view begin, std::uint64_t index) {
    constexpr std::uint64_t step = 7'654'321;
    auto digits = fmt::format("{}{:07}", begin, index * step % resident_count);
    digits.push_back(resident_digit(digits));
    return digits;
}

}  // namespace

ResidentNumbers::ResidentNumbers(std::uint64_t seed)
    : first_(Random(seed).next() % resident_count) {}

std::string ResidentNumbers::named() {
    return resident_number("990", ++named_);
}

std::string ResidentNumbers::free() {
    return resident_number("992", first_ + ++free_);
}

std::string ResidentNumbers::drawn() {
    return resident_number("991", first_ + ++drawn_);
}

}  // namespace mado::country
