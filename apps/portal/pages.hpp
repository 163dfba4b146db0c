// The portal's pages, in three languages: log in, be logged in, log out. My Page itself comes here.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "page/page.hpp"

namespace mado::portal {

using page::Language;

// What the start page says above its button: a closed set, by name in the address. "": nothing.
std::string start_page(Language language, std::string_view said);
struct HomePage {
    UnixTime until = 0;
    std::int32_t utc_offset_s = 0;
};
std::string home_page(Language language, const HomePage& page);
std::string back_page(Language language);

}  // namespace mado::portal
