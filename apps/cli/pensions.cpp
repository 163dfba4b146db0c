#include "pensions.hpp"

#include <algorithm>
#include <array>
#include <iostream>

#include "base/printable.hpp"
#include "client/pension.hpp"

namespace mado::cli {
namespace {

constexpr std::int64_t shown_age = 65;

using Body = HolderRecords<client::PensionView>;

// Nothing can be asked for.
Parsed<client::PensionView> read(const client::Answered& answered,
                                 const std::map<std::string, std::string>&) {
    return client::read_pension(answered);
}

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
    if (view.working) {
        std::cout << fmt::format(
            "  働きながら while working  給与 月 {} 円まで全額 all up to this pay、{} "
            "円から全額停止 "
            "none from it（{}年度 fiscal year）\n",
            view.working->free_until_yen, view.working->none_from_yen, view.working->fiscal_year);
    }
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

int show_pension(const Places& places, const RecordsOptions& options) {
    const Office office(places, "portal");
    const auto by = obtain_mandate(places, office, options.card, options.pin,
                                   wire::MandateKind::login, {"pension", "entries"});
    if (!by) return print_problem(by.error());
    const auto result = fetch_records(office, *by, {.service = "pension", .parameters = {}}, &read);
    if (result.holders.empty()) return print_no_answers(result.problems);
    std::cout << "年金 your pensions\n\n";
    for (const auto& body : result.holders)
        print_body(office.directory, body);
    print_unanswered(result.problems);
    for (const auto& body : result.holders)
        print_receipt(body.answered);
    return result.status();
}

}  // namespace mado::cli
