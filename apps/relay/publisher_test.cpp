// What a start asks of the witnesses; the rest is tested with the programs (tests/lies_test.cpp).
#include "publisher.hpp"

#include <gtest/gtest.h>

#include <boost/asio/ip/tcp.hpp>

#include "base/clock.hpp"
#include "crypto/digest.hpp"
#include "http/test_net.hpp"
#include "test_relay.hpp"

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

    bool compare() {
        Publisher publisher(io, {.directory = directory,
                                 .log = store.country.log,
                                 .reader = *reader,
                                 .writer = store.writer(),
                                 .program_log = store.log(),
                                 .witness_answers = answers});
        return http::await(io, publisher.compare_with_witnesses());
    }
    // A checkpoint that the log's key signed, of a tree that is not in the store.
    [[nodiscard]] std::string other_history() const {
        tlog::Edge tree;
        tree.append(wire::filled(9));
        const auto& log = store.country.log;
        return tlog::sign_note(
            tlog::checkpoint_text({.origin = log.name(), .size = 1, .root = tree.root()}), log,
            store.country.log_key);
    }

    http::asio::io_context io{1};
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
    EXPECT_TRUE(compare());
    EXPECT_LT(monotonic_us() - before, 2 * 2'000'000);
    EXPECT_EQ(answers.with({directory.witnesses.front().key.name(), "timed_out"}).value(), 3U);
}

TEST_F(PublisherTest, OneWitnessThatKnowsBetterIsHeardAmongSilentOnes) {
    const http::Identity identity("witness");
    const auto tls = http::TlsContext::server(identity.tls(), false);
    http::ServerOptions options;
    options.tls = &tls;
    const http::Server server(io, std::move(options),
                              {{"GET", "/*", 0, [this](http::Request) -> Task<http::Response> {
                                    http::Response response;
                                    response.body = other_history();
                                    co_return response;
                                }}});
    auto& second = directory.witnesses.at(1);
    second.url.address.port = server.port();
    second.certificate = identity.hash;
    try {
        compare();
        FAIL() << "it must refuse";
    } catch (const OperatorError& error) {
        const std::string said = error.what();
        EXPECT_TRUE(said.starts_with("the witness " + second.key.name() + " has a checkpoint"))
            << said;
    }
}

}  // namespace
}  // namespace mado::relay
