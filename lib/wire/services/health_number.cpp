#include "wire/services/health_number.hpp"

#include <array>

namespace mado::wire {
namespace {

// Of the person whose number it is; their row says that this holder insures or has insured them.
constexpr auto columns = std::to_array<Column>({{"symbol", ColumnKind::text, false},
                                                {"number", ColumnKind::text, true},
                                                {"branch", ColumnKind::text, false},
                                                {"name", ColumnKind::text, true},
                                                {"as_of", ColumnKind::integer, true}});
constexpr auto number_payload = std::to_array<Column>(
    {{"health_care_number", ColumnKind::text, true}, {"valid_from", ColumnKind::date, true}});
constexpr auto delivered_payload =
    std::to_array<Column>({{"delivered_on", ColumnKind::date, true}});

constexpr Contract contract_of(std::string_view service, std::span<const Column> payload) {
    return {.service = service,
            .source = RowSource::database,
            .needs_witnesses = false,
            .act = Act::tell,
            .payload = payload,
            .rows = columns,
            .items = {},
            .item_key = {},
            .parameters = {},
            .complete = &complete_nothing,
            .answer = &accept_of_one_person};
}
constexpr auto number_contract = contract_of("health-care-number", number_payload);
constexpr auto delivered_contract = contract_of("card-delivered", delivered_payload);

}  // namespace

const Contract& health_number_contract() {
    return number_contract;
}

const Contract& card_delivered_contract() {
    return delivered_contract;
}

}  // namespace mado::wire
