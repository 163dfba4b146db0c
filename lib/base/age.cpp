#include "base/age.hpp"

namespace mado {

Date birthday_in(Date birth, std::chrono::year year) {
    const Date day = year / birth.month() / birth.day();
    return day.ok() ? day : Date(year / birth.month() / std::chrono::last);
}

}  // namespace mado
