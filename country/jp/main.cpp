// mado-country: makes the demo country's databases and people.
#include <fmt/format.h>

#include <charconv>
#include <string_view>

#include "base/program.hpp"
#include "base/result.hpp"
#include "generate.hpp"

namespace {

using mado::OperatorError;

constexpr const char* usage =
    "mado-country --out FOLDER [--people 1000] [--seed 1] [--on 2026-11-22] "
    "[--country country/jp]\n";

template <class T>
T number(std::string_view flag, std::string_view text) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) {
        throw OperatorError(fmt::format("{} needs a whole number, not {}", flag, text));
    }
    return value;
}

mado::Date day(std::string_view text) {
    const auto date = mado::parse_date(text);
    if (!date) throw OperatorError(fmt::format("--on: {}", date.error().why));
    return *date;
}

mado::country::GenerateOptions read_flags(const mado::Words& words) {
    mado::country::GenerateOptions options;
    options.country = "country/jp";
    options.on = day("2026-11-22");
    for (std::size_t i = 0; i < words.size(); i += 2) {
        const std::string_view flag = words[i];
        if (i + 1 == words.size())
            throw OperatorError(fmt::format("{} needs a value\n{}", flag, usage));
        const std::string_view value = words[i + 1];
        if (flag == "--out") {
            options.out = value;
        } else if (flag == "--people") {
            options.people = number<std::int64_t>(flag, value);
        } else if (flag == "--seed") {
            options.seed = number<std::uint64_t>(flag, value);
        } else if (flag == "--on") {
            options.on = day(value);
        } else if (flag == "--country") {
            options.country = value;
        } else {
            throw OperatorError(fmt::format("{} is no option\n{}", flag, usage));
        }
    }
    if (options.out.empty()) throw OperatorError(fmt::format("--out is missing\n{}", usage));
    return options;
}

}  // namespace

int main(int count, char** words) {
    return mado::run_program("mado-country", count, words, [](const mado::Words& flags) {
        mado::country::generate(read_flags(flags));
        return 0;
    });
}
