#include "log_bench.hpp"

#include <fmt/format.h>

#include <random>

#include "person_entries.hpp"
#include "plant.hpp"
#include "writer_load.hpp"

namespace mado::bench {
namespace {

constexpr int proofs_of_sample = 1000;

void say(const std::string& text) {
    fmt::print("bench: {}\n", text);
    std::fflush(stdout);
}

void append(std::vector<Figure>& to, std::vector<Figure> more) {
    for (auto& figure : more)
        to.push_back(std::move(figure));
}

// Proves these leaves, and sees that the proofs are good.
std::vector<double> prove(relay::Reader& reader, const std::vector<std::uint64_t>& indexes,
                          std::uint64_t leaves, const Hash& root) {
    const auto read = [&reader](tlog::TileId id, unsigned width) {
        return reader.half_tile(id, width);
    };
    std::vector<double> out;
    for (const auto index : indexes) {
        const Stopwatch watch;
        const auto proof = tlog::Prover(leaves, read, tlog::half_height).inclusion(index);
        out.push_back(watch.ms());
        if (!tlog::verify_inclusion(planted_leaf(index, leaves), index, leaves, proof, root)) {
            throw Failure("a proof is wrong");
        }
    }
    return out;
}

std::vector<std::uint64_t> random_indexes(std::uint64_t leaves) {
    std::mt19937_64 random(std::random_device{}());
    std::uniform_int_distribution<std::uint64_t> index(0, leaves - 1);
    std::vector<std::uint64_t> out(proofs_of_sample);
    for (auto& one : out)
        one = index(random);
    return out;
}

}  // namespace

std::vector<Figure> measure_entries(const LogSettings& settings) {
    const Place place(settings.folder + "/entries");
    const Orders orders(place);
    const Stopwatch watch;
    const auto planted = plant_log(place, orders, settings.entries, settings.own_entries);
    place.flush();
    say(fmt::format("planted in {:.0f} s: {}", watch.ms() / 1e3, description(planted)));
    // First, while the system's memory has the indexes, as that of a relay at work.
    std::vector<Figure> out;
    for (const bool outcomes : {false, true}) {
        append(out, measure_writer(place, orders, planted,
                                   {.orders = settings.orders,
                                    .samples = settings.samples,
                                    .core = settings.core,
                                    .outcomes = outcomes}));
    }
    append(out, measure_person(place, orders, planted, settings.samples));
    return out;
}

std::vector<Figure> measure_tree(const LogSettings& settings) {
    const Place place(settings.folder + "/tree");
    const Stopwatch watch;
    plant_tiles(place, settings.leaves);
    say(fmt::format("planted in {:.0f} s: the tiles of {} leaves", watch.ms() / 1e3,
                    settings.leaves));
    const auto what = fmt::format("{} leaves: ", settings.leaves);
    const Goal second{.kind = Goal::Kind::at_most, .value = 1000};
    const Goal millisecond{.kind = Goal::Kind::at_most, .value = 1};
    Figure cold_start{.measure = what + "start (cold)", .unit = "ms", .goal = second};
    Figure warm_start{.measure = what + "start (warm)", .unit = "ms", .goal = second};
    Figure cold{.measure = what + "inclusion proof (cold)", .unit = "ms", .goal = millisecond};
    Figure warm{.measure = what + "inclusion proof (warm)", .unit = "ms", .goal = millisecond};
    Figure cold_99{.measure = what + "slowest hundredth (cold)", .unit = "ms"};
    Figure warm_99{.measure = what + "slowest hundredth (warm)", .unit = "ms", .goal = millisecond};
    const auto root = relay::Anchor(place.anchor_path(), place.country.log).newest().value().root;
    for (int i = 0; i < settings.samples; ++i) {
        place.forget_cached_pages();
        for (auto* figure : {&cold_start, &warm_start}) {
            const Stopwatch start;
            const auto writer = place.open_writer();
            figure->samples.push_back(start.ms());
        }
        place.forget_cached_pages();
        relay::Reader reader(place.database(), place.vault());
        const auto indexes = random_indexes(settings.leaves);
        for (auto [figure, slowest] : {std::pair{&cold, &cold_99}, std::pair{&warm, &warm_99}}) {
            const auto times = prove(reader, indexes, settings.leaves, root);
            figure->samples.push_back(median(times));
            slowest->samples.push_back(percentile(times, 0.99));
        }
    }
    return {cold_start, warm_start, cold, cold_99, warm, warm_99};
}

}  // namespace mado::bench
