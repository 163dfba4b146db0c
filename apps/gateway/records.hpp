// A holder's own database: the agreed SELECTs, prepared and compared with the contract at start,
// read-only and with a time limit; for what it is told, the one statement that takes it in; and for
// what it says by itself the SELECT of it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/config.hpp"
#include "db/db.hpp"
#include "wire/directory.hpp"
#include "wire/number.hpp"
#include "wire/services/catalogue.hpp"

namespace mado::gateway {

class Records {
  public:
    // `mapping`: the TOML file with [holder] and [service.<name>] rows = "select …" and, where the
    // service has items, items = "select …", where it is a tell, tell = "insert …"; and
    // [says.<name>] to, purpose and rows = "select …" for what the holder tells by itself. The
    // database is opened for writing only when there is a tell.
    // OperatorError names file, service and column when something does not fit.
    Records(const std::string& mapping, const std::string& database,
            const wire::Directory& directory, const wire::Schemes& schemes);

    [[nodiscard]] const wire::Participant& holder() const { return *holder_; }
    [[nodiscard]] const wire::Scheme& scheme() const { return *scheme_; }
    [[nodiscard]] bool offers(const wire::ServiceId& service) const;

    // Rows and items of one state of the database. Throws Failure (also db::Timeout) when the
    // database does not work or returns what breaks the contract.
    wire::ServiceAnswer answer(const wire::ServiceId& service,
                               const wire::ServiceQuestion& question);

    // Takes in what the holder was told, durably. The same order may come again, also at once after
    // a crash: the mapping's statement does nothing the second time (:order_id). Throws as
    // answer().
    struct Order {
        std::string id;  // of the entry in the access log, which nobody can make twice
        UnixTime time;
        std::uint64_t log_index = 0;  // what was ordered first, whenever it arrives
        std::string requester = {};
    };
    void apply(const wire::ServiceId& service, const wire::ServiceQuestion& question,
               const Order& order);

    // What the holder says by itself, to whom.
    struct Says {
        std::string service, to, purpose;
    };
    [[nodiscard]] std::vector<Says> says() const;
    // A row of it. Without a number: the one that stands there is none of the holder's scheme.
    struct Said {
        std::int64_t id = 0;
        std::optional<wire::PersonNumber> number;
        std::string payload;  // JSON
    };
    struct Listed {
        // The row that was told last is there still; else the list has gone back.
        bool has_last = false;
        // The next ones after it, in their order, up to one that breaks the contract.
        std::vector<Said> rows;
    };
    // `last`: the id of that row; 0: none was told. Throws as answer(), also when the next one
    // breaks the contract.
    Listed said(std::string_view service, std::int64_t last, std::size_t count_max, Date today);

  private:
    struct Service {
        const wire::Contract* contract;
        db::Statement rows;
        std::optional<db::Statement> items;
        std::optional<db::Statement> tell;
    };
    struct Saying {
        const wire::Contract* contract;
        Says says;
        std::vector<wire::Column> columns;
        db::Statement rows;
    };
    Service open_service(Config& services, const std::string& name, const std::string& database);
    Saying open_saying(Config& all, const std::string& name);
    [[nodiscard]] std::optional<wire::PersonNumber> number_in(const wire::Row& row) const;
    [[nodiscard]] Parsed<Said> said_in(const Saying& saying, Date today) const;
    const wire::Participant* holder_ = nullptr;
    const wire::Scheme* scheme_ = nullptr;
    db::Connection connection_;
    std::optional<db::Connection> writing_;  // before the statements of it
    std::map<std::string, Service, std::less<>> services_;
    std::map<std::string, Saying, std::less<>> says_;
};

}  // namespace mado::gateway
