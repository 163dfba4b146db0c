#include "monitor/page_reader.hpp"

#include <algorithm>
#include <utility>

namespace mado::monitor {
namespace {

constexpr std::size_t problem_bytes_max = 4096;  // what an error may say, also of a small page

ReadError read_error_of(http::NetError error) {
    switch (error) {
        case http::NetError::refused:
        case http::NetError::timed_out:
        case http::NetError::closed:
        case http::NetError::certificate:
            return ReadError::unreachable;
        case http::NetError::malformed:
            return ReadError::malformed;
    }
    return ReadError::unreachable;
}

}  // namespace

std::string_view to_text(ReadError error) {
    switch (error) {
        case ReadError::unreachable:
            return "unreachable";
        case ReadError::not_found:
            return "not_found";
        case ReadError::malformed:
            return "malformed";
        case ReadError::signature:
            return "signature";
        case ReadError::does_not_fit:
            return "does_not_fit";
    }
    return "unreachable";
}

PageReader::PageReader(wire::UrlPrefix url, const Hash& certificate, const ReaderLimits& limits)
    : addresses_{std::move(url.address)},
      prefix_(std::move(url.path)),
      limits_(limits),
      anybody_(http::TlsContext::client(
          [certificate](const Hash& peer) { return peer == certificate; })),
      tls_(*anybody_) {}

PageReader::PageReader(std::vector<wire::Address> relay, const http::TlsContext& tls,
                       const ReaderLimits& limits)
    : addresses_(std::move(relay)), prefix_("/"), limits_(limits), tls_(tls) {}

Task<std::expected<http::Connection, http::NetError>> PageReader::connect() {
    auto error = http::NetError::refused;
    for (const auto& address : addresses_) {
        auto made = co_await http::Connection::connect({address.host, address.port}, &tls_,
                                                       limits_.connect);
        if (made) co_return std::move(*made);
        error = made.error();
    }
    co_return std::unexpected(error);
}

Task<std::expected<http::Response, http::NetError>> PageReader::exchange(std::string path,
                                                                         std::size_t bytes_max) {
    if (!connection_ || !connection_->open()) {
        connection_.reset();
        auto made = co_await connect();
        if (!made) co_return std::unexpected(made.error());
        connection_ = std::move(*made);
    }
    http::Request request;
    request.path = prefix_ + path;
    auto response = co_await connection_->exchange(
        std::move(request), std::max(bytes_max, problem_bytes_max), limits_.answer);
    if (!response) connection_.reset();
    co_return response;
}

Task<Read<std::string>> PageReader::get(std::string path, std::size_t bytes_max) {
    const bool reused = connection_.has_value();
    auto response = co_await exchange(path, bytes_max);
    // An idle connection may be closed while a request is on its way.
    if (!response && response.error() == http::NetError::closed && reused) {
        response = co_await exchange(path, bytes_max);
    }
    if (!response) co_return std::unexpected(read_error_of(response.error()));
    if (response->status == 404) co_return std::unexpected(ReadError::not_found);
    if (response->status != 200) co_return std::unexpected(ReadError::unreachable);
    if (response->body.size() > bytes_max) co_return std::unexpected(ReadError::malformed);
    co_return std::move(response->body);
}

}  // namespace mado::monitor
