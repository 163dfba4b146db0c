#include "client/claims.hpp"

#include <boost/json.hpp>

#include "client/own.hpp"

namespace mado::client {
namespace {

constexpr std::size_t claims_max = 10'000;
constexpr std::size_t items_max = 50'000;

const json::object* object_at(const json::value& value) {
    return value.is_object() ? &value.get_object() : nullptr;
}

// The first coding of a CodeableConcept; null when it has none.
const json::object* coding_of(const json::object& code) {
    const auto* codings = code.if_contains("coding");
    if (codings == nullptr || !codings->is_array() || codings->get_array().empty()) return nullptr;
    return object_at(codings->get_array().front());
}

std::optional<std::int64_t> integer_at(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value != nullptr && value->is_int64() ? std::optional(value->get_int64()) : std::nullopt;
}

std::optional<std::int64_t> points_of(const json::object& item) {
    const auto* list = item.if_contains("adjudication");
    if (list == nullptr || !list->is_array() || list->get_array().empty()) return std::nullopt;
    const auto* first = object_at(list->get_array().front());
    return first == nullptr ? std::nullopt : integer_at(*first, "value");
}

Parsed<ClaimItem> read_item(const json::value& value) {
    const auto* item = object_at(value);
    if (item == nullptr) return bad("an item is not an object");
    const auto* product = item->if_contains("productOrService");
    const auto* code = product == nullptr ? nullptr : object_at(*product);
    const auto* coding = code == nullptr ? nullptr : coding_of(*code);
    const auto* net = item->if_contains("net");
    const auto* money = net == nullptr ? nullptr : object_at(*net);
    const auto yen = money == nullptr ? std::nullopt : integer_at(*money, "value");
    if (coding == nullptr || !yen) return bad("an item has no code or no amount");
    const auto* quantity = item->if_contains("quantity");
    const auto* amount = quantity == nullptr ? nullptr : object_at(*quantity);
    return ClaimItem{.code = text_at(*coding, "code"),
                     .name = text_at(*coding, "display"),
                     .points = points_of(*item),
                     .quantity = amount == nullptr ? std::nullopt : integer_at(*amount, "value"),
                     .cost_yen = *yen};
}

Parsed<Claim> read_claim(const json::value& value) {
    const auto* object = object_at(value);
    if (object == nullptr) return bad("a claim is not an object");
    Members in(*object);
    Claim out{.month = in.text("month", 7),
              .kind = in.text("kind", 32),
              .institution = in.text("institution", 1024),
              .cost_yen = in.integer("cost_yen"),
              .points = in.optional_integer("points"),
              .paid_yen = in.optional_integer("paid_yen"),
              .days = in.optional_integer("days"),
              .withheld = in.optional_text("withheld", 32).value_or(""),
              .items = {},
              .explanation = {}};
    const auto& explanation = in.object("explanation");
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    out.explanation = json::serialize(explanation);
    const auto* items = explanation.if_contains("item");
    if (items == nullptr) return out;
    if (!items->is_array() || items->get_array().size() > items_max) {
        return bad("a claim's items are no list");
    }
    for (const auto& one : items->get_array()) {
        auto item = read_item(one);
        if (!item) return std::unexpected(item.error());
        out.items.push_back(std::move(*item));
    }
    return out;
}

}  // namespace

Parsed<Claims> read_claims(const Answered& answered,
                           const std::map<std::string, std::string>& parameters) {
    Members in(*answered.answer.data);
    Claims out{.from = in.text("from", 7),
               .to = in.text("to", 7),
               .arrived_to = in.text("arrived_to", 7),
               .claims = {}};
    for (const auto& value : in.array("claims", claims_max)) {
        auto claim = read_claim(value);
        if (!claim) return std::unexpected(claim.error());
        out.claims.push_back(std::move(*claim));
    }
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (!is_as_asked(parameters, "from", out.from) || !is_as_asked(parameters, "to", out.to)) {
        return bad("the claims are of other months than those asked");
    }
    return out;
}

}  // namespace mado::client
