// Path, who may call, handler.
#pragma once

#include <vector>

#include "http/http.hpp"
#include "pages.hpp"

namespace mado::portal {

std::vector<http::Route> routes(const MyPage& my);

}  // namespace mado::portal
