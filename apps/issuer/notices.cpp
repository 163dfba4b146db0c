#include "notices.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "crypto/digest.hpp"
#include "orders.hpp"
#include "page/page.hpp"

namespace mado::issuer {
namespace {

constexpr std::size_t notice_id_bytes = 16;
// Without readings above: a notice is text.
std::string easy_day(Date day) {
    return fmt::format("{}ねん{}がつ{}にち", static_cast<int>(day.year()),
                       static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
}

// None: it counts no more. Throws Failure where a case of its person cannot be read.
struct GoodCard {
    Before card;
    std::string number;
    bool is_stopped = false;
};
std::optional<GoodCard> good(Store& store, const Store::Ending& what) {
    std::vector<Case> cases;
    for (const auto id : store.of_person(what.id))
        cases.push_back(store.find(id).one);
    const auto person = person_of(cases);
    if (!person) return std::nullopt;
    const auto& made = store.find(what.id).one.certificates;
    for (const auto& [card, standing] : person->issued) {
        const auto own = made.find(card.use);
        if (standing == Standing::revoked || own == made.end() || own->second != card.certificate ||
            store.card_key(read_certificate(card.certificate).thumbprint()) != what.card) {
            continue;
        }
        return GoodCard{.card = card,
                        .number = person->numbers.issuing,
                        .is_stopped = standing == Standing::suspended};
    }
    return std::nullopt;
}

}  // namespace

Book::Notice notice_of(std::string id, const Before& card, const std::string& number,
                       const Telling& telling) {
    using page::Language;
    const bool signs = card.use == Use::signing;
    return {.id = std::move(id),
            .number = number,
            .subject = "カードの電子証明書がもうすぐ終わります",
            .sender = telling.sender,
            .received = telling.today,
            .deadline = telling.deadline,
            .body = fmt::format(
                "あなたのカードの{}電子証明書は、{}に終わります。\n"
                "自宅で更新できます。カードを読取り機に置いて、{} "
                "にログインしてください。窓口でも更新できます。分からないときは、{}（{}）に電話して"
                "ください。\n"
                "The certificate of your card for {} ends on {}. You can renew it at home: put the "
                "card into the reader and log in at {}. A window renews it, too. If you have a "
                "question, call {}.\n"
                "カードの {} しょうめいしょが、{}に おわります。カードを いれて {} を ひらいて "
                "ください。まどぐちでも できます。わからない ときは {} に でんわして ください。",
                signs ? "署名用" : "ログイン用（利用者証明用）",
                page::day_text(Language::ja, telling.deadline), telling.address, telling.sender,
                telling.hotline, signs ? "signing" : "logging in",
                page::day_text(Language::en, telling.deadline), telling.address, telling.hotline,
                signs ? "サインの" : "ログインの", easy_day(telling.deadline), telling.address,
                telling.hotline)};
}

Book::Notice notice_of_slip(const std::string& number, const Telling& telling) {
    using page::Language;
    return {
        .id = hex(crypto::random_bytes(notice_id_bytes)),
        .number = number,
        .subject = "カードの停止コードを新しく発行しました",
        .sender = telling.sender,
        .received = telling.today,
        .deadline = std::nullopt,
        .body = fmt::format(
            "{}に、あなたのカードの停止コードを、窓口で新しく発行しました。前の控えのコードでは、"
            "もうカードを止められません。受け取ったのがあなたでないときは、すぐに{}に電話して"
            "ください（{}、昼も夜も）。カードを止めます。控えは窓口で作り直します。\n"
            "A new stop code for your card was given out at a window on {}. The one on your slip "
            "stops nothing any more. If it was not you who got it, call the issuing centre at "
            "once, on {}, day and night: they stop the card. A window gives you another slip.\n"
            "{}に、カードを とめる ための あたらしい ばんごうを、まどぐちで わたしました。まえの "
            "かみの ばんごうでは、もう カードを とめられません。もらったのが あなたで ないときは、"
            "すぐに {} に でんわして ください。よるも できます。カードを とめます。あたらしい "
            "かみは まどぐちで わたします。",
            page::day_text(Language::ja, telling.today), telling.sender, telling.hotline,
            page::day_text(Language::en, telling.today), telling.hotline, easy_day(telling.today),
            telling.hotline)};
}

namespace {

struct SaidWords {
    std::string_view subject, ja, en, easy;
};

// Each with the day, and the telephone.
SaidWords words_of(News what) {
    switch (what) {
        case News::changed:
            return {
                "住民票が変わったため、署名用電子証明書が使えなくなりました",
                "{0}"
                "に、あなたの住民票（氏名・住所など）が変わったと、市区町村から知らせがありました。"
                "前の内容が書かれているため、カードの署名用電子証明書は使えなくなりました。ログイン"
                "と"
                "受診は今までどおりできます。新しい証明書は、カードを持って、今お住まいの市区町村の"
                "窓口で受け取ってください。いつまでという期限はありませんが、それまでカードの更新は"
                "窓口だけです。心当たりがないときは、電"
                "話"
                "してください（{1}）。",
                "On {0} your municipality said that your resident record (name, address) has "
                "changed. "
                "The certificate that signs with your card said what was before, so it has ended. "
                "You "
                "log in and see a doctor as before. Go with your card to the window of where you "
                "live "
                "now to get another one; there is no deadline, but until then you cannot renew the "
                "card from home. If nothing has changed, call {1}.",
                "{0}に、あなたの じゅうみんひょうが かわったと きました。カードの サインは、もう "
                "できません。ログインと びょういんは できます。カードを もって、いま すんで いる "
                "まちの まどぐちに きて ください。いつでも いいです。それまで いえで カードを "
                "あたらしく できません。わからない ときは {1} に "
                "でんわ "
                "して ください。"};
        case News::left:
            return {
                "国外へ転出したとの知らせにより、カードを終わりにします",
                "{0}"
                "に、あなたが国外へ転出したと、市区町村から知らせがありました。市区町村にもう一度"
                "確かめたうえで、カードを使えなくします。帰国したときは、お住まいの市区町村の窓口で"
                "新し"
                "いカードを申し込めます。国外へ転出していないときは、すぐに電話してください（{1}"
                "）。",
                "On {0} your municipality said that you have gone to live abroad. It is asked once "
                "more, and then your card ends. When you are back, apply for another one at the "
                "window "
                "of where you live. If you have not gone abroad, call {1} at once.",
                "{0}に、あなたが がいこくへ ひっこしたと きました。もういちど たしかめて、カードを "
                "おわりに します。かえって きたら、まどぐちで あたらしい カードを "
                "つくれます。ちがう "
                "ときは、すぐに {1} に でんわして ください。"};
        case News::died:
            return {
                "亡くなったとの知らせにより、カードを終わりにします",
                "{0}"
                "に、カードの持ち主が亡くなったと、市区町村から知らせがありました。市区町村にもう"
                "一度確かめたうえで、カードを使えなくします。ご家族の手続は要りません。誤りのときは"
                "、"
                "すぐに電話してください（{1}、昼も夜も）。",
                "On {0} the municipality said that whoever has this card has died. It is asked "
                "once "
                "more, and then the card ends; the family need not do anything. If that is wrong, "
                "call "
                "{1} at once, day and night.",
                "{0}に、カードの ひとが なくなったと きました。もういちど たしかめて、カードを "
                "おわりに します。かぞくは なにも しなくて いいです。ちがう ときは、すぐに {1} に "
                "でんわして ください。よるも できます。"};
    }
    return {};
}

}  // namespace

Book::Notice notice_of_said(const Said& said, const std::string& number, const Telling& telling) {
    using page::Language;
    const auto words = words_of(said.what);
    const auto id = crypto::sha256(as_bytes("said\n" + said.id));
    const auto in = [&telling](std::string_view text, const std::string& day) {
        return fmt::format(fmt::runtime(text), day, telling.hotline);
    };
    return {.id = hex(ByteView(id).first(notice_id_bytes)),
            .number = number,
            .subject = std::string(words.subject),
            .sender = telling.sender,
            .received = telling.today,
            .deadline = std::nullopt,
            .body = in(words.ja, page::day_text(Language::ja, telling.today)) + "\n" +
                    in(words.en, page::day_text(Language::en, telling.today)) + "\n" +
                    in(words.easy, easy_day(telling.today))};
}

ToldEndings tell_ending(Store& store, Book& book, const NoticeFacts& facts,
                        const Store::Ending& after, std::size_t count_max) {
    auto ending = store.ending(facts.now, count_max, after);
    ToldEndings out;
    if (ending.size() == count_max) out.last = ending.back();
    std::erase_if(ending, [&](const Store::Ending& one) {
        std::optional<GoodCard> found;
        try {
            found = good(store, one);
        } catch (const Failure&) {
            ++out.unreadable;
            return true;
        }
        if (!found) return false;
        if (found->is_stopped) return true;  // neither told nor noted
        book.add(notice_of(store.notice_id(one), found->card, found->number,
                           {.sender = facts.sender,
                            .address = facts.address,
                            .hotline = facts.hotline,
                            .today = facts.policy.day_of(facts.now),
                            .deadline = facts.policy.day_of(one.not_after)}));
        ++out.written;
        return false;
    });
    store.noticed(ending);
    return out;
}

}  // namespace mado::issuer
