// Holds connections open to the relay (docs/protocols/gateway.md): the gateway dials, the relay
// sends orders down. 8 to every address of the relay, and one more whenever fewer than two would be
// idle, to 64; however few are busy afterwards, what was added stays.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "http/http.hpp"
#include "wire/directory.hpp"

namespace mado::gateway {

constexpr http::Milliseconds dial_pause_first{100};
constexpr http::Milliseconds dial_pause_most{2'000};
// A connection that the relay kept this long was no failure.
constexpr http::Milliseconds held_min{5'000};

// How long to wait before dialling again: twice as long as the last time, up to a limit, until a
// connection is held. `held`: how long the relay kept the last one; 0 when it took none.
http::Milliseconds pause_after(http::Milliseconds last, http::Milliseconds held);

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
