#include "bundle.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "wire/order.hpp"

namespace mado::cli {
namespace {

std::string uuid_of(const Hash& hash) {
    // A name-based identifier (RFC 9562 version 8): the same entry is the same resource.
    auto bytes = hash;
    bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0F) | 0x80);
    bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3F) | 0x80);
    const auto text = hex(ByteView(bytes).first(16));
    return fmt::format("urn:uuid:{}-{}-{}-{}-{}", text.substr(0, 8), text.substr(8, 4),
                       text.substr(12, 4), text.substr(16, 4), text.substr(20));
}

std::string uuid_of_text(std::string_view text) {
    return uuid_of(wire::order_entry({}, as_bytes(text)));
}

json::object binary(std::string_view content_type, std::string_view content) {
    return {{"resourceType", "Binary"},
            {"contentType", content_type},
            {"data", base64(as_bytes(content))}};
}

void add(json::array& entries, std::string full_url, json::value resource) {
    entries.push_back(
        json::object{{"fullUrl", std::move(full_url)}, {"resource", std::move(resource)}});
}

}  // namespace

void add_resource(json::array& entries, std::string_view resource) {
    add(entries, uuid_of_text(resource), json::parse(resource, {}, {.max_depth = 32}));
}

void add_outcome(json::array& entries, const OutcomeWords& words) {
    json::object coding{{"system", words.system}, {"code", words.code}};
    json::object details{{"coding", json::array{std::move(coding)}}, {"text", words.text}};
    json::object issue{
        {"severity", words.severity}, {"code", "informational"}, {"details", std::move(details)}};
    add(entries, uuid_of_text(words.text),
        json::object{{"resourceType", "OperationOutcome"},
                     {"issue", json::array{std::move(issue)}}});
}

void add_problem(json::array& entries, std::string_view system, const client::Problem& problem) {
    const auto& error = wire::info(problem.code);
    add_outcome(entries, {.severity = "warning",
                          .system = system,
                          .code = error.name,
                          .text = std::string(error.title)});
}

void add_proof(json::array& entries, const client::Answered& answered) {
    const auto entry = wire::order_entry(answered.receipt->salt, answered.receipt->order);
    const auto& jws = answered.answer.signed_form;
    add(entries, uuid_of(entry), binary("application/json", wire::receipt_json(*answered.receipt)));
    add(entries, uuid_of_text(jws), binary("application/jose", jws));
}

std::string bundle_text(const json::array& entries) {
    return json::serialize(json::object{{"resourceType", "Bundle"},
                                        {"type", "collection"},
                                        {"timestamp", to_rfc3339(unix_now())},
                                        {"entry", entries}});
}

}  // namespace mado::cli
