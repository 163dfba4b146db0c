#include "wire/services/certificates.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "wire/ids.hpp"

namespace mado::wire {
namespace {

// Of the person whose number it is. The authority keeps nobody's name, and a number that the issuer
// has just drawn is known to it by the order only: that row says the number again.
constexpr auto person_columns = std::to_array<Column>({{"number", ColumnKind::text, true},
                                                       {"name", ColumnKind::text, false},
                                                       {"as_of", ColumnKind::integer, true}});

constexpr std::array act_parameter{Parameter{"act", ParameterKind::record_id}};
// And of a signing certificate which order the resident register has answered.
constexpr auto certificate_parameters =
    std::to_array<Parameter>({{"act", ParameterKind::record_id},
                              {"index", ParameterKind::log_index},
                              {"order", ParameterKind::entry}});

constexpr auto certificate_payload =
    std::to_array<Column>({{"public_key", ColumnKind::paragraph, true},
                           {"name", ColumnKind::text, false},
                           {"kana", ColumnKind::text, false},
                           {"address", ColumnKind::paragraph, false},
                           {"birth_date", ColumnKind::date, false},
                           {"sex", ColumnKind::text, false},
                           {"answer", ColumnKind::proof, false},
                           {"salt", ColumnKind::text, false}});
constexpr auto status_payload = std::to_array<Column>(
    {{"serial", ColumnKind::record_id, true}, {"reason", ColumnKind::text, true}});

// A row is a certificate (serial), an order (order_id), or the bare person, who always has one.
constexpr auto list_columns = std::to_array<Column>({{"number", ColumnKind::text, true},
                                                     {"name", ColumnKind::text, false},
                                                     {"as_of", ColumnKind::integer, true},
                                                     {"serial", ColumnKind::record_id, false},
                                                     {"use", ColumnKind::text, false},
                                                     {"not_before", ColumnKind::integer, false},
                                                     {"not_after", ColumnKind::integer, false},
                                                     {"status", ColumnKind::text, false},
                                                     {"since", ColumnKind::integer, false},
                                                     {"reason", ColumnKind::text, false},
                                                     {"order_id", ColumnKind::text, false},
                                                     {"act", ColumnKind::text, false},
                                                     {"received", ColumnKind::integer, false},
                                                     {"outcome", ColumnKind::text, false},
                                                     {"about", ColumnKind::record_id, false},
                                                     {"refusal", ColumnKind::text, false}});
// A certificate is longer than a column may be: in pieces, in their order.
constexpr auto piece_columns = std::to_array<Column>(
    {{"serial", ColumnKind::record_id, true}, {"piece", ColumnKind::paragraph, true}});

Parsed<void> complete_one_of(const ParameterValues& values,
                             std::span<const std::string_view> acts) {
    const auto act = values.find("act");
    if (act == values.end() || std::ranges::find(acts, act->second) == acts.end()) {
        return bad("not what is done to a certificate");
    }
    return {};
}

// The relay looks the order up before it passes this one on (docs/protocols/issuing.md).
Parsed<void> complete_certificate(ParameterValues& values, Date) {
    auto ok = complete_one_of(
        values, std::array<std::string_view, 2>{"issue-authentication", "issue-signing"});
    if (!ok) return ok;
    const bool signs = values.find("act")->second == "issue-signing";
    if (values.contains("index") != signs || values.contains("order") != signs) {
        return bad("a signing certificate, and no other, names what a register has answered");
    }
    values.try_emplace("index", "");
    values.try_emplace("order", "");
    return {};
}

Parsed<void> complete_status(ParameterValues& values, Date) {
    return complete_one_of(values, std::array<std::string_view, 3>{"suspend", "resume", "revoke"});
}

bool is_one_of(const std::optional<std::string>& text,
               std::initializer_list<std::string_view> known) {
    return text && std::ranges::find(known, *text) != known.end();
}

Parsed<json::object> certificate_json(const Row& row, const std::vector<Row>& items) {
    const auto serial = *row.text("serial");
    const auto status = row.text("status");
    const auto not_before = row.integer("not_before");
    const auto not_after = row.integer("not_after");
    const auto since = row.integer("since");
    if (!is_one_of(row.text("use"), {"authentication", "signing"}) ||
        !is_one_of(status, {"good", "suspended", "revoked"}) || !not_before || !not_after ||
        !since || (status == "good") == row.text("reason").has_value()) {
        return bad("a certificate without use, times, status or reason");
    }
    std::string text;
    for (const auto& item : items) {
        if (item.text("serial") == serial) text += *item.text("piece");
        if (text.size() > certificate_text_bytes_max) return bad("a certificate is too long");
    }
    if (text.empty() || !parse_base64url(text)) return bad("a certificate is not base64url");
    json::object out{{"serial", serial},          {"use", *row.text("use")},
                     {"not_before", *not_before}, {"not_after", *not_after},
                     {"status", *status},         {"since", *since}};
    if (const auto reason = row.text("reason")) out["reason"] = *reason;
    out["certificate"] = std::move(text);
    return out;
}

Parsed<json::object> order_json(const Row& row) {
    const auto outcome = row.text("outcome").value_or("waiting");
    const auto refusal = row.text("refusal");
    if (!parse_hash(*row.text("order_id")) || !row.text("act") || !row.integer("received") ||
        !is_one_of(outcome, {"waiting", "issued", "changed", "unchanged", "refused"}) ||
        (outcome == "refused") != refusal.has_value()) {
        return bad("an order without entry, act, time or outcome");
    }
    json::object out{{"order", *row.text("order_id")},
                     {"act", *row.text("act")},
                     {"received", *row.integer("received")},
                     {"outcome", outcome}};
    if (const auto about = row.text("about")) out["serial"] = *about;
    if (refusal) out["refusal"] = *refusal;
    return out;
}

Parsed<ServiceAnswer> answer_list(const ServiceQuestion& question, const std::vector<Row>& rows,
                                  const std::vector<Row>& items) {
    const auto fitting = rows_of_one_person(question, rows);
    if (!fitting) return ServiceAnswer{.outcome = fitting.error(), .data = {}};
    json::array certificates;
    json::array orders;
    for (const auto& row : *fitting) {
        if (row.text("serial")) {
            auto one = certificate_json(row, items);
            if (!one) return std::unexpected(one.error());
            certificates.push_back(std::move(*one));
        } else if (row.text("order_id")) {
            auto one = order_json(row);
            if (!one) return std::unexpected(one.error());
            orders.push_back(std::move(*one));
        }
    }
    if (certificates.size() > certificates_max || orders.size() > certificate_orders_max) {
        return bad("a person has too many certificates or orders");
    }
    return ServiceAnswer{.outcome = Outcome::answered,
                         .data = json::object{{"certificates", std::move(certificates)},
                                              {"orders", std::move(orders)}},
                         .as_of = newest_as_of(*fitting)};
}

constexpr Contract certificate{.service = "certificate",
                               .source = RowSource::database,
                               .needs_witnesses = false,
                               .act = Act::tell,
                               .payload = certificate_payload,
                               .rows = person_columns,
                               .items = {},
                               .item_key = {},
                               .parameters = certificate_parameters,
                               .complete = &complete_certificate,
                               .answer = &accept_of_one_person};

constexpr Contract status{.service = "certificate-status",
                          .source = RowSource::database,
                          .needs_witnesses = false,
                          .act = Act::tell,
                          .payload = status_payload,
                          .rows = person_columns,
                          .items = {},
                          .item_key = {},
                          .parameters = act_parameter,
                          .complete = &complete_status,
                          .answer = &accept_of_one_person};

constexpr Contract list{.service = "certificates",
                        .source = RowSource::database,
                        .needs_witnesses = true,
                        .rows = list_columns,
                        .items = piece_columns,
                        .item_key = "serial",
                        .parameters = {},
                        .complete = &complete_nothing,
                        .answer = &answer_list};

}  // namespace

const Contract& certificate_contract() {
    return certificate;
}

const Contract& certificate_status_contract() {
    return status;
}

const Contract& certificates_contract() {
    return list;
}

}  // namespace mado::wire
