// The authority's database (schema/001_first.sqlite.sql): orders that its gateway writes, and what
// became of them. One thread; one mado-ca at a time (main holds a lock).
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "db/db.hpp"
#include "service.hpp"

namespace mado::ca {

// What is kept of a decision, in one transaction with the statuses that it changes.
struct Issued {
    crypto::Serial serial;
    Use use;
    Hash key;
    Validity validity;
    Bytes der;
    std::vector<std::string> supersedes;
};
using Result = std::variant<Issued, Change, Unchanged, Refusal>;

struct StatusRow {
    Status status = Status::good;
    UnixTime since = 0;
    std::optional<std::string> reason = {};
};

// An order that no gateway wrote, and what stands in the place of its entry in the access log.
struct Ordered {
    std::string id;
    Order order;
};
// Of an order to issue.
struct Became {
    std::string certificate;  // DER in base64url
    std::string refusal;      // or why there is none
};

class Store {
  public:
    explicit Store(const std::string& path);

    // Whether anybody else wrote since the last call, cheaply; true the first time.
    bool changed();
    // The next ones that wait, in their order; but what ends a certificate never waits for those
    // that are to be issued.
    std::vector<Order> undecided(std::size_t max);
    Known known(const Order& order);
    // Durable when it returns. ConstraintBroken: the order was decided before.
    void decide(const Order& order, const Result& result, UnixTime now);

    // All or none; those that are there already stay. Durable when it returns.
    void order(const std::vector<Ordered>& all, UnixTime now);
    // None: not ordered, or not decided yet.
    std::optional<Became> became(std::string_view order_id);

    // None: never issued.
    std::optional<StatusRow> status(const crypto::Serial& serial);
    // What is revoked or suspended and not over since `over`, nor since the newest list: each was
    // on a list that is of after its end (RFC 5280 section 3.3).
    std::vector<Listed> listed(UnixTime over);
    // Number and time of the next list, durable. The number never goes back; the time is now, also
    // after a list of the future.
    ListTimes next_list(UnixTime now, std::int64_t lifetime_s);

    // The newest of the responder's certificates.
    std::optional<Bytes> responder();
    void keep_responder(const crypto::Certificate& certificate);

    struct Counts {
        std::int64_t ordered = 0;
        std::int64_t decided = 0;
        std::int64_t certificates = 0;
    };
    Counts counts();

  private:
    db::Connection connection_;
    db::Statement version_;
    db::Statement undecided_;
    db::Statement first_undecided_;
    db::Statement by_serial_;
    db::Statement by_key_;
    db::Statement add_decided_;
    db::Statement forget_;
    db::Statement add_certificate_;
    db::Statement set_status_;
    db::Statement seen_;
    db::Statement status_;
    db::Statement listed_;
    db::Statement list_;
    db::Statement set_list_;
    std::optional<std::int64_t> seen_version_;
    std::int64_t first_ = 1;  // below it every line is decided
};

}  // namespace mado::ca
