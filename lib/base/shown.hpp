// What somebody signs, as they see it.
#pragma once

#include <string_view>

namespace mado {

// One line of UTF-8 in which every character is seen where it stands. Nothing that printable()
// would replace, and nothing that is not shown although it is there (Default_Ignorable_Code_Point
// of Unicode 15.1, DerivedCoreProperties.txt: soft hyphens, joiners, fillers, tags, marks of
// direction). One variation selector (FE00 to FE0F, E0100 to E01EF) may follow a Han character,
// because names need it. What is longer than one line: each line by itself.
bool shows_all(std::string_view line);

}  // namespace mado
