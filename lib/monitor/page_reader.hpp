// Pages of a log or a witness, over HTTPS with the one certificate that the directory lists. What
// comes is not trusted: whoever asked for it checks it.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/http.hpp"
#include "wire/address.hpp"

namespace mado::monitor {

using http::Task;

enum class ReadError {
    unreachable,   // no connection, no answer in time, another certificate, or "not now"
    not_found,     // it is not published (any more)
    malformed,     // what came has not its form, or is too large
    signature,     // not the log's, or a wrong signature of a known witness
    does_not_fit,  // it is not of the tree that the checkpoint commits to
};
std::string_view to_text(ReadError error);

template <class T>
using Read = std::expected<T, ReadError>;

struct ReaderLimits {
    http::Milliseconds connect{3'000};
    http::Milliseconds answer{5'000};
    std::size_t tiles_max = 1024;  // kept at once (LogReader): 8 MiB, twice
};

// One connection, one request at a time. Belongs to one io_context.
class PageReader {
  public:
    // As anybody, where everybody reads them.
    PageReader(wire::UrlPrefix url, const Hash& certificate, const ReaderLimits& limits = {});
    // As a participant, at the first of a relay's addresses that can be reached; `tls` is the
    // participant's and outlives it.
    PageReader(std::vector<wire::Address> relay, const http::TlsContext& tls,
               const ReaderLimits& limits = {});
    PageReader(const PageReader&) = delete;
    PageReader& operator=(const PageReader&) = delete;
    // `path` is below the prefix.
    Task<Read<std::string>> get(std::string path, std::size_t bytes_max);

  private:
    Task<std::expected<http::Connection, http::NetError>> connect();
    Task<std::expected<http::Response, http::NetError>> exchange(std::string path,
                                                                 std::size_t bytes_max);

    std::vector<wire::Address> addresses_;
    std::string prefix_;
    ReaderLimits limits_;
    std::optional<http::TlsContext> anybody_;
    const http::TlsContext& tls_;
    std::optional<http::Connection> connection_;
};

}  // namespace mado::monitor
