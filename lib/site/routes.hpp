// Path, who may call, handler: what every site has, and ways to say the same of its own pages.
#pragma once

#include <functional>
#include <vector>

#include "http/http.hpp"
#include "site/site.hpp"

namespace mado::site {

// Of the site's server, but for where it listens: what stands in every answer, whose connections
// give way, and how refusals look.
http::ServerOptions server_options(const Site& site);
// `own`, and beside them what every site has: log-in and log-out, whose page it is and its end as
// an event stream, the files of the web build, directory, authority and policy.
std::vector<http::Route> routes(Site& site, std::vector<http::Route> own);

using Inside = std::function<http::Task<http::Response>(http::Request, LoggedIn)>;
// A page for whoever is logged in. Others are told at the start page what the log-in is for, and
// come to this place after it; "/" is the start page itself for them.
http::Route inside(Site& site, std::string_view path, Inside handler);
// A form that a page of this site sends, for whoever is logged in; others come to "/".
http::Route own_form(Site& site, std::string_view path, std::size_t body_bytes_max, Inside handler);

}  // namespace mado::site
