// Days (Gregorian) as law counts ages.
#pragma once

#include "base/clock.hpp"

namespace mado {

// Who was born on 29 February is as old on 28 February of a common year.
Date birthday_in(Date birth, std::chrono::year year);

}  // namespace mado
