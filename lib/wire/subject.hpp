// About whom a request is (docs/protocols/request.md). The exact bytes matter: the order commits to
// them.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <variant>

#include "base/clock.hpp"
#include "wire/errors.hpp"
#include "wire/number.hpp"

namespace mado::wire {

struct MandateSubject {
    std::string mandate;  // the JWS, compact
    std::string by = {};  // of a delegate: its own log-in
};

// A document that the person signed: its payload is the head's.
struct ApplicationSubject {
    std::string application;  // the JWS, compact
};

struct NumberSubject {
    PersonNumber number;
    Date birth_date;
};

// The asking organisation's own number for the person.
struct OwnSubject {
    PersonNumber number;
};

// Nobody: the asking organisation's own matters with the relay.
struct SelfSubject {};

using Subject =
    std::variant<MandateSubject, ApplicationSubject, NumberSubject, OwnSubject, SelfSubject>;

constexpr std::size_t subject_bytes_max = 8 * 1024;

// malformed, or number_malformed.
std::expected<Subject, Code> read_subject(ByteView bytes, const Schemes& schemes);

inline constexpr std::string_view self_subject = R"({"self":true})";
std::string mandate_subject(std::string_view mandate_jws);
std::string delegate_subject(std::string_view delegate_jws, std::string_view by_login_jws);
std::string application_subject(std::string_view application_jws);
// `fields`: the scheme's fields as typed, without empty ones.
std::string number_subject(std::string_view scheme,
                           const std::vector<std::pair<std::string, std::string>>& fields,
                           std::string_view birth_date);
// `number`: the scheme's fields, normalised.
std::string own_subject(const PersonNumber& number);

}  // namespace mado::wire
