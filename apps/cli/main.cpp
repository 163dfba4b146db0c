// mado-cli: what ./mado runs once everything is built.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>

#include "ask.hpp"
#include "base/clock.hpp"
#include "base/program.hpp"
#include "country.hpp"
#include "processes.hpp"
#include "records.hpp"
#include "who_looked.hpp"

namespace mado::cli {
namespace {

namespace fs = std::filesystem;

struct UpOptions {
    bool fresh = false;
    CountrySettings country;
};

int up(const Places& places, const UpOptions& options) {
    const auto start = monotonic_us();
    if (options.fresh) {
        stop_programs(places);
        for (const auto& folder : {places.state(), places.keys(), places.anchor(), places.run()}) {
            fs::remove_all(folder);
        }
    }
    if (!country_exists(places)) make_country(places, options.country);
    if (prepare_programs(places) && stop_programs(places) > 0) {
        fmt::print("mado: the directory has a new version; the programs start again\n");
    }
    start_programs(places, programs_of(places));
    fmt::print("mado: the country runs ({:.1f} s). Try:\n",
               static_cast<double>(monotonic_us() - start) / 1e6);
    fmt::print(
        "  ./mado check --card hanako --pin 1234\n"
        "  ./mado check --health-number 621874998319 --birth-date 1986-05-01\n"
        "  ./mado check --insurer 990010 --symbol あいう --number 0000187 --branch 01 "
        "--birth-date 1986-05-01\n"
        "  ./mado records claims --card hanako --pin 1234 --from 2026-01 --to 2026-07\n"
        "  ./mado log show --card hanako --pin 1234\n");
    return 0;
}

int down(const Places& places) {
    const int ended = stop_programs(places);
    fmt::print("mado: {}\n", ended == 0 ? std::string("nothing was running")
                                        : fmt::format("{} programs ended", ended));
    return 0;
}

int status(const Places& places) {
    if (!country_exists(places)) {
        fmt::print("mado: there is no country yet; make one with ./mado up\n");
        return 1;
    }
    bool all = true;
    for (const auto& one : program_status(places, programs_of(places))) {
        fmt::print("{:<12} {:<9} {:>7}  {}\n", one.name, one.healthy ? "healthy" : "UNHEALTHY",
                   one.pid == 0 ? "-" : std::to_string(one.pid), one.detail);
        all = all && one.healthy;
    }
    return all ? 0 : 1;
}

void demand_running(const Places& places) {
    if (!country_exists(places)) {
        throw OperatorError("there is no country yet; make and start one with ./mado up");
    }
}

void add_check(CLI::App& app, CheckOptions& options) {
    auto* check = app.add_subcommand("check", "is this person insured? (as a clinic)");
    auto* card = check->add_option("--card", options.card, "a demo card, such as hanako");
    check->add_option("--pin", options.pin, "its PIN (asked when left out)")->needs(card);
    auto* number = check->add_option("--health-number", options.health_number,
                                     "health-care number 保健医療番号, 12 digits");
    auto* insurer = check->add_option("--insurer", options.insurer, "insurer number 保険者番号");
    check->add_option("--symbol", options.symbol, "記号")->needs(insurer);
    check->add_option("--number", options.number, "番号")->needs(insurer);
    check->add_option("--branch", options.branch, "枝番")->needs(insurer);
    check->add_option("--birth-date", options.birth_date, "YYYY-MM-DD")->excludes(card);
    number->excludes(card)->excludes(insurer);
    insurer->excludes(card);
    check->add_option("--as", options.as, "who asks: clinic-1, clinic-2, care-provider-1");
    check->add_option("--on", options.on, "service date, YYYY-MM-DD (default today)");
    check->add_flag("--json", options.json, "FHIR R4 Bundle with the receipts");
    check->callback([&options] {
        if (options.card.empty() && options.health_number.empty() && options.insurer.empty()) {
            throw CLI::RequiredError("--card, --health-number or --insurer");
        }
        if (options.card.empty() && options.birth_date.empty()) {
            throw CLI::RequiredError("--birth-date");
        }
    });
}

void add_log(CLI::App& app, WhoLookedOptions& options) {
    auto* log = app.add_subcommand("log", "the access log")->require_subcommand(1);
    auto* show = log->add_subcommand("show", "a person's entries: who looked");
    show->add_option("--card", options.card, "a demo card, such as hanako")->required();
    show->add_option("--pin", options.pin, "its PIN (asked when left out)");
    show->add_option("--from", options.from, "first day, YYYY-MM-DD");
    show->add_option("--to", options.to, "last day, YYYY-MM-DD");
    show->add_option("--who", options.who, "only this requester, such as clinic-1");
    show->add_option("--service", options.service, "only this service, such as eligibility");
    show->add_flag("--others", options.others, "without the person's own views");
    show->add_flag("--compare", options.compare,
                   "ask every holder what it was asked, and compare (each is an entry too)");
    show->add_flag("--json", options.json, "as JSON");
}

void add_records(CLI::App& app, ClaimsOptions& options) {
    auto* records = app.add_subcommand("records", "a person's own records")->require_subcommand(1);
    auto* claims = records->add_subcommand("claims", "what was treated, and what it cost");
    claims->add_option("--card", options.card, "a demo card, such as hanako")->required();
    claims->add_option("--pin", options.pin, "its PIN (asked when left out)");
    claims->add_option("--from", options.from, "first month, YYYY-MM (default: 12 months)");
    claims->add_option("--to", options.to, "last month, YYYY-MM (default: this month)");
    claims->add_flag("--json", options.json, "FHIR R4 Bundle with the receipts");
}

int run(int argc, char** argv) {
    Places places;
    places.programs = fs::read_symlink("/proc/self/exe").parent_path().string();
    UpOptions up_options;
    CheckOptions check_options;
    WhoLookedOptions log_options;
    ClaimsOptions claims_options;

    CLI::App app{"Mado, the demo country", "./mado"};
    app.require_subcommand(1);
    app.add_option("--root", places.root, "folder of the country")->default_str(".mado");
    auto* up_command = app.add_subcommand("up", "make (once) and start the demo country");
    up_command->add_flag("--fresh", up_options.fresh, "start over: forget state, keys and anchor");
    up_command->add_option("--people", up_options.country.people, "size of a new country")
        ->check(CLI::Range(50, 2'000'000));
    up_command->add_option("--port", up_options.country.port, "first of ten ports of a new country")
        ->check(CLI::Range(1024, 65'000));
    app.add_subcommand("down", "stop it; what it stored stays");
    app.add_subcommand("status", "what runs, where, healthy or not");
    add_check(app, check_options);
    add_log(app, log_options);
    add_records(app, claims_options);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    if (app.got_subcommand("up")) return up(places, up_options);
    if (app.got_subcommand("down")) return down(places);
    if (app.got_subcommand("status")) return status(places);
    demand_running(places);
    if (app.got_subcommand("check")) return check(places, check_options);
    if (app.got_subcommand("records")) return show_claims(places, claims_options);
    return show_who_looked(places, log_options);
}

}  // namespace
}  // namespace mado::cli

int main(int argc, char** argv) {
    return mado::run_program("mado", argc, argv, [argc, argv](const mado::Words&) {
        return mado::cli::run(argc, argv);
    });
}
