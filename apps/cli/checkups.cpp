#include "checkups.hpp"

#include <algorithm>
#include <array>
#include <iostream>

#include "base/printable.hpp"
#include "client/checkups.hpp"

namespace mado::cli {
namespace {

constexpr std::string_view service = "checkups";

using Result = Records<client::Checkups>;

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
    for (const auto& [link, answered, checkups] : result.holders) {
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
    RecordsBundle out{.system = "urn:mado:checkups",
                      .resources = {},
                      .arrived = {},
                      .answered = {},
                      .unanswered = result.problems};
    for (const auto& holder : result.holders) {
        for (const auto& checkup : holder.view.checkups)
            out.resources.push_back(checkup.report);
        out.arrived.push_back(fmt::format("{}: check-ups of {} to {}; results have come in to {}",
                                          holder.answered.answer.issuer.text(), holder.view.from,
                                          holder.view.to, holder.view.arrived_to));
        out.answered.push_back(&holder.answered);
    }
    return bundle_of(out);
}

}  // namespace

int show_checkups(const Places& places, const RecordsOptions& options) {
    const Office office(places, "portal");
    const RecordsQuestion question{
        .service = service,
        .parameters = months_asked(options, service, office.policy.day_of(unix_now()))};
    const auto by = obtain_mandate(places, office, options.card, options.pin,
                                   wire::MandateKind::login, {service, "entries"});
    if (!by) return print_problem(by.error());
    const auto result = fetch_records(office, *by, question, &client::read_checkups);
    if (result.holders.empty()) return print_no_answers(result.problems);
    if (options.json) {
        std::cout << bundle_of(result) << "\n";
    } else {
        print_result(office.directory, result);
    }
    return result.status();
}

}  // namespace mado::cli
