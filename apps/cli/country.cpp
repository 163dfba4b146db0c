#include "country.hpp"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <filesystem>

#include "base/config.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "card_authority.hpp"
#include "card_office.hpp"
#include "cards.hpp"
#include "crypto/digest.hpp"
#include "crypto/jws.hpp"
#include "crypto/x509.hpp"
#include "organisations.hpp"
#include "programs.hpp"
#include "tlog/cosignature.hpp"
#include "wire/directory.hpp"
#include "wire/policy.hpp"
#include "wire/web_build.hpp"

namespace mado::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view log_origin = "log.mado.example/1";
constexpr std::int64_t year_s = 365 * 86'400;

void write_secret(const std::string& path, ByteView content) {
    replace_file(path, content, 0600);
}

crypto::PrivateKey new_key(const std::string& path, crypto::KeyType type) {
    auto key = crypto::PrivateKey::generate(type);
    write_secret(path, key.pem().view());
    return key;
}

void make_tls(const std::string& folder, const std::string& name) {
    const auto key = new_key(folder + "/tls.key", crypto::KeyType::p256);
    const auto now = unix_now();
    const auto certificate = crypto::self_signed({.use = crypto::CertificateUse::organisation,
                                                  .common_name = name,
                                                  .organisation = {},
                                                  .dns_names = {"localhost", "127.0.0.1"},
                                                  .not_before = now - 3600,
                                                  .not_after = now + 2 * year_s},
                                                 key);
    replace_file(folder + "/tls.crt", certificate.pem());
}

std::string mapping_of(const Organisation& one) {
    return "country/jp/holders/" + one.id + ".toml";
}

// The relay, the issuing centre (its clerks' decisions), and who has records.
bool takes_payloads(const Organisation& one) {
    return one.kind == "relay" || one.kind == "issuer" || fs::exists(mapping_of(one));
}

// The issuing centre asks and has a site, and a gateway answers for it.
bool speaks_itself(const Organisations& organisations, const Organisation& one) {
    return organisations.tls_owner(one.id) == one.id || one.kind == "issuer";
}

json::array certificates_of(const Places& places, const Organisations& organisations,
                            const Organisation& one) {
    json::array out;
    const auto add = [&](const std::string& owner) {
        const auto tls = load_certificate(places.keys_of(owner) + "/tls.crt");
        out.emplace_back(base64url(tls.thumbprint()));
    };
    add(organisations.tls_owner(one.id));
    if (organisations.tls_owner(one.id) != one.id && speaks_itself(organisations, one)) {
        add(one.id);
    }
    return out;
}

void make_keys(const Places& places, const Organisations& organisations) {
    fs::create_directories(places.keys_of("authority"));
    const auto authority =
        new_key(places.keys_of("authority") + "/directory.key", crypto::KeyType::p256);
    replace_file(places.authority_key(), as_bytes(authority.public_key().jwk()));
    for (const auto& one : organisations.participants) {
        fs::create_directories(places.keys_of(one.id));
        new_key(places.keys_of(one.id) + "/signing.key", crypto::KeyType::p256);
        if (takes_payloads(one)) {
            new_key(places.keys_of(one.id) + "/sealing.key", crypto::KeyType::p256);
        }
        if (speaks_itself(organisations, one)) make_tls(places.keys_of(one.id), one.id);
    }
    for (const auto& gateway : organisations.gateways) {
        fs::create_directories(places.keys_of(gateway.id));
        make_tls(places.keys_of(gateway.id), gateway.id);
        write_secret(places.keys_of(gateway.id) + "/outbox.key", crypto::random_bytes(32));
    }
    for (const auto& witness : organisations.witnesses) {
        fs::create_directories(places.keys_of(witness.id));
        new_key(places.keys_of(witness.id) + "/witness.key", crypto::KeyType::ed25519);
        make_tls(places.keys_of(witness.id), witness.id);
    }
    const auto relay = places.keys_of("relay");
    new_key(relay + "/log.key", crypto::KeyType::ed25519);
    write_secret(relay + "/seal.key", crypto::random_bytes(32));
    write_secret(relay + "/index.key", crypto::random_bytes(32));

    write_secret(places.keys_of("issuer") + "/store.key", crypto::random_bytes(32));

    write_secret(places.keys_of("issuer") + "/cards.key", crypto::random_bytes(32));

    make_card_authorities(places);
}

// --- directory ---

// A holder offers what it has mapped.
json::array services_of(const Organisation& one) {
    if (one.kind == "relay")
        return {"standing", "signature", "decision",  "entries",
                "bells",    "question",  "questions", "question-answer"};
    json::array out;
    if (!fs::exists(mapping_of(one))) return out;
    for (const auto& service : Config::load(mapping_of(one)).table("service").keys())
        out.emplace_back(service);
    out.emplace_back("evidence");  // the gateway's own
    return out;
}

json::object listed_key(const crypto::PublicKey& key) {
    return {{"kid", base64url(key.thumbprint())}, {"jwk", json::parse(key.jwk())}};
}

// A log or a witness of the directory.
json::object public_service(const Places& places, const std::string& vkey, const std::string& owner,
                            std::uint16_t port) {
    const auto tls = load_certificate(places.keys_of(owner) + "/tls.crt");
    return {{"key", vkey},
            {"url", fmt::format("https://127.0.0.1:{}/", port)},
            {"certificate", base64url(tls.thumbprint())}};
}

json::array witnesses_of(const Places& places, const Organisations& organisations,
                         const Ports& ports) {
    json::array witnesses;
    for (std::size_t i = 0; i < organisations.witnesses.size(); ++i) {
        const auto& id = organisations.witnesses[i].id;
        const auto key = crypto::PrivateKey::load(places.keys_of(id) + "/witness.key");
        const auto verifier = tlog::WitnessVerifier::make(id + ".mado.example", key.public_key());
        witnesses.push_back(public_service(places, verifier->vkey(), id, ports.witness(i)));
    }
    return witnesses;
}

json::object directory_body(const Places& places, const Organisations& organisations,
                            const Ports& ports) {
    json::array participants;
    for (const auto& one : organisations.participants) {
        const auto key =
            crypto::PrivateKey::load(places.keys_of(one.id) + "/signing.key").public_key();
        json::array addresses;
        json::array redirect_uris;
        if (one.kind == "portal") redirect_uris.emplace_back(portal_url(ports) + "login/back");
        if (one.kind == "issuer") {
            redirect_uris.emplace_back(window_url(ports) + "login/back");
            redirect_uris.emplace_back(window_url(ports) + "decision/back");
            redirect_uris.emplace_back(window_url(ports) + "renew/back");
        }
        if (one.kind == "relay") addresses.emplace_back(fmt::format("127.0.0.1:{}", ports.first));
        participants.push_back(
            json::object{{"id", one.id},
                         {"name", one.name},
                         {"kind", one.kind},
                         {"certificates", certificates_of(places, organisations, one)},
                         {"signing_keys", json::array{listed_key(key)}},
                         {"services", services_of(one)},
                         {"addresses", std::move(addresses)},
                         {"redirect_uris", std::move(redirect_uris)}});
        auto& listed = participants.back().as_object();
        if (one.kind == "portal") {
            listed["web_build"] = base64url(wire::load_web_build(places.web_portal()).hash);
        }
        if (one.kind == "issuer") {
            listed["web_build"] = base64url(wire::load_web_build(places.web_window()).hash);
        }
        if (!takes_payloads(one)) continue;
        const auto sealing =
            crypto::PrivateKey::load(places.keys_of(one.id) + "/sealing.key").public_key();
        listed["sealing_keys"] = json::array{listed_key(sealing)};
    }
    const auto log_key = crypto::PrivateKey::load(places.keys_of("relay") + "/log.key");
    const auto log = tlog::NoteVerifier::make(std::string(log_origin), log_key.public_key());
    json::array authorities;
    for (const auto authority : card_authorities)
        authorities.push_back(
            json::value(base64url(authority_certificate(places, authority).der())));
    authorities.push_back(json::value(base64url(load_certificate(places.ca_certificate()).der())));
    const auto hash_of = [](const std::string& path) {
        const auto text = read_file(path);
        if (!text) throw OperatorError("the file is missing: " + path);
        return base64url(crypto::sha256(as_bytes(*text)));
    };
    return {{"policy", hash_of(places.policy())},
            {"schemes", hash_of(places.schemes())},
            {"participants", std::move(participants)},
            {"logs", json::array{public_service(places, log->vkey(), "relay", ports.log())}},
            {"witnesses", witnesses_of(places, organisations, ports)},
            {"quorum", organisations.witnesses.size()},
            {"card_authorities", std::move(authorities)}};
}

// The supervising authority signs a new version when what the directory should say has changed;
// true when it did.
bool sign_directory(const Places& places, const Organisations& organisations, const Ports& ports) {
    auto body = directory_body(places, organisations, ports);
    std::int64_t version = 1;
    if (const auto old = read_file(places.directory(), wire::directory_bytes_max)) {
        const auto jws = crypto::parse_jws(*old, {.bytes_max = wire::directory_bytes_max});
        auto payload = jws ? parse_json_object(as_text(jws->payload),
                                               {.text_bytes_max = wire::directory_bytes_max,
                                                .values_max = 1'000'000})
                           : bad("");
        if (!payload) throw OperatorError("the directory cannot be read: " + places.directory());
        version = payload->at("version").as_int64() + 1;
        payload->erase("version");
        payload->erase("issued_at");
        if (*payload == body) return false;
    }
    body["version"] = version;
    body["issued_at"] = unix_now();
    const auto key = crypto::PrivateKey::load(places.keys_of("authority") + "/directory.key");
    const auto jws =
        crypto::sign_jws(wire::directory_type,
                         {.key_id = base64url(key.public_key().thumbprint()), .certificate = {}},
                         as_bytes(json::serialize(body)), key);
    replace_file(places.directory(), as_bytes(jws));
    return true;
}

// What the authority signs, every program must be able to read.
void check_national_files(const Places& places) {
    const auto text_of = [](const std::string& path) {
        auto text = read_file(path);
        if (!text) throw OperatorError("the file is missing: " + path);
        return std::move(*text);
    };
    must(wire::Policy::parse(text_of(places.policy())), places.policy());
    must(wire::Schemes::parse(text_of(places.schemes())), places.schemes());
}

// Runs a program to its end; what it prints goes to our own streams.
void run_to_its_end(const std::vector<std::string>& words) {
    std::vector<char*> arguments;
    for (const auto& word : words)
        arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    const pid_t child = ::fork();
    if (child < 0) throw Failure("cannot start another process");
    if (child == 0) {
        ::execv(arguments[0], arguments.data());
        ::_exit(127);
    }
    int status = 0;
    if (::waitpid(child, &status, 0) != child) throw Failure("a started process was lost");
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        throw OperatorError(fs::path(words[0]).filename().string() +
                            " did not succeed; what it said stands above");
    }
}

// Where the folder is now: a country may be moved while it does not run.
void write_token_config(const std::string& folder) {
    replace_file(folder + "/softhsm2.conf",
                 as_bytes("directories.tokendir = " + folder + "/token\nlog.level = ERROR\n"),
                 0600);
}

// A token in the folder (SoftHSM2's), and its PIN beside it.
void make_token(const std::string& folder, const std::string& label) {
    const auto pin = hex(crypto::random_bytes(16));
    fs::create_directories(folder + "/token");
    replace_file(folder + "/pin", as_bytes(pin), 0600);
    write_token_config(folder);
    // The PIN that could set another one is thrown away.
    run_to_its_end({"/usr/bin/env", "SOFTHSM2_CONF=" + folder + "/softhsm2.conf", "/bin/sh", "-c",
                    "exec softhsm2-util --init-token --free --label \"$1\" --pin \"$2\" "
                    "--so-pin \"$3\" > /dev/null",
                    "sh", label, pin, hex(crypto::random_bytes(16))});
}

// What it prints of its success is not for who makes a country.
void run_quietly(const std::vector<std::string>& words) {
    std::vector<std::string> all{"/bin/sh", "-c", "exec \"$@\" > /dev/null", "sh"};
    all.insert(all.end(), words.begin(), words.end());
    run_to_its_end(all);
}

// What a program does once, before it serves.
void prepare(const Places& places, const std::string& program, const std::string& command,
             const std::string& id) {
    run_quietly({places.programs + "/" + program, command, places.config(id)});
}

// The certificate authority's keys are made in its token.
void make_certificate_authority(const Places& places) {
    make_token(places.keys_of("ca"), "mado-ca");
    fs::create_directories(places.ca_state());
    write_ca_config(places, Ports(read_port(places), read_organisations()));
    prepare(places, "mado-ca", "init", "ca");
}

}  // namespace

// Clerks log in with their own cards, as everybody does. What the one at a window may not do, the
// other one there does; what both have had a hand in, the centre's own approver approves.
void write_clerks(const Places& places) {
    struct DemoClerk {
        const char *name, *municipality;
        json::array roles;
    };
    const DemoClerk all[]{
        {"sato-1", "992011", {"window"}}, {"taro", "992011", {"window", "approver"}},
        {"sango", "992020", {"window"}},  {"futae", "992020", {"window", "approver"}},
        {"jiei", "", {"approver"}},       {"kiroku", "", {"hotline", "supervisor"}}};
    const Secret password(as_bytes(demo_password));
    json::array clerks;
    for (const auto& [name, municipality, roles] : all) {
        const auto card = hold_card(places, name);
        if (!card) throw Failure("a clerk of the demo has no card");
        const auto log_in = (*card)->authentication_certificate();
        const auto signing = (*card)->signing_certificate(password);
        if (!log_in || !signing) throw Failure("a clerk's card has not its certificates");
        json::object clerk{{"name", name},
                           {"card", base64url(log_in->thumbprint())},
                           {"signing", base64url(signing->thumbprint())},
                           {"roles", roles}};
        if (*municipality != '\0') clerk["municipality"] = municipality;
        clerks.push_back(std::move(clerk));
    }
    replace_file(places.clerks(),
                 as_bytes(json::serialize(json::object{{"clerks", std::move(clerks)}})));
}

bool country_exists(const Places& places) {
    return fs::exists(places.state() + "/complete");
}

void make_country(const Places& places, const CountrySettings& settings) {
    for (const auto& folder : {places.state(), places.keys(), places.anchor()}) {
        if (!fs::exists(folder)) continue;
        throw OperatorError("there is already something in " + folder +
                            ", but no complete country. Start over: ./mado up --fresh");
    }
    const auto organisations = read_organisations();
    check_national_files(places);
    for (const auto& folder : {places.state() + "/relay", places.issuer_state(), places.keys(),
                               places.anchor(), places.run()}) {
        fs::create_directories(folder);
    }
    fs::permissions(places.root, fs::perms::owner_all);
    for (const auto& gateway : organisations.gateways) {
        fs::create_directories(places.state() + "/gateways/" + gateway.id);
    }
    for (const auto& witness : organisations.witnesses) {
        fs::create_directories(places.state() + "/witnesses/" + witness.id);
    }
    fmt::print("mado: country: {} people and the databases of their insurers\n", settings.people);
    std::fflush(stdout);
    run_to_its_end({places.programs + "/mado-country", "--out", places.state() + "/country",
                    "--people", std::to_string(settings.people)});
    fmt::print("mado: country: keys, certificates, cards\n");
    std::fflush(stdout);
    make_keys(places, organisations);
    write_port(places, settings.port);
    make_certificate_authority(places);
    make_token(places.keys_of("relay"), "mado-relay");
    prepare_programs(places);
    prepare(places, "mado-relay", "wrap-keys", "relay");
    prepare(places, "mado-issuer", "init", "issuer");
    make_cards(places, [&places] {
        run_quietly({places.programs + "/mado-ca", "take-on", places.config("ca"),
                     places.ca_take_on_file(), places.ca_issued_file()});
    });
    write_clerks(places);
    fmt::print("mado: country: the relay takes on those with cards\n");
    std::fflush(stdout);
    run_to_its_end(
        {places.programs + "/mado-relay", "import", places.config("relay"), places.import_file()});
    run_quietly({places.programs + "/mado-issuer", "take-on", places.config("issuer"),
                 places.issuer_take_on_file()});
    replace_file(places.state() + "/complete", as_bytes("1\n"));
}

bool prepare_programs(const Places& places) {
    const auto organisations = read_organisations();
    check_national_files(places);
    const Ports ports(read_port(places), organisations);
    fs::create_directories(places.run());
    for (const auto* owner : {"ca", "relay"})
        write_token_config(places.keys_of(owner));
    write_card_lists(places);
    const bool changed = sign_directory(places, organisations, ports);
    write_configs(places, organisations, ports);
    return changed;
}

}  // namespace mado::cli
