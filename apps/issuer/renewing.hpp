// Renewal from home with the old keys (docs/protocols/issuer.md, "Renewal from home"): the pages of
// whoever has a card of this centre's and is no clerk. They see their own card and nothing of the
// window. Belongs to the io thread.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "routes.hpp"

namespace mado::issuer {

constexpr std::string_view renew_path = "/renew";            // after a log-in
constexpr std::string_view renew_on_path = "/renew/on";      // for whoever cannot log in any more
constexpr std::string_view renew_back_path = "/renew/back";  // to which the agent returns
constexpr std::int64_t renewal_days_max = 1'830;  // five years: a certificate is valid no longer

// A person who has had a card of this centre's, and the case that goes on.
struct Holder {
    CaseId id = 0;  // any of their cases
    KnownPerson person;
    std::optional<CaseId> open;  // their renewal, while there is one
};
std::optional<Holder> holder_of(Store& store, CaseId any_of_theirs);

// May a renewal begin? Values in, values out.
enum class NoRenewal {
    too_early,   // nothing of the card ends soon
    over,        // a certificate has ended: at a window
    stopped,     // the card is looked for
    other_case,  // a window is at work on it
    no_card,     // none of this centre's, or not all in one chip
};
struct Renewal {
    std::vector<Before> cards;         // that it is about
    std::optional<Hash> signing = {};  // x5t#S256: by which certificate it is signed
    UnixTime ends = 0;                 // the first of them
};
std::expected<Renewal, NoRenewal> renewal_of(const KnownPerson& person, std::int64_t renewal_s,
                                             UnixTime now);
// The renewal that is open already, by what it was begun with.
Renewal renewal_of(const Case& open);
// The text that the person signs, to the byte; of whoever has no signing certificate there is none.
// `number`: of the case that another log-in goes on with.
std::string renewal_document(const KnownPerson& person, const Renewal& renewal,
                             std::string_view organisation, std::string_view number = {});

std::vector<http::Route> renew_routes(Office& office);

}  // namespace mado::issuer
