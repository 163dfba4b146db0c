#include "card_office.hpp"

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>

#include "base/file.hpp"
#include "base/json.hpp"
#include "card/personalise.hpp"
#include "card_authority.hpp"
#include "chip/inserted.hpp"
#include "crypto/digest.hpp"
#include "crypto/jws.hpp"

namespace mado::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view demo_pin = "1234";

CardState state_of(const json::object& person) {
    const std::string_view text = person.at("card").as_string();
    if (text == "active") return CardState::active;
    if (text == "expired") return CardState::expired;
    if (text == "revoked") return CardState::revoked;
    throw Failure("people.ndjson has a card in a state that there is not");
}

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
        return {authority.certify(key.public_key(), state_of(person))};
    }

  private:
    // Through the card's own commands: the keys are made in the chip, and stay there.
    std::vector<crypto::Certificate> personalise(const CardAuthority& authority,
                                                 const json::object& person) {
        using card::KeyUse;
        const std::string name(person.at("key").as_string());
        const auto state = state_of(person);
        const bool today = named_++ % 2 == 0;
        const auto file = places_.card(name);
        fs::remove(file);  // of an earlier start that did not come to its end
        make_blank_card(places_, file,
                        {.kind = today ? chip::CardKind::jpki : chip::CardKind::piv});
        chip::Inserted reader(file);
        auto issuer = demand(card::Personaliser::begin(reader, [this](const card::ChipFacts& chip) {
            return card_issuer_key(places_, chip);
        }));
        const auto login_key = demand(issuer.generate(
            KeyUse::authentication, today ? crypto::KeyType::rsa : crypto::KeyType::p256));
        const auto signing_key = demand(
            issuer.generate(KeyUse::signing, today ? crypto::KeyType::rsa : crypto::KeyType::p384));
        std::vector<crypto::Certificate> out{
            authority.certify(login_key, state),
            authority.certify_signing(signing_key, std::string(person.at("name").as_string()),
                                      state)};
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
    const bool revoked = state_of(person) == CardState::revoked;
    json::array certificates;
    for (const auto& certificate : office.issue(person)) {
        certificates.push_back(json::object{{"certificate", base64url(certificate.der())},
                                            {"status", revoked ? "revoked" : "active"}});
    }
    return {{"health_care_number", person.at("health_care_number")},
            {"identifiers", person.at("identifiers")},
            {"certificates", std::move(certificates)}};
}

}  // namespace

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

namespace {

Secret root_of(const Places& places) {
    return read_secret_file(places.keys_of("issuer") + "/cards.key");
}

}  // namespace

void make_blank_card(const Places& places, const std::string& file, const chip::CardForm& form) {
    const auto serial = chip::new_serial();
    chip::CardFile::create(file, card::chip_issuer_key(root_of(places), serial), form, serial);
}

Secret card_issuer_key(const Places& places, const card::ChipFacts& chip) {
    return card::chip_issuer_key(root_of(places), chip.serial);
}

}  // namespace mado::cli
