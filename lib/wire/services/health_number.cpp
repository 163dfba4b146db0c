#include "wire/services/health_number.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

namespace mado::wire {
namespace {

// Of the person whose number it is; their row says that this holder insures or has insured them.
constexpr auto columns = std::to_array<Column>({{"symbol", ColumnKind::text, false},
                                                {"number", ColumnKind::text, true},
                                                {"branch", ColumnKind::text, false},
                                                {"name", ColumnKind::text, true},
                                                {"as_of", ColumnKind::integer, true}});
constexpr auto payload = std::to_array<Column>(
    {{"health_care_number", ColumnKind::text, true}, {"valid_from", ColumnKind::date, true}});

Parsed<void> complete(ParameterValues&, Date) {
    return {};
}

Parsed<ServiceAnswer> answer(const ServiceQuestion& question, const std::vector<Row>& rows,
                             const std::vector<Row>&) {
    const auto fitting = rows_of_one_person(question, rows);
    if (!fitting) return ServiceAnswer{.outcome = fitting.error(), .data = {}};
    UnixTime as_of = 0;
    for (const auto& row : *fitting)
        as_of = std::max<UnixTime>(as_of, *row.integer("as_of"));
    return ServiceAnswer{.outcome = Outcome::answered, .data = json::object(), .as_of = as_of};
}

constexpr Contract contract{.service = "health-care-number",
                            .source = RowSource::database,
                            .needs_witnesses = false,
                            .act = Act::tell,
                            .payload = payload,
                            .rows = columns,
                            .items = {},
                            .item_key = {},
                            .parameters = {},
                            .complete = &complete,
                            .answer = &answer};

}  // namespace

const Contract& health_number_contract() {
    return contract;
}

}  // namespace mado::wire
