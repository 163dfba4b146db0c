#include <boost/json.hpp>

#include "client/checkups.hpp"
#include "client/claims.hpp"
#include "client/eligibility.hpp"
#include "client/notices.hpp"
#include "fuzz.hpp"
#include "matching/tables.hpp"
#include "relay/test_country.hpp"
#include "wire/services/catalogue.hpp"

namespace mado::fuzz {
namespace {

wire::ParameterValues texts_of(const json::object& object, std::string_view name) {
    wire::ParameterValues out;
    const auto* texts = object.if_contains(name);
    if (texts == nullptr || !texts->is_object()) return out;
    for (const auto& [key, value] : texts->get_object()) {
        if (value.is_string()) out.emplace(key, value.get_string());
    }
    return out;
}

// As a database has them; nothing when one does not fit the contract.
std::optional<std::vector<wire::Row>> rows_of(const json::object& object, std::string_view name,
                                              std::span<const wire::Column> columns) {
    std::vector<wire::Row> out;
    const auto* rows = object.if_contains(name);
    if (rows == nullptr || !rows->is_array()) return out;
    for (const auto& one : rows->get_array()) {
        if (!one.is_object()) return std::nullopt;
        wire::Row row;
        for (const auto& [key, value] : one.get_object()) {
            if (value.is_null()) row.values.emplace(key, std::monostate());
            if (value.is_int64()) row.values.emplace(key, value.get_int64());
            if (value.is_string()) row.values.emplace(key, std::string(value.get_string()));
        }
        if (!wire::check_row(columns, row)) return std::nullopt;
        out.push_back(std::move(row));
    }
    return out;
}

// The holder's document is one that its requester reads.
void read_as_requester(const wire::ServiceQuestion& question, std::string_view service,
                       const wire::ServiceAnswer& answer) {
    const client::Answered answered{.answer = {.issuer = question.holder.id,
                                               .service = wire::service_id(service),
                                               .as_of = answer.as_of,
                                               .data = answer.data},
                                    .receipt = {},
                                    .order = {}};
    const std::map<std::string, std::string> asked(question.parameters.begin(),
                                                   question.parameters.end());
    if (service == "eligibility") {
        const auto read = client::read_eligibility(answered, country_directory(), asked.at("on"));
        require(read.has_value(), read ? "" : read.error().why);
    } else if (service == "claims") {
        const auto read = client::read_claims(answered, asked);
        require(read.has_value(), read ? "" : read.error().why);
    } else if (service == "checkups") {
        const auto read = client::read_checkups(answered, asked);
        require(read.has_value(), read ? "" : read.error().why);
    } else if (service == "notices") {
        const auto read = client::read_notices(answered, asked);
        require(read.has_value(), read ? "" : read.error().why);
    } else if (service == "notice") {
        const auto read = client::read_notice(answered, asked.at("id"));
        require(read.has_value(), read ? "" : read.error().why);
    } else {
        require(
            parse_json_object(json::serialize(*answer.data),
                              {.text_bytes_max = wire::document_bytes_max, .values_max = 100'000})
                .has_value(),
            "a document is JSON");
    }
}

}  // namespace

// {"service", "parameters": those of a head, "number": the one asked for, "birth_date"?,
// "payload"?: […], "rows": […], "items": […]}: what is asked is the relay's to say, rows and items
// the holder's database's.
bool service_answer(ByteView in) {
    const auto object = parse_json_object(as_text(in));
    if (!object) return false;
    const auto* contract = wire::find_contract(text_at(*object, "service"));
    if (contract == nullptr) return false;
    const auto asked = texts_of(*object, "parameters");
    const auto today = *parse_date("2026-11-22");
    const auto parameters = wire::read_parameters(*contract, {asked.begin(), asked.end()}, today);
    if (!parameters) return false;
    const auto again =
        wire::read_parameters(*contract, {parameters->begin(), parameters->end()}, today);
    require(again.has_value() && *again == *parameters, "what was filled in can be asked for");
    const auto rows = rows_of(*object, "rows", contract->rows);
    const auto items = rows_of(*object, "items", contract->items);
    const auto payload = rows_of(*object, "payload", contract->payload);
    if (!rows || !items || !payload) return false;
    const matching::Tables tables;
    const auto birth_date = parse_date(text_at(*object, "birth_date"));
    const wire::ServiceQuestion question{
        .holder = *country_directory().find("06990014"),
        .number = texts_of(*object, "number"),
        .birth_date = birth_date ? std::optional(*birth_date) : std::nullopt,
        .parameters = *parameters,
        .payload = payload->empty() ? wire::Row{} : payload->front(),
        .now = wire::test_now,
        .today = today,
        .tables = &tables};
    const auto answer = wire::make_answer(*contract, question, *rows, *items);
    if (!answer) return false;
    if (answer->outcome == wire::Outcome::answered) {
        read_as_requester(question, contract->service, *answer);
    }
    return true;
}

}  // namespace mado::fuzz
