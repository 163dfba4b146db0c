// The policy (ARCHITECTURE.md): service × kind of requester × purpose × presence × kind of
// holder → allowed or not.
// Deny by default. The file is national data (country/<c>/policy.json); its hash is in the
// directory, so nobody can change a row alone.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "wire/mandate.hpp"
#include "wire/number.hpp"
#include "wire/order.hpp"

namespace mado::wire {

struct PolicyQuestion;

struct PolicyRow {
    CodeId id;
    ServiceId service;
    CodeId requester_kind;
    CodeId purpose;
    Presence presence = Presence::none;
    std::optional<MandateKind> mandate;  // with presence card-pin: what the card must have signed
    std::vector<CodeId> holder_kinds;    // of whom it may be asked
    std::string legal_basis;             // in words, for the person
    std::int64_t keep_days = 0;
    bool tell_at_once = false;
    bool sealable = false;  // the person may be told later, when a sealing authority orders it
    // With an application: a holder that is named gets it also when it has no number of the one who
    // signed. The order's number is null then (docs/decisions/0037).
    bool unlinked = false;
    Date from;
    std::optional<Date> to;  // last valid day

    // The one comparison of a request with a row: the relay looks for a row that allows, a gateway
    // asks the row that the relay names.
    [[nodiscard]] bool allows(const PolicyQuestion& question) const;
    [[nodiscard]] bool in_force(Date on) const { return from <= on && (!to || on <= *to); }
};

// When the traces of an order of that time are deleted.
UnixTime keep_until(const PolicyRow& row, UnixTime order_time);

struct PolicyQuestion {
    const ServiceId& service;
    const CodeId& requester_kind;
    const CodeId& purpose;
    Presence presence;
    const CodeId& holder_kind;
    Date on;
};

struct MandateQuestion {
    const CodeId& requester_kind;
    const CodeId& purpose;
    MandateKind mandate;
    Date on;
};

class Policy {
  public:
    static Parsed<Policy> parse(std::string_view text);
    [[nodiscard]] std::int32_t utc_offset_s() const { return utc_offset_s_; }
    // The day it is in the country: of service dates, of policies, of counted misses.
    [[nodiscard]] Date day_of(UnixTime now) const { return date_at(now, utc_offset_s_); }
    // Null: not allowed.
    [[nodiscard]] const PolicyRow* find(const PolicyQuestion& question) const;
    [[nodiscard]] const PolicyRow* row(const CodeId& id) const;
    // Of which kinds of holder such a requester may ask this service at all, in the file's order.
    [[nodiscard]] std::vector<CodeId> holder_kinds(const ServiceId& service,
                                                   const CodeId& requester_kind) const;
    // Such a requester may use such a mandate for that service on that day.
    [[nodiscard]] bool takes_mandate(const CodeId& requester_kind, const ServiceId& service,
                                     MandateKind kind, Date on) const;
    // All that such a requester may ask for on that day with such a mandate, for that purpose, in
    // the file's order.
    [[nodiscard]] std::vector<ServiceId> services(const MandateQuestion& question) const;

  private:
    std::vector<PolicyRow> rows_;
    std::int32_t utc_offset_s_ = 0;
};

// A file whose SHA-256 the directory has. OperatorError when there is none, or another.
std::string read_pinned_file(const std::string& path, const Hash& expected);
// The national files, when their SHA-256 is the one in the directory; OperatorError when not.
Policy load_policy(const std::string& path, const Directory& directory);
Schemes load_schemes(const std::string& path, const Directory& directory);

}  // namespace mado::wire
