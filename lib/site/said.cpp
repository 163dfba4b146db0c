#include "site/said.hpp"

#include <algorithm>
#include <array>

namespace mado::site {
namespace {

struct Row {
    Said said;
    std::string_view name;
    page::Words words;
};

constexpr std::array table{
    Row{Said::log_out,
        "log_out",
        {"ログアウトしました。", "You are logged out.", "おわりました。"}},
    Row{Said::card_removed,
        "card_removed",
        {"カードが抜かれたので、ログアウトしました。",
         "You are logged out because the card was removed.",
         "カードを ぬいたので、おわりました。"}},
    Row{Said::card_stopped,
        "card_stopped",
        {"このカードは停止されているので、ログインしていません。市区町村にお問い合わせください。",
         "You are not logged in because this card was stopped. Your municipality can help.",
         "この カードは もう つかえません。しやくしょなどに きいて ください。"}},
    Row{Said::time_over,
        "time_over",
        {"時間が来たので、ログアウトしました。", "You are logged out because the time was up.",
         "じかんが きたので、おわりました。"}},
    Row{Said::cancelled,
        "cancelled",
        {"ログインを取り消しました。", "The log-in was cancelled.", "やめました。"}},
    Row{Said::other_session,
        "other_session",
        {"このログインは、この画面から始めたものではありません。または、始めてから5分が過ぎました。"
         "も"
         "う一度始めてください。",
         "This log-in was not begun on this page, or more than five minutes ago. Please begin "
         "again.",
         "5ふんが すぎたか、ほかの がめんの ものです。もういちど はじめから して ください。"}},
    Row{Said::card_expired,
        "card_expired",
        {"このカードは有効期限が切れています。市区町村で更新できます。",
         "This card has expired. Your municipality can renew it.",
         "この カードは ふるいです。しやくしょなどで あたらしく できます。"}},
    Row{Said::card_unknown,
        "card_unknown",
        {"このカードは登録されていません。市区町村にお問い合わせください。",
         "This card is not registered. Your municipality can help.",
         "この カードは しらない カードです。しやくしょなどに きいて ください。"}},
    Row{Said::card_list_old,
        "card_list_old",
        {"カードが停止されていないかどうかを、いま確かめられません。しばらくしてからもう一度お願い"
         "しま"
         "す。",
         "It cannot be checked just now whether your card is still valid. Please try again later.",
         "カードが つかえるか、いまは わかりません。あとで もういちど して ください。"}},
    Row{Said::refused,
        "refused",
        {"ログインが受け付けられませんでした。もう一度始めてください。",
         "The log-in was not accepted. Please begin again.",
         "はいれませんでした。もういちど して ください。"}},
    Row{Said::too_many,
        "too_many",
        {"ログインが多すぎます。5分ほどしてからもう一度お願いします。",
         "Too many log-ins were begun just now. Please try again in five minutes.",
         "いまは こんで います。5ふん まって、もういちど して ください。"}},
    Row{Said::unavailable,
        "unavailable",
        {"いまはログインできません。1分ほどしてから、もう一度お願いします。",
         "You cannot log in just now. Please try again in a minute.",
         "いまは できません。すこし まって、もういちど して ください。"}},
    Row{Said::not_admitted,
        "not_admitted",
        {"このカードでは、{}にログインできません。", "This card may not log in to {}.",
         "この カードでは {}に はいれません。"}},
    Row{Said::failed,
        "failed",
        {"{}との通信がうまくいきませんでした。もう一度始めてください。",
         "The log-in did not get through to {}. Please begin again.",
         "うまく いきませんでした。もういちど はじめから して ください。"}},
};

constexpr bool in_order() {
    for (std::size_t i = 0; i < table.size(); ++i) {
        if (table[i].said != static_cast<Said>(i)) return false;
    }
    return table.back().said == Said::failed;
}
static_assert(in_order());

const Row& row_of(Said said) {
    return table[static_cast<std::size_t>(said)];
}

}  // namespace

std::string_view to_text(Said said) {
    return row_of(said).name;
}

std::optional<Said> parse_said(std::string_view text) {
    const auto* found = std::ranges::find(table, text, &Row::name);
    return found == table.end() ? std::nullopt : std::optional(found->said);
}

const page::Words& words_of(Said said) {
    return row_of(said).words;
}

bool is_mistake(Said said) {
    switch (said) {
        case Said::log_out:
        case Said::card_removed:
        case Said::time_over:
        case Said::cancelled:
            return false;
        case Said::card_stopped:
        case Said::other_session:
        case Said::card_expired:
        case Said::card_unknown:
        case Said::card_list_old:
        case Said::refused:
        case Said::too_many:
        case Said::unavailable:
        case Said::not_admitted:
        case Said::failed:
            return true;
    }
    return true;
}

Said said_of(wire::Ending ending) {
    switch (ending) {
        case wire::Ending::stop:
            return Said::card_removed;
        case wire::Ending::organisation:
            return Said::log_out;
        case wire::Ending::revoked:
            return Said::card_stopped;
    }
    return Said::refused;
}

Said said_of(wire::Code code) {
    using wire::Code;
    if (code == Code::card_revoked) return Said::card_stopped;
    if (code == Code::card_expired) return Said::card_expired;
    if (code == Code::card_unknown) return Said::card_unknown;
    if (code == Code::card_list_old) return Said::card_list_old;
    if (code == Code::overloaded) return Said::too_many;
    if (code == Code::unavailable || code == Code::not_ready) return Said::unavailable;
    return Said::refused;  // the mandate, or a fault
}

}  // namespace mado::site
