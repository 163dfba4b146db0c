#include "answering.hpp"

#include "crypto/digest.hpp"
#include "http/completion.hpp"
#include "wire/answer.hpp"

namespace mado::gateway {
namespace {

wire::DeliveryReply refused(Code code) {
    return {.outcome = wire::Outcome::refused,
            .answer = {},
            .reason = std::string(wire::info(code).name)};
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
    const bool seen_before = parts_.evidence.known(order->entry);
    if (const auto code = judge_freshness(*order, seen_before, now)) co_return refused(*code);
    if (!holder->second.records.offers(order->head.service)) {
        co_return refused(Code::service_unknown);
    }
    auto parameters = wire::read_parameters(*wire::find_contract(order->head.service.text()),
                                            order->head.parameters, parts_.policy.day_of(now));
    if (!parameters) co_return refused(Code::malformed);
    service = order->head.service.text();

    auto reply = look_up(*order, *delivery, std::move(*parameters), holder->second);
    // Kept before the answer leaves. A repeat is answered again and keeps its first row.
    EvidenceRow row{.entry = order->entry,
                    .request = crypto::sha256(as_bytes(order->order.head)),
                    .log_index = delivery->receipt.index,
                    .time = order->order.time,
                    .holder = order->order.holder.text(),
                    .number = delivery->number,
                    .requester = order->head.issuer.text(),
                    .service = service,
                    .outcome = reply.outcome,
                    .receipt = wire::receipt_json(delivery->receipt)};
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

// The holder's rows, made into the service's document, signed by the holder, sealed to the one who
// asked. A database that does not work is an outcome, not a lost connection.
wire::DeliveryReply Answering::look_up(const VerifiedOrder& order, const wire::Delivery& delivery,
                                       wire::ParameterValues parameters, Holder& holder) const {
    wire::ServiceAnswer found;
    try {
        found = holder.records.answer(order.head.service,
                                      {.holder = *order.holder,
                                       .number = wire::number_fields(delivery.number),
                                       .birth_date = delivery.birth_date,
                                       .parameters = std::move(parameters)});
    } catch (const Failure& failure) {
        parts_.log.error("records_failed", {{"holder", std::string_view(order.holder->id.text())},
                                            {"why", std::string_view(failure.what())}});
        return {};
    }
    wire::DeliveryReply reply{.outcome = found.outcome, .answer = {}, .reason = {}};
    if (found.outcome != wire::Outcome::answered) return reply;
    const wire::Answer answer{.issuer = order.order.holder,
                              .audience = order.head.seal_to.thumbprint(),
                              .order = order.entry,
                              .issued_at = unix_now(),
                              .service = order.head.service,
                              .as_of = found.as_of,
                              .data = std::move(found.data)};
    reply.answer = wire::seal_answer(answer, holder.kid, holder.signing_key, order.head.seal_to);
    return reply;
}

}  // namespace mado::gateway
