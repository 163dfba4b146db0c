#include "pensions.hpp"

#include <algorithm>
#include <array>
#include <iostream>

#include "base/printable.hpp"
#include "client/own.hpp"
#include "client/pension.hpp"
#include "office.hpp"
#include "unanswered.hpp"
#include "wire/policy.hpp"

namespace mado::cli {
namespace {

constexpr std::int64_t shown_age = 65;

struct Body {
    client::Answered answered;
    client::PensionView view;
};

std::string words_of(std::string_view code) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 8> words{{
        {"national", "国民年金"},
        {"employees", "厚生年金"},
        {"employees-fund", "厚生年金基金"},
        {"national-fund", "国民年金基金"},
        {"first", "第1号"},
        {"second", "第2号"},
        {"third", "第3号"},
        {"voluntary", "任意加入"},
    }};
    const auto* found = std::ranges::find(words, code, [](const auto& one) { return one.first; });
    return found == words.end() ? printable(code) : std::string(found->second);
}

void print_parts(std::string_view what, const std::vector<client::PensionPart>& parts) {
    for (const auto& part : parts) {
        const auto until = part.until_age
                               ? fmt::format("{}歳まで until {}", *part.until_age, *part.until_age)
                               : std::string("終身 for life");
        std::cout << fmt::format("  {}  {}  月 {} 円 a month（{}歳から from {}、{}）\n", what,
                                 words_of(part.scheme), part.monthly_yen, part.from_age,
                                 part.from_age, until);
    }
}

// At 65, or at the first age that is left.
void print_claims(std::string_view what, const std::vector<client::PensionClaim>& claims) {
    const auto at = std::ranges::find_if(
        claims, [](const client::PensionClaim& claim) { return claim.age >= shown_age; });
    if (at != claims.end()) print_parts(fmt::format("{} {}歳", what, at->age), at->parts);
}

void print_body(const wire::Directory& directory, const Body& body) {
    const auto& view = body.view;
    std::cout << fmt::format("{}  {}（{}）\n",
                             name_of(directory, body.answered.answer.issuer.text()),
                             printable(view.office), printable(view.telephone));
    for (const auto& span : view.spans) {
        std::cout << fmt::format("  {} 〜 {:7}  {}{}{}\n", printable(span.from), printable(span.to),
                                 words_of(span.scheme),
                                 span.category.empty() ? "" : " " + words_of(span.category),
                                 span.workplace.empty() ? "" : "  " + printable(span.workplace));
    }
    if (view.counted_months && view.needed_months) {
        std::cout << fmt::format("  受給資格期間 {} 月（{} 月で受け取れます）qualifying months\n",
                                 *view.counted_months, *view.needed_months);
    }
    print_parts("受給中 paid", view.receiving);
    print_claims("これまでの分 so far", view.so_far);
    print_claims("60歳まで続けば if it goes on", view.continued);
    const bool joined = view.unknown != "not-joined";
    if (!joined) std::cout << "  加入していません not joined\n";
    if (joined && !view.unknown.empty() && view.receiving.empty()) {
        std::cout << fmt::format("  見込額は計算できません not known: {}\n",
                                 printable(view.unknown));
    }
    if (joined) {
        std::cout << fmt::format("  {} まで記録済み recorded to {}; ", printable(view.recorded_to),
                                 printable(view.recorded_to));
    }
    std::cout << fmt::format("{}as of {}\n\n", joined ? "" : "  ",
                             to_rfc3339(body.answered.answer.as_of));
}

}  // namespace

int show_pension(const Places& places, const PensionOptions& options) {
    const Office office(places, "portal");
    const auto policy = wire::load_policy(places.policy(), office.directory);
    const auto service = *wire::ServiceId::parse("pension");
    auto mandate = obtain_mandate(places, office, options.card, options.pin,
                                  wire::MandateKind::login, {"pension", "entries"});
    if (!mandate) return print_problem(mandate.error());
    auto records =
        wait_for(client::fetch_own(office.directory, office.identity,
                                   {.service = service,
                                    .kinds = policy.holder_kinds(service, office.self.kind),
                                    .parameters = {},
                                    .login_mandate = mandate->mandate}));
    std::vector<Body> bodies;
    std::vector<NoAnswer> problems;
    std::vector<wire::ParticipantId> answered;
    for (auto& record : records) {
        if (!record.answer) {
            problems.push_back({record.kind, "", std::move(record.answer.error())});
            continue;
        }
        auto view = client::read_pension(*record.answer);
        if (!view) {
            problems.push_back({record.kind,
                                name_of(office.directory, record.answer->answer.issuer.text()),
                                {wire::Code::answer_invalid, view.error().why, {}, {}}});
            continue;
        }
        answered.push_back(record.answer->answer.issuer);
        bodies.push_back({std::move(*record.answer), std::move(*view)});
    }
    name_silent(office, *mandate, answered, problems);
    if (bodies.empty()) return print_no_answers(problems);
    std::cout << "年金 your pensions\n\n";
    for (const auto& body : bodies)
        print_body(office.directory, body);
    print_unanswered(problems);
    for (const auto& body : bodies)
        print_receipt(body.answered);
    return problems.empty() ? 0 : 1;
}

}  // namespace mado::cli
