#include "site/site.hpp"

#include <fmt/format.h>

#include "wire/address.hpp"

namespace mado::site {

Site::Site(Options given)
    : options(std::move(given)),
      origin(must(wire::origin_of(options.redirect_uri), "redirect_uri")),
      assets("/assets/" + base64url(options.basis.web.hash) + "/"),
      session_cookie(fmt::format("__Host-{}", options.cookie)),
      begun_cookie(fmt::format("__Host-{}-begin", options.cookie)),
      askers(options.basis.directory, options.basis.identity, options.purpose) {}

std::vector<wire::ServiceId> log_in_services(const Basis& basis, const wire::CodeId& purpose,
                                             UnixTime now) {
    return basis.policy.services({.requester_kind = basis.directory.find(basis.identity.id)->kind,
                                  .purpose = purpose,
                                  .mandate = wire::MandateKind::login,
                                  .on = basis.policy.day_of(now)});
}

}  // namespace mado::site
