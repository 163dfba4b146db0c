#include "wire/exchange.hpp"

#include <boost/json.hpp>

#include "crypto/jwe.hpp"
#include "wire/head.hpp"
#include "wire/subject.hpp"

namespace mado::wire {
namespace {

json::object receipt_object(const Receipt& receipt) {
    return std::move(json::parse(receipt_json(receipt)).get_object());
}

}  // namespace

std::string request_json(const Request& request) {
    json::object out;
    out["head"] = request.head;
    out["subject"] = base64url(request.subject);
    if (!request.payload.empty()) out["payload"] = request.payload;
    if (request.sealing_salt) out["sealing_salt"] = base64url(*request.sealing_salt);
    return json::serialize(out);
}

Parsed<Request> parse_request(std::string_view body) {
    auto object = parse_json_object(
        body, {.text_bytes_max = request_bytes_max, .depth_max = 2, .values_max = 16});
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    Request out;
    out.head = in.text("head", head_bytes_max);
    out.subject = in.base64url_bytes("subject", subject_bytes_max);
    out.payload = in.optional_text("payload", request_bytes_max).value_or("");
    out.sealing_salt = in.optional_hash("sealing_salt");
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return out;
}

std::string_view to_text(Outcome outcome) {
    switch (outcome) {
        case Outcome::answered:
            return "answered";
        case Outcome::no_match:
            return "no_match";
        case Outcome::several_match:
            return "several_match";
        case Outcome::refused:
            return "refused";
        case Outcome::failed:
            return "failed";
    }
    return "failed";
}

std::optional<Outcome> parse_outcome(std::string_view text) {
    for (const auto outcome : {Outcome::answered, Outcome::no_match, Outcome::several_match,
                               Outcome::refused, Outcome::failed}) {
        if (to_text(outcome) == text) return outcome;
    }
    return std::nullopt;
}

std::string reply_json(const Reply& reply) {
    json::object out;
    out["outcome"] = to_text(Outcome::answered);
    out["answer"] = reply.answer;
    if (reply.receipt) out["receipt"] = receipt_object(*reply.receipt);
    if (reply.subject_salt) out["subject_salt"] = base64url(*reply.subject_salt);
    return json::serialize(out);
}

Parsed<Reply> parse_reply(std::string_view body) {
    auto object = parse_json_object(
        body, {.text_bytes_max = reply_bytes_max, .depth_max = 4, .values_max = 256});
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    Reply out;
    if (in.text("outcome", 20) != to_text(Outcome::answered)) return bad("unknown outcome");
    out.answer = in.text("answer", answer_bytes_max);
    if (const auto* receipt = in.optional_object("receipt")) {
        auto read = read_receipt(*receipt);
        if (!read) return std::unexpected(read.error());
        out.receipt = std::move(*read);
    }
    out.subject_salt = in.optional_hash("subject_salt");
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return out;
}

std::string delivery_json(const Delivery& delivery) {
    json::object out;
    out["receipt"] = receipt_object(delivery.receipt);
    if (!delivery.number.empty()) {
        out["number"] = base64url(as_bytes(delivery.number));
        out["number_salt"] = base64url(delivery.number_salt);
    }
    if (delivery.birth_date) out["birth_date"] = to_text(*delivery.birth_date);
    if (!delivery.payload.empty()) out["payload"] = delivery.payload;
    return json::serialize(out);
}

Parsed<Delivery> parse_delivery(std::string_view body) {
    auto object = parse_json_object(
        body, {.text_bytes_max = delivery_bytes_max, .depth_max = 4, .values_max = 256});
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    Delivery out;
    auto receipt = read_receipt(in.object("receipt"));
    if (in.has("number")) {
        out.number = to_text(ByteView(in.base64url_bytes("number", 1024)));
        out.number_salt = in.hash("number_salt");
    }
    out.birth_date = in.optional_date("birth_date");
    out.payload = in.optional_text("payload", request_bytes_max).value_or("");
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (!receipt) return std::unexpected(receipt.error());
    out.receipt = std::move(*receipt);
    return out;
}

std::string delivery_reply_json(const DeliveryReply& reply) {
    json::object out;
    out["outcome"] = to_text(reply.outcome);
    if (!reply.answer.empty()) out["answer"] = reply.answer;
    if (!reply.reason.empty()) out["reason"] = reply.reason;
    if (!reply.left_out.empty()) out["left_out"] = reply.left_out;
    return json::serialize(out);
}

Parsed<DeliveryReply> parse_delivery_reply(std::string_view body) {
    auto object = parse_json_object(
        body, {.text_bytes_max = reply_bytes_max, .depth_max = 2, .values_max = 16});
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    const auto outcome = parse_outcome(in.text("outcome", 20));
    DeliveryReply out;
    out.answer = in.optional_text("answer", answer_bytes_max).value_or("");
    out.reason = in.optional_text("reason", 40).value_or("");
    out.left_out = in.optional_text("left_out", 200).value_or("");
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (!outcome) return bad("unknown outcome");
    out.outcome = *outcome;
    // Only its form: the relay has no key to read it, and the requester must not get rubbish.
    if (out.outcome == Outcome::answered) {
        if (auto ok = crypto::check_jwe_form(out.answer, {.bytes_max = answer_bytes_max}); !ok) {
            return std::unexpected(ok.error());
        }
    }
    return out;
}

}  // namespace mado::wire
