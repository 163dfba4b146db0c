// What everybody may read, route by route: tiles of every width, the checkpoint, public counts.
#include "public_face.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "http/test_net.hpp"
#include "test_relay.hpp"
#include "tlog/tiles.hpp"

namespace mado::relay {
namespace {

class PublicFaceTest : public testing::Test {
  protected:
    PublicFaceTest() {
        store.open();
        store.add_people(3);
        shared.emplace(Shared{.directory = store.directory,
                              .policy = policy,
                              .schemes = schemes,
                              .vault = store.vault(),
                              .log = store.log(),
                              .signing_key = store.country.relay,
                              .kid = kid,
                              .sealing_key = store.country.seal_to,
                              .mandates = mandates,
                              .event_feeds = event_feeds,
                              .card_lists = card_lists,
                              .writer = store.writer(),
                              .log_contradicted = contradicted,
                              .holders = holders,
                              .requests = metrics.counters("requests", "…", {"service", "code"}),
                              .latency_s = metrics.histogram("latency", "…", {1})});
        reader.emplace(store.database(), store.vault());
        routes = public_routes(*shared, *reader, rules);
    }
    ~PublicFaceTest() override { store.check(); }

    http::Response get(const std::string& path) {
        for (const auto& route : routes) {
            const bool below = route.path.ends_with("/*") &&
                               path.starts_with(route.path.substr(0, route.path.size() - 1));
            if (route.path != path && !below) continue;
            http::Request request;
            request.path = path;
            request.request_id = "id";
            return http::await(io, route.handler(std::move(request)));
        }
        return {.status = 404, .content_type = {}, .body = {}, .headers = {}};
    }
    // "200", or the status with the problem's code.
    std::string status(const std::string& path) {
        const auto response = get(path);
        if (response.status == 200) return "200";
        const auto problem = boost::json::parse(response.body).as_object();
        return std::to_string(response.status) + " " + std::string(problem.at("code").as_string());
    }

    TestStore store;
    const wire::Policy policy =
        wire::valid(wire::Policy::parse(R"({"utc_offset_s":0,"policies":[]})"));
    const wire::Schemes schemes = wire::test_schemes();
    const std::string kid = "kid";
    const Rules rules{.directory = "the directory's text",
                      .policy = "the policy's text",
                      .schemes = "the schemes' text"};
    Mandates mandates;
    EventFeeds event_feeds;
    const CardLists card_lists{store.directory, store.folder().path("."), store.log()};
    Holders holders;
    std::atomic<bool> contradicted = false;
    http::Metrics metrics;
    http::asio::io_context io{1};
    std::optional<Shared> shared;
    std::optional<Reader> reader;
    std::vector<http::Route> routes;
};

TEST_F(PublicFaceTest, TilesOfEveryWidthGiveTheCheckpointsRoot) {
    store.record_many(299);  // and the entry of the people: 300
    const auto checkpoint =
        wire::valid(tlog::open_checkpoint(get("/checkpoint").body, store.country.log));
    ASSERT_EQ(checkpoint.size, 300U);
    const auto full = get("/tile/0/000");
    EXPECT_EQ(full.content_type, "application/octet-stream");
    EXPECT_EQ(full.header("Cache-Control"), "public, max-age=31536000, immutable");
    EXPECT_EQ(full.body.size(), 256U * 32);
    for (unsigned width = 1; width < 256; ++width) {
        const auto part = get("/tile/0/000.p/" + std::to_string(width));
        ASSERT_EQ(part.body, full.body.substr(0, width * 32)) << width;
    }
    const auto last = get("/tile/0/001.p/44").body;
    EXPECT_EQ(get("/tile/0/001.p/3").body, last.substr(0, 3 * 32));
    const auto above = get("/tile/1/000.p/1").body;
    std::vector<Hash> leaves;
    for (const auto& tile : {full.body, last}) {
        for (std::size_t at = 0; at < tile.size(); at += 32)
            leaves.push_back(*to_hash(as_bytes(tile).subspan(at, 32)));
    }
    EXPECT_EQ(merkle_root(leaves), checkpoint.root);
    EXPECT_EQ(above, as_text(merkle_root(std::span(leaves).first(256))));
}

TEST_F(PublicFaceTest, BundlesHoldTheEntriesOfTheirTile) {
    store.record_many(259);  // 260
    const auto hashes = get("/tile/0/001.p/4").body;
    const auto bundle = get("/tile/entries/001.p/4");
    EXPECT_EQ(bundle.content_type, "application/octet-stream");
    const auto entries = wire::valid(tlog::parse_entry_bundle(as_bytes(bundle.body), 4));
    for (std::size_t i = 0; i < entries.size(); ++i) {
        EXPECT_EQ(entries[i].size(), 32U);
        EXPECT_EQ(as_text(tlog::leaf_hash(entries[i])), hashes.substr(i * 32, 32));
    }
    EXPECT_EQ(get("/tile/entries/000").body.size(), 256U * 34);
}

TEST_F(PublicFaceTest, WhatIsNotThereOrHasNoForm) {
    store.record_many(299);
    for (const auto* path :
         {"/tile/0/001", "/tile/0/001.p/45", "/tile/0/002.p/1", "/tile/1/000", "/tile/1/000.p/2",
          "/tile/2/000.p/1", "/tile/63/000.p/1", "/tile/entries/001", "/tile/entries/001.p/45",
          "/tile/entries/x999/x999/000"}) {
        EXPECT_EQ(status(path), "404 not_found") << path;
    }
    for (const auto* path :
         {"/tile/0/0", "/tile/0/000.p/0", "/tile/0/000.p/256", "/tile/0/000.p/01", "/tile/00/000",
          "/tile/64/000", "/tile/-1/000", "/tile/0/x000/000", "/tile/0/001/000", "/tile/0/000.p",
          "/tile/0/000.p/", "/tile/0/000/", "/tile/0/000.p/1/2", "/tile/entries/0",
          "/tile/0/x999/x999/x999/x999/x999/x999/999", "/tile/entry/000"}) {
        EXPECT_EQ(status(path), "400 malformed") << path;
    }
}

TEST_F(PublicFaceTest, TheCosignedCheckpointIsWhatIsPublished) {
    store.record_many(3);
    const auto first = get("/checkpoint");
    EXPECT_EQ(first.content_type, "text/plain; charset=utf-8");
    EXPECT_EQ(first.header("Cache-Control"), "max-age=2");
    const auto checkpoint = wire::valid(tlog::open_checkpoint(first.body, store.country.log));
    const auto cosigned = first.body + "— witness.example/1 AAAA\n";
    store.keep_cosigned(checkpoint.size, cosigned);
    store.record_many(1);
    EXPECT_EQ(get("/checkpoint").body, cosigned) << "the newest that a quorum has seen";
}

class PublicCounts : public PublicFaceTest {
  protected:
    boost::json::value orders() {
        const auto body = boost::json::parse(get("/counts").body).as_object();
        const auto& cells = body.at("counts").as_array();
        EXPECT_EQ(cells.size(), 1U);
        EXPECT_EQ(cells[0].as_object().at("month").as_string(), "2026-11");
        EXPECT_EQ(cells[0].as_object().at("requester_kind").as_string(), "clinic");
        return cells[0].as_object().at("orders");
    }
};

TEST_F(PublicCounts, BelowTenAreNotTold) {
    store.record_many(9);
    EXPECT_TRUE(orders().is_null());
}

TEST_F(PublicCounts, FromTenOnAreTold) {
    store.record_many(10);
    EXPECT_EQ(orders().as_int64(), 10);
    store.record_many(1);
    EXPECT_EQ(orders().as_int64(), 10) << "they are not counted anew for each who asks";
}

TEST_F(PublicFaceTest, TheDirectoryVerbatim) {
    EXPECT_EQ(get("/directory").body, rules.directory);
    EXPECT_EQ(get("/policy").body, rules.policy);
    EXPECT_EQ(get("/schemes").body, rules.schemes);
}

}  // namespace
}  // namespace mado::relay
