// Hears from the relay which mandates of this organisation ended before their time
// (docs/protocols/mandate.md): the portal's, whose log-ins end when a card is pulled.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include <boost/asio/steady_timer.hpp>

#include "client/client.hpp"

namespace mado::client {

struct EndedMandate {
    Hash mandate{};      // SHA-256 of its JWS
    std::string reason;  // "stop", "organisation", "revoked"
};
// The data of an event.
Parsed<EndedMandate> read_ended_mandate(std::string_view data);

// Keeps a connection to the relay's event stream, and makes a new one when it ends. Belongs to one
// io thread; directory and identity outlive it.
class EndingFollower {
  public:
    // `told` hears of each ending at least once, again after every reconnect: the relay tells then
    // of all that have ended and would live still.
    using Told = std::function<void(const EndedMandate&)>;
    EndingFollower(http::asio::io_context& io, const wire::Directory& directory,
                   const Identity& identity, Told told);

    // Until stop().
    Task<void> run();
    void stop();
    // While it is not, endings are not heard of.
    [[nodiscard]] bool connected() const { return connected_; }

  private:
    Task<void> follow();

    const wire::Directory& directory_;
    const Identity& identity_;
    Told told_;
    http::asio::steady_timer pause_;
    std::optional<http::Connection> connection_;
    bool connected_ = false;
    bool stopped_ = false;
};

}  // namespace mado::client
