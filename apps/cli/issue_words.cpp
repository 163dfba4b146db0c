#include "issue_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"
#include "wire/number.hpp"

namespace mado::cli {
namespace {

struct Said {
    std::string_view code, words;
};
constexpr std::array refusals{
    Said{"no_case",
         "その番号の申請はありません no case has this number. It stands on the slip, 12 digits; "
         "./mado issue day and ./mado issue find list numbers"},
    Said{"too_early",
         "まだできません an earlier step is not done yet: ./mado issue show NUMBER says which and "
         "by whom"},
    Said{"too_late",
         "もうできません this case is past that step, nothing was changed: ./mado issue show "
         "NUMBER"},
    Said{"unexpected",
         "この申請ではできません a case of this kind, as it is now, has no such step: ./mado issue "
         "show NUMBER says what is to do. A card that was found is told to the case that stopped "
         "it, not to the person's first one"},
    Said{"same_hand",
         "この申請に手を加えた人は承認できず、承認した人はカードを作れません whoever opened the "
         "case, applied, corrected a number, decided in it or made the card cannot approve it, and "
         "whoever approved it makes no card: --clerk with another clerk's card. If nobody else of "
         "this window can approve, the issuing centre's approver does"},
    Said{"other_case",
         "ほかの申請が終わっていません another case of this person has not ended: ./mado issue "
         "find NUMBER shows it; finish it or cancel it, then begin again"},
    Said{"other_person",
         "生年月日が、この人のものとちがいます the application has another day of birth than the "
         "person whose case this is: look at the papers once more. If a register had it wrong: "
         "give the case up, and the person applies as somebody new (--kind first)"},
    Said{"no_card",
         "有効なカードがありません this person has no card that counts, so there is "
         "nothing to stop, unlock or end. For a card: --kind replacement"},
    Said{"known_person",
         "この住民票コードの人は、もう受け付けられています somebody is known here by this resident "
         "number already, of this municipality or of the one before: they go on with that, and "
         "whoever has moved changes it: ./mado issue find with the slip's number or the "
         "health-care number, then open --kind change (or replacement; exchange: for another "
         "authority's card that is to count). Without either, or if the record is somebody else's, "
         "change nothing and tell the issuing centre"},
    Said{
        "searches_missed",
        "番号を20回、見つからないまま調べました twenty numbers of nobody in an hour, so this clerk "
        "asks for none until it is over: look at the number once more. A card can be stopped now, "
        "and ./mado issue find looks by birth date and reading"},
    Said{"too_young",
         "15歳未満には署名用がありません nobody under 15 gets a signing certificate: apply with "
         "\"signing\": false"},
    Said{"hidden_character",
         "画面に見えない文字が入っています name, reading, address or relation has a character that "
         "nobody sees: take it out and apply again"},
    Said{"not_allowed",
         "職員のカードでないか、この職員の役割ではできません this card is no clerk's, or the clerk "
         "has not the role for it: --clerk with the card of somebody who has (an approver, a "
         "supervisor). Whoever opened the case, applied, corrected or decided in it does not "
         "approve it; if nobody else of this window can, the issuing centre's approver does"},
    Said{
        "other_office",
        "ほかの市区町村の窓口の手続です this is another municipality's: the person is served where "
        "they live now, --clerk with the card of a clerk there. A card is stopped at any window, "
        "and whoever moves applies (--kind change) where they live now"},
    Said{"no_newborn",
         "生まれて1年を過ぎています the child is more than a year old: --kind first, when a "
         "register "
         "has the child"},
    Said{"no_decision",
         "署名された決定はありません nobody has signed a decision about this: another claim "
         "(--claim), or another case of the person's. With the name of a decision as ./mado log "
         "show has it (--decision), every case of theirs is looked through"},
    Said{"no_question", "その質問はありません there is no such question: ./mado issue questions"},
    Said{"already_answered",
         "もう別の文で回答済みです it was answered already, with another text: what a person was "
         "told "
         "is not altered. ./mado issue questions shows the answer"},
    Said{"overloaded", "混み合っています too many at once; try again in a minute"},
};

constexpr std::array outcomes{
    Said{"stopped",
         "このカードは失効しています its authority has revoked the card, or it is over: the person "
         "asks there for another one, or applies for a first card here"},
    Said{"unlisted",
         "失効情報がなく確かめられません there is no revocation list of its authority that counts, "
         "so nobody knows whether the card was revoked, and it is not taken; try again when there "
         "is a new one"},
    Said{"registered",
         "このカードはもう登録されています this card is registered already: the person can log in "
         "with it, unless it has ended here; then it is not registered again"},
    Said{"no_words",
         "証明書に氏名などがありません its signing certificate does not say who it is, as "
         "JPKI's do; the person applies for a first card"},
    Said{"not_theirs",
         "生年月日か性別が申請とちがいます the certificate has another birth date or sex than the "
         "application: it is another person's card, or the application is wrong. Cancel the case "
         "and begin again"},
    Said{"not_valid",
         "署名を確かめられません the signature is not what the window has asked for; try again"},
    Said{"unavailable", "いま確かめられません nobody could say just now; try again in a minute"},
};

constexpr std::array refused{
    Said{"no_match",
         "番号か生年月日が合いません the number or the birth date does not fit: correct or "
         "take-out"},
    Said{"number_malformed",
         "桁数か検査数字が合いません a length or check digit does not fit: correct"},
    Said{"several_match",
         "複数の人に当たります several people fit: correct, with the branch number"},
    Said{"path_closed",
         "今日は合わない番号が多すぎました too many numbers did not fit today: correct, or again "
         "tomorrow"},
    Said{"holder_refused",
         "登録簿がいまは答えません the register does not answer this now: again, or waive"},
    Said{"holder_failed", "登録簿が動いていません the register did not work: again"},
    Said{"mandate_unknown",
         "決定の署名を中継機関が確かめていません the relay has not judged the decision's "
         "signature, or has forgotten "
         "it: again; the register says how it writes, and it is decided anew"},
    Said{"link_taken",
         "番号か人が、もう紐付けられています somebody is linked to this number, or this person is "
         "linked already: find, "
         "and a replacement from there; or correct"},
    Said{"link_unconfirmed",
         "登録簿の確認がないか、古すぎます a register's confirmation is missing, or too old: "
         "correct, and it is "
         "asked again"},
    Said{"card_taken",
         "ほかの人の証明書か、止まっているか、ほかのカードが有効です the certificate is somebody "
         "else's or stopped, or another card counts: "
         "find"},
    Said{"key_taken",
         "この鍵はもう証明されています the key is certified already: cancel, and begin anew with "
         "another card"},
    Said{"key_compromised",
         "この鍵は知られているおそれがあります others may know the key: cancel, and begin anew "
         "with another card"},
    Said{"key_weak",
         "この鍵は弱すぎます the key is too weak: cancel, and begin anew with another card"},
    Said{"register_missing",
         "住民登録の回答がありません the resident register's answer is missing: again"},
    Said{"register_invalid",
         "住民登録の回答ではありません what came with it is no answer of a resident register: "
         "again"},
    Said{"register_old",
         "住民登録の回答が古すぎます the resident register's answer is too old: again"},
    Said{"register_other",
         "住民登録の確認した内容とちがいます the resident register has confirmed something else: "
         "again, or apply "
         "anew"},
};

struct Hint {
    IssueAct act;
    std::string_view words;
};
constexpr std::array hints{
    Hint{IssueAct::open,
         "look at --kind, --person (a number of theirs, for all kinds but first and existing), "
         "--reason and "
         "--uses: ./mado issue open --help says which kind takes which"},
    Hint{IssueAct::apply,
         "look at the file: person (name, kana, sex, birth_date, address), claims (role, number; "
         "none "
         "of them twice), signing; .mado/state/country/applications has one that fits"},
    Hint{IssueAct::correct, "look at the file: scheme and fields, as in the application"},
    Hint{IssueAct::letters, "the batch is its number in ./mado issue letters"},
    Hint{IssueAct::evidence,
         "--claim is a place: 0, 1, …, or 16 for what a card writes; --decision 43 characters as "
         "./mado log show has them; not both"},
    Hint{IssueAct::invite, "look at the file: {\"people\": [application, …]}, at most 1,000"},
    Hint{IssueAct::find,
         "a number of theirs, or --health-number, or --birth-date 1988-12-05 with --kana"},
    Hint{IssueAct::answer,
         "the id stands in ./mado issue questions; the text is 1,000 characters "
         "at most"},
};

// Refused, and somebody else does it or nobody; or an insurer has declined, and nobody files any
// more. By the insurer's place, as `again` shows it.
std::vector<json::object> orders_to_waive(const json::object& one) {
    constexpr std::array waived{"tell", "file", "ask_decision"};
    std::vector<json::object> out;
    for (const auto& value : one.at("todo").as_array()) {
        const auto& what = value.as_object();
        if (text_at(what, "step") == "file_elsewhere") {
            const auto last = static_cast<std::int64_t>(one.at("filings").as_array().size()) - 1;
            out.push_back({{"kind", "ask_decision"}, {"item", last}});
        }
        if (!what.contains("refused") || !what.contains("order")) continue;
        const auto& order = what.at("order").as_object();
        if (std::ranges::find(waived, text_at(order, "kind")) != waived.end()) out.push_back(order);
    }
    return out;
}

}  // namespace

json::object order_to_waive(const json::object& one, const std::string& claim) {
    auto orders = orders_to_waive(one);
    if (!claim.empty()) {
        std::erase_if(orders, [&claim](const json::object& order) {
            return std::to_string(order.at("item").as_int64()) != claim;
        });
    }
    if (orders.size() == 1) return std::move(orders.front());
    if (orders.empty()) {
        throw OperatorError(
            "やめられるものはありません there is nothing to leave undone: only what an insurer has "
            "refused or declined can be (./mado issue show NUMBER)");
    }
    std::string places;
    for (const auto& order : orders)
        places += fmt::format(" {}", order.at("item").as_int64());
    throw OperatorError(
        "どの番号のことですか say which, by the place of the number, or of the filing: --claim, "
        "one of" +
        places);
}

std::string words_of_refusal(IssueAct act, std::string_view code) {
    if (code == "malformed") {
        const auto* hint = std::ranges::find(hints, act, &Hint::act);
        return fmt::format("書き方がちがいます the window cannot read this: {}",
                           hint == hints.end() ? "look at what was typed" : hint->words);
    }
    if (code == "too_early" && act == IssueAct::open) {
        return "まだできません the relay does not know this person yet: finish the case for their "
               "first card";
    }
    const auto* said = std::ranges::find(refusals, code, &Said::code);
    return said == refusals.end() ? "" : std::string(said->words);
}

std::string_view words_of_outcome(std::string_view outcome) {
    const auto* said = std::ranges::find(outcomes, outcome, &Said::code);
    return said == outcomes.end() ? "" : said->words;
}

std::string_view words_of_refused(std::string_view code) {
    const auto* said = std::ranges::find(refused, code, &Said::code);
    return said == refused.end() ? "" : said->words;
}

std::string plain_number(const std::string& typed) {
    return wire::normalise(typed).value_or(typed);
}

}  // namespace mado::cli
