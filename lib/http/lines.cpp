#include "http/lines.hpp"

#include <charconv>

namespace mado::http {
namespace {

constexpr std::string_view line_mark = R"({"line":)";
constexpr std::string_view reply_mark = R"(,"reply":)";
constexpr std::string_view problem_mark = R"(,"problem":)";
constexpr std::size_t number_digits_max = 18;

}  // namespace

void LineReader::add(std::string_view bytes) {
    if (dropping_ && !has_line()) {
        // Nothing is kept of a line that is too long, but that it was one.
        const auto end = bytes.find('\n');
        if (end == std::string_view::npos) return;
        bytes.remove_prefix(end);
    }
    waiting_.erase(0, begin_);
    if (has_line()) line_end_ -= begin_;
    begin_ = 0;
    const auto known = waiting_.size();
    waiting_.append(bytes);
    if (!has_line()) find_end(known);
}

void LineReader::find_end(std::size_t from) {
    line_end_ = waiting_.find('\n', from);
    const auto end = has_line() ? line_end_ : waiting_.size();
    if (end - begin_ <= line_bytes_max_) return;
    dropping_ = true;
    begin_ = end;
}

std::optional<Line> LineReader::next() {
    if (!has_line()) return std::nullopt;
    Line out{.text = waiting_.substr(begin_, line_end_ - begin_), .too_long = dropping_};
    dropping_ = false;
    begin_ = line_end_ + 1;
    find_end(begin_);
    return out;
}

std::optional<Line> LineReader::rest() {
    if (!is_within_line()) return std::nullopt;
    Line out{.text = waiting_.substr(begin_), .too_long = dropping_};
    dropping_ = false;
    begin_ = waiting_.size();
    return out;
}

std::string line_answer_text(const LineAnswer& answer) {
    if (answer.body.find('\n') != std::string::npos) {
        throw Failure("an answer that was to be a line has several");
    }
    std::string out(line_mark);
    out.append(std::to_string(answer.number));
    out.append(answer.is_problem ? problem_mark : reply_mark);
    return out.append(answer.body).append("}");
}

Parsed<LineAnswer> read_line_answer(std::string_view text) {
    if (!text.starts_with(line_mark) || !text.ends_with('}')) return bad("not an answer to a line");
    text.remove_prefix(line_mark.size());
    text.remove_suffix(1);
    LineAnswer out;
    const auto digits = text.substr(0, text.find(','));
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), out.number);
    const bool plain = error == std::errc() && end == digits.data() + digits.size() &&
                       digits.size() <= number_digits_max && !digits.starts_with('0');
    if (!plain) return bad("an answer to a line has no line's number");
    text.remove_prefix(digits.size());
    out.is_problem = text.starts_with(problem_mark);
    if (!out.is_problem && !text.starts_with(reply_mark)) return bad("not an answer to a line");
    text.remove_prefix(out.is_problem ? problem_mark.size() : reply_mark.size());
    out.body = std::string(text);
    return out;
}

}  // namespace mado::http
