// Many requests on one stream (docs/protocols/request.md, "Many on one stream").
#include <algorithm>

#include "client/client.hpp"
#include "http/all_of.hpp"
#include "http/lines.hpp"
#include "wire/exchange.hpp"

namespace mado::client {
namespace {

constexpr http::Milliseconds connect_timeout{3'000};
// The relay answers every line within seconds, and reads on as soon as it has.
constexpr http::Milliseconds answer_timeout{20'000};
constexpr std::size_t piece_bytes = 32 * 1024;
constexpr std::size_t line_overhead_bytes = 64;

Problem unavailable(std::string_view detail) {
    return {wire::Code::unavailable, std::string(detail), {}, {}};
}

}  // namespace

// What is sent, and what of it has no answer yet.
struct Asker::Batch {
    std::vector<Prepared> requests;
    OnAnswer answered;
    std::vector<std::size_t> open = {};   // in the order in which they go out
    std::vector<bool> done = {};          // of `open`, by line
    std::size_t answers = 0;              // on this stream
    std::optional<Problem> trouble = {};  // that ended it

    void tell(std::size_t line, Result<Answered> result) {
        done[line] = true;
        ++answers;
        answered(open[line], std::move(result));
    }
};

Task<bool> Asker::stream_lines(Batch& batch, http::Connection& connection) {
    std::string piece;
    for (std::size_t line = 0; line < batch.open.size(); ++line) {
        piece.append(batch.requests[batch.open[line]].body).push_back('\n');
        if (piece.size() < piece_bytes) continue;
        auto sent = co_await connection.send_more(std::exchange(piece, {}));
        if (!sent) co_return false;
    }
    if (!piece.empty()) {
        auto sent = co_await connection.send_more(std::move(piece));
        if (!sent) co_return false;
    }
    auto ended = co_await connection.send_more({});
    co_return ended.has_value();
}

// Until every line is answered, or the stream has ended.
Task<bool> Asker::stream_answers(Batch& batch, http::Connection& connection) {
    http::LineReader lines(wire::reply_bytes_max + line_overhead_bytes);
    while (batch.answers < batch.open.size()) {
        auto bytes = co_await connection.read_more(answer_timeout);
        if (!bytes) {
            batch.trouble = unavailable(http::to_text(bytes.error()));
            co_return false;
        }
        lines.add(*bytes);
        while (auto line = lines.next()) {
            const auto answer = http::read_line_answer(line->text);
            const auto number = answer ? answer->number : 0;
            // A line that was not sent has no answer, and none has two.
            if (line->too_long || number < 1 || number > batch.open.size() ||
                batch.done[number - 1]) {
                batch.trouble = Problem{wire::Code::answer_invalid, "line", {}, {}};
                connection.close();
                co_return false;
            }
            const auto which = number - 1;
            if (answer->is_problem) {
                batch.tell(which, std::unexpected(read_problem(answer->body)));
            } else {
                batch.tell(which, check(batch.requests[batch.open[which]], answer->body));
            }
        }
    }
    connection.close();
    co_return true;
}

// One stream. Nothing: it went as far as it did.
Task<std::optional<Problem>> Asker::stream(Batch& batch) {
    const auto& address = directory_.relay().addresses.front();
    auto connection = co_await http::Connection::connect({address.host, address.port},
                                                         &identity_.tls, connect_timeout);
    if (!connection) co_return unavailable(http::to_text(connection.error()));
    http::Request request;
    request.method = "POST";
    request.path = "/v1/requests";
    request.content_type = std::string(http::lines_type);
    auto opened =
        co_await connection->open_stream(std::move(request), wire::reply_bytes_max, answer_timeout);
    if (!opened) co_return unavailable(http::to_text(opened.error()));
    if (opened->status != 200) co_return read_problem(opened->body);
    std::vector<Task<bool>> both;
    both.push_back(stream_answers(batch, *connection));
    both.push_back(stream_lines(batch, *connection));
    co_await http::all_of(std::move(both));
    co_return batch.trouble;
}

Task<void> Asker::send_all(std::vector<Prepared> requests, OnAnswer answered) {
    Batch batch{.requests = std::move(requests), .answered = std::move(answered)};
    for (std::size_t i = 0; i < batch.requests.size(); ++i)
        batch.open.push_back(i);
    // Twice as a request alone is sent twice, and for as long as each stream brings something.
    for (bool again = false; !batch.open.empty();) {
        batch.done.assign(batch.open.size(), false);
        batch.answers = 0;
        batch.trouble.reset();
        const auto trouble = co_await stream(batch);
        const auto now = unix_now();
        std::vector<std::size_t> left;
        const bool lost = trouble && trouble->code == wire::Code::unavailable;
        for (std::size_t line = 0; line < batch.open.size(); ++line) {
            if (batch.done[line]) continue;
            const auto which = batch.open[line];
            if (lost && (batch.answers > 0 || !again) && now < batch.requests[which].expires) {
                left.push_back(which);
            } else {
                batch.answered(which, std::unexpected(trouble.value_or(unavailable("closed"))));
            }
        }
        again = batch.answers == 0;
        batch.open = std::move(left);
    }
}

}  // namespace mado::client
