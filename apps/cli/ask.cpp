#include "ask.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <iostream>

#include "answers.hpp"
#include "base/printable.hpp"
#include "bundle.hpp"
#include "client/eligibility.hpp"
#include "crypto/digest.hpp"
#include "office.hpp"
#include "operators.hpp"
#include "wire/policy.hpp"
#include "wire/sealing.hpp"
#include "wire/subject.hpp"

namespace mado::cli {
namespace {

// --- check: the question ---

wire::CodeId purpose_of(const wire::Participant& self) {
    const auto& kind = self.kind.text();
    return *wire::CodeId::parse(kind == "care-provider"  ? "care"
                                : kind == "investigator" ? "investigation"
                                                         : "treatment");
}

// Without a row of the policy there is nobody to ask, and no refusal that would say so.
void demand_checker(const Places& places, const std::string& organisation) {
    const auto directory = wire::load_directory(places.directory(), places.authority_key());
    const auto policy = wire::load_policy(places.policy(), directory);
    const auto service = *wire::ServiceId::parse("eligibility");
    // For the purpose of a check: the portal has a row, for the person's own view.
    const auto may_check = [&policy, &service](const wire::Participant& one) {
        const auto purpose = purpose_of(one);
        const auto today = policy.day_of(unix_now());
        for (const auto& kind : policy.holder_kinds(service, one.kind)) {
            for (const auto presence : {wire::Presence::card_pin, wire::Presence::number}) {
                const bool allowed = policy.find({.service = service,
                                                  .requester_kind = one.kind,
                                                  .purpose = purpose,
                                                  .presence = presence,
                                                  .holder_kind = kind,
                                                  .on = today}) != nullptr;
                if (allowed) return true;
            }
        }
        return false;
    };
    const auto* self = directory.find(organisation);
    if (self == nullptr || may_check(*self)) return;
    std::string others;
    for (const auto& one : directory.participants) {
        if (may_check(one)) others += (others.empty() ? "" : ", ") + one.id.text();
    }
    throw OperatorError(fmt::format(
        "{} ({}) may not check eligibility: the policy has no row for the kind \"{}\". --as takes "
        "one of: {}",
        name_of(directory, organisation), organisation, self->kind.text(), others));
}

// The demo has the authority's key too: it signs an order for each request.
client::SealedRequest sealed_request(const Places& places, const Office& office,
                                     const CheckOptions& options, const client::Ask& ask) {
    const Office authority(places, options.sealed_by);
    const auto now = unix_now();
    const auto salt = crypto::random_hash();
    const auto day = std::chrono::sys_days{parse_day("--sealed-until", options.sealed_until)};
    const auto until = std::chrono::sys_seconds{day}.time_since_epoch().count();
    if (until <= now || until - now > wire::sealed_s_max) {
        throw OperatorError(fmt::format("--sealed-until: a day that is to come, within {} days",
                                        wire::sealed_s_max / 86'400));
    }
    const wire::Sealing sealing{.issuer = authority.identity.id,
                                .audience = office.directory.relay().id,
                                .organisation = office.identity.id,
                                .service = ask.service,
                                .jti = base64url(crypto::random_bytes(16)),
                                .subject = wire::commit_sealed_subject(salt, ask.subject),
                                .until = until,
                                .issued_at = now,
                                .expires = now + 3'600};
    return {.sealing =
                wire::sign_sealing(sealing, authority.identity.kid, authority.identity.signing_key),
            .salt = salt};
}

client::Result<client::EligibilityQuestion> make_question(const Places& places, Office& office,
                                                          const CheckOptions& options) {
    client::EligibilityQuestion question{
        .subject = {},
        .holder = {},
        .kinds =
            office.policy.holder_kinds(*wire::ServiceId::parse("eligibility"), office.self.kind),
        .purpose = purpose_of(office.self),
        .on = options.on.empty() ? office.policy.day_of(unix_now()) : parse_day("--on", options.on),
        .card_seen = false,
        .keep_operator = {},
        .obtain_sealing = {}};
    if (!options.sealed_by.empty()) {
        question.obtain_sealing = [&places, &office, &options](const client::Ask& ask) {
            return sealed_request(places, office, options, ask);
        };
    }
    if (!options.operator_name.empty()) {
        question.keep_operator = [&places, self = office.identity.id.text(),
                                  name = options.operator_name](const std::string& jti) {
            return keep_operator(places, self, jti, name);
        };
    }
    if (!options.card.empty()) {
        auto mandate = obtain_mandate(places, office, options.card, options.pin,
                                      wire::MandateKind::check, {"eligibility"});
        if (!mandate) return std::unexpected(mandate.error());
        question.subject = to_bytes(wire::mandate_subject(mandate->mandate));
        return question;
    }
    const auto birth_date = to_text(parse_day("--birth-date", options.birth_date));
    if (!options.health_number.empty()) {
        question.subject = to_bytes(wire::number_subject(
            "health-care-number", {{"number", options.health_number}}, birth_date));
        return question;
    }
    question.holder = parse_word<wire::ParticipantId>("--insurer", options.insurer);
    const auto* holder = office.directory.find(*question.holder);
    if (holder != nullptr && holder->kind.text() == "public-expense") {
        question.subject = to_bytes(wire::number_subject(
            "subsidy-number", {{"payer", options.insurer}, {"number", options.number}},
            birth_date));
        return question;
    }
    const bool care = holder != nullptr && holder->kind.text() == "care-insurer";
    question.subject =
        to_bytes(wire::number_subject(care ? "care-insured-number" : "insured-number",
                                      {{"insurer", options.insurer},
                                       {"symbol", options.symbol},
                                       {"number", options.number},
                                       {"branch", options.branch}},
                                      birth_date));
    return question;
}

// --- check: the answer, for people ---

// What holders wrote must not steer the terminal.
void print_line(std::string_view line) {
    std::cout << printable(line) << '\n';
}

void print_payer(const client::Payer& payer) {
    const auto& words = payer.words;
    std::string classes;
    for (const auto& one : words.classes)
        classes += (classes.empty() ? "" : "・") + one;
    print_line(fmt::format(
        "{}   {} ({})",
        payer.provisional ? "有効（届出受付済・暫定） insured, provisional" : "有効 insured",
        payer.holder_name, payer.holder.text()));
    print_line(fmt::format("  氏名         {}{}  {} 生まれ", words.name,
                           words.kana.empty() ? "" : "（" + words.kana + "）", words.birth_date));
    print_line(fmt::format("  記号・番号   {}・{}{}",
                           payer.symbol.empty() ? "（記号なし）" : payer.symbol, payer.number,
                           payer.branch.empty() ? "" : "（枝番 " + payer.branch + "）"));
    print_line(fmt::format("  窓口負担     {}割 ({} %){}", payer.share_percent / 10,
                           payer.share_percent,
                           payer.special_payment ? "  特別療養費：いったん10割を支払う" : ""));
    if (!classes.empty()) print_line(fmt::format("  区分         {}", classes));
    print_line(fmt::format("  期間         {} から {}", words.from,
                           words.to.empty() ? "（終わりの日なし）" : words.to + " まで"));
    print_line(fmt::format("  保険者の責任 {}", payer.guarantee ? "この回答に保険者は拘束される"
                                                                : "暫定（保険者が確認中）"));
    print_line(fmt::format("  回答の時点   {}", to_rfc3339(payer.as_of)));
    if (payer.provisional) {
        print_line(
            "  保険者が決めると変わることがあります：./mado answers で分かります "
            "may change when the insurer decides: ./mado answers");
    }
}

void print_eligibility(const client::Eligibility& result) {
    std::cout << fmt::format("資格確認 {} 時点\n\n", result.on);
    for (const auto& payer : result.payers) {
        print_payer(payer);
        std::cout << '\n';
    }
    if (result.payers.empty())
        std::cout << "この日に有効な保険はありません not insured on this day\n\n";
    for (const auto& ended : result.ended) {
        const bool began = !ended.last_day.empty();
        const auto* state = began                  ? "ended"
                            : ended.reason.empty() ? "not yet insured"
                                                   : "never insured";
        print_line(fmt::format("資格なし {}  {}{}{}", state, ended.holder_name,
                               began ? "  最終日 " + ended.last_day : "",
                               ended.reason.empty() ? "" : "  理由 " + ended.reason));
        std::cout << '\n';
    }
    for (const auto& problem : result.unanswered) {
        const auto& error = wire::info(problem.code);
        print_line(fmt::format("回答なし {}: {} {}", error.name, error.title, problem.detail));
        std::cout << '\n';
    }
    for (const auto& answered : result.answers)
        print_receipt(answered);
}

// --- check: the answer, for programs ---

// The Coverages in order of rank, what ended or did not answer, then receipt and answer of each
// order.
std::string bundle_of(const client::Eligibility& result) {
    constexpr std::string_view system = "urn:mado:eligibility";
    json::array entries;
    for (const auto& payer : result.payers)
        add_resource(entries, payer.coverage);
    for (const auto& ended : result.ended) {
        add_outcome(entries, {.severity = "information",
                              .system = system,
                              .code = "not_on_this_date",
                              .text = fmt::format(
                                  "{}: not insured on {}; last day {}", ended.holder_name,
                                  result.on, ended.last_day.empty() ? "unknown" : ended.last_day)});
    }
    for (const auto& problem : result.unanswered)
        add_problem(entries, system, problem);
    for (const auto& answered : result.answers)
        add_proof(entries, answered);
    return bundle_text(entries);
}

}  // namespace

int check(const Places& places, const CheckOptions& options) {
    demand_checker(places, options.as);
    Office office(places, options.as);
    auto question = make_question(places, office, options);
    if (!question) return print_problem(question.error());
    auto result = wait_for(
        client::check_eligibility(office.directory, office.identity, std::move(*question)));
    if (!result) return print_problem(result.error());
    keep_answers(places, office.identity.id.text(), *result);
    if (options.json) {
        std::cout << bundle_of(*result) << "\n";
    } else {
        print_eligibility(*result);
        if (!options.sealed_by.empty()) {
            std::cout << fmt::format(
                "封印 sealed: 本人には {0} に示されます the person sees this check on {0}\n",
                options.sealed_until);
        }
    }
    return result->payers.empty() ? 1 : 0;
}

}  // namespace mado::cli
