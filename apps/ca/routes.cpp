#include "routes.hpp"

#include <fmt/format.h>
#include <array>
#include <chrono>

#include "crypto/digest.hpp"
#include "http/conditional.hpp"

namespace mado::ca {
namespace {

constexpr std::string_view ocsp_request_type = "application/ocsp-request";
constexpr std::string_view ocsp_path = "/ocsp/";
constexpr std::size_t path_bytes_max = 1'024;  // RFC 5019 section 5 has GET up to 255
// What lies between may keep an answer for as long: nobody hears of a revocation later by more.
constexpr std::int64_t kept_between_s = 2;

// RFC 9110 section 5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT".
std::string http_date(UnixTime time) {
    constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto date = date_at(time, 0);
    const std::chrono::weekday day{std::chrono::sys_days(date)};
    const auto second = time % 86'400;
    return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", days[day.c_encoding()],
                       unsigned{date.day()}, months[unsigned{date.month()} - 1], int{date.year()},
                       second / 3600, second / 60 % 60, second % 60);
}

// RFC 5019 section 6.2: what a cache may do with it, and until when.
struct Caching {
    UnixTime from;
    UnixTime now;
    std::int64_t seconds;
};
http::Response kept_for(http::Response response, const Caching& caching,
                        const http::Request& request) {
    const auto tag = fmt::format("\"{}\"", hex(crypto::sha256(as_bytes(response.body))));
    response.headers.push_back({"Last-Modified", http_date(caching.from)});
    response.headers.push_back({"Expires", http_date(caching.now + caching.seconds)});
    response.headers.push_back({"ETag", tag});
    response.headers.push_back(
        {"Cache-Control",
         fmt::format("max-age={}, public, no-transform, must-revalidate", caching.seconds)});
    if (http::is_kept(request, tag)) {
        response.status = 304;
        response.body.clear();
    }
    return response;
}

http::Response not_kept(http::Response response) {
    response.headers.push_back({"Cache-Control", "no-store"});
    return response;
}

http::Response bytes(std::string_view type, ByteView body) {
    http::Response response;
    response.content_type = type;
    response.body = mado::to_text(body);
    return response;
}

enum class Way { get, post };

// RFC 6960 section 4.2: what went wrong is an OCSP answer too, with status 200.
http::Response ocsp(Shared& shared, ByteView request, const http::Request& asked, Way way) {
    constexpr std::string_view type = "application/ocsp-response";
    const auto now = unix_now();
    try {
        const auto answer = shared.office.answer_ocsp(request, now);
        auto response = bytes(type, answer.body);
        // Nothing between keeps what was POSTed (RFC 9110 section 9.3.3).
        if (way == Way::post || !answer.cacheable) return not_kept(std::move(response));
        return kept_for(std::move(response),
                        {.from = answer.this_update, .now = now, .seconds = kept_between_s}, asked);
    } catch (const Failure& failure) {
        shared.log.error("ocsp_failed", {{"request", std::string_view(asked.request_id)},
                                         {"why", std::string_view(failure.what())}});
        return not_kept(bytes(type, crypto::ocsp_error(crypto::OcspError::try_later)));
    }
}

http::Response ocsp_by_post(Shared& shared, const http::Request& request) {
    if (request.content_type != ocsp_request_type) {
        return http::problem(415, "malformed", "This address takes OCSP requests only.",
                             request.request_id);
    }
    return ocsp(shared, as_bytes(request.body), request, Way::post);
}

http::Response ocsp_by_get(Shared& shared, const http::Request& request) {
    const auto der = read_ocsp_path(std::string_view(request.path).substr(ocsp_path.size()));
    return ocsp(shared, der ? ByteView(*der) : ByteView(), request, Way::get);
}

http::Response list(const Shared& shared, const http::Request& request) {
    const auto& office = shared.office;
    if (office.list().empty()) {
        return http::problem(503, "starting", "The list is not made yet.", request.request_id);
    }
    return kept_for(bytes("application/pkix-crl", office.list()),
                    {.from = office.list_from(), .now = unix_now(), .seconds = kept_between_s},
                    request);
}

http::Response certificate(const Shared& shared, const http::Request& request) {
    constexpr std::int64_t day_s = 86'400;
    const auto& own = shared.certificate;
    return kept_for(bytes("application/pkix-cert", own.der()),
                    {.from = own.not_before(), .now = unix_now(), .seconds = day_s}, request);
}

}  // namespace

Parsed<Bytes> read_ocsp_path(std::string_view rest) {
    if (rest.size() > path_bytes_max) return bad("an OCSP request in a path is too long");
    std::string text;
    for (std::size_t i = 0; i < rest.size(); ++i) {
        if (rest[i] != '%') {
            text.push_back(rest[i]);
            continue;
        }
        std::string digits(rest.substr(i + 1, 2));
        for (auto& c : digits)
            if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
        const auto byte = parse_hex(digits);
        if (!byte || byte->size() != 1) return bad("a path with a broken percent-encoding");
        text.push_back(static_cast<char>(byte->front()));
        i += 2;
    }
    return parse_base64(text);
}

http::Limits public_limits() {
    using http::Milliseconds;
    return {.connections_max = 1'024,
            .connections_per_address_max = 64,
            .header_bytes_max = 4 * 1024,
            .handshake = Milliseconds{5'000},
            .header = Milliseconds{5'000},
            .body = Milliseconds{5'000},
            .idle = Milliseconds{10'000},
            .write = Milliseconds{10'000}};
}

std::vector<http::Route> public_routes(Shared& shared) {
    return {{"POST", "/ocsp", crypto::ocsp_request_bytes_max,
             [&shared](http::Request request) -> http::Task<http::Response> {
                 co_return ocsp_by_post(shared, request);
             }},
            {"GET", "/ocsp/%*", 0,
             [&shared](http::Request request) -> http::Task<http::Response> {
                 co_return ocsp_by_get(shared, request);
             }},
            {"GET", "/crl", 0,
             [&shared](http::Request request) -> http::Task<http::Response> {
                 co_return list(shared, request);
             }},
            {"GET", "/ca.crt", 0, [&shared](http::Request request) -> http::Task<http::Response> {
                 co_return certificate(shared, request);
             }}};
}

}  // namespace mado::ca
