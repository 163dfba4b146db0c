#include "book.hpp"

#include <array>

namespace mado::issuer {
namespace {

constexpr std::string_view schema =
#include "apps/issuer/schema/book.sqlite.sql.hpp"
    ;

constexpr std::int64_t one_look_s = 3'600;

db::Connection open_migrated(const std::string& path) {
    db::Connection connection(path, db::Access::create);
    const std::array migrations{schema};
    db::migrate(connection, migrations);
    connection.run("pragma secure_delete = on");
    return connection;
}

Shown shown_of(std::string_view text) {
    const auto what = wire::shown_from(text);
    if (!what) throw Failure("a look of the book has another way than there are");
    return *what;
}

}  // namespace

Book::Book(const std::string& path)
    : connection_(open_migrated(path)),
      add_notice_(connection_.prepare(
          "insert into notice (notice_id, number, subject, sender, received, deadline, body) "
          "values (:id, :number, :subject, :sender, :received, :deadline, :body) "
          "on conflict do nothing")),
      erase_notices_(
          connection_.prepare("delete from notice where coalesce(deadline, received) < :before")),
      add_look_(connection_.prepare(
          "insert into look (number, at, day, clerk, office, what) "
          "select :number, :at, :day, :clerk, :office, :what where not exists "
          "(select 1 from look where number = :number and at > :since and clerk = :clerk "
          "and what = :what)")),
      looks_(connection_.prepare("select at, clerk, office, what from look where number = :number "
                                 "order by at desc limit :count")),
      erase_looks_(connection_.prepare("delete from look where rowid in "
                                       "(select rowid from look where at < :before "
                                       "limit :count)")) {}

void Book::add(const Notice& notice) {
    add_notice_.bind("id", notice.id)
        .bind("number", notice.number)
        .bind("subject", notice.subject)
        .bind("sender", notice.sender)
        .bind("received", to_text(notice.received))
        .bind("deadline", notice.deadline ? std::optional(to_text(*notice.deadline)) : std::nullopt)
        .bind("body", notice.body)
        .execute();
}

void Book::erase_notices(Date before) {
    erase_notices_.bind("before", to_text(before)).execute();
}

void Book::add(const std::vector<std::string>& numbers, const Look& look, Date day) {
    if (numbers.empty()) return;
    db::Transaction all(connection_);
    for (const auto& number : numbers) {
        add_look_.bind("number", number)
            .bind("at", look.at)
            .bind("since", look.at - one_look_s)
            .bind("day", to_text(day))
            .bind("clerk", look.clerk)
            .bind("office", look.office)
            .bind("what", wire::to_text(look.what))
            .execute();
    }
    all.commit();
}

std::vector<Look> Book::looks(std::string_view number, std::size_t count_max) {
    std::vector<Look> out;
    const db::ResetAtEnd reset(looks_);
    looks_.bind("number", number).bind("count", static_cast<std::int64_t>(count_max));
    while (looks_.step()) {
        out.push_back({.at = looks_.integer(0),
                       .clerk = looks_.text(1),
                       .office = looks_.text(2),
                       .what = shown_of(looks_.text(3))});
    }
    return out;
}

std::int64_t Book::erase_looks(UnixTime before, std::size_t count_max) {
    erase_looks_.bind("before", before)
        .bind("count", static_cast<std::int64_t>(count_max))
        .execute();
    return connection_.changes();
}

void Looks::write(const std::vector<std::string>& numbers, Shown what, const By& by) {
    const auto* at = directory_.find(std::string_view(by.municipality));
    book_.add(numbers,
              {.at = by.at,
               .clerk = by.clerk,
               .office = at == nullptr ? centre_ : at->name,
               .what = what},
              policy_.day_of(by.at));
}

}  // namespace mado::issuer
