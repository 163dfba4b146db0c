// Many requests on one stream: each line is a request as any other, in the log and to the holder.
#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include "http/all_of.hpp"
#include "http/lines.hpp"
#include "test_exchange.hpp"

namespace mado::relay {
namespace {

class StreamTest : public ExchangeTest {
  protected:
    StreamTest() {
        dial_answering();
        // As participant_routes, but that a test has no certificate of the clinic.
        http::Route route{"POST", "/v1/requests", wire::request_bytes_max,
                          [this](http::Request request) {
                              request.certificate = wire::filled(4);
                              return exchange->run(std::move(request));
                          },
                          http::Lines{}};
        participants.emplace(io, http::ServerOptions{}, std::vector<http::Route>{std::move(route)});
    }
    [[nodiscard]] std::string bodies(std::size_t count) const {
        std::string out;
        for (std::size_t i = 0; i < count; ++i) {
            auto of = head();
            of.jti = base64url(crypto::random_bytes(16));
            of.purpose = wire::code_id("consented");
            out += body(of, consent) + '\n';
        }
        return out;
    }
    http::Connection open() {
        auto connection =
            http::await(io, http::Connection::connect({"127.0.0.1", participants->port()}, nullptr,
                                                      http::Milliseconds(2'000)));
        http::Request request;
        request.method = "POST";
        request.path = "/v1/requests";
        request.content_type = std::string(http::lines_type);
        const auto opened = http::await(
            io, connection->open_stream(std::move(request), 1'000, http::Milliseconds(2'000)));
        EXPECT_EQ(opened->status, 200);
        return std::move(*connection);
    }
    static http::Task<bool> send(http::Connection& connection, std::string text, bool end) {
        auto sent = co_await connection.send_more(std::move(text));
        if (sent && end) sent = co_await connection.send_more({});
        co_return sent.has_value();
    }
    static http::Task<bool> read(http::Connection& connection, std::size_t count,
                                 std::vector<http::LineAnswer>& answers) {
        http::LineReader lines(wire::reply_bytes_max);
        while (answers.size() < count) {
            auto bytes = co_await connection.read_more(http::Milliseconds(10'000));
            if (!bytes) co_return false;
            lines.add(*bytes);
            while (auto line = lines.next())
                answers.push_back(wire::valid(http::read_line_answer(line->text)));
        }
        co_return true;
    }
    // Until so many answers are here; then the connection breaks.
    std::vector<http::LineAnswer> talk(const std::string& text, std::size_t count) {
        auto connection = open();
        std::vector<http::LineAnswer> answers;
        std::vector<http::Task<bool>> both;
        both.push_back(send(connection, text, /*end=*/true));
        both.push_back(read(connection, count, answers));
        http::await(io, http::all_of(std::move(both)));
        return answers;
    }
    static std::string code_of(const http::LineAnswer& answer) {
        if (!answer.is_problem) return wire::parse_reply(answer.body) ? "ok" : "no reply";
        const auto problem = wire::valid(parse_json_object(answer.body));
        return std::string(problem.at("code").as_string());
    }

    // By number three of one person would be under way at once, and the fourth overloaded.
    const std::string consent = [this] {
        auto content = mandate_content();
        content.kind = wire::MandateKind::consent;
        return signed_by(card, content);
    }();
    std::optional<http::Server> participants;
};

TEST_F(StreamTest, EachLineIsAnOrderAndARefusalEndsNothing) {
    auto curious = head();
    curious.purpose = wire::code_id("curiosity");
    const auto text = bodies(40) + "rubbish\n" + body(curious, number("1")) + "\n" +
                      std::string(wire::request_bytes_max + 1, 'x') + "\n" + bodies(40);
    auto answers = talk(text, 83);
    ASSERT_EQ(answers.size(), 83U);
    std::ranges::sort(answers, {}, &http::LineAnswer::number);
    std::set<std::string> entries;
    for (std::size_t i = 0; i < answers.size(); ++i) {
        ASSERT_EQ(answers[i].number, i + 1);
        const auto* wanted = i == 40   ? "malformed"
                             : i == 41 ? "not_allowed"
                             : i == 42 ? "too_large"
                                       : "ok";
        EXPECT_EQ(code_of(answers[i]), wanted) << i;
        if (answers[i].is_problem) continue;
        const auto reply = wire::valid(wire::parse_reply(answers[i].body));
        entries.insert(to_text(ByteView(reply.receipt->order)));
    }
    EXPECT_EQ(entries.size(), 80U);
    store.writer().stop();
    EXPECT_EQ(logged(), 81) << "and that somebody was curious";
}

TEST_F(StreamTest, WhatACutStreamLostIsTheSameOrderOnTheNext) {
    const auto text = bodies(120);
    const auto first = talk(text, 10);
    EXPECT_GE(first.size(), 10U);
    const auto second = talk(text, 120);
    ASSERT_EQ(second.size(), 120U);
    for (const auto& answer : second)
        EXPECT_EQ(code_of(answer), "ok");
    for (const auto& before : first) {
        const auto again = std::ranges::find(second, before.number, &http::LineAnswer::number);
        EXPECT_EQ(wire::valid(wire::parse_reply(before.body)).receipt->order,
                  wire::valid(wire::parse_reply(again->body)).receipt->order);
    }
    EXPECT_EQ(logged(), 120);
    // Alone it is the same too.
    EXPECT_EQ(ExchangeTest::code_of(ExchangeTest::send(text.substr(0, text.find('\n')))), "ok");
    EXPECT_EQ(logged(), 120);
}

}  // namespace
}  // namespace mado::relay
