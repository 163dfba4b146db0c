#include "confirmation.hpp"

#include <boost/json.hpp>

#include "wire/answer.hpp"
#include "wire/services/existence.hpp"

namespace mado::ca {
namespace {

// It has the person, writes all that it was asked the same, and now.
bool is_same(const json::object& data) {
    const auto* verdict = data.if_contains("verdict");
    const auto* current = data.if_contains("current");
    return verdict != nullptr && *verdict == json::value("same") && current != nullptr &&
           *current == json::value(true);
}

// Nobody confirms that a sex is not known, and nobody else's is meant by it.
std::optional<std::string> known_sex(const std::optional<std::string>& sex) {
    return sex == "unknown" ? std::nullopt : sex;
}

bool confirms(const json::object& data, const Hash& salt, const Order& order) {
    const auto* found = data.if_contains("confirms");
    const auto commitment = wire::commit_confirmed(salt, {.name = order.name,
                                                          .kana = order.kana,
                                                          .birth_date = order.birth_date,
                                                          .sex = known_sex(order.sex),
                                                          .address = order.address});
    return found != nullptr && *found == json::value(base64url(commitment));
}

}  // namespace

std::optional<Refusal> judge_confirmation(const Order& order, const Registers& registers,
                                          UnixTime now) {
    if (!order.confirmed_by || !order.answer || !order.salt) return Refusal::register_missing;
    const auto asked = parse_hash(*order.confirmed_by);
    const auto salt = parse_hash(*order.salt);
    const auto said = wire::parse_answer(*order.answer);
    const auto service = wire::ServiceId::parse("existence");
    if (!asked || !salt || !said || !service) return Refusal::register_invalid;
    const auto* from = registers.directory.find(said->issuer);
    if (from == nullptr || from->kind != registers.kind) return Refusal::register_invalid;
    const auto answer = wire::verify_shown_answer(
        *order.answer, {.from = *from, .order = *asked, .service = *service, .now = now});
    if (!answer || !is_same(*answer->data)) return Refusal::register_invalid;
    if (answer->issued_at < now - confirmation_s_max) return Refusal::register_old;
    if (!confirms(*answer->data, *salt, order)) return Refusal::register_other;
    return std::nullopt;
}

}  // namespace mado::ca
