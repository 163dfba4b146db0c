// The relay's store: what its tables hold, read side. Every io thread has a Reader of its own; the
// only writer is LogWriter.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "crypto/x509.hpp"
#include "db/db.hpp"
#include "tile_rows.hpp"
#include "vault.hpp"
#include "wire/exchange.hpp"
#include "wire/number.hpp"

namespace mado::relay {

using mado::to_text;  // not hidden by the overloads of this namespace

// Opens the database and brings it to the newest schema.
db::Connection open_store(const std::string& path, db::Access access);

using PersonRow = std::int64_t;
struct Person {
    PersonRow row = 0;
    Bytes link_number;  // 16 bytes that never change
};

// One number of a person at one holder.
struct Identifier {
    wire::PersonNumber number;
    std::optional<wire::ParticipantId> holder;  // none: a number of no holder (health care number)
    bool current = true;
    // The entry in the log that linked it; none: taken on at the start, or nobody has linked it.
    std::optional<std::int64_t> since = {};
};
Bytes identifier_plain(const Identifier& identifier);
Identifier read_identifier(ByteView plain);

enum class CardStatus { active, suspended, revoked };
enum class CardUse { authentication, signing };
struct CardKey {
    PersonRow person = 0;
    CardUse use = CardUse::authentication;
    CardStatus status = CardStatus::revoked;
    crypto::PublicKey key;
    UnixTime not_after = 0;
    Hash authority{};  // SHA-256 of the issuer's certificate: whose list says whether it is revoked
    crypto::Serial serial{};
    Hash certificate{};
    // The entry in the log that registered it; none: taken on at the start.
    std::optional<std::int64_t> since = {};
};
std::string_view to_text(CardStatus status);
std::string_view to_text(CardUse use);
Bytes card_key_plain(const CardKey& card);
// `index`: that of its row.
CardKey read_card_key(const Vault& vault, ByteView index, PersonRow person, ByteView sealed);
// What a row is sealed to: its index and its person, so that nobody can hang somebody's card or
// number on another person.
Bytes owned_row(ByteView index, PersonRow person);
// The same for an entry: it cannot be moved to another person.
Bytes access_row(std::int64_t log_index, PersonRow person);
// The key of a row in a person's list of entries; Failure when the list is full.
constexpr std::int64_t seq_max = (std::int64_t{1} << 32) - 1;
std::int64_t own_entry_id(PersonRow person, std::int64_t seq);

// Blind index of a number, exactly as it is written: what a family's members have in common leads
// to none of them.
Bytes number_index(const Vault& vault, const wire::PersonNumber& number);

// Blind index of a document that a card has signed for a requester: of its mandate's SHA-256.
Bytes judged_index(const Vault& vault, std::string_view requester, const Hash& mandate);

// What an entry's row holds, sealed under the key of its month, filled up to whole blocks. Three of
// them, sealed, are half a page with the row around them: so long is an order by number, or by a
// card of P-256.
constexpr std::size_t access_block = 640;
struct AccessRecord {
    std::string kind;          // "order", "refused", "opened", "joined" or "named"
    std::string content = {};  // the order's exact bytes; of the others the text that was hashed
    std::string holder = {};
    Hash salt{};
    Hash person_salt{};
    std::string subject = {};  // exact bytes
    Hash subject_salt{};
    std::string number = {};  // exact bytes
    Hash number_salt{};
    std::optional<Date> birth_date = {};
    // Of what the relay itself was told: the payload as it came, a JWE, and the key that opens it,
    // so that the person can see what it said and prove it by the head's `payload_hash`.
    std::string told = {};
    Bytes told_key = {};
};
// With salts of its own for what the log and the order commit to.
AccessRecord new_record(std::string kind);
Bytes access_plain(const AccessRecord& record);
AccessRecord read_access(ByteView plain);

struct Erasure {
    std::int64_t month = 0;  // until whose end it was kept: year × 12 + month − 1
    UnixTime erased_at = 0;
    Bytes entry = {};  // what is left: the 32 bytes in the log
};

struct StoredEntry {
    std::int64_t log_index = 0;
    std::int64_t seq = 0;  // 0 of one that was sealed
    std::optional<std::string> outcome;
    std::variant<AccessRecord, Erasure> record;
};

// An order in the log, whoever's it is.
struct LoggedOrder {
    Hash entry{};
    AccessRecord record;
    bool answered = false;
};

// An access notice (of which only that it is there may leave the relay without a log-in).
struct Bell {
    std::int64_t seq = 0;  // of the entry that it is about
    bool first = false;    // this requester's first look
    UnixTime rung_at = 0;
};

// One row of the public counts.
struct Count {
    std::int64_t month = 0;  // year × 12 + month − 1
    std::string service, requester_kind, purpose;
    std::int64_t orders = 0;
};

class Reader {
  public:
    Reader(const std::string& path, const Vault& vault);

    std::optional<CardKey> card(const Hash& certificate);
    std::vector<CardKey> cards(PersonRow person);
    // Linked people whose number this is: one, but for what files of first take-on brought.
    std::vector<PersonRow> linked(const wire::PersonNumber& number);
    // Newest first, current before former.
    std::vector<Identifier> identifiers(PersonRow person);
    // What the relay holds about a person at one moment: when the log had `size` entries.
    struct Held {
        std::uint64_t size = 0;
        std::vector<Identifier> numbers;
        std::vector<CardKey> cards;
    };
    Held held(PersonRow person);
    std::int64_t misses(ByteView path);
    bool judged(ByteView name);
    Person person(PersonRow row);
    // Those that stand below `size` in the log.
    std::vector<StoredEntry> entries(PersonRow person, std::int64_t after_seq, std::int64_t count,
                                     std::uint64_t size);
    // None: no order stands there, or it is sealed or erased.
    std::optional<LoggedOrder> order_at(std::int64_t log_index);
    // That order, made by a family's number, is named as one about whoever has this number.
    bool names(const wire::PersonNumber& number, std::int64_t log_index);
    // The series that the entry at that index of this person's list has joined.
    std::optional<PersonRow> joined_series(PersonRow person, std::int64_t log_index);
    // One that was sealed, for the person to whom it was opened.
    StoredEntry opened_entry(PersonRow person, std::int64_t log_index);
    // An order by a family's number, whose list it is in left out.
    StoredEntry named_entry(std::int64_t log_index);
    std::int64_t sealed_entries();
    // Of the newest of them; 0 when there is none.
    std::int64_t last_seq(PersonRow person, std::uint64_t size);
    std::vector<Bell> bells(PersonRow person, std::int64_t after_seq, std::int64_t count);
    std::vector<Count> counts();
    // The signed checkpoint of the newest batch up to that size; empty before the first. (What is
    // larger is not anchored yet.)
    std::optional<std::string> newest_head(std::uint64_t size_max);
    // The newest one that a quorum of witnesses has cosigned.
    std::optional<std::string> cosigned_head();
    Bytes tile(tlog::TileId id, unsigned width) { return tiles_.read(id, width); }
    Bytes half_tile(tlog::TileId id, unsigned width) { return tiles_.read_half(id, width); }
    // `count` entries from `first` on, all in the log.
    std::vector<Bytes> log_entries(std::uint64_t first, unsigned count) {
        return tiles_.entries(first, count);
    }

    // For what is asked rarely: statements of one's own, and the key of a month (none: erased).
    db::Connection& connection() { return connection_; }
    std::optional<Secret> month_key(std::int64_t month);

  private:
    Erasure erasure(std::int64_t month, Bytes entry);
    using MonthCache = std::map<std::int64_t, std::optional<Secret>>;
    StoredEntry read_entry(const db::Statement& row, PersonRow person, MonthCache& keys);

    const Vault& vault_;
    db::Connection connection_;
    db::Statement card_;
    db::Statement linked_;
    db::Statement identifiers_;
    db::Statement misses_;
    db::Statement judged_;
    db::Statement link_number_;
    db::Statement entries_;
    db::Statement opened_;
    db::Statement last_seq_;
    db::Statement bells_;
    db::Statement counts_;
    db::Statement head_;
    db::Statement cosigned_;
    db::Statement month_;
    db::Statement erasure_;
    TileRows tiles_;
};

}  // namespace mado::relay
