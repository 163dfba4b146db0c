#include "http/operations.hpp"

namespace mado::http {
namespace {

Response plain(int status, std::string text) {
    Response response;
    response.status = status;
    response.content_type = "text/plain; charset=utf-8";
    response.body = std::move(text);
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
             co_return why ? plain(503, "not ready: " + *why + "\n") : plain(200, "ready\n");
         }},
        {"GET", "/metrics", 0,
         [&metrics](Request) -> Task<Response> {
             auto response = plain(200, metrics.text());
             response.content_type = std::string(Metrics::content_type);
             co_return response;
         }},
    };
}

}  // namespace mado::http
