#include "routes.hpp"

#include <unistd.h>

#include <algorithm>

#include "caller.hpp"
#include "crypto/digest.hpp"
#include "crypto/jwe.hpp"
#include "http/completion.hpp"
#include "http/form.hpp"

namespace mado::agent {
namespace {

using http::Request;
using http::Response;
using http::Task;

constexpr std::size_t form_bytes_max = 8 * 1024;
constexpr std::size_t document_form_bytes_max = 64 * 1024;
constexpr std::size_t documents_max = 16;
constexpr std::size_t tokens_max = 64;
constexpr std::int64_t token_lifetime_us = std::int64_t{10} * 60 * 1'000'000;
constexpr std::size_t stop_secret_bytes = 32;

// `form_target`: where a form of this page may lead besides to us, an origin; "" for nowhere.
Response html(std::string body, int status = 200, const std::string& form_target = {}) {
    Response out;
    out.status = status;
    out.content_type = "text/html; charset=utf-8";
    out.body = std::move(body);
    out.headers = {
        {"Content-Security-Policy",
         "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
         "form-action 'self'" +
             (form_target.empty() ? "" : " " + form_target)},
        {"X-Frame-Options", "DENY"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Referrer-Policy", "same-origin"},
        {"Cache-Control", "no-store"},
    };
    return out;
}

Response plain_refusal(int status, std::string text) {
    auto out = html(std::move(text), status);
    out.content_type = "text/plain; charset=utf-8";
    return out;
}

bool is_own_origin(const Shared& shared, const Request& request) {
    return request.header("origin") == "http://" + shared.address &&
           request.header("sec-fetch-site") == "same-origin";
}

// A page that a person goes to; a frame, a script or an image of another page is none.
bool is_navigation(const Request& request, std::string_view destination) {
    const auto mode = request.header("sec-fetch-mode");
    const auto to = request.header("sec-fetch-dest");
    return (mode.empty() || mode == "navigate" || destination != "document") &&
           (to.empty() || to == destination);
}

// The user who started the agent; and root, who could read its memory anyway.
bool is_ours(const Shared& shared, const Request& request) {
    const auto user = calling_user({.caller = request.remote_port, .ours = shared.port});
    return user && (*user == ::geteuid() || *user == 0);
}

// Runs the handler for whoever calls this address by its own name, as a person's browser does.
// `foreign`: the form comes from a site, and only leads to a page.
http::Route guarded(Shared& shared, http::Route row, std::string_view destination = "document",
                    bool foreign = false) {
    row.handler = [&shared, destination, post = row.method == "POST" && !foreign,
                   handler = std::move(row.handler)](Request request) -> Task<Response> {
        if (!is_ours(shared, request)) {
            co_return plain_refusal(403,
                                    "Another user of this computer started this agent, and only "
                                    "that user may call it.\n");
        }
        if (request.header("host") != shared.address) {
            co_return plain_refusal(421, "This address is " + shared.address + " only.\n");
        }
        if (!is_navigation(request, destination)) {
            co_return plain_refusal(403,
                                    "Only a person may come here, not a page's own request.\n");
        }
        if (post && (!is_own_origin(shared, request) ||
                     request.content_type != "application/x-www-form-urlencoded")) {
            co_return plain_refusal(403, "This form is not from a page of this address.\n");
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
    std::string reader;
    std::optional<Mistake> mistake;
};

Task<Response> show_signing(Shared& shared, Pending pending, Answered answered) {
    const auto cards = co_await look(shared);
    const auto asked = *pending.asked;
    const PageFrame frame{
        .language = pending.language, .path = pending.path, .query = pending.query};
    const auto token = shared.tokens.issue(std::move(pending));
    co_return html(sign_page(frame, {.asked = asked,
                                     .look = cards,
                                     .reader = answered.reader,
                                     .token = token,
                                     .mistake = answered.mistake,
                                     .utc_offset_s = shared.policy.utc_offset_s()}),
                   200, wire::origin_of(asked.redirect_uri).value_or(""));
}

Task<Response> authorize(Shared& shared, const Request& request) {
    const auto frame = frame_of(request);
    auto asked = judge({.query = request.query,
                        .directory = shared.directory,
                        .policy = shared.policy,
                        .now = unix_now()});
    if (!asked) co_return html(refusal_page(frame, asked.error()), 403);
    if (shared.signed_nonces.contains(asked->nonce)) co_return html(stale_page(frame), 403);
    co_return co_await show_signing(
        shared, {.asked = std::move(*asked), .language = frame.language, .query = frame.query}, {});
}

// A document comes in a form, which has no other languages to lead to: it gets a page of its own.
Task<Response> take_document(Shared& shared, http::Form form) {
    const auto language = page::language_of(form.text("lang"));
    auto asked = judge({.query = http::form_text(form),
                        .directory = shared.directory,
                        .policy = shared.policy,
                        .now = unix_now()});
    if (asked && !asked->document) asked = std::unexpected(Refusal::malformed);
    if (!asked) {
        co_return html(refusal_page({.language = language, .path = "/"}, asked.error()), 403);
    }
    http::Form query;
    query.set("request", shared.documents.keep(std::move(*asked)));
    query.set("lang", std::string(page::to_text(language)));
    auto out = html("", 303);
    out.headers.push_back({"Location", "/sign?" + http::form_text(query)});
    co_return out;
}

Task<Response> document_page(Shared& shared, const Request& request) {
    const auto frame = frame_of(request);
    const auto form = http::parse_form(request.query);
    const auto* asked = form ? shared.documents.find(form->text("request")) : nullptr;
    if (asked == nullptr || shared.signed_nonces.contains(asked->nonce)) {
        co_return html(stale_page({.language = frame.language, .path = "/"}), 403);
    }
    if (asked->expires <= unix_now()) co_return html(refusal_page(frame, Refusal::expired), 403);
    co_return co_await show_signing(
        shared,
        {.asked = *asked, .path = "/sign", .language = frame.language, .query = frame.query}, {});
}

bool is_pin(std::string_view text, bool password) {
    const auto fits = [password](char c) {
        return (c >= '0' && c <= '9') || (password && c >= 'A' && c <= 'Z');
    };
    const bool size = password ? text.size() >= 6 && text.size() <= 16 : text.size() == 4;
    return size && std::ranges::all_of(text, fits);
}

// What can be said before the card is asked; it costs no try.
std::optional<Mistake> mistake_before(const http::Form& form, const CardView* card, bool password,
                                      bool at_reader) {
    using Kind = Mistake::Kind;
    if (card == nullptr || !card->readable) return Mistake{.kind = Kind::card_gone};
    const int tries = password ? card->password_tries.value_or(0) : card->pin_tries;
    if (tries == 0) return Mistake{.kind = Kind::locked, .password = password};
    if (!at_reader && !is_pin(form.text("pin"), password)) {
        return Mistake{.kind = Kind::pin_format, .password = password};
    }
    if (tries == 1 && form.text("last") != "yes") {
        return Mistake{.kind = Kind::confirm_last, .password = password};
    }
    return std::nullopt;
}

Mistake mistake_of(const client::Problem& problem, bool password) {
    using Kind = Mistake::Kind;
    if (problem.code == wire::Code::pin_wrong) {
        if (!problem.tries_left) return {.kind = Kind::no_entry};
        return {.kind = Kind::pin_wrong, .tries_left = *problem.tries_left, .password = password};
    }
    if (problem.code == wire::Code::card_locked) {
        return {.kind = Kind::locked, .password = password};
    }
    return {.kind = Kind::card_gone};
}

// The document for whom it goes to, and nobody else.
std::string sealed(const Document& document) {
    const auto& [kid, key] = *document.to->sealing_keys.begin();
    return crypto::encrypt_jwe(as_bytes(document.text), key, kid);
}

// By the card in that reader; a log-in so that pulling the card ends it.
Task<client::Result<Signed>> sign(Shared& shared, const Asked& asked, const CardView& card,
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
    auto mandate = co_await http::run_on(
        shared.cards_io,
        [](Cards& cards, std::string reader, const Secret& typed,
           const client::MandateRequest& request, const wire::Directory& directory,
           const wire::ParticipantId& organisation) -> Task<client::Result<std::string>> {
            co_return cards.sign(reader, typed, request, directory, organisation);
        }(shared.cards, card.reader.name, pin, wanted, shared.directory, asked.site->id));
    if (!mandate) co_return std::unexpected(mandate.error());
    if (login) shared.logins.add(std::move(secret), card.reader, end_of(asked, unix_now()));
    out.mandate = std::move(*mandate);
    co_return out;
}

void remember_nonce(Shared& shared, const Asked& asked) {
    const auto now = unix_now();
    std::erase_if(shared.signed_nonces, [now](const auto& one) { return one.second <= now; });
    shared.signed_nonces.emplace(asked.nonce, asked.expires);
}

Task<Response> sign_form(Shared& shared, http::Form form) {
    auto pending = shared.tokens.take(std::string(form.text("token")));
    if (!pending || !pending->asked) co_return html(stale_page({.path = "/"}), 403);
    const auto& asked = *pending->asked;
    const bool password = asked.document.has_value();
    const PageFrame frame{
        .language = pending->language, .path = pending->path, .query = pending->query};
    if (asked.expires <= unix_now()) co_return html(refusal_page(frame, Refusal::expired), 403);
    if (shared.signed_nonces.contains(asked.nonce)) co_return html(stale_page(frame), 403);
    const auto cards = co_await look(shared);
    const std::string reader(form.text("reader"));
    const auto* card = cards.find(reader);
    const bool at_reader = card != nullptr && card->pin_at_reader && !password;
    if (auto mistake = mistake_before(form, card, password, at_reader)) {
        co_return co_await show_signing(shared, std::move(*pending), {reader, mistake});
    }
    // Before the card is asked, so that two forms with one nonce cannot both be signed meanwhile.
    remember_nonce(shared, asked);
    const Secret pin(at_reader ? ByteView() : as_bytes(form.text("pin")));
    const auto signed_now = co_await sign(shared, asked, *card, pin);
    if (!signed_now) {
        shared.signed_nonces.erase(asked.nonce);
        co_return co_await show_signing(shared, std::move(*pending),
                                        {reader, mistake_of(signed_now.error(), password)});
    }
    auto back = html("", 303, wire::origin_of(asked.redirect_uri).value_or(""));
    back.headers.push_back({"Location", signed_address(asked, *signed_now)});
    co_return back;
}

// --- the card, and its PIN ---

Task<Response> show_card(Shared& shared, const Request& request) {
    const auto cards = co_await look(shared);
    std::size_t open = 0;
    for (const auto& card : cards.cards)
        open += shared.logins.count(card.reader);
    co_return html(card_page(
        frame_of(request),
        {.look = cards, .open_logins = open, .utc_offset_s = shared.policy.utc_offset_s()}));
}

Task<Response> show_change(Shared& shared, Pending pending, std::optional<Mistake> mistake) {
    const auto cards = co_await look(shared);
    const PageFrame frame{.language = pending.language, .path = "/pin", .query = pending.query};
    PinPage page{.look = cards,
                 .reader = pending.reader,
                 .password = pending.password,
                 .token = {},
                 .mistake = mistake};
    page.token = shared.tokens.issue(std::move(pending));
    co_return html(pin_page(frame, page));
}

Task<Response> change_page(Shared& shared, const Request& request) {
    const auto frame = frame_of(request);
    const auto form = http::parse_form(request.query);
    if (!form) co_return html(refusal_page(frame, Refusal::malformed), 400);
    co_return co_await show_change(shared,
                                   {.asked = {},
                                    .reader = std::string(form->text("reader")),
                                    .password = form->text("use") == "password",
                                    .language = frame.language,
                                    .query = frame.query},
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
        case card::CardError::no_entry:  // of signing only
            return {.kind = Kind::pin_format, .password = password};
        case card::CardError::no_pin:
        case card::CardError::gone:
        case card::CardError::not_there:
        case card::CardError::broken:
            return {.kind = Kind::card_gone};
    }
    return {.kind = Kind::card_gone};
}

Task<Response> change_form(Shared& shared, http::Form form) {
    auto pending = shared.tokens.take(std::string(form.text("token")));
    if (!pending || pending->asked) co_return html(stale_page({.path = "/"}), 403);
    const bool password = pending->password;
    const auto cards = co_await look(shared);
    auto mistake = mistake_in_new(form, password);
    if (!mistake) mistake = mistake_before(form, cards.find(pending->reader), password, false);
    if (mistake) co_return co_await show_change(shared, std::move(*pending), mistake);
    const auto use = password ? card::KeyUse::signing : card::KeyUse::authentication;
    const Secret old(as_bytes(form.text("pin")));
    const Secret fresh(as_bytes(form.text("fresh")));
    const auto done = co_await http::run_on(
        shared.cards_io,
        [](Cards& own, std::string reader, card::KeyUse which, const Secret& present,
           const Secret& next) -> Task<card::CardResult<void>> {
            co_return own.change_pin(reader, which, present, next);
        }(shared.cards, cards.find(pending->reader)->reader.name, use, old, fresh));
    if (!done) {
        co_return co_await show_change(shared, std::move(*pending),
                                       mistake_of(done.error(), password));
    }
    const PageFrame frame{.language = pending->language, .path = "/pin", .query = pending->query};
    co_return html(pin_page(frame, {.look = cards, .password = password, .done = true}));
}

// The body may hold a PIN: it is wiped as soon as it is read.
template <class Handler>
http::Handler for_forms(Shared& shared, Handler handler) {
    return [&shared, handler](Request request) -> Task<Response> {
        auto form = http::parse_form(request.body);
        wipe(request.body);
        if (!form) co_return html(refusal_page(frame_of(request), Refusal::malformed), 400);
        co_return co_await handler(shared, std::move(*form));
    };
}

template <class Handler>
http::Handler for_pages(Shared& shared, Handler handler) {
    return [&shared, handler](Request request) -> Task<Response> {
        co_return co_await handler(shared, request);
    };
}

Response style_sheet() {
    auto out = html(std::string(page::style()));
    out.content_type = "text/css; charset=utf-8";
    return out;
}

}  // namespace

std::string Tokens::issue(Pending pending) {
    if (open_.size() == tokens_max) open_.pop_front();
    auto token = base64url(crypto::random_hash());
    open_.push_back({token, std::move(pending), monotonic_us() + token_lifetime_us});
    return token;
}

std::optional<Pending> Tokens::take(const std::string& token) {
    const auto found = std::ranges::find(open_, token, &One::token);
    if (found == open_.end()) return std::nullopt;
    auto one = std::move(*found);
    open_.erase(found);
    if (one.until_us < monotonic_us()) return std::nullopt;
    return std::move(one.pending);
}

std::string Documents::keep(Asked asked) {
    if (kept_.size() == documents_max) kept_.pop_front();
    kept_.emplace_back(base64url(crypto::random_hash()), std::move(asked));
    return kept_.back().first;
}

const Asked* Documents::find(std::string_view name) const {
    const auto found =
        std::ranges::find_if(kept_, [name](const auto& one) { return one.first == name; });
    return found == kept_.end() ? nullptr : &found->second;
}

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
    out.push_back(guarded(shared, {"GET", "/pin", 0, for_pages(shared, change_page)}));
    out.push_back(
        guarded(shared, {"POST", "/pin", form_bytes_max, for_forms(shared, change_form)}));
    out.push_back(guarded(
        shared,
        {"GET", "/style.css", 0, [](Request) -> Task<Response> { co_return style_sheet(); }},
        "style"));
    return out;
}

}  // namespace mado::agent
