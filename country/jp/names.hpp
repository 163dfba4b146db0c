// The names of people and towns (names/*.tsv).
#pragma once

#include <array>
#include <string>
#include <vector>

#include "person.hpp"
#include "random.hpp"

namespace mado::country {

struct Name {
    std::string written;
    std::string kana;
};

struct ForeignName {
    Name name;
    Sex sex = Sex::female;
    std::string common_name;  // may be empty
};

struct Town {
    std::string name;
    std::string symbol;  // 記号 of its national health insurance, may be empty
};

class Names {
  public:
    // Throws OperatorError for a file that is missing or not as its first line says.
    explicit Names(const std::string& country_folder);

    [[nodiscard]] const Name& surname(Random& random) const;
    // As people born then were called.
    [[nodiscard]] const Name& given(Random& random, Sex sex, Date birth) const;
    [[nodiscard]] const ForeignName& foreign(Random& random) const;
    [[nodiscard]] const Town& town(Random& random) const;

  private:
    static constexpr std::size_t bands = 3;  // old, mid, new
    std::vector<Name> surnames_;
    std::vector<int> surname_weights_;
    std::array<std::array<std::vector<Name>, bands>, 2> given_;  // by sex
    std::vector<ForeignName> foreign_;
    std::vector<Town> towns_;
};

}  // namespace mado::country
