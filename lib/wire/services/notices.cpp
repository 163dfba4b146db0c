#include "wire/services/notices.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <set>

#include "wire/ids.hpp"

namespace mado::wire {
namespace {

// A row is a notice, or, without notice_id, a person who has none (in the months asked, or of the
// id asked): every person whom the number fits has a row, or those who share a number could not be
// told apart.
constexpr std::array columns{
    Column{"symbol", ColumnKind::text, false},
    Column{"number", ColumnKind::text, true},
    Column{"branch", ColumnKind::text, false},
    Column{"name", ColumnKind::text, true},
    Column{"notice_id", ColumnKind::record_id, false},
    Column{"subject", ColumnKind::text, false},
    Column{"sender", ColumnKind::text, false},
    Column{"received", ColumnKind::date, false},
    Column{"deadline", ColumnKind::date, false},
    Column{"procedure", ColumnKind::text, false},
    Column{"amount_yen", ColumnKind::integer, false},
    Column{"amount_for", ColumnKind::text, false},
    Column{"as_of", ColumnKind::integer, true},
};

constexpr std::array item_columns{
    Column{"notice_id", ColumnKind::record_id, true},
    Column{"paragraph", ColumnKind::paragraph, true},
};

constexpr std::array one_id{Parameter{"id", ParameterKind::record_id}};

// Two years hold what still has a deadline and last year's letter to compare with; older ones can
// be asked for, as far back as the access log goes.
Parsed<void> complete_list(ParameterValues& values, Date today) {
    return complete_months(values, today, {.standard = 24, .max = 60});
}

Parsed<void> complete_one(ParameterValues& values, Date) {
    if (!values.contains("id")) return bad("no notice is named");
    return {};
}

bool has_text(const Row& row, std::string_view column) {
    return !row.text(column).value_or("").empty();
}

// The amount, and whether it is the person's to pay or to receive, where it is either.
Parsed<void> add_amount(json::object& out, const Row& row) {
    const auto amount = row.integer("amount_yen");
    const auto what_for = row.text("amount_for");
    if (!amount) return {};
    if (*amount < 0 || *amount > amount_yen_max) return bad("a notice's amount is out of bounds");
    out["amount_yen"] = *amount;
    if (!what_for) return {};
    if (*what_for != "pay" && *what_for != "receive") {
        return bad("a notice's amount is neither to pay nor to receive");
    }
    out["amount_for"] = *what_for;
    return {};
}

Parsed<json::object> notice_json(const Row& row) {
    if (!has_text(row, "subject") || !has_text(row, "sender") || !row.date("received")) {
        return bad("a notice has no subject, no sender or no day");
    }
    json::object out{{"id", *row.text("notice_id")},
                     {"subject", *row.text("subject")},
                     {"sender", *row.text("sender")},
                     {"received", *row.text("received")}};
    if (const auto deadline = row.text("deadline")) out["deadline"] = *deadline;
    if (const auto procedure = row.text("procedure")) {
        if (!CodeId::parse(*procedure)) return bad("a notice's procedure is no code");
        out["procedure"] = *procedure;
    }
    if (auto ok = add_amount(out, row); !ok) return std::unexpected(ok.error());
    return out;
}

Parsed<ServiceAnswer> list_of(const ServiceQuestion& question, const std::vector<Row>& rows) {
    const auto& from = question.parameters.find("from")->second;
    const auto& to = question.parameters.find("to")->second;
    const auto sorted = newest_first(rows, {.key = "notice_id", .time = "received"});
    std::set<std::string, std::less<>> ids;
    json::array notices;
    for (const auto* row : sorted) {
        auto notice = notice_json(*row);
        if (!notice) return std::unexpected(notice.error());
        const auto month = row->text("received")->substr(0, 7);
        if (month < from || month > to) return bad("a notice of a month that was not asked for");
        if (!ids.insert(*row->text("notice_id")).second) return bad("two notices have one id");
        if (notices.size() < notices_max) notices.push_back(std::move(*notice));
    }
    return ServiceAnswer{.outcome = Outcome::answered,
                         .data = json::object{{"from", from},
                                              {"to", to},
                                              {"more", sorted.size() > notices_max},
                                              {"notices", std::move(notices)}},
                         .as_of = newest_as_of(rows)};
}

Parsed<ServiceAnswer> answer_list(const ServiceQuestion& question, const std::vector<Row>& rows,
                                  const std::vector<Row>&) {
    const auto fitting = rows_of_one_person(question, rows);
    if (!fitting) return ServiceAnswer{.outcome = fitting.error(), .data = {}};
    return list_of(question, *fitting);
}

// A SELECT may compare ids more loosely than it should: only the very id that was asked for counts,
// and only in a row of the person's own number.
Parsed<ServiceAnswer> answer_one(const ServiceQuestion& question, const std::vector<Row>& rows,
                                 const std::vector<Row>& items) {
    const auto fitting = rows_of_one_person(question, rows);
    if (!fitting) return ServiceAnswer{.outcome = fitting.error(), .data = {}};
    const auto& id = question.parameters.find("id")->second;
    const auto found = std::ranges::find_if(
        *fitting, [&id](const Row& row) { return row.text("notice_id") == id; });
    if (found == fitting->end()) return ServiceAnswer{.outcome = Outcome::no_match, .data = {}};
    auto notice = notice_json(*found);
    if (!notice) return std::unexpected(notice.error());
    json::array body;
    for (const auto& item : items) {
        if (item.text("notice_id") == id) body.push_back(json::value(*item.text("paragraph")));
    }
    // It would count as delivered with nothing said.
    if (body.empty()) return bad("a notice has no text");
    if (body.size() > paragraphs_max) return bad("a notice has too many paragraphs");
    return ServiceAnswer{
        .outcome = Outcome::answered,
        .data = json::object{{"notice", std::move(*notice)}, {"body", std::move(body)}},
        .as_of = newest_as_of(*fitting)};
}

constexpr Contract list{.service = "notices",
                        .source = RowSource::database,
                        .needs_witnesses = true,
                        .rows = columns,
                        .items = {},
                        .item_key = {},
                        .parameters = month_parameters,
                        .complete = &complete_list,
                        .answer = &answer_list};

constexpr Contract one{.service = "notice",
                       .source = RowSource::database,
                       .needs_witnesses = true,
                       .rows = columns,
                       .items = item_columns,
                       .item_key = "notice_id",
                       .parameters = one_id,
                       .complete = &complete_one,
                       .answer = &answer_one};

}  // namespace

const Contract& notices_contract() {
    return list;
}

const Contract& notice_contract() {
    return one;
}

}  // namespace mado::wire
