#include "service.hpp"

#include <algorithm>

namespace mado::gateway {
namespace {

bool is_addressed_to(const wire::Target& to, const wire::Participant& holder) {
    return to.holder ? *to.holder == holder.id : *to.kind == holder.kind;
}

// The head inside the order is a valid request of the organisation it names: the relay cannot ask
// on its own account, because it has no key of a requester.
std::expected<wire::Head, Code> verify_head(const wire::Order& order,
                                            const wire::Participant& holder,
                                            const wire::Directory& directory) {
    auto head = wire::parse_head(order.head);
    if (!head) return std::unexpected(Code::head_mismatch);
    const auto* requester = directory.find(head->head.issuer);
    if (requester == nullptr) return std::unexpected(Code::head_mismatch);
    const auto* key = requester->signing_key(head->jws.key_id);
    if (key == nullptr || !crypto::verify_jws(head->jws, *key)) {
        return std::unexpected(Code::head_mismatch);
    }
    if (head->head.audience != order.relay || !is_addressed_to(head->head.to, holder)) {
        return std::unexpected(Code::head_mismatch);
    }
    // An order is made while its head lives, not before and not after.
    if (!wire::head_is_fresh(head->head, order.time)) return std::unexpected(Code::head_mismatch);
    return std::move(head->head);
}

bool number_fits(const wire::Delivery& delivery, const wire::Order& order) {
    if (!order.number) return delivery.number.empty();
    return wire::commit_number(delivery.number_salt, as_bytes(delivery.number)) == *order.number;
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
    auto head = verify_head(order, *holder, directory);
    if (!head) return std::unexpected(head.error());
    if (!number_fits(facts.delivery, order)) return std::unexpected(Code::number_mismatch);

    const auto* row = facts.policy.row(order.policy);
    const auto* requester = directory.find(head->issuer);
    if (row == nullptr || !facts.allowed.contains(order.policy.text()) ||
        row->service != head->service || row->requester_kind != requester->kind ||
        row->purpose != head->purpose || row->presence != order.presence ||
        std::ranges::find(row->holder_kinds, holder->kind) == row->holder_kinds.end()) {
        return std::unexpected(Code::not_allowed);
    }
    return VerifiedOrder{.order = std::move(receipt->order),
                         .entry = receipt->entry,
                         .head = std::move(*head),
                         .holder = holder};
}

std::optional<Code> judge_freshness(const VerifiedOrder& order, bool seen_before, UnixTime now) {
    if (seen_before) {
        return now < order.head.expires ? std::nullopt : std::optional(Code::order_replayed);
    }
    const auto distance = now - order.order.time;
    const bool fresh = distance <= wire::clock_skew_s && distance >= -wire::clock_skew_s;
    return fresh ? std::nullopt : std::optional(Code::order_stale);
}

}  // namespace mado::gateway
