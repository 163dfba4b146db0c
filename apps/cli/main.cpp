// mado-cli: what ./mado runs once everything is built.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>

#include "answers.hpp"
#include "ask.hpp"
#include "base/clock.hpp"
#include "base/file.hpp"
#include "base/program.hpp"
#include "cards.hpp"
#include "checkups.hpp"
#include "claims.hpp"
#include "country.hpp"
#include "issue.hpp"
#include "log_questions.hpp"
#include "log_tools.hpp"
#include "notices.hpp"
#include "office.hpp"
#include "pensions.hpp"
#include "processes.hpp"
#include "programs.hpp"
#include "records.hpp"
#include "staff_looks.hpp"
#include "verify_portal.hpp"
#include "who_looked.hpp"

namespace mado::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t lock_wait_ms = 60'000;

struct UpOptions {
    bool fresh = false;
    bool sized = false;  // words that only a new country can follow
    CountrySettings country;
};

void demand_folders(const Places& places) {
    for (const auto& folder :
         {places.root, places.state(), places.keys(), places.anchor(), places.run()}) {
        std::error_code error;
        const auto found = fs::status(folder, error);
        if (!fs::exists(found) || fs::is_directory(found)) continue;
        throw OperatorError(folder + " is not a folder; move it away, for the country lives there");
    }
}

// Only one ./mado at a time starts or ends programs.
FileLock lock_country(const Places& places) {
    demand_folders(places);
    fs::create_directories(places.root);
    return {places.root + "/lock",
            {.refusal = "another ./mado starts or stops the country in " + places.root +
                        " and has not finished; try again later",
             .wait_ms = lock_wait_ms,
             .waits = [&places] {
                 fmt::print(
                     "mado: another ./mado is at work in {}; waiting until it has finished\n",
                     places.root);
                 std::fflush(stdout);
             }}};
}

void demand_state(const Places& places, const UpOptions& options) {
    if (options.sized) {
        throw OperatorError(
            "there is a country already; --port and --people are for a new one. To start this one: "
            "./mado up. To start over: ./mado up --fresh --port N --people N (the state and all "
            "keys go)");
    }
    if (!fs::exists(places.anchor())) {
        throw OperatorError("the folder " + places.anchor() +
                            " is missing: it says what the newest checkpoint was. Put it back, or "
                            "start over: ./mado up --fresh");
    }
}

int up(const Places& places, const UpOptions& options) {
    const auto start = monotonic_us();
    const auto lock = lock_country(places);
    if (options.fresh) {
        demand_free_ports(places, programs_from(options.country.port));  // nothing ends before
        stop_programs(places);
        for (const auto& folder : {places.state(), places.keys(), places.anchor(), places.run()}) {
            fs::remove_all(folder);
        }
    }
    if (country_exists(places)) {
        demand_state(places, options);
    } else {
        demand_free_ports(places, programs_from(options.country.port));
        make_country(places, options.country);
    }
    if (prepare_programs(places) && stop_programs(places) > 0) {
        fmt::print("mado: the directory has a new version; the programs start again\n");
    }
    start_programs(places, programs_of(places));
    fmt::print("mado: the country runs ({:.1f} s). Try:\n",
               static_cast<double>(monotonic_us() - start) / 1e6);
    const Ports ports(read_port(places), read_organisations());
    fmt::print(
        "  ./mado check --card hanako --pin 1234\n"
        "  ./mado check --health-number 621874998319 --birth-date 1986-05-01\n"
        "  ./mado check --insurer 990010 --symbol あいう --number 0000187 --branch 01 "
        "--birth-date 1986-05-01\n"
        "  ./mado records claims --card hanako --pin 1234 --from 2026-01 --to 2026-07\n"
        "  ./mado records checkups --card hanako --pin 1234\n"
        "  ./mado records notices --card hanako --pin 1234\n"
        "  ./mado log show --card hanako --pin 1234\n"
        "  ./mado card insert hanako    and log in at {} (PIN 1234)\n"
        "  ./mado card insert sato-1    a clerk's: the window at {}\n",
        portal_url(ports), window_url(ports));
    return 0;
}

int down(const Places& places) {
    int ended = 0;
    if (fs::exists(places.root)) {
        const auto lock = lock_country(places);
        ended = stop_programs(places);
    }
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
    const Ports ports(read_port(places), read_organisations());
    fmt::print("portal: {}  agent: {}  window: {}\n", portal_url(ports), agent_url(ports),
               window_url(ports));
    if (!all) fmt::print("mado: ./mado up starts what does not run\n");
    return all ? 0 : 1;
}

void demand_running(const Places& places) {
    if (!country_exists(places)) {
        throw OperatorError("there is no country yet; make and start one with ./mado up");
    }
}

// The day that it is by now somewhere on earth.
Date latest_today() {
    constexpr std::int32_t furthest_east_s = 14 * 3600;
    return date_at(unix_now(), furthest_east_s);
}

void demand_past(const std::string& birth_date) {
    if (!birth_date.empty() && latest_today() < parse_day("--birth-date", birth_date)) {
        throw OperatorError("--birth-date: this day has not come yet");
    }
}

CLI::Option* add_card_option(CLI::App& command, std::string& name) {
    return command
        .add_option("--card", name, "the card in the reader, or a demo card, such as hanako")
        ->expected(0, 1)
        ->default_str(card_in_reader);
}

void add_cards(CLI::App& app, CardOptions& options) {
    auto* cards = app.add_subcommand("card", "cards and readers")->require_subcommand(1);
    cards->add_subcommand("list", "the demo's cards, and the readers");
    const auto named = [&options, cards](const char* command, const char* what, const char* which) {
        auto* out = cards->add_subcommand(command, what);
        out->add_option("name", options.name, which);
        return out;
    };
    constexpr auto one = "a demo card, such as hanako";
    constexpr auto in_reader = "a demo card (default: the card in the reader)";
    named("show", "until when, and how many tries are left", in_reader);
    auto* insert = named("insert", "a demo card into the demo's virtual reader (for pcscd)", one);
    insert->get_option("name")->required();
    insert->add_option("--reader", options.reader, "0 or 1 (default: the first that is empty)")
        ->check(CLI::Range(0, 1));
    auto* blank = named("blank", "a new card from the factory, for ./mado issue and the window",
                        "its name, as --card and insert take it");
    blank->get_option("name")->required();
    blank->add_flag("--rsa", options.rsa, "in today's form (RSA), not the next one (P-256, P-384)");
    named("remove", "pull it out", "a demo card (default: all that are in the demo's readers)");
    auto* pin = named("pin", "change the PIN", in_reader);
    pin->add_option("--pin", options.pin, "the present one (asked when left out)");
    pin->add_option("--new-pin", options.new_pin, "the new one (asked when left out)");
    pin->add_flag("--signing", options.signing, "the signing key's password instead");
}

int run_cards(const CLI::App& cards, const Places& places, const CardOptions& options) {
    if (cards.got_subcommand("list")) return list_cards(places);
    if (cards.got_subcommand("insert") || cards.got_subcommand("remove")) {
        const auto lock = lock_country(places);  // it starts the readers, and tells them
        return cards.got_subcommand("insert") ? insert_card(places, options)
                                              : remove_card(places, options);
    }
    if (cards.got_subcommand("blank")) return make_blank(places, options);
    if (cards.got_subcommand("pin")) return change_pin(places, options);
    return show_card(places, options);
}

void add_answers(CLI::App& app, AnswersOptions& options) {
    auto* answers = app.add_subcommand(
        "answers", "answers that an insurer gave before it had decided, and which of them changed");
    answers->add_option("--as", options.as, "the organisation that asked (default clinic-1)");
    answers
        ->add_option("--wait", options.wait_s,
                     "listen for so many seconds, until something changes")
        ->check(CLI::Range(0, 86'400));
    answers->add_flag("--json", options.json, "for programs");
}

void add_check(CLI::App& app, CheckOptions& options) {
    auto* check = app.add_subcommand("check", "is this person insured? (as a clinic)");
    auto* card = add_card_option(*check, options.card);
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
    check->add_option("--as", options.as,
                      "who asks: clinic-1, clinic-2, care-provider-1, police-1");
    check->add_option("--on", options.on, "service date, YYYY-MM-DD (default today)");
    auto* sealed_by = check->add_option("--sealed-by", options.sealed_by,
                                        "a sealing authority, such as court-1: the person sees "
                                        "this check only on the day of --sealed-until");
    auto* sealed_until =
        check->add_option("--sealed-until", options.sealed_until, "YYYY-MM-DD")->needs(sealed_by);
    sealed_by->needs(sealed_until);
    check->add_option("--operator", options.operator_name,
                      "who asks at this counter; opened only when the person questions it");
    check->add_flag("--json", options.json, "FHIR R4 Bundle with the receipts");
    check->callback([&options] {
        if (!options.insurer.empty() && options.number.empty()) {
            throw CLI::RequiredError("--number");
        }
        demand_past(options.birth_date);
        if (options.card.empty() && options.health_number.empty() && options.insurer.empty()) {
            throw CLI::RequiredError("--card, --health-number or --insurer");
        }
        if (options.card.empty() && options.birth_date.empty()) {
            throw CLI::RequiredError("--birth-date");
        }
    });
}

struct LogCommands {
    WhoLookedOptions show;
    BellsOptions bells;
    VerifyLogOptions verify;
    FollowLogOptions follow;
    ProveEntryOptions prove;
    CheckFilesOptions check;
    CountLogOptions count;
    QuestionOptions question;
};

void add_questions(CLI::App& log, QuestionOptions& options) {
    auto* ask = log.add_subcommand("question", "ask who made an entry, and why");
    add_card_option(*ask, options.card)->required();
    ask->add_option("--pin", options.pin, "its PIN (asked when left out)");
    ask->add_option("--entry", options.entry, "its number in log show")
        ->required()
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 48));
    ask->add_option("--text", options.text, "the question")->required();
    auto* list =
        log.add_subcommand("questions", "a person's, or those an organisation must answer");
    auto* card = add_card_option(*list, options.card);
    list->add_option("--pin", options.pin, "its PIN (asked when left out)")->needs(card);
    list->add_option("--as", options.as, "an organisation, such as clinic-1")->excludes(card);
    list->callback([&options] {
        if (options.card.empty() && options.as.empty()) throw CLI::RequiredError("--card or --as");
    });
    auto* answer = log.add_subcommand("answer", "answer a question, as the organisation");
    answer->add_option("--as", options.as, "an organisation, such as clinic-1")->required();
    answer->add_option("--question", options.question, "its id in log questions")->required();
    answer->add_option("--text", options.text, "the answer")->required();
}

void add_show(CLI::App& log, WhoLookedOptions& options) {
    auto* show = log.add_subcommand(
        "show",
        "a person's entries: who looked\n"
        "exit status: 0 everything fits, 1 the list is altered or the comparison found something, "
        "3 no answer, or a "
        "holder could not be compared, 5 an entry has waited ten minutes for the witnesses");
    add_card_option(*show, options.card)->required();
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

void add_bells(CLI::App& log, BellsOptions& options) {
    auto* bells = log.add_subcommand("bells", "looks of which a person is told, and why");
    add_card_option(*bells, options.card)->required();
    bells->add_option("--pin", options.pin, "its PIN (asked when left out)");
    bells->add_flag("--json", options.json, "as JSON");
}

// As ./mado log show numbers a person's entries: 7, or 7-1 of those that entry 7 has joined. "": it
// is one.
std::string entry_number_mistake(const std::string& text) {
    const auto is_number = [](std::string_view part) {
        return !part.empty() && part.size() <= 9 && part.front() != '0' &&
               part.find_first_not_of("0123456789") == std::string_view::npos;
    };
    const auto dash = text.find('-');
    const auto first = std::string_view(text).substr(0, dash);
    const bool fits = is_number(first) && (dash == std::string::npos ||
                                           is_number(std::string_view(text).substr(dash + 1)));
    return fits ? "" : "a number of ./mado log show: 7, or 7-1";
}

void add_prove(CLI::App& log, ProveEntryOptions& options) {
    auto* prove = log.add_subcommand(
        "prove", "a file that proves an entry to anybody (c2sp.org/tlog-proof@v1)");
    auto* index = prove->add_option("index", options.index, "a public entry, by its index")
                      ->check(CLI::Range(std::int64_t{0}, (std::int64_t{1} << 48) - 1));
    auto* card = add_card_option(*prove, options.card);
    prove->add_option("--pin", options.pin, "its PIN (asked when left out)")->needs(card);
    auto* entry = prove->add_option("--entry", options.entry, "its number in log show: 7, or 7-1");
    entry->needs(card)->check(entry_number_mistake);
    card->needs(entry)->excludes(index);
    auto* receipt = prove->add_option("--receipt", options.receipt,
                                      "a receipt, or a Bundle of check --json with one: proven "
                                      "anew, now with the witnesses");
    receipt->excludes(index)->excludes(card);
    prove->add_option("--log", options.log, "whose index it is, when there are several logs")
        ->needs(index);
    prove->add_option("-o,--output", options.output, "the file (default: standard output)");
    prove->callback([&options] {
        if (!options.index && options.card.empty() && options.receipt.empty()) {
            throw CLI::RequiredError("INDEX, --card or --receipt");
        }
    });
}

// For those to whom this country is not their own.
void add_directory(CLI::App& command, Places& places) {
    auto* directory = command.add_option("--directory", places.given_directory,
                                         "of another country (a log publishes it as `directory`)");
    auto* authority = command.add_option("--authority", places.given_authority,
                                         "the key of the authority that must have signed it: JWK");
    directory->needs(authority);
    authority->needs(directory);
}

void add_log(CLI::App& app, LogCommands& commands, Places& places) {
    auto* log = app.add_subcommand("log", "the access log")->require_subcommand(1);
    add_show(*log, commands.show);
    add_bells(*log, commands.bells);
    add_questions(*log, commands.question);
    auto* verify = log->add_subcommand(
        "verify",
        "the whole log, from its first entry on, and the witnesses' views of it\n"
        "exit status: 0 all good, 1 a lie, 3 something could not be read");
    verify->add_option("--log", commands.verify.log, "its origin, when there are several");
    add_directory(*verify, places);
    auto* follow = log->add_subcommand(
        "follow",
        "watch the logs: one line a round, alarms by name\n"
        "exit status with --once: 0 good, 1 a lie, 3 unreachable, 5 not witnessed");
    auto* state = follow->add_option("--state", commands.follow.state,
                                     "remembers what was seen (default: .mado/run/follow.json)");
    add_directory(*follow, places);
    follow->get_option("--directory")->needs(state);
    follow->add_flag("--once", commands.follow.once, "one round only");
    follow->add_option("--every", commands.follow.every_s, "seconds between rounds")
        ->check(CLI::Range(1, 86'400))
        ->capture_default_str();
    add_prove(*log, commands.prove);
    auto* check = log->add_subcommand(
        "check",
        "what a file proves, offline: a tlog-proof, a receipt, a contradiction, the evidence of a "
        "decision\n"
        "exit status: 0 proven, 1 wrong, 3 cannot be told, 5 not yet witnessed");
    add_directory(*check, places);
    check->add_option("file", commands.check.files, "the files")->required();
    check->add_option("--entry", commands.check.entry,
                      "what should be at the index, when a proof does not say it (base64url)");
    auto* stats = log->add_subcommand("stats", "the public counts: who asks how often, for what");
    stats->add_option("--log", commands.count.log, "its origin, when there are several");
    add_directory(*stats, places);
    stats->add_flag("--json", commands.count.json, "as JSON");
}

int run_log(const CLI::App& log, const Places& places, const LogCommands& commands) {
    if (log.got_subcommand("bells")) return show_bells(places, commands.bells);
    if (log.got_subcommand("verify")) return verify_log(places, commands.verify);
    if (log.got_subcommand("follow")) return follow_logs(places, commands.follow);
    if (log.got_subcommand("prove")) return prove_entry(places, commands.prove);
    if (log.got_subcommand("check")) return check_files(places, commands.check);
    if (log.got_subcommand("stats")) return show_counts(places, commands.count);
    if (log.got_subcommand("question")) return ask_about_entry(places, commands.question);
    if (log.got_subcommand("questions")) return show_questions(places, commands.question);
    if (log.got_subcommand("answer")) return answer_question(places, commands.question);
    return show_who_looked(places, commands.show);
}

void add_verify(CLI::App& app, VerifyPortalOptions& options, Places& places) {
    auto* verify = app.add_subcommand("verify", "what others run, against the directory")
                       ->require_subcommand(1);
    auto* portal = verify->add_subcommand(
        "portal",
        "scripts and styles that a site serves to browsers, not the text of its pages\n"
        "exit status: 0 the same as in the directory, 1 something else, 3 it could not be read");
    portal->add_option("address", options.address, "https://host:port/ (default: the only portal)");
    add_directory(*portal, places);
}

void add_records(CLI::App& app, RecordsOptions& options) {
    auto* records = app.add_subcommand("records", "a person's own records")->require_subcommand(1);
    const auto add = [records, &options](const char* name, const char* words) {
        auto* command = records->add_subcommand(name, words);
        add_card_option(*command, options.card)->required();
        command->add_option("--pin", options.pin, "its PIN (asked when left out)");
        return command;
    };
    const auto add_months = [&options](CLI::App& command, const char* otherwise) {
        command.add_option("--from", options.from,
                           fmt::format("first month, YYYY-MM (default: {} months)", otherwise));
        command.add_option("--to", options.to, "last month, YYYY-MM (default: this month)");
    };
    auto* notices = add("notices", "what the holders have to tell the person");
    add_months(*notices, "24");
    notices->add_option("--open", options.open, "one to read: holder/id, as the list shows them");
    add("pension", "pensions: joined, expected, received");
    auto* looks = add("looks", "to which of a holder's own staff they were shown");
    add_months(*looks, "12");
    auto* checkups = add("checkups", "what the person's check-ups found");
    add_months(*checkups, "60");
    auto* claims = add("claims", "what was treated, and what it cost");
    add_months(*claims, "12");
    for (auto* command : {checkups, claims})
        command->add_flag("--json", options.json, "FHIR R4 Bundle with the receipts");
}

// ./mado goes to its own folder; files on its command line are meant from where the user stands.
void find_file(std::string& path) {
    const char* from = std::getenv("MADO_CWD");
    if (path.empty() || from == nullptr || fs::path(path).is_absolute()) return;
    std::error_code ignored;  // a folder that is gone is not this one
    if (!fs::equivalent(from, ".", ignored)) path = (fs::path(from) / path).string();
}

void find_files(LogCommands& commands, IssueOptions& issue, Places& places) {
    find_file(issue.file);
    find_file(issue.output);
    find_file(places.given_directory);
    find_file(places.given_authority);
    find_file(commands.follow.state);
    find_file(commands.prove.receipt);
    find_file(commands.prove.output);
    for (auto& file : commands.check.files)
        find_file(file);
}

// What is wrong with the words, as one sentence; the innermost command of them has the help.
std::string usage_error(const CLI::App& app, const CLI::ParseError& error) {
    const CLI::App* inner = &app;
    std::string command = app.get_name();
    while (!inner->get_subcommands().empty()) {
        inner = inner->get_subcommands().front();
        command += " " + inner->get_name();
    }
    std::string why = error.what();
    const auto unknown = app.remaining(true);
    if (!unknown.empty() && unknown.front().starts_with("-")) {
        why = fmt::format("{} has no option {}", command, unknown.front());
    } else if (!unknown.empty() && inner->get_require_subcommand_min() > 0) {
        why = fmt::format("there is no command \"{}\" in {}", unknown.front(), command);
    }
    return fmt::format("{} ({} --help)", why, command);
}

// A changed policy or scheme is of no use before the authority has signed it.
std::string with_hint(std::string why) {
    if (why.find("is not the file whose hash is in the directory") != std::string::npos) {
        why += " In this demo ./mado up signs a directory with it.";
    }
    return why;
}

int run_records(const CLI::App& records, const Places& places, const RecordsOptions& options) {
    if (records.got_subcommand("notices")) return show_notices(places, options);
    if (records.got_subcommand("checkups")) return show_checkups(places, options);
    if (records.got_subcommand("pension")) return show_pension(places, options);
    if (records.got_subcommand("looks")) return show_staff_looks(places, options);
    return show_claims(places, options);
}

struct IssueCommands {
    IssueOptions options;
    IssueAct act = IssueAct::day;
};

void add_issue_find(CLI::App& command, IssueOptions& options) {
    command.add_option("number", options.number, "of any case of theirs");
    command.add_option("--health-number", options.health_number, "the health-care number");
    command.add_option("--birth-date", options.birth_date, "1988-12-05, and:");
    command.add_option("--kana", options.kana, "the reading of the name");
}

void add_issue_open(CLI::App& command, IssueOptions& options) {
    command.add_option(
        "--kind", options.kind,
        "first, replacement, stop, unlock, change, return, end, existing, exchange, number, birth");
    command.add_option("--person", options.person,
                       "whose (of a birth: the parent's): the number of any case of theirs");
    command.add_option("--reason", options.reason,
                       "replacement: lost, damaged, expiring, compromised, by-request; "
                       "stop: lost, by-request; end: death, abroad, returned; "
                       "number: misuse, by-request");
    command.add_option("--uses", options.uses, "unlock: authentication, signing")->delimiter(',');
}

void add_issue_renew(CLI::App& command, IssueOptions& options) {
    command.add_option("card", options.card, "as --card takes it")->required();
    command.add_option("--card-pin", options.card_pin, "its PIN (asked when left out)");
    command.add_option("--password", options.password, "of its signing key (asked when needed)");
    command.add_option("--new-pin", options.new_pin, "four digits (asked when left out)");
    command.add_option("--new-password", options.new_password, "of the new signing key");
    command.add_option("--stop-code", options.stop_code,
                       "of the slip: goes on with a renewal that broke off, without a log-in");
    command.add_option("--birth-date", options.birth_date, "1988-12-05, with --stop-code");
}

// What only a newborn's case has.
template <class Add>
void add_issue_birth(const Add& add, IssueOptions& options) {
    auto* sign = add("sign", "an application, with the card that a parent, or the person, has",
                     IssueAct::sign, true);
    sign->add_option("--card", options.card, "theirs, by its name")->required();
    sign->add_option("--card-pin", options.card_pin,
                     "its PIN, to register it (asked when left out)");
    sign->add_option("--password", options.password, "of its signing key (asked when left out)");
    add("parent", "the other parent of a newborn", IssueAct::parent, true)
        ->add_option("--person", options.person, "the number of any case of theirs")
        ->required();
    add("elsewhere", "a newborn is filed with another insurer", IssueAct::elsewhere, true)
        ->add_option("file", options.file, "JSON: parent (0, 1), insurer (that parent's number)")
        ->required();
}

void add_issue_evidence(CLI::App& command, IssueOptions& options) {
    auto* claim = command.add_option("--claim", options.claim,
                                     "its place: 0, 1, … (default: the newest of the case)");
    command
        .add_option("--decision", options.decision,
                    "by its name in log show, whichever case of the person's it is in")
        ->excludes(claim);
    command.add_option("-o,--output", options.output, "the file")->required();
}

template <class Add>
void add_issue_refused(const Add& add, IssueOptions& options) {
    add("again", "whatever was refused once more; a decision is asked for now", IssueAct::again,
        true);
    add("waive", "what an insurer has refused or declined is left undone: told in another way",
        IssueAct::waive, true)
        ->add_option("--claim", options.claim,
                     "the place of the insurer's number, or of the filing, if several");
}

template <class Add>
void add_issue_supervisor(const Add& add, IssueOptions& options) {
    add("looks", "which clerks have looked at a case (a supervisor's)", IssueAct::looks, true);
    add_issue_evidence(
        *add("evidence", "of a decision, for whoever is to check it (a supervisor's)",
             IssueAct::evidence, true),
        options);
    add("questions", "what people ask about entries of this office's", IssueAct::questions, false);
    auto* answer = add("answer", "answers one, and says who it was", IssueAct::answer, false);
    answer->add_option("question", options.question, "its id")->required();
    answer->add_option("--text", options.text, "the answer")->required();
}

void add_issue(CLI::App& app, IssueCommands& issue) {
    auto* out = app.add_subcommand("issue",
                                   "cards: a clerk's work at a window, from an "
                                   "application to the card in hand")
                    ->require_subcommand(1);
    auto& options = issue.options;
    out->add_option("--clerk", options.clerk.card, "whose card logs in (default sato-1)");
    out->add_option("--pin", options.clerk.pin, "its PIN (asked when left out)");
    out->add_flag("--json", options.json, "what the window answers, as it is");
    const auto add = [&issue, out](const char* name, const char* what, IssueAct act, bool of_case) {
        auto* command = out->add_subcommand(name, what);
        command->callback([&issue, act] { issue.act = act; });
        if (of_case) {
            command->add_option("number", issue.options.number, "of the case")->required();
        }
        return command;
    };
    add("day", "cases that wait: for whom, since when, until when", IssueAct::day, false);
    add_issue_open(*add("open", "a new case", IssueAct::open, false), options);
    add("invite", "a case for each of many people", IssueAct::invite, false)
        ->add_option("file", options.file, "JSON: people, each with person, claims, signing")
        ->required();
    add("letters", "batches of invitations; or the letters of one", IssueAct::letters, false)
        ->add_option("batch", options.batch, "its number in the list")
        ->check(CLI::PositiveNumber);
    add_issue_find(*add("find", "a person: cards and cases", IssueAct::find, false), options);
    add("show", "a case, whole", IssueAct::show, true);
    add("apply", "what the person applies with", IssueAct::apply, true)
        ->add_option("file", options.file, "JSON: person, claims, signing")
        ->required();
    auto* correct = add("correct", "another number of a register", IssueAct::correct, true);
    auto* take_out = add("take-out", "without this register", IssueAct::take_out, true);
    for (auto* command : {correct, take_out})
        command->add_option("claim", options.claim, "its place: 0, 1, …")->required();
    correct->add_option("file", options.file, "JSON: scheme, fields")->required();
    auto* decide = add("decide", "whether a register that writes otherwise means this person",
                       IssueAct::decide, true);
    decide->add_option("--claim", options.claim, "its place: 0, 1, …")->required();
    decide->add_flag("--same", options.same, "it is the same person");
    decide->add_flag("--different", options.different, "it is another one");
    decide->add_option("--clerk-password", options.clerk_password,
                       "of the clerk's signing key (asked when left out)");
    add_issue_birth(add, options);
    add_issue_refused(add, options);
    auto* card = add("card", "a new card: keys, certificates, PINs", IssueAct::card, true);
    card->add_option("name", options.card,
                     "of the card, as --card takes it (default: the number of the case)");
    card->add_option("--new-pin", options.new_pin, "four digits (asked when left out)");
    card->add_option("--new-password", options.new_password, "of the signing key");
    card->add_flag("--anew", options.anew, "other keys than those that the case knows");
    add_issue_renew(
        *add("renew", "one's own card, from home, with its old keys", IssueAct::renew, false),
        options);
    add("hand-over", "the person has it", IssueAct::hand_over, true);
    add("found", "the case that stopped a card: it is found, and works again", IssueAct::found,
        true);
    add("slip", "another slip, with a new stop code: the one before stops nothing any more",
        IssueAct::slip, true);
    add("give-up", "the case that stopped a card: it is lost for good", IssueAct::give_up, true);
    add("approve", "a new PIN, or a card in the place of another, by another clerk",
        IssueAct::approve, true);
    add("cancel", "the case is given up", IssueAct::cancel, true)
        ->add_option("reason", options.reason, "in words")
        ->required();
    add_issue_supervisor(add, options);
}

int run_command(const CLI::App& app, const Places& places, const CheckOptions& check_options,
                const AnswersOptions& answers_options, const RecordsOptions& records_options,
                const LogCommands& log_commands, const VerifyPortalOptions& portal) {
    if (places.given_directory.empty()) demand_running(places);
    try {
        if (app.got_subcommand("check")) return check(places, check_options);
        if (app.got_subcommand("answers")) return show_answers(places, answers_options);
        if (app.got_subcommand("records")) {
            return run_records(*app.get_subcommand("records"), places, records_options);
        }
        if (app.got_subcommand("verify")) return verify_portal(places, portal);
        return run_log(*app.get_subcommand("log"), places, log_commands);
    } catch (const OperatorError& error) {
        throw OperatorError(with_hint(error.what()));
    }
}

int run(int argc, char** argv) {
    Places places;
    places.programs = fs::read_symlink("/proc/self/exe").parent_path().string();
    UpOptions up_options;
    CheckOptions check_options;
    AnswersOptions answers_options;
    LogCommands log_commands;
    RecordsOptions records_options;
    CardOptions card_options;
    VerifyPortalOptions portal_options;
    IssueCommands issue_commands;

    CLI::App app{"Mado, the demo country", "./mado"};
    app.require_subcommand(1);
    app.add_option("--root", places.root, "folder of the country")->default_str(".mado");
    auto* up_command = app.add_subcommand("up", "make (once) and start the demo country");
    up_command->add_flag("--fresh", up_options.fresh, "start over: forget state, keys and anchor");
    up_command->add_option("--people", up_options.country.people, "size of a new country")
        ->check(CLI::Range(50, 2'000'000));
    up_command
        ->add_option("--port", up_options.country.port,
                     "first of twenty-three ports of a new country")
        ->check(CLI::Range(port_min, port_max));
    app.add_subcommand("down", "stop it; what it stored stays");
    app.add_subcommand("status", "what runs, where, healthy or not");
    add_check(app, check_options);
    add_answers(app, answers_options);
    add_log(app, log_commands, places);
    add_records(app, records_options);
    add_verify(app, portal_options, places);
    add_cards(app, card_options);
    add_issue(app, issue_commands);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) return app.exit(error);  // help
        throw OperatorError(usage_error(app, error));
    }
    up_options.sized = up_command->count("--people") + up_command->count("--port") > 0;
    if (up_options.fresh && up_command->count("--port") == 0) {
        up_options.country.port = port_of(places).value_or(up_options.country.port);
    }
    find_files(log_commands, issue_commands.options, places);
    if (app.got_subcommand("up")) return up(places, up_options);
    if (app.got_subcommand("down")) return down(places);
    if (app.got_subcommand("status")) return status(places);
    if (const auto* cards = app.get_subcommand("card"); cards->parsed()) {
        return run_cards(*cards, places, card_options);
    }
    if (app.got_subcommand("issue")) {
        demand_running(places);
        return issue(places, issue_commands.act, issue_commands.options);
    }
    return run_command(app, places, check_options, answers_options, records_options, log_commands,
                       portal_options);
}

}  // namespace
}  // namespace mado::cli

int main(int argc, char** argv) {
    return mado::run_program("mado", argc, argv, [argc, argv](const mado::Words&) {
        return mado::cli::run(argc, argv);
    });
}
