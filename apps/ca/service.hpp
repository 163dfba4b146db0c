// What the authority decides about an order: values in, values out.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "profile.hpp"

namespace mado::ca {

// A row of the table that the gateway writes: the order was in the access log before. Texts are of
// no kind yet.
struct Order {
    std::int64_t line = 0;
    std::string number;
    std::string act;
    std::optional<std::string> public_key = {};
    std::optional<std::string> name = {};
    std::optional<std::string> kana = {};
    std::optional<std::string> address = {};
    std::optional<std::string> birth_date = {};
    std::optional<std::string> sex = {};
    std::optional<std::string> serial = {};
    std::optional<std::string> reason = {};
    std::int64_t log_index = 0;  // orders may arrive in another order than they were made
    // Of a signing certificate: the entry that the resident register has answered, its answer.
    std::optional<std::string> confirmed_by = {};
    std::optional<std::string> answer = {};
    std::optional<std::string> salt = {};
    bool taken_on = false;  // of a file of first take-on
};

enum class Status { good, suspended, revoked };
std::string_view to_text(Status status);

// What the store has of a certificate, as far as a decision needs it.
struct Kept {
    std::string serial;
    std::string number;
    Use use = Use::authentication;
    UnixTime not_after = 0;
    Status status = Status::good;
    std::optional<std::string> reason = {};
    std::int64_t log_index = 0;  // of the newest order that was about it
};

// What bears on an order.
struct Known {
    std::optional<Kept> named;  // the certificate with the order's serial number
    std::vector<Kept> of_key;   // those with the order's key
};

// Why an order is not carried out. The issuer reads it in `certificates`.
enum class Refusal {
    act_unknown,
    key_malformed,
    key_type,            // not RSA of 2048 to 4096 bits, P-256 or P-384
    key_weak,            // its numbers are not those of a key
    key_taken,           // certified for somebody else, or for the other use
    key_compromised,     // a certificate of it was revoked for that
    attributes_missing,  // a signing certificate has four
    attributes_malformed,
    attributes_unwanted,  // in an authentication certificate, which says nothing of the person
    too_young,            // under 15: no signing certificate
    serial_unknown,
    serial_of_other,  // of another person
    revoked,          // for good
    over,             // the certificate's validity has ended
    reason_unknown,
    register_missing,  // no resident register's answer came with the attributes
    register_invalid,  // nor is it one: not signed by it, to another order, not the same
    register_old,
    register_other,  // it confirms other attributes
};
std::string_view to_text(Refusal refusal);

struct Issue {
    Use use;
    crypto::PublicKey key;
    std::optional<Attributes> attributes;
    Validity validity;
    std::vector<std::string>
        supersedes;  // serial numbers, of the same key: revoked in the same moment
};
struct Change {
    std::string serial;
    Status to;
    std::optional<std::string> reason;  // none when it is good again
};
struct Unchanged {  // it is so already, or was ordered otherwise since
    std::string serial;
};
using Decision = std::variant<Issue, Change, Unchanged, Refusal>;

struct Registers;  // confirmation.hpp
struct Moment {
    UnixTime now = 0;
    std::int32_t utc_offset_s = 0;  // of the country's days
    UnixTime authority_ends = 0;    // no certificate outlives its authority
    // Who confirms attributes; null while a file of first take-on is worked off, of whose people no
    // register was asked (decision 45).
    const Registers* registers = nullptr;
};

Decision judge(const Order& order, const Known& known, const Moment& moment);

// Of an order's key, for Known; none when it is not one.
std::optional<Hash> key_hash(const Order& order);
Hash key_hash(const crypto::PublicKey& key);

constexpr std::string_view superseded = "superseded";
// As lists and OCSP say it; none is "unspecified".
std::optional<crypto::RevocationReason> revocation_reason(Status status, std::string_view reason);

// The last second of that day.
UnixTime end_of(Date day, std::int32_t utc_offset_s);

}  // namespace mado::ca
