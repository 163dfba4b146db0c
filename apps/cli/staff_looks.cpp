#include "staff_looks.hpp"

#include <iostream>

#include "base/printable.hpp"
#include "client/staff_looks.hpp"

namespace mado::cli {

std::string_view words_of(wire::LookWay way) {
    switch (way) {
        case wire::LookWay::list:
            return "一覧で in a list";
        case wire::LookWay::found:
            return "検索で among what was searched for";
        case wire::LookWay::record:
            return "あなたの記録を開いて by itself";
        case wire::LookWay::paper:
            return "書類・手紙で on a document or a letter";
        case wire::LookWay::known:
            return "登録があることだけ only that you are known";
    }
    return "";
}

int show_staff_looks(const Places& places, const RecordsOptions& options) {
    constexpr std::string_view service = "staff-looks";
    const Office office(places, "portal");
    const RecordsQuestion question{
        .service = service,
        .parameters = months_asked(options, service, office.policy.day_of(unix_now()))};
    const auto by = obtain_mandate(places, office, options.card, options.pin,
                                   wire::MandateKind::login, {service, "entries"});
    if (!by) return print_problem(by.error());
    const auto result = fetch_records(office, *by, question, &client::read_staff_looks);
    if (result.holders.empty()) return print_no_answers(result.problems);
    for (const auto& holder : result.holders) {
        std::cout << fmt::format("{} の職員が見た記録 what its staff were shown\n\n",
                                 name_of(office.directory, holder.answered.answer.issuer.text()));
        for (const auto& look : holder.view.looks) {
            std::cout << fmt::format("  {}  {}  {}\n", to_rfc3339(look.at), printable(look.office),
                                     words_of(look.what));
        }
        if (holder.view.looks.empty()) std::cout << "  だれも見ていません nobody has looked\n";
        if (holder.view.more)
            std::cout << "  さらに古いものがあります（--to で）there are older ones\n";
        std::cout << "\n";
    }
    print_unanswered(result.problems);
    for (const auto& holder : result.holders)
        print_receipt(holder.answered);
    return result.status();
}

}  // namespace mado::cli
