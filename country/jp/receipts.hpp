// The claims (レセプト) in the three medical insurers' databases, each in its own tables.
#pragma once

#include <cstdint>
#include <string>

#include "db/db.hpp"
#include "person.hpp"

namespace mado::country {

// The days on which the registers of a country were last brought up to date.
struct UpToDate {
    Date on;           // the nightly batches
    Date claims_to;    // the last month whose claims have come in
    Date checkups_to;  // of check-ups
};

class SocietyReceipts {
  public:
    SocietyReceipts(db::Connection& connection, const UpToDate& dates);
    void add(std::int64_t person_no, const Coverage& coverage);

  private:
    db::Statement receipt_, line_;
    std::int64_t receipt_no_ = 0;
};

class CityReceipts {
  public:
    CityReceipts(db::Connection& connection, const UpToDate& dates);
    void add(std::int64_t kojin_no, const Coverage& coverage);

  private:
    db::Statement rezeputo_, meisai_;
    std::int64_t seiri_no_ = 0;
};

class LateElderlyReceipts {
  public:
    LateElderlyReceipts(db::Connection& connection, const UpToDate& dates);
    void add(const Coverage& coverage);

  private:
    db::Statement claim_, line_;
    std::int64_t last_ = 0;
};

}  // namespace mado::country
