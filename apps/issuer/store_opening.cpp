// How cases begin: a first card, another case of somebody who is known, a birth, and what a
// register has said.
#include <algorithm>

#include "numbers.hpp"
#include "store.hpp"

namespace mado::issuer {
namespace {

// Without meaning; the check digit finds slips of whoever types it.
std::string draw_number() {
    return draw_digits(12, /*with_check=*/true);
}

}  // namespace

CaseId Store::open(const Opened& opened, By by) {
    Together together(*this);
    const auto id = write_new(opened, by);
    together.commit();
    return id;
}

// The health-care number has been given to nobody before.
std::vector<CaseId> Store::open_first(std::vector<std::optional<Applied>> people,
                                      const std::function<Numbers()>& draw, By by) {
    Together together(*this);
    std::vector<CaseId> out;
    std::optional<CaseId> batch;
    for (auto& one : people) {
        const bool is_invited = one.has_value();
        out.push_back(write_new({.numbers = give_new(draw), .invited = std::move(one)}, by));
        if (!is_invited) continue;
        if (!batch) batch = out.back();
        sql_.batch.bind("batch", *batch).bind("id", out.back()).execute();
    }
    together.commit();
    return out;
}

std::expected<CaseId, Misfit> Store::open_birth(CaseId of_parent,
                                                const std::function<Numbers()>& draw, By by) {
    auto parent_now = parent(of_parent);
    if (!parent_now) return std::unexpected(parent_now.error());
    Together together(*this);
    const auto id = write_new(
        {.numbers = give_new(draw), .kind = Kind::birth, .parent = std::move(*parent_now)}, by);
    together.commit();
    return id;
}

std::expected<CaseId, Misfit> Store::open(CaseId of_person_of, const Asked& asked, By by) {
    Together together(*this);
    const auto ids = of_person(of_person_of);
    if (asked.kind == Kind::stop) cancel_in_chip(ids, by);
    const auto person = person_of(cases_of_person(of_person_of));
    if (!person) return std::unexpected(Misfit::too_early);
    if (asked.kind == Kind::stop && person->stop) {
        const auto id = ids.at(*person->stop);
        if (!person->is_stopping && !write(id, StoppedAgain{}, by)) {
            throw Failure("a card that was found cannot be stopped again");
        }
        together.commit();
        return id;
    }
    if (person->alone && is_opened_for(find(ids.at(*person->alone)).one, asked)) {
        together.commit();
        return ids.at(*person->alone);
    }
    const auto opened = opened_for(*person, asked);
    if (!opened) {
        if (asked.kind == Kind::stop) together.commit();  // what it has given up stays so
        return std::unexpected(opened.error());
    }
    const auto id = write_new(*opened, by);
    together.commit();
    return id;
}

// Within the caller's Together.
CaseId Store::write_new(Opened opened, const By& by) {
    opened.municipality = by.municipality;
    wrote_ = true;
    CaseId id = 0;
    {
        const db::ResetAtEnd reset(sql_.open);
        sql_.open.bind("number", draw_number())
            .bind("at", by.at)
            .bind("person", index("person", opened.numbers.issuing))
            .bind("given", index("health-care-number", opened.numbers.health_care));
        if (!sql_.open.step()) throw Failure("a case was not opened");
        id = sql_.open.integer(0);
    }
    if (!write(id, opened, by)) throw Failure("a new case does not take its numbers");
    return id;
}

Numbers Store::give_new(const std::function<Numbers()>& draw) {
    constexpr int draws_max = 10;
    auto numbers = draw();
    for (int i = 1; !give(numbers.health_care); ++i) {
        if (i == draws_max) throw Failure("no health-care number is left that nobody has");
        numbers = draw();
    }
    return numbers;
}

bool Store::give(std::string_view health_care_number) {
    sql_.give.bind("index", index("health-care-number", health_care_number)).execute();
    return connection_.changes() == 1;
}

// New certificates would go into the card that is looked for, and a new PIN would open it to
// whoever has found it. A card of another authority's that has signed is in the same bag, perhaps.
void Store::cancel_in_chip(const std::vector<CaseId>& of_person, const By& by) {
    for (const auto id : of_person) {
        const auto one = find(id).one;
        const bool is_lost_too = is_in_old_chip(one) || one.kind == Kind::exchange;
        if (!is_lost_too || has_ended(one)) continue;
        // Too late: it may be active; then it is among those that are stopped.
        static_cast<void>(write(id, Cancelled{"stopped"}, by));
    }
}

// Killed before anybody else has heard of it, the same comes again.
Store::Hearing Store::hear(std::string_view issuing_number, const Said& said,
                           std::string_view register_id, UnixTime now) {
    const auto any = find_person(issuing_number);
    if (!any) return {};  // they were erased
    const By by{.at = now};
    const auto ids = of_person(*any);
    for (const auto id : ids) {
        const auto one = find(id).one;
        if (one.said && one.said->id == said.id) return {.due = Due::goes_on, .id = id};
    }
    Together together(*this);
    Hearing out{.due = due_of(cases_of_person(*any), said, register_id, schemes_), .id = any};
    const bool is_heard = home(*any) == register_id;
    if (out.due != Due::nothing && is_heard && give_up(ids, said, by)) {
        out.gave_up = true;
        out.due = due_of(cases_of_person(*any), said, register_id, schemes_);
    }
    carry_out(out, ids, said, by);
    out.gave_up = out.gave_up || std::ranges::any_of(cases_of_person(*any), [&](const Case& one) {
                      return one.cancelled == to_text(said.what) && one.noted.contains(said.id);
                  });
    out.wrote = wrote_;
    together.commit();
    return out;
}

// What was said stands in what is given up by it.
bool Store::give_up(const std::vector<CaseId>& ids, const Said& said, const By& by) {
    bool any = false;
    for (const auto id : ids) {
        if (!is_given_up_by(find(id).one, said.what)) continue;
        static_cast<void>(write(id, said, by));
        // Too late: what is left of it goes on by itself.
        any = write(id, Cancelled{std::string(to_text(said.what))}, by).has_value() || any;
    }
    return any;
}

void Store::carry_out(Hearing& hearing, const std::vector<CaseId>& ids, const Said& said,
                      const By& by) {
    const auto person = person_of(cases_of_person(ids.front()));
    const auto alone =
        person && person->alone ? std::optional(ids.at(*person->alone)) : std::nullopt;
    switch (hearing.due) {
        case Due::nothing:
            return;
        case Due::opens:
            hearing.id = open_said(ids, said, by);
            if (!hearing.id) hearing.due = Due::waits;
            return;
        case Due::goes_on:
            if (!write(*alone, said, by)) throw Failure("an open case does not take what was said");
            hearing.id = alone;
            return;
        case Due::noted:
        case Due::waits:  // a clerk sees it there
            if (alone) static_cast<void>(write(*alone, said, by));
            return;
    }
}

std::optional<CaseId> Store::open_said(const std::vector<CaseId>& ids, const Said& said,
                                       const By& by) {
    auto person = person_of(cases_of_person(ids.front()));
    if (!person) return std::nullopt;
    person->alone.reset();  // nothing that this waits for
    const auto kind = said.what == News::changed ? Kind::change : Kind::end;
    const auto opened =
        opened_for(*person, {.kind = kind, .reason = std::string(reason_of(said.what))});
    if (!opened) return std::nullopt;
    const auto id = write_new(*opened, by);
    if (!write(id, said, by)) throw Failure("a new case does not take what was said");
    return id;
}

}  // namespace mado::issuer
