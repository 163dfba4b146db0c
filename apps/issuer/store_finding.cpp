// Which cases there are: of whom, at whose window, waiting for what; and whose certificates end.
#include <algorithm>
#include <limits>

#include "store.hpp"

namespace mado::issuer {

std::optional<CaseId> Store::find(std::string_view number) {
    const db::ResetAtEnd reset(sql_.find_number);
    sql_.find_number.bind("number", number);
    if (!sql_.find_number.step()) return std::nullopt;
    return sql_.find_number.integer(0);
}

std::optional<CaseId> Store::find_person(std::string_view issuing_number) {
    const db::ResetAtEnd reset(sql_.find_person);
    sql_.find_person.bind("index", index("person", issuing_number));
    if (!sql_.find_person.step()) return std::nullopt;
    return sql_.find_person.integer(0);
}

std::optional<CaseId> Store::find_given(std::string_view health_care_number) {
    const db::ResetAtEnd reset(sql_.find_given);
    sql_.find_given.bind("index", index("health-care-number", health_care_number));
    if (!sql_.find_given.step()) return std::nullopt;
    return sql_.find_given.integer(0);
}

std::optional<CaseId> Store::find_known(const std::vector<Claim>& claims, CaseId but) {
    const auto resident = std::ranges::find(claims, Role::resident, &Claim::role);
    if (resident == claims.end()) return std::nullopt;
    auto& row = sql_.find_resident;
    const db::ResetAtEnd reset(row);
    row.bind("index", resident_index(resident->number)).bind("but", but);
    if (!row.step()) return std::nullopt;
    return row.integer(0);
}

std::optional<CaseId> Store::find_card(const Hash& certificate) {
    const db::ResetAtEnd reset(sql_.find_card);
    sql_.find_card.bind("index", card_key(certificate));
    if (!sql_.find_card.step()) return std::nullopt;
    return sql_.find_card.integer(0);
}

std::optional<CaseId> Store::find_stop(std::string_view code) {
    const db::ResetAtEnd reset(sql_.find_stop);
    sql_.find_stop.bind("index", index("stop-code", code));
    if (!sql_.find_stop.step()) return std::nullopt;
    return sql_.find_stop.integer(0);
}

std::vector<CaseId> Store::of_person(CaseId id) {
    std::vector<CaseId> out;
    const db::ResetAtEnd reset(sql_.of_person);
    sql_.of_person.bind("id", id);
    while (sql_.of_person.step())
        out.push_back(sql_.of_person.integer(0));
    return out;
}

std::vector<Case> Store::cases_of_person(CaseId any_of_theirs) {
    std::vector<Case> out;
    for (const auto id : of_person(any_of_theirs))
        out.push_back(find(id).one);
    return out;
}

std::optional<KnownPerson> Store::known_person(CaseId of_person_of) {
    return person_of(cases_of_person(of_person_of));
}

std::expected<Parent, Misfit> Store::parent(CaseId of_parent) {
    const auto person = known_person(of_parent);
    if (!person) return std::unexpected(Misfit::too_early);
    return parent_of(*person, find(of_parent).number);
}

std::vector<CaseId> Store::open_cases(CaseId after, std::size_t count_max) {
    std::vector<CaseId> out;
    const db::ResetAtEnd reset(sql_.open_cases);
    sql_.open_cases.bind("after", after).bind("count", static_cast<std::int64_t>(count_max));
    while (sql_.open_cases.step())
        out.push_back(sql_.open_cases.integer(0));
    return out;
}

std::vector<CaseId> Store::longest_waiting(std::size_t count_max, const std::string& municipality) {
    std::vector<CaseId> out;
    auto& row = municipality.empty() ? sql_.waiting : sql_.waiting_at;
    const db::ResetAtEnd reset(row);
    if (!municipality.empty()) row.bind("where", municipality);
    row.bind("count", static_cast<std::int64_t>(count_max));
    while (row.step())
        out.push_back(row.integer(0));
    return out;
}

std::vector<Store::Batch> Store::batches(const std::string& municipality,
                                         std::optional<CaseId> before, std::size_t count_max) {
    std::vector<Batch> out;
    auto& row = municipality.empty() ? sql_.batches : sql_.batches_at;
    const db::ResetAtEnd reset(row);
    if (!municipality.empty()) row.bind("where", municipality);
    row.bind("before", before.value_or(std::numeric_limits<CaseId>::max()))
        .bind("count", static_cast<std::int64_t>(count_max));
    while (row.step()) {
        out.push_back({.id = row.integer(0), .opened_at = row.integer(1), .open = row.integer(2)});
    }
    return out;
}

std::vector<CaseId> Store::cases_of_batch(CaseId batch, const std::string& municipality,
                                          std::size_t count_max) {
    std::vector<CaseId> out;
    auto& row = sql_.batch_cases;
    const db::ResetAtEnd reset(row);
    row.bind("batch", batch)
        .bind("where", municipality.empty() ? std::nullopt : std::optional(municipality))
        .bind("count", static_cast<std::int64_t>(count_max));
    while (row.step())
        out.push_back(row.integer(0));
    return out;
}

std::string Store::home(CaseId any_of_theirs) {
    const auto person = known_person(any_of_theirs);
    return person ? home_of(*person, schemes_) : std::string();
}

std::string Store::where(CaseId id) {
    return municipality_of(find(id).one, schemes_);
}

bool Store::is_served_at(const std::string& municipality, CaseId id) {
    if (municipality.empty()) return true;
    const auto lives_in = home(id);
    if (lives_in == municipality) return true;
    const auto one = find(id).one;
    if (waits_for_anybody(one)) return true;  // whoever has moved goes to the window of now
    const bool is_there = lives_in.empty() || (!has_ended(one) && !only_tells(one));
    return is_there && municipality_of(one, schemes_) == municipality;
}

std::vector<Store::Ending> Store::ending(UnixTime now, std::size_t count_max, const Ending& after) {
    constexpr std::int64_t day_s = 86'400;
    auto& row = sql_.ending;
    const db::ResetAtEnd reset(row);
    row.bind("now", now)
        .bind("first", now + notice_days[0] * day_s)
        .bind("second", now + notice_days[1] * day_s)
        .bind("third", now + notice_days[2] * day_s)
        .bind("after", after.not_after)
        .bind("card", after.card)
        .bind("count", static_cast<std::int64_t>(count_max));
    std::vector<Ending> out;
    while (row.step()) {
        Ending one{
            .card = to_bytes(row.blob(0)), .id = row.integer(1), .not_after = row.integer(2)};
        for (const auto days : notice_days) {
            if (one.not_after > now + days * day_s) break;
            one.days = days;
            ++one.count;
        }
        out.push_back(std::move(one));
    }
    return out;
}

}  // namespace mado::issuer
