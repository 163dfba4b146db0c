// What the relay is asked (docs/protocols/log.md) and told (docs/protocols/issuing.md) itself, and
// the limits of it: pages of a person's entries and bells, questions about entries, links, cards
// and answers that have changed.
#pragma once

#include <cstddef>
#include <string_view>

#include "wire/answer.hpp"

namespace mado::wire {

struct RelayService {
    std::string_view name;
    Act act;
    bool takes_payload;
};
// Null when the relay itself has no such service.
const RelayService* find_relay_service(std::string_view name);

constexpr std::size_t page_rows_max = 200;
constexpr std::size_t question_text_bytes_max = 6'000;  // of an answer's too
constexpr std::size_t operator_name_bytes_max = 400;

}  // namespace mado::wire
