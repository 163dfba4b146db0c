#include "http/lines.hpp"

#include <algorithm>
#include <map>

#include "http/all_of.hpp"
#include "http/test_tls.hpp"

namespace mado::http {
namespace {

// ---- as text ----

std::vector<Line> lines_of(std::string_view text, std::size_t piece, std::size_t bytes_max = 8) {
    LineReader reader(bytes_max);
    std::vector<Line> out;
    for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) {
        reader.add(text.substr(0, piece));
        while (auto line = reader.next())
            out.push_back(std::move(*line));
    }
    if (auto last = reader.rest()) out.push_back(std::move(*last));
    return out;
}

TEST(LineReader, GivesEachLineInPiecesOfEverySize) {
    const std::string text = "one\n\ntwelve34\n123456789\nafter\n1234567890123456789012345\nlast";
    const std::vector<Line> wanted = {{"one"},   {""},       {"twelve34"}, {"", true},
                                      {"after"}, {"", true}, {"last"}};
    for (std::size_t piece = 1; piece <= text.size(); ++piece)
        EXPECT_EQ(lines_of(text, piece), wanted) << piece;
    EXPECT_EQ(lines_of("a\n", 1), std::vector<Line>{{"a"}});
    EXPECT_EQ(lines_of("123456789", 1), (std::vector<Line>{{"", true}}));
    EXPECT_EQ(lines_of("", 1), std::vector<Line>{});
}

TEST(LineReader, SaysWhetherALineIsUnderWay) {
    LineReader reader(4);
    EXPECT_FALSE(reader.is_within_line());
    reader.add("a");
    EXPECT_TRUE(reader.is_within_line());
    reader.add("\n");
    EXPECT_FALSE(reader.is_within_line());
    EXPECT_TRUE(reader.has_line());
    EXPECT_TRUE(reader.next().has_value());
    EXPECT_FALSE(reader.has_line());
    reader.add("12345678");
    EXPECT_TRUE(reader.is_within_line()) << "of one that is too long";
}

TEST(LineAnswer, IsReadAsItIsWritten) {
    const LineAnswer reply{.number = 7, .is_problem = false, .body = R"({"a":1})"};
    EXPECT_EQ(line_answer_text(reply), R"({"line":7,"reply":{"a":1}})");
    EXPECT_EQ(read_line_answer(line_answer_text(reply)), reply);
    const LineAnswer problem{.number = 100'000, .is_problem = true, .body = "{}"};
    EXPECT_EQ(line_answer_text(problem), R"({"line":100000,"problem":{}})");
    EXPECT_EQ(read_line_answer(line_answer_text(problem)), problem);
    EXPECT_THROW(line_answer_text({.number = 1, .is_problem = false, .body = "{\n}"}), Failure);
}

TEST(LineAnswer, NothingElseIsOne) {
    for (const auto* text :
         {"", "{}", R"({"line":1})", R"({"line":0,"reply":{}})", R"({"line":01,"reply":{}})",
          R"({"line":-1,"reply":{}})", R"({"line": 1,"reply":{}})", R"({"reply":{},"line":1})",
          R"({"line":1,"answer":{}})", R"({"line":,"reply":{}})",
          R"({"line":9999999999999999999,"reply":{}})"}) {
        EXPECT_FALSE(read_line_answer(text).has_value()) << text;
    }
    // The last brace may be the body's own: then the body is none, which its reader sees.
    EXPECT_EQ(read_line_answer(R"({"line":1,"reply":{})")->body, "{");
}

// ---- on a connection ----

struct LinesTest : TlsTest {
    // Remembers what it was asked, and how many at once.
    Task<Response> take(Request request) {
        ++now;
        most = std::max(most, now);
        asked.push_back(request.body);
        ids.push_back(request.request_id);
        if (request.body == "slow") co_await pause(Milliseconds(150));
        if (request.body == "wait") co_await pause(Milliseconds(20));
        --now;
        if (request.body == "fault") throw Failure("secret detail");
        if (request.body == "refuse") {
            co_return problem(403, "not_allowed", "No.", request.request_id);
        }
        Response response;
        response.body = request.body.starts_with("large") ? '"' + std::string(10'000, 'x') + '"'
                                                          : '"' + request.body + '"';
        if (request.body == "two") response.body = "1\n2";
        co_return response;
    }
    std::unique_ptr<Server> serve_lines(Lines lines, Limits limits = {}) {
        Route route{"POST", "/many", 16,
                    [this](Request request) { return take(std::move(request)); }, lines};
        return serve(server_tls, {std::move(route)}, limits);
    }
    static Request many() {
        auto out = request("POST", "/many");
        out.content_type = std::string(lines_type);
        return out;
    }
    Answer open(Connection& connection) {
        return await(io, connection.open_stream(many(), 1000, patience));
    }
    Task<bool> send(Connection& connection, std::vector<std::string> pieces) {
        for (auto& piece : pieces)
            if (!co_await connection.send_more(std::move(piece))) co_return false;
        co_return true;
    }
    // Until the other side ends, or so many answers are here.
    Task<bool> read(Connection& connection, std::size_t count_max) {
        while (answers.size() < count_max) {
            auto bytes = co_await connection.read_more(patience);
            if (!bytes) co_return bytes.error() == NetError::closed;
            reader.add(*bytes);
            while (auto line = reader.next())
                answers.push_back(wire_answer(line->text));
        }
        co_return true;
    }
    static LineAnswer wire_answer(const std::string& text) {
        auto answer = read_line_answer(text);
        if (!answer) throw std::runtime_error("no answer to a line: " + text);
        return std::move(*answer);
    }
    bool talk(Connection& connection, std::vector<std::string> pieces,
              std::size_t count_max = 1'000'000) {
        std::vector<Task<bool>> both;
        both.push_back(send(connection, std::move(pieces)));
        both.push_back(read(connection, count_max));
        const auto done = await(io, all_of(std::move(both)));
        return done[1];
    }
    [[nodiscard]] std::string code(std::uint64_t number) const {
        for (const auto& answer : answers) {
            if (answer.number != number) continue;
            if (!answer.is_problem) return answer.body;
            const auto at = answer.body.find(R"("code":")") + 8;
            return answer.body.substr(at, answer.body.find('"', at) - at);
        }
        return "nothing";
    }

    std::size_t now = 0;
    std::size_t most = 0;
    std::vector<std::string> asked;
    std::vector<std::string> ids;
    LineReader reader{1'000'000};
    std::vector<LineAnswer> answers;
};

TEST_F(LinesTest, AnswersAsTheyAreReadyAndABrokenLineIsOne) {
    const auto server = serve_lines({});
    auto connection = connect(server->port(), &client_tls);
    const auto opened = open(connection);
    ASSERT_TRUE(opened.has_value());
    EXPECT_EQ(opened->content_type, lines_type);
    EXPECT_TRUE(
        talk(connection, {"slow\nquick\n\nrefuse\nfault\n12345678901234567\ntwo\nla", "st", ""}));
    ASSERT_EQ(answers.size(), 8U);
    EXPECT_EQ(answers.back().number, 1U) << "it took longest";
    EXPECT_EQ(code(1), "\"slow\"");
    EXPECT_EQ(code(2), "\"quick\"");
    EXPECT_EQ(code(3), "\"\"");
    EXPECT_EQ(code(4), "not_allowed");
    EXPECT_EQ(code(5), "internal");
    EXPECT_EQ(code(6), "too_large");
    EXPECT_EQ(code(7), "internal") << "an answer of two lines would be two answers";
    EXPECT_EQ(code(8), "\"last\"") << "without an end";
    EXPECT_EQ(reports.size(), 2U);
    std::ranges::sort(ids);
    EXPECT_EQ(std::ranges::unique(ids).size(), 0U) << "each has an id of its own";
    EXPECT_FALSE(connection.open());
}

TEST_F(LinesTest, TenThousandLinesWithSoManyAtOnce) {
    const auto server = serve_lines({.in_flight_max = 8});
    auto connection = connect(server->port(), &client_tls);
    ASSERT_TRUE(open(connection).has_value());
    std::vector<std::string> pieces(10);
    for (std::size_t i = 0; i < 10'000; ++i)
        pieces[i / 1000] += (i % 500 == 0 ? "wait" : std::to_string(i)) + '\n';
    pieces.emplace_back();
    EXPECT_TRUE(talk(connection, std::move(pieces)));
    ASSERT_EQ(answers.size(), 10'000U);
    std::ranges::sort(answers, {}, &LineAnswer::number);
    for (std::uint64_t i = 0; i < 10'000; ++i) {
        ASSERT_EQ(answers[i].number, i + 1);
        if (i % 500 != 0) {
            ASSERT_EQ(answers[i].body, '"' + std::to_string(i) + '"');
        }
    }
    EXPECT_EQ(most, 8U);
}

TEST_F(LinesTest, WhoDoesNotReadIsNotReadFrom) {
    const auto server =
        serve_lines({.in_flight_max = 4, .waiting_bytes_max = 8'000}, {.write = Milliseconds(300)});
    auto connection = connect(server->port(), &client_tls);
    ASSERT_TRUE(open(connection).has_value());
    std::string lines;
    for (int i = 0; i < 10'000; ++i)
        lines += "large\n";
    ASSERT_TRUE(await(io, connection.send_more(lines)).has_value());
    std::size_t begun = 0, before = 0;
    do {  // until nothing more is begun
        before = begun;
        await(io, pause(Milliseconds(200)));
        begun = asked.size();
    } while (begun != before);
    EXPECT_LT(begun, 2'000U) << "100 MB would wait for a reader that does not read";
    EXPECT_EQ(server->connections(), 1U);
    await(io, pause(Milliseconds(300 + 50'000 / 32)));
    EXPECT_EQ(server->connections(), 0U);
    EXPECT_LT(asked.size(), begun + 10);
    EXPECT_EQ(now, 0U) << "what was begun is done";
}

TEST_F(LinesTest, WhatWasBegunIsDoneWhenTheConnectionBreaks) {
    const auto server = serve_lines({});
    {
        auto connection = connect(server->port(), &client_tls);
        ASSERT_TRUE(open(connection).has_value());
        ASSERT_TRUE(await(io, connection.send_more("slow\nwait\nhalf a li")).has_value());
        await(io, pause(Milliseconds(10)));
        connection.close();
    }
    await(io, pause(Milliseconds(250)));
    EXPECT_EQ(asked, (std::vector<std::string>{"slow", "wait"})) << "half a line is none";
    EXPECT_EQ(now, 0U);
    EXPECT_EQ(server->connections(), 0U);
}

TEST_F(LinesTest, LimitsOfAStreamAndOfStreams) {
    int refusals = 0;
    const auto server = serve_lines(
        {.count_max = 3, .streams_per_peer_max = 2, .refuse = [&refusals](const Request& head) {
             ++refusals;
             return head.certificate ? std::nullopt
                                     : std::optional(problem(403, "nobody", "Nobody.", ""));
         }});
    auto first = connect(server->port(), &client_tls);
    ASSERT_EQ(open(first)->status, 200);
    auto second = connect(server->port(), &client_tls);
    ASSERT_EQ(open(second)->status, 200);
    auto third = connect(server->port(), &client_tls);
    EXPECT_EQ(open(third)->status, 503);
    EXPECT_TRUE(talk(first, {"a\nb\nc\nd\ne\n"}));
    ASSERT_EQ(answers.size(), 4U);
    EXPECT_EQ(code(4), "too_large");
    EXPECT_EQ(asked.size(), 3U);
    auto again = connect(server->port(), &client_tls);
    EXPECT_EQ(open(again)->status, 200) << "the first gave its place back";
    EXPECT_EQ(refusals, 4);
}

TEST_F(LinesTest, IdleAndDawdling) {
    const auto server = serve_lines({}, {.body = Milliseconds(100), .idle = Milliseconds(250)});
    auto idle = connect(server->port(), &client_tls);
    ASSERT_TRUE(open(idle).has_value());
    auto dawdling = connect(server->port(), &client_tls);
    ASSERT_TRUE(open(dawdling).has_value());
    ASSERT_TRUE(await(io, idle.send_more("slow\n")).has_value());
    ASSERT_TRUE(await(io, dawdling.send_more("one\nha")).has_value());
    await(io, pause(Milliseconds(60)));
    ASSERT_TRUE(await(io, dawdling.send_more("lf")).has_value());
    await(io, pause(Milliseconds(90)));
    EXPECT_EQ(server->connections(), 1U) << "more bytes of a line give it no more time";
    await(io, pause(Milliseconds(150)));
    EXPECT_EQ(server->connections(), 1U) << "its time begins with its last answer";
    await(io, pause(Milliseconds(250)));
    EXPECT_EQ(server->connections(), 0U);
}

TEST_F(LinesTest, AServerThatStopsAnswersWhatItBegan) {
    const auto server = serve_lines({});
    auto connection = connect(server->port(), &client_tls);
    ASSERT_TRUE(open(connection).has_value());
    ASSERT_TRUE(await(io, connection.send_more("slow\n")).has_value());
    await(io, pause(Milliseconds(20)));
    await(io, server->stop(Milliseconds(2'000)));
    EXPECT_TRUE(await(io, read(connection, 2)));
    ASSERT_EQ(answers.size(), 1U);
    EXPECT_EQ(code(1), "\"slow\"");
}

TEST_F(LinesTest, OneRequestIsStillOne) {
    const auto server = serve_lines({});
    const auto single = await(io, ask(server->port(), &client_tls, request("POST", "/many", "a")));
    ASSERT_TRUE(single.has_value());
    EXPECT_EQ(single->body, "\"a\"");
    auto whole = many();
    whole.body = "a\nb\n";
    auto connection = connect(server->port(), &client_tls);
    ASSERT_TRUE(await(io, connection.open_feed(whole, 1000, patience)).has_value())
        << "its length may be known, too";
    EXPECT_TRUE(await(io, read(connection, 3)));
    EXPECT_EQ(answers.size(), 2U);
    auto announced = connect(server->port(), &client_tls);
    auto huge = many();
    huge.body = std::string(1024 * 1024 + 1, 'x');
    const auto refused = await(io, announced.exchange(huge, 1000, patience));
    ASSERT_TRUE(refused.has_value());
    EXPECT_EQ(refused->status, 413);
}

}  // namespace
}  // namespace mado::http
