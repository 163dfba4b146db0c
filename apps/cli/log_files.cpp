#include "log_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <optional>

#include "base/printable.hpp"
#include "office.hpp"
#include "wire/services/existence.hpp"

namespace mado::cli {
namespace {

constexpr JsonLimits limits{
    .text_bytes_max = log_file_bytes_max, .depth_max = 32, .values_max = 200'000};
constexpr std::string_view entry_start = "mado/";
constexpr std::string_view entry_version = "/1\n";

Parsed<wire::Receipt> parse_receipt(std::string_view text) {
    const auto object = parse_json_object(text, limits);
    if (!object) return std::unexpected(object.error());
    return wire::read_receipt(*object);
}

// Of a Bundle of `check --json` only its receipts are read: Binaries of JSON.
Parsed<Receipts> receipts_of(const json::object& bundle) {
    Receipts out;
    const auto* entries = bundle.if_contains("entry");
    if (entries == nullptr || !entries->is_array()) return bad("a Bundle has no entries");
    for (const auto& entry : entries->get_array()) {
        const auto* resource =
            entry.is_object() ? entry.get_object().if_contains("resource") : nullptr;
        if (resource == nullptr || !resource->is_object()) return bad("a Bundle has no resource");
        const auto& object = resource->get_object();
        if (text_at(object, "resourceType") != "Binary") continue;
        if (text_at(object, "contentType") != "application/json") continue;
        const auto data = parse_base64(text_at(object, "data"));
        if (!data) return std::unexpected(data.error());
        auto receipt = parse_receipt(as_text(*data));
        if (!receipt) return std::unexpected(receipt.error());
        out.push_back(std::move(*receipt));
    }
    if (out.empty()) return bad("a Bundle has no receipts");
    return out;
}

std::string who(const wire::Directory& directory, const std::string& id) {
    const auto name = name_of(directory, id);
    return directory.find(id) == nullptr ? name : fmt::format("{} ({})", name, id);
}

Parsed<std::string> words_of_order(ByteView content, const wire::Directory& directory) {
    const auto order = wire::parse_order(content);
    if (!order) return std::unexpected(order.error());
    const auto head = wire::parse_head(order->head);
    if (!head) return std::unexpected(head.error());
    const auto* decision = decision_of(head->head);
    return fmt::format(
        "  照会者 requester  {}  {}\n  回答者 holder     {}\n  照会 service      {}, {}, {}\n"
        "  時刻 time         {}\n{}",
        who(directory, head->head.issuer.text()),
        wire::head_is_signed(*head, directory) ? "署名あり signed by it"
                                               : "署名を確認できない its signature does not verify",
        who(directory, order->holder.text()), head->head.service.text(), head->head.purpose.text(),
        wire::to_text(order->presence), to_rfc3339(order->time),
        decision == nullptr ? "" : fmt::format("  決定 decision     {}\n", printable(*decision)));
}

Parsed<std::string> words_of_refused(ByteView content, const wire::Directory& directory) {
    const auto object = parse_json_object(as_text(content));
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    const auto time = in.integer("time");
    const auto requester = in.text("requester", 64);
    in.hash("person");
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return fmt::format(
        "  照会者 requester  {}\n  番号での照会をその日は停止 closed for the day after three "
        "misses\n"
        "  時刻 time         {}\n",
        who(directory, requester), to_rfc3339(time));
}

}  // namespace

Parsed<LogFile> parse_log_file(std::string_view text) {
    if (text.starts_with("c2sp.org/tlog-proof@")) {
        auto proof = tlog::parse_log_proof(text);
        if (!proof) return std::unexpected(proof.error());
        return std::move(*proof);
    }
    const auto object = parse_json_object(text, limits);
    if (!object) return bad("neither a tlog-proof nor a JSON object");
    if (object->contains("form")) {
        auto contradiction = tlog::parse_contradiction(text);
        if (!contradiction) return std::unexpected(contradiction.error());
        return std::move(*contradiction);
    }
    if (text_at(*object, "resourceType") == "Bundle") {
        auto receipts = receipts_of(*object);
        if (!receipts) return std::unexpected(receipts.error());
        return std::move(*receipts);
    }
    if (object->contains("mandate")) {
        auto document = wire::parse_signed_document(text);
        if (!document) return std::unexpected(document.error());
        return std::move(*document);
    }
    auto receipt = wire::read_receipt(*object);
    if (!receipt) return std::unexpected(receipt.error());
    Receipts out;
    out.push_back(std::move(*receipt));
    return out;
}

Bytes opened_entry(std::string_view kind, const Hash& salt, ByteView content) {
    auto out = to_bytes(fmt::format("{}{}{}", entry_start, kind, entry_version));
    append(out, salt);
    append(out, content);
    return out;
}

const std::string* decision_of(const wire::Head& head) {
    const auto found = head.parameters.find(std::string(wire::decision_parameter));
    const bool is_one = head.service.text() == "existence" && found != head.parameters.end();
    return is_one ? &found->second : nullptr;
}

Parsed<std::string> words_of_entry(ByteView opened, const wire::Directory& directory) {
    const auto starts_as = [&opened](std::string_view kind) {
        return as_text(opened).starts_with(fmt::format("{}{}{}", entry_start, kind, entry_version));
    };
    const auto content_of = [&opened](std::string_view kind) {
        const auto start = entry_start.size() + kind.size() + entry_version.size() + sizeof(Hash);
        return opened.subspan(std::min(start, opened.size()));
    };
    if (starts_as("order")) return words_of_order(content_of("order"), directory);
    if (starts_as("refused")) return words_of_refused(content_of("refused"), directory);
    return bad("what it opens to is no order");
}

}  // namespace mado::cli
