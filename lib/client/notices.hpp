// What a holder answered to `notices` and `notice`, read for showing it to the person; and which of
// them the person has opened, which no holder and no relay keeps: the person's own entries say it.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "client/client.hpp"
#include "client/entries.hpp"

namespace mado::client {

struct Notice {
    std::string id;  // the holder's
    std::string subject, sender;
    Date received;
    std::optional<Date> deadline;
    std::string procedure;  // code of the procedure it leads to; "" for none
    std::optional<std::int64_t> amount_yen;
    std::string amount_for;  // "pay", "receive", or "" where it is neither
};

struct NoticeList {
    std::string from, to;         // YYYY-MM
    bool more = false;            // the holder has older ones in these months
    std::vector<Notice> notices;  // newest first
};
// Bad: the document has not its form, or is about other months than `parameters` asked for.
Parsed<NoticeList> read_notices(const Answered& answered,
                                const std::map<std::string, std::string>& parameters);

struct OpenedNotice {
    Notice notice;
    std::vector<std::string> body;  // paragraphs
};
// Bad: the document has not its form, or is another notice than the one of this id.
Parsed<OpenedNotice> read_notice(const Answered& answered, const std::string& id);

// Holder and id of every notice that the person was given to read, by answered orders.
std::set<std::pair<std::string, std::string>> opened_notices(const PersonEntries& entries);

}  // namespace mado::client
