#include "pages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "words.hpp"

namespace mado::agent {
namespace {

using page::html_text;
using page::say;
using page::to_text;

std::string whole(PageFrame frame, const std::string& title, const std::string& body,
                  bool wrong = false) {
    frame.wrong = wrong;
    return page::whole(frame, words::agent, title, body);
}

std::string paragraph(const std::string& html, std::string_view kind = {}) {
    if (kind.empty()) return "<p>" + html + "</p>";
    return fmt::format(R"(<p class="{}">{}</p>)", kind, html);
}

// "2 tries", "1 try".
template <class Number>
std::string say_tries(Language language, const words::Tries& words, Number left) {
    return say(language, left == 1 ? words.one : words.several, left);
}

std::string mistake_text(Language language, const Mistake& mistake) {
    const bool password = mistake.password;
    switch (mistake.kind) {
        case Mistake::Kind::pin_wrong:
            return say_tries(language, password ? words::password_wrong : words::pin_wrong,
                             mistake.tries_left);
        case Mistake::Kind::pin_format:
        case Mistake::Kind::new_pin_format:
            return say(language, password ? words::password_format : words::pin_format);
        case Mistake::Kind::no_entry:
            return say(language, words::no_entry);
        case Mistake::Kind::confirm_last:
            return say(language, words::confirm_needed);
        case Mistake::Kind::locked:
            return say(language, password ? words::password_is_locked : words::locked_card);
        case Mistake::Kind::card_gone:
            return say(language, words::card_gone);
        case Mistake::Kind::expired:
            return say(language, words::expired_card);
        case Mistake::Kind::new_pin_differs:
            return say(language, words::new_pin_differs);
        case Mistake::Kind::no_pin:
            return say(language, password ? words::no_signing_key : words::card_without_pin);
        case Mistake::Kind::not_possible:
            return say(language, words::not_possible);
        case Mistake::Kind::card_fails:
            return say(language, words::card_fails);
        case Mistake::Kind::number_differs:
            return say(language, words::number_differs);
        case Mistake::Kind::other_card:
            return say(language, words::other_card);
    }
    return "";
}

// What a mistake is about; `none`: nothing that is typed.
enum class About { none, pin, last_try, fresh, number };
About about(const std::optional<Mistake>& mistake) {
    if (!mistake) return About::none;
    switch (mistake->kind) {
        case Mistake::Kind::pin_wrong:
        case Mistake::Kind::pin_format:
            return About::pin;
        case Mistake::Kind::confirm_last:
            return About::last_try;
        case Mistake::Kind::new_pin_format:
        case Mistake::Kind::new_pin_differs:
            return About::fresh;
        case Mistake::Kind::number_differs:
            return About::number;
        case Mistake::Kind::no_entry:
        case Mistake::Kind::locked:
        case Mistake::Kind::card_gone:
        case Mistake::Kind::other_card:
        case Mistake::Kind::expired:
        case Mistake::Kind::no_pin:
        case Mistake::Kind::not_possible:
        case Mistake::Kind::card_fails:
            return About::none;
    }
    return About::none;
}

// Named by the description of the field that it is about, which has the focus; where there is none
// it has the focus itself.
std::string mistake_box(Language language, const std::optional<Mistake>& mistake) {
    if (!mistake) return "";
    return fmt::format(R"(<p class="mistake" id="mistake" role="alert"{}>{}{}</p>)",
                       about(mistake) == About::none ? R"( tabindex="-1" autofocus)" : "",
                       say(language, page::error_prefix), mistake_text(language, *mistake));
}

std::string card_facts(Language language, const CardView& card, std::int32_t utc_offset_s) {
    std::string out = say(language, words::card_until,
                          page::day_text(language, date_at(card.not_after, utc_offset_s)));
    if (!card.pin_tries) return out + "<br>" + say(language, words::card_without_pin);
    out += "<br>" + (*card.pin_tries == 0 ? say(language, words::pin_locked)
                                          : say_tries(language, words::tries, *card.pin_tries));
    if (card.password_tries) {
        out += "<br>" + (*card.password_tries == 0
                             ? say(language, words::password_locked)
                             : say_tries(language, words::password_tries, *card.password_tries));
    }
    if (card.pin_at_reader) out += "<br>" + say(language, words::has_keypad);
    return out;
}

std::string look_again(const PageFrame& frame, std::string_view kind) {
    return fmt::format(
        R"(<p><a class="{}" href="{}">{}</a></p>)", kind,
        html_text(fmt::format("{}?{}&lang={}", frame.path, frame.query, to_text(frame.language))),
        say(frame.language, words::look_again));
}

// Why no card can be used now, and what to do; "" when one can.
std::string no_card(const PageFrame& frame, const Look& look) {
    const auto language = frame.language;
    const auto again = look_again(frame, "button");
    if (!look.service) {
        return paragraph(say(language, words::no_service), "mistake") +
               paragraph(say(language, words::no_service_help)) + again;
    }
    if (look.readers == 0) return paragraph(say(language, words::no_reader), "mistake") + again;
    if (look.cards.empty()) return paragraph(say(language, words::no_card), "mistake") + again;
    return "";
}

// Why this very card cannot; "" when it can.
std::string unfit(Language language, const CardView& card, bool password) {
    if (!card.readable) return paragraph(say(language, words::unreadable), "mistake");
    if (card.not_after <= unix_now())
        return paragraph(say(language, words::expired_card), "mistake");
    const auto tries = card.tries(password);
    if (!tries) {
        return paragraph(say(language, password ? words::no_signing_key : words::card_without_pin),
                         "mistake");
    }
    if (*tries == 0) {
        return paragraph(say(language, password ? words::password_is_locked : words::locked_card),
                         "mistake");
    }
    return "";
}

// One of several, or the only one.
std::string card_choice(const PageFrame& frame, const Look& look, std::string_view chosen,
                        std::int32_t utc_offset_s) {
    const auto language = frame.language;
    std::string out;
    for (const auto& card : look.cards) {
        const auto name = html_text(card.reader.name);
        const auto facts = card.readable ? card_facts(language, card, utc_offset_s)
                                         : say(language, words::unreadable);
        if (look.cards.size() == 1) {
            return fmt::format(
                R"(<input type="hidden" name="reader" value="{}"><dl><dt>{}</dt><dd>{}</dd></dl>)",
                name, say(language, words::card), facts);
        }
        out += fmt::format(
            R"(<label class="choice"><input type="radio" name="reader" value="{0}" required{1}>)"
            " {0}<br>{2}</label>",
            name, card.reader.name == chosen ? " checked" : "", facts);
    }
    return fmt::format("<fieldset><legend>{}</legend>{}</fieldset>",
                       say(language, words::which_card), out);
}

struct SecretField {
    std::string name;
    std::string label;
    bool fresh = false;     // nobody knows it yet
    bool password = false;  // of the signing key, not a PIN
    bool optional = false;  // it may be typed at the reader
    bool first = false;     // has the focus
    bool wrong = false;
};

std::string secret_field(Language language, const SecretField& field) {
    const auto rule =
        field.password
            ? fmt::format(R"(minlength="{0}" maxlength="{1}" pattern="[A-Z0-9]{{{0},{1}}}")",
                          card::password_bytes_min, card::password_bytes_max)
            : fmt::format(
                  R"(inputmode="numeric" minlength="{0}" maxlength="{0}" pattern="[0-9]{{{0}}}")",
                  card::pin_digits);
    const auto& pin_hint = field.fresh ? words::new_pin_rule : words::pin_rule;
    const auto hint = say(language, field.password ? words::password_rule : pin_hint);
    return fmt::format(R"(<p class="field"><label for="{0}">{1}</label>)"
                       R"(<span class="hint" id="{0}-hint">{2}</span>)"
                       R"(<input id="{0}" name="{0}" type="password" autocomplete="off"{7} {3})"
                       R"( aria-describedby="{0}-hint{4}"{5}{6}></p>)",
                       field.name, field.label, hint, rule, field.wrong ? " mistake" : "",
                       field.wrong ? R"( aria-invalid="true")" : "",
                       field.first ? " autofocus" : "", field.optional ? "" : " required");
}

std::string form_begin(std::string_view path, std::string_view token) {
    return fmt::format(R"(<form method="post" action="{}" autocomplete="off">)"
                       R"(<input type="hidden" name="token" value="{}">)",
                       path, token);
}

std::string last_try_box(Language language, bool password, bool wrong) {
    return paragraph(say(language, password ? words::last_password_try : words::last_try),
                     "warning") +
           fmt::format(
               R"(<p><label class="choice"><input type="checkbox" name="last" value="yes"{}>)"
               " {}</label></p>",
               wrong ? R"( aria-invalid="true" aria-describedby="mistake" autofocus)" : "",
               say(language, words::confirm_last));
}

// At an issuing centre: whether the card that somebody has counts, before it is registered.
bool registers_card(const Asked& asked) {
    return asked.scope.size() == 1 && asked.scope.front().text() == "card-standing";
}

std::string sign_title(Language language, const Asked& asked) {
    switch (asked.kind) {
        case wire::MandateKind::login:
            return say(language, words::login_title, page::in_japanese(asked.site->name));
        case wire::MandateKind::check:
            return say(language, registers_card(asked) ? words::register_title : words::check_title,
                       page::in_japanese(asked.site->name));
        case wire::MandateKind::consent:
            return say(language, words::consent_title, page::in_japanese(asked.site->name));
        case wire::MandateKind::application:
            return say(language, words::document_title, page::in_japanese(asked.site->name));
        case wire::MandateKind::delegate:
            return say(language, words::delegate_title, page::in_japanese(asked.site->name));
    }
    return "";
}

// Of the mandate, from its signature on.
std::string how_long(Language language, wire::MandateKind kind) {
    const auto seconds = wire::lifetime_s_max(kind);
    switch (kind) {
        case wire::MandateKind::login:
            return say(language, words::minutes_with_card, seconds / 60);
        case wire::MandateKind::check:
            return say(language, words::minutes, seconds / 60);
        case wire::MandateKind::consent:
        case wire::MandateKind::delegate:
        case wire::MandateKind::application:
            return say(language, words::hours, seconds / 3600);
    }
    return "";
}

// All of it, as it will be sealed.
std::string document_box(Language language, const std::optional<Document>& document) {
    if (!document) return "";
    return fmt::format(R"(<dl><dt>{}</dt><dd>{}</dd></dl><h2 id="document-title">{}</h2>)"
                       R"(<section class="document" tabindex="0" aria-labelledby="document-title">)"
                       R"(<pre{}>{}</pre></section>)",
                       say(language, words::document_to),
                       page::say_japanese(language, document->to->name),
                       say(language, words::document), page::lang_of(language, document->text),
                       html_text(document->text));
}

// What programs of others read of it, word for word: it is sealed as it stands here.
std::string handed_on_box(Language language, const std::vector<Document>& handed_on) {
    if (handed_on.empty()) return "";
    std::string out = fmt::format("<h2>{}</h2><p>{}</p><dl>", say(language, words::handed_on),
                                  say(language, words::handed_on_why));
    for (const auto& one : handed_on) {
        out += fmt::format(R"(<dt>{}</dt><dd><pre class="document"{}>{}</pre></dd>)",
                           page::say_japanese(language, one.to->name),
                           page::lang_of(language, one.text), html_text(one.text));
    }
    return out + "</dl>";
}

// Who it is a site cannot be believed: the person has to have heard it.
std::string delegate_field(Language language, const SignPage& page) {
    if (!page.asked.delegate) return "";
    const bool wrong = about(page.mistake) == About::number;
    return fmt::format(R"(<p class="field"><label for="number">{}</label>)"
                       R"(<span class="hint" id="number-hint">{}</span>)"
                       R"(<input id="number" name="number" type="text" autocomplete="off" required)"
                       R"( inputmode="numeric" pattern="[0-9]{{4}} ?[0-9]{{4}}" maxlength="9")"
                       R"( aria-describedby="number-hint{}"{}></p>)",
                       say(language, words::delegate), say(language, words::hear_delegate),
                       wrong ? " mistake" : "", wrong ? R"( aria-invalid="true" autofocus)" : "");
}

const Words& button_of(const Asked& asked) {
    switch (asked.kind) {
        case wire::MandateKind::login:
            return words::log_in;
        case wire::MandateKind::application:
            return words::sign;
        case wire::MandateKind::check:
        case wire::MandateKind::consent:
        case wire::MandateKind::delegate:
            return words::allow;
    }
    return words::allow;
}

std::string asked_facts(Language language, const SignPage& page) {
    std::string services;
    for (const auto& service : page.asked.scope)
        services += "<li>" + say(language, page.services.name(service.text())) + "</li>";
    return fmt::format(
        "<dl><dt>{}</dt><dd>{}<br><small>{}</small></dd><dt>{}</dt><dd><ul>{}</ul></dd>"
        "<dt>{}</dt><dd>{}</dd></dl>",
        say(language, words::who), page::say_japanese(language, page.asked.site->name),
        html_text(page.asked.redirect_uri), say(language, words::what), services,
        say(language, words::how_long), how_long(language, page.asked.kind));
}

// Of the card that was chosen, or of one that may be.
bool any_at_last_try(const Look& look, const CardView* chosen, bool password) {
    if (chosen != nullptr) return chosen->tries(password) == 1;
    return std::ranges::any_of(
        look.cards, [password](const CardView& card) { return card.tries(password) == 1; });
}

std::string way_back(Language language, const std::string& address) {
    if (address.empty()) return "";
    return fmt::format(R"(<p><a class="alone" href="{}">{}</a></p>)", html_text(address),
                       say(language, words::cancel));
}

}  // namespace

std::string sign_page(PageFrame frame, const SignPage& page) {
    const auto language = frame.language;
    // Who asks for what is read first; after a mistake the field is where the eye is.
    frame.title_first = !page.mistake;
    const auto title = sign_title(language, page.asked);
    const bool password = page.asked.document.has_value();
    auto body = asked_facts(language, page) + document_box(language, page.asked.document) +
                handed_on_box(language, page.asked.handed_on);
    const auto missing = no_card(frame, page.look);
    const auto* only = page.look.find(page.reader);
    const auto unusable =
        missing.empty() && only != nullptr ? unfit(language, *only, password) : "";
    if (!missing.empty() || !unusable.empty()) {
        return whole(frame, title,
                     mistake_box(language, page.mistake) + body + missing + unusable +
                         way_back(language, refused_address(page.asked)),
                     page.mistake.has_value());
    }
    const bool at_reader = !password && only != nullptr && only->pin_at_reader;
    body += paragraph(say(language, password    ? words::password_prompt
                                    : at_reader ? words::pin_at_reader
                                                : words::insert_card));
    body += form_begin("/authorize", page.token);
    body += card_choice(frame, page.look, page.reader, page.utc_offset_s);
    // Where the eye is: beside the field, which has the focus.
    body += mistake_box(language, page.mistake);
    if (any_at_last_try(page.look, only, password)) {
        body += last_try_box(language, password, about(page.mistake) == About::last_try);
    }
    body += delegate_field(language, page);
    if (!at_reader) {
        const auto& label = password ? words::password : words::pin;
        const bool wrong = about(page.mistake) == About::pin;
        body += secret_field(language, {.name = "pin",
                                        .label = say(language, label),
                                        .password = password,
                                        .optional = only == nullptr && !password,
                                        .first = wrong,
                                        .wrong = wrong});
    }
    body += fmt::format(R"(<p><button type="submit">{}</button></p></form>)",
                        say(language, button_of(page.asked)));
    body += paragraph(say(language, words::site_never_sees)) +
            way_back(language, refused_address(page.asked));
    return whole(frame, title, body, page.mistake.has_value());
}

std::string card_page(const PageFrame& frame, const CardPage& page) {
    const auto language = frame.language;
    std::string body = no_card(frame, page.look);
    for (const auto& card : page.look.cards) {
        const auto name = html_text(card.reader.name);
        body += fmt::format("<h2>{}</h2><p>{}</p>", name,
                            card.readable ? card_facts(language, card, page.utc_offset_s)
                                          : say(language, words::unreadable));
        if (!card.readable) continue;
        if (card.not_after <= unix_now())
            body += paragraph(say(language, words::expired_card), "mistake");
        body +=
            paragraph(say(language, words::own_delegate_number, delegate_number(card.thumbprint)));
        http::Form query;
        query.set("reader", card.reader.name);
        query.set("lang", std::string(to_text(language)));
        const auto link = [&](const char* use, const Words& words) {
            query.set("use", use);
            return fmt::format(R"(<li><a class="alone" href="/pin?{}">{}</a></li>)",
                               html_text(http::form_text(query)), say(language, words));
        };
        std::string links;
        if (card.pin_tries) links += link("pin", words::change_pin);
        if (card.password_tries) links += link("password", words::change_password);
        if (!links.empty()) body += "<ul class=\"plain\">" + links + "</ul>";
    }
    body += paragraph(say(language, words::open_logins, page.open_logins));
    return whole(frame, say(language, words::card_title), body);
}

std::string pin_page(const PageFrame& frame, const PinPage& page) {
    const auto language = frame.language;
    const auto title = say(language, page.password ? words::change_password : words::change_pin);
    const auto back = fmt::format(R"(<p><a class="alone" href="/?lang={}">{}</a></p>)",
                                  to_text(language), say(language, words::back_to_card));
    if (page.done) {
        return whole(
            frame, title,
            fmt::format(R"(<p role="status">{}</p>)", say(language, words::changed)) + back);
    }
    auto body = mistake_box(language, page.mistake);
    const auto missing = no_card(frame, page.look);
    const auto* card = page.look.find(page.reader);
    if (card == nullptr) {
        const auto gone =
            missing.empty() ? paragraph(say(language, words::card_gone), "mistake") : missing;
        return whole(frame, title, body + gone + back, page.mistake.has_value());
    }
    const auto unusable = unfit(language, *card, page.password);
    if (!unusable.empty()) return whole(frame, title, body + unusable + back);
    body += form_begin("/pin", page.token);
    const auto field = [&](const char* name, const Words& words, About part) {
        const bool wrong = page.mistake && about(page.mistake) == part;
        const bool again = std::string_view(name) == "again";
        return secret_field(language, {.name = name,
                                       .label = say(language, words),
                                       .fresh = part == About::fresh,
                                       .password = page.password,
                                       .first = page.mistake ? wrong && !again : part == About::pin,
                                       .wrong = wrong});
    };
    body += field("pin", words::present, About::pin) + field("fresh", words::fresh, About::fresh) +
            field("again", words::fresh_again, About::fresh);
    if (card->tries(page.password) == 1) {
        body += last_try_box(language, page.password, about(page.mistake) == About::last_try);
    }
    body += fmt::format(R"(<p><button type="submit">{}</button></p></form>)",
                        say(language, words::change));
    return whole(frame, title, body + back, page.mistake.has_value());
}

namespace {

// Whoever is about to be deceived is not sent back.
const Words& next_step(Refusal why) {
    switch (why) {
        case Refusal::site_unknown:
        case Refusal::site_unlisted:
            return words::close_page;
        case Refusal::expired:
            return words::begin_again;
        case Refusal::malformed:
        case Refusal::audience:
        case Refusal::scope:
        case Refusal::document:
        case Refusal::recipient:
            return words::tell_site;
    }
    return words::tell_site;
}

}  // namespace

std::string refusal_page(const PageFrame& frame, Refusal why) {
    const auto reason = [why]() -> const Words& {
        switch (why) {
            case Refusal::malformed:
                return words::malformed;
            case Refusal::site_unknown:
                return words::site_unknown;
            case Refusal::site_unlisted:
                return words::site_unlisted;
            case Refusal::audience:
                return words::audience;
            case Refusal::scope:
                return words::scope;
            case Refusal::expired:
                return words::expired;
            case Refusal::document:
                return words::bad_document;
            case Refusal::recipient:
                return words::recipient;
        }
        return words::malformed;
    };
    const auto language = frame.language;
    return whole(frame, say(language, words::refused_title),
                 paragraph(say(language, reason()), "mistake") +
                     paragraph(say(language, words::nothing_signed)) +
                     paragraph(say(language, next_step(why))));
}

std::string waiting_page(const PageFrame& frame, std::string_view site) {
    const auto language = frame.language;
    return whole(frame, say(language, words::waiting_title),
                 paragraph(say(language, words::waiting, page::in_japanese(site)), "warning") +
                     paragraph(say(language, words::waiting_help)));
}

std::string stale_page(const PageFrame& frame, const std::string& back) {
    const auto language = frame.language;
    return whole(frame, say(language, words::stale_title),
                 paragraph(say(language, words::begin_again)) + way_back(language, back));
}

// ---- a card that its issuer writes ----

namespace {

bool sets_pin(const CardAsked& asked) {
    return asked.work == card::IssuingWork::pin;
}

// The only one; of several the one that nobody uses yet, when there is one such.
std::string reader_to_write(const Look& look, const std::string& chosen) {
    if (!chosen.empty()) return chosen;
    const auto is_new = [](const CardView& card) { return !card.readable; };
    if (std::ranges::count_if(look.cards, is_new) != 1) return "";
    return std::ranges::find_if(look.cards, is_new)->reader.name;
}

std::string reader_choice(Language language, const WritePage& page) {
    const auto& look = page.look;
    const auto& chosen = page.reader;
    const auto& which = sets_pin(page.asked) ? words::which_to_set : words::which_to_write;
    const auto state = [language](const CardView& card) {
        return say(language, card.readable ? words::card_in_use : words::card_new);
    };
    if (look.cards.size() == 1) {
        const auto& card = look.cards.front();
        return fmt::format(R"(<input type="hidden" name="reader" value="{0}"><dl><dt>{1}</dt>)"
                           "<dd>{0}<br>{2}</dd></dl>",
                           html_text(card.reader.name), say(language, words::reader), state(card));
    }
    const auto checked =
        sets_pin(page.asked) && chosen.empty() ? "" : reader_to_write(look, chosen);
    std::string out;
    for (const auto& card : look.cards) {
        out += fmt::format(
            R"(<label class="choice"><input type="radio" name="reader" value="{0}" required{1}>)"
            " {0}<br>{2}</label>",
            html_text(card.reader.name), card.reader.name == checked ? " checked" : "",
            state(card));
    }
    return fmt::format("<fieldset><legend>{}</legend>{}</fieldset>", say(language, which), out);
}

std::string pin_fields(Language language, const WritePage& page) {
    const auto field = [&](const char* name, const Words& label, bool password) {
        const bool wrong =
            about(page.mistake) == About::fresh && page.mistake->password == password;
        return secret_field(language, {.name = name,
                                       .label = say(language, label),
                                       .fresh = true,
                                       .password = password,
                                       .first = wrong && std::string_view(name).starts_with('f'),
                                       .wrong = wrong});
    };
    std::string out;
    if (page.asked.pin) {
        out += field("fresh", words::own_pin, false) + field("again", words::own_pin_again, false);
    }
    if (page.asked.password) {
        out += field("fresh_password", words::own_password, true) +
               field("again_password", words::own_password_again, true);
    }
    return out;
}

const Words& why_not_written(client::PipeError why) {
    using client::PipeError;
    switch (why) {
        case PipeError::unreachable:
            return words::pipe_unreachable;
        case PipeError::over:
            return words::pipe_over;
        case PipeError::gone:
            return words::pipe_gone;
        case PipeError::not_ours:
            return words::pipe_not_ours;
        case PipeError::used:
            return words::pipe_used;
        case PipeError::other_card:
            return words::pipe_other_card;
        case PipeError::not_lawful:
        case PipeError::no_pin:
            return words::pipe_not_lawful;
        case PipeError::refused:
            return words::pipe_refused;
    }
    return words::pipe_refused;
}

}  // namespace

std::string write_page(PageFrame frame, const WritePage& page) {
    const auto language = frame.language;
    frame.title_first = !page.mistake;
    const auto& asked = page.asked;
    const auto name = page::in_japanese(asked.centre->name);
    const bool pin_alone = sets_pin(asked);
    const auto title = say(language, pin_alone ? words::pin_title : words::write_title, name);
    const auto back = way_back(language, card_address(asked, CardEnd::cancelled));
    auto body = fmt::format("<dl><dt>{}</dt><dd>{}<br><small>{}</small></dd></dl>",
                            say(language, words::who_writes),
                            page::say_japanese(language, asked.centre->name),
                            html_text(asked.redirect_uri)) +
                paragraph(say(language, pin_alone ? words::what_is_set : words::what_is_written));
    const auto missing = no_card(frame, page.look);
    if (!missing.empty()) {
        return whole(frame, title, mistake_box(language, page.mistake) + body + missing + back,
                     page.mistake.has_value());
    }
    body += form_begin("/card", page.token) + reader_choice(language, page);
    body += paragraph(say(language, words::another_card)) + look_again(frame, "alone");
    body += mistake_box(language, page.mistake);
    if (asked.pin || asked.password) {
        const auto& who = pin_alone ? words::owner_chooses : words::person_chooses;
        body += paragraph(say(language, who));
    }
    body += pin_fields(language, page);
    body += paragraph(say(language, words::leave_card)) +
            fmt::format(R"(<p><button type="submit">{}</button></p></form>)",
                        say(language, pin_alone ? words::set_new_pin : words::write_card));
    return whole(frame, title, body + paragraph(say(language, words::site_never_sees)) + back,
                 page.mistake.has_value());
}

std::string not_written_page(const PageFrame& frame, const CardAsked& asked,
                             client::PipeError why) {
    const auto language = frame.language;
    auto shown = frame;
    shown.wrong = true;
    const auto& title = sets_pin(asked) ? words::not_set_title : words::not_written_title;
    return whole(shown, say(language, title),
                 fmt::format(R"(<p class="mistake" role="alert">{}</p>)",
                             say(language, why_not_written(why))) +
                     paragraph(say(language, words::goes_on)) +
                     fmt::format(R"(<p><a class="button" href="{}">{}</a></p>)",
                                 html_text(card_address(asked, CardEnd::failed)),
                                 say(language, words::back_to_window)),
                 true);
}

std::string busy_page(const PageFrame& frame, std::string_view centre) {
    const auto language = frame.language;
    return whole(frame, say(language, words::busy_title),
                 paragraph(say(language, words::busy, page::in_japanese(centre)), "warning") +
                     paragraph(say(language, words::busy_help)));
}

}  // namespace mado::agent
