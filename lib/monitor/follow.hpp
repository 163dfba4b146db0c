// A monitor's round over one log: is what it publishes now cosigned, does it follow from what was
// seen before, do the witnesses themselves agree?
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "monitor/history.hpp"

namespace mado::monitor {

// What a monitor has seen of a log so far.
struct Remembered {
    std::string note;  // the newest cosigned checkpoint; "" before the first
    UnixTime witnessed_at =
        0;  // when a quorum had last seen it; before the first: since when it waits
};

enum class Alarm {
    none,
    fork,         // the log has signed two histories
    wrong,        // what somebody publishes is malformed, wrongly signed, or does not fit
    older,        // it publishes less than it did
    unreachable,  // it, or what is needed to compare it, cannot be read
    unwitnessed,  // for unwitnessed_s_max
};
std::string_view to_text(Alarm alarm);
// What it means that something could not be read: unreachable or wrong.
Alarm alarm_of(ReadError error);

constexpr std::int64_t unwitnessed_s_max = 600;

struct Finding {
    Alarm alarm = Alarm::none;
    std::string where;                    // "checkpoint", "history", or a witness's name
    std::optional<ReadError> error = {};  // when it is wrong or unreachable
    std::optional<tlog::Contradiction> contradiction;  // when it is a fork
    std::optional<Published> published;                // when there was one
};

// What the log publishes now must have grown out of `seen`, a note that it signed before ("", or
// another key's: nothing). Says none, fork, wrong, older or unreachable; not whether a quorum has
// cosigned it.
Task<Finding> look(LogReader& reader, const tlog::Quorum& quorum, std::string seen, UnixTime now);

// Moves `remembered` forward, never back. A witness that cannot be reached is no alarm: the quorum
// is what counts. All of them outlive the call.
Task<Finding> follow(LogReader& reader, const wire::Directory& directory, Remembered& remembered,
                     UnixTime now);

}  // namespace mado::monitor
