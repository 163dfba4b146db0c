#include "monitor/whole_log.hpp"

#include "test_log.hpp"

namespace mado::monitor {
namespace {

class WholeLogTest : public LogTest {
  protected:
    std::string whole() {
        seen.clear();
        // The coroutine ends before this function does.
        const auto read =
            await(read_whole(reader, signed_tree(), [this](std::uint64_t index, ByteView entry) {
                EXPECT_EQ(index, seen.size());
                seen.push_back(to_bytes(entry));
            }));
        if (!read) return std::string(to_text(read.error().error)) + " " + read.error().path;
        return "good, " + std::to_string(read->tiles) + " tiles";
    }
    std::vector<Bytes> seen;
};

TEST_F(WholeLogTest, EverySize) {
    for (const auto& [size, words] : std::map<std::uint64_t, std::string>{{0, "good, 0 tiles"},
                                                                          {1, "good, 1 tiles"},
                                                                          {255, "good, 1 tiles"},
                                                                          {256, "good, 2 tiles"},
                                                                          {512, "good, 3 tiles"},
                                                                          {600, "good, 4 tiles"}}) {
        log.tree = {};
        log.tree.grow(size);
        EXPECT_EQ(whole(), words) << size;
        EXPECT_EQ(seen, log.tree.entries);
    }
    // A level more.
    log.tree = {};
    log.tree.grow(65'537);
    EXPECT_EQ(whole(), "good, 259 tiles");
}

TEST_F(WholeLogTest, AnythingWrongIsNamed) {
    for (const std::string path :
         {"tile/0/000", "tile/0/001", "tile/0/002.p/88", "tile/1/000.p/2", "tile/entries/000",
          "tile/entries/001", "tile/entries/002.p/88"}) {
        log.status = {{path, 404}};
        EXPECT_EQ(whole(), "not_found " + path);
        log.status.clear();
        log.instead = {{path, "short"}};
        EXPECT_EQ(whole(), "malformed " + path);
        log.instead.clear();
    }
    log.instead = {{"tile/0/001", std::string(8192, 'x')}};
    EXPECT_EQ(whole(), "does_not_fit tile/0/001");
    log.instead = {{"tile/1/000.p/2", std::string(64, 'x')}};
    EXPECT_EQ(whole(), "does_not_fit tile/1/000.p/2");
}

TEST_F(WholeLogTest, AlteredOrMissingEntry) {
    const auto honest = log.tree;
    // The bundle says one thing, and the tiles another.
    log.tree.entries[300] = to_bytes("altered");
    EXPECT_EQ(whole(), "does_not_fit tile/0/001");
    log.tree.entries[300] = honest.entries[300];
    log.tree.entries[599] = to_bytes("altered");
    EXPECT_EQ(whole(), "does_not_fit checkpoint");
    log.tree.entries = honest.entries;
    log.tree.entries.erase(log.tree.entries.begin() + 7);
    log.tree.entries.push_back(to_bytes("more"));
    EXPECT_EQ(whole(), "does_not_fit tile/0/000");
    // All of it is one tree, but not that of the checkpoint.
    log.tree = honest.with(5, "altered");
    const auto read = await(
        read_whole(reader, honest.checkpoint(country.log.name()), [](std::uint64_t, ByteView) {}));
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().path, "checkpoint");
}

}  // namespace
}  // namespace mado::monitor
