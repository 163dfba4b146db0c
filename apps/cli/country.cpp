#include "country.hpp"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <map>

#include "base/config.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "card/personalise.hpp"
#include "card_authority.hpp"
#include "chip/inserted.hpp"
#include "crypto/digest.hpp"
#include "crypto/jws.hpp"
#include "crypto/x509.hpp"
#include "tlog/cosignature.hpp"
#include "wire/directory.hpp"
#include "wire/policy.hpp"

namespace mado::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view log_origin = "log.mado.example/1";
constexpr std::string_view demo_pin = "1234";
constexpr std::string_view demo_password = "ABC123";
constexpr std::int64_t year_s = 365 * 86'400;

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
struct Organisations {
    std::vector<Organisation> participants;  // sorted by id
    std::vector<Gateway> gateways;
    std::vector<Witness> witnesses;

    // Whose TLS certificate an organisation shows: a holder's is its gateway's.
    [[nodiscard]] std::string tls_owner(const std::string& id) const {
        for (const auto& gateway : gateways) {
            if (std::ranges::find(gateway.holders, id) != gateway.holders.end()) return gateway.id;
        }
        return id;
    }
};

json::object read_json(const std::string& path) {
    const auto text = read_file(path);
    if (!text) throw OperatorError("the file is missing: " + path);
    auto object = parse_json_object(*text, {.text_bytes_max = 1 << 20});
    if (!object) throw OperatorError(path + " cannot be read: " + object.error().why);
    return std::move(*object);
}

Organisations read_organisations() {
    const std::string path = "country/jp/organisations.json";
    const auto object = read_json(path);
    Members in(object);
    Organisations out;
    for (const auto& value : in.array("participants", 1000)) {
        Members one(value.as_object());
        out.participants.push_back(
            {.id = one.text("id"), .name = one.text("name"), .kind = one.text("kind")});
    }
    for (const auto& value : in.array("gateways", 1000)) {
        Members one(value.as_object());
        out.gateways.push_back({.id = one.text("id"), .holders = one.texts("holders", 100)});
    }
    for (const auto& value : in.array("witnesses", 64)) {
        Members one(value.as_object());
        out.witnesses.push_back({.id = one.text("id"), .name = one.text("name")});
    }
    if (!in.finish()) throw OperatorError(path + " does not have its form");
    std::ranges::sort(out.participants, {}, &Organisation::id);
    return out;
}

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
};

std::string portal_url(const Ports& ports) {
    return fmt::format("https://127.0.0.1:{}/", ports.portal());
}

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

void make_keys(const Places& places, const Organisations& organisations) {
    fs::create_directories(places.keys_of("authority"));
    const auto authority =
        new_key(places.keys_of("authority") + "/directory.key", crypto::KeyType::p256);
    replace_file(places.authority_key(), as_bytes(authority.public_key().jwk()));
    for (const auto& one : organisations.participants) {
        fs::create_directories(places.keys_of(one.id));
        new_key(places.keys_of(one.id) + "/signing.key", crypto::KeyType::p256);
        if (organisations.tls_owner(one.id) == one.id) make_tls(places.keys_of(one.id), one.id);
    }
    for (const auto& gateway : organisations.gateways) {
        fs::create_directories(places.keys_of(gateway.id));
        make_tls(places.keys_of(gateway.id), gateway.id);
    }
    for (const auto& witness : organisations.witnesses) {
        fs::create_directories(places.keys_of(witness.id));
        new_key(places.keys_of(witness.id) + "/witness.key", crypto::KeyType::ed25519);
        make_tls(places.keys_of(witness.id), witness.id);
    }
    const auto relay = places.keys_of("relay");
    new_key(relay + "/log.key", crypto::KeyType::ed25519);
    new_key(relay + "/sealing.key", crypto::KeyType::p256);
    write_secret(relay + "/seal.key", crypto::random_bytes(32));
    write_secret(relay + "/index.key", crypto::random_bytes(32));

    make_card_authorities(places);
    write_secret(places.keys_of("card-authority") + "/cards.key", crypto::random_bytes(32));
}

crypto::Certificate load_certificate(const std::string& path) {
    const auto pem = read_file(path);
    auto certificate = pem ? crypto::Certificate::from_pem(as_bytes(*pem)) : bad("missing");
    if (!certificate) throw OperatorError("not a certificate: " + path);
    return std::move(*certificate);
}

// --- directory ---

// A holder offers what it has mapped.
json::array services_of(const Organisation& one) {
    if (one.kind == "relay")
        return {"entries", "bells", "question", "questions", "question-answer"};
    json::array out;
    const auto mapping = "country/jp/holders/" + one.id + ".toml";
    if (!fs::exists(mapping)) return out;
    for (const auto& service : Config::load(mapping).table("service").keys())
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
        const auto tls =
            load_certificate(places.keys_of(organisations.tls_owner(one.id)) + "/tls.crt");
        json::array addresses;
        json::array redirect_uris;
        if (one.kind == "portal") redirect_uris.emplace_back(portal_url(ports) + "login/back");
        if (one.kind == "relay") addresses.emplace_back(fmt::format("127.0.0.1:{}", ports.first));
        participants.push_back(json::object{{"id", one.id},
                                            {"name", one.name},
                                            {"kind", one.kind},
                                            {"certificates", {base64url(tls.thumbprint())}},
                                            {"signing_keys", json::array{listed_key(key)}},
                                            {"services", services_of(one)},
                                            {"addresses", std::move(addresses)},
                                            {"redirect_uris", std::move(redirect_uris)}});
        if (one.kind != "relay") continue;
        const auto sealing =
            crypto::PrivateKey::load(places.keys_of(one.id) + "/sealing.key").public_key();
        participants.back().as_object()["sealing_keys"] = json::array{listed_key(sealing)};
    }
    const auto log_key = crypto::PrivateKey::load(places.keys_of("relay") + "/log.key");
    const auto log = tlog::NoteVerifier::make(std::string(log_origin), log_key.public_key());
    json::array authorities;
    for (const auto authority : card_authorities)
        authorities.push_back(
            json::value(base64url(authority_certificate(places, authority).der())));
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

// --- cards and the take-on file ---

class CardOffice {
  public:
    explicit CardOffice(const Places& places)
        : places_(places), own_(places, own_authority), jpki_(places, jpki_authority) {
        fs::create_directories(places.keys() + "/cards");
        fs::permissions(places.keys() + "/cards", fs::perms::owner_all);
    }

    // A card for one person, and its certificates. Named people get one that `--card` takes, by
    // turns today's (RSA) and the next (P-256, P-384); of the others there is the certificate only.
    // Every tenth has a card of the authority that is in JPKI's form.
    std::vector<crypto::Certificate> issue(const json::object& person) {
        const auto& authority = ++issued_ % 10 == 0 ? jpki_ : own_;
        if (person.at("key").is_string()) return personalise(authority, person);
        const auto key = crypto::PrivateKey::generate(crypto::KeyType::p256);
        return {authority.certify(key.public_key(), person.at("card").as_string())};
    }

  private:
    // Through the card's own commands: the keys are made in the chip, and stay there.
    std::vector<crypto::Certificate> personalise(const CardAuthority& authority,
                                                 const json::object& person) {
        using card::KeyUse;
        const std::string name(person.at("key").as_string());
        const std::string_view status = person.at("card").as_string();
        const bool today = named_++ % 2 == 0;
        const auto file = places_.card(name);
        fs::remove(file);  // of an earlier start that did not come to its end
        const auto issuer_key = card_issuer_key(places_, name);
        chip::CardFile::create(file, issuer_key,
                               {.kind = today ? chip::CardKind::jpki : chip::CardKind::piv});
        chip::Inserted reader(file);
        auto issuer = demand(card::Personaliser::begin(reader, issuer_key));
        const auto login_key = demand(issuer.generate(
            KeyUse::authentication, today ? crypto::KeyType::rsa : crypto::KeyType::p256));
        const auto signing_key = demand(
            issuer.generate(KeyUse::signing, today ? crypto::KeyType::rsa : crypto::KeyType::p384));
        std::vector<crypto::Certificate> out{
            authority.certify(login_key, status),
            authority.certify_signing(signing_key, std::string(person.at("name").as_string()),
                                      status)};
        const bool done =
            issuer.write_certificate(KeyUse::authentication, out[0], authority.certificate()) &&
            issuer.write_certificate(KeyUse::signing, out[1], authority.certificate()) &&
            issuer.set_pin(KeyUse::authentication, Secret(as_bytes(demo_pin))) &&
            issuer.set_pin(KeyUse::signing, Secret(as_bytes(demo_password)));
        if (!done) throw Failure("a new card refuses its issuer");
        return out;
    }
    template <class T>
    static T demand(std::expected<T, card::IssueError> result) {
        if (!result) throw Failure("a new card refuses its issuer");
        return std::move(*result);
    }

    const Places& places_;
    CardAuthority own_;
    CardAuthority jpki_;
    std::size_t issued_ = 0;
    std::size_t named_ = 0;
};

json::object import_line(const json::object& person, CardOffice& office) {
    const bool revoked = person.at("card").as_string() == "revoked";
    json::array certificates;
    for (const auto& certificate : office.issue(person)) {
        certificates.push_back(json::object{{"certificate", base64url(certificate.der())},
                                            {"status", revoked ? "revoked" : "active"}});
    }
    return {{"health_care_number", person.at("health_care_number")},
            {"identifiers", person.at("identifiers")},
            {"certificates", std::move(certificates)}};
}

// What the issuing centre hands to the relay and keeps: one line for each person with a card,
// signed.
void make_import_file(const Places& places) {
    CardOffice office(places);
    const std::string path = places.import_file();
    std::ifstream in(places.state() + "/country/people.ndjson");
    std::ofstream out(path, std::ios::trunc);
    std::string line;
    std::int64_t persons = 0;
    while (std::getline(in, line)) {
        const auto person = parse_json_object(line);
        if (!person) throw Failure("people.ndjson has a line that is not JSON");
        if (!person->at("issued").as_bool()) continue;
        out << json::serialize(import_line(*person, office)) << '\n';
        ++persons;
    }
    out.close();
    if (!out) throw Failure("cannot write " + path);
    const auto content = read_file(path, std::size_t{1} << 40);
    const auto key = crypto::PrivateKey::load(places.keys_of("issuer") + "/signing.key");
    const json::object statement{{"iss", "issuer"},
                                 {"iat", unix_now()},
                                 {"sha256", base64url(crypto::sha256(as_bytes(*content)))},
                                 {"persons", persons}};
    const auto jws = crypto::sign_jws(
        "mado-import+jws", {.key_id = base64url(key.public_key().thumbprint()), .certificate = {}},
        as_bytes(json::serialize(statement)), key);
    replace_file(path + ".jws", as_bytes(jws));
}

// --- programs ---

// Runs a program to its end; what it prints goes to our own streams.
void run_program(const std::vector<std::string>& words) {
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

std::string port_file(const Places& places) {
    return places.state() + "/port";
}

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

void write_gateway_config(const Places& places, const Organisations& organisations,
                          const Gateway& gateway, std::uint16_t operator_port) {
    auto text = common_config(places, gateway.id) +
                fmt::format("evidence = \"{}/gateways/{}/evidence.sqlite\"\noperator_port = {}\n",
                            places.state(), gateway.id, operator_port) +
                allowed_rows(organisations, gateway);
    for (const auto& holder : gateway.holders) {
        text += fmt::format(
            "\n[[holder]]\nmapping = \"country/jp/holders/{0}.toml\"\n"
            "database = \"{1}/country/holders/{0}.sqlite\"\nsigning_key = \"{2}/signing.key\"\n",
            holder, places.state(), places.keys_of(holder));
    }
    write_config(places, gateway.id, text);
}

}  // namespace

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
    for (const auto& folder :
         {places.state() + "/relay", places.keys(), places.anchor(), places.run()}) {
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
    run_program({places.programs + "/mado-country", "--out", places.state() + "/country",
                 "--people", std::to_string(settings.people)});
    fmt::print("mado: country: keys, certificates, cards\n");
    std::fflush(stdout);
    make_keys(places, organisations);
    replace_file(port_file(places), as_bytes(std::to_string(settings.port)));
    prepare_programs(places);
    make_import_file(places);
    fmt::print("mado: country: the relay takes on those with cards\n");
    std::fflush(stdout);
    run_program(
        {places.programs + "/mado-relay", "import", places.config("relay"), places.import_file()});
    replace_file(places.state() + "/complete", as_bytes("1\n"));
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
    return programs;
}

std::string portal_url(const Places& places) {
    return portal_url(Ports(read_port(places), read_organisations()));
}

Program readers_program(const Places& places) {
    return {.name = "readers",
            .binary = "mado-softcard",
            .operator_port = 0,
            .ports = {},
            .socket = places.readers() + "/pcscd.comm"};
}

void prepare_readers(const Places& places) {
    fs::create_directories(places.readers());
    write_config(places, "readers", fmt::format("folder = \"{}\"\n", places.readers()));
}

Secret card_issuer_key(const Places& places, const std::string& name) {
    const auto root = read_secret_file(places.keys_of("card-authority") + "/cards.key");
    return Secret(ByteView(crypto::hmac_sha256(root.view(), {as_bytes(name)})));
}

bool prepare_programs(const Places& places) {
    const auto organisations = read_organisations();
    check_national_files(places);
    const Ports ports(read_port(places), organisations);
    fs::create_directories(places.run());
    write_card_lists(places);
    const bool changed = sign_directory(places, organisations, ports);
    write_config(places, "relay",
                 common_config(places, "relay") +
                     fmt::format("state = \"{}/relay\"\nanchor = \"{}/relay\"\nport = {}\n"
                                 "public_port = {}\noperator_port = {}\nthreads = 2\n"
                                 "card_lists = \"{}\"\n",
                                 places.state(), places.anchor(), ports.first, ports.log(),
                                 ports.relay_operator(), places.card_lists()));
    for (std::size_t i = 0; i < organisations.gateways.size(); ++i) {
        write_gateway_config(places, organisations, organisations.gateways[i],
                             ports.gateway_operator(i));
    }
    for (std::size_t i = 0; i < organisations.witnesses.size(); ++i) {
        const auto& id = organisations.witnesses[i].id;
        write_config(places, id,
                     fmt::format("keys = \"{}\"\ndirectory = \"{}\"\nauthority = \"{}\"\n"
                                 "state = \"{}/witnesses/{}\"\nport = {}\noperator_port = {}\n",
                                 places.keys_of(id), places.directory(), places.authority_key(),
                                 places.state(), id, ports.witness(i), ports.witness_operator(i)));
    }
    fs::create_directories(places.readers());
    write_config(
        places, "agent",
        fmt::format("directory = \"{}\"\nauthority = \"{}\"\npolicy = \"{}\"\n"
                    "pcscd = \"{}\"\nport = {}\noperator_port = {}\n",
                    places.directory(), places.authority_key(), places.policy(),
                    readers_program(places).socket, ports.agent(), ports.agent_operator()));
    write_config(places, "portal",
                 fmt::format("id = \"portal\"\nkeys = \"{}\"\ndirectory = \"{}\"\n"
                             "authority = \"{}\"\npolicy = \"{}\"\nredirect_uri = "
                             "\"{}login/back\"\nagent = \"http://127.0.0.1:{}\"\nport = {}\n"
                             "operator_port = {}\n",
                             places.keys_of("portal"), places.directory(), places.authority_key(),
                             places.policy(), portal_url(ports), ports.agent(), ports.portal(),
                             ports.portal_operator()));
    return changed;
}

}  // namespace mado::cli
