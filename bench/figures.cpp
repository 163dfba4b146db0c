#include "figures.hpp"

#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <fstream>

#include "base/result.hpp"

namespace mado::bench {
namespace {

double cpu_us(clockid_t clock) {
    timespec time{};
    if (::clock_gettime(clock, &time) != 0) throw Failure("cannot read a clock");
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

std::string number(double value) {
    if (value >= 1000) return fmt::format("{:.0f}", value);
    return fmt::format("{:.{}f}", value, value >= 10 ? 1 : 3);
}

std::string goal_text(const Figure& figure) {
    if (!figure.goal) return "";
    const bool least = figure.goal->kind == Goal::Kind::at_least;
    return fmt::format("{} {} {}", least ? "≥" : "≤", number(figure.goal->value), figure.unit);
}

bool is_met(const Figure& figure) {
    if (!figure.goal) return true;
    const double got = median(figure.samples);
    switch (figure.goal->kind) {
        case Goal::Kind::at_least:
            return got >= figure.goal->value;
        case Goal::Kind::at_most:
            return got <= figure.goal->value;
    }
    return false;
}

}  // namespace

double percentile(std::vector<double> samples, double share) {
    if (samples.empty()) throw Failure("a figure without samples");
    std::ranges::sort(samples);
    const auto last = static_cast<double>(samples.size() - 1);
    return samples[static_cast<std::size_t>(last * share + 0.5)];
}

double median(std::vector<double> samples) {
    return percentile(std::move(samples), 0.5);
}

void print(const std::vector<Figure>& figures) {
    fmt::print("\n{:<66} | {:<13} | {:<34} | {}\n", "measure", "goal", "median [least – most]",
               "met");
    for (const auto& figure : figures) {
        const auto [least, most] = std::ranges::minmax(figure.samples);
        fmt::print("{:<66} | {:<13} | {:<34} | {}\n", figure.measure, goal_text(figure),
                   fmt::format("{} [{} – {}] {}", number(median(figure.samples)), number(least),
                               number(most), figure.unit),
                   !figure.goal     ? ""
                   : is_met(figure) ? "yes"
                                    : "NO");
    }
}

bool all_met(const std::vector<Figure>& figures) {
    return std::ranges::all_of(figures, is_met);
}

double thread_cpu_us() {
    return cpu_us(CLOCK_THREAD_CPUTIME_ID);
}

double written_bytes() {
    std::ifstream in("/proc/self/io");
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("wchar: ")) return std::stod(line.substr(7));
    }
    throw Failure("/proc/self/io does not say what was written");
}

double process_cpu_us() {
    return cpu_us(CLOCK_PROCESS_CPUTIME_ID);
}

}  // namespace mado::bench
