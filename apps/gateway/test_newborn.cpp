#include "test_newborn.hpp"

#include <boost/json.hpp>

#include "crypto/digest.hpp"
#include "crypto/jwe.hpp"

namespace mado::gateway {

json::object NewbornTest::child(const char* name, int days_ago) const {
    return {{"name", name},    {"kana", "コウロウ アオイ"}, {"birth_date", born(days_ago)},
            {"sex", "female"}, {"address", "A市上山1-2-3"}, {"relation", "二女"}};
}

wire::Delivery NewbornTest::file(const json::object& payload, std::string_view number) {
    const auto& [kid, key] = *directory.find("06990014")->sealing_keys.begin();
    const auto sealed = crypto::encrypt_jwe(as_bytes(json::serialize(payload)), key, kid);
    auto out = make(number, "dependant", "filed", wire::Presence::card_pin, sealed);
    out.payload = sealed;
    return out;
}

wire::Delivery NewbornTest::make(std::string_view number, std::string_view service,
                                 std::string_view row, wire::Presence presence,
                                 std::string_view payload) {
    Forgery forgery = now();
    forgery.number = number;
    forgery.head = [&](wire::Head& head) {
        head.to = {.holder = wire::participant_id("06990014"), .kind = {}, .position = 1};
        head.service = wire::service_id(service);
        head.purpose = wire::code_id("issuing");
        head.parameters.clear();
        if (payload.empty()) return;
        head.payload_hash = crypto::sha256(as_bytes(payload));
        head.expires = head.issued_at + wire::tell_lifetime_s;
    };
    forgery.order = [&](wire::Order& order) {
        order.policy = wire::code_id(row);
        order.presence = presence;
    };
    auto out = country.deliver(forgery);
    out.birth_date = {};
    return out;
}

std::string NewbornTest::data(const wire::Delivery& delivery, std::string_view service) {
    const auto reply = deliver(delivery);
    if (reply.outcome != wire::Outcome::answered) return std::string(to_text(reply.outcome));
    const auto entry = wire::order_entry(delivery.receipt.salt, delivery.receipt.order);
    const auto answer = open(reply, entry, service);
    return answer ? json::serialize(*answer->data) : answer.error().why;
}

json::object NewbornTest::filings() {
    const auto delivery = make(father, "dependants", "filings", wire::Presence::none);
    return wire::valid(parse_json_object(data(delivery, "dependants"), {.depth_max = 31}));
}

json::object NewbornTest::eligibility(std::string_view branch, int days_ago) {
    const auto number =
        wire::replaced(std::string(father), R"("00")", "\"" + std::string(branch) + "\"");
    const auto delivery = asking(number, days_ago);
    return wire::valid(parse_json_object(data(delivery, "eligibility"), {.depth_max = 31}));
}

}  // namespace mado::gateway
