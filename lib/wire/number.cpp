#include "wire/number.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cstdlib>
#include <memory>

#include "base/check_digit.hpp"

namespace mado::wire {
namespace {

constexpr std::size_t fields_max = 8;
constexpr std::size_t kinds_max = 16;

Parsed<CheckDigit> parse_check(const std::optional<std::string>& name) {
    if (!name) return CheckDigit::none;
    if (*name == "damm") return CheckDigit::damm;
    if (*name == "insurer") return CheckDigit::insurer;
    if (*name == "municipality") return CheckDigit::municipality;
    if (*name == "resident") return CheckDigit::resident;
    return bad("unknown check digit rule");
}

Parsed<NumberField> parse_field(const json::value& value) {
    if (!value.is_object()) return bad("a field of a number scheme is not an object");
    Members in(value.get_object());
    NumberField field;
    field.name = in.text("name", 40);
    if (in.has("digits")) {
        for (const auto& length : in.array("digits", 8)) {
            if (!length.is_int64() || length.get_int64() < 1 || length.get_int64() > 40) {
                in.refuse("a number length is not between 1 and 40");
                break;
            }
            field.digits.push_back(length.get_int64());
        }
    }
    field.bytes_max =
        static_cast<std::size_t>(in.optional_integer("bytes_max", 1, 200).value_or(40));
    field.optional = in.optional_boolean("optional").value_or(false);
    auto check = parse_check(in.optional_text("check", 20));
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (!check) return std::unexpected(check.error());
    field.check = *check;
    return field;
}

bool has_field(const Scheme& scheme, std::string_view name) {
    return std::ranges::find(scheme.fields, name, &NumberField::name) != scheme.fields.end();
}

// The parts of a scheme fit together; otherwise its numbers would quietly lead nowhere.
Parsed<void> check_scheme(const Scheme& scheme) {
    const int givers = int{has_field(scheme, scheme.holder_field)} + int{scheme.holder.has_value()};
    if (givers != (scheme.kind ? 1 : 0) || (scheme.holder && !scheme.holder_field.empty())) {
        return bad("a number scheme needs a kind and its holder or that one's field, or none");
    }
    if (!scheme.left_out.empty() && !has_field(scheme, scheme.left_out)) {
        return bad("left_out names no field of its number scheme");
    }
    // These stand beside the fields in a subject and in a holder's number.
    for (const auto* taken : {"", "scheme", "birth_date", "holder"}) {
        if (has_field(scheme, taken)) return bad("a number field has a name that is taken");
    }
    return {};
}

Parsed<Scheme> parse_scheme(const json::value& value) {
    if (!value.is_object()) return bad("a number scheme is not an object");
    Members in(value.get_object());
    Scheme scheme;
    scheme.name = in.text("name", 40);
    const auto* kind = in.any("kind");
    if (kind != nullptr && !kind->is_null() && !kind->is_string()) {
        in.refuse("a number scheme's kind is neither a text nor null");
    }
    scheme.holder_field = in.optional_text("holder_field", 40).value_or("");
    const auto holder = in.optional_text("holder", 64);
    const auto given_by = in.optional_text("given_by", 64);
    const bool limited = in.has("asked_by");
    const auto asked_by =
        limited ? in.texts("asked_by", kinds_max, 64) : std::vector<std::string>();
    scheme.left_out = in.optional_text("left_out", 40).value_or("");
    for (const auto& element : in.array("fields", fields_max)) {
        auto field = parse_field(element);
        if (!field) return std::unexpected(field.error());
        if (has_field(scheme, field->name)) return bad("two number fields have one name");
        scheme.fields.push_back(std::move(*field));
    }
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (kind != nullptr && kind->is_string()) {
        auto code = CodeId::parse(std::string_view(kind->get_string()));
        if (!code) return std::unexpected(code.error());
        scheme.kind = *code;
    }
    if (given_by) {
        auto code = CodeId::parse(*given_by);
        if (!code) return std::unexpected(code.error());
        scheme.given_by = *code;
    }
    if (limited && asked_by.empty()) return bad("a number that nobody may ask by");
    for (const auto& text : asked_by) {
        auto code = CodeId::parse(text);
        if (!code) return std::unexpected(code.error());
        scheme.asked_by.push_back(*code);
    }
    if (holder) {
        auto id = ParticipantId::parse(*holder);
        if (!id) return std::unexpected(id.error());
        scheme.holder = *id;
    }
    if (auto ok = check_scheme(scheme); !ok) return std::unexpected(ok.error());
    return scheme;
}

bool all_digits(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool fits(const NumberField& field, std::string_view value) {
    if (value.empty()) return field.optional;
    if (value.size() > field.bytes_max) return false;
    if (!field.digits.empty()) {
        if (!all_digits(value)) return false;
        const auto length = static_cast<std::int64_t>(value.size());
        if (std::ranges::find(field.digits, length) == field.digits.end()) return false;
    }
    switch (field.check) {
        case CheckDigit::none:
            return true;
        case CheckDigit::damm:
            return damm_valid(value);
        case CheckDigit::insurer:
            return insurer_valid(value);
        case CheckDigit::municipality:
            return municipality_valid(value);
        case CheckDigit::resident:
            return resident_valid(value);
    }
    return false;
}

bool is_dropped(utf8proc_int32_t point) {
    constexpr utf8proc_int32_t minus = 0x2212;  // typed as a hyphen, but a sign of mathematics
    const auto category = utf8proc_category(point);
    // Pd: every dash and hyphen. The long-vowel sign U+30FC stays: it is a letter of kana symbols.
    return category == UTF8PROC_CATEGORY_PD || category == UTF8PROC_CATEGORY_ZS ||
           category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP ||
           category == UTF8PROC_CATEGORY_CC || point == minus;
}

// NFKC without the characters that nobody sees (soft hyphen, zero-width space, variation selector).
std::optional<std::string> compose(std::string_view text) {
    utf8proc_uint8_t* mapped = nullptr;
    const auto length =
        utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                     static_cast<utf8proc_ssize_t>(text.size()), &mapped,
                     static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE |
                                                    UTF8PROC_COMPAT | UTF8PROC_IGNORE));
    if (length < 0) return std::nullopt;
    const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owned(mapped, &std::free);
    return std::string(reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(length));
}

}  // namespace

Parsed<Schemes> Schemes::parse(std::string_view text) {
    auto object = parse_json_object(text);
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    Schemes out;
    for (const auto& element : in.array("schemes", 32)) {
        auto scheme = parse_scheme(element);
        if (!scheme) return std::unexpected(scheme.error());
        if (out.find(scheme->name) != nullptr) return bad("two number schemes have one name");
        out.schemes_.push_back(std::move(*scheme));
    }
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return out;
}

const Scheme* Schemes::find(std::string_view name) const {
    const auto found = std::ranges::find(schemes_, name, &Scheme::name);
    return found == schemes_.end() ? nullptr : &*found;
}

const Scheme* Schemes::of_holder(const ParticipantId& id, const CodeId& kind) const {
    const auto own = std::ranges::find_if(schemes_, [&id, &kind](const Scheme& scheme) {
        return scheme.kind == kind && scheme.holder == id;
    });
    if (own != schemes_.end()) return &*own;
    const auto found = std::ranges::find_if(
        schemes_, [&kind](const Scheme& scheme) { return scheme.kind == kind && !scheme.holder; });
    return found == schemes_.end() ? nullptr : &*found;
}

std::string_view Scheme::giver(const PersonNumber& number) const {
    return holder ? std::string_view(holder->text()) : number.field(holder_field);
}

bool Scheme::may_ask(const CodeId& requester_kind) const {
    return asked_by.empty() || std::ranges::find(asked_by, requester_kind) != asked_by.end();
}

std::string_view PersonNumber::field(std::string_view name) const {
    const auto found = std::ranges::find(
        fields, name, [](const auto& pair) { return std::string_view(pair.first); });
    return found == fields.end() ? std::string_view() : std::string_view(found->second);
}

std::optional<std::string> normalise(std::string_view text) {
    const auto composed = compose(text);
    if (!composed) return std::nullopt;
    const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(composed->data());
    const auto length = static_cast<utf8proc_ssize_t>(composed->size());
    std::string out;
    for (utf8proc_ssize_t at = 0; at < length;) {
        utf8proc_int32_t point = 0;
        const auto step = utf8proc_iterate(bytes + at, length - at, &point);
        if (step <= 0) return std::nullopt;
        at += step;
        if (is_dropped(point)) continue;
        utf8proc_uint8_t encoded[4];
        const auto size = utf8proc_encode_char(utf8proc_toupper(point), encoded);
        out.append(reinterpret_cast<const char*>(encoded), static_cast<std::size_t>(size));
    }
    // What was dropped may have stood between a letter and its mark.
    return compose(out);
}

std::expected<PersonNumber, Code> read_number(const Scheme& scheme, const json::object& fields) {
    PersonNumber number{.scheme = scheme.name, .fields = {}};
    Members in(fields);
    bool fitting = true;
    for (const auto& field : scheme.fields) {
        const auto typed = in.optional_text(field.name, 4 * field.bytes_max);
        auto value = normalise(typed.value_or(""));
        if (!value || !fits(field, *value)) fitting = false;
        number.fields.emplace_back(field.name, value.value_or(""));
    }
    if (!in.finish()) return std::unexpected(Code::malformed);
    if (!fitting) return std::unexpected(Code::number_malformed);
    return number;
}

Bytes index_material(const PersonNumber& number) {
    Bytes out;
    const auto add = [&out](std::string_view text) {
        append_u64(out, text.size());
        append(out, text);
    };
    add(number.scheme);
    for (const auto& [name, value] : number.fields)
        add(value);
    return out;
}

bool is_incomplete(const PersonNumber& number, const Scheme& scheme) {
    return !scheme.left_out.empty() && number.field(scheme.left_out).empty();
}

std::optional<PersonNumber> complete_number(PersonNumber number, const Scheme& scheme,
                                            std::string_view value) {
    if (!is_incomplete(number, scheme)) return std::nullopt;
    const auto written = normalise(value);
    const auto field = std::ranges::find(scheme.fields, scheme.left_out, &NumberField::name);
    if (!written || written->empty() || !fits(*field, *written)) return std::nullopt;
    for (auto& [name, known] : number.fields) {
        if (name == scheme.left_out) known = *written;
    }
    return number;
}

std::string number_for_holder(const PersonNumber& number, const Scheme& scheme,
                              const ParticipantId& holder) {
    json::object out;
    out["holder"] = holder.text();
    out["scheme"] = number.scheme;
    for (const auto& [name, value] : number.fields) {
        if (name != scheme.holder_field && !value.empty()) out[name] = value;
    }
    return json::serialize(out);
}

std::optional<PersonNumber> read_number_for_holder(std::string_view text, const Scheme& scheme,
                                                   const ParticipantId& holder) {
    auto fields = parse_json_object(text);
    if (!fields) return std::nullopt;
    fields->erase("holder");
    fields->erase("scheme");
    if (!scheme.holder_field.empty()) (*fields)[scheme.holder_field] = holder.text();
    auto number = read_number(scheme, *fields);
    if (!number || number_for_holder(*number, scheme, holder) != text) return std::nullopt;
    return std::move(*number);
}

bool is_number_for_holder(std::string_view text, const Scheme& scheme,
                          const ParticipantId& holder) {
    return read_number_for_holder(text, scheme, holder).has_value();
}

std::map<std::string, std::string, std::less<>> number_fields(std::string_view number) {
    const auto object = parse_json_object(number);
    if (!object) throw Failure("a number that was committed to is not JSON");
    std::map<std::string, std::string, std::less<>> out;
    for (const auto& member : *object) {
        if (member.key() == "holder" || member.key() == "scheme") continue;
        if (!member.value().is_string()) throw Failure("a number has a field that is no text");
        out.emplace(member.key(), std::string_view(member.value().get_string()));
    }
    return out;
}

}  // namespace mado::wire
