// What holders say by themselves (docs/protocols/gateway.md, "What a holder tells"): a register
// writes into its own database that somebody has died or moved, and its gateway tells whoever the
// mapping says. Each row is told once: the tell and how far the list was told of are one
// transaction.
#pragma once

#include <map>
#include <string>

#include "answering.hpp"
#include "base/log.hpp"
#include "outgoing.hpp"

namespace mado::gateway {

class Saying {
  public:
    struct Parts {
        const wire::Directory& directory;
        const wire::Policy& policy;
        std::map<std::string, Holder, std::less<>>& holders;
        Tells& tells;
        const Telling& telling;
        const Log& log;
        http::CounterFamily& gone_back;  // by holder and service, each hour in which it is so
        std::string store;               // the evidence's file, to be read
    };
    // OperatorError: what a mapping says is told to nobody who may hear it.
    Saying(Parts parts, UnixTime now);

    // Takes up what is new. A list that cannot be read is left alone for a minute.
    Task<void> round(UnixTime now);

  private:
    // Of one holder's list for one service.
    struct State {
        UnixTime left_until = 0;   // it could not be read
        UnixTime quiet_until = 0;  // that it has gone back was said
    };
    Task<void> take_up(Holder& holder, Records::Says says, State& state, UnixTime now);
    // How far a list was told of, and whether it had gone back since.
    struct Until {
        std::int64_t last = 0;
        bool gone = false;
    };
    Until told_until(const std::string& holder, const std::string& service);
    Task<void> cry(std::string holder, std::string service, Until until);

    Parts parts_;
    db::Connection read_;
    db::Statement last_;
    std::map<std::pair<std::string, std::string>, State> states_;  // by holder and service
};

}  // namespace mado::gateway
