// The witness over HTTPS, as logs and strangers meet it.
#include "routes.hpp"

#include <boost/json.hpp>

#include "crypto/digest.hpp"
#include "http/test_net.hpp"
#include "test_witness.hpp"

namespace mado::witness {
namespace {

const std::string log_path =
    "/" + hex(crypto::sha256(as_bytes(std::string_view("log.example/2026")))) + "/checkpoint";

class RoutesTest : public testing::Test {
  protected:
    RoutesTest() { start(); }
    // Also after a stop: on the same store.
    void start() {
        store.emplace(folder.path("witness.sqlite"));
        shared.emplace(Shared{.directory = directory,
                              .name = country.witnesses[0],
                              .key = country.witness_keys[0],
                              .log = program_log,
                              .store = *store,
                              .submissions = submissions,
                              .contradictions = contradictions,
                              .contradictions_dropped = dropped});
        http::ServerOptions options;
        options.tls = &tls;
        options.limits = public_limits();
        options.report = [this](std::string_view, std::string_view what) {
            reports.emplace_back(what);
        };
        server.emplace(io, std::move(options), public_routes(*shared, paths));
    }
    void stop() {
        server.reset();
        shared.reset();
        store.reset();
    }
    http::Response send(http::Request request) {
        auto response = http::await(io, http::ask(server->port(), &client, std::move(request)));
        EXPECT_TRUE(response.has_value());
        return response.value_or(http::Response{});
    }
    http::Response submit(std::string body) {
        return send(http::request("POST", "/add-checkpoint", std::move(body)));
    }
    http::Response get(std::string path) { return send(http::request("GET", std::move(path))); }
    // Whether this answer is a cosignature of the log's present checkpoint.
    bool cosigns(const http::Response& response) {
        return response.status == 200 && response.content_type == "text/plain; charset=utf-8" &&
               tlog::take_cosignature(response.body, log.note(), country.witnesses[0], unix_now());
    }
    static std::string code(const http::Response& response) {
        EXPECT_EQ(response.content_type, "application/problem+json");
        const auto body = boost::json::parse(response.body).as_object();
        EXPECT_EQ(body.at("request_id").as_string(), response.header("X-Request-Id"));
        return std::string(body.at("code").as_string());
    }
    void expect_conflict(const http::Response& response, const std::string& size) {
        EXPECT_EQ(response.status, 409);
        EXPECT_EQ(response.content_type, "text/x.tlog.size");
        EXPECT_EQ(response.body, size + "\n");
    }

    WitnessCountry country;
    wire::Directory directory = country.directory();
    TestLog log{country};
    TempFolder folder;
    const Log program_log{"test", null_device()};
    http::Metrics metrics;
    http::CounterFamily& submissions = metrics.counters("submissions", "…", {"result"});
    http::Counter& contradictions = metrics.counter("contradictions", "…");
    http::Counter& dropped = metrics.counter("dropped", "…");
    http::Identity identity{"witness"};
    http::TlsContext tls = http::TlsContext::server(identity.tls(), false);
    http::TlsContext client = http::TlsContext::client(http::accept_only(identity.hash));
    const std::vector<std::string> paths = checkpoint_paths(directory);
    std::vector<std::string> reports;
    std::optional<Store> store;
    std::optional<Shared> shared;
    http::asio::io_context io;
    std::optional<http::Server> server;
};

// ---- add-checkpoint ----

TEST_F(RoutesTest, GrowingLogIsCosigned) {
    std::uint64_t old = 0;
    for (const std::uint64_t more : {3U, 0U, 1U, 252U, 1U, 300U}) {
        log.grow(more);
        EXPECT_TRUE(cosigns(submit(log.body(old)))) << log.tree.size();
        old = log.tree.size();
        EXPECT_EQ(store->newest(country.log.name())->size, old);
    }
    EXPECT_EQ(submissions.with({"cosigned"}).value(), 6U);
    EXPECT_TRUE(reports.empty());
}

TEST_F(RoutesTest, EmptyLogIsCosigned) {
    EXPECT_TRUE(cosigns(submit(log.body(0))));
    log.grow(2);
    EXPECT_TRUE(cosigns(submit(log.body(0))));
}

TEST_F(RoutesTest, Malformed) {
    log.grow(3);
    for (const auto& body : {std::string("old 0"), log.note(), log.body(0) + "x",
                             "old 4\n\n" + log.note(), std::string(1000, '\0')}) {
        const auto response = submit(body);
        EXPECT_EQ(response.status, 400) << body;
        EXPECT_EQ(code(response), "malformed");
    }
    EXPECT_EQ(submit("").status, 400);
    EXPECT_NE(submit("old 4\n\n" + log.note())
                  .body.find(R"("reason":"its old size is above the checkpoint's")"),
              std::string::npos);
    EXPECT_EQ(store->newest(country.log.name()), std::nullopt);
}

TEST_F(RoutesTest, TooLarge) {
    const auto response = submit(std::string(tlog::add_checkpoint_bytes_max + 1, 'x'));
    EXPECT_EQ(response.status, 413);
    EXPECT_EQ(code(response), "too_large");
    EXPECT_EQ(submit(std::string(tlog::add_checkpoint_bytes_max, 'x')).status, 400);
}

// signed-note, "Signatures": at least 16, of which each may be nearly 5 kB long.
TEST_F(RoutesTest, LargeSignatures) {
    log.grow(3);
    auto body = log.body(0);
    for (int i = 1; i < 16; ++i) {
        body += tlog::signature_line({.name = fmt::format("post-quantum.example/{}", i),
                                      .id = static_cast<std::uint32_t>(i),
                                      .signature = Bytes(4'990)});
    }
    EXPECT_EQ(submit(body).status, 200);
}

TEST_F(RoutesTest, UnknownLog) {
    log.grow(3);
    auto checkpoint = log.checkpoint();
    checkpoint.origin = "log.example/2027";
    const auto response = submit("old 0\n\n" + log.sign(checkpoint));
    EXPECT_EQ(response.status, 404);
    EXPECT_EQ(code(response), "unknown_log");
}

TEST_F(RoutesTest, NotSignedByTheLog) {
    log.grow(3);
    const auto text = tlog::checkpoint_text(log.checkpoint());
    const auto wrong = tlog::signature_line(
        {.name = country.log.name(), .id = country.log.id(), .signature = Bytes(64, 1)});
    for (const auto& lines :
         {wrong, log.note().substr(text.size() + 1) + wrong, country.cosign(text, 1)}) {
        const auto response = submit("old 0\n\n" + text + "\n" + lines);
        EXPECT_EQ(response.status, 403) << lines;
        EXPECT_EQ(code(response), "not_signed");
    }
    EXPECT_EQ(store->newest(country.log.name()), std::nullopt);
}

TEST_F(RoutesTest, ConflictSaysTheSize) {
    log.grow(3);
    expect_conflict(submit(log.body(2)), "0");
    EXPECT_TRUE(cosigns(submit(log.body(0))));
    log.grow(2);
    expect_conflict(submit(log.body(0)), "3");
    expect_conflict(submit(log.body(4)), "3");
    expect_conflict(submit(log.body(5)), "3");
    EXPECT_TRUE(cosigns(submit(log.body(3))));
}

TEST_F(RoutesTest, InconsistentIsNotCosigned) {
    log.grow(3);
    EXPECT_TRUE(cosigns(submit(log.body(0))));
    log.grow(2);
    auto request = log.request(3);
    request.proof.pop_back();
    const auto response = submit(tlog::to_text(request));
    EXPECT_EQ(response.status, 422);
    EXPECT_EQ(code(response), "inconsistent");
    EXPECT_EQ(store->newest(country.log.name())->size, 3U);
    EXPECT_EQ(contradictions.value(), 0U) << "a wrong proof is nobody's signature";
}

TEST_F(RoutesTest, ContradictionIsRefusedAndKept) {
    log.grow(5);
    EXPECT_TRUE(cosigns(submit(log.body(0))));
    const auto seen = store->newest(country.log.name()).value();
    TestLog other{country};
    other.grow(5);
    EXPECT_EQ(submit(other.body(5)).status, 422);
    expect_conflict(submit(other.body(0)), "5");
    EXPECT_EQ(contradictions.value(), 1U) << "one, however often it is sent";
    other.grow(4);
    const auto body = other.body(5);
    EXPECT_EQ(submit(body).status, 422);
    EXPECT_EQ(contradictions.value(), 2U);
    EXPECT_EQ(store->newest(country.log.name()), seen);
    EXPECT_EQ(submit(body).status, 422);
    EXPECT_EQ(contradictions.value(), 2U);
    const auto kept = read_contradictions(folder.path("witness.sqlite")).found;
    ASSERT_EQ(kept.size(), 2U);
    for (const auto& one : kept) {
        EXPECT_TRUE(tlog::verify_contradiction(one.contradiction, country.log));
        EXPECT_EQ(std::get<tlog::TwoRoots>(one.contradiction).older, seen.note);
        EXPECT_NEAR(static_cast<double>(one.found_at), static_cast<double>(unix_now()), 60);
    }
    EXPECT_EQ(std::get<tlog::TwoRoots>(kept[1].contradiction).newer, other.note());
}

// Nobody hears of a submission's fate before what convicts the log is kept.
TEST_F(RoutesTest, ContradictionThatCannotBeKeptIsNotAnswered) {
    log.grow(5);
    EXPECT_TRUE(cosigns(submit(log.body(0))));
    TestLog other{country};
    other.grow(5);
    db::Connection(folder.path("witness.sqlite"), db::Access::read_write)
        .run(
            "create trigger planted before insert on contradiction begin select raise(abort, 'p'); "
            "end");
    EXPECT_EQ(submit(other.body(5)).status, 500);
    EXPECT_EQ(submit(other.body(0)).status, 500);
    EXPECT_FALSE(store->healthy());
    db::Connection(folder.path("witness.sqlite"), db::Access::read_write)
        .run("drop trigger planted");
    EXPECT_EQ(submit(other.body(5)).status, 422);
    EXPECT_TRUE(store->healthy());
    EXPECT_EQ(contradictions.value(), 1U);
}

TEST_F(RoutesTest, CosignaturesOfOthersAreNotPassedOn) {
    log.grow(3);
    const auto text = tlog::checkpoint_text(log.checkpoint());
    const auto other = tlog::cosign(text, 5, country.witnesses[1], country.witness_keys[1]);
    const auto response = submit("old 0\n\n" + log.note() + other);
    EXPECT_TRUE(cosigns(response));
    EXPECT_EQ(response.body.find("witness.example/2"), std::string::npos);
    EXPECT_EQ(get(log_path).body, log.note() + response.body);
}

// ---- Races and restarts ----

http::Task<int> submit_after(std::uint16_t port, const http::TlsContext* tls, std::string body) {
    const auto response =
        co_await http::ask(port, tls, http::request("POST", "/add-checkpoint", std::move(body)));
    co_return response ? response->status : 0;
}

TEST_F(RoutesTest, OfTwoAtOnceOneIsCosigned) {
    log.grow(3);
    ASSERT_TRUE(cosigns(submit(log.body(0))));
    for (int round = 0; round < 10; ++round) {
        const auto old = log.tree.size();
        std::vector<std::string> bodies;
        for (int i = 0; i < 2; ++i) {
            log.grow(1);
            bodies.push_back(log.body(old));
        }
        std::vector<int> statuses;
        for (const auto& body : bodies) {
            http::asio::co_spawn(
                io, submit_after(server->port(), &client, body),
                [&statuses](std::exception_ptr, int status) { statuses.push_back(status); });
        }
        io.restart();
        while (statuses.size() < 2 && io.run_one_for(http::test_patience) > 0) {
        }
        std::ranges::sort(statuses);
        EXPECT_EQ(statuses, (std::vector{200, 409})) << round;
        const auto newest = store->newest(country.log.name())->size;
        if (newest != log.tree.size()) EXPECT_TRUE(cosigns(submit(log.body(newest))));
    }
}

// The answer was lost after the commit: the log's old size is out of date, and it learns so.
TEST_F(RoutesTest, LogWhoseAnswerWasLostRepeatsWithTheNewSize) {
    log.grow(3);
    EXPECT_TRUE(cosigns(submit(log.body(0))));
    stop();
    start();
    expect_conflict(submit(log.body(0)), "3");
    EXPECT_TRUE(cosigns(submit(log.body(3))));
    log.grow(4);
    EXPECT_TRUE(cosigns(submit(log.body(3))));
}

TEST_F(RoutesTest, NothingIsCosignedThatCannotBeKept) {
    log.grow(3);
    db::Connection(folder.path("witness.sqlite"), db::Access::read_write)
        .run(
            "create trigger planted before insert on cosigned begin select raise(abort, 'p'); end");
    const auto response = submit(log.body(0));
    EXPECT_EQ(response.status, 500);
    EXPECT_EQ(response.body.find(country.witnesses[0].name()), std::string::npos);
    EXPECT_FALSE(store->healthy());
    EXPECT_EQ(get(log_path).status, 404);
    db::Connection(folder.path("witness.sqlite"), db::Access::read_write)
        .run("drop trigger planted");
    EXPECT_TRUE(cosigns(submit(log.body(0))));
    EXPECT_TRUE(store->healthy());
    EXPECT_EQ(reports.size(), 1U);
}

// Anybody can send the newest checkpoint again; within a second that writes nothing.
TEST_F(RoutesTest, RepeatWithinASecondCostsNoWrite) {
    log.grow(3);
    ASSERT_TRUE(cosigns(submit(log.body(0))));
    db::Connection(folder.path("witness.sqlite"), db::Access::read_write)
        .run(
            "create table written (at integer); create trigger counted after update on cosigned "
            "begin insert into written values (1); end");
    const auto begin = unix_now();
    for (int i = 0; i < 20; ++i)
        EXPECT_TRUE(cosigns(submit(log.body(3))));
    const auto seconds = unix_now() - begin;
    db::Connection connection(folder.path("witness.sqlite"), db::Access::read_only);
    auto statement = connection.prepare("select count(*) from written");
    ASSERT_TRUE(statement.step());
    EXPECT_LE(statement.integer(0), seconds + 1);
}

// ---- checkpoint ----

TEST_F(RoutesTest, NewestCheckpointIsShown) {
    EXPECT_EQ(get(log_path).status, 404);
    log.grow(3);
    const auto line = submit(log.body(0)).body;
    const auto shown = get(log_path);
    EXPECT_EQ(shown.status, 200);
    EXPECT_EQ(shown.content_type, "text/plain; charset=utf-8");
    EXPECT_EQ(shown.body, log.note() + line);
    EXPECT_EQ(paths, std::vector{log_path});
}

TEST_F(RoutesTest, OtherAddressesAndMethods) {
    log.grow(3);
    EXPECT_TRUE(cosigns(submit(log.body(0))));
    for (const auto& path :
         {std::string("/"), std::string("/add-checkpoint/"), std::string("/sign-subtree"),
          std::string("/checkpoint"), log_path + "/", "/" + std::string(64, '0') + "/checkpoint"}) {
        EXPECT_EQ(get(path).status, 404) << path;
    }
    auto upper = log_path;
    for (auto& c : upper)
        c = static_cast<char>(c >= 'a' && c <= 'f' ? c - 32 : c);
    EXPECT_EQ(get(upper).status, 404);
    EXPECT_EQ(get("/add-checkpoint").status, 405);
    EXPECT_EQ(send(http::request("POST", log_path)).status, 405);
    EXPECT_EQ(send(http::request("PUT", "/add-checkpoint", log.body(0))).status, 405);
    EXPECT_EQ(get("/metrics").status, 404) << "the operator's page is not for everybody";
}

}  // namespace
}  // namespace mado::witness
