#include <algorithm>

#include "fuzz.hpp"
#include "matching/compare.hpp"

namespace mado::fuzz {
namespace {

using matching::AddressRule;
using matching::Attribute;
using matching::Verdict;

constexpr auto less = AddressRule::may_say_less;

const matching::Tables& some_tables() {
    static const auto tables =
        must(matching::Tables::parse(
                 R"({"sources":{},"variants":[["高","髙","T"],["辺","邊","J"],["辺","邉","T"]],)"
                 R"("mistaken":[["斉","斎","M"]],"look_alikes":[["二","ニ","M"],["一","ー","M"]],)"
                 R"("municipalities":[{"was":["C町"],)"
                 R"("now":"B市"}]})"),
             "the target's own tables");
    return tables;
}

// Marks follow each other, inside the text, and part no base from its selectors.
void check_marks(std::string_view text, const std::vector<matching::Range>& marks) {
    const auto points = matching::decode(text);
    const auto units = points ? matching::units_of(*points) : matching::Units();
    const auto size = points ? points->size() : 0;
    std::size_t last = 0;
    for (const auto& mark : marks) {
        require(last <= mark.from && mark.from <= mark.to && mark.to <= size,
                "marks follow each other inside the text");
        last = mark.to;
        for (const auto& unit : units) {
            const auto inside = [&unit](std::size_t at) {
                return unit.at.from < at && at < unit.at.to;
            };
            require(!inside(mark.from) && !inside(mark.to), "a mark parts no character");
        }
    }
}

void check(Attribute attribute, std::string_view a, std::string_view b) {
    const auto found = matching::compare_texts(attribute, a, b, some_tables(), less);
    const auto turned = matching::compare_texts(attribute, b, a, some_tables(), less);
    require(found.verdict == turned.verdict && found.rules == turned.rules,
            "it does not matter which text is which");
    const auto plain = matching::compare_texts(attribute, a, b, matching::Tables(), less);
    require((found.verdict == Verdict::same) == (plain.verdict == Verdict::same),
            "no table makes texts the same");
    const auto whole = matching::compare_texts(attribute, a, b, some_tables(), AddressRule::whole);
    require(whole.verdict >= found.verdict, "as a whole texts are no more alike");
    require(found.verdict != Verdict::same || found.differences.empty(),
            "what is the same has no differences");
    require(found.verdict != Verdict::different || found.rules.empty(),
            "what is different has no rules");
    require(std::ranges::all_of(found.rules,
                                [](auto rule) { return rule != matching::Rule::too_little; }),
            "too little is no rule of a text");
    std::vector<matching::Range> in_a;
    std::vector<matching::Range> in_b;
    for (const auto& difference : found.differences) {
        in_a.push_back(difference.a);
        in_b.push_back(difference.b);
    }
    check_marks(a, in_a);
    check_marks(b, in_b);
}

// As names of two rows: who is told of another's row has named it as a whole or in a part of its
// own; who could be another is never the only one.
void check_names(Attribute attribute, const std::string& a, const std::string& b) {
    const auto person = [attribute](const std::string& text) {
        matching::Attributes out;
        (attribute == Attribute::name ? out.name : out.kana) = text;
        return out;
    };
    const auto found = matching::compare(person(a), person(b), some_tables(), {});
    const auto turned = matching::compare(person(b), person(a), some_tables(), {});
    require(found.likely_another == turned.likely_another, "likely another, either way");
    require(!(found.is_named_alike && found.likely_another), "who is named alike is no other");
    require(found.verdict != Verdict::same, "a name alone is never enough");
    const auto listed = [attribute](const std::string& text, bool is_asked) {
        matching::Listed out;
        out.is_asked = is_asked;
        (attribute == Attribute::name ? out.name : out.kana) = text;
        return out;
    };
    const std::vector<matching::Listed> people{listed(a, true), listed(b, false)};
    require(matching::is_only_one(people, some_tables()) != true || !found.is_named_alike,
            "whoever is named alike could be taken for the other");
}

}  // namespace

// The attribute, and two texts of it, each a line.
bool matching(ByteView in) {
    const auto text = as_text(in);
    const auto first = text.find('\n');
    const auto second = text.find('\n', first == text.npos ? first : first + 1);
    if (second == text.npos) return false;
    const auto a = text.substr(first + 1, second - first - 1);
    const auto b = text.substr(second + 1);
    for (const auto attribute : {Attribute::name, Attribute::kana, Attribute::address}) {
        if (text.substr(0, first) != to_text(attribute)) continue;
        check(attribute, a, b);
        check(attribute, a, a);
        if (attribute != Attribute::address) check_names(attribute, std::string(a), std::string(b));
        require(
            matching::compare_texts(attribute, a, a, some_tables(), less).verdict == Verdict::same,
            "a text is the same as itself");
        return matching::decode(a) && matching::decode(b);
    }
    return false;
}

}  // namespace mado::fuzz
