#include "evidence.hpp"

#include <array>

#include "client/outbox.hpp"

namespace mado::gateway {
namespace {

constexpr std::string_view first =
#include "apps/gateway/schema/001_first.sqlite.sql.hpp"
    ;
constexpr std::string_view second =
#include "apps/gateway/schema/002_changes.sqlite.sql.hpp"
    ;

// The relay opens its entry within a minute; the person's list is not to be behind ours.
constexpr std::int64_t opening_grace_s = 600;
// At a time, so that no answer waits for it.
constexpr std::int64_t erased_max = 500;

db::Connection open_migrated(const std::string& path) {
    db::Connection connection(path, db::Access::create);
    connection.leave_checkpoints();
    connection.run("pragma secure_delete = on");
    db::migrate(connection, std::array{first, second, client::outbox_schema});
    return connection;
}

Hash hash_at(const db::Statement& row, std::size_t column) {
    const auto hash = to_hash(row.blob(column));
    if (!hash) throw Failure("the evidence holds something else than a hash");
    return *hash;
}

OpenOrder open_order(const db::Statement& row) {
    return {.entry = hash_at(row, 0),
            .log_index = static_cast<std::uint64_t>(row.integer(1)),
            .time = row.integer(2),
            .receipt = row.text(3)};
}

}  // namespace

Evidence::Writing::Writing(db::Connection& c)
    : add(c.prepare(
          "insert into evidence (entry, request, log_index, origin, time, keep_until, holder, "
          "number, named, requester, service, outcome, receipt, acceptance, opens, settled) values "
          "(:entry, :request, :log_index, :origin, :time, :keep_until, :holder, :number, :named, "
          ":requester, :service, :outcome, :receipt, :acceptance, :opens, 0) "
          "on conflict (entry) do update set outcome = excluded.outcome, "
          "number = excluded.number, named = excluded.named, "
          "acceptance = coalesce(acceptance, excluded.acceptance) "
          "where excluded.outcome = 'answered' and (outcome is not excluded.outcome or "
          "number is not excluded.number or named is not excluded.named or "
          "(acceptance is null and excluded.acceptance is not null))")),
      // Looked at soon: the holder may decide at any time.
      add_open(c.prepare(
          "insert into open_answer (entry, log_index, time, holder, number, service, question, "
          "said, next_look) values (:entry, :log_index, :time, :holder, :number, :service, "
          ":question, :said, :time) on conflict (entry) do update set said = excluded.said")),
      entry_of(c.prepare("select entry from evidence where request = :request")),
      settle(c.prepare("update evidence set settled = 1 where entry = :entry")),
      follow(c.prepare("insert into followed (origin, note, witnessed_at, settled_at) values "
                       "(:origin, :note, :witnessed_at, :settled_at) on conflict do update set "
                       "note = excluded.note, witnessed_at = excluded.witnessed_at, "
                       "settled_at = excluded.settled_at")),
      contradict(c.prepare("insert into contradiction (origin, found_at, proof) values "
                           "(:origin, :found_at, :proof) on conflict do nothing")),
      // What is not settled stays until it is: nobody gets rid of it by waiting.
      erase(c.prepare("delete from evidence where entry in (select entry from evidence where "
                      "keep_until < :now and settled = 1 limit :count)")) {}

Evidence::Reading::Reading(db::Connection& c)
    : find(c.prepare("select 1 from evidence where entry = :entry")),
      acceptance(c.prepare("select acceptance from evidence where entry = :entry and acceptance is "
                           "not null")),
      asked_about(c.prepare(
          "select entry, log_index, time, requester, service, outcome, named from evidence where "
          "holder = :holder and number = :number and log_index > :after and "
          "(opens is null or opens <= :opened) and keep_until >= :now "
          "order by log_index limit :count")),
      open_orders(c.prepare("select entry, log_index, time, receipt from evidence where "
                            "settled = 0 and origin = :origin and log_index < :below "
                            "order by log_index limit :count")),
      oldest_open(c.prepare("select entry, log_index, time, receipt from evidence where "
                            "settled = 0 and origin = :origin order by time limit 1")),
      followed(
          c.prepare("select note, witnessed_at, settled_at from followed where origin = :origin")),
      contradiction(c.prepare("select proof from contradiction where origin = :origin")) {}

Evidence::Evidence(const std::string& path, const Log& log)
    : log_(log),
      write_(open_migrated(path)),
      checkpointer_(path),
      writing_(write_),
      read_(path, db::Access::read_only),
      reading_(read_),
      writer_({.connection = write_,
               .commit =
                   [this](const std::function<void()>& work) {
                       const auto turn = checkpointer_.turn();
                       db::Transaction transaction(write_);
                       work();
                       transaction.commit();
                   },
               .recover = [this] { writing_ = Writing(write_); },
               .report =
                   [this](std::string_view why) { log_.error("evidence_failed", {{"why", why}}); },
               .observe = {},
               .disk_full = "the disk is full: no evidence can be kept until there is room",
               .broken = "the evidence cannot be written"}) {}

Evidence::~Evidence() = default;

std::optional<std::string_view> Evidence::unwell() {
    const auto why = writer_.unwell();
    return why ? why : checkpointer_.unwell();
}

bool Evidence::known(const Hash& entry) {
    const db::ResetAtEnd reset(reading_.find);
    reading_.find.bind("entry", entry);
    return reading_.find.step();
}

std::optional<std::string> Evidence::acceptance(const Hash& entry) {
    auto& row = reading_.acceptance;
    const db::ResetAtEnd reset(row);
    row.bind("entry", entry);
    return row.step() ? std::optional(row.text(0)) : std::nullopt;
}

std::vector<EvidenceRow> Evidence::asked_about(const AskedAbout& asked) {
    std::vector<EvidenceRow> out;
    auto& rows = reading_.asked_about;
    const db::ResetAtEnd reset(rows);
    rows.bind("holder", asked.holder)
        .bind("number", asked.number)
        .bind("after", static_cast<std::int64_t>(asked.after))
        .bind("count", asked.count)
        .bind("opened", asked.now - opening_grace_s)
        .bind("now", asked.now);
    while (rows.step()) {
        EvidenceRow row;
        row.entry = hash_at(rows, 0);
        row.log_index = static_cast<std::uint64_t>(rows.integer(1));
        row.time = rows.integer(2);
        row.requester = rows.text(3);
        row.service = rows.text(4);
        row.outcome = wire::parse_outcome(rows.text(5)).value_or(wire::Outcome::failed);
        row.named = rows.integer(6) != 0;
        out.push_back(std::move(row));
    }
    return out;
}

std::vector<OpenOrder> Evidence::open_orders(std::string_view origin, std::uint64_t below,
                                             std::int64_t count) {
    std::vector<OpenOrder> out;
    auto& rows = reading_.open_orders;
    const db::ResetAtEnd reset(rows);
    rows.bind("origin", origin)
        .bind("below", static_cast<std::int64_t>(below))
        .bind("count", count);
    while (rows.step())
        out.push_back(open_order(rows));
    return out;
}

std::optional<OpenOrder> Evidence::oldest_open(std::string_view origin) {
    auto& row = reading_.oldest_open;
    const db::ResetAtEnd reset(row);
    row.bind("origin", origin);
    if (!row.step()) return std::nullopt;
    return open_order(row);
}

std::optional<Followed> Evidence::followed(std::string_view origin) {
    const db::ResetAtEnd reset(reading_.followed);
    reading_.followed.bind("origin", origin);
    if (!reading_.followed.step()) return std::nullopt;
    return Followed{.note = reading_.followed.text(0),
                    .witnessed_at = reading_.followed.integer(1),
                    .settled_at = reading_.followed.integer(2)};
}

std::optional<std::string> Evidence::contradiction(std::string_view origin) {
    const db::ResetAtEnd reset(reading_.contradiction);
    reading_.contradiction.bind("origin", origin);
    return reading_.contradiction.step() ? std::optional(reading_.contradiction.text(0))
                                         : std::nullopt;
}

// Work may run twice (BatchWriter::Work): it takes nothing out of what it holds. A job that is not
// taken was not done.
void Evidence::submit(db::BatchWriter::Work work, Done done) {
    const bool taken = writer_.submit(std::move(work), [done](db::Written written) {
        if (done) done(written == db::Written::durable);
    });
    if (!taken && done) done(false);
}

void Evidence::keep(EvidenceRow row, std::function<void(Kept)> done) {
    struct Slot {
        EvidenceRow row;
        Kept kept = Kept::failed;
    };
    auto slot = std::make_shared<Slot>(std::move(row));
    submit([this, slot] { slot->kept = add(slot->row); },
           [slot, done = std::move(done)](bool durable) {
               done(durable ? slot->kept : Kept::failed);
           });
}

void Evidence::settle(std::vector<Hash> entries, Done done) {
    submit(
        [this, entries = std::move(entries)] {
            for (const auto& entry : entries)
                writing_.settle.bind("entry", entry).execute();
        },
        std::move(done));
}

void Evidence::follow(std::string origin, Followed followed, Done done) {
    submit(
        [this, origin = std::move(origin), followed = std::move(followed)] {
            writing_.follow.bind("origin", origin)
                .bind("note", followed.note)
                .bind("witnessed_at", followed.witnessed_at)
                .bind("settled_at", followed.settled_at)
                .execute();
        },
        std::move(done));
}

void Evidence::contradict(std::string origin, std::string proof, UnixTime found_at, Done done) {
    submit(
        [this, origin = std::move(origin), proof = std::move(proof), found_at] {
            writing_.contradict.bind("origin", origin)
                .bind("found_at", found_at)
                .bind("proof", proof)
                .execute();
        },
        std::move(done));
}

void Evidence::with_connection(std::function<void(db::Connection&)> work, Done done) {
    submit([this, work = std::move(work)] { work(write_); }, std::move(done));
}

void Evidence::erase(UnixTime now) {
    auto more = std::make_shared<bool>(false);
    submit(
        [this, more, now] {
            writing_.erase.bind("now", now).bind("count", erased_max).execute();
            *more = write_.changes() == erased_max;
        },
        [this, more, now](bool durable) {
            // A full queue ends it until the next time.
            if (durable && *more) erase(now);
        });
}

// One signed request makes one order. A relay that makes a second of it, about somebody else or
// with another birth date, gets nothing; decided here, where orders come one after the other.
Kept Evidence::add(const EvidenceRow& row) {
    {
        const db::ResetAtEnd reset(writing_.entry_of);
        writing_.entry_of.bind("request", row.request);
        if (writing_.entry_of.step() && hash_at(writing_.entry_of, 0) != row.entry) {
            return Kept::other_order;
        }
    }
    writing_.add.bind("entry", row.entry)
        .bind("request", row.request)
        .bind("log_index", static_cast<std::int64_t>(row.log_index))
        .bind("origin", row.origin)
        .bind("time", row.time)
        .bind("keep_until", row.keep_until)
        .bind("holder", row.holder)
        .bind("number", row.number)
        .bind("named", std::int64_t{row.named})
        .bind("requester", row.requester)
        .bind("service", row.service)
        .bind("outcome", wire::to_text(row.outcome))
        .bind("receipt", row.receipt)
        .bind("acceptance", row.acceptance.empty() ? std::nullopt : std::optional(row.acceptance))
        .bind("opens", row.opens)
        .execute();
    if (row.open) {
        writing_.add_open.bind("entry", row.entry)
            .bind("log_index", static_cast<std::int64_t>(row.log_index))
            .bind("time", row.time)
            .bind("holder", row.holder)
            .bind("number", row.number)
            .bind("service", row.service)
            .bind("question", row.open->question)
            .bind("said", row.open->said)
            .execute();
    }
    return Kept::durable;
}

}  // namespace mado::gateway
