// Appends entries to the access log together with their rows: the 32 bytes in the tree, what they
// commit to sealed under the key of its month, the place in the person's own list with the bell
// that it rings. Only inside a batch of the log writer.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "log_tree.hpp"
#include "month_keys.hpp"

namespace mado::relay {

struct NewEntry {
    Person person;
    std::int64_t month = 0;  // of keep_until
    AccessRecord& record;    // `content` without its last member
    UnixTime time = 0;
    std::optional<UnixTime> opens = {};  // sealed: takes no seq
    // Index of person and requester: a first look rings the person's bell. None: nobody looked, or
    // the person did.
    std::optional<Bytes> viewer = {};
    bool rings = false;  // whoever looked
};

class EntryRows {
  public:
    EntryRows(db::Connection& connection, LogTree& tree, MonthKeys& keys);

    // Where the next entry will stand.
    [[nodiscard]] std::int64_t next_index() const {
        return static_cast<std::int64_t>(tree_.size());
    }
    // Entries in a stretch of the log, of which the store says which months' rows are there.
    static constexpr std::int64_t stretch_entries = 512;
    // Takes the person's next seq (a sealed entry: none), adds the member `person` to the content,
    // hashes, seals and appends.
    void append(NewEntry& entry);
    // An entry about nobody: its 32 bytes only. One that is in the log already is not appended
    // again.
    void append_public(const Hash& entry);
    // Of the newest in somebody's list; 0 when there is none.
    std::int64_t last_seq(PersonRow person);
    // Somebody whom the store has.
    Person person(PersonRow row);
    // Months before are over: nothing is known of their stretches any more.
    void ended_before(std::int64_t month);
    // After a batch that failed.
    void forget();

  private:
    struct Statements {
        explicit Statements(db::Connection& connection);
        db::Statement newest, looked, link_number, add, add_own, add_stretch, find_public,
            add_public;
    };
    struct Next {
        std::int64_t seq = 0;
        bool first = false;  // the viewer has not looked before
    };
    Next next_of(PersonRow person, const std::optional<Bytes>& viewer);
    std::int64_t add_own(const NewEntry& entry);
    void add_stretch(std::int64_t month);
    db::Connection& connection_;
    LogTree& tree_;
    MonthKeys& keys_;
    Statements sql_;
    std::map<std::int64_t, std::int64_t> newest_stretch_;  // of each month
};

}  // namespace mado::relay
