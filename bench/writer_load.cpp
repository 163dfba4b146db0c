#include "writer_load.hpp"

#include <sched.h>

#include <atomic>
#include <mutex>
#include <random>
#include <thread>

#include "wire/exchange.hpp"

namespace mado::bench {
namespace {

constexpr int first_look_of = 5;  // one order in so many is of a requester new to the person
// Until the writer's cache holds the lists of most people and has reached its size, as that of a
// relay at work. What the first of them takes is shown too.
constexpr int warm_ups = 3;

// This thread's cores, as they were, at the end of a scope.
class Cores {
  public:
    Cores() { known_ = ::sched_getaffinity(0, sizeof(set_), &set_) == 0; }
    ~Cores() {
        if (known_) ::sched_setaffinity(0, sizeof(set_), &set_);
    }
    Cores(const Cores&) = delete;
    Cores& operator=(const Cores&) = delete;

  private:
    cpu_set_t set_{};
    bool known_ = false;
};

// New threads inherit it.
void run_on(int core) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(static_cast<unsigned>(core), &set);
    if (::sched_setaffinity(0, sizeof(set), &set) != 0) {
        throw OperatorError("this machine has no core " + std::to_string(core));
    }
}

std::vector<relay::RecordOrder> make_orders(const Orders& orders, const PlantedLog& planted,
                                            std::int64_t count, std::mt19937_64& random) {
    std::uniform_int_distribution<std::int64_t> person(1, planted.people - 1);
    std::vector<relay::RecordOrder> out;
    out.reserve(static_cast<std::size_t>(count));
    for (std::int64_t i = 0; i < count; ++i) {
        const auto whose = person(random);
        const bool first_look = i % first_look_of == 0;
        out.push_back(orders.make({.person = planted_person(whose, planted),
                                   .by_card = i % 2 == 0,
                                   .fresh = false,
                                   .requester = known_requester(whose + (first_look ? 1 : 0))}));
    }
    return out;
}

// What the writer's thread says, and the feeding thread waits for.
struct Progress {
    std::atomic<std::int64_t> recorded = 0;
    std::atomic<std::int64_t> noted = 0;
    std::atomic<std::int64_t> failed = 0;
    std::atomic<double> writer_cpu_us = 0;
    std::mutex mutex;  // guards `recorded_at`: written by the writer's thread, taken by the feeder
    std::vector<std::int64_t> recorded_at;

    std::vector<std::int64_t> take() {
        const std::scoped_lock lock(mutex);
        return std::exchange(recorded_at, {});
    }
};

// One sample.
class Run {
  public:
    Run(relay::LogWriter& writer, const Load& load) : writer_(writer), load_(load) {}

    void feed(std::vector<relay::RecordOrder>& orders) {
        std::size_t next = 0;
        while (next < orders.size() || !finished(orders.size())) {
            if (load_.outcomes) note_outcomes();
            // Beyond it the writer refuses; a little below, so that nothing handed over is lost.
            constexpr std::size_t queued_max = 8000;
            bool idle = true;
            while (next < orders.size() && writer_.queued() < queued_max) {
                record(std::move(orders[next++]));
                idle = false;
                if (load_.outcomes && next % 64 == 0) break;
            }
            if (idle) std::this_thread::sleep_for(std::chrono::microseconds(500));
        }
        if (progress_.failed != 0) throw Failure("an order was not recorded");
    }
    [[nodiscard]] double writer_cpu_us() const { return progress_.writer_cpu_us; }

  private:
    [[nodiscard]] bool finished(std::size_t count) const {
        const auto all = static_cast<std::int64_t>(count);
        return progress_.recorded + progress_.failed == all &&
               (!load_.outcomes || progress_.noted == all - progress_.failed);
    }
    void record(relay::RecordOrder order) {
        // Made beforehand, asked now.
        order.time = unix_now();
        order.request.expires = order.time + wire::ask_lifetime_s;
        const auto ends = order.time + wire::check_lifetime_s;
        for (auto& mandate : order.mandates)
            mandate.expires = ends;
        if (order.check) order.check->expires = ends;
        const bool taken = writer_.record(std::move(order), [this](relay::RecordResult result) {
            if (!result) {
                ++progress_.failed;
                return;
            }
            if (load_.outcomes) {
                const std::scoped_lock lock(progress_.mutex);
                progress_.recorded_at.push_back(result->log_index);
            }
            count(progress_.recorded);
        });
        if (!taken) ++progress_.failed;
    }
    // On the writer's thread, whose time is a system call to ask: once.
    void count(std::atomic<std::int64_t>& done) {
        if (done + 1 == load_.orders) progress_.writer_cpu_us = thread_cpu_us();
        ++done;
    }
    void note_outcomes() {
        for (const auto log_index : progress_.take()) {
            const auto job = relay::SetOutcome{.log_index = log_index,
                                               .outcome = wire::Outcome::answered,
                                               .miss_path = {},
                                               .day = 0,
                                               .requester = {},
                                               .time = unix_now()};
            while (!writer_.set_outcome(job, [this](bool) { count(progress_.noted); }))
                std::this_thread::sleep_for(std::chrono::microseconds(500));
        }
    }

    relay::LogWriter& writer_;
    const Load& load_;
    Progress progress_;
};

}  // namespace

std::vector<Figure> measure_writer(const Place& place, const Orders& orders,
                                   const PlantedLog& planted, const Load& load) {
    const std::string what = load.outcomes ? "orders and their outcomes" : "orders";
    Figure rate{.measure = what + " appended, writer and WAL on one core",
                .unit = "/s",
                .goal = Goal{.kind = Goal::Kind::at_least, .value = 20'000}};
    if (load.outcomes) rate.goal.reset();
    Figure first{.measure = what + ": the first after the writer's start", .unit = "/s"};
    Figure writer_cpu{.measure = what + ": CPU of the writer's thread", .unit = "µs/order"};
    Figure core_cpu{.measure = what + ": the same with WAL checkpoints", .unit = "µs/order"};
    Figure bytes{.measure = what + ": written, WAL and database", .unit = "KB/order"};
    Figure batch{.measure = what + ": orders and outcomes in a batch", .unit = ""};
    Figure commit{.measure = what + ": a batch until it is durable", .unit = "ms"};

    std::vector<relay::WriterObservation> seen;  // of the writer's thread, read when it is idle
    std::mt19937_64 random(std::random_device{}());
    const Cores as_before;
    run_on(load.core);
    const auto writer =
        place.open_writer([&seen](const relay::WriterObservation& one) { seen.push_back(one); });
    run_on(load.core == 0 ? 1 : 0);
    double writer_before = 0;
    for (int i = -warm_ups; i < load.samples; ++i) {
        auto batch_of_orders = make_orders(orders, planted, load.orders, random);
        seen.clear();
        const auto count = static_cast<double>(load.orders);
        const auto process = process_cpu_us();
        const auto own = thread_cpu_us();
        const auto written = written_bytes();
        const Stopwatch watch;
        Run run(*writer, load);
        run.feed(batch_of_orders);
        const auto wall_ms = watch.ms();
        const auto others = process_cpu_us() - process - (thread_cpu_us() - own);
        const auto writer_now = run.writer_cpu_us();
        if (i == -warm_ups) first.samples.push_back(count / wall_ms * 1e3);
        if (i >= 0) {
            rate.samples.push_back(count / wall_ms * 1e3);
            writer_cpu.samples.push_back((writer_now - writer_before) / count);
            core_cpu.samples.push_back(others / count);
            bytes.samples.push_back((written_bytes() - written) / count / 1e3);
            for (const auto& one : seen) {
                batch.samples.push_back(static_cast<double>(one.batch));
                commit.samples.push_back(static_cast<double>(one.commit_us) / 1e3);
            }
        }
        writer_before = writer_now;
    }
    return {rate, first, writer_cpu, core_cpu, bytes, batch, commit};
}

}  // namespace mado::bench
