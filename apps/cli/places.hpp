// Where the demo country lives: everything under one folder (.mado), ports from one number on.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace mado::cli {

struct Places {
    std::string root = ".mado";
    std::string programs;  // folder of the built programs
    // Another directory than this country's, and its authority's key: for the log's tools.
    std::string given_directory = {}, given_authority = {};

    [[nodiscard]] std::string state() const { return root + "/state"; }  // all that is backed up
    [[nodiscard]] std::string keys() const { return root + "/keys"; }  // never in a backup of state
    [[nodiscard]] std::string anchor() const { return root + "/anchor"; }  // newest checkpoints
    [[nodiscard]] std::string run() const { return root + "/run"; }  // process ids, logs, configs
    [[nodiscard]] std::string evidence() const { return root + "/evidence"; }  // against logs

    [[nodiscard]] std::string directory() const {
        return given_directory.empty() ? state() + "/directory.jws" : given_directory;
    }
    [[nodiscard]] std::string authority_key() const {
        return given_authority.empty() ? state() + "/authority.jwk" : given_authority;
    }
    // What the issuing centre handed to the relay.
    // First take-on: by the relay, the certificate authority and the issuing centre.
    [[nodiscard]] std::string import_file() const { return state() + "/country/import.ndjson"; }
    [[nodiscard]] std::string ca_take_on_file() const { return state() + "/country/orders.ndjson"; }
    [[nodiscard]] std::string ca_issued_file() const { return state() + "/country/issued.ndjson"; }
    [[nodiscard]] std::string issuer_take_on_file() const {
        return state() + "/country/taken-on.ndjson";
    }
    [[nodiscard]] std::string policy() const { return "country/jp/policy.json"; }
    [[nodiscard]] std::string services() const { return "country/jp/services.json"; }
    [[nodiscard]] std::string name_tables() const { return "country/jp/writing.json"; }
    // What the portal serves to browsers.
    [[nodiscard]] std::string web_portal() const { return programs + "/../web/portal"; }
    // What the issuing centre's window serves.
    [[nodiscard]] std::string web_window() const { return programs + "/../web/window"; }
    // The issuing centre's cases, and who works at its windows.
    [[nodiscard]] std::string issuer_state() const { return state() + "/issuer"; }
    [[nodiscard]] std::string clerks() const { return issuer_state() + "/clerks.json"; }
    [[nodiscard]] std::string schemes() const { return "country/jp/schemes.json"; }
    [[nodiscard]] std::string keys_of(const std::string& organisation) const {
        return keys() + "/" + organisation;
    }
    // Who asked, in an organisation: its own, opened only when it is questioned.
    [[nodiscard]] std::string operators_of(const std::string& organisation) const {
        return state() + "/offices/" + organisation + "/operators.ndjson";
    }
    // What an organisation was answered and may change: its own too.
    [[nodiscard]] std::string answers_of(const std::string& organisation) const {
        return state() + "/offices/" + organisation + "/answers.ndjson";
    }
    // Of the card authorities, for the relay.
    [[nodiscard]] std::string card_lists() const { return run() + "/card-lists"; }
    // The certificate authority's database, which its gateway shares, and its certificate.
    [[nodiscard]] std::string ca_state() const { return state() + "/ca"; }
    [[nodiscard]] std::string ca_certificate() const { return keys_of("ca") + "/ca.crt"; }
    [[nodiscard]] std::string card(const std::string& key) const {
        return keys() + "/cards/" + key + ".card";
    }
    // The demo's virtual readers: their pcscd's socket, and links to the cards in them.
    [[nodiscard]] std::string readers() const { return run() + "/readers"; }
    [[nodiscard]] std::string config(const std::string& program) const {
        return run() + "/" + program + ".toml";
    }
};

}  // namespace mado::cli
