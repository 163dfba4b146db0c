#include "public_face.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "ending.hpp"
#include "questions.hpp"
#include "tlog/tiles.hpp"

namespace mado::relay {
namespace {

// tlog-tiles, "APIs": the checkpoint may not be cached beyond a few seconds, the rest never
// changes.
constexpr std::string_view for_seconds = "max-age=2";
constexpr std::int64_t seconds_us = 2'000'000;
constexpr std::string_view for_ever = "public, max-age=31536000, immutable";
// A count below this says too much about few people.
constexpr std::int64_t smallest_count = 10;

http::Response public_text(std::string_view content_type, std::string body,
                           std::string_view caching) {
    http::Response response;
    response.content_type = content_type;
    response.body = std::move(body);
    response.headers.push_back({"Cache-Control", std::string(caching)});
    // A person's browser checks proofs itself (promise 5); the pages come from elsewhere.
    response.headers.push_back({"Access-Control-Allow-Origin", "*"});
    return response;
}

// For browsers of other pages too.
http::Response refusal(const Refusal& refused, const http::Request& request) {
    auto response = to_response(refused, request.request_id);
    response.headers.push_back({"Access-Control-Allow-Origin", "*"});
    return response;
}

http::Response checkpoint(const Shared& shared, Reader& reader, const http::Request& request) {
    // Until the witnesses have seen a first one, what the log alone has signed.
    auto note = reader.cosigned_head();
    if (!note) note = reader.newest_head(shared.writer.anchored_size());
    if (!note) return refusal({Code::not_ready}, request);
    return public_text("text/plain; charset=utf-8", std::move(*note), for_seconds);
}

std::string bytes_text(ByteView bytes) {
    return std::string(as_text(bytes));
}

// Partial tiles of every width up to the present are served, also those that are full by now.
http::Response tile(const Shared& shared, Reader& reader, const http::Request& request) {
    const auto path = tlog::parse_tile_path(std::string_view(request.path).substr(1));
    if (!path) return refusal({Code::malformed, path.error().why}, request);
    const auto size = shared.writer.anchored_size();
    constexpr std::string_view type = "application/octet-stream";
    if (const auto* bundle = std::get_if<tlog::BundleRange>(&*path)) {
        const auto first = bundle->index * tlog::tile_width;
        if (first + bundle->width > size) return refusal({Code::not_found}, request);
        const auto entries = reader.log_entries(first, bundle->width);
        return public_text(type, bytes_text(tlog::entry_bundle(entries)), for_ever);
    }
    const auto& range = std::get<tlog::TileRange>(*path);
    const auto first = range.id.index * tlog::tile_width;
    if (first + range.width > tlog::hashes_at(range.id.level, size)) {
        return refusal({Code::not_found}, request);
    }
    return public_text(type, bytes_text(reader.tile(range.id, range.width)), for_ever);
}

json::value at_least_ten(std::int64_t count) {
    return count == 0 || count >= smallest_count ? json::value(count) : json::value(nullptr);
}

// Who lets persons wait for an answer longer than it may.
json::array overdue(const Shared& shared, Reader& reader) {
    json::array out;
    const auto overdue = overdue_questions(reader, unix_now());
    if (overdue.empty()) return out;
    for (const auto& one : shared.directory.participants) {
        const auto found = overdue.find(organisation_index(shared.vault, one.id.text()));
        if (found == overdue.end()) continue;
        out.push_back(json::object{{"organisation", one.id.text()}, {"questions", found->second}});
    }
    return out;
}

// Months × what was asked by whom for what; small cells only as such.
std::string counts(const Shared& shared, Reader& reader) {
    json::array cells;
    for (const auto& count : reader.counts()) {
        cells.push_back(json::object{
            {"month", fmt::format("{:04}-{:02}", count.month / 12, count.month % 12 + 1)},
            {"service", count.service},
            {"requester_kind", count.requester_kind},
            {"purpose", count.purpose},
            {"orders", at_least_ten(count.orders)}});
    }
    const json::object body{{"smallest_count", smallest_count},
                            {"counts", std::move(cells)},
                            {"sealed", at_least_ten(reader.sealed_entries())},
                            {"overdue_questions", overdue(shared, reader)}};
    return json::serialize(body);
}

// Counted for everybody who asks within the same seconds: it costs more than the rest.
class Counted {
  public:
    const std::string& text(const Shared& shared, Reader& reader) {
        const auto now = monotonic_us();
        if (text_.empty() || now >= until_us_) {
            text_ = counts(shared, reader);
            until_us_ = now + seconds_us;
        }
        return text_;
    }

  private:
    std::string text_;
    std::int64_t until_us_ = 0;
};

}  // namespace

std::vector<http::Route> log_routes(Shared& shared, Reader& reader) {
    using http::Request;
    using http::Response;
    return {
        {"GET", "/checkpoint", 0,
         [&shared, &reader](Request request) -> Task<Response> {
             co_return checkpoint(shared, reader, request);
         }},
        {"GET", "/tile/*", 0,
         [&shared, &reader](Request request) -> Task<Response> {
             co_return tile(shared, reader, request);
         }},
    };
}

std::vector<http::Route> public_routes(Shared& shared, Reader& reader, const Rules& rules) {
    using http::Request;
    using http::Response;
    auto routes = log_routes(shared, reader);
    const auto publish = [&routes](std::string_view path, std::string_view type,
                                   const std::string& text) {
        routes.push_back({"GET", path, 0, [type, &text](Request) -> Task<Response> {
                              co_return public_text(type, text, for_seconds);
                          }});
    };
    publish("/directory", "application/jose", rules.directory);
    publish("/policy", "application/json", rules.policy);
    publish("/schemes", "application/json", rules.schemes);
    routes.push_back(
        {"GET", "/counts", 0,
         [&shared, &reader, counted = std::make_shared<Counted>()](Request) -> Task<Response> {
             co_return public_text("application/json", counted->text(shared, reader), for_seconds);
         }});
    routes.push_back({"POST", "/v1/stop", ending_body_max, [&shared](Request request) {
                          return stop_mandate(shared, std::move(request));
                      }});
    return routes;
}

}  // namespace mado::relay
