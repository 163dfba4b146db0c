#include "status_words.hpp"

#include <algorithm>
#include <optional>

#include "birth.hpp"

namespace mado::issuer::status {
namespace {

// What people have to do.
constexpr Words nothing_text{"あなたがすることはありません。待っていてください。",
                             "You need not do anything now.",
                             "する ことは ありません。まって いて ください。"};
constexpr Words apply_text{
    "申請書を書いて、健康保険証と一緒に窓口に出してください。年金手帳と介護保険証が"
    "あれば、それも持ってきてください。",
    "Please hand in the application at the window, with your health-insurance "
    "card. If you have a pension book or a care-insurance card, bring it too.",
    "まどぐちで もうしこんで ください。ほけんしょうを もって きて ください。"};
constexpr Words apply_change_text{
    "新しい氏名・住所・保険のわかる書類とカードを持って、窓口に来てください。",
    "Please come to the window with your card, and papers that show your new name, "
    "address or insurance.",
    "カードと、[新|あたら]しい なまえ・じゅうしょ・ほけんが わかる かみを もって、"
    "まどぐちに きて ください。"};
constexpr Words apply_existing_text{
    "お持ちのカードと健康保険証を持って、窓口に来てください。",
    "Please come to the window with the card that you have, and your "
    "health-insurance card.",
    "カードと ほけんしょうを もって、まどぐちに きて ください。"};
constexpr Words apply_birth_text{
    "届け出る親が、自分のカードと出生証明書を持って窓口に来てください。",
    "The parent who files it: please come to the window with your own card and "
    "the certificate of birth.",
    "おやが、じぶんの カードと、うまれた しょうめいの かみを もって、まどぐちに "
    "きて ください。"};
constexpr Words show_number_text{
    "届け出た番号が、登録に見つかりません。保険証など番号のわかるものを持って、"
    "窓口に来てください。",
    "A number that you gave was not found. Please come to the window with "
    "something that shows it, such as your insurance card.",
    "ばんごうが みつかりません。ほけんしょうを もって、まどぐちに きて "
    "ください。"};
constexpr Words show_insurer_text{
    "届け出た保険者にはもう加入していません。いまの保険証など番号のわかるものを持って、窓口に"
    "来てください。",
    "An insurer that you gave has you no more. Please come to the window with something that "
    "shows the number you have now, such as your insurance card.",
    "まえの ほけんしょうです。いまの ほけんしょうを もって、まどぐちに きて ください。"};
constexpr Words come_to_window_text{
    "登録と合わないところがあります。本人確認書類を持って、窓口に来てください。",
    "Something does not fit the registers. Please come to the window, with something that shows "
    "who you are.",
    "[登録|とうろく]と ちがう ところが あります。まどぐちに きて ください。"};
constexpr Words come_for_card_text{
    "カードの用意ができます。本人確認書類を持って、窓口に来てください。暗証番号は"
    "窓口で決めます。",
    "Your card can be made. Please come to the window with something that shows "
    "who you are. You choose your PIN there.",
    "まどぐちに きて ください。[暗証番号|あんしょうばんごう]を きめます。"};
constexpr Words come_for_childs_card_text{
    "お子さんのカードの用意ができます。親が本人確認書類を持って、窓口に来て"
    "ください。",
    "The child's card can be made. Please come to the window, as the parent, with "
    "something that shows who you are.",
    "こどもの カードを つくります。おやが まどぐちに きて ください。"};
constexpr Words bring_card_text{"お持ちのカードを持って、窓口に来てください。",
                                "Please come to the window with the card that you have.",
                                "カードを もって、まどぐちに きて ください。"};
constexpr Words collect_card_text{
    "カードができました。本人確認書類を持って、窓口に受け取りに来てください。",
    "Your card is ready. Please collect it at the window, with something that "
    "shows who you are.",
    "カードが できました。まどぐちに とりに きて ください。"};
constexpr Words collect_slip_text{"番号の載った紙を、窓口に受け取りに来てください。",
                                  "Please collect the slip with your number at the window.",
                                  "ばんごうの かみを、まどぐちに とりに きて ください。"};
constexpr Words collect_childs_card_text{
    "お子さんのカードができました。親が窓口に受け取りに来てください。",
    "The child's card is ready. Please collect it at the window, as the parent.",
    "こどもの カードが できました。おやが まどぐちに とりに きて ください。"};
constexpr Words collect_childs_slip_text{
    "お子さんの番号の載った紙を、親が窓口に受け取りに来てください。",
    "Please collect the slip with the child's number at the window, as the "
    "parent.",
    "こどもの ばんごうの かみを、おやが まどぐちに とりに きて ください。"};
constexpr Words sign_at_window_text{
    "お持ちのカードを持って、窓口に来てください。窓口で、そのカードで署名します。",
    "Please come to the window with the card that you have, and sign with it "
    "there.",
    "カードを もって、まどぐちに きて ください。カードで サインします。"};
constexpr Words sign_for_child_text{
    "届け出る親が、自分のカードを持って窓口に来てください。窓口で、そのカードで署名"
    "します。",
    "The parent whose turn it is: please come to the window with your own card, "
    "and sign with it there.",
    "おやが、じぶんの カードを もって、まどぐちに きて ください。カードで "
    "サインします。"};
constexpr Words renew_at_home_text{
    "「カードの更新」のページで、カードを読取り機に置いて続けてください。",
    "Please go on at the page “Renew your card”, with your card in the reader.",
    "「カードを [新|あたら]しく する」の ページで つづけて ください。"};
constexpr Words choose_insurer_text{
    "親が窓口に来て、お子さんの健康保険を選んでください。",
    "Please come to the window, as the parents, and choose the child's health "
    "insurance.",
    "おやが まどぐちに きて、こどもの ほけんを えらんで ください。"};

bool has_card(const Case& one) {
    return one.kind != Kind::number && (!one.newborn || one.newborn->card);
}

Need need_to_apply(Kind kind) {
    if (kind == Kind::birth) return Need::apply_birth;
    if (kind == Kind::existing) return Need::apply_existing;
    return kind == Kind::change ? Need::apply_change : Need::apply;
}

Need need_to_collect(const Case& one) {
    if (one.kind == Kind::birth) {
        return has_card(one) ? Need::collect_childs_card : Need::collect_childs_slip;
    }
    return one.kind == Kind::number || one.kind == Kind::existing ? Need::collect_slip
                                                                  : Need::collect_card;
}

Need need_to_sign(Kind kind) {
    if (kind == Kind::renewal) return Need::renew_at_home;
    return kind == Kind::birth ? Need::sign_for_child : Need::sign_at_window;
}

// A chip that the person has is with them; PINs of a blank one are theirs to choose.
Need need_at_chip(const Case& one, Step step) {
    if (one.kind == Kind::renewal) return Need::renew_at_home;
    if (is_in_old_chip(one)) return Need::bring_card;
    if (step == Step::write) return Need::nothing;
    return one.kind == Kind::birth ? Need::come_for_childs_card : Need::come_for_card;
}

std::vector<Role> roles_of(const Case& one, Step step) {
    std::vector<Role> out;
    for (const auto& claim : one.claims) {
        const bool is_left_out = claim.finding == Finding::not_applied ||
                                 (step == Step::tell && told_of(one, claim) == Told::nothing);
        if (!is_left_out && std::ranges::find(out, claim.role) == out.end()) {
            out.push_back(claim.role);
        }
    }
    return out;
}

// A number is the person's to bring where they gave it; a resident number has changed at the
// register, and of a newborn nobody gave one.
Need need_to_settle(const Case& one, const Todo& what) {
    const auto* claim =
        what.claim ? &one.claims.at(static_cast<std::size_t>(*what.claim)) : nullptr;
    const bool is_insurers = claim != nullptr && claim->role != Role::resident;
    const bool gave_it = one.kind == Kind::first || one.kind == Kind::existing ||
                         one.kind == Kind::from_abroad || (one.kind == Kind::change && is_insurers);
    if (!gave_it) return Need::come_to_window;
    return is_insurers && claim->finding == Finding::gone ? Need::show_insurer : Need::show_number;
}

// What a clerk has to look at is the person's too where a renewal at home came to a halt (as /renew
// says), and where a parent's signature has lapsed.
std::optional<Need> need_out_of_turn(const Case& one, const Todo& what) {
    const bool halts = what.step == Step::settle || !what.refused.empty();
    if (one.kind == Kind::renewal && halts) {
        return one.has_done(activate_order) ? Need::nothing : Need::bring_card;
    }
    if (what.refused.empty()) return std::nullopt;
    const bool is_filed = what.step == Step::notify || what.step == Step::file;
    return is_filed && to_sign(one) ? Need::sign_for_child : Need::nothing;
}

}  // namespace

Need need_of(const Case& one, const Todo& what) {
    if (const auto need = need_out_of_turn(one, what)) return *need;
    switch (what.step) {
        case Step::apply:
            return need_to_apply(one.kind);
        case Step::settle:
            return what.actor == Actor::person ? need_to_settle(one, what) : Need::nothing;
        case Step::make_keys:
        case Step::write:
        case Step::reset:
            return need_at_chip(one, what.step);
        case Step::hand_over:
            return need_to_collect(one);
        case Step::sign:
            return need_to_sign(one.kind);
        case Step::file_elsewhere:
            return Need::choose_insurer;
        case Step::invite:
        case Step::opened:
        case Step::confirm:
        case Step::link:
        case Step::certify:
        case Step::activate:
        case Step::tell:
        case Step::take_back:
        case Step::stop:
        case Step::look_for:  // said as the page for whoever has lost a card says it
        case Step::resume:
        case Step::end_signing:
        case Step::end_old:
        case Step::approve:
        case Step::record:
        case Step::end_number:
        case Step::notify:
        case Step::file:
        case Step::decide:
            return Need::nothing;
    }
    return Need::nothing;
}

Words words_of(Need need) {
    switch (need) {
        case Need::nothing:
            return nothing_text;
        case Need::apply:
            return apply_text;
        case Need::apply_change:
            return apply_change_text;
        case Need::apply_existing:
            return apply_existing_text;
        case Need::apply_birth:
            return apply_birth_text;
        case Need::show_number:
            return show_number_text;
        case Need::show_insurer:
            return show_insurer_text;
        case Need::come_to_window:
            return come_to_window_text;
        case Need::come_for_card:
            return come_for_card_text;
        case Need::come_for_childs_card:
            return come_for_childs_card_text;
        case Need::bring_card:
            return bring_card_text;
        case Need::collect_card:
            return collect_card_text;
        case Need::collect_slip:
            return collect_slip_text;
        case Need::collect_childs_card:
            return collect_childs_card_text;
        case Need::collect_childs_slip:
            return collect_childs_slip_text;
        case Need::sign_at_window:
            return sign_at_window_text;
        case Need::sign_for_child:
            return sign_for_child_text;
        case Need::renew_at_home:
            return renew_at_home_text;
        case Need::choose_insurer:
            return choose_insurer_text;
    }
    return {};
}

Words words_of(Doer who) {
    switch (who) {
        case Doer::person:
            return {"あなた", "you", "あなた"};
        case Doer::clerk:
            return {"窓口", "the window", "まどぐち"};
        case Doer::register_holder:
            return {"登録簿を持つ役所や保険者", "the registers", "とうろくの ところ"};
        case Doer::relay:
            return {"中継センター", "the relay centre", "ちゅうけい センター"};
        case Doer::authority:
            return {"電子証明書発行局", "the certificate authority", "しょうめいしょの ところ"};
        case Doer::parent:
            return {"届け出る親", "the parent", "おや"};
        case Doer::other_clerk:
            return {"窓口の別の職員", "a second clerk at the window", "まどぐちの べつの ひと"};
        case Doer::insurer:
            return {"保険者", "the insurers", "ほけん"};
        case Doer::medical_insurer:
            return {"医療保険者", "the medical insurer", "いりょう ほけん"};
        case Doer::municipality:
            return {"市区町村", "the municipality", "やくしょ"};
    }
    return {};
}

Words words_of(Role role) {
    switch (role) {
        case Role::resident:
            return {"市区町村の住民登録", "the resident register",
                    "やくしょの じゅうみん とうろく"};
        case Role::medical:
            return words_of(Doer::medical_insurer);
        case Role::pension:
            return {"年金保険者", "the pension insurer", "ねんきん"};
        case Role::care:
            return {"介護保険者", "the care insurer", "かいご ほけん"};
        case Role::public_expense:
            return {"公費負担の実施機関", "the office that pays public expense",
                    "いりょうひを たすける ところ"};
    }
    return {};
}

Words words_of(Step step) {
    switch (step) {
        case Step::invite:
            return {"申請の案内", "Invitation", "あんない"};
        case Step::opened:
            return {"受付", "Taken in", "うけつけ"};
        case Step::apply:
            return {"申請", "Application", "もうしこみ"};
        case Step::confirm:
        case Step::settle:
            return {"登録内容の確認", "Check with the registers", "たしかめる"};
        case Step::link:
            return {"番号の登録", "Entry of the numbers", "ばんごうを かく"};
        case Step::make_keys:
            return {"カードの用意", "Preparing the card", "カードの じゅんび"};
        case Step::certify:
            return {"電子証明書の発行", "Certificates", "しょうめいしょ"};
        case Step::write:
            return {"カードへの書き込み", "Writing into the card", "カードに かく"};
        case Step::hand_over:
            return {"受け取り", "Handing over", "うけとる"};
        case Step::activate:
            return {"カードを使えるようにする", "Activating the card", "つかえる ように する"};
        case Step::tell:
            return {"保険者への通知", "Telling the insurers", "ほけんに しらせる"};
        case Step::take_back:
            return {"作りかけの証明書の取消し", "Taking back the certificates",
                    "しょうめいしょを けす"};
        case Step::stop:
            return {"カードの停止", "Stopping the card", "カードを とめる"};
        case Step::look_for:
            return {"カードを探す", "Looking for the card", "カードを さがす"};
        case Step::resume:
            return {"停止の解除", "Lifting the stop", "また つかえる ように する"};
        case Step::end_signing:
            return {"前の署名用証明書の終了", "Ending the signing certificate",
                    "まえの しょうめいを おわらせる"};
        case Step::end_old:
            return {"これまでのカードの終了", "Ending the former card",
                    "いままでの カードを おわらせる"};
        case Step::approve:
            return {"二人目の職員の確認", "Approval by a second clerk",
                    "ふたりめの ひとの かくにん"};
        case Step::record:
            return {"あなたの記録への記載", "Entry in your list", "きろくに かく"};
        case Step::reset:
            return {"暗証番号の決め直し", "The new PIN", "[暗証番号|あんしょうばんごう]"};
        case Step::sign:
            return {"カードでの署名", "Signing with the card", "カードで サイン"};
        case Step::end_number:
            return {"前の番号の終了", "Ending the former number", "まえの ばんごうを おわらせる"};
        case Step::notify:
            return {"出生届", "Notice of birth", "うまれた とどけ"};
        case Step::file:
            return {"健康保険への届出", "Filing with the insurer", "ほけんへの とどけ"};
        case Step::decide:
            return {"医療保険者の決定", "The insurer’s decision", "ほけんの へんじ"};
        case Step::file_elsewhere:
            return {"別の健康保険への届出", "Filing with another insurer",
                    "べつの ほけんへの とどけ"};
    }
    return {};
}

Words words_of(StepState state) {
    switch (state) {
        case StepState::done:
            return {"済み", "done", "おわり"};
        case StepState::waits:
            return {"いまここ", "now", "いま"};
        case StepState::later:
            return {"これから", "later", "これから"};
        case StepState::not_needed:
            return {"不要", "not needed", "いりません"};
        case StepState::given_up:
            return {"取りやめ", "given up", "やめました"};
    }
    return {};
}

Words words_of(Where where) {
    switch (where) {
        case Where::online:
            return {"オンライン", "online", "オンライン"};
        case Where::in_person:
        case Where::anywhere:  // by people too
            return {"窓口・紙", "in person", "まどぐち・かみ"};
    }
    return {};
}

Words words_of(Kind kind) {
    switch (kind) {
        case Kind::first:
            return {"初めてのカード", "Your first card", "はじめての カード"};
        case Kind::replacement:
            return {"カードの再発行", "A replacement card", "[新|あたら]しい カード"};
        case Kind::stop:
            return {"カードの停止", "Stop of a card", "カードを とめる"};
        case Kind::unlock:
            return {"暗証番号の決め直し", "A new PIN",
                    "[暗証番号|あんしょうばんごう]を きめなおす"};
        case Kind::change:
            return {"氏名・住所・保険などの変更", "Change of name, address or insurance",
                    "なまえ・じゅうしょ・ほけんが かわった"};
        case Kind::from_abroad:
            return {"海外から帰国した人のカード", "A card after your return from abroad",
                    "がいこくから かえった [人|ひと]の カード"};
        case Kind::end:
            return {"カードの終了", "End of the card", "カードの おわり"};
        case Kind::renewal:
            return {"自宅での更新", "Renewal from home", "いえで [新|あたら]しく する"};
        case Kind::existing:
            return {"お持ちのカードの登録", "Registration of the card that you have",
                    "もって いる カードの とうろく"};
        case Kind::exchange:
            return {"お持ちの別のカードへの切り替え", "Change to another card that you have",
                    "もって いる べつの カードに かえる"};
        case Kind::number:
            return {"保健医療番号の変更", "Another health-care number", "ばんごうを かえる"};
        case Kind::birth:
            return {"お子さんの出生の届出", "A birth", "うまれた こどもの とどけ"};
    }
    return {};
}

// Nothing of whether a card works: it may have been stopped since.
Words ended(const Case& one) {
    switch (one.kind) {
        case Kind::first:
        case Kind::replacement:
        case Kind::from_abroad:
            return {"すべて終わりました。カードはお渡し済みです。",
                    "All done. The card was handed over.",
                    "ぜんぶ おわりました。カードを わたしました。"};
        case Kind::unlock:
            return {"終わりました。新しい暗証番号を決めました。", "Done. You have set a new PIN.",
                    "おわりました。[新|あたら]しい [暗証番号|あんしょうばんごう]です。"};
        case Kind::change:
            return {"変更はすべて終わりました。", "The change is done.", "ぜんぶ おわりました。"};
        case Kind::renewal:
            return {"更新はすべて終わりました。", "The renewal is done.", "ぜんぶ おわりました。"};
        case Kind::existing:
        case Kind::exchange:
            return {"登録はすべて終わりました。", "The registration is done.",
                    "ぜんぶ おわりました。"};
        case Kind::number:
            return {"番号の変更はすべて終わりました。", "The number is changed.",
                    "ぜんぶ おわりました。"};
        case Kind::birth:
            if (!one.filings.empty() && one.filings.back().state == FilingState::closed) {
                return {
                    "お子さんの届出は、健康保険のほかは終わりました。健康保険は、保険者か窓口に"
                    "届け出てください。",
                    "Everything for the child is done but health insurance: please file that "
                    "with an insurer, or ask at the window.",
                    "けんこう ほけんは まだです。まどぐちで きいて ください。"};
            }
            return {"お子さんの届出はすべて終わりました。", "Everything for the child is done.",
                    "こどもの とどけは ぜんぶ おわりました。"};
        case Kind::stop:
        case Kind::end:
            return {"手続は終わりました。", "This is done.", "おわりました。"};
    }
    return {};
}

Words given_up(Kind kind) {
    switch (kind) {
        case Kind::first:
        case Kind::replacement:
        case Kind::from_abroad:
            return {
                "カードができないまま、取りやめになりました。窓口に来るか、発行センターに電話して"
                "ください（{}）。",
                "It ended without a card. Please go to the window, or call the issuing centre "
                "on {}.",
                "カードを つくらないで おわりました。まどぐちに きて ください。でんわ：{}"};
        case Kind::stop:
        case Kind::unlock:
        case Kind::change:
        case Kind::end:
        case Kind::renewal:
        case Kind::existing:
        case Kind::exchange:
        case Kind::number:
        case Kind::birth:
            return {
                "終わりまで行かずに、取りやめになりました。窓口に来るか、発行センターに電話して"
                "ください（{}）。",
                "It was given up before its end. Please go to the window, or call the issuing "
                "centre on {}.",
                "とちゅうで おわりました。まどぐちに きて ください。でんわ：{}"};
    }
    return {};
}

Words waits_for(const Case& one, const Todo& what) {
    switch (what.actor) {
        case Actor::person:
            return words_of(one.kind == Kind::birth ? Doer::parent : Doer::person);
        case Actor::clerk:
            return words_of(what.step == Step::approve ? Doer::other_clerk : Doer::clerk);
        case Actor::relay:
            return words_of(Doer::relay);
        case Actor::authority:
            return words_of(Doer::authority);
        case Actor::register_holder:
            break;
    }
    if (what.step == Step::notify) return words_of(Doer::municipality);
    if (what.step == Step::file || what.step == Step::decide) {
        return words_of(Doer::medical_insurer);
    }
    const auto place = static_cast<std::size_t>(what.claim.value_or(-1));
    return place < one.claims.size() ? words_of(one.claims[place].role)
                                     : words_of(Doer::register_holder);
}

std::vector<Words> all_who(const Case& one, const Progress& row) {
    std::vector<Words> out;
    for (const auto who : row.who) {
        const bool is_of_claims = who == Doer::register_holder || who == Doer::insurer;
        const auto roles = is_of_claims ? roles_of(one, row.step) : std::vector<Role>{};
        for (const auto role : roles)
            out.push_back(words_of(role));
        if (roles.empty()) out.push_back(words_of(who));
    }
    return out;
}

}  // namespace mado::issuer::status
