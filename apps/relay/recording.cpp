#include "recording.hpp"

#include <boost/json.hpp>
#include <chrono>

#include "crypto/digest.hpp"
#include "holders.hpp"
#include "wire/order.hpp"

namespace mado::relay {
namespace {

constexpr std::int64_t dropped_rows_max = 1'000;  // at a time: no batch of orders waits for it
constexpr std::size_t viewer_bytes = 1 + 8;       // the key's number and so much of the HMAC

Recorded recorded(const AccessRecord& record, std::int64_t log_index, PersonRow person) {
    return {.log_index = log_index,
            .person = person,
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

std::string head_of(std::string_view order) {
    auto parsed = wire::parse_order(as_bytes(order));
    if (!parsed) throw Failure("an order does not have its form");
    return std::move(parsed->head);
}

// To the last byte of what was signed and sent.
bool same_request(const RecordOrder& job, const AccessRecord& record) {
    return job.record.subject == record.subject &&
           head_of(wire::complete_order(job.order_without_person, {})) == head_of(record.content);
}

}  // namespace

bool counts_as_miss(wire::Outcome outcome) {
    return outcome == wire::Outcome::no_match || outcome == wire::Outcome::refused;
}

Recording::Statements::Statements(db::Connection& c)
    : recorded(c.prepare("select month, sealed, person, outcome from access "
                         "where log_index = :log_index")),
      // What was answered once stays so, whatever a repeat brings.
      set_outcome(c.prepare("update access set outcome = :outcome where log_index = :log_index "
                            "and coalesce(outcome, '') <> 'answered'")),
      owner(c.prepare(
          "select person, month, outcome, entry from access where log_index = :log_index")),
      misses(c.prepare("select misses from miss where path = :path")),
      add_miss(c.prepare("insert into miss (path, day, misses) values (:path, :day, 1) "
                         "on conflict do update set misses = misses + 1 returning misses")),
      drop_misses(c.prepare("delete from miss where day < :day")),
      count(c.prepare("insert into tally (month, service, requester_kind, purpose, orders) "
                      "values (:month, :service, :requester_kind, :purpose, :orders) "
                      "on conflict do update set orders = orders + excluded.orders")),
      judge(c.prepare("insert into judged (name, judged_at) values (:name, :now) "
                      "on conflict do nothing")),
      drop_judged(c.prepare("delete from judged where name in (select name from judged "
                            "where judged_at < :before order by judged_at limit :count)")) {}

Recording::Recording(db::Connection& connection, const Vault& vault, EntryRows& entries,
                     MonthKeys& keys)
    : connection_(connection),
      vault_(vault),
      entries_(entries),
      keys_(keys),
      sql_(connection),
      names_(connection),
      mandates_(connection, vault),
      changed_(connection, vault),
      people_(connection, vault) {}

void Recording::begin() {
    begun_.clear();
    counts_.clear();
    names_.begin();
    mandates_.begin();
}

void Recording::finish() {
    for (const auto& [what, orders] : counts_) {
        const auto& [month, service, requester_kind, purpose] = what;
        sql_.count.bind("month", month)
            .bind("service", service)
            .bind("requester_kind", requester_kind)
            .bind("purpose", purpose)
            .bind("orders", orders)
            .execute();
    }
    names_.finish();
    mandates_.finish();
}

RecordResult Recording::record(RecordOrder& job) {
    if (const auto known = names_.find(job.request.name)) return repeat(job, *known);
    const auto log_index = entries_.next_index();
    if (const auto code = judge_path(job, log_index)) return std::unexpected(*code);
    const auto used = [this](const std::optional<LiveName>& once) {
        return once && names_.contains(once->name);
    };
    if (used(job.check)) return std::unexpected(wire::Code::mandate_used);
    if (used(job.sealing)) return std::unexpected(wire::Code::sealing_invalid);
    const auto person = whose(job);
    if (!person) return std::unexpected(person.error());
    job.record.content = job.order_without_person;
    NewEntry entry{.person = entries_.person(person->person),
                   .month = month_of(job.keep_until),
                   .record = job.record,
                   .time = job.time,
                   .opens = job.opens,
                   .viewer = {},
                   .rings = job.notice.at_once};
    if (!job.notice.own_view) {
        entry.viewer = viewer_index(vault_, entry.person.row, job.notice.requester);
    }
    entries_.append(entry);
    names_.add({job.request.name, job.request.expires, log_index});
    for (const auto* name : {&job.check, &job.sealing}) {
        if (*name) names_.add(**name);
    }
    for (const auto& mandate : job.mandates)
        mandates_.add(mandate);
    if (const auto* change = std::get_if<Change>(&job.person)) {
        answered(job, log_index, *person);
        if (const auto changed = changed_by(*change, job.time)) changed_.add(*changed);
    }
    const auto& notice = job.notice;
    ++counts_[{notice.month, notice.service, notice.requester_kind, notice.purpose}];
    return recorded(entry.record, log_index, entry.person.row);
}

std::optional<ChangedFor> changed_by(const Change& change, UnixTime now) {
    const auto* told = std::get_if<AnswerTold>(&change.told);
    if (told == nullptr) return std::nullopt;
    return ChangedFor{.requester = told->requester.value(),
                      .what = {.order = told->entry,
                               .index = static_cast<std::uint64_t>(told->log_index),
                               .service = told->service.value()},
                      .told_at = now};
}

Bytes viewer_index(const Vault& vault, PersonRow person, std::string_view requester) {
    Bytes out = vault.index("viewer", {row_bytes(person), as_bytes(requester)});
    out.resize(viewer_bytes);
    return out;
}

void Recording::remember(const LiveMandate& mandate) {
    mandates_.add(mandate);
}

bool Recording::drop_ended(UnixTime now) {
    const bool more_names = names_.drop_ended(now);
    const bool more_changed = changed_.drop_old(now - changed_kept_s);
    sql_.drop_judged.bind("before", now - judged_kept_s).bind("count", dropped_rows_max).execute();
    const bool more_judged = connection_.changes() == dropped_rows_max;
    return mandates_.drop_ended(now) || more_names || more_changed || more_judged;
}

// The same request again: the same order, number and receipt, no second entry.
RecordResult Recording::repeat(const RecordOrder& job, std::int64_t log_index) {
    auto& row = sql_.recorded;
    const db::ResetAtEnd reset(row);
    row.bind("log_index", log_index);
    if (!row.step()) throw Failure("an entry is missing");
    const auto* key = keys_.find(row.integer(0));
    if (key == nullptr || row.is_null(1)) return std::unexpected(wire::Code::key_reused);  // erased
    const auto record = read_access(
        Vault::open_with(*key, "access", access_row(log_index, row.integer(2)), row.blob(1)));
    if (!same_request(job, record)) return std::unexpected(wire::Code::key_reused);
    // Without an outcome it is a try like a new one: a slow holder must not let them pile up.
    if (job.miss_path && row.is_null(3)) {
        tries_.end(*job.miss_path, log_index);
        if (const auto code = judge_path(job, log_index)) return std::unexpected(*code);
    }
    return recorded(record, log_index, row.integer(2));
}

// Who it is about; a change is made here.
std::expected<PersonRows::Changed, wire::Code> Recording::whose(const RecordOrder& job) {
    if (const auto* known = std::get_if<Person>(&job.person)) {
        return PersonRows::Changed{.person = known->row};
    }
    if (const auto* series = std::get_if<NewSeries>(&job.person)) {
        return PersonRows::Changed{.person = people_.whose(*series)};
    }
    return people_.apply(std::get<Change>(job.person), entries_.next_index());
}

// What the relay was told is done with its entry; series that it gave the person end here.
void Recording::answered(const RecordOrder& job, std::int64_t log_index,
                         const PersonRows::Changed& changed) {
    sql_.set_outcome.bind("outcome", wire::to_text(wire::Outcome::answered))
        .bind("log_index", log_index)
        .execute();
    for (const auto row : changed.joined) {
        auto record = new_record("joined");
        record.content =
            wire::without_person({{"time", job.time},
                                  {"link_number", base64url(entries_.person(row).link_number)},
                                  {"last_seq", entries_.last_seq(row)}});
        people_.close(row, entries_.next_index());
        NewEntry entry{.person = entries_.person(changed.person),
                       .month = month_of(job.keep_until),
                       .record = record,
                       .time = job.time};
        entries_.append(entry);
    }
}

void Recording::set_outcome(const SetOutcome& job) {
    if (job.miss_path) tries_.end(*job.miss_path, job.log_index);
    if (job.miss_path && counts_as_miss(job.outcome)) count_miss(job);
    if (job.named) append_named(job);
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
    if (count(*job.miss_path, job.day) == misses_max) append_refused(job);
}

// The path is closed for the day: the person sees it as an entry of its own.
void Recording::append_refused(const SetOutcome& job) {
    auto record = new_record("refused");
    record.content = wire::without_person({{"time", job.time}, {"requester", job.requester}});
    NewEntry entry{.person = {}, .record = record, .time = job.time, .rings = true};
    {
        const db::ResetAtEnd reset(sql_.owner);
        sql_.owner.bind("log_index", job.log_index);
        if (!sql_.owner.step()) throw Failure("an entry is missing");
        entry.person = entries_.person(sql_.owner.integer(0));
        entry.month = sql_.owner.integer(1);
    }
    entries_.append(entry);
}

std::int64_t Recording::count(const Bytes& path, std::int64_t day) {
    const db::ResetAtEnd reset(sql_.add_miss);
    sql_.add_miss.bind("path", path).bind("day", day);
    if (!sql_.add_miss.step()) throw Failure("a try was not counted");
    return sql_.add_miss.integer(0);
}

void Recording::note_judged(const JudgedSignature& job) {
    sql_.judge.bind("name", job.name).bind("now", job.now).execute();
}

void Recording::note_refused(const RefusedTry& job) {
    sql_.drop_misses.bind("day", job.day - 1).execute();
    if (count(job.path, job.day) > 1) return;
    if (count(job.of_requester, job.day) > refused_tries_max) return;
    const auto* series = std::get_if<NewSeries>(&job.whose);
    const auto person = series != nullptr ? people_.whose(*series) : std::get<PersonRow>(job.whose);
    auto record = new_record("refused");
    record.content = wire::without_person({{"time", job.time},
                                           {"requester", job.requester},
                                           {"service", job.service},
                                           {"scheme", job.scheme}});
    NewEntry entry{.person = entries_.person(person),
                   .month = month_of(job.keep_until),
                   .record = record,
                   .time = job.time,
                   .rings = true};
    entries_.append(entry);
}

// Once, whatever a repeat brings. The order stays where it is, in nobody's list; who asked has
// looked at this person now, and rings as for any look.
void Recording::append_named(const SetOutcome& job) {
    auto record = new_record("named");
    NewEntry entry{.person = {}, .record = record, .time = job.time};
    {
        const db::ResetAtEnd reset(sql_.owner);
        sql_.owner.bind("log_index", job.log_index);
        if (!sql_.owner.step()) throw Failure("an entry is missing");
        const auto answered = wire::to_text(wire::Outcome::answered);
        if (sql_.owner.optional_text(2).value_or("") == answered) return;
        entry.month = sql_.owner.integer(1);
        record.content = wire::without_person({{"time", job.time},
                                               {"index", job.log_index},
                                               {"entry", base64url(sql_.owner.blob(3))}});
    }
    entry.person = entries_.person(people_.whose(*job.named));
    entry.viewer = viewer_index(vault_, entry.person.row, job.requester);
    entry.rings = job.rings;
    entries_.append(entry);
}

void Recording::forget() {
    for (const auto& [path, log_index] : begun_)
        tries_.end(path, log_index);
    sql_ = Statements(connection_);
    names_.forget();
    mandates_.forget();
    changed_.forget();
    people_.forget();
    entries_.forget();
}

}  // namespace mado::relay
