// A holder's own database: the agreed SELECTs, prepared and compared with the contract at start,
// read-only and with a time limit.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "db/db.hpp"
#include "wire/directory.hpp"
#include "wire/number.hpp"
#include "wire/services/catalogue.hpp"

namespace mado::gateway {

class Records {
  public:
    // `mapping`: the TOML file with [holder] and [service.<name>] rows = "select …" and, where the
    // service has items, items = "select …".
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

  private:
    struct Service {
        const wire::Contract* contract;
        db::Statement rows;
        std::optional<db::Statement> items;
    };
    const wire::Participant* holder_ = nullptr;
    const wire::Scheme* scheme_ = nullptr;
    db::Connection connection_;
    std::map<std::string, Service, std::less<>> services_;
};

}  // namespace mado::gateway
