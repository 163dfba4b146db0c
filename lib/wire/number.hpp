// Numbers of persons and the national schemes that say how they look (country/<c>/schemes.json).
// A PersonNumber is made only by read_number, is normalised, and is never printed or logged.
#pragma once

#include <boost/json/fwd.hpp>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/json.hpp"
#include "wire/errors.hpp"
#include "wire/ids.hpp"

namespace mado::wire {

enum class CheckDigit { none, damm, insurer, municipality, resident };

struct NumberField {
    std::string name;
    std::vector<std::int64_t> digits;  // allowed lengths when it is all digits; empty: free text
    std::size_t bytes_max = 0;
    bool optional = false;
    CheckDigit check = CheckDigit::none;
};

struct PersonNumber;

struct Scheme {
    std::string name;            // "health-care-number", "insured-number", …
    std::optional<CodeId> kind;  // of the holders that give such numbers; none: of nobody
    std::string holder_field;    // the field that is the holder's id; "" when there is none
    std::optional<ParticipantId> holder;  // instead: the only holder that gives such numbers
    // Of this kind is who draws such numbers, whoever knows the person by them: nobody else could
    // confirm one, and a new one leads to nobody.
    std::optional<CodeId> given_by;
    // Only these kinds of participants may ask by such a number, whatever the policy's rows say
    // otherwise; empty: all that a row allows.
    std::vector<CodeId> asked_by;
    // A family's members have the other fields in common, and people leave this one out: then the
    // number is nobody's until the holder says whose it is. "" for none.
    std::string left_out;
    std::vector<NumberField> fields;

    // The id of the holder that gave this number; "" when it was none.
    [[nodiscard]] std::string_view giver(const PersonNumber& number) const;
    [[nodiscard]] bool may_ask(const CodeId& requester_kind) const;
};

class Schemes {
  public:
    static Parsed<Schemes> parse(std::string_view text);
    [[nodiscard]] const Scheme* find(std::string_view name) const;
    // The scheme of the numbers that this holder gives: its own, or that of its kind; null when
    // there is none.
    [[nodiscard]] const Scheme* of_holder(const ParticipantId& id, const CodeId& kind) const;

  private:
    std::vector<Scheme> schemes_;
};

struct PersonNumber {
    std::string scheme;
    // (name, value) in the scheme's order; an absent field has an empty value. Normalised: NFKC,
    // upper case, without spaces and hyphens; leading zeros stay.
    std::vector<std::pair<std::string, std::string>> fields;

    [[nodiscard]] std::string_view field(std::string_view name) const;
    bool operator==(const PersonNumber&) const = default;
};

// `fields` has the scheme's fields as texts and nothing else. malformed: other members or types;
// number_malformed: a length or check digit does not fit.
std::expected<PersonNumber, Code> read_number(const Scheme& scheme, const json::object& fields);

// What the blind index is made of: scheme ‖ length-prefixed fields.
Bytes index_material(const PersonNumber& number);

// The number was given without the field that people leave out.
bool is_incomplete(const PersonNumber& number, const Scheme& scheme);
// One that was, with that field; none when it was not, or when the value is not one of the field.
std::optional<PersonNumber> complete_number(PersonNumber number, const Scheme& scheme,
                                            std::string_view value);

// The exact bytes that a holder is sent as "its own number of the person": JSON with the holder's
// id, the scheme and the fields that are not the holder itself.
std::string number_for_holder(const PersonNumber& number, const Scheme& scheme,
                              const ParticipantId& holder);

// Is `text` what number_for_holder makes of some number? One number has one such text.
bool is_number_for_holder(std::string_view text, const Scheme& scheme, const ParticipantId& holder);
// The number that it was made of; none when it was made of none.
std::optional<PersonNumber> read_number_for_holder(std::string_view text, const Scheme& scheme,
                                                   const ParticipantId& holder);

// Its fields again. Throws Failure for bytes that number_for_holder cannot have made.
using NumberFields = std::map<std::string, std::string, std::less<>>;
NumberFields number_fields(std::string_view number_for_holder);

// Normalises one typed value: NFKC (which makes full-width letters and digits half-width), upper
// case, no spaces or hyphens of any kind and nothing invisible. Empty when it is not valid UTF-8.
std::optional<std::string> normalise(std::string_view text);

}  // namespace mado::wire
