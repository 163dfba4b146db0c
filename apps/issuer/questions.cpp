#include "questions.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "site/answers.hpp"
#include "window.hpp"
#include "wire/to_relay.hpp"

namespace mado::issuer {
namespace {

using http::Request;
using http::Response;
using http::Task;

// The request must be one that this organisation has signed: for another's it names nobody.
std::optional<Store::WhoAsked> who_asked(Store& store, const client::Question& question) {
    if (!question.request || !question.request->head.person_operator) return std::nullopt;
    const auto& head = question.request->head;
    auto asked = store.find_operator(head.jti);
    if (!asked || wire::commit_operator(asked->by.salt, asked->by.name) != *head.person_operator) {
        return std::nullopt;
    }
    return asked;
}

json::object question_json(Store& store, const client::Question& one) {
    json::object out{{"id", one.state.id},
                     {"asked_at", one.asked_at},
                     {"deadline", one.state.deadline},
                     {"text", one.text}};
    if (one.request) {
        const auto& head = one.request->head;
        out["request"] = json::object{{"at", head.issued_at}, {"service", head.service.text()}};
    }
    if (const auto asked = who_asked(store, one)) {
        out["number"] = store.find(asked->id).number;
        out["operator"] = asked->by.name;
    }
    if (one.answer)
        out["answer"] = json::object{{"text", one.answer->text}, {"at", one.answer->at}};
    return out;
}

struct Given {
    std::string id, text;
};
Parsed<Given> read_given(std::string_view body) {
    const auto object = parse_json_object(body, {.text_bytes_max = window_body_max});
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    Given out{.id = in.text("id", 64), .text = in.text("text", wire::question_text_bytes_max)};
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (out.text.empty()) return bad("an answer has no text");
    return out;
}

// The first answer stays, and the same once more is the same one: nothing is sent.
Response answered_before(const client::Question& question, std::string_view text) {
    if (question.answer->text != text) return site::refuse(409, "already_answered");
    json::object out{{"id", question.state.id},
                     {"deadline", question.state.deadline},
                     {"answered_at", question.answer->at}};
    if (!question.answer->operator_name.empty()) {
        out["operator"] = question.answer->operator_name;
    }
    return site::json_reply(json::serialize(out));
}

}  // namespace

QuestionsAtRelay questions_at(const wire::Directory& directory, const client::Identity& identity) {
    return {
        .list = [&directory, &identity] { return client::questions_to_us(directory, identity); },
        .answer =
            [&directory, &identity](client::AnswerToQuestion answer) {
                return client::answer_question(directory, identity, std::move(answer));
            }};
}

Task<Response> list_questions(const QuestionsAtRelay& relay, Store& store, Request request) {
    if (!read_nothing(request.body)) co_return site::refuse(wire::Code::malformed, request);
    const auto questions = co_await relay.list();
    if (!questions) co_return site::refuse(questions.error().code, request);
    json::array out;
    for (const auto& one : *questions) {
        if (out.size() == questions_listed_max) break;
        out.push_back(question_json(store, one));
    }
    const bool more = questions->size() > out.size();
    co_return site::json_reply(
        json::serialize(json::object{{"questions", std::move(out)}, {"more", more}}));
}

Task<Response> answer_question(const QuestionsAtRelay& relay, Store& store, Request request) {
    const auto given = read_given(request.body);
    if (!given) co_return site::refuse(wire::Code::malformed, request);
    const auto questions = co_await relay.list();
    if (!questions) co_return site::refuse(questions.error().code, request);
    const auto found = std::ranges::find_if(
        *questions, [&given](const auto& one) { return one.state.id == given->id; });
    if (found == questions->end()) co_return site::refuse(404, "no_question");
    if (found->answer) co_return answered_before(*found, given->text);
    client::AnswerToQuestion answer{
        .question = given->id, .text = given->text, .operator_name = {}, .operator_salt = {}};
    if (auto asked = who_asked(store, *found)) {
        answer.operator_name = std::move(asked->by.name);
        answer.operator_salt = asked->by.salt;
    }
    const auto opened = answer.operator_name;
    const auto state = co_await relay.answer(std::move(answer));
    if (!state) co_return site::refuse(state.error().code, request);
    json::object out{{"id", state->id}, {"deadline", state->deadline}};
    if (!opened.empty()) out["operator"] = opened;
    co_return site::json_reply(json::serialize(out));
}

}  // namespace mado::issuer
