// The demo's witnesses, from outside: what a log submits is signed here with the demo log's own
// key, over a tree that the test makes up.
#include <filesystem>
#include <sstream>

#include "base/file.hpp"
#include "country_fixture.hpp"
#include "db/db.hpp"
#include "tlog/contradiction.hpp"
#include "tlog/tlog.hpp"
#include "tlog/witness.hpp"

namespace mado::tests {
namespace {

namespace fs = std::filesystem;

class WitnessTest : public OneCountry {
  protected:
    static const wire::AccessLog& log() { return country().directory().logs.front(); }
    static std::string note(const tlog::Edge& tree) {
        const auto key = crypto::PrivateKey::load(country().places().keys_of("relay") + "/log.key");
        return tlog::sign_note(
            tlog::checkpoint_text(
                {.origin = log().key.name(), .size = tree.size(), .root = tree.root()}),
            log().key, key);
    }
    static std::string body(const tlog::Edge& tree, std::uint64_t old_size) {
        const bool provable = old_size > 0 && old_size < tree.size();
        return tlog::to_text(
            {.old_size = old_size,
             .proof = provable ? tlog::consistency_proof(old_size, tree.size(), tree.reader({}))
                               : std::vector<Hash>{},
             .checkpoint = note(tree)});
    }
    static tlog::Edge tree_of(std::uint64_t size, std::string_view word) {
        tlog::Edge tree;
        for (std::uint64_t i = 0; i < size; ++i)
            tree.append(tlog::leaf_hash(as_bytes(std::string(word) + std::to_string(i))));
        return tree;
    }
    // As a log does: the address and the one certificate of the directory.
    static RawReply submit(const wire::Witness& witness, const std::string& body) {
        const auto tls = http::TlsContext::client(
            [&witness](const Hash& peer) { return peer == witness.certificate; });
        return country().send(
            {.address = witness.url.address.host, .port = witness.url.address.port}, tls, "POST",
            witness.url.path + "add-checkpoint", body);
    }
    // What it prints, line by line.
    static std::vector<std::string> forks(const std::string& name) {
        const auto done = run_program({country().places().programs + "/mado-witness", "forks",
                                       country().places().config(name)});
        EXPECT_EQ(done.status, 0) << done.output;
        std::vector<std::string> lines;
        std::istringstream in(done.output);
        for (std::string line; std::getline(in, line);)
            lines.push_back(std::move(line));
        return lines;
    }
    // What `mado log check` says about a file with one of these lines.
    static Finished check(const std::string& line) {
        const auto path = country().path("fork.json");
        replace_file(path, as_bytes(line + "\n"));
        return country().cli({"log", "check", path});
    }
    static std::string metric(const std::string& name, const std::string& start) {
        const auto text = country().operator_page(name, "/metrics").body;
        const auto at = text.find("\n" + start);
        return at == std::string::npos ? "" : text.substr(at + 1, text.find('\n', at + 1) - at - 1);
    }
    // `serve` with this folder of keys or state exchanged refuses in words.
    static void refuses(const std::string& config, std::string_view words) {
        const auto path = country().path("altered.toml");
        replace_file(path, as_bytes(config));
        const auto finished = country().serve("mado-witness", path);
        EXPECT_EQ(finished.status, 2) << finished.output;
        EXPECT_NE(finished.output.find(words), std::string::npos) << finished.output;
    }
};

TEST_F(WitnessTest, QuorumCosignsAndAKilledWitnessRemembers) {
    // The log is ours alone: neither the relay's submissions nor what was cosigned of it.
    country().down();
    for (const auto* name : {"witness-1", "witness-2"}) {
        fs::remove_all(country().places().state() + "/witnesses/" + name);
        fs::create_directories(country().places().state() + "/witnesses/" + name);
        country().start(name);
    }
    const auto& witnesses = country().directory().witnesses;
    const auto& quorum = country().directory().quorum;
    ASSERT_EQ(witnesses.size(), 2U);
    EXPECT_EQ(quorum.needed(), 2U);
    const auto tree = tree_of(5, "entry ");
    auto cosigned = note(tree);
    for (const auto& witness : witnesses) {
        const auto reply = submit(witness, body(tree, 0));
        ASSERT_EQ(reply.status, 200) << reply.body;
        cosigned += valid(tlog::take_cosignature(reply.body, note(tree), witness.key, unix_now()));
    }
    EXPECT_TRUE(std::holds_alternative<tlog::CosignedCheckpoint>(
        valid(tlog::cosigned(cosigned, log().key, quorum, unix_now()))));

    country().kill9("witness-1");
    country().start("witness-1");
    const auto conflict = submit(witnesses[0], body(tree, 0));
    EXPECT_EQ(conflict.status, 409);
    EXPECT_EQ(conflict.content_type, "text/x.tlog.size");
    EXPECT_EQ(conflict.body, "5\n");
    EXPECT_EQ(submit(witnesses[0], body(tree_of(9, "entry "), 5)).status, 200);

    // Another history, signed with the same key: smaller than the newest tree, as large, larger.
    EXPECT_EQ(forks("witness-1"), std::vector<std::string>{});
    const auto other = [](std::uint64_t size) { return tree_of(size, "other "); };
    EXPECT_EQ(submit(witnesses[0], body(other(7), 5)).status, 409);
    EXPECT_EQ(submit(witnesses[0], body(other(9), 9)).status, 422);
    EXPECT_EQ(submit(witnesses[0], body(other(12), 9)).status, 422);
    EXPECT_EQ(submit(witnesses[0], body(other(12), 9)).status, 422);
    EXPECT_EQ(metric("witness-1", "mado_witness_forks_total"), "mado_witness_forks_total 3");
    EXPECT_EQ(metric("witness-2", "mado_witness_forks_total"), "mado_witness_forks_total 0");
    country().kill9("witness-1");
    const auto printed = forks("witness-1");
    ASSERT_EQ(printed.size(), 3U);
    const std::vector<std::pair<std::uint64_t, std::uint64_t>> sizes{{5, 7}, {9, 9}, {9, 12}};
    for (std::size_t i = 0; i < printed.size(); ++i) {
        const auto checked = check(printed[i]);
        EXPECT_EQ(checked.status, 0) << checked.output;
        EXPECT_NE(checked.output.find("contradiction proven"), std::string::npos) << checked.output;
        const auto roots = std::get<tlog::TwoRoots>(valid(tlog::parse_contradiction(printed[i])));
        const auto mine = tlog::Quorum::make({witnesses[0].key}, 1).value();
        const auto older = valid(tlog::cosigned(roots.older, log().key, mine, unix_now()));
        EXPECT_EQ(std::get<tlog::CosignedCheckpoint>(older).checkpoint.size, sizes[i].first);
        EXPECT_EQ(roots.newer, note(other(sizes[i].second)));
        EXPECT_EQ(roots.root, other(sizes[i].first).root());
        // Of the same history it is none.
        auto altered = roots;
        altered.older = note(other(sizes[i].first));
        EXPECT_EQ(check(tlog::to_json(altered)).status, 1);
    }
    country().start("witness-1");
    EXPECT_EQ(metric("witness-1", "mado_witness_forks_total"), "mado_witness_forks_total 3");
}

TEST_F(WitnessTest, RefusesToStartWithWhatIsNotItsOwn) {
    const auto& places = country().places();
    const auto config = read_file(places.config("witness-1")).value();
    const auto with = [&config](const std::string& from, const std::string& to) {
        auto text = config;
        return text.replace(text.find(from), from.size(), to);
    };
    refuses(config, "another process");
    const auto state = places.state() + "/witnesses/witness-1";
    const auto empty = country().path("empty-state");
    fs::create_directories(empty);
    const auto other_state = with(state, empty);
    refuses(other_state, "is in use by another program");
    const auto own = places.keys_of("witness-1");
    const auto mixed = country().path("mixed-keys");
    fs::create_directories(mixed);
    const auto mix = [&](const std::string& witness_key, const std::string& tls) {
        for (const auto& [from, name] : {std::pair(witness_key, "witness.key"),
                                         std::pair(tls, "tls.key"), std::pair(tls, "tls.crt")}) {
            fs::copy_file(places.keys_of(from) + "/" + name, mixed + "/" + name,
                          fs::copy_options::overwrite_existing);
        }
        auto text = other_state;
        return text.replace(text.find(own), own.size(), mixed);
    };
    refuses(mix("witness-1", "witness-2"), "the directory lists another certificate");
    fs::copy_file(places.keys_of("relay") + "/log.key", mixed + "/log.key");
    auto stranger = mix("witness-1", "witness-1");
    fs::copy_file(mixed + "/log.key", mixed + "/witness.key", fs::copy_options::overwrite_existing);
    refuses(stranger, "the directory names no witness with this key");
    // A store that holds what this log never signed.
    country().send_signal("witness-1", SIGTERM);  // what is in its write-ahead log goes over
    for (int i = 0; i < 100 && fs::exists(state + "/witness.sqlite-wal"); ++i)
        pause_ms(50);
    fs::copy_file(state + "/witness.sqlite", empty + "/witness.sqlite",
                  fs::copy_options::overwrite_existing);
    db::Connection(empty + "/witness.sqlite", db::Access::read_write)
        .run("insert or replace into cosigned (origin, size, root, note) values ('" +
             log().key.name() + "', 1000000, zeroblob(32), 'made up')");
    refuses(other_state, "does not fit the directory's log");
}

}  // namespace
}  // namespace mado::tests
