#include "deciding.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "crypto/digest.hpp"
#include "crypto/jwe.hpp"
#include "http/form.hpp"
#include "page/answer.hpp"
#include "registering.hpp"
#include "site/answers.hpp"
#include "site/pages.hpp"
#include "window.hpp"
#include "wire/exchange.hpp"
#include "wire/subject.hpp"

namespace mado::issuer {
namespace {

using http::Request;
using http::Response;
using http::Task;

constexpr std::size_t state_bytes = 16;
constexpr std::size_t returned_bytes_max = 96 * 1024;  // a document, sealed twice, as a form

constexpr page::Words coming_back{"署名を確かめています…", "Checking the signature…",
                                  "たしかめて います…"};

struct DecisionAsked {
    std::string number;
    Choice choice;
};
Parsed<DecisionAsked> read_asked(std::string_view body) {
    const auto object = parse_json_object(body, {.text_bytes_max = window_body_max});
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    DecisionAsked out{.number = in.text("number", 20),
                      .choice = {.claim = static_cast<int>(in.integer("claim", 0, 16)),
                                 .same_person = in.boolean("same_person")}};
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return out;
}

// Of a case its newest, or that about a claim; or one that an order names, whichever case of the
// person's it is in.
Parsed<EvidenceAsked> read_evidence_asked(std::string_view body) {
    const auto object = parse_json_object(body, {.text_bytes_max = window_body_max});
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    EvidenceAsked out{.number = in.text("number", 20)};
    if (const auto claim = in.optional_integer("claim", 0, card_place)) {
        out.claim = static_cast<int>(*claim);
    }
    out.decision = in.optional_hash("decision");
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (out.claim && out.decision) return bad("a decision is asked for by its claim or its name");
    return out;
}

std::string handed_on_json(const Application& application) {
    json::array out;
    for (const auto& one : application.handed_on)
        out.push_back(json::object{{"to", one.to.text()}, {"text", one.text}});
    return json::serialize(out);
}

client::Ask signature_question(const Deciding& deciding, std::string_view service,
                               const SignedDecision& what) {
    return {.to = {.holder = deciding.site.options.basis.directory.relay().id, .kind = {}},
            .service = must(wire::ServiceId::parse(service), "a service"),
            .purpose = deciding.site.options.purpose,
            .parameters = {},
            .subject = to_bytes(wire::application_subject(what.mandate)),
            .payload = what.payload};
}

// The relay has spent the nonce, and says that the card counts: its signed answer is kept.
Task<client::Result<std::string>> ask_relay(Deciding& deciding, const SignedDecision& what,
                                            const Decisions::UnderWay& under_way) {
    auto request =
        deciding.relay.prepare(signature_question(deciding, under_way.services.front(), what));
    const auto asked = wire::parse_request(request.body);
    const auto answered = co_await deciding.relay.send(std::move(request));
    if (!answered) co_return std::unexpected(answered.error());
    co_return evidence_text({.document = under_way.document,
                             .what = what,
                             .head = asked ? std::string_view(asked->head) : "",
                             .answer = answered->answer.signed_form,
                             .sealing_key = deciding.sealing_key});
}

// A clerk decides with the card that clerks.json names; a parent signs with the card that this
// centre has handed over to them, and that counts now.
std::optional<Hash> signing_of(Deciding& deciding, const Decisions::UnderWay& under_way,
                               const Clerk& clerk) {
    if (!under_way.application) return clerk.signing;
    const auto id = deciding.store.find(under_way.application->parent);
    const auto parent = id ? deciding.store.known_person(*id) : std::nullopt;
    return parent ? signing_card_of(*parent) : std::nullopt;
}

// It may have gone on meanwhile: only what was read is written down.
Outcome write_down(Deciding& deciding, const Decisions::UnderWay& under_way,
                   const SignedDecision& what, const Clerk& clerk, std::string evidence) {
    const auto now = unix_now();
    const auto file = deciding.store.find(under_way.id);
    std::optional<Happening> happening;
    if (under_way.application) {
        const auto still = application_of(file, deciding.parties);
        if (!still || still->document != under_way.document ||
            still->covers != under_way.application->covers) {
            return Outcome::changed;
        }
        happening = signed_of(*still, what.mandate, what.handed_on, std::move(evidence));
    } else {
        const auto document = decision_document(file, under_way.choice, deciding.schemes, now);
        if (!document || *document != under_way.document) return Outcome::changed;
        happening = Decided{.claim = under_way.choice.claim,
                            .same_person = under_way.choice.same_person,
                            .decision = std::move(evidence)};
    }
    // What an agent has made longer than it is would never be read again.
    if (!is_readable(*happening, deciding.schemes)) return Outcome::not_valid;
    if (!deciding.store.add(under_way.id, *happening, {.at = now, .clerk = clerk.name})) {
        return Outcome::changed;
    }
    deciding.worker.look_at(under_way.id);
    return under_way.application ? Outcome::signed_ : Outcome::decided;
}

Task<Outcome> judge_return(Deciding& deciding, const Decisions::UnderWay& under_way,
                           const Clerk& clerk, const http::Form& form) {
    const auto signing = signing_of(deciding, under_way, clerk);
    const auto proven = co_await judge_signed(deciding, under_way, signing, form);
    if (!proven) co_return proven.error();
    co_return write_down(deciding, under_way, proven->what, clerk, proven->evidence);
}

// Wherever it ends, the browser comes to "/", which says nothing in its address; the page asks what
// it came back from.
Task<Response> finish(Deciding& deciding, const Request& request) {
    if (!page::is_own_form(request, deciding.site.origin)) {
        co_return site::refuse(403, "other_session");
    }
    const auto* found = site::who_asks(deciding.site, request);
    const auto form = http::parse_form(request.body);
    if (found == nullptr || !form) co_return go_on("/");
    const auto login = found->mandate_hash;
    const auto clerk = deciding.clerks.find(found->card, unix_now());
    const auto under_way =
        deciding.decisions.take(std::string(form->text("state")), login, unix_now());
    if (!under_way || !clerk) co_return go_on("/");
    const bool decides = !under_way->application && !under_way->registers;
    if (!clerk->has(decides ? ClerkRole::approver : ClerkRole::window)) co_return go_on("/");
    if (!deciding.store.is_served_at(clerk->municipality, under_way->id)) co_return go_on("/");
    const auto outcome = under_way->registers
                             ? co_await judge_registering(deciding, *under_way, *clerk, *form)
                             : co_await judge_return(deciding, *under_way, *clerk, *form);
    deciding.decisions.keep(
        login, {.id = under_way->id, .outcome = outcome, .registers = under_way->registers},
        unix_now());
    co_return go_on("/");
}

Response to_agent(Deciding& deciding, Decisions::UnderWay what, const Request& request) {
    auto form = agent_form(deciding, what, "",
                           {.back = decision_back, .language = site::look_of(request).language});
    form["state"] = deciding.decisions.begin(std::move(what));
    return site::json_reply(json::serialize(
        json::object{{"agent", deciding.site.options.agent + "/sign"}, {"form", std::move(form)}}));
}

Response back_page(const site::Site& site, const Request& request) {
    const auto look = site::look_of(request);
    const auto body = "<div data-finish=\"" + std::string(decision_finish) + "\">" +
                      site::without_script(site, look) + "</div>";
    return site::reply(site::whole(site, look,
                                   {.path = std::string(decision_back),
                                    .script = "back",
                                    .heading = page::say(look.language, coming_back),
                                    .body = body}));
}

// A document says what stands in the case. False: whoever asks is no clerk any more.
bool looked(Deciding& deciding, CaseId id, const site::LoggedIn& who) {
    const auto clerk = deciding.clerks.find(who.card, unix_now());
    if (!clerk) return false;
    deciding.looks.write(deciding.store.find(id).one, LookWay::paper, by_now(*clerk));
    return true;
}

}  // namespace

By by_now(const Clerk& clerk) {
    return {.at = unix_now(), .clerk = clerk.name, .municipality = clerk.municipality};
}

std::optional<SignedDecision> open_answer(const Decisions::UnderWay& what,
                                          std::string_view response) {
    const auto opened = crypto::decrypt_jwe(response, what.key);
    const auto form = opened ? http::parse_form(as_text(*opened)) : std::unexpected(opened.error());
    if (!form) return std::nullopt;
    return SignedDecision{.mandate = std::string(form->text("mandate")),
                          .payload = std::string(form->text("payload")),
                          .certificate = std::string(form->text("certificate")),
                          .handed_on = http::words_in(form->text("handed_on"))};
}

Outcome outcome_of(wire::Code code) {
    using wire::Code;
    constexpr std::array stopped{Code::card_revoked, Code::card_expired, Code::card_unknown};
    constexpr std::array passing{Code::unavailable, Code::overloaded, Code::not_ready,
                                 Code::card_list_old, Code::answer_invalid};
    if (std::ranges::find(stopped, code) != stopped.end()) return Outcome::stopped;
    if (std::ranges::find(passing, code) != passing.end()) return Outcome::unavailable;
    return Outcome::not_valid;
}

Outcome refused(const Deciding& deciding, std::string_view why, Outcome outcome) {
    deciding.site.options.log.warning("decision_refused", {{"why", why}});
    return outcome;
}

DecisionFacts facts_of(const Deciding& deciding, const Decisions::UnderWay& under_way) {
    const auto& basis = deciding.site.options.basis;
    DecisionFacts facts{.directory = basis.directory,
                        .organisation = basis.identity.id,
                        .sealing_key = deciding.sealing_key,
                        .document = under_way.document,
                        .nonce = under_way.nonce,
                        .begun = under_way.begun,
                        .now = unix_now(),
                        .services = under_way.services};
    if (under_way.application) facts.handed_on = under_way.application->handed_on.size();
    return facts;
}

Response go_on(std::string address) {
    auto out = site::reply(std::move(address));
    out.content_type = "text/plain; charset=utf-8";
    return out;
}

// What a site sends an agent with a document (docs/protocols/agent.md).
json::object agent_form(const Deciding& deciding, const Decisions::UnderWay& what,
                        std::string_view state, const AgentForm& how) {
    const auto& basis = deciding.site.options.basis;
    const auto& own = basis.identity.id.text();
    json::object out{{"client_id", own},
                     {"redirect_uri", deciding.site.origin + std::string(how.back)},
                     {"response_mode", "fragment"},
                     {"kind", to_text(wire::MandateKind::application)},
                     {"scope", fmt::format("{}", fmt::join(what.services, " "))},
                     {"nonce", what.nonce},
                     {"state", state},
                     {"seal_to", base64url(as_bytes(what.key.public_key().jwk()))},
                     {"aud", basis.directory.relay().id.text()},
                     {"exp", std::to_string(what.expires)},
                     {"to", own},
                     {"document", what.document},
                     {"lang", page::to_text(how.language)}};
    if (what.application) out["handed_on"] = handed_on_json(*what.application);
    return out;
}

std::string_view to_text(Outcome outcome) {
    switch (outcome) {
        case Outcome::decided:
            return "decided";
        case Outcome::signed_:
            return "signed";
        case Outcome::cancelled:
            return "cancelled";
        case Outcome::not_valid:
            return "not_valid";
        case Outcome::other_card:
            return "other_card";
        case Outcome::stopped:
            return "stopped";
        case Outcome::unavailable:
            return "unavailable";
        case Outcome::changed:
            return "changed";
        case Outcome::proven:
            return "proven";
        case Outcome::unlisted:
            return "unlisted";
        case Outcome::registered:
            return "registered";
        case Outcome::no_words:
            return "no_words";
        case Outcome::not_theirs:
            return "not_theirs";
    }
    return "";
}

Task<std::expected<Proven, Outcome>> judge_signed(Deciding& deciding,
                                                  const Decisions::UnderWay& under_way,
                                                  std::optional<Hash> signing,
                                                  const http::Form& form) {
    if (form.has("error")) co_return std::unexpected(Outcome::cancelled);
    auto what = open_answer(under_way, form.text("response"));
    if (!what) co_return std::unexpected(refused(deciding, "not_sealed", Outcome::not_valid));
    auto facts = facts_of(deciding, under_way);
    facts.signing = signing;
    const auto good = judge_decision(*what, facts);
    if (!good) {
        const bool other = good.error() == Fault::other_card;
        const auto outcome = other ? Outcome::other_card : Outcome::not_valid;
        co_return std::unexpected(refused(deciding, to_text(good.error()), outcome));
    }
    auto evidence = co_await ask_relay(deciding, *what, under_way);
    if (!evidence) {
        const auto code = evidence.error().code;
        co_return std::unexpected(refused(deciding, wire::info(code).name, outcome_of(code)));
    }
    co_return Proven{.what = std::move(*what), .evidence = std::move(*evidence)};
}

std::string Decisions::begin(UnderWay what) {
    auto state = base64url(crypto::random_bytes(state_bytes));
    const auto until = what.expires;
    under_way_.drop_old(what.begun);
    under_way_.put(state, std::move(what), until);
    return state;
}

const Decisions::UnderWay* Decisions::find(const std::string& state, UnixTime now) {
    under_way_.drop_old(now);
    return under_way_.find(state);
}

std::optional<Decisions::UnderWay> Decisions::take(const std::string& state, const Hash& login,
                                                   UnixTime now) {
    const auto* found = under_way_.find(state);
    // Another one's answer takes nothing away.
    if (found == nullptr || found->login != login) return std::nullopt;
    auto out = under_way_.take(state);
    return out->expires > now ? std::move(out) : std::nullopt;
}

void Decisions::keep_possession(const Hash& login, CaseId id, Possession what, UnixTime now) {
    possessions_.drop_old(now);
    possessions_.put({login, id}, std::move(what), now + possession_lifetime_s);
}

std::optional<Possession> Decisions::possession(const Hash& login, CaseId id, UnixTime now) {
    possessions_.drop_old(now);
    const auto* found = possessions_.find({login, id});
    return found == nullptr ? std::nullopt : std::optional(*found);
}

void Decisions::drop_possession(const Hash& login, CaseId id) {
    possessions_.take({login, id});
}

void Decisions::keep(const Hash& login, Returned what, UnixTime now) {
    returned_.drop_old(now);
    returned_.put(login, what, now + outcome_lifetime_s);
}

std::optional<Decisions::Returned> Decisions::take_returned(const Hash& login, UnixTime now) {
    returned_.drop_old(now);
    return returned_.take(login);
}

Task<Response> decide(Deciding& deciding, Request request, site::LoggedIn who) {
    const auto asked = read_asked(request.body);
    if (!asked) co_return site::refuse(wire::Code::malformed, request);
    const auto id = deciding.store.find(asked->number);
    if (!id) co_return site::refuse(404, "no_case");
    if (!looked(deciding, *id, who)) {
        co_return site::refuse(wire::Code::not_allowed, request);
    }
    const auto nonce = co_await deciding.nonce();
    if (!nonce) co_return site::refuse(nonce.error().code, request);
    const auto now = unix_now();
    auto document =
        decision_document(deciding.store.find(*id), asked->choice, deciding.schemes, now);
    if (!document) co_return site::refuse(409, to_text(document.error()));
    Decisions::UnderWay what{
        .id = *id,
        .choice = asked->choice,
        .services = {std::string(asked->choice.same_person ? decision_service : signature_service)},
        .document = std::move(*document),
        .nonce = *nonce,
        .key = crypto::PrivateKey::generate(crypto::KeyType::p256),
        .login = who.mandate_hash,
        .begun = now,
        .expires = now + wire::nonce_lifetime_s};
    co_return to_agent(deciding, std::move(what), request);
}

Task<Response> sign(Deciding& deciding, Request request, site::LoggedIn who) {
    const auto by = read_search(request.body);
    const auto* number = by ? std::get_if<std::string>(&*by) : nullptr;
    if (number == nullptr) co_return site::refuse(wire::Code::malformed, request);
    const auto id = deciding.store.find(*number);
    if (!id) co_return site::refuse(404, "no_case");
    if (!looked(deciding, *id, who)) {
        co_return site::refuse(wire::Code::not_allowed, request);
    }
    if (info(deciding.store.find(*id).one.kind).foreign) {
        co_return sign_with_existing(deciding, *id, request, who);
    }
    const auto nonce = co_await deciding.nonce();
    if (!nonce) co_return site::refuse(nonce.error().code, request);
    const auto now = unix_now();
    auto application = application_of(deciding.store.find(*id), deciding.parties);
    if (!application) co_return site::refuse(409, to_text(application.error()));
    auto document = application->document;
    auto services = application->services;
    Decisions::UnderWay what{.id = *id,
                             .choice = {},
                             .application = std::move(*application),
                             .services = std::move(services),
                             .document = std::move(document),
                             .nonce = *nonce,
                             .key = crypto::PrivateKey::generate(crypto::KeyType::p256),
                             .login = who.mandate_hash,
                             .begun = now,
                             .expires = now + wire::nonce_lifetime_s};
    co_return to_agent(deciding, std::move(what), request);
}

Response evidence(Deciding& deciding, const Request& request, const Clerk& clerk) {
    const auto asked = read_evidence_asked(request.body);
    if (!asked) return site::refuse(wire::Code::malformed, request);
    const auto id = deciding.store.find(asked->number);
    if (!id) return site::refuse(404, "no_case");
    std::optional<std::string> found;
    auto looked_at = *id;
    for (const auto one : asked->decision ? deciding.store.of_person(*id) : std::vector{*id}) {
        auto in_it = evidence_in(deciding.store.lines(one), *asked);
        if (!in_it) continue;
        found = std::move(in_it);
        looked_at = one;
    }
    // That there is none says something of them, too.
    deciding.looks.write(deciding.store.find(looked_at).one,
                         found ? LookWay::paper : LookWay::known, by_now(clerk));
    return found ? site::json_reply(std::move(*found)) : site::refuse(409, "no_decision");
}

Response returned(Deciding& deciding, const site::LoggedIn& who) {
    const auto back = deciding.decisions.take_returned(who.mandate_hash, unix_now());
    if (!back) return site::json_reply("{}");
    json::object out{{"number", deciding.store.find(back->id).number},
                     {"outcome", to_text(back->outcome)}};
    if (back->registers) out["registers"] = true;
    return site::json_reply(json::serialize(out));
}

std::vector<http::Route> decision_routes(Deciding& deciding) {
    return {{"GET", decision_back, 0,
             [&deciding](Request request) -> Task<Response> {
                 co_return back_page(deciding.site, request);
             }},
            {"POST", decision_finish, returned_bytes_max,
             [&deciding](Request request) -> Task<Response> {
                 co_return co_await finish(deciding, request);
             }}};
}

}  // namespace mado::issuer
