#include "wire/address.hpp"

#include <algorithm>

namespace mado::wire {
namespace {

constexpr std::string_view scheme = "https://";

bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_url_host(std::string_view host) {
    const bool bracketed = host.starts_with('[') && host.ends_with(']');
    if (bracketed) host = host.substr(1, host.size() - 2);
    return !host.empty() && std::ranges::all_of(host, [bracketed](char c) {
        return is_letter_or_digit(c) || c == '.' || (bracketed ? c == ':' : c == '-');
    });
}

// One path has one text: no empty segments, no dots that lead elsewhere.
bool is_url_path(std::string_view path) {
    if (!path.starts_with('/') || !path.ends_with('/')) return false;
    path.remove_prefix(1);
    while (!path.empty()) {
        const auto segment = path.substr(0, path.find('/'));
        if (segment.empty() || segment == "." || segment == "..") return false;
        const bool plain = std::ranges::all_of(segment, [](char c) {
            return is_letter_or_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
        });
        if (!plain) return false;
        path.remove_prefix(segment.size() + 1);
    }
    return true;
}

}  // namespace

Parsed<Address> parse_address(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return bad("an address has no port");
    if (colon == 0) return bad("an address has no host");
    int port = 0;
    for (const char c : text.substr(colon + 1)) {
        if (c < '0' || c > '9' || port > 65535) return bad("an address has a wrong port");
        port = port * 10 + (c - '0');
    }
    if (port < 1 || port > 65535) return bad("an address has a wrong port");
    return Address{std::string(text.substr(0, colon)), static_cast<std::uint16_t>(port)};
}

Parsed<UrlPrefix> parse_url_prefix(std::string_view text) {
    if (!text.starts_with(scheme)) return bad("a URL is not https");
    text.remove_prefix(scheme.size());
    const auto slash = text.find('/');
    if (slash == std::string_view::npos) return bad("a URL prefix does not end in a slash");
    auto address = parse_address(text.substr(0, slash));
    if (!address) return std::unexpected(address.error());
    if (!is_url_host(address->host)) return bad("a URL has an impossible host");
    const auto path = text.substr(slash);
    if (!is_url_path(path)) return bad("a URL prefix has an impossible path");
    return UrlPrefix{.address = *std::move(address), .path = std::string(path)};
}

Parsed<std::string> origin_of(std::string_view redirect_uri) {
    std::string prefix(redirect_uri);
    if (!prefix.ends_with('/')) prefix += '/';
    const auto url = parse_url_prefix(prefix);
    if (!url) return std::unexpected(url.error());
    return prefix.substr(0, prefix.size() - url->path.size());
}

}  // namespace mado::wire
