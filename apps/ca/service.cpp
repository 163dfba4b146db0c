#include "service.hpp"

#include <algorithm>
#include <array>

#include "base/age.hpp"
#include "confirmation.hpp"
#include "crypto/digest.hpp"
#include "crypto/signing.hpp"

namespace mado::ca {
namespace {

constexpr std::chrono::years signing_age{15};
constexpr int lifetime_years = 5;
constexpr std::size_t name_bytes_max = 256;
constexpr std::size_t address_bytes_max = 1'000;
constexpr std::size_t spki_bytes_max = 1'000;

// Why a status changes. The first column is the order's word.
struct Reason {
    std::string_view word;
    std::optional<crypto::RevocationReason> code;  // of a revoked one
    bool suspends;
    bool revokes;
};
using crypto::RevocationReason;
constexpr std::array reasons{
    Reason{"lost", RevocationReason::key_compromise, true, true},
    Reason{"key-compromise", RevocationReason::key_compromise, false, true},
    Reason{"attributes-changed", RevocationReason::affiliation_changed, false, true},
    Reason{superseded, RevocationReason::superseded, false, true},
    Reason{"ended", RevocationReason::cessation_of_operation, false, true},
    Reason{"by-request", std::nullopt, true, true},
};
constexpr std::string_view found = "found";  // the only one to resume

const Reason* find_reason(const std::optional<std::string>& word) {
    const auto* at = std::ranges::find(reasons, word.value_or(""), &Reason::word);
    return at == reasons.end() ? nullptr : at;
}

std::expected<crypto::PublicKey, Refusal> read_key(const Order& order) {
    const auto der = parse_base64url(order.public_key.value_or(""));
    if (!der || der->empty() || der->size() > spki_bytes_max) {
        return std::unexpected(Refusal::key_malformed);
    }
    auto key = crypto::read_subject_key(*der);
    if (key) return std::move(*key);
    switch (key.error()) {
        case crypto::KeyFault::malformed:
            return std::unexpected(Refusal::key_malformed);
        case crypto::KeyFault::other_type:
            return std::unexpected(Refusal::key_type);
        case crypto::KeyFault::weak:
            return std::unexpected(Refusal::key_weak);
    }
    throw Failure("a fault of a key without a refusal");
}

bool is_line(std::string_view text, std::size_t bytes_max) {
    const auto is_control = [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    };
    return !text.empty() && text.size() <= bytes_max && is_utf8(text) &&
           std::ranges::none_of(text, is_control);
}

bool has_attributes(const Order& order) {
    return order.name || order.kana || order.address || order.birth_date || order.sex;
}

struct Person {
    Attributes attributes;
    Date birth;
};
std::expected<Person, Refusal> read_attributes(const Order& order, Date today) {
    if (!order.name || !order.address || !order.birth_date || !order.sex) {
        return std::unexpected(Refusal::attributes_missing);
    }
    const auto birth = parse_date(*order.birth_date);
    const bool good =
        is_line(*order.name, name_bytes_max) && is_line(*order.address, address_bytes_max) &&
        (!order.kana || is_line(*order.kana, name_bytes_max)) && birth && *birth <= today &&
        (*order.sex == "male" || *order.sex == "female" || *order.sex == "unknown");
    if (!good) return std::unexpected(Refusal::attributes_malformed);
    return Person{.attributes = {.name = *order.name,
                                 .kana = order.kana,
                                 .address = *order.address,
                                 .birth_date = *order.birth_date,
                                 .sex = *order.sex},
                  .birth = *birth};
}

// 公的個人認証法: until the fifth birthday after the day of issue. An authentication certificate,
// which everybody may read, would say the birthday so: it ends five years after that day.
Date last_day(Use use, const std::optional<Date>& birth, Date today) {
    if (use == Use::authentication || !birth) {
        return birthday_in(today, today.year() + std::chrono::years(lifetime_years));
    }
    const bool this_year = birthday_in(*birth, today.year()) > today;
    return birthday_in(*birth,
                       today.year() + std::chrono::years(lifetime_years - (this_year ? 1 : 0)));
}

std::optional<Refusal> judge_key(const Order& order, Use use, const std::vector<Kept>& of_key) {
    for (const auto& one : of_key) {
        if (one.number != order.number || one.use != use) return Refusal::key_taken;
        if (one.status == Status::revoked &&
            revocation_reason(one.status, one.reason.value_or("")) ==
                RevocationReason::key_compromise) {
            return Refusal::key_compromised;
        }
    }
    return std::nullopt;
}

std::optional<Refusal> judge_register(const Order& order, const Moment& moment) {
    if (moment.registers != nullptr) {
        return judge_confirmation(order, *moment.registers, moment.now);
    }
    return order.taken_on ? std::nullopt : std::optional(Refusal::register_missing);
}

Decision judge_issue(const Order& order, Use use, const Known& known, const Moment& moment) {
    auto key = read_key(order);
    if (!key) return key.error();
    if (const auto refusal = judge_key(order, use, known.of_key)) return *refusal;
    const auto today = date_at(moment.now, moment.utc_offset_s);
    std::optional<Person> person;
    if (use == Use::signing) {
        auto read = read_attributes(order, today);
        if (!read) return read.error();
        person = std::move(*read);
        if (birthday_in(person->birth, person->birth.year() + signing_age) > today) {
            return Refusal::too_young;
        }
        if (const auto refusal = judge_register(order, moment)) return *refusal;
    } else if (has_attributes(order)) {
        return Refusal::attributes_unwanted;
    }
    const auto ends = last_day(use, person ? std::optional(person->birth) : std::nullopt, today);
    Issue out{.use = use,
              .key = std::move(*key),
              .attributes = {},
              .validity = {.not_before = moment.now - clocks_differ_s,
                           .not_after =
                               std::min(end_of(ends, moment.utc_offset_s), moment.authority_ends)},
              .supersedes = {}};
    if (person) out.attributes = std::move(person->attributes);
    // An order that came twice leaves one. Those of other keys are another card's, which works
    // until the issuer ends it: the new one may never be handed over.
    for (const auto& one : known.of_key) {
        if (one.status != Status::revoked && one.not_after > moment.now) {
            out.supersedes.push_back(one.serial);
        }
    }
    return out;
}

Decision judge_change(const Order& order, Status to, const Known& known, const Moment& moment) {
    if (!known.named) return Refusal::serial_unknown;
    const auto& one = *known.named;
    if (one.number != order.number) return Refusal::serial_of_other;
    const auto* reason = find_reason(order.reason);
    const bool fits = to == Status::good        ? order.reason == found
                      : to == Status::suspended ? reason != nullptr && reason->suspends
                                                : reason != nullptr && reason->revokes;
    if (!fits) return Refusal::reason_unknown;
    if (one.status == to) return Unchanged{one.serial};
    // Held back, and another order was made since: what that one says holds. But for good is for
    // good, whenever it was ordered.
    const bool late = order.log_index < one.log_index;
    if (late && to != Status::revoked) return Unchanged{one.serial};
    if (one.status == Status::revoked) return Refusal::revoked;
    if (one.not_after <= moment.now) return Refusal::over;
    return Change{
        .serial = one.serial, .to = to, .reason = to == Status::good ? std::nullopt : order.reason};
}

}  // namespace

std::string_view to_text(Status status) {
    switch (status) {
        case Status::good:
            return "good";
        case Status::suspended:
            return "suspended";
        case Status::revoked:
            return "revoked";
    }
    return {};
}

std::string_view to_text(Refusal refusal) {
    switch (refusal) {
        case Refusal::act_unknown:
            return "act_unknown";
        case Refusal::key_malformed:
            return "key_malformed";
        case Refusal::key_type:
            return "key_type";
        case Refusal::key_weak:
            return "key_weak";
        case Refusal::key_taken:
            return "key_taken";
        case Refusal::key_compromised:
            return "key_compromised";
        case Refusal::attributes_missing:
            return "attributes_missing";
        case Refusal::attributes_malformed:
            return "attributes_malformed";
        case Refusal::attributes_unwanted:
            return "attributes_unwanted";
        case Refusal::too_young:
            return "too_young";
        case Refusal::serial_unknown:
            return "serial_unknown";
        case Refusal::serial_of_other:
            return "serial_of_other";
        case Refusal::revoked:
            return "revoked";
        case Refusal::over:
            return "over";
        case Refusal::reason_unknown:
            return "reason_unknown";
        case Refusal::register_missing:
            return "register_missing";
        case Refusal::register_invalid:
            return "register_invalid";
        case Refusal::register_old:
            return "register_old";
        case Refusal::register_other:
            return "register_other";
    }
    return {};
}

Decision judge(const Order& order, const Known& known, const Moment& moment) {
    if (order.act == "issue-authentication") {
        return judge_issue(order, Use::authentication, known, moment);
    }
    if (order.act == "issue-signing") return judge_issue(order, Use::signing, known, moment);
    if (order.act == "suspend") return judge_change(order, Status::suspended, known, moment);
    if (order.act == "resume") return judge_change(order, Status::good, known, moment);
    if (order.act == "revoke") return judge_change(order, Status::revoked, known, moment);
    return Refusal::act_unknown;
}

std::optional<Hash> key_hash(const Order& order) {
    const auto der = parse_base64url(order.public_key.value_or(""));
    if (!der || der->empty() || der->size() > spki_bytes_max) return std::nullopt;
    const auto key = crypto::PublicKey::from_spki(*der);
    return key ? std::optional(key_hash(*key)) : std::nullopt;
}

Hash key_hash(const crypto::PublicKey& key) {
    return crypto::sha256(key.spki());
}

std::optional<crypto::RevocationReason> revocation_reason(Status status, std::string_view reason) {
    if (status == Status::suspended) return RevocationReason::certificate_hold;
    const auto* at = find_reason(std::string(reason));
    return at == nullptr ? std::nullopt : at->code;
}

UnixTime end_of(Date day, std::int32_t utc_offset_s) {
    const auto next = std::chrono::sys_days(day) + std::chrono::days(1);
    return std::chrono::duration_cast<std::chrono::seconds>(next.time_since_epoch()).count() - 1 -
           utc_offset_s;
}

}  // namespace mado::ca
