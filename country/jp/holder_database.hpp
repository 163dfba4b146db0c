// A holder's database, empty as its holders/<id>.sql makes it.
#pragma once

#include <string>

#include "db/db.hpp"
#include "person.hpp"

namespace mado::country {

struct Place {
    std::string folder;
    std::string country_folder;
};

db::Connection make_database(const Place& place, Holder holder);

}  // namespace mado::country
