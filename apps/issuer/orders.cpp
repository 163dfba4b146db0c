#include "orders.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "birth_orders.hpp"
#include "crypto/digest.hpp"
#include "crypto/jws.hpp"
#include "crypto/x509.hpp"
#include "happenings.hpp"
#include "numbers.hpp"
#include "wire/answer.hpp"
#include "wire/services/existence.hpp"
#include "wire/subject.hpp"

namespace mado::issuer {
namespace {

std::unexpected<wire::Code> refuse(wire::Code code) {
    return std::unexpected(code);
}

wire::PersonNumber given_number(const Parties& parties, std::string_view scheme,
                                const std::string& number) {
    const auto* found = parties.schemes.find(scheme);
    if (found == nullptr) throw Failure("the country has no numbers of the issuer's");
    auto read = wire::read_number(*found, {{"number", number}});
    if (!read) throw Failure("a number that the issuer drew does not fit its scheme");
    return std::move(*read);
}

Bytes own_subject(const Parties& parties, const std::string& issuing) {
    return to_bytes(wire::own_subject(given_number(parties, issuing_scheme, issuing)));
}

Bytes own_subject(const Parties& parties, const Case& one) {
    return own_subject(parties, one.numbers.issuing);
}

json::object typed_fields(const wire::PersonNumber& number) {
    json::object out;
    for (const auto& [name, value] : number.fields) {
        if (!value.empty()) out[name] = value;
    }
    return out;
}

// The order to one organisation, with what is sealed to it.
struct Draft {
    std::string_view service;
    wire::ParticipantId to;
    wire::Parameters parameters;
    Bytes subject;
    json::object payload;
};

Question sealed(const Parties& parties, Draft draft) {
    const auto* to = parties.directory.find(draft.to);
    if (to == nullptr) return refuse(wire::Code::not_in_directory);
    client::Ask out{.to = {.holder = draft.to, .kind = {}},
                    .service = must(wire::ServiceId::parse(draft.service), "a service"),
                    .purpose = must(wire::CodeId::parse("issuing"), "a purpose"),
                    .parameters = std::move(draft.parameters),
                    .subject = std::move(draft.subject)};
    if (draft.payload.empty()) return out;
    auto payload = client::seal_payload(*to, json::serialize(draft.payload));
    if (!payload) return refuse(payload.error().code);
    out.payload = std::move(*payload);
    return out;
}

// The same however often this claim is asked about, and another one in the next case: registers and
// the authority cannot tell by it that they were asked about one person on two days.
Hash salt_of(const Parties& parties, const Case& one, const Claim& claim) {
    return crypto::hmac_sha256(
        parties.salt_key,
        {as_bytes("confirmed\n"), as_bytes(one.numbers.issuing), as_bytes("\n"),
         as_bytes(std::to_string(one.opened)), as_bytes("\n"), wire::index_material(claim.number)});
}

// As it was or is asked about the claim: what a clerk has agreed to stays known after the answer.
Attributes as_asked(const Case& one, const Claim& claim) {
    return claim.writing.empty() ? *one.person : as_register_writes(*one.person, claim.writing);
}

// ③④: whoever gave the number is asked, and with nothing but that number.
Question confirm(const Parties& parties, const Case& one, const Claim& claim) {
    const auto* scheme = parties.schemes.find(claim.number.scheme);
    const auto giver = scheme == nullptr ? std::string_view() : scheme->giver(claim.number);
    const auto holder = wire::ParticipantId::parse(giver);
    if (!holder) return refuse(wire::Code::not_in_directory);
    const bool decided = claim.finding == Finding::agreed;
    // Nobody has signed it: the relay would not pass it on.
    if (decided && !claim.decision) return refuse(wire::Code::mandate_unknown);
    const auto person = decided ? as_asked(one, claim) : *one.person;
    // The resident register's word.
    const bool only_one = claim.role != Role::resident && one.claims.front().only_one;
    json::object payload{
        {"name", person.name}, {"only_one", only_one ? 1 : 0}, {"decided", decided ? 1 : 0}};
    for (const auto& [name, text] : {std::pair("kana", &person.kana), std::pair("sex", &person.sex),
                                     std::pair("address", &person.address)}) {
        if (!text->empty()) payload[name] = *text;
    }
    if (claim.role == Role::resident) payload["salt"] = base64url(salt_of(parties, one, claim));
    std::vector<std::pair<std::string, std::string>> fields;
    for (const auto& [name, value] : claim.number.fields) {
        if (!value.empty()) fields.emplace_back(name, value);
    }
    wire::Parameters parameters;
    if (decided) {
        parameters.emplace(wire::decision_parameter, base64url(*claim.decision));
    }
    return sealed(parties, {.service = "existence",
                            .to = *holder,
                            .parameters = std::move(parameters),
                            .subject = to_bytes(wire::number_subject(claim.number.scheme, fields,
                                                                     to_text(person.birth_date))),
                            .payload = std::move(payload)});
}

json::object given_json(std::string_view scheme, const std::string& number) {
    return {{"scheme", scheme}, {"fields", {{"number", number}}}};
}

const json::object* object_at(const json::object& in, std::string_view name) {
    const auto* value = in.if_contains(name);
    return value == nullptr ? nullptr : value->if_object();
}

// The number as the register has completed it in its answer, where it was applied with without the
// part that people leave out.
wire::PersonNumber as_confirmed(const Parties& parties, const Claim& claim) {
    const auto* scheme = parties.schemes.find(claim.number.scheme);
    if (scheme == nullptr || !wire::is_incomplete(claim.number, *scheme)) return claim.number;
    const auto jws = crypto::parse_jws(claim.answer);
    const auto answer = jws ? parse_json_object(as_text(jws->payload)) : bad("no answer");
    const auto* data = answer ? object_at(*answer, "data") : nullptr;
    if (data == nullptr) return claim.number;
    return wire::complete_number(claim.number, *scheme, text_at(*data, scheme->left_out))
        .value_or(claim.number);
}

// Of the health-care number alone, which nobody else could confirm.
Question health_care(const Parties& parties, const Case& one, const std::string& number,
                     std::string_view act) {
    return sealed(parties, {.service = "link",
                            .to = parties.directory.relay().id,
                            .parameters = {{"act", std::string(act)}},
                            .subject = own_subject(parties, one),
                            .payload = {{"given", {given_json(health_care_scheme, number)}}}});
}

json::object confirmed_json(const Parties& parties, const Claim& claim) {
    return {{"scheme", claim.number.scheme},
            {"fields", typed_fields(as_confirmed(parties, claim))},
            {"confirmation", {{"answer", claim.answer}, {"index", claim.index}}}};
}

// Of somebody whom the relay knows only the numbers that are new.
Question link(const Parties& parties, const Case& one) {
    json::array numbers;
    for (std::size_t i = 0; i < one.claims.size(); ++i) {
        const auto& claim = one.claims[i];
        if (claim.finding != Finding::same || is_linked(one, claim)) continue;
        if (one.kind == Kind::birth && !is_in_first_link(one, static_cast<int>(i))) continue;
        numbers.push_back(confirmed_json(parties, claim));
    }
    const bool is_first = !info(one.kind).is_known;
    json::object payload{{"numbers", std::move(numbers)}};
    if (is_first) {
        payload["given"] = {given_json(health_care_scheme, one.numbers.health_care),
                            given_json(certificate_scheme, one.numbers.certificate)};
    }
    return sealed(parties, {.service = "link",
                            .to = parties.directory.relay().id,
                            .parameters = {{"act", is_first ? "first" : "start"}},
                            .subject = own_subject(parties, one),
                            .payload = std::move(payload)});
}

// A newborn's number from another insurer; or the one that was declined, which was never theirs.
Question link_one(const Parties& parties, const Case& one, const Claim& claim,
                  std::string_view act) {
    auto number = confirmed_json(parties, claim);
    if (act == "end") number.erase("confirmation");
    return sealed(parties, {.service = "link",
                            .to = parties.directory.relay().id,
                            .parameters = {{"act", std::string(act)}},
                            .subject = own_subject(parties, one),
                            .payload = {{"numbers", json::array{std::move(number)}}}});
}

// By our own number of the parent: days later no signature of theirs is good any more.
Question ask_decision(const Parties& parties, const Case& one, OrderName order) {
    const auto& filing = one.filings.at(static_cast<std::size_t>(order.item));
    const auto to = filing_of(parties, one, filing);
    if (!to) return refuse(to.error());
    const auto& parent = one.parents.at(static_cast<std::size_t>(filing.parent));
    return sealed(parties, {.service = "dependants",
                            .to = to->to,
                            .parameters = {},
                            .subject = own_subject(parties, parent.issuing),
                            .payload = {}});
}

// Whether the register has confirmed it, and not only left it out because it lacks it.
bool is_confirmed(const json::object& answered, std::string_view name) {
    const auto* attributes = object_at(answered, "attributes");
    const auto* one = attributes == nullptr ? nullptr : object_at(*attributes, name);
    return one != nullptr && text_at(*one, "verdict") == "same";
}

// ⑥: a signing certificate says who the person is, as the resident register has confirmed it; its
// answer goes with the order.
Question certify_signing(const Parties& parties, const Case& one) {
    const auto claim = std::ranges::find(one.claims, Role::resident, &Claim::role);
    const bool is_there = claim != one.claims.end() && claim->finding == Finding::same;
    const auto answer = is_there ? wire::parse_answer(claim->answer) : bad("");
    if (!answer) return refuse(wire::Code::link_unconfirmed);
    const auto person = as_asked(one, *claim);
    json::object payload{{"public_key", one.keys.at(Use::signing)},
                         {"name", person.name},
                         {"address", person.address},
                         {"birth_date", to_text(person.birth_date)},
                         {"sex", person.sex},
                         {"answer", claim->answer},
                         {"salt", base64url(salt_of(parties, one, *claim))}};
    // Who is from abroad has none, and not every register knows readings.
    if (is_confirmed(*answer->data, "kana")) payload["kana"] = person.kana;
    return sealed(parties, {.service = "certificate",
                            .to = parties.authority,
                            .parameters = {{"act", "issue-signing"},
                                           {"index", std::to_string(claim->index)},
                                           {"order", base64url(answer->order)}},
                            .subject = own_subject(parties, one),
                            .payload = std::move(payload)});
}

// One for authentication says nothing of the person, and needs no register's word.
Question certify(const Parties& parties, const Case& one, Use use) {
    if (use == Use::signing) return certify_signing(parties, one);
    return sealed(parties, {.service = "certificate",
                            .to = parties.authority,
                            .parameters = {{"act", "issue-authentication"}},
                            .subject = own_subject(parties, one),
                            .payload = {{"public_key", one.keys.at(use)}}});
}

Question activate(const Parties& parties, const Case& one) {
    json::array certificates;
    for (const auto& [use, certificate] : one.certificates)
        certificates.emplace_back(certificate);
    return sealed(parties, {.service = "card",
                            .to = parties.directory.relay().id,
                            .parameters = {{"act", "activate"}},
                            .subject = own_subject(parties, one),
                            .payload = {{"certificates", std::move(certificates)}}});
}

// ⑪: the number to medical insurers alone, never to pension or tax; the others hear of the card.
Question tell(const Parties& parties, const Case& one, const Claim& claim, const Days& days) {
    const auto* scheme = parties.schemes.find(claim.number.scheme);
    Draft draft{.service = {},
                .to = *wire::ParticipantId::parse(scheme->giver(claim.number)),
                .parameters = {},
                .subject = own_subject(parties, one),
                .payload = {}};
    switch (told_of(one, claim)) {
        case Told::nothing:
            throw Failure("somebody is to be told who hears nothing");
        case Told::health_care_number:
            draft.service = "health-care-number";
            draft.payload = {{"health_care_number", one.numbers.health_care},
                             {"valid_from", to_text(days.today)}};
            break;
        case Told::delivery:
            draft.service = "card-delivered";
            draft.payload = {{"delivered_on", to_text(days.delivered_on)}};
            break;
    }
    return sealed(parties, std::move(draft));
}

std::string serial_of(const crypto::Certificate& certificate) {
    return hex(certificate.serial());
}

// That nobody has used, and nobody will.
Question take_back(const Parties& parties, const Case& one, const std::string& certificate) {
    return sealed(parties, {.service = "certificate-status",
                            .to = parties.authority,
                            .parameters = {{"act", "revoke"}},
                            .subject = own_subject(parties, one),
                            .payload = {{"serial", serial_of(read_certificate(certificate))},
                                        {"reason", "ended"}}});
}

Question certificates(const Parties& parties, const Case& one) {
    return sealed(parties, {.service = "certificates",
                            .to = parties.authority,
                            .parameters = {},
                            .subject = own_subject(parties, one),
                            .payload = {}});
}

// The relay's, about the card that there is.
Question card_before(const Parties& parties, const Case& one, const std::vector<int>& places,
                     std::string_view act) {
    json::array certificates;
    for (const auto place : places) {
        const auto& before = one.before.at(static_cast<std::size_t>(place));
        certificates.emplace_back(base64url(read_certificate(before.certificate).thumbprint()));
    }
    return sealed(parties, {.service = "card",
                            .to = parties.directory.relay().id,
                            .parameters = {{"act", std::string(act)}},
                            .subject = own_subject(parties, one),
                            .payload = {{"certificates", std::move(certificates)}}});
}

// As the authority's lists say it (docs/protocols/certificates.md).
std::string_view reason_at_authority(const Case& one) {
    switch (one.kind) {
        case Kind::replacement:
            if (one.reason == "lost") return "lost";
            return one.reason == "compromised" ? "key-compromise" : "superseded";
        case Kind::stop:
            return one.reason;
        case Kind::change:
            return "attributes-changed";
        case Kind::from_abroad:
        case Kind::renewal:
        case Kind::exchange:
            return "superseded";
        case Kind::first:
        case Kind::unlock:
        case Kind::end:
        case Kind::existing:
        case Kind::number:
        case Kind::birth:
            return "ended";
    }
    return "ended";
}

Question status(const Parties& parties, const Case& one, OrderName order, std::string_view act) {
    const auto& before = one.before.at(static_cast<std::size_t>(order.item));
    const auto reason = act == "resume" ? "found" : reason_at_authority(one);
    return sealed(parties, {.service = "certificate-status",
                            .to = parties.authority,
                            .parameters = {{"act", std::string(act)}},
                            .subject = own_subject(parties, one),
                            .payload = {{"serial", serial_of(read_certificate(before.certificate))},
                                        {"reason", reason}}});
}

Question of_card_before(const Parties& parties, const Case& one, OrderName order) {
    const auto places = places_at_relay(one, order);
    switch (order.kind) {
        case OrderKind::stop:
            return card_before(parties, one, places, "suspend");
        case OrderKind::resume_card:
            return card_before(parties, one, places, "resume");
        case OrderKind::revoke_card:
            return card_before(parties, one, places, "revoke");
        case OrderKind::reset:
            return card_before(parties, one, places, "reset");
        case OrderKind::suspend:
            return status(parties, one, order, "suspend");
        case OrderKind::resume:
            return status(parties, one, order, "resume");
        case OrderKind::end_old:
            return status(parties, one, order, "revoke");
        case OrderKind::confirm:
        case OrderKind::link:
        case OrderKind::certify:
        case OrderKind::collect:
        case OrderKind::activate:
        case OrderKind::tell:
        case OrderKind::take_back:
        case OrderKind::trace:
        case OrderKind::drop:
        case OrderKind::end_number:
        case OrderKind::notify:
        case OrderKind::file:
        case OrderKind::ask_decision:
        case OrderKind::start_link:
        case OrderKind::end_link:
            break;
    }
    throw Failure("an order that is not about a card that there is");
}

// ---- what came back ----

bool is_current(const json::object& data) {
    const auto* current = data.if_contains("current");
    return current != nullptr && current->is_bool() && current->get_bool();
}

// Of somebody who is said to be dead or abroad: it has had the person, and has them no more. A
// register that has said so itself has named the person by its own number: how it writes their name
// is nothing to an end.
Happening gone_or_not(const Case& one, OrderName order, const json::object& data) {
    const auto* current = data.if_contains("current");
    const bool gone = current != nullptr && *current == json::value(false);
    const auto& claim = one.claims.at(static_cast<std::size_t>(order.item));
    const bool is_named = one.said && is_linked(one, claim);
    if (gone && (is_named || text_at(data, "verdict") == "same")) return Gone{order.item};
    auto writing = json::serialize(data);
    if (is_named && is_current(data)) {
        return StillHere{.claim = order.item, .writing = std::move(writing)};
    }
    return WritesOtherwise{.claim = order.item, .writing = std::move(writing)};
}

Happening confirmed_or_not(OrderName order, const client::Answered& answered) {
    const auto& data = *answered.answer.data;
    const auto* only_one = data.if_contains("only_one");
    if (text_at(data, "verdict") != "same") {
        return WritesOtherwise{.claim = order.item, .writing = json::serialize(data)};
    }
    // It knows the person, as one that it had: the number is right, and of no use any more.
    if (!is_current(data)) return Gone{order.item};
    return Confirmed{.claim = order.item,
                     .answer = answered.answer.signed_form,
                     .index = answered.receipt->index,
                     .only_one = only_one != nullptr && *only_one == json::value(true)};
}

// The one for the key of this case; why there is none; or none while the authority has not decided:
// an order that came twice has the first one's certificate end.
std::optional<std::expected<Certified, NotIssued>> issued_or_not(Use use, std::string_view key,
                                                                 const json::object& data) {
    const auto rows = [&data](std::string_view name) {
        const auto* value = data.if_contains(name);
        return value != nullptr && value->is_array() ? value->get_array() : json::array();
    };
    const auto act = "issue-" + std::string(to_text(use));
    NotIssued out{.use = use, .code = {}};
    for (const auto& row : rows("orders")) {  // oldest first
        if (!row.is_object() || text_at(row.get_object(), "act") != act) continue;
        if (text_at(row.get_object(), "outcome") == "waiting") return std::nullopt;
        out.code = text_at(row.get_object(), "refusal");
    }
    for (const auto& row : rows("certificates")) {
        if (!row.is_object() || text_at(row.get_object(), "use") != to_text(use)) continue;
        if (text_at(row.get_object(), "status") != "good") continue;
        auto text = text_at(row.get_object(), "certificate");
        const auto der = parse_base64url(text);
        const auto read = der ? crypto::Certificate::from_der(*der) : std::unexpected(der.error());
        if (!read || base64url(read->public_key().spki()) != key) continue;
        return Certified{.use = use, .certificate = std::move(text)};
    }
    return std::unexpected(std::move(out));
}

std::optional<Happening> collected(const Case& one, OrderName order, const json::object& data) {
    const auto use = static_cast<Use>(order.item);
    const auto key = one.keys.find(use);
    const auto issued = issued_or_not(use, key == one.keys.end() ? "" : key->second, data);
    if (!issued) return std::nullopt;
    return *issued ? Happening(**issued) : Happening(issued->error());
}

std::optional<Happening> traced(const Case& one, OrderName order, const json::object& data) {
    const auto& dropped = one.dropped.at(static_cast<std::size_t>(order.item));
    const auto issued = issued_or_not(dropped.use, dropped.key, data);
    if (!issued) return std::nullopt;
    return Traced{.place = order.item, .certificate = *issued ? (*issued)->certificate : ""};
}

// The same once more will do. A holder that failed, and an answer that proves nothing, say of a
// tell not that it was not done (gateway.md, "Tells"): its bytes go out again until their end.
bool is_passing(OrderKind kind, wire::Code code) {
    constexpr std::array says_nothing{wire::Code::holder_failed, wire::Code::internal,
                                      wire::Code::answer_invalid, wire::Code::receipt_invalid};
    if (std::ranges::find(says_nothing, code) != says_nothing.end()) return !is_ask(kind);
    return wire::info(code).status == 503;
}

}  // namespace

crypto::Certificate read_certificate(const std::string& text) {
    const auto der = parse_base64url(text);
    auto certificate = der ? crypto::Certificate::from_der(*der) : std::unexpected(der.error());
    if (!certificate) throw Failure("a certificate of a case cannot be read");
    return std::move(*certificate);
}

Question question_of(const Parties& parties, const Case& one, OrderName order, const Days& days) {
    const auto use = static_cast<Use>(order.item);
    const auto claim = [&]() -> const Claim& {
        return one.claims.at(static_cast<std::size_t>(order.item));
    };
    switch (order.kind) {
        case OrderKind::confirm:
            return confirm(parties, one, claim());
        case OrderKind::link:
            return one.kind == Kind::number
                       ? health_care(parties, one, one.numbers.health_care, "start")
                       : link(parties, one);
        case OrderKind::end_number:
            return health_care(parties, one, one.former, "end");
        case OrderKind::certify:
            return certify(parties, one, use);
        case OrderKind::collect:
        case OrderKind::trace:
            return certificates(parties, one);
        case OrderKind::drop:
            return take_back(parties, one,
                             one.dropped.at(static_cast<std::size_t>(order.item)).certificate);
        case OrderKind::activate:
            return activate(parties, one);
        case OrderKind::tell:
            return tell(parties, one, claim(), days);
        case OrderKind::take_back:
            return take_back(parties, one, one.certificates.at(use));
        case OrderKind::stop:
        case OrderKind::resume_card:
        case OrderKind::revoke_card:
        case OrderKind::reset:
        case OrderKind::suspend:
        case OrderKind::resume:
        case OrderKind::end_old:
            return of_card_before(parties, one, order);
        case OrderKind::notify:
        case OrderKind::file:
            return tell_of_birth(parties, one, order);
        case OrderKind::ask_decision:
            return ask_decision(parties, one, order);
        case OrderKind::start_link:
            return link_one(parties, one, claim(), "start");
        case OrderKind::end_link:
            return link_one(parties, one, claim(), "end");
    }
    throw Failure("an order of a kind that there is not");
}

bool is_ask(OrderKind kind) {
    return kind == OrderKind::confirm || kind == OrderKind::collect || kind == OrderKind::trace ||
           kind == OrderKind::ask_decision;
}

std::optional<Happening> happening_of(const Parties& parties, const Case& one, OrderName order,
                                      const client::Result<client::Answered>& result) {
    const auto refused = [&one, order](wire::Code code) -> Happening {
        // Another card took its place meanwhile: of this one nothing is left to stop or to resume.
        if (code == wire::Code::card_revoked && one.kind == Kind::stop &&
            (order.kind == OrderKind::stop || order.kind == OrderKind::resume_card)) {
            return NotActive{.order = order, .place = order.item};
        }
        return Refused{.order = order, .code = std::string(wire::info(code).name)};
    };
    if (!result) {
        const auto code = result.error().code;
        if (is_passing(order.kind, code)) return std::nullopt;
        if (order.kind == OrderKind::confirm && code == wire::Code::no_match) {
            return NotHere{order.item};
        }
        // It was in no link: nothing is to be ended.
        if (order.kind == OrderKind::end_link && code == wire::Code::no_link) return Done{order};
        return refused(code);
    }
    std::optional<Happening> out;
    if (order.kind == OrderKind::notify || order.kind == OrderKind::file) {
        out = given_by(parties, one, order, *result->answer.data);
    } else if (!is_ask(order.kind)) {
        return Done{order};
    } else if (order.kind == OrderKind::ask_decision) {
        out = decision_in(one, order, *result->answer.data);
    } else if (order.kind == OrderKind::collect) {
        out = collected(one, order, *result->answer.data);
    } else if (order.kind == OrderKind::trace) {
        out = traced(one, order, *result->answer.data);
    } else if (one.kind == Kind::end) {
        out = gone_or_not(one, order, *result->answer.data);
    } else {
        out = confirmed_or_not(order, *result);
    }
    if (out && !is_readable(*out, parties.schemes)) return refused(wire::Code::answer_invalid);
    return out;
}

// What it has shown, and leaves out what differs and it has not: that it is not asked about again.
Attributes as_register_writes(const Attributes& person, std::string_view writing) {
    Attributes out = person;
    const auto data = parse_json_object(writing);
    const auto* attributes = data ? object_at(*data, "attributes") : nullptr;
    if (attributes == nullptr) return out;
    const auto take = [attributes](std::string_view name, std::string& into) {
        const auto* one = object_at(*attributes, name);
        if (one == nullptr || text_at(*one, "verdict") == "same") return;
        into = text_at(*one, "writing");
    };
    take("name", out.name);
    take("kana", out.kana);
    take("sex", out.sex);
    take("address", out.address);
    return out;
}

}  // namespace mado::issuer
