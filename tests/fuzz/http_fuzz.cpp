#include "http/http.hpp"

#include <optional>

#include "fuzz.hpp"
#include "http/message.hpp"

namespace mado::fuzz {
namespace {

constexpr std::size_t header_bytes_max = 1'024;
constexpr std::size_t body_bytes_max = 4'096;

std::string text_of(const http::Request& request) {
    std::string out = request.method + " " + request.path + "?" + request.query + "\n";
    for (const auto& header : request.headers)
        out += header.name + ":" + header.value + "\n";
    return out + request.content_type + "\n" + request.body;
}

std::string text_of(const http::Response& response) {
    std::string out = std::to_string(response.status) + "\n";
    for (const auto& header : response.headers)
        out += header.name + ":" + header.value + "\n";
    return out + response.content_type + "\n" + response.body;
}

http::Progress after_header(http::RequestParser& parser) {
    return parser.limit_body(body_bytes_max) ? http::Progress::need_more
                                             : http::Progress::body_too_large;
}
http::Progress after_header(http::ResponseParser&) {
    return http::Progress::need_more;
}

// What the parser makes of the input, given in pieces as by a network; nothing when it is no whole
// message. (Which fault is seen first may depend on the pieces.)
template <class Parser>
std::optional<std::string> read(Parser parser, ByteView in, std::size_t piece) {
    auto progress = http::Progress::need_more;
    std::string buffer;
    for (std::size_t at = 0; at < in.size() && progress == http::Progress::need_more;) {
        const auto taken = std::min(piece, in.size() - at);
        buffer += as_text(in.subspan(at, taken));
        at += taken;
        progress = parser.advance(buffer);
        if (progress != http::Progress::header_done) continue;
        progress = after_header(parser);
        if (progress == http::Progress::need_more) progress = parser.advance(buffer);
    }
    if (progress != http::Progress::complete) return std::nullopt;
    return text_of(parser.take());
}

http::ResponseParser response_parser() {
    return {header_bytes_max, body_bytes_max, false};
}

}  // namespace

bool http(ByteView in) {
    (void)http::is_canonical_path(as_text(in));
    const auto request = read(http::RequestParser(header_bytes_max), in, in.size());
    require(request == read(http::RequestParser(header_bytes_max), in, 1),
            "a request is the same in any pieces");
    const auto response = read(response_parser(), in, in.size());
    require(response == read(response_parser(), in, 1), "an answer is the same in any pieces");
    return request || response;
}

}  // namespace mado::fuzz
