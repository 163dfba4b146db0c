#include "store.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <map>

#include "crypto/digest.hpp"

namespace mado::relay {
namespace {

constexpr std::array<std::string_view, 3> migrations{
#include "apps/relay/schema/001_first.sqlite.sql.hpp"
    ,
#include "apps/relay/schema/002_changed.sqlite.sql.hpp"
    ,
#include "apps/relay/schema/003_judged.sqlite.sql.hpp"
};

constexpr JsonLimits row_limits{.text_bytes_max = 128 * 1024};

// A row that was sealed by this program and does not have its form is a broken store.
json::object open_object(ByteView plain) {
    auto object = parse_json_object(as_text(plain), row_limits);
    if (!object) throw Failure("a sealed row does not have its form");
    return std::move(*object);
}

// The length of a sealed row says nothing about the insurer or the number in it.
std::size_t whole_blocks(std::size_t size, std::size_t block) {
    return (size + block - 1) / block * block;
}

// (JSON may end in white space.)
Bytes padded(std::string text, std::size_t block) {
    text.resize(whole_blocks(text.size(), block), ' ');
    return to_bytes(text);
}

void demand(const Members& in) {
    if (!in.finish()) throw Failure("a sealed row does not have its members");
}

}  // namespace

std::string_view to_text(CardStatus status) {
    switch (status) {
        case CardStatus::active:
            return "active";
        case CardStatus::suspended:
            return "suspended";
        case CardStatus::revoked:
            return "revoked";
    }
    return "revoked";
}

std::string_view to_text(CardUse use) {
    switch (use) {
        case CardUse::authentication:
            return "authentication";
        case CardUse::signing:
            return "signing";
    }
    return "";
}

namespace {

CardStatus parse_status(std::string_view text) {
    if (text == "active") return CardStatus::active;
    if (text == "suspended") return CardStatus::suspended;
    return CardStatus::revoked;
}

}  // namespace

db::Connection open_store(const std::string& path, db::Access access) {
    db::Connection connection(path, access);
    if (access != db::Access::read_only) {
        connection.leave_checkpoints();
        connection.run("pragma secure_delete = on");  // an erased key must not lie in a free page
        db::migrate(connection, migrations);
    }
    return connection;
}

Bytes identifier_plain(const Identifier& identifier) {
    json::object out;
    out["scheme"] = identifier.number.scheme;
    if (identifier.holder) out["holder"] = identifier.holder->text();
    out["current"] = identifier.current;
    json::array fields;
    for (const auto& [name, value] : identifier.number.fields) {
        fields.push_back(json::array{name, value});
    }
    out["fields"] = std::move(fields);
    if (identifier.since) out["since"] = *identifier.since;
    return padded(json::serialize(out), 256);
}

Identifier read_identifier(ByteView plain) {
    const auto object = open_object(plain);
    Members in(object);
    Identifier out;
    out.number.scheme = in.text("scheme");
    if (const auto holder = in.optional_text("holder")) {
        auto id = wire::ParticipantId::parse(*holder);
        if (!id) throw Failure("a sealed row names an impossible holder");
        out.holder = *id;
    }
    out.current = in.boolean("current");
    for (const auto& field : in.array("fields", 16)) {
        const auto* pair = field.if_array();
        const bool formed = pair != nullptr && pair->size() == 2 && (*pair)[0].is_string() &&
                            (*pair)[1].is_string();
        if (!formed) throw Failure("a sealed row has a field that is no name and value");
        out.number.fields.emplace_back((*pair)[0].get_string(), (*pair)[1].get_string());
    }
    out.since = in.optional_integer("since");
    demand(in);
    return out;
}

Bytes owned_row(ByteView index, PersonRow person) {
    Bytes out = row_bytes(person);
    append(out, index);
    return out;
}

Bytes access_row(std::int64_t log_index, PersonRow person) {
    return owned_row(row_bytes(log_index), person);
}

std::int64_t own_entry_id(PersonRow person, std::int64_t seq) {
    if (seq > seq_max) throw Failure("a person's list of entries is full");
    if (person > INT64_MAX >> 32) throw Failure("there are too many people");
    return person * (seq_max + 1) + seq;
}

Bytes card_key_plain(const CardKey& card) {
    json::object out;
    out["key"] = base64url(card.key.spki());
    out["use"] = to_text(card.use);
    out["authority"] = base64url(card.authority);
    out["serial"] = base64url(card.serial);
    out["not_after"] = card.not_after;
    out["status"] = to_text(card.status);
    out["certificate"] = base64url(card.certificate);
    if (card.since) out["since"] = *card.since;
    return to_bytes(json::serialize(out));
}

CardKey read_card_key(const Vault& vault, ByteView index, PersonRow person, ByteView sealed) {
    const Bytes plain = vault.open("card_key", owned_row(index, person), sealed);
    const auto object = open_object(plain);
    Members in(object);
    const Bytes spki = in.base64url_bytes("key", 1024);
    const auto use =
        in.text("use") == to_text(CardUse::signing) ? CardUse::signing : CardUse::authentication;
    const auto authority = in.hash("authority");
    const Bytes serial_bytes = in.base64url_bytes("serial", sizeof(crypto::Serial));
    const auto not_after = in.integer("not_after");
    const auto status = parse_status(in.text("status"));
    const auto certificate = in.hash("certificate");
    const auto since = in.optional_integer("since");
    demand(in);
    auto key = crypto::PublicKey::from_spki(spki);
    if (!key) throw Failure("a registered card key cannot be read");
    crypto::Serial serial{};
    if (serial_bytes.size() != serial.size()) throw Failure("a registered card has no serial");
    std::ranges::copy(serial_bytes, serial.begin());
    return {.person = person,
            .use = use,
            .status = status,
            .key = *key,
            .not_after = not_after,
            .authority = authority,
            .serial = serial,
            .certificate = certificate,
            .since = since};
}

Bytes number_index(const Vault& vault, const wire::PersonNumber& number) {
    return vault.index("number", {wire::index_material(number)});
}

Bytes judged_index(const Vault& vault, std::string_view requester, const Hash& mandate) {
    return vault.index("judged", {as_bytes(requester), mandate});
}

AccessRecord new_record(std::string kind) {
    return {.kind = std::move(kind),
            .salt = crypto::random_hash(),
            .person_salt = crypto::random_hash()};
}

// Fields in a fixed order, texts behind their length (u64): an order is sealed for every request,
// and JSON would take a third more room. Zeros fill it up.
Bytes access_plain(const AccessRecord& record) {
    Bytes out;
    out.reserve(access_block * 4);
    for (const auto& salt :
         {record.salt, record.person_salt, record.subject_salt, record.number_salt})
        append(out, salt);
    const auto birth_date = record.birth_date ? to_text(*record.birth_date) : std::string();
    for (const std::string_view text :
         {std::string_view(record.kind), std::string_view(record.content),
          std::string_view(record.holder), std::string_view(record.subject),
          std::string_view(record.number), std::string_view(birth_date)}) {
        append_u64(out, text.size());
        append(out, text);
    }
    // Of few entries only: the others are not longer for it.
    if (!record.told.empty()) {
        for (const auto part : {as_bytes(record.told), ByteView(record.told_key)}) {
            append_u64(out, part.size());
            append(out, part);
        }
    }
    out.resize(whole_blocks(out.size(), access_block));
    return out;
}

AccessRecord read_access(ByteView plain) {
    const auto take = [&plain](std::size_t size) {
        if (plain.size() < size) throw Failure("a sealed row does not have its form");
        const auto out = plain.first(size);
        plain = plain.subspan(size);
        return out;
    };
    const auto text = [&take] { return to_text(take(read_u64(take(8).first<8>()))); };
    AccessRecord out{.kind = {}};
    for (auto* salt : {&out.salt, &out.person_salt, &out.subject_salt, &out.number_salt})
        *salt = *to_hash(take(sizeof(Hash)));
    for (auto* field : {&out.kind, &out.content, &out.holder, &out.subject, &out.number})
        *field = text();
    const auto birth_date = text();
    if (!birth_date.empty()) {
        const auto date = parse_date(birth_date);
        if (!date) throw Failure("a sealed row has no date where one stands");
        out.birth_date = *date;
    }
    // Zeros, and fewer than a length has, are what fills the block up.
    if (plain.size() < sizeof(std::uint64_t)) return out;
    out.told = text();
    if (!out.told.empty()) out.told_key = to_bytes(text());
    return out;
}

namespace {

// Holds the right edge of a large log, from which every proof is made.
constexpr int reader_cache_kib = 16 * 1024;

db::Connection open_to_read(const std::string& path) {
    auto connection = open_store(path, db::Access::read_only);
    connection.run("pragma cache_size = -" + std::to_string(reader_cache_kib));
    return connection;
}

}  // namespace

Reader::Reader(const std::string& path, const Vault& vault)
    : vault_(vault),
      connection_(open_to_read(path)),
      card_(connection_.prepare(
          "select person, sealed from card_key where certificate_index = :index")),
      linked_(connection_.prepare(
          "select distinct i.person from identifier i join person p on p.id = i.person "
          "where i.number_index = :index and p.linked = 1 limit 2")),
      identifiers_(
          connection_.prepare("select number_index, sealed from identifier where person = :person "
                              "order by id desc")),
      misses_(connection_.prepare("select misses from miss where path = :path")),
      judged_(connection_.prepare("select 1 from judged where name = :name")),
      link_number_(connection_.prepare("select link_number from person where id = :person")),
      entries_(connection_.prepare(
          "select a.log_index, a.seq, a.outcome, a.month, a.sealed, a.entry from own_entry o "
          "join access a using (log_index) "
          "where o.id > :after and o.id <= :last and o.log_index < :size "
          "order by o.id limit :count")),
      opened_(connection_.prepare(
          "select log_index, seq, outcome, month, sealed, entry from access "
          "where log_index = :log_index and person = :person and seq is null and opens is null")),
      last_seq_(connection_.prepare("select seq from own_entry where id between :first and :last "
                                    "and log_index < :size order by id desc limit 1")),
      bells_(connection_.prepare(
          "select seq, first, rung_at from own_entry where id > :after and id <= :last and "
          "rung_at is not null order by id limit :count")),
      counts_(connection_.prepare("select month, service, requester_kind, purpose, orders "
                                  "from tally order by 1, 2, 3, 4")),
      head_(connection_.prepare(
          "select note from head where size <= :size order by size desc limit 1")),
      cosigned_(connection_.prepare("select cosigned from head where cosigned is not null "
                                    "order by size desc limit 1")),
      month_(connection_.prepare("select wrapped from month_key where month = :month")),
      erasure_(connection_.prepare("select erased_at from erasure where month = :month")),
      tiles_(connection_) {}

std::optional<CardKey> Reader::card(const Hash& certificate) {
    const Bytes index = vault_.index("certificate", {certificate});
    const db::ResetAtEnd reset(card_);
    card_.bind("index", index);
    if (!card_.step()) return std::nullopt;
    return read_card_key(vault_, index, card_.integer(0), card_.blob(1));
}

std::vector<CardKey> Reader::cards(PersonRow person) {
    auto rows = connection_.prepare(
        "select certificate_index, sealed from card_key where person = :person");
    rows.bind("person", person);
    std::vector<CardKey> out;
    while (rows.step())
        out.push_back(read_card_key(vault_, rows.blob(0), person, rows.blob(1)));
    return out;
}

std::vector<PersonRow> Reader::linked(const wire::PersonNumber& number) {
    const db::ResetAtEnd reset(linked_);
    linked_.bind("index", number_index(vault_, number));
    std::vector<PersonRow> people;
    while (linked_.step())
        people.push_back(linked_.integer(0));
    return people;
}

std::vector<Identifier> Reader::identifiers(PersonRow person) {
    const db::ResetAtEnd reset(identifiers_);
    identifiers_.bind("person", person);
    std::vector<Identifier> out;
    std::vector<Identifier> former;
    while (identifiers_.step()) {
        auto identifier = read_identifier(vault_.open(
            "identifier", owned_row(identifiers_.blob(0), person), identifiers_.blob(1)));
        auto& list = identifier.current ? out : former;
        list.push_back(std::move(identifier));
    }
    out.insert(out.end(), former.begin(), former.end());
    return out;
}

Reader::Held Reader::held(PersonRow person) {
    const db::Snapshot snapshot(connection_);
    auto newest = connection_.prepare("select max(size) from head");
    const bool any = newest.step() && !newest.is_null(0);
    return {.size = any ? static_cast<std::uint64_t>(newest.integer(0)) : 0,
            .numbers = identifiers(person),
            .cards = cards(person)};
}

std::int64_t Reader::misses(ByteView path) {
    const db::ResetAtEnd reset(misses_);
    misses_.bind("path", path);
    return misses_.step() ? misses_.integer(0) : 0;
}

bool Reader::judged(ByteView name) {
    const db::ResetAtEnd reset(judged_);
    judged_.bind("name", name);
    return judged_.step();
}

Person Reader::person(PersonRow row) {
    const db::ResetAtEnd reset(link_number_);
    link_number_.bind("person", row);
    if (!link_number_.step()) throw Failure("a person is missing");
    return {.row = row, .link_number = link_number_.blob(0)};
}

std::optional<Secret> Reader::month_key(std::int64_t month) {
    const db::ResetAtEnd reset(month_);
    month_.bind("month", month);
    if (!month_.step()) return std::nullopt;
    Bytes key = vault_.open("month_key", row_bytes(month), month_.blob(0));
    Secret out{ByteView(key)};
    wipe(key);
    return out;
}

Erasure Reader::erasure(std::int64_t month, Bytes entry) {
    const db::ResetAtEnd reset(erasure_);
    erasure_.bind("month", month);
    if (!erasure_.step()) throw Failure("a month's key is missing, and nobody erased it");
    return {.month = month, .erased_at = erasure_.integer(0), .entry = std::move(entry)};
}

// A row of log_index, seq, outcome, month, sealed, entry.
StoredEntry Reader::read_entry(const db::Statement& row, PersonRow person, MonthCache& keys) {
    StoredEntry entry{.log_index = row.integer(0),
                      .seq = row.optional_integer(1).value_or(0),
                      .outcome = row.optional_text(2),
                      .record = {}};
    const auto month = row.integer(3);
    const auto [known, is_new] = keys.try_emplace(month);
    if (is_new) known->second = month_key(month);
    const auto& key = known->second;
    if (!key || row.is_null(4)) {
        entry.record = erasure(month, row.blob(5));
    } else {
        entry.record = read_access(
            Vault::open_with(*key, "access", access_row(entry.log_index, person), row.blob(4)));
    }
    return entry;
}

std::vector<StoredEntry> Reader::entries(PersonRow person, std::int64_t after_seq,
                                         std::int64_t count, std::uint64_t size) {
    std::vector<StoredEntry> out;
    const db::ResetAtEnd reset(entries_);
    entries_.bind("after", own_entry_id(person, std::min(after_seq, seq_max)))
        .bind("last", own_entry_id(person, seq_max))
        .bind("count", count)
        .bind("size", static_cast<std::int64_t>(size));
    MonthCache keys;
    while (entries_.step())
        out.push_back(read_entry(entries_, person, keys));
    return out;
}

std::optional<LoggedOrder> Reader::order_at(std::int64_t log_index) {
    auto row = connection_.prepare(
        "select person, month, sealed, entry, outcome from access where log_index = :log_index and "
        "seq is not null and sealed is not null");
    row.bind("log_index", log_index);
    if (!row.step()) return std::nullopt;
    const auto key = month_key(row.integer(1));
    if (!key) return std::nullopt;
    LoggedOrder out{.entry = *to_hash(row.blob(3)),
                    .record = read_access(Vault::open_with(
                        *key, "access", access_row(log_index, row.integer(0)), row.blob(2))),
                    .answered = row.optional_text(4) == wire::to_text(wire::Outcome::answered)};
    return out.record.kind == "order" ? std::optional(std::move(out)) : std::nullopt;
}

bool Reader::names(const wire::PersonNumber& number, std::int64_t log_index) {
    // Among so many of the newest of them. (The list of a joined series is the person's, too.)
    constexpr std::int64_t entries_looked_at_max = 1'000;
    auto rows = connection_.prepare(
        "select a.log_index, a.person, a.month, a.sealed from identifier i "
        "join own_entry o on o.id between i.person << 32 and (i.person << 32) + 0xffffffff "
        "join access a on a.log_index = o.log_index "
        "where i.number_index = :index and o.log_index > :after and a.sealed is not null "
        "order by o.log_index desc limit :count");
    rows.bind("index", number_index(vault_, number))
        .bind("after", log_index)
        .bind("count", entries_looked_at_max);
    while (rows.step()) {
        const auto key = month_key(rows.integer(2));
        if (!key) continue;
        const auto record = read_access(Vault::open_with(
            *key, "access", access_row(rows.integer(0), rows.integer(1)), rows.blob(3)));
        if (record.kind != "named") continue;
        const auto content = open_object(as_bytes(record.content));
        if (content.at("index").as_int64() == log_index) return true;
    }
    return false;
}

std::optional<PersonRow> Reader::joined_series(PersonRow person, std::int64_t log_index) {
    auto row = connection_.prepare(
        "select p.id from person p join access a on a.log_index = p.joined "
        "where p.joined = :log_index and a.person = :person");
    row.bind("log_index", log_index).bind("person", person);
    return row.step() ? std::optional(row.integer(0)) : std::nullopt;
}

StoredEntry Reader::opened_entry(PersonRow person, std::int64_t log_index) {
    const db::ResetAtEnd reset(opened_);
    opened_.bind("person", person).bind("log_index", log_index);
    if (!opened_.step()) throw Failure("an opened entry is missing");
    MonthCache keys;
    return read_entry(opened_, person, keys);
}

StoredEntry Reader::named_entry(std::int64_t log_index) {
    auto row = connection_.prepare(
        "select log_index, 0, outcome, month, sealed, entry, person from access "
        "where log_index = :log_index");
    row.bind("log_index", log_index);
    if (!row.step()) throw Failure("an order whose person was named is missing");
    MonthCache keys;
    return read_entry(row, row.integer(6), keys);
}

std::int64_t Reader::sealed_entries() {
    auto rows = connection_.prepare("select count(*) from access where opens is not null");
    return rows.step() ? rows.integer(0) : 0;
}

std::int64_t Reader::last_seq(PersonRow person, std::uint64_t size) {
    const db::ResetAtEnd reset(last_seq_);
    last_seq_.bind("first", own_entry_id(person, 1))
        .bind("last", own_entry_id(person, seq_max))
        .bind("size", static_cast<std::int64_t>(size));
    return last_seq_.step() ? last_seq_.integer(0) : 0;
}

std::vector<Bell> Reader::bells(PersonRow person, std::int64_t after_seq, std::int64_t count) {
    std::vector<Bell> out;
    const db::ResetAtEnd reset(bells_);
    bells_.bind("after", own_entry_id(person, std::min(after_seq, seq_max)))
        .bind("last", own_entry_id(person, seq_max))
        .bind("count", count);
    while (bells_.step()) {
        out.push_back({.seq = bells_.integer(0),
                       .first = bells_.integer(1) != 0,
                       .rung_at = bells_.integer(2)});
    }
    return out;
}

std::vector<Count> Reader::counts() {
    std::vector<Count> out;
    const db::ResetAtEnd reset(counts_);
    while (counts_.step()) {
        out.push_back({.month = counts_.integer(0),
                       .service = counts_.text(1),
                       .requester_kind = counts_.text(2),
                       .purpose = counts_.text(3),
                       .orders = counts_.integer(4)});
    }
    return out;
}

std::optional<std::string> Reader::newest_head(std::uint64_t size_max) {
    const db::ResetAtEnd reset(head_);
    head_.bind("size", static_cast<std::int64_t>(size_max));
    return head_.step() ? std::optional(head_.text(0)) : std::nullopt;
}

std::optional<std::string> Reader::cosigned_head() {
    const db::ResetAtEnd reset(cosigned_);
    return cosigned_.step() ? std::optional(cosigned_.text(0)) : std::nullopt;
}

}  // namespace mado::relay
