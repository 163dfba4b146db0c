#include <boost/json.hpp>

#include "http/http.hpp"
#include "http/message.hpp"

namespace mado::http {
namespace {

std::string_view find_header(const std::vector<Header>& headers, std::string_view name) {
    for (const auto& header : headers)
        if (equal_without_case(header.name, name)) return header.value;
    return {};
}

}  // namespace

std::string_view Request::header(std::string_view name) const {
    return find_header(headers, name);
}

std::string_view Response::header(std::string_view name) const {
    return find_header(headers, name);
}

Response problem(int status, std::string_view code, std::string_view title,
                 std::string_view request_id, const char* reason) {
    boost::json::object body = {{"type", "about:blank"},
                                {"title", title},
                                {"status", status},
                                {"code", code},
                                {"request_id", request_id}};
    if (reason != nullptr) body["reason"] = reason;
    Response response;
    response.status = status;
    response.content_type = "application/problem+json";
    response.body = boost::json::serialize(body);
    return response;
}

}  // namespace mado::http
