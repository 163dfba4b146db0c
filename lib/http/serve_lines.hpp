// Internal to lib/http: the server's side of many requests on one connection.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "http/http.hpp"
#include "http/link.hpp"
#include "http/message.hpp"

namespace mado::http {

struct LineStream {
    const Lines& limits;
    const Limits& times;
    std::size_t line_bytes_max;
    const bool& stopping;
    // What comes of one line; does not throw.
    std::function<Task<Response>(std::string line)> answer;
};

// After the answer's header is out: reads lines, runs a bounded number of them side by side, and
// sends what came of each when it is there. Ends when everything that was begun is answered, also
// where nobody reads it any more. True: the body was read to its end. All that is given outlives
// it.
Task<bool> serve_lines(std::shared_ptr<Link> link, RequestParser& parser, LineStream stream);

}  // namespace mado::http
