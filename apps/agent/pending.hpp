// What people are about to do here: forms that wait for an answer, documents that wait to be read,
// nonces that were signed. In memory only.
#pragma once

#include <list>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "asked.hpp"
#include "page/page.hpp"

namespace mado::agent {

// A page asks for a signature.
struct Signing {
    Asked asked;
    page::Frame frame;  // of the page
};
// A page asks for a new PIN or password.
struct Change {
    std::string reader;     // whose card
    bool password = false;  // the signing key's, not the PIN
    page::Frame frame;
};

// Forms, each under a token that it carries and that works once. The oldest gives way.
class Tokens {
  public:
    std::string issue(std::variant<Signing, Change> what);
    // None: there is no such token for this, it was used, or it is too old.
    template <class What>
    std::optional<What> take(std::string_view token) {
        auto found = take_any(token);
        auto* what = found ? std::get_if<What>(&*found) : nullptr;
        return what == nullptr ? std::nullopt : std::optional(std::move(*what));
    }

  private:
    struct One {
        std::string token;
        std::variant<Signing, Change> what;
        std::int64_t until_us = 0;
    };
    std::optional<std::variant<Signing, Change>> take_any(std::string_view token);
    std::list<One> open_;  // oldest first
};

// Documents that sites have sent, each under a name that nobody guesses. The oldest gives way.
class Documents {
  public:
    std::string keep(Asked asked);
    [[nodiscard]] const Asked* find(std::string_view name) const;

  private:
    std::list<std::pair<std::string, Asked>> kept_;
};

// None is signed twice.
class Nonces {
  public:
    void spend(const Asked& asked, UnixTime now);
    void give_back(const Asked& asked) { spent_.erase(asked.nonce); }
    [[nodiscard]] bool spent(const Asked& asked) const { return spent_.contains(asked.nonce); }

  private:
    std::map<std::string, UnixTime> spent_;  // with their ends
};

}  // namespace mado::agent
