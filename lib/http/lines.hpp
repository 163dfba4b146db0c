// Many requests on one connection (docs/protocols/request.md, "Many on one stream"): a line is the
// body of one, and so is what comes back. NDJSON as text, no sockets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace mado::http {

constexpr std::string_view lines_type = "application/x-ndjson";

struct Line {
    std::string text;       // without its end; empty when it is too long
    bool too_long = false;  // it was read to its end, and nothing of it was kept
    bool operator==(const Line&) const = default;
};

// For one stream, from its beginning. Holds one line and what was added after it at most.
class LineReader {
  public:
    explicit LineReader(std::size_t line_bytes_max) : line_bytes_max_(line_bytes_max) {}

    void add(std::string_view bytes);
    // The next line that is whole.
    std::optional<Line> next();
    // After the last byte: a line that nothing ended.
    std::optional<Line> rest();
    [[nodiscard]] bool has_line() const { return line_end_ != std::string::npos; }
    // Some of a line is here, and not its end.
    [[nodiscard]] bool is_within_line() const {
        return !has_line() && (dropping_ || begin_ < waiting_.size());
    }

  private:
    void find_end(std::size_t from);

    std::size_t line_bytes_max_;
    std::string waiting_;
    std::size_t begin_ = 0;  // of what was not given yet
    std::size_t line_end_ = std::string::npos;
    bool dropping_ = false;  // the line that is under way is too long
};

// What came of a line, as one line: the reply, or the problem document.
struct LineAnswer {
    std::uint64_t number = 0;  // of the line that it answers: the first is 1
    bool is_problem = false;
    std::string body;  // JSON
    bool operator==(const LineAnswer&) const = default;
};
// Exactly `{"line":1,"reply":…}` or `{"line":1,"problem":…}`, without the line's end. Throws
// Failure when the body has several lines.
std::string line_answer_text(const LineAnswer& answer);
// `body` is what stands there, and not read yet.
Parsed<LineAnswer> read_line_answer(std::string_view text);

}  // namespace mado::http
