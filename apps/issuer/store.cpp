#include "store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <charconv>

#include "base/file.hpp"
#include "crypto/aead.hpp"
#include "crypto/digest.hpp"
#include "orders.hpp"
#include "wire/to_relay.hpp"

namespace mado::issuer {
namespace {

constexpr std::string_view first =
#include "apps/issuer/schema/001_first.sqlite.sql.hpp"
    ;

constexpr std::string_view second =
#include "apps/issuer/schema/002_certificates.sqlite.sql.hpp"
    ;

constexpr std::size_t line_bytes_max = 128 * 1024;
// That are kept in memory, of 2 to 20 KB each.
constexpr std::size_t known_max = 2'000;

db::Connection open_migrated(const std::string& path) {
    db::Connection connection(path, db::Access::create);
    const std::array migrations{first, client::outbox_schema, second};
    db::migrate(connection, migrations);
    connection.run("pragma secure_delete = on");  // what is erased does not lie in a free page
    return connection;
}

Secret read_key(const std::string& path) {
    auto key = read_secret_file(path);
    if (key.size() != crypto::aead_key_bytes) {
        throw OperatorError("the key file must have exactly 32 bytes: " + path);
    }
    return key;
}

// One key for each purpose.
Secret derived(const Secret& key, std::string_view purpose) {
    return Secret(crypto::hmac_sha256(key.view(), {as_bytes(purpose)}));
}

Bytes bound_to(CaseId id, std::int64_t line) {
    Bytes out;
    append_u64(out, static_cast<std::uint64_t>(id));
    append_u64(out, static_cast<std::uint64_t>(line));
    return out;
}

// As it is typed by different people on different days.
std::string who_text(Date birth_date, std::string_view kana) {
    return to_text(birth_date) + "\n" + wire::normalise(kana).value_or("");
}

// The whole card that the person had before.
bool makes_an_end(const Case& one) {
    switch (one.kind) {
        case Kind::replacement:
        case Kind::from_abroad:
        case Kind::exchange:
            return one.has_done(activate_order);
        case Kind::end:
            return one.has_done(revoke_card_order);
        case Kind::first:
        case Kind::stop:
        case Kind::unlock:
        case Kind::change:
        case Kind::renewal:
        case Kind::existing:
        case Kind::number:
        case Kind::birth:
            return false;
    }
    return false;
}

bool is_only(const std::vector<Todo>& todos, Step step) {
    return std::ranges::all_of(todos, [step](const Todo& one) { return one.step == step; });
}

// By the issuing number, or it may be.
bool is_known_to_relay(const Case& one) {
    return one.taken_on || !one.linked.empty() || one.has_done(link_order) ||
           one.is_in_doubt(link_order);
}

// Whose act it is that orders follow from: none is, where anybody with a slip has stopped a card,
// and what that gives up, nor where a register has said it: of what is only noted nothing follows.
void take_hand(std::string& clerk, const Happening& what, const std::string& by, const Case& one) {
    const auto* said = std::get_if<Said>(&what);
    const bool may_be_nobodys =
        std::holds_alternative<StoppedAgain>(what) || std::holds_alternative<Cancelled>(what) ||
        std::holds_alternative<Overtaken>(what) || (said != nullptr && one.said == *said);
    if (!by.empty() || may_be_nobodys) clerk = by;
}

}  // namespace

Store::Statements::Statements(db::Connection& c)
    : open(c.prepare("insert into issue (number, opened_at, person_index, given_index) "
                     "values (:number, :at, :person, :given) returning id")),
      give(c.prepare("insert into given (number_index) values (:index) on conflict do nothing")),
      find(c.prepare("select number, opened_at from issue where id = :id")),
      find_number(c.prepare("select id from issue where number = :number")),
      find_who(
          c.prepare("select id from issue where who_index = :index order by id desc limit 50")),
      find_given(c.prepare("select id from issue where given_index = :index limit 1")),
      find_stop(c.prepare("select id from issue where stop_index = :index")),
      find_resident(c.prepare("select id from issue where resident_index = :index and person_index "
                              "is not (select person_index from issue where id = :but) limit 1")),
      find_person(c.prepare("select id from issue where person_index = :index limit 1")),
      of_person(c.prepare("select other.id from issue join issue as other "
                          "on other.person_index = issue.person_index "
                          "where issue.id = :id order by other.id")),
      stop_code(c.prepare(
          "update issue set stop_index = case when id = :id then :index end where person_index = "
          "(select person_index from issue where id = :id) and (id = :id or stop_index is not "
          "null)")),
      lines(c.prepare("select line, at, clerk, sealed from happening where issue = :id "
                      "order by line")),
      open_cases(c.prepare("select id from issue where ended_at is null and id > :after "
                           "order by id limit :count")),
      waiting(c.prepare("select id from issue where ended_at is null and "
                        "(batch is null or to_apply = 0) order by waits_since, id limit :count")),
      waiting_at(c.prepare("select id from issue where ended_at is null and "
                           "(batch is null or to_apply = 0) and municipality = :where "
                           "order by waits_since, id limit :count")),
      batch(c.prepare("update issue set batch = :batch where id = :id")),
      batches(c.prepare("select batch, min(opened_at), count(*) from issue where batch is not null "
                        "and batch < :before and ended_at is null group by batch order by batch "
                        "desc limit :count")),
      batches_at(c.prepare(
          "select batch, min(opened_at), count(*) from issue where batch is not "
          "null and batch < :before and ended_at is null and municipality = :where group by batch "
          "order by batch desc limit :count")),
      batch_cases(c.prepare("select id from issue where batch = :batch and "
                            "(:where is null or municipality = :where) order by id limit :count")),
      add(c.prepare("insert into happening (issue, line, at, clerk, sealed) "
                    "values (:issue, :line, :at, :clerk, :sealed)")),
      stands(c.prepare("update issue set ended_at = :ended, waits_since = :since, "
                       "municipality = :where, stays = max(stays, :stays), died = :died, "
                       "to_apply = :to_apply, resident_index = :resident where id = :id")),
      who(c.prepare("update issue set who_index = :index where id = :id")),
      add_operator(c.prepare("insert into operator (jti_index, issue, at, sealed) "
                             "values (:index, :id, :at, :sealed)")),
      find_operator(c.prepare("select issue, sealed from operator where jti_index = :index")),
      add_card(c.prepare("insert into certificate (card_index, issue, not_after) "
                         "values (:index, :id, :until) on conflict do nothing")),
      find_card(c.prepare("select issue from certificate where card_index = :index")),
      ending(c.prepare("select card_index, issue, not_after from certificate "
                       "where not_after > :now and not_after <= :first and "
                       "(not_after, card_index) > (:after, :card) and "
                       "noticed < case when not_after <= :third then 3 "
                       "when not_after <= :second then 2 else 1 end "
                       "order by not_after, card_index limit :count")),
      noticed(c.prepare("update certificate set noticed = :count where card_index = :index")),
      over(c.prepare("select id, not exists (select 1 from issue as other "
                     "where other.person_index = issue.person_index and "
                     "(other.ended_at is null or other.ended_at >= :before or "
                     "other.counts_until >= :before)) and "
                     "(select max(other.died) or not max(other.stays) from issue as other "
                     "where other.person_index = issue.person_index) "
                     "from issue where id > :after order by id limit :count")),
      counts(c.prepare("update issue set counts_until = :until where id = :id")),
      erase_hands(c.prepare("delete from operator where jti_index in "
                            "(select jti_index from operator where at < :before limit :count)")),
      erase{c.prepare("delete from happening where issue = :id"),
            c.prepare("delete from operator where issue = :id"),
            c.prepare("delete from certificate where issue = :id"),
            c.prepare("delete from issue where id = :id")} {}

Store::Store(const std::string& path, const std::string& folder, const wire::Schemes& schemes)
    : seal_key_(read_key(folder + "/store.key")),
      index_key_(derived(seal_key_, "index")),
      outbox_key_(derived(seal_key_, "outbox")),
      schemes_(schemes),
      connection_(open_migrated(path)),
      outbox_(connection_, outbox_key_),
      sql_(connection_) {}

Bytes Store::index(std::string_view purpose, std::string_view text) const {
    return to_bytes(crypto::hmac_sha256(index_key_.view(),
                                        {as_bytes(purpose), as_bytes("\n"), as_bytes(text)}));
}

Hash Store::salt_key() const {
    return crypto::hmac_sha256(seal_key_.view(), {as_bytes("confirmed")});
}

// The person looks for the card perhaps; of a stop that was overtaken it is another card.
bool Store::is_kept_from_chip(CaseId id) {
    return is_in_old_chip(find(id).one) &&
           std::ranges::any_of(cases_of_person(id), [](const Case& stop) {
               return stop.kind == Kind::stop && !stop.found && !stop.overtaken && !has_ended(stop);
           });
}

CaseFile Store::find(CaseId id) {
    return known(id).file;
}

Store::Known& Store::known(CaseId id) {
    if (const auto found = known_.find(id); found != known_.end()) return found->second;
    Known out;
    out.file.id = id;
    {
        const db::ResetAtEnd reset(sql_.find);
        sql_.find.bind("id", id);
        if (!sql_.find.step()) throw Failure("a case is not in the store");
        out.file.number = sql_.find.text(0);
        out.file.opened_at = sql_.find.integer(1);
    }
    for (const auto& line : lines(id)) {
        auto next = after(out.file.one, line.what, line.at, line.clerk);
        if (!next) throw Failure("what happened to a case does not follow from what was before");
        out.file.one = std::move(*next);
        take_hand(out.file.clerk, line.what, line.clerk, out.file.one);
        ++out.lines;
    }
    if (known_.size() >= known_max) known_.clear();
    return known_.emplace(id, std::move(out)).first->second;
}

Store::Together::Together(Store& store) : store_(store) {
    if (store_.together_++ == 0) transaction_.emplace(store_.connection_);
}

void Store::Together::commit() {
    if (store_.spoiled_) throw Failure("a part of what was to be written together was not");
    if (transaction_) transaction_->commit();
    committed_ = true;
}

Store::Together::~Together() {
    --store_.together_;
    if (!committed_ && store_.wrote_) {
        store_.known_.clear();
        store_.spoiled_ = true;
    }
    if (transaction_) store_.spoiled_ = store_.wrote_ = false;
}

std::vector<CaseId> Store::find(Date birth_date, std::string_view kana) {
    std::vector<CaseId> out;
    const db::ResetAtEnd reset(sql_.find_who);
    sql_.find_who.bind("index", index("who", who_text(birth_date, kana)));
    while (sql_.find_who.step())
        out.push_back(sql_.find_who.integer(0));
    return out;
}

// Whoever moves has the same number, of another municipality.
Bytes Store::resident_index(const wire::PersonNumber& number) const {
    auto own = number;
    if (const auto* scheme = schemes_.find(number.scheme)) {
        std::erase_if(own.fields,
                      [&](const auto& field) { return field.first == scheme->holder_field; });
    }
    return index("resident-number", as_text(wire::index_material(own)));
}

// Of what people say. What a register gives a newborn is looked at before it is linked (send).
bool Store::is_another_persons(const Case& one, CaseId id, const Happening& what) {
    const auto* corrected = std::get_if<Corrected>(&what);
    const bool brings = std::holds_alternative<Applied>(what) ||
                        std::holds_alternative<TakenOn>(what) ||
                        (corrected != nullptr && corrected->role == Role::resident);
    return brings && find_known(one.claims, id);
}

Bytes Store::card_key(const Hash& certificate) const {
    return index("card", base64url(certificate));
}

// Within the caller's Together.
void Store::add_cards(const Case& one, CaseId id) {
    UnixTime until = 0;
    for (const auto& [use, text] : one.certificates) {
        const auto certificate = read_certificate(text);
        until = std::max(until, certificate.not_after());
        if (info(one.kind).foreign) continue;  // another authority's
        sql_.add_card.bind("index", card_key(certificate.thumbprint()))
            .bind("id", id)
            .bind("until", certificate.not_after())
            .execute();
    }
    sql_.counts.bind("id", id).bind("until", until).execute();
}

void Store::noticed(const std::vector<Ending>& which) {
    Together together(*this);
    for (const auto& one : which)
        sql_.noticed.bind("count", one.count).bind("index", one.card).execute();
    together.commit();
}

std::string Store::notice_id(const Ending& what) const {
    constexpr std::size_t id_bytes = 12;
    const auto name = index("notice", fmt::format("{} {}", base64url(what.card), what.days));
    return hex(ByteView(name).first(id_bytes));
}

Store::Erased Store::erase_people(UnixTime before, CaseId after, std::size_t count_max) {
    Erased out;
    std::vector<CaseId> over;
    {
        auto& row = sql_.over;
        const db::ResetAtEnd reset(row);
        row.bind("before", before).bind("after", after);
        row.bind("count", static_cast<std::int64_t>(count_max));
        while (row.step()) {
            out.last = row.integer(0);
            if (row.integer(1) != 0) over.push_back(*out.last);
        }
    }
    for (const auto id : over) {
        Together together(*this);
        const auto all = of_person(id);  // none: they were erased with another case of theirs
        for (const auto each : all) {
            for (auto& statement : sql_.erase)
                statement.bind("id", each).execute();
        }
        together.commit();
        for (const auto each : all)
            known_.erase(each);
        if (!all.empty()) ++out.people;
    }
    return out;
}

std::int64_t Store::erase_hands(UnixTime before, std::size_t count_max) {
    sql_.erase_hands.bind("before", before)
        .bind("count", static_cast<std::int64_t>(count_max))
        .execute();
    return connection_.changes();
}

std::string Store::stop_index(std::string_view code) const {
    return base64url(index("stop-code", code));
}

std::vector<Line> Store::lines(CaseId id) {
    std::vector<Line> out;
    auto& row = sql_.lines;
    const db::ResetAtEnd reset(row);
    row.bind("id", id);
    while (row.step()) {
        auto text = crypto::aead_open(seal_key_.view(), row.blob(3), bound_to(id, row.integer(0)));
        if (!text) throw Failure("what happened to a case does not open: another key, or altered");
        const auto object = parse_json_object(as_text(*text), {.text_bytes_max = line_bytes_max});
        wipe(*text);
        auto what = object ? read_happening(*object, schemes_) : std::unexpected(object.error());
        if (!what) throw Failure("what happened to a case cannot be read");
        out.push_back({.at = row.integer(1),
                       .clerk = row.optional_text(2).value_or(""),
                       .what = std::move(*what)});
    }
    return out;
}

// Within the caller's Together.
std::expected<Case, Misfit> Store::write(CaseId id, const Happening& what, const By& by) {
    // The card that the person has, and perhaps looks for, gets no new keys and no PIN meanwhile.
    const bool in_chip =
        std::holds_alternative<KeysMade>(what) || std::holds_alternative<PinSet>(what);
    if (in_chip && is_kept_from_chip(id)) return std::unexpected(Misfit::other_case);
    const auto* again = std::get_if<TryAgain>(&what);
    if (again != nullptr && again->order == activate_order &&
        is_kept_stopped(cases_of_person(id), find(id).one)) {
        return std::unexpected(Misfit::other_case);
    }
    auto& now = known(id);
    auto next = after(now.file.one, what, by.at, by.clerk);
    if (!next || *next == now.file.one) return next;
    if (is_another_persons(*next, id, what)) return std::unexpected(Misfit::known_person);
    const auto line = now.lines + 1;
    const bool ends = makes_an_end(*next) && !makes_an_end(now.file.one);
    const bool is_active = next->has_done(activate_order) && !now.file.one.has_done(activate_order);
    auto text = json::serialize(happening_json(what));
    wrote_ = true;
    sql_.add.bind("issue", id)
        .bind("line", line)
        .bind("at", by.at)
        .bind("clerk", by.clerk.empty() ? std::nullopt : std::optional(by.clerk))
        .bind("sealed", crypto::aead_seal(seal_key_.view(), as_bytes(text), bound_to(id, line)))
        .execute();
    wipe(text);
    if (const auto& person = who_of(*next); person && who_of(now.file.one) != person) {
        sql_.who.bind("id", id)
            .bind("index", index("who", who_text(person->birth_date, person->kana)))
            .execute();
    }
    if (!next->stop_index.empty() && now.file.one.stop_index != next->stop_index) {
        sql_.stop_code.bind("id", id)
            .bind("index", must(parse_base64url(next->stop_index), "an index of a stop code"))
            .execute();
    }
    const auto todos = todo(*next);
    const auto oldest = std::ranges::min_element(todos, {}, &Todo::since);
    const bool waits = oldest != todos.end();
    const auto where = municipality_of(*next, schemes_);
    const auto* resident = linked_resident(*next);
    sql_.stands.bind("id", id)
        .bind("ended", waits ? std::nullopt : std::optional(by.at))
        .bind("stays", std::int64_t{is_known_to_relay(*next)})
        .bind("died", std::int64_t{next->kind == Kind::end && next->reason == "death" &&
                                   next->has_done(revoke_card_order)})
        .bind("where", where.empty() ? std::nullopt : std::optional(where))
        .bind("to_apply", std::int64_t{next->invited && waits && is_only(todos, Step::apply)})
        .bind("resident",
              resident == nullptr ? std::nullopt : std::optional(resident_index(resident->number)))
        .bind("since", waits ? std::optional(oldest->since) : std::nullopt)
        .execute();
    now.file.one = *next;
    take_hand(now.file.clerk, what, by.clerk, *next);
    now.lines = line;
    if (is_active) add_cards(*next, id);
    if (ends) overtake(id, by);
    return next;
}

// Whoever looks for the card that was stopped need not any more; but a stop of the new one stays.
void Store::overtake(CaseId by_case, const By& by) {
    const auto made = find(by_case).one.certificates;
    const auto is_new = [&made](const Before& card) {
        const auto found = made.find(card.use);
        return found != made.end() && found->second == card.certificate;
    };
    for (const auto id : of_person(by_case)) {
        const auto one = find(id).one;
        if (one.kind != Kind::stop || has_ended(one)) continue;
        if (std::ranges::any_of(one.before, is_new)) continue;
        if (!write(id, Overtaken{}, {.at = by.at})) throw Failure("a stop is not overtaken");
    }
}

std::expected<Case, Misfit> Store::add(CaseId id, const Happening& what, By by) {
    Together together(*this);
    auto next = write(id, what, by);
    if (next) together.commit();
    return next;
}

std::expected<Case, Misfit> Store::send(CaseId id, OrderName order, const ToSend& what, By by) {
    // Of two cases of one person that were both applied for, one is linked.
    const bool links = order == link_order || order.kind == OrderKind::start_link;
    if (links && find_known(find(id).one.claims, id)) {
        return std::unexpected(Misfit::known_person);
    }
    Together together(*this);
    auto next = write(id, Sent{order}, by);
    if (!next) return next;
    outbox_.put(outbox_name(id, order), what.request, by.at,
                {.lane = base64url(index("to", what.to)), .urgent = is_urgent(order.kind)});
    keep(id, what.by, by.at);
    together.commit();
    return next;
}

void Store::renew(CaseId id, OrderName order, const ToSend& what, UnixTime now) {
    Together together(*this);
    outbox_.renew(outbox_name(id, order), what.request);
    keep(id, what.by, now);
    together.commit();
}

void Store::keep(CaseId id, const std::optional<Operator>& by, UnixTime at) {
    if (!by) return;
    const auto key = index("jti", by->jti);
    auto text = json::serialize(json::object{{"name", by->name}, {"salt", base64url(by->salt)}});
    sql_.add_operator.bind("index", key)
        .bind("id", id)
        .bind("at", at)
        .bind("sealed", crypto::aead_seal(seal_key_.view(), as_bytes(text), key))
        .execute();
    wipe(text);
}

std::optional<Store::WhoAsked> Store::find_operator(std::string_view jti) {
    const auto key = index("jti", jti);
    auto& row = sql_.find_operator;
    const db::ResetAtEnd reset(row);
    row.bind("index", key);
    if (!row.step()) return std::nullopt;
    const auto text = crypto::aead_open(seal_key_.view(), row.blob(1), key);
    const auto object = text ? parse_json_object(as_text(*text)) : bad("");
    if (!object) throw Failure("who has asked does not open: another key, or altered");
    Members in(*object);
    WhoAsked out{.id = row.integer(0),
                 .by = {.jti = std::string(jti),
                        .name = in.text("name", wire::operator_name_bytes_max),
                        .salt = in.hash("salt")}};
    if (!in.finish()) throw Failure("who has asked does not have its form");
    return out;
}

Store::SealedName Store::seal_clerk(std::string_view name) const {
    return {.index = crypto::hmac_sha256(index_key_.view(), {as_bytes("clerk\n"), as_bytes(name)}),
            .sealed = crypto::aead_seal(seal_key_.view(), as_bytes(name), as_bytes("clerk"))};
}

std::string Store::open_clerk(ByteView sealed) const {
    const auto name = crypto::aead_open(seal_key_.view(), sealed, as_bytes("clerk"));
    if (!name) throw Failure("a clerk's name does not open: another key, or altered");
    return std::string(as_text(*name));
}

std::expected<Case, Misfit> Store::refuse(CaseId id, OrderName order, const std::string& code,
                                          By by) {
    Together together(*this);
    auto next = write(id, Sent{order}, by);
    if (next) next = write(id, Refused{order, code}, by);
    if (next) together.commit();
    return next;
}

std::expected<Case, Misfit> Store::answer(CaseId id, OrderName order, const Happening& what,
                                          By by) {
    Together together(*this);
    auto next = write(id, what, by);
    if (!next) return next;
    outbox_.remove(outbox_name(id, order));
    together.commit();
    return next;
}

std::string outbox_name(CaseId id, OrderName order) {
    return std::to_string(id) + "/" + std::string(to_text(order.kind)) + "/" +
           std::to_string(order.item);
}

std::optional<OutboxName> parse_outbox_name(std::string_view name) {
    const auto first_slash = name.find('/');
    const auto last_slash = name.rfind('/');
    if (first_slash == name.npos || first_slash == last_slash) return std::nullopt;
    const auto number = [](std::string_view text, auto& out) {
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
        return error == std::errc() && end == text.data() + text.size();
    };
    const auto kind = parse_order_kind(name.substr(first_slash + 1, last_slash - first_slash - 1));
    OutboxName out;
    if (!kind || !number(name.substr(0, first_slash), out.id) ||
        !number(name.substr(last_slash + 1), out.order.item)) {
        return std::nullopt;
    }
    out.order.kind = *kind;
    return out;
}

}  // namespace mado::issuer
