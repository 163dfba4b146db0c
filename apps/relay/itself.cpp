#include "itself.hpp"

#include <boost/json.hpp>
#include <charconv>

#include "crypto/jwe.hpp"
#include "http/completion.hpp"
#include "wire/answer.hpp"

namespace mado::relay {
namespace {

// A page, in the JWS, in the JWE: twice times 4/3 of this, and well below what a reply may have.
constexpr std::size_t page_bytes_max = 1024 * 1024;

std::optional<std::int64_t> number_of(const std::string& text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
    return value;
}

json::object bells_data(Reader& reader, PersonRow person, const Page& page) {
    // One more than asked says whether there are more.
    auto rung = reader.bells(person, page.after, page.limit + 1);
    bool more = static_cast<std::int64_t>(rung.size()) > page.limit;
    if (more) rung.pop_back();
    json::array bells;
    PageBytes bytes;
    for (const auto& bell : rung) {
        json::object one{{"seq", bell.seq}, {"first", bell.first}, {"at", bell.rung_at}};
        if (!bytes.take(one)) {
            more = true;
            break;
        }
        bells.push_back(std::move(one));
    }
    return {{"more", more}, {"bells", std::move(bells)}};
}

using Data = std::expected<json::object, wire::Code>;

// The one parameter, of this name; null when there is another.
const std::string* only_parameter(const Parameters& parameters, std::string_view name) {
    const bool only = parameters.size() == 1 && parameters.begin()->first == name;
    return only ? &parameters.begin()->second : nullptr;
}

json::object state_json(const QuestionState& state) {
    return {{"id", base64url(state.id)}, {"deadline", state.deadline}};
}

Data state_data(const QuestionResult& result) {
    if (!result) return std::unexpected(result.error());
    return state_json(*result);
}

Task<Data> ask(const Shared& shared, OwnQuestion question) {
    const auto payload = crypto::decrypt_jwe(question.payload, shared.sealing_key);
    if (!payload || !question.person) co_return std::unexpected(wire::Code::malformed);
    auto asked = read_new_question(question.head.parameters, as_text(*payload));
    if (!asked) co_return std::unexpected(wire::Code::malformed);
    const AskQuestion job{.person = *question.person,
                          .log_index = asked->log_index,
                          .text = std::move(asked->text),
                          .now = question.now};
    auto& writer = shared.writer;
    co_return state_data(
        co_await http::completed<QuestionResult>([&writer, &job](http::Done<QuestionResult> done) {
            if (!writer.ask(job, done)) done(std::unexpected(wire::Code::overloaded));
        }));
}

Task<Data> take_answer(const Shared& shared, OwnQuestion question) {
    const auto payload = crypto::decrypt_jwe(question.payload, shared.sealing_key);
    if (!payload || question.person) co_return std::unexpected(wire::Code::malformed);
    auto given = read_new_answer(question.head.parameters, as_text(*payload));
    if (!given) co_return std::unexpected(wire::Code::malformed);
    const AnswerQuestion job{.id = std::move(given->id),
                             .requester = question.participant.id.text(),
                             .text = std::move(given->text),
                             .opened = std::move(given->opened),
                             .now = question.now};
    auto& writer = shared.writer;
    co_return state_data(
        co_await http::completed<QuestionResult>([&writer, &job](http::Done<QuestionResult> done) {
            if (!writer.answer(job, done)) done(std::unexpected(wire::Code::overloaded));
        }));
}

json::object question_json(const StoredQuestion& question) {
    json::object out{{"id", base64url(question.id)},       {"index", question.log_index},
                     {"entry", base64url(question.entry)}, {"asked_at", question.asked_at},
                     {"deadline", question.deadline},      {"text", question.text.text}};
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
    const auto page = read_page(question.head.parameters);
    if (!page || page->series) return std::unexpected(wire::Code::malformed);
    // One more than asked says whether there are more.
    const QuestionRange range{.after = page->after, .count = page->limit + 1};
    const auto& organisation = question.participant.id.text();
    const auto stored =
        question.person
            ? questions_of(reader, *question.person, range)
            : questions_to(reader, organisation_index(shared.vault, organisation), range);
    json::array questions;
    PageBytes bytes;
    for (const auto& one : stored) {
        if (static_cast<std::int64_t>(questions.size()) == page->limit) break;
        auto object = question_json(one);
        if (!question.person) object["content"] = one.record.content;
        if (!bytes.take(object)) break;
        questions.push_back(std::move(object));
    }
    const bool more = questions.size() < stored.size();
    return json::object{{"more", more}, {"questions", std::move(questions)}};
}

Data page_data(const Shared& shared, Reader& reader, const OwnQuestion& question) {
    const auto page = read_page(question.head.parameters);
    if (!page || !question.person) return std::unexpected(wire::Code::malformed);
    const bool bells = question.head.service.text() == "bells";
    if (bells && page->series) return std::unexpected(wire::Code::malformed);
    if (bells) return bells_data(reader, *question.person, *page);
    if (!page->series) return entries_data(shared, reader, *question.person, *page);
    const auto series = reader.joined_series(*question.person, *page->series);
    if (!series) return std::unexpected(wire::Code::no_match);
    return entries_data(shared, reader, *series, *page);
}

// What the relay holds about the person now, with where each came from: the entry in the person's
// own list, or none of what was there before the log.
Data numbers_data(Reader& reader, const OwnQuestion& question) {
    if (!question.person || !question.head.parameters.empty()) {
        return std::unexpected(wire::Code::malformed);
    }
    const auto held = reader.held(*question.person);
    json::array numbers;
    for (const auto& one : held.numbers) {
        json::object fields;
        for (const auto& [name, value] : one.number.fields) {
            if (!value.empty()) fields[name] = value;
        }
        json::object number{
            {"scheme", one.number.scheme}, {"fields", std::move(fields)}, {"current", one.current}};
        if (one.holder) number["holder"] = one.holder->text();
        if (one.since) number["index"] = *one.since;
        numbers.push_back(std::move(number));
    }
    return json::object{{"size", held.size}, {"numbers", std::move(numbers)}};
}

Data cards_data(Reader& reader, const OwnQuestion& question) {
    if (!question.person || !question.head.parameters.empty()) {
        return std::unexpected(wire::Code::malformed);
    }
    const auto held = reader.held(*question.person);
    json::array cards;
    for (const auto& one : held.cards) {
        json::object card{{"certificate", base64url(one.certificate)},
                          {"use", to_text(one.use)},
                          {"state", to_text(one.status)},
                          {"not_after", one.not_after}};
        if (one.since) card["index"] = *one.since;
        cards.push_back(std::move(card));
    }
    return json::object{{"size", held.size}, {"cards", std::move(cards)}};
}

// That it is answered says it: the card is registered and not revoked, and its log-in lives.
Data standing_data(const OwnQuestion& question) {
    const bool fits = question.person && question.head.parameters.empty();
    return fits ? Data(json::object()) : std::unexpected(wire::Code::malformed);
}

// The same of a payload that it has signed, which is sealed to whoever it is for and not opened
// here.
Data signature_data(const OwnQuestion& question) {
    if (!question.application) return std::unexpected(wire::Code::malformed);
    auto data = standing_data(question);
    if (data) (*data)["mandate"] = base64url(*question.application);
    return data;
}

// That a decision was judged is kept before it is said: an order may name it from then on.
Task<Data> decision_data(const Shared& shared, OwnQuestion question) {
    auto data = signature_data(question);
    if (!data) co_return data;
    const auto& requester = question.participant.id.text();
    const JudgedSignature job{.name = judged_index(shared.vault, requester, *question.application),
                              .now = question.now};
    auto& writer = shared.writer;
    const bool durable = co_await http::completed<bool>([&writer, &job](http::Done<bool> done) {
        if (!writer.note_judged(job, done)) done(false);
    });
    if (!durable) co_return std::unexpected(wire::Code::overloaded);
    co_return data;
}

std::string_view standing_of(const Shared& shared, const NewCard& card, UnixTime now) {
    if (card.not_after <= now) return "expired";
    const auto code = shared.card_lists.judge(card.authority, card.serial, now);
    if (!code) return "good";
    return *code == wire::Code::card_revoked ? "stopped" : "unknown";
}

// Of certificates that nobody may have registered yet: what the authorities' lists say of them, as
// of every card; and whether they are somebody's already, not whose.
Data card_standing_data(const Shared& shared, Reader& reader, const OwnQuestion& question) {
    const auto payload = crypto::decrypt_jwe(question.payload, shared.sealing_key);
    if (!payload || !question.head.parameters.empty()) {
        return std::unexpected(wire::Code::malformed);
    }
    const auto asked = read_asked_cards(as_text(*payload), shared.directory);
    if (!asked) return std::unexpected(wire::Code::malformed);
    json::array cards;
    for (const auto& card : *asked) {
        cards.push_back(json::object{{"certificate", base64url(card.certificate)},
                                     {"standing", standing_of(shared, card, question.now)},
                                     {"registered", reader.card(card.certificate).has_value()}});
    }
    return json::object{{"cards", std::move(cards)}};
}

Task<Data> data_of(const Shared& shared, Reader& reader, OwnQuestion question) {
    const auto& service = question.head.service.text();
    if (service == "entries" || service == "bells") co_return page_data(shared, reader, question);
    if (service == "numbers") co_return numbers_data(reader, question);
    if (service == "cards") co_return cards_data(reader, question);
    if (service == "standing") co_return standing_data(question);
    if (service == "signature") co_return signature_data(question);
    if (service == "decision") co_return co_await decision_data(shared, question);
    if (service == "card-standing") co_return card_standing_data(shared, reader, question);
    if (service == "questions") co_return questions_data(shared, reader, question);
    if (service == "question") co_return co_await ask(shared, question);
    if (service == "question-answer") co_return co_await take_answer(shared, question);
    co_return std::unexpected(wire::Code::service_unknown);
}

// What an answer of the relay's own is bound to, and says.
struct OwnAnswer {
    wire::Act act;
    Hash order{};
    json::object data;
};
std::string seal(const Shared& shared, const wire::Head& head, UnixTime now, OwnAnswer own) {
    wire::Answer answer{.act = own.act,
                        .issuer = shared.directory.relay().id,
                        .audience = head.seal_to.thumbprint(),
                        .order = own.order,
                        .issued_at = now,
                        .service = head.service,
                        .as_of = now,
                        .data = std::move(own.data)};
    return wire::seal_answer(std::move(answer), shared.kid, shared.signing_key, head.seal_to);
}

std::unexpected<Refusal> refuse(wire::Code code, std::string_view reason = {}) {
    return std::unexpected(Refusal{code, reason});
}

std::expected<LinkTold, Refusal> read_told_link(const Shared& shared, Reader& reader,
                                                const OwnTell& tell, std::string_view payload) {
    const Reading reading{
        .directory = shared.directory, .schemes = shared.schemes, .vault = shared.vault};
    auto told = read_link(tell.head.parameters, payload, tell.own, reading);
    if (!told) return refuse(wire::Code::malformed, told.error().why);
    LinkFacts facts{.directory = shared.directory,
                    .schemes = shared.schemes,
                    .caller = tell.participant,
                    .own = tell.own,
                    .issued_at = tell.head.issued_at,
                    .asked = {}};
    for (const auto& [index, identifier, confirmation] : told->numbers) {
        facts.asked.push_back(confirmation ? reader.order_at(confirmation->log_index)
                                           : std::nullopt);
    }
    if (const auto code = judge_link(*told, facts)) return refuse(*code);
    return std::move(*told);
}

// A card that its authority has ended is not registered, nor one of which its list says nothing
// that counts. What is registered already was looked at then: the same tell again is judged alike.
std::expected<CardTold, Refusal> read_told_card(const Shared& shared, Reader& reader,
                                                const OwnTell& tell, std::string_view payload) {
    auto told = read_card(tell.head.parameters, payload, shared.directory);
    if (!told) return refuse(wire::Code::malformed, told.error().why);
    if (const auto code = judge_cards(*told, tell.head.issued_at)) return refuse(*code);
    for (const auto& card : told->cards) {
        if (reader.card(card.certificate)) continue;
        const auto code = shared.card_lists.judge(card.authority, card.serial, unix_now());
        if (code) return refuse(*code);
    }
    return std::move(*told);
}

std::expected<AnswerTold, Refusal> read_told_answer(const Shared& shared, Reader& reader,
                                                    const OwnTell& tell) {
    const auto told = read_answer_told(tell.head.parameters);
    if (!told) return refuse(wire::Code::malformed, told.error().why);
    const auto& scheme = *shared.schemes.find(tell.own.scheme);
    AnswerFacts facts{.scheme = scheme,
                      .caller = tell.participant,
                      .own = tell.own,
                      .issued_at = tell.head.issued_at,
                      .asked = reader.order_at(told->log_index)};
    facts.named = facts.asked &&
                  facts.asked->record.number !=
                      wire::number_for_holder(tell.own, scheme, tell.participant.id) &&
                  reader.names(tell.own, told->log_index);
    auto judged = judge_answer_told(*told, facts);
    if (!judged) return refuse(judged.error());
    return std::move(*judged);
}

}  // namespace

std::expected<Change, Refusal> read_change(const Shared& shared, Reader& reader,
                                           const OwnTell& tell) {
    const auto& scheme = *shared.schemes.find(tell.own.scheme);
    if (scheme.giver(tell.own) != tell.participant.id.text()) {
        return refuse(wire::Code::not_allowed);
    }
    Change change{.own = number_index(shared.vault, tell.own), .told = {}};
    if (tell.head.service.text() == "answer-changed") {
        auto told = read_told_answer(shared, reader, tell);
        if (!told) return std::unexpected(told.error());
        change.told = std::move(*told);
        return change;
    }
    const auto key = crypto::jwe_content_key(tell.payload, shared.sealing_key);
    const auto payload = key ? crypto::open_jwe(tell.payload, key->view()) : bad("payload");
    if (!payload) return refuse(wire::Code::malformed, "payload");
    change.payload_key = to_bytes(key->view());
    if (tell.head.service.text() == "link") {
        auto told = read_told_link(shared, reader, tell, as_text(*payload));
        if (!told) return std::unexpected(told.error());
        change.told = std::move(*told);
    } else {
        auto told = read_told_card(shared, reader, tell, as_text(*payload));
        if (!told) return std::unexpected(told.error());
        change.told = std::move(*told);
    }
    return change;
}

Parsed<Page> read_page(const Parameters& parameters) {
    Page page;
    for (const auto& [name, text] : parameters) {
        const auto value = number_of(text);
        if (!value) return bad("a page's parameter is no number");
        if (name == "after") {
            page.after = *value;
        } else if (name == "series") {
            page.series = *value;
        } else if (name == "limit" && *value >= 1 && *value <= std::int64_t{wire::page_rows_max}) {
            page.limit = *value;
        } else {
            return bad("a page has another parameter");
        }
    }
    return page;
}

Parsed<NewQuestion> read_new_question(const Parameters& parameters, std::string_view payload) {
    const auto* parameter = only_parameter(parameters, "index");
    const auto index = parameter == nullptr ? std::nullopt : number_of(*parameter);
    if (!index) return bad("a question does not say its entry");
    const auto object = parse_json_object(payload);
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    NewQuestion out{.log_index = *index, .text = in.text("text", wire::question_text_bytes_max)};
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (out.text.empty()) return bad("a question has no text");
    return out;
}

Parsed<NewAnswer> read_new_answer(const Parameters& parameters, std::string_view payload) {
    const auto* parameter = only_parameter(parameters, "question");
    auto id = parameter == nullptr ? bad("an answer does not say its question")
                                   : parse_base64url(*parameter);
    if (!id || id->size() != 16) return bad("an answer does not say its question");
    const auto object = parse_json_object(payload);
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    NewAnswer out{
        .id = std::move(*id), .text = in.text("text", wire::question_text_bytes_max), .opened = {}};
    if (const auto* opened = in.optional_object("operator")) {
        Members who(*opened);
        out.opened = Operator{.name = who.text("name", wire::operator_name_bytes_max),
                              .salt = who.hash("salt")};
        if (auto ok = who.finish(); !ok) return std::unexpected(ok.error());
    }
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (out.text.empty()) return bad("an answer has no text");
    return out;
}

bool PageBytes::take(const json::object& row) {
    const auto bytes = taken_ + json::serialize(row).size();
    if (bytes > page_bytes_max && taken_ > 0) return false;
    taken_ = bytes;
    return true;
}

Task<std::expected<std::string, wire::Code>> answer_itself(const Shared& shared, Reader& reader,
                                                           OwnQuestion question) {
    auto data = co_await data_of(shared, reader, question);
    if (!data) co_return std::unexpected(data.error());
    co_return seal(shared, question.head, question.now,
                   {.act = wire::Act::ask, .order = question.head_hash, .data = std::move(*data)});
}

std::string accept_tell(const Shared& shared, const wire::Head& head, const Hash& entry,
                        UnixTime now) {
    return seal(shared, head, now, {.act = wire::Act::tell, .order = entry, .data = {}});
}

}  // namespace mado::relay
