#include "http/metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <utility>

#include "base/result.hpp"

namespace mado::http {
namespace {

bool is_name(std::string_view text, bool colon_allowed) {
    const auto is_letter = [colon_allowed](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
               (c == ':' && colon_allowed);
    };
    if (text.empty() || !is_letter(text.front())) return false;
    return std::ranges::all_of(
        text, [&is_letter](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

std::string escape(std::string_view text, bool quotes) {
    std::string out;
    for (const char c : text) {
        if (c == '\\') {
            out += "\\\\";
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '"' && quotes) {
            out += "\\\"";
        } else {
            out += c;
        }
    }
    return out;
}

// "{a="1",b="2"}", or nothing.
std::string braces(const Labels& labels) {
    if (labels.empty()) return {};
    std::string out = "{";
    for (const auto& label : labels) {
        if (out.size() > 1) out += ',';
        out += label.name + "=\"" + escape(label.value, true) + '"';
    }
    return out + '}';
}

void check_labels(const Labels& labels) {
    for (const auto& label : labels)
        // "le" is a histogram's own, and "__" is reserved.
        if (!is_name(label.name, false) || label.name == "le" || label.name.starts_with("__"))
            throw Failure("a metric has a forbidden label: " + label.name);
}

bool same_names(const Labels& a, const Labels& b) {
    return std::ranges::equal(a, b, {}, &Label::name, &Label::name);
}

bool same_values(const Labels& a, const Labels& b) {
    return std::ranges::equal(a, b, {}, &Label::value, &Label::value);
}

}  // namespace

Histogram::Histogram(std::vector<double> upper_bounds)
    : upper_bounds_(std::move(upper_bounds)), counts_(upper_bounds_.size() + 1) {
    const bool finite =
        std::ranges::all_of(upper_bounds_, [](double bound) { return std::isfinite(bound); });
    const bool ascending =
        std::ranges::adjacent_find(upper_bounds_, std::greater_equal()) == upper_bounds_.end();
    if (!finite || !ascending) throw Failure("a histogram's bounds do not ascend");
}

void Histogram::observe(double value) {
    const auto bound = std::ranges::lower_bound(upper_bounds_, value);
    counts_[static_cast<std::size_t>(bound - upper_bounds_.begin())].add();
    sum_.fetch_add(value, std::memory_order_relaxed);
}

CounterFamily::CounterFamily(std::vector<std::string> label_names)
    : label_names_(std::move(label_names)) {}

Counter& CounterFamily::with(const std::vector<std::string>& label_values) {
    if (label_values.size() != label_names_.size())
        throw Failure("a counter has other labels than it was registered with");
    const std::lock_guard lock(mutex_);
    if (const auto found = counters_.find(label_values); found != counters_.end())
        return found->second;
    if (counters_.size() < label_sets_max) return counters_[label_values];
    return counters_[std::vector<std::string>(label_names_.size(), "other")];
}

// One name: its HELP and TYPE lines and everything that is counted under it.
struct Metrics::Family {
    struct LabelledCounter {
        Labels labels;
        Counter counter;
    };
    struct LabelledHistogram {
        LabelledHistogram(Labels with, std::vector<double> upper_bounds)
            : labels(std::move(with)), histogram(std::move(upper_bounds)) {}
        Labels labels;
        Histogram histogram;
    };
    std::string name;
    std::string help;
    std::string type;
    Labels label_names;                    // without values
    std::deque<LabelledCounter> counters;  // a deque: references to its elements stay valid
    std::deque<LabelledHistogram> histograms;
    std::optional<CounterFamily> open;

    void write(std::string& out) const;
    void write(std::string& out, const LabelledHistogram& entry) const;
};

Metrics::Metrics() = default;
Metrics::~Metrics() = default;

Metrics::Family& Metrics::family(std::string_view name, std::string_view help,
                                 std::string_view type, const Labels& labels) {
    if (!is_name(name, true)) throw Failure("a metric has a forbidden name");
    check_labels(labels);
    for (const auto& known : families_) {
        if (known->name != name) continue;
        const bool same = known->help == help && known->type == type && !known->open &&
                          same_names(known->label_names, labels);
        if (!same) throw Failure("a metric is registered twice in different ways: " + known->name);
        return *known;
    }
    auto made = std::make_unique<Family>();
    made->name = name;
    made->help = help;
    made->type = type;
    for (const auto& label : labels)
        made->label_names.push_back({label.name, ""});
    return *families_.emplace_back(std::move(made));
}

Counter& Metrics::counter(std::string_view name, std::string_view help, Labels labels) {
    Family& in = family(name, help, "counter", labels);
    for (auto& entry : in.counters)
        if (same_values(entry.labels, labels)) return entry.counter;
    auto& made = in.counters.emplace_back();
    made.labels = std::move(labels);
    return made.counter;
}

CounterFamily& Metrics::counters(std::string_view name, std::string_view help,
                                 std::vector<std::string> label_names) {
    Labels labels;
    for (const auto& label_name : label_names)
        labels.push_back({label_name, ""});
    Family& in = family(name, help, "counter", labels);
    if (!in.counters.empty()) throw Failure("a metric is registered twice in different ways");
    return in.open.emplace(std::move(label_names));
}

Histogram& Metrics::histogram(std::string_view name, std::string_view help,
                              std::vector<double> upper_bounds, Labels labels) {
    Family& in = family(name, help, "histogram", labels);
    for (auto& entry : in.histograms)
        if (same_values(entry.labels, labels)) return entry.histogram;
    return in.histograms.emplace_back(std::move(labels), std::move(upper_bounds)).histogram;
}

void Metrics::Family::write(std::string& out, const LabelledHistogram& entry) const {
    // The total is what the buckets add up to: read once, so that the lines agree while others
    // count on.
    std::uint64_t total = 0;
    const auto& histogram = entry.histogram;
    for (std::size_t i = 0; i < histogram.counts_.size(); ++i) {
        total += histogram.counts_[i].value();
        Labels labels = entry.labels;
        labels.push_back({"le", i < histogram.upper_bounds_.size()
                                    ? fmt::format("{}", histogram.upper_bounds_[i])
                                    : "+Inf"});
        out += fmt::format("{}_bucket{} {}\n", name, braces(labels), total);
    }
    out += fmt::format("{}_sum{} {}\n", name, braces(entry.labels), histogram.sum_.load());
    out += fmt::format("{}_count{} {}\n", name, braces(entry.labels), total);
}

void Metrics::Family::write(std::string& out) const {
    out += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, escape(help, false), name, type);
    for (const auto& entry : counters)
        out += fmt::format("{}{} {}\n", name, braces(entry.labels), entry.counter.value());
    for (const auto& entry : histograms)
        write(out, entry);
    if (!open) return;
    const std::lock_guard lock(open->mutex_);
    for (const auto& [values, counter] : open->counters_) {
        Labels labels;
        for (std::size_t i = 0; i < values.size(); ++i)
            labels.push_back({open->label_names_[i], values[i]});
        out += fmt::format("{}{} {}\n", name, braces(labels), counter.value());
    }
}

std::string Metrics::text() const {
    std::string out;
    for (const auto& entry : families_)
        entry->write(out);
    return out;
}

}  // namespace mado::http
