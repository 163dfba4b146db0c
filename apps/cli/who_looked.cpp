#include "who_looked.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <iostream>

#include "base/printable.hpp"
#include "client/cross_check.hpp"
#include "held_words.hpp"
#include "log_files.hpp"
#include "log_words.hpp"
#include "office.hpp"
#include "unanswered.hpp"
#include "wire/policy.hpp"

namespace mado::cli {
namespace {

// Longer than this not compared with a holder: the person is told.
constexpr std::int64_t compare_s = 7 * 86'400;

struct Filter {
    std::optional<Date> from, to;
    std::string who, service;
    bool others;
};

Filter filter_of(const WhoLookedOptions& options) {
    Filter out{.from = {},
               .to = {},
               .who = options.who,
               .service = options.service,
               .others = options.others};
    if (!options.from.empty()) out.from = parse_day("--from", options.from);
    if (!options.to.empty()) out.to = parse_day("--to", options.to);
    return out;
}

// A log-in of this very card: what another one has signed may be a lost card of the person, or
// nobody's, and by consent and delegation others look.
bool is_own_view(const client::PersonEntry& entry) {
    return entry.head && entry.head->purpose.text() == "own-view" && entry.card_signed.own_card &&
           entry.card_signed.kind == wire::MandateKind::login;
}

// What was erased can be sorted by nothing, and is always shown.
bool is_wanted(const client::PersonEntry& entry, const Filter& filter, const wire::Policy& policy) {
    if (entry.erased) return true;
    const auto day = policy.day_of(entry.time);
    if ((filter.from && day < *filter.from) || (filter.to && *filter.to < day)) return false;
    if (!filter.who.empty() && entry.requester != filter.who) return false;
    const auto service = entry.head ? entry.head->service.text() : std::string();
    if (!filter.service.empty() && service != filter.service) return false;
    return !filter.others || !is_own_view(entry);
}

json::object entry_json(const client::PersonEntry& entry) {
    json::object out{{"seq", entry.seq},
                     {"index", entry.index},
                     {"entry", base64url(entry.entry)},
                     {"witnessed", entry.witnessed}};
    if (entry.series != 0) out["series"] = entry.series;
    if (entry.erased) {
        out["erased"] =
            json::object{{"kept_until", entry.erased->kept_until}, {"at", entry.erased->at}};
        return out;
    }
    out["kind"] = entry.kind;
    out["time"] = entry.time;
    if (entry.joins) {
        out["joined"] = entry.joins->last_seq;
        return out;
    }
    out["requester"] = entry.requester;
    if (entry.refused_try) {
        out["refused_by_policy"] = json::object{{"scheme", entry.refused_try->scheme},
                                                {"service", entry.refused_try->service}};
    }
    if (entry.order) {
        out["holder"] = entry.order->holder.text();
        out["policy"] = entry.order->policy.text();
        out["presence"] = wire::to_text(entry.order->presence);
        out["service"] = entry.head->service.text();
        out["purpose"] = entry.head->purpose.text();
        if (const auto* decision = decision_of(*entry.head)) out["decision"] = *decision;
        out["own_card"] = entry.card_signed.own_card;
        if (entry.told) out["told"] = told_json(*entry.told);
        if (client::hides_what_was_told(entry)) out["told"] = nullptr;
    }
    out["outcome"] = entry.outcome.empty() ? json::value(nullptr) : json::value(entry.outcome);
    return out;
}

// With what was done, of a service that does several things.
std::string what_of(const wire::Head& head) {
    const auto act = head.parameters.find("act");
    return act == head.parameters.end() ? head.service.text()
                                        : head.service.text() + " " + printable(act->second);
}

std::string decided_text(const wire::Head& head) {
    const auto* decision = decision_of(head);
    if (decision == nullptr) return {};
    return fmt::format(
        "      職員が、どちらの書き方もあなたのことだと決めました（決定 {0}） "
        "a clerk has decided that both writings mean you\n",
        printable(*decision));
}

// `all`: the list that it is of.
void print_entry(const wire::Directory& directory, const wire::Policy& policy,
                 const client::PersonEntry& entry, const std::vector<client::PersonEntry>& all) {
    const std::string_view mark = entry.witnessed ? "" : "  （立会い待ち not yet witnessed）";
    if (entry.erased) {
        std::cout << fmt::format(
            "{:>4}  （{} 末までの保存期間が終わり、{} に消去 erased at its retention's end）{}\n",
            number_of(entry), printable(entry.erased->kept_until), to_rfc3339(entry.erased->at),
            mark);
        return;
    }
    if (entry.joins) {
        std::cout << fmt::format(
            "{:>4}  {}  番号の紐付けにより、それまでの照会 {} 件を加えました "
            "earlier looks by a number of yours, now linked, joined the list{}\n",
            number_of(entry), to_rfc3339(entry.time), entry.joins->last_seq, mark);
        return;
    }
    const auto who = name_of(directory, entry.requester);
    if (entry.kind == "refused" && entry.refused_try) {
        std::cout << fmt::format(
            "{:>4}  {}  {}  番号（{}）で {} を照会しようとして、認められませんでした "
            "was not allowed to ask by your number{}\n",
            number_of(entry), to_rfc3339(entry.time), who, printable(entry.refused_try->scheme),
            printable(entry.refused_try->service), mark);
        return;
    }
    if (entry.kind == "refused") {
        std::cout << fmt::format(
            "{:>4}  {}  {}  番号での照会をその日は停止（3回の不一致） "
            "closed for the day after three misses{}\n",
            number_of(entry), to_rfc3339(entry.time), who, mark);
        return;
    }
    const auto* row = policy.row(entry.order->policy);
    std::cout << fmt::format("{:>4}  {}  {} → {}  {}／{}  {}{}\n", number_of(entry),
                             to_rfc3339(entry.time), who,
                             name_of(directory, entry.order->holder.text()), what_of(*entry.head),
                             wire::to_text(entry.order->presence),
                             entry.outcome.empty() ? "（回答は未確認 not known to be answered）"
                                                   : printable(entry.outcome),
                             mark);
    if (row != nullptr) std::cout << fmt::format("      根拠：{}\n", row->legal_basis);
    std::cout << told_text(entry) << decided_text(*entry.head);
    if (const auto* answered = client::changed_order_of(entry, all)) {
        std::cout << fmt::format(
            "      {0} 番の {1} への回答が変わり、もう一度の確認を知らせました "
            "its answer to {1} (entry {0}) has changed, and who asked was told\n",
            number_of(*answered), name_of(directory, answered->requester));
    }
    if (entry.kind == "named") {
        std::cout << "      枝番のない番号による照会で、あなたのことと保険者等が判断しました "
                     "by your family's number: the holder found that it was about you\n";
    }
    if (entry.was_sealed) {
        std::cout << fmt::format("      {} の命令により {} まで開示を制限 sealed until then\n",
                                 name_of(directory, entry.was_sealed->authority),
                                 to_rfc3339(entry.was_sealed->until));
    }
}

void print_unconfirmed(const client::Witnessing& witnessing, UnixTime witnessed_at) {
    if (witnessing.overdue > 0) {
        std::cout << fmt::format(
            "  ✗ {0} 件は10分を過ぎても立会いがありません。記録の管理者か証人に問題があります\n"
            "      {0} have not been witnessed for ten minutes: the log or its witnesses are at "
            "fault; ./mado log follow --once says more\n",
            witnessing.overdue);
    } else if (witnessing.late) {
        std::cout << fmt::format(
            "  ✗ 証人の署名は {0} が最後です（10分より前）。記録の管理者か証人に問題があります\n"
            "      the witnesses last cosigned more than ten minutes ago, at {0}: the log or its "
            "witnesses are at fault; ./mado log follow --once says more\n",
            to_rfc3339(witnessed_at));
    }
}

// Without witnesses the log's word alone says that nothing was altered.
void print_summary(const client::PersonEntries& entries) {
    const auto count = entries.entries.size();
    const auto witnessing = client::witnessing_of(entries, unix_now());
    std::cout << fmt::format(
        "\n{0} 件がアクセス記録にあり、あなたのものであることを確認しました（{2}）。\n"
        "{0} proven to be yours and in the log, under the checkpoint over {1} entries; ",
        count, entries.checkpoint.size,
        witnessing.confirmed ? "改ざんなし" : "改ざんがないことの立会いは未確認");
    if (entries.witnessed_size == 0) {
        std::cout << "no witness has seen it yet\n";
    } else if (witnessing.waiting == 0) {
        std::cout << "all of them are witnessed\n";
    } else {
        std::cout << fmt::format("{} wait to be witnessed\n", witnessing.waiting);
    }
    print_unconfirmed(witnessing, entries.witnessed_at);
}

void print_reminders(const wire::Directory& directory, const client::PersonEntries& entries) {
    const auto now = unix_now();
    for (const auto& [holder, at] : client::last_compared(entries)) {
        if (at >= now - compare_s) continue;
        std::cout << fmt::format(
            "{}：{}。照合するには --compare を付けてください not compared {}; add --compare\n",
            name_of(directory, holder.text()),
            at == 0 ? "記録の照合をまだしていません" : "7日以上照合していません",
            at == 0 ? "yet" : "for 7 days");
    }
}

std::string_view words_of(client::Finding::Kind kind) {
    switch (kind) {
        case client::Finding::Kind::missing_at_relay:
            return "保険者等は照会を受けましたが、あなたの一覧にありません "
                   "the holder was asked, and your list does not have it";
        case client::Finding::Kind::missing_at_holder:
            return "一覧では回答済みですが、保険者等に記録がありません "
                   "your list says answered, and the holder has no evidence of it";
        case client::Finding::Kind::not_named:
            return "枝番のない番号での照会で、保険者等はあなたのことと判断しましたが、一覧にありま"
                   "せん "
                   "asked by your family's number without its branch: the holder found you, and "
                   "your "
                   "list does not have it";
        case client::Finding::Kind::differs:
            return "一覧と保険者等の記録の内容が違います your list and the holder's say different "
                   "things";
    }
    return "";
}

// A holder that answered nothing has no name yet: the relay does not say who it would have been.
bool is_unnamed(const wire::Directory& directory, const client::ComparedHolder& holder) {
    return holder.problem && holder.holder == directory.relay().id;
}

std::string names_of_unnamed(const wire::Directory& directory, const client::CrossCheck& check,
                             const std::vector<wire::CodeId>& kinds) {
    Silence silence{.count = 0, .kinds = kinds, .answered = {}};
    for (const auto& holder : check.holders) {
        if (is_unnamed(directory, holder)) {
            silence.count += is_of_one_holder(*holder.problem) ? 1 : 0;
        } else {
            silence.answered.push_back(holder.holder);
        }
    }
    return silent_text(directory, who_is_silent(directory, check.entries, silence), silence.count);
}

bool is_complete(const client::CrossCheck& check) {
    return std::ranges::none_of(check.holders, [](const client::ComparedHolder& holder) {
        return holder.problem.has_value();
    });
}

void print_comparison(const wire::Directory& directory, const client::CrossCheck& check,
                      const std::vector<wire::CodeId>& kinds) {
    std::cout << "\n照合 compared with the holders\n";
    for (const auto& holder : check.holders) {
        if (holder.problem) {
            const auto& error = wire::info(holder.problem->code);
            std::string who;
            if (!is_unnamed(directory, holder)) {
                who = name_of(directory, holder.holder.text()) + ": ";
            } else if (!client::is_lie(*holder.problem) && is_of_one_holder(*holder.problem)) {
                who = names_of_unnamed(directory, check, kinds) + ": ";
            }
            // The others are silent; of these something came that nobody signed so.
            const auto* what = client::is_lie(*holder.problem)
                                   ? "✗ 署名と合わない回答です an answer that does not fit what "
                                     "was signed"
                                   : "照合できません not compared";
            const auto& why = holder.problem->detail;
            std::cout << fmt::format("  {}: {}{} {}{}\n", what, who, error.name, error.title,
                                     why.empty() ? "" : " (" + printable(why) + ")");
        } else {
            std::cout << fmt::format("  {}  証跡 {} 件 rows of evidence\n",
                                     name_of(directory, holder.holder.text()), holder.rows);
        }
    }
    for (const auto& finding : check.findings) {
        std::cout << fmt::format("  ✗ {}  {} → {}  {}  index {}\n      {}\n",
                                 to_rfc3339(finding.time), name_of(directory, finding.requester),
                                 name_of(directory, finding.holder.text()),
                                 printable(finding.service), finding.index, words_of(finding.kind));
    }
    if (!client::lies_of(check.holders).empty()) {
        std::cout << "  中継機関か保険者等に誤りがあります the relay or a holder is at fault, "
                     "or your directory is old\n";
    } else if (!is_complete(check)) {
        std::cout << "  照合は不完全です。もう一度お試しください the comparison is not complete; "
                     "please try again later\n";
    } else if (check.findings.empty()) {
        std::cout << "  食い違いはありません nothing is missing on either side\n";
    }
}

json::object problem_json(const client::Problem& problem) {
    return {{"problem", wire::info(problem.code).name},
            {"lie", client::is_lie(problem)},
            {"why", problem.detail}};
}

json::object comparison_json(const wire::Directory& directory, const client::CrossCheck& check) {
    json::array holders;
    for (const auto& holder : check.holders) {
        json::object one;
        if (holder.problem) one = problem_json(*holder.problem);
        one["rows"] = holder.rows;
        if (!is_unnamed(directory, holder)) one["holder"] = holder.holder.text();
        holders.push_back(std::move(one));
    }
    json::array findings;
    for (const auto& finding : check.findings) {
        findings.push_back(json::object{{"kind", client::to_text(finding.kind)},
                                        {"holder", finding.holder.text()},
                                        {"index", finding.index},
                                        {"entry", base64url(finding.entry)},
                                        {"time", finding.time},
                                        {"requester", finding.requester},
                                        {"service", finding.service}});
    }
    return {{"below", check.below},
            {"complete", is_complete(check)},
            {"holders", std::move(holders)},
            {"findings", std::move(findings)},
            {"held", held_json(check.held)}};
}

// A holder's answer is a lie, and there is no list to go on with; returns the status.
int show_without_list(const wire::Directory& directory, const client::CrossCheck& check,
                      const std::vector<wire::CodeId>& kinds, bool as_json) {
    print_problem(*check.no_list);
    if (as_json) {
        const json::object out{{"no_list", problem_json(*check.no_list)},
                               {"comparison", comparison_json(directory, check)}};
        std::cout << json::serialize(out) << "\n";
    } else {
        std::cout << fmt::format("あなたの一覧はありません there is no list of yours: {}\n",
                                 wire::info(check.no_list->code).name);
        print_comparison(directory, check, kinds);
    }
    return 1;
}

http::Task<client::Result<client::CrossCheck>> only_entries(const Office& office, SignedByCard by) {
    client::CrossCheck out;
    auto entries = co_await client::fetch_entries(office.directory, office.policy, office.identity,
                                                  by.mandate, by.certificate);
    if (!entries) co_return std::unexpected(entries.error());
    out.entries = std::move(*entries);
    co_return out;
}

// A lie that was found counts more than witnesses that are silent, and these more than a holder
// that could not be asked.
int status_of(const client::CrossCheck& check) {
    if (!check.findings.empty() || !client::lies_of(check.holders).empty()) return 1;
    const auto& entries = check.entries.entries;
    if (has_lie(check.held) || std::ranges::any_of(entries, client::hides_what_was_told)) return 1;
    if (client::witnessing_of(check.entries, unix_now()).late) return status_unwitnessed;
    return is_complete(check) && check.held.problems.empty() ? 0 : 3;
}

// ---- bells ----

struct Reason {
    std::string_view code;
    std::string_view words;
};

// Of what the policy tells at once, and of what the log itself appends.
std::optional<Reason> reason_in_entry(const client::PersonEntry& entry,
                                      const wire::Policy& policy) {
    if (entry.refused_try) {
        return Reason{
            "refused_try",
            "番号での照会が認められなかった機関 an organisation that may not ask by number"};
    }
    if (entry.kind == "refused") {
        return Reason{"path_closed",
                      "3回の不一致により番号での照会を停止 closed after three misses by number"};
    }
    if (entry.kind == "opened") {
        return Reason{"opened", "開示の制限が終わりました sealed until now"};
    }
    const auto* row = entry.order ? policy.row(entry.order->policy) : nullptr;
    if (row == nullptr || !row->tell_at_once) return std::nullopt;
    if (entry.order->presence == wire::Presence::number) {
        return Reason{"by_number", "カードではなく番号による照会 by number, without your card"};
    }
    return Reason{"told_at_once", "直ちに知らせる決まりの照会 the policy tells of it at once"};
}

std::vector<Reason> reasons_of(const client::Bell& bell, const client::PersonEntry* entry,
                               const wire::Policy& policy) {
    std::vector<Reason> out;
    if (bell.first) {
        out.push_back({"first_look", "この機関による初めての照会 its first look at your records"});
    }
    if (entry == nullptr) return out;
    if (const auto reason = reason_in_entry(*entry, policy)) out.push_back(*reason);
    return out;
}

// They are numbered 1, 2, 3, …
const client::PersonEntry* entry_of(const client::Bell& bell,
                                    const std::vector<client::PersonEntry>& entries) {
    const auto at = static_cast<std::size_t>(bell.seq - 1);
    return at < entries.size() && entries[at].series == 0 ? &entries[at] : nullptr;
}

json::object bell_json(const client::Bell& bell, const client::PersonEntry* entry,
                       const std::vector<Reason>& reasons) {
    json::array why;
    for (const auto& reason : reasons)
        why.emplace_back(reason.code);
    json::object out{{"seq", bell.seq}, {"at", bell.at}, {"why", std::move(why)}};
    if (entry != nullptr) out["entry"] = entry_json(*entry);
    return out;
}

void print_bell(const client::Bell& bell, const std::vector<Reason>& reasons) {
    std::string why;
    for (const auto& reason : reasons)
        why += fmt::format("{}{}", why.empty() ? "" : "、", reason.words);
    if (why.empty()) why = "理由は記録から分かりません the entry does not say why";
    std::cout << fmt::format("      通知 {}  {}\n", to_rfc3339(bell.at), why);
}

// Every bell with its entry. The log shows an entry only once it is anchored, a moment after.
void print_bells(const Office& office, const wire::Policy& policy,
                 const std::vector<client::Bell>& bells,
                 const std::vector<client::PersonEntry>& entries) {
    std::cout << "閲覧通知 bells: looks of which you are told\n\n";
    for (const auto& bell : bells) {
        const auto* entry = entry_of(bell, entries);
        if (entry == nullptr) {
            std::cout << fmt::format("{:>4}  （まだ表示できません not shown yet）\n", bell.seq);
        } else {
            print_entry(office.directory, policy, *entry, entries);
        }
        print_bell(bell, reasons_of(bell, entry, policy));
    }
    if (bells.empty()) std::cout << "閲覧通知はありません no bells\n";
}

}  // namespace

std::string number_of(const client::PersonEntry& entry) {
    return entry.series == 0 ? std::to_string(entry.seq)
                             : fmt::format("{}-{}", entry.series, entry.seq);
}

int show_who_looked(const Places& places, const WhoLookedOptions& options) {
    const Office office(places, "portal");
    const auto& policy = office.policy;
    const auto filter = filter_of(options);
    auto by = obtain_mandate(places, office, options.card, options.pin, wire::MandateKind::login,
                             {"entries", "evidence", "numbers", "cards", "certificates"});
    if (!by) return print_problem(by.error());
    const auto kinds = policy.holder_kinds(*wire::ServiceId::parse("evidence"), office.self.kind);
    auto check =
        options.compare
            ? wait_for(client::cross_check(office.directory, office.policy, office.identity,
                                           by->mandate, by->certificate, kinds))
            : wait_for(only_entries(office, *by));
    if (!check) {
        const auto status = print_problem(check.error());
        return client::is_lie(check.error()) ? 1 : status;
    }
    if (check->no_list) return show_without_list(office.directory, *check, kinds, options.json);
    const auto wanted = [&](const client::PersonEntry& entry) {
        return is_wanted(entry, filter, policy);
    };
    if (options.json) {
        json::array entries;
        for (const auto& entry : check->entries.entries) {
            if (wanted(entry)) entries.push_back(entry_json(entry));
        }
        json::object out{
            {"entries", std::move(entries)},
            {"confirmed", client::witnessing_of(check->entries, unix_now()).confirmed}};
        if (options.compare) out["comparison"] = comparison_json(office.directory, *check);
        std::cout << json::serialize(out) << "\n";
        return status_of(*check);
    }
    std::cout << "あなたの記録を見た人 who looked\n\n";
    for (const auto& entry : check->entries.entries) {
        if (wanted(entry)) print_entry(office.directory, policy, entry, check->entries.entries);
    }
    if (!check->entries.entries.empty() && std::ranges::none_of(check->entries.entries, wanted)) {
        std::cout << "条件に合う記録はありません the filter leaves none of them\n";
    }
    print_summary(check->entries);
    if (options.compare) {
        print_comparison(office.directory, *check, kinds);
        std::cout << held_text(office.directory, check->held);
    } else {
        print_reminders(office.directory, check->entries);
    }
    return status_of(*check);
}

int show_bells(const Places& places, const BellsOptions& options) {
    const Office office(places, "portal");
    const auto& policy = office.policy;
    auto by = obtain_mandate(places, office, options.card, options.pin, wire::MandateKind::login,
                             {"entries", "bells"});
    if (!by) return print_problem(by.error());
    const auto bells =
        wait_for(client::fetch_bells(office.directory, office.identity, by->mandate));
    if (!bells) return print_problem(bells.error());
    // Afterwards, so that they have the entry of every bell.
    const auto entries = wait_for(client::fetch_entries(
        office.directory, office.policy, office.identity, by->mandate, by->certificate));
    if (!entries) return print_problem(entries.error());
    if (!options.json) {
        print_bells(office, policy, *bells, entries->entries);
        return 0;
    }
    json::array out;
    for (const auto& bell : *bells) {
        const auto* entry = entry_of(bell, entries->entries);
        out.push_back(bell_json(bell, entry, reasons_of(bell, entry, policy)));
    }
    std::cout << json::serialize(json::object{{"bells", std::move(out)}}) << "\n";
    return 0;
}

}  // namespace mado::cli
