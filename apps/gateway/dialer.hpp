// Holds connections open to the relay (docs/protocols/gateway.md): the gateway dials, the relay
// sends orders down. Two idle connections more than are busy, 8 to 64, to every address of the
// relay.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "http/http.hpp"
#include "wire/directory.hpp"

namespace mado::gateway {

class Dialer {
  public:
    struct Options {
        std::vector<wire::Address> relay;
        std::vector<std::string> holders;
        const http::TlsContext& tls;
        const Log& log;
        http::Handler handler;
    };
    Dialer(http::asio::io_context& io, Options options);
    ~Dialer();

    void start();
    // Takes no more orders; those under way are finished first (at most `grace`).
    http::Task<void> stop(http::Milliseconds grace);
    // Connections that the relay has accepted.
    [[nodiscard]] std::size_t connected() const;

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace mado::gateway
