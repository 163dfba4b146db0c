// Words for what the relay was told about the person, and for what it and the card authorities hold
// about them.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>

#include "client/cross_check.hpp"

namespace mado::cli {

// A line for each number or certificate, below the entry's; none of other entries.
std::string told_text(const client::PersonEntry& entry);
boost::json::object told_json(const client::Told& told);

// With what to do about each difference.
std::string held_text(const wire::Directory& directory, const client::HeldCheck& check);
boost::json::object held_json(const client::HeldCheck& check);
// A lie among the differences or the problems.
bool has_lie(const client::HeldCheck& check);

}  // namespace mado::cli
