// At the window: a card of another authority's on its way to the agent and back, twice, with its
// log-in key and with its signing key (docs/protocols/issuer.md). Belongs to the io thread.
#pragma once

#include "deciding.hpp"

namespace mado::issuer {

// What the page does next: `{"to"}`, the agent's address for the log-in key; then, when that has
// signed, as for a decision. Misfit as text: nobody has to sign now.
http::Response sign_with_existing(Deciding& deciding, CaseId id, const http::Request& request,
                                  const site::LoggedIn& who);
// What came back of either.
http::Task<Outcome> judge_registering(Deciding& deciding, const Decisions::UnderWay& under_way,
                                      const Clerk& clerk, const http::Form& form);

}  // namespace mado::issuer
