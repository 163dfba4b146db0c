// Whether two registers write of one person: each attribute side by side (docs/protocols/
// matching.md). Pure: no clock, no file, no register. It never says how alike two texts are.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "matching/rules.hpp"
#include "matching/tables.hpp"
#include "matching/units.hpp"

namespace mado::matching {

// What one register knows of somebody; empty texts and an unknown sex count as missing.
struct Attributes {
    std::optional<std::string> name;
    std::optional<std::string> kana;
    std::optional<Date> birth_date;
    std::optional<std::string> sex;  // "female", "male"
    std::optional<std::string> address;
};

enum class Verdict { same, variant, different };
std::string_view to_text(Verdict verdict);

// A place where the texts differ for more than presentation; one of the two may be empty.
struct Difference {
    Range a;
    Range b;
    bool operator==(const Difference&) const = default;
};

struct Compared {
    Verdict verdict = Verdict::different;
    std::vector<Rule> rules;              // that were needed to find them alike
    std::vector<Difference> differences;  // of a text that is not the same
};

struct Comparison {
    // `same`: every attribute that both have is, and these are enough (Asked). `different`: one is
    // different. Otherwise `variant`.
    Verdict verdict = Verdict::different;
    std::map<Attribute, Compared> attributes;  // that both have
    bool too_little = false;                   // nothing differs, and yet it is not enough
    // Name or reading is the same or a variant as a whole. Else nothing but these two is shown.
    bool is_named_alike = false;
    // Of the names nothing agrees: it is likely another person's row, and nothing of it is told.
    bool likely_another = false;
};

// What the one who asks has made sure of. Enough for `same` are birth date, sex, address and the
// name, or, with `only_one`, the reading.
struct Asked {
    // The resident registry was asked, and knows nobody else of this birth date and sex who has or
    // had this name or kana, or lives or lived at this address: neither namesake nor twin there. Of
    // other municipalities it says nothing, so that it never stands for an address.
    bool only_one = false;
    // A clerk has decided, with the papers in hand, that the row is this person's: birth date and
    // name or reading are enough then.
    bool decided = false;
    // `whole`: the second one answers for each word of the first one's address, as for what is
    // certified; one that says more or less is for a clerk.
    AddressRule address = AddressRule::may_say_less;
};

Comparison compare(const Attributes& a, const Attributes& b, const Tables& tables,
                   const Asked& asked);

// One text of each, as compare() does it: for whoever shows two writings side by side.
Compared compare_texts(Attribute attribute, std::string_view a, std::string_view b,
                       const Tables& tables, AddressRule address);

// Somebody in a register, once for each name that they have or had and each address.
struct Listed {
    bool is_asked = false;  // the person who is asked about
    std::optional<std::string> name;
    std::optional<std::string> kana;
    std::optional<std::string> address;
};

// Whether nobody else of those of one birth date and sex could be taken for the person: no name,
// reading or address of theirs is the same or a variant of one of the person's. None: the person is
// not among them, so the register does not know who else there is.
std::optional<bool> is_only_one(std::span<const Listed> people, const Tables& tables);

}  // namespace mado::matching
