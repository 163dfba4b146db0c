#include "questions.hpp"

#include <boost/json.hpp>

#include "crypto/digest.hpp"
#include "wire/head.hpp"
#include "wire/order.hpp"
#include "wire/to_relay.hpp"

namespace mado::relay {
namespace {

constexpr JsonLimits plain_limits{.text_bytes_max = 64 * 1024};

// Who asked, by the head that the order carries; empty when it is no order.
std::optional<std::string> requester_of(const AccessRecord& record) {
    if (record.kind != "order") return std::nullopt;
    const auto order = wire::parse_order(as_bytes(record.content));
    const auto head = order ? wire::parse_head(order->head) : bad("");
    if (!head) throw Failure("a recorded order does not have its form");
    return head->head.issuer.text();
}

// Every row is one of the page: questions go in the transaction that destroys their month's key.
std::vector<StoredQuestion> read_questions(Reader& reader, db::Statement& rows,
                                           const QuestionRange& range) {
    rows.bind("after", range.after).bind("count", range.count);
    std::vector<StoredQuestion> out;
    while (rows.step()) {
        const auto key = reader.month_key(rows.integer(3));
        if (!key || rows.is_null(9)) throw Failure("a question has outlived its month");
        StoredQuestion one{.log_index = rows.integer(0),
                           .id = rows.blob(1),
                           .person = rows.integer(2),
                           .asked_at = rows.integer(4),
                           .deadline = rows.integer(5),
                           .answered_at = rows.optional_integer(6),
                           .text = {},
                           .entry = rows.blob(8),
                           .record = {}};
        const auto own_row = access_row(one.log_index, one.person);
        one.text = read_question(Vault::open_with(*key, "question", own_row, rows.blob(7)));
        one.record = read_access(Vault::open_with(*key, "access", own_row, rows.blob(9)));
        out.push_back(std::move(one));
    }
    return out;
}

constexpr std::string_view columns =
    "select q.log_index, q.id, q.person, q.month, q.asked_at, q.deadline, q.answered_at, q.sealed, "
    "a.entry, a.sealed from question q join access a using (log_index) ";

}  // namespace

std::vector<StoredQuestion> questions_of(Reader& reader, PersonRow person,
                                         const QuestionRange& range) {
    auto rows = reader.connection().prepare(
        std::string(columns) +
        "where q.person = :person and q.log_index > :after order by q.log_index limit :count");
    rows.bind("person", person);
    return read_questions(reader, rows, range);
}

std::vector<StoredQuestion> questions_to(Reader& reader, const Bytes& organisation_index,
                                         const QuestionRange& range) {
    auto rows = reader.connection().prepare(
        std::string(columns) +
        "where q.organisation = :organisation and q.log_index > :after order by q.log_index "
        "limit :count");
    rows.bind("organisation", organisation_index);
    return read_questions(reader, rows, range);
}

std::map<Bytes, std::int64_t> overdue_questions(Reader& reader, UnixTime now) {
    auto rows = reader.connection().prepare(
        "select organisation, count(*) from question where answered_at is null and "
        "deadline < :now group by organisation");
    rows.bind("now", now);
    std::map<Bytes, std::int64_t> out;
    while (rows.step())
        out.emplace(rows.blob(0), rows.integer(1));
    return out;
}

Bytes organisation_index(const Vault& vault, std::string_view organisation) {
    return vault.index("organisation", {as_bytes(organisation)});
}

Bytes question_plain(const QuestionText& question) {
    json::object out{{"text", question.text}};
    if (question.answer) out["answer"] = *question.answer;
    if (question.opened) {
        out["operator"] = question.opened->name;
        out["operator_salt"] = base64url(question.opened->salt);
    }
    return to_bytes(json::serialize(out));
}

QuestionText read_question(ByteView plain) {
    const auto object = parse_json_object(as_text(plain), plain_limits);
    if (!object) throw Failure("a sealed question does not have its form");
    Members in(*object);
    QuestionText out{.text = in.text("text", wire::question_text_bytes_max),
                     .answer = in.optional_text("answer", wire::question_text_bytes_max),
                     .opened = {}};
    if (const auto name = in.optional_text("operator", wire::operator_name_bytes_max)) {
        out.opened = Operator{.name = *name, .salt = in.hash("operator_salt")};
    }
    if (!in.finish()) throw Failure("a sealed question does not have its members");
    return out;
}

Questions::Statements::Statements(db::Connection& c)
    : entry(c.prepare("select month, sealed from access where log_index = :log_index and "
                      "person = :person and opens is null")),
      known(c.prepare("select id, deadline from question where log_index = :log_index")),
      add(c.prepare("insert into question (log_index, id, person, month, organisation, asked_at, "
                    "deadline, sealed) values (:log_index, :id, :person, :month, :organisation, "
                    ":asked_at, :deadline, :sealed)")),
      find(c.prepare("select log_index, person, month, sealed, deadline from question "
                     "where id = :id and organisation = :organisation")),
      answer(c.prepare("update question set sealed = :sealed, answered_at = :now "
                       "where log_index = :log_index")) {}

Questions::Questions(db::Connection& connection, const Vault& vault, MonthKeys& keys)
    : connection_(connection), vault_(vault), keys_(keys), sql_(connection) {}

QuestionResult Questions::ask(const AskQuestion& question) {
    const auto log_index = question.log_index;
    std::int64_t month = 0;
    std::optional<std::string> requester;
    {
        auto& row = sql_.entry;
        const db::ResetAtEnd reset(row);
        row.bind("person", question.person).bind("log_index", log_index);
        if (!row.step() || row.is_null(1)) return std::unexpected(wire::Code::no_match);
        month = row.integer(0);
        const auto* key = keys_.find(month);
        if (key == nullptr) return std::unexpected(wire::Code::no_match);
        requester = requester_of(read_access(
            Vault::open_with(*key, "access", access_row(log_index, question.person), row.blob(1))));
    }
    if (!requester) return std::unexpected(wire::Code::no_match);
    {
        const db::ResetAtEnd reset(sql_.known);
        sql_.known.bind("log_index", log_index);
        if (sql_.known.step()) {
            return QuestionState{.id = sql_.known.blob(0), .deadline = sql_.known.integer(1)};
        }
    }
    QuestionState out{.id = crypto::random_bytes(16),
                      .deadline = question.now + question_days * 86'400};
    const Bytes plain = question_plain({.text = question.text, .answer = {}, .opened = {}});
    sql_.add.bind("log_index", log_index)
        .bind("id", out.id)
        .bind("person", question.person)
        .bind("month", month)
        .bind("organisation", organisation_index(vault_, *requester))
        .bind("asked_at", question.now)
        .bind("deadline", out.deadline)
        .bind("sealed", Vault::seal_with(*keys_.find(month), "question",
                                         access_row(log_index, question.person), plain))
        .execute();
    return out;
}

QuestionResult Questions::answer(const AnswerQuestion& answer) {
    auto& row = sql_.find;
    const db::ResetAtEnd reset(row);
    row.bind("id", answer.id).bind("organisation", organisation_index(vault_, answer.requester));
    if (!row.step()) return std::unexpected(wire::Code::no_match);
    const auto log_index = row.integer(0);
    const auto own_row = access_row(log_index, row.integer(1));
    const auto* key = keys_.find(row.integer(2));
    if (key == nullptr) return std::unexpected(wire::Code::no_match);
    auto text = read_question(Vault::open_with(*key, "question", own_row, row.blob(3)));
    QuestionState out{.id = answer.id, .deadline = row.integer(4)};
    if (text.answer) {
        // Its reply may have been lost.
        if (text.answer == answer.text && text.opened == answer.opened) return out;
        return std::unexpected(wire::Code::not_allowed);
    }
    text.answer = answer.text;
    text.opened = answer.opened;
    sql_.answer.bind("log_index", log_index)
        .bind("now", answer.now)
        .bind("sealed", Vault::seal_with(*key, "question", own_row, question_plain(text)))
        .execute();
    return out;
}

void Questions::forget() {
    sql_ = Statements(connection_);
}

}  // namespace mado::relay
