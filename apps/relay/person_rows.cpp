#include "person_rows.hpp"

#include <ranges>

#include "crypto/digest.hpp"

namespace mado::relay {

PersonRows::Statements::Statements(db::Connection& c)
    : add_person(c.prepare("insert into person (link_number, linked) "
                           "values (:link_number, :linked) returning id")),
      add_identifier(c.prepare("insert into identifier (person, number_index, sealed) "
                               "values (:person, :index, :sealed)")),
      set_identifier(c.prepare("update identifier set sealed = :sealed where id = :id")),
      replace_identifier(c.prepare(
          "update identifier set number_index = :index, sealed = :sealed where id = :id")),
      remove_identifier(c.prepare("delete from identifier where id = :id")),
      add_card(c.prepare("insert into card_key (certificate_index, person, sealed) "
                         "values (:index, :person, :sealed)")),
      set_card(c.prepare("update card_key set sealed = :sealed where certificate_index = :index")),
      // A person before a series; that of a series that was joined is the person too.
      whose(
          c.prepare("select coalesce(a.person, p.id) from identifier i "
                    "join person p on p.id = i.person left join access a on a.log_index = p.joined "
                    "where i.number_index = :index order by p.linked desc limit 1")),
      linked(c.prepare("select distinct i.person from identifier i join person p on p.id = "
                       "i.person where i.number_index = :index and p.linked = 1 limit 2")),
      known(c.prepare("select i.id, i.person, p.linked, i.sealed from identifier i "
                      "join person p on p.id = i.person "
                      "where i.number_index = :index and p.joined is null")),
      card(c.prepare("select person, sealed from card_key where certificate_index = :index")),
      cards(c.prepare("select certificate_index, sealed from card_key where person = :person")),
      close(c.prepare("update person set joined = :log_index where id = :person")),
      asked(c.prepare("select coalesce(j.person, a.person) from access a "
                      "join person p on p.id = a.person "
                      "left join access j on j.log_index = p.joined "
                      "where a.log_index = :log_index")) {}

PersonRows::PersonRows(db::Connection& connection, const Vault& vault)
    : connection_(connection), vault_(vault), sql_(connection) {}

void PersonRows::forget() {
    sql_ = Statements(connection_);
}

PersonRow PersonRows::add_person(bool linked) {
    const db::ResetAtEnd reset(sql_.add_person);
    sql_.add_person.bind("link_number", crypto::random_bytes(16))
        .bind("linked", std::int64_t{linked});
    if (!sql_.add_person.step()) throw Failure("a person was not inserted");
    return sql_.add_person.integer(0);
}

void PersonRows::add_number(PersonRow person, const Bytes& index, const Identifier& identifier) {
    sql_.add_identifier.bind("person", person)
        .bind("index", index)
        .bind("sealed",
              vault_.seal("identifier", owned_row(index, person), identifier_plain(identifier)))
        .execute();
}

void PersonRows::add_card(PersonRow person, const NewCard& card,
                          std::optional<std::int64_t> since) {
    const Bytes index = vault_.index("certificate", {card.certificate});
    sql_.add_card.bind("index", index)
        .bind("person", person)
        .bind("sealed", vault_.seal("card_key", owned_row(index, person),
                                    card_key_plain({.person = person,
                                                    .use = card.use,
                                                    .status = card.status,
                                                    .key = card.key,
                                                    .not_after = card.not_after,
                                                    .authority = card.authority,
                                                    .serial = card.serial,
                                                    .certificate = card.certificate,
                                                    .since = since})))
        .execute();
}

void PersonRows::add(const ImportedPerson& person) {
    const auto row = add_person(/*linked=*/true);
    // The newest last: whoever reads them begins with the row that came last.
    for (const auto& [index, identifier] : person.identifiers | std::views::reverse)
        add_number(row, index, identifier);
    for (const auto& card : person.cards)
        add_card(row, card, {});
}

std::optional<PersonRow> PersonRows::find_whose(const Bytes& number) {
    const db::ResetAtEnd reset(sql_.whose);
    sql_.whose.bind("index", number);
    return sql_.whose.step() ? std::optional(sql_.whose.integer(0)) : std::nullopt;
}

PersonRow PersonRows::whose(const NewSeries& series) {
    if (const auto known = find_whose(series.index)) return *known;
    const auto row = add_person(/*linked=*/false);
    add_number(row, series.index, series.identifier);
    return row;
}

void PersonRows::close(PersonRow series, std::int64_t log_index) {
    sql_.close.bind("person", series).bind("log_index", log_index).execute();
}

std::expected<std::optional<PersonRow>, Code> PersonRows::linked(const Bytes& number) {
    const db::ResetAtEnd reset(sql_.linked);
    sql_.linked.bind("index", number);
    if (!sql_.linked.step()) return std::nullopt;
    const auto person = sql_.linked.integer(0);
    if (sql_.linked.step()) return std::unexpected(Code::several_match);
    return person;
}

std::vector<KnownNumber> PersonRows::known(const Bytes& number) {
    std::vector<KnownNumber> out;
    const db::ResetAtEnd reset(sql_.known);
    sql_.known.bind("index", number);
    while (sql_.known.step()) {
        const auto person = sql_.known.integer(1);
        const auto identifier = read_identifier(
            vault_.open("identifier", owned_row(number, person), sql_.known.blob(3)));
        out.push_back({.row = sql_.known.integer(0),
                       .person = person,
                       .linked = sql_.known.integer(2) != 0,
                       .current = identifier.current,
                       .since = identifier.since});
    }
    return out;
}

std::expected<PersonRows::Changed, Code> PersonRows::apply(const Change& change,
                                                           std::int64_t log_index) {
    if (const auto* link = std::get_if<LinkTold>(&change.told)) {
        return apply_link(change.own, *link, log_index);
    }
    if (const auto* answer = std::get_if<AnswerTold>(&change.told)) {
        return find_asked(change.own, *answer);
    }
    return apply_cards(change.own, std::get<CardTold>(change.told), log_index);
}

void PersonRows::set_current(const ToldNumber& told, const KnownNumber& row, bool current) {
    auto identifier = told.identifier;
    identifier.current = current;
    identifier.since = row.since;
    sql_.set_identifier.bind("id", row.row)
        .bind("sealed", vault_.seal("identifier", owned_row(told.index, row.person),
                                    identifier_plain(identifier)))
        .execute();
}

void PersonRows::replace(const KnownNumber& row, const ToldNumber& by, std::int64_t log_index) {
    auto identifier = by.identifier;
    identifier.current = row.current;
    identifier.since = log_index;
    sql_.replace_identifier.bind("id", row.row)
        .bind("index", by.index)
        .bind("sealed", vault_.seal("identifier", owned_row(by.index, row.person),
                                    identifier_plain(identifier)))
        .execute();
}

std::expected<PersonRows::Changed, Code> PersonRows::apply_link(const Bytes& own,
                                                                const LinkTold& told,
                                                                std::int64_t log_index) {
    std::vector<std::vector<KnownNumber>> stored;
    for (const auto& one : told.numbers)
        stored.push_back(known(one.index));
    const auto known_by_own = linked(own);
    if (!known_by_own) return std::unexpected(known_by_own.error());
    const auto& person = *known_by_own;
    const auto plan = plan_link(told, person, stored);
    if (!plan) return std::unexpected(plan.error());
    Changed out{.person = person ? *person : add_person(/*linked=*/true), .joined = plan->join};
    for (const auto& [which, row, current] : plan->set)
        set_current(told.numbers[which], row, current);
    if (plan->replace) replace(*plan->replace, told.numbers.front(), log_index);
    if (plan->remove) sql_.remove_identifier.bind("id", plan->remove->row).execute();
    // Linked by the entry that it was, and read before all others.
    for (const auto& [which, row, current] : plan->renew | std::views::reverse) {
        auto number = told.numbers[which];
        number.identifier.current = current;
        number.identifier.since = row.since;
        sql_.remove_identifier.bind("id", row.row).execute();
        add_number(out.person, number.index, number.identifier);
    }
    for (const auto which : plan->add | std::views::reverse) {
        auto number = told.numbers[which];
        number.identifier.since = log_index;
        add_number(out.person, number.index, number.identifier);
    }
    return out;
}

std::expected<PersonRows::Changed, Code> PersonRows::apply_cards(const Bytes& own,
                                                                 const CardTold& told,
                                                                 std::int64_t log_index) {
    const auto known_by_own = linked(own);
    if (!known_by_own) return std::unexpected(known_by_own.error());
    const auto& person = *known_by_own;
    if (!person) return std::unexpected(Code::no_link);
    std::vector<KnownCard> of_person;
    {
        const db::ResetAtEnd reset(sql_.cards);
        sql_.cards.bind("person", *person);
        while (sql_.cards.step()) {
            const auto index = sql_.cards.blob(0);
            of_person.push_back(
                {.index = index,
                 .card = read_card_key(vault_, index, *person, sql_.cards.blob(1))});
        }
    }
    const auto stored = [this](const Hash& certificate) -> std::optional<KnownCard> {
        const Bytes index = vault_.index("certificate", {certificate});
        const db::ResetAtEnd reset(sql_.card);
        sql_.card.bind("index", index);
        if (!sql_.card.step()) return std::nullopt;
        return KnownCard{
            .index = index,
            .card = read_card_key(vault_, index, sql_.card.integer(0), sql_.card.blob(1))};
    };
    std::vector<std::optional<KnownCard>> told_of;
    for (const auto& card : told.cards)
        told_of.push_back(stored(card.certificate));
    for (const auto& certificate : told.certificates)
        told_of.push_back(stored(certificate));
    auto plan = plan_cards(told, *person, told_of, of_person);
    if (!plan) return std::unexpected(plan.error());
    for (auto& [known, status] : plan->set) {
        known.card.status = status;
        sql_.set_card.bind("index", known.index)
            .bind("sealed", vault_.seal("card_key", owned_row(known.index, *person),
                                        card_key_plain(known.card)))
            .execute();
    }
    for (const auto which : plan->add)
        add_card(*person, told.cards[which], log_index);
    return Changed{.person = *person, .joined = {}};
}

// Nothing of who is who changes: whose list the tell belongs to, which is that of the order too.
std::expected<PersonRows::Changed, Code> PersonRows::find_asked(const Bytes& own,
                                                                const AnswerTold& told) {
    const auto known_by_own = linked(own);
    if (!known_by_own) return std::unexpected(known_by_own.error());
    const auto person = find_whose(own);
    if (!person) return std::unexpected(Code::no_link);
    const db::ResetAtEnd reset(sql_.asked);
    sql_.asked.bind("log_index", told.log_index);
    const bool asked = sql_.asked.step() && (told.named || sql_.asked.integer(0) == *person);
    if (!asked) return std::unexpected(Code::answer_unknown);
    return Changed{.person = *person};
}

}  // namespace mado::relay
