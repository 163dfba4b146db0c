// What a country brings to My Page: life events and links (country/<c>/portal.json). Words of a
// page, nothing that anybody decides by.
#pragma once

#include <string>
#include <vector>

#include "page/page.hpp"

namespace mado::portal {

struct Named {
    std::string ja, en, easy;
    [[nodiscard]] page::Words words() const { return {ja, en, easy}; }
};
struct LifeEvent {
    std::string id;
    Named name;
};
struct OutsideLink {
    std::string url;     // https
    std::string holder;  // participant whose site it is; may be empty
    Named name;
};
struct National {
    std::vector<LifeEvent> life_events;
    std::vector<OutsideLink> links;
};

Parsed<National> parse_national(std::string_view text);

}  // namespace mado::portal
