#include <boost/json.hpp>

#include "fuzz.hpp"
#include "wire/order.hpp"

namespace mado::fuzz {

bool receipt(ByteView in) {
    const auto object = parse_json_object(as_text(in));
    if (!object) return false;
    const auto receipt = wire::read_receipt(*object);
    if (!receipt) return false;
    const auto text = wire::receipt_json(*receipt);
    const auto again = wire::read_receipt(*parse_json_object(text));
    require(again.has_value() && wire::receipt_json(*again) == text,
            "a receipt is read as written");
    const auto verified = wire::verify_receipt(*receipt, world().directory);
    require(!verified || verified->entry == wire::order_entry(receipt->salt, receipt->order),
            "what verifies is this order's");
    return verified.has_value();
}

}  // namespace mado::fuzz
