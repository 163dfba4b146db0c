// Whether two registers write of one person: each attribute side by side (docs/protocols/
// matching.md). Pure: no clock, no file, no register. It never says how alike two texts are.
#pragma once

#include <map>
#include <optional>
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
    // `same`: every attribute that both have is, and these are enough: birth date, sex, and either
    // the name with an address, or name or kana of somebody who is the only one. `different`: one
    // is different. Otherwise `variant`.
    Verdict verdict = Verdict::different;
    std::map<Attribute, Compared> attributes;  // that both have
    bool too_little = false;                   // nothing differs, and yet it is not enough
    // Of the names nothing agrees: it is likely another person's row, and nothing of it is shown.
    bool likely_another = false;
};

struct Asked {
    // The resident registry was asked, and knows nobody else of this birth date and sex who has or
    // had this name or kana, or lives at this address: neither namesake nor twin.
    bool only_one = false;
};

Comparison compare(const Attributes& a, const Attributes& b, const Tables& tables,
                   const Asked& asked);

// One text of each, as compare() does it: for whoever shows two writings side by side.
Compared compare_texts(Attribute attribute, std::string_view a, std::string_view b,
                       const Tables& tables);

// The text folded by every rule: whoever could be taken for each other have one. For asking a
// register who else there is (`only_one`); never for a link. Empty for what is no text.
std::string folded(Attribute attribute, std::string_view text, const Tables& tables);

}  // namespace mado::matching
