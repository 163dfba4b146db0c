// mado-bench: what ./mado bench runs. Measures with the programs' own code; in no program itself.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>

#include "base/program.hpp"
#include "card_bench.hpp"
#include "issue_bench.hpp"
#include "log_bench.hpp"
#include "match_bench.hpp"
#include "portal_bench.hpp"
#include "relay/allocator.hpp"
#include "stream_bench.hpp"

namespace mado::bench {
namespace {

struct Options {
    LogSettings log;
    CardSettings card;
    PortalSettings portal;
    MatchSettings match;
    IssueSettings issue;
    StreamSettings stream;
    std::string part = "all";
};

int measure_log(Options options) {
    auto& folder = options.log.folder;
    if (folder.empty()) folder = fmt::format("build/bench-{}", ::getpid());
    std::vector<Figure> figures;
    if (options.part != "tree") figures = measure_entries(options.log);
    if (options.part != "entries") {
        for (auto& figure : measure_tree(options.log))
            figures.push_back(std::move(figure));
    }
    std::error_code ignored;  // not empty: it was there before, with something in it
    std::filesystem::remove(folder, ignored);
    print(figures);
    return all_met(figures) ? 0 : 1;
}

int run(const Words& words) {
    CLI::App app{"Measures Mado on this machine. Status 1: a goal is missed."};
    app.require_subcommand(1);
    Options options;
    auto* log = app.add_subcommand("log", "the access log: appending, proving, a person's entries");
    log->add_option("--entries", options.log.entries, "in the log that is appended to")
        ->check(CLI::Range(1'000, 100'000'000));
    log->add_option("--leaves", options.log.leaves, "of the log that is proven from")
        ->check(CLI::Range(1'000, 1'000'000'000));
    log->add_option("--own-entries", options.log.own_entries, "of one person")
        ->check(CLI::Range(1, 100'000));
    log->add_option("--orders", options.log.orders, "of one sample of the writer")
        ->check(CLI::Range(100, 1'000'000));
    log->add_option("--samples", options.log.samples)->check(CLI::Range(1, 100));
    log->add_option("--core", options.log.core, "that the log writer's threads share")
        ->check(CLI::Range(0, 1023));
    log->add_option("--part", options.part)->check(CLI::IsMember({"all", "entries", "tree"}));
    log->add_option("--folder", options.log.folder,
                    "for 2.2 KB an entry and 35 bytes a leaf; in build/ when left out");
    auto* card = app.add_subcommand("card", "a mandate by a card in a virtual reader");
    card->add_option("--samples", options.card.samples)->check(CLI::Range(1, 10'000));
    auto* portal = app.add_subcommand("portal", "My Page in a browser: scripts, and waiting");
    portal->add_option("--samples", options.portal.samples)->check(CLI::Range(1, 1'000));
    portal->add_option("--people", options.portal.people)->check(CLI::Range(50, 2'000'000));
    auto* match = app.add_subcommand("match", "dirty registers: wrong links, and clerks' cases");
    match->add_option("--people", options.match.people)->check(CLI::Range(50, 2'000'000));
    match->add_option("--seed", options.match.seed, "drawn when left out");
    auto* issue = app.add_subcommand("issue", "issuing: applications to active cards, a second");
    issue->add_option("--people", options.issue.people)->check(CLI::Range(50, 2'000'000));
    issue->add_option("--cases", options.issue.cases, "of one sample")->check(CLI::Range(1, 1'000));
    issue->add_option("--samples", options.issue.samples)->check(CLI::Range(1, 100));
    issue->add_option("--stops", options.issue.stops, "cards that are stopped afterwards")
        ->check(CLI::Range(0, 1'000));
    auto* stream = app.add_subcommand("stream", "orders a second: alone, side by side, a stream");
    stream->add_option("--samples", options.stream.samples)->check(CLI::Range(1, 100));
    stream->add_option("--orders", options.stream.orders, "of one sample; they live for a minute")
        ->check(CLI::Range(1, 50'000));
    try {
        app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    if (app.got_subcommand("log")) return measure_log(options);
    if (app.got_subcommand("match")) return measure_matching(options.match) ? 0 : 1;
    const auto figures = app.got_subcommand("card")     ? measure_cards(options.card)
                         : app.got_subcommand("issue")  ? measure_issuing(options.issue)
                         : app.got_subcommand("stream") ? measure_stream(options.stream)
                                                        : measure_portal(options.portal);
    print(figures);
    return all_met(figures) ? 0 : 1;
}

}  // namespace
}  // namespace mado::bench

int main(int argc, char** argv) {
    return mado::run_program("mado-bench", argc, argv, mado::bench::run);
}
