// Whom people call: numbers of the configuration's, which stand on slips, pages and notices.
//   hotline = "050-0000-0000"           of the centre's, answered day and night
//   [[window]]                          of a municipality's that has one
//   municipality = "992011"
//   name = "A市役所市民課"
//   telephone = "050-0000-0011"
#pragma once

#include <map>
#include <string>

#include "base/config.hpp"

namespace mado::issuer {

struct Telephones {
    std::string hotline;
    std::map<std::string, std::string> windows = {};  // by municipality: name and number
    // Where to ask about what was done at that window, and the centre, for the night.
    [[nodiscard]] std::string of_window(const std::string& municipality,
                                        const std::string& centre) const;
};
// OperatorError for what is missing, or no number.
Telephones read_telephones(Config& config);

}  // namespace mado::issuer
