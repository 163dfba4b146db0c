// What a start asks of the witnesses; the rest is tested with the programs (tests/lies_test.cpp).
#include "publisher.hpp"

#include <gtest/gtest.h>

#include <boost/asio/ip/tcp.hpp>

#include "base/clock.hpp"
#include "crypto/digest.hpp"
#include "http/test_net.hpp"
#include "test_relay.hpp"
#include "tlog/witness.hpp"

namespace mado::relay {
namespace {

using asio_tcp = http::asio::ip::tcp;

class PublisherTest : public testing::Test {
  protected:
    PublisherTest() {
        store.open();
        store.add_people(1);
        reader.emplace(store.database(), store.vault());
        for (auto& witness : directory.witnesses)
            witness.url.address = {.host = "127.0.0.1", .port = silent.local_endpoint().port()};
    }
    ~PublisherTest() override { store.close(); }

    void compare() {
        Publisher publisher(io, {.directory = directory,
                                 .log = store.country.log,
                                 .reader = *reader,
                                 .writer = store.writer(),
                                 .program_log = store.log(),
                                 .witness_answers = answers});
        http::await(io, publisher.compare_with_witnesses());
    }
    // A checkpoint that the log's key signed, of a tree that is not in the store; as long as one
    // that a witness has cosigned can be.
    [[nodiscard]] std::string other_history() const {
        tlog::Edge tree;
        tree.append(wire::filled(9));
        const auto& log = store.country.log;
        return tlog::sign_note(
            tlog::checkpoint_text({.origin = log.name(), .size = 1, .root = tree.root()}) +
                std::string(tlog::add_checkpoint_bytes_max, 'x') + "\n",
            log, store.country.log_key);
    }

    // That witness shows another history.
    std::unique_ptr<http::Server> knows_better(std::size_t which) {
        http::ServerOptions options;
        options.tls = &tls;
        auto& witness = directory.witnesses.at(which);
        std::vector<http::Route> routes{
            {"GET", "/*", 0, [this](http::Request) -> Task<http::Response> {
                 http::Response response;
                 response.body = other_history();
                 co_return response;
             }}};
        auto server = std::make_unique<http::Server>(io, std::move(options), std::move(routes));
        witness.url.address.port = server->port();
        witness.certificate = identity.hash;
        return server;
    }
    void expect_refused_because_of(std::size_t which) {
        const auto& name = directory.witnesses.at(which).key.name();
        try {
            compare();
            FAIL() << "it must refuse";
        } catch (const OperatorError& error) {
            const std::string said = error.what();
            EXPECT_TRUE(said.starts_with("the witness " + name + " has a checkpoint")) << said;
        }
    }

    http::asio::io_context io{1};
    const http::Identity identity{"witness"};
    const http::TlsContext tls = http::TlsContext::server(identity.tls(), false);
    TestStore store;
    // Takes connections, and says nothing.
    asio_tcp::acceptor silent{io, {http::asio::ip::make_address("127.0.0.1"), 0}};
    wire::Directory directory = store.directory;
    std::optional<Reader> reader;
    http::CounterFamily answers{{"witness", "answer"}};
};

TEST_F(PublisherTest, SilentWitnessesCostAStartOneTimeout) {
    while (directory.witnesses.size() < 4)
        directory.witnesses.push_back(directory.witnesses.front());
    const auto before = monotonic_us();
    compare();
    EXPECT_LT(monotonic_us() - before, 2 * 2'000'000);
    EXPECT_EQ(answers.with({directory.witnesses.front().key.name(), "timed_out"}).value(), 3U);
}

TEST_F(PublisherTest, OneWitnessThatKnowsBetterIsHeardAmongSilentOnes) {
    const auto server = knows_better(1);
    expect_refused_because_of(1);
}

TEST_F(PublisherTest, OneComparisonThatFailsDoesNotHideWhatAnotherProves) {
    const auto server = knows_better(1);
    auto& first = directory.witnesses.at(0);
    first.url = directory.witnesses.at(1).url;
    first.certificate = directory.witnesses.at(1).certificate;
    first.url.path = "/no path/";  // no request can be made of it
    expect_refused_because_of(1);
    directory.witnesses.erase(directory.witnesses.begin() + 1);
    EXPECT_THROW(compare(), Failure) << "who could not be compared is not taken for agreeing";
}

}  // namespace
}  // namespace mado::relay
