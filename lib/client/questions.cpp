#include "client/questions.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <iterator>
#include <tuple>

#include "client/ask_relay.hpp"
#include "wire/subject.hpp"
#include "wire/to_relay.hpp"

namespace mado::client {
namespace {

std::unexpected<Problem> problem(wire::Code code, std::string_view detail = {}) {
    return std::unexpected(Problem{code, std::string(detail), {}, {}});
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
    QuestionAnswer out{.text = in.text("text", wire::question_text_bytes_max),
                       .at = in.integer("at"),
                       .operator_name = {},
                       .operator_salt = {}};
    if (const auto* opened = in.optional_object("operator")) {
        Members who(*opened);
        out.operator_name = who.text("name", wire::operator_name_bytes_max);
        out.operator_salt = who.hash("salt");
        if (auto ok = who.finish(); !ok) return std::unexpected(ok.error());
    }
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return out;
}

Parsed<wire::SignedHead> read_head(std::string_view content) {
    const auto order = wire::parse_order(as_bytes(content));
    if (!order) return std::unexpected(order.error());
    return wire::parse_head(order->head);
}

Parsed<Question> read_question(const json::value& value) {
    if (!value.is_object()) return bad("a question is not an object");
    Members in(value.get_object());
    Question out{.state = {.id = in.text("id", 64), .deadline = in.integer("deadline")},
                 .index = static_cast<std::uint64_t>(in.integer("index")),
                 .entry = in.hash("entry"),
                 .asked_at = in.integer("asked_at"),
                 .text = in.text("text", wire::question_text_bytes_max),
                 .answer = {},
                 .request = {}};
    if (const auto* object = in.optional_object("answer")) {
        auto answer = read_answer(*object);
        if (!answer) return std::unexpected(answer.error());
        out.answer = std::move(*answer);
    }
    if (const auto content = in.optional_text("content", wire::order_bytes_max)) {
        auto head = read_head(*content);
        if (!head) return std::unexpected(head.error());
        out.request = std::move(*head);
    }
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return out;
}

std::uint64_t last_index(const std::vector<Question>& questions) {
    return questions.empty() ? 0 : questions.back().index;
}

Task<Result<std::vector<Question>>> fetch_questions(const wire::Directory& directory,
                                                    const Identity& identity, ToRelay question) {
    std::vector<Question> out;
    const auto take = [&out](const json::object& data) -> Next {
        const auto more = add_questions_page(out, data);
        if (!more) return problem(wire::Code::answer_invalid, more.error().why);
        return *more ? std::optional(last_index(out)) : std::nullopt;
    };
    const auto ok = co_await ask_pages(directory, identity, std::move(question), take);
    if (!ok) co_return std::unexpected(ok.error());
    co_return out;
}

ToRelay own_account(std::string_view service) {
    return {.service = service, .purpose = "account", .subject = std::string(wire::self_subject)};
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
    for (const auto& value : in.array("questions", wire::page_rows_max)) {
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
    auto question = own_view("question", login_mandate);
    question.parameters = {{"index", std::to_string(index)}};
    question.payload = json::serialize(json::object{{"text", text}});
    co_return data_of(co_await ask_relay(directory, identity, std::move(question)),
                      read_question_state);
}

Task<Result<std::vector<Question>>> own_questions(const wire::Directory& directory,
                                                  const Identity& identity,
                                                  std::string login_mandate) {
    return fetch_questions(directory, identity, own_view("questions", login_mandate));
}

Task<Result<std::vector<Question>>> questions_to_us(const wire::Directory& directory,
                                                    const Identity& identity) {
    auto questions = co_await fetch_questions(directory, identity, own_account("questions"));
    if (!questions) co_return questions;
    for (auto& question : *questions) {
        if (!is_request_of(identity.id, question, directory)) question.request.reset();
    }
    std::ranges::sort(*questions, {}, [](const Question& one) {
        return std::tuple(one.answer.has_value(), one.state.deadline, one.index);
    });
    co_return questions;
}

Task<Result<QuestionState>> answer_question(const wire::Directory& directory,
                                            const Identity& identity, AnswerToQuestion answer) {
    auto question = own_account("question-answer");
    question.parameters = {{"question", std::move(answer.question)}};
    json::object payload{{"text", answer.text}};
    if (!answer.operator_name.empty()) {
        payload["operator"] =
            json::object{{"name", answer.operator_name}, {"salt", base64url(answer.operator_salt)}};
    }
    question.payload = json::serialize(payload);
    co_return data_of(co_await ask_relay(directory, identity, std::move(question)),
                      read_question_state);
}

bool is_request_of(const wire::ParticipantId& organisation, const Question& question,
                   const wire::Directory& directory) {
    return question.request && question.request->head.issuer == organisation &&
           wire::head_is_signed(*question.request, directory);
}

bool opens_operator(const wire::Head& head, const QuestionAnswer& answer) {
    return head.person_operator &&
           *head.person_operator ==
               wire::commit_operator(answer.operator_salt, answer.operator_name);
}

}  // namespace mado::client
