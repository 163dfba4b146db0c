#include "itself.hpp"

#include <boost/json.hpp>
#include <charconv>

#include "crypto/jwe.hpp"
#include "http/completion.hpp"
#include "wire/answer.hpp"

namespace mado::relay {
namespace {

std::optional<std::int64_t> number_of(const std::string& text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
    return value;
}

// Of the head's parameters every one is known and fits.
std::optional<Page> read_page(const wire::Head& head) {
    Page page;
    for (const auto& [name, text] : head.parameters) {
        const auto value = number_of(text);
        if (!value) return std::nullopt;
        if (name == "after") {
            page.after = *value;
        } else if (name == "limit" && *value >= 1 && *value <= page_max) {
            page.limit = *value;
        } else {
            return std::nullopt;
        }
    }
    return page;
}

json::object bells_data(Reader& reader, PersonRow person, const Page& page) {
    // One more than asked says whether there are more.
    auto rung = reader.bells(person, page.after, page.limit + 1);
    const bool more = static_cast<std::int64_t>(rung.size()) > page.limit;
    if (more) rung.pop_back();
    json::array bells;
    for (const auto& bell : rung) {
        bells.push_back(
            json::object{{"seq", bell.seq}, {"first", bell.first}, {"at", bell.rung_at}});
    }
    return {{"more", more}, {"bells", std::move(bells)}};
}

using Data = std::expected<json::object, wire::Code>;

// The one parameter of this name, of so many bytes in base64url; nothing else.
std::optional<Bytes> only_parameter(const wire::Head& head, std::string_view name,
                                    std::size_t bytes) {
    if (head.parameters.size() != 1 || head.parameters.begin()->first != name) return std::nullopt;
    auto value = parse_base64url(head.parameters.begin()->second);
    return value && value->size() == bytes ? std::optional(std::move(*value)) : std::nullopt;
}

std::optional<json::object> open_payload(const Shared& shared, std::string_view payload) {
    const auto plain = crypto::decrypt_jwe(payload, shared.sealing_key);
    if (!plain) return std::nullopt;
    auto object = parse_json_object(as_text(*plain));
    return object ? std::optional(std::move(*object)) : std::nullopt;
}

json::object state_json(const QuestionState& state) {
    return {{"id", base64url(state.id)}, {"deadline", state.deadline}};
}

Data state_data(const QuestionResult& result) {
    if (!result) return std::unexpected(result.error());
    return state_json(*result);
}

Task<Data> ask(const Shared& shared, OwnQuestion question) {
    const auto& given = question.head.parameters;
    const auto index = given.size() == 1 && given.begin()->first == "index"
                           ? number_of(given.begin()->second)
                           : std::nullopt;
    const auto payload = open_payload(shared, question.payload);
    if (!index || !payload || !question.person) co_return std::unexpected(wire::Code::malformed);
    Members in(*payload);
    AskQuestion job{.person = *question.person,
                    .log_index = *index,
                    .text = in.text("text", question_text_bytes_max),
                    .now = question.now};
    if (!in.finish() || job.text.empty()) co_return std::unexpected(wire::Code::malformed);
    auto& writer = shared.writer;
    co_return state_data(
        co_await http::completed<QuestionResult>([&writer, &job](http::Done<QuestionResult> done) {
            if (!writer.ask(job, done)) done(std::unexpected(wire::Code::overloaded));
        }));
}

Task<Data> take_answer(const Shared& shared, OwnQuestion question) {
    auto id = only_parameter(question.head, "question", 16);
    const auto payload = open_payload(shared, question.payload);
    if (!id || !payload || question.person) co_return std::unexpected(wire::Code::malformed);
    Members in(*payload);
    AnswerQuestion job{.id = std::move(*id),
                       .requester = question.participant.id.text(),
                       .text = in.text("text", question_text_bytes_max),
                       .opened = {},
                       .now = question.now};
    if (const auto* opened = in.optional_object("operator")) {
        Members who(*opened);
        job.opened = Operator{.name = who.text("name", 400), .salt = who.hash("salt")};
        if (!who.finish()) co_return std::unexpected(wire::Code::malformed);
    }
    if (!in.finish() || job.text.empty()) co_return std::unexpected(wire::Code::malformed);
    auto& writer = shared.writer;
    co_return state_data(
        co_await http::completed<QuestionResult>([&writer, &job](http::Done<QuestionResult> done) {
            if (!writer.answer(job, done)) done(std::unexpected(wire::Code::overloaded));
        }));
}

json::object question_json(const StoredQuestion& question) {
    json::object out{{"id", base64url(question.id)},
                     {"entry", base64url(question.entry)},
                     {"asked_at", question.asked_at},
                     {"deadline", question.deadline},
                     {"text", question.text.text}};
    if (!question.text.answer) return out;
    json::object answer{{"text", *question.text.answer}, {"at", question.answered_at.value_or(0)}};
    if (const auto& opened = question.text.opened) {
        answer["operator"] =
            json::object{{"name", opened->name}, {"salt", base64url(opened->salt)}};
    }
    out["answer"] = std::move(answer);
    return out;
}

Data questions_data(const Shared& shared, Reader& reader, const OwnQuestion& question) {
    if (!question.head.parameters.empty()) return std::unexpected(wire::Code::malformed);
    json::array questions;
    if (question.person) {
        for (const auto& one : questions_of(reader, *question.person))
            questions.push_back(question_json(one));
    } else {
        for (const auto& one : questions_to(reader, shared.vault, question.participant.id.text())) {
            auto object = question_json(one);
            object["content"] = one.record.content;
            questions.push_back(std::move(object));
        }
    }
    return json::object{{"questions", std::move(questions)}};
}

Data page_data(const Shared& shared, Reader& reader, const OwnQuestion& question) {
    const auto page = read_page(question.head);
    if (!page || !question.person) return std::unexpected(wire::Code::malformed);
    if (question.head.service.text() == "bells") return bells_data(reader, *question.person, *page);
    return entries_data(shared, reader, *question.person, *page);
}

Task<Data> data_of(const Shared& shared, Reader& reader, OwnQuestion question) {
    const auto& service = question.head.service.text();
    if (service == "entries" || service == "bells") co_return page_data(shared, reader, question);
    if (service == "questions") co_return questions_data(shared, reader, question);
    if (service == "question") co_return co_await ask(shared, question);
    if (service == "question-answer") co_return co_await take_answer(shared, question);
    co_return std::unexpected(wire::Code::service_unknown);
}

}  // namespace

bool takes_payload(const wire::ServiceId& service) {
    return service.text() == "question" || service.text() == "question-answer";
}

Task<std::expected<std::string, wire::Code>> answer_itself(const Shared& shared, Reader& reader,
                                                           OwnQuestion question) {
    const auto data = co_await data_of(shared, reader, question);
    if (!data) co_return std::unexpected(data.error());
    const auto& head = question.head;
    const wire::Answer answer{.issuer = shared.directory.relay().id,
                              .audience = head.seal_to.thumbprint(),
                              .order = question.head_hash,
                              .issued_at = question.now,
                              .service = head.service,
                              .as_of = question.now,
                              .data = json::serialize(*data)};
    co_return wire::seal_answer(answer, shared.kid, shared.signing_key, head.seal_to);
}

}  // namespace mado::relay
