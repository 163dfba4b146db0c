#include "answering.hpp"

#include <boost/json.hpp>
#include <utility>

#include "crypto/digest.hpp"
#include "crypto/jwe.hpp"
#include "http/completion.hpp"
#include "open_answers.hpp"
#include "wire/answer.hpp"
#include "wire/services/eligibility.hpp"
#include "wire/services/evidence.hpp"

namespace mado::gateway {
namespace {

wire::DeliveryReply refused(Code code) {
    return {.outcome = wire::Outcome::refused,
            .answer = {},
            .reason = std::string(wire::info(code).name)};
}

// What was signed, without the signature: anybody can make a second valid one of an ECDSA
// signature.
Hash request_of(std::string_view head) {
    return crypto::sha256(as_bytes(head.substr(0, head.rfind('.'))));
}

// What is asked in the open, and the payload of a service that takes one; an empty row otherwise.
struct WhatIsAsked {
    wire::ParameterValues parameters;
    wire::Row payload = {};
};
Parsed<wire::Row> open_payload(const wire::Contract& contract, const crypto::PrivateKey& key,
                               std::string_view jwe) {
    if (contract.payload.empty() != jwe.empty())
        return bad("a payload is missing, or one too many");
    if (jwe.empty()) return wire::Row{};
    const auto text = crypto::decrypt_jwe(jwe, key);
    if (!text) return std::unexpected(text.error());
    return wire::read_payload(contract, as_text(*text));
}

Parsed<WhatIsAsked> read_asked(const wire::Contract& contract, const VerifiedOrder& order,
                               const crypto::PrivateKey& key, std::string_view jwe, Date today) {
    auto parameters = wire::read_parameters(contract, order.head.parameters, today);
    if (!parameters) return std::unexpected(parameters.error());
    auto payload = open_payload(contract, key, jwe);
    if (!payload) return std::unexpected(payload.error());
    if (contract.payload_fits != nullptr && !contract.payload_fits(*payload, *parameters, today)) {
        return bad("a payload with values that the service does not take");
    }
    return WhatIsAsked{.parameters = std::move(*parameters), .payload = std::move(*payload)};
}

// What was found, signed by the holder, sealed to the one who asked.
wire::DeliveryReply sealed(const VerifiedOrder& order, const Holder& holder, wire::Act act,
                           wire::ServiceAnswer found) {
    wire::DeliveryReply reply{.outcome = found.outcome, .answer = {}, .reason = {}};
    if (found.outcome != wire::Outcome::answered) return reply;
    wire::Answer answer{.act = act,
                        .issuer = order.order.holder,
                        .audience = order.head.seal_to.thumbprint(),
                        .order = order.entry,
                        .issued_at = unix_now(),
                        .service = order.head.service,
                        .as_of = found.as_of,
                        .data = std::move(found.data)};
    reply.answer =
        wire::seal_answer(std::move(answer), holder.kid, holder.signing_key, order.head.seal_to);
    return reply;
}

// The number as it was sent, with the branch that it was sent without; none: nothing was left out.
std::optional<std::string> with_branch(const Records& records, std::string_view number,
                                       std::string_view branch) {
    if (branch.empty()) return std::nullopt;
    const auto& holder = records.holder().id;
    auto sent = wire::read_number_for_holder(number, records.scheme(), holder);
    if (!sent) return std::nullopt;
    const auto whole = wire::complete_number(std::move(*sent), records.scheme(), branch);
    if (!whole) return std::nullopt;
    return wire::number_for_holder(*whole, records.scheme(), holder);
}

// Nothing leaves that is not kept.
wire::DeliveryReply reply_when(Kept kept, wire::DeliveryReply reply) {
    switch (kept) {
        case Kept::durable:
            return reply;
        case Kept::other_order:
            return refused(Code::order_replayed);
        case Kept::failed:
            return {};
    }
    return {};
}

}  // namespace

Task<http::Response> Answering::run(http::Request request) {
    const auto start = monotonic_us();
    std::string service;
    const auto reply = co_await answer(std::move(request.body), service);
    parts_.latency_s.observe(static_cast<double>(monotonic_us() - start) / 1e6);
    parts_.orders.with({service, std::string(wire::to_text(reply.outcome))}).add();
    if (!reply.reason.empty()) {
        parts_.log.warning("order_refused",
                           {{"request_id", request.request_id}, {"code", reply.reason}});
    }
    http::Response response;
    response.content_type = "application/json";
    response.body = wire::delivery_reply_json(reply);
    co_return response;
}

Task<wire::DeliveryReply> Answering::answer(std::string body, std::string& service) {
    const auto delivery = wire::parse_delivery(body);
    if (!delivery) co_return refused(Code::malformed);
    const auto now = unix_now();
    const auto order = verify_order({.delivery = *delivery,
                                     .directory = parts_.directory,
                                     .policy = parts_.policy,
                                     .allowed = parts_.allowed});
    if (!order) co_return refused(order.error());
    const auto holder = parts_.holders.find(order->order.holder.text());
    if (holder == parts_.holders.end()) co_return refused(Code::order_for_other);
    // Another spelling of the number would find the same person and leave evidence elsewhere.
    if (!delivery->number.empty() &&
        !wire::is_number_for_holder(delivery->number, holder->second.records.scheme(),
                                    order->order.holder)) {
        co_return refused(Code::number_mismatch);
    }
    const auto* contract = wire::find_contract(order->head.service.text());
    if (contract == nullptr || (contract->source == wire::RowSource::database &&
                                !holder->second.records.offers(order->head.service))) {
        co_return refused(Code::service_unknown);
    }
    const bool seen_before = parts_.evidence.known(order->entry);
    if (const auto code = judge_freshness(*order, contract->act, seen_before, now)) {
        co_return refused(*code);
    }
    if (const auto code = parts_.settling.judge(order->origin, contract->needs_witnesses, now)) {
        co_return refused(*code);
    }
    // The order's day, on which the relay judged it, whenever it arrives here.
    const auto today = parts_.policy.day_of(order->order.time);
    auto what = read_asked(*contract, *order, holder->second.sealing_key, delivery->payload, today);
    if (!what) co_return refused(Code::malformed);
    service = order->head.service.text();

    const wire::ServiceQuestion question{.holder = *order->holder,
                                         .number = delivery->number.empty()
                                                       ? wire::NumberFields()
                                                       : wire::number_fields(delivery->number),
                                         .birth_date = delivery->birth_date,
                                         .parameters = std::move(what->parameters),
                                         .payload = std::move(what->payload),
                                         .order_id = base64url(order->entry),
                                         .now = now,
                                         .today = today,
                                         .tables = parts_.tables};
    EvidenceRow row{.entry = order->entry,
                    .request = request_of(order->order.head),
                    .log_index = delivery->receipt.index,
                    .origin = order->origin,
                    .time = order->order.time,
                    .keep_until = order->order.keep_until,
                    .opens = order->sealed_until,
                    .holder = order->order.holder.text(),
                    .number = delivery->number,
                    .requester = order->head.issuer.text(),
                    .service = service,
                    .receipt = wire::receipt_json(delivery->receipt)};
    const Asked asked{.order = *order,
                      .delivery = *delivery,
                      .contract = *contract,
                      .holder = holder->second,
                      .now = now};
    switch (contract->act) {
        case wire::Act::ask:
            co_return co_await answer(asked, question, std::move(row));
        case wire::Act::tell:
            co_return co_await accept(asked, question, std::move(row));
    }
    co_return wire::DeliveryReply{};
}

// Whether those who asked are to hear when this answer holds no longer. Not of what the person
// looks at by a log-in: those pages ask again by themselves. Nor of what the person is not to see
// yet.
bool Answering::is_to_be_revised(const Asked& asked, const wire::ServiceAnswer& found) const {
    const auto& order = asked.order.order;
    if (found.outcome != wire::Outcome::answered || asked.order.sealed_until ||
        asked.contract.service != wire::eligibility_contract().service ||
        !wire::is_provisional(*found.data)) {
        return false;
    }
    const auto& mandate = parts_.policy.row(order.policy)->mandate;
    if (mandate == wire::MandateKind::login || mandate == wire::MandateKind::delegate) return false;
    // This kind of holder may tell.
    return parts_.policy.find(
               {.service = must(wire::ServiceId::parse("answer-changed"), "a service"),
                .requester_kind = asked.order.holder->kind,
                .purpose = must(wire::CodeId::parse("membership"), "a purpose"),
                .presence = wire::Presence::none,
                .holder_kind = parts_.directory.relay().kind,
                .on = parts_.policy.day_of(asked.now)}) != nullptr;
}

// Kept before the answer leaves. A repeat is answered again and keeps its first row.
Task<wire::DeliveryReply> Answering::answer(const Asked& asked,
                                            const wire::ServiceQuestion& question,
                                            EvidenceRow row) const {
    auto found = look_up(asked, question);
    const auto branch = std::exchange(found.branch, {});
    if (is_to_be_revised(asked, found)) {
        row.open = {.question = question_text(question.parameters, question.birth_date),
                    .said = wire::lasting_hash(*found.data)};
    }
    auto reply = sealed(asked.order, asked.holder, asked.contract.act, std::move(found));
    row.outcome = reply.outcome;
    // The person finds what was asked about a family's number among what was asked about theirs.
    if (const auto whose = with_branch(asked.holder.records, asked.delivery.number, branch)) {
        row.number = *whose;
        row.named = true;
        reply.left_out = branch;
    }
    co_return reply_when(co_await keep(std::move(row)), std::move(reply));
}

// Kept before anything is taken in, so that one request is one order here too; then taken in; then
// kept once more with what leaves. Killed between, the repeat does the rest: the holder's statement
// does nothing the second time.
Task<wire::DeliveryReply> Answering::accept(const Asked& asked,
                                            const wire::ServiceQuestion& question,
                                            EvidenceRow row) const {
    if (auto given = parts_.evidence.acceptance(asked.order.entry)) {
        co_return wire::DeliveryReply{
            .outcome = wire::Outcome::answered, .answer = std::move(*given), .reason = {}};
    }
    // Of one whom the holder does not know yet there is no row, unless the payload says whose it
    // is.
    auto found = asked.delivery.number.empty() && !asked.contract.gives_back
                     ? wire::ServiceAnswer{.outcome = wire::Outcome::answered,
                                           .data = json::object(),
                                           .as_of = asked.now}
                     : look_up(asked, question);
    const auto outcome = found.outcome;
    row.outcome = outcome == wire::Outcome::answered ? wire::Outcome::failed : outcome;
    const auto kept = co_await keep(row);
    if (kept != Kept::durable || outcome != wire::Outcome::answered) {
        co_return reply_when(kept, {.outcome = outcome, .answer = {}, .reason = {}});
    }
    if (!take_in(asked, question)) co_return wire::DeliveryReply{};
    if (asked.contract.gives_back) {
        found = look_up(asked, question);
        // It was there a moment ago; what now lacks is not accepted, and the tell goes on waiting.
        if (found.outcome != wire::Outcome::answered || found.data->empty()) {
            report(asked, Failure("the register made nothing of what it took in"));
            co_return wire::DeliveryReply{};
        }
    }
    auto reply = sealed(asked.order, asked.holder, asked.contract.act, std::move(found));
    row.outcome = reply.outcome;
    row.acceptance = reply.answer;
    co_return reply_when(co_await keep(std::move(row)), std::move(reply));
}

Task<Kept> Answering::keep(EvidenceRow row) const {
    auto& evidence = parts_.evidence;
    auto shared_row = std::make_shared<EvidenceRow>(std::move(row));
    co_return co_await http::completed<Kept>(
        [&evidence, shared_row](http::Done<Kept> done) { evidence.keep(*shared_row, done); });
}

// The rows are the gateway's own, by the very number that was sent.
wire::ServiceAnswer Answering::find_evidence(const Asked& asked,
                                             const wire::ServiceQuestion& question) const {
    std::vector<wire::Row> rows;
    const auto after = std::stoull(question.parameters.at("after"));
    for (const auto& kept :
         parts_.evidence.asked_about({.holder = asked.holder.records.holder().id.text(),
                                      .number = asked.delivery.number,
                                      .after = after,
                                      .count = wire::evidence_rows_max + 1,
                                      .now = asked.now})) {
        wire::Row row;
        row.values.emplace("entry", base64url(kept.entry));
        row.values.emplace("index", static_cast<std::int64_t>(kept.log_index));
        row.values.emplace("time", kept.time);
        row.values.emplace("requester", kept.requester);
        row.values.emplace("service", kept.service);
        row.values.emplace("outcome", std::string(wire::to_text(kept.outcome)));
        row.values.emplace("named", std::int64_t{kept.named});
        rows.push_back(std::move(row));
    }
    auto answer = wire::make_answer(asked.contract, question, rows, {});
    if (!answer) throw Failure(std::string("the evidence: ") + answer.error().why);
    return std::move(*answer);
}

wire::ServiceAnswer Answering::find(const Asked& asked,
                                    const wire::ServiceQuestion& question) const {
    switch (asked.contract.source) {
        case wire::RowSource::database:
            return asked.holder.records.answer(asked.order.head.service, question);
        case wire::RowSource::evidence:
            return find_evidence(asked, question);
    }
    return {};
}

// A database that does not work is an outcome, not a lost connection.
wire::ServiceAnswer Answering::look_up(const Asked& asked,
                                       const wire::ServiceQuestion& question) const {
    try {
        return find(asked, question);
    } catch (const Failure& failure) {
        report(asked, failure);
        return {};
    }
}

bool Answering::take_in(const Asked& asked, const wire::ServiceQuestion& question) const {
    const auto& order = asked.order;
    try {
        asked.holder.records.apply(order.head.service, question,
                                   {.id = question.order_id,
                                    .time = order.order.time,
                                    .log_index = asked.delivery.receipt.index,
                                    .requester = order.head.issuer.text()});
        return true;
    } catch (const Failure& failure) {
        report(asked, failure);
        return false;
    }
}

void Answering::report(const Asked& asked, const Failure& failure) const {
    parts_.log.error("records_failed", {{"holder", std::string_view(asked.order.holder->id.text())},
                                        {"why", std::string_view(failure.what())}});
}

}  // namespace mado::gateway
