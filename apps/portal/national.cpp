#include "national.hpp"

#include <boost/json.hpp>

namespace mado::portal {
namespace {

constexpr std::size_t entries_max = 64;

template <class Entry, class Read>
std::vector<Entry> read_each(Members& outer, std::string_view name, const Read& read) {
    std::vector<Entry> out;
    for (const auto& value : outer.array(name, entries_max)) {
        const auto* object = value.if_object();
        if (object == nullptr) {
            outer.refuse("an entry is no object");
            break;
        }
        Members in(*object);
        out.push_back(read(in));
        if (!in.finish()) outer.refuse("an entry is not of its form");
    }
    return out;
}

}  // namespace

Parsed<National> parse_national(std::string_view text) {
    auto object = parse_json_object(text);
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    National out;
    out.life_events = read_each<LifeEvent>(in, "life_events", [](Members& one) {
        return LifeEvent{.id = one.text("id", 40), .name = page::read_named(one)};
    });
    out.links = read_each<OutsideLink>(in, "links", [](Members& one) {
        OutsideLink link{.url = one.text("url"),
                         .holder = one.optional_text("holder", 40).value_or(""),
                         .name = page::read_named(one)};
        if (!link.url.starts_with("https://")) one.refuse("a link is not https");
        return link;
    });
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return out;
}

}  // namespace mado::portal
