// Live mandates in the store: what a start must know of each that was accepted or ended before its
// time. Io threads ask Mandates; nobody looks for anything here.
#pragma once

#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "db/db.hpp"
#include "vault.hpp"
#include "wire/ending.hpp"
#include "wire/ids.hpp"

namespace mado::relay {

using wire::Ending;

struct LiveMandate {
    Hash hash{};  // SHA-256 of the JWS
    UnixTime expires = 0;
    wire::ParticipantId organisation;  // the one that it is for
    std::optional<Hash> stop = {};     // SHA-256 of the secret that ends it
    std::optional<Hash> card = {};     // which card's end is its end (card_name); none of a check
    std::optional<Ending> ended = {};
};
// The content of a row; one that does not have its form is a broken store.
Bytes live_mandates_row(const std::vector<LiveMandate>& mandates);
std::vector<LiveMandate> read_live_mandates(ByteView row);
// What the store keeps, oldest first: a mandate again where it ended.
std::vector<LiveMandate> stored_mandates(db::Connection& connection, const Vault& vault);

// Belongs to the log writer's thread. Nothing is kept between batches: whoever brought a mandate to
// a batch that failed brings it again.
class MandateRows {
  public:
    MandateRows(db::Connection& connection, const Vault& vault);

    void add(LiveMandate mandate) { batch_.push_back(std::move(mandate)); }
    // Those that ended before `now`, not all at a time. True: there may be more.
    bool drop_ended(UnixTime now);
    // Around each batch: before its transaction, and as the last of it.
    void begin() { batch_.clear(); }
    void finish();
    // After a batch that failed.
    void forget();

  private:
    struct Statements {
        explicit Statements(db::Connection& connection);
        db::Statement add, drop;
    };
    db::Connection& connection_;
    const Vault& vault_;
    Statements sql_;
    std::vector<LiveMandate> batch_;
};

}  // namespace mado::relay
