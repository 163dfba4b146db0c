// Other people's texts on a terminal: questions, answers, names.
#pragma once

#include <string>
#include <string_view>

namespace mado {

// The text on one line, with nothing in it that moves a cursor, changes colours, rings, turns the
// direction of writing or stands for a line of ours: control characters and such marks become
// U+FFFD, and the end of a line " ⏎ ". Letters stay as they are, variation selectors too.
std::string printable(std::string_view foreign);

}  // namespace mado
