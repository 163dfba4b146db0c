#include "wire/services/staff_looks.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

namespace mado::wire {
namespace {

// A row is a look, or, without `at`, a person at whom nobody has looked in the months asked: every
// person whom the number fits has a row, or those who share a number could not be told apart.
constexpr std::array columns{
    Column{"symbol", ColumnKind::text, false},  Column{"number", ColumnKind::text, true},
    Column{"branch", ColumnKind::text, false},  Column{"name", ColumnKind::text, true},
    Column{"at", ColumnKind::integer, false},   Column{"day", ColumnKind::date, false},
    Column{"office", ColumnKind::text, false},  Column{"what", ColumnKind::text, false},
    Column{"as_of", ColumnKind::integer, true},
};

Parsed<void> complete(ParameterValues& values, Date today) {
    return complete_months(values, today, {.standard = 12, .max = 60});
}

constexpr std::array ways{LookWay::list, LookWay::found, LookWay::record, LookWay::paper,
                          LookWay::known};

Parsed<json::object> look_json(const Row& row, const ServiceQuestion& question) {
    const auto day = row.text("day");
    const auto what = row.text("what").value_or("");
    auto office = row.text("office").value_or("");
    if (!day || office.empty()) return bad("a look has no day or no office");
    if (!look_way_from(what)) return bad("a look's way is not one of those that there are");
    const auto at = *row.integer("at");
    if (at < 0) return bad("a look before there were any");
    const auto month = day->substr(0, 7);
    if (month < question.parameters.at("from") || month > question.parameters.at("to")) {
        return bad("a look of a month that was not asked for");
    }
    return json::object{{"at", at}, {"office", std::move(office)}, {"what", what}};
}

Parsed<ServiceAnswer> answer(const ServiceQuestion& question, const std::vector<Row>& rows,
                             const std::vector<Row>&) {
    const auto fitting = rows_of_one_person(question, rows);
    if (!fitting) return ServiceAnswer{.outcome = fitting.error(), .data = {}};
    const auto sorted = newest_first(*fitting, {.key = "at", .time = "at"});
    json::array looks;
    for (const auto* row : sorted) {
        auto look = look_json(*row, question);
        if (!look) return std::unexpected(look.error());
        if (looks.size() < staff_looks_max) looks.push_back(std::move(*look));
    }
    return ServiceAnswer{.outcome = Outcome::answered,
                         .data = json::object{{"from", question.parameters.at("from")},
                                              {"to", question.parameters.at("to")},
                                              {"more", sorted.size() > staff_looks_max},
                                              {"looks", std::move(looks)}},
                         .as_of = newest_as_of(*fitting)};
}

constexpr Contract contract{.service = "staff-looks",
                            .source = RowSource::database,
                            .needs_witnesses = true,
                            .rows = columns,
                            .items = {},
                            .item_key = {},
                            .parameters = month_parameters,
                            .complete = &complete,
                            .answer = &answer};

}  // namespace

std::string_view to_text(LookWay way) {
    switch (way) {
        case LookWay::list:
            return "list";
        case LookWay::found:
            return "found";
        case LookWay::record:
            return "record";
        case LookWay::paper:
            return "paper";
        case LookWay::known:
            return "known";
    }
    return {};
}

std::optional<LookWay> look_way_from(std::string_view text) {
    const auto* found = std::ranges::find(ways, text, [](LookWay way) { return to_text(way); });
    return found == ways.end() ? std::nullopt : std::optional(*found);
}

const Contract& staff_looks_contract() {
    return contract;
}

}  // namespace mado::wire
