// The check-ups (健診) in the three medical insurers' databases, each in its own tables: whole
// numbers without their point and bounds; texts and bounds; texts, words and a mark.
#pragma once

#include <cstdint>
#include <vector>

#include "db/db.hpp"
#include "letters.hpp"
#include "person.hpp"

namespace mado::country {

class SocietyCheckups {
  public:
    SocietyCheckups(db::Connection& connection, const Written& written);
    void add(std::int64_t person_no, const Coverage& coverage);

  private:
    const std::vector<CheckupItem>& items_;
    db::Statement exam_, value_;
    std::int64_t exam_no_ = 0;
};

class CityCheckups {
  public:
    CityCheckups(db::Connection& connection, const Written& written);
    void add(std::int64_t kojin_no, const Coverage& coverage);

  private:
    const std::vector<CheckupItem>& items_;
    db::Statement kenshin_, kekka_;
    std::int64_t kenshin_no_ = 0;
};

class LateElderlyCheckups {
  public:
    LateElderlyCheckups(db::Connection& connection, const Written& written);
    void add(const Coverage& coverage);

  private:
    const std::vector<CheckupItem>& items_;
    db::Statement checkup_, value_;
    std::int64_t last_ = 0;
};

}  // namespace mado::country
