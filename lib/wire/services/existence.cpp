#include "wire/services/existence.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "matching/compare.hpp"

namespace mado::wire {
namespace {

// Of each time in which the number was the person's. A holder maps what its register has.
constexpr auto columns = std::to_array<Column>({{"symbol", ColumnKind::text, false},
                                                {"number", ColumnKind::text, true},
                                                {"branch", ColumnKind::text, false},
                                                {"name", ColumnKind::text, false},
                                                {"kana", ColumnKind::text, false},
                                                {"birth_date", ColumnKind::date, true},
                                                {"sex", ColumnKind::text, false},
                                                {"address", ColumnKind::text, false},
                                                {"from", ColumnKind::date, false},
                                                {"to", ColumnKind::date, false},
                                                {"others", ColumnKind::integer, false},
                                                {"as_of", ColumnKind::integer, true}});
constexpr auto payload = std::to_array<Column>({{"name", ColumnKind::text, true},
                                                {"kana", ColumnKind::text, false},
                                                {"sex", ColumnKind::text, false},
                                                {"address", ColumnKind::text, false},
                                                {"only_one", ColumnKind::integer, false}});

Parsed<void> complete(ParameterValues&, Date) {
    return {};
}

matching::Attributes attributes_of(const Row& row, std::optional<Date> birth_date) {
    return {.name = row.text("name"),
            .kana = row.text("kana"),
            .birth_date = birth_date,
            .sex = row.text("sex"),
            .address = row.text("address")};
}

// A number for life has neither.
bool covers(const Row& row, Date day) {
    const auto from = row.date("from");
    const auto to = row.date("to");
    return (!from || *from <= day) && (!to || day <= *to);
}

// The newest says how the register writes the person now.
const Row& newest(const std::vector<Row>& rows) {
    return *std::ranges::max_element(rows, {},
                                     [](const Row& row) { return row.text("from").value_or(""); });
}

json::array codes_of(const std::vector<matching::Rule>& rules) {
    json::array out;
    for (const auto rule : rules)
        out.emplace_back(matching::to_text(rule));
    return out;
}

json::object document_of(const matching::Comparison& found, const Row& row, bool current) {
    json::object attributes;
    for (const auto& [attribute, compared] : found.attributes) {
        const auto name = matching::to_text(attribute);
        json::object one{{"verdict", matching::to_text(compared.verdict)},
                         {"rules", codes_of(compared.rules)}};
        const bool shown = compared.verdict != matching::Verdict::same && !found.likely_another;
        const auto writing = row.text(name);
        if (shown && writing) one["writing"] = *writing;
        attributes[name] = std::move(one);
    }
    json::object data{{"verdict", matching::to_text(found.verdict)}, {"current", current}};
    if (found.too_little) {
        data["rules"] = codes_of({matching::Rule::too_little});
    }
    if (const auto others = row.integer("others")) data["only_one"] = *others == 0;
    data["attributes"] = std::move(attributes);
    return data;
}

Parsed<ServiceAnswer> answer(const ServiceQuestion& question, const std::vector<Row>& rows,
                             const std::vector<Row>&) {
    if (question.tables == nullptr) return bad("there are no tables to compare names with");
    std::vector<Row> fitting;
    for (const auto& row : rows) {
        // Another birth date is the same answer as an unknown number, and so is none.
        const bool born = question.birth_date && row.date("birth_date") == question.birth_date;
        if (born && is_asked_number(row, question)) fitting.push_back(row);
    }
    if (fitting.empty()) return ServiceAnswer{.outcome = Outcome::no_match, .data = {}};
    // Who of twins with one number is meant no writing may decide.
    if (people_in(fitting) > 1) {
        return ServiceAnswer{.outcome = Outcome::several_match, .data = {}};
    }
    ServiceAnswer out{.outcome = Outcome::answered, .data = {}, .as_of = 0};
    bool current = false;
    for (const auto& row : fitting) {
        out.as_of = std::max<UnixTime>(out.as_of, *row.integer("as_of"));
        current |= covers(row, question.today);
    }
    const auto& row = newest(fitting);
    const auto only_one = question.payload.integer("only_one").value_or(0) == 1;
    const auto found = matching::compare(attributes_of(question.payload, question.birth_date),
                                         attributes_of(row, row.date("birth_date")),
                                         *question.tables, {.only_one = only_one});
    out.data = document_of(found, row, current);
    return out;
}

constexpr Contract contract{.service = "existence",
                            .source = RowSource::database,
                            .needs_witnesses = false,
                            .payload = payload,
                            .rows = columns,
                            .items = {},
                            .item_key = {},
                            .parameters = {},
                            .complete = &complete,
                            .answer = &answer};

}  // namespace

const Contract& existence_contract() {
    return contract;
}

}  // namespace mado::wire
