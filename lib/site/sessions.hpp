// Who is logged in at a site, in memory only: a program that was started again has forgotten
// everybody, and the mandates end by themselves. Belongs to the io thread.
#pragma once

#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "crypto/key.hpp"
#include "http/http.hpp"
#include "page/page.hpp"
#include "site/expiring.hpp"
#include "site/said.hpp"

namespace mado::site {

// Between the button and the return from the agent.
struct Waiting {
    std::string nonce;  // the relay's, for this browser session only
    std::string state;
    UnixTime expires = 0;
    page::Language language = page::Language::ja;
    crypto::PrivateKey key;  // opens what the agent answers; P-256
    std::string to = "/";    // path of the place where it goes on
};
// How many log-ins one network may begin within five minutes: each takes one of the relay's nonces,
// of which one organisation may have 20,000 open.
constexpr int starts_max = 100;
constexpr std::int64_t starts_window_s = 5 * 60;
constexpr std::size_t networks_max = 100'000;  // that are counted
constexpr std::size_t waiting_max = 20'000;    // log-ins that were begun; the oldest gives way
// What one log-in may ask within a minute: every page load asks each holder.
constexpr int asks_max = 300;
constexpr std::int64_t asks_window_s = 60;
// Listening at once, of one log-in: a browser has six connections to a host in all its tabs.
constexpr std::size_t pages_max = 3;

// With which program on which system somebody logged in, as far as it says so: of two short lists.
struct Browser {
    std::string_view program, system;  // "" when it is none of the list
};
Browser browser_of(std::string_view user_agent);

struct LoggedIn {
    std::string mandate;  // JWS
    Hash mandate_hash{};
    UnixTime expires = 0;
    Hash card{};                   // x5t#S256 of the certificate whose key signed the mandate
    std::string certificate = {};  // that one, DER in base64url
    UnixTime since = 0;
    Browser browser = {};
    std::string id = {};  // names it on the page with the person's sessions; no secret
};

class Sessions {
  public:
    // May somebody at this address begin to log in? Counted for its network (http::network_of).
    bool may_begin(std::string_view address, UnixTime now);
    // The session's name is a secret of the browser's cookie; only its hash is kept.
    std::string begin(Waiting waiting, UnixTime now);
    // Once, by who knows its state: whoever comes back a second time has to begin anew.
    std::optional<Waiting> take_waiting(std::string_view cookie, std::string_view state,
                                        UnixTime now);
    // Another name than before the log-in; why not, when it has ended already.
    std::expected<std::string, Said> log_in(LoggedIn who);
    [[nodiscard]] const LoggedIn* find(std::string_view cookie, UnixTime now) const;
    std::optional<LoggedIn> log_out(std::string_view cookie);
    // One of that card's, by its id: its mandate, for the relay to hear.
    std::optional<Hash> end_one(const Hash& card, std::string_view id, Said why);
    // All of that card, oldest first.
    [[nodiscard]] std::vector<LoggedIn> of_card(const Hash& card, UnixTime now) const;

    // An event stream of a page that wants to hear of the log-in's end. None: there are too many,
    // or nobody is logged in under this mandate.
    std::shared_ptr<http::Feed> listen(const Hash& mandate);
    // Whoever is logged in under this mandate is not any more, and the pages hear why.
    void end(const Hash& mandate, Said why);
    // From time to time.
    void drop_old(UnixTime now);
    // May the page of this log-in ask something now? Counted.
    bool may_ask(const Hash& mandate, UnixTime now);

  private:
    struct Session {
        LoggedIn who;
        Hash name{};  // SHA-256 of its cookie
        std::vector<std::weak_ptr<http::Feed>> listening = {};
        UnixTime asks_until = 0;
        int asks = 0;
    };
    Expiring<Hash, Waiting> waiting_{waiting_max};     // by the hash of its cookie
    Expiring<std::string, int> starts_{networks_max};  // by network
    Expiring<Hash, Session> sessions_;                 // by mandate
    std::map<Hash, Hash> mandates_;                    // by name
    std::set<std::pair<Hash, Hash>> of_cards_;         // card, mandate
    // Mandates that ended, for as long as they would live: one may end before its log-in is
    // finished here.
    Expiring<Hash, Said> ended_;
};

}  // namespace mado::site
