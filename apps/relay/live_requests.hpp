// Requests until their end: the same request again is the same entry, other bytes under its name
// are refused. In the store, and in memory so that looking for one reads no page.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "db/db.hpp"

namespace mado::relay {

// A request, as the log writer knows it.
struct RequestKey {
    Bytes request_index;   // of requester and jti
    Bytes content_index;   // of the request's bytes
    UnixTime expires = 0;  // of the head: afterwards it is no request any more
};

// Belongs to the log writer's thread; inside its transaction.
class LiveRequests {
  public:
    explicit LiveRequests(db::Connection& connection);

    struct Known {
        std::int64_t log_index = 0;
        bool same = false;  // to the last byte
    };
    std::optional<Known> find(const RequestKey& request);
    void add(const RequestKey& request, std::int64_t log_index);
    // Those that ended longest ago, one second's at a time. True: there may be more.
    bool drop_ended(UnixTime now);
    // Before each batch.
    void begin();
    // After a batch that failed: all of it was recorded, or nothing. The next one finds out.
    void forget();

  private:
    struct Statements {
        explicit Statements(db::Connection& connection);
        db::Statement all, find, add, drop;
    };
    struct Row {
        UnixTime expires = 0;
        std::int64_t log_index = 0;
    };
    // The first bytes of a request_index: enough of an HMAC.
    using Name = std::array<std::uint64_t, 2>;
    static Name name_of(ByteView request_index);
    struct FirstWord {
        std::size_t operator()(const Name& name) const noexcept { return name[0]; }
    };
    // content_index; none: it was not recorded.
    std::optional<Bytes> content(const Row& row);

    db::Connection& connection_;
    Statements sql_;
    std::unordered_map<Name, Row, FirstWord> rows_;
    std::vector<Name> added_;     // by the batch under way
    std::vector<Name> doubtful_;  // by batches that failed
};

}  // namespace mado::relay
