#include "log_in.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "answers.hpp"
#include "crypto/digest.hpp"
#include "crypto/jwe.hpp"
#include "crypto/x509.hpp"
#include "http/form.hpp"

namespace mado::portal {

using http::Request;
using http::Response;
using http::Task;

namespace {

constexpr std::string_view begun_cookie = "__Host-mado-begin";  // a log-in, until the agent returns

// `to`: path of the place where the person wanted to go.
std::string start_address(Said said, Language language, std::string_view to = "/") {
    return fmt::format("/?said={}&lang={}{}{}", to_text(said), page::to_text(language),
                       to == "/" ? "" : "&to=", to.substr(1));
}

// One of the portal's own places, whatever the form says.
std::string_view place_asked(const Request& request) {
    const auto form = http::parse_form(request.body);
    const auto place = form ? parse_place(form->text("to")) : std::nullopt;
    return path_of(place.value_or(Place::home));
}

// What the card signed for this browser session.
struct Returned {
    wire::SignedMandate mandate;
    std::string text;         // JWS
    std::string certificate;  // DER in base64url
};

// The mandate that this browser session asked for, and no other: what the card signed says which
// nonce, and the nonce was given to this session only.
bool is_own(const Shared& shared, const Waiting& waiting, const wire::Mandate& mandate) {
    return mandate.nonce == waiting.nonce && mandate.organisation == shared.identity.id &&
           mandate.audience == shared.directory.relay().id &&
           mandate.kind == wire::MandateKind::login && mandate.expires > unix_now();
}

// With the key of the certificate beside it. Before the relay is asked: it says of a card whether
// it is registered, and so only whoever has the card may learn that.
bool is_signed(const wire::SignedMandate& mandate, std::string_view certificate) {
    const auto der = parse_base64url(certificate);
    const auto read = der ? crypto::Certificate::from_der(*der) : std::unexpected(der.error());
    return read && mandate.jws.certificate == read->thumbprint() &&
           crypto::verify_jws(mandate.jws, read->public_key());
}

// Sealed to the key that this browser session was begun with (docs/protocols/agent.md).
std::expected<Returned, Said> open_answer(const Shared& shared, const Waiting& waiting,
                                          std::string_view sealed) {
    const auto opened = crypto::decrypt_jwe(sealed, waiting.key);
    const auto answer =
        opened ? http::parse_form(as_text(*opened)) : std::unexpected(opened.error());
    if (!answer) return std::unexpected(Said::other_session);
    std::string text(answer->text("mandate"));
    auto mandate = wire::parse_mandate(text);
    if (!mandate || !is_own(shared, waiting, mandate->mandate)) {
        return std::unexpected(Said::other_session);
    }
    const auto certificate = answer->text("certificate");
    if (!is_signed(*mandate, certificate)) return std::unexpected(Said::refused);
    return Returned{.mandate = std::move(*mandate),
                    .text = std::move(text),
                    .certificate = std::string(certificate)};
}

// A question of which only matters whether it is answered.
PageQuestion any_question(const Shared& shared) {
    // What is sealed to it nobody opens: its private half is gone.
    const auto key = crypto::PrivateKey::generate(crypto::KeyType::p256).public_key().spki();
    return {.to = {.holder = shared.directory.relay().id, .kind = {}},
            .service = must(wire::ServiceId::parse("bells"), "bells"),
            .parameters = {{"limit", "1"}},
            .seal_to = must(crypto::PublicKey::from_spki(key), "a new key"),
            .payload = {}};
}

// The relay hears that nobody is logged in by it any more.
Task<void> end_at_relay(Shared& shared, Hash mandate) {
    client::Asker asker(shared.directory, shared.identity);
    const auto ended = co_await asker.end_mandate(mandate);
    // Nobody has it any more; it ends by itself.
    if (!ended) shared.log.warning("mandate_not_ended");
}

// The cookie of whoever is logged in from now on; else why nobody is.
Task<std::expected<std::string, Said>> judge_return(Shared& shared, const Request& request,
                                                    const Waiting& waiting,
                                                    const http::Form& answer) {
    if (answer.has("error")) co_return std::unexpected(Said::cancelled);
    const auto what = open_answer(shared, waiting, answer.text("response"));
    if (!what) co_return std::unexpected(what.error());
    // Whether the card is good the relay says: it answers under it, or not.
    const auto answered = co_await shared.askers.pass(any_question(shared), what->text);
    if (!answered) co_return std::unexpected(said_of(answered.error().code));
    co_return shared.sessions.log_in({.mandate = what->text,
                                      .mandate_hash = crypto::sha256(as_bytes(what->text)),
                                      .expires = what->mandate.mandate.expires,
                                      .card = *what->mandate.jws.certificate,
                                      .certificate = what->certificate,
                                      .since = unix_now(),
                                      .browser = browser_of(request.header("user-agent"))});
}

// The page that posted goes there.
Response go_on(std::string address) {
    auto out = reply(std::move(address));
    out.content_type = "text/plain; charset=utf-8";
    return out;
}

constexpr http::Milliseconds new_cookie_time{1'000};

// A log-in whose place another one of this browser took. Its pages hear it when the browser has the
// new cookie: they look whether somebody is logged in still, and leave when nobody is.
Task<void> end_later(Shared& shared, Hash mandate) {
    http::asio::steady_timer timer(co_await http::asio::this_coro::executor, new_cookie_time);
    co_await timer.async_wait(http::asio::use_awaitable);
    shared.sessions.end(mandate, Said::log_out);
    co_await end_at_relay(shared, mandate);
}

Task<Response> finish_begun(Shared& shared, const Request& request, const Waiting& waiting,
                            const http::Form& answer) {
    const auto cookie = co_await judge_return(shared, request, waiting, answer);
    const auto* before = who_asks(shared, request);
    // A log-in that goes on is not lost because another one was cancelled.
    if (!cookie && before != nullptr) co_return go_on(std::string(waiting.to));
    if (!cookie) co_return go_on(start_address(cookie.error(), waiting.language, waiting.to));
    if (before != nullptr) {
        http::asio::co_spawn(co_await http::asio::this_coro::executor,
                             end_later(shared, before->mandate_hash),
                             [&log = shared.log](std::exception_ptr failed) {
                                 if (failed) log.warning("mandate_not_ended");
                             });
    }
    auto out = go_on(std::string(waiting.to));
    set_cookie(out, {.name = session_cookie, .value = *cookie});
    co_return out;
}

}  // namespace

std::string log_in_scope(const wire::Policy& policy, const wire::CodeId& kind, Date today) {
    const auto own_view = must(wire::CodeId::parse("own-view"), "own-view");
    std::string out;
    for (const auto& service : policy.services({.requester_kind = kind,
                                                .purpose = own_view,
                                                .mandate = wire::MandateKind::login,
                                                .on = today})) {
        out += (out.empty() ? "" : " ") + service.text();
    }
    return out;
}

Task<Response> log_in(Shared& shared, const Request& request) {
    const auto language = look_of(request).language;
    const auto to = place_asked(request);
    const auto refused = [=](Said said) { return redirect(start_address(said, language, to)); };
    if (!shared.sessions.may_begin(request.remote_address, unix_now())) {
        co_return refused(Said::too_many);
    }
    client::Asker asker(shared.directory, shared.identity);
    const auto nonce = co_await asker.nonce();
    if (!nonce) co_return refused(said_of(nonce.error().code));
    const auto now = unix_now();
    Waiting waiting{.nonce = *nonce,
                    .state = base64url(crypto::random_bytes(16)),
                    .expires = now + wire::nonce_lifetime_s,
                    .language = language,
                    .key = crypto::PrivateKey::generate(crypto::KeyType::p256),
                    .to = to};
    http::Form query;
    query.set("client_id", shared.identity.id.text());
    query.set("redirect_uri", shared.redirect_uri);
    query.set("response_mode", "fragment");
    query.set("kind", "login");
    query.set("scope", log_in_scope(shared.policy, shared.directory.find(shared.identity.id)->kind,
                                    shared.policy.day_of(now)));
    query.set("nonce", waiting.nonce);
    query.set("state", waiting.state);
    query.set("seal_to", base64url(as_bytes(waiting.key.public_key().jwk())));
    query.set("aud", shared.directory.relay().id.text());
    query.set("exp", std::to_string(waiting.expires));
    query.set("lang", std::string(page::to_text(language)));
    auto out = redirect(shared.agent + "/authorize?" + http::form_text(query), shared.agent);
    const auto cookie = shared.sessions.begin(std::move(waiting), now);
    set_cookie(out, {.name = begun_cookie, .value = cookie});
    co_return out;
}

Task<Response> finish(Shared& shared, const Request& request) {
    const auto form = http::parse_form(request.body);
    const auto language = look_of(request).language;
    if (!form) co_return go_on(start_address(Said::failed, language));
    const auto waiting = shared.sessions.take_waiting(cookie_of(request, begun_cookie),
                                                      form->text("state"), unix_now());
    // Another site can send a browser here. A log-in that was begun keeps its cookie then.
    if (!waiting) co_return go_on(start_address(Said::other_session, language));
    auto out = co_await finish_begun(shared, request, *waiting, *form);
    set_cookie(out, {.name = begun_cookie, .value = ""});
    co_return out;
}

Task<Response> log_out(Shared& shared, const Request& request) {
    const auto who = shared.sessions.log_out(cookie_of(request));
    if (who) co_await end_at_relay(shared, who->mandate_hash);
    auto out = redirect(start_address(Said::log_out, look_of(request).language));
    set_cookie(out, {.name = session_cookie, .value = ""});
    co_return out;
}

Task<Response> log_out_other(Shared& shared, const Request& request) {
    const auto* who = who_asks(shared, request);
    const auto form = http::parse_form(request.body);
    if (who == nullptr || !form) co_return redirect("/");
    const auto mandate = shared.sessions.end_one(who->card, form->text("id"), Said::log_out);
    if (mandate) co_await end_at_relay(shared, *mandate);
    co_return redirect("/sessions");
}

}  // namespace mado::portal
