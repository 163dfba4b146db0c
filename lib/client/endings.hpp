// Hears from the relay which mandates of this organisation ended before their time
// (docs/protocols/mandate.md): the portal's, whose log-ins end when a card is pulled.
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
class EndingFollower {
  public:
    // `told` hears of each ending at least once, again after every reconnect: the relay tells then
    // of all that have ended and would live still.
    using Told = std::function<void(const wire::EndedMandate&)>;
    EndingFollower(http::asio::io_context& io, const wire::Directory& directory,
                   const Identity& identity, const Log& log, Told told);

    // Until stop().
    Task<void> run();
    void stop();
    // While it is not, endings are not heard of.
    [[nodiscard]] bool connected() const { return connected_; }

  private:
    Task<void> follow();
    void tell(std::string_view data);

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
