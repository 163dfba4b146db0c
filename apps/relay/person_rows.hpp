// Who is who: persons, their numbers, their cards. The only place that writes these rows, whether
// for files of first take-on, for tells to the relay, or for orders by a number that nobody has
// linked. Only inside a batch of the log writer.
#pragma once

#include <expected>
#include <optional>
#include <vector>

#include "changes.hpp"

namespace mado::relay {

// Somebody whom nobody has linked yet: known by one number only.
struct NewSeries {
    Bytes index;
    Identifier identifier;
};

// Numbers newest first.
struct ImportedPerson {
    std::vector<std::pair<Bytes, Identifier>> identifiers;
    std::vector<NewCard> cards;
};

class PersonRows {
  public:
    PersonRows(db::Connection& connection, const Vault& vault);

    // Linked, with a link number of its own. Throws db::ConstraintBroken when a certificate is
    // registered already.
    void add(const ImportedPerson& person);
    // Whose entries are those of that number: its series, a new one, or, where somebody has linked
    // it since it was looked for, that person.
    PersonRow whose(const NewSeries& series);

    struct Changed {
        PersonRow person = 0;
        std::vector<PersonRow> joined = {};  // series that are the person's now: see close()
    };
    // All of it, or nothing and why. `log_index`: of the entry that it becomes part of.
    std::expected<Changed, Code> apply(const Change& change, std::int64_t log_index);
    // The entry at `log_index` of somebody's list has joined the series to that person.
    void close(PersonRow series, std::int64_t log_index);

    // After a batch that failed.
    void forget();

  private:
    struct Statements {
        explicit Statements(db::Connection& connection);
        db::Statement add_person, add_identifier, set_identifier, replace_identifier,
            remove_identifier, add_card, set_card, whose, linked, known, card, cards, close, asked;
    };
    PersonRow add_person(bool linked);
    void add_number(PersonRow person, const Bytes& index, const Identifier& identifier);
    void add_card(PersonRow person, const NewCard& card, std::optional<std::int64_t> since);
    // None: nobody; several_match: the number is that of several.
    std::expected<std::optional<PersonRow>, Code> linked(const Bytes& number);
    std::vector<KnownNumber> known(const Bytes& number);
    void set_current(const ToldNumber& told, const KnownNumber& row, bool current);
    // The row is that number's now, current or former as it was.
    void replace(const KnownNumber& row, const ToldNumber& by, std::int64_t log_index);
    std::expected<Changed, Code> apply_link(const Bytes& own, const LinkTold& told,
                                            std::int64_t log_index);
    std::expected<Changed, Code> apply_cards(const Bytes& own, const CardTold& told,
                                             std::int64_t log_index);
    std::expected<Changed, Code> find_asked(const Bytes& own, const AnswerTold& told);
    // Whose number it is, also of a series; that of a series that was joined is the person's too.
    std::optional<PersonRow> find_whose(const Bytes& number);

    db::Connection& connection_;
    const Vault& vault_;
    Statements sql_;
};

}  // namespace mado::relay
