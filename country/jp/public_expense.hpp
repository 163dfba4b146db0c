// Public expense (公費負担): who pays what an insurer leaves to the person. Each city's
// child-medical subsidy and welfare's medical assistance; the registers of all four.
#pragma once

#include <map>
#include <memory>

#include "holder_database.hpp"
#include "person.hpp"

namespace mado::country {

// Gives the subsidies that follow from the cities' ordinances, and numbers to whoever has none.
class PublicExpenses {
  public:
    explicit PublicExpenses(Date on) : on_(on) {}

    // After it is known where everybody lives and is insured; named people have low numbers, the
    // same for every seed.
    void grant(Household& household, bool named);

  private:
    std::string number(Holder payer, bool named);

    Date on_;
    std::map<Holder, std::int64_t> named_, drawn_;
};

class PublicExpenseRegisters {
  public:
    PublicExpenseRegisters(const Place& place, Date on);
    ~PublicExpenseRegisters();
    PublicExpenseRegisters(const PublicExpenseRegisters&) = delete;
    PublicExpenseRegisters& operator=(const PublicExpenseRegisters&) = delete;

    void add(const Household& household);
    void commit();

  private:
    struct Databases;
    std::unique_ptr<Databases> databases_;
};

}  // namespace mado::country
