#include "http/operations.hpp"

#include <unistd.h>

namespace mado::http {
namespace {

Response plain(int status, std::string text) {
    Response response;
    response.status = status;
    response.content_type = "text/plain; charset=utf-8";
    response.body = std::move(text);
    return response;
}

// Whose page it is: on a port that was asked for, somebody else's program may answer.
Response of_this_process(Response response) {
    response.headers.push_back({process_header, std::to_string(::getpid())});
    return response;
}

}  // namespace

std::vector<Route> operator_routes(std::function<std::optional<std::string>()> not_ready,
                                   const Metrics& metrics) {
    return {
        {"GET", "/healthz", 0, [](Request) -> Task<Response> { co_return plain(200, "ok\n"); }},
        {"GET", "/readyz", 0,
         [not_ready](Request) -> Task<Response> {
             const auto why = not_ready();
             co_return of_this_process(why ? plain(503, "not ready: " + *why + "\n")
                                           : plain(200, "ready\n"));
         }},
        {"GET", "/metrics", 0,
         [&metrics](Request) -> Task<Response> {
             auto response = plain(200, metrics.text());
             response.content_type = std::string(Metrics::content_type);
             co_return response;
         }},
    };
}

void log_requests(ServerOptions& options, const Log& log) {
    options.report = [&log](std::string_view request_id, std::string_view what) {
        log.error("request_failed", {{"request_id", request_id}, {"why", what}});
    };
    options.observe = [&log](const Observation& seen) {
        log.info("request", {{"request_id", seen.request_id},
                             {"path", seen.path},
                             {"status", std::int64_t{seen.status}},
                             {"duration_us", seen.duration_us}});
    };
}

}  // namespace mado::http
