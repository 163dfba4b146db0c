// What the issuing centre has for people to read: notices, and to whom their cases were shown; and
// what registers say of its people. A small file that a gateway serves
// (country/jp/holders/issuer.toml), like any other holder's.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "db/db.hpp"
#include "store.hpp"
#include "wire/directory.hpp"
#include "wire/policy.hpp"
#include "wire/services/staff_looks.hpp"

namespace mado::issuer {

using wire::LookWay;

class Book {
  public:
    // Makes the file when it is not there.
    explicit Book(const std::string& path);

    struct Notice {
        std::string id, number;  // the issuing number
        std::string subject, sender;
        Date received{};
        std::optional<Date> deadline;
        std::string body;  // a paragraph a line
    };
    // Durable when it returns. The same id once more changes nothing.
    void add(const Notice& notice);
    // Those whose deadline, or else their own day, was before that day.
    void erase_notices(Date before);

    struct Look {
        UnixTime at = 0;
        Date day{};  // of it, in the country
        Store::SealedName clerk;
        std::string office;
        LookWay way = LookWay::record;
    };
    // Of each of these issuing numbers one, durable when it returns, all of them or none. The same
    // clerk in the same way on the same day is one look, the first.
    void add(const std::vector<std::string>& numbers, const Look& look);
    struct WrittenLook {
        UnixTime at = 0;
        Bytes clerk;  // sealed
        std::string office, way;
    };
    // The newest first.
    std::vector<WrittenLook> looks(std::string_view number, std::size_t count_max);
    // At most so many; how many it were.
    std::int64_t erase_looks(UnixTime before, std::size_t count_max);

    // What a register has said, and the issuer is not done with.
    struct Told {
        std::string order_id, number, register_id, what;
        UnixTime changed_at = 0;
        std::int64_t tries = 0;  // looks that have found that it waits
    };
    // Those that may be looked at, the longest waiting first.
    std::vector<Told> told(UnixTime now, std::size_t count_max);
    // What a look has found.
    struct Looked {
        std::string order_id;
        std::optional<UnixTime> next;  // none: it is done with
        std::optional<Notice> notice;
    };
    // All of a round, durable when it returns, or nothing.
    void looked(const std::vector<Looked>& all, UnixTime now);
    void erase_told(UnixTime before);

  private:
    db::Connection connection_;
    db::Statement add_notice_, erase_notices_, add_look_, looks_, erase_looks_, told_, look_later_,
        done_with_, erase_told_;
};

// Writes down who is shown whose case, before they are shown it: whose case it is may ask.
class Looks {
  public:
    // `centre`: its name, which stands for clerks of no municipality's.
    Looks(Book& book, const Store& store, const wire::Directory& directory,
          const wire::Policy& policy, std::string centre)
        : book_(book),
          store_(store),
          directory_(directory),
          policy_(policy),
          centre_(std::move(centre)) {}

    // Issuing numbers.
    void write(const std::vector<std::string>& numbers, LookWay way, const By& by);
    // A newborn's case shows its parents too. Its second parent, who may not know where the child
    // lives (decision 41), does not read at which window that was.
    void write(const Case& one, LookWay way, const By& by);

  private:
    Book& book_;
    const Store& store_;
    const wire::Directory& directory_;
    const wire::Policy& policy_;
    std::string centre_;
};

}  // namespace mado::issuer
