// Who is logged in at the portal, in memory only: a portal that was started again has forgotten
// everybody, and the mandates end by themselves. Belongs to the io thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"

namespace mado::portal {

// Between the button and the return from the agent.
struct Waiting {
    std::string nonce;  // the relay's, for this browser session only
    std::string state;
    UnixTime expires = 0;
};

// Why somebody is not logged in any more.
enum class Ended { log_out, card, time };

struct LoggedIn {
    std::string mandate;  // JWS
    Hash mandate_hash{};
    UnixTime expires = 0;
};

class Sessions {
  public:
    // The session's name is a secret of the browser's cookie; only its hash is kept. None: too
    // many people begin to log in at once.
    std::optional<std::string> begin(Waiting waiting, UnixTime now);
    // Once: whoever comes back a second time has to begin anew.
    std::optional<Waiting> take_waiting(std::string_view cookie, UnixTime now);
    // Another name than before the log-in.
    std::string log_in(LoggedIn who);
    [[nodiscard]] const LoggedIn* find(std::string_view cookie, UnixTime now) const;
    std::optional<LoggedIn> log_out(std::string_view cookie);

    // Called when the log-in under this mandate ends.
    using Listener = std::function<void(Ended)>;
    // Removed by the number that comes back.
    std::uint64_t listen(const Hash& mandate, Listener listener);
    void forget(std::uint64_t listener);
    void end(const Hash& mandate, Ended why);

  private:
    void drop_old(UnixTime now);

    std::map<Hash, Waiting> waiting_;
    std::map<Hash, LoggedIn> logged_in_;
    struct Listening {
        Hash mandate{};
        Listener listener;
    };
    std::map<std::uint64_t, Listening> listeners_;
    std::uint64_t last_listener_ = 0;
};

}  // namespace mado::portal
