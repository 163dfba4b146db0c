#include "service.hpp"

#include <boost/json.hpp>

#include "crypto/digest.hpp"
#include "wire/sealing.hpp"

namespace mado::gateway {
namespace {

bool is_addressed_to(const wire::Target& to, const wire::Participant& holder) {
    return to.holder ? *to.holder == holder.id : *to.kind == holder.kind;
}

bool payload_fits(std::string_view payload, const wire::Head& head) {
    if (!head.payload_hash) return payload.empty();
    return crypto::sha256(as_bytes(payload)) == *head.payload_hash;
}

// The head inside the order is a valid request of the organisation it names: the relay cannot ask
// on its own account, because it has no key of a requester.
std::expected<wire::Head, Code> verify_head(const wire::Order& order,
                                            const wire::Participant& holder,
                                            const wire::Directory& directory,
                                            std::string_view payload) {
    auto head = wire::parse_head(order.head);
    if (!head) return std::unexpected(Code::head_mismatch);
    if (!wire::head_is_signed(*head, directory)) return std::unexpected(Code::head_mismatch);
    if (head->head.audience != order.relay || !is_addressed_to(head->head.to, holder)) {
        return std::unexpected(Code::head_mismatch);
    }
    // The payload is the one that the requester signed for, and the relay may not claim more than
    // the requester said about a card that was shown.
    if (!payload_fits(payload, head->head) ||
        head->head.card_seen != (order.presence == wire::Presence::card_seen)) {
        return std::unexpected(Code::head_mismatch);
    }
    // An order is made while its head lives, not before and not after.
    if (!wire::head_is_fresh(head->head, order.time, wire::lifetime_s_max(head->head.service))) {
        return std::unexpected(Code::head_mismatch);
    }
    return std::move(head->head);
}

// The number is the one that the order commits to, and this holder's own.
bool number_fits(const wire::Delivery& delivery, const wire::Order& order) {
    if (!order.number) return delivery.number.empty();
    if (wire::commit_number(delivery.number_salt, as_bytes(delivery.number)) != *order.number) {
        return false;
    }
    const auto number = parse_json_object(delivery.number);
    if (!number) return false;
    const auto* holder = number->if_contains("holder");
    return holder != nullptr && holder->is_string() && holder->get_string() == order.holder.text();
}

// Who gives a number and no card must know the birth date; without it there is nothing to compare.
bool birth_date_fits(const wire::Delivery& delivery, wire::Presence presence) {
    switch (presence) {
        case wire::Presence::card_seen:
        case wire::Presence::number:
            return delivery.birth_date.has_value();
        case wire::Presence::card_pin:
        case wire::Presence::none:
            return true;
    }
    return false;
}

}  // namespace

std::expected<VerifiedOrder, Code> verify_order(const OrderFacts& facts) {
    const auto& directory = facts.directory;
    auto receipt = wire::verify_receipt(facts.delivery.receipt, directory);
    if (!receipt) return std::unexpected(Code::receipt_invalid);
    const auto& order = receipt->order;
    if (order.relay != directory.relay().id) return std::unexpected(Code::receipt_invalid);
    const auto* holder = directory.find(order.holder);
    if (holder == nullptr) return std::unexpected(Code::order_for_other);
    auto head = verify_head(order, *holder, directory, facts.delivery.payload);
    if (!head) return std::unexpected(head.error());
    if (!number_fits(facts.delivery, order) || !birth_date_fits(facts.delivery, order.presence)) {
        return std::unexpected(Code::number_mismatch);
    }

    const auto* row = facts.policy.row(order.policy);
    const auto* requester = directory.find(head->issuer);
    if (row == nullptr || !facts.allowed.contains(order.policy.text()) ||
        !row->allows({.service = head->service,
                      .requester_kind = requester->kind,
                      .purpose = head->purpose,
                      .presence = order.presence,
                      .holder_kind = holder->kind,
                      .on = facts.policy.day_of(order.time)}) ||
        order.keep_until != wire::keep_until(*row, order.time)) {
        return std::unexpected(Code::not_allowed);
    }
    // Without a number there is nobody to answer about: only what the row says may be told so.
    const bool told = wire::act_of(head->service) == wire::Act::tell;
    if (!order.number && !(row->unlinked && told)) return std::unexpected(Code::number_mismatch);
    std::optional<UnixTime> sealed_until;
    if (!head->sealing.empty()) {
        if (!row->sealable) return std::unexpected(Code::not_allowed);
        const auto sealing = wire::verify_sealing(head->sealing, {.directory = directory,
                                                                  .requester = head->issuer,
                                                                  .service = head->service,
                                                                  .time = order.time});
        if (!sealing) return std::unexpected(sealing.error());
        if (sealing->until >= order.keep_until) return std::unexpected(Code::sealing_invalid);
        sealed_until = sealing->until;
    }
    return VerifiedOrder{.order = std::move(receipt->order),
                         .entry = receipt->entry,
                         .origin = std::move(receipt->checkpoint.origin),
                         .head = std::move(*head),
                         .holder = holder,
                         .sealed_until = sealed_until};
}

std::optional<Code> judge_freshness(const VerifiedOrder& order, wire::Act act, bool seen_before,
                                    UnixTime now) {
    if (act == wire::Act::tell) {
        const bool alive = now < order.head.expires && now >= order.order.time - wire::clock_skew_s;
        return alive ? std::nullopt : std::optional(Code::order_stale);
    }
    if (seen_before) {
        return now < order.head.expires ? std::nullopt : std::optional(Code::order_replayed);
    }
    const auto distance = now - order.order.time;
    const bool fresh = distance <= wire::clock_skew_s && distance >= -wire::clock_skew_s;
    return fresh ? std::nullopt : std::optional(Code::order_stale);
}

}  // namespace mado::gateway
