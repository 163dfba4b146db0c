// Internal to lib/http: makes a Connection of a Link.
#pragma once

#include <memory>

#include "http/http.hpp"
#include "http/link.hpp"

namespace mado::http {

struct Connection::State {
    std::shared_ptr<Link> link;
    bool sending = false;  // send_more
};

Connection make_connection(std::shared_ptr<Link> link);

}  // namespace mado::http
