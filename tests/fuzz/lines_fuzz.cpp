#include "fuzz.hpp"
#include "http/lines.hpp"

namespace mado::fuzz {
namespace {

constexpr std::size_t line_bytes_max = 64;

// In pieces of this size.
std::vector<http::Line> read(std::string_view text, std::size_t size) {
    http::LineReader reader(line_bytes_max);
    std::vector<http::Line> out;
    for (; !text.empty(); text.remove_prefix(std::min(size, text.size()))) {
        reader.add(text.substr(0, size));
        while (auto line = reader.next())
            out.push_back(std::move(*line));
    }
    if (auto last = reader.rest()) out.push_back(std::move(*last));
    return out;
}

}  // namespace

// What comes on a stream of many requests, and what goes back.
bool lines(ByteView in) {
    const auto whole = read(as_text(in), in.size() + 1);
    require(whole == read(as_text(in), 1) && whole == read(as_text(in), 7),
            "pieces make no difference");
    bool accepted = false;
    for (const auto& line : whole) {
        require(line.text.size() <= line_bytes_max && (!line.too_long || line.text.empty()),
                "a line is within its limit");
        require(line.text.find('\n') == std::string::npos, "a line is one");
        const auto answer = http::read_line_answer(line.text);
        if (!answer) continue;
        accepted = true;
        require(http::line_answer_text(*answer) == line.text, "written as read");
    }
    return accepted;
}

}  // namespace mado::fuzz
