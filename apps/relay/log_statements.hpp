// The log writer's prepared statements.
#pragma once

#include "db/db.hpp"

namespace mado::relay {

struct Statements {
    explicit Statements(db::Connection& c);

    db::Statement head, head_after, add_head, add_tile, find_request, find_use, find_series,
        add_person, add_identifier, add_card, next_seq, add_access, add_mandate, drop_mandates,
        set_outcome, owner, misses, add_miss, drop_misses, month, add_month, any_person, key_check,
        add_key_check;
};

}  // namespace mado::relay
