// Orders and what became of them, as one batch of the log writer records them: the same request
// again is the same order, a check mandate is used once for each holder, misses close a path.
#pragma once

#include <expected>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "changed_answers.hpp"
#include "entry_rows.hpp"
#include "live_names.hpp"
#include "mandate_rows.hpp"
#include "open_tries.hpp"
#include "person_rows.hpp"
#include "wire/errors.hpp"

namespace mado::relay {

// Of which orders the person is told (DESIGN: bells), and as what they are counted in public.
struct Notice {
    bool own_view = false;  // the person's own log-in: no viewer, no bell
    bool at_once = false;   // the policy's row says so
    std::string requester;
    std::string requester_kind, service, purpose;
    std::int64_t month = 0;  // of the order's time: year × 12 + month − 1
};

struct RecordOrder {
    std::string order_without_person;
    AccessRecord record;                             // `content` is filled in by the writer
    std::variant<Person, NewSeries, Change> person;  // a change says itself whose entry it is
    UnixTime keep_until = 0;
    LiveName request;                   // of requester and jti, until the head's end
    std::vector<LiveMandate> mandates;  // that the store does not have yet
    // Used once: a check at its holder, a sealing.
    std::optional<LiveName> check;
    std::optional<LiveName> sealing;
    std::optional<UnixTime> opens;   // sealed until then
    std::optional<Bytes> miss_path;  // by number: refused while too many tries are open
    Notice notice;
    UnixTime time = 0;
};

// What is in the log and may be forwarded.
struct Recorded {
    std::int64_t log_index = 0;
    PersonRow person = 0;
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
    // The holder has said of whom of a family the answer is: an `mado/named/1` entry in the list of
    // whoever has this number, or of the number while nobody has.
    std::optional<NewSeries> named = {};
    bool rings = false;  // and they are told of it, also when it is not a first look
    UnixTime time = 0;
};

// Somebody whom the policy gives nothing by a number has asked by one.
struct RefusedTry {
    // A number that nobody has is a series of its own, as an order's would be: the log's size does
    // not tell the one who tries which numbers there are.
    std::variant<PersonRow, NewSeries> whose;
    Bytes path;          // of requester, number and day: one entry for each
    Bytes of_requester;  // and day: so many entries, and no more
    std::int64_t day = 0;
    std::string requester, service;
    std::string scheme;  // of the number
    UnixTime keep_until = 0;
    UnixTime time = 0;
};

// A card has signed a document for this requester, and the signature is good.
struct JudgedSignature {
    Bytes name;  // judged_index()
    UnixTime now = 0;
};
// So long an order may name it (docs/protocols/log.md): through the life of two cards, five years
// each, of which the second is renewed by what was decided about the first.
constexpr std::int64_t judged_kept_s = 3'653 * std::int64_t{86'400};

constexpr std::int64_t misses_max = 3;
// Tries of one requester and day that the policy refuses, each by another number: so many are
// noted, and then every try by number is refused until tomorrow (docs/decisions/0050).
constexpr std::int64_t refused_tries_max = 100;
// What a number is closed after: nobody found, and refused, so that no other way of asking is free.
bool counts_as_miss(wire::Outcome outcome);

// By which a requester's further looks at that person are known. Short: it is compared within one
// person's rows only.
Bytes viewer_index(const Vault& vault, PersonRow person, std::string_view requester);

// What such a tell tells the one who asked; none: another one.
std::optional<ChangedFor> changed_by(const Change& change, UnixTime now);

// Belongs to the log writer's thread; everything runs inside its transaction.
class Recording {
  public:
    Recording(db::Connection& connection, const Vault& vault, EntryRows& entries, MonthKeys& keys);

    // Proof and checkpoint of the receipt are filled in once the batch is durable. The same job may
    // be recorded again when its batch failed.
    RecordResult record(RecordOrder& job);
    void set_outcome(const SetOutcome& job);
    void note_refused(const RefusedTry& job);
    void note_judged(const JudgedSignature& job);
    std::int64_t count(const Bytes& path, std::int64_t day);
    // A mandate that no order carries, or the end of one.
    void remember(const LiveMandate& mandate);
    // Live names and mandates whose end has come, changed answers that were told and signatures
    // that were judged long ago; not all at a time. True: there may be more.
    bool drop_ended(UnixTime now);
    // Around each batch: at its begin, and as the last of its transaction.
    void begin();
    void finish();
    // After a batch that failed: statements may be half-way, and nothing of it was sent.
    void forget();

  private:
    struct Statements {
        explicit Statements(db::Connection& connection);
        db::Statement recorded, set_outcome, owner, misses, add_miss, drop_misses, count;
        db::Statement judge, drop_judged;
    };
    RecordResult repeat(const RecordOrder& job, std::int64_t log_index);
    std::expected<PersonRows::Changed, wire::Code> whose(const RecordOrder& job);
    void answered(const RecordOrder& job, std::int64_t log_index,
                  const PersonRows::Changed& changed);
    std::optional<wire::Code> judge_path(const RecordOrder& job, std::int64_t log_index);
    void count_miss(const SetOutcome& job);
    void append_refused(const SetOutcome& job);
    void append_named(const SetOutcome& job);

    db::Connection& connection_;
    const Vault& vault_;
    EntryRows& entries_;
    MonthKeys& keys_;
    Statements sql_;
    LiveNames names_;
    MandateRows mandates_;
    ChangedRows changed_;
    PersonRows people_;
    OpenTries tries_;
    // Those that the batch under way began: they end with it when it fails.
    std::vector<std::pair<Bytes, std::int64_t>> begun_;
    // Of the batch under way: month, service, kind of requester, purpose.
    std::map<std::tuple<std::int64_t, std::string, std::string, std::string>, std::int64_t> counts_;
};

}  // namespace mado::relay
