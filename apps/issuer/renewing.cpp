#include "renewing.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "crypto/digest.hpp"
#include "orders.hpp"
#include "page/answer.hpp"
#include "renew_words.hpp"
#include "site/answers.hpp"
#include "site/pages.hpp"
#include "site/routes.hpp"
#include "stop_page.hpp"

namespace mado::issuer {
namespace {

using http::Request;
using http::Response;
using http::Task;
using page::say;

constexpr std::size_t form_bytes_max = 4 * 1024;
constexpr std::size_t returned_bytes_max = 96 * 1024;  // a document, sealed twice, as a form
constexpr std::string_view finish_path = "/renew/finish";
constexpr std::string_view begin_path = "/renew/begin";
constexpr std::string_view card_path = "/renew/card";
constexpr std::string_view written_path = "/renew/written";
// Without the log-in a renewal goes on by the slip for so long: who has the card and the slip could
// set a new PIN meanwhile.
constexpr std::int64_t by_slip_s = 24 * 3'600;
// Less is too little for reading a document and signing it: another one begins then.
constexpr std::int64_t time_to_sign_s = 60;

// ---- what a page is made of ----

struct Shown {
    std::string_view path;
    const page::Words& heading;
    std::string body;
    site::Reader reader = site::Reader::logged_in;
    std::string_view script = {};
    std::string title = {};  // "": as it is headed
};
Response show(Office& office, const Request& request, Shown what) {
    const auto look = site::look_of(request);
    const bool inside = what.reader == site::Reader::logged_in;
    const auto* who = inside ? site::who_asks(office.site, request) : nullptr;
    const bool is_clerk = who != nullptr && office.clerks.find(who->card, unix_now());
    site::Content content{.path = std::string(what.path),
                          .here = what.path,
                          .reader = what.reader,
                          .script = what.script,
                          .heading = say(look.language, what.heading),
                          .title = std::move(what.title),
                          .body = std::move(what.body)};
    if (inside && !is_clerk) content.without = {"/"};
    return site::shown(request, site::whole(office.site, look, content), office.site.options.agent);
}

std::string paragraph(page::Language language, const page::Words& words) {
    return fmt::format("<p>{}</p>", say(language, words));
}

std::string said(page::Language language, bool mistake, const page::Words& words) {
    return fmt::format(R"(<p class="{}" role="status" tabindex="-1" autofocus>{}</p>)",
                       mistake ? "mistake" : "said", say(language, words));
}

std::string button(page::Language language, std::string_view action, const page::Words& words) {
    return fmt::format(R"(<form method="post" action="{}"><p><button type="submit">{}</button>)"
                       R"(</p></form>)",
                       action, say(language, words));
}

Date day_of(const Office& office, UnixTime at) {
    return office.site.options.basis.policy.day_of(at);
}

// Until when each certificate of the card is good.
std::string certificates_list(const Office& office, page::Language language,
                              const KnownPerson& person) {
    std::string items;
    for (const auto& [card, standing] : person.issued) {
        if (standing == Standing::revoked) continue;
        const auto& name = card.use == Use::signing ? signing_name : authentication_name;
        const auto until = day_of(office, read_certificate(card.certificate).not_after());
        items += fmt::format("<li>{}</li>", say(language, good_until, name.in(language),
                                                page::day_text(language, until)));
    }
    return site::list("plain", items);
}

// ---- where a renewal stands ----

enum class Stage { write, sign_again, by_slip, at_window, under_way };

// In the session with the card the PIN and the signing password are set anew: only the log-in that
// has signed for it leads there. Where nothing signs, the PIN is all there is.
bool may_write(Office& office, CaseId id, const Case& one, const Hash& login) {
    if (!one.signing) return true;
    office.renewing.drop_old(unix_now());
    const auto* signed_for = office.renewing.find(login);
    return signed_for != nullptr && *signed_for == id;
}

Stage stage_of(const Case& one, bool may_write) {
    Stage out = Stage::under_way;
    for (const auto& what : todo(one)) {
        if (what.step == Step::settle || !what.refused.empty()) return Stage::at_window;
        if (what.step == Step::make_keys || what.step == Step::write) out = Stage::write;
        if (what.step == Step::certify && out == Stage::under_way) out = Stage::write;
    }
    if (out != Stage::write || may_write) return out;
    return one.keys.empty() ? Stage::sign_again : Stage::by_slip;
}

const page::Words& at_window_words(const Case& one) {
    if (one.has_done(activate_order)) return window_active_text;
    return one.keys.empty() ? window_text : window_keys_text;
}

std::string renewal_body(page::Language language, const Case& one, bool may_write) {
    switch (stage_of(one, may_write)) {
        case Stage::sign_again:
            return paragraph(language, sign_again_text) +
                   button(language, begin_path, sign_again_button);
        case Stage::by_slip:
            return paragraph(language, by_slip_text) +
                   fmt::format(R"(<p><a class="alone" href="{}">{}</a></p>)", renew_on_path,
                               say(language, on_heading));
        case Stage::write: {
            auto out = paragraph(language, one.keys.empty() ? write_text : go_on_text) +
                       button(language, card_path, write_button);
            if (can_make_anew(one)) {
                out += fmt::format(
                    R"(<form method="post" action="{}"><input type="hidden" name="anew" )"
                    R"(value="yes"><p class="hint">{} <button type="submit" class="quiet">{})"
                    R"(</button></p></form>)",
                    card_path, say(language, anew_text), say(language, anew_button));
            }
            return out;
        }
        case Stage::at_window:
            return paragraph(language, at_window_words(one));
        case Stage::under_way:
            return paragraph(language, wait_text) +
                   fmt::format(R"(<p><a class="alone" href="{}">{}</a></p>)", renew_path,
                               say(language, look_again));
    }
    return {};
}

const page::Words& words_of(NoRenewal why) {
    switch (why) {
        case NoRenewal::too_early:
            return too_early_text;
        case NoRenewal::over:
            return over_text;
        case NoRenewal::stopped:
            return stopped_text;
        case NoRenewal::other_case:
            return other_case_text;
        case NoRenewal::no_card:
            return no_card_text;
    }
    return no_card_text;
}

// The same for a program (`./mado issue renew`).
bool wants_json(const Request& request) {
    return request.header("accept") == "application/json";
}

std::string_view name_of(Stage stage) {
    switch (stage) {
        case Stage::write:
            return "write";
        case Stage::sign_again:
            return "sign_again";
        case Stage::by_slip:
            return "by_slip";
        case Stage::at_window:
            return "at_window";
        case Stage::under_way:
            return "under_way";
    }
    return "";
}

std::string_view name_of(NoRenewal why) {
    switch (why) {
        case NoRenewal::too_early:
            return "too_early";
        case NoRenewal::over:
            return "over";
        case NoRenewal::stopped:
            return "stopped";
        case NoRenewal::other_case:
            return "other_case";
        case NoRenewal::no_card:
            return "no_card";
    }
    return "";
}

Response my_card_json(Office& office, const Holder& holder, const Hash& login) {
    json::array cards;
    for (const auto& [card, standing] : holder.person.issued) {
        if (standing == Standing::revoked) continue;
        cards.push_back(
            json::object{{"use", to_text(card.use)},
                         {"not_after", read_certificate(card.certificate).not_after()}});
    }
    const auto may = renewal_of(holder.person, office.renewal_s, unix_now());
    auto stage = may ? std::string_view("begin") : name_of(may.error());
    if (holder.open) {
        const auto one = office.store.find(*holder.open).one;
        stage = name_of(stage_of(one, may_write(office, *holder.open, one, login)));
    }
    return site::json_reply(
        json::serialize(json::object{{"cards", std::move(cards)}, {"stage", stage}}));
}

// `first`: what became of what was just done; none where that shows.
Response my_card(Office& office, const Request& request, const site::LoggedIn& who,
                 const page::Words& first = {}) {
    const auto language = site::look_of(request).language;
    const auto any = office.store.find_card(who.card);
    const auto holder = any ? holder_of(office.store, *any) : std::nullopt;
    if (holder && wants_json(request)) return my_card_json(office, *holder, who.mandate_hash);
    std::string body;
    if (!first.ja.empty()) body += said(language, true, first);
    if (!holder) {
        body += paragraph(language, no_card_text);
        return show(office, request, {.path = renew_path, .heading = heading, .body = body});
    }
    body += certificates_list(office, language, holder->person);
    if (holder->open) {
        const auto one = office.store.find(*holder->open).one;
        body +=
            renewal_body(language, one, may_write(office, *holder->open, one, who.mandate_hash));
    } else if (const auto may = renewal_of(holder->person, office.renewal_s, unix_now()); !may) {
        body += paragraph(language, words_of(may.error()));
    } else {
        body += paragraph(language, may->signing ? begin_text : begin_unsigned_text) +
                button(language, begin_path, begin_button);
    }
    return show(office, request, {.path = renew_path, .heading = heading, .body = body});
}

// ---- the request ----

// Durable together: nobody's card is renewed without what asked for it.
std::optional<CaseId> open_renewal(Office& office, CaseId of, const std::string& evidence) {
    const By by{.at = unix_now()};
    Store::Together together(office.store);
    const auto id = office.store.open(of, {.kind = Kind::renewal}, by);
    if (!id) return std::nullopt;
    if (!office.store.add(*id, Requested{.application = evidence}, by)) {
        throw Failure("a renewal does not take what asks for it");
    }
    together.commit();
    office.worker.look_at(*id);
    return *id;
}

// What this log-in has to sign now, by which certificate: for a renewal, or to go on with the one
// that another log-in has asked for.
struct ToSign {
    std::string document;
    std::optional<Hash> signing;  // none: nothing signs, the log-in is the request
    std::optional<CaseId> open;
};
std::optional<ToSign> to_sign(Office& office, const Holder& holder, const Hash& login) {
    const auto& own = office.site.options.basis.identity.id.text();
    if (!holder.open) {
        const auto may = renewal_of(holder.person, office.renewal_s, unix_now());
        if (!may) return std::nullopt;
        return ToSign{.document = renewal_document(holder.person, *may, own),
                      .signing = may->signing,
                      .open = {}};
    }
    const auto file = office.store.find(*holder.open);
    const bool may = may_write(office, file.id, file.one, login);
    if (stage_of(file.one, may) != Stage::sign_again) return std::nullopt;
    const auto again = renewal_of(file.one);
    return ToSign{.document = renewal_document(holder.person, again, own, file.number),
                  .signing = again.signing,
                  .open = file.id};
}

// The document as it will be signed, and a button that hands it to the agent.
Response sign_page(Office& office, const Request& request, const json::object& form) {
    const auto language = site::look_of(request).language;
    std::string fields;
    for (const auto& [name, value] : form) {
        fields += fmt::format(R"(<input type="hidden" name="{}" value="{}">)", std::string(name),
                              page::html_text(std::string(value.as_string())));
    }
    const auto body = fmt::format(
        R"(<p>{}</p><pre class="document"{}>{}</pre><form method="post" action="{}/sign">{}<p>)"
        R"(<button type="submit">{}</button></p></form>)",
        say(language, sign_text), page::lang_of(language, "ja"),
        page::html_text(text_at(form, "document")), office.site.options.agent, fields,
        say(language, sign_button));
    return show(office, request, {.path = renew_path, .heading = heading, .body = body});
}

// What this log-in is signing already, with time to do it: no other nonce is spent for that.
std::optional<std::string> state_of(Office& office, const Hash& login,
                                    const std::string& document) {
    const auto now = unix_now();
    office.renewal_begun.drop_old(now);
    const auto* state = office.renewal_begun.find(login);
    const auto* what = state == nullptr ? nullptr : office.renewals.find(*state, now);
    const bool same = what != nullptr && what->document == document;
    return same && what->expires >= now + time_to_sign_s ? std::optional(*state) : std::nullopt;
}

// Its state, under which it waits to come back signed.
Task<std::expected<std::string, const page::Words*>> begin_signing(Office& office,
                                                                   site::LoggedIn who, CaseId id,
                                                                   std::string document) {
    if (auto state = state_of(office, who.mandate_hash, document)) co_return std::move(*state);
    const auto card = hex(who.card);
    if (!office.begins.may_try(card, unix_now())) co_return std::unexpected(&begun_often_text);
    office.begins.count(card, unix_now());
    const auto nonce = co_await office.deciding.nonce();
    if (!nonce) co_return std::unexpected(&unavailable_text);
    const auto now = unix_now();
    auto state = office.renewals.begin({.id = id,
                                        .choice = {},
                                        .document = std::move(document),
                                        .nonce = *nonce,
                                        .key = crypto::PrivateKey::generate(crypto::KeyType::p256),
                                        .login = who.mandate_hash,
                                        .begun = now,
                                        .expires = now + wire::nonce_lifetime_s});
    office.renewal_begun.put(who.mandate_hash, state, now + wire::nonce_lifetime_s);
    co_return state;
}

// By the old keys: signed where there is a signing key; else it is the log-in that asks.
Task<Response> begin(Office& office, Request request, site::LoggedIn who) {
    const auto any = office.store.find_card(who.card);
    const auto holder = any ? holder_of(office.store, *any) : std::nullopt;
    auto asked = holder ? to_sign(office, *holder, who.mandate_hash) : std::nullopt;
    if (!asked) co_return site::redirect(std::string(renew_path));
    if (!asked->signing) {
        const json::object evidence{{"mandate", who.mandate}, {"certificate", who.certificate}};
        open_renewal(office, holder->id, json::serialize(evidence));
        co_return site::redirect(std::string(renew_path));
    }
    const auto state = co_await begin_signing(office, who, holder->id, std::move(asked->document));
    const auto* what = state ? office.renewals.find(*state, unix_now()) : nullptr;
    if (what == nullptr) {
        if (wants_json(request)) co_return site::refuse(wire::Code::overloaded, request);
        co_return my_card(office, request, who, state ? unavailable_text : *state.error());
    }
    auto form = agent_form(office.deciding, *what, *state,
                           {.back = renew_back_path, .language = site::look_of(request).language});
    if (wants_json(request)) {
        co_return site::json_reply(json::serialize(json::object{{"form", std::move(form)}}));
    }
    co_return sign_page(office, request, form);
}

// What the person has signed must still be what is to be signed. This log-in may write then, as
// long as it lives.
Task<Outcome> judge(Office& office, const Decisions::UnderWay& under_way, const http::Form& form,
                    UnixTime login_expires) {
    const auto holder = holder_of(office.store, under_way.id);
    const auto asked = holder ? to_sign(office, *holder, under_way.login) : std::nullopt;
    if (!asked || !asked->signing || asked->document != under_way.document) {
        co_return Outcome::changed;
    }
    const auto proven = co_await judge_signed(office.deciding, under_way, *asked->signing, form);
    if (!proven) co_return proven.error();
    auto id = asked->open;
    if (!id) {
        id = open_renewal(office, under_way.id, proven->evidence);
    } else if (!office.store.add(*id, Requested{.application = proven->evidence},
                                 {.at = unix_now()})) {
        co_return Outcome::changed;
    }
    if (!id) co_return Outcome::changed;
    office.renewing.put(under_way.login, *id, login_expires);
    co_return Outcome::decided;
}

Task<Response> finish(Office& office, const Request& request) {
    if (!page::is_own_form(request, office.site.origin)) {
        co_return site::refuse(403, "other_session");
    }
    const auto* found = site::who_asks(office.site, request);
    const auto form = http::parse_form(request.body);
    if (found == nullptr || !form) co_return go_on(std::string(renew_path));
    const auto login = found->mandate_hash;
    const auto expires = found->expires;
    const auto under_way =
        office.renewals.take(std::string(form->text("state")), login, unix_now());
    if (under_way) {
        const auto outcome = co_await judge(office, *under_way, *form, expires);
        office.renewals.keep(login, {.id = under_way->id, .outcome = outcome}, unix_now());
    }
    co_return go_on(std::string(renew_path));
}

// ---- the card ----

// To the agent. The old keys are gone with the first of it; keys that were made before, and are not
// in the chip any more, are made anew.
std::expected<std::string, CardRefusal> begin_session(Office& office, CaseId id,
                                                      page::Language language, bool anew) {
    const auto begun = office.cards.begin(id, "", unix_now(), anew);
    if (!begun) return std::unexpected(begun.error());
    return agent_address(office.site.options, *begun,
                         office.site.origin + std::string(renew_back_path), language);
}

Task<Response> write_card(Office& office, Request request, site::LoggedIn who) {
    const auto any = office.store.find_card(who.card);
    const auto holder = any ? holder_of(office.store, *any) : std::nullopt;
    const auto form = http::parse_form(request.body);
    const bool anew = form && form->text("anew") == "yes";
    const bool may =
        holder && holder->open &&
        may_write(office, *holder->open, office.store.find(*holder->open).one, who.mandate_hash);
    if (!may) co_return site::redirect(std::string(renew_path));
    const auto to = begin_session(office, *holder->open, site::look_of(request).language, anew);
    if (to) co_return site::redirect(*to, office.site.options.agent);
    if (to.error() == CardRefusal::overloaded && !wants_json(request)) {
        co_return my_card(office, request, who, busy_text);
    }
    co_return site::redirect(std::string(renew_path));  // which says how it is now
}

Response back(Office& office, const Request& request) {
    const auto look = site::look_of(request);
    return show(
        office, request,
        {.path = renew_back_path,
         .heading = coming_back,
         .body = fmt::format(R"(<div data-finish="{}" data-card="{}">{}</div>)", finish_path,
                             written_path, site::without_script(office.site, look)),
         .reader = site::Reader::nobody_yet,
         .script = "back"});
}

// For everybody: the log-in may have ended with the old keys.
Response written(Office& office, const Request& request) {
    const auto language = site::look_of(request).language;
    const auto form = http::parse_form(request.query);
    const bool done = form && form->text("card") == "done";
    std::string body = said(language, !done, done ? written_text : not_written_text);
    body += fmt::format(R"(<p><a class="alone" href="{}">{}</a></p>)", renew_path,
                        say(language, look_again));
    if (!done) {
        body += fmt::format(R"(<p><a class="alone" href="{}">{}</a></p>)", renew_on_path,
                            say(language, on_heading));
    }
    return show(
        office, request,
        {.path = written_path, .heading = heading, .body = body, .reader = site::Reader::anybody});
}

// ---- for whoever cannot log in any more: the old keys are gone, and the new ones count not yet --

struct OnMistake {
    const page::Words& words;  // in a place: the hotline
    SlipWrong wrong = {};
};
const page::Words& words_of(CardRefusal why) {
    switch (why) {
        case CardRefusal::overloaded:
            return busy_text;
        case CardRefusal::too_early:
            return nothing_to_write_text;
        case CardRefusal::no_card:
        case CardRefusal::malformed:
        case CardRefusal::no_session:
        case CardRefusal::same_hand:
            return window_keys_text;
    }
    return window_keys_text;
}

// What was typed stands there again where it can be mended.
Response on_page(Office& office, const Request& request, const std::optional<OnMistake>& mistake,
                 const http::Form& typed = {}) {
    const auto language = site::look_of(request).language;
    const auto& hotline = office.telephones.hotline;
    std::string body =
        mistake ? mistake_text(language, say(language, mistake->words, hotline)) : "";
    body += paragraph(language, on_text) +
            slip_form(language, renew_on_path, on_button, typed,
                      mistake ? mistake->wrong : SlipWrong{}) +
            fmt::format(R"(<p class="hint">{}</p>)", say(language, on_hint, hotline));
    return show(office, request,
                {.path = renew_on_path,
                 .heading = on_heading,
                 .body = body,
                 .reader = site::Reader::anybody,
                 .title = mistake ? mistake_title(language, on_heading) : ""});
}

// A renewal that the person has asked for today, whose keys were made: nothing else is opened by a
// slip.
std::optional<CaseId> open_by_slip(Office& office, CaseId of) {
    const auto holder = holder_of(office.store, of);
    if (!holder || !holder->open) return std::nullopt;
    const auto file = office.store.find(*holder->open);
    const bool fresh = unix_now() - file.one.requested_at < by_slip_s;
    // With the old keys in the chip there is the log-in.
    return fresh && !file.one.keys.empty() ? holder->open : std::nullopt;
}

Response on(Office& office, const Request& request) {
    if (!page::is_own_form(request, office.site.origin)) {
        return site::refuse(wire::Code::not_allowed, request);
    }
    const auto form = http::parse_form(request.body);
    if (!form) return site::refuse(wire::Code::malformed, request);
    const auto asked = read_stop(*form);
    if (!asked) {
        const bool code = asked.error() == StopMistake::code;
        return on_page(office, request,
                       OnMistake{.words = issuer::words_of(asked.error()),
                                 .wrong = {.code = code, .birth_date = !code}},
                       *form);
    }
    const auto network = http::network_of(request.remote_address);
    if (!office.renew_on_misses.may_try(network, unix_now())) {
        return on_page(office, request, OnMistake{.words = too_often_text});
    }
    const auto of = find_slip(office, *asked);
    if (!of) office.renew_on_misses.count(network, unix_now());
    const auto id = of ? open_by_slip(office, *of) : std::nullopt;
    if (!id) {
        return on_page(
            office, request,
            OnMistake{.words = no_renewal_text, .wrong = {.code = true, .birth_date = true}},
            *form);
    }
    const auto to = begin_session(office, *id, site::look_of(request).language, false);
    if (!to) return on_page(office, request, OnMistake{.words = words_of(to.error())}, *form);
    return site::redirect(*to, office.site.options.agent);
}

Renewal renewal_with(const std::vector<Before>& cards) {
    Renewal out{.cards = cards};
    for (const auto& card : out.cards) {
        const auto certificate = read_certificate(card.certificate);
        const auto until = certificate.not_after();
        if (out.ends == 0 || until < out.ends) out.ends = until;
        if (card.use == Use::signing) out.signing = certificate.thumbprint();
    }
    return out;
}

}  // namespace

std::optional<Holder> holder_of(Store& store, CaseId any_of_theirs) {
    const auto ids = store.of_person(any_of_theirs);
    std::vector<Case> cases;
    for (const auto id : ids)
        cases.push_back(store.find(id).one);
    auto person = person_of(cases);
    if (!person) return std::nullopt;
    Holder out{.id = any_of_theirs, .person = std::move(*person), .open = {}};
    if (out.person.alone && cases[*out.person.alone].kind == Kind::renewal) {
        out.open = ids[*out.person.alone];
    }
    return out;
}

Renewal renewal_of(const Case& open) {
    return renewal_with(open.before);
}

std::expected<Renewal, NoRenewal> renewal_of(const KnownPerson& person, std::int64_t renewal_s,
                                             UnixTime now) {
    if (person.stop) return std::unexpected(NoRenewal::stopped);
    const auto opened = opened_for(person, {.kind = Kind::renewal});
    if (!opened) {
        const bool other = opened.error() == Misfit::other_case;
        return std::unexpected(other ? NoRenewal::other_case : NoRenewal::no_card);
    }
    auto out = renewal_with(opened->before);
    if (out.ends <= now) return std::unexpected(NoRenewal::over);
    if (out.ends - now > renewal_s) return std::unexpected(NoRenewal::too_early);
    return out;
}

std::string renewal_document(const KnownPerson& person, const Renewal& renewal,
                             std::string_view organisation, std::string_view number) {
    std::vector<std::string> lines{"電子証明書の更新の申込み"};
    if (!number.empty()) lines = {"電子証明書の更新の続き", fmt::format("受付番号: {}", number)};
    lines.push_back(fmt::format("宛先: {}", organisation));
    lines.push_back(fmt::format("氏名: {}", with_visible_selectors(person.attributes.name)));
    lines.push_back(fmt::format("生年月日: {}", to_text(person.attributes.birth_date)));
    for (const auto& card : renewal.cards) {
        const auto* name = card.use == Use::signing ? "署名用電子証明書" : "利用者証明用電子証明書";
        lines.push_back(
            fmt::format("{}: {}", name, hex(read_certificate(card.certificate).serial())));
    }
    return fmt::format("{}", fmt::join(lines, "\n"));
}

std::vector<http::Route> renew_routes(Office& office) {
    auto& site = office.site;
    const auto row = [&office](std::string_view method, std::string_view path, std::size_t bytes,
                               Response (*handler)(Office&, const Request&)) {
        return http::Route{method, path, bytes,
                           [&office, handler](Request request) -> Task<Response> {
                               co_return handler(office, request);
                           }};
    };
    const auto form = [&office, &site](
                          std::string_view path,
                          Task<Response> (*handler)(Office&, Request, site::LoggedIn)) {
        return site::own_form(site, path, form_bytes_max,
                              [&office, handler](Request request, site::LoggedIn who) {
                                  return handler(office, std::move(request), std::move(who));
                              });
    };
    std::vector<http::Route> out;
    out.push_back(site::inside(
        site, renew_path, [&office](Request request, site::LoggedIn who) -> Task<Response> {
            const auto back = office.renewals.take_returned(who.mandate_hash, unix_now());
            co_return my_card(office, request, who, back ? words_of(back->outcome) : page::Words{});
        }));
    out.push_back(form(begin_path, begin));
    out.push_back(form(card_path, write_card));
    out.push_back(row("GET", renew_back_path, 0, back));
    out.push_back(
        {"POST", finish_path, returned_bytes_max, [&office](Request request) -> Task<Response> {
             co_return co_await finish(office, request);
         }});
    out.push_back(row("GET", written_path, 0, written));
    out.push_back(row("GET", renew_on_path, 0, [](Office& of, const Request& request) {
        return on_page(of, request, std::nullopt);
    }));
    out.push_back(row("POST", renew_on_path, form_bytes_max, on));
    return out;
}

}  // namespace mado::issuer
