#include "answering.hpp"

#include "crypto/digest.hpp"
#include "http/completion.hpp"
#include "wire/answer.hpp"
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
    const bool seen_before = parts_.evidence.known(order->entry);
    if (const auto code = judge_freshness(*order, seen_before, now)) co_return refused(*code);
    const auto* contract = wire::find_contract(order->head.service.text());
    if (contract == nullptr || (contract->source == wire::RowSource::database &&
                                !holder->second.records.offers(order->head.service))) {
        co_return refused(Code::service_unknown);
    }
    if (const auto code = parts_.settling.judge(order->origin, contract->needs_witnesses, now)) {
        co_return refused(*code);
    }
    // The order's day, on which the relay judged it, whenever it arrives here.
    auto parameters = wire::read_parameters(*contract, order->head.parameters,
                                            parts_.policy.day_of(order->order.time));
    if (!parameters) co_return refused(Code::malformed);
    service = order->head.service.text();

    auto reply = look_up({.order = *order,
                          .delivery = *delivery,
                          .contract = *contract,
                          .holder = holder->second,
                          .now = now},
                         std::move(*parameters));
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
                    .outcome = reply.outcome,
                    .receipt = wire::receipt_json(delivery->receipt)};
    co_return co_await keep(std::move(row), std::move(reply));
}

// Kept before the answer leaves. A repeat is answered again and keeps its first row.
Task<wire::DeliveryReply> Answering::keep(EvidenceRow row, wire::DeliveryReply reply) {
    auto& evidence = parts_.evidence;
    auto shared_row = std::make_shared<EvidenceRow>(std::move(row));
    const auto kept = co_await http::completed<Kept>(
        [&evidence, shared_row](http::Done<Kept> done) { evidence.keep(*shared_row, done); });
    switch (kept) {
        case Kept::durable:
            co_return reply;
        case Kept::other_order:
            co_return refused(Code::order_replayed);
        case Kept::failed:
            co_return wire::DeliveryReply{};
    }
    co_return wire::DeliveryReply{};
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
        rows.push_back(std::move(row));
    }
    auto answer = wire::make_answer(asked.contract, question, rows, {});
    if (!answer) throw Failure(std::string("the evidence: ") + answer.error().why);
    return std::move(*answer);
}

wire::ServiceAnswer Answering::find(const Asked& asked, wire::ParameterValues parameters) const {
    const wire::ServiceQuestion question{.holder = *asked.order.holder,
                                         .number = wire::number_fields(asked.delivery.number),
                                         .birth_date = asked.delivery.birth_date,
                                         .parameters = std::move(parameters),
                                         .now = asked.now,
                                         .today = parts_.policy.day_of(asked.order.order.time)};
    switch (asked.contract.source) {
        case wire::RowSource::database:
            return asked.holder.records.answer(asked.order.head.service, question);
        case wire::RowSource::evidence:
            return find_evidence(asked, question);
    }
    return {};
}

// What was found, signed by the holder, sealed to the one who asked. A database that does not work
// is an outcome, not a lost connection.
wire::DeliveryReply Answering::look_up(const Asked& asked, wire::ParameterValues parameters) const {
    const auto& order = asked.order;
    wire::ServiceAnswer found;
    try {
        found = find(asked, std::move(parameters));
    } catch (const Failure& failure) {
        parts_.log.error("records_failed", {{"holder", std::string_view(order.holder->id.text())},
                                            {"why", std::string_view(failure.what())}});
        return {};
    }
    wire::DeliveryReply reply{.outcome = found.outcome, .answer = {}, .reason = {}};
    if (found.outcome != wire::Outcome::answered) return reply;
    const auto& holder = asked.holder;
    wire::Answer answer{.issuer = order.order.holder,
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

}  // namespace mado::gateway
