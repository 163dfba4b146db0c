#include "checkups.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <iostream>

#include "base/printable.hpp"
#include "bundle.hpp"
#include "client/checkups.hpp"
#include "client/entries.hpp"
#include "client/own.hpp"
#include "office.hpp"
#include "unanswered.hpp"
#include "wire/policy.hpp"
#include "wire/services/catalogue.hpp"

namespace mado::cli {
namespace {

constexpr std::string_view service = "checkups";

struct HolderCheckups {
    client::Answered answered;
    client::Checkups checkups;
};
struct Result {
    std::vector<HolderCheckups> holders;  // newest insurance first
    std::vector<NoAnswer> problems;
};

std::map<std::string, std::string> parameters_of(const CheckupsOptions& options, Date today) {
    std::map<std::string, std::string> out;
    if (!options.from.empty()) out.emplace("from", options.from);
    if (!options.to.empty()) out.emplace("to", options.to);
    // The relay would say only that they do not fit.
    if (auto ok = wire::read_parameters(*wire::find_contract(service), out, today); !ok) {
        throw OperatorError(
            fmt::format("--from, --to: {} (YYYY-MM, at most 60 months)", ok.error().why));
    }
    return out;
}

Result sort_out(const wire::Directory& directory, std::vector<client::OwnRecord> records,
                const std::map<std::string, std::string>& parameters) {
    Result out;
    for (auto& record : records) {
        if (!record.answer) {
            out.problems.push_back({record.kind, "", std::move(record.answer.error())});
            continue;
        }
        auto checkups = client::read_checkups(*record.answer, parameters);
        if (!checkups) {
            out.problems.push_back({record.kind,
                                    name_of(directory, record.answer->answer.issuer.text()),
                                    {wire::Code::answer_invalid, checkups.error().why, {}, {}}});
            continue;
        }
        out.holders.push_back({std::move(*record.answer), std::move(*checkups)});
    }
    return out;
}

// --- for people ---

using Words = std::pair<std::string_view, std::string_view>;

template <std::size_t N>
std::string word_of(const std::array<Words, N>& words, std::string_view code) {
    const auto* found = std::ranges::find(words, code, [](const auto& one) { return one.first; });
    return printable(found == words.end() ? code : found->second);
}

constexpr std::array<Words, 2> kinds{
    {{"specific", "特定健康診査"}, {"late-elderly", "後期高齢者の健康診査"}}};
constexpr std::array<Words, 4> syndromes{{{"applies", "基準該当"},
                                          {"preliminary", "予備群該当"},
                                          {"none", "非該当"},
                                          {"undetermined", "判定不能"}}};
constexpr std::array<Words, 4> levels{{{"active", "積極的支援"},
                                       {"motivational", "動機付け支援"},
                                       {"none", "なし"},
                                       {"undetermined", "判定不能"}}};

// As the holder writes it, else from its bounds; "" where it states none.
std::string range_of(const client::CheckupValue& value) {
    if (!value.range.empty()) return printable(value.range);
    if (value.low.empty() && value.high.empty()) return "";
    return printable(value.low) + "～" + printable(value.high);
}

void print_checkup(const client::Checkup& checkup) {
    std::cout << fmt::format("  {}  {}  {}\n", printable(checkup.day),
                             printable(checkup.institution), word_of(kinds, checkup.kind));
    for (const auto& value : checkup.values) {
        const auto range = range_of(value);
        std::cout << fmt::format(
            "           {}  {}{}{}{}\n", printable(value.name), printable(value.value),
            value.unit.empty() ? "" : " " + printable(value.unit),
            range.empty() ? "" : fmt::format("（基準 {}）", range),
            value.outside.value_or(false) ? "  基準の範囲の外 outside the range" : "");
    }
    if (!checkup.metabolic.empty()) {
        std::cout << fmt::format("           メタボリックシンドローム判定  {}\n",
                                 word_of(syndromes, checkup.metabolic));
    }
    if (!checkup.guidance.empty()) {
        std::cout << fmt::format("           保健指導レベル  {}\n",
                                 word_of(levels, checkup.guidance));
    }
    if (!checkup.doctor.empty()) {
        std::cout << fmt::format("           医師の判断  {}\n", printable(checkup.doctor));
    }
}

void print_result(const wire::Directory& directory, const Result& result) {
    std::cout << "特定健診結果 your check-ups\n\n";
    for (const auto& [answered, checkups] : result.holders) {
        std::cout << fmt::format("{}  {} から {} まで\n",
                                 name_of(directory, answered.answer.issuer.text()),
                                 printable(checkups.from), printable(checkups.to));
        for (const auto& one : checkups.checkups)
            print_checkup(one);
        if (checkups.checkups.empty()) {
            std::cout << "  この期間の健診結果はありません no check-ups\n";
        }
        const auto arrived_to = printable(checkups.arrived_to);
        std::cout << fmt::format(
            "  {} 受診分まで届いています results have come in to {}; as of {}\n\n", arrived_to,
            arrived_to, to_rfc3339(answered.answer.as_of));
    }
    print_unanswered(result.problems);
    for (const auto& holder : result.holders)
        print_receipt(holder.answered);
}

// --- for programs ---

std::string bundle_of(const Result& result) {
    constexpr std::string_view system = "urn:mado:checkups";
    json::array entries;
    for (const auto& holder : result.holders) {
        for (const auto& checkup : holder.checkups.checkups)
            add_resource(entries, checkup.report);
    }
    for (const auto& holder : result.holders) {
        add_outcome(entries,
                    {.severity = "information",
                     .system = system,
                     .code = "arrived_to",
                     .text = fmt::format("{}: check-ups of {} to {}; results have come in to {}",
                                         holder.answered.answer.issuer.text(), holder.checkups.from,
                                         holder.checkups.to, holder.checkups.arrived_to)});
    }
    for (const auto& one : result.problems) {
        const auto& error = wire::info(one.problem.code);
        add_outcome(entries, {.severity = "warning",
                              .system = system,
                              .code = error.name,
                              .text = fmt::format("{}{}", colon_after(one.who), error.title)});
    }
    for (const auto& holder : result.holders)
        add_proof(entries, holder.answered);
    return bundle_text(entries);
}

}  // namespace

int show_checkups(const Places& places, const CheckupsOptions& options) {
    const Office office(places, "portal");
    const auto policy = wire::load_policy(places.policy(), office.directory);
    const auto parameters = parameters_of(options, policy.day_of(unix_now()));
    const auto id = *wire::ServiceId::parse(service);
    auto mandate = obtain_mandate(places, office, options.card, options.pin,
                                  wire::MandateKind::login, {service, "entries"});
    if (!mandate) return print_problem(mandate.error());
    auto records = wait_for(client::fetch_own(office.directory, office.identity,
                                              {.service = id,
                                               .kinds = policy.holder_kinds(id, office.self.kind),
                                               .parameters = parameters,
                                               .login_mandate = mandate->mandate}));
    auto result = sort_out(office.directory, std::move(records), parameters);
    std::vector<wire::ParticipantId> answered;
    for (const auto& holder : result.holders)
        answered.push_back(holder.answered.answer.issuer);
    name_silent(office, *mandate, answered, result.problems);
    if (result.holders.empty()) return print_no_answers(result.problems);
    if (options.json) {
        std::cout << bundle_of(result) << "\n";
    } else {
        print_result(office.directory, result);
    }
    return result.problems.empty() ? 0 : 1;
}

}  // namespace mado::cli
