// The holders' databases: each as its organisation would keep it (holders/<id>.sql), with its own
// words, its own dates and only its own insured.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "letters.hpp"
#include "person.hpp"

namespace mado::country {

class Registers {
  public:
    // Makes <folder>/<holder id>.sqlite, with all that `written` says.
    Registers(const std::string& folder, const std::string& country_folder, const Written& written);
    ~Registers();
    Registers(const Registers&) = delete;
    Registers& operator=(const Registers&) = delete;

    void add(const Household& household);
    // Resident numbers that A市 (B市) may give to whoever is born.
    void add_free(const std::string& for_a, const std::string& for_b);
    // One transaction a database: what was added before is lost without this.
    void commit();

  private:
    struct Databases;
    std::unique_ptr<Databases> databases_;
};

}  // namespace mado::country
