#include <algorithm>
#include <boost/json.hpp>

#include "fuzz.hpp"
#include "issuer/test_issuer.hpp"
#include "issuer/window.hpp"

namespace mado::fuzz {
namespace {

const wire::Schemes& schemes() {
    static const auto one = issuer::test_schemes();
    return one;
}

// One after the other, as a store that was altered might give them.
bool happenings(const json::array& lines) {
    issuer::Case one;
    for (const auto& line : lines) {
        if (!line.is_object()) return false;
        const auto what = issuer::read_happening(line.get_object(), schemes());
        if (!what) return false;
        const auto text = json::serialize(issuer::happening_json(*what));
        const auto again = parse_json_object(text);
        require(again && issuer::read_happening(*again, schemes()) &&
                    json::serialize(
                        issuer::happening_json(*issuer::read_happening(*again, schemes()))) == text,
                "what happened is read as written");
        const auto next = after(one, *what, one.changed + 1);
        if (!next) continue;  // it does not fit, and changes nothing
        const auto twice = after(*next, *what, next->changed + 1);
        require(!twice || todo(*twice).size() <= todo(*next).size() + 1,
                "the same once more makes no more to do");
        one = *next;
        const bool in_hand = info(one.kind).in_hand || one.kind == issuer::Kind::exchange;
        require(!is_to_do(one, issuer::Step::activate) || one.handed_over || in_hand,
                "no card is activated before it is handed over");
        require(!is_to_do(one, issuer::Step::certify) || !one.keys.empty(),
                "nothing is certified without a key");
    }
    return true;
}

}  // namespace

// What happened to a case (an array), or what a page asks of the window.
bool issuing(ByteView in) {
    const auto value = parse_json(as_text(in));
    if (value && value->is_array()) return happenings(value->get_array());
    const auto search = issuer::read_search(as_text(in));
    const auto act = issuer::read_act(as_text(in), schemes());
    require(!search || !act, "a request is one thing");
    return search || act;
}

}  // namespace mado::fuzz
