#include "match_bench.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <random>
#include <vector>

#include "base/file.hpp"
#include "base/temp_folder.hpp"
#include "dirty.hpp"
#include "figures.hpp"

namespace mado::bench {
namespace {

constexpr std::size_t reasons_max = 25;

std::string share(std::int64_t part, const country::Outcomes& of) {
    return fmt::format("{:6.2f} %", 100.0 * static_cast<double>(part) /
                                        static_cast<double>(std::max<std::int64_t>(of.all(), 1)));
}

void print_line(std::string_view name, const country::Outcomes& outcomes) {
    fmt::print("{:<52} | {:>9} | {} | {} | {} | {} | {:>5}\n", name, outcomes.all(),
               share(outcomes.same, outcomes), share(outcomes.variant, outcomes),
               share(outcomes.different, outcomes), share(outcomes.no_match, outcomes),
               outcomes.wrong);
}

void print_head(std::string_view name) {
    fmt::print("\n{:<52} | {:>9} | {:>8} | {:>8} | {:>8} | {:>8} | {}\n", name, "asked", "same",
               "variant", "differs", "no_match", "wrong");
}

using Named = std::pair<std::string, country::Outcomes>;

void print_all(std::string_view title, const std::map<std::string, country::Outcomes>& outcomes,
               std::size_t lines_max = SIZE_MAX) {
    print_head(title);
    std::vector<Named> sorted(outcomes.begin(), outcomes.end());
    std::ranges::sort(sorted, std::ranges::greater(),
                      [](const Named& one) { return one.second.all(); });
    for (std::size_t i = 0; i < std::min(sorted.size(), lines_max); ++i)
        print_line(sorted[i].first, sorted[i].second);
}

void print_report(const country::DirtyReport& report) {
    print_all("by register", report.by_register);
    print_line("all", report.all);
    print_line("… under another person's number", report.others);
    const auto& people = report.people;
    const auto percent = [&people](std::int64_t part) {
        return 100.0 * static_cast<double>(part) /
               static_cast<double>(std::max<std::int64_t>(people.all, 1));
    };
    fmt::print(
        "\n{} people: {:.2f} % linked everywhere and nobody looked, {:.2f} % with a clerk (for one "
        "reason {:.2f} %), {:.2f} % asked again about a number alone\n",
        people.all, percent(people.by_themselves), percent(people.clerk),
        percent(people.one_reason), percent(people.asked_again()));
    print_all("by what was done to row or number", report.by_error);
    print_all("what a clerk is shown, most often", report.by_reason, reasons_max);
}

}  // namespace

bool measure_matching(const MatchSettings& settings) {
    const std::string country = "country/jp";
    const auto seed = settings.seed != 0 ? settings.seed : std::random_device{}();
    const TempFolder folder;
    const auto registers = folder.path("registers");
    std::filesystem::create_directory(registers);
    const auto on = parse_date("2026-11-22").value();
    const auto truth = folder.path("truth.tsv");
    fmt::print("{} people, three registers, seed {}\n", settings.people, seed);
    country::write_dirty({.country = country,
                          .folder = registers,
                          .truth = truth,
                          .people = settings.people,
                          .seed = seed,
                          .on = on});
    const auto text = read_file(country + "/writing.json");
    if (!text) throw OperatorError("run this in the repository: country/jp is not here");
    const auto tables = must(matching::Tables::parse(*text), country + "/writing.json");
    const Stopwatch watch;
    country::decide(registers, tables);
    const auto ms = watch.ms();
    const auto report = country::judge(registers, truth);
    print_report(report);
    fmt::print(
        "\n{:.1f} s for {} applications, {:.0f} µs each, files and the registry's index "
        "included\nwrong links: {}\n",
        ms / 1000, report.all.all(), ms * 1000 / static_cast<double>(report.all.all()),
        report.all.wrong);
    return report.all.wrong == 0;
}

}  // namespace mado::bench
