// The resident registers (住民基本台帳) of A市 and B市, each in its own way.
#pragma once

#include <memory>
#include <string>

#include "holder_database.hpp"
#include "person.hpp"

namespace mado::country {

class ResidentRegisters {
  public:
    ResidentRegisters(const Place& place, Date on);
    ~ResidentRegisters();
    ResidentRegisters(const ResidentRegisters&) = delete;
    ResidentRegisters& operator=(const ResidentRegisters&) = delete;

    // Each person where their residence says.
    void add(const Household& household);
    // A number that A市 (B市) may give to whoever is born.
    void add_free(const std::string& for_a, const std::string& for_b);
    void commit();

  private:
    struct Databases;
    std::unique_ptr<Databases> databases_;
};

}  // namespace mado::country
