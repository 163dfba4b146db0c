#include "log_writer.hpp"

#include <atomic>
#include <boost/json.hpp>
#include <chrono>
#include <map>

#include "crypto/digest.hpp"
#include "holders.hpp"
#include "log_statements.hpp"
#include "open_tries.hpp"

namespace mado::relay {
namespace {

constexpr const char* disk_full = "the disk is full: nothing can be recorded until there is room";

struct TryAgain {};  // writes what is there already

struct Job {
    std::variant<RecordOrder, SetOutcome, TryAgain> work;
    RecordDone record_done;
    OutcomeDone outcome_done;
};

std::vector<Hash> split_hashes(ByteView bytes) {
    std::vector<Hash> out;
    for (std::size_t at = 0; at + 32 <= bytes.size(); at += 32) {
        out.push_back(*to_hash(bytes.subspan(at, 32)));
    }
    return out;
}

// The hash that a full tile contributes to the level above.
Hash root_of_tile(const Bytes& tile) {
    auto hashes = split_hashes(tile);
    while (hashes.size() > 1) {
        for (std::size_t i = 0; i < hashes.size() / 2; ++i) {
            hashes[i] = tlog::node_hash(hashes[2 * i], hashes[2 * i + 1]);
        }
        hashes.resize(hashes.size() / 2);
    }
    return hashes.front();
}

// Proof and checkpoint are filled in once the batch is durable.
Recorded recorded(const AccessRecord& record, std::int64_t position) {
    return {.position = position,
            .holder = *wire::ParticipantId::parse(record.holder),
            .receipt = {.order = to_bytes(record.content),
                        .salt = record.salt,
                        .index = static_cast<std::uint64_t>(position),
                        .proof = {},
                        .checkpoint = {}},
            .subject_salt = record.subject_salt,
            .number = record.number,
            .number_salt = record.number_salt,
            .birth_date = record.birth_date};
}

}  // namespace

struct LogWriter::State {
    explicit State(Options given)
        : options(std::move(given)),
          connection(open_store(options.store_path, db::Access::create)),
          checkpointer(options.store_path),
          anchor(options.anchor_path, options.log),
          sql(connection),
          tiles(connection),
          batcher(
              {}, [this](std::vector<Job>& batch) { apply(batch); },
              [this](std::exception_ptr) { options.program_log.error("batch_lost"); }) {}

    // --- the tree ---
    void restore();
    void compare_with_anchor();
    void compare_with_keys();
    void follow_with_anchor();
    void append(const Hash& entry);
    void compare_head();
    tlog::Checkpoint sign_head(std::string& note);

    // --- a batch ---
    void apply(std::vector<Job>& batch);
    void batch_failed(const std::exception& error, const char* why);
    std::vector<RecordResult> run_jobs(std::vector<Job>& batch);
    void commit_batch(const std::function<void()>& work);
    RecordResult record(RecordOrder& job);
    RecordResult repeat(const RecordOrder& job);
    PersonRow person_of(const RecordOrder& job);
    void outcome(const SetOutcome& job);
    std::optional<wire::Code> judge_path(const RecordOrder& job, std::int64_t position);
    void count_miss(const SetOutcome& job);
    void append_refused(const SetOutcome& job);
    void insert_access(const Hash& entry, PersonRow person, std::int64_t seq, std::int64_t month,
                       const AccessRecord& record, const RecordOrder* order);
    void prove(Recorded& recorded);
    const Secret* known_month_key(std::int64_t month);
    const Secret& month_key(std::int64_t month);

    Options options;
    db::Connection connection;
    db::Checkpointer checkpointer;
    Anchor anchor;
    Statements sql;
    TileRows tiles;
    tlog::Edge edge;
    // The edge no longer follows the database (a commit failed half-way): read it again first.
    bool restore_needed = true;
    std::map<std::int64_t, Secret> month_keys;
    OpenTries tries;
    // Those that the batch under way began: they end with it when it fails, for nothing was sent.
    std::vector<std::pair<Bytes, std::int64_t>> begun;
    std::atomic<const char*> unwell = nullptr;  // a literal; null: the last batch became durable
    std::atomic<bool> trying_again = false;     // one such job is enough
    Batcher<Job> batcher;                       // last: its thread uses everything above
};

void LogWriter::State::restore() {
    // A batch that failed may have left statements half-way and keys that were rolled back.
    sql = Statements(connection);
    tiles = TileRows(connection);
    month_keys.clear();
    std::uint64_t size = 0;
    if (sql.head.step()) {
        size = static_cast<std::uint64_t>(sql.head.integer(0));
        sql.head.reset();
    }
    const auto read = [this](tlog::TileId id, unsigned width) { return tiles.read(id, width); };
    const auto open = static_cast<unsigned>(size % tlog::tile_width);
    std::vector<Hash> last;
    if (open > 0) last = split_hashes(read({0, size / tlog::tile_width}, open));
    edge = tlog::Edge::restore(size, last, read);
    compare_with_anchor();
    restore_needed = false;
}

void LogWriter::State::compare_with_anchor() {
    const auto& newest = anchor.newest();
    if (!newest) {
        if (edge.size() == 0) return;
        throw OperatorError(
            "the anchor file is missing although the log has entries. Put back the anchor folder "
            "that belongs to this state, or open a new log origin in the directory.");
    }
    const std::string recover =
        "Restore the newer copy of the state, or open a new log origin in the directory.";
    if (edge.size() < newest->size) {
        throw OperatorError("the database holds " + std::to_string(edge.size()) +
                            " log entries, but a checkpoint over " + std::to_string(newest->size) +
                            " was signed: this is an older copy. " + recover);
    }
    const auto root = tlog::tree_root(
        newest->size, [this](tlog::TileId id, unsigned width) { return tiles.read(id, width); });
    if (root != newest->root) {
        throw OperatorError("the database holds another history than the one that was signed. " +
                            recover);
    }
}

// The newest checkpoint of the database goes to the anchor where that is behind: after a crash
// between the two, after a write of the anchor that failed, and in a new log, whose empty tree is
// anchored so that a lost anchor never looks like a new one.
void LogWriter::State::follow_with_anchor() {
    if (anchor.newest() && anchor.newest()->size == edge.size()) return;
    std::string note;
    if (edge.size() == 0) {
        const auto checkpoint = sign_head(note);
        anchor.write(note, checkpoint);
        return;
    }
    if (sql.head.step()) note = sql.head.text(1);
    sql.head.reset();
    const auto checkpoint = tlog::open_checkpoint(note, options.log);
    if (!checkpoint || checkpoint->size != edge.size() || checkpoint->root != edge.root()) {
        throw OperatorError(
            "the database's newest checkpoint is not this log's over its entries. Restore the "
            "newer copy of the state, or open a new log origin in the directory.");
    }
    anchor.write(note, *checkpoint);
}

void LogWriter::State::append(const Hash& entry) {
    edge.append(tlog::leaf_hash(entry));
}

void LogWriter::State::compare_head() {
    std::uint64_t size = 0;
    if (sql.head.step()) {
        size = static_cast<std::uint64_t>(sql.head.integer(0));
        sql.head.reset();
    }
    if (size != edge.size()) throw Failure("another writer has written to this log");
}

tlog::Checkpoint LogWriter::State::sign_head(std::string& note) {
    tlog::Checkpoint checkpoint{
        .origin = options.log.name(), .size = edge.size(), .root = edge.root()};
    note = tlog::sign_note(tlog::checkpoint_text(checkpoint), options.log, options.log_key);
    return checkpoint;
}

// Runs `work` in one transaction; what it appended is durable and anchored when this returns.
void LogWriter::State::commit_batch(const std::function<void()>& work) {
    if (restore_needed) restore();
    restore_needed = true;  // until the commit has gone well
    const auto old_size = edge.size();
    std::string note;
    tlog::Checkpoint checkpoint;
    {
        db::Transaction transaction(connection);
        compare_head();
        work();
        if (edge.size() != old_size) {
            checkpoint = sign_head(note);
            sql.add_head.bind("size", static_cast<std::int64_t>(checkpoint.size))
                .bind("note", note)
                .execute();
            for (const auto& [id, hashes] : edge.take_full_tiles()) {
                sql.add_tile.bind("level", std::int64_t{id.level})
                    .bind("number", static_cast<std::int64_t>(id.index))
                    .bind("hashes", hashes)
                    .bind("root", root_of_tile(hashes))
                    .execute();
            }
        }
        transaction.commit();
    }
    restore_needed = false;
    // State: durable in the database, not yet anchored, nothing has left. If the anchor cannot be
    // written the callers get an error; the next batch, of repeats too, writes it first.
    if (note.empty()) {
        follow_with_anchor();
    } else {
        anchor.write(note, checkpoint);
    }
}

void LogWriter::State::apply(std::vector<Job>& batch) {
    std::vector<RecordResult> results;
    const auto start = monotonic_us();
    const auto changes = connection.total_changes();
    begun.clear();
    bool durable = false;
    try {
        commit_batch([this, &batch, &results] { results = run_jobs(batch); });
        for (auto& result : results) {
            if (result) prove(*result);
        }
        durable = true;
        // Repeats alone are answered from a full disk too.
        if (unwell != disk_full || connection.total_changes() != changes) unwell = nullptr;
    } catch (const db::DiskFull& error) {
        batch_failed(error, disk_full);
        results.assign(batch.size(), std::unexpected(wire::Code::not_ready));
    } catch (const std::exception& error) {
        batch_failed(error, "the log cannot be written");
        results.assign(batch.size(), std::unexpected(wire::Code::internal));
    }
    if (options.observe) options.observe({batch.size(), monotonic_us() - start});
    for (std::size_t i = 0; i < batch.size(); ++i) {
        if (batch[i].record_done) batch[i].record_done(std::move(results[i]));
        if (batch[i].outcome_done) batch[i].outcome_done(durable);
        if (std::holds_alternative<TryAgain>(batch[i].work)) trying_again = false;
    }
}

void LogWriter::State::batch_failed(const std::exception& error, const char* why) {
    options.program_log.error("batch_failed", {{"why", std::string_view(error.what())}});
    unwell = why;
    restore_needed = true;  // a statement may be half-way
    for (const auto& [path, position] : begun)
        tries.end(path, position);
}

// One result for each job; only that of an order is looked at.
std::vector<RecordResult> LogWriter::State::run_jobs(std::vector<Job>& batch) {
    std::vector<RecordResult> results;
    for (auto& job : batch) {
        if (auto* order = std::get_if<RecordOrder>(&job.work)) {
            results.push_back(record(*order));
            continue;
        }
        if (const auto* known = std::get_if<SetOutcome>(&job.work)) {
            outcome(*known);
        } else {
            db::touch(connection);
        }
        results.push_back(std::unexpected(wire::Code::internal));
    }
    return results;
}

RecordResult LogWriter::State::record(RecordOrder& job) {
    sql.find_request.bind("request", job.request);
    if (sql.find_request.step()) return repeat(job);
    if (job.mandate_use) {
        sql.find_use.bind("use", *job.mandate_use);
        if (sql.find_use.step()) {
            sql.find_use.reset();
            return std::unexpected(wire::Code::mandate_used);
        }
    }
    const auto position = static_cast<std::int64_t>(edge.size());
    if (const auto code = judge_path(job, position)) return std::unexpected(*code);
    if (job.miss_path) begun.emplace_back(*job.miss_path, position);
    const PersonRow person = person_of(job);
    sql.next_seq.bind("person", person);
    if (!sql.next_seq.step()) throw Failure("a person is missing");
    const auto seq = sql.next_seq.integer(0);
    const Bytes link_number = sql.next_seq.blob(1);
    sql.next_seq.reset();

    auto& record = job.record;
    record.person_salt = crypto::random_hash();
    record.content = wire::complete_order(
        std::move(job.order_without_person),
        wire::commit_person(record.person_salt, link_number, static_cast<std::uint64_t>(seq)));
    const Hash entry = wire::order_entry(record.salt, as_bytes(record.content));
    insert_access(entry, person, seq, month_of(job.keep_until), record, &job);
    if (job.mandate) {
        sql.add_mandate.bind("hash", job.mandate->hash)
            .bind("expires", job.mandate->expires)
            .bind("sealed", job.mandate->sealed)
            .execute();
        sql.drop_mandates.bind("time", job.mandate->expires - 2 * 86'400).execute();
    }
    return recorded(record, position);
}

// The same request again: the same order, number and receipt, no second entry.
RecordResult LogWriter::State::repeat(const RecordOrder& job) {
    const auto position = sql.find_request.integer(0);
    const bool same = sql.find_request.blob(1) == job.content;
    const auto month = sql.find_request.integer(2);
    const Bytes sealed = sql.find_request.blob(3);
    const auto person = sql.find_request.integer(4);
    const bool has_outcome = !sql.find_request.is_null(5);
    sql.find_request.reset();
    if (!same) return std::unexpected(wire::Code::key_reused);
    // Without an outcome it is a try like a new one: a slow holder must not let them pile up.
    if (job.miss_path && !has_outcome) {
        tries.end(*job.miss_path, position);
        if (const auto code = judge_path(job, position)) return std::unexpected(*code);
    }
    const auto* key = known_month_key(month);
    if (key == nullptr) return std::unexpected(wire::Code::key_reused);  // erased long since
    return recorded(
        read_access(Vault::open_with(*key, "access", access_row(position, person), sealed)),
        position);
}

PersonRow LogWriter::State::person_of(const RecordOrder& job) {
    if (const auto* row = std::get_if<PersonRow>(&job.person)) return *row;
    const auto& series = std::get<NewSeries>(job.person);
    sql.find_series.bind("index", series.indexes.full);
    if (sql.find_series.step()) {
        const auto row = sql.find_series.integer(0);
        sql.find_series.reset();
        return row;
    }
    sql.add_person.bind("link_number", crypto::random_bytes(16)).bind("linked", std::int64_t{0});
    if (!sql.add_person.step()) throw Failure("a person was not inserted");
    const auto row = sql.add_person.integer(0);
    sql.add_person.reset();
    const Bytes sealed = options.vault.seal("identifier", owned_row(series.indexes.full, row),
                                            identifier_plain(series.identifier));
    sql.add_identifier.bind("person", row)
        .bind("full", series.indexes.full)
        .bind("loose", series.indexes.loose)
        .bind("sealed", sealed)
        .execute();
    return row;
}

void LogWriter::State::insert_access(const Hash& entry, PersonRow person, std::int64_t seq,
                                     std::int64_t month, const AccessRecord& record,
                                     const RecordOrder* order) {
    const auto position = static_cast<std::int64_t>(edge.size());
    const Bytes sealed = Vault::seal_with(month_key(month), "access", access_row(position, person),
                                          access_plain(record));
    sql.add_access.bind("position", position)
        .bind("entry", entry)
        .bind("person", person)
        .bind("seq", seq)
        .bind("month", month)
        .bind("sealed", sealed);
    if (order != nullptr) {
        sql.add_access.bind("request", order->request)
            .bind("content", order->content)
            .bind("mandate_use", order->mandate_use);
    }
    sql.add_access.execute();
    append(entry);
}

void LogWriter::State::outcome(const SetOutcome& job) {
    if (job.miss_path) tries.end(*job.miss_path, job.position);
    if (job.miss_path && counts_as_miss(job.outcome)) count_miss(job);
    sql.set_outcome.bind("outcome", wire::to_text(job.outcome))
        .bind("position", job.position)
        .execute();
}

// A try is open until its answer can no longer come.
static_assert(OpenTries::lifetime_us > std::chrono::microseconds(forward_timeout).count());

// Never more tries of one path (a requester, a person or number, a day) under way than misses are
// left.
std::optional<wire::Code> LogWriter::State::judge_path(const RecordOrder& job,
                                                       std::int64_t position) {
    if (!job.miss_path) return std::nullopt;
    sql.misses.bind("path", *job.miss_path);
    const auto misses = sql.misses.step() ? sql.misses.integer(0) : 0;
    sql.misses.reset();
    if (misses >= misses_max) return wire::Code::path_closed;
    const auto now = monotonic_us();
    if (misses + tries.count(*job.miss_path, now) >= misses_max) return wire::Code::overloaded;
    tries.begin(*job.miss_path, position, now);
    return std::nullopt;
}

// A repeat of the same request that misses again is the same miss.
void LogWriter::State::count_miss(const SetOutcome& job) {
    sql.owner.bind("position", job.position);
    if (!sql.owner.step()) throw Failure("an entry is missing");
    const auto before = wire::parse_outcome(sql.owner.optional_text(2).value_or(""));
    const bool counted = before && counts_as_miss(*before);
    sql.owner.reset();
    if (counted) return;
    sql.drop_misses.bind("day", job.day - 1).execute();
    sql.add_miss.bind("path", *job.miss_path).bind("day", job.day);
    if (!sql.add_miss.step()) throw Failure("a miss was not counted");
    const auto misses = sql.add_miss.integer(0);
    sql.add_miss.reset();
    if (misses == misses_max) append_refused(job);
}

// The path is closed for the day: the person sees it as an entry of its own.
void LogWriter::State::append_refused(const SetOutcome& job) {
    sql.owner.bind("position", job.position);
    if (!sql.owner.step()) throw Failure("an entry is missing");
    const auto person = sql.owner.integer(0);
    const auto month = sql.owner.integer(1);
    sql.owner.reset();
    sql.next_seq.bind("person", person);
    if (!sql.next_seq.step()) throw Failure("a person is missing");
    const auto seq = sql.next_seq.integer(0);
    const Bytes link_number = sql.next_seq.blob(1);
    sql.next_seq.reset();

    AccessRecord record;
    record.kind = "refused";
    record.salt = crypto::random_hash();
    record.person_salt = crypto::random_hash();
    json::object content;
    content["time"] = job.time;
    content["requester"] = job.requester;
    content["person"] = base64url(
        wire::commit_person(record.person_salt, link_number, static_cast<std::uint64_t>(seq)));
    record.content = json::serialize(content);
    const Hash entry =
        crypto::sha256({as_bytes("mado/refused/1\n"), record.salt, as_bytes(record.content)});
    insert_access(entry, person, seq, month, record, nullptr);
}

// Fills in proof and checkpoint: those of the batch that appended the entry, also for repeats, so
// that the same request always gets the same receipt.
void LogWriter::State::prove(Recorded& recorded) {
    sql.head_after.bind("position", recorded.position);
    if (!sql.head_after.step()) throw Failure("an entry has no checkpoint");
    const auto size = static_cast<std::uint64_t>(sql.head_after.integer(0));
    recorded.receipt.checkpoint = sql.head_after.text(1);
    sql.head_after.reset();
    const tlog::TileReader stored = [this](tlog::TileId id, unsigned width) {
        return tiles.read(id, width);
    };
    // The edge has the open tiles of the present tree only; an older tree is read from the rows.
    const auto reader = size == edge.size() ? edge.reader(stored) : stored;
    recorded.receipt.proof = tlog::inclusion_proof(recorded.receipt.index, size, reader);
}

const Secret* LogWriter::State::known_month_key(std::int64_t month) {
    if (const auto found = month_keys.find(month); found != month_keys.end()) {
        return &found->second;
    }
    sql.month.bind("month", month);
    if (!sql.month.step()) return nullptr;
    Bytes key = options.vault.open("month_key", row_bytes(month), sql.month.blob(0));
    sql.month.reset();
    Secret secret{ByteView(key)};
    wipe(key);
    return &month_keys.emplace(month, std::move(secret)).first->second;
}

// For a new row: made when it is the month's first.
const Secret& LogWriter::State::month_key(std::int64_t month) {
    if (const auto* known = known_month_key(month)) return *known;
    Secret secret(32);
    crypto::random_fill(secret.writable());
    sql.add_month.bind("month", month)
        .bind("wrapped", options.vault.seal("month_key", row_bytes(month), secret.view()))
        .execute();
    return month_keys.emplace(month, std::move(secret)).first->second;
}

bool counts_as_miss(wire::Outcome outcome) {
    return outcome == wire::Outcome::no_match || outcome == wire::Outcome::refused;
}

// The keys live elsewhere than the state: put together wrongly, every number would be unknown.
void LogWriter::State::compare_with_keys() {
    const Bytes expected = options.vault.index("key-check", {});
    if (sql.key_check.step()) {
        const bool same = sql.key_check.blob(0) == expected;
        const Bytes sealed = sql.key_check.blob(1);
        sql.key_check.reset();
        if (same && options.vault.opens("key_check", {}, sealed)) return;
        throw OperatorError(
            "the keys (seal.key, index.key) are not those that this state was written with. Put "
            "back the keys folder that belongs to it.");
    }
    sql.add_key_check.bind("index_check", expected)
        .bind("seal_check", options.vault.seal("key_check", {}, expected))
        .execute();
}

LogWriter::LogWriter(Options options) : state_(std::make_unique<State>(std::move(options))) {
    state_->compare_with_keys();
    state_->restore();
    state_->follow_with_anchor();
}

LogWriter::~LogWriter() = default;

bool LogWriter::record(RecordOrder job, RecordDone done) {
    return state_->batcher.submit({std::move(job), std::move(done), {}});
}

bool LogWriter::set_outcome(SetOutcome job, OutcomeDone done) {
    return state_->batcher.submit({std::move(job), {}, std::move(done)});
}

void LogWriter::stop() {
    state_->batcher.stop();
}

bool LogWriter::healthy() const {
    return state_->unwell == nullptr;
}

std::optional<std::string_view> LogWriter::unwell() {
    const char* why = state_->unwell;
    if (why == nullptr) return std::nullopt;
    if (!state_->trying_again.exchange(true) && !state_->batcher.submit({TryAgain{}, {}, {}})) {
        state_->trying_again = false;
    }
    return why;
}

std::size_t LogWriter::queued() const {
    return state_->batcher.queued();
}

void LogWriter::append_public_entry(const Hash& entry) {
    auto& state = *state_;
    const Bytes request = state.options.vault.index("public-entry", {entry});
    state.commit_batch([&state, &entry, &request] {
        state.sql.find_request.bind("request", request);
        const bool known = state.sql.find_request.step();
        state.sql.find_request.reset();
        if (known) return;
        state.sql.add_access.bind("position", static_cast<std::int64_t>(state.edge.size()))
            .bind("entry", entry)
            .bind("request", request)
            .execute();
        state.append(entry);
    });
}

bool LogWriter::store_is_empty() {
    const bool any = state_->sql.any_person.step();
    state_->sql.any_person.reset();
    return !any;
}

void LogWriter::import_people(const std::function<std::optional<ImportedPerson>()>& next,
                              const Hash& entry) {
    auto& state = *state_;
    const Vault& vault = state.options.vault;
    const auto insert = [&state, &vault](const ImportedPerson& person) {
        state.sql.add_person.bind("link_number", person.link_number)
            .bind("linked", std::int64_t{1});
        if (!state.sql.add_person.step()) throw Failure("a person was not inserted");
        const auto row = state.sql.add_person.integer(0);
        state.sql.add_person.reset();
        for (const auto& [indexes, identifier] : person.identifiers) {
            state.sql.add_identifier.bind("person", row)
                .bind("full", indexes.full)
                .bind("loose", indexes.loose)
                .bind("sealed", vault.seal("identifier", owned_row(indexes.full, row),
                                           identifier_plain(identifier)))
                .execute();
        }
        for (const auto& card : person.cards) {
            const Bytes index = vault.index("certificate", {card.certificate});
            state.sql.add_card.bind("index", index)
                .bind("person", row)
                .bind("sealed", vault.seal("card_key", owned_row(index, row),
                                           card_key_plain({.person = row,
                                                           .status = card.status,
                                                           .key = card.key,
                                                           .not_after = card.not_after})))
                .execute();
        }
    };
    state.commit_batch([&state, &next, &insert, &entry] {
        while (const auto person = next())
            insert(*person);
        state.sql.add_access.bind("position", static_cast<std::int64_t>(state.edge.size()))
            .bind("entry", entry)
            .execute();
        state.append(entry);
    });
}

}  // namespace mado::relay
