#include "store.hpp"

#include <algorithm>
#include <array>

namespace mado::ca {
namespace {

constexpr std::array<std::string_view, 2> migrations{
#include "apps/ca/schema/001_first.sqlite.sql.hpp"
    ,
#include "apps/ca/schema/002_confirmations.sqlite.sql.hpp"
};

db::Connection open_migrated(const std::string& path) {
    db::Connection connection(path, db::Access::create);
    db::migrate(connection, migrations);
    return connection;
}

[[noreturn]] void not_ours(const char* what) {
    throw Failure(std::string("the authority's store was altered: ") + what);
}

Status read_status(std::string_view text) {
    for (const auto status : {Status::good, Status::suspended, Status::revoked}) {
        if (to_text(status) == text) return status;
    }
    not_ours("a status that there is not");
}

Use read_use(std::string_view text) {
    for (const auto use : {Use::authentication, Use::signing}) {
        if (to_text(use) == text) return use;
    }
    not_ours("a use that there is not");
}

crypto::Serial read_serial(const std::string& text) {
    const auto serial = parse_serial(text);
    if (!serial) not_ours("a serial number that is none");
    return *serial;
}

// Of the statements below, whose columns are these.
constexpr std::string_view kept_columns =
    "serial, number, use, not_after, status, reason, log_index";
std::vector<Kept> read_kept(db::Statement& statement) {
    const db::ResetAtEnd reset(statement);
    std::vector<Kept> out;
    while (statement.step()) {
        out.push_back({.serial = statement.text(0),
                       .number = statement.text(1),
                       .use = read_use(statement.text(2)),
                       .not_after = statement.integer(3),
                       .status = read_status(statement.text(4)),
                       .reason = statement.optional_text(5),
                       .log_index = statement.integer(6)});
    }
    return out;
}

std::string select_kept(std::string_view where) {
    return "select " + std::string(kept_columns) + " from certificate where " + std::string(where);
}

}  // namespace

Store::Store(const std::string& path)
    : connection_(open_migrated(path)),
      version_(connection_.prepare("pragma data_version")),
      undecided_(connection_.prepare(
          "select ordered.line, number, act, public_key, name, kana, address, birth_date, sex, "
          "ordered.serial, reason, log_index, confirmed_by, answer, salt, taken_on "
          "from ordered left join decided on decided.line = "
          "ordered.line "
          "where ordered.line >= :first and decided.line is null "
          "order by act like 'issue-%', ordered.line limit :max")),
      first_undecided_(connection_.prepare(
          "select coalesce((select ordered.line from ordered left join decided "
          "on decided.line = ordered.line where ordered.line >= :first and decided.line is null "
          "order by ordered.line limit 1), (select max(line) + 1 from ordered), 1)")),
      by_serial_(connection_.prepare(select_kept("serial = :serial"))),
      by_key_(connection_.prepare(select_kept("key = :key"))),
      add_decided_(connection_.prepare(
          "insert into decided (line, decided_at, outcome, serial, refusal) values "
          "(:line, :now, :outcome, :serial, :refusal)")),
      forget_(connection_.prepare("update ordered set confirmed_by = null, answer = null, "
                                  "salt = null where line = :line")),
      add_certificate_(connection_.prepare(
          "insert into certificate (serial, line, number, use, key, not_before, not_after, der, "
          "status, since, log_index, reason) values (:serial, :line, :number, :use, :key, "
          ":not_before, :not_after, :der, 'good', :since, :log_index, null)")),
      set_status_(connection_.prepare(
          // A hold that becomes a revocation counts from the hold (X.509, reasonCode).
          "update certificate set status = :status, reason = :reason, since = "
          "case when status = 'suspended' and :status = 'revoked' then since else :since end "
          "where serial = :serial and status <> 'revoked'")),
      seen_(connection_.prepare("update certificate set log_index = max(log_index, :log_index) "
                                "where serial = :serial")),
      status_(connection_.prepare(
          "select status, since, reason from certificate where serial = :serial")),
      listed_(connection_.prepare("select serial, status, since, reason from certificate "
                                  "where status <> 'good' and not_after > "
                                  "min(:over, coalesce((select this_update from list), 0))")),
      list_(connection_.prepare("select number, this_update from list")),
      set_list_(connection_.prepare(
          "insert into list (only_one, number, this_update) values (1, :number, :this_update) "
          "on conflict (only_one) do update set number = excluded.number, "
          "this_update = excluded.this_update")) {}

bool Store::changed() {
    const db::ResetAtEnd reset(version_);
    if (!version_.step()) throw Failure("SQLite has no data_version");
    const auto version = version_.integer(0);
    return std::exchange(seen_version_, version) != version;
}

std::vector<Order> Store::undecided(std::size_t max) {
    {
        first_undecided_.bind("first", first_);
        const db::ResetAtEnd reset(first_undecided_);
        if (first_undecided_.step()) first_ = first_undecided_.integer(0);
    }
    undecided_.bind("first", first_).bind("max", static_cast<std::int64_t>(max));
    const db::ResetAtEnd reset(undecided_);
    std::vector<Order> out;
    while (undecided_.step()) {
        out.push_back({.line = undecided_.integer(0),
                       .number = undecided_.text(1),
                       .act = undecided_.text(2),
                       .public_key = undecided_.optional_text(3),
                       .name = undecided_.optional_text(4),
                       .kana = undecided_.optional_text(5),
                       .address = undecided_.optional_text(6),
                       .birth_date = undecided_.optional_text(7),
                       .sex = undecided_.optional_text(8),
                       .serial = undecided_.optional_text(9),
                       .reason = undecided_.optional_text(10),
                       .log_index = undecided_.integer(11),
                       .confirmed_by = undecided_.optional_text(12),
                       .answer = undecided_.optional_text(13),
                       .salt = undecided_.optional_text(14),
                       .taken_on = undecided_.integer(15) == 1});
    }
    return out;
}

Known Store::known(const Order& order) {
    Known out;
    if (order.serial) {
        by_serial_.bind("serial", *order.serial);
        auto named = read_kept(by_serial_);
        if (!named.empty()) out.named = std::move(named.front());
    }
    if (const auto key = key_hash(order)) {
        by_key_.bind("key", base64url(*key));
        out.of_key = read_kept(by_key_);
    }
    return out;
}

void Store::decide(const Order& order, const Result& result, UnixTime now) {
    const auto set_status = [this, now](const Change& change) {
        set_status_.bind("serial", change.serial)
            .bind("status", to_text(change.to))
            .bind("since", now)
            .bind("reason", change.reason)
            .execute();
        if (connection_.changes() != 1) throw Failure("a certificate's status cannot be changed");
    };
    const auto see = [this, &order](const std::string& serial) {
        seen_.bind("serial", serial).bind("log_index", order.log_index).execute();
    };
    db::Transaction transaction(connection_);
    forget_.bind("line", order.line).execute();
    add_decided_.bind("line", order.line).bind("now", now).bind_null("refusal");
    if (const auto* issued = std::get_if<Issued>(&result)) {
        const auto serial = serial_text(issued->serial);
        add_decided_.bind("outcome", "issued").bind("serial", serial).execute();
        for (const auto& old : issued->supersedes)
            set_status({.serial = old, .to = Status::revoked, .reason = std::string(superseded)});
        add_certificate_.bind("serial", serial)
            .bind("line", order.line)
            .bind("number", order.number)
            .bind("use", to_text(issued->use))
            .bind("key", base64url(issued->key))
            .bind("not_before", issued->validity.not_before)
            .bind("not_after", issued->validity.not_after)
            .bind("der", base64url(issued->der))
            .bind("since", now)
            .bind("log_index", order.log_index)
            .execute();
    } else if (const auto* change = std::get_if<Change>(&result)) {
        add_decided_.bind("outcome", "changed").bind("serial", change->serial).execute();
        set_status(*change);
        see(change->serial);
    } else if (const auto* unchanged = std::get_if<Unchanged>(&result)) {
        add_decided_.bind("outcome", "unchanged").bind("serial", unchanged->serial).execute();
        see(unchanged->serial);
    } else {
        add_decided_.bind("outcome", "refused")
            .bind("serial", order.serial)
            .bind("refusal", to_text(std::get<Refusal>(result)))
            .execute();
    }
    transaction.commit();
}

// Before every order that a log has.
void Store::order(const std::vector<Ordered>& all, UnixTime now) {
    db::Transaction transaction(connection_);
    auto add = connection_.prepare(
        "insert into ordered (order_id, received_at, log_index, number, act, public_key, name, "
        "kana, address, birth_date, sex, taken_on) values (:id, :now, 0, :number, :act, "
        ":public_key, :name, :kana, :address, :birth_date, :sex, 1) "
        "on conflict (order_id) do nothing");
    for (const auto& [id, order] : all) {
        add.bind("id", id)
            .bind("now", now)
            .bind("number", order.number)
            .bind("act", order.act)
            .bind("public_key", order.public_key)
            .bind("name", order.name)
            .bind("kana", order.kana)
            .bind("address", order.address)
            .bind("birth_date", order.birth_date)
            .bind("sex", order.sex)
            .execute();
    }
    transaction.commit();
    seen_version_.reset();  // our own writing does not change it
}

std::optional<Became> Store::became(std::string_view order_id) {
    auto row = connection_.prepare(
        "select coalesce(der, ''), coalesce(refusal, '') from ordered join decided using (line) "
        "left join certificate using (line) where order_id = :id");
    row.bind("id", order_id);
    if (!row.step()) return std::nullopt;
    return Became{.certificate = row.text(0), .refusal = row.text(1)};
}

std::optional<StatusRow> Store::status(const crypto::Serial& serial) {
    status_.bind("serial", serial_text(serial));
    const db::ResetAtEnd reset(status_);
    if (!status_.step()) return std::nullopt;
    return StatusRow{.status = read_status(status_.text(0)),
                     .since = status_.integer(1),
                     .reason = status_.optional_text(2)};
}

std::vector<Listed> Store::listed(UnixTime over) {
    listed_.bind("over", over);
    const db::ResetAtEnd reset(listed_);
    std::vector<Listed> out;
    while (listed_.step()) {
        out.push_back({.serial = read_serial(listed_.text(0)),
                       .since = listed_.integer(2),
                       .reason = revocation_reason(read_status(listed_.text(1)),
                                                   listed_.optional_text(3).value_or(""))});
    }
    return out;
}

ListTimes Store::next_list(UnixTime now, std::int64_t lifetime_s) {
    db::Transaction transaction(connection_);
    std::int64_t number = 0;
    std::optional<UnixTime> last;
    {
        const db::ResetAtEnd reset(list_);
        if (list_.step()) {
            number = list_.integer(0);
            last = list_.integer(1);
        }
    }
    ++number;
    set_list_.bind("number", number).bind("this_update", now).execute();
    transaction.commit();
    return {.this_update = now,
            .next_update = now + lifetime_s,
            .number = static_cast<std::uint64_t>(number),
            .was_ahead_s = last ? std::max<std::int64_t>(0, *last - now) : 0};
}

std::optional<Bytes> Store::responder() {
    auto statement =
        connection_.prepare("select der from responder order by not_after desc limit 1");
    return statement.step() ? std::optional(statement.blob(0)) : std::nullopt;
}

void Store::keep_responder(const crypto::Certificate& certificate) {
    connection_
        .prepare(
            "insert into responder (serial, not_after, der) values (:serial, :not_after, :der)")
        .bind("serial", serial_text(certificate.serial()))
        .bind("not_after", certificate.not_after())
        .bind("der", certificate.der())
        .execute();
}

Store::Counts Store::counts() {
    auto statement = connection_.prepare(
        "select (select count(*) from ordered), (select count(*) from decided), "
        "(select count(*) from certificate)");
    statement.step();
    return {.ordered = statement.integer(0),
            .decided = statement.integer(1),
            .certificates = statement.integer(2)};
}

}  // namespace mado::ca
