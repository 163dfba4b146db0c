// Lines of questions, side by side: each goes to one holder, or to the person's links of one kind,
// position after position, from the one that its question names.
#pragma once

#include <functional>
#include <vector>

#include "client/client.hpp"

namespace mado::client {

// What the line's positions brought, in their order.
using Line = std::vector<Result<Answered>>;

// May a line to a kind go on to the next position after this?
using GoOn = std::function<bool(const Result<Answered>&)>;

Task<std::vector<Line>> ask_lines(const wire::Directory& directory, const Identity& identity,
                                  std::vector<Ask> asks, GoOn go_on);

}  // namespace mado::client
