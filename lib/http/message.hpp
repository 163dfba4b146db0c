// Internal to lib/http: HTTP/1.1 messages as text (RFC 9112). Beast's parser, made stricter where
// an ambiguous message could be read in two ways; no sockets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "http/http.hpp"

namespace mado::http {

enum class Progress {
    need_more,
    header_done,
    complete,
    malformed,
    header_too_large,
    body_too_large
};

class RequestParser {
  public:
    explicit RequestParser(std::size_t header_bytes_max);
    ~RequestParser();

    // Takes what it can from the front of `input`. Says header_done once, before any of the body is
    // read; then complete.
    Progress advance(std::string& input);

    // From header_done on. Must be called once before the body: nothing of one is read before.
    // False when the announced length is larger; advance() then says body_too_large.
    bool limit_body(std::size_t bytes_max);
    [[nodiscard]] const Request& head() const { return head_; }
    [[nodiscard]] std::uint64_t content_length() const;  // 0 when the body is chunked
    [[nodiscard]] bool complete() const;
    [[nodiscard]] bool keep_alive() const;
    [[nodiscard]] bool wants_upgrade() const;
    [[nodiscard]] bool expects_continue() const;

    // For a body that is read while it comes: what has come of it since the last call.
    [[nodiscard]] std::string take_body_part();
    // Once complete.
    [[nodiscard]] Request take();

  private:
    struct Beast;
    std::unique_ptr<Beast> beast_;
    Request head_;
};

class ResponseParser {
  public:
    ResponseParser(std::size_t header_bytes_max, std::size_t body_bytes_max, bool answers_head);
    ~ResponseParser();

    Progress advance(std::string& input);
    // Before the first byte: the answer may go on until its connection ends; then it is complete
    // with its header, and what follows stays in the input.
    void allow_feed();
    [[nodiscard]] bool is_feed() const;
    [[nodiscard]] int status() const { return head_.status; }
    [[nodiscard]] bool keep_alive() const;
    [[nodiscard]] Response take();

  private:
    struct Beast;
    std::unique_ptr<Beast> beast_;
    Response head_;
};

bool equal_without_case(std::string_view a, std::string_view b);

// The header of a message, to its empty line. Throws Failure when a handler or caller put into it
// what would end a line or a word early.
// `chunked`: the body comes in pieces (RFC 9112 section 7.1), each as chunk_text; "" ends it.
enum class BodyForm { whole, chunked };
std::string request_head(const Request& request, std::string_view host,
                         BodyForm form = BodyForm::whole);
std::string chunk_text(std::string_view piece);
struct ResponseHeadOptions {
    std::string_view request_id;
    bool keep_alive = true;
    std::int64_t unix_time = 0;
    bool endless = false;  // without a length: it ends with its connection
};
// `lasting`, or else `body`.
std::string_view body_of(const Response& response);
std::string response_head(const Response& response, const ResponseHeadOptions& options);

// A path of a route must look like this, and so must a requested one: absolute, no
// percent-encoding, no empty or dot segment. One resource has one name.
bool is_canonical_path(std::string_view path);

}  // namespace mado::http
