// The demo country's programs: which there are, on which ports, with which settings.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "organisations.hpp"
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

// The first of twenty-three.
constexpr std::uint16_t port_min = 1024;
constexpr std::uint16_t port_max = 65'000;

// The ports of a country, one after the other from the relay's on.
struct Ports {
    std::uint16_t first;
    std::size_t gateways;
    std::size_t witnesses;

    Ports(std::uint16_t first_port, const Organisations& organisations)
        : first(first_port),
          gateways(organisations.gateways.size()),
          witnesses(organisations.witnesses.size()) {}

    [[nodiscard]] std::uint16_t at(std::size_t offset) const {
        return static_cast<std::uint16_t>(first + offset);
    }
    [[nodiscard]] std::uint16_t relay_operator() const { return at(1); }
    [[nodiscard]] std::uint16_t gateway_operator(std::size_t i) const { return at(2 + i); }
    // Where the log is published.
    [[nodiscard]] std::uint16_t log() const { return at(2 + gateways); }
    [[nodiscard]] std::uint16_t witness(std::size_t i) const { return at(3 + gateways + 2 * i); }
    [[nodiscard]] std::uint16_t witness_operator(std::size_t i) const {
        return at(4 + gateways + 2 * i);
    }
    // The person's computer.
    [[nodiscard]] std::uint16_t agent() const { return at(3 + gateways + 2 * witnesses); }
    [[nodiscard]] std::uint16_t agent_operator() const { return at(4 + gateways + 2 * witnesses); }
    [[nodiscard]] std::uint16_t portal() const { return at(5 + gateways + 2 * witnesses); }
    [[nodiscard]] std::uint16_t portal_operator() const { return at(6 + gateways + 2 * witnesses); }
    // Of the certificate authority.
    [[nodiscard]] std::uint16_t ca() const { return at(7 + gateways + 2 * witnesses); }
    [[nodiscard]] std::uint16_t ca_operator() const { return at(8 + gateways + 2 * witnesses); }
    // The window of the issuing centre.
    [[nodiscard]] std::uint16_t issuer() const { return at(9 + gateways + 2 * witnesses); }
    [[nodiscard]] std::uint16_t issuer_operator() const {
        return at(10 + gateways + 2 * witnesses);
    }
};

// The programs of the country in the order of their start.
std::vector<Program> programs_of(const Places& places);
// The programs of a country that is not made yet.
std::vector<Program> programs_from(std::uint16_t first_port);

// The first port of the country that is there, finished or not.
std::optional<std::uint16_t> port_of(const Places& places);
// The same of a country that must have one.
std::uint16_t read_port(const Places& places);
void write_port(const Places& places, std::uint16_t port);

// Where portal, window and agent serve their pages.
std::string portal_url(const Ports& ports);
std::string window_url(const Ports& ports);
std::string agent_url(const Ports& ports);

// Two virtual card readers; they are started when a card is inserted.
Program readers_program(const Places& places);
void prepare_readers(const Places& places);

// Of the certificate authority alone: it is made before the others.
void write_ca_config(const Places& places, const Ports& ports);
// Of all.
void write_configs(const Places& places, const Organisations& organisations, const Ports& ports);

}  // namespace mado::cli
