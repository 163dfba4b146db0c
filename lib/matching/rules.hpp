// The rules by which two writings of one name or address are found to be one: docs/protocols/
// matching.md has an example for each. A rule folds both texts; where both are then alike, the
// rules that were needed are what a clerk is told.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "matching/tables.hpp"
#include "matching/units.hpp"

namespace mado::matching {

enum class Attribute { name, kana, birth_date, sex, address };
std::string_view to_text(Attribute attribute);

enum class Rule {
    // Of presentation: the same text, shown otherwise.
    width,
    composition,
    letter_case,
    space,
    gap,
    script,
    kana_dash,
    hyphen,
    kanji_numeral,
    chome,
    // Of an address: what only one of the two says.
    prefecture,
    building,
    // Another writing, maybe of the same: for a clerk.
    division,
    ivs,
    compat_ideograph,
    iteration_mark,
    itaiji,
    mistaken,
    look_alike,
    ga,
    hiragana_katakana,
    kana_small,
    kana_old,
    kana_long_vowel,
    kana_voicing,
    municipality_renamed,
    oaza,
    building_again,  // behind what a rule has made alike; the same code
    // Of a whole comparison: nothing differs, and too little was there to be compared.
    too_little,
};
std::string_view to_text(Rule rule);
bool is_presentation(Rule rule);

enum class AddressRule {
    may_say_less,  // what only one of two addresses says, prefecture or building, is presentation
    whole,         // it is for a clerk
};
// Those for texts of this attribute, in the order in which they are carried out. Those before the
// first that is a clerk's by itself are presentation; behind it every rule is a clerk's.
std::span<const Rule> rules_for(Attribute attribute, AddressRule address);

struct Pair {
    Units a;
    Units b;
};
// Carries the rules out, one after the other.
Pair fold(Pair pair, std::span<const Rule> rules, const Tables& tables);
// Of one text alone, without what a rule does only because of the other one.
Units fold(Units units, std::span<const Rule> rules, const Tables& tables);

}  // namespace mado::matching
