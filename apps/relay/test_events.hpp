// What tests hear on the relay's event streams.
#pragma once

#include <optional>
#include <vector>

#include "http/event_stream.hpp"
#include "test_exchange.hpp"
#include "wire/ending.hpp"

namespace mado::relay {

// A stream of events of the organisation whose certificate the server is told.
class Listener {
  public:
    Listener(asio::io_context& io, std::uint16_t port, std::string_view organisation) : io_(io) {
        auto made = http::await(
            io, http::Connection::connect({"127.0.0.1", port}, nullptr, http::Milliseconds(2'000)));
        EXPECT_TRUE(made.has_value());
        connection_.emplace(std::move(*made));
        http::Request request;
        request.path = "/v1/events";
        request.query = "for=" + std::string(organisation);
        const auto answer = http::await(
            io, connection_->open_feed(std::move(request), 10'000, http::Milliseconds(2'000)));
        EXPECT_TRUE(answer.has_value());
        status_ = answer ? answer->status : 0;
    }
    [[nodiscard]] int status() const { return status_; }
    // After how many events it was said that those were all that there were.
    [[nodiscard]] const std::vector<std::size_t>& all_told_after() const { return all_told_after_; }
    // Until so many have come.
    std::vector<http::ServerEvent> hear(std::size_t count) { return http::await(io_, take(count)); }

  private:
    http::Task<std::vector<http::ServerEvent>> take(std::size_t count) {
        std::vector<http::ServerEvent> out;
        while (out.size() < count) {
            const auto bytes = co_await connection_->read_more(http::Milliseconds(5'000));
            if (!bytes) break;
            for (auto& event : wire::valid(reader_.add(*bytes))) {
                if (event.name == wire::all_told_event) {
                    all_told_after_.push_back(heard_);
                    continue;
                }
                ++heard_;
                out.push_back(std::move(event));
            }
        }
        co_return out;
    }

    asio::io_context& io_;
    std::optional<http::Connection> connection_;
    http::EventReader reader_;
    std::size_t heard_ = 0;
    std::vector<std::size_t> all_told_after_;
    int status_ = 0;
};

}  // namespace mado::relay
