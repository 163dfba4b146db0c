// Orders and what became of them, as one batch of the log writer records them: the same request
// again is the same order, a check mandate is used once for each holder, misses close a path.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <variant>

#include "entry_rows.hpp"
#include "open_tries.hpp"
#include "wire/errors.hpp"

namespace mado::relay {

// Somebody whom nobody has linked yet: known by one number only.
struct NewSeries {
    NumberIndexes indexes;
    Identifier identifier;
};

struct MandateRow {
    Hash hash{};  // of the JWS
    UnixTime expires = 0;
    Bytes sealed;
};

// Of which orders the person is told (DESIGN: bells), and as what they are counted in public.
struct Notice {
    bool own_view = false;  // the person's own log-in: no viewer, no bell
    bool at_once = false;   // the policy's row says so
    bool sealed = false;    // rings when it opens
    std::string requester;
    std::string requester_kind, service, purpose;
    std::int64_t month = 0;  // of the order's time: year × 12 + month − 1
};

struct RecordOrder {
    std::string order_without_person;
    AccessRecord record;  // `content` and `person_salt` are filled in by the writer
    std::variant<PersonRow, NewSeries> person;
    UnixTime keep_until = 0;
    Bytes request_index;                           // of requester and jti
    Bytes content_index;                           // of the request's bytes
    std::optional<Bytes> mandate_use;              // a check at a holder, or a sealing: once
    std::optional<UnixTime> opens = std::nullopt;  // sealed until then
    std::optional<Bytes> miss_path;  // by number: refused while too many tries are open
    std::optional<MandateRow> mandate;
    Notice notice;
    UnixTime time = 0;
};

// What is in the log and may be forwarded.
struct Recorded {
    std::int64_t log_index = 0;
    wire::ParticipantId holder;
    wire::Receipt receipt;
    Hash subject_salt{};
    std::string number;
    Hash number_salt{};
    std::optional<Date> birth_date;
};
using RecordResult = std::expected<Recorded, wire::Code>;

struct SetOutcome {
    std::int64_t log_index = 0;
    wire::Outcome outcome = wire::Outcome::failed;
    // By number: ends a try. A miss is counted; the third appends a `mado/refused/1` entry.
    std::optional<Bytes> miss_path;
    std::int64_t day = 0;
    std::string requester;
    UnixTime time = 0;
};

constexpr std::int64_t misses_max = 3;
// What a number is closed after: nobody found, and refused, so that no other way of asking is free.
bool counts_as_miss(wire::Outcome outcome);

// Belongs to the log writer's thread; everything runs inside its transaction.
class Recording {
  public:
    Recording(db::Connection& connection, const Vault& vault, EntryRows& entries, MonthKeys& keys);

    // Proof and checkpoint of the receipt are filled in once the batch is durable.
    RecordResult record(RecordOrder& job);
    void set_outcome(const SetOutcome& job);
    void keep_mandate(const MandateRow& mandate);
    // An entry that is in the log already is not appended again (directories).
    void append_public(const Hash& entry);
    // After a batch that failed: statements may be half-way, and nothing of it was sent.
    void forget();
    // Before each batch.
    void begin() { begun_.clear(); }

  private:
    struct Statements {
        explicit Statements(db::Connection& connection);
        db::Statement find_request, find_use, find_series, add_person, add_identifier, add_mandate,
            drop_mandates, set_outcome, owner, misses, add_miss, drop_misses, add_viewer,
            keep_viewer, ring, count;
    };
    RecordResult repeat(const RecordOrder& job);
    PersonRow person_of(const RecordOrder& job);
    std::optional<wire::Code> judge_path(const RecordOrder& job, std::int64_t log_index);
    void count_miss(const SetOutcome& job);
    void append_refused(const SetOutcome& job);
    void tell(const Notice& notice, PersonRow person, std::int64_t log_index, std::int64_t month,
              UnixTime time);
    void ring(PersonRow person, std::int64_t log_index, bool first, UnixTime time);

    db::Connection& connection_;
    const Vault& vault_;
    EntryRows& entries_;
    MonthKeys& keys_;
    Statements sql_;
    OpenTries tries_;
    // Those that the batch under way began: they end with it when it fails.
    std::vector<std::pair<Bytes, std::int64_t>> begun_;
};

}  // namespace mado::relay
