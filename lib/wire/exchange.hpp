// The bodies that travel around an order: request and reply between requester and relay, delivery
// and its reply between relay and gateway (docs/protocols).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "wire/order.hpp"

namespace mado::wire {

constexpr std::size_t request_bytes_max = 32 * 1024;
constexpr std::size_t answer_bytes_max = 4 * 1024 * 1024;
constexpr std::size_t reply_bytes_max = answer_bytes_max + 64 * 1024;
constexpr std::size_t delivery_bytes_max = 64 * 1024;
constexpr std::string_view upgrade_protocol = "mado-holder/1";

// POST /v1/requests
struct Request {
    std::string head;  // JWS
    Bytes subject;
    std::string payload = {};                         // JWE to the holder; "" when there is none
    std::optional<Hash> sealing_salt = std::nullopt;  // opens the sealing's subject to the relay
};
std::string request_json(const Request& request);
Parsed<Request> parse_request(std::string_view body);

// What became of a forwarded order; readable to the relay and kept with the entry.
enum class Outcome { answered, no_match, several_match, refused, failed };
std::string_view to_text(Outcome outcome);
std::optional<Outcome> parse_outcome(std::string_view text);

// The answer to a request: sealed, with its proof.
struct Reply {
    std::string answer;                // JWE
    std::optional<Receipt> receipt;    // none for questions to the relay itself
    std::optional<Hash> subject_salt;  // opens the order's subject to the requester
};
std::string reply_json(const Reply& reply);
Parsed<Reply> parse_reply(std::string_view body);

// Relay → gateway, on a held connection.
struct Delivery {
    Receipt receipt;
    std::string number;  // exact bytes that the order commits to; "" when the order has none
    Hash number_salt{};
    std::optional<Date> birth_date;
    std::string payload = {};  // JWE to the holder, whose hash is the head's; "" when there is none
};
std::string delivery_json(const Delivery& delivery);
Parsed<Delivery> parse_delivery(std::string_view body);

// Gateway → relay.
struct DeliveryReply {
    Outcome outcome = Outcome::failed;
    std::string answer;  // JWE when answered
    std::string reason;  // an error code's name when refused
    // Of an answer about a number that was sent without the field that people leave out: its value
    // where the holder found the person. "" for none.
    std::string left_out = {};
};
std::string delivery_reply_json(const DeliveryReply& reply);
Parsed<DeliveryReply> parse_delivery_reply(std::string_view body);

}  // namespace mado::wire
