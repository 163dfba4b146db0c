// What organisations hear of by themselves, on event streams (docs/protocols/mandate.md): mandates
// that ended before their time, by the one that each was for; answers that hold no longer, by
// whoever asked.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <variant>
#include <vector>

#include "changed_answers.hpp"
#include "http/http.hpp"
#include "mandate_rows.hpp"

namespace mado::relay {

// Used from every io thread; one mutex, and nothing of it is on a request's way. Outlives the
// servers that send its feeds.
class EventFeeds {
  public:
    static constexpr std::size_t feeds_of_one_max = 16;
    // What a reader is given at a time: however many have ended, no more waits for it.
    static constexpr std::size_t page_events_max = 500;

    // What a restart found is told again.
    explicit EventFeeds(const std::vector<LiveMandate>& mandates = {},
                        const std::vector<ChangedFor>& changed = {});

    // Tells of all mandates of that organisation that have ended and whose own end is still to
    // come, and of all answers to it that have changed in the last 30 days; that this was all; then
    // of each that comes. Null: it has too many streams open.
    std::shared_ptr<http::Feed> open(const wire::ParticipantId& organisation, UnixTime now);
    void tell(const LiveMandate& ended, UnixTime now);
    void tell(const ChangedFor& changed, UnixTime now);

  private:
    struct Event {
        std::variant<wire::EndedMandate, wire::ChangedAnswer> what;
        UnixTime expires = 0;
    };
    struct Organisation {
        std::map<std::uint64_t, Event> events;  // by number, as they came: readers go along it
        std::set<std::uint64_t> changed;        // of which orders: an answer is told of once
        std::vector<std::weak_ptr<http::Feed>> feeds;
    };
    // How far a reader is.
    struct Position {
        std::uint64_t told = 0;
        bool all_told = false;
    };
    void keep(const LiveMandate& ended);
    void keep(const ChangedFor& changed);
    std::string next_page(const Organisation& of, Position& at, UnixTime now);
    static void wake(Organisation& of);
    void drop_old(UnixTime now);

    std::mutex mutex_;  // guards all below: mandates end on several threads
    std::map<wire::ParticipantId, Organisation> organisations_;
    std::uint64_t last_ = 0;  // the number of the newest
    UnixTime dropped_at_ = 0;
};

}  // namespace mado::relay
