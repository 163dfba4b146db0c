// A server and a client over TLS 1.3 that know each other's certificates.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "http/test_net.hpp"

namespace mado::http {

constexpr Milliseconds patience{5'000};
using Answer = std::expected<Response, NetError>;
using Opened = std::expected<Connection, NetError>;

inline Task<Response> name_caller(Request request) {
    Response response;
    response.content_type = "text/plain";
    response.body = request.certificate ? base64url(*request.certificate) : "nobody";
    co_return response;
}

struct TlsTest : testing::Test {
    TlsTest()
        : server_tls(TlsContext::server(server_identity.tls(), true)),
          client_tls(TlsContext::client(client_identity.tls(), accept_only(server_identity.hash))) {
    }
    std::unique_ptr<Server> serve(const TlsContext& tls, std::vector<Route> routes,
                                  Limits limits = {}) {
        ServerOptions options;
        options.tls = &tls;
        options.limits = limits;
        options.report = [this](std::string_view, std::string_view what) {
            reports.emplace_back(what);
        };
        return std::make_unique<Server>(io, std::move(options), std::move(routes));
    }
    std::unique_ptr<Server> serve() {
        auto routes = test_routes();
        routes.push_back({"GET", "/who", 0, name_caller});
        return serve(server_tls, std::move(routes));
    }
    Connection connect(std::uint16_t port, const TlsContext* tls) {
        auto connection = await(io, Connection::connect({"127.0.0.1", port}, tls, patience));
        if (!connection) throw std::runtime_error("no connection");
        return std::move(*connection);
    }

    Identity server_identity{"server"};
    Identity client_identity{"client"};
    TlsContext server_tls;
    TlsContext client_tls;
    asio::io_context io;
    std::vector<std::string> reports;
};

}  // namespace mado::http
