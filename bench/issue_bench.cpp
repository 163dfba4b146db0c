#include "issue_bench.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>

#include "base/temp_folder.hpp"
#include "chip/inserted.hpp"
#include "cli/card_office.hpp"
#include "client/card_pipe.hpp"
#include "generate.hpp"
#include "http/spawn.hpp"
#include "stop_bench.hpp"

namespace mado::bench {
namespace {

// Well beyond 15 years.
constexpr UnixTime grown_up_s = std::int64_t{16} * 366 * 86'400;

constexpr std::string_view window = "992011", its_clerk = "sato-1";

// Those of that window without a card, but the named one. Who is 15 may sign.
std::vector<json::object> applicants(const tests::RunningCountry& country) {
    std::ifstream in(country.path("state/country/people.ndjson"));
    std::vector<json::object> out;
    std::string line;
    const auto grown_up = to_text(date_at(unix_now() - grown_up_s, 0));
    while (std::getline(in, line)) {
        const auto person = parse_json_object(line);
        if (!person) throw Failure("people.ndjson has a line that is not JSON");
        if (person->at("issued").as_bool() || person->at("key").is_string()) continue;
        const auto& resident = person->at("resident").as_object();
        if (text_at(resident, "municipality") != window) continue;
        auto application = country::application(*person);
        const auto birth = text_at(*person, "birth_date");
        application["signing"] = birth < grown_up;
        application["what"] = "applied";
        out.push_back(std::move(application));
    }
    return out;
}

// By virtual chips in this program, so many at a time: as at the windows of so many clerks.
class Windows {
  public:
    explicit Windows(const tests::RunningCountry& country) : country_(country) {}
    void make_cards(Clerk& clerk, const std::vector<std::string>& cases) {
        for (std::size_t at = 0; at < cases.size(); at += windows) {
            http::asio::io_context io{1};
            for (std::size_t i = at; i < std::min(at + windows, cases.size()); ++i) {
                const auto begun = clerk.ask("/cases/card", {{"number", cases[i]}});
                http::spawn(io, make_card(text_at(begun, "session"), file_of(cases[i])));
            }
            io.run();
        }
    }
    // The chip of that case's card.
    [[nodiscard]] std::string file_of(const std::string& number) const {
        return folder_.path(number);
    }
    void print_times() const {
        const auto each = [this](std::int64_t us) {
            return static_cast<double>(us) / 1e3 / static_cast<double>(made_);
        };
        fmt::print(
            "\none card's session: {:.1f} calls {:.1f} ms, {:.1f} waits {:.1f} ms, "
            "the chip {:.1f} ms\n",
            static_cast<double>(spent_.calls) / static_cast<double>(made_), each(spent_.call_us),
            static_cast<double>(spent_.waits) / static_cast<double>(made_), each(spent_.wait_us),
            each(spent_.command_us));
    }

  private:
    void note(const client::PipeCounts& one) {
        ++made_;
        spent_.calls += one.calls;
        spent_.waits += one.waits;
        spent_.call_us += one.call_us;
        spent_.wait_us += one.wait_us;
        spent_.command_us += one.command_us;
    }
    http::Task<void> make_card(std::string session, std::string file) {
        cli::make_blank_card(country_.places(), file, {.kind = chip::CardKind::piv});
        chip::Inserted reader(file);
        client::NewPins pins;
        pins.authentication = Secret(as_bytes(cards_pin));
        pins.signing = Secret(as_bytes("ABC987"));
        const auto& centre = *country_.directory().find(tests::participant("issuer"));
        const auto done = co_await client::run_pipe({.centre = centre,
                                                     .address = centre.redirect_uris.front(),
                                                     .session = std::move(session)},
                                                    reader, pins);
        if (!done) throw Failure("no card: " + std::string(to_text(done.error())));
        note(*done);
    }

    static constexpr std::size_t windows = 16;
    const tests::RunningCountry& country_;
    TempFolder folder_;
    std::size_t made_ = 0;
    client::PipeCounts spent_;  // of all
};

struct Sample {
    double opened_s = 0, confirmed_s = 0, certified_s = 0, active_s = 0;
    std::size_t cases = 0, settled = 0;
    std::vector<CardInHand> cards = {};
};

Sample issue(Clerk& clerk, Windows& windows, const std::vector<json::object>& applications) {
    Sample out;
    std::vector<std::string> cases;
    const Stopwatch opening;
    for (const auto& application : applications) {
        const auto number = text_at(clerk.ask("/cases/open", {}), "number");
        clerk.act(number, application);
        cases.push_back(number);
    }
    out.opened_s = opening.ms() / 1e3;
    out.settled = cases.size();
    cases = clerk.wait_for(cases, "make_keys");
    out.cases = cases.size();
    out.settled -= cases.size();
    out.confirmed_s = opening.ms() / 1e3;
    const Stopwatch certifying;
    windows.make_cards(clerk, cases);
    out.certified_s = certifying.ms() / 1e3;
    const Stopwatch handing;
    for (const auto& number : cases) {
        const auto one = clerk.act(number, {{"what", "handed_over"}});
        out.cards.push_back({.number = number,
                             .file = windows.file_of(number),
                             .stop_code = text_at(one, "stop_code"),
                             .birth_date = text_at(one.at("person").as_object(), "birth_date")});
    }
    clerk.wait_for(cases, "");
    out.active_s = handing.ms() / 1e3;
    return out;
}

// User and system time of a process so far, by /proc/PID/stat (proc(5), fields 14 and 15).
double cpu_s(int pid) {
    std::ifstream file(fmt::format("/proc/{}/stat", pid));
    std::string text;
    std::getline(file, text);
    std::istringstream rest(text.substr(text.rfind(')') + 1));
    std::string skipped;
    for (int field = 3; field < 14; ++field)
        rest >> skipped;
    double user = 0, system = 0;
    rest >> user >> system;
    return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

std::map<std::string, double> cpu_of_programs(const tests::RunningCountry& country) {
    std::map<std::string, double> out;
    const auto& places = country.places();
    for (const auto& one : cli::program_status(places, cli::programs_of(places)))
        out[one.name] = cpu_s(one.pid);
    return out;
}

void print_shares(const std::map<std::string, double>& before,
                  const std::map<std::string, double>& after, double seconds, double own_s,
                  std::size_t cases) {
    fmt::print("\nprocessor time of {} cases in {:.1f} s, ms a case\n", cases, seconds);
    const auto each = [cases](double s) { return 1e3 * s / static_cast<double>(cases); };
    for (const auto& [name, s] : after)
        fmt::print("  {:<12} {:7.2f}\n", name, each(s - before.at(name)));
    fmt::print("  {:<12} {:7.2f}\n", "this program", each(own_s));
}

}  // namespace

std::vector<Figure> measure_issuing(const IssueSettings& settings) {
    tests::RunningCountry country(settings.people);
    const auto waiting = applicants(country);
    const auto count = static_cast<std::size_t>(settings.cases);
    if (waiting.size() < count * static_cast<std::size_t>(settings.samples)) {
        throw OperatorError(
            fmt::format("only {} of them have no card: more --people, or fewer "
                        "--cases or --samples",
                        waiting.size()));
    }
    Clerk clerk(country, std::string(its_clerk));
    Windows windows(country);
    Figure whole{.measure = "cases from the application to the active card", .unit = "/s"};
    Figure confirmed{.measure = "… opened, and every register asked", .unit = "/s"};
    Figure certified{.measure = "… card made: keys, certificates, PINs", .unit = "/s"};
    Figure active{.measure = "… handed over, active, insurers told", .unit = "/s"};
    Figure settled{.measure = "cases that needed a clerk", .unit = "%"};
    const auto before = cpu_of_programs(country);
    const double own_before = process_cpu_us();
    double seconds = 0;
    std::size_t cases = 0;
    std::vector<CardInHand> cards;
    for (int i = 0; i < settings.samples; ++i) {
        const auto first = waiting.begin() + static_cast<std::ptrdiff_t>(count) * i;
        auto sample = issue(clerk, windows, {first, first + static_cast<std::ptrdiff_t>(count)});
        const auto made = static_cast<double>(sample.cases);
        const double all_s = sample.confirmed_s + sample.certified_s + sample.active_s;
        whole.samples.push_back(made / all_s);
        confirmed.samples.push_back(static_cast<double>(count) / sample.confirmed_s);
        certified.samples.push_back(made / sample.certified_s);
        active.samples.push_back(made / sample.active_s);
        settled.samples.push_back(100.0 * static_cast<double>(sample.settled) /
                                  static_cast<double>(count));
        seconds += all_s;
        cases += count;
        std::ranges::move(sample.cards, std::back_inserter(cards));
    }
    print_shares(before, cpu_of_programs(country), seconds, (process_cpu_us() - own_before) / 1e6,
                 cases);
    windows.print_times();
    std::vector<Figure> out{whole, confirmed, certified, active, settled};
    cards.resize(std::min(cards.size(), static_cast<std::size_t>(settings.stops)));
    if (!cards.empty())
        std::ranges::move(measure_stops(country, clerk, cards), std::back_inserter(out));
    return out;
}

}  // namespace mado::bench
