// The issuer's memory (schema/001_first.sqlite.sql): every case as what happened to it, and the
// requests that wait for an answer. One connection, for the one thread of the program.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.hpp"
#include "client/outbox.hpp"
#include "db/db.hpp"
#include "happenings.hpp"

namespace mado::issuer {

using CaseId = std::int64_t;

// Whose hand something was; "": nobody's, a program's own.
struct By {
    UnixTime at = 0;
    std::string clerk = {};
};

struct CaseFile {
    CaseId id = 0;
    std::string number;  // on the slip
    UnixTime opened_at = 0;
    Case one;
};
struct Line {
    UnixTime at = 0;
    std::string clerk;
    Happening what;
};

class Store {
  public:
    // `folder`/store.key: 32 random bytes. Makes the file when it is not there.
    Store(const std::string& path, const std::string& folder, const wire::Schemes& schemes);

    // Durable when it returns, as all that follows. `known`: by an earlier case.
    CaseId open(const Opened& opened, By by);
    // False: it was given before, to somebody.
    bool give(std::string_view health_care_number);
    // Throws Failure for a case that is not there.
    CaseFile find(CaseId id);
    std::optional<CaseId> find(std::string_view number);
    std::vector<CaseId> find(Date birth_date, std::string_view kana);
    std::vector<Line> lines(CaseId id);
    // Those that have not ended, after that one.
    std::vector<CaseId> open_cases(CaseId after, std::size_t count_max);

    // What happened, when it fits. The same once more is not written again.
    std::expected<Case, Misfit> add(CaseId id, const Happening& what, By by);
    // It will go out: noted, and kept for sending, or neither.
    std::expected<Case, Misfit> send(CaseId id, const Sent& sent, const client::Prepared& request,
                                     By by);
    // Whose act that request followed from, and of which case it was.
    struct Asked {
        CaseId id = 0;
        Operator by;
    };
    std::optional<Asked> find_operator(std::string_view jti);
    // There is nobody to send it to: noted as sent and refused, or neither.
    std::expected<Case, Misfit> refuse(CaseId id, OrderName order, const std::string& code, By by);
    // What came of it: noted, and not sent again, or neither.
    std::expected<Case, Misfit> answer(CaseId id, OrderName order, const Happening& what, By by);

    client::Outbox& outbox() { return outbox_; }

  private:
    struct Statements {
        explicit Statements(db::Connection& connection);
        db::Statement open, give, find, find_number, find_who, lines, open_cases, add, end, who,
            add_operator, find_operator;
    };
    Bytes index(std::string_view purpose, std::string_view text) const;
    std::vector<Line> read_lines(CaseId id);
    std::expected<Case, Misfit> write(CaseId id, const Happening& what, const By& by);

    Secret seal_key_, index_key_, outbox_key_;
    const wire::Schemes& schemes_;
    db::Connection connection_;
    client::Outbox outbox_;
    Statements sql_;
};

// Of an order in the outbox.
std::string outbox_name(CaseId id, OrderName order);
struct OutboxName {
    CaseId id = 0;
    OrderName order;
};
std::optional<OutboxName> parse_outbox_name(std::string_view name);

}  // namespace mado::issuer
