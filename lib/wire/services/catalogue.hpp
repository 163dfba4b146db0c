// The service catalogue (ARCHITECTURE.md): for each service the columns that a holder's SELECTs
// must return and the document that is made of the rows. A holder connects a database and writes
// SQL; it writes no code.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "base/json.hpp"
#include "wire/answer.hpp"
#include "wire/directory.hpp"
#include "wire/exchange.hpp"

namespace mado::matching {
class Tables;
}

namespace mado::wire {

// A record_id is what a holder calls one of its records: 1 to 40 of A-Z a-z 0-9 and '-'. A
// paragraph is a text that may be longer than others; a proof one that somebody has signed, longer
// still and in a payload only.
enum class ColumnKind { text, integer, date, month, record_id, paragraph, proof };

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

// What a head may ask besides the service: codes and dates only. An entry: 32 bytes in base64url.
enum class ParameterKind { date, month, log_index, record_id, entry };

struct Parameter {
    std::string_view name;
    ParameterKind kind;
};

using ParameterValues = std::map<std::string, std::string, std::less<>>;

// What a holder is asked, besides its rows.
struct ServiceQuestion {
    const Participant& holder;
    std::map<std::string, std::string, std::less<>> number;  // its fields, as asked, normalised
    std::optional<Date> birth_date;                          // to be compared with the rows
    ParameterValues parameters;                              // as read_parameters() returns them
    Row payload = {};                                        // as read_payload() returns it
    std::string order_id = {};                               // of a tell: its entry in the log
    UnixTime now = 0;
    Date today{};  // the order's day, in the country
    // How the country writes names; null where the gateway has none.
    const matching::Tables* tables = nullptr;
};

struct ServiceAnswer {
    Outcome outcome = Outcome::failed;
    Document data;  // when answered
    UnixTime as_of = 0;
    std::string branch = {};  // whose row it is, of a number that was sent without; "" for none
};

// Where a service's rows come from: the holder's database, by its mapping, or the gateway's own
// store, without one.
enum class RowSource { database, evidence };

struct Contract {
    std::string_view service;
    RowSource source;
    // It gives out records: not while nobody witnesses the access log.
    bool needs_witnesses;
    Act act = Act::ask;
    // Members of the JSON object that is sealed to the holder; none: it takes no payload.
    std::span<const Column> payload = {};
    std::span<const Column> rows;
    std::span<const Column> items;  // of the second SELECT; none: the service has only rows
    std::string_view item_key;      // column of both (text): the row that an item belongs to
    bool items_optional = false;    // a holder may map rows alone
    // May occur in the SELECTs as :name, besides the fields of the holder's own number.
    std::span<const Parameter> parameters;
    // Fills in what was not asked for, and refuses values that do not fit together, and what must
    // be asked for and was not.
    Parsed<void> (*complete)(ParameterValues& values, Date today);
    // Bad: rows or items that the contract does not allow, although each column is of its kind.
    Parsed<ServiceAnswer> (*answer)(const ServiceQuestion&, const std::vector<Row>& rows,
                                    const std::vector<Row>& items);
    // The payload's values fit each other and what the head asks in the open, besides being of
    // their kinds; null: whatever they are.
    bool (*payload_fits)(const Row&, const ParameterValues&, Date today) = nullptr;
    // Of a tell: the register makes something of it that the acceptance says. The rows are read
    // once more after it was taken in (they know it by :order_id), and have data then.
    bool gives_back = false;
};

// Of a paragraph; every other text is shorter.
constexpr std::size_t paragraph_bytes_max = 1'000;
constexpr std::size_t proof_bytes_max = 8 * 1024;
constexpr std::size_t rows_max = 10'000;
constexpr std::size_t items_max = 50'000;
// Signed and sealed it is 16/9 as long, and must fit answer_bytes_max.
constexpr std::size_t document_bytes_max = 2 * 1024 * 1024;

std::span<const Contract> all_contracts();
// Null when the catalogue has no such service.
const Contract* find_contract(std::string_view service);

// The parameters of a head, each of its kind, none unknown; afterwards with what was not asked for
// and the service has a value for. Relay
// (before anything is logged) and gateway call it. `today`: in the country.
Parsed<ParameterValues> read_parameters(const Contract& contract,
                                        const std::map<std::string, std::string>& asked,
                                        Date today);

// What was sealed to the holder: the contract's members, each of its kind, none unknown.
Parsed<Row> read_payload(const Contract& contract, std::string_view text);

// Of a holder's or the relay's own; of an unknown one: ask.
Act act_of(const ServiceId& service);
// How long a request for this service may live: an ask a minute, a tell until its holder is back.
std::int64_t lifetime_s_max(const ServiceId& service);

// A row fits its columns: every required one is there and not null, every value is of its kind.
Parsed<void> check_row(std::span<const Column> columns, const Row& row);

// The service's document from rows and items that were checked one by one; order is kept. Bad when
// an item belongs to no row, two rows have one key, or the document is too long.
Parsed<ServiceAnswer> make_answer(const Contract& contract, const ServiceQuestion& question,
                                  const std::vector<Row>& rows, const std::vector<Row>& items);

// ---- for the contracts ----

// The row has the very number that was asked for (columns symbol, number, branch).
bool is_asked_number(const Row& row, const ServiceQuestion& question);
// The branch of the rows of one person, when the number that was asked for had none; "" for none.
std::string branch_found(const std::vector<Row>& rows, const ServiceQuestion& question);

// Unix time: when the newest of these rows was brought up to date; 0 of none.
UnixTime newest_as_of(const std::vector<Row>& rows);

// The rows of the number that was asked for, and of the birth date if there was one (column
// birth_date), when they are about one person (columns branch, name); else what there is to answer.
std::expected<std::vector<Row>, Outcome> rows_asked_for(const ServiceQuestion& question,
                                                        const std::vector<Row>& rows);
// The same for services whose rows have no birth date: who gives one has no card, and gets nothing.
std::expected<std::vector<Row>, Outcome> rows_of_one_person(const ServiceQuestion& question,
                                                            const std::vector<Row>& rows);

// The whole answer to a tell that a register takes in and says nothing about: yes, of one person.
Parsed<ServiceAnswer> accept_of_one_person(const ServiceQuestion& question,
                                           const std::vector<Row>& rows, const std::vector<Row>&);

// The rows that have a key, the newest first; of one time, the SELECT's order is kept: it is the
// order in memory.
struct ListColumns {
    std::string_view key;
    std::string_view time;
};
std::vector<const Row*> newest_first(const std::vector<Row>& rows, ListColumns columns);

// Of a service that is asked for nothing but the person, or whose parameters stand alone.
Parsed<void> complete_nothing(ParameterValues& values, Date today);

// What a list by months can be asked for.
inline constexpr std::array month_parameters{Parameter{"from", ParameterKind::month},
                                             Parameter{"to", ParameterKind::month}};
// `from` and `to`: the newest `standard` months up to today's, when nothing else is asked. Bad when
// they do not follow each other or are more than `max`.
struct MonthSpan {
    int standard;
    int max;
};
Parsed<void> complete_months(ParameterValues& values, Date today, MonthSpan span);

// The form of a record_id.
bool is_record_id(std::string_view text);

// "2026-07"; the first day of that month.
Parsed<Date> parse_month(std::string_view text);
std::string month_text(Date day);

}  // namespace mado::wire
