// The one writer of the relay's store (ARCHITECTURE.md): one thread, one write connection, group
// commit. A batch makes index, tiles, head and sealed orders durable in one transaction that also
// compares the old head; then the newest checkpoint goes to the anchor; only then anything signed
// leaves.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>

#include "anchor.hpp"
#include "base/batcher.hpp"
#include "base/log.hpp"
#include "store.hpp"
#include "wire/errors.hpp"

namespace mado::relay {

// Somebody whom nobody has linked yet: known by one number only.
struct NewSeries {
    NumberIndexes indexes;
    Identifier identifier;
};

struct RecordOrder {
    std::string order_without_person;
    AccessRecord record;  // `content` and `person_salt` are filled in by the writer
    std::variant<PersonRow, NewSeries> person;
    UnixTime keep_until = 0;
    Bytes request;  // index of requester and jti
    Bytes content;  // index of the request's bytes
    std::optional<Bytes> mandate_use;
    std::optional<Bytes> miss_path;  // by number: refused while too many tries are open
    struct MandateRow {
        Hash hash;
        UnixTime expires;
        Bytes sealed;
    };
    std::optional<MandateRow> mandate;
};

// What is in the log and may be forwarded.
struct Recorded {
    std::int64_t position = 0;
    wire::ParticipantId holder;
    wire::Receipt receipt;
    Hash subject_salt{};
    std::string number;
    Hash number_salt{};
    std::optional<Date> birth_date;
};
using RecordResult = std::expected<Recorded, wire::Code>;

struct SetOutcome {
    std::int64_t position = 0;
    wire::Outcome outcome = wire::Outcome::failed;
    // By number: ends a try. A miss is counted; the third appends a `mado/refused/1` entry.
    std::optional<Bytes> miss_path;
    std::int64_t day = 0;
    std::string requester;
    UnixTime time = 0;
};

// Never throws and runs on the writer's thread. A job that could not be done because the disk is
// full gets `not_ready`, because the world is broken otherwise `internal`; the same job again is
// recorded once, whatever became of the first.
using RecordDone = std::function<void(RecordResult)>;
using OutcomeDone = std::function<void(bool durable)>;

constexpr std::int64_t misses_max = 3;
// What a number is closed after: nobody found, and refused, so that no other way of asking is free.
bool counts_as_miss(wire::Outcome outcome);

struct WriterObservation {
    std::size_t batch;
    std::int64_t commit_us;
};

class LogWriter {
  public:
    struct Options {
        std::string store_path;
        std::string anchor_path;
        tlog::NoteVerifier log;
        const crypto::PrivateKey& log_key;
        const Vault& vault;
        const Log& program_log;
        std::function<void(const WriterObservation&)> observe;
    };
    // Opens, migrates, restores the tree's edge, compares with the anchor, which it brings up to
    // the database. OperatorError when the database is behind the anchor or has another history.
    explicit LogWriter(Options options);
    ~LogWriter();

    // False: too much is queued (overloaded).
    [[nodiscard]] bool record(RecordOrder job, RecordDone done);
    [[nodiscard]] bool set_outcome(SetOutcome job, OutcomeDone done);
    // Finishes what is queued.
    void stop();
    [[nodiscard]] std::size_t queued() const;
    // The last batch became durable, in the database and in the anchor.
    [[nodiscard]] bool healthy() const;
    // Why nothing can be recorded just now, in plain words for the operator; from any thread. The
    // writer then tries again, so that it is well by itself when there is room, without a request.
    [[nodiscard]] std::optional<std::string_view> unwell();

    // For a stopped relay and its start: one entry without a person, committed at once. An entry
    // that is in the log already is not appended again (directories).
    void append_public_entry(const Hash& entry);
    // For `import`: rows and entries in one transaction per call.
    struct ImportedPerson {
        Bytes link_number;
        std::vector<std::pair<NumberIndexes, Identifier>> identifiers;
        struct CardRow {
            Hash certificate;
            CardStatus status;
            crypto::PublicKey key;
            UnixTime not_after;
        };
        std::vector<CardRow> cards;
    };
    [[nodiscard]] bool store_is_empty();
    // Hands out persons one by one until `next` returns none; all or nothing, with its log entry.
    void import_people(const std::function<std::optional<ImportedPerson>()>& next,
                       const Hash& entry);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace mado::relay
