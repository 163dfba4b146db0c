#include "holders.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "http/completion.hpp"

namespace mado::relay {

namespace asio = http::asio;

namespace {

constexpr std::size_t waiting_max = 256;  // orders that wait for one holder
constexpr std::size_t channels_max = 65'536;
constexpr std::ptrdiff_t channels_of_gateway_max = 256;

}  // namespace

std::string_view to_text(Unavailable reason) {
    switch (reason) {
        case Unavailable::absent:
            return "absent";
        case Unavailable::slow:
            return "slow";
        case Unavailable::unwell:
            return "unwell";
    }
    return "unwell";
}

struct Holders::Channel {
    asio::io_context& io;
    Hash certificate;
    std::vector<wire::ParticipantId> holders;
    http::Connection connection;  // used by `io`'s thread only while busy
    bool busy = false;

    [[nodiscard]] bool serves(const wire::ParticipantId& holder) const {
        return std::ranges::find(holders, holder) != holders.end();
    }
};

struct Holders::Waiter {
    asio::io_context& io;
    asio::steady_timer timer;
    std::uint64_t turn;
    ChannelPtr channel;  // set under the mutex before the timer is woken
};

bool Holders::room_for(const Hash& certificate) const {
    const auto same = std::ranges::count_if(channels_, [&certificate](const ChannelPtr& other) {
        return other->certificate == certificate;
    });
    return channels_.size() < channels_max && same < channels_of_gateway_max;
}

// A gateway that was started again has left its old connections here.
void Holders::drop_dead(const Hash& certificate) {
    std::erase_if(channels_, [&certificate](const ChannelPtr& channel) {
        if (channel->certificate != certificate || channel->busy || channel->connection.open())
            return false;
        asio::post(channel->io, [channel] { channel->connection.close(); });
        return true;
    });
}

bool Holders::has_room(const Hash& certificate) {
    const std::scoped_lock lock(mutex_);
    drop_dead(certificate);
    return room_for(certificate);
}

void Holders::add(asio::io_context& io, const Hash& certificate,
                  const std::vector<wire::ParticipantId>& holders, http::Connection connection) {
    auto channel = std::make_shared<Channel>(
        Channel{io, certificate, holders, std::move(connection), /*busy=*/true});
    {
        const std::scoped_lock lock(mutex_);
        if (!room_for(certificate)) return;
        channels_.push_back(channel);
    }
    give_back(channel, /*usable=*/true);
}

bool Holders::present(const wire::ParticipantId& holder) {
    const std::scoped_lock lock(mutex_);
    return std::ranges::any_of(channels_, [&holder](const ChannelPtr& channel) {
        // An idle connection that its gateway has closed is nobody.
        return channel->serves(holder) && (channel->busy || channel->connection.open());
    });
}

Holders::ChannelPtr Holders::take_idle(const wire::ParticipantId& holder,
                                       const asio::io_context& here) {
    ChannelPtr found;
    for (auto at = channels_.begin(); at != channels_.end();) {
        const auto channel = *at;
        const bool wanted = !channel->busy && channel->serves(holder);
        if (wanted && !channel->connection.open()) {  // its gateway went away meanwhile
            at = channels_.erase(at);
            asio::post(channel->io, [channel] { channel->connection.close(); });
            continue;
        }
        ++at;
        if (!wanted) continue;
        found = channel;
        if (&channel->io == &here) break;
    }
    if (found) found->busy = true;
    return found;
}

Task<Holders::ChannelPtr> Holders::take(asio::io_context& here, wire::ParticipantId holder,
                                        std::chrono::steady_clock::time_point until) {
    std::shared_ptr<Waiter> waiter;
    {
        const std::scoped_lock lock(mutex_);
        if (auto channel = take_idle(holder, here)) co_return channel;
        auto& queue = waiting_[holder];
        if (queue.size() >= waiting_max) co_return nullptr;
        waiter = std::make_shared<Waiter>(
            Waiter{here, asio::steady_timer(here, until), ++turns_, nullptr});
        queue.push_back(waiter);
    }
    boost::system::error_code woken;
    co_await waiter->timer.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    const std::scoped_lock lock(mutex_);
    if (waiter->channel) co_return waiter->channel;
    std::erase(waiting_[holder], waiter);
    co_return nullptr;
}

void Holders::give_back(const ChannelPtr& channel, bool usable) {
    if (!usable) {
        drop(channel);
        return;
    }
    const std::scoped_lock lock(mutex_);
    // Of the holders behind it the one that has waited longest: none is starved by a neighbour.
    std::deque<std::shared_ptr<Waiter>>* longest = nullptr;
    for (const auto& holder : channel->holders) {
        const auto queue = waiting_.find(holder);
        if (queue == waiting_.end() || queue->second.empty()) continue;
        if (longest == nullptr || queue->second.front()->turn < longest->front()->turn) {
            longest = &queue->second;
        }
    }
    if (longest != nullptr) {
        const auto waiter = longest->front();
        longest->pop_front();
        waiter->channel = channel;  // stays busy: it changes hands
        asio::post(waiter->io, [waiter] { waiter->timer.cancel(); });
        return;
    }
    channel->busy = false;
}

void Holders::drop(const ChannelPtr& channel) {
    {
        const std::scoped_lock lock(mutex_);
        channels_.remove(channel);
    }
    asio::post(channel->io, [channel] { channel->connection.close(); });
}

Task<std::expected<wire::DeliveryReply, Unavailable>> Holders::deliver(asio::io_context& here,
                                                                       wire::ParticipantId holder,
                                                                       std::string body,
                                                                       http::Milliseconds timeout) {
    const auto until = std::chrono::steady_clock::now() + timeout;
    http::Request request;
    request.method = "POST";
    request.path = "/v1/orders";
    request.content_type = "application/json";
    request.body = std::move(body);
    // Twice at most: a gateway may close a connection in the moment in which it is taken. Sending
    // an order again is safe, the gateway recognises it.
    for (int attempt = 0; attempt < 2; ++attempt) {
        const auto channel = co_await take(here, holder, until);
        if (!channel) break;
        const auto left = std::chrono::duration_cast<http::Milliseconds>(
            until - std::chrono::steady_clock::now());
        std::expected<http::Response, http::NetError> response;
        try {
            auto exchange = channel->connection.exchange(request, wire::reply_bytes_max, left);
            response = &channel->io == &here
                           ? co_await std::move(exchange)
                           : co_await http::run_on(channel->io, std::move(exchange));
        } catch (...) {
            give_back(channel, /*usable=*/false);  // else it would count as busy for ever
            throw;
        }
        give_back(channel, response.has_value());
        if (!response) {
            if (response.error() == http::NetError::closed) continue;
            if (response.error() == http::NetError::timed_out) break;
            co_return std::unexpected(Unavailable::unwell);
        }
        auto reply = response->status == 200 ? wire::parse_delivery_reply(response->body)
                                             : bad("not a reply");
        if (!reply) co_return std::unexpected(Unavailable::unwell);
        co_return std::move(*reply);
    }
    co_return std::unexpected(Unavailable::slow);
}

void Holders::close() {
    std::list<ChannelPtr> all;
    {
        const std::scoped_lock lock(mutex_);
        all.swap(channels_);
    }
    for (const auto& channel : all) {
        asio::post(channel->io, [channel] { channel->connection.close(); });
    }
}

std::size_t Holders::connections() {
    const std::scoped_lock lock(mutex_);
    return channels_.size();
}

}  // namespace mado::relay
