#include "wire/order.hpp"

#include <boost/json.hpp>

#include "crypto/digest.hpp"

namespace mado::wire {

std::string_view to_text(Presence presence) {
    switch (presence) {
        case Presence::card_pin:
            return "card-pin";
        case Presence::card_seen:
            return "card-seen";
        case Presence::number:
            return "number";
        case Presence::none:
            return "none";
    }
    return "none";
}

std::optional<Presence> parse_presence(std::string_view text) {
    for (const auto presence :
         {Presence::card_pin, Presence::card_seen, Presence::number, Presence::none}) {
        if (to_text(presence) == text) return presence;
    }
    return std::nullopt;
}

std::string order_without_person(const Order& order) {
    json::object out;
    out["id"] = order.id;
    out["time"] = order.time;
    out["relay"] = order.relay.text();
    out["holder"] = order.holder.text();
    out["policy"] = order.policy.text();
    out["presence"] = to_text(order.presence);
    out["keep_until"] = order.keep_until;
    out["head"] = order.head;
    out["subject"] = base64url(order.subject);
    out["number"] = order.number ? json::value(base64url(*order.number)) : json::value(nullptr);
    return without_person(out);
}

std::string without_person(const json::object& members) {
    auto text = json::serialize(members);
    text.pop_back();  // the closing brace: complete_order appends the last member
    return text;
}

std::string complete_order(std::string order_without_person, const Hash& person) {
    order_without_person += R"(,"person":")" + base64url(person) + R"("})";
    return order_without_person;
}

Parsed<Order> parse_order(ByteView bytes) {
    auto object = parse_json_object(as_text(bytes), {.text_bytes_max = order_bytes_max});
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    auto id = in.text("id", 64);
    const auto time = in.integer("time", 0, INT64_MAX / 2);
    auto relay = ParticipantId::parse(in.text("relay", 64));
    auto holder = ParticipantId::parse(in.text("holder", 64));
    auto policy = CodeId::parse(in.text("policy", 64));
    const auto presence = parse_presence(in.text("presence", 20));
    const auto keep_until = in.integer("keep_until", 0, INT64_MAX / 2);
    auto head = in.text("head", order_bytes_max);
    const auto subject = in.hash("subject");
    std::optional<Hash> number;
    if (const auto* value = in.any("number"); value == nullptr) {
        in.refuse("an order has no number");
    } else if (!value->is_null()) {
        number = in.hash("number");
    }
    const auto person = in.hash("person");
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (!relay) return std::unexpected(relay.error());
    if (!holder) return std::unexpected(holder.error());
    if (!policy) return std::unexpected(policy.error());
    if (!presence) return bad("unknown presence");
    return Order{.id = std::move(id),
                 .time = time,
                 .relay = *relay,
                 .holder = *holder,
                 .policy = *policy,
                 .presence = *presence,
                 .keep_until = keep_until,
                 .head = std::move(head),
                 .subject = subject,
                 .number = number,
                 .person = person};
}

Hash commit_subject(const Hash& salt, ByteView subject) {
    return crypto::sha256({as_bytes("mado/subject/1\n"), salt, subject});
}

Hash commit_number(const Hash& salt, ByteView number) {
    return crypto::sha256({as_bytes("mado/number/1\n"), salt, number});
}

Hash commit_person(const Hash& salt, ByteView link_number, std::uint64_t seq) {
    Bytes person = to_bytes(link_number);
    append_u64(person, seq);
    return crypto::sha256({as_bytes("mado/person/1\n"), salt, person});
}

Hash commit_sealed_person(const Hash& salt, ByteView link_number, UnixTime opens) {
    Bytes person = to_bytes(link_number);
    append_u64(person, 0);
    append_u64(person, static_cast<std::uint64_t>(opens));
    return crypto::sha256({as_bytes("mado/person/1\n"), salt, person});
}

Hash log_entry(std::string_view kind, const Hash& salt, ByteView content) {
    return crypto::sha256({as_bytes("mado/"), as_bytes(kind), as_bytes("/1\n"), salt, content});
}

Hash order_entry(const Hash& salt, ByteView order) {
    return log_entry("order", salt, order);
}

std::string receipt_json(const Receipt& receipt) {
    json::object out;
    out["order"] = base64url(receipt.order);
    out["salt"] = base64url(receipt.salt);
    out["index"] = receipt.index;
    out["proof"] = hashes_json(receipt.proof);
    out["checkpoint"] = receipt.checkpoint;
    return json::serialize(out);
}

Parsed<Receipt> read_receipt(const json::object& object) {
    Members in(object);
    Receipt out;
    out.order = in.base64url_bytes("order", order_bytes_max);
    out.salt = in.hash("salt");
    out.index = static_cast<std::uint64_t>(in.integer("index"));
    out.proof = in.hashes("proof", tlog::proof_length_max);
    out.checkpoint = in.text("checkpoint", 16 * 1024);
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return out;
}

Parsed<VerifiedReceipt> verify_receipt(const Receipt& receipt, const Directory& directory) {
    // The origin only chooses which of the directory's keys must have signed.
    const auto origin = receipt.checkpoint.substr(0, receipt.checkpoint.find('\n'));
    const auto* log = directory.log(origin);
    if (log == nullptr) return bad("the checkpoint is of a log that the directory does not name");
    auto checkpoint = tlog::open_checkpoint(receipt.checkpoint, log->key);
    if (!checkpoint) return std::unexpected(checkpoint.error());
    const Hash entry = order_entry(receipt.salt, receipt.order);
    if (!tlog::verify_inclusion(tlog::leaf_hash(entry), receipt.index, checkpoint->size,
                                receipt.proof, checkpoint->root)) {
        return bad("the order is not at this index of the log");
    }
    auto order = parse_order(receipt.order);
    if (!order) return std::unexpected(order.error());
    return VerifiedReceipt{std::move(*order), entry, std::move(*checkpoint)};
}

}  // namespace mado::wire
