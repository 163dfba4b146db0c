// What a country brings to My Page: life events and links (country/<c>/portal.json). Words of a
// page, nothing that anybody decides by.
#pragma once

#include <string>
#include <vector>

#include "page/names.hpp"

namespace mado::portal {

struct LifeEvent {
    std::string id;
    page::Named name;
};
struct OutsideLink {
    std::string url;     // https
    std::string holder;  // participant whose site it is; may be empty
    page::Named name;
};
struct National {
    std::vector<LifeEvent> life_events;
    std::vector<OutsideLink> links;
};

Parsed<National> parse_national(std::string_view text);

}  // namespace mado::portal
