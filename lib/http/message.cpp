#include "http/message.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>

#include "base/result.hpp"

namespace mado::http {
namespace {

namespace beast = boost::beast::http;
using boost::system::error_code;

std::string_view to_std(boost::core::string_view text) {
    return {text.data(), text.size()};
}

bool all_digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// Beast follows RFC 9112 section 6.3 where it repairs; here nothing is repaired. A message whose
// length another program on the way could understand differently is how requests are smuggled.
bool length_is_plain(const beast::fields& fields, unsigned version) {
    const auto codings = fields.count(beast::field::transfer_encoding);
    const auto lengths = fields.count(beast::field::content_length);
    if (codings + lengths > 1) return false;
    if (lengths == 1) return all_digits(to_std(fields[beast::field::content_length]));
    if (codings == 0) return true;
    return version == 11 &&
           equal_without_case(to_std(fields[beast::field::transfer_encoding]), "chunked");
}

// RFC 9112 section 3.2: a request without Host, or with two, is answered with 400.
bool host_is_plain(const beast::fields& fields, unsigned version) {
    const auto hosts = fields.count(beast::field::host);
    return hosts == 1 || (hosts == 0 && version < 11);
}

// RFC 9112 section 3.2.2: the absolute form means the same as the path in it.
std::string_view without_origin(std::string_view target) {
    for (const std::string_view scheme : {"https://", "http://"}) {
        if (target.size() < scheme.size() ||
            !equal_without_case(target.substr(0, scheme.size()), scheme))
            continue;
        const auto end = target.find_first_of("/?", scheme.size());
        if (end == std::string_view::npos) return "/";
        return target[end] == '/' ? target.substr(end) : target;
    }
    return target;
}

template <bool is_request>
struct Core {
    beast::parser<is_request, beast::string_body> parser;
    std::size_t header_bytes_max;
    std::size_t header_bytes = 0;
    bool header_told = false;
    bool body_allowed = !is_request;
    bool body_begun = false;
    bool feed_allowed = false;
    bool is_feed = false;

    explicit Core(std::size_t header_max) : header_bytes_max(header_max) {
        parser.header_limit(static_cast<std::uint32_t>(header_max));
        parser.body_limit(boost::none);  // set before the first byte of the body is read
    }

    [[nodiscard]] bool header_is_plain() {
        const auto& message = parser.get();
        if (!length_is_plain(message, message.version())) return false;
        if constexpr (is_request) return host_is_plain(message, message.version());
        // Without a length the end is the connection's, which anybody can bring about: only for
        // what has no end of its own.
        if constexpr (!is_request) {
            is_feed = feed_allowed && parser.need_eof() && message.result_int() == 200;
        }
        return is_feed || !parser.need_eof();
    }

    Progress advance(std::string& input) {
        std::size_t used = 0;
        const Progress progress = step(input, used);
        input.erase(0, used);
        return progress;
    }

    // The shortest chunked body is "0", an empty line and its end: five bytes. Given less of it,
    // Beast 1.81 takes its own patience for a mistake and ends the process (an assertion).
    bool too_short_to_begin(std::string_view rest) {
        if (body_begun || !parser.is_header_done() || !parser.chunked()) return false;
        body_begun = rest.size() >= 5;
        return !body_begun;
    }

    Progress step(std::string_view input, std::size_t& used) {
        for (;;) {
            if (parser.is_header_done() && !header_told) {
                header_told = true;
                parser.eager(true);
                return header_is_plain() ? Progress::header_done : Progress::malformed;
            }
            if (parser.is_done() || is_feed) return Progress::complete;
            if (header_told && !body_allowed) return Progress::body_too_large;
            const auto rest = input.substr(used);
            if (rest.empty() || too_short_to_begin(rest)) return Progress::need_more;
            error_code error;
            const bool in_header = !parser.is_header_done();
            const auto taken = parser.put(asio::const_buffer(rest.data(), rest.size()), error);
            used += taken;
            if (in_header) header_bytes += taken;
            if (header_bytes > header_bytes_max) return Progress::header_too_large;
            if (error) return judge(error, rest.size() - taken);
        }
    }

    // `left` bytes wait for the rest of what they belong to. Beast's own limit holds for one piece
    // of a header, and not for its first line; ours for all of it, and for the lines between
    // chunks.
    Progress judge(const error_code& error, std::size_t left) const {
        const bool in_header = !parser.is_header_done();
        if (error == beast::error::need_more) {
            if (left + (in_header ? header_bytes : 0) < header_bytes_max)
                return Progress::need_more;
            return in_header ? Progress::header_too_large : Progress::malformed;
        }
        if (error == beast::error::header_limit) return Progress::header_too_large;
        if (error == beast::error::body_limit) return Progress::body_too_large;
        return Progress::malformed;
    }
};

template <class Message>
void take_fields(const beast::fields& from, Message& to) {
    for (const auto& field : from)
        to.headers.push_back(
            {std::string(to_std(field.name_string())), std::string(to_std(field.value()))});
    to.content_type = std::string(to_std(from[beast::field::content_type]));
}

constexpr std::string_view token_marks = "!#$%&'*+-.^_`|~";  // RFC 9110 section 5.6.2

bool is_alphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_token(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return is_alphanumeric(c) || token_marks.find(c) != std::string_view::npos;
    });
}

bool is_target_part(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c > ' ' && c != '\x7f' && c != '#'; });
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
    const auto bytes_are_safe = std::ranges::none_of(
        value, [](char c) { return (c >= 0 && c < ' ' && c != '\t') || c == '\x7f'; });
    if (!is_token(name) || !bytes_are_safe)
        throw Failure("a header that was to be sent has a forbidden character");
    out.append(name).append(": ").append(value).append("\r\n");
}

template <class Message>
bool has(const Message& message, std::string_view name) {
    return std::ranges::any_of(message.headers, [name](const Header& header) {
        return equal_without_case(header.name, name);
    });
}

// What this library writes itself, from what the message is.
bool is_ours(std::string_view name) {
    return equal_without_case(name, "Content-Length") ||
           equal_without_case(name, "Transfer-Encoding") ||
           equal_without_case(name, "Connection") || equal_without_case(name, "Content-Type") ||
           equal_without_case(name, "X-Request-Id");
}

// IMF-fixdate (RFC 9110 section 5.6.7).
std::string http_date(std::int64_t unix_time) {
    using namespace std::chrono;
    constexpr std::string_view days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::string_view months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const sys_seconds time{seconds(unix_time)};
    const auto day = floor<std::chrono::days>(time);
    const year_month_day date(day);
    const hh_mm_ss clock(time - day);
    return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", days[weekday(day).c_encoding()],
                       static_cast<unsigned>(date.day()),
                       months[static_cast<unsigned>(date.month()) - 1],
                       static_cast<int>(date.year()), clock.hours().count(),
                       clock.minutes().count(), clock.seconds().count());
}

bool has_body(int status) {
    return status >= 200 && status != 204 && status != 304;  // RFC 9110 section 6.4.1
}

}  // namespace

struct RequestParser::Beast : Core<true> {
    using Core::Core;
};

struct ResponseParser::Beast : Core<false> {
    using Core::Core;
};

RequestParser::RequestParser(std::size_t header_bytes_max)
    : beast_(std::make_unique<Beast>(header_bytes_max)) {}
RequestParser::~RequestParser() = default;

Progress RequestParser::advance(std::string& input) {
    const Progress progress = beast_->advance(input);
    if (progress != Progress::header_done) return progress;
    // Taken now: trailer fields, which come after the body, must not be taken for header fields.
    const auto& message = beast_->parser.get();
    const auto target = without_origin(to_std(message.target()));
    const auto mark = target.find('?');
    head_.method = std::string(to_std(message.method_string()));
    head_.path = std::string(target.substr(0, mark));
    if (mark != std::string_view::npos) head_.query = std::string(target.substr(mark + 1));
    take_fields(message, head_);
    return progress;
}

bool RequestParser::limit_body(std::size_t bytes_max) {
    beast_->body_allowed = content_length() <= bytes_max;
    beast_->parser.body_limit(bytes_max);
    return beast_->body_allowed;
}

std::uint64_t RequestParser::content_length() const {
    return beast_->parser.content_length().value_or(0);
}

bool RequestParser::complete() const {
    return beast_->parser.is_done();
}

bool RequestParser::keep_alive() const {
    return beast_->parser.keep_alive();
}

bool RequestParser::wants_upgrade() const {
    return beast_->parser.upgrade() && !head_.header("Upgrade").empty();
}

bool RequestParser::expects_continue() const {
    return equal_without_case(head_.header("Expect"), "100-continue");
}

std::string RequestParser::take_body_part() {
    return std::exchange(beast_->parser.get().body(), {});
}

Request RequestParser::take() {
    head_.body = std::move(beast_->parser.get().body());
    return std::move(head_);
}

ResponseParser::ResponseParser(std::size_t header_bytes_max, std::size_t body_bytes_max,
                               bool answers_head)
    : beast_(std::make_unique<Beast>(header_bytes_max)) {
    beast_->parser.body_limit(body_bytes_max);
    beast_->parser.skip(answers_head);
}
ResponseParser::~ResponseParser() = default;

Progress ResponseParser::advance(std::string& input) {
    const Progress progress = beast_->advance(input);
    if (progress != Progress::header_done) return progress;
    const auto& message = beast_->parser.get();
    head_.status = static_cast<int>(message.result_int());
    take_fields(message, head_);
    return progress;
}

void ResponseParser::allow_feed() {
    beast_->feed_allowed = true;
}

bool ResponseParser::is_feed() const {
    return beast_->is_feed;
}

bool ResponseParser::keep_alive() const {
    return beast_->parser.keep_alive();
}

Response ResponseParser::take() {
    head_.body = std::move(beast_->parser.get().body());
    return std::move(head_);
}

bool equal_without_case(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::ranges::equal(a, b, {}, lower, lower);
}

std::string request_head(const Request& request, std::string_view host, BodyForm form) {
    if (!is_token(request.method) || !request.path.starts_with('/') ||
        !is_target_part(request.path) || !is_target_part(request.query))
        throw Failure("a request that was to be sent has a forbidden character");
    std::string out = request.method + ' ' + request.path;
    if (!request.query.empty()) out.append("?").append(request.query);
    out.append(" HTTP/1.1\r\n");
    if (!has(request, "Host")) append_header(out, "Host", host);
    for (const auto& header : request.headers)
        if (!is_ours(header.name)) append_header(out, header.name, header.value);
    if (has(request, "Upgrade")) append_header(out, "Connection", "Upgrade");
    if (!request.content_type.empty()) append_header(out, "Content-Type", request.content_type);
    if (form == BodyForm::chunked) {
        append_header(out, "Transfer-Encoding", "chunked");
        return out.append("\r\n");
    }
    // RFC 9110 section 8.6: also 0, where the method has a meaning for a body.
    if (!request.body.empty() || request.method == "POST" || request.method == "PUT")
        append_header(out, "Content-Length", std::to_string(request.body.size()));
    return out.append("\r\n");
}

std::string chunk_text(std::string_view piece) {
    return fmt::format("{:x}\r\n{}\r\n", piece.size(), piece);
}

std::string_view body_of(const Response& response) {
    return response.lasting.empty() ? std::string_view(response.body) : response.lasting;
}

std::string response_head(const Response& response, const ResponseHeadOptions& options) {
    if (response.status < 100 || response.status > 599)
        throw Failure("an answer has a status that HTTP does not know");
    const auto reason =
        beast::obsolete_reason(beast::int_to_status(static_cast<unsigned>(response.status)));
    std::string out = fmt::format("HTTP/1.1 {} {}\r\n", response.status, to_std(reason));
    for (const auto& header : response.headers)
        if (!is_ours(header.name)) append_header(out, header.name, header.value);
    append_header(out, "X-Request-Id", options.request_id);
    append_header(out, "X-Content-Type-Options", "nosniff");
    append_header(out, "Date", http_date(options.unix_time));
    if (!has(response, "Cache-Control")) append_header(out, "Cache-Control", "no-store");
    if (response.status == 101) {
        append_header(out, "Connection", "Upgrade");
    } else if (!options.keep_alive) {
        append_header(out, "Connection", "close");
    }
    if (!has_body(response.status)) return out.append("\r\n");
    append_header(
        out, "Content-Type",
        response.content_type.empty() ? "application/octet-stream" : response.content_type);
    if (!response.feed && !options.endless) {
        append_header(out, "Content-Length", std::to_string(body_of(response).size()));
    }
    return out.append("\r\n");
}

bool is_canonical_path(std::string_view path) {
    if (!path.starts_with('/')) return false;
    constexpr std::string_view marks = "-._~!$&'()*+,;=:@/";  // RFC 3986 section 3.3, without '%'
    const bool plain = std::ranges::all_of(path, [marks](char c) {
        return is_alphanumeric(c) || marks.find(c) != std::string_view::npos;
    });
    if (!plain) return false;
    for (auto rest = path; !rest.empty();) {
        rest.remove_prefix(1);  // the slash
        const auto segment = rest.substr(0, rest.find('/'));
        rest.remove_prefix(segment.size());
        if (segment == "." || segment == "..") return false;
        if (segment.empty() && !rest.empty()) return false;
    }
    return true;
}

}  // namespace mado::http
