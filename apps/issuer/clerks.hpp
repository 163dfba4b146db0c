// Who may use the windows: a file of the issuing centre's, which it changes while the program runs.
//   {"clerks": [{"name": text, "card": x5t#S256 of the card's authentication certificate}]}
// Trusted for: whose hand something was. Who can change it can let somebody in.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/clock.hpp"

namespace mado::issuer {

using ClerkNames = std::map<Hash, std::string>;  // by card
Parsed<ClerkNames> parse_clerks(std::string_view text);

// Belongs to the io thread.
class Clerks {
  public:
    // Reads the file; OperatorError when it is not one.
    explicit Clerks(std::string path);
    // None: no clerk, or not any more. Looks at the file again each second; while it cannot be read
    // nobody is a clerk.
    std::optional<std::string> find(const Hash& card, UnixTime now);

  private:
    std::string path_;
    ClerkNames names_;
    UnixTime read_at_ = 0;
};

}  // namespace mado::issuer
