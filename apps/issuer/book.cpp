#include "book.hpp"

#include <array>

namespace mado::issuer {
namespace {

constexpr std::string_view schema =
#include "apps/issuer/schema/book.sqlite.sql.hpp"
    ;

db::Connection open_migrated(const std::string& path) {
    db::Connection connection(path, db::Access::create);
    const std::array migrations{schema};
    db::migrate(connection, migrations);
    connection.run("pragma secure_delete = on");
    return connection;
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
          "insert into look (number, at, day, clerk_index, clerk, office, what) "
          "values (:number, :at, :day, :index, :clerk, :office, :what) on conflict do nothing")),
      looks_(connection_.prepare("select at, clerk, office, what from look where number = :number "
                                 "order by at desc limit :count")),
      erase_looks_(connection_.prepare("delete from look where rowid in "
                                       "(select rowid from look where at < :before "
                                       "limit :count)")),
      told_(connection_.prepare(
          "select order_id, number, register, what, changed_at, tries from told "
          "where done_at is null and next_look <= :now order by next_look, changed_at limit "
          ":count")),
      look_later_(connection_.prepare("update told set next_look = :next, tries = tries + 1 "
                                      "where order_id = :order")),
      done_with_(connection_.prepare(
          "update told set number = '', done_at = :now where order_id = :order")),
      erase_told_(connection_.prepare("delete from told where done_at < :before")) {}

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

void Book::add(const std::vector<std::string>& numbers, const Look& look) {
    if (numbers.empty()) return;
    db::Transaction all(connection_);
    for (const auto& number : numbers) {
        add_look_.bind("number", number)
            .bind("at", look.at)
            .bind("day", to_text(look.day))
            .bind("index", look.clerk.index)
            .bind("clerk", look.clerk.sealed)
            .bind("office", look.office)
            .bind("what", wire::to_text(look.way))
            .execute();
    }
    all.commit();
}

std::vector<Book::WrittenLook> Book::looks(std::string_view number, std::size_t count_max) {
    std::vector<WrittenLook> out;
    const db::ResetAtEnd reset(looks_);
    looks_.bind("number", number).bind("count", static_cast<std::int64_t>(count_max));
    while (looks_.step())
        out.push_back({looks_.integer(0), looks_.blob(1), looks_.text(2), looks_.text(3)});
    return out;
}

std::int64_t Book::erase_looks(UnixTime before, std::size_t count_max) {
    erase_looks_.bind("before", before)
        .bind("count", static_cast<std::int64_t>(count_max))
        .execute();
    return connection_.changes();
}

std::vector<Book::Told> Book::told(UnixTime now, std::size_t count_max) {
    std::vector<Told> out;
    const db::ResetAtEnd reset(told_);
    told_.bind("now", now).bind("count", static_cast<std::int64_t>(count_max));
    while (told_.step()) {
        out.push_back({.order_id = told_.text(0),
                       .number = told_.text(1),
                       .register_id = told_.text(2),
                       .what = told_.text(3),
                       .changed_at = told_.integer(4),
                       .tries = told_.integer(5)});
    }
    return out;
}

void Book::looked(const std::vector<Looked>& all, UnixTime now) {
    if (all.empty()) return;
    db::Transaction together(connection_);
    for (const auto& one : all) {
        if (one.notice) add(*one.notice);
        if (one.next) {
            look_later_.bind("next", *one.next).bind("order", one.order_id).execute();
        } else {
            done_with_.bind("now", now).bind("order", one.order_id).execute();
        }
    }
    together.commit();
}

void Book::erase_told(UnixTime before) {
    erase_told_.bind("before", before).execute();
}

// Whose municipality the directory does not know any more is named by its id.
void Looks::write(const std::vector<std::string>& numbers, LookWay way, const By& by) {
    const auto* at = directory_.find(std::string_view(by.municipality));
    book_.add(numbers, {.at = by.at,
                        .day = policy_.day_of(by.at),
                        .clerk = store_.seal_clerk(by.clerk),
                        .office = by.municipality.empty() ? centre_
                                  : at == nullptr         ? by.municipality
                                                          : at->name,
                        .way = way});
}

void Looks::write(const Case& one, LookWay way, const By& by) {
    std::vector<std::string> numbers{one.numbers.issuing}, second;
    for (std::size_t i = 0; i < one.parents.size(); ++i)
        (i == 0 ? numbers : second).push_back(one.parents[i].issuing);
    write(numbers, way, by);
    write(second, way, {.at = by.at, .clerk = by.clerk});
}

}  // namespace mado::issuer
