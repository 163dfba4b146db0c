// The service catalogue (ARCHITECTURE.md): for each service the columns that a holder's SELECT
// must return and the document that is made of the rows. A holder connects a database and writes
// SQL; it writes no code.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "wire/directory.hpp"
#include "wire/exchange.hpp"

namespace mado::wire {

enum class ColumnKind { text, integer, date };

struct Column {
    std::string_view name;
    ColumnKind kind;
    bool required;  // must be in the SELECT and never null
};

using Value = std::variant<std::monostate, std::int64_t, std::string>;

struct Row {
    std::map<std::string, Value, std::less<>> values;

    [[nodiscard]] std::optional<std::string> text(std::string_view column) const;
    [[nodiscard]] std::optional<std::int64_t> integer(std::string_view column) const;
    [[nodiscard]] std::optional<Date> date(std::string_view column) const;
};

// What a holder is asked, besides its rows.
struct ServiceQuestion {
    const Participant& holder;
    std::map<std::string, std::string, std::less<>> number;  // its fields, as asked, normalised
    std::optional<Date> birth_date;                          // to be compared with the rows
    Date on;                                                 // the service date
    UnixTime now = 0;
};

struct ServiceAnswer {
    Outcome outcome = Outcome::failed;
    std::string data;  // JSON, when answered
    UnixTime as_of = 0;
};

struct Contract {
    std::string_view service;
    std::span<const Column> rows;
    // May occur in the SELECT as :name, besides the fields of the holder's own number.
    std::span<const std::string_view> parameters;
    ServiceAnswer (*answer)(const ServiceQuestion&, const std::vector<Row>&);
};

constexpr std::size_t rows_max = 10'000;

// Null when the catalogue has no such service.
const Contract* find_contract(std::string_view service);

// A row fits its contract: every required column is there and not null, every value is of its kind.
Parsed<void> check_row(const Contract& contract, const Row& row);

}  // namespace mado::wire
