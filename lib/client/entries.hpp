// A person's own entries of the access log, as the relay opens them to the person, and the bells
// that rang for them; everything that can be checked without other parties is checked here.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "client/client.hpp"
#include "client/mandates.hpp"
#include "client/told.hpp"

namespace mado::client {

// What one person can have: a relay that says "more" for ever is refused there. Sixty a day for 45
// years.
constexpr std::int64_t entries_max = 1'000'000;

// What the relay says of an entry whose retention is over.
struct ErasedEntry {
    std::string kept_until;  // YYYY-MM
    UnixTime at = 0;
};

// An entry that was kept from the person until a date.
struct WasSealed {
    std::string authority;  // whose order it was: an id
    UnixTime until = 0;
};

// The series that an entry has joined to the person's own: entries about a number that nobody had
// linked until then.
struct JoinedSeries {
    Bytes link_number;
    std::int64_t last_seq = 0;  // when it was closed
};

// Of a refused one: who may not ask by such a number has done so.
struct RefusedTry {
    std::string scheme, service;
};

struct PersonEntry {
    std::int64_t seq = 0;
    std::int64_t series =
        0;  // which entry (seq) has joined the series that it is of; 0: the own list
    std::uint64_t index = 0;
    Hash entry{};  // the 32 bytes in the log, proven to stand at `index`
    // A quorum of witnesses has cosigned a checkpoint that covers it; the newest ones wait for it.
    bool witnessed = false;
    std::optional<ErasedEntry> erased;  // then nothing below
    std::string kind;                   // "order", "refused", "opened", "joined" or "named"
    std::string content;                // what was hashed with `salt`
    Hash salt{};
    std::optional<wire::Order> order;
    std::optional<wire::Head> head;  // of the order: who asked, for what
    // Of an opened or a named entry: the order's own place in the log; else those above.
    Hash order_entry{};
    std::uint64_t order_index = 0;
    std::optional<WasSealed> was_sealed;
    std::optional<JoinedSeries> joins;      // of a joined one, about which nobody was asked
    std::optional<RefusedTry> refused_try;  // else it was the third miss
    std::string requester;                  // organisation id
    UnixTime time = 0;
    // When the log took it, as it says: of an order its time, of an opened or named one that of
    // the opening or naming.
    // 0 for an erased one, which is old.
    UnixTime logged_at = 0;
    std::string outcome;  // the relay's word; "" while unknown: asked, not known to be answered
    CardSigned card_signed;
    // Of an order to the relay itself: what it was told. None although it is such a one: the relay
    // does not show it, and then nobody can know what it has changed.
    std::optional<Told> told;
    // What proves to others that the entry stands there, also of an erased one: a signed note, the
    // cosigned one where there is one, and the inclusion proof under it.
    std::string note;
    std::vector<Hash> proof;
};

struct PersonEntries {
    // seq 1, 2, 3, … without a hole; then those of each series that was joined, alike.
    std::vector<PersonEntry> entries;
    // The newest checkpoint, and the size of the newest one that was cosigned (0: none was).
    tlog::Checkpoint checkpoint;
    std::uint64_t witnessed_size = 0;
    UnixTime witnessed_at = 0;  // since when a quorum has cosigned it or something newer; 0: never
};

// The relay was told something about the person, and does not show what.
bool hides_what_was_told(const PersonEntry& entry);

// Of a tell that an answer has changed: which entry of the list has the order that was answered.
// Null: it is another entry, or the list has not the order.
const PersonEntry* changed_order_of(const PersonEntry& entry,
                                    const std::vector<PersonEntry>& entries);

// "Nothing was altered" is what the witnesses say as well, and have said lately: witnesses cosign
// every few seconds, so that ten minutes are no delay (monitor::unwitnessed_s_max).
struct Witnessing {
    std::size_t waiting = 0;  // entries that no quorum has cosigned
    std::size_t overdue = 0;  // of them, for more than ten minutes
    bool late = false;        // some are overdue, or the newest cosignatures are older than that
    bool confirmed = false;   // a quorum has cosigned, and is not late
};
Witnessing witnessing_of(const PersonEntries& entries, UnixTime now);

// A page of them, as the relay answers it (docs/protocols/log.md).
struct EntriesPage {
    std::vector<PersonEntry> entries;
    tlog::Checkpoint checkpoint;
    tlog::Checkpoint cosigned;  // the newest one that was; of size 0 when none was
    UnixTime cosigned_at = 0;   // by a quorum, each at this time or later
    std::string note;           // the checkpoints as they came
    std::string cosigned_note;
    bool more = false;
};
// What they are checked against.
struct EntriesReader {
    const wire::Directory& directory;
    const wire::Policy& policy;
    const crypto::Certificate& card;  // the person's own
};
// What the pages before have shown, and what the next one goes on from.
struct EntriesSoFar {
    std::int64_t count = 0;
    Bytes link_number = {};  // which is the person's in all of them; empty: not known yet
    std::set<std::string> checks = {};  // what checks were used for
    std::set<Bytes> joined = {};        // link numbers of series
};
// The next entries, checked as fetch_entries says.
Parsed<EntriesPage> read_entries_page(const EntriesReader& reader, const json::object& data,
                                      EntriesSoFar& so_far);

// Those of a series, read page by page with the link number that its `joined` entry names: they are
// all that it had, and no order came after. Marks them as of that series.
Parsed<void> check_series(const PersonEntry& joined, std::vector<PersonEntry>& entries);

// All entries of the person whose log-in mandate this is, checked: each is in the log, carries the
// person's next number, opens to what it commits to, holds a request that its organisation signed
// and, where a card has signed, a mandate that covers it, with the given card's signature where it
// names that; and those of the series that were joined to it, in the same way. receipt_invalid
// (with what did not fit as detail) when something is wrong. Whether
// the relay holds back the newest entries cannot be seen here; comparing with the holders will show
// it.
Task<Result<PersonEntries>> fetch_entries(const wire::Directory& directory,
                                          const wire::Policy& policy, const Identity& identity,
                                          std::string login_mandate, crypto::Certificate card);

// Of an entry of which the person is told at once. The relay's word; why it rang stands in the
// entry, but for a first look.
struct Bell {
    std::int64_t seq = 0;  // the entry's
    bool first = false;    // the requester's first look at this person
    UnixTime at = 0;
};
struct BellsPage {
    std::vector<Bell> bells;
    bool more = false;
};
// The bells of entries after `after`, one for each entry at most, and so never more than entries.
Parsed<BellsPage> read_bells_page(const json::object& data, std::int64_t after);
// All of them; answer_invalid when a page is not of its form.
Task<Result<std::vector<Bell>>> fetch_bells(const wire::Directory& directory,
                                            const Identity& identity, std::string login_mandate);

}  // namespace mado::client
