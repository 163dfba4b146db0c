#include "wire/services/claims.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <map>
#include <optional>

#include "wire/services/fhir.hpp"

namespace mado::wire {
namespace {

// A row is a claim, or, without claim_id, a person who has none in the months asked: every person
// whom the number fits has a row, or those who share a number could not be told apart.
constexpr std::array columns{
    Column{"symbol", ColumnKind::text, false},
    Column{"number", ColumnKind::text, true},
    Column{"branch", ColumnKind::text, false},
    Column{"name", ColumnKind::text, true},
    Column{"claim_id", ColumnKind::text, false},
    Column{"month", ColumnKind::month, false},
    Column{"kind", ColumnKind::text, false},
    Column{"institution", ColumnKind::text, false},
    Column{"institution_id", ColumnKind::text, false},
    Column{"points", ColumnKind::integer, false},
    Column{"cost_yen", ColumnKind::integer, false},
    Column{"paid_yen", ColumnKind::integer, false},
    Column{"days", ColumnKind::integer, false},
    Column{"withheld", ColumnKind::integer, false},
    Column{"arrived_to", ColumnKind::month, true},
    Column{"as_of", ColumnKind::integer, true},
};

constexpr std::array item_columns{
    Column{"claim_id", ColumnKind::text, true},     Column{"code", ColumnKind::text, true},
    Column{"name", ColumnKind::text, true},         Column{"points", ColumnKind::integer, false},
    Column{"cost_yen", ColumnKind::integer, false}, Column{"quantity", ColumnKind::integer, false},
};

constexpr std::int64_t number_max = 1'000'000'000;
constexpr std::int64_t yen_per_point = 10;  // 診療報酬の算定方法（告示）：一点の単価は十円

// What the insurer may mark: the person sees that there is a claim, and its items only after the
// doctor was asked. There is no diagnosis in any claim here.
constexpr std::string_view withheld_reason = "ask-doctor";
constexpr std::string_view withheld_words =
    "内訳は、保険者が医師に確認したうえで開示されます。The items are shown after the insurer has "
    "asked the doctor.";

struct Kind {
    std::string_view code;
    std::string_view claim_type;  // of HL7's code system claim-type
    std::string_view display;
    bool in_points;  // else the tariff is in yen
};

constexpr std::array kinds{
    Kind{"medical", "professional", "医科", true},
    Kind{"dental", "oral", "歯科", true},
    Kind{"pharmacy", "pharmacy", "調剤", true},
    Kind{"dpc", "institutional", "DPC", true},
    Kind{"visiting-nurse", "professional", "訪問看護", false},
    Kind{"judo", "professional", "柔道整復", false},
};

struct Cost {
    std::optional<std::int64_t> points;
    std::int64_t yen = 0;
};

struct Item {
    std::string code, name;
    Cost cost;
    std::optional<std::int64_t> quantity;
};

struct Claim {
    const Row& row;
    const Kind& kind;
    Date month;
    Cost cost;
    std::optional<std::int64_t> paid_yen, days;
    bool withheld = false;
    std::vector<Item> items;
};

std::chrono::year_month year_month(Date day) {
    return day.year() / day.month();
}

Parsed<void> complete(ParameterValues& values, Date today) {
    return complete_months(values, today, {.standard = 12, .max = 60});  // kept for five years
}

// An integer that may be missing; `good` becomes false when it is out of bounds.
std::optional<std::int64_t> amount(const Row& row, std::string_view column, bool& good,
                                   std::int64_t max = number_max) {
    const auto value = row.integer(column);
    good = good && (!value || (*value >= 0 && *value <= max));
    return value;
}

Parsed<Cost> read_cost(const Row& row, const Kind& kind) {
    bool good = true;
    const auto points = amount(row, "points", good);
    const auto yen = amount(row, "cost_yen", good);
    if (!good) return bad("a number of a claim is out of bounds");
    if (points.has_value() != kind.in_points || yen.has_value() == kind.in_points) {
        return bad("points and cost_yen do not fit the kind of claim");
    }
    return Cost{points, points ? *points * yen_per_point : *yen};
}

bool is_institution_id(const std::string& text) {
    return text.size() == 10 &&
           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

Parsed<Claim> read_claim(const Row& row) {
    const auto kind = std::ranges::find(kinds, row.text("kind").value_or(""), &Kind::code);
    if (kind == kinds.end()) return bad("a claim of an unknown kind");
    const auto month = parse_month(row.text("month").value_or(""));
    if (!month || !row.text("institution")) return bad("a claim without month or institution");
    if (const auto id = row.text("institution_id"); id && !is_institution_id(*id)) {
        return bad("an institution's id does not have ten digits");
    }
    auto cost = read_cost(row, *kind);
    if (!cost) return std::unexpected(cost.error());
    bool good = true;
    Claim claim{.row = row,
                .kind = *kind,
                .month = *month,
                .cost = *cost,
                .paid_yen = amount(row, "paid_yen", good),
                .days = amount(row, "days", good, 31),
                .withheld = amount(row, "withheld", good, 1).value_or(0) == 1,
                .items = {}};
    if (!good) return bad("a number of a claim is out of bounds");
    return claim;
}

Parsed<Item> read_item(const Row& row, const Kind& kind) {
    auto cost = read_cost(row, kind);
    if (!cost) return std::unexpected(cost.error());
    bool good = true;
    Item item{.code = *row.text("code"),
              .name = *row.text("name"),
              .cost = *cost,
              .quantity = amount(row, "quantity", good)};
    if (!good) return bad("a number of a claim is out of bounds");
    return item;
}

// --- FHIR R4 ExplanationOfBenefit ---

json::object money(std::int64_t yen) {
    return {{"value", yen}, {"currency", "JPY"}};
}

json::object adjudication_category(std::string_view code) {
    return coding("http://terminology.hl7.org/CodeSystem/adjudication", code);
}

// Points are a value without a currency, which is what adjudication.value is for.
json::array points_of(const Cost& cost) {
    json::object entry{{"category", coding("urn:mado:jp:claim-adjudication", "points", "点数")}};
    entry["value"] = cost.points.value_or(0);
    return {std::move(entry)};
}

json::object provider_of(const Row& row) {
    json::object out{{"resourceType", "Organization"},
                     {"id", "provider"},
                     {"name", fhir_text(*row.text("institution"))}};
    if (const auto id = row.text("institution_id")) {
        json::object identifier{
            {"system", "http://jpfhir.jp/fhir/core/IdSystem/insurance-medical-institution-no"},
            {"value", *id}};
        out["identifier"] = json::array{std::move(identifier)};
    }
    return out;
}

json::array contained_in(const Row& row, const Participant& holder) {
    json::object patient{{"resourceType", "Patient"},
                         {"id", "patient"},
                         {"name", json::array{human_name(*row.text("name"), "IDE")}}};
    json::object coverage{{"resourceType", "Coverage"}, {"id", "coverage"}};
    add_insured_number(coverage, row, holder);
    coverage["status"] = "active";
    coverage["beneficiary"] = json::object{{"reference", "#patient"}};
    coverage["payor"] = json::array{json::object{{"reference", "#insurer"}}};
    return {std::move(patient), insurer_of(holder), provider_of(row), std::move(coverage)};
}

json::object type_of(const Kind& kind) {
    auto type = coding("http://terminology.hl7.org/CodeSystem/claim-type", kind.claim_type);
    type["coding"].as_array().push_back(json::object{
        {"system", "urn:mado:jp:claim-kind"}, {"code", kind.code}, {"display", kind.display}});
    return type;
}

json::array items_of(const Claim& claim) {
    json::array out;
    for (const auto& item : claim.items) {
        json::object entry{
            {"sequence", static_cast<std::int64_t>(out.size() + 1)},
            {"productOrService", coding("urn:mado:jp:receipt-code", item.code, item.name)}};
        if (item.quantity) entry["quantity"] = json::object{{"value", *item.quantity}};
        entry["net"] = money(item.cost.yen);
        if (item.cost.points) entry["adjudication"] = points_of(item.cost);
        out.push_back(std::move(entry));
    }
    return out;
}

json::array totals_of(const Claim& claim) {
    const auto total = [](std::string_view code, std::int64_t yen) {
        return json::object{{"category", adjudication_category(code)}, {"amount", money(yen)}};
    };
    json::array out{total("submitted", claim.cost.yen)};
    if (claim.paid_yen) out.push_back(total("copay", *claim.paid_yen));
    return out;
}

json::object explanation_of(const Claim& claim, const Participant& holder) {
    const auto& row = claim.row;
    const auto month = year_month(claim.month);
    json::object out{{"resourceType", "ExplanationOfBenefit"},
                     {"contained", contained_in(row, holder)}};
    json::object identifier{{"system", "urn:mado:jp:claim:" + holder.id.text()},
                            {"value", *row.text("claim_id")}};
    out["identifier"] = json::array{std::move(identifier)};
    out["status"] = "active";
    out["type"] = type_of(claim.kind);
    out["use"] = "claim";
    out["patient"] = json::object{{"reference", "#patient"}};
    out["billablePeriod"] =
        json::object{{"start", to_text(month / 1)}, {"end", to_text(month / std::chrono::last)}};
    out["created"] = to_rfc3339(*row.integer("as_of"));
    out["insurer"] = json::object{{"reference", "#insurer"}};
    out["provider"] = json::object{{"reference", "#provider"}};
    out["outcome"] = "complete";
    json::object insurance{{"focal", true}, {"coverage", json::object{{"reference", "#coverage"}}}};
    out["insurance"] = json::array{std::move(insurance)};
    if (auto items = items_of(claim); !items.empty()) out["item"] = std::move(items);
    if (claim.cost.points) out["adjudication"] = points_of(claim.cost);
    out["total"] = totals_of(claim);
    if (claim.withheld) {
        json::object note{{"number", 1}, {"type", "display"}, {"text", withheld_words}};
        out["processNote"] = json::array{std::move(note)};
    }
    return out;
}

json::object claim_json(const Claim& claim, const Participant& holder) {
    json::object out{{"month", month_text(claim.month)},
                     {"kind", claim.kind.code},
                     {"institution", *claim.row.text("institution")},
                     {"cost_yen", claim.cost.yen}};
    if (claim.cost.points) out["points"] = *claim.cost.points;
    if (claim.paid_yen) out["paid_yen"] = *claim.paid_yen;
    if (claim.days) out["days"] = *claim.days;
    if (claim.withheld) out["withheld"] = withheld_reason;
    out["explanation"] = explanation_of(claim, holder);
    return out;
}

// --- the document ---

using ItemRows = std::multimap<std::string, const Row*, std::less<>>;

Parsed<Claim> read_whole(const Row& row, const ItemRows& items, Date from, Date to) {
    auto claim = read_claim(row);
    if (!claim) return claim;
    if (claim->month < from || claim->month > to) {
        return bad("a claim of a month that was not asked for");
    }
    if (claim->withheld) return claim;
    // Equal keys keep the order of the SELECT.
    const auto [first, last] = items.equal_range(*row.text("claim_id"));
    for (auto at = first; at != last; ++at) {
        auto item = read_item(*at->second, claim->kind);
        if (!item) return std::unexpected(item.error());
        claim->items.push_back(std::move(*item));
    }
    return claim;
}

Parsed<ServiceAnswer> document_of(const ServiceQuestion& question, const std::vector<Row>& rows,
                                  const std::vector<Row>& items) {
    const auto& asked_from = question.parameters.find("from")->second;
    const auto& asked_to = question.parameters.find("to")->second;
    const auto from = parse_month(asked_from);
    const auto to = parse_month(asked_to);
    if (!from || !to) return bad("the months asked cannot be read");
    ItemRows by_claim;
    for (const auto& item : items)
        by_claim.emplace(*item.text("claim_id"), &item);
    ServiceAnswer out{.outcome = Outcome::answered, .data = {}, .as_of = newest_as_of(rows)};
    std::string arrived_to;
    json::array claims;
    for (const auto& row : rows) {
        arrived_to = std::max(arrived_to, *row.text("arrived_to"));
        if (!row.text("claim_id")) continue;
        const auto claim = read_whole(row, by_claim, *from, *to);
        if (!claim) return std::unexpected(claim.error());
        claims.push_back(claim_json(*claim, question.holder));
    }
    out.data = json::object{{"from", asked_from}, {"to", asked_to}, {"arrived_to", arrived_to}};
    (*out.data)["claims"] = std::move(claims);
    return out;
}

Parsed<ServiceAnswer> answer(const ServiceQuestion& question, const std::vector<Row>& rows,
                             const std::vector<Row>& items) {
    const auto fitting = rows_of_one_person(question, rows);
    if (!fitting) return ServiceAnswer{.outcome = fitting.error(), .data = {}};
    return document_of(question, *fitting, items);
}

constexpr Contract contract{.service = "claims",
                            .source = RowSource::database,
                            .needs_witnesses = true,
                            .rows = columns,
                            .items = item_columns,
                            .item_key = "claim_id",
                            .parameters = month_parameters,
                            .complete = &complete,
                            .answer = &answer};

}  // namespace

const Contract& claims_contract() {
    return contract;
}

}  // namespace mado::wire
