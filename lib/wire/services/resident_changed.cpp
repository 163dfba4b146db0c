#include "wire/services/resident_changed.hpp"

#include <algorithm>
#include <array>

namespace mado::wire {
namespace {

constexpr auto columns = std::to_array<Column>({{"number", ColumnKind::text, true},
                                                {"name", ColumnKind::text, true},
                                                {"as_of", ColumnKind::integer, true}});
constexpr auto payload_members =
    std::to_array<Column>({{"what", ColumnKind::text, true}, {"at", ColumnKind::integer, true}});

bool fits(const Row& payload, const ParameterValues&, Date) {
    constexpr std::int64_t year_9999 = 253'402'300'799;
    constexpr std::array<std::string_view, 3> words{"died", "left", "changed"};
    const auto at = *payload.integer("at");
    return std::ranges::find(words, *payload.text("what")) != words.end() && at > 0 &&
           at <= year_9999;
}

constexpr Contract contract{.service = "resident-changed",
                            .source = RowSource::database,
                            .needs_witnesses = false,
                            .act = Act::tell,
                            .payload = payload_members,
                            .rows = columns,
                            .items = {},
                            .item_key = {},
                            .parameters = {},
                            .complete = &complete_nothing,
                            .answer = &accept_of_one_person,
                            .payload_fits = &fits};

}  // namespace

const Contract& resident_changed_contract() {
    return contract;
}

}  // namespace mado::wire
