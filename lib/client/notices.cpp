#include "client/notices.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "client/own.hpp"
#include "wire/services/notices.hpp"

namespace mado::client {
namespace {

Date required_date(Members& in, std::string_view name) {
    const auto date = in.optional_date(name);
    if (!date) in.refuse("a notice has no day");
    return date.value_or(Date{});
}

Parsed<Notice> read_one(const json::object& object) {
    Members in(object);
    Notice out{.id = in.text("id"),
               .subject = in.text("subject"),
               .sender = in.text("sender"),
               .received = required_date(in, "received"),
               .deadline = in.optional_date("deadline"),
               .procedure = in.optional_text("procedure").value_or(""),
               .amount_yen = in.optional_integer("amount_yen", 0, wire::amount_yen_max),
               .amount_for = in.optional_text("amount_for").value_or("")};
    if (!wire::is_record_id(out.id)) in.refuse("a notice has an id of another form");
    if (out.subject.empty() || out.sender.empty()) in.refuse("a notice has no subject or sender");
    if (!out.procedure.empty() && !wire::CodeId::parse(out.procedure)) {
        in.refuse("a procedure is no code");
    }
    if (!out.amount_for.empty() &&
        (!out.amount_yen || (out.amount_for != "pay" && out.amount_for != "receive"))) {
        in.refuse("an amount is neither to pay nor to receive");
    }
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return out;
}

}  // namespace

Parsed<NoticeList> read_notices(const Answered& answered,
                                const std::map<std::string, std::string>& parameters) {
    Members in(*answered.answer.data);
    NoticeList out{.from = in.text("from", 7),
                   .to = in.text("to", 7),
                   .more = in.boolean("more"),
                   .notices = {}};
    for (const auto& value : in.array("notices", wire::notices_max)) {
        if (!value.is_object()) return bad("a notice is not an object");
        auto notice = read_one(value.get_object());
        if (!notice) return std::unexpected(notice.error());
        out.notices.push_back(std::move(*notice));
    }
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (!is_as_asked(parameters, "from", out.from) || !is_as_asked(parameters, "to", out.to)) {
        return bad("the notices are of other months than those asked");
    }
    const auto older = [](const Notice& a, const Notice& b) { return a.received > b.received; };
    if (!std::ranges::is_sorted(out.notices, older)) return bad("notices are not newest first");
    return out;
}

Parsed<OpenedNotice> read_notice(const Answered& answered, const std::string& id) {
    Members in(*answered.answer.data);
    const auto& object = in.object("notice");
    auto body = in.texts("body", wire::paragraphs_max, wire::paragraph_bytes_max);
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    auto notice = read_one(object);
    if (!notice) return std::unexpected(notice.error());
    if (notice->id != id) return bad("another notice than the one asked for");
    if (body.empty()) return bad("a notice has no text");
    return OpenedNotice{std::move(*notice), std::move(body)};
}

std::set<std::pair<std::string, std::string>> opened_notices(const PersonEntries& entries) {
    std::set<std::pair<std::string, std::string>> out;
    for (const auto& entry : entries.entries) {
        if (!entry.order || !entry.head || entry.outcome != "answered") continue;
        if (entry.head->service.text() != "notice") continue;
        const auto id = entry.head->parameters.find("id");
        if (id != entry.head->parameters.end()) out.emplace(entry.order->holder.text(), id->second);
    }
    return out;
}

}  // namespace mado::client
