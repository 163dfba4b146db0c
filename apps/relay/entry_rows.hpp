// Appends entries to the access log together with their rows: the 32 bytes in the tree, what they
// commit to sealed under the key of its month. Only inside a batch of the log writer.
#pragma once

#include <optional>
#include <string>

#include "log_tree.hpp"
#include "month_keys.hpp"

namespace mado::relay {

struct NewEntry {
    PersonRow person = 0;
    std::int64_t month = 0;  // of keep_until
    AccessRecord record;     // `content` without its last member, `person_salt` empty
    std::optional<Bytes> request_index;
    std::optional<Bytes> content_index;
    std::optional<Bytes> mandate_use;
    std::optional<UnixTime> opens;  // sealed: takes no seq
};

class EntryRows {
  public:
    EntryRows(db::Connection& connection, LogTree& tree, MonthKeys& keys);

    // Where the next entry will stand.
    [[nodiscard]] std::int64_t next_index() const {
        return static_cast<std::int64_t>(tree_.size());
    }
    // Takes the person's next seq (a sealed entry: none), draws the person salt, adds the member
    // `person` to the content, hashes, seals and appends. Fills in `record`.
    void append(NewEntry& entry);
    // An entry about nobody: its 32 bytes only.
    void append_public(const Hash& entry, const std::optional<Bytes>& request_index);
    // After a batch that failed.
    void forget();

  private:
    struct Statements {
        explicit Statements(db::Connection& connection);
        db::Statement next_seq, link_number, add;
    };
    Hash commit_person(const NewEntry& entry, std::optional<std::int64_t>& seq);
    db::Connection& connection_;
    LogTree& tree_;
    MonthKeys& keys_;
    Statements sql_;
};

}  // namespace mado::relay
