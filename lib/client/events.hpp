// What the relay tells this organisation of by itself (docs/protocols/mandate.md): mandates that
// ended before their time (a portal's, whose log-ins end when a card is pulled), and answers that
// hold no longer (a clinic's, which asks again).
#pragma once

#include <functional>
#include <optional>

#include <boost/asio/steady_timer.hpp>

#include "base/log.hpp"
#include "client/client.hpp"
#include "wire/ending.hpp"

namespace mado::client {

// Keeps a connection to the relay's event stream, and makes a new one when it ends, or brings what
// cannot be read. Belongs to one io thread; directory, identity and log outlive it.
class EventFollower {
  public:
    // Each is heard at least once, again after every reconnect: the relay tells then of all that
    // have ended and would live still, and of all answers that have changed in the last 30 days.
    struct Told {
        std::function<void(const wire::EndedMandate&)> ended = nullptr;
        std::function<void(const wire::ChangedAnswer&)> changed = nullptr;
        // On this connection what was there before has been told.
        std::function<void()> all = nullptr;
    };
    EventFollower(http::asio::io_context& io, const wire::Directory& directory,
                  const Identity& identity, const Log& log, Told told);

    // Until stop().
    Task<void> run();
    void stop();
    // While it is not, nothing is heard.
    [[nodiscard]] bool connected() const { return connected_; }

  private:
    Task<void> follow();
    void tell(std::string_view name, std::string_view data);

    const wire::Directory& directory_;
    const Identity& identity_;
    const Log& log_;
    Told told_;
    http::asio::steady_timer pause_;
    std::optional<http::Connection> connection_;
    bool connected_ = false;
    bool stopped_ = false;
};

}  // namespace mado::client
