#include "exchange.hpp"

#include <boost/json.hpp>
#include <chrono>

#include "crypto/digest.hpp"
#include "ending.hpp"
#include "http/completion.hpp"
#include "itself.hpp"
#include "wire/sealing.hpp"
#include "wire/services/catalogue.hpp"
#include "wire/services/existence.hpp"
#include "wire/to_relay.hpp"

namespace mado::relay {
namespace {

std::unexpected<Refusal> refuse(Code code, std::string_view reason = {}) {
    return std::unexpected(Refusal{code, reason});
}

// What an outcome other than an answer means to the requester.
Refusal refusal_of(const wire::DeliveryReply& reply) {
    switch (reply.outcome) {
        case wire::Outcome::answered:
            return {Code::internal};
        case wire::Outcome::no_match:
            return {Code::no_match};
        case wire::Outcome::several_match:
            return {Code::several_match};
        case wire::Outcome::refused: {
            const auto* why = wire::find_error(reply.reason);
            return {Code::holder_refused, why == nullptr ? std::string_view() : why->name};
        }
        case wire::Outcome::failed:
            return {Code::holder_failed};
    }
    return {Code::internal};
}

// The person's card has signed.
bool is_by_card(const wire::Subject& subject) {
    return std::holds_alternative<wire::MandateSubject>(subject) ||
           std::holds_alternative<wire::ApplicationSubject>(subject);
}

// Of what kind the subject is says how the person took part.
wire::Presence presence_of(const wire::Subject& subject, const wire::Head& head) {
    if (is_by_card(subject)) return wire::Presence::card_pin;
    if (std::holds_alternative<wire::SelfSubject>(subject) ||
        std::holds_alternative<wire::OwnSubject>(subject)) {
        return wire::Presence::none;
    }
    return head.card_seen ? wire::Presence::card_seen : wire::Presence::number;
}

// What a change brings about outside the store, once it is durable.
struct Effects {
    std::vector<Hash> reset = {};            // certificates of cards whose log-ins end
    std::optional<ChangedFor> changed = {};  // told to who asked
};

// Whose PIN an issuer is about to reset: log-ins of theirs end.
std::vector<Hash> cards_reset_by(const Change* change) {
    const auto* told = change == nullptr ? nullptr : std::get_if<CardTold>(&change->told);
    return told != nullptr && told->act == CardAct::reset ? told->certificates
                                                          : std::vector<Hash>{};
}

Effects effects_of(const std::variant<Person, NewSeries, Change>& whose, UnixTime now) {
    const auto* change = std::get_if<Change>(&whose);
    if (change == nullptr) return {};
    return {.reset = cards_reset_by(change), .changed = changed_by(*change, now)};
}

// Its orders may name another order, and then it is looked at whom that one was about.
constexpr std::string_view certifying = "certificate";

// Its orders may name a decision: that a signature has been judged.
constexpr std::string_view deciding = "existence";

// As long as what was asked by number is kept: five years.
constexpr std::int64_t refused_keep_s = 1826 * std::int64_t{86'400};

// Days since 1970: of the country's calendar, so that a closed path opens at midnight there.
std::int64_t day_number(const wire::Policy& policy, UnixTime now) {
    return std::chrono::sys_days{policy.day_of(now)}.time_since_epoch().count();
}

}  // namespace

http::Response to_response(const Refusal& refusal, std::string_view request_id) {
    const auto& error = wire::info(refusal.code);
    auto response = http::problem(error.status, error.name, error.title, request_id);
    if (!refusal.reason.empty()) {
        auto document = boost::json::parse(response.body).as_object();
        document["reason"] = refusal.reason;
        response.body = boost::json::serialize(document);
    }
    if (error.status == 503) response.headers.push_back({"Retry-After", "1"});
    if (refusal.retry_after_s > 0) {
        response.headers.push_back({"Retry-After", std::to_string(refusal.retry_after_s)});
    }
    return response;
}

Task<http::Response> Exchange::run(http::Request request) {
    const auto start = monotonic_us();
    const auto request_id = request.request_id;
    std::string service;  // a label only once a policy row names it: callers cannot invent labels
    auto reply = co_await steps(std::move(request), service);
    shared_.latency_s.observe(static_cast<double>(monotonic_us() - start) / 1e6);
    const auto code = reply ? "ok" : std::string(wire::info(reply.error().code).name);
    shared_.requests.with({service, code}).add();
    if (!reply) co_return to_response(reply.error(), request_id);
    http::Response response;
    response.content_type = "application/json";
    response.body = wire::reply_json(*reply);
    co_return response;
}

Task<Exchange::Step<wire::Reply>> Exchange::steps(http::Request request, std::string& service) {
    // Somebody has seen another history of this log: this one does not grow.
    if (shared_.log_contradicted) co_return refuse(Code::not_ready);
    auto caller = authenticate(request);
    if (!caller) co_return std::unexpected(caller.error());
    auto permit = authorise(*caller);
    if (!permit) co_return std::unexpected(permit.error());
    service = permit->policy->service.text();
    const bool to_relay = caller->head.head.to.holder == shared_.directory.relay().id;
    if (to_relay && wire::act_of(permit->policy->service) == wire::Act::ask) {
        co_return co_await answer_itself(*caller, *permit);
    }

    auto resolved = resolve(*caller, *permit);
    if (!resolved) co_return std::unexpected(resolved.error());
    // In whose list it would open, only the answer says: what is sealed needs the whole number.
    if (permit->sealing && resolved->by.incomplete) {
        co_return refuse(Code::number_malformed, "branch");
    }
    // What is sealed leaves no trace that the person could see, and each try needs an order of the
    // authority.
    if (permit->sealing) resolved->by = {};
    const auto by = resolved->by;

    auto effects = effects_of(resolved->person, caller->now);
    auto recorded = co_await record(*caller, *permit, std::move(*resolved));
    if (!recorded) co_return std::unexpected(recorded.error());

    if (to_relay) {
        if (effects.changed) shared_.event_feeds.tell(*effects.changed, unix_now());
        co_return co_await accept_itself(*caller, std::move(*recorded), std::move(effects.reset));
    }
    auto reply = co_await forward(*caller, *recorded, by);
    if (!reply) co_return std::unexpected(reply.error());
    co_return wire::Reply{.answer = std::move(reply->answer),
                          .receipt = std::move(recorded->receipt),
                          .subject_salt = recorded->subject_salt};
}

// Questions to the relay itself, of the one whose card signed or of an organisation: not logged.
// The mandate is kept all the same: its nonce is spent, and after a restart the log-in goes on.
Task<Exchange::Step<wire::Reply>> Exchange::answer_itself(const Caller& caller,
                                                          const Permit& permit) {
    if (!permit.unstored.empty() && !co_await remember(permit.unstored)) {
        co_return refuse(Code::overloaded);
    }
    auto answer =
        co_await relay::answer_itself(shared_, reader_,
                                      {.head = caller.head.head,
                                       .head_hash = crypto::sha256(as_bytes(caller.request.head)),
                                       .participant = *caller.participant,
                                       .person = permit.person,
                                       .application = permit.application,
                                       .payload = caller.request.payload,
                                       .now = caller.now});
    if (!answer) co_return refuse(answer.error());
    co_return wire::Reply{.answer = std::move(*answer), .receipt = {}, .subject_salt = {}};
}

// What the relay was told is done, together with the order's entry: its acceptance. Log-ins of
// cards that no longer count end, and of those whose PIN is to be reset; also when a repeat finds
// that the first could not do it any more.
Task<Exchange::Step<wire::Reply>> Exchange::accept_itself(const Caller& caller, Recorded recorded,
                                                          std::vector<Hash> reset) {
    std::vector<Hash> stopped;
    for (const auto& certificate : reset) {
        if (const auto card = reader_.card(certificate)) {
            stopped.push_back(card_name(card->authority, card->serial));
        }
    }
    for (const auto& card : reader_.cards(recorded.person)) {
        if (card.status != CardStatus::active) {
            stopped.push_back(card_name(card.authority, card.serial));
        }
    }
    co_await end_mandates_of(shared_, std::move(stopped));
    const auto entry = wire::order_entry(recorded.receipt.salt, recorded.receipt.order);
    co_return wire::Reply{.answer = accept_tell(shared_, caller.head.head, entry, caller.now),
                          .receipt = std::move(recorded.receipt),
                          .subject_salt = recorded.subject_salt};
}

// At first sight only; false when it could not be made durable.
Task<bool> Exchange::remember(const std::vector<LiveMandate>& mandates) {
    auto& writer = shared_.writer;
    const bool durable =
        co_await http::completed<bool>([&writer, &mandates](http::Done<bool> done) {
            if (!writer.remember(mandates, done)) done(false);
        });
    if (durable) shared_.mandates.set_stored(mandates);
    co_return durable;
}

// 1: who asks? The certificate of the connection and the signature of the head must be of one
// organisation of the directory.
Exchange::Step<Exchange::Caller> Exchange::authenticate(const http::Request& request) {
    // Before a byte of the body is looked at.
    if (!request.certificate || !shared_.directory.knows_certificate(*request.certificate)) {
        return refuse(Code::not_in_directory);
    }
    auto body = wire::parse_request(request.body);
    if (!body) return refuse(Code::malformed, body.error().why);
    auto head = wire::parse_head(body->head);
    if (!head) return refuse(Code::malformed, head.error().why);
    const auto now = unix_now();
    const auto caller = relay::authenticate({.directory = shared_.directory,
                                             .certificate = request.certificate,
                                             .head = *head,
                                             .now = now});
    if (!caller) return refuse(caller.error());
    return Caller{std::move(*body), std::move(*head), *caller, now};
}

// 2: is it allowed? Presence follows from the subject; the policy has a row for it or it is denied.
Exchange::Step<Exchange::Permit> Exchange::authorise(const Caller& caller) {
    auto subject = wire::read_subject(caller.request.subject, shared_.schemes);
    if (!subject) return refuse(subject.error());
    const auto& head = caller.head.head;
    const bool by_number = std::holds_alternative<wire::NumberSubject>(*subject);
    if (head.card_seen && !by_number) return refuse(Code::malformed);
    const bool to_relay = head.to.holder == shared_.directory.relay().id;
    if (std::holds_alternative<wire::SelfSubject>(*subject) && !to_relay) {
        return refuse(Code::malformed);
    }
    const auto today = shared_.policy.day_of(caller.now);
    if (!parameters_fit(head, today)) return refuse(Code::malformed, "parameters");
    if (const auto code = judge_payload(caller)) return refuse(*code);
    const auto presence = presence_of(*subject, head);
    const auto* asked = head.to.holder ? shared_.directory.find(*head.to.holder) : nullptr;
    if (head.to.holder && asked == nullptr) {
        return refuse(is_by_card(*subject) ? Code::no_link : Code::no_match);
    }
    const auto* policy = shared_.policy.find({.service = head.service,
                                              .requester_kind = caller.participant->kind,
                                              .purpose = head.purpose,
                                              .presence = presence,
                                              .holder_kind = asked ? asked->kind : *head.to.kind,
                                              .on = today});
    const auto* number = std::get_if<wire::NumberSubject>(&*subject);
    const bool may_use =
        number == nullptr ||
        shared_.schemes.find(number->number.scheme)->may_ask(caller.participant->kind);
    if (policy == nullptr || !may_use) {
        if (number != nullptr) return std::unexpected(note_refused(caller, number->number));
        return refuse(Code::not_allowed);
    }
    const auto sealing = judge_sealing(caller, *policy);
    if (!sealing) return std::unexpected(sealing.error());
    Permit permit{.subject = *subject,
                  .policy = policy,
                  .person = {},
                  .application = {},
                  .unstored = {},
                  .check = {},
                  .sealing = *sealing};
    if (!is_by_card(permit.subject)) return permit;
    return accept_mandates(caller, std::move(permit));
}

// Until midnight in the country.
Refusal Exchange::path_closed(const Caller& caller) const {
    const auto& policy = shared_.policy;
    const auto tomorrow = (day_number(policy, caller.now) + 1) * std::int64_t{86'400};
    return {.code = Code::path_closed,
            .retry_after_s = tomorrow - policy.utc_offset_s() - caller.now};
}

// By whose number somebody asks who may not, they see; nobody was asked anything. The one who asks
// hears the same, and as soon, whosever the number is, and the log grows alike: nothing waits for
// the entry.
Refusal Exchange::note_refused(const Caller& caller, const wire::PersonNumber& number) {
    const auto& head = caller.head.head;
    const auto day = day_number(shared_.policy, caller.now);
    const auto requester = as_bytes(head.issuer.text());
    RefusedTry job{.whose = PersonRow{0},
                   .path = shared_.vault.index(
                       "refused", {requester, wire::index_material(number), row_bytes(day)}),
                   .of_requester = shared_.vault.index("refused-by", {requester, row_bytes(day)}),
                   .day = day,
                   .requester = head.issuer.text(),
                   .service = head.service.text(),
                   .scheme = number.scheme,
                   .keep_until = caller.now + refused_keep_s,
                   .time = caller.now};
    if (reader_.misses(job.of_requester) >= refused_tries_max) return path_closed(caller);
    // Once a day: whoever tries on and on takes no turn of the writer.
    if (reader_.misses(job.path) > 0) return {.code = Code::not_allowed};
    const auto people = reader_.linked(number);
    if (people.size() == 1) {
        job.whose = people.front();
    } else {
        Identifier identifier{.number = number, .holder = {}};
        const auto& scheme = *shared_.schemes.find(number.scheme);
        const auto giver = wire::ParticipantId::parse(scheme.giver(number));
        if (scheme.kind && giver) identifier.holder = *giver;
        job.whose =
            NewSeries{.index = number_index(shared_.vault, number), .identifier = identifier};
    }
    if (!shared_.writer.note_refused(std::move(job), {})) {
        shared_.log.warning("refused_try_dropped");
    }
    return {.code = Code::not_allowed};
}

// When a sealing authority has ordered that the person sees it later: until when.
Exchange::Step<std::optional<wire::Sealing>> Exchange::judge_sealing(
    const Caller& caller, const wire::PolicyRow& policy) const {
    const auto& head = caller.head.head;
    if (head.sealing.empty()) {
        if (caller.request.sealing_salt) return refuse(Code::malformed);
        return std::optional<wire::Sealing>();
    }
    if (!policy.sealable) return refuse(Code::not_allowed);
    const auto sealing = wire::verify_sealing(head.sealing, {.directory = shared_.directory,
                                                             .requester = head.issuer,
                                                             .service = head.service,
                                                             .time = caller.now});
    if (!sealing) return refuse(sealing.error());
    // It opens while there is something to open.
    if (sealing->until >= wire::keep_until(policy, caller.now) || !caller.request.sealing_salt ||
        wire::commit_sealed_subject(*caller.request.sealing_salt, caller.request.subject) !=
            sealing->subject) {
        return refuse(Code::sealing_invalid);
    }
    return std::optional(*sealing);
}

// Only some services take a payload, and then it is the one that was signed, for one holder.
std::optional<Code> Exchange::judge_payload(const Caller& caller) const {
    const auto& head = caller.head.head;
    const bool to_relay = head.to.holder == shared_.directory.relay().id;
    const auto* contract = wire::find_contract(head.service.text());
    const auto* own = wire::find_relay_service(head.service.text());
    const bool wanted = to_relay ? own != nullptr && own->takes_payload
                                 : contract != nullptr && !contract->payload.empty();
    const bool given = head.payload_hash.has_value() && !caller.request.payload.empty();
    if (!wanted) {
        const bool none = !head.payload_hash && caller.request.payload.empty();
        return none ? std::nullopt : std::optional(Code::not_allowed);
    }
    if (!given || !head.to.holder ||
        crypto::sha256(as_bytes(caller.request.payload)) != *head.payload_hash) {
        return Code::malformed;
    }
    return std::nullopt;
}

// What the card has signed and, for one who acts for another, that one's own log-in.
Exchange::Step<Exchange::Permit> Exchange::accept_mandates(const Caller& caller, Permit permit) {
    using wire::MandateKind;
    const auto* application = std::get_if<wire::ApplicationSubject>(&permit.subject);
    const auto* plain = std::get_if<wire::MandateSubject>(&permit.subject);
    const auto& compact = application != nullptr ? application->application : plain->mandate;
    const std::string_view by = plain != nullptr ? std::string_view(plain->by) : "";
    const auto mandate = read_mandate(caller, permit, compact, permit.policy->mandate);
    if (!mandate) return std::unexpected(mandate.error());
    const auto& content = mandate->mandate;
    if ((content.kind == MandateKind::application) != (application != nullptr) ||
        (content.kind == MandateKind::delegate) == by.empty()) {
        return refuse(Code::malformed, "subject");
    }
    if (application != nullptr) {
        if (const auto code = judge_application(content, caller.head.head)) return refuse(*code);
    }
    std::optional<PersonRow> acting;
    if (!by.empty()) {
        const auto login = read_mandate(caller, permit, by, MandateKind::login);
        if (!login) return std::unexpected(login.error());
        if (const auto code = judge_delegate(content, *login)) return refuse(*code);
        const auto delegate = accept(caller, *login, by, permit);
        if (!delegate) return std::unexpected(delegate.error());
        acting = delegate->person;
    }
    const auto accepted = accept(caller, *mandate, compact, permit);
    if (!accepted) return std::unexpected(accepted.error());
    if (acting == accepted->person) return refuse(Code::mandate_for_other);
    permit.person = accepted->person;
    if (application != nullptr) permit.application = accepted->mandate;
    if (content.kind == MandateKind::check) {
        permit.check = {.mandate = accepted->mandate, .expires = content.expires};
    }
    return permit;
}

Exchange::Step<wire::SignedMandate> Exchange::read_mandate(
    const Caller& caller, const Permit& permit, std::string_view compact,
    std::optional<wire::MandateKind> kind) const {
    auto mandate = wire::parse_mandate(compact);
    if (!mandate) return refuse(Code::malformed, mandate.error().why);
    if (const auto code = judge_mandate({.mandate = mandate->mandate,
                                         .caller = *caller.participant,
                                         .kind = kind,
                                         .service = permit.policy->service,
                                         .relay = shared_.directory.relay().id,
                                         .now = caller.now})) {
        return refuse(*code);
    }
    return std::move(*mandate);
}

// Verified at first sight, when it spends its nonce; its card's state and its end before its time
// are looked at for every request.
Exchange::Step<Exchange::Accepted> Exchange::accept(const Caller& caller,
                                                    const wire::SignedMandate& signed_mandate,
                                                    std::string_view compact, Permit& permit) {
    const auto& mandate = signed_mandate.mandate;
    const auto card = reader_.card(*signed_mandate.jws.certificate);
    if (!card) return refuse(Code::card_unknown);
    const Hash hash = crypto::sha256(as_bytes(compact));
    const auto standing = shared_.mandates.standing(hash);
    // The signature before the card's state: who holds no card learns nothing about one.
    if (!standing && (card->use != use_for(mandate.kind) ||
                      !crypto::verify_jws(signed_mandate.jws, card->key))) {
        return refuse(Code::mandate_signature);
    }
    if (const auto code = judge_card(*card, caller.now)) return refuse(*code);
    if (const auto code = shared_.card_lists.judge(card->authority, card->serial, caller.now)) {
        return refuse(*code);
    }
    if (standing && standing->ended) return refuse(Code::mandate_ended);
    const Accepted accepted{.mandate = hash, .person = card->person};
    if (standing && standing->stored) return accepted;
    LiveMandate live{.hash = hash,
                     .expires = mandate.expires,
                     .organisation = mandate.organisation,
                     .stop = mandate.stop};
    // A check is over in two minutes, and asks about its card each time.
    if (mandate.kind != wire::MandateKind::check) {
        live.card = card_name(card->authority, card->serial);
    }
    if (!standing && !shared_.mandates.accept(live, mandate.nonce, caller.now)) {
        return refuse(Code::mandate_nonce);
    }
    permit.unstored.push_back(std::move(live));
    return accepted;
}

// 3: subject → person → the holder and the number that this holder knows.
Exchange::Step<Exchange::Resolved> Exchange::resolve(const Caller& caller, const Permit& permit) {
    const auto& to = caller.head.head.to;
    if (to.holder == shared_.directory.relay().id) {
        return resolve_change(caller, permit);
    }
    auto resolved = [&]() -> Step<Resolved> {
        if (const auto* number = std::get_if<wire::NumberSubject>(&permit.subject)) {
            if (!has_judged(caller)) return refuse(Code::mandate_unknown);
            return resolve_number(caller, *number, permit.policy->tell_at_once);
        }
        if (const auto* own = std::get_if<wire::OwnSubject>(&permit.subject)) {
            return resolve_own(caller, *own);
        }
        auto route = route_linked(to, shared_.directory, reader_.identifiers(*permit.person));
        // An application may be about somebody whom the holder does not know yet.
        if (!route && permit.policy->unlinked && to.holder) route = Route{*to.holder, {}};
        if (!route) return refuse(route.error());
        return Resolved{std::move(*route), reader_.person(*permit.person), {}};
    }();
    if (!resolved) return resolved;
    const auto* holder = shared_.directory.find(resolved->route.holder);
    if (holder == nullptr || !holder->offers(caller.head.head.service)) {
        return refuse(Code::service_unknown);
    }
    // Before anything is logged: who is not there cannot be asked.
    if (!shared_.holders.present(holder->id)) {
        return refuse(Code::unavailable, to_text(Unavailable::absent));
    }
    return resolved;
}

// What an order says that a clerk has decided, somebody's card has signed for this very requester,
// as this relay has seen (`signature`).
bool Exchange::has_judged(const Caller& caller) const {
    const auto& head = caller.head.head;
    const auto named = head.parameters.find(std::string(wire::decision_parameter));
    if (head.service.text() != deciding || named == head.parameters.end()) return true;
    const auto decision = parse_hash(named->second);
    return decision && reader_.judged(judged_index(shared_.vault, head.issuer.text(), *decision));
}

// By number every miss is the same: whether the number is unknown, not that insurer's, or the birth
// date is another, the one who asks learns nothing.
Exchange::Step<Exchange::Resolved> Exchange::resolve_number(const Caller& caller,
                                                            const wire::NumberSubject& subject,
                                                            bool at_once) {
    const auto& number = subject.number;
    const auto& scheme = *shared_.schemes.find(number.scheme);
    const auto people = reader_.linked(number);
    if (people.size() > 1) return refuse(Code::several_match);
    auto path = miss_path(caller, number, people);
    if (reader_.misses(path) >= misses_max) return std::unexpected(path_closed(caller));

    const auto& to = caller.head.head.to;
    const auto identifiers = [&] {
        return people.empty() ? std::vector<Identifier>{} : reader_.identifiers(people.front());
    };
    auto route = scheme.kind ? route_own_number(to, shared_.directory, scheme, number)
                             : route_given_number(to, shared_.directory, number, identifiers());
    if (!route) return refuse(Code::no_match);
    const bool incomplete = wire::is_incomplete(number, scheme);
    ByNumber by{.miss_path = std::move(path),
                .incomplete = incomplete ? std::optional(number) : std::nullopt,
                .at_once = at_once};
    if (!people.empty()) {
        return Resolved{std::move(*route), reader_.person(people.front()), std::move(by)};
    }
    NewSeries series{.index = number_index(shared_.vault, number),
                     .identifier = *route->identifier};
    return Resolved{std::move(*route), std::move(series), std::move(by)};
}

// By the number that the asking organisation itself gave the person: it knows whom it means, and
// hears when nobody is linked to it.
Exchange::Step<Exchange::Resolved> Exchange::resolve_own(const Caller& caller,
                                                         const wire::OwnSubject& own) {
    const auto& scheme = *shared_.schemes.find(own.number.scheme);
    if (scheme.giver(own.number) != caller.participant->id.text()) {
        return refuse(Code::not_allowed);
    }
    const auto people = reader_.linked(own.number);
    if (people.empty()) return refuse(Code::no_link);
    if (people.size() > 1) return refuse(Code::several_match);
    const auto numbers = reader_.identifiers(people.front());
    const auto& head = caller.head.head;
    if (const auto named = read_named(head.parameters);
        named && head.service.text() == certifying) {
        const auto code = judge_named(*named, {.schemes = shared_.schemes,
                                               .caller = *caller.participant,
                                               .numbers = numbers,
                                               .issued_at = head.issued_at,
                                               .asked = reader_.order_at(named->log_index)});
        if (code) return refuse(*code);
    }
    auto route = route_linked(head.to, shared_.directory, numbers);
    if (!route) return refuse(route.error());
    return Resolved{std::move(*route), reader_.person(people.front()), {}};
}

// What the relay is told itself: the log writer makes the change, and says whom it is about.
Exchange::Step<Exchange::Resolved> Exchange::resolve_change(const Caller& caller,
                                                            const Permit& permit) {
    const auto* own = std::get_if<wire::OwnSubject>(&permit.subject);
    if (own == nullptr) return refuse(Code::not_allowed);
    auto change = read_change(shared_, reader_,
                              {.head = caller.head.head,
                               .participant = *caller.participant,
                               .own = own->number,
                               .payload = caller.request.payload});
    if (!change) return std::unexpected(change.error());
    return Resolved{Route{shared_.directory.relay().id, {}}, std::move(*change), {}};
}

// What three misses close for the day: this requester and this person, however the number is
// written; where nobody is linked, this requester and this number.
Bytes Exchange::miss_path(const Caller& caller, const wire::PersonNumber& number,
                          const std::vector<PersonRow>& people) const {
    const auto requester = as_bytes(caller.participant->id.text());
    const auto day = row_bytes(day_number(shared_.policy, caller.now));
    if (people.empty()) {
        return shared_.vault.index("miss", {requester, wire::index_material(number), day});
    }
    return shared_.vault.index("miss-person", {requester, row_bytes(people.front()), day});
}

Notice Exchange::notice_of(const Caller& caller, const Permit& permit) const {
    const auto& head = caller.head.head;
    const auto day = shared_.policy.day_of(caller.now);
    return {.own_view = permit.policy->mandate == wire::MandateKind::login,
            .at_once = permit.policy->tell_at_once,
            .requester = head.issuer.text(),
            .requester_kind = caller.participant->kind.text(),
            .service = head.service.text(),
            .purpose = head.purpose.text(),
            .month = month_of(day)};
}

LiveName Exchange::request_name(const Caller& caller) const {
    const auto& head = caller.head.head;
    return {.name = name_of(
                shared_.vault.index("request", {as_bytes(head.issuer.text()), as_bytes(head.jti)})),
            .expires = head.expires};
}

// A check serves one order for each holder and service.
std::optional<LiveName> Exchange::use_of_check(const Permit& permit, const wire::Head& head,
                                               const wire::ParticipantId& holder) const {
    if (!permit.check) return std::nullopt;
    return LiveName{.name = name_of(shared_.vault.index(
                        "mandate-use", {permit.check->mandate, as_bytes(holder.text()),
                                        as_bytes(head.service.text())})),
                    .expires = permit.check->expires};
}

// A sealing serves one order.
std::optional<LiveName> Exchange::use_of_sealing(const Permit& permit) const {
    const auto& sealing = permit.sealing;
    if (!sealing) return std::nullopt;
    return LiveName{.name = name_of(shared_.vault.index(
                        "sealing-use", {as_bytes(sealing->issuer.text()), as_bytes(sealing->jti)})),
                    .expires = sealing->expires};
}

// 4: the order into the log, durable, before anybody is asked.
Task<Exchange::Step<Recorded>> Exchange::record(const Caller& caller, const Permit& permit,
                                                Resolved resolved) {
    const auto& head = caller.head.head;
    const auto& holder = resolved.route.holder;
    auto record = new_record("order");
    record.holder = holder.text();
    record.subject = to_text(ByteView(caller.request.subject));
    record.subject_salt = crypto::random_hash();
    record.number_salt = crypto::random_hash();
    if (const auto& identifier = resolved.route.identifier) {
        const auto& scheme = *shared_.schemes.find(identifier->number.scheme);
        record.number = wire::number_for_holder(identifier->number, scheme, holder);
    }
    if (const auto* number = std::get_if<wire::NumberSubject>(&permit.subject)) {
        record.birth_date = number->birth_date;
    }
    const auto* change = std::get_if<Change>(&resolved.person);
    if (change != nullptr && !change->payload_key.empty()) {
        record.told = caller.request.payload;
        record.told_key = change->payload_key;
    }
    const wire::Order order{
        .id = base64url(crypto::random_bytes(16)),
        .time = caller.now,
        .relay = shared_.directory.relay().id,
        .holder = holder,
        .policy = permit.policy->id,
        .presence = permit.policy->presence,
        .keep_until = wire::keep_until(*permit.policy, caller.now),
        .head = caller.request.head,
        .subject = wire::commit_subject(record.subject_salt, caller.request.subject),
        .number = record.number.empty() ? std::nullopt
                                        : std::optional(wire::commit_number(
                                              record.number_salt, as_bytes(record.number))),
        .person = {}};

    RecordOrder job{.order_without_person = wire::order_without_person(order),
                    .record = std::move(record),
                    .person = std::move(resolved.person),
                    .keep_until = order.keep_until,
                    .request = request_name(caller),
                    .mandates = permit.unstored,
                    .check = use_of_check(permit, head, holder),
                    .sealing = use_of_sealing(permit),
                    .opens = permit.sealing ? std::optional(permit.sealing->until) : std::nullopt,
                    .miss_path = std::move(resolved.by.miss_path),
                    .notice = notice_of(caller, permit),
                    .time = order.time};
    auto& writer = shared_.writer;
    auto shared_job = std::make_shared<RecordOrder>(std::move(job));
    auto result = co_await http::completed<RecordResult>(
        [&writer, shared_job](http::Done<RecordResult> done) {
            if (!writer.record(std::move(*shared_job), done)) {
                done(std::unexpected(Code::overloaded));
            }
        });
    if (!result && result.error() == Code::path_closed) {
        co_return std::unexpected(path_closed(caller));
    }
    if (!result) co_return refuse(result.error());
    if (!permit.unstored.empty()) shared_.mandates.set_stored(permit.unstored);
    co_return std::move(*result);
}

// 5: to the holder and back, unread.
Task<Exchange::Step<wire::DeliveryReply>> Exchange::forward(const Caller& caller,
                                                            const Recorded& recorded, ByNumber by) {
    auto body = wire::delivery_json({.receipt = recorded.receipt,
                                     .number = recorded.number,
                                     .number_salt = recorded.number_salt,
                                     .birth_date = recorded.birth_date,
                                     .payload = caller.request.payload});
    auto reply =
        co_await shared_.holders.deliver(io_, recorded.holder, std::move(body), forward_timeout);
    if (!reply) {
        // State: logged and perhaps delivered. The entry stands; a repeat brings the same order.
        co_return refuse(Code::unavailable, to_text(reply.error()));
    }
    // A miss that could not be counted is not told: it would be a try for nothing.
    if (!co_await note_outcome(caller, recorded, *reply, by)) {
        co_return refuse(Code::overloaded);
    }
    if (reply->outcome != wire::Outcome::answered) {
        co_return std::unexpected(refusal_of(*reply));
    }
    co_return std::move(*reply);
}

// Whose it is that an answer was about, when the number alone did not say it: the holder's word.
std::optional<NewSeries> Exchange::named_by(const wire::DeliveryReply& reply,
                                            const ByNumber& by) const {
    const bool answered = reply.outcome == wire::Outcome::answered && !reply.left_out.empty();
    if (!answered || !by.incomplete) return std::nullopt;
    const auto& scheme = *shared_.schemes.find(by.incomplete->scheme);
    auto whole = wire::complete_number(*by.incomplete, scheme, reply.left_out);
    if (!whole) return std::nullopt;
    NewSeries out{.index = number_index(shared_.vault, *whole), .identifier = {}};
    out.identifier.holder = wire::ParticipantId::parse(scheme.giver(*whole)).value();
    out.identifier.number = std::move(*whole);
    return out;
}

// An answer is not kept waiting for its outcome to be durable; a miss is, because it is counted,
// and one that the holder has named the person of: else they would not see it.
Task<bool> Exchange::note_outcome(const Caller& caller, const Recorded& recorded,
                                  const wire::DeliveryReply& reply, const ByNumber& by) {
    SetOutcome job{.log_index = recorded.log_index,
                   .outcome = reply.outcome,
                   .miss_path = by.miss_path,
                   .day = day_number(shared_.policy, caller.now),
                   .requester = caller.participant->id.text(),
                   .named = named_by(reply, by),
                   .rings = by.at_once,
                   .time = caller.now};
    if (!job.named && (!by.miss_path || !counts_as_miss(reply.outcome))) {
        if (!shared_.writer.set_outcome(std::move(job), {})) {
            shared_.log.warning("outcome_dropped");
        }
        co_return true;
    }
    auto& writer = shared_.writer;
    auto shared_job = std::make_shared<SetOutcome>(std::move(job));
    co_return co_await http::completed<bool>([&writer, shared_job](http::Done<bool> done) {
        if (!writer.set_outcome(std::move(*shared_job), done)) done(false);
    });
}

}  // namespace mado::relay
