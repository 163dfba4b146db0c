#include "client/pension.hpp"

#include <boost/json.hpp>

namespace mado::client {
namespace {

constexpr std::size_t list_max = 2'000;
constexpr std::size_t month_bytes = 7;
constexpr std::int64_t yen_max = 1'000'000'000;
constexpr std::int64_t age_max = 120;

// Reads each object of a list; what is wrong with one is remembered by `in`.
template <class Read>
auto list_of(Members& in, std::string_view name, Read read) {
    std::vector<decltype(read(in))> out;
    for (const auto& value : in.array(name, list_max)) {
        if (!value.is_object()) {
            in.refuse("an element is not an object");
            break;
        }
        Members one(value.get_object());
        out.push_back(read(one));
        if (const auto ok = one.finish(); !ok) in.refuse(ok.error().why);
    }
    return out;
}

// A member that may be null: null when it is.
const json::value* unless_null(Members& in, std::string_view name) {
    const auto* value = in.any(name);
    if (value == nullptr) in.refuse("a member is missing");
    return value == nullptr || value->is_null() ? nullptr : value;
}

std::string month_or_null(Members& in, std::string_view name) {
    const auto* value = unless_null(in, name);
    if (value == nullptr) return "";
    const bool fits = value->is_string() && value->get_string().size() == month_bytes;
    if (!fits) in.refuse("a month is not YYYY-MM");
    return fits ? std::string(value->get_string()) : "";
}

std::optional<std::int64_t> age_or_null(Members& in, std::string_view name) {
    const auto* value = unless_null(in, name);
    if (value == nullptr) return std::nullopt;
    const bool fits = value->is_int64() && value->get_int64() >= 0 && value->get_int64() <= age_max;
    if (!fits) in.refuse("an age is out of bounds");
    return fits ? std::optional(value->get_int64()) : std::nullopt;
}

PensionSpan read_span(Members& in) {
    return {.scheme = in.text("scheme", 40),
            .from = in.text("from", month_bytes),
            .to = month_or_null(in, "to"),
            .category = in.optional_text("category", 40).value_or(""),
            .workplace = in.optional_text("workplace").value_or("")};
}

PensionPart read_part(Members& in) {
    (void)in.optional_text("since", month_bytes);
    return {.scheme = in.text("scheme", 40),
            .yearly_yen = in.integer("yearly_yen", 0, yen_max),
            .monthly_yen = in.integer("monthly_yen", 0, yen_max),
            .from_age = in.integer("from_age", 0, age_max),
            .until_age = age_or_null(in, "until_age")};
}

PensionClaim read_claim(Members& in) {
    return {.age = in.integer("age", 0, age_max), .parts = list_of(in, "parts", read_part)};
}

void read_receiving(Members& outer, const json::object& object, PensionView& out) {
    Members in(object);
    out.receiving_since = in.text("since", month_bytes);
    out.receiving = list_of(in, "parts", read_part);
    if (const auto ok = in.finish(); !ok) outer.refuse(ok.error().why);
}

void read_expected(Members& outer, const json::object& object, PensionView& out) {
    Members in(object);
    for (const auto* not_shown : {"basis", "goes_on_as", "qualifies", "counted_months_continued"}) {
        if (in.has(not_shown)) (void)in.any(not_shown);
    }
    out.counted_months = in.optional_integer("counted_months", 0, 2'000);
    out.needed_months = in.optional_integer("needed_months", 0, 2'000);
    out.so_far = list_of(in, "so_far", read_claim);
    out.continued = list_of(in, "continued", read_claim);
    if (const auto ok = in.finish(); !ok) outer.refuse(ok.error().why);
}

void read_working(Members& outer, const json::object& object, PensionView& out) {
    Members in(object);
    out.working = PensionWorking{.pension_yen = in.integer("pension_yen", 0, yen_max),
                                 .limit_yen = in.integer("limit_yen", 0, yen_max),
                                 .free_until_yen = in.integer("free_until_yen", 0, yen_max),
                                 .none_from_yen = in.integer("none_from_yen", 0, yen_max),
                                 .fiscal_year = in.integer("fiscal_year", 1900, 9999)};
    if (const auto ok = in.finish(); !ok) outer.refuse(ok.error().why);
}

}  // namespace

Parsed<PensionView> read_pension(const Answered& answered) {
    Members in(*answered.answer.data);
    PensionView out;
    out.body = in.text("body", 40);
    out.recorded_to = in.text("recorded_to", month_bytes);
    Members office(in.object("office"));
    out.office = office.text("name");
    out.telephone = office.text("telephone");
    if (const auto ok = office.finish(); !ok) in.refuse(ok.error().why);
    out.spans = list_of(in, "spans", read_span);
    out.unknown = in.optional_text("expected_unknown", 40).value_or("");
    if (const auto* receiving = unless_null(in, "receiving")) {
        if (!receiving->is_object()) return bad("what is received is not an object");
        read_receiving(in, receiving->get_object(), out);
    }
    if (const auto* expected = unless_null(in, "expected")) {
        if (!expected->is_object()) return bad("what is expected is not an object");
        read_expected(in, expected->get_object(), out);
    }
    out.working_unknown = in.optional_text("working_unknown", 40).value_or("");
    if (const auto* working = in.has("working") ? in.any("working") : nullptr;
        working != nullptr && !working->is_null()) {
        if (!working->is_object()) return bad("what may be earned is not an object");
        read_working(in, working->get_object(), out);
    }
    for (const auto* not_shown : {"name", "birth_date", "months", "years", "national_fund"}) {
        if (in.has(not_shown)) (void)in.any(not_shown);
    }
    if (const auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return out;
}

}  // namespace mado::client
