#include "http/metrics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "base/result.hpp"

namespace mado::http {
namespace {

TEST(Metrics, WritesHelpAndTypeOnceForAFamily) {
    Metrics metrics;
    metrics.counter("mado_orders_total", "Orders, by outcome.", {{"outcome", "answered"}}).add(3);
    metrics.counter("mado_orders_total", "Orders, by outcome.", {{"outcome", "refused"}});
    metrics.counter("mado_starts_total", "Back\\slash\nand line.").add();
    EXPECT_EQ(metrics.text(),
              "# HELP mado_orders_total Orders, by outcome.\n"
              "# TYPE mado_orders_total counter\n"
              "mado_orders_total{outcome=\"answered\"} 3\n"
              "mado_orders_total{outcome=\"refused\"} 0\n"
              "# HELP mado_starts_total Back\\\\slash\\nand line.\n"
              "# TYPE mado_starts_total counter\n"
              "mado_starts_total 1\n");
}

TEST(Metrics, HistogramBucketsAreCumulative) {
    Metrics metrics;
    auto& histogram = metrics.histogram("mado_seconds", "Time.", {0.01, 0.5, 1}, {{"route", "/a"}});
    histogram.observe(0.01);  // a bound is inside its bucket
    histogram.observe(0.25);
    histogram.observe(0.25);
    histogram.observe(8);
    EXPECT_EQ(metrics.text(),
              "# HELP mado_seconds Time.\n"
              "# TYPE mado_seconds histogram\n"
              "mado_seconds_bucket{route=\"/a\",le=\"0.01\"} 1\n"
              "mado_seconds_bucket{route=\"/a\",le=\"0.5\"} 3\n"
              "mado_seconds_bucket{route=\"/a\",le=\"1\"} 3\n"
              "mado_seconds_bucket{route=\"/a\",le=\"+Inf\"} 4\n"
              "mado_seconds_sum{route=\"/a\"} 8.51\n"
              "mado_seconds_count{route=\"/a\"} 4\n");
}

TEST(Metrics, EscapesLabelValues) {
    Metrics metrics;
    metrics.counters("mado_codes_total", "Codes.", {"code"}).with({"a\"b\\c\nd"}).add();
    EXPECT_NE(metrics.text().find("mado_codes_total{code=\"a\\\"b\\\\c\\nd\"} 1\n"),
              std::string::npos);
}

TEST(Metrics, ManyLabelSetsEndInOther) {
    Metrics metrics;
    auto& family = metrics.counters("mado_codes_total", "Codes.", {"code", "service"});
    for (int i = 0; i < 1000; ++i)
        family.with({std::to_string(i), "s"}).add();
    EXPECT_EQ(family.with({"7", "s"}).value(), 1U);
    EXPECT_EQ(family.with({"other", "other"}).value(), 1000 - CounterFamily::label_sets_max);
    const auto text = metrics.text();
    EXPECT_EQ(static_cast<std::size_t>(std::ranges::count(text, '\n')),
              2 + CounterFamily::label_sets_max + 1);
}

TEST(Metrics, CountsFromManyThreads) {
    Metrics metrics;
    auto& counter = metrics.counter("mado_total", "All.");
    auto& family = metrics.counters("mado_by_code_total", "All.", {"code"});
    auto& histogram = metrics.histogram("mado_seconds", "Time.", {1});
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&counter, &family, &histogram] {
                for (int n = 0; n < 1000; ++n) {
                    counter.add();
                    family.with({"a"}).add();
                    histogram.observe(0.5);
                }
            });
        }
        EXPECT_FALSE(metrics.text().empty());
    }
    EXPECT_EQ(counter.value(), 4000U);
    EXPECT_EQ(family.with({"a"}).value(), 4000U);
    EXPECT_NE(metrics.text().find("mado_seconds_sum 2000\n"), std::string::npos);
}

TEST(Metrics, RefusesWhatTheFormatDoesNotAllow) {
    Metrics metrics;
    EXPECT_THROW(metrics.counter("1mado", "Name."), Failure);
    EXPECT_THROW(metrics.counter("mado-total", "Name."), Failure);
    EXPECT_THROW(metrics.counter("mado_total", "Label.", {{"le", "1"}}), Failure);
    EXPECT_THROW(metrics.counter("mado_total", "Label.", {{"a:b", "1"}}), Failure);
    EXPECT_THROW(metrics.histogram("mado_seconds", "Bounds.", {1, 1}), Failure);
    metrics.counter("mado_known_total", "Once.", {{"a", "1"}});
    EXPECT_THROW(metrics.counter("mado_known_total", "Twice.", {{"a", "2"}}), Failure);
    EXPECT_THROW(metrics.counter("mado_known_total", "Once.", {{"b", "2"}}), Failure);
    EXPECT_THROW(metrics.histogram("mado_known_total", "Once.", {1}, {{"a", "1"}}), Failure);
    EXPECT_THROW(metrics.counters("mado_codes_total", "Codes.", {"code"}).with({}), Failure);
}

}  // namespace
}  // namespace mado::http
