// Who may use the windows: a file of the issuing centre's, which it changes while the program runs.
//   {"clerks": [{"name": text, nobody else's here,
//                "card": x5t#S256 of the card's authentication certificate,
//                "signing"?: x5t#S256 of its signing certificate, for decisions,
//                "municipality"?: the id of the one whose window it is; none: the centre's own,
//                "roles": ["window", "approver", "hotline", "supervisor"]}]}
// Trusted for: whose hand something was, and who may do what. Who can change it can let somebody
// in.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/clock.hpp"

namespace mado::issuer {

enum class ClerkRole {
    window,      // cases, from the application to the card in hand
    approver,    // what one clerk's word is not enough for: decisions
    hotline,     // finds a person, wherever they live; the centre's own
    supervisor,  // answers what people ask about what this centre did; the centre's own
};
std::string_view to_text(ClerkRole role);
std::optional<ClerkRole> parse_clerk_role(std::string_view text);

struct Clerk {
    std::string name;
    std::optional<Hash> signing = {};  // x5t#S256; none: this one decides nothing
    std::set<ClerkRole> roles = {};
    std::string municipality = {};  // serves the people of that one; "": everybody

    [[nodiscard]] bool has(ClerkRole role) const { return roles.contains(role); }
};

using ClerkList = std::map<Hash, Clerk>;  // by card
Parsed<ClerkList> parse_clerks(std::string_view text);

// Belongs to the io thread.
class Clerks {
  public:
    // Reads the file; OperatorError when it is not one.
    explicit Clerks(std::string path);
    // None: no clerk, or not any more. Looks at the file again each second; while it cannot be read
    // nobody is a clerk.
    std::optional<Clerk> find(const Hash& card, UnixTime now);

  private:
    std::string path_;
    ClerkList clerks_;
    UnixTime read_at_ = 0;
};

}  // namespace mado::issuer
