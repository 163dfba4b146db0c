#include "wire/directory.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "base/file.hpp"
#include "crypto/digest.hpp"
#include "crypto/jws.hpp"

namespace mado::wire {
namespace {

constexpr JsonLimits limits{
    .text_bytes_max = directory_bytes_max, .depth_max = 8, .values_max = participants_max * 32};

Parsed<std::vector<Address>> read_addresses(const std::vector<std::string>& texts) {
    std::vector<Address> out;
    for (const auto& text : texts) {
        auto address = parse_address(text);
        if (!address) return std::unexpected(address.error());
        out.push_back(*std::move(address));
    }
    return out;
}

Parsed<std::map<std::string, crypto::PublicKey>> read_keys(const json::array& array) {
    std::map<std::string, crypto::PublicKey> keys;
    for (const auto& element : array) {
        if (!element.is_object()) return bad("a signing key is not an object");
        Members in(element.get_object());
        const auto kid = in.text("kid", 64);
        auto key = crypto::PublicKey::from_jwk(in.object("jwk"));
        if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
        if (!key) return std::unexpected(key.error());
        if (!keys.emplace(kid, *key).second) return bad("two keys have one kid");
    }
    return keys;
}

Parsed<Participant> read_participant(const json::value& value) {
    if (!value.is_object()) return bad("a participant is not an object");
    Members in(value.get_object());
    auto id = ParticipantId::parse(in.text("id", 64));
    auto kind = CodeId::parse(in.text("kind", 64));
    const auto name = in.text("name", 300);
    const auto certificates = in.texts("certificates", 16, hash_text_bytes);
    auto keys = read_keys(in.array("signing_keys", 16));
    const auto services = in.texts("services", 64, 64);
    auto addresses = read_addresses(in.texts("addresses", 16, 300));
    auto sealing_keys = in.has("sealing_keys") ? read_keys(in.array("sealing_keys", 16))
                                               : Parsed<std::map<std::string, crypto::PublicKey>>{};
    auto redirect_uris =
        in.has("redirect_uris") ? in.texts("redirect_uris", 64, 1000) : std::vector<std::string>{};
    const auto web_build = in.optional_hash("web_build");
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (!id) return std::unexpected(id.error());
    if (!kind) return std::unexpected(kind.error());
    if (!keys) return std::unexpected(keys.error());
    if (!addresses) return std::unexpected(addresses.error());
    if (!sealing_keys) return std::unexpected(sealing_keys.error());
    for (const auto& uri : redirect_uris) {
        if (auto origin = origin_of(uri); !origin) return std::unexpected(origin.error());
    }
    Participant out{.id = *id,
                    .name = name,
                    .kind = *kind,
                    .certificates = {},
                    .signing_keys = std::move(*keys),
                    .services = {},
                    .sealing_keys = std::move(*sealing_keys),
                    .addresses = std::move(*addresses),
                    .redirect_uris = std::move(redirect_uris),
                    .web_build = web_build};
    for (const auto& text : certificates) {
        auto hash = parse_hash(text);
        if (!hash) return std::unexpected(hash.error());
        out.certificates.push_back(*hash);
    }
    for (const auto& text : services) {
        auto service = ServiceId::parse(text);
        if (!service) return std::unexpected(service.error());
        out.services.push_back(*service);
    }
    return out;
}

template <class Verifier>
Parsed<PublicService<Verifier>> read_service(const json::value& value) {
    if (!value.is_object()) return bad("a log or witness is not an object");
    Members in(value.get_object());
    auto key = Verifier::parse(in.text("key", 500));
    auto url = parse_url_prefix(in.text("url", 300));
    const auto certificate = in.hash("certificate");
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (!key) return std::unexpected(key.error());
    if (!url) return std::unexpected(url.error());
    return PublicService<Verifier>{
        .key = *std::move(key), .url = *std::move(url), .certificate = certificate};
}

// The logs, and who watches them.
Parsed<void> read_logs(Members& in, Directory& out) {
    for (const auto& element : in.array("logs", logs_max)) {
        auto log = read_service<tlog::NoteVerifier>(element);
        if (!log) return std::unexpected(log.error());
        if (out.log(log->key.name()) != nullptr) return bad("two logs have one origin");
        out.logs.push_back(*std::move(log));
    }
    std::vector<tlog::WitnessVerifier> keys;
    for (const auto& element : in.array("witnesses", tlog::witnesses_max)) {
        auto witness = read_service<tlog::WitnessVerifier>(element);
        if (!witness) return std::unexpected(witness.error());
        // signed-note, "Verifier keys": no key for two types. A log would be its own witness.
        for (const auto& log : out.logs) {
            if (log.key.key().raw_ed25519() == witness->key.key().raw_ed25519()) {
                return bad("a log and a witness have one key");
            }
        }
        keys.push_back(witness->key);
        out.witnesses.push_back(*std::move(witness));
    }
    const auto needed = in.integer("quorum", 0, tlog::witnesses_max);
    auto quorum = tlog::Quorum::make(std::move(keys), static_cast<std::size_t>(needed));
    if (!quorum) return std::unexpected(quorum.error());
    out.quorum = *std::move(quorum);
    return {};
}

Parsed<void> read_lists(Members& in, Directory& out) {
    for (const auto& element : in.array("participants", participants_max)) {
        auto participant = read_participant(element);
        if (!participant) return std::unexpected(participant.error());
        out.certificates.insert(participant->certificates.begin(), participant->certificates.end());
        out.participants.push_back(std::move(*participant));
    }
    for (const auto& text : in.texts("card_authorities", 64, 16 * 1024)) {
        auto der = parse_base64url(text);
        if (!der) return std::unexpected(der.error());
        auto certificate = crypto::Certificate::from_der(*der);
        if (!certificate) return std::unexpected(certificate.error());
        out.card_authorities.push_back(std::move(*certificate));
    }
    return {};
}

Parsed<void> check_unique(const Directory& directory) {
    std::size_t relays = 0;
    for (std::size_t i = 0; i < directory.participants.size(); ++i) {
        // Sorted by id (checked here), so that find() can search by halves.
        if (i > 0 && !(directory.participants[i - 1].id < directory.participants[i].id)) {
            return bad("participants are not sorted by id, or an id comes twice");
        }
        if (directory.participants[i].kind.text() == "relay") ++relays;
    }
    if (relays != 1) return bad("the directory must name exactly one relay");
    const auto& relay = directory.relay();
    if (relay.addresses.empty()) return bad("the relay has no address");
    const auto of_relay = std::ranges::count_if(directory.logs, [&relay](const AccessLog& log) {
        return relay.has_certificate(log.certificate);
    });
    if (of_relay > 1) return bad("two logs show the relay's certificate, which writes one");
    return {};
}

}  // namespace

bool Participant::has_certificate(const Hash& certificate) const {
    return std::ranges::find(certificates, certificate) != certificates.end();
}

bool Participant::offers(const ServiceId& service) const {
    return std::ranges::find(services, service) != services.end();
}

const crypto::PublicKey* Participant::signing_key(const std::optional<std::string>& kid) const {
    if (!kid) return nullptr;
    const auto found = signing_keys.find(*kid);
    return found == signing_keys.end() ? nullptr : &found->second;
}

const Participant* Directory::find(std::string_view id) const {
    const auto found = std::ranges::lower_bound(
        participants, id, {}, [](const Participant& p) { return std::string_view(p.id.text()); });
    return found == participants.end() || found->id.text() != id ? nullptr : &*found;
}

const Participant* Directory::find(const ParticipantId& id) const {
    return find(id.text());
}

const AccessLog* Directory::log(std::string_view origin) const {
    const auto found = std::ranges::find_if(
        logs, [origin](const AccessLog& log) { return log.key.name() == origin; });
    return found == logs.end() ? nullptr : &*found;
}

bool Directory::knows_certificate(const Hash& certificate) const {
    return certificates.contains(certificate);
}

const Participant& Directory::relay() const {
    return *std::ranges::find_if(participants,
                                 [](const Participant& p) { return p.kind.text() == "relay"; });
}

Parsed<Directory> open_directory(std::string_view text, const crypto::PublicKey& authority) {
    auto jws = crypto::parse_jws(text, {.bytes_max = directory_bytes_max});
    if (!jws) return std::unexpected(jws.error());
    if (jws->type != directory_type) return bad("not a directory");
    if (!crypto::verify_jws(*jws, authority)) return bad("not signed by the supervising authority");
    auto object = parse_json_object(as_text(jws->payload), limits);
    if (!object) return std::unexpected(object.error());

    Members in(*object);
    Directory out;
    out.version = in.integer("version", 1);
    in.integer("issued_at");
    out.policy = in.hash("policy");
    out.schemes = in.hash("schemes");
    if (auto ok = read_lists(in, out); !ok) return std::unexpected(ok.error());
    if (auto ok = read_logs(in, out); !ok) return std::unexpected(ok.error());
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (auto ok = check_unique(out); !ok) return std::unexpected(ok.error());
    out.entry = crypto::sha256({as_bytes("mado/directory/1\n"), as_bytes(text)});
    return out;
}

DirectoryFile load_directory_file(const std::string& path, const std::string& authority_key_path) {
    auto jws = read_file(path, directory_bytes_max);
    if (!jws) throw OperatorError("directory_invalid: there is no directory at " + path);
    const auto key_text = read_file(authority_key_path, 4096);
    if (!key_text) {
        throw OperatorError("the supervising authority's public key is missing: " +
                            authority_key_path);
    }
    const auto jwk = parse_json_object(*key_text);
    const auto key = jwk ? crypto::PublicKey::from_jwk(*jwk) : std::unexpected(jwk.error());
    if (!key) {
        throw OperatorError("the supervising authority's public key is not a JWK: " +
                            authority_key_path);
    }
    auto directory = open_directory(*jws, *key);
    if (!directory) {
        throw OperatorError("directory_invalid: " + path + " is refused: " + directory.error().why +
                            ". Get the directory again from the supervising authority.");
    }
    return {.directory = std::move(*directory), .jws = std::move(*jws)};
}

Directory load_directory(const std::string& path, const std::string& authority_key_path) {
    return load_directory_file(path, authority_key_path).directory;
}

}  // namespace mado::wire
