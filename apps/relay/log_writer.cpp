#include "log_writer.hpp"

#include <fmt/format.h>

#include "db/batch_writer.hpp"
#include "db/checkpointer.hpp"
#include "upkeep.hpp"

namespace mado::relay {
namespace {

// At most: with 10 million entries it holds all lists of entries, some 400 MB.
constexpr int cache_kib = 1024 * 1024;
// What has ended is kept a little longer, so that a clock that goes back makes nothing new of it.
constexpr std::int64_t ended_kept_s = 60;

// The keys live elsewhere than the state: put together wrongly, every number would be unknown.
void compare_with_keys(db::Connection& connection, const Vault& vault) {
    const Bytes expected = vault.index("key-check", {});
    auto row = connection.prepare("select index_check, seal_check from key_check");
    if (row.step()) {
        if (row.blob(0) == expected && vault.opens("key_check", {}, row.blob(1))) return;
        throw OperatorError(
            "the keys (seal.key, index.key) are not those that this state was written with. Put "
            "back the keys folder that belongs to it.");
    }
    connection
        .prepare(
            "insert into key_check (index_check, seal_check) "
            "values (:index_check, :seal_check)")
        .bind("index_check", expected)
        .bind("seal_check", vault.seal("key_check", {}, expected))
        .execute();
}

db::Connection open_own_store(const LogWriter::Options& options) {
    auto connection = open_store(options.store_path, db::Access::create);
    // Keys are random, so that every order meets other pages of the indexes; and a batch that does
    // not fit is written twice.
    connection.run(fmt::format("pragma cache_size = -{}", cache_kib));
    compare_with_keys(connection, options.vault);
    return connection;
}

}  // namespace

struct LogWriter::State {
    explicit State(Options given)
        : options(std::move(given)),
          connection(open_own_store(options)),
          checkpointer(options.store_path),
          tree(
              connection,
              {.anchor_path = options.anchor_path, .log = options.log, .log_key = options.log_key}),
          month_keys(connection, options.vault),
          entries(connection, tree, month_keys),
          recording(connection, options.vault, entries, month_keys),
          questions(connection, options.vault, month_keys),
          upkeep(connection, entries, month_keys),
          writer({.connection = connection,
                  .commit = [this](const std::function<void()>& work) { commit(work); },
                  .recover = [this] { recover(); },
                  .report =
                      [this](std::string_view why) {
                          options.program_log.error("batch_failed", {{"why", why}});
                      },
                  .observe =
                      [this](std::size_t batch, std::int64_t commit_us) {
                          if (options.observe) options.observe({batch, commit_us});
                      },
                  .disk_full = "the disk is full: nothing can be recorded until there is room",
                  .broken = "the log cannot be written"}) {}

    void commit(const std::function<void()>& work);
    void recover();
    void commit_alone(const std::function<void()>& work);
    RecordResult proven(RecordResult result);

    Options options;
    db::Connection connection;
    db::Checkpointer checkpointer;
    LogTree tree;
    MonthKeys month_keys;
    EntryRows entries;
    Recording recording;
    Questions questions;
    Upkeep upkeep;
    db::BatchWriter writer;  // last: its thread uses everything above
};

void LogWriter::State::commit(const std::function<void()>& work) {
    const auto turn = checkpointer.turn();
    recording.begin();
    tree.commit([this, &work] {
        work();
        recording.finish();
    });
}

// Whatever a batch that failed left behind in memory is read again by the next one.
void LogWriter::State::recover() {
    recording.forget();
    questions.forget();
    upkeep.forget();
}

void LogWriter::State::commit_alone(const std::function<void()>& work) {
    try {
        commit(work);
    } catch (...) {
        recover();
        throw;
    }
}

// Fills in proof and checkpoint: those of the batch that appended the entry, also for repeats, so
// that the same request always gets the same receipt.
RecordResult LogWriter::State::proven(RecordResult result) {
    if (!result) return result;
    try {
        auto proof = tree.prove(result->receipt.index);
        result->receipt.checkpoint = std::move(proof.checkpoint);
        result->receipt.proof = std::move(proof.hashes);
        return result;
    } catch (const std::exception& error) {
        options.program_log.error("proof_failed", {{"why", std::string_view(error.what())}});
        return std::unexpected(wire::Code::internal);
    }
}

LogWriter::LogWriter(Options options) : state_(std::make_unique<State>(std::move(options))) {}

LogWriter::~LogWriter() = default;

// Runs `work`, which gives a result, and hands it on when it is durable, else why it is not.
template <class Result, class Work>
bool LogWriter::submit_for(Work work, std::function<void(Result)> done) {
    // In one piece: thousands of them wait.
    struct Pending {
        Work work;
        std::function<void(Result)> done;
        Result result = std::unexpected(wire::Code::internal);
    };
    auto pending = std::make_shared<Pending>(std::move(work), std::move(done));
    return state_->writer.submit(
        [pending] { pending->result = pending->work(); },
        [pending](db::Written written) {
            switch (written) {
                case db::Written::durable:
                    return pending->done(std::move(pending->result));
                case db::Written::no_room:
                    return pending->done(std::unexpected(wire::Code::not_ready));
                case db::Written::failed:
                    return pending->done(std::unexpected(wire::Code::internal));
            }
        });
}

bool LogWriter::record(RecordOrder job, RecordDone done) {
    auto& state = *state_;
    return submit_for<RecordResult>(
        [&state, job = std::move(job)]() mutable { return state.recording.record(job); },
        [&state, done = std::move(done)](RecordResult result) {
            done(state.proven(std::move(result)));
        });
}

bool LogWriter::ask(AskQuestion question, QuestionDone done) {
    auto& questions = state_->questions;
    return submit_for<QuestionResult>(
        [&questions, question = std::move(question)] { return questions.ask(question); },
        std::move(done));
}

bool LogWriter::answer(AnswerQuestion answer, QuestionDone done) {
    auto& questions = state_->questions;
    return submit_for<QuestionResult>(
        [&questions, answer = std::move(answer)] { return questions.answer(answer); },
        std::move(done));
}

bool LogWriter::submit(std::function<void()> work, Done done) {
    return state_->writer.submit(std::move(work), [done = std::move(done)](db::Written written) {
        if (done) done(written == db::Written::durable);
    });
}

bool LogWriter::set_outcome(SetOutcome job, Done done) {
    auto& recording = state_->recording;
    return submit([&recording, job = std::move(job)] { recording.set_outcome(job); },
                  std::move(done));
}

bool LogWriter::note_refused(RefusedTry job, Done done) {
    auto& recording = state_->recording;
    return submit([&recording, job = std::move(job)] { recording.note_refused(job); },
                  std::move(done));
}

bool LogWriter::note_judged(JudgedSignature job, Done done) {
    auto& recording = state_->recording;
    return submit([&recording, job = std::move(job)] { recording.note_judged(job); },
                  std::move(done));
}

bool LogWriter::remember(std::vector<LiveMandate> mandates, Done done) {
    auto& recording = state_->recording;
    return submit(
        [&recording, mandates = std::move(mandates)] {
            for (const auto& one : mandates)
                recording.remember(one);
        },
        std::move(done));
}

bool LogWriter::keep_cosigned(std::uint64_t size, std::string note, Done done) {
    auto& tree = state_->tree;
    return submit([&tree, size, note = std::move(note)] { tree.keep_cosigned(size, note); },
                  std::move(done));
}

bool LogWriter::upkeep(UnixTime now) {
    auto& state = *state_;
    auto more = std::make_shared<bool>(false);
    return submit(
        [&state, more, now] {
            *more = state.recording.drop_ended(now - ended_kept_s);
            // What is sealed opens before its key may go.
            *more = state.upkeep.open_sealed(now) || state.upkeep.erase(now) || *more;
        },
        [this, more, now](bool durable) {
            // A full queue ends it until the next time.
            if (durable && *more) static_cast<void>(this->upkeep(now));
        });
}

void LogWriter::stop() {
    state_->writer.stop();
}

bool LogWriter::healthy() const {
    return state_->writer.healthy();
}

std::optional<std::string_view> LogWriter::unwell() {
    if (const auto why = state_->checkpointer.unwell()) return why;
    return state_->writer.unwell();
}

std::size_t LogWriter::queued() const {
    return state_->writer.queued();
}

std::uint64_t LogWriter::anchored_size() const {
    return state_->tree.anchored_size();
}

void LogWriter::append_public_entry(const Hash& entry) {
    auto& state = *state_;
    state.commit_alone([&state, &entry] { state.entries.append_public(entry); });
}

void LogWriter::commit_alone(const std::function<void(db::Connection&, EntryRows&)>& work) {
    auto& state = *state_;
    state.commit_alone([&state, &work] { work(state.connection, state.entries); });
}

}  // namespace mado::relay
