// Counters and histograms in Prometheus' text format, for the metrics address of a program.
//
// Everything is registered at the start by the owner of the Metrics; counting is then safe from any
// thread and takes no lock, except CounterFamily::with. Labels never carry what identifies a
// person.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace mado::http {

struct Label {
    std::string name;
    std::string value;
};
using Labels = std::vector<Label>;

class Counter {
  public:
    void add(std::uint64_t count = 1) { value_.fetch_add(count, std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

  private:
    std::atomic<std::uint64_t> value_ = 0;
};

class Histogram {
  public:
    explicit Histogram(std::vector<double> upper_bounds);
    void observe(double value);

  private:
    friend class Metrics;
    std::vector<double> upper_bounds_;
    std::deque<Counter> counts_;  // one for each bound, and one for what is above them all
    std::atomic<double> sum_ = 0;
};

// Counters whose label values are known only when something happens (a code, a service).
class CounterFamily {
  public:
    explicit CounterFamily(std::vector<std::string> label_names);
    // As many values as names (else Failure). After `label_sets_max` different sets everything new
    // is counted under "other", so that no caller can fill the memory.
    Counter& with(const std::vector<std::string>& label_values);

    static constexpr std::size_t label_sets_max = 256;

  private:
    friend class Metrics;
    std::vector<std::string> label_names_;
    mutable std::mutex mutex_;  // guards the map, not the counters in it
    std::map<std::vector<std::string>, Counter> counters_;
};

class Metrics {
  public:
    Metrics();
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    // One name may be registered again with other label values, the same help and the same label
    // names. A name, label or bound that the format does not allow is a Failure.
    Counter& counter(std::string_view name, std::string_view help, Labels labels = {});
    CounterFamily& counters(std::string_view name, std::string_view help,
                            std::vector<std::string> label_names);
    // `upper_bounds` ascend; +Inf is added.
    Histogram& histogram(std::string_view name, std::string_view help,
                         std::vector<double> upper_bounds, Labels labels = {});

    [[nodiscard]] std::string text() const;
    static constexpr std::string_view content_type = "text/plain; version=0.0.4; charset=utf-8";

  private:
    struct Family;
    Family& family(std::string_view name, std::string_view help, std::string_view type,
                   const Labels& labels);
    std::vector<std::unique_ptr<Family>> families_;
};

}  // namespace mado::http
