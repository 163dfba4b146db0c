#include "registering.hpp"

#include <boost/json.hpp>
#include <set>

#include "crypto/digest.hpp"
#include "orders.hpp"
#include "page/answer.hpp"
#include "site/answers.hpp"
#include "site/pages.hpp"
#include "wire/exchange.hpp"
#include "wire/subject.hpp"

namespace mado::issuer {
namespace {

using http::Request;
using http::Response;
using http::Task;

constexpr std::size_t nonce_bytes = 16;

// Of this centre's own, which no relay takes: what is signed over it opens nothing elsewhere, also
// not when the card counts a minute later.
Decisions::UnderWay begin(CaseId id, const Hash& login) {
    const auto now = unix_now();
    return {.id = id,
            .choice = {},
            .registers = true,
            .document = {},
            .nonce = base64url(crypto::random_bytes(nonce_bytes)),
            .key = crypto::PrivateKey::generate(crypto::KeyType::p256),
            .login = login,
            .begun = now,
            .expires = now + wire::nonce_lifetime_s};
}

// By a redirect, as for a log-in; a `check` is over in two minutes and ends with nothing.
Response to_agent_with_log_in_key(Deciding& deciding, Decisions::UnderWay what,
                                  const Request& request) {
    const auto& options = deciding.site.options;
    http::Form form;
    form.set("client_id", options.basis.identity.id.text());
    form.set("redirect_uri", deciding.site.origin + std::string(decision_back));
    form.set("response_mode", "fragment");
    form.set("kind", std::string(to_text(wire::MandateKind::check)));
    form.set("scope", std::string(card_standing_service));
    form.set("nonce", what.nonce);
    form.set("seal_to", base64url(as_bytes(what.key.public_key().jwk())));
    form.set("aud", options.basis.directory.relay().id.text());
    form.set("exp", std::to_string(what.expires));
    form.set("lang", std::string(page::to_text(site::look_of(request).language)));
    form.set("state", deciding.decisions.begin(std::move(what)));
    return site::json_reply(json::serialize(
        json::object{{"to", options.agent + "/authorize?" + http::form_text(form)}}));
}

Response to_agent_with_signing_key(Deciding& deciding, Decisions::UnderWay what,
                                   const Request& request) {
    auto form = agent_form(deciding, what, "",
                           {.back = decision_back, .language = site::look_of(request).language});
    const auto log_in = read_certificate(what.possession->certificate);
    form["card"] = base64url(log_in.thumbprint());
    form["state"] = deciding.decisions.begin(std::move(what));
    return site::json_reply(json::serialize(
        json::object{{"agent", deciding.site.options.agent + "/sign"}, {"form", std::move(form)}}));
}

struct WhatRelaySays {
    CardStanding standing = CardStanding::unknown;
    std::string head, answer;  // JWS: kept as evidence
};
// Those of another authority's that count here as the person's whose case it is: a card may get
// another certificate for signing, and keep the one for logging in.
std::set<Hash> own_certificates(Deciding& deciding, CaseId id) {
    std::set<Hash> out;
    const auto person = deciding.store.known_person(id);
    if (!person) return out;
    for (const auto& [card, standing] : person->issued) {
        if (standing != Standing::active || !card.foreign) continue;
        out.insert(read_certificate(card.certificate).thumbprint());
    }
    return out;
}

Task<client::Result<WhatRelaySays>> ask_standing(Deciding& deciding, CaseId id,
                                                 std::vector<crypto::Certificate> of) {
    const auto& relay = deciding.site.options.basis.directory.relay();
    json::array certificates;
    std::vector<Hash> hashes;
    for (const auto& one : of) {
        certificates.emplace_back(base64url(one.der()));
        hashes.push_back(one.thumbprint());
    }
    auto payload = client::seal_payload(
        relay, json::serialize(json::object{{"certificates", std::move(certificates)}}));
    if (!payload) co_return std::unexpected(payload.error());
    auto request = deciding.relay.prepare(
        {.to = {.holder = relay.id, .kind = {}},
         .service = must(wire::ServiceId::parse(card_standing_service), "a service"),
         .purpose = deciding.site.options.purpose,
         .parameters = {},
         .subject = to_bytes(wire::self_subject),
         .payload = std::move(*payload)});
    const auto asked = wire::parse_request(request.body);
    const auto answered = co_await deciding.relay.send(std::move(request));
    if (!answered) co_return std::unexpected(answered.error());
    const auto standing =
        read_card_standing(*answered->answer.data, hashes, own_certificates(deciding, id));
    if (!standing) {
        co_return std::unexpected(client::Problem{wire::Code::answer_invalid, {}, {}, {}});
    }
    co_return WhatRelaySays{.standing = *standing,
                            .head = asked ? asked->head : std::string(),
                            .answer = answered->answer.signed_form};
}

// None: all of them are good, and nobody's.
std::optional<Outcome> why_not(CardStanding standing) {
    switch (standing) {
        case CardStanding::good:
            return std::nullopt;
        case CardStanding::unknown:
            return Outcome::unlisted;
        case CardStanding::stopped:
            return Outcome::stopped;
        case CardStanding::registered:
            return Outcome::registered;
    }
    return Outcome::unlisted;
}

Task<Outcome> judge_log_in_key(Deciding& deciding, const Decisions::UnderWay& under_way,
                               const http::Form& form) {
    auto opened = open_answer(under_way, form.text("response"));
    if (!opened) co_return refused(deciding, "not_sealed", Outcome::not_valid);
    const auto& basis = deciding.site.options.basis;
    Possession what{.mandate = std::move(opened->mandate),
                    .certificate = std::move(opened->certificate)};
    const auto certificate = judge_possession(what, {.directory = basis.directory,
                                                     .organisation = basis.identity.id,
                                                     .nonce = under_way.nonce,
                                                     .begun = under_way.begun,
                                                     .now = unix_now()});
    if (!certificate) {
        co_return refused(deciding, to_text(certificate.error()), Outcome::not_valid);
    }
    // Also asked again with the other one: here so that nobody signs in vain.
    const auto said = co_await ask_standing(deciding, under_way.id, {*certificate});
    if (!said) co_return outcome_of(said.error().code);
    if (const auto why = why_not(said->standing)) co_return *why;
    deciding.decisions.keep_possession(under_way.login, under_way.id, std::move(what), unix_now());
    co_return Outcome::proven;
}

// It may have gone on meanwhile: only what was read is written down.
Outcome write_down(Deciding& deciding, const Decisions::UnderWay& under_way, const Clerk& clerk,
                   Requested requested) {
    const auto now = unix_now();
    const auto& own = deciding.site.options.basis.identity.id.text();
    const auto authentication = read_certificate(under_way.possession->certificate);
    const auto still = existing_document(deciding.store.find(under_way.id), authentication, own);
    if (!still || *still != under_way.document ||
        !deciding.store.add(under_way.id, requested, {.at = now, .clerk = clerk.name})) {
        return Outcome::changed;
    }
    deciding.worker.look_at(under_way.id);
    return Outcome::signed_;
}

Task<Outcome> judge_signing_key(Deciding& deciding, const Decisions::UnderWay& under_way,
                                const Clerk& clerk, const http::Form& form) {
    auto what = open_answer(under_way, form.text("response"));
    if (!what) co_return refused(deciding, "not_sealed", Outcome::not_valid);
    auto facts = facts_of(deciding, under_way);
    facts.any_card = true;
    if (const auto good = judge_decision(*what, facts); !good) {
        co_return refused(deciding, to_text(good.error()), Outcome::not_valid);
    }
    const auto signing = read_certificate(what->certificate);
    const auto words = card_words(signing);
    if (!words) co_return refused(deciding, words.error().why, Outcome::no_words);
    const auto file = deciding.store.find(under_way.id);
    if (!file.one.person) co_return Outcome::changed;
    auto writing = words_differing(*file.one.person, *words);
    if (!writing) co_return refused(deciding, "another_person", Outcome::not_theirs);
    const auto authentication = read_certificate(under_way.possession->certificate);
    const auto said = co_await ask_standing(deciding, under_way.id, {authentication, signing});
    if (!said)
        co_return refused(deciding, wire::info(said.error().code).name,
                          outcome_of(said.error().code));
    if (const auto why = why_not(said->standing)) co_return *why;
    const auto own = own_certificates(deciding, under_way.id);
    if (own.contains(authentication.thumbprint()) && own.contains(signing.thumbprint())) {
        co_return Outcome::registered;  // nothing of it is new
    }
    const auto evidence = evidence_text({.document = under_way.document,
                                         .what = *what,
                                         .head = said->head,
                                         .answer = said->answer,
                                         .sealing_key = deciding.sealing_key});
    co_return write_down(deciding, under_way, clerk,
                         {.application = existing_evidence({evidence, *under_way.possession}),
                          .certificates = {{Use::authentication, under_way.possession->certificate},
                                           {Use::signing, what->certificate}},
                          .writing = std::move(*writing)});
}

}  // namespace

Response sign_with_existing(Deciding& deciding, CaseId id, const Request& request,
                            const site::LoggedIn& who) {
    const auto file = deciding.store.find(id);
    if (!is_to_do(file.one, Step::sign)) return site::refuse(409, to_text(Misfit::too_early));
    auto what = begin(id, who.mandate_hash);
    what.possession = deciding.decisions.possession(who.mandate_hash, id, what.begun);
    if (!what.possession) return to_agent_with_log_in_key(deciding, std::move(what), request);
    auto document = existing_document(file, read_certificate(what.possession->certificate),
                                      deciding.site.options.basis.identity.id.text());
    if (!document) return site::refuse(409, to_text(document.error()));
    what.document = std::move(*document);
    return to_agent_with_signing_key(deciding, std::move(what), request);
}

Task<Outcome> judge_registering(Deciding& deciding, const Decisions::UnderWay& under_way,
                                const Clerk& clerk, const http::Form& form) {
    if (form.has("error")) co_return Outcome::cancelled;
    if (!under_way.possession) co_return co_await judge_log_in_key(deciding, under_way, form);
    // Whatever came of it: another card begins with its own log-in key.
    deciding.decisions.drop_possession(under_way.login, under_way.id);
    co_return co_await judge_signing_key(deciding, under_way, clerk, form);
}

}  // namespace mado::issuer
