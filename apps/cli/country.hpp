// Makes the demo country: people and databases (mado-country), keys and certificates, cards, the
// signed directory, the programs' configurations, the relay's first take-on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/secret.hpp"
#include "places.hpp"

namespace mado::cli {

struct Program {
    std::string
        name;  // "relay", "gateway-1", "witness-1": names of configuration, log and process file
    std::string binary;                // "mado-relay"
    std::uint16_t operator_port = 0;   // 0: it has none, and is ready when there is `socket`
    std::vector<std::uint16_t> ports;  // all that it listens on
    std::string socket = {};
};

// The first of fourteen.
constexpr std::uint16_t port_min = 1024;
constexpr std::uint16_t port_max = 65'000;

struct CountrySettings {
    std::int64_t people = 1000;
    std::uint16_t port = 7440;  // the relay's; the others' follow
};

// True when there is a country already.
bool country_exists(const Places& places);
// Makes everything anew in empty places. Says on standard output what it does.
void make_country(const Places& places, const CountrySettings& settings);
// The programs of the country in the order of their start.
std::vector<Program> programs_of(const Places& places);
// The first port of the country that is there, finished or not.
std::optional<std::uint16_t> port_of(const Places& places);
// The programs of a country that is not made yet.
std::vector<Program> programs_from(std::uint16_t first_port);
// Signs a new version of the directory when what it should say has changed (a new policy, new
// schemes), and writes the configurations. True when the directory changed: what runs must be
// started again to see it.
bool prepare_programs(const Places& places);

// Where the portal serves its pages.
std::string portal_url(const Places& places);

// Two virtual card readers; they are started when a card is inserted.
Program readers_program(const Places& places);
void prepare_readers(const Places& places);
// With which the issuing centre personalises and unlocks the card of that name.
Secret card_issuer_key(const Places& places, const std::string& name);

}  // namespace mado::cli
