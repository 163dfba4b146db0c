// First take-on: the certificates of cards that were made before there was anybody to order them,
// by a file (docs/protocols/certificates.md, "First take-on"). The same code decides as of orders.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "office.hpp"

namespace mado::ca {

constexpr std::size_t take_on_bytes_max = std::size_t{1} << 30;

// Each line an order to issue.
Parsed<std::vector<Order>> read_take_on(std::string_view text);
// In the place of a log entry: of which file, and which of its lines, the first being 1.
std::string take_on_id(const Hash& file, std::int64_t line);

struct TakenOn {
    std::int64_t issued = 0;
    std::int64_t refused = 0;
    std::string lines;  // NDJSON, one for each line of the file: what became of it
};
// Orders, decides and collects. After a crash the same file once more goes on from where it was;
// what was decided stays.
TakenOn take_on(Store& store, Office& office, std::string_view text, UnixTime now);

}  // namespace mado::ca
