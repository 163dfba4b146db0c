#include "wire/services/newborn.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <chrono>

#include "wire/ids.hpp"
#include "wire/number.hpp"

namespace mado::wire {
namespace {

constexpr auto dependant_payload = std::to_array<Column>({{"name", ColumnKind::text, true},
                                                          {"kana", ColumnKind::text, false},
                                                          {"birth_date", ColumnKind::date, true},
                                                          {"sex", ColumnKind::text, true},
                                                          {"address", ColumnKind::text, false},
                                                          {"relation", ColumnKind::text, true}});
constexpr auto birth_payload =
    std::to_array<Column>({{"name", ColumnKind::text, true},
                           {"kana", ColumnKind::text, false},
                           {"birth_date", ColumnKind::date, true},
                           {"sex", ColumnKind::text, true},
                           {"relation", ColumnKind::text, true},
                           {"parent_number", ColumnKind::text, false},
                           {"parent_birth_date", ColumnKind::date, true}});

// Of the parent; and what the child was given, once this order's filing is there.
constexpr auto dependant_columns = std::to_array<Column>({{"symbol", ColumnKind::text, false},
                                                          {"number", ColumnKind::text, true},
                                                          {"branch", ColumnKind::text, false},
                                                          {"name", ColumnKind::text, true},
                                                          {"child_symbol", ColumnKind::text, false},
                                                          {"child_number", ColumnKind::text, false},
                                                          {"child_branch", ColumnKind::text, false},
                                                          {"as_of", ColumnKind::integer, true}});
// A row for each filing, and one for a parent without any.
constexpr auto filing_columns = std::to_array<Column>({{"symbol", ColumnKind::text, false},
                                                       {"number", ColumnKind::text, true},
                                                       {"branch", ColumnKind::text, false},
                                                       {"name", ColumnKind::text, true},
                                                       {"as_of", ColumnKind::integer, true},
                                                       {"order_id", ColumnKind::text, false},
                                                       {"received", ColumnKind::integer, false},
                                                       {"child_symbol", ColumnKind::text, false},
                                                       {"child_number", ColumnKind::text, false},
                                                       {"child_branch", ColumnKind::text, false},
                                                       {"outcome", ColumnKind::text, false},
                                                       {"reason", ColumnKind::text, false}});
constexpr auto birth_columns = std::to_array<Column>({{"parent_number", ColumnKind::text, true},
                                                      {"child_number", ColumnKind::text, false},
                                                      {"as_of", ColumnKind::integer, true}});

bool is_newborn(const Row& payload, const ParameterValues&, Date today) {
    const auto born = payload.date("birth_date");
    const auto sex = payload.text("sex");
    if (payload.text("name")->empty() || payload.text("relation")->empty()) return false;
    if (sex != "female" && sex != "male") return false;
    const auto days = std::chrono::sys_days(today) - std::chrono::sys_days(*born);
    return days.count() >= 0 && days.count() <= newborn_days_max;
}

json::object number_of_child(const Row& row) {
    return {{"symbol", row.text("child_symbol").value_or("")},
            {"number", *row.text("child_number")},
            {"branch", row.text("child_branch").value_or("")}};
}

Parsed<ServiceAnswer> answer_dependant(const ServiceQuestion& question,
                                       const std::vector<Row>& rows, const std::vector<Row>&) {
    const auto parent = rows_of_one_person(question, rows);
    if (!parent) return ServiceAnswer{.outcome = parent.error(), .data = {}};
    if (parent->size() > 1) return bad("a filing gave the child two numbers");
    json::object data;
    if (const auto& row = parent->front(); row.text("child_number")) {
        data = number_of_child(row);
        data["provisional"] = true;
    }
    return ServiceAnswer{
        .outcome = Outcome::answered, .data = std::move(data), .as_of = newest_as_of(*parent)};
}

Parsed<json::object> read_filing(const Row& row) {
    const auto outcome = row.text("outcome");
    const auto reason = row.text("reason").value_or("");
    constexpr std::array<std::string_view, 3> outcomes{"waiting", "accepted", "refused"};
    if (!outcome || std::ranges::find(outcomes, *outcome) == outcomes.end()) {
        return bad("a filing's outcome is none of those agreed");
    }
    if (!parse_hash(*row.text("order_id")) || !row.text("child_number") ||
        !row.integer("received")) {
        return bad("a filing lacks what it needs");
    }
    // Whoever filed has to know what to do now.
    if ((outcome == "refused") == reason.empty())
        return bad("a refusal, and only it, has a reason");
    json::object out{{"order", *row.text("order_id")}, {"received", *row.integer("received")}};
    for (const auto& [name, value] : number_of_child(row))
        out[name] = value;
    out["outcome"] = *outcome;
    if (!reason.empty()) out["reason"] = reason;
    return out;
}

Parsed<ServiceAnswer> answer_dependants(const ServiceQuestion& question,
                                        const std::vector<Row>& rows, const std::vector<Row>&) {
    const auto parent = rows_of_one_person(question, rows);
    if (!parent) return ServiceAnswer{.outcome = parent.error(), .data = {}};
    json::array filings;
    for (const auto& row : *parent) {
        if (!row.text("order_id")) continue;
        auto filing = read_filing(row);
        if (!filing) return std::unexpected(filing.error());
        filings.push_back(std::move(*filing));
    }
    if (filings.size() > filings_max) return bad("too many filings of one person");
    json::object data;
    data["filings"] = std::move(filings);
    return ServiceAnswer{
        .outcome = Outcome::answered, .data = std::move(data), .as_of = newest_as_of(*parent)};
}

// The parent is whoever the order names; where it names nobody, whoever the payload names.
bool is_parent(const Row& row, const ServiceQuestion& question) {
    const auto found = normalise(*row.text("parent_number"));
    const auto linked = question.number.find("number");
    const auto said = question.payload.text("parent_number");
    if (linked == question.number.end() && !said) return false;
    return (linked == question.number.end() || linked->second == found) &&
           (!said || normalise(*said) == found);
}

Parsed<ServiceAnswer> answer_birth(const ServiceQuestion& question, const std::vector<Row>& rows,
                                   const std::vector<Row>&) {
    std::vector<Row> parent;
    for (const auto& row : rows) {
        if (is_parent(row, question)) parent.push_back(row);
    }
    if (parent.empty()) return ServiceAnswer{.outcome = Outcome::no_match, .data = {}};
    if (parent.size() > 1) return bad("two residents have one number");
    json::object data;
    if (const auto number = parent.front().text("child_number")) {
        const auto normal = normalise(*number);
        if (!normal || normal->empty()) return bad("a resident number is empty");
        data["number"] = *normal;
    }
    return ServiceAnswer{
        .outcome = Outcome::answered, .data = std::move(data), .as_of = newest_as_of(parent)};
}

constexpr Contract dependant{.service = "dependant",
                             .source = RowSource::database,
                             .needs_witnesses = false,
                             .act = Act::tell,
                             .payload = dependant_payload,
                             .rows = dependant_columns,
                             .items = {},
                             .item_key = {},
                             .parameters = {},
                             .complete = &complete_nothing,
                             .answer = &answer_dependant,
                             .payload_fits = &is_newborn,
                             .gives_back = true};

constexpr Contract dependants{.service = "dependants",
                              .source = RowSource::database,
                              .needs_witnesses = false,
                              .rows = filing_columns,
                              .items = {},
                              .item_key = {},
                              .parameters = {},
                              .complete = &complete_nothing,
                              .answer = &answer_dependants};

constexpr Contract birth{.service = "birth",
                         .source = RowSource::database,
                         .needs_witnesses = false,
                         .act = Act::tell,
                         .payload = birth_payload,
                         .rows = birth_columns,
                         .items = {},
                         .item_key = {},
                         .parameters = {},
                         .complete = &complete_nothing,
                         .answer = &answer_birth,
                         .payload_fits = &is_newborn,
                         .gives_back = true};

}  // namespace

const Contract& dependant_contract() {
    return dependant;
}

const Contract& dependants_contract() {
    return dependants;
}

const Contract& birth_contract() {
    return birth;
}

}  // namespace mado::wire
