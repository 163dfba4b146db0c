// The log's tools and a relay that lies: its database is altered, its key signs another history.
#include <boost/json.hpp>
#include <filesystem>

#include "db/db.hpp"
#include "log_tools_fixture.hpp"
#include "tlog/tlog.hpp"
#include "tlog/witness.hpp"

namespace mado::tests {
namespace {

namespace fs = std::filesystem;

// Each lie has a country of its own, for it lasts.
class ForkedLog : public LogToolsTest {};
class AlteredLog : public LogToolsTest {};

// One witness was shown another history. Whoever compares has the proof.
TEST_F(ForkedLog, HistoryForOneWitness) {
    witnessed_receipt();
    country().kill9("witness-1");
    for (const auto* end : {"", "-wal", "-shm"}) {
        fs::remove(country().places().state() + "/witnesses/witness-1/witness.sqlite" + end);
    }
    country().up();
    tlog::Edge tree;
    tree.append(tlog::leaf_hash(as_bytes("another entry")));
    const auto note = tlog::sign_note(
        tlog::checkpoint_text({.origin = access_log().key.name(), .size = 1, .root = tree.root()}),
        access_log().key, log_key());
    const auto& witness = country().directory().witnesses.front();
    const auto tls = http::TlsContext::client(
        [&witness](const Hash& peer) { return peer == witness.certificate; });
    const auto reply =
        country().send({.address = witness.url.address.host, .port = witness.url.address.port}, tls,
                       "POST", witness.url.path + "add-checkpoint",
                       tlog::to_text({.old_size = 0, .proof = {}, .checkpoint = note}));
    ASSERT_EQ(reply.status, 200) << reply.body;
    for (const auto& words :
         std::vector<std::vector<std::string>>{{"verify"}, {"follow", "--once"}}) {
        const auto done = log(words);
        EXPECT_EQ(done.status, 1) << done.output;
        EXPECT_TRUE(has(done.output, "fork")) << done.output;
    }
    for (const auto& kept : fs::directory_iterator(country().places().evidence())) {
        const auto done = log({"check", kept.path().string()});
        EXPECT_EQ(done.status, 0) << done.output;
        EXPECT_TRUE(has(done.output, "two histories")) << done.output;
    }
}

TEST_F(AlteredLog, Verify) {
    const auto given = witnessed_receipt();
    ASSERT_EQ(log({"verify"}).status, 0);
    db::Connection(country().places().state() + "/relay/relay.sqlite", db::Access::read_write)
        .run("update access set entry = zeroblob(32) where log_index = " +
             std::to_string(given.index));
    const auto done = log({"verify"});
    EXPECT_EQ(done.status, 1) << done.output;
    EXPECT_TRUE(has(done.output, "does_not_fit: checkpoint")) << done.output;
}

}  // namespace
}  // namespace mado::tests
