#include "notices.hpp"

#include <algorithm>
#include <iostream>

#include "base/printable.hpp"
#include "client/lines.hpp"
#include "client/notices.hpp"
#include "wire/services/catalogue.hpp"
#include "wire/subject.hpp"

namespace mado::cli {
namespace {

using Linked = HolderRecords<client::NoticeList>;
using Result = Records<client::NoticeList>;

// Ids are each holder's own: only with the holder one is a notice's name.
struct Name {
    std::string holder, id;
};
Name name_from(const std::string& text) {
    const auto at = text.find('/');
    Name out{text.substr(0, at), at == std::string::npos ? "" : text.substr(at + 1)};
    if (!wire::ParticipantId::parse(out.holder) || !wire::is_record_id(out.id)) {
        throw OperatorError("--open: holder and id of a notice, as the list shows them");
    }
    return out;
}

// --- the list ---

// Deadline, amount and procedure, as far as there are any.
std::string what_to_do(const client::Notice& notice) {
    std::string out;
    if (notice.deadline) out += fmt::format("期限 due {}  ", to_text(*notice.deadline));
    if (notice.amount_yen) {
        const auto* what = notice.amount_for == "pay"       ? "納める額 to pay"
                           : notice.amount_for == "receive" ? "受け取る額 to receive"
                                                            : "金額 amount";
        out += fmt::format("{} {} 円  ", what, *notice.amount_yen);
    }
    if (!notice.procedure.empty()) {
        out += fmt::format("手続 procedure {}  ", printable(notice.procedure));
    }
    return out;
}

// The union of the holders' lists, newest first.
void print_list(const wire::Directory& directory, const Result& result,
                const client::Result<client::PersonEntries>& entries) {
    using Line = std::pair<const Linked*, const client::Notice*>;
    std::vector<Line> lines;
    for (const auto& holder : result.holders) {
        for (const auto& notice : holder.view.notices)
            lines.emplace_back(&holder, &notice);
    }
    std::ranges::sort(lines, [](const Line& a, const Line& b) {
        if (a.second->received != b.second->received)
            return a.second->received > b.second->received;
        return a < b;
    });
    const auto opened = client::opened_notices(entries ? *entries : client::PersonEntries{});
    std::cout << "お知らせ your notices\n\n";
    for (const auto& [holder, notice] : lines) {
        const auto& issuer = holder->answered.answer.issuer.text();
        const bool read = opened.contains({issuer, notice->id});
        const auto* mark = !entries ? "" : read ? "開封済 opened  " : "未開封 new  ";
        std::cout << fmt::format("  {}  {}{}  {}\n              {}--open {}/{}（{}）\n",
                                 to_text(notice->received), mark, printable(notice->subject),
                                 printable(notice->sender), what_to_do(*notice), issuer, notice->id,
                                 name_of(directory, issuer));
    }
    if (lines.empty()) std::cout << "  この期間のお知らせはありません no notices\n";
    for (const auto& holder : result.holders) {
        if (!holder.view.more) continue;
        std::cout << fmt::format(
            "  {} には、さらに古いお知らせがあります（--to で）there are older "
            "ones\n",
            name_of(directory, holder.answered.answer.issuer.text()));
    }
    std::cout << "\n";
    print_unanswered(result.problems);
    for (const auto& holder : result.holders)
        print_receipt(holder.answered);
}

// --- one of them ---

int open_one(const Office& office, const std::string& mandate, const Linked& holder,
             const std::string& id) {
    const client::Ask ask{.to = holder.link,
                          .service = *wire::ServiceId::parse("notice"),
                          .purpose = *wire::CodeId::parse("own-view"),
                          .parameters = {{"id", id}},
                          .subject = to_bytes(wire::mandate_subject(mandate))};
    const auto lines = wait_for(client::ask_lines(office.directory, office.identity, {ask},
                                                  [](const auto&) { return false; }));
    const auto& answered = lines.front().front();
    if (!answered) return print_problem(answered.error());
    const auto opened = client::read_notice(*answered, id);
    if (!opened) {
        return print_problem({wire::Code::answer_invalid, opened.error().why, {}, {}});
    }
    const auto& notice = opened->notice;
    std::cout << fmt::format("{}\n  {}  {}\n", printable(notice.subject), to_text(notice.received),
                             printable(notice.sender));
    if (const auto todo = what_to_do(notice); !todo.empty()) std::cout << "  " << todo << "\n";
    std::cout << "\n";
    for (const auto& paragraph : opened->body)
        std::cout << "  " << printable(paragraph) << "\n\n";
    print_receipt(*answered);
    return 0;
}

// At the link whose list has it: no other holder hears of the id.
int open_listed(const Office& office, const std::string& mandate, const Result& result,
                const Name& name) {
    for (const auto& holder : result.holders) {
        const auto& notices = holder.view.notices;
        if (holder.answered.answer.issuer.text() == name.holder &&
            std::ranges::find(notices, name.id, &client::Notice::id) != notices.end()) {
            return open_one(office, mandate, holder, name.id);
        }
    }
    throw OperatorError(
        fmt::format("there is no notice {}/{} in the list: ./mado records notices shows it",
                    name.holder, name.id));
}

}  // namespace

int show_notices(const Places& places, const RecordsOptions& options) {
    constexpr std::string_view service = "notices";
    const Office office(places, "portal");
    const RecordsQuestion question{
        .service = service,
        .parameters = months_asked(options, service, office.policy.day_of(unix_now()))};
    std::optional<Name> open;
    if (!options.open.empty()) open = name_from(options.open);
    const auto by = obtain_mandate(places, office, options.card, options.pin,
                                   wire::MandateKind::login, {service, "notice", "entries"});
    if (!by) return print_problem(by.error());
    const auto result = fetch_records(office, *by, question, &client::read_notices);
    if (result.holders.empty()) return print_no_answers(result.problems);
    if (open) return open_listed(office, by->mandate, result, *open);
    print_list(office.directory, result,
               wait_for(client::fetch_entries(office.directory, office.policy, office.identity,
                                              by->mandate, by->certificate)));
    return result.status();
}

}  // namespace mado::cli
