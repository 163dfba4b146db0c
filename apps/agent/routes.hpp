// Path, who may call, handler. Every request must be meant for this very address, and come as the
// navigation of a person: docs/protocols/agent.md has the threats and their answers.
#pragma once

#include <list>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "cards.hpp"
#include "http/http.hpp"
#include "open_logins.hpp"
#include "pages.hpp"

namespace mado::agent {

// What a form is about, kept here under a token that it carries and that works once.
struct Pending {
    std::optional<Asked> asked = {};  // none: a PIN is changed
    std::string path = "/authorize";  // of the page
    std::string reader = {};          // of a change: whose card
    bool password = false;            // of a change: which of the two
    Language language = Language::ja;
    std::string query = {};
};

class Tokens {
  public:
    std::string issue(Pending pending);
    // None: there is no such token, it was used, or it is too old.
    std::optional<Pending> take(const std::string& token);

  private:
    struct One {
        std::string token;
        Pending pending;
        std::int64_t until_us = 0;
    };
    std::list<One> open_;  // oldest first
};

// Documents that sites have sent, until their page was signed or left; each under a name that
// nobody guesses. The oldest gives way.
class Documents {
  public:
    std::string keep(Asked asked);
    [[nodiscard]] const Asked* find(std::string_view name) const;

  private:
    std::list<std::pair<std::string, Asked>> kept_;
};

struct Shared {
    const wire::Directory& directory;
    const wire::Policy& policy;
    std::uint16_t port;   // at 127.0.0.1
    std::string address;  // "127.0.0.1:7450": what Host must be
    http::asio::io_context& cards_io;
    Cards& cards;  // on the thread of cards_io
    OpenLogins& logins;
    const Log& log;
    Tokens tokens = {};
    Documents documents = {};
    std::map<std::string, UnixTime> signed_nonces = {};  // with their ends: none is signed twice
};

std::vector<http::Route> routes(Shared& shared);

}  // namespace mado::agent
