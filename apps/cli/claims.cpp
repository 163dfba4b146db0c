#include "claims.hpp"

#include <algorithm>
#include <array>
#include <iostream>

#include "base/printable.hpp"
#include "client/claims.hpp"

namespace mado::cli {
namespace {

constexpr std::string_view service = "claims";

using Result = Records<client::Claims>;

// --- for people ---

std::string_view words_of(std::string_view kind) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 6> words{{
        {"medical", "医科"},
        {"dental", "歯科"},
        {"pharmacy", "調剤"},
        {"dpc", "入院（DPC）"},
        {"visiting-nurse", "訪問看護"},
        {"judo", "柔道整復"},
    }};
    const auto* found = std::ranges::find(words, kind, [](const auto& one) { return one.first; });
    return found == words.end() ? kind : found->second;
}

// In points where the tariff is in points, else in yen.
std::string amount_of(const std::optional<std::int64_t>& points, std::int64_t yen) {
    return points ? fmt::format("{} 点", *points) : fmt::format("{} 円", yen);
}

void print_claim(const client::Claim& claim) {
    std::cout << fmt::format("  {}  {}  {}  {}{}{}\n", printable(claim.month),
                             printable(claim.institution), printable(words_of(claim.kind)),
                             amount_of(claim.points, claim.cost_yen),
                             claim.paid_yen ? fmt::format("  支払 {} 円", *claim.paid_yen) : "",
                             claim.days ? fmt::format("  {} 日", *claim.days) : "");
    if (!claim.withheld.empty()) {
        std::cout << "           内訳は、保険者が医師に確認したうえで開示されます "
                     "items: the insurer asks the doctor first\n";
    }
    for (const auto& item : claim.items) {
        std::cout << fmt::format("           {}  {}  {}{}\n", printable(item.code),
                                 printable(item.name), amount_of(item.points, item.cost_yen),
                                 item.quantity ? fmt::format("（{} 回）", *item.quantity) : "");
    }
}

void print_holder(const wire::Directory& directory, const HolderRecords<client::Claims>& holder) {
    const auto& claims = holder.view;
    const auto arrived_to = printable(claims.arrived_to);
    std::cout << fmt::format("{}  {} から {} まで\n",
                             name_of(directory, holder.answered.answer.issuer.text()),
                             printable(claims.from), printable(claims.to));
    for (const auto& claim : claims.claims)
        print_claim(claim);
    if (claims.claims.empty()) std::cout << "  この期間のレセプトはありません no claims\n";
    std::cout << fmt::format("  {} 診療分まで届いています claims have come in to {}; as of {}\n\n",
                             arrived_to, arrived_to, to_rfc3339(holder.answered.answer.as_of));
}

void print_result(const wire::Directory& directory, const Result& result) {
    std::cout << "レセプト情報 your claims\n\n";
    for (const auto& holder : result.holders)
        print_holder(directory, holder);
    print_unanswered(result.problems);
    for (const auto& holder : result.holders)
        print_receipt(holder.answered);
}

// --- for programs ---

std::string bundle_of(const Result& result) {
    RecordsBundle out{.system = "urn:mado:claims",
                      .resources = {},
                      .arrived = {},
                      .answered = {},
                      .unanswered = result.problems};
    for (const auto& holder : result.holders) {
        for (const auto& claim : holder.view.claims)
            out.resources.push_back(claim.explanation);
        out.arrived.push_back(fmt::format("{}: claims of {} to {}; they have come in to {}",
                                          holder.answered.answer.issuer.text(), holder.view.from,
                                          holder.view.to, holder.view.arrived_to));
        out.answered.push_back(&holder.answered);
    }
    return bundle_of(out);
}

}  // namespace

int show_claims(const Places& places, const RecordsOptions& options) {
    const Office office(places, "portal");
    const RecordsQuestion question{
        .service = service,
        .parameters = months_asked(options, service, office.policy.day_of(unix_now())),
        .values_max = client::claims_values_max};
    const auto by = obtain_mandate(places, office, options.card, options.pin,
                                   wire::MandateKind::login, {service, "entries"});
    if (!by) return print_problem(by.error());
    const auto result = fetch_records(office, *by, question, &client::read_claims);
    if (result.holders.empty()) return print_no_answers(result.problems);
    if (options.json) {
        std::cout << bundle_of(result) << "\n";
    } else {
        print_result(office.directory, result);
    }
    return result.status();
}

}  // namespace mado::cli
