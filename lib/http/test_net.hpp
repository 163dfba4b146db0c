// For the tests of lib/http: runs coroutines on an io_context, certificates, raw bytes.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "crypto/x509.hpp"
#include "http/completion.hpp"
#include "http/http.hpp"

namespace mado::http {

constexpr std::chrono::seconds test_patience{20};

// Runs the io_context until `task` is done; rethrows what it throws.
template <class T>
T await(asio::io_context& io, Task<T> task) {
    std::optional<T> result;
    std::exception_ptr thrown;
    asio::co_spawn(io, detail::boxed(std::move(task)),
                   [&io, &result, &thrown](std::exception_ptr error, std::optional<T> value) {
                       thrown = error;
                       result = std::move(value);
                       io.stop();
                   });
    io.restart();
    io.run_for(test_patience);
    if (thrown) std::rethrow_exception(thrown);
    if (!result) throw std::runtime_error("the test waited too long");
    return std::move(*result);
}

template <class T>
Task<bool> then_true(Task<T> task) {
    co_await std::move(task);
    co_return true;
}

inline void await(asio::io_context& io, Task<void> task) {
    await(io, then_true(std::move(task)));
}

inline Task<void> pause(Milliseconds time) {
    asio::steady_timer timer(co_await asio::this_coro::executor, time);
    co_await timer.async_wait(asio::use_awaitable);
}

// A certificate and its key, as an organisation would have.
struct Identity {
    explicit Identity(const std::string& name) {
        const auto key = crypto::PrivateKey::generate(crypto::KeyType::p256);
        const auto now = unix_now();
        const auto certificate = crypto::self_signed({.use = crypto::CertificateUse::organisation,
                                                      .common_name = name,
                                                      .organisation = name,
                                                      .dns_names = {"127.0.0.1"},
                                                      .not_before = now - 60,
                                                      .not_after = now + 3600},
                                                     key);
        certificate_pem = mado::to_text(certificate.pem());
        key_pem = key.pem();
        hash = certificate.thumbprint();
    }
    [[nodiscard]] TlsIdentity tls() const { return {certificate_pem, &key_pem}; }
    std::string certificate_pem;
    Secret key_pem;
    Hash hash{};
};

inline AcceptPeer accept_only(const Hash& hash) {
    return [hash](const Hash& peer) { return peer == hash; };
}

// A TCP connection that sends what no HTTP library would.
class RawClient {
  public:
    RawClient(asio::io_context& io, std::uint16_t port) : socket_(io) {
        socket_.connect({asio::ip::make_address("127.0.0.1"), port});
    }
    Task<void> send(std::string bytes) {
        co_await asio::async_write(socket_, asio::buffer(bytes), asio::use_awaitable);
    }
    // Until the other side closes; what came so far when it resets the connection.
    Task<std::string> read_to_end() { return read_until("\r\n this never comes"); }
    // Until `mark` has come.
    Task<std::string> read_until(std::string mark) {
        std::string all;
        std::array<char, 4096> buffer{};
        while (all.find(mark) == std::string::npos) {
            auto [error, count] = co_await socket_.async_read_some(
                asio::buffer(buffer), asio::as_tuple(asio::use_awaitable));
            if (error) break;
            all.append(buffer.data(), count);
        }
        co_return all;
    }
    void close() { socket_.close(); }

  private:
    asio::ip::tcp::socket socket_;
};

inline Task<std::string> send_and_read(asio::io_context& io, std::uint16_t port,
                                       std::string bytes) {
    RawClient client(io, port);
    co_await client.send(std::move(bytes));
    co_return co_await client.read_to_end();
}

// Sends the bytes and returns everything that comes back until the server closes.
inline std::string talk(asio::io_context& io, std::uint16_t port, std::string bytes) {
    return await(io, send_and_read(io, port, std::move(bytes)));
}

inline Request request(std::string method, std::string path, std::string body = {}) {
    Request made;
    made.method = std::move(method);
    made.path = std::move(path);
    made.body = std::move(body);
    if (!made.body.empty()) made.content_type = "text/plain";
    return made;
}

inline Task<Response> echo(Request request) {
    Response response;
    response.content_type = "text/plain";
    response.body = request.method + ' ' + request.path + ' ' + request.body;
    co_return response;
}

inline Task<Response> fail(Request) {
    throw Failure("secret detail");
    co_return Response{};
}

inline Task<Response> answer_badly(Request) {
    Response response;
    response.headers.push_back({"X-Note", "a\r\nSet-Cookie: b"});
    co_return response;
}

inline Task<Response> answer_slowly(Request request) {
    co_await pause(Milliseconds(200));
    co_return co_await echo(std::move(request));
}

inline std::vector<Route> test_routes() {
    return {
        {"GET", "/hello", 0, echo},
        {"POST", "/echo", 1000, echo},
        {"GET", "/tile/*", 0, echo},
        {"GET", "/failure", 0, fail},
        {"GET", "/bad-header", 0, answer_badly},
        {"GET", "/slow", 0, answer_slowly},
    };
}

// One connection, one request.
inline Task<std::expected<Response, NetError>> ask(std::uint16_t port, const TlsContext* tls,
                                                   Request what) {
    auto connection = co_await Connection::connect({"127.0.0.1", port}, tls, Milliseconds(5'000));
    if (!connection) co_return std::unexpected(connection.error());
    co_return co_await connection->exchange(std::move(what), 1'000'000, Milliseconds(5'000));
}

}  // namespace mado::http
