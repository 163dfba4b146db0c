// Who hears of mandates that ended before their time: the organisation that each was for, on event
// streams (docs/protocols/mandate.md).
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "http/http.hpp"
#include "mandate_rows.hpp"

namespace mado::relay {

// Used from every io thread; one mutex, and nothing of it is on a request's way. Outlives the
// servers that send its feeds.
class EndingFeeds {
  public:
    static constexpr std::size_t feeds_of_one_max = 16;
    // What a reader is given at a time: however many have ended, no more waits for it.
    static constexpr std::size_t page_events_max = 500;

    // `stored`: what a restart found, so that it is told again.
    explicit EndingFeeds(const std::vector<LiveMandate>& stored = {});

    // Tells of all mandates of that organisation that have ended and whose own end is still to
    // come, then of each that ends. Null: it has too many streams open.
    std::shared_ptr<http::Feed> open(const wire::ParticipantId& organisation, UnixTime now);
    void tell(const LiveMandate& ended, UnixTime now);

  private:
    struct Ended {
        wire::EndedMandate what;
        UnixTime expires = 0;
    };
    struct Organisation {
        std::map<std::uint64_t, Ended> ended;  // by number, as they ended: readers go along it
        std::vector<std::weak_ptr<http::Feed>> feeds;
    };
    void keep(const LiveMandate& ended);
    std::string next_page(const Organisation& of, std::uint64_t& told, UnixTime now);
    void drop_old(UnixTime now);

    std::mutex mutex_;  // guards all below: mandates end on several threads
    std::map<wire::ParticipantId, Organisation> organisations_;
    std::uint64_t last_ = 0;  // the number of the newest
    UnixTime dropped_at_ = 0;
};

}  // namespace mado::relay
