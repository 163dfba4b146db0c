// Where something listens, as the directory says it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace mado::wire {

struct Address {
    std::string host;  // a name, an IPv4 address, or an IPv6 address in brackets
    std::uint16_t port = 0;
};
// "host:port", port 1 to 65535.
Parsed<Address> parse_address(std::string_view text);

// C2SP's prefixes: what a log or a witness serves stands directly below.
struct UrlPrefix {
    Address address;
    std::string path;  // begins and ends with '/'
};
// "https://host:port/" or "https://host:port/a/b/": https only, the port always, nothing
// percent-encoded, no user, query or fragment.
Parsed<UrlPrefix> parse_url_prefix(std::string_view text);
// Of an address that an agent may return to, which is such a prefix and perhaps a name after it:
// "https://host:port".
Parsed<std::string> origin_of(std::string_view redirect_uri);

}  // namespace mado::wire
