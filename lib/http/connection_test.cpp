// Connections over TLS 1.3: who is let in, time-outs, the swapped roles after an upgrade; and other
// programs (curl, openssl) at the other end.
#include <fmt/format.h>
#include <stdio.h>

#include <array>
#include <future>
#include <memory>
#include <thread>

#include "base/file.hpp"
#include "base/result.hpp"
#include "base/temp_folder.hpp"
#include "http/test_net.hpp"

namespace mado::http {
namespace {

constexpr Milliseconds patience{5'000};
using Answer = std::expected<Response, NetError>;
using Opened = std::expected<Connection, NetError>;

Task<Response> name_caller(Request request) {
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

TEST_F(TlsTest, BothSidesKnowWhoTheOtherIs) {
    const auto server = serve();
    auto connection = connect(server->port(), &client_tls);
    EXPECT_EQ(connection.peer_certificate(), server_identity.hash);
    for (int i = 0; i < 3; ++i) {  // one connection, several requests
        const auto answer = await(io, connection.exchange(request("GET", "/who"), 1000, patience));
        ASSERT_TRUE(answer.has_value());
        EXPECT_EQ(answer->body, base64url(client_identity.hash));
        EXPECT_TRUE(connection.open());
    }
    EXPECT_EQ(server->connections(), 1U);
}

TEST_F(TlsTest, ReachesANameToo) {
    const auto server = serve();
    const Endpoint to{"localhost", server->port()};
    const auto connection = await(io, Connection::connect(to, &client_tls, patience));
    EXPECT_TRUE(connection.has_value());
    const Endpoint nowhere{"nobody.invalid", server->port()};
    const auto nobody = await(io, Connection::connect(nowhere, &client_tls, patience));
    ASSERT_FALSE(nobody.has_value());
    EXPECT_EQ(nobody.error(), NetError::refused);
}

TEST_F(TlsTest, RefusesAnotherServer) {
    const auto server = serve();
    const auto other = TlsContext::client(client_identity.tls(), accept_only(Hash{}));
    const auto answer = await(io, ask(server->port(), &other, request("GET", "/who")));
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error(), NetError::certificate);
}

TEST_F(TlsTest, RefusesAServerWhenTheDecisionFails) {
    const auto server = serve();
    const auto broken =
        TlsContext::client([](const Hash&) -> bool { throw Failure("no directory"); });
    const auto answer = await(io, ask(server->port(), &broken, request("GET", "/who")));
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error(), NetError::certificate);
}

TEST_F(TlsTest, WantsAClientCertificateWhereItSaysSo) {
    const auto server = serve();
    const auto anonymous = TlsContext::client(accept_only(server_identity.hash));
    const auto answer = await(io, ask(server->port(), &anonymous, request("GET", "/who")));
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error(), NetError::certificate);

    const auto open_tls = TlsContext::server(server_identity.tls(), false);
    const auto open_server = serve(open_tls, {{"GET", "/who", 0, name_caller}});
    const auto named = await(io, ask(open_server->port(), &anonymous, request("GET", "/who")));
    ASSERT_TRUE(named.has_value());
    EXPECT_EQ(named->body, "nobody");
}

// A server that knows one certificate, and connections to it.
struct StrangersTest : TlsTest {
    std::unique_ptr<Server> serve(const Limits& limits) {
        ServerOptions options;
        options.tls = &server_tls;
        options.limits = limits;
        options.known = accept_only(client_identity.hash);
        return std::make_unique<Server>(io, std::move(options),
                                        std::vector<Route>{{"GET", "/who", 0, name_caller}});
    }
    bool served(Connection& connection) {
        return await(io, connection.exchange(request("GET", "/who"), 1000, patience)).has_value();
    }
    bool finds_a_place(const Server& server) {
        return await(io, Connection::connect({"127.0.0.1", server.port()}, &client_tls, patience))
            .has_value();
    }
    // Until the server has taken so many.
    void wait_for(const Server& server, std::size_t connections) {
        for (int i = 0; i < 1000 && server.connections() != connections; ++i)
            await(io, pause(Milliseconds(1)));
        ASSERT_EQ(server.connections(), connections);
    }

    TlsContext stranger_tls =
        TlsContext::client(Identity("stranger").tls(), accept_only(server_identity.hash));
};

// Whom a server knows gets the place of a stranger.
TEST_F(StrangersTest, GiveWay) {
    const auto server = serve({.connections_max = 3, .undisturbed = Milliseconds(0)});
    RawClient silent(io, server->port());  // never begins a handshake
    wait_for(*server, 1);
    auto stranger = connect(server->port(), &stranger_tls);
    auto first = connect(server->port(), &client_tls);
    EXPECT_TRUE(served(stranger));

    auto second = connect(server->port(), &client_tls);
    EXPECT_TRUE(served(second));
    EXPECT_FALSE(served(stranger)) << "although it was in use, and somebody came before it";
    auto third = connect(server->port(), &client_tls);
    EXPECT_TRUE(served(third));
    EXPECT_EQ(await(io, silent.read_to_end()), "");
    // No stranger is left: whom it knows keep their places, and one more finds none.
    EXPECT_EQ(server->connections(), 3U);
    EXPECT_FALSE(finds_a_place(*server));
    for (auto* one : {&first, &second, &third})
        EXPECT_TRUE(served(*one));
}

TEST_F(StrangersTest, EndNobodysHandshakeThatHasJustBegun) {
    const auto server = serve({.connections_max = 2, .undisturbed = Milliseconds(200)});
    RawClient first(io, server->port());
    const RawClient second(io, server->port());
    wait_for(*server, 2);
    EXPECT_FALSE(finds_a_place(*server));
    EXPECT_EQ(server->connections(), 2U);
    await(io, pause(Milliseconds(200)));
    EXPECT_TRUE(finds_a_place(*server)) << "the oldest had its time";
    EXPECT_EQ(await(io, first.read_to_end()), "");
}

// Who shows no certificate has had its handshake too, and is only being told so.
TEST_F(StrangersTest, WithoutACertificateGiveWayAtOnce) {
    const auto server = serve({.connections_max = 1});
    const auto anonymous_tls = TlsContext::client(accept_only(server_identity.hash));
    auto anonymous = connect(server->port(), &anonymous_tls);
    await(io, pause(Milliseconds(20)));
    ASSERT_EQ(server->connections(), 1U) << "it lingers";
    EXPECT_TRUE(finds_a_place(*server));
}

TEST_F(StrangersTest, OfOneAddressAreLimitedAndWhoIsKnownIsNot) {
    const auto server = serve({.connections_per_address_max = 2});
    std::vector<Connection> known;
    for (int i = 0; i < 3; ++i) {
        known.push_back(connect(server->port(), &client_tls));
        EXPECT_TRUE(served(known.back()));
    }
    auto stranger = connect(server->port(), &stranger_tls);
    EXPECT_TRUE(served(stranger));
    RawClient silent(io, server->port());
    wait_for(*server, 5);
    EXPECT_FALSE(finds_a_place(*server));
    silent.close();
    wait_for(*server, 4);
    EXPECT_TRUE(finds_a_place(*server));
    EXPECT_TRUE(served(stranger));
}

TEST_F(TlsTest, PlainAndTlsDoNotMix) {
    const auto server = serve();
    EXPECT_EQ(talk(io, server->port(), "GET /who HTTP/1.1\r\nHost: a\r\n\r\n").find("HTTP"),
              std::string::npos);
    Server plain(io, {}, test_routes());
    const auto answer = await(io, ask(plain.port(), &client_tls, request("GET", "/hello")));
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error(), NetError::malformed);
}

TEST_F(TlsTest, CarriesLargeBodiesBothWays) {
    const std::size_t size = 3'000'000;
    const auto server = serve(server_tls, {{"POST", "/echo", size, echo}});
    auto connection = connect(server->port(), &client_tls);
    std::string body(size, 'a');
    for (std::size_t i = 0; i < size; i += 1000)
        body[i] = static_cast<char>('a' + i / 1000 % 26);
    const auto answer =
        await(io, connection.exchange(request("POST", "/echo", body), 2 * size, patience));
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->body, "POST /echo " + body);
}

TEST_F(TlsTest, LimitsTheHandshake) {
    const auto server = serve(server_tls, test_routes(), {.handshake = Milliseconds(50)});
    EXPECT_EQ(talk(io, server->port(), ""), "");
    EXPECT_EQ(talk(io, server->port(), "\x16\x03\x01"), "");
    EXPECT_EQ(server->connections(), 0U);
}

TEST_F(TlsTest, RefusesAKeyOfAnotherCertificate) {
    const TlsIdentity mixed{server_identity.certificate_pem, &client_identity.key_pem};
    EXPECT_THROW(TlsContext::server(mixed, true), OperatorError);
    const TlsIdentity no_certificate{"hello", &client_identity.key_pem};
    EXPECT_THROW(TlsContext::server(no_certificate, true), OperatorError);
    const Secret no_key(as_bytes("hello"));
    EXPECT_THROW(TlsContext::server({server_identity.certificate_pem, &no_key}, true),
                 OperatorError);
}

// --- exchange -------------------------------------------------------------------------------

struct ExchangeTest : testing::Test {
    asio::io_context io;
};

// A server that reads a request and then sends exactly these bytes and closes.
Task<void> play(asio::ip::tcp::acceptor& acceptor, std::string bytes, Milliseconds wait) {
    auto socket = co_await acceptor.async_accept(asio::use_awaitable);
    std::array<char, 4096> buffer{};
    co_await socket.async_read_some(asio::buffer(buffer), asio::use_awaitable);
    co_await asio::async_write(socket, asio::buffer(bytes), asio::use_awaitable);
    co_await pause(wait);
}

Answer ask_player(asio::io_context& io, std::string bytes, std::size_t body_bytes_max = 100,
                  Milliseconds wait = {}) {
    asio::ip::tcp::acceptor acceptor(io, {asio::ip::make_address("127.0.0.1"), 0});
    asio::co_spawn(io, play(acceptor, std::move(bytes), wait), [](std::exception_ptr) {});
    auto connection = await(io, Connection::connect({"127.0.0.1", acceptor.local_endpoint().port()},
                                                    nullptr, patience));
    if (!connection) return std::unexpected(connection.error());
    auto answer =
        await(io, connection->exchange(request("GET", "/"), body_bytes_max, Milliseconds(200)));
    if (!answer) EXPECT_FALSE(connection->open());
    return answer;
}

TEST_F(ExchangeTest, ReadsAnswersOfOtherServers) {
    const auto chunked = ask_player(io,
                                    "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n"
                                    "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
    ASSERT_TRUE(chunked.has_value());
    EXPECT_EQ(chunked->body, "abc");
    EXPECT_EQ(ask_player(io, "HTTP/1.1 204 No Content\r\n\r\n")->status, 204);
}

TEST_F(ExchangeTest, SaysWhatWentWrong) {
    const auto error = [this](std::string bytes, Milliseconds wait = {}) {
        const auto answer = ask_player(io, std::move(bytes), 100, wait);
        return answer ? std::string_view("no error") : to_text(answer.error());
    };
    EXPECT_EQ(error(""), "closed");
    EXPECT_EQ(error("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"), "closed");
    EXPECT_EQ(error("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", Milliseconds(1000)),
              "timed_out");
    EXPECT_EQ(error("", Milliseconds(1000)), "timed_out");
    EXPECT_EQ(error("hello there\r\n\r\n"), "malformed");
    EXPECT_EQ(error("HTTP/1.1 200 OK\r\n\r\nabc"), "malformed");
    EXPECT_EQ(error("HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n"), "malformed");
    EXPECT_EQ(error("HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
              "malformed");
    std::string interim;
    for (int i = 0; i < 20; ++i)
        interim += "HTTP/1.1 100 Continue\r\n\r\n";
    EXPECT_EQ(error(interim), "malformed");
}

TEST_F(ExchangeTest, NobodyListens) {
    std::uint16_t port = 0;
    {
        const asio::ip::tcp::acceptor acceptor(io, {asio::ip::make_address("127.0.0.1"), 0});
        port = acceptor.local_endpoint().port();
    }
    const auto answer = await(io, ask(port, nullptr, request("GET", "/")));
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error(), NetError::refused);
}

TEST_F(ExchangeTest, NoticesThatAnIdlePeerHasClosed) {
    ServerOptions options;
    options.limits.idle = Milliseconds(50);
    const Server server(io, std::move(options), test_routes());
    auto connection =
        await(io, Connection::connect({"127.0.0.1", server.port()}, nullptr, patience));
    ASSERT_TRUE(connection.has_value());
    ASSERT_TRUE(await(io, connection->exchange(request("GET", "/hello"), 100, patience)));
    EXPECT_TRUE(connection->open());
    await(io, pause(Milliseconds(120)));
    EXPECT_FALSE(connection->open());
    const auto answer = await(io, connection->exchange(request("GET", "/hello"), 100, patience));
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error(), NetError::closed);
}

TEST_F(ExchangeTest, OneAtATime) {
    const Server server(io, {}, test_routes());
    auto connection =
        await(io, Connection::connect({"127.0.0.1", server.port()}, nullptr, patience));
    ASSERT_TRUE(connection.has_value());
    asio::co_spawn(io, connection->exchange(request("GET", "/slow"), 100, patience),
                   [](std::exception_ptr, const auto&) {});
    await(io, pause(Milliseconds(20)));
    EXPECT_THROW(await(io, connection->exchange(request("GET", "/hello"), 100, patience)), Failure);
    connection->close();
    await(io, pause(Milliseconds(20)));
}

TEST_F(ExchangeTest, AMovedConnectionIsClosedOnce) {
    const Server server(io, {}, test_routes());
    const Endpoint to{"127.0.0.1", server.port()};
    auto first = await(io, Connection::connect(to, nullptr, patience));
    auto second = await(io, Connection::connect(to, nullptr, patience));
    ASSERT_TRUE(first.has_value() && second.has_value());
    *first = std::move(*second);
    await(io, pause(Milliseconds(20)));
    EXPECT_EQ(server.connections(), 1U);
    EXPECT_TRUE(first->open());
    EXPECT_FALSE(second->open());
}

// --- swapped roles --------------------------------------------------------------------------

struct UpgradeTest : TlsTest {
    // The relay's side: keeps the connection that a gateway opened.
    Task<void> keep(Connection connection) {
        kept.emplace(std::move(connection));
        co_return;
    }
    Task<Response> upgrade(Request) {
        Response response;
        response.status = 101;
        response.headers.push_back({"Upgrade", "mado-holder/1"});
        response.upgraded = [this](Connection connection) { return keep(std::move(connection)); };
        co_return response;
    }
    std::unique_ptr<Server> serve_holders() {
        return serve(server_tls, {{"POST", "/v1/holder", 100,
                                   [this](Request what) { return upgrade(std::move(what)); }}});
    }
    // The gateway's side.
    void dial(const Server& server, Handler handler, const std::string& upgrade_to) {
        dialled.emplace(connect(server.port(), &client_tls));
        auto what = request("POST", "/v1/holder", "{}");
        if (!upgrade_to.empty()) what.headers.push_back({"Upgrade", upgrade_to});
        asio::co_spawn(
            io,
            dialled->upgrade_and_serve(
                std::move(what), std::move(handler), 1000, [this] { ++accepted; },
                [this](std::string_view, std::string_view told) { reports.emplace_back(told); }),
            [this](std::exception_ptr error, std::expected<int, NetError> status) {
                EXPECT_FALSE(error);
                served = status;
            });
        await(io, pause(Milliseconds(50)));
    }

    std::optional<Connection> kept;
    std::optional<Connection> dialled;
    std::optional<std::expected<int, NetError>> served;
    int accepted = 0;
};

Task<int> ask_many(Connection& connection, int count) {
    int right = 0;
    for (int i = 0; i < count; ++i) {
        const auto body = std::to_string(i);
        auto what = request("POST", "/order", body);
        const auto answer = co_await connection.exchange(std::move(what), 1000, patience);
        if (!answer) co_return right;
        if (answer->body == "POST /order " + body) ++right;
    }
    co_return right;
}

TEST_F(UpgradeTest, AnswersAThousandRequestsOfTheOtherSide) {
    const auto server = serve_holders();
    dial(*server, echo, "mado-holder/1");
    EXPECT_EQ(accepted, 1);
    ASSERT_TRUE(kept.has_value());
    EXPECT_EQ(kept->peer_certificate(), client_identity.hash);
    EXPECT_EQ(server->connections(), 0U);  // it is its new owner's
    EXPECT_EQ(await(io, ask_many(*kept, 1000)), 1000);
    EXPECT_TRUE(kept->open());
    EXPECT_FALSE(served.has_value());
    kept->close();
    await(io, pause(Milliseconds(50)));
    ASSERT_TRUE(served.has_value());
    EXPECT_EQ(served->value(), 101);
    EXPECT_EQ(server->connections(), 0U);
}

TEST_F(UpgradeTest, LimitsAndReportsOnTheSwappedSideToo) {
    const auto server = serve_holders();
    dial(*server, fail, "mado-holder/1");
    ASSERT_TRUE(kept.has_value());
    const auto failed = await(io, kept->exchange(request("GET", "/order"), 1000, patience));
    ASSERT_TRUE(failed.has_value());
    EXPECT_EQ(failed->status, 500);
    EXPECT_EQ(reports, std::vector<std::string>{"secret detail"});
    const auto large = await(
        io, kept->exchange(request("POST", "/order", std::string(1001, 'a')), 1000, patience));
    ASSERT_TRUE(large.has_value());
    EXPECT_EQ(large->status, 413);
    EXPECT_FALSE(kept->open());
}

TEST_F(UpgradeTest, NeedsAnUpgradeRequest) {
    const auto server = serve_holders();
    dial(*server, echo, "");
    ASSERT_TRUE(served.has_value());
    EXPECT_EQ(served->value(), 426);
    EXPECT_EQ(accepted, 0);
    EXPECT_FALSE(kept.has_value());
}

TEST_F(UpgradeTest, ReturnsTheStatusOfARefusal) {
    const auto server = serve();
    dial(*server, echo, "mado-holder/1");
    ASSERT_TRUE(served.has_value());
    EXPECT_EQ(served->value(), 404);
}

TEST_F(UpgradeTest, EndsWhenItsOwnerClosesIt) {
    const auto server = serve_holders();
    dial(*server, echo, "mado-holder/1");
    ASSERT_TRUE(kept.has_value());
    dialled->close();
    await(io, pause(Milliseconds(20)));
    ASSERT_TRUE(served.has_value());
    EXPECT_FALSE(kept->open());
}

TEST_F(UpgradeTest, TheServersStopLeavesItToItsOwner) {
    const auto server = serve_holders();
    dial(*server, answer_slowly, "mado-holder/1");
    ASSERT_TRUE(kept.has_value());
    // The request under way is answered all the same.
    int right = 0;
    asio::co_spawn(io, ask_many(*kept, 1),
                   [&right](std::exception_ptr, int count) { right = count; });
    await(io, pause(Milliseconds(50)));
    await(io, server->stop(Milliseconds(2'000)));
    await(io, pause(Milliseconds(500)));
    EXPECT_EQ(right, 1);
    EXPECT_TRUE(kept->open());
    EXPECT_EQ(server->connections(), 0U);
}

TEST_F(UpgradeTest, OutlivesNeitherServerNorContext) {
    const auto server = serve_holders();
    dial(*server, echo, "mado-holder/1");
    ASSERT_TRUE(kept.has_value());  // and everything is destroyed as it stands
}

// --- other programs -------------------------------------------------------------------------

std::string output_of(const std::string& command) {
    std::string all;
    FILE* pipe = ::popen(command.c_str(), "r");
    if (pipe == nullptr) return all;
    std::array<char, 4096> buffer{};
    while (const auto count = ::fread(buffer.data(), 1, buffer.size(), pipe))
        all.append(buffer.data(), count);
    ::pclose(pipe);
    return all;
}

// Runs a command in another thread while this one serves.
std::string output_while_serving(asio::io_context& io, const std::string& command) {
    auto output = await(io, completed<std::string>([command](Done<std::string> done) {
                            std::thread([command, done] { done(output_of(command)); }).detach();
                        }));
    return output;
}

struct OtherProgramsTest : TlsTest {
    OtherProgramsTest() {
        replace_file(folder.path("server.pem"), as_bytes(server_identity.certificate_pem));
        replace_file(folder.path("client.pem"), as_bytes(client_identity.certificate_pem));
        replace_file(folder.path("client.key"), client_identity.key_pem.view(), 0600);
        curl = fmt::format("curl -s --max-time 10 --cacert {} --cert {} --key {} ",
                           folder.path("server.pem"), folder.path("client.pem"),
                           folder.path("client.key"));
    }
    TempFolder folder;
    std::string curl;
};

TEST_F(OtherProgramsTest, CurlIsServed) {
    const auto server = serve();
    const auto base = fmt::format("https://127.0.0.1:{}", server->port());
    EXPECT_EQ(output_while_serving(io, curl + base + "/who"), base64url(client_identity.hash));
    EXPECT_EQ(output_while_serving(io, curl + base + "/who " + base + "/hello"),
              base64url(client_identity.hash) + "GET /hello ");
    EXPECT_EQ(
        output_while_serving(io, "head -c 900 /dev/zero | tr '\\0' a | " + curl +
                                     "-H 'Transfer-Encoding: chunked' -H 'Expect: 100-continue' "
                                     "--data-binary @- " +
                                     base + "/echo"),
        "POST /echo " + std::string(900, 'a'));
    EXPECT_EQ(output_while_serving(io, "head -c 300000 /dev/zero | " + curl +
                                           "-o /dev/null -w '%{http_code}' --data-binary @- " +
                                           base + "/echo"),
              "413");
    EXPECT_EQ(output_while_serving(io, curl + "-I " + base + "/hello | head -1"),
              "HTTP/1.1 200 OK\r\n");
}

TEST_F(OtherProgramsTest, OnlyTls13WithoutResumption) {
    const auto server = serve();
    const auto base = fmt::format("https://127.0.0.1:{}/who", server->port());
    EXPECT_EQ(output_while_serving(io, curl + "--tls-max 1.2 -w '%{exitcode}' " + base), "35");
    const auto session = output_while_serving(
        io,
        fmt::format("(printf 'GET /who HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n';"
                    " sleep 1) | openssl s_client -connect 127.0.0.1:{} -cert {} -key {} "
                    "-alpn h2,http/1.1 -ign_eof 2>&1",
                    server->port(), folder.path("client.pem"), folder.path("client.key")));
    EXPECT_NE(session.find("TLSv1.3"), std::string::npos);
    EXPECT_NE(session.find("ALPN protocol: http/1.1"), std::string::npos);
    EXPECT_NE(session.find(base64url(client_identity.hash)), std::string::npos);
    EXPECT_EQ(session.find("Session Ticket"), std::string::npos) << session;
}

// --- completion -----------------------------------------------------------------------------

TEST(Completion, ComesFromAnotherThread) {
    asio::io_context io;
    for (int i = 0; i < 100; ++i) {
        std::thread worker;
        const auto here = std::this_thread::get_id();
        const auto wait = [&worker, here](int number) -> Task<int> {
            auto value = co_await completed<std::unique_ptr<int>>(
                [&worker, number](Done<std::unique_ptr<int>> done) {
                    worker = std::thread([done, number] { done(std::make_unique<int>(number)); });
                });
            EXPECT_EQ(std::this_thread::get_id(), here);
            co_return *value;
        };
        EXPECT_EQ(await(io, wait(i)), i);
        worker.join();
    }
}

TEST(Completion, OnlyTheFirstCallCounts) {
    asio::io_context io;
    EXPECT_EQ(await(io, completed<int>([](Done<int> done) {
                        done(1);
                        done(2);
                    })),
              1);
}

TEST(Completion, GivingUpIsAFailure) {
    asio::io_context io;
    EXPECT_THROW(await(io, completed<int>([](Done<int>) {})), Failure);
    std::thread worker;
    EXPECT_THROW(await(io, completed<int>([&worker](Done<int> done) {
                           worker = std::thread([mine = std::move(done)] {});
                       })),
                 Failure);
    worker.join();
    EXPECT_THROW(await(io, completed<int>([](Done<int>) { throw OperatorError("no"); })),
                 OperatorError);
}

TEST(Completion, MayEndWithItsContext) {
    Done<int> kept;
    {
        asio::io_context io;
        asio::co_spawn(io, completed<int>([&kept](Done<int> done) { kept = std::move(done); }),
                       [](std::exception_ptr, int) {});
        io.poll();
        ASSERT_TRUE(kept);
        kept = nullptr;
    }
}

// The callback waits in the very context that is destroyed.
TEST(Completion, MayBeHeldByItsContext) {
    asio::io_context io;
    asio::co_spawn(io, completed<int>([&io](Done<int> done) {
                       auto timer = std::make_shared<asio::steady_timer>(io, std::chrono::hours(1));
                       timer->async_wait([done, timer](const auto&) { done(1); });
                   }),
                   [](std::exception_ptr, int) {});
    io.poll();
}

TEST(Completion, RunsOnAnotherContext) {
    asio::io_context here;
    asio::io_context there;
    auto work = asio::make_work_guard(there);
    std::thread other([&there] { there.run(); });
    const auto name = []() -> Task<std::thread::id> { co_return std::this_thread::get_id(); };
    const auto broken = []() -> Task<int> {
        throw Failure("broken");
        co_return 0;
    };
    EXPECT_EQ(await(here, run_on(there, name())), other.get_id());
    EXPECT_THROW(await(here, run_on(there, broken())), Failure);
    work.reset();
    other.join();
}

}  // namespace
}  // namespace mado::http
