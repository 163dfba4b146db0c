#include "log_writer.hpp"

#include <atomic>

#include "base/batcher.hpp"
#include "upkeep.hpp"

namespace mado::relay {
namespace {

struct Job {
    std::function<void()> work;      // inside the transaction
    std::function<void(bool)> done;  // once it is durable, or is not
};

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
          upkeep(connection, month_keys),
          batcher(
              {}, [this](std::vector<Job>& batch) { apply(batch); },
              [this](std::exception_ptr) { options.program_log.error("batch_lost"); }) {}

    void apply(std::vector<Job>& batch);
    void commit(const std::function<void()>& work);
    RecordResult proven(RecordResult result);

    Options options;
    db::Connection connection;
    db::Checkpointer checkpointer;
    LogTree tree;
    MonthKeys month_keys;
    EntryRows entries;
    Recording recording;
    Upkeep upkeep;
    std::atomic<bool> healthy = true;
    Batcher<Job> batcher;  // last: its thread uses everything above
};

// Whatever a batch that failed left behind in memory is read again by the next one.
void LogWriter::State::commit(const std::function<void()>& work) {
    try {
        tree.commit(work);
    } catch (...) {
        recording.forget();
        upkeep.forget();
        throw;
    }
}

void LogWriter::State::apply(std::vector<Job>& batch) {
    const auto start = monotonic_us();
    try {
        commit([&batch] {
            for (auto& job : batch)
                job.work();
        });
        healthy = true;
    } catch (const std::exception& error) {
        options.program_log.error("batch_failed", {{"why", std::string_view(error.what())}});
        healthy = false;
    }
    if (options.observe) options.observe({batch.size(), monotonic_us() - start});
    for (auto& job : batch) {
        if (job.done) job.done(healthy);
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
        healthy = false;
        return std::unexpected(wire::Code::internal);
    }
}

LogWriter::LogWriter(Options options) : state_(std::make_unique<State>(std::move(options))) {}

LogWriter::~LogWriter() = default;

bool LogWriter::record(RecordOrder job, RecordDone done) {
    struct Slot {
        RecordOrder order;
        RecordResult result = std::unexpected(wire::Code::internal);
    };
    auto& state = *state_;
    auto slot = std::make_shared<Slot>(std::move(job));
    return state.batcher.submit(
        {.work = [&state, slot] { slot->result = state.recording.record(slot->order); },
         .done =
             [&state, slot, done = std::move(done)](bool durable) {
                 done(durable ? state.proven(std::move(slot->result))
                              : std::unexpected(wire::Code::internal));
             }});
}

bool LogWriter::set_outcome(SetOutcome job, Done done) {
    auto& recording = state_->recording;
    return state_->batcher.submit(
        {.work = [&recording, job = std::move(job)] { recording.set_outcome(job); },
         .done = std::move(done)});
}

bool LogWriter::keep_mandate(MandateRow mandate, Done done) {
    auto& recording = state_->recording;
    return state_->batcher.submit(
        {.work = [&recording, mandate = std::move(mandate)] { recording.keep_mandate(mandate); },
         .done = std::move(done)});
}

bool LogWriter::keep_cosigned(std::uint64_t size, std::string note, Done done) {
    auto& tree = state_->tree;
    return state_->batcher.submit(
        {.work = [&tree, size, note = std::move(note)] { tree.keep_cosigned(size, note); },
         .done = std::move(done)});
}

bool LogWriter::upkeep(UnixTime now) {
    auto& state = *state_;
    auto more = std::make_shared<bool>(false);
    return state.batcher.submit({.work = [&state, more, now] { *more = state.upkeep.erase(now); },
                                 .done =
                                     [this, more, now](bool durable) {
                                         // A full queue ends it until the next time.
                                         if (durable && *more) static_cast<void>(upkeep(now));
                                     }});
}

void LogWriter::stop() {
    state_->batcher.stop();
}

bool LogWriter::healthy() const {
    return state_->healthy;
}

std::size_t LogWriter::queued() const {
    return state_->batcher.queued();
}

std::uint64_t LogWriter::anchored_size() const {
    return state_->tree.anchored_size();
}

void LogWriter::append_public_entry(const Hash& entry) {
    auto& state = *state_;
    state.commit([&state, &entry] { state.recording.append_public(entry); });
}

void LogWriter::commit_alone(const std::function<void(db::Connection&, EntryRows&)>& work) {
    auto& state = *state_;
    state.commit([&state, &work] { work(state.connection, state.entries); });
}

}  // namespace mado::relay
