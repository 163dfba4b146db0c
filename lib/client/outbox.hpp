// Requests that were signed and are not answered yet wait here, with their sender and nowhere else:
// in the sender's own database, so that a request and what the sender notes about it are one
// transaction. What was put in goes out, byte for byte the same, until it is answered or expires;
// after a crash too. The relay makes one order of it.
// Trusted for: sending what was decided, once. Who can change the table can hold a request back or
// drop it, and not make another one.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.hpp"
#include "client/client.hpp"
#include "db/db.hpp"

namespace mado::client {

// A migration of the database that the outbox is in.
extern const std::string_view outbox_schema;

// How long to wait after so many tries that brought nothing; what is urgent is never far from its
// next one.
std::int64_t retry_after_s(std::int64_t tries, bool urgent = false);

// Who is slow keeps nobody else waiting, if the sender says by `lane` who it is: the same text for
// the same one. What is urgent is asked for by itself.
struct Lane {
    std::string lane = {};
    bool urgent = false;
};
struct Due {
    bool urgent = false;
    std::set<std::string> full = {};  // lanes that are left out
};

// Belongs to the connection's thread. Every call may stand in a transaction of the caller's.
class Outbox {
  public:
    // `key`: 32 bytes, kept outside the database; as long as this.
    Outbox(db::Connection& connection, const Secret& key);

    // To be sent from `now` on. ConstraintBroken: there is one of that name already.
    void put(std::string_view name, const Prepared& request, UnixTime now, const Lane& in = {});
    // It was answered, or it is over.
    void remove(std::string_view name);
    // Nobody answered: later, and later still.
    void try_later(std::string_view name, UnixTime now);
    // The answer will be another one then.
    void try_at(std::string_view name, UnixTime at);
    // Its time is over, and another one goes in its place; it waits as long as it did.
    void renew(std::string_view name, const Prepared& request);
    // Those that may be sent again, or are over: the longest waiting first.
    struct Waiting {
        std::string name, lane;
    };
    std::vector<Waiting> due(UnixTime now, std::size_t count_max, const Due& which = {});
    // Throws Failure: a row that does not open was altered, or the key is another.
    std::optional<Prepared> find(std::string_view name);

  private:
    const Secret& key_;
    db::Statement put_, remove_, try_later_, try_at_, renew_, due_, find_;
};

}  // namespace mado::client
