#include "matching/tables.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "base/json.hpp"
#include "matching/units.hpp"

namespace mado::matching {
namespace {

constexpr std::size_t table_bytes_max = 256 * 1024;
constexpr std::size_t rows_max = 20'000;
constexpr std::size_t place_points_max = 40;

Parsed<char32_t> one_point(const json::value& value) {
    if (!value.is_string()) return bad("a table's character is no text");
    const auto points = decode(value.get_string());
    if (!points || points->size() != 1) return bad("a table's character is not one character");
    return points->front();
}

// Rows [character, character, source].
Parsed<std::vector<std::pair<char32_t, char32_t>>> read_pairs(Members& in, std::string_view name) {
    std::vector<std::pair<char32_t, char32_t>> pairs;
    for (const auto& value : in.array(name, rows_max)) {
        if (!value.is_array() || value.get_array().size() != 3) {
            return bad("a table's row has not two characters and a source");
        }
        const auto& row = value.get_array();
        const auto first = one_point(row[0]);
        const auto second = one_point(row[1]);
        if (!first || !second) return bad("a table's character is not one character");
        if (*first == *second) return bad("a table's row has one character twice");
        if (!row[2].is_string()) return bad("a table's row has no source");
        pairs.emplace_back(*first, *second);
    }
    return pairs;
}

using Map = std::map<char32_t, char32_t>;

char32_t find(const Map& map, char32_t point) {
    const auto found = map.find(point);
    return found == map.end() ? point : found->second;
}

// Groups of what the pairs join, each with its smallest character in front.
Map groups_of(const std::vector<std::pair<char32_t, char32_t>>& pairs) {
    Map parent;
    const auto root = [&parent](char32_t point) {
        while (parent.contains(point) && parent[point] != point)
            point = parent[point];
        return point;
    };
    for (const auto& [first, second] : pairs) {
        parent.try_emplace(first, first);
        parent.try_emplace(second, second);
        const auto [small, large] = std::minmax({root(first), root(second)});
        parent[large] = small;
    }
    Map out;
    for (const auto& [point, unused] : parent)
        out.emplace(point, root(point));
    return out;
}

Parsed<std::u32string> place_name(std::string_view text) {
    auto points = decode(text);
    if (!points || points->empty() || points->size() > place_points_max) {
        return bad("a table's place has no name, or a long one");
    }
    return std::move(*points);
}

Parsed<std::vector<Renamed>> read_renamed(const json::value& value) {
    if (!value.is_object()) return bad("a renamed place is no object");
    Members in(value.get_object());
    const auto names = in.texts("was", 8, 200);
    const auto now = in.text("now", 200);
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    const auto to = place_name(now);
    if (!to) return std::unexpected(to.error());
    std::vector<Renamed> out;
    for (const auto& name : names) {
        auto was = place_name(name);
        if (!was) return std::unexpected(was.error());
        out.push_back({std::move(*was), *to});
    }
    return out;
}

Parsed<void> check_sources(const json::object& sources) {
    for (const auto& source : sources) {
        if (!source.value().is_string()) return bad("a table's source is no text");
    }
    return {};
}

}  // namespace

Parsed<Tables> Tables::parse(std::string_view text) {
    const auto object = parse_json_object(
        text, {.text_bytes_max = table_bytes_max, .depth_max = 6, .values_max = 8 * rows_max});
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    Tables tables;
    if (auto ok = check_sources(in.object("sources")); !ok) return std::unexpected(ok.error());
    const auto variants = read_pairs(in, "variants");
    const auto mistaken = read_pairs(in, "mistaken");
    const auto look_alikes = read_pairs(in, "look_alikes");
    for (const auto& value : in.array("municipalities", rows_max)) {
        auto places = read_renamed(value);
        if (!places) return std::unexpected(places.error());
        tables.renamed_.insert(tables.renamed_.end(), places->begin(), places->end());
    }
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (!variants) return std::unexpected(variants.error());
    if (!mistaken) return std::unexpected(mistaken.error());
    if (!look_alikes) return std::unexpected(look_alikes.error());
    tables.variants_ = groups_of(*variants);
    tables.mistaken_ = groups_of(*mistaken);
    tables.look_alikes_ = groups_of(*look_alikes);
    std::ranges::sort(tables.renamed_, std::ranges::greater(),
                      [](const Renamed& place) { return place.was.size(); });
    return tables;
}

char32_t Tables::variant_of(char32_t point) const {
    return find(variants_, point);
}

char32_t Tables::mistaken_for(char32_t point) const {
    return find(mistaken_, point);
}

char32_t Tables::looks_like(char32_t point) const {
    return find(look_alikes_, point);
}

}  // namespace mado::matching
