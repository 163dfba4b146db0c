// The one writer of the relay's store (ARCHITECTURE.md): one thread, one write connection, group
// commit. A batch makes index, tiles, head and sealed orders durable in one transaction that also
// compares the old head; then the newest checkpoint goes to the anchor; only then anything signed
// leaves.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/log.hpp"
#include "questions.hpp"
#include "recording.hpp"

namespace mado::relay {

// Both never throw and run on the writer's thread. A job that could not be done because the disk is
// full gets `not_ready`, because the world is broken otherwise `internal` (or false); the same job
// again is done once, whatever became of the first.
using RecordDone = std::function<void(RecordResult)>;
using Done = std::function<void(bool durable)>;

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
    // Opens, migrates, sees that the keys are the state's, restores the tree and compares it with
    // the anchor (LogTree). OperatorError says what does not fit and what to do.
    explicit LogWriter(Options options);
    ~LogWriter();

    // False: too much is queued (overloaded).
    [[nodiscard]] bool record(RecordOrder job, RecordDone done);
    [[nodiscard]] bool set_outcome(SetOutcome job, Done done);
    [[nodiscard]] bool note_refused(RefusedTry job, Done done);
    [[nodiscard]] bool note_judged(JudgedSignature job, Done done);
    // Mandates that no order carries (questions to the relay itself), and their ends.
    [[nodiscard]] bool remember(std::vector<LiveMandate> mandates, Done done);
    using QuestionDone = std::function<void(QuestionResult)>;
    [[nodiscard]] bool ask(AskQuestion question, QuestionDone done);
    [[nodiscard]] bool answer(AnswerQuestion answer, QuestionDone done);
    // The newest checkpoint with the cosignatures of a quorum, to be published.
    [[nodiscard]] bool keep_cosigned(std::uint64_t size, std::string note, Done done);
    // Erases what is over at `now`; goes on by itself until there is no more.
    [[nodiscard]] bool upkeep(UnixTime now);
    // Finishes what is queued.
    void stop();
    [[nodiscard]] std::size_t queued() const;
    // The last batch became durable, in the database and in the anchor.
    [[nodiscard]] bool healthy() const;
    // Why nothing can be recorded just now, or the write-ahead log only grows.
    [[nodiscard]] std::optional<std::string_view> unwell();

    // How many entries are durable, in the database and in the anchor: what may be published.
    [[nodiscard]] std::uint64_t anchored_size() const;

    // For a stopped relay and its start, while nothing is queued: one transaction on this thread.
    void append_public_entry(const Hash& entry);
    void commit_alone(const std::function<void(db::Connection&, EntryRows&)>& work);

  private:
    [[nodiscard]] bool submit(std::function<void()> work, Done done);
    template <class Result, class Work>
    [[nodiscard]] bool submit_for(Work work, std::function<void(Result)> done);
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace mado::relay
