// What the relay was told about a person (docs/protocols/issuing.md), as it shows it with the
// entry: the payload as it was sent, and the key that opens it. The sender has signed the payload's
// hash, so that neither can be another.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "crypto/x509.hpp"
#include "wire/head.hpp"

namespace mado::client {

// A person's number, as it is compared: its fields normalised, those that are absent left out.
struct Number {
    std::string scheme;
    std::map<std::string, std::string> fields;
    auto operator<=>(const Number&) const = default;
};
// "scheme 06990014 21 1042", the fields in the order of their names.
std::string to_text(const Number& number);
Parsed<Number> read_number(const json::object& object);  // {"scheme", "fields": {…}}

struct ToldLink {
    std::string act;  // "first", "start", "end", "correct"
    std::vector<Number> numbers;
    std::optional<Number> was = {};  // of "correct": in whose place the number is
};
struct ToldCard {
    std::string act;                         // "activate", "suspend", "resume", "revoke", "reset"
    std::vector<crypto::Certificate> added;  // of "activate"
    std::vector<Hash> certificates = {};     // all that it is about
};
using Told = std::variant<ToldLink, ToldCard>;

// `payload`: a JWE; `subject`: the order's, by which number the sender knows the person. Bad when
// it is not what the sender signed, or not what the relay takes.
Parsed<Told> open_told(const wire::Head& head, ByteView subject, std::string_view payload,
                       ByteView payload_key);

}  // namespace mado::client
