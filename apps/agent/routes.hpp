// Path, who may call, handler. Every request must be meant for this very address, and come as the
// navigation of a person: docs/protocols/agent.md has the threats and their answers.
#pragma once

#include <string>
#include <vector>

#include "cards.hpp"
#include "http/http.hpp"
#include "open_logins.hpp"
#include "page/names.hpp"
#include "pending.hpp"

namespace mado::agent {

struct Shared {
    const wire::Directory& directory;
    const wire::Policy& policy;
    const page::ServiceNames& services;
    std::string address;  // "127.0.0.1:7453": what Host must be
    http::asio::io_context& cards_io;
    Cards& cards;  // on the thread of cards_io
    OpenLogins& logins;
    Tokens tokens = {};
    Documents documents = {};
    Nonces nonces = {};
    AtReader at_reader = {};
};

std::vector<http::Route> routes(Shared& shared);

}  // namespace mado::agent
