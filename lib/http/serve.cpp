#include "http/serve.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <optional>
#include <variant>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "crypto/digest.hpp"
#include "http/connection.hpp"
#include "http/feed_reader.hpp"
#include "http/lines.hpp"
#include "http/message.hpp"
#include "http/serve_lines.hpp"

namespace mado::http {
namespace {

// Slower than this a message may not be; it gives a large one more time than Limits alone.
constexpr std::size_t bytes_per_ms_min = 32;
constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";

enum class After { next_request, close, linger, taken_over };

// One request on its way through the server.
struct Passage {
    std::int64_t started_us = monotonic_us();
    std::string id = base64url(crypto::random_bytes(12));
    std::string method;
    const Route* route = nullptr;
    Response response;
    bool keep_alive = false;  // the request was read to its end, and nobody asked to close
    bool endless = false;     // lines follow the header
};

// The method as a metric's label: what a stranger invents must not make new labels.
std::string_view known_method(std::string_view method) {
    constexpr std::array<std::string_view, 7> known = {"GET",   "HEAD",   "POST",   "PUT",
                                                       "PATCH", "DELETE", "OPTIONS"};
    const auto* found = std::ranges::find(known, method);
    return found == known.end() ? "other" : *found;
}

bool is_below(std::string_view path, std::string_view above) {
    return path.size() > above.size() && path.starts_with(above);
}

bool path_matches(const Route& route, std::string_view path) {
    if (route.path.ends_with(foreign_path_end)) {
        const auto end = foreign_path_end.size() - 1;
        return is_below(path, route.path.substr(0, route.path.size() - end));
    }
    if (!is_canonical_path(path)) return false;
    if (!route.path.ends_with("/*")) return route.path == path;
    return is_below(path, route.path.substr(0, route.path.size() - 1));
}

// GET's route answers HEAD as well (RFC 9110 section 9.3.2).
bool method_matches(const Route& route, std::string_view method) {
    return route.method == method || (method == "HEAD" && route.method == "GET");
}

// Finds the route or makes the answer that there is none.
const Route* find_route(const Service& service, const Request& request, Passage& passage) {
    if (service.any_path) return &service.routes.front();
    std::string allowed;
    for (const auto& route : service.routes) {
        if (!path_matches(route, request.path)) continue;
        if (method_matches(route, request.method)) return &route;
        if (!allowed.empty()) allowed += ", ";
        allowed += route.method;
        if (route.method == "GET") allowed += ", HEAD";
    }
    if (allowed.empty()) {
        passage.response =
            problem(404, "not_found", "There is nothing at this address.", passage.id);
    } else {
        passage.response = problem(405, "method_not_allowed",
                                   "This address does not take this method.", passage.id);
        passage.response.headers.push_back({"Allow", allowed});
    }
    return nullptr;
}

// True: go on. False: passage.response says what was wrong.
bool judge(Progress progress, Passage& passage) {
    switch (progress) {
        case Progress::need_more:
        case Progress::header_done:
        case Progress::complete:
            return true;
        case Progress::malformed:
            passage.response =
                problem(400, "malformed", "The request is not valid HTTP.", passage.id);
            return false;
        case Progress::header_too_large:
            passage.response = problem(431, "header_too_large",
                                       "The header of the request is too large.", passage.id);
            return false;
        case Progress::body_too_large:
            passage.response =
                problem(413, "too_large", "The body of the request is too large.", passage.id);
            return false;
    }
    return false;
}

// Reads until the parser has something to say; nullopt when the connection is gone.
Task<std::optional<Progress>> advance(Link& link, RequestParser& parser) {
    for (;;) {
        const Progress progress = parser.advance(link.input());
        if (progress != Progress::need_more) co_return progress;
        auto more = co_await link.fill();
        if (!more) co_return std::nullopt;
    }
}

enum class Arrival { whole, lines, refused, gone };

// A body of known length is made room for at once; longer streams come in chunks.
constexpr std::size_t lines_announced_max = 1024 * 1024;

bool is_lines(const Route& route, const Request& head) {
    return route.lines && equal_without_case(head.content_type, lines_type);
}

// What the parser lets through of a body.
bool limit(RequestParser& parser, const Route& route) {
    if (!is_lines(route, parser.head())) return parser.limit_body(route.body_bytes_max);
    const bool fits = parser.content_length() <= lines_announced_max;
    return parser.limit_body(fits ? route.lines->count_max * (route.body_bytes_max + 1) : 0);
}

// The header, then the decision whether the body is wanted, then the body.
Task<Arrival> receive(Link& link, const Service& service, RequestParser& parser, Passage& passage) {
    link.expires_after(service.limits.header);
    auto progress = co_await advance(link, parser);
    if (!progress) co_return Arrival::gone;
    if (!judge(*progress, passage)) co_return Arrival::refused;
    passage.method = parser.head().method;
    passage.route = find_route(service, parser.head(), passage);
    if (passage.route == nullptr) co_return Arrival::refused;
    if (!limit(parser, *passage.route)) {
        judge(Progress::body_too_large, passage);
        co_return Arrival::refused;
    }
    if (is_lines(*passage.route, parser.head())) co_return Arrival::lines;
    link.expires_after(service.limits.body +
                       Milliseconds(parser.content_length() / bytes_per_ms_min));
    if (parser.expects_continue() && !parser.complete() && link.input().empty()) {
        auto written = co_await link.write(std::string(go_on), {});
        if (!written) co_return Arrival::gone;
    }
    progress = co_await advance(link, parser);
    if (!progress) co_return Arrival::gone;
    co_return judge(*progress, passage) ? Arrival::whole : Arrival::refused;
}

// The one place where a request's exceptions end.
Task<void> handle(const Service& service, Request request, bool may_upgrade, Passage& passage) {
    std::string what;
    try {
        passage.response = co_await passage.route->handler(std::move(request));
        if (passage.response.status != 101) co_return;
        if (!may_upgrade) {
            passage.response =
                problem(426, "upgrade_required", "This address wants an upgrade of the connection.",
                        passage.id);
            co_return;
        }
        if (passage.response.upgraded && !passage.response.header("Upgrade").empty()) co_return;
        what = "an answer 101 without `upgraded` or without the header Upgrade";
    } catch (const std::exception& exception) {
        what = exception.what();
    } catch (...) {
        what = "an exception that is no std::exception";
    }
    if (service.report) service.report(passage.id, what);
    passage.response = problem(
        500, "internal", "Something failed here; the request may be tried again.", passage.id);
}

// Serves the connection to its new owner; `upgraded` lives here for as long as its coroutine.
Task<void> hand_over(std::function<Task<void>(Connection)> upgraded, Connection connection,
                     std::shared_ptr<Service> service, std::string request_id) {
    std::string what;
    try {
        co_await upgraded(std::move(connection));
        co_return;
    } catch (const std::exception& exception) {
        what = exception.what();
    } catch (...) {
        what = "an exception that is no std::exception";
    }
    if (service->report) service->report(request_id, what);
}

std::string head_of(const Service& service, Passage& passage) {
    const auto make = [&service, &passage] {
        auto& response = passage.response;
        for (const auto& [name, value] : service.headers)
            if (response.header(name).empty()) response.headers.push_back({name, value});
        return response_head(passage.response, {.request_id = passage.id,
                                                .keep_alive = passage.keep_alive,
                                                .unix_time = unix_now(),
                                                .endless = passage.endless});
    };
    try {
        return make();
    } catch (const Failure& failure) {  // the handler's header cannot be sent
        if (service.report) service.report(passage.id, failure.what());
        passage.response = problem(500, "internal", "Something failed here.", passage.id);
        return make();
    }
}

Task<Ended> answer(Link& link, const Service& service, Passage& passage) {
    std::string head = head_of(service, passage);
    const Response& response = passage.response;
    const bool silent = passage.method == "HEAD" || response.status == 101 ||
                        response.status == 204 || response.status == 304;
    const std::string_view body = silent ? std::string_view() : body_of(response);
    link.expires_after(service.limits.write + Milliseconds(body.size() / bytes_per_ms_min));
    auto written = co_await link.write(std::move(head), body);
    link.never_expires();
    if (service.observe)
        service.observe({.method = known_method(passage.method),
                         .path = passage.route == nullptr ? "" : passage.route->path,
                         .status = response.status,
                         .duration_us = monotonic_us() - passage.started_us,
                         .request_id = passage.id});
    co_return written;
}

using SharedTimer = std::shared_ptr<asio::steady_timer>;

// Whoever reads a feed has nothing more to say: when anything comes, it is the end.
Task<void> await_end(std::shared_ptr<Link> link, SharedTimer wake) {
    static_cast<void>(co_await link->fill());
    link->close();
    wake->cancel();
}

// What the feed brings, and a heartbeat when it brings nothing. The connection is not busy: a
// server that stops closes it.
Task<void> send_feed(std::shared_ptr<Link> link, const Service& service,
                     std::shared_ptr<Feed> feed) {
    const auto io = co_await asio::this_coro::executor;
    const auto wake = std::make_shared<asio::steady_timer>(io);
    // Posted: on its own thread the timer waits, or is about to look at the feed again. A reader
    // that lets too much wait is in the middle of being written to.
    FeedReader reader(*feed, [io, link, feed, wake] {
        asio::post(io, [link, feed, wake] {
            if (feed->overrun()) link->close();
            wake->cancel();
        });
    });
    link->busy = false;
    asio::co_spawn(io, await_end(link, wake), asio::detached);
    while (link->is_open()) {
        auto bytes = reader.take();
        if (!bytes) break;
        if (bytes->empty()) {
            wake->expires_after(reader.heartbeat_every());
            const auto [stopped] = co_await wake->async_wait(asio::as_tuple(asio::use_awaitable));
            if (stopped) continue;
            bytes = reader.heartbeat();
        }
        link->expires_after(service.limits.write + Milliseconds(bytes->size() / bytes_per_ms_min));
        auto written = co_await link->write(std::move(*bytes), {});
        link->never_expires();
        if (!written) break;
    }
    link->close();
}

Request head_only(const RequestParser& parser, const Passage& passage) {
    const auto& head = parser.head();
    return {.method = passage.method,
            .path = head.path,
            .query = head.query,
            .headers = head.headers,
            .content_type = {},
            .body = {},
            .request_id = passage.id,
            .certificate = {},
            .remote_address = {}};
}

// What a server's owner makes of a refusal; a fault in that leaves it as it is.
void dress(const Service& service, const Request& asked, Passage& passage) {
    if (!service.refused || passage.response.status < 400) return;
    try {
        service.refused(asked, passage.response);
    } catch (const std::exception& exception) {
        if (service.report) service.report(passage.id, exception.what());
    }
}

// One place among the streams, for as long as it lives.
class StreamPlace {
  public:
    StreamPlace(Service& service, const Hash& peer) : service_(service), peer_(peer) {
        ++service_.streams[peer_];
    }
    ~StreamPlace() {
        const auto found = service_.streams.find(peer_);
        if (--found->second == 0) service_.streams.erase(found);
    }
    StreamPlace(const StreamPlace&) = delete;
    StreamPlace& operator=(const StreamPlace&) = delete;

  private:
    Service& service_;
    Hash peer_;
};

// Why a stream may not begin; none when it may.
std::optional<Response> refuse_lines(const Service& service, const Request& head,
                                     const Passage& passage) {
    const auto& lines = *passage.route->lines;
    if (lines.refuse) {
        if (auto refused = lines.refuse(head)) return refused;
    }
    std::size_t all = 0;
    for (const auto& [peer, count] : service.streams)
        all += count;
    const auto own = service.streams.find(head.certificate.value_or(Hash{}));
    const bool room = all < lines.streams_max &&
                      (own == service.streams.end() || own->second < lines.streams_per_peer_max);
    if (room) return std::nullopt;
    auto refused = problem(503, "overloaded", "Too many streams are open.", passage.id);
    refused.headers.push_back({"Retry-After", "1"});
    return refused;
}

// Each line is a request of its own, with an id of its own, and may fail alone.
Task<Response> answer_line(const Service& service, const Route& route, Request request) {
    Passage passage;
    passage.route = &route;
    request.request_id = passage.id;
    co_await handle(service, std::move(request), /*may_upgrade=*/false, passage);
    if (body_of(passage.response).find('\n') != std::string_view::npos) {
        if (service.report) service.report(passage.id, "an answer to a line has several");
        passage.response = problem(500, "internal", "Something failed here.", passage.id);
    }
    co_return std::move(passage.response);
}

Task<After> serve_stream(std::shared_ptr<Link> link, std::shared_ptr<Service> service,
                         RequestParser& parser, Passage& passage) {
    auto head = head_only(parser, passage);
    head.request_id = passage.id;
    head.certificate = link->peer().certificate;
    head.remote_address = link->peer().address;
    head.known = link->known;
    head.content_type = "application/json";
    if (auto refused = refuse_lines(*service, head, passage)) {
        passage.response = std::move(*refused);
        dress(*service, head, passage);
        static_cast<void>(co_await answer(*link, *service, passage));
        co_return After::linger;
    }
    const StreamPlace place(*service, head.certificate.value_or(Hash{}));
    passage.response.content_type = lines_type;
    passage.endless = true;
    auto written = co_await answer(*link, *service, passage);
    if (!written) co_return After::close;
    if (service->served) service->served(*link, false);
    const auto& route = *passage.route;
    const bool whole =
        co_await serve_lines(link, parser,
                             {.limits = *route.lines,
                              .times = service->limits,
                              .line_bytes_max = route.body_bytes_max,
                              .stopping = service->stopping,
                              .answer = [&service = *service, &route, &head](std::string line) {
                                  auto request = head;
                                  request.body = std::move(line);
                                  return answer_line(service, route, std::move(request));
                              }});
    co_return whole ? After::close : After::linger;
}

Task<After> serve_one(std::shared_ptr<Link> link, std::shared_ptr<Service> service) {
    Passage passage;
    RequestParser parser(service->limits.header_bytes_max);
    const Arrival arrival = co_await receive(*link, *service, parser, passage);
    if (arrival == Arrival::gone) co_return After::close;
    if (arrival == Arrival::lines) co_return co_await serve_stream(link, service, parser, passage);
    const auto asked = service->refused ? head_only(parser, passage) : Request();
    const bool whole = arrival == Arrival::whole || (parser.complete() && !passage.method.empty());
    const bool asked_to_stay = whole && parser.keep_alive();
    if (arrival == Arrival::whole) {
        const bool may_upgrade = parser.wants_upgrade();
        Request request = parser.take();
        request.request_id = passage.id;
        request.certificate = link->peer().certificate;
        request.remote_address = link->peer().address;
        request.known = link->known;
        link->never_expires();
        co_await handle(*service, std::move(request), may_upgrade, passage);
    }
    dress(*service, asked, passage);
    const auto feed = passage.method == "HEAD" ? nullptr : passage.response.feed;
    passage.keep_alive = asked_to_stay && !service->stopping && !passage.response.feed;
    auto written = co_await answer(*link, *service, passage);
    if (!written) co_return After::close;
    if (service->served) service->served(*link, passage.response.known);
    if (passage.response.status == 101) {
        auto io = co_await asio::this_coro::executor;
        link->busy = false;
        link->change_owner();
        asio::co_spawn(io,
                       hand_over(std::move(passage.response.upgraded), make_connection(link),
                                 service, passage.id),
                       asio::detached);
        co_return After::taken_over;
    }
    if (!whole) co_return After::linger;
    if (feed) co_await send_feed(link, *service, feed);
    co_return passage.keep_alive ? After::next_request : After::close;
}

}  // namespace

Task<void> serve(std::shared_ptr<Link> link, std::shared_ptr<Service> service) {
    // A connection that has not sent anything yet gets no more time than a header does.
    Milliseconds patience = service->limits.header;
    After after = After::next_request;
    while (after == After::next_request && !service->stopping) {
        if (link->input().empty()) {
            if (!service->any_path) link->expires_after(patience);
            auto more = co_await link->fill();
            if (!more) break;
        }
        link->busy = true;
        after = co_await serve_one(link, service);
        link->busy = false;
        link->release_input();
        patience = service->limits.idle;
    }
    if (after == After::taken_over) co_return;
    if (after == After::linger) co_await link->linger();
    link->close();
}

}  // namespace mado::http
