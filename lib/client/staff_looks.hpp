// What a holder answered to `staff-looks`, read for showing it to the person.
#pragma once

#include <string>
#include <vector>

#include "client/client.hpp"
#include "wire/services/staff_looks.hpp"

namespace mado::client {

struct StaffLook {
    UnixTime at = 0;
    std::string office;  // of the holder's house, as people call it
    wire::LookWay what = wire::LookWay::record;
};

struct StaffLooks {
    std::string from, to;          // YYYY-MM
    bool more = false;             // there are older ones in these months
    std::vector<StaffLook> looks;  // newest first
};
// Bad: the document has not its form, or is about other months than `parameters` asked for.
Parsed<StaffLooks> read_staff_looks(const Answered& answered,
                                    const std::map<std::string, std::string>& parameters);

}  // namespace mado::client
