// Who takes part in the demo country (country/jp/organisations.json).
#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <vector>

namespace mado::cli {

struct Organisation {
    std::string id, name, kind;
};
struct Gateway {
    std::string id;
    std::vector<std::string> holders;
};
// Watches the log and asks nothing: no participant, only a key in the directory.
struct Witness {
    std::string id, name;
};
// On slips and pages: of the issuing centre, day and night, and of municipalities' windows. The
// demo's are numbers that nobody has.
struct Telephones {
    struct Window {
        std::string municipality, name, telephone;
    };
    std::string hotline;
    std::vector<Window> windows;
};
struct Organisations {
    std::vector<Organisation> participants;  // sorted by id
    std::vector<Gateway> gateways;
    std::vector<Witness> witnesses;
    Telephones telephones;

    // Whose TLS certificate an organisation shows: a holder's is its gateway's.
    [[nodiscard]] std::string tls_owner(const std::string& id) const;
};

Organisations read_organisations();

// A file of the country's; OperatorError when it is missing, or no object.
boost::json::object read_json(const std::string& path);

}  // namespace mado::cli
