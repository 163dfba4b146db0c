#include "recording.hpp"

#include <boost/json.hpp>
#include <chrono>

#include "crypto/digest.hpp"
#include "holders.hpp"

namespace mado::relay {
namespace {

constexpr std::int64_t mandates_kept_s = 2 * 86'400;  // after their end

Recorded recorded(const AccessRecord& record, std::int64_t log_index) {
    return {.log_index = log_index,
            .holder = *wire::ParticipantId::parse(record.holder),
            .receipt = {.order = to_bytes(record.content),
                        .salt = record.salt,
                        .index = static_cast<std::uint64_t>(log_index),
                        .proof = {},
                        .checkpoint = {}},
            .subject_salt = record.subject_salt,
            .number = record.number,
            .number_salt = record.number_salt,
            .birth_date = record.birth_date};
}

}  // namespace

bool counts_as_miss(wire::Outcome outcome) {
    return outcome == wire::Outcome::no_match || outcome == wire::Outcome::refused;
}

Recording::Statements::Statements(db::Connection& c)
    : find_request(c.prepare("select log_index, content_index, month, sealed, person, outcome "
                             "from access where request_index = :request")),
      find_use(c.prepare("select 1 from access where mandate_use = :use")),
      find_series(c.prepare("select i.person from identifier i join person p on p.id = i.person "
                            "where i.full_index = :index and p.linked = 0 limit 1")),
      add_person(c.prepare("insert into person (link_number, linked, seq) "
                           "values (:link_number, 0, 0) returning id")),
      add_identifier(c.prepare("insert into identifier (person, full_index, loose_index, "
                               "sealed) values (:person, :full, :loose, :sealed)")),
      add_mandate(c.prepare("insert into mandate (hash, expires, sealed) values "
                            "(:hash, :expires, :sealed) on conflict do nothing")),
      drop_mandates(c.prepare("delete from mandate where expires < :time")),
      // What was answered once stays so, whatever a repeat brings.
      set_outcome(c.prepare("update access set outcome = :outcome where log_index = :log_index "
                            "and coalesce(outcome, '') <> 'answered'")),
      owner(c.prepare("select person, month, outcome from access where log_index = :log_index")),
      misses(c.prepare("select misses from miss where path = :path")),
      add_miss(c.prepare("insert into miss (path, day, misses) values (:path, :day, 1) "
                         "on conflict do update set misses = misses + 1 returning misses")),
      drop_misses(c.prepare("delete from miss where day < :day")),
      add_viewer(c.prepare("insert into viewer (viewer_index, month) values (:index, :month) "
                           "on conflict do nothing returning 1")),
      keep_viewer(c.prepare("update viewer set month = :month "
                            "where viewer_index = :index and month < :month")),
      ring(c.prepare("insert into bell (person, log_index, first, rung_at) "
                     "values (:person, :log_index, :first, :time)")),
      count(c.prepare("insert into tally (month, service, requester_kind, purpose, orders) "
                      "values (:month, :service, :requester_kind, :purpose, 1) "
                      "on conflict do update set orders = orders + 1")) {}

Recording::Recording(db::Connection& connection, const Vault& vault, EntryRows& entries,
                     MonthKeys& keys)
    : connection_(connection), vault_(vault), entries_(entries), keys_(keys), sql_(connection) {}

RecordResult Recording::record(RecordOrder& job) {
    sql_.find_request.bind("request", job.request_index);
    if (sql_.find_request.step()) return repeat(job);
    if (job.mandate_use) {
        const db::ResetAtEnd reset(sql_.find_use);
        sql_.find_use.bind("use", *job.mandate_use);
        if (sql_.find_use.step()) {
            return std::unexpected(job.opens ? wire::Code::sealing_invalid
                                             : wire::Code::mandate_used);
        }
    }
    const auto log_index = entries_.next_index();
    if (const auto code = judge_path(job, log_index)) return std::unexpected(*code);
    job.record.content = std::move(job.order_without_person);
    NewEntry entry{.person = person_of(job),
                   .month = month_of(job.keep_until),
                   .record = std::move(job.record),
                   .request_index = std::move(job.request_index),
                   .content_index = std::move(job.content_index),
                   .mandate_use = std::move(job.mandate_use),
                   .opens = job.opens};
    entries_.append(entry);
    tell(job.notice, entry.person, log_index, entry.month, job.time);
    if (job.mandate) keep_mandate(*job.mandate);
    return recorded(entry.record, log_index);
}

// A bell for who looks for the first time and for what the policy tells at once, in the entry's own
// transaction: each is rung exactly once. And the public count.
void Recording::tell(const Notice& notice, PersonRow person, std::int64_t log_index,
                     std::int64_t month, UnixTime time) {
    sql_.count.bind("month", notice.month)
        .bind("service", notice.service)
        .bind("requester_kind", notice.requester_kind)
        .bind("purpose", notice.purpose)
        .execute();
    if (notice.own_view || notice.sealed) return;
    const Bytes index = vault_.index("viewer", {row_bytes(person), as_bytes(notice.requester)});
    const db::ResetAtEnd reset(sql_.add_viewer);
    sql_.add_viewer.bind("index", index).bind("month", month);
    const bool first = sql_.add_viewer.step();
    if (!first) sql_.keep_viewer.bind("index", index).bind("month", month).execute();
    if (first || notice.at_once) ring(person, log_index, first, time);
}

void Recording::ring(PersonRow person, std::int64_t log_index, bool first, UnixTime time) {
    sql_.ring.bind("person", person)
        .bind("log_index", log_index)
        .bind("first", std::int64_t{first})
        .bind("time", time)
        .execute();
}

void Recording::keep_mandate(const MandateRow& mandate) {
    sql_.add_mandate.bind("hash", mandate.hash)
        .bind("expires", mandate.expires)
        .bind("sealed", mandate.sealed)
        .execute();
    sql_.drop_mandates.bind("time", mandate.expires - mandates_kept_s).execute();
}

// The same request again: the same order, number and receipt, no second entry.
RecordResult Recording::repeat(const RecordOrder& job) {
    auto& row = sql_.find_request;
    const auto log_index = row.integer(0);
    const bool same = row.blob(1) == job.content_index;
    const auto month = row.integer(2);
    const auto sealed = row.is_null(3) ? std::nullopt : std::optional(row.blob(3));
    const auto person = row.integer(4);
    const bool has_outcome = !row.is_null(5);
    row.reset();
    if (!same) return std::unexpected(wire::Code::key_reused);
    // Without an outcome it is a try like a new one: a slow holder must not let them pile up.
    if (job.miss_path && !has_outcome) {
        tries_.end(*job.miss_path, log_index);
        if (const auto code = judge_path(job, log_index)) return std::unexpected(*code);
    }
    const auto* key = keys_.find(month);
    if (key == nullptr || !sealed) return std::unexpected(wire::Code::key_reused);  // long erased
    return recorded(
        read_access(Vault::open_with(*key, "access", access_row(log_index, person), *sealed)),
        log_index);
}

PersonRow Recording::person_of(const RecordOrder& job) {
    if (const auto* row = std::get_if<PersonRow>(&job.person)) return *row;
    const auto& series = std::get<NewSeries>(job.person);
    {
        const db::ResetAtEnd reset(sql_.find_series);
        sql_.find_series.bind("index", series.indexes.full);
        if (sql_.find_series.step()) return sql_.find_series.integer(0);
    }
    const db::ResetAtEnd reset(sql_.add_person);
    sql_.add_person.bind("link_number", crypto::random_bytes(16));
    if (!sql_.add_person.step()) throw Failure("a person was not inserted");
    const auto row = sql_.add_person.integer(0);
    const Bytes sealed = vault_.seal("identifier", owned_row(series.indexes.full, row),
                                     identifier_plain(series.identifier));
    sql_.add_identifier.bind("person", row)
        .bind("full", series.indexes.full)
        .bind("loose", series.indexes.loose)
        .bind("sealed", sealed)
        .execute();
    return row;
}

void Recording::append_public(const Hash& entry) {
    const Bytes request = vault_.index("public-entry", {entry});
    {
        const db::ResetAtEnd reset(sql_.find_request);
        sql_.find_request.bind("request", request);
        if (sql_.find_request.step()) return;
    }
    entries_.append_public(entry, request);
}

void Recording::set_outcome(const SetOutcome& job) {
    if (job.miss_path) tries_.end(*job.miss_path, job.log_index);
    if (job.miss_path && counts_as_miss(job.outcome)) count_miss(job);
    sql_.set_outcome.bind("outcome", wire::to_text(job.outcome))
        .bind("log_index", job.log_index)
        .execute();
}

// A try is open until its answer can no longer come.
static_assert(OpenTries::lifetime_us > std::chrono::microseconds(forward_timeout).count());

// Never more tries of one path (a requester, a person or number, a day) under way than misses are
// left.
std::optional<wire::Code> Recording::judge_path(const RecordOrder& job, std::int64_t log_index) {
    if (!job.miss_path) return std::nullopt;
    const db::ResetAtEnd reset(sql_.misses);
    sql_.misses.bind("path", *job.miss_path);
    const auto misses = sql_.misses.step() ? sql_.misses.integer(0) : 0;
    if (misses >= misses_max) return wire::Code::path_closed;
    const auto now = monotonic_us();
    if (misses + tries_.count(*job.miss_path, now) >= misses_max) return wire::Code::overloaded;
    tries_.begin(*job.miss_path, log_index, now);
    begun_.emplace_back(*job.miss_path, log_index);
    return std::nullopt;
}

// A repeat of the same request that misses again is the same miss.
void Recording::count_miss(const SetOutcome& job) {
    {
        const db::ResetAtEnd reset(sql_.owner);
        sql_.owner.bind("log_index", job.log_index);
        if (!sql_.owner.step()) throw Failure("an entry is missing");
        const auto before = wire::parse_outcome(sql_.owner.optional_text(2).value_or(""));
        if (before && counts_as_miss(*before)) return;
    }
    sql_.drop_misses.bind("day", job.day - 1).execute();
    const db::ResetAtEnd reset(sql_.add_miss);
    sql_.add_miss.bind("path", *job.miss_path).bind("day", job.day);
    if (!sql_.add_miss.step()) throw Failure("a miss was not counted");
    if (sql_.add_miss.integer(0) == misses_max) append_refused(job);
}

// The path is closed for the day: the person sees it as an entry of its own.
void Recording::append_refused(const SetOutcome& job) {
    NewEntry entry;
    {
        const db::ResetAtEnd reset(sql_.owner);
        sql_.owner.bind("log_index", job.log_index);
        if (!sql_.owner.step()) throw Failure("an entry is missing");
        entry.person = sql_.owner.integer(0);
        entry.month = sql_.owner.integer(1);
    }
    entry.record.kind = "refused";
    entry.record.salt = crypto::random_hash();
    entry.record.content = wire::without_person({{"time", job.time}, {"requester", job.requester}});
    const auto log_index = entries_.next_index();
    entries_.append(entry);
    ring(entry.person, log_index, false, job.time);
}

void Recording::forget() {
    for (const auto& [path, log_index] : begun_)
        tries_.end(path, log_index);
    sql_ = Statements(connection_);
    entries_.forget();
}

}  // namespace mado::relay
