// The notices (お知らせ) in the holders' databases, each in its own tables: two keep each form once
// and what differs with each letter, two keep every text as it went out.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "db/db.hpp"
#include "person.hpp"
#include "receipts.hpp"

namespace mado::country {

// What all of them are made with; outlives them.
struct Written {
    const UpToDate& dates;
    const std::vector<NoticeForm>& forms;
    const std::vector<CheckupItem>& items;
};

class SocietyLetters {
  public:
    SocietyLetters(db::Connection& connection, const Written& written);
    void add(std::int64_t person_no, const std::vector<Notice>& notices);

  private:
    db::Statement letter_;
    std::int64_t letter_no_ = 0;
};

class CityLetters {
  public:
    CityLetters(db::Connection& connection, const Written& written);
    void add(std::int64_t kojin_no, const std::vector<Notice>& notices);

  private:
    const std::vector<NoticeForm>& forms_;
    db::Statement tsuchi_;
    std::int64_t tsuchi_no_ = 0;
};

class LateElderlyLetters {
  public:
    LateElderlyLetters(db::Connection& connection, const Written& written);
    void add(const Coverage& coverage);

  private:
    const std::vector<NoticeForm>& forms_;
    db::Statement letter_, line_;
    std::int64_t last_ = 0;
};

class CareLetters {
  public:
    CareLetters(db::Connection& connection, const Written& written);
    void add(const Care& care);

  private:
    const std::vector<NoticeForm>& forms_;
    db::Statement letter_;
    std::int64_t last_ = 0;
};

}  // namespace mado::country
