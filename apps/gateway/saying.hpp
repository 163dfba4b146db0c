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
        std::string store;  // the evidence's file, to be read
    };
    // OperatorError: what a mapping says is told to nobody who may hear it.
    Saying(Parts parts, UnixTime now);

    // Takes up what is new. A list that cannot be read is left alone for a minute.
    Task<void> round(UnixTime now);

  private:
    Task<void> take_up(Holder& holder, Records::Says says, UnixTime now);

    Parts parts_;
    db::Connection read_;
    db::Statement last_;
    std::map<std::pair<std::string, std::string>, UnixTime> left_until_;  // by holder and service
};

}  // namespace mado::gateway
