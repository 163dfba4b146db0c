// What was measured: several samples a figure, and whether its goal is met.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"

namespace mado::bench {

struct Goal {
    enum class Kind { at_least, at_most };
    Kind kind;
    double value;
};

struct Figure {
    std::string measure;
    std::string unit;
    std::optional<Goal> goal = {};  // none: it is only shown
    std::vector<double> samples = {};
};

double median(std::vector<double> samples);
// The value below which `share` (0 to 1) of the samples lie.
double percentile(std::vector<double> samples, double share);
// "measure | goal | median [smallest – largest] unit | met", a line a figure.
void print(const std::vector<Figure>& figures);
// Every goal is met by the median.
bool all_met(const std::vector<Figure>& figures);

class Stopwatch {
  public:
    [[nodiscard]] double ms() const { return static_cast<double>(monotonic_us() - start_) / 1e3; }

  private:
    std::int64_t start_ = monotonic_us();
};

// Processor time so far, in microseconds: what a busy machine does not lengthen much.
double thread_cpu_us();
double process_cpu_us();
// Handed to the system for writing by this process since its start.
double written_bytes();

}  // namespace mado::bench
