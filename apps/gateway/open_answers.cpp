#include "open_answers.hpp"

#include <boost/json.hpp>

namespace mado::gateway {
namespace {

constexpr std::string_view columns =
    "select entry, log_index, time, holder, number, service, question, said from open_answer ";

std::string statement_text(std::string_view rest) {
    return std::string(columns) + std::string(rest);
}

OpenAnswer read_row(const db::Statement& row) {
    const auto entry = to_hash(row.blob(0));
    const auto said = to_hash(row.blob(7));
    const auto question = parse_json_object(row.text(6));
    if (!entry || !said || !question) throw Failure("an open answer does not have its form");
    OpenAnswer out{.entry = *entry,
                   .log_index = static_cast<std::uint64_t>(row.integer(1)),
                   .time = row.integer(2),
                   .holder = row.text(3),
                   .number = row.text(4),
                   .service = row.text(5),
                   .parameters = {},
                   .birth_date = {},
                   .said = *said};
    Members in(*question);
    for (const auto& member : in.object("parameters")) {
        if (!member.value().is_string()) throw Failure("an open answer does not have its form");
        out.parameters.emplace(member.key(), member.value().as_string());
    }
    if (const auto born = in.optional_text("birth_date", 10)) {
        out.birth_date = must(parse_date(*born), "an open answer");
    }
    if (!in.finish()) throw Failure("an open answer does not have its members");
    return out;
}

}  // namespace

std::string question_text(const wire::ParameterValues& parameters,
                          const std::optional<Date>& birth_date) {
    json::object values;
    for (const auto& [name, value] : parameters)
        values[name] = value;
    json::object out{{"parameters", std::move(values)}};
    if (birth_date) out["birth_date"] = to_text(*birth_date);
    return json::serialize(out);
}

OpenAnswers::OpenAnswers(const std::string& path, Tells& tells)
    : tells_(tells),
      read_(path, db::Access::read_only),
      due_(read_.prepare(statement_text("where next_look <= :now order by next_look, log_index "
                                        "limit :count"))) {}

std::vector<OpenAnswer> OpenAnswers::due(UnixTime now, std::int64_t count) {
    std::vector<OpenAnswer> out;
    const db::ResetAtEnd reset(due_);
    due_.bind("now", now).bind("count", count);
    while (due_.step())
        out.push_back(read_row(due_));
    return out;
}

Task<bool> OpenAnswers::look_later(Hash entry, UnixTime next) {
    co_return co_await tells_.write([entry, next](db::Connection& connection, TellWriter&) {
        connection.prepare("update open_answer set next_look = :next where entry = :entry")
            .bind("next", next)
            .bind("entry", entry)
            .execute();
    });
}

Task<bool> OpenAnswers::close(Hash entry) {
    co_return co_await tells_.write([entry](db::Connection& connection, TellWriter&) {
        connection.prepare("delete from open_answer where entry = :entry")
            .bind("entry", entry)
            .execute();
    });
}

Task<bool> OpenAnswers::tell(Hash entry, Tell tell, client::Prepared request, UnixTime now) {
    auto shared = std::make_shared<client::Prepared>(std::move(request));
    co_return co_await tells_.write([entry, tell = std::move(tell), shared, now](
                                        db::Connection& connection, TellWriter& tells) {
        connection.prepare("delete from open_answer where entry = :entry")
            .bind("entry", entry)
            .execute();
        // The same again finds the tell of the first time there.
        if (connection.changes() == 1) tells.put(base64url(entry), tell, *shared, now);
    });
}

}  // namespace mado::gateway
