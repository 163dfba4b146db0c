// Lives at work of drawn people, as pension law sees them. What the insurers of their household
// know (population.hpp) is kept: an employee of the society is 第2号, the spouse who depends on one
// 第3号, everybody else from 20 to 59 第1号. What was before is drawn.
#pragma once

#include "numbering.hpp"
#include "person.hpp"

namespace mado::country {

// Of everybody in the household who is 20 or more. It depends on their health-care numbers alone,
// and on what the household's insurers know.
void draw_pensions(Household& household, Numbering& numbering, Date on);

// 第2号, from the employments: until 65 is attained (国民年金法7条, 附則3条).
void add_second_category(Pension& pension, Date birth, Date on);

}  // namespace mado::country
