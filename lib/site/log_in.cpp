#include "site/log_in.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "crypto/digest.hpp"
#include "crypto/jwe.hpp"
#include "crypto/x509.hpp"
#include "http/form.hpp"
#include "site/answers.hpp"
#include "site/pages.hpp"

namespace mado::site {

using http::Request;
using http::Response;
using http::Task;

namespace {

// `to`: path of the place where the person wanted to go.
std::string start_address(Said said, page::Language language, std::string_view to = "/") {
    return fmt::format("/?said={}&lang={}{}{}", to_text(said), page::to_text(language),
                       to == "/" ? "" : "&to=", to.substr(1));
}

// One of the site's own places, whatever the form says.
std::string_view place_asked(const Site& site, const Request& request) {
    const auto form = http::parse_form(request.body);
    const auto* place = form ? find_place(site, form->text("to")) : nullptr;
    return place == nullptr ? "/" : place->path;
}

// What the card signed for this browser session.
struct Returned {
    wire::SignedMandate mandate;
    std::string text;         // JWS
    std::string certificate;  // DER in base64url
};

// The mandate that this browser session asked for, and no other: what the card signed says which
// nonce, and the nonce was given to this session only.
bool is_own(const Basis& basis, const Waiting& waiting, const wire::Mandate& mandate) {
    return mandate.nonce == waiting.nonce && mandate.organisation == basis.identity.id &&
           mandate.audience == basis.directory.relay().id &&
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
std::expected<Returned, Said> open_answer(const Site& site, const Waiting& waiting,
                                          std::string_view sealed) {
    const auto opened = crypto::decrypt_jwe(sealed, waiting.key);
    const auto answer =
        opened ? http::parse_form(as_text(*opened)) : std::unexpected(opened.error());
    if (!answer) return std::unexpected(Said::other_session);
    std::string text(answer->text("mandate"));
    auto mandate = wire::parse_mandate(text);
    if (!mandate || !is_own(site.options.basis, waiting, mandate->mandate)) {
        return std::unexpected(Said::other_session);
    }
    const auto certificate = answer->text("certificate");
    if (!is_signed(*mandate, certificate)) return std::unexpected(Said::refused);
    if (!site.admits(*mandate->jws.certificate)) return std::unexpected(Said::not_admitted);
    return Returned{.mandate = std::move(*mandate),
                    .text = std::move(text),
                    .certificate = std::string(certificate)};
}

// Of its answer only matters that there is one.
Question standing_question(const Site& site) {
    // What is sealed to it nobody opens: its private half is gone.
    const auto key = crypto::PrivateKey::generate(crypto::KeyType::p256).public_key().spki();
    return {.to = {.holder = site.options.basis.directory.relay().id, .kind = {}},
            .service = must(wire::ServiceId::parse(standing_service), "standing"),
            .parameters = {},
            .seal_to = must(crypto::PublicKey::from_spki(key), "a new key")};
}

// The relay hears that nobody is logged in by it any more.
Task<void> end_at_relay(Site& site, Hash mandate) {
    client::Asker asker(site.options.basis.directory, site.options.basis.identity);
    const auto ended = co_await asker.end_mandate(mandate);
    // Nobody has it any more; it ends by itself.
    if (!ended) site.options.log.warning("mandate_not_ended");
}

// The cookie of whoever is logged in from now on; else why nobody is.
Task<std::expected<std::string, Said>> judge_return(Site& site, const Request& request,
                                                    const Waiting& waiting,
                                                    const http::Form& answer) {
    if (answer.has("error")) co_return std::unexpected(Said::cancelled);
    const auto what = open_answer(site, waiting, answer.text("response"));
    if (!what) co_return std::unexpected(what.error());
    // Whether the card is good the relay says: it answers under it, or not.
    const auto answered = co_await site.askers.pass(standing_question(site), what->text);
    if (!answered) co_return std::unexpected(said_of(answered.error().code));
    co_return site.sessions.log_in({.mandate = what->text,
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
Task<void> end_later(Site& site, Hash mandate) {
    http::asio::steady_timer timer(co_await http::asio::this_coro::executor, new_cookie_time);
    co_await timer.async_wait(http::asio::use_awaitable);
    site.sessions.end(mandate, Said::log_out);
    co_await end_at_relay(site, mandate);
}

Task<Response> finish_begun(Site& site, const Request& request, const Waiting& waiting,
                            const http::Form& answer) {
    const auto cookie = co_await judge_return(site, request, waiting, answer);
    const auto* before = who_asks(site, request);
    // A log-in that goes on is not lost because another one was cancelled.
    if (!cookie && before != nullptr) co_return go_on(waiting.to);
    if (!cookie) co_return go_on(start_address(cookie.error(), waiting.language, waiting.to));
    if (before != nullptr) {
        http::asio::co_spawn(co_await http::asio::this_coro::executor,
                             end_later(site, before->mandate_hash),
                             [&log = site.options.log](std::exception_ptr failed) {
                                 if (failed) log.warning("mandate_not_ended");
                             });
    }
    auto out = go_on(waiting.to);
    set_cookie(out, {.name = site.session_cookie, .value = *cookie});
    co_return out;
}

// What the agent is sent to (docs/protocols/agent.md).
std::string agent_query(const Site& site, const Waiting& waiting, UnixTime now) {
    const auto& basis = site.options.basis;
    std::string scope;
    for (const auto& service : log_in_services(basis, site.options.purpose, now))
        scope += (scope.empty() ? "" : " ") + service.text();
    http::Form query;
    query.set("client_id", basis.identity.id.text());
    query.set("redirect_uri", site.options.redirect_uri);
    query.set("response_mode", "fragment");
    query.set("kind", "login");
    query.set("scope", scope);
    query.set("nonce", waiting.nonce);
    query.set("state", waiting.state);
    query.set("seal_to", base64url(as_bytes(waiting.key.public_key().jwk())));
    query.set("aud", basis.directory.relay().id.text());
    query.set("exp", std::to_string(waiting.expires));
    query.set("lang", std::string(page::to_text(waiting.language)));
    return http::form_text(query);
}

}  // namespace

Task<Response> log_in(Site& site, const Request& request) {
    const auto language = look_of(request).language;
    const auto to = place_asked(site, request);
    const auto refused = [=](Said said) { return redirect(start_address(said, language, to)); };
    if (!site.sessions.may_begin(request.remote_address, unix_now())) {
        co_return refused(Said::too_many);
    }
    client::Asker asker(site.options.basis.directory, site.options.basis.identity);
    const auto nonce = co_await asker.nonce();
    if (!nonce) co_return refused(said_of(nonce.error().code));
    const auto now = unix_now();
    Waiting waiting{.nonce = *nonce,
                    .state = base64url(crypto::random_bytes(16)),
                    .expires = now + wire::nonce_lifetime_s,
                    .language = language,
                    .key = crypto::PrivateKey::generate(crypto::KeyType::p256),
                    .to = std::string(to)};
    const auto& agent = site.options.agent;
    auto out = redirect(agent + "/authorize?" + agent_query(site, waiting, now), agent);
    const auto cookie = site.sessions.begin(std::move(waiting), now);
    set_cookie(out, {.name = site.begun_cookie, .value = cookie});
    co_return out;
}

Task<Response> finish(Site& site, const Request& request) {
    const auto form = http::parse_form(request.body);
    const auto language = look_of(request).language;
    if (!form) co_return go_on(start_address(Said::failed, language));
    const auto waiting = site.sessions.take_waiting(cookie_of(request, site.begun_cookie),
                                                    form->text("state"), unix_now());
    // Another site can send a browser here. A log-in that was begun keeps its cookie then.
    if (!waiting) co_return go_on(start_address(Said::other_session, language));
    auto out = co_await finish_begun(site, request, *waiting, *form);
    set_cookie(out, {.name = site.begun_cookie, .value = ""});
    co_return out;
}

Task<Response> log_out(Site& site, const Request& request) {
    const auto who = site.sessions.log_out(cookie_of(request, site.session_cookie));
    if (who) co_await end_at_relay(site, who->mandate_hash);
    auto out = redirect(start_address(Said::log_out, look_of(request).language));
    set_cookie(out, {.name = site.session_cookie, .value = ""});
    co_return out;
}

Task<Response> log_out_other(Site& site, const Request& request) {
    const auto* who = who_asks(site, request);
    const auto form = http::parse_form(request.body);
    if (who == nullptr || !form) co_return redirect("/");
    const auto mandate = site.sessions.end_one(who->card, form->text("id"), Said::log_out);
    if (mandate) co_await end_at_relay(site, *mandate);
    co_return redirect(std::string(sessions_path));
}

}  // namespace mado::site
