// What the pages of a renewal say (renewing.cpp), in three languages.
#pragma once

#include "deciding.hpp"
#include "page/page.hpp"

namespace mado::issuer {

using page::Words;

inline constexpr Words heading{"カードの更新", "Renew your card", "カードを [新|あたら]しく する"};
inline constexpr Words authentication_name{"ログイン用の証明書", "Certificate for logging in",
                                           "ログインの しょうめいしょ"};
inline constexpr Words signing_name{"署名用の証明書", "Certificate for signing",
                                    "サインの しょうめいしょ"};
inline constexpr Words good_until{"{}：{}まで使えます", "{}: good until {}",
                                  "{}：{}まで つかえます"};
inline constexpr Words begin_text{
    "もうすぐ終わるので、ここで更新できます。いまのカードで申込みに署名すると、同じカードの中に"
    "新しい鍵と証明書を書き込みます。窓口に行く必要はありません。",
    "It ends soon, and you can renew it here. You sign the request with your card as it is; then "
    "new keys and certificates are written into the same card. You need not go to a window.",
    "もうすぐ おわります。ここで [新|あたら]しく できます。まどぐちに [行|い]かなくて いいです。"};
inline constexpr Words begin_unsigned_text{
    "もうすぐ終わるので、ここで更新できます。このカードには署名用の証明書がないため、"
    "いまのログインで申し込みます。同じカードの中に新しい鍵と証明書を書き込みます。",
    "It ends soon, and you can renew it here. This card has no certificate for signing, so being "
    "logged in is enough to ask for it. New keys and a new certificate are written into the same "
    "card.",
    "もうすぐ おわります。ここで [新|あたら]しく できます。"};
inline constexpr Words begin_button{"更新を申し込む", "Ask for the renewal", "もうしこむ"};
inline constexpr Words sign_text{
    "次の文に、カードで署名します。ボタンを押すと、このパソコンの中の「カード窓口」に移り、"
    "署名用の暗証番号を入力します。",
    "You sign this text with your card. The button leads to the card's program on this computer, "
    "where you enter the password for signing.",
    "この [文|ぶん]に カードで サインします。ボタンを おして ください。"};
inline constexpr Words sign_button{"カードで署名する", "Sign with your card",
                                   "カードで サインする"};
inline constexpr Words write_text{
    "申込みを受け付けました。カードを読取り機に置いて、書き込んでください。いまの鍵は消え、"
    "新しい鍵と証明書になります。暗証番号も決め直します（同じものでもかまいません）。"
    "終わるまでカードを抜かないでください。",
    "Your request is taken. Put your card into the reader and have it written. The keys that are "
    "in it go, and new ones come. You choose your PIN anew, too (it may be the same one). Leave "
    "the card in the reader until it is done.",
    "うけつけました。カードを [入|い]れて、ボタンを おして ください。"
    "[暗証番号|あんしょうばんごう]も もういちど きめます。おわるまで カードを ぬかないで "
    "ください。"};
inline constexpr Words go_on_text{
    "カードに新しい鍵ができました。証明書と暗証番号を書き込むと終わります。いまの鍵はもう"
    "使えません。続けてください。",
    "Your card has new keys. When certificates and PIN are in it, it is done. The old keys are "
    "gone, so please go on.",
    "カードに あたらしい かぎが できました。まだ おわって いません。つづけて ください。"};
inline constexpr Words sign_again_text{
    "申込みを受け付けています。これは申し込んだときとは別のログインなので、書き込む前に、もう一度"
    "署名用の暗証番号で署名してください。カードの暗証番号だけでは続けられません。",
    "Your request is taken. This is another log-in than the one that asked for it: please sign "
    "once more, with the password for signing, before the card is written. The PIN alone does not "
    "do.",
    "もうしこみは うけつけて います。もういちど サインを して ください。"};
inline constexpr Words sign_again_button{"もう一度署名する", "Sign once more",
                                         "もういちど サインする"};
inline constexpr Words by_slip_text{
    "カードに新しい鍵ができましたが、これは申し込んだときとは別のログインなので、ここでは続けられ"
    "ません。受け取ったときの紙の停止コードと生年月日で続けるか、窓口に来てください。",
    "Your card has new keys, but this is another log-in than the one that asked for it, so it "
    "cannot go on here. Go on with the stop code from your slip and your birth date, or come to a "
    "window.",
    "ここでは つづけられません。かみの ばんごうで つづけるか、まどぐちに きて ください。"};
inline constexpr Words write_button{"カードに書き込む", "Write into the card", "カードに かきこむ"};
inline constexpr Words anew_text{"書き込みがうまくいかないときは、鍵から作り直せます。",
                                 "If it does not work, the keys can be made anew.",
                                 "うまく いかない ときは、かぎを もういちど つくれます。"};
inline constexpr Words anew_button{"鍵から作り直す", "Make the keys anew", "もういちど つくる"};
// What a clerk has to look at: before the chip has new keys, with them, and with the new
// certificates that count.
inline constexpr Words window_text{
    "登録簿に確かめましたが、ここでは更新を続けられません。カードと本人確認のできるものを"
    "持って、窓口に来てください。いまのカードはそのまま使えます。",
    "The registers were asked, and the renewal cannot go on here. Please come to a window, with "
    "your card and a proof of who you are. Your card goes on working as it is.",
    "ここでは できません。カードを もって まどぐちに きて ください。いまの カードは つかえます。"};
inline constexpr Words window_keys_text{
    "ここでは更新を続けられません。カードの前の鍵はもうなく、新しい証明書はまだ使えないので、いまは"
    "カードを使えません。カードと本人確認のできるものを持って、窓口に来てください。",
    "The renewal cannot go on here. The old keys are gone and the new certificates do not count "
    "yet, so your card cannot be used now. Please come to a window, with your card and a proof of "
    "who you are.",
    "ここでは できません。いま カードは つかえません。カードを もって まどぐちに きて ください。"};
inline constexpr Words window_active_text{
    "カードの更新は済みました。新しい証明書を使えます。前の証明書を終わらせる手続は、窓口が"
    "続けます。",
    "Your card is renewed, and the new certificates count. What is left is to end the ones before: "
    "a window sees to that.",
    "カードは [新|あたら]しく なりました。つかえます。のこりは まどぐちが します。"};
inline constexpr Words wait_text{"確かめています。少し待ってから、もう一度見てください。",
                                 "It is being checked. Please wait a moment and look again.",
                                 "たしかめて います。すこし まって ください。"};
inline constexpr Words look_again{"もう一度見る", "Look again", "もういちど [見|み]る"};
inline constexpr Words too_early_text{
    "まだ更新できません。終わる90日前から、ここで更新できます。そのときにお知らせします。",
    "It cannot be renewed yet. From 90 days before the end you can do it here; we will tell you "
    "then.",
    "まだ できません。おわる 90[日|にち] まえから できます。"};
inline constexpr Words over_text{
    "終わった証明書があるため、ここでは更新できません。窓口に来てください。",
    "A certificate has ended, so the card cannot be renewed here. Please come to a window.",
    "もう おわって います。まどぐちに きて ください。"};
inline constexpr Words stopped_text{
    "カードは止まっています。見つかったときは、窓口に来てください。",
    "The card is stopped. If you have found it, please come to a window.",
    "カードは とまって います。まどぐちに きて ください。"};
inline constexpr Words other_case_text{
    "窓口で別の手続をしているところです。終わるまで更新できません。",
    "A window is at work on your card. It cannot be renewed before that is done.",
    "まどぐちで ほかの てつづきを して います。"};
inline constexpr Words no_card_text{"このセンターが発行した、ここで更新できるカードはありません。",
                                    "There is no card of this centre's that can be renewed here.",
                                    "ここで [新|あたら]しく できる カードは ありません。"};
inline constexpr Words coming_back{"確かめています…", "Checking…", "たしかめて います…"};
inline constexpr Words written_text{
    "カードに書き込みました。まもなく新しい証明書が使えるようになり、古いログインは終わります。"
    "新しい暗証番号でログインすると、いつまで使えるかを見られます。",
    "Your card is written. In a moment the new certificates count, and old log-ins end. Log in "
    "with the new PIN to see until when it is good.",
    "カードが できました。[新|あたら]しい [暗証番号|あんしょうばんごう]で はいって ください。"};
inline constexpr Words not_written_text{
    "書き込みは終わっていません。カードを読取り機に戻して、続けてください。",
    "The card is not finished. Put it back into the reader and go on.",
    "まだ おわって いません。カードを もどして、つづけて ください。"};
inline constexpr Words on_heading{"更新の続きをする", "Go on with a renewal", "つづきを する"};
inline constexpr Words on_text{
    "更新の途中でカードを抜いたときは、もうログインできません。受け取ったときの紙にある"
    "停止コード（12桁）と生年月日で、続きができます。申込みから24時間以内に、同じカードで"
    "してください。",
    "If you pulled the card in the middle of a renewal, you cannot log in any more. With the stop "
    "code (12 digits) from your slip and your birth date you can go on: within 24 hours after you "
    "asked for it, and with the same card.",
    "とちゅうで カードを ぬくと、はいれなく なります。かみの 「カードを とめる ばんごう」と "
    "うまれた [日|ひ]で、つづきが できます。"};
inline constexpr Words on_button{"続きをする", "Go on", "つづける"};
inline constexpr Words on_hint{
    "紙がないときや、24時間を過ぎたときは、カードを持って窓口に来てください。電話：発行センター {}",
    "Without the slip, or after 24 hours, please come to a window with your card. The issuing "
    "centre’s telephone: {}.",
    "かみが ない ときは、カードを もって まどぐちに きて ください。でんわ：{}"};
inline constexpr Words no_renewal_text{
    "この停止コードと生年月日で続けられる更新はありません。",
    "There is no renewal that could go on with this stop code and birth date.",
    "つづけられる てつづきは ありません。"};
inline constexpr Words too_often_text{
    "何度も試されたため、いまは受け付けられません。1時間ほど待つか、発行センターに電話して"
    "ください（{}）。",
    "This was tried too often. Please wait for an hour, or call the issuing centre on {}.",
    "いまは できません。{} に でんわして ください。"};
inline constexpr Words busy_text{
    "いまは込み合っていて、始められません。少し待って、もう一度お願いします。",
    "There is too much to do just now. Please try again in a minute.",
    "いま こんで います。すこし まって、もういちど して ください。"};
inline constexpr Words nothing_to_write_text{
    "カードに書き込むものは、いまはありません。書き込みが終わっていれば、まもなく使えます。新しい"
    "暗証番号でログインして確かめてください。",
    "There is nothing to write into your card now. If it was written, it works in a moment: log in "
    "with the new PIN and look.",
    "いま カードに かきこむ ものは ありません。[新|あたら]しい [暗証番号|あんしょうばんごう]で "
    "はいって、[見|み]て ください。"};
inline constexpr Words begun_often_text{
    "何度も申し込もうとしたため、いまは受け付けられません。5分待って、もう一度お願いします。",
    "This was begun too often. Please wait five minutes and try again.",
    "なんども おしました。5ふん まって、もういちど して ください。"};

inline constexpr Words unavailable_text{
    "いま確かめられません。少し待って、もう一度お願いします。",
    "It cannot be checked just now. Please try again in a minute.",
    "いま たしかめられません。すこし まって ください。"};

// What became of a signature that was not the one asked for.
constexpr Words words_of(Outcome outcome) {
    switch (outcome) {
        case Outcome::decided:
        case Outcome::signed_:
            return {};
        case Outcome::cancelled:
            return {"取りやめました。何も変わっていません。",
                    "You cancelled it. Nothing has changed.",
                    "やめました。なにも かわって いません。"};
        case Outcome::not_valid:
            return {"署名を確かめられませんでした。もう一度お願いします。",
                    "The signature is not valid. Please try again.",
                    "サインが おかしいです。もういちど して ください。"};
        case Outcome::other_card:
            return {"ログインしたカードとは別のカードで署名されました。",
                    "It was signed with another card than the one you are logged in with.",
                    "ほかの カードで サインしました。"};
        case Outcome::stopped:
            return {"このカードはもう使えません。", "This card does not count any more.",
                    "この カードは つかえません。"};
        case Outcome::unavailable:
            return unavailable_text;
        case Outcome::proven:  // of a card of another authority's
        case Outcome::unlisted:
        case Outcome::registered:
        case Outcome::no_words:
        case Outcome::not_theirs:
        case Outcome::changed:
            return {"申し込めませんでした。いまの様子を下に示します。",
                    "It could not be asked for. How things are now stands below.",
                    "もうしこめませんでした。"};
    }
    return {};
}

}  // namespace mado::issuer
