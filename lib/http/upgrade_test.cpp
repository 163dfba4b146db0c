// The swapped roles after an upgrade: who opened the connection answers on it.
#include "http/test_tls.hpp"

namespace mado::http {
namespace {

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

}  // namespace
}  // namespace mado::http
