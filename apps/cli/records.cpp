#include "records.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <iostream>

#include "base/printable.hpp"
#include "bundle.hpp"
#include "client/claims.hpp"
#include "client/entries.hpp"
#include "client/own.hpp"
#include "office.hpp"
#include "unanswered.hpp"
#include "wire/policy.hpp"
#include "wire/services/catalogue.hpp"

namespace mado::cli {
namespace {

constexpr std::string_view service = "claims";

// What one holder answered.
struct HolderClaims {
    client::Answered answered;
    client::Claims claims;
};
struct Result {
    std::vector<HolderClaims> holders;  // newest insurance first
    std::vector<NoAnswer> problems;
};

std::map<std::string, std::string> parameters_of(const ClaimsOptions& options, Date today) {
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
        auto claims = client::read_claims(*record.answer, parameters);
        if (!claims) {
            out.problems.push_back({record.kind,
                                    name_of(directory, record.answer->answer.issuer.text()),
                                    {wire::Code::answer_invalid, claims.error().why, {}, {}}});
            continue;
        }
        out.holders.push_back({std::move(*record.answer), std::move(*claims)});
    }
    return out;
}

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

void print_holder(const wire::Directory& directory, const HolderClaims& holder) {
    const auto& claims = holder.claims;
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
    constexpr std::string_view system = "urn:mado:claims";
    json::array entries;
    for (const auto& holder : result.holders) {
        for (const auto& claim : holder.claims.claims)
            add_resource(entries, claim.explanation);
    }
    for (const auto& holder : result.holders) {
        add_outcome(entries,
                    {.severity = "information",
                     .system = system,
                     .code = "arrived_to",
                     .text = fmt::format("{}: claims of {} to {}; they have come in to {}",
                                         holder.answered.answer.issuer.text(), holder.claims.from,
                                         holder.claims.to, holder.claims.arrived_to)});
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

int show_claims(const Places& places, const ClaimsOptions& options) {
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
                                               .login_mandate = mandate->mandate,
                                               .values_max = client::claims_values_max}));
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
