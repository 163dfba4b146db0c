// Limits of what the relay is asked itself (docs/protocols/log.md): pages of a person's entries and
// bells, and questions about entries.
#pragma once

#include <cstddef>

namespace mado::wire {

constexpr std::size_t page_rows_max = 200;
constexpr std::size_t question_text_bytes_max = 6'000;  // of an answer's too
constexpr std::size_t operator_name_bytes_max = 400;

}  // namespace mado::wire
