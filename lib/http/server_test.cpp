// The server over plain TCP, with a client that does not always play by the rules.
#include <fmt/format.h>
#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>
#include <memory>
#include <thread>

#include "base/result.hpp"
#include "http/test_net.hpp"

namespace mado::http {
namespace {

const std::string hello = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";
const std::string hello_and_close = "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

struct ServerTest : testing::Test {
    std::unique_ptr<Server> serve(Limits limits = {}) {
        ServerOptions options;
        options.limits = limits;
        options.report = [this](std::string_view id, std::string_view what) {
            reports.push_back(std::string(id) + ' ' + std::string(what));
        };
        options.observe = [this](const Observation& seen) {
            observed.push_back(std::string(seen.method) + ' ' + std::string(seen.path) + ' ' +
                               std::to_string(seen.status));
        };
        return std::make_unique<Server>(io, std::move(options), test_routes());
    }
    Response get(const Server& server, Request what) {
        auto response = await(io, ask(server.port(), nullptr, std::move(what)));
        EXPECT_TRUE(response.has_value());
        return response.value_or(Response{});
    }

    asio::io_context io;
    std::vector<std::string> reports;
    std::vector<std::string> observed;
};

void expect_problem(const Response& response, int status, std::string_view code) {
    EXPECT_EQ(response.status, status);
    EXPECT_EQ(response.content_type, "application/problem+json");
    const auto body = boost::json::parse(response.body).as_object();
    EXPECT_EQ(body.at("type").as_string(), "about:blank");
    EXPECT_EQ(body.at("status").as_int64(), status);
    EXPECT_EQ(body.at("code").as_string(), code);
    EXPECT_FALSE(body.at("title").as_string().empty());
    EXPECT_EQ(body.at("request_id").as_string(), response.header("X-Request-Id"));
}

TEST_F(ServerTest, Answers) {
    const auto server = serve();
    const auto response = get(*server, request("POST", "/echo", "abc"));
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, "POST /echo abc");
    EXPECT_EQ(response.content_type, "text/plain");
    EXPECT_EQ(response.header("cache-control"), "no-store");
    EXPECT_EQ(response.header("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(response.header("X-Request-Id").size(), 16U);
    EXPECT_FALSE(response.header("Date").empty());
    EXPECT_EQ(observed, std::vector<std::string>{"POST /echo 200"});
}

TEST_F(ServerTest, RefusesUnknownPathsAndMethods) {
    const auto server = serve();
    expect_problem(get(*server, request("GET", "/nothing")), 404, "not_found");
    expect_problem(get(*server, request("GET", "/%68ello")), 404, "not_found");
    expect_problem(get(*server, request("GET", "//hello")), 404, "not_found");
    expect_problem(get(*server, request("GET", "/tile/../hello")), 404, "not_found");
    expect_problem(get(*server, request("GET", "/tile/")), 404, "not_found");
    const auto response = get(*server, request("DELETE", "/hello"));
    expect_problem(response, 405, "method_not_allowed");
    EXPECT_EQ(response.header("Allow"), "GET, HEAD");
    expect_problem(get(*server, request("INVENTED", "/hello")), 405, "method_not_allowed");
    EXPECT_EQ(observed.back(), "other  405");
}

// A program whose answers people read makes pages of refusals, wherever they come from.
TEST_F(ServerTest, RefusalsMayGetAnotherForm) {
    ServerOptions options;
    options.refused = [](const Request& asked, Response& refusal) {
        if (asked.header("Accept") != "text/html") return;
        refusal.body = fmt::format("{} {} {}", asked.method, asked.path, refusal.status);
        refusal.content_type = "text/html";
    };
    const Server server(io, options, test_routes());
    const auto page = [&](Request of) {
        of.headers.push_back({"Accept", "text/html"});
        return get(server, std::move(of));
    };
    const auto missing = page(request("GET", "/nothing"));
    EXPECT_EQ(missing.status, 404);
    EXPECT_EQ(missing.body, "GET /nothing 404");
    const auto method = page(request("DELETE", "/hello"));
    EXPECT_EQ(method.body, "DELETE /hello 405");
    EXPECT_EQ(method.header("Allow"), "GET, HEAD");
    EXPECT_EQ(page(request("POST", "/echo", "abc")).body, "POST /echo abc") << "no refusal";
    expect_problem(get(server, request("GET", "/nothing")), 404, "not_found");
}

TEST_F(ServerTest, RoutesWhatIsBelowAPath) {
    const auto server = serve();
    EXPECT_EQ(get(*server, request("GET", "/tile/0/x001/067")).body, "GET /tile/0/x001/067 ");
    EXPECT_EQ(observed.back(), "GET /tile/* 200");
}

// A path whose form is somebody else's comes as it was sent; every other one has to be canonical.
TEST_F(ServerTest, GivesAForeignPathAsItCame) {
    const Server server(io, {}, {{"GET", "/ocsp/%*", 0, echo}, {"GET", "/*", 0, echo}});
    for (const auto* path : {"/ocsp/MEo%2B%3d", "/ocsp/a//b", "/ocsp/../hello", "/ocsp/%"})
        EXPECT_EQ(get(server, request("GET", path)).body, fmt::format("GET {} ", path));
    expect_problem(get(server, request("GET", "/a%2Fb")), 404, "not_found");
    expect_problem(get(server, request("GET", "/a//b")), 404, "not_found");
    EXPECT_EQ(get(server, request("GET", "/ocsp/")).body, "GET /ocsp/ ") << "the other route";
    EXPECT_THROW(Server(io, {}, {{"GET", "/o//%*", 0, echo}}), Failure);
    EXPECT_THROW(Server(io, {}, {{"GET", "/o/%*/x", 0, echo}}), Failure);
}

TEST_F(ServerTest, AnswersHeadWithoutABody) {
    const auto server = serve();
    const auto text =
        talk(io, server->port(), "HEAD /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(text.starts_with("HTTP/1.1 200 OK\r\n"));
    EXPECT_NE(text.find("Content-Length: 12\r\n"), std::string::npos);  // "HEAD /hello "
    EXPECT_TRUE(text.ends_with("\r\n\r\n"));
    const auto response = get(*server, request("HEAD", "/hello"));
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, "");
}

TEST_F(ServerTest, RefusesALargeBodyByItsLength) {
    const auto server = serve();
    EXPECT_EQ(get(*server, request("POST", "/echo", std::string(1000, 'a'))).status, 200);
    expect_problem(get(*server, request("POST", "/echo", std::string(1001, 'a'))), 413,
                   "too_large");
    // Also when it is far larger than what is ever read of it.
    expect_problem(get(*server, request("POST", "/echo", std::string(200'000, 'a'))), 413,
                   "too_large");
    // Before any of it was sent.
    const auto text =
        talk(io, server->port(), "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n");
    EXPECT_TRUE(text.starts_with("HTTP/1.1 413 "));
    EXPECT_NE(text.find("Connection: close\r\n"), std::string::npos);
}

TEST_F(ServerTest, RefusesALargeBodyInChunks) {
    const auto server = serve();
    std::string chunks = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (int i = 0; i < 11; ++i)
        chunks += "64\r\n" + std::string(100, 'a') + "\r\n";
    EXPECT_TRUE(talk(io, server->port(), chunks + "0\r\n\r\n").starts_with("HTTP/1.1 413 "));
}

TEST_F(ServerTest, RefusesALargeHeader) {
    const auto server = serve();
    const auto text =
        talk(io, server->port(),
             "GET /hello HTTP/1.1\r\nHost: a\r\nX-A: " + std::string(20'000, 'a') + "\r\n\r\n");
    EXPECT_TRUE(text.starts_with("HTTP/1.1 431 "));
}

TEST_F(ServerTest, RefusesWhatIsNotHttp) {
    const auto server = serve();
    for (const std::string& bytes :
         {std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11),
          std::string("hello\r\n\r\n"), std::string("GET /hello HTTP/2.0\r\n\r\n"),
          std::string("GET /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n"
                      "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /hello HTTP/1.1\r\n")}) {
        const auto text = talk(io, server->port(), bytes);
        EXPECT_TRUE(text.starts_with("HTTP/1.1 400 ")) << text;
        EXPECT_EQ(text.find("HTTP/1.1", 1), std::string::npos) << text;
        EXPECT_NE(text.find("\"malformed\""), std::string::npos);
    }
    EXPECT_EQ(observed.back(), "other  400");
}

TEST_F(ServerTest, AnswersRequestsThatComeTogetherInTheirOrder) {
    const auto server = serve();
    const auto text =
        talk(io, server->port(),
             "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n1" + hello_and_close);
    const auto first = text.find("POST /echo 1");
    ASSERT_NE(first, std::string::npos);
    EXPECT_NE(text.find("GET /hello ", first), std::string::npos);
}

TEST_F(ServerTest, SaysContinue) {
    const auto server = serve();
    const auto dialogue = [](asio::io_context& context, std::uint16_t port) -> Task<std::string> {
        RawClient client(context, port);
        co_await client.send(
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nConnection: close\r\n"
            "Expect: 100-continue\r\n\r\n");
        auto first = co_await client.read_until("\r\n\r\n");
        EXPECT_EQ(first, "HTTP/1.1 100 Continue\r\n\r\n");
        co_await client.send("abc");
        co_return co_await client.read_to_end();
    };
    EXPECT_TRUE(await(io, dialogue(io, server->port())).ends_with("POST /echo abc"));
    const auto refused = talk(io, server->port(),
                              "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n"
                              "Expect: 100-continue\r\n\r\n");
    EXPECT_TRUE(refused.starts_with("HTTP/1.1 413 "));
}

TEST_F(ServerTest, HidesWhatAHandlerThrew) {
    const auto server = serve();
    const auto response = get(*server, request("GET", "/failure"));
    expect_problem(response, 500, "internal");
    EXPECT_EQ(response.body.find("secret"), std::string::npos);
    ASSERT_EQ(reports.size(), 1U);
    EXPECT_EQ(reports[0], std::string(response.header("X-Request-Id")) + " secret detail");
}

TEST_F(ServerTest, DoesNotSendASplitHeader) {
    const auto server = serve();
    const auto response = get(*server, request("GET", "/bad-header"));
    expect_problem(response, 500, "internal");
    EXPECT_EQ(response.header("Set-Cookie"), "");
    EXPECT_EQ(reports.size(), 1U);
}

TEST_F(ServerTest, ClosesSlowConnections) {
    const auto server =
        serve({.header = Milliseconds(50), .body = Milliseconds(50), .idle = Milliseconds(50)});
    EXPECT_EQ(talk(io, server->port(), ""), "");  // nothing at all
    EXPECT_EQ(talk(io, server->port(), "GET /hello HTTP/1.1\r\nHo"), "");
    EXPECT_EQ(
        talk(io, server->port(), "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc"),
        "");
    EXPECT_TRUE(talk(io, server->port(), hello).ends_with("GET /hello "));  // then idle
    EXPECT_EQ(server->connections(), 0U);
}

TEST_F(ServerTest, HeaderTimeIsForTheWholeHeader) {
    const auto server = serve({.header = Milliseconds(100)});
    const auto drip = [](asio::io_context& context, std::uint16_t port) -> Task<int> {
        RawClient client(context, port);
        int sent = 0;
        try {
            for (; sent < 100; ++sent) {
                co_await client.send("G");
                co_await pause(Milliseconds(10));
            }
        } catch (const std::exception&) {
            co_return sent;
        }
        co_return sent;
    };
    EXPECT_LT(await(io, drip(io, server->port())), 50);
}

Task<bool> greeted(RawClient& client) {
    co_await client.send(hello);
    const auto text = co_await client.read_until("GET /hello ");
    co_return text.ends_with("GET /hello ");
}

TEST_F(ServerTest, LimitsConnections) {
    const auto server = serve({.connections_max = 2});
    RawClient first(io, server->port());
    RawClient second(io, server->port());
    EXPECT_TRUE(await(io, greeted(first)));
    EXPECT_TRUE(await(io, greeted(second)));
    EXPECT_EQ(server->connections(), 2U);
    RawClient third(io, server->port());
    EXPECT_EQ(await(io, third.read_to_end()), "");
    first.close();
    await(io, pause(Milliseconds(20)));
    RawClient fourth(io, server->port());
    EXPECT_TRUE(await(io, greeted(fourth)));
}

TEST_F(ServerTest, LimitsConnectionsOfOneAddress) {
    const auto server = serve({.connections_max = 10, .connections_per_address_max = 1});
    RawClient first(io, server->port());
    EXPECT_TRUE(await(io, greeted(first)));
    RawClient second(io, server->port());
    EXPECT_EQ(await(io, second.read_to_end()), "");
    first.close();
    await(io, pause(Milliseconds(20)));
    RawClient third(io, server->port());
    EXPECT_TRUE(await(io, greeted(third)));
}

// A subscriber has a whole /64 of IPv6 addresses.
TEST(NetworkOf, IsWhatOneSubscriberHas) {
    EXPECT_EQ(network_of("192.0.2.1"), "192.0.2.1");
    EXPECT_EQ(network_of("::ffff:192.0.2.1"), "192.0.2.1");
    EXPECT_EQ(network_of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
    EXPECT_EQ(network_of("2001:db8:1:2::9"), network_of("2001:db8:1:2:ffff::1"));
    EXPECT_NE(network_of("2001:db8:1:2::9"), network_of("2001:db8:1:3::9"));
    EXPECT_EQ(network_of("nowhere"), "nowhere");
}

Task<Response> answer_known(Request request) {
    auto out = co_await echo(std::move(request));
    out.known = true;
    co_return out;
}

// Who only holds a place loses it; who has shown who they are keeps it.
TEST_F(ServerTest, WhoWasServedLongestAgoGivesWayAndWhomAHandlerKnowsDoesNot) {
    ServerOptions options;
    options.limits.connections_max = 3;
    options.known = [](const Peer&) { return false; };
    const Server server(io, options, {{"GET", "/hello", 0, echo}, {"GET", "/in", 0, answer_known}});
    RawClient known(io, server.port());
    await(io, known.send("GET /in HTTP/1.1\r\nHost: a\r\n\r\n"));
    EXPECT_TRUE(await(io, known.read_until("GET /in ")).ends_with("GET /in "));
    RawClient first(io, server.port());
    EXPECT_TRUE(await(io, greeted(first)));
    RawClient second(io, server.port());
    EXPECT_TRUE(await(io, greeted(second)));
    EXPECT_TRUE(await(io, greeted(first)));
    RawClient third(io, server.port());
    EXPECT_TRUE(await(io, greeted(third)));
    EXPECT_EQ(await(io, second.read_to_end()), "") << "the first was served after it";
    EXPECT_TRUE(await(io, greeted(first)));
    EXPECT_TRUE(await(io, greeted(known)));
    // Both strangers go before it.
    RawClient fourth(io, server.port());
    EXPECT_TRUE(await(io, greeted(fourth)));
    RawClient fifth(io, server.port());
    EXPECT_TRUE(await(io, greeted(fifth)));
    EXPECT_TRUE(await(io, greeted(known)));
}

// A handler's word does not free its connection from the limit of its network.
TEST_F(ServerTest, WhomAHandlerKnowsStillCounts) {
    ServerOptions options;
    options.limits.connections_per_address_max = 1;
    options.known = [](const Peer&) { return false; };
    const Server server(io, options, {{"GET", "/hello", 0, echo}, {"GET", "/in", 0, answer_known}});
    RawClient known(io, server.port());
    await(io, known.send("GET /in HTTP/1.1\r\nHost: a\r\n\r\n"));
    await(io, known.read_until("GET /in "));
    RawClient second(io, server.port());
    EXPECT_EQ(await(io, second.read_to_end()), "");
    known.close();
    await(io, pause(Milliseconds(20)));
    RawClient third(io, server.port());
    EXPECT_TRUE(await(io, greeted(third)));
}

TEST_F(ServerTest, EveryAnswerHasTheHeadersOfItsServer) {
    ServerOptions options;
    options.headers = {{"X-Frame-Options", "DENY"}, {"X-Note", "all"}};
    const auto noted = [](Request) -> Task<Response> {
        Response out;
        out.headers = {{"x-note", "own"}};
        co_return out;
    };
    const Server server(io, options, {{"POST", "/echo", 10, echo}, {"GET", "/noted", 0, noted}});
    for (const auto& one :
         {request("GET", "/nothing"), request("GET", "/echo"),
          request("POST", "/echo", std::string(11, 'a')), request("POST", "/echo", "a")}) {
        const auto response = get(server, one);
        EXPECT_EQ(response.header("X-Frame-Options"), "DENY") << response.status;
        EXPECT_EQ(response.header("X-Note"), "all") << response.status;
    }
    const auto own = get(server, request("GET", "/noted"));
    EXPECT_EQ(own.header("X-Note"), "own");
    EXPECT_EQ(std::ranges::count_if(own.headers, [](const auto& h) { return h.value == "all"; }),
              0);
}

TEST_F(ServerTest, SendsALastingTextInsteadOfABody) {
    static constexpr std::string_view text = "a text of the program";
    const auto handler = [](Request) -> Task<Response> {
        Response out;
        out.body = "no";
        out.lasting = text;
        co_return out;
    };
    const Server server(io, {}, {{"GET", "/text", 0, handler}});
    EXPECT_EQ(get(server, request("GET", "/text")).body, text);
    const auto head =
        talk(io, server.port(), "HEAD /text HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT_NE(head.find("Content-Length: 21\r\n"), std::string::npos) << head;
}

TEST_F(ServerTest, StopsGracefully) {
    const auto server = serve();
    const auto scene = [](asio::io_context& context, Server& with) -> Task<Milliseconds> {
        RawClient idle(context, with.port());
        EXPECT_TRUE(co_await greeted(idle));
        RawClient silent(context, with.port());
        RawClient busy(context, with.port());
        co_await busy.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
        co_await pause(Milliseconds(50));
        EXPECT_EQ(with.connections(), 3U);
        const auto start = std::chrono::steady_clock::now();
        auto stopped = completed<bool>([&context, &with](Done<bool> done) {
            asio::co_spawn(context, with.stop(Milliseconds(5'000)),
                           [done](std::exception_ptr) { done(true); });
        });
        asio::co_spawn(context, std::move(stopped), [](std::exception_ptr, bool) {});
        EXPECT_EQ(co_await idle.read_to_end(), "");
        EXPECT_EQ(co_await silent.read_to_end(), "");
        const auto idle_took = std::chrono::steady_clock::now() - start;
        EXPECT_LT(idle_took, Milliseconds(100));
        const auto answer = co_await busy.read_to_end();
        EXPECT_TRUE(answer.ends_with("GET /slow ")) << answer;
        EXPECT_NE(answer.find("Connection: close"), std::string::npos);
        EXPECT_EQ(with.connections(), 0U);
        EXPECT_THROW(RawClient(context, with.port()), std::exception);
        co_return std::chrono::duration_cast<Milliseconds>(idle_took);
    };
    await(io, scene(io, *server));
}

TEST_F(ServerTest, StopEndsWithItsGrace) {
    const auto server = serve();
    RawClient busy(io, server->port());
    await(io, busy.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"));
    await(io, pause(Milliseconds(20)));
    await(io, server->stop(Milliseconds(30)));
    EXPECT_EQ(server->connections(), 0U);
    EXPECT_EQ(await(io, busy.read_to_end()), "");
}

TEST_F(ServerTest, ReportsAPortThatIsInUse) {
    const auto server = serve();
    ServerOptions options;
    options.port = server->port();
    try {
        const Server second(io, options, test_routes());
        FAIL();
    } catch (const OperatorError& error) {
        EXPECT_EQ(error.what(), "port " + std::to_string(options.port) +
                                    " on 127.0.0.1 is in use by another program; stop it or set "
                                    "another port in the configuration");
    }
    options.address = "somewhere";
    EXPECT_THROW(Server(io, options, test_routes()), OperatorError);
    options.address = "203.0.113.1";
    EXPECT_THROW(Server(io, options, test_routes()), OperatorError);
}

TEST_F(ServerTest, SharesAPortBetweenThreads) {
    ServerOptions options;
    options.reuse_port = true;
    const Server first(io, options, test_routes());
    options.port = first.port();
    const Server second(io, options, test_routes());
    EXPECT_EQ(first.port(), second.port());
}

TEST_F(ServerTest, RefusesRoutesThatNobodyCanReach) {
    EXPECT_THROW(Server(io, {}, {{"GET", "/a//b", 0, echo}}), Failure);
    EXPECT_THROW(Server(io, {}, {{"GET", "/a", 0, nullptr}}), Failure);
}

// The coroutines of every stage are destroyed where they wait (checked by AddressSanitizer).
TEST(ServerLifetime, EndsWithItsContextInTheMiddleOfEverything) {
    for (const std::string& sent :
         {std::string(), std::string("GET /he"), hello,
          std::string("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc"),
          std::string("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"), std::string("nonsense\r\n\r\n")}) {
        asio::io_context io;
        Server server(io, {}, test_routes());
        RawClient client(io, server.port());
        await(io, client.send(sent));
        await(io, pause(Milliseconds(20)));
    }
}

TEST(ServerLifetime, MayEndBeforeItsConnections) {
    asio::io_context io;
    auto server = std::make_unique<Server>(io, ServerOptions{}, test_routes());
    RawClient client(io, server->port());
    await(io, client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"));
    await(io, pause(Milliseconds(20)));
    server.reset();
    EXPECT_EQ(await(io, client.read_to_end()), "");
    await(io, pause(Milliseconds(250)));  // the handler ends after its server
}

}  // namespace
}  // namespace mado::http
