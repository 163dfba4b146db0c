#include "client/questions.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <iterator>
#include <tuple>

#include "crypto/digest.hpp"
#include "crypto/jwe.hpp"
#include "wire/subject.hpp"

namespace mado::client {
namespace {

constexpr std::size_t page_max = 200;

std::unexpected<Problem> problem(wire::Code code, std::string_view detail = {}) {
    return std::unexpected(Problem{code, std::string(detail), {}, {}});
}

struct ToRelay {
    std::string_view service;
    std::string_view purpose;
    std::string subject;
    std::map<std::string, std::string> parameters = {};
    std::optional<json::object> payload = std::nullopt;
};

// A question to the relay itself, with what only the relay may read sealed to it.
Task<Result<Answered>> ask_relay(Asker& asker, const wire::Directory& directory, ToRelay question) {
    const auto& relay = directory.relay();
    Ask ask{.to = {.holder = relay.id, .kind = {}, .position = 1},
            .service = *wire::ServiceId::parse(question.service),
            .purpose = *wire::CodeId::parse(question.purpose),
            .parameters = std::move(question.parameters),
            .subject = to_bytes(question.subject),
            .card_seen = false};
    if (question.payload) {
        if (relay.sealing_keys.empty()) co_return problem(wire::Code::directory_invalid);
        const auto& [kid, key] = *relay.sealing_keys.begin();
        ask.payload = crypto::encrypt_jwe(as_bytes(json::serialize(*question.payload)), key, kid);
    }
    co_return co_await asker.ask(std::move(ask));
}

// What `read` makes of an answer's data.
template <class T>
Result<T> data_of(const Result<Answered>& answered, Parsed<T> (*read)(const json::object& data)) {
    if (!answered) return std::unexpected(answered.error());
    auto out = read(*answered->answer.data);
    if (!out) return problem(wire::Code::answer_invalid, out.error().why);
    return std::move(*out);
}

Parsed<QuestionAnswer> read_answer(const json::object& object) {
    Members in(object);
    QuestionAnswer out{.text = in.text("text", 8'000),
                       .at = in.integer("at"),
                       .operator_name = {},
                       .operator_salt = {}};
    if (const auto* opened = in.optional_object("operator")) {
        Members who(*opened);
        out.operator_name = who.text("name", 400);
        out.operator_salt = who.hash("salt");
        if (auto ok = who.finish(); !ok) return std::unexpected(ok.error());
    }
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return out;
}

Parsed<wire::Head> read_head(std::string_view content) {
    const auto order = wire::parse_order(as_bytes(content));
    if (!order) return std::unexpected(order.error());
    auto head = wire::parse_head(order->head);
    if (!head) return std::unexpected(head.error());
    return std::move(head->head);
}

Parsed<Question> read_question(const json::value& value) {
    if (!value.is_object()) return bad("a question is not an object");
    Members in(value.get_object());
    Question out{.state = {.id = in.text("id", 64), .deadline = in.integer("deadline")},
                 .index = static_cast<std::uint64_t>(in.integer("index")),
                 .entry = in.hash("entry"),
                 .asked_at = in.integer("asked_at"),
                 .text = in.text("text", 8'000),
                 .answer = {},
                 .head = {}};
    if (const auto* object = in.optional_object("answer")) {
        auto answer = read_answer(*object);
        if (!answer) return std::unexpected(answer.error());
        out.answer = std::move(*answer);
    }
    if (const auto content = in.optional_text("content", wire::order_bytes_max)) {
        auto head = read_head(*content);
        if (!head) return std::unexpected(head.error());
        out.head = std::move(*head);
    }
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return out;
}

std::uint64_t last_index(const std::vector<Question>& questions) {
    return questions.empty() ? 0 : questions.back().index;
}

// Page after page, until the end.
Task<Result<std::vector<Question>>> fetch_questions(const wire::Directory& directory,
                                                    const Identity& identity,
                                                    std::string_view purpose, std::string subject) {
    Asker asker(directory, identity);
    std::vector<Question> out;
    bool more = true;
    while (more) {
        const auto answered =
            co_await ask_relay(asker, directory,
                               {.service = "questions",
                                .purpose = purpose,
                                .subject = subject,
                                .parameters = {{"after", std::to_string(last_index(out))}}});
        if (!answered) co_return std::unexpected(answered.error());
        const auto added = add_questions_page(out, *answered->answer.data);
        if (!added) co_return problem(wire::Code::answer_invalid, added.error().why);
        more = *added;
    }
    co_return out;
}

}  // namespace

Parsed<QuestionState> read_question_state(const json::object& data) {
    Members in(data);
    QuestionState out{.id = in.text("id", 64), .deadline = in.integer("deadline")};
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return out;
}

Parsed<QuestionsPage> read_questions_page(const json::object& data, std::uint64_t after) {
    Members in(data);
    QuestionsPage out{.questions = {}, .more = in.boolean("more")};
    for (const auto& value : in.array("questions", page_max)) {
        auto question = read_question(value);
        if (!question) return std::unexpected(question.error());
        if (question->index <= after) return bad("the questions are not in the log's order");
        after = question->index;
        out.questions.push_back(std::move(*question));
    }
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (out.more && out.questions.empty()) return bad("the questions end too early");
    return out;
}

Parsed<bool> add_questions_page(std::vector<Question>& questions, const json::object& data) {
    auto page = read_questions_page(data, last_index(questions));
    if (!page) return std::unexpected(page.error());
    if (questions.size() + page->questions.size() > questions_max) {
        return bad("more questions than anybody can have");
    }
    std::ranges::move(page->questions, std::back_inserter(questions));
    return page->more;
}

Task<Result<QuestionState>> ask_question(const wire::Directory& directory, const Identity& identity,
                                         std::string login_mandate, std::uint64_t index,
                                         std::string text) {
    Asker asker(directory, identity);
    co_return data_of(co_await ask_relay(asker, directory,
                                         {.service = "question",
                                          .purpose = "own-view",
                                          .subject = wire::mandate_subject(login_mandate),
                                          .parameters = {{"index", std::to_string(index)}},
                                          .payload = json::object{{"text", text}}}),
                      read_question_state);
}

Task<Result<std::vector<Question>>> own_questions(const wire::Directory& directory,
                                                  const Identity& identity,
                                                  std::string login_mandate) {
    return fetch_questions(directory, identity, "own-view", wire::mandate_subject(login_mandate));
}

Task<Result<std::vector<Question>>> questions_to_us(const wire::Directory& directory,
                                                    const Identity& identity) {
    auto questions =
        co_await fetch_questions(directory, identity, "account", std::string(wire::self_subject));
    if (questions) {
        std::ranges::sort(*questions, {}, [](const Question& one) {
            return std::tuple(one.answer.has_value(), one.state.deadline, one.index);
        });
    }
    co_return questions;
}

Task<Result<QuestionState>> answer_question(const wire::Directory& directory,
                                            const Identity& identity, AnswerToQuestion answer) {
    json::object payload{{"text", answer.text}};
    if (!answer.operator_name.empty()) {
        payload["operator"] =
            json::object{{"name", answer.operator_name}, {"salt", base64url(answer.operator_salt)}};
    }
    Asker asker(directory, identity);
    co_return data_of(co_await ask_relay(asker, directory,
                                         {.service = "question-answer",
                                          .purpose = "account",
                                          .subject = std::string(wire::self_subject),
                                          .parameters = {{"question", std::move(answer.question)}},
                                          .payload = std::move(payload)}),
                      read_question_state);
}

bool opens_operator(const wire::Head& head, const QuestionAnswer& answer) {
    return head.person_operator &&
           *head.person_operator ==
               wire::commit_operator(answer.operator_salt, answer.operator_name);
}

}  // namespace mado::client
