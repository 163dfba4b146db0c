// For tests: a log that publishes in the test's own process, and lies on demand. It has the keys of
// a test country, its witnesses' too.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "http/test_net.hpp"
#include "monitor/log_reader.hpp"
#include "tlog/test_tlog.hpp"
#include "tlog/tiles.hpp"
#include "wire/test_wire.hpp"

namespace mado::monitor {

using tlog::TestTree;

class PublishedLog {
  public:
    PublishedLog(http::asio::io_context& io, const wire::TestCountry& country)
        : country_(country),
          identity_("log"),
          tls_(http::TlsContext::server(identity_.tls(), false)),
          mutual_tls_(http::TlsContext::server(identity_.tls(), true)),
          public_port_(std::in_place, io, options(tls_), rows("/log/*")),
          participants_port_(std::in_place, io, options(mutual_tls_), rows("/*")) {}

    // The country's directory, or another one of it, with this log's address and certificate.
    [[nodiscard]] wire::Directory directory(wire::Directory of) const {
        of.logs.front().url = {.address = {.host = "127.0.0.1", .port = public_port_->port()},
                               .path = "/log/"};
        of.logs.front().certificate = identity_.hash;
        return of;
    }
    // The same where it is the relay's log: with the relay's certificate and address.
    [[nodiscard]] wire::Directory relays_directory(const wire::Directory& of) const {
        auto out = directory(of);
        for (auto& participant : out.participants) {
            if (participant.kind.text() != "relay") continue;
            participant.certificates = {identity_.hash};
            participant.addresses = {{.host = "127.0.0.1", .port = participants_port_->port()}};
        }
        return out;
    }
    void close_public_port() { public_port_.reset(); }
    void close_participants_port() { participants_port_.reset(); }
    [[nodiscard]] wire::Directory directory() const { return directory(country_.directory()); }

    // Signed by the log, and cosigned by the first `witnesses` of two.
    [[nodiscard]] std::string sign(const TestTree& signed_tree, UnixTime time,
                                   std::size_t witnesses = 2) const {
        const auto text = tlog::checkpoint_text(signed_tree.checkpoint(country_.log.name()));
        auto out = tlog::sign_note(text, country_.log, country_.log_key);
        for (std::size_t i = 0; i < witnesses; ++i)
            out += tlog::cosign(text, time, country_.witnesses.at(i), country_.witness_keys.at(i));
        return out;
    }
    void publish(UnixTime time, std::size_t witnesses = 2) { note = sign(tree, time, witnesses); }
    void publish(TestTree other, UnixTime time) {
        tree = std::move(other);
        publish(time);
    }

    // --- what everybody is shown ---
    TestTree tree;
    std::string note;
    // --- lies, by path below the prefix ---
    std::map<std::string, std::string> instead;  // the body
    std::map<std::string, int> status;           // an error
    bool silent = false;                         // takes requests, answers none
    // --- what was asked for ---
    std::vector<std::string> asked;
    std::vector<std::optional<Hash>> asked_by;  // the certificate, on the participants' port

  private:
    static http::ServerOptions options(const http::TlsContext& tls) {
        http::ServerOptions out;
        out.tls = &tls;
        return out;
    }
    std::vector<http::Route> rows(std::string_view below) {
        return {{"GET", below, 0, [this, prefix = below.size() - 1](http::Request request) {
                     return answer(std::move(request), prefix);
                 }}};
    }
    http::Task<http::Response> answer(http::Request request, std::size_t prefix) {
        const auto path = request.path.substr(prefix);
        asked.push_back(path);
        asked_by.push_back(request.certificate);
        if (silent) co_await http::pause(std::chrono::hours(1));
        if (const auto lie = instead.find(path); lie != instead.end()) co_return body(lie->second);
        if (const auto error = status.find(path); error != status.end()) {
            co_return http::problem(error->second, "lie", "This log lies.", request.request_id);
        }
        if (path == "checkpoint") co_return body(note);
        const auto range = tlog::parse_tile_path(path);
        if (!range || !reaches(*range)) {
            co_return http::problem(404, "not_found", "Not here.", request.request_id);
        }
        co_return body(page(*range));
    }
    // Tiles that the tree does not fill are not there.
    [[nodiscard]] bool reaches(
        const std::variant<tlog::TileRange, tlog::BundleRange>& range) const {
        const auto* tile = std::get_if<tlog::TileRange>(&range);
        if (tile == nullptr) return true;
        const auto hashes = tlog::hashes_at(tile->id.level, tree.edge.size());
        return tile->id.index * tlog::tile_width + tile->width <= hashes;
    }
    [[nodiscard]] std::string page(
        const std::variant<tlog::TileRange, tlog::BundleRange>& range) const {
        if (const auto* bundle = std::get_if<tlog::BundleRange>(&range)) {
            const auto first = tree.entries.begin() +
                               static_cast<std::ptrdiff_t>(bundle->index * tlog::tile_width);
            return std::string(as_text(tlog::entry_bundle({first, first + bundle->width})));
        }
        const auto& tile = std::get<tlog::TileRange>(range);
        auto bytes = tree.edge.reader({})(tile.id, tile.width);
        bytes.resize(tile.width * sizeof(Hash));
        return std::string(as_text(bytes));
    }
    static http::Response body(std::string text) {
        http::Response response;
        response.content_type = "application/octet-stream";
        response.body = std::move(text);
        return response;
    }

    const wire::TestCountry& country_;
    http::Identity identity_;
    http::TlsContext tls_;
    http::TlsContext mutual_tls_;
    std::optional<http::Server> public_port_;
    std::optional<http::Server> participants_port_;
};

// What the tests of this folder share: a country, its log of 600 entries, and who reads it.
class LogTest : public testing::Test {
  protected:
    static constexpr auto now = wire::test_now;

    LogTest() {
        log.tree.grow(600);
        log.publish(now);
    }
    template <class T>
    T await(Task<T> task) {
        return http::await(io, std::move(task));
    }
    Read<Published> checkpoint() { return await(reader.checkpoint(directory.quorum, now)); }
    // What was asked for since the last call.
    std::size_t requests() { return std::exchange(log.asked, {}).size(); }
    [[nodiscard]] tlog::Checkpoint signed_tree() const {
        return log.tree.checkpoint(country.log.name());
    }

    http::asio::io_context io{1};
    wire::TestCountry country;
    PublishedLog log{io, country};
    wire::Directory directory = log.directory();
    LogReader reader{directory.logs.front()};
};

}  // namespace mado::monitor
