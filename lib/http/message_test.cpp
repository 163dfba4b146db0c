#include "http/message.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/result.hpp"

namespace mado::http {
namespace {

constexpr std::size_t header_max = 1024;
constexpr std::size_t body_max = 100;

struct Parsing {
    Progress progress = Progress::need_more;
    Request request;
    std::string left;
};

// Gives the parser the text in pieces of `piece` bytes, as a network might.
Parsing parse(std::string_view text, std::size_t piece) {
    RequestParser parser(header_max);
    Parsing result;
    while (!text.empty() || !result.left.empty()) {
        result.left.append(text.substr(0, piece));
        text.remove_prefix(std::min(piece, text.size()));
        result.progress = parser.advance(result.left);
        if (result.progress == Progress::header_done) {
            parser.limit_body(body_max);
            result.progress = parser.advance(result.left);
        }
        if (result.progress != Progress::need_more || text.empty()) break;
    }
    if (result.progress == Progress::complete) result.request = parser.take();
    return result;
}

const std::string chunked =
    "POST /echo?a=1%20 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\nX-A: b\r\n\r\n"
    "5;note=x\r\nhello\r\n1\r\n!\r\n0\r\nX-Trailer: c\r\n\r\n";

TEST(RequestParser, ReadsTheSameInPiecesOfAnySize) {
    const std::string next = "GET / HT";
    for (std::size_t piece = 1; piece <= chunked.size() + next.size(); ++piece) {
        const auto result = parse(chunked + next, piece);
        ASSERT_EQ(result.progress, Progress::complete) << piece;
        EXPECT_EQ(result.request.method, "POST");
        EXPECT_EQ(result.request.path, "/echo");
        EXPECT_EQ(result.request.query, "a=1%20");
        EXPECT_EQ(result.request.body, "hello!");
        EXPECT_EQ(result.request.header("x-a"), "b");
        EXPECT_EQ(result.request.header("X-Trailer"), "");
        EXPECT_TRUE(next.starts_with(result.left)) << piece;
    }
}

// RFC 9112 section 3.2.2.
TEST(RequestParser, ReadsTheAbsoluteForm) {
    const auto path = [](std::string_view target) {
        return parse(fmt::format("GET {} HTTP/1.1\r\nHost: a\r\n\r\n", target), 1000).request.path;
    };
    EXPECT_EQ(path("https://a:7445/tile/0/000?x"), "/tile/0/000");
    EXPECT_EQ(path("HTTP://a/"), "/");
    EXPECT_EQ(path("http://a"), "/");
    EXPECT_EQ(path("http://a?/b"), "http://a");
    EXPECT_EQ(path("ftp://a/b"), "ftp://a/b");
}

TEST(RequestParser, ReadsAnEmptyChunkedBodyInPieces) {
    const std::string text =
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    for (std::size_t piece = 1; piece <= text.size(); ++piece)
        EXPECT_EQ(parse(text, piece).progress, Progress::complete) << piece;
}

class Smuggling : public testing::TestWithParam<const char*> {};

TEST_P(Smuggling, IsMalformed) {
    const std::string text = std::string("POST /echo HTTP/1.1\r\nHost: a\r\n") + GetParam();
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, text.size()})
        EXPECT_EQ(parse(text, piece).progress, Progress::malformed) << text << piece;
}

INSTANTIATE_TEST_SUITE_P(
    Forms, Smuggling,
    testing::Values("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                    "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
                    "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
                    "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
                    "Content-Length: 5, 5\r\n\r\nhello", "Content-Length: +5\r\n\r\nhello",
                    "Content-Length: -1\r\n\r\nhello", "Content-Length: 0x5\r\n\r\nhello",
                    "Content-Length: \r\n\r\nhello",
                    "Content-Length: 18446744073709551617\r\n\r\nhello",
                    "Content-Length : 5\r\n\r\nhello", "Transfer-Encoding: gzip\r\n\r\nhello",
                    "Transfer-Encoding: identity\r\nContent-Length: 5\r\n\r\nhello",
                    "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
                    "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                    "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
                    "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                    "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                    "Transfer-Encoding: chunked\r\n\r\n-1\r\nhello\r\n0\r\n\r\n",
                    "Transfer-Encoding: chunked\r\n\r\n5 \nhello\r\n0\r\n\r\n",
                    "Transfer-Encoding: chunked\r\n\r\n10000000000000005\r\nhello\r\n0\r\n\r\n",
                    "Transfer-Encoding: chunked\r\n\r\n5\r\nhelloxx0\r\n\r\n", "Host: b\r\n\r\n",
                    "X-A: b\nContent-Length: 5\r\n\r\n", "X\r\n\r\n", "X-A: \x01\r\n\r\n"));

TEST(RequestParser, WantsExactlyOneHost) {
    EXPECT_EQ(parse("GET / HTTP/1.1\r\n\r\n", 100).progress, Progress::malformed);
    EXPECT_EQ(parse("GET / HTTP/1.0\r\n\r\n", 100).progress, Progress::complete);
    EXPECT_EQ(parse("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 99).progress,
              Progress::malformed);
}

TEST(RequestParser, LimitsTheWholeHeader) {
    const std::string long_line = "GET /" + std::string(2 * header_max, 'a') + " HTTP/1.1\r\n";
    std::string many_lines = "GET / HTTP/1.1\r\nHost: a\r\n";
    while (many_lines.size() < 2 * header_max)
        many_lines += "X-A: 1\r\n";
    for (const auto& text : {long_line, many_lines}) {
        // In pieces of one line each, Beast forgets how much it has read.
        for (const std::size_t piece : {std::size_t{1}, std::size_t{8}, text.size()})
            EXPECT_EQ(parse(text, piece).progress, Progress::header_too_large) << piece;
    }
}

TEST(RequestParser, LimitsTheBodyAndWhatStandsBetweenChunks) {
    const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    std::string small_chunks = head;
    for (int i = 0; i < 200; ++i)
        small_chunks += "1\r\na\r\n";
    const std::string one_chunk = head + "65\r\n" + std::string(101, 'a');
    const std::string extension = head + "1;" + std::string(2 * header_max, 'a');
    const std::string trailer = head + "0\r\nX-A: " + std::string(2 * header_max, 'a');
    for (const std::size_t piece : {std::size_t{1}, std::size_t{9}, std::size_t{10'000}}) {
        EXPECT_EQ(parse(small_chunks, piece).progress, Progress::body_too_large);
        EXPECT_EQ(parse(one_chunk, piece).progress, Progress::body_too_large);
        EXPECT_EQ(parse(extension, piece).progress, Progress::malformed);
        EXPECT_EQ(parse(trailer, piece).progress, Progress::malformed);
    }
}

TEST(ResponseParser, RefusesAnAnswerThatEndsWithTheConnection) {
    ResponseParser parser(header_max, body_max, false);
    std::string input = "HTTP/1.1 200 OK\r\nX-A: b\r\n\r\nhello";
    EXPECT_EQ(parser.advance(input), Progress::malformed);
}

TEST(ResponseParser, LimitsTheBody) {
    ResponseParser parser(header_max, body_max, false);
    std::string input = "HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n";
    EXPECT_EQ(parser.advance(input), Progress::body_too_large);
}

TEST(ResponseParser, KnowsThatHeadHasNoBody) {
    ResponseParser parser(header_max, body_max, true);
    std::string input = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n";
    EXPECT_EQ(parser.advance(input), Progress::header_done);
    EXPECT_EQ(parser.advance(input), Progress::complete);
}

TEST(Message, WritesWhatTheResponseSays) {
    Response response;
    response.content_type = "text/plain";
    response.body = "hello";
    response.headers = {{"Cache-Control", "max-age=5"}, {"Content-Length", "9"}};
    EXPECT_EQ(response_head(response, {.request_id = "r", .keep_alive = false, .unix_time = 0}),
              "HTTP/1.1 200 OK\r\nCache-Control: max-age=5\r\nX-Request-Id: r\r\n"
              "X-Content-Type-Options: nosniff\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n"
              "Connection: close\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\n");
}

TEST(Message, CannotBeSplitByAHeaderOrAPath) {
    Response response;
    response.headers = {{"X-A", "b\r\nX-C: d"}};
    EXPECT_THROW(response_head(response, {}), Failure);
    response.headers = {{"X A", "b"}};
    EXPECT_THROW(response_head(response, {}), Failure);
    Request request;
    request.path = "/a HTTP/1.1\r\nX-A: b";
    EXPECT_THROW(request_head(request, "a"), Failure);
    request.path = "/a";
    request.query = "b c";
    EXPECT_THROW(request_head(request, "a"), Failure);
}

TEST(Message, OnePathHasOneName) {
    for (const char* good : {"/", "/a", "/a/", "/a/b.c", "/tile/0/x001/234.p/5", "/a-_~@"})
        EXPECT_TRUE(is_canonical_path(good)) << good;
    for (const char* wrong : {"", "a", "//", "/a//b", "/./a", "/a/..", "/a/../b", "/%61", "/a\\b",
                              "/a b", "http://a/", "*"})
        EXPECT_FALSE(is_canonical_path(wrong)) << wrong;
}

}  // namespace
}  // namespace mado::http
