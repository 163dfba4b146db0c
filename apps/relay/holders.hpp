// The connections that gateways hold open (docs/protocols/gateway.md). A connection belongs to the
// io thread that accepted it; another thread's order goes across and its answer comes back: the
// only hop between threads on a request's way.
#pragma once

#include <deque>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "http/http.hpp"
#include "wire/exchange.hpp"
#include "wire/ids.hpp"

namespace mado::relay {

using http::Task;

// Why an order got no answer.
enum class Unavailable {
    absent,  // no gateway of that holder is connected
    slow,    // none became free or answered in time
    unwell,  // what came back was not an answer
};
std::string_view to_text(Unavailable reason);

// An order and its answer, waiting included.
constexpr http::Milliseconds forward_timeout{1'500};

class Holders {
  public:
    // Whether that gateway may hold one more; those that it has left behind are no hindrance.
    [[nodiscard]] bool has_room(const Hash& certificate);
    // A gateway has dialled: `connection` serves orders to all of `holders`, one at a time.
    // `certificate`: the gateway's; each may hold 256 connections, more are closed at once.
    void add(http::asio::io_context& io, const Hash& certificate,
             const std::vector<wire::ParticipantId>& holders, http::Connection connection);
    [[nodiscard]] bool present(const wire::ParticipantId& holder);
    // Sends a delivery from the io thread `here` and waits for its reply, at most `timeout` in all.
    Task<std::expected<wire::DeliveryReply, Unavailable>> deliver(http::asio::io_context& here,
                                                                  wire::ParticipantId holder,
                                                                  std::string body,
                                                                  http::Milliseconds timeout);
    // Closes every connection; each on its own thread.
    void close();
    [[nodiscard]] std::size_t connections();

  private:
    struct Channel;
    struct Waiter;
    using ChannelPtr = std::shared_ptr<Channel>;

    // An idle channel of that holder, best one of `here`; null when all are busy or none is there.
    ChannelPtr take_idle(const wire::ParticipantId& holder, const http::asio::io_context& here);
    Task<ChannelPtr> take(http::asio::io_context& here, wire::ParticipantId holder,
                          std::chrono::steady_clock::time_point until);
    void give_back(const ChannelPtr& channel, bool usable);
    void drop(const ChannelPtr& channel);
    void drop_dead(const Hash& certificate);
    [[nodiscard]] bool room_for(const Hash& certificate) const;

    std::mutex mutex_;  // guards all below and Channel::busy: every io thread takes and gives back
    std::list<ChannelPtr> channels_;
    std::map<wire::ParticipantId, std::deque<std::shared_ptr<Waiter>>> waiting_;
    std::uint64_t turns_ = 0;  // numbers those who wait
};

}  // namespace mado::relay
