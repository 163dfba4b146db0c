#include "wire/exchange.hpp"

#include "fuzz.hpp"

namespace mado::fuzz {
namespace {

// What was read is written, and that is read and written as the same.
template <class Parse, class Write>
bool same_again(ByteView in, Parse parse, Write write) {
    const auto first = parse(as_text(in));
    if (!first) return false;
    const auto text = write(*first);
    const auto second = parse(text);
    require(second.has_value(), "a body is read as written");
    require(write(*second) == text, "and is written as read");
    return true;
}

}  // namespace

// The bodies around an order; no text is more than one of them.
bool exchange(ByteView in) {
    const int accepted = same_again(in, wire::parse_request, wire::request_json) +
                         same_again(in, wire::parse_reply, wire::reply_json) +
                         same_again(in, wire::parse_delivery, wire::delivery_json) +
                         same_again(in, wire::parse_delivery_reply, wire::delivery_reply_json);
    require(accepted <= 1, "a body says which one it is");
    return accepted == 1;
}

}  // namespace mado::fuzz
