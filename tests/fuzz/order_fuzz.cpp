#include "wire/order.hpp"

#include "fuzz.hpp"

namespace mado::fuzz {

bool order(ByteView in) {
    const auto order = wire::parse_order(in);
    if (!order) return false;
    const auto bytes = wire::complete_order(wire::order_without_person(*order), order->person);
    const auto again = wire::parse_order(as_bytes(bytes));
    require(again.has_value(), "an order is read as written");
    require(wire::complete_order(wire::order_without_person(*again), again->person) == bytes,
            "and is written as read");
    return true;
}

}  // namespace mado::fuzz
