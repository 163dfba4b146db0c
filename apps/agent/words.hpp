// What the agent's pages say. `{}` stands for what fmt puts there.
#pragma once

#include "pages.hpp"

namespace mado::agent::words {

struct Tries {
    Words several, one;
};

constexpr Words insert_card{"カードをカードリーダに挿し、暗証番号を入力してください。",
                            "Put your card into the reader and enter your PIN.",
                            "カードを きかいに いれて、４つの すうじを いれて ください。"};
constexpr Words agent{"マドのカード窓口（このパソコンの中のページ）",
                      "Mado card agent (a page inside this computer)",
                      "カードの まどぐち（この パソコンの なかの ページ）"};

constexpr Words login_title{"「{}」へのログイン", "Log in to “{}”", "「{}」に はいる"};
constexpr Words check_title{"「{}」での資格確認", "Eligibility check at “{}”",
                            "「{}」で ほけんを たしかめる"};
constexpr Words register_title{"「{}」でのカードの登録", "Register your card at “{}”",
                               "「{}」で カードを とうろくする"};
constexpr Words consent_title{"「{}」に記録を見せる同意", "Let “{}” see your records",
                              "「{}」に きろくを みせる"};
constexpr Words document_title{"書類に署名する（「{}」）", "Sign a document for “{}”",
                               "しょるいに しょめいする（「{}」）"};
constexpr Words delegate_title{"「{}」で、代わりの人を決める", "Let somebody act for you at “{}”",
                               "「{}」で かわりに する ひとを きめる"};
constexpr Words delegate{"代わりの人の、代理用の番号（8けた）",
                         "Number of the person who will act (8 digits)",
                         "かわりの ひとの ばんごう（８つの すうじ）"};
constexpr Words hear_delegate{
    "その人に聞いてください。その人の「カードの状態」のページに出ています。元のページに書いてある番"
    "号は"
    "使わないでください。",
    "Ask that person: it is on their page “Your card”. Do not use a number that the page you came "
    "from shows.",
    "その ひとに きいて ください。まえの ページに かいて ある ばんごうは つかわないで ください。"};
constexpr Words number_differs{
    "番号がちがいます。求められているのは、ほかの人のカードです。聞きまちがいでなければ、やめてくだ"
    "さ"
    "い。",
    "That is not the number of the card that is asked for. If you heard it right, do not go on.",
    "ばんごうが ちがいます。ききまちがいで なければ、やめて ください。"};
constexpr Words waiting_title{"カードリーダが暗証番号を待っています", "The reader waits for a PIN",
                              "カードの きかいが まって います"};
constexpr Words waiting{
    "カードリーダは今、「{}"
    "」のために暗証番号を待っています。自分で始めたのでなければ、入力せず、カード"
    "を抜いてください。",
    "The reader now waits for a PIN for “{}”. If you did not begin this yourself, do not type it, "
    "and "
    "take the card out.",
    "カードの きかいは「{}」の ために まって います。あなたが はじめたので なければ、カードを "
    "ぬいて ください。"};
constexpr Words waiting_help{
    "待つのは30秒までです。そのあと、元のページに戻り、もう一度始めてください。",
    "It waits for 30 seconds. After that, go back to the page that you came from and begin again.",
    "30びょう まって、もとの ページから もういちど はじめて ください。"};
constexpr Words own_delegate_number{
    "代理用の番号：{}（だれかの代わりに手続をするとき、その人に伝えます）",
    "Number for acting for somebody: {} (tell it to the person for whom you will act)",
    "だれかの かわりに する ときの ばんごう：{}（その ひとに いいます）"};
constexpr Words document{"署名する書類", "The document that you sign", "しょめいする しょるい"};
constexpr Words handed_on{"ほかの届け先に渡す内容", "Handed on to others",
                          "ほかの ところに わたす もの"};
constexpr Words handed_on_why{
    "上の書類の内容を、届け先のコンピューターが読む形にしたものです。届け先だけが読めます。",
    "What the document says, in the form that their computers read. Only they can read it.",
    "うえの しょるいと おなじ ことです。コンピューターが よむ かたちです。"};
constexpr Words document_to{"届け先（ほかの人は読めません）", "Goes to (nobody else can read it)",
                            "とどく ところ（ほかの ひとは よめません）"};
constexpr Words password_prompt{
    "書類を読んで、よければ、カードをカードリーダに挿し、署名用パスワードを入力してください。",
    "Read the document. If you agree, put your card into the reader and enter your signing "
    "password.",
    "しょるいを よんで、よければ、パスワードを いれて ください。"};
constexpr Words password{"署名用パスワード", "Signing password", "しょめいの パスワード"};
constexpr Words sign{"署名する", "Sign", "しょめいする"};
constexpr Words no_signing_key{"このカードには署名の鍵がありません。",
                               "This card has no signing key.",
                               "この カードでは しょめいできません。"};
constexpr Words hours{"{}時間", "{} hours", "{}じかん"};
constexpr Words last_password_try{
    "あと1回まちがえると署名の鍵がロックされ、市区町村の窓口でしか直せません。",
    "One more wrong password locks the signing key, and only the municipal office can unlock it.",
    "あと１かい まちがえると、しょめいが できなく なります。やくしょで なおします。"};
constexpr Words bad_document{"書類が長すぎるか、見えない文字を含んでいます。",
                             "The document is too long, or has characters that do not show.",
                             "しょるいが ながいか、みえない もじが あります。"};
constexpr Words recipient{"届け先に、封をして送ることができません。",
                          "Nothing can be sealed for whom it goes to.",
                          "とどく ところが ちがいます。"};
constexpr Words who{"求めているところ", "Who asks", "だれが"};
constexpr Words what{"できること", "For what", "なにを"};
constexpr Words how_long{"どれだけの間", "For how long", "どれだけの あいだ"};
constexpr Words minutes_with_card{"{}分間（カードを抜くと、そこで終わります）",
                                  "{} minutes (ends at once when you remove the card)",
                                  "{}ぷん（カードを ぬくと、おわります）"};
constexpr Words minutes{"{}分間", "{} minutes", "{}ぷん"};
constexpr Words card{"カード", "Card", "カード"};
constexpr Words card_until{"有効期限 {}", "Valid until {}", "{}まで つかえます"};
constexpr Tries tries{
    {"暗証番号はあと{}回入力できます", "PIN: {} tries left", "すうじを いれられるのは あと{}かい"},
    {"暗証番号はあと{}回入力できます", "PIN: {} try left", "すうじを いれられるのは あと{}かい"}};
constexpr Tries password_tries{
    {"署名用パスワードはあと{}回入力できます", "Signing password: {} tries left",
     "しょめいの パスワードを いれられるのは あと{}かい"},
    {"署名用パスワードはあと{}回入力できます", "Signing password: {} try left",
     "しょめいの パスワードを いれられるのは あと{}かい"}};
constexpr Words pin_locked{"暗証番号はロックされています", "PIN: locked",
                           "すうじは もう つかえません"};
constexpr Words password_locked{"署名用パスワードはロックされています", "Signing password: locked",
                                "しょめいの パスワードは もう つかえません"};
constexpr Words pin{"暗証番号（数字4けた）", "PIN (4 digits)", "４つの すうじ"};
constexpr Words pin_rule{"お渡しのときに決めた4つの数字",
                         "The four digits that you chose for the card",
                         "カードを もらった ときに きめた すうじ"};
constexpr Words new_pin_rule{"4つの数字", "Four digits", "４つの すうじ"};
constexpr Words log_in{"ログインする", "Log in", "はいる"};
constexpr Words allow{"許可する", "Allow", "いいです"};
constexpr Words cancel{"取り消して戻る", "Cancel and go back", "やめて もどる"};
constexpr Words site_never_sees{"暗証番号はこのパソコンとカードの外に出ません。",
                                "Your PIN does not leave this computer and your card.",
                                "４つの すうじは、ほかの ひとには みえません。"};
constexpr Words last_try{
    "あと1回まちがえるとカードがロックされ、市区町村の窓口でしか直せません。",
    "One more wrong PIN locks the card, and only the municipal office can unlock it.",
    "あと１かい まちがえると、カードが つかえなく なります。やくしょで なおします。"};
constexpr Words confirm_last{"わかりました。もう1回だけ入力します。",
                             "I understand. I will try once more.",
                             "わかりました。もう１かい やります。"};
constexpr Words which_card{"使うカード", "Card to use", "つかう カード"};
constexpr Words look_again{"もう一度見る", "Look again", "もういちど みる"};

constexpr Words no_service{"カードリーダの仕組み（pcscd）が動いていません。",
                           "The card reader program (pcscd) is not running.",
                           "カードの きかいが うごいて いません。"};
constexpr Words no_service_help{
    "管理者に：apt-get install pcscd のあと systemctl start pcscd。（デモでは ./mado card insert "
    "名前）",
    "For the administrator: apt-get install pcscd, then systemctl start pcscd. (In the demo: "
    "./mado "
    "card insert NAME)",
    "パソコンに くわしい ひとに「pcscd を うごかして」と いって ください。"};
constexpr Words no_reader{"カードリーダが見つかりません。つないでください。",
                          "There is no card reader. Please connect one.",
                          "カードの きかいが ありません。つないで ください。"};
constexpr Words no_card{
    "カードリーダにカードがありません。カードを挿して「もう一度見る」を押してください。",
    "There is no card in the reader. Put it in and choose “Look again”.",
    "カードが ありません。いれて「もういちど みる」を おして ください。"};
constexpr Words unreadable{
    "このカードは読めません（ほかの種類のカードか、ほかのプログラムが使っています）。",
    "This card cannot be read: it is another kind of card, or another program uses it.",
    "この カードは よめません。"};
constexpr Words expired_card{
    "このカードの有効期限は切れています。市区町村の窓口で更新してください。",
    "This card has expired. The municipal office renews it.",
    "この カードは きげんが きれて います。やくしょで あたらしく します。"};
constexpr Words locked_card{
    "暗証番号のまちがいが続いたため、このカードはロックされています。市区町村の窓口で解除してくださ"
    "い。",
    "This card is locked after too many wrong PINs. The municipal office unlocks it.",
    "なんども まちがえたので、この カードは つかえません。やくしょで なおします。"};

constexpr Words password_is_locked{
    "署名用パスワードのまちがいが続いたため、署名の鍵はロックされています（ログインはできます）。市"
    "区"
    "町村の窓口で解除してください。",
    "The signing key is locked after too many wrong passwords; logging in still works. The "
    "municipal office unlocks it.",
    "なんども まちがえたので、しょめいは できません。やくしょで なおします。"};
constexpr Words card_without_pin{
    "暗証番号のないカードです。窓口での確認に使えますが、ここでは使えません。",
    "This card was issued without a PIN: it is for showing at a counter and cannot be used here.",
    "この カードには すうじが ありません。ここでは つかえません。"};
constexpr Words not_possible{
    "このカードでは、ここでそれはできません。市区町村の窓口でできます。",
    "That cannot be done here with this card. The municipal office can do it.",
    "この カードでは、ここでは できません。やくしょで できます。"};
constexpr Words card_fails{
    "カードの応答が正しくありません。挿し直してください。続くときは市区町村の窓口へ。",
    "The card does not answer as it should. Put it in again; if that does not help, the municipal "
    "office can.",
    "カードが おかしいです。もういちど いれて ください。だめなら やくしょへ。"};

constexpr Tries pin_wrong{
    {"暗証番号がちがいます。あと{}回です。", "The PIN is wrong. {} tries left.",
     "すうじが ちがいます。あと{}かいです。"},
    {"暗証番号がちがいます。あと{}回です。", "The PIN is wrong. {} try left.",
     "すうじが ちがいます。あと{}かいです。"}};
constexpr Tries password_wrong{
    {"署名用パスワードがちがいます。あと{}回です。",
     "The signing password is wrong. {} tries left.", "パスワードが ちがいます。あと{}かいです。"},
    {"署名用パスワードがちがいます。あと{}回です。", "The signing password is wrong. {} try left.",
     "パスワードが ちがいます。あと{}かいです。"}};
constexpr Words pin_format{"暗証番号は数字4けたです。回数は減っていません。",
                           "A PIN has 4 digits. No try was used.",
                           "すうじは ４つです。かいすうは へって いません。"};
constexpr Words password_format{
    "署名用パスワードは英大文字と数字で6〜16文字です。回数は減っていません。",
    "A signing password has 6 to 16 capital letters and digits. No try was used.",
    "パスワードは おおきい えいじと すうじで 6〜16もじです。かいすうは へって いません。"};
constexpr Words pin_at_reader{
    "カードをカードリーダに挿し、下のボタンを押してから、暗証番号をカードリーダのキーで入力してくだ"
    "さ"
    "い（30秒以内）。このパソコンには暗証番号は伝わりません。",
    "Put your card into the reader, choose the button below, and then enter your PIN on the "
    "reader's keys, within 30 seconds. This computer does not learn it.",
    "したの ボタンを おして、カードの きかいの キーで ４つの すうじを いれて "
    "ください（30びょう）。"};
constexpr Words has_keypad{"暗証番号はカードリーダのキーで入力します",
                           "The PIN is entered on the reader's keys",
                           "４つの すうじは カードの きかいの キーで いれます"};
constexpr Words no_entry{"暗証番号が入力されませんでした。回数は減っていません。",
                         "No PIN was entered on the reader. No try was used.",
                         "すうじが はいって いません。かいすうは へって いません。"};
constexpr Words confirm_needed{"最後の1回です。下の確認に印を付けてください。",
                               "This is the last try. Please tick the confirmation below.",
                               "さいごの １かいです。したに しるしを つけて ください。"};
constexpr Words card_gone{
    "カードが抜かれたか、ほかのプログラムが使っています。挿し直してください。",
    "The card was removed, or another program uses it. Put it in again.",
    "カードが ありません。もういちど いれて ください。"};
constexpr Words other_card{
    "はじめに使ったカードとちがいます。はじめのカードを入れて、署名してください。",
    "This is not the card that was used first. Put that one in, and sign with it.",
    "はじめの カードと ちがいます。はじめと おなじ カードを いれて ください。"};
constexpr Words new_pin_differs{"新しいものが2回で同じではありません。",
                                "The two new ones are not the same.",
                                "あたらしいのが ２かいで おなじでは ありません。"};

constexpr Words card_title{"カードの状態", "Your card", "カードの ようす"};
constexpr Words open_logins{
    "カードで始め、まだ期限の来ていないログイン：{}"
    "件（ログアウトしたものも数えます。カードを抜くと終わり"
    "ます）",
    "Log-ins begun with cards here whose time is not over: {} (also those that you have left; "
    "removing the card ends them)",
    "カードで はいった ところ：{}（カードを ぬくと おわります）"};
constexpr Words change_pin{"暗証番号を変える", "Change the PIN", "４つの すうじを かえる"};
constexpr Words change_password{"署名用パスワードを変える", "Change the signing password",
                                "しょめいの パスワードを かえる"};
constexpr Words present{"今のもの", "Present one", "いまの もの"};
constexpr Words fresh{"新しいもの", "New one", "あたらしい もの"};
constexpr Words fresh_again{"新しいもの（もう一度）", "New one, again",
                            "あたらしい もの（もういちど）"};
constexpr Words change{"変える", "Change", "かえる"};
constexpr Words changed{"変わりました。", "It was changed.", "かわりました。"};
constexpr Words back_to_card{"カードの状態に戻る", "Back to the card", "カードの ようすに もどる"};
constexpr Words password_rule{"英大文字と数字で6〜16文字", "6 to 16 capital letters and digits",
                              "おおきい えいじと すうじで 6〜16もじ"};

constexpr Words refused_title{"この求めには応じません", "This request is refused",
                              "これは できません"};
constexpr Words nothing_signed{"暗証番号は求められていません。カードは何も署名していません。",
                               "You were not asked for a PIN, and the card has signed nothing.",
                               "カードは なにも していません。"};
constexpr Words close_page{"このページと、ここに来る前のページを閉じてください。",
                           "Close this page and the one that you came from.",
                           "この ページと、まえの ページを とじて ください。"};
constexpr Words begin_again{"元のページに戻り、もう一度始めてください。",
                            "Go back to the page that you came from and begin again.",
                            "もとの ページから、もういちど はじめて ください。"};
constexpr Words tell_site{
    "求めたところの側の誤りです。あなたにできることはありません。そこの問い合わせ先に知らせてくださ"
    "い。",
    "The mistake is on the side of whoever asked, not yours. Please tell them.",
    "あなたの まちがいでは ありません。たのんだ ところに しらせて ください。"};
constexpr Words malformed{"求めの形が正しくありません。", "The request cannot be understood.",
                          "おねがいの かたちが ちがいます。"};
constexpr Words site_unknown{
    "求めているところは、名簿に載っていません。暗証番号を入力しないでください。",
    "Whoever asks is not on the list of known organisations. Do not enter your PIN.",
    "しらない ところです。すうじを いれないで ください。"};
constexpr Words site_unlisted{
    "戻り先のアドレスは、名簿に載っているものではありません。本物に見せかけたページかもしれません"
    "。",
    "The address to return to is not on the list of known addresses. The page you came from may "
    "be a fake.",
    "もどる ところが ちがいます。にせものの ページかも しれません。"};
constexpr Words audience{"ほかの中継センター宛ての求めです。",
                         "The request is meant for another place.",
                         "ほかの ところへの おねがいです。"};
constexpr Words scope{"そこに許されていないことまで求めています。", "It asks for more than it may.",
                      "しては いけない ことを たのんで います。"};
constexpr Words expired{"求めの期限が切れています。", "The request is too old.",
                        "おねがいが ふるいです。"};
constexpr Words stale_title{"このページはもう使えません", "This page can no longer be used",
                            "この ページは もう つかえません"};

// ---- a card that its issuer writes ----

constexpr Words write_title{"「{}」がカードに書き込みます", "“{}” writes into a card",
                            "「{}」が カードに かきます"};
constexpr Words who_writes{"書き込むところ", "Who writes", "だれが かくか"};
constexpr Words what_is_written{
    "カードの中で鍵を作り、電子証明書を書き込みます。カードに前から入っていた人の鍵は作り直しません"
    "。",
    "Keys are made inside the card, and certificates are written into it. The keys of a card that "
    "is somebody's already are not replaced.",
    "カードの なかに かぎを つくって、しょうめいしょを かきます。"};
// A new PIN alone, in a card that somebody has.
constexpr Words pin_title{"「{}」で新しい暗証番号を決めます", "A new PIN for a card of “{}”",
                          "「{}」で あたらしい ばんごうを きめます"};
constexpr Words what_is_set{
    "カードに新しい暗証番号だけを入れます。鍵も電子証明書もそのままです。",
    "Only what is chosen here is set in the card. Its keys and certificates stay as they are.",
    "カードに あたらしい ばんごうを いれます。なかの かぎと しょうめいしょは そのままです。"};
constexpr Words which_to_set{"どのカードリーダのカードですか", "The card in which reader?",
                             "どの きかいの カードですか"};
constexpr Words set_new_pin{"新しい暗証番号を設定する", "Set the new PIN",
                            "あたらしい ばんごうに する"};
constexpr Words not_set_title{"設定は終わっていません", "The new PIN is not set, or not all of it",
                              "まだ おわって いません"};
constexpr Words owner_chooses{
    "ここからはカードの持ち主が決めて入力します。職員に見せたり伝えたりしないでください。",
    "The person whose card it is chooses this and types it. Nobody at the window has to see or "
    "hear it.",
    "カードの もちぬしが じぶんで きめて いれます。ほかの ひとに みせないで ください。"};
constexpr Words reader{"カードリーダ", "Reader", "カードの きかい"};
constexpr Words which_to_write{"どのカードリーダのカードに書き込みますか",
                               "Into the card of which reader?", "どの きかいの カードですか"};
constexpr Words card_new{"まだだれも使っていないカード、またはここでは読めないカード",
                         "A card that nobody uses yet, or that cannot be read here",
                         "あたらしい カード（または よめない カード）"};
constexpr Words card_in_use{"証明書の入っているカード", "A card with certificates",
                            "もう つかって いる カード"};
constexpr Words another_card{
    "ちがうカードのときは、入れ替えてから「もう一度見る」を押してください。",
    "If it is another card, exchange it and choose “Look again”.",
    "ちがう カードの ときは、いれかえて「もういちど みる」を おして ください。"};
constexpr Words person_chooses{
    "ここからはカードを受け取る本人が決めて入力します。職員に見せたり伝えたりしないでください。",
    "The person whose card it is chooses these and types them. Nobody at the window has to see or "
    "hear them.",
    "カードを もらう ひとが じぶんで きめて いれます。ほかの ひとに みせないで ください。"};
constexpr Words own_pin{"新しい暗証番号（数字4けた）", "New PIN (4 digits)",
                        "あたらしい ４つの すうじ"};
constexpr Words own_pin_again{"新しい暗証番号（もう一度）", "New PIN, again",
                              "あたらしい ４つの すうじ（もういちど）"};
constexpr Words own_password{"新しい署名用パスワード", "New signing password",
                             "あたらしい しょめいの パスワード"};
constexpr Words own_password_again{"新しい署名用パスワード（もう一度）",
                                   "New signing password, again",
                                   "あたらしい しょめいの パスワード（もういちど）"};
constexpr Words leave_card{
    "書き込みには数秒、長くて3分かかります。終わって元のページに戻るまで、カードを抜かないでくださ"
    "い。",
    "Writing takes a few seconds, three minutes at most. Leave the card in the reader until you "
    "are back at the page that you came from.",
    "おわるまで カードを ぬかないで ください（ながくて ３ぷん）。"};
constexpr Words write_card{"カードに書き込む", "Write the card", "カードに かく"};
constexpr Words not_written_title{"カードはまだできていません", "The card is not ready",
                                  "カードは まだ できて いません"};
constexpr Words goes_on{
    "できたところまでは残っています。元のページに戻り、もう一度始めてください。",
    "What was done is kept. Go back to the window and begin again.",
    "もとの ページに もどって、もういちど はじめて ください。"};
constexpr Words back_to_window{"元のページに戻る", "Back to the window", "もとの ページに もどる"};
constexpr Words pipe_unreachable{"発行窓口とつながりません。しばらくして、もう一度始めてください。",
                                 "The issuing centre does not answer. Try again in a while.",
                                 "まどぐちと つながりません。あとで もういちど して ください。"};
constexpr Words pipe_over{"時間が過ぎたか、ほかのところで同じカードの書き込みが始まりました。",
                          "The time is over, or the same card is being made somewhere else.",
                          "じかんが すぎました。"};
constexpr Words pipe_gone{
    "カードが抜かれたか、ほかのプログラムが使っています。挿し直してください。",
    "The card was removed, or another program uses it. Put it in again.",
    "カードが ありません。もういちど いれて ください。"};
constexpr Words pipe_not_ours{
    "この発行窓口のカードではありません。新しいカードを挿してください。",
    "This is no card of this issuing centre. Put in a new one.",
    "この まどぐちの カードでは ありません。あたらしい カードを いれて ください。"};
constexpr Words pipe_used{
    "もうだれかのものになっているカードです。何も変えていません。新しいカードを挿してください。",
    "This card is somebody's already. Nothing in it was changed. Put in a new one.",
    "もう だれかの カードです。あたらしい カードを いれて ください。"};
constexpr Words pipe_other_card{
    "この手続の鍵は、ほかのカードの中にあります。そのカードを挿してください。",
    "The keys of this case are in another card. Put that one in.",
    "ちがう カードです。さいしょの カードを いれて ください。"};
constexpr Words pipe_not_lawful{
    "発行窓口が、してはいけないことを求めました。書き込みを止めました。窓口の責任者に知らせてくださ"
    "い。",
    "The issuing centre asked for what it may not. Writing was stopped. Please tell whoever is in "
    "charge of the window.",
    "まどぐちが しては いけない ことを たのみました。とめました。"};
constexpr Words pipe_refused{
    "カード、または発行窓口が、書き込みを受け付けません。続くときは、ほかのカードにしてください。",
    "The card, or the issuing centre, does not do it. If it goes on like this, take another card.",
    "カードに かけません。ほかの カードに して ください。"};
constexpr Words busy_title{"カードに書き込んでいます", "A card is being written",
                           "カードに かいて います"};
constexpr Words busy{
    "今、「{}」がカードに書き込んでいます。自分で始めたのでなければ、カードを抜いてください。",
    "“{}” is writing into a card now. If you did not begin this yourself, take the card out.",
    "「{}」が カードに かいて います。あなたが はじめたので なければ、カードを ぬいて ください。"};
constexpr Words busy_help{"終わるまで、長くて3分です。そのあと、もう一度始めてください。",
                          "It takes three minutes at most. After that, begin again.",
                          "ながくて ３ぷん まって、もういちど はじめて ください。"};

}  // namespace mado::agent::words
