// Who in a household is insured where, and since when. It is decided for single days, by one rule,
// from jobs and births; the times between changes follow from it, so they cannot overlap.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "numbering.hpp"
#include "person.hpp"
#include "random.hpp"

namespace mado::country {

enum class Role { head, spouse, child, parent };

// A time of being insured by the health insurance society in one's own right.
struct Job {
    Date from;
    Date until;  // the first day without it
    Numbering::Subscription subscription;
    bool voluntary = false;
};

struct Member {
    Role role = Role::head;
    Person person;
    std::vector<Job> jobs;     // oldest first
    bool independent = false;  // earns too much to be somebody's dependant
    std::string late_elderly;  // the number from 75 on
};

struct Life {
    Date arrived;  // since when these insurers know the household
    bool without_branches = false;
    Numbering::Subscription city;
};

// Draws the day of arrival and everybody's jobs.
Life draw_life(Random& random, Numbering& numbering, std::vector<Member>& members, Date on);

// The medical insurance of members[who] until `on`, oldest first, without spans.
std::vector<Coverage> coverage_of(const Life& life, const std::vector<Member>& members,
                                  std::size_t who, Date on);

}  // namespace mado::country
