#include "open_answers.hpp"

#include <boost/json.hpp>

#include "http/completion.hpp"

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

Hash read_name(std::string_view name) {
    return must(to_hash(must(parse_base64url(name), "the outbox")), "the outbox");
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

OpenAnswers::OpenAnswers(const std::string& path, Evidence& evidence, const Secret& key)
    : evidence_(evidence),
      key_(key),
      read_(path, db::Access::read_only),
      due_(read_.prepare(statement_text("where next_look <= :now order by next_look, log_index "
                                        "limit :count"))),
      find_(read_.prepare(statement_text("where entry = :entry"))),
      waiting_(read_, key) {}

std::vector<OpenAnswer> OpenAnswers::due(UnixTime now, std::int64_t count) {
    std::vector<OpenAnswer> out;
    const db::ResetAtEnd reset(due_);
    due_.bind("now", now).bind("count", count);
    while (due_.step())
        out.push_back(read_row(due_));
    return out;
}

std::optional<OpenAnswer> OpenAnswers::find(const Hash& entry) {
    const db::ResetAtEnd reset(find_);
    find_.bind("entry", entry);
    return find_.step() ? std::optional(read_row(find_)) : std::nullopt;
}

std::vector<Hash> OpenAnswers::to_send(UnixTime now, std::size_t count) {
    std::vector<Hash> out;
    for (const auto& one : waiting_.due(now, count))
        out.push_back(read_name(one.name));
    return out;
}

std::optional<client::Prepared> OpenAnswers::request(const Hash& entry) {
    return waiting_.find(base64url(entry));
}

// Statements of one's own for each: it is rare, and nothing of a batch that failed is left behind.
Task<bool> OpenAnswers::write(Work work) {
    auto& evidence = evidence_;
    const auto& key = key_;
    auto shared = std::make_shared<Work>(std::move(work));
    co_return co_await http::completed<bool>([&evidence, &key, shared](http::Done<bool> done) {
        evidence.with_connection(
            [&key, shared](db::Connection& connection) {
                client::Outbox outbox(connection, key);
                (*shared)(connection, outbox);
            },
            done);
    });
}

Task<bool> OpenAnswers::look_later(Hash entry, UnixTime next) {
    co_return co_await write([entry, next](db::Connection& connection, client::Outbox&) {
        connection
            .prepare(
                "update open_answer set next_look = :next where entry = :entry and "
                "next_look is not null")
            .bind("next", next)
            .bind("entry", entry)
            .execute();
    });
}

Task<bool> OpenAnswers::close(Hash entry) {
    co_return co_await write([entry](db::Connection& connection, client::Outbox& outbox) {
        outbox.remove(base64url(entry));
        connection.prepare("delete from open_answer where entry = :entry")
            .bind("entry", entry)
            .execute();
    });
}

Task<bool> OpenAnswers::tell(Hash entry, client::Prepared request, UnixTime now) {
    auto shared = std::make_shared<client::Prepared>(std::move(request));
    co_return co_await write(
        [entry, shared, now](db::Connection& connection, client::Outbox& outbox) {
            connection
                .prepare(
                    "update open_answer set next_look = null where entry = :entry and "
                    "next_look is not null")
                .bind("entry", entry)
                .execute();
            // The same again finds the tell of the first time there.
            if (connection.changes() == 1) outbox.put(base64url(entry), *shared, now);
        });
}

Task<bool> OpenAnswers::send_later(Hash entry, UnixTime now) {
    co_return co_await write([entry, now](db::Connection&, client::Outbox& outbox) {
        outbox.try_later(base64url(entry), now);
    });
}

Task<bool> OpenAnswers::renew(Hash entry, client::Prepared request) {
    auto shared = std::make_shared<client::Prepared>(std::move(request));
    co_return co_await write([entry, shared](db::Connection&, client::Outbox& outbox) {
        outbox.renew(base64url(entry), *shared);
    });
}

}  // namespace mado::gateway
