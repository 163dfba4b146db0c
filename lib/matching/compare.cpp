#include "matching/compare.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace mado::matching {
namespace {

Range whole(const std::optional<std::u32string>& points) {
    return {0, points ? points->size() : 0};
}

std::span<const Rule> presentation(std::span<const Rule> rules) {
    const auto end = std::ranges::find_if_not(rules, is_presentation);
    return {rules.begin(), end};
}

// Those of the rules without which the texts are not alike. Which of several ways is named when
// there is more than one does not matter: the later rules, which say more, stay.
std::vector<Rule> needed(const Pair& pair, std::span<const Rule> rules, const Tables& tables) {
    std::vector<Rule> kept(rules.begin(), rules.end());
    for (const auto rule : rules) {
        std::vector<Rule> fewer;
        std::ranges::copy_if(kept, std::back_inserter(fewer), [rule](Rule r) { return r != rule; });
        const auto folded = fold(pair, fewer, tables);
        if (equal(folded.a, folded.b)) kept = std::move(fewer);
    }
    return kept;
}

// Lengths of the longest common subsequences of what is left of both from (i, j) on.
class Common {
  public:
    Common(const Units& a, const Units& b)
        : columns_(b.size() + 1), lengths_((a.size() + 1) * columns_) {
        for (std::size_t i = a.size(); i-- > 0;) {
            for (std::size_t j = b.size(); j-- > 0;) {
                cell(i, j) = a[i].text == b[j].text
                                 ? static_cast<std::uint16_t>(at(i + 1, j + 1) + 1)
                                 : std::max(at(i + 1, j), at(i, j + 1));
            }
        }
    }
    [[nodiscard]] std::uint16_t at(std::size_t i, std::size_t j) const {
        return lengths_[i * columns_ + j];
    }

  private:
    std::uint16_t& cell(std::size_t i, std::size_t j) { return lengths_[i * columns_ + j]; }
    std::size_t columns_;
    std::vector<std::uint16_t> lengths_;
};

// The place of units [from, to), or, where there are none, that between their neighbours.
Range place_of(const Units& units, std::size_t from, std::size_t to) {
    if (from < to) return {units[from].at.from, units[to - 1].at.to};
    const auto at = from < units.size() ? units[from].at.from
                    : units.empty()     ? 0
                                        : units.back().at.to;
    return {at, at};
}

std::vector<Difference> differences(const Units& a, const Units& b) {
    const Common common(a, b);
    std::vector<Difference> out;
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < a.size() || j < b.size()) {
        const auto from_a = i;
        const auto from_b = j;
        while (i < a.size() || j < b.size()) {
            if (i < a.size() && j < b.size() && a[i].text == b[j].text) break;
            const bool in_a =
                j == b.size() || (i < a.size() && common.at(i + 1, j) >= common.at(i, j + 1));
            ++(in_a ? i : j);
        }
        if (i > from_a || j > from_b) {
            out.push_back({place_of(a, from_a, i), place_of(b, from_b, j)});
        }
        for (; i < a.size() && j < b.size() && a[i].text == b[j].text; ++j)
            ++i;
    }
    return out;
}

Pair pair_of(const std::u32string& a, const std::u32string& b) {
    return {units_of(a), units_of(b)};
}

using Parts = std::vector<std::u32string>;

std::u32string text_of(const Units& units) {
    std::u32string out;
    for (const auto& unit : units)
        out += unit.text;
    return out;
}

// The parts of a name that spaces part, folded by every rule.
Parts parts_of(Attribute attribute, std::string_view text, const Tables& tables) {
    const auto points = decode(text);
    if (!points) return {};
    const auto rules = rules_for(attribute, AddressRule::whole);  // of names
    std::vector<Units> parts(1);
    for (auto& unit : fold(units_of(*points), presentation(rules), tables)) {
        if (unit.is(U" ")) {
            parts.emplace_back();
        } else {
            parts.back().push_back(std::move(unit));
        }
    }
    Parts out;
    for (auto& part : parts)
        out.push_back(text_of(fold(std::move(part), rules, tables)));
    return out;
}

// Where one register does not part the names: whether the whole begins with the first part of the
// other, or ends with the last, when that is long enough to be a name.
bool begins_or_ends_alike(const std::u32string& whole, const Parts& parts) {
    constexpr std::size_t points_min = 2;
    const auto& first = parts.front();
    const auto& last = parts.back();
    return (first.size() >= points_min && whole.starts_with(first)) ||
           (last.size() >= points_min && whole.ends_with(last));
}

// Whether a part of both agrees at the same place: who has married keeps the given name. Names of
// more parts are guesses strung together, or compared as a whole only.
bool share_a_part(Attribute attribute, const std::string& a, const std::string& b,
                  const Tables& tables) {
    constexpr std::size_t parts_max = 3;
    const auto in_a = parts_of(attribute, a, tables);
    const auto in_b = parts_of(attribute, b, tables);
    if (in_a.empty() || in_b.empty() || std::max(in_a.size(), in_b.size()) > parts_max) {
        return false;
    }
    if (in_a.size() == 1 && in_b.size() > 1) return begins_or_ends_alike(in_a.front(), in_b);
    if (in_b.size() == 1 && in_a.size() > 1) return begins_or_ends_alike(in_b.front(), in_a);
    const auto agree = [](const std::u32string& one, const std::u32string& other) {
        return !one.empty() && one == other;
    };
    if (in_a.size() != in_b.size()) {
        return agree(in_a.front(), in_b.front()) || agree(in_a.back(), in_b.back());
    }
    for (std::size_t i = 0; i < in_a.size(); ++i) {
        if (agree(in_a[i], in_b[i])) return true;
    }
    return false;
}

const std::optional<std::string>& text_of(const Attributes& of, Attribute attribute) {
    static const std::optional<std::string> none;
    switch (attribute) {
        case Attribute::name:
            return of.name;
        case Attribute::kana:
            return of.kana;
        case Attribute::address:
            return of.address;
        case Attribute::birth_date:
        case Attribute::sex:
            return none;
    }
    return none;
}

constexpr auto texts =
    std::to_array<Attribute>({Attribute::name, Attribute::kana, Attribute::address});

bool has(const std::optional<std::string>& text) {
    return text && !text->empty();
}

bool knows_sex(const Attributes& of) {
    return of.sex && (*of.sex == "female" || *of.sex == "male");
}

Compared equal_or_not(bool equal) {
    return {.verdict = equal ? Verdict::same : Verdict::different, .rules = {}, .differences = {}};
}

bool is_enough(const std::map<Attribute, Compared>& compared, const Asked& asked) {
    const auto both_have = [&compared](Attribute attribute) {
        return compared.contains(attribute);
    };
    const bool named = both_have(Attribute::name) || both_have(Attribute::kana);
    if (asked.decided) return both_have(Attribute::birth_date) && named;
    // Namesakes live in different homes. Twins do not, and readings tell them apart badly: where a
    // register has confused them, a slip in a reading makes one look like the other.
    return both_have(Attribute::birth_date) && both_have(Attribute::sex) &&
           both_have(Attribute::address) &&
           (both_have(Attribute::name) || (named && asked.only_one));
}

bool is_alike(const std::map<Attribute, Compared>& compared, Attribute attribute) {
    const auto found = compared.find(attribute);
    return found != compared.end() && found->second.verdict != Verdict::different;
}

// In each of name and reading that both have a part agrees: one alone is guessed too easily.
bool agree_in_parts(const Attributes& a, const Attributes& b,
                    const std::map<Attribute, Compared>& compared, const Tables& tables) {
    bool any = false;
    for (const auto attribute : {Attribute::name, Attribute::kana}) {
        if (!compared.contains(attribute)) continue;
        if (!share_a_part(attribute, *text_of(a, attribute), *text_of(b, attribute), tables)) {
            return false;
        }
        any = true;
    }
    return any;
}

// What cannot be compared could be anything.
bool could_be_one(Attribute attribute, const std::optional<std::string>& a,
                  const std::optional<std::string>& b, const Tables& tables) {
    if (!has(a) || !has(b)) return false;
    const auto points_a = decode(*a);
    const auto points_b = decode(*b);
    if (!points_a || !points_b) return true;
    // Whole, for what says less in presentation is gone before other rules have had their turn.
    const auto rules = rules_for(attribute, AddressRule::whole);
    const auto folded = fold(pair_of(*points_a, *points_b), rules, tables);
    return equal(folded.a, folded.b);
}

bool could_be_one(const Listed& a, const Listed& b, const Tables& tables) {
    return could_be_one(Attribute::name, a.name, b.name, tables) ||
           could_be_one(Attribute::kana, a.kana, b.kana, tables) ||
           could_be_one(Attribute::address, a.address, b.address, tables);
}

}  // namespace

std::string_view to_text(Verdict verdict) {
    switch (verdict) {
        case Verdict::same:
            return "same";
        case Verdict::variant:
            return "variant";
        case Verdict::different:
            return "different";
    }
    return "";
}

Compared compare_texts(Attribute attribute, std::string_view a, std::string_view b,
                       const Tables& tables, AddressRule address) {
    if (a == b) return equal_or_not(true);
    const auto points_a = decode(a);
    const auto points_b = decode(b);
    Compared out;
    if (!points_a || !points_b) {
        out.differences = {{whole(points_a), whole(points_b)}};
        return out;
    }
    const auto pair = pair_of(*points_a, *points_b);
    const auto all = rules_for(attribute, address);
    const auto shown = fold(pair, presentation(all), tables);
    if (equal(shown.a, shown.b)) {
        out.verdict = Verdict::same;
        out.rules = needed(pair, presentation(all), tables);
        return out;
    }
    out.differences = differences(shown.a, shown.b);
    const auto folded = fold(pair, all, tables);
    if (equal(folded.a, folded.b)) {
        out.verdict = Verdict::variant;
        out.rules = needed(pair, all, tables);
    }
    return out;
}

Comparison compare(const Attributes& a, const Attributes& b, const Tables& tables,
                   const Asked& asked) {
    Comparison out;
    for (const auto attribute : texts) {
        const auto& one = text_of(a, attribute);
        const auto& other = text_of(b, attribute);
        if (has(one) && has(other)) {
            out.attributes.emplace(attribute,
                                   compare_texts(attribute, *one, *other, tables, asked.address));
        }
    }
    if (a.birth_date && b.birth_date) {
        out.attributes.emplace(Attribute::birth_date, equal_or_not(*a.birth_date == *b.birth_date));
    }
    if (knows_sex(a) && knows_sex(b)) {
        out.attributes.emplace(Attribute::sex, equal_or_not(*a.sex == *b.sex));
    }
    out.verdict = Verdict::same;
    for (const auto& [attribute, compared] : out.attributes)
        out.verdict = std::max(out.verdict, compared.verdict);
    if (out.verdict == Verdict::same && !is_enough(out.attributes, asked)) {
        out.verdict = Verdict::variant;
        out.too_little = true;
    }
    out.is_named_alike =
        is_alike(out.attributes, Attribute::name) || is_alike(out.attributes, Attribute::kana);
    out.likely_another = !out.is_named_alike && !agree_in_parts(a, b, out.attributes, tables);
    return out;
}

std::optional<bool> is_only_one(std::span<const Listed> people, const Tables& tables) {
    bool known = false;
    bool only_one = true;
    for (const auto& person : people) {
        if (!person.is_asked) continue;
        known = true;
        for (const auto& other : people)
            only_one &= other.is_asked || !could_be_one(person, other, tables);
    }
    return known ? std::optional(only_one) : std::nullopt;
}

}  // namespace mado::matching
