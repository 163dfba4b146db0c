// The services `notices` and `notice` (お知らせ): what a holder has to tell a person, as a list,
// and one of them to read. Columns and documents: docs/protocols/gateway.md. Reading writes nothing
// at the holder: that a notice was opened is the order itself, in the access log.
#pragma once

#include "wire/services/catalogue.hpp"

namespace mado::wire {

// In one list, the newest; with more than these the list says so.
constexpr std::size_t notices_max = 200;
constexpr std::size_t paragraphs_max = 100;  // of one notice
constexpr std::int64_t amount_yen_max = 1'000'000'000;

const Contract& notices_contract();
const Contract& notice_contract();

}  // namespace mado::wire
