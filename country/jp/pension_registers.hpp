// The four pension holders' databases, each as its organisation would keep it (holders/<id>.sql).
#pragma once

#include <memory>

#include "holder_database.hpp"
#include "letters.hpp"
#include "person.hpp"

namespace mado::country {

class PensionRegisters {
  public:
    PensionRegisters(const Place& place, const Written& written);
    ~PensionRegisters();
    PensionRegisters(const PensionRegisters&) = delete;
    PensionRegisters& operator=(const PensionRegisters&) = delete;

    void add(const Person& person, const Pension& pension);
    void commit();

  private:
    struct Databases;
    std::unique_ptr<Databases> databases_;
};

// The last month whose premium was due by the end of the last month (国民年金法91条), and is
// booked.
Date booked_to(Date on);

}  // namespace mado::country
