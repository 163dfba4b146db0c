#include "portal_bench.hpp"

#include <boost/json.hpp>

#include "../tests/country_fixture.hpp"

namespace mado::bench {
namespace {

std::vector<double> numbers(const json::value& value) {
    std::vector<double> out;
    for (const auto& one : value.as_array())
        out.push_back(one.to_number<double>());
    return out;
}

Figure waiting(std::string measure, const json::value& samples, std::optional<Goal> goal = {}) {
    return {.measure = std::move(measure), .unit = "ms", .goal = goal, .samples = numbers(samples)};
}

Figure scripts(std::string measure, const json::value& bytes) {
    return {.measure = std::move(measure),
            .unit = "KB",
            .goal = Goal{.kind = Goal::Kind::at_most, .value = 60},
            .samples = {bytes.to_number<double>() / 1'000}};
}

}  // namespace

std::vector<Figure> measure_portal(const PortalSettings& settings) {
    const tests::RunningCountry country(settings.people);
    const auto card = country.cli({"card", "insert", "hanako"});
    if (card.status != 0) throw Failure("no card: " + card.output);
    const auto done = tests::run_program({"tools/with_node", "node", "bench/portal.mjs",
                                          country.portal(), std::to_string(settings.samples)});
    if (done.status != 0) throw Failure("the browser did not get through: " + done.output);
    // The last line; npm may have said something before it.
    const auto text = done.output.substr(done.output.rfind("\n{") + 1);
    const auto measured = json::parse(text).as_object();
    const auto& bytes = measured.at("script_bytes").as_object();
    const auto& ready = measured.at("ready_ms").as_object();
    const Goal second{.kind = Goal::Kind::at_most, .value = 1'000};
    return {scripts("JavaScript of the first page, gzipped", bytes.at("home")),
            scripts("JavaScript of the pension page, gzipped", bytes.at("pension")),
            scripts("JavaScript of who looked, gzipped", bytes.at("looked")),
            waiting("from the PIN to the first notice (log-in and first page)", ready.at("log_in")),
            waiting("first page: the first notice", ready.at("home"), second),
            waiting("pension page: the first picture", ready.at("pension"), second),
            waiting("who looked: all entries verified", ready.at("looked"))};
}

}  // namespace mado::bench
