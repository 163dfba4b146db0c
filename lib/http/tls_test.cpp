// Who is let in over TLS 1.3, who gives way to whom, and other programs (curl, openssl) at the
// other end.
#include <fmt/format.h>
#include <stdio.h>

#include <array>
#include <thread>

#include "base/file.hpp"
#include "base/temp_folder.hpp"
#include "http/test_tls.hpp"

namespace mado::http {
namespace {

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
        options.known = [this](const Peer& peer) {
            return peer.certificate == client_identity.hash;
        };
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
    // It ends here: what it has still to put away is of this `io`.
    std::jthread other;
    return await(io, completed<std::string>([&command, &other](Done<std::string> done) {
                     other = std::jthread([command, done] { done(output_of(command)); });
                 }));
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

}  // namespace
}  // namespace mado::http
