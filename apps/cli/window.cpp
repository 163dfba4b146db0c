#include "window.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <boost/json.hpp>
#include <iostream>

#include "base/printable.hpp"
#include "cards.hpp"
#include "crypto/digest.hpp"
#include "crypto/jwe.hpp"
#include "http/form.hpp"
#include "office.hpp"
#include "wire/address.hpp"

namespace mado::cli {
namespace {

constexpr http::Milliseconds connect_timeout{3'000};
constexpr http::Milliseconds answer_timeout{10'000};
constexpr std::size_t answer_bytes_max = 4 * 1024 * 1024;
constexpr std::string_view form_type = "application/x-www-form-urlencoded";

Parsed<crypto::PublicKey> read_key(std::string_view text) {
    const auto bytes = parse_base64url(text);
    const auto jwk = bytes ? parse_json_object(as_text(*bytes)) : std::unexpected(bytes.error());
    return jwk ? crypto::PublicKey::from_jwk(*jwk) : std::unexpected(jwk.error());
}

// Line by line: what would not show itself is not shown as something else.
std::string shown(std::string_view document) {
    std::string out;
    for (;;) {
        const auto end = std::min(document.find('\n'), document.size());
        out += "  " + printable(document.substr(0, end));
        if (end == document.size()) return out;
        out += "\n";
        document.remove_prefix(end + 1);
    }
}

// What the agent's form would have: the fields that are signed, as they must be.
client::MandateRequest application_of(const json::object& form,
                                      const std::vector<std::string>& seals) {
    client::MandateRequest out{
        .kind = wire::MandateKind::application, .scope = {}, .nonce = text_at(form, "nonce")};
    for (const auto& name : http::words_in(text_at(form, "scope")))
        out.scope.push_back(must(wire::ServiceId::parse(name), "the window's scope"));
    for (const auto& one : seals)
        out.payload_hashes.push_back(crypto::sha256(as_bytes(one)));
    return out;
}

// What others get beside the document: shown word for word, and sealed for each.
std::vector<std::string> seal_handed_on(const wire::Directory& directory, std::string_view text) {
    std::vector<std::string> out;
    const auto list = parse_json(text);
    if (!list || !list->is_array()) throw OperatorError("what is handed on cannot be read");
    for (const auto& value : list->get_array()) {
        if (!value.is_object()) throw OperatorError("what is handed on cannot be read");
        const auto to = text_at(value.get_object(), "to");
        const auto what = text_at(value.get_object(), "text");
        const auto* participant = directory.find(to);
        if (participant == nullptr) throw OperatorError("the directory does not list " + to);
        auto seal = client::seal_payload(*participant, what);
        if (!seal) throw OperatorError(to + " has no key that it is sealed by");
        std::cerr << "渡す先 handed on to " << printable(to) << ":\n" << shown(what) << "\n\n";
        out.push_back(std::move(*seal));
    }
    return out;
}

// One word says how the case is (too_early, no_case, …); everything else is a problem document.
bool is_word(std::string_view text) {
    constexpr std::size_t word_bytes_max = 40;
    return !text.empty() && text.size() <= word_bytes_max &&
           std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

[[noreturn]] void refuse(const http::Response& response) {
    const auto object = parse_json_object(response.body, {.text_bytes_max = answer_bytes_max});
    auto code = object ? text_at(*object, "code") : std::string();
    if (is_word(response.body)) code = response.body;
    throw Refused(code.empty() ? fmt::format("status {}", response.status) : code);
}

// Where a log-in led that was not the page.
std::string why_not_admitted(const std::string& led_to) {
    if (led_to.find("not_admitted") != led_to.npos) {
        return "このカードは窓口の職員のものではありません this card is no clerk's: --clerk with "
               "the card of one (the demo: sato-1, taro; in B市 sango, futae; of the centre jiei, "
               "kiroku)";
    }
    if (led_to.find("stopped") != led_to.npos) {
        return "このカードは止められています this card is stopped; nobody logs in with it";
    }
    return "the window lets nobody in with this card just now; try again in a minute (" +
           printable(led_to) + ")";
}

}  // namespace

Refused::Refused(std::string why)
    : OperatorError("the window does not do that: " + why), code(std::move(why)) {}

const wire::Participant& issuer_of(const wire::Directory& directory) {
    for (const auto& one : directory.participants) {
        if (one.kind.text() == "issuer" && !one.redirect_uris.empty()) return one;
    }
    throw OperatorError("the directory lists no window of an issuing centre");
}

Window::Window(const Places& places, const wire::Directory& directory, const ClerkCard& clerk)
    : Window(places, directory, clerk.card) {
    log_in(places, directory, clerk);
}

Window::Window(const Places& places, const wire::Directory& directory)
    : Window(places, directory, std::string()) {}

Window::Window(const Places& places, const wire::Directory& directory, std::string card)
    : places_(places),
      directory_(directory),
      card_(std::move(card)),
      tls_(http::TlsContext::client(
          [certificates = issuer_of(directory).certificates](const Hash& peer) {
              return std::ranges::find(certificates, peer) != certificates.end();
          })) {
    const auto& issuer = issuer_of(directory);
    origin_ = must(wire::origin_of(issuer.redirect_uris.front()), "the window's address");
    const auto url = must(wire::parse_url_prefix(origin_ + "/"), "the window's address");
    endpoint_ = {url.address.host, url.address.port};
}

http::Task<http::Response> Window::exchange(std::string_view method, std::string path,
                                            std::string content_type, std::string body) {
    auto made = co_await http::Connection::connect(endpoint_, &tls_, connect_timeout);
    if (!made) throw OperatorError("the window does not answer. Does it run? ./mado status");
    http::Request request;
    request.method = method;
    request.path = std::move(path);
    request.content_type = std::move(content_type);
    request.body = std::move(body);
    request.headers = {
        {"Origin", origin_}, {"Sec-Fetch-Site", "same-origin"}, {"Accept", "application/json"}};
    std::string cookies;
    for (const auto& [name, value] : cookies_)
        cookies += (cookies.empty() ? "" : "; ") + name + "=" + value;
    if (!cookies.empty()) request.headers.push_back({"Cookie", cookies});
    auto response = co_await made->exchange(std::move(request), answer_bytes_max, answer_timeout);
    if (!response) throw OperatorError("the window broke off. Does it run? ./mado status");
    co_return std::move(*response);
}

http::Response Window::post(const std::string& path, std::string_view content_type,
                            std::string body) {
    auto response = wait_for(exchange("POST", path, std::string(content_type), std::move(body)));
    keep_cookies(response);
    return response;
}

void Window::keep_cookies(const http::Response& response) {
    for (const auto& header : response.headers) {
        if (header.name != "Set-Cookie") continue;
        const auto equals = header.value.find('=');
        const auto end = header.value.find(';');
        if (equals == std::string::npos || end == std::string::npos || end < equals) continue;
        cookies_[header.value.substr(0, equals)] =
            header.value.substr(equals + 1, end - equals - 1);
    }
}

// What a browser and the agent do with each other: the site says what it wants to have signed, the
// card signs it, and only the site can read what comes back.
void Window::log_in(const Places& places, const wire::Directory& directory,
                    const ClerkCard& clerk) {
    const auto begun = post("/login", form_type, "lang=ja");
    const auto address = begun.header("location");
    const auto query = address.find('?');
    const auto asked = http::parse_form(query == address.npos ? "" : address.substr(query + 1));
    const auto seal_to = asked ? read_key(asked->text("seal_to")) : bad("");
    if (!seal_to) throw OperatorError("the window lets nobody log in just now");
    client::MandateRequest request{
        .kind = wire::MandateKind::login, .scope = {}, .nonce = std::string(asked->text("nonce"))};
    for (const auto& name : http::words_in(asked->text("scope")))
        request.scope.push_back(must(wire::ServiceId::parse(name), "the window's scope"));
    const auto signed_by =
        sign_by_card({places, clerk.card, clerk.pin}, directory, issuer_of(directory).id, request);
    if (!signed_by) {
        print_problem(signed_by.error());
        throw OperatorError("the card has not signed; nobody is logged in at the window");
    }
    http::Form answer;
    answer.set("mandate", signed_by->mandate);
    answer.set("certificate", base64url(signed_by->certificate.der()));
    http::Form form;
    form.set("response", crypto::encrypt_jwe(as_bytes(http::form_text(answer)), *seal_to));
    form.set("state", std::string(asked->text("state")));
    const auto finished = post("/login/finish", form_type, http::form_text(form));
    if (finished.body != "/") {
        throw OperatorError(why_not_admitted(finished.body));
    }
}

std::string Window::decide(const json::object& question, const std::string& password) {
    return sign_form(ask("/cases/decide", question), card_, password);
}

std::string Window::sign(const std::string& number, const OwnCard& by) {
    auto to_sign = ask("/cases/sign", {{"number", number}});
    if (to_sign.contains("to")) {
        auto proven = prove(text_at(to_sign, "to"), by);
        if (proven != "proven") return proven;
        to_sign = ask("/cases/sign", {{"number", number}});
    }
    return sign_form(to_sign, by.card, by.password);
}

// As the agent does it with what comes by a redirect: the log-in key signs that it is there.
std::string Window::prove(const std::string& address, const OwnCard& by) {
    const auto query = address.find('?');
    const auto asked = http::parse_form(query == address.npos ? "" : address.substr(query + 1));
    const auto seal_to = asked ? read_key(asked->text("seal_to")) : bad("");
    const auto& issuer = issuer_of(directory_);
    if (!seal_to || asked->text("kind") != "check" || asked->text("client_id") != issuer.id.text())
        throw OperatorError("the window asks for something that is not for itself");
    client::MandateRequest request{
        .kind = wire::MandateKind::check, .scope = {}, .nonce = std::string(asked->text("nonce"))};
    for (const auto& name : http::words_in(asked->text("scope")))
        request.scope.push_back(must(wire::ServiceId::parse(name), "the window's scope"));
    const auto done = sign_by_card({places_, by.card, by.pin}, directory_, issuer.id, request);
    if (!done) {
        print_problem(done.error());
        throw OperatorError("the card has not signed with its PIN; nothing is done");
    }
    http::Form answer;
    answer.set("mandate", done->mandate);
    answer.set("certificate", base64url(done->certificate.der()));
    http::Form back;
    back.set("response", crypto::encrypt_jwe(as_bytes(http::form_text(answer)), *seal_to));
    back.set("state", std::string(asked->text("state")));
    const auto finished = post("/decision/finish", form_type, http::form_text(back));
    if (finished.status != 200) refuse(finished);
    return outcome();
}

std::string Window::outcome() {
    // The first may be of a card that was written before.
    auto came = ask("/cases/returned", {});
    if (came.contains("number") && !came.contains("outcome")) came = ask("/cases/returned", {});
    return text_at(came, "outcome");
}

// As the agent does it: everything is shown, and sealed here for whom it is.
std::string Window::sign_form(const json::object& to_sign, const std::string& card,
                              const std::string& password) {
    const auto* form = to_sign.if_contains("form");
    if (form == nullptr || !form->is_object()) throw OperatorError("there is nothing to sign");
    sign(form->get_object(), {.card = card, .pin = password}, "/decision/finish");
    return outcome();
}

void Window::sign(const json::object& fields, const ClerkCard& by, const std::string& finish) {
    const auto& issuer = issuer_of(directory_);
    const auto seal_to = read_key(text_at(fields, "seal_to"));
    if (!seal_to || issuer.sealing_keys.empty() || text_at(fields, "to") != issuer.id.text()) {
        throw OperatorError("the window asks for something that is not for itself");
    }
    // Whoever signs sees all of it, as on the agent's page, and then enters the password.
    const auto document = text_at(fields, "document");
    std::cerr << "次の文に署名します This text is signed:\n\n" << shown(document) << "\n\n";
    const auto& [kid, key] = *issuer.sealing_keys.begin();
    http::Form answer;
    std::vector<std::string> seals{crypto::encrypt_jwe(as_bytes(document), key, kid)};
    answer.set("payload", seals.front());
    if (fields.contains("handed_on")) {
        const auto handed = seal_handed_on(directory_, text_at(fields, "handed_on"));
        answer.set("handed_on", fmt::format("{}", fmt::join(handed, " ")));
        seals.insert(seals.end(), handed.begin(), handed.end());
    }
    const auto done = sign_by_card({places_, by.card, by.pin}, directory_, issuer.id,
                                   application_of(fields, seals));
    if (!done) {
        print_problem(done.error());
        throw OperatorError(
            "the card has not signed, which asks for its signing password, not its PIN; nothing is "
            "done");
    }
    answer.set("mandate", done->mandate);
    answer.set("certificate", base64url(done->certificate.der()));
    http::Form back;
    back.set("response", crypto::encrypt_jwe(as_bytes(http::form_text(answer)), *seal_to));
    back.set("state", text_at(fields, "state"));
    const auto finished = post(finish, form_type, http::form_text(back));
    if (finished.status != 200) refuse(finished);
}

json::object Window::show(const std::string& path) {
    auto response = wait_for(exchange("GET", path, {}, {}));
    keep_cookies(response);
    if (response.status != 200) refuse(response);
    auto object = parse_json_object(response.body, {.text_bytes_max = answer_bytes_max});
    if (!object) throw OperatorError("the window has nothing to show for this card");
    return std::move(*object);
}

http::Response Window::send_form(const std::string& path, const std::string& form) {
    return post(path, form_type, form);
}

json::object Window::ask(const std::string& path, const json::object& body) {
    const auto response = post(path, "application/json", json::serialize(body));
    if (response.status != 200) refuse(response);
    auto object = parse_json_object(response.body,
                                    {.text_bytes_max = answer_bytes_max, .values_max = 1'000'000});
    if (!object) throw OperatorError("the window's answer cannot be read");
    return std::move(*object);
}

}  // namespace mado::cli
