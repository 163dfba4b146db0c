// The portal's pages, in three languages: log in, be logged in, log out. My Page itself comes here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "page/page.hpp"
#include "said.hpp"

namespace mado::portal {

using page::Language;

std::string start_page(Language language, std::optional<Said> said);
struct HomePage {
    UnixTime until = 0;
    std::int32_t utc_offset_s = 0;
};
std::string home_page(Language language, const HomePage& page);
std::string back_page(Language language);

}  // namespace mado::portal
