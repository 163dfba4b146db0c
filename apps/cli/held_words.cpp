#include "held_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/printable.hpp"
#include "office.hpp"

namespace mado::cli {
namespace {

using client::Difference;
using client::HeldCheck;

std::string_view words_of_link(std::string_view act) {
    if (act == "end") return "紐付けを終了 ended";
    if (act == "correct") return "番号を訂正 corrected to";
    return "紐付け linked";
}

std::string_view words_of_card(std::string_view act) {
    if (act == "activate") return "登録 registered";
    if (act == "suspend") return "一時停止 suspended";
    if (act == "resume") return "再開 resumed";
    if (act == "revoke") return "失効（停止） stopped for good";
    return "暗証番号の再設定 PIN about to be reset";
}

std::string_view words_of_use(bool signing) {
    return signing ? "署名用 signing" : "利用者証明用 log-in";
}

std::string link_text(const client::ToldLink& told) {
    std::string out;
    for (const auto& number : told.numbers) {
        out += fmt::format("      {}：{}\n", words_of_link(told.act),
                           printable(client::to_text(number)));
    }
    if (told.was) {
        out += fmt::format("        旧番号 it was：{}\n", printable(client::to_text(*told.was)));
    }
    return out;
}

std::string card_text(const client::ToldCard& told) {
    std::string out;
    for (const auto& certificate : told.certificates) {
        const auto added =
            std::ranges::find(told.added, certificate, &crypto::Certificate::thumbprint);
        const auto what =
            added == told.added.end()
                ? std::string()
                : fmt::format("（{}、{} まで until then）", words_of_use(added->is_for_signing()),
                              to_rfc3339(added->not_after()));
        out += fmt::format("      カード card {}：{}{}\n", base64url(certificate),
                           words_of_card(told.act), what);
    }
    return out;
}

// What it is, and what to do.
std::string_view words_of(Difference::Kind kind) {
    using enum Difference::Kind;
    switch (kind) {
        case not_shown:
            return "中継機関は、この届出の内容を示しません the relay does not show what it was "
                   "told "
                   "here; ask it, and the one who told it, what it was: ./mado log question";
        case number_unknown:
            return "この番号はあなたに紐付けられていますが、紐付けた記録がありません this number "
                   "is "
                   "linked to you, and no entry of yours linked it: ask its holder and the window "
                   "whose it is, and complain about the relay";
        case number_missing:
            return "紐付けた記録がある番号を、中継機関は持っていません an entry linked this "
                   "number, "
                   "and the relay does not have it: ask its holder to link it again";
        case number_differs:
            return "番号の状態（現在・過去）が記録と違います the relay says current where your "
                   "entries say ended, or the other way round: ask the number's holder";
        case card_unknown:
            return "あなたのものとして登録されたカードですが、登録の記録がありません a card is "
                   "registered as yours, and no entry of yours registered it: have it stopped at "
                   "the window now";
        case card_missing:
            return "登録の記録がある（または今お使いの）カードを、中継機関は示しません the relay "
                   "does not show a card that your entries registered, or that you have just used";
        case card_differs:
            return "カードの状態が記録と違います the relay says another state of this card than "
                   "your entries do: if it is not in your hand, have it stopped at the window now";
        case order_unknown:
            return "認証局が受けた発行・停止等の指示が、あなたの記録にありません the authority had "
                   "an order about your certificates that is not in your list: ask the window for "
                   "what it was, and have the certificate revoked";
        case order_missing:
            return "記録にある指示を、認証局は受けていないと言います your list has an order to the "
                   "authority that it does not show: ask the authority";
        case certificate_unknown:
            return "指示のない電子証明書が、あなたの名義で発行されています a certificate was "
                   "issued "
                   "as yours without an order: have it revoked at the window now";
        case certificate_hidden:
            return "登録された電子証明書を、発行した認証局が示しません the authority does not show "
                   "a certificate that it has signed and that is registered: ask the authority";
    }
    return "";
}

std::string unproven_text(const client::Unproven& of, std::string_view why) {
    std::string out;
    for (const auto& one : of.numbers) {
        out += fmt::format("    {} {}（{}）\n", printable(client::to_text(one.number)),
                           one.current ? "" : "（終了 ended）", why);
    }
    for (const auto& one : of.cards) {
        out += fmt::format("    カード card {}  {}  {}（{}）\n", base64url(one.certificate),
                           words_of_use(one.signing), printable(one.state), why);
    }
    for (const auto& one : of.orders) {
        out += fmt::format("    発行 issued {}  {}（{}）\n", printable(one.serial),
                           to_rfc3339(one.received), why);
    }
    return out;
}

bool is_empty(const client::Unproven& of) {
    return of.numbers.empty() && of.cards.empty() && of.orders.empty();
}

std::string problems_text(const wire::Directory& directory, const HeldCheck& check) {
    std::string out;
    for (const auto& [who, problem] : check.problems) {
        const auto& error = wire::info(problem.code);
        out +=
            fmt::format("  {}: {}: {} {}{}\n",
                        client::is_lie(problem)
                            ? "✗ 形式に合わない回答です an answer that does not fit what was signed"
                            : "照合できません not compared",
                        name_of(directory, who.text()), error.name, error.title,
                        problem.detail.empty() ? "" : " (" + printable(problem.detail) + ")");
    }
    return out;
}

json::array unproven_json(const client::Unproven& of) {
    json::array out;
    for (const auto& one : of.numbers)
        out.push_back(json::object{{"number", client::to_text(one.number)}});
    for (const auto& one : of.cards)
        out.push_back(json::object{{"card", base64url(one.certificate)}});
    for (const auto& one : of.orders)
        out.push_back(json::object{{"certificate", one.serial}});
    return out;
}

}  // namespace

std::string told_text(const client::PersonEntry& entry) {
    if (client::hides_what_was_told(entry)) {
        return fmt::format("      ✗ {}\n", words_of(Difference::Kind::not_shown));
    }
    if (!entry.told) return {};
    const auto* link = std::get_if<client::ToldLink>(&*entry.told);
    return link != nullptr ? link_text(*link) : card_text(std::get<client::ToldCard>(*entry.told));
}

json::object told_json(const client::Told& told) {
    json::array what;
    if (const auto* link = std::get_if<client::ToldLink>(&told)) {
        for (const auto& number : link->numbers)
            what.emplace_back(client::to_text(number));
        json::object out{{"act", link->act}, {"numbers", std::move(what)}};
        if (link->was) out["was"] = client::to_text(*link->was);
        return out;
    }
    const auto& card = std::get<client::ToldCard>(told);
    for (const auto& certificate : card.certificates)
        what.emplace_back(base64url(certificate));
    return {{"act", card.act}, {"certificates", std::move(what)}};
}

std::string held_text(const wire::Directory& directory, const HeldCheck& check) {
    auto out = fmt::format(
        "\n番号・カード・電子証明書 your numbers, cards and certificates: {} / {} / {}\n",
        check.numbers, check.cards, check.certificates);
    out += problems_text(directory, check);
    for (const auto& one : check.differences) {
        const auto where = one.index ? fmt::format("  index {}", *one.index) : std::string();
        out += fmt::format("  ✗ {}{}\n      {}\n", printable(one.what), where, words_of(one.kind));
    }
    if (!is_empty(check.taken_on)) {
        out +=
            "  次のものは運用の開始時に引き継がれたもので、証明する記録がありません。心当たりがない"
            "ものは窓口へ taken on at the start: no entry made these, so only you can say "
            "whether they are yours; ask at the window about what you do not know\n";
        out += unproven_text(check.taken_on, "開始時 at the start");
    }
    if (!is_empty(check.erased)) {
        out +=
            "  次のものの記録は保存期間が終わり、もう確かめられません the entries of these are "
            "past their retention: they can no longer be proven\n";
        out += unproven_text(check.erased, "消去済み erased");
    }
    if (check.differences.empty() && check.problems.empty()) {
        out += "  あなたの記録と一致しています they are what your entries say\n";
    }
    return out;
}

json::object held_json(const HeldCheck& check) {
    json::array differences;
    for (const auto& one : check.differences) {
        json::object difference{{"kind", client::to_text(one.kind)}, {"what", one.what}};
        if (one.index) difference["index"] = *one.index;
        differences.push_back(std::move(difference));
    }
    json::array problems;
    for (const auto& [who, problem] : check.problems) {
        problems.push_back(json::object{{"who", who.text()},
                                        {"problem", wire::info(problem.code).name},
                                        {"lie", client::is_lie(problem)},
                                        {"why", problem.detail}});
    }
    return {{"numbers", check.numbers},
            {"cards", check.cards},
            {"certificates", check.certificates},
            {"differences", std::move(differences)},
            {"problems", std::move(problems)},
            {"taken_on", unproven_json(check.taken_on)},
            {"erased", unproven_json(check.erased)}};
}

bool has_lie(const HeldCheck& check) {
    return !check.differences.empty() || std::ranges::any_of(check.problems, [](const auto& one) {
        return client::is_lie(one.second);
    });
}

}  // namespace mado::cli
