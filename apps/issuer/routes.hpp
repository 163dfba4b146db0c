// Path, who may call, handler: what a window's page asks (docs/protocols/issuer.md).
#pragma once

#include <vector>

#include "card_sessions.hpp"
#include "clerks.hpp"
#include "deciding.hpp"
#include "http/http.hpp"
#include "questions.hpp"
#include "site/site.hpp"
#include "worker.hpp"

namespace mado::issuer {

// The issuing centre: one io thread's.
struct Office {
    site::Site& site;
    Clerks& clerks;
    const wire::Schemes& schemes;
    Store& store;
    Worker& worker;
    Deciding& deciding;
    const QuestionsAtRelay& questions;
    CardSessions& cards;
};

std::vector<http::Route> routes(Office& office);

}  // namespace mado::issuer
