#include "programs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <filesystem>

#include "base/file.hpp"
#include "base/result.hpp"

namespace mado::cli {
namespace {

namespace fs = std::filesystem;

std::string port_file(const Places& places) {
    return places.state() + "/port";
}

void write_config(const Places& places, const std::string& name, const std::string& text) {
    replace_file(places.config(name), as_bytes(text));
}

std::string common_config(const Places& places, const std::string& keys_of) {
    return fmt::format(
        "keys = \"{}\"\ndirectory = \"{}\"\nauthority = \"{}\"\npolicy = \"{}\"\n"
        "schemes = \"{}\"\n",
        places.keys_of(keys_of), places.directory(), places.authority_key(), places.policy(),
        places.schemes());
}

// A program's keys in a token of its own (country.cpp makes it).
std::string token_table(const Places& places, const std::string& id) {
    return fmt::format(
        "[token]\nmodule = \"/usr/lib/softhsm/libsofthsm2.so\"\nlabel = \"mado-{0}\"\n"
        "pin_file = \"{1}/pin\"\nsofthsm2_conf = \"{1}/softhsm2.conf\"\n",
        id, places.keys_of(id));
}

// Whom people call, as the issuer reads it (apps/issuer/telephones.hpp).
std::string telephone_tables(const Telephones& telephones) {
    auto out = fmt::format("hotline = \"{}\"\n", telephones.hotline);
    for (const auto& one : telephones.windows) {
        out += fmt::format("[[window]]\nmunicipality = \"{}\"\nname = \"{}\"\ntelephone = \"{}\"\n",
                           one.municipality, one.name, one.telephone);
    }
    return out;
}

// A gateway's own policy: the national rows that its holders honour.
std::string allowed_rows(const Organisations& organisations, const Gateway& gateway) {
    const auto object = read_json("country/jp/policy.json");
    std::string out;
    for (const auto& row : object.at("policies").as_array()) {
        for (const auto& kind : row.at("holder_kinds").as_array()) {
            const bool ours = std::ranges::any_of(
                organisations.participants, [&gateway, &kind](const Organisation& one) {
                    return one.kind == kind.as_string() &&
                           std::ranges::find(gateway.holders, one.id) != gateway.holders.end();
                });
            if (ours) out += fmt::format("  \"{}\",\n", row.at("id").as_string().c_str());
        }
    }
    return "allow = [\n" + out + "]\n";
}

std::string database_of(const Places& places, const std::string& holder) {
    if (holder == "ca") return places.ca_state() + "/ca.sqlite";
    if (holder == "issuer") return places.issuer_state() + "/book.sqlite";
    return places.state() + "/country/holders/" + holder + ".sqlite";
}

void write_gateway_config(const Places& places, const Organisations& organisations,
                          const Gateway& gateway, std::uint16_t operator_port) {
    auto text = common_config(places, gateway.id) +
                fmt::format("evidence = \"{}/gateways/{}/evidence.sqlite\"\noperator_port = {}\n",
                            places.state(), gateway.id, operator_port) +
                allowed_rows(organisations, gateway) +
                fmt::format("\n[matching]\ntables = \"{}\"\n", places.name_tables());
    for (const auto& holder : gateway.holders) {
        text += fmt::format(
            "\n[[holder]]\nmapping = \"country/jp/holders/{0}.toml\"\n"
            "database = \"{2}\"\nsigning_key = \"{1}/signing.key\"\n"
            "sealing_key = \"{1}/sealing.key\"\n",
            holder, places.keys_of(holder), database_of(places, holder));
    }
    write_config(places, gateway.id, text);
}

void write_witness_config(const Places& places, const std::string& id, std::uint16_t port,
                          std::uint16_t operator_port) {
    write_config(places, id,
                 fmt::format("keys = \"{}\"\ndirectory = \"{}\"\nauthority = \"{}\"\n"
                             "state = \"{}/witnesses/{}\"\nport = {}\noperator_port = {}\n",
                             places.keys_of(id), places.directory(), places.authority_key(),
                             places.state(), id, port, operator_port));
}

}  // namespace

std::uint16_t read_port(const Places& places) {
    if (const auto port = port_of(places)) return *port;
    const auto path = port_file(places);
    if (!fs::exists(path)) {
        throw OperatorError("the state has no port file; start over: ./mado up --fresh");
    }
    throw OperatorError(fmt::format(
        "{} does not hold a port from {} to {}; write the relay's port into it, or start over: "
        "./mado up --fresh",
        path, port_min, port_max));
}

void write_port(const Places& places, std::uint16_t port) {
    replace_file(port_file(places), as_bytes(std::to_string(port)));
}

std::vector<Program> programs_of(const Places& places) {
    return programs_from(read_port(places));
}

std::optional<std::uint16_t> port_of(const Places& places) {
    auto text = read_file(port_file(places));
    if (!text) return std::nullopt;
    if (text->ends_with('\n')) text->pop_back();  // an editor's
    std::uint16_t port = 0;
    const auto* end = text->data() + text->size();
    const auto [stopped, error] = std::from_chars(text->data(), end, port);
    const bool whole = error == std::errc() && stopped == end;
    return whole && port >= port_min && port <= port_max ? std::optional(port) : std::nullopt;
}

std::vector<Program> programs_from(std::uint16_t first_port) {
    const auto organisations = read_organisations();
    const Ports ports(first_port, organisations);
    // The relay asks the witnesses what they have seen, and gateways dial the relay.
    std::vector<Program> programs;
    for (std::size_t i = 0; i < organisations.witnesses.size(); ++i) {
        programs.push_back({organisations.witnesses[i].id,
                            "mado-witness",
                            ports.witness_operator(i),
                            {ports.witness(i), ports.witness_operator(i)}});
    }
    // Before the relay, which wants its list.
    programs.push_back({"ca", "mado-ca", ports.ca_operator(), {ports.ca(), ports.ca_operator()}});
    programs.push_back({"relay",
                        "mado-relay",
                        ports.relay_operator(),
                        {ports.first, ports.relay_operator(), ports.log()}});
    for (std::size_t i = 0; i < organisations.gateways.size(); ++i) {
        programs.push_back({organisations.gateways[i].id,
                            "mado-gateway",
                            ports.gateway_operator(i),
                            {ports.gateway_operator(i)}});
    }
    programs.push_back(
        {"agent", "mado-agent", ports.agent_operator(), {ports.agent(), ports.agent_operator()}});
    programs.push_back({"portal",
                        "mado-portal",
                        ports.portal_operator(),
                        {ports.portal(), ports.portal_operator()}});
    programs.push_back({"issuer",
                        "mado-issuer",
                        ports.issuer_operator(),
                        {ports.issuer(), ports.issuer_operator()}});
    return programs;
}

std::string window_url(const Ports& ports) {
    return fmt::format("https://127.0.0.1:{}/", ports.issuer());
}

std::string portal_url(const Ports& ports) {
    return fmt::format("https://127.0.0.1:{}/", ports.portal());
}

Program readers_program(const Places& places) {
    return {.name = "readers",
            .binary = "mado-softcard",
            .operator_port = 0,
            .ports = {},
            .socket = places.readers() + "/pcscd.comm"};
}

std::string agent_url(const Ports& ports) {
    return fmt::format("http://127.0.0.1:{}/", ports.agent());
}

void prepare_readers(const Places& places) {
    fs::create_directories(places.readers());
    write_config(places, "readers", fmt::format("folder = \"{}\"\n", places.readers()));
}

void write_ca_config(const Places& places, const Ports& ports) {
    write_config(places, "ca",
                 fmt::format("state = \"{}\"\ncertificate = \"{}\"\nlists = \"{}\"\n"
                             "url = \"http://127.0.0.1:{}\"\noid_arc = \"1.3.6.1.4.1.32473.1\"\n"
                             "utc_offset_s = {}\nport = {}\noperator_port = {}\n{}[authority]\n"
                             "country = \"JP\"\norganisation = \"Mado demo\"\n"
                             "name = \"Demo certificate authority\"\nkey = \"p256\"\n"
                             "[registers]\ndirectory = \"{}\"\nauthority = \"{}\"\n"
                             "kind = \"municipality\"\n",
                             places.ca_state(), places.ca_certificate(), places.card_lists(),
                             ports.ca(), read_json(places.policy()).at("utc_offset_s").as_int64(),
                             ports.ca(), ports.ca_operator(), token_table(places, "ca"),
                             places.directory(), places.authority_key()));
}

void write_configs(const Places& places, const Organisations& organisations, const Ports& ports) {
    write_ca_config(places, ports);
    write_config(
        places, "relay",
        common_config(places, "relay") +
            fmt::format("state = \"{}/relay\"\nanchor = \"{}/relay\"\nport = {}\n"
                        "public_port = {}\noperator_port = {}\nthreads = 2\n"
                        "card_lists = \"{}\"\n{}",
                        places.state(), places.anchor(), ports.first, ports.log(),
                        ports.relay_operator(), places.card_lists(), token_table(places, "relay")));
    for (std::size_t i = 0; i < organisations.gateways.size(); ++i) {
        write_gateway_config(places, organisations, organisations.gateways[i],
                             ports.gateway_operator(i));
    }
    for (std::size_t i = 0; i < organisations.witnesses.size(); ++i) {
        write_witness_config(places, organisations.witnesses[i].id, ports.witness(i),
                             ports.witness_operator(i));
    }
    fs::create_directories(places.readers());
    write_config(
        places, "agent",
        fmt::format("directory = \"{}\"\nauthority = \"{}\"\npolicy = \"{}\"\nservices = \"{}\"\n"
                    "pcscd = \"{}\"\nport = {}\noperator_port = {}\n",
                    places.directory(), places.authority_key(), places.policy(), places.services(),
                    readers_program(places).socket, ports.agent(), ports.agent_operator()));
    write_config(
        places, "portal",
        fmt::format("id = \"portal\"\nkeys = \"{}\"\ndirectory = \"{}\"\n"
                    "authority = \"{}\"\npolicy = \"{}\"\nweb = \"{}\"\ncountry = "
                    "\"country/jp/portal.json\"\nservices = \"{}\"\nredirect_uri = "
                    "\"{}login/back\"\nagent = \"http://127.0.0.1:{}\"\nport = {}\n"
                    "operator_port = {}\n",
                    places.keys_of("portal"), places.directory(), places.authority_key(),
                    places.policy(), places.web_portal(), places.services(), portal_url(ports),
                    ports.agent(), ports.portal(), ports.portal_operator()));
    write_config(
        places, "issuer",
        fmt::format("id = \"issuer\"\nkeys = \"{}\"\ndirectory = \"{}\"\nauthority = \"{}\"\n"
                    "policy = \"{}\"\nschemes = \"{}\"\nstate = \"{}\"\nclerks = \"{}\"\n"
                    "certificate_authority = \"ca\"\ncards_key = \"{}/cards.key\"\n"
                    "renewal_days = 90\nweb = "
                    "\"{}\"\nredirect_uri = "
                    "\"{}login/back\"\nagent = \"http://127.0.0.1:{}\"\nport = {}\n"
                    "operator_port = {}\n{}",
                    places.keys_of("issuer"), places.directory(), places.authority_key(),
                    places.policy(), places.schemes(), places.issuer_state(), places.clerks(),
                    places.keys_of("issuer"), places.web_window(), window_url(ports), ports.agent(),
                    ports.issuer(), ports.issuer_operator(),
                    telephone_tables(organisations.telephones)));
}

}  // namespace mado::cli
