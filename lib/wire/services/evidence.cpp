#include "wire/services/evidence.hpp"

#include <array>
#include <boost/json.hpp>

namespace mado::wire {
namespace {

constexpr std::array columns{
    Column{"entry", ColumnKind::text, true},    Column{"index", ColumnKind::integer, true},
    Column{"time", ColumnKind::integer, true},  Column{"requester", ColumnKind::text, true},
    Column{"service", ColumnKind::text, true},  Column{"outcome", ColumnKind::text, true},
    Column{"named", ColumnKind::integer, true},
};

constexpr std::array parameters{Parameter{"after", ParameterKind::log_index}};

Parsed<void> complete(ParameterValues& values, Date) {
    values.try_emplace("after", "0");
    return {};
}

// One row more than may go out says that there are more.
Parsed<ServiceAnswer> answer(const ServiceQuestion& question, const std::vector<Row>& rows,
                             const std::vector<Row>&) {
    const bool more = static_cast<std::int64_t>(rows.size()) > evidence_rows_max;
    json::array out;
    for (const auto& row : rows) {
        if (static_cast<std::int64_t>(out.size()) == evidence_rows_max) break;
        json::object one{{"entry", *row.text("entry")},     {"index", *row.integer("index")},
                         {"time", *row.integer("time")},    {"requester", *row.text("requester")},
                         {"service", *row.text("service")}, {"outcome", *row.text("outcome")}};
        if (*row.integer("named") != 0) one["named"] = true;
        out.push_back(std::move(one));
    }
    return ServiceAnswer{
        .outcome = Outcome::answered,
        .data = json::object{{"after", std::stoll(question.parameters.at("after"))},
                             {"more", more},
                             {"rows", std::move(out)}},
        .as_of = question.now};
}

constexpr Contract contract{.service = "evidence",
                            .source = RowSource::evidence,
                            .needs_witnesses = false,
                            .rows = columns,
                            .items = {},
                            .item_key = {},
                            .parameters = parameters,
                            .complete = &complete,
                            .answer = &answer};

}  // namespace

const Contract& evidence_contract() {
    return contract;
}

}  // namespace mado::wire
