#include "routes.hpp"

#include <algorithm>

#include "crypto/digest.hpp"
#include "crypto/jwe.hpp"
#include "http/completion.hpp"
#include "http/form.hpp"
#include "page/answer.hpp"
#include "pages.hpp"

namespace mado::agent {
namespace {

using http::Request;
using http::Response;
using http::Task;

constexpr std::size_t query_bytes_max = 4 * 1024;
constexpr std::size_t form_bytes_max = 8 * 1024;
constexpr std::size_t document_form_bytes_max = 64 * 1024;
constexpr std::size_t stop_secret_bytes = 32;

// A page that a person goes to; a frame, a script or an image of another page is none.
bool is_navigation(const Request& request, std::string_view destination) {
    const auto mode = request.header("sec-fetch-mode");
    const auto to = request.header("sec-fetch-dest");
    return (mode.empty() || mode == "navigate" || destination != "document") &&
           (to.empty() || to == destination);
}

// Runs the handler for whoever calls this address by its own name, as a person's browser does.
// `foreign`: the form comes from a site, and only leads to a page.
http::Route guarded(Shared& shared, http::Route row, std::string_view destination = "document",
                    bool foreign = false) {
    row.handler = [&shared, destination, post = row.method == "POST" && !foreign,
                   handler = std::move(row.handler)](Request request) -> Task<Response> {
        if (!request.known) {
            co_return page::refusal(403,
                                    "Another user of this computer started this agent, and only "
                                    "that user may call it.\n");
        }
        if (request.header("host") != shared.address) {
            co_return page::refusal(421, "This address is " + shared.address + " only.\n");
        }
        if (!is_navigation(request, destination)) {
            co_return page::refusal(403,
                                    "Only a person may come here, not a page's own request.\n");
        }
        if (request.query.size() > query_bytes_max) {
            co_return page::refusal(414, "This address is too long.\n");
        }
        if (post && !page::is_own_form(request, "http://" + shared.address)) {
            co_return page::refusal(403, "This form is not from a page of this address.\n");
        }
        co_return co_await handler(std::move(request));
    };
    return row;
}

// The query without the language, which the links of the frame put in themselves.
PageFrame frame_of(const Request& request) {
    PageFrame out{.language = Language::ja, .path = request.path, .query = {}};
    auto form = http::parse_form(request.query);
    if (!form) return out;
    http::Form rest;
    for (const auto& [name, text] : form->fields()) {
        if (name == "lang") {
            out.language = page::language_of(text);
        } else {
            rest.set(name, text);
        }
    }
    out.query = http::form_text(rest);
    return out;
}

Task<Look> look(Shared& shared) {
    co_return co_await http::run_on(
        shared.cards_io, [](Cards& cards) -> Task<Look> { co_return cards.look(); }(shared.cards));
}

// --- signing a mandate ---

UnixTime end_of(const Asked& asked, UnixTime now) {
    return now + wire::lifetime_s_max(asked.kind);
}

struct Answered {
    std::string reader = {};
    std::optional<Mistake> mistake = {};
};

Task<Response> show_signing(Shared& shared, Signing signing, Answered answered) {
    const auto cards = co_await look(shared);
    const auto asked = signing.asked;
    const auto frame = signing.frame;
    signing.shown = cards;
    const auto token = shared.tokens.issue(std::move(signing));
    co_return page::html(sign_page(frame, {.asked = asked,
                                           .services = shared.services,
                                           .look = cards,
                                           .reader = answered.reader,
                                           .token = token,
                                           .mistake = answered.mistake,
                                           .utc_offset_s = shared.policy.utc_offset_s()}),
                         200, {.send_forms_to = wire::origin_of(asked.redirect_uri).value_or("")});
}

std::expected<Asked, Refusal> judge_here(const Shared& shared, const http::Form& form, Way way) {
    return judge({.form = form,
                  .way = way,
                  .directory = shared.directory,
                  .policy = shared.policy,
                  .now = unix_now()});
}

Task<Response> authorize(Shared& shared, const Request& request) {
    const auto frame = frame_of(request);
    const auto form = http::parse_form(request.query);
    auto asked =
        form ? judge_here(shared, *form, Way::redirect) : std::unexpected(Refusal::malformed);
    if (!asked) co_return page::html(refusal_page(frame, asked.error()), 403);
    if (shared.nonces.spent(asked->nonce)) {
        co_return page::html(stale_page(frame, refused_address(*asked)), 403);
    }
    co_return co_await show_signing(shared, {.asked = std::move(*asked), .frame = frame}, {});
}

// A document comes in a form, which has no other languages to lead to: it gets a page of its own.
Task<Response> take_document(Shared& shared, http::Form form) {
    const auto language = page::language_of(form.text("lang"));
    auto asked = judge_here(shared, form, Way::document);
    if (!asked) {
        co_return page::html(refusal_page({.language = language, .path = "/"}, asked.error()), 403);
    }
    http::Form query;
    query.set("request", shared.documents.keep(std::move(*asked), unix_now()));
    query.set("lang", std::string(page::to_text(language)));
    co_return page::redirect("/sign?" + http::form_text(query));
}

Task<Response> document_page(Shared& shared, const Request& request) {
    const auto frame = frame_of(request);
    const auto form = http::parse_form(request.query);
    const auto* asked = form ? shared.documents.find(form->text("request")) : nullptr;
    if (asked == nullptr || shared.nonces.spent(asked->nonce)) {
        co_return page::html(stale_page({.language = frame.language, .path = "/"}), 403);
    }
    if (asked->expires <= unix_now()) {
        co_return page::html(refusal_page(frame, Refusal::expired), 403);
    }
    co_return co_await show_signing(shared, {.asked = *asked, .frame = frame}, {});
}

card::KeyUse use_of(bool password) {
    return password ? card::KeyUse::signing : card::KeyUse::authentication;
}

bool is_pin(std::string_view text, bool password) {
    return card::is_pin(use_of(password), as_bytes(text));
}

// As one person has read it to the other, with or without its gap.
bool is_number_of(std::string_view typed, const Hash& delegate) {
    std::string digits(typed);
    std::erase(digits, ' ');
    auto number = delegate_number(delegate);
    std::erase(number, ' ');
    return digits == number;
}

// What is typed, and for which of the two keys.
struct Typed {
    bool password = false;
    bool at_reader = false;  // not here
};

// What can be said before the card is asked; it costs no try.
std::optional<Mistake> mistake_before(const http::Form& form, const CardView* card, Typed typed) {
    using Kind = Mistake::Kind;
    if (card == nullptr || !card->readable) return Mistake{.kind = Kind::card_gone};
    if (card->not_after <= unix_now()) return Mistake{.kind = Kind::expired};
    const auto tries = card->tries(typed.password);
    if (!tries) return Mistake{.kind = Kind::no_pin, .password = typed.password};
    if (*tries == 0) return Mistake{.kind = Kind::locked, .password = typed.password};
    if (!typed.at_reader && !is_pin(form.text("pin"), typed.password)) {
        return Mistake{.kind = Kind::pin_format, .password = typed.password};
    }
    if (*tries == 1 && form.text("last") != "yes") {
        return Mistake{.kind = Kind::confirm_last, .password = typed.password};
    }
    return std::nullopt;
}

Mistake mistake_of(const card::CardProblem& problem, bool password) {
    using Kind = Mistake::Kind;
    switch (problem.error) {
        case card::CardError::pin_wrong:
            if (problem.tries_left == 0) return {.kind = Kind::locked, .password = password};
            return {
                .kind = Kind::pin_wrong, .tries_left = problem.tries_left, .password = password};
        case card::CardError::pin_locked:
            return {.kind = Kind::locked, .password = password};
        case card::CardError::pin_format:
            return {.kind = Kind::pin_format, .password = password};
        case card::CardError::no_entry:
            return {.kind = Kind::no_entry};
        case card::CardError::no_pin:
            return {.kind = Kind::no_pin, .password = password};
        case card::CardError::not_there:
            return {.kind = Kind::not_possible};
        case card::CardError::gone:
            return {.kind = Kind::card_gone};
        case card::CardError::broken:
            return {.kind = Kind::card_fails};
    }
    return {.kind = Kind::card_fails};
}

// The document for whom it goes to, and nobody else.
std::string sealed(const Document& document) {
    const auto& [kid, key] = *document.to->sealing_keys.begin();
    return crypto::encrypt_jwe(as_bytes(document.text), key, kid);
}

// By the card in that reader; a log-in so that pulling the card ends it.
Task<card::CardResult<Signed>> sign(Shared& shared, const Asked& asked, const CardView& card,
                                    const Secret& pin) {
    Secret secret(crypto::random_bytes(stop_secret_bytes));
    const bool login = asked.kind == wire::MandateKind::login;
    Signed out{.mandate = {}, .payload = asked.document ? sealed(*asked.document) : ""};
    client::MandateRequest wanted{
        .kind = asked.kind,
        .scope = asked.scope,
        .nonce = asked.nonce,
        .stop = login ? std::optional(crypto::sha256(secret.view())) : std::nullopt};
    wanted.delegate = asked.delegate;
    if (asked.document) wanted.payload_hashes = {crypto::sha256(as_bytes(out.payload))};
    for (const auto& one : asked.handed_on) {
        out.handed_on.push_back(sealed(one));
        wanted.payload_hashes.push_back(crypto::sha256(as_bytes(out.handed_on.back())));
    }
    auto done = co_await http::run_on(
        shared.cards_io,
        [](Cards& cards, const CardView& seen, const Secret& typed,
           const client::MandateRequest& request, const wire::Directory& directory,
           const wire::ParticipantId& organisation)
            -> Task<card::CardResult<client::SignedByCard>> {
            co_return cards.sign(seen, typed, request, directory, organisation);
        }(shared.cards, card, pin, wanted, shared.directory, asked.site->id));
    if (!done) co_return std::unexpected(done.error());
    if (login) shared.logins.add(std::move(secret), card.reader, end_of(asked, unix_now()));
    out.mandate = std::move(done->mandate);
    if (login || asked.may_see_signer()) out.certificate = base64url(done->certificate.der());
    co_return out;
}

Task<Response> sign_form(Shared& shared, http::Form form) {
    auto signing = shared.tokens.take<Signing>(form.text("token"));
    if (!signing) co_return page::html(stale_page({.path = "/"}), 403);
    const auto& asked = signing->asked;
    const bool password = asked.document.has_value();
    const auto back = refused_address(asked);
    if (asked.expires <= unix_now() || shared.nonces.spent(asked.nonce)) {
        co_return page::html(stale_page(signing->frame, back), 403);
    }
    const std::string reader(form.text("reader"));
    const auto shown = signing->shown;
    const auto* card = shown.find(reader);
    const bool at_reader = card != nullptr && card->pin_at_reader && !password;
    auto mistake = mistake_before(form, card, {.password = password, .at_reader = at_reader});
    if (asked.delegate && !is_number_of(form.text("number"), *asked.delegate)) {
        mistake = Mistake{.kind = Mistake::Kind::number_differs};
    }
    if (!mistake && asked.same_card_as && card->thumbprint != *asked.same_card_as) {
        mistake = Mistake{.kind = Mistake::Kind::other_card};  // costs no try
    }
    if (mistake) {
        co_return co_await show_signing(shared, std::move(*signing), {reader, mistake});
    }
    // Before the card is asked, so that two forms with one nonce cannot both be signed meanwhile.
    auto nonce = shared.nonces.spend(asked.nonce, unix_now());
    if (!nonce) co_return page::html(stale_page(signing->frame, back), 403);
    if (at_reader && shared.at_reader.is_waiting()) {
        co_return page::html(waiting_page(signing->frame, shared.at_reader.site()), 409);
    }
    std::optional<AtReader::Turn> turn;
    if (at_reader) turn.emplace(shared.at_reader, asked.site->name);
    const Secret pin(at_reader ? ByteView() : as_bytes(form.text("pin")));
    const auto signed_now = co_await sign(shared, asked, *card, pin);
    turn.reset();
    if (!signed_now) {
        nonce.reset();
        co_return co_await show_signing(shared, std::move(*signing),
                                        {reader, mistake_of(signed_now.error(), password)});
    }
    nonce->keep();
    shared.documents.forget(asked.nonce);
    co_return page::redirect(signed_address(asked, *signed_now),
                             wire::origin_of(asked.redirect_uri).value_or(""));
}

// --- a card that its issuer writes (docs/protocols/card-session.md) ---

Task<Response> show_writing(Shared& shared, Writing writing, std::string reader,
                            std::optional<Mistake> mistake) {
    const auto cards = co_await look(shared);
    const auto asked = writing.asked;
    const auto frame = writing.frame;
    writing.shown = cards;
    const auto token = shared.tokens.issue(std::move(writing));
    co_return page::html(write_page(frame, {.asked = asked,
                                            .look = cards,
                                            .reader = std::move(reader),
                                            .token = token,
                                            .mistake = mistake}),
                         200, {.send_forms_to = wire::origin_of(asked.redirect_uri).value_or("")});
}

Task<Response> writing_page(Shared& shared, const Request& request) {
    const auto frame = frame_of(request);
    const auto form = http::parse_form(request.query);
    auto asked = form ? judge_card(*form, shared.directory) : std::unexpected(Refusal::malformed);
    if (!asked) co_return page::html(refusal_page(frame, asked.error()), 403);
    co_return co_await show_writing(shared, {.asked = std::move(*asked), .frame = frame}, {}, {});
}

std::optional<Mistake> mistake_in_chosen(const http::Form& form, const CardAsked& asked,
                                         const CardView* card) {
    using Kind = Mistake::Kind;
    if (card == nullptr) return Mistake{.kind = Kind::card_gone};
    const auto in_two = [&form](const char* first, const char* second,
                                bool password) -> std::optional<Mistake> {
        if (!is_pin(form.text(first), password)) {
            return Mistake{.kind = Kind::new_pin_format, .password = password};
        }
        if (form.text(first) == form.text(second)) return std::nullopt;
        return Mistake{.kind = Kind::new_pin_differs, .password = password};
    };
    if (asked.pin) {
        if (auto mistake = in_two("fresh", "again", false)) return mistake;
    }
    return asked.password ? in_two("fresh_password", "again_password", true) : std::nullopt;
}

struct NotWritten {
    client::PipeError why = client::PipeError::refused;
    bool begun = true;  // false: the centre has not been called
};
using Written = std::expected<client::PipeCounts, NotWritten>;

// On the cards' thread, so that nothing else here uses the card meanwhile.
Task<Written> write_card(Cards& cards, const CardAsked& asked, const card::Reader& reader,
                         const client::NewPins& pins) {
    const auto channel = cards.connect(reader);
    if (!channel) {
        const bool gone = channel.error().error == card::CardError::gone;
        co_return std::unexpected(NotWritten{
            .why = gone ? client::PipeError::gone : client::PipeError::not_ours, .begun = !gone});
    }
    const client::Pipe pipe{.centre = *asked.centre,
                            .address = asked.redirect_uri,
                            .session = asked.session,
                            .work = asked.work};
    const auto done = co_await client::run_pipe(pipe, **channel, pins);
    if (!done) co_return std::unexpected(NotWritten{.why = done.error()});
    co_return *done;
}

Task<Response> writing_form(Shared& shared, http::Form form) {
    auto writing = shared.tokens.take<Writing>(form.text("token"));
    if (!writing) co_return page::html(stale_page({.path = "/"}), 403);
    const auto asked = writing->asked;
    const std::string chosen(form.text("reader"));
    const auto shown = writing->shown;
    const auto* card = shown.find(chosen);
    if (const auto mistake = mistake_in_chosen(form, asked, card)) {
        co_return co_await show_writing(shared, std::move(*writing), chosen, mistake);
    }
    const client::NewPins pins{.authentication = Secret(as_bytes(form.text("fresh"))),
                               .signing = Secret(as_bytes(form.text("fresh_password")))};
    const auto origin = wire::origin_of(asked.redirect_uri).value_or("");
    std::optional<AtReader::Turn> turn;
    turn.emplace(shared.at_reader, asked.centre->name, AtReader::What::writing);
    const auto done =
        co_await http::run_on(shared.cards_io, write_card(shared.cards, asked, card->reader, pins));
    turn.reset();
    if (done) co_return page::redirect(card_address(asked, CardEnd::done), origin);
    // Where there is one reader, the clerk's card was in it when the page was made.
    if (!done.error().begun) {
        co_return co_await show_writing(shared, std::move(*writing), {},
                                        Mistake{.kind = Mistake::Kind::card_gone});
    }
    co_return page::html(not_written_page(writing->frame, asked, done.error().why), 409);
}

// --- the card, and its PIN ---

Task<Response> show_card(Shared& shared, const Request& request) {
    const auto cards = co_await look(shared);
    std::size_t open = 0;
    for (const auto& card : cards.cards)
        open += shared.logins.count(card.reader);
    co_return page::html(card_page(
        frame_of(request),
        {.look = cards, .open_logins = open, .utc_offset_s = shared.policy.utc_offset_s()}));
}

Task<Response> show_change(Shared& shared, Change change, std::optional<Mistake> mistake) {
    const auto cards = co_await look(shared);
    const auto frame = change.frame;
    change.shown = cards;
    PinPage page{.look = cards,
                 .reader = change.reader,
                 .password = change.password,
                 .token = {},
                 .mistake = mistake};
    page.token = shared.tokens.issue(std::move(change));
    co_return page::html(pin_page(frame, page));
}

Task<Response> change_page(Shared& shared, const Request& request) {
    const auto frame = frame_of(request);
    const auto form = http::parse_form(request.query);
    if (!form) co_return page::html(refusal_page(frame, Refusal::malformed), 400);
    co_return co_await show_change(shared,
                                   {.reader = std::string(form->text("reader")),
                                    .password = form->text("use") == "password",
                                    .frame = frame},
                                   {});
}

std::optional<Mistake> mistake_in_new(const http::Form& form, bool password) {
    using Kind = Mistake::Kind;
    if (!is_pin(form.text("fresh"), password)) {
        return Mistake{.kind = Kind::new_pin_format, .password = password};
    }
    if (form.text("fresh") != form.text("again")) return Mistake{.kind = Kind::new_pin_differs};
    return std::nullopt;
}

Task<Response> change_form(Shared& shared, http::Form form) {
    auto change = shared.tokens.take<Change>(form.text("token"));
    if (!change) co_return page::html(stale_page({.path = "/"}), 403);
    const bool password = change->password;
    const auto shown = change->shown;
    const auto* card = shown.find(change->reader);
    auto mistake = mistake_in_new(form, password);
    if (!mistake) mistake = mistake_before(form, card, {.password = password});
    if (mistake) co_return co_await show_change(shared, std::move(*change), mistake);
    const Secret old(as_bytes(form.text("pin")));
    const Secret fresh(as_bytes(form.text("fresh")));
    const auto done = co_await http::run_on(
        shared.cards_io,
        [](Cards& own, const CardView& seen, card::KeyUse which, const Secret& present,
           const Secret& next) -> Task<card::CardResult<void>> {
            co_return own.change_pin(seen, which, present, next);
        }(shared.cards, *card, use_of(password), old, fresh));
    if (!done) {
        co_return co_await show_change(shared, std::move(*change),
                                       mistake_of(done.error(), password));
    }
    co_return page::html(
        pin_page(change->frame, {.look = shown, .password = password, .done = true}));
}

// At once, because the cards cannot be looked at until then.
Response waiting(const Shared& shared, const Request& request) {
    const auto frame = frame_of(request);
    const auto& site = shared.at_reader.site();
    if (shared.at_reader.what() == AtReader::What::writing) {
        return page::html(busy_page(frame, site), 409);
    }
    return page::html(waiting_page(frame, site), 409);
}

// The body may hold a PIN: it is wiped as soon as it is read.
template <class Handler>
http::Handler for_forms(Shared& shared, Handler handler) {
    return [&shared, handler](Request request) -> Task<Response> {
        auto form = http::parse_form(request.body);
        wipe(request.body);
        if (shared.at_reader.is_waiting()) co_return waiting(shared, request);
        if (!form) co_return page::html(refusal_page(frame_of(request), Refusal::malformed), 400);
        co_return co_await handler(shared, std::move(*form));
    };
}

template <class Handler>
http::Handler for_pages(Shared& shared, Handler handler) {
    return [&shared, handler](Request request) -> Task<Response> {
        if (shared.at_reader.is_waiting()) co_return waiting(shared, request);
        co_return co_await handler(shared, request);
    };
}

}  // namespace

std::vector<http::Route> routes(Shared& shared) {
    std::vector<http::Route> out;
    out.push_back(guarded(shared, {"GET", "/", 0, for_pages(shared, show_card)}));
    out.push_back(guarded(shared, {"GET", "/authorize", 0, for_pages(shared, authorize)}));
    out.push_back(
        guarded(shared, {"POST", "/authorize", form_bytes_max, for_forms(shared, sign_form)}));
    out.push_back(guarded(shared, {"GET", "/sign", 0, for_pages(shared, document_page)}));
    out.push_back(guarded(
        shared, {"POST", "/sign", document_form_bytes_max, for_forms(shared, take_document)},
        "document", true));
    out.push_back(guarded(shared, {"GET", "/card", 0, for_pages(shared, writing_page)}));
    out.push_back(
        guarded(shared, {"POST", "/card", form_bytes_max, for_forms(shared, writing_form)}));
    out.push_back(guarded(shared, {"GET", "/pin", 0, for_pages(shared, change_page)}));
    out.push_back(
        guarded(shared, {"POST", "/pin", form_bytes_max, for_forms(shared, change_form)}));
    out.push_back(guarded(
        shared,
        {"GET", "/style.css", 0, [](Request) -> Task<Response> { co_return page::style_sheet(); }},
        "style"));
    return out;
}

}  // namespace mado::agent
