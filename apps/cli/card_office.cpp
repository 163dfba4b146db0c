#include "card_office.hpp"

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "base/file.hpp"
#include "base/json.hpp"
#include "card/personalise.hpp"
#include "card_authority.hpp"
#include "chip/inserted.hpp"
#include "crypto/digest.hpp"
#include "crypto/jws.hpp"
#include "organisations.hpp"

namespace mado::cli {
namespace {

namespace fs = std::filesystem;
using card::KeyUse;

constexpr std::string_view demo_pin = "1234";

CardState state_of(const json::object& person) {
    const std::string_view text = person.at("card").as_string();
    if (text == "active") return CardState::active;
    if (text == "expired") return CardState::expired;
    if (text == "revoked") return CardState::revoked;
    throw Failure("people.ndjson has a card in a state that there is not");
}

// Of ten digits each one as likely as another: bytes beyond 249 are drawn again.
std::string draw_digits(std::size_t count) {
    std::string out;
    while (out.size() < count) {
        const auto byte = crypto::random_bytes(1).front();
        if (byte < 250) out.push_back(static_cast<char>('0' + byte % 10));
    }
    return out;
}

// 公的個人認証法: nobody gets a signing certificate who is under 15.
bool may_sign(const json::object& person, Date today) {
    const auto birth = parse_date(person.at("birth_date").as_string());
    if (!birth) throw Failure("people.ndjson has a birth date that is none");
    Date turns = *birth + std::chrono::years(15);
    if (!turns.ok()) turns = turns.year() / turns.month() / std::chrono::last;
    return turns <= today;
}

// A named person's, which `--card` takes.
struct NamedCard {
    json::object person;
    bool by_ca = false;  // else by a file's authority, and done already
    std::string issuing_number, certificate_number, chip;
    std::map<card::KeyUse, crypto::Certificate> certificates;
};

std::string_view name_of(card::KeyUse use) {
    return use == card::KeyUse::signing ? "signing" : "authentication";
}

json::object numbered(std::string_view scheme, std::string_view holder, json::object fields) {
    return {{"scheme", scheme},
            {"holder", holder},
            {"fields", std::move(fields)},
            {"state", "current"}};
}

template <class T>
T demand(std::expected<T, card::IssueError> result) {
    if (!result) throw Failure("a new card refuses its issuer");
    return std::move(*result);
}

// Through the card's own commands: the keys are made in the chip, and stay there.
class Inserted {
  public:
    template <class KeyOf>
    Inserted(const std::string& file, const KeyOf& key_of)
        : reader_(file), issuer_(demand(card::Personaliser::begin(reader_, key_of))) {}
    crypto::PublicKey generate(KeyUse use) {
        return demand(issuer_.generate(use, issuer_.chip().key_type(use)));
    }
    void finish(const std::map<KeyUse, crypto::Certificate>& certificates,
                const crypto::Certificate& authority) {
        for (const auto& [use, certificate] : certificates) {
            const Secret pin(as_bytes(use == KeyUse::signing ? demo_password : demo_pin));
            const bool done =
                issuer_.write_certificate(use, certificate, authority) && issuer_.set_pin(use, pin);
            if (!done) throw Failure("a new card refuses its issuer");
        }
    }
    [[nodiscard]] std::string serial() const { return base64url(ByteView(issuer_.chip().serial)); }

  private:
    chip::Inserted reader_;
    card::Personaliser issuer_;
};

class CardOffice {
  public:
    explicit CardOffice(const Places& places)
        : places_(places),
          earlier_(places, earlier_authority),
          jpki_(places, jpki_authority),
          today_(
              date_at(unix_now(), static_cast<std::int32_t>(
                                      read_json(places.policy()).at("utc_offset_s").as_int64()))) {
        fs::create_directories(places.keys() + "/cards");
        fs::permissions(places.keys() + "/cards", fs::perms::owner_all);
    }

    // A card for each who has a key in people.ndjson: by turns today's (RSA) and the next (P-256,
    // P-384). What the certificate authority is to issue comes out.
    std::string make_named_cards() {
        std::string orders;
        for_each_issued("{\"key\":\"", [&](const json::object& person) {
            auto one = make_card(person);
            if (one.by_ca) orders += orders_of(one);
            named_.push_back(std::move(one));
        });
        return orders;
    }
    // Line for line what the authority made of those orders.
    void write_certificates(const std::string& issued) {
        std::istringstream lines(issued);
        const auto authority = load_certificate(places_.ca_certificate());
        for (auto& one : named_) {
            if (!one.by_ca) continue;
            for (const auto use : uses_of(one.person))
                one.certificates.emplace(use, read_issued(lines));
            auto card = inserted(one.person);
            card.finish(one.certificates, authority);
        }
    }
    // Every tenth has a card of the authority that is in JPKI's form. Of those without a name there
    // is the certificate only, of an authority of before.
    json::object import_line(const json::object& person) {
        const auto* name = person.at("key").if_string();
        if (name != nullptr) return import_line_of(named(*name));
        const auto key = crypto::PrivateKey::generate(crypto::KeyType::p256);
        const auto& authority = is_tenth(nameless_++) ? jpki_ : earlier_;
        return line_of(person, person.at("identifiers").as_array(),
                       {authority.certify(key.public_key(), state_of(person))});
    }
    // With which the issuing centre takes on those whose cards its authority has issued.
    [[nodiscard]] std::string taken_on() const {
        std::string out;
        for (const auto& one : named_)
            if (one.by_ca) out += json::serialize(taken_on_line(one)) + "\n";
        return out;
    }
    // Whoever of the named people has no card here has one of the authority in JPKI's form, which
    // nobody here knows of: a chip of another root's, with both certificates. `--card KEY-jpki`.
    void make_cards_of_elsewhere() const {
        for_each("{\"key\":\"", false, [this](const json::object& person) {
            if (!may_sign(person, today_)) return;
            make_card_of_elsewhere(places_, text_at(person, "key") + "-jpki", person);
        });
    }
    // Of those whose line begins so.
    template <class Do>
    void for_each_issued(std::string_view begin, const Do& what) const {
        for_each(begin, true, what);
    }

  private:
    template <class Do>
    void for_each(std::string_view begin, bool issued, const Do& what) const {
        std::ifstream in(places_.state() + "/country/people.ndjson");
        for (std::string line; std::getline(in, line);) {
            if (!line.starts_with(begin)) continue;
            const auto person = parse_json_object(line);
            if (!person) throw Failure("people.ndjson has a line that is not JSON");
            if (person->at("issued").as_bool() == issued) what(*person);
        }
    }
    [[nodiscard]] Inserted inserted(const json::object& person) const {
        return {places_.card(text_at(person, "key")),
                [this](const card::ChipFacts& chip) { return card_issuer_key(places_, chip); }};
    }
    [[nodiscard]] const NamedCard& named(std::string_view name) const {
        for (const auto& one : named_)
            if (text_at(one.person, "key") == name) return one;
        throw Failure("somebody of people.ndjson has no card");
    }
    static bool is_tenth(std::size_t at) { return at % 10 == 9; }
    [[nodiscard]] std::vector<KeyUse> uses_of(const json::object& person) const {
        if (!may_sign(person, today_)) return {KeyUse::authentication};
        return {KeyUse::authentication, KeyUse::signing};
    }

    NamedCard make_card(const json::object& person) {
        const auto at = named_.size();
        const auto state = state_of(person);
        const auto file = places_.card(std::string(person.at("key").as_string()));
        fs::remove(file);  // of an earlier start that did not come to its end
        make_blank_card(places_, file,
                        {.kind = at % 2 == 0 ? chip::CardKind::jpki : chip::CardKind::piv});
        NamedCard out{.person = person,
                      .by_ca = state == CardState::active && !is_tenth(at),
                      .issuing_number = draw_digits(16),
                      .certificate_number = draw_digits(20),
                      .chip = {},
                      .certificates = {}};
        auto card = inserted(person);
        out.chip = card.serial();
        const auto& authority = is_tenth(at) ? jpki_ : earlier_;
        for (const auto use : uses_of(person)) {
            const auto key = card.generate(use);
            if (out.by_ca) {
                keys_.push_back(base64url(key.spki()));
            } else {
                out.certificates.emplace(
                    use, use == KeyUse::signing
                             ? authority.certify_signing(
                                   key, std::string(person.at("name").as_string()), state)
                             : authority.certify(key, state));
            }
        }
        if (!out.by_ca) card.finish(out.certificates, authority.certificate());
        return out;
    }
    // And forgets their keys.
    std::string orders_of(const NamedCard& one) {
        std::string out;
        std::size_t at = 0;
        for (const auto use : uses_of(one.person)) {
            json::object order{{"number", one.certificate_number},
                               {"act", "issue-" + std::string(name_of(use))},
                               {"public_key", keys_.at(at++)}};
            for (const auto* name : {"name", "kana", "address", "birth_date", "sex"})
                if (use == KeyUse::signing) order[name] = one.person.at(name);
            out += json::serialize(order) + "\n";
        }
        keys_.clear();
        return out;
    }
    static crypto::Certificate read_issued(std::istream& lines) {
        std::string line;
        std::getline(lines, line);
        const auto object = parse_json_object(line);
        const auto der =
            object ? parse_base64url(text_at(*object, "certificate")) : Parsed<Bytes>(Bytes());
        auto certificate = crypto::Certificate::from_der(der ? *der : Bytes());
        if (!certificate) throw OperatorError("mado-ca issued no certificate for a card: " + line);
        return std::move(*certificate);
    }

    static json::object line_of(const json::object& person, json::array identifiers,
                                const std::vector<crypto::Certificate>& of_person) {
        const bool revoked = state_of(person) == CardState::revoked;
        json::array certificates;
        for (const auto& certificate : of_person) {
            certificates.push_back(json::object{{"certificate", base64url(certificate.der())},
                                                {"status", revoked ? "revoked" : "active"}});
        }
        return {{"health_care_number", person.at("health_care_number")},
                {"identifiers", std::move(identifiers)},
                {"certificates", std::move(certificates)}};
    }
    static json::object import_line_of(const NamedCard& one) {
        auto identifiers = one.person.at("identifiers").as_array();
        if (one.by_ca) {
            const auto& resident = one.person.at("resident").as_object();
            identifiers.push_back(
                numbered("resident-number", text_at(resident, "municipality"), resident));
            identifiers.push_back(
                numbered("issuing-number", "issuer", {{"number", one.issuing_number}}));
            identifiers.push_back(
                numbered("certificate-number", "ca", {{"number", one.certificate_number}}));
        }
        std::vector<crypto::Certificate> certificates;
        for (const auto& [use, certificate] : one.certificates)
            certificates.push_back(certificate);
        return line_of(one.person, std::move(identifiers), certificates);
    }
    static json::object taken_on_line(const NamedCard& one) {
        json::object out{{"issuing_number", one.issuing_number},
                         {"certificate_number", one.certificate_number},
                         {"health_care_number", one.person.at("health_care_number")},
                         {"chip", one.chip},
                         {"claims", claims_of(one.person)}};
        json::object person;
        for (const auto* name : {"name", "kana", "sex", "address", "birth_date"})
            person[name] = one.person.at(name);
        out["person"] = std::move(person);
        json::object certificates;
        for (const auto& [use, certificate] : one.certificates)
            certificates[name_of(use)] = base64url(certificate.der());
        out["certificates"] = std::move(certificates);
        return out;
    }
    // Numbers that somebody applies with.
    static json::array claims_of(const json::object& person) {
        json::array out;
        const auto add = [&out](std::string_view role, std::string_view scheme,
                                const json::value& fields) {
            out.push_back(json::object{
                {"role", role}, {"number", json::object{{"scheme", scheme}, {"fields", fields}}}});
        };
        add("resident", "resident-number", person.at("resident"));
        for (const auto& one : person.at("identifiers").as_array()) {
            const auto scheme = text_at(one.as_object(), "scheme");
            if (text_at(one.as_object(), "state") != "current") continue;
            const auto* role = scheme == "insured-number"        ? "medical"
                               : scheme == "care-insured-number" ? "care"
                               : scheme == "subsidy-number"      ? "public-expense"
                                                                 : "pension";
            add(role, scheme, one.at("fields"));
        }
        return out;
    }

    const Places& places_;
    const CardAuthority earlier_;
    const CardAuthority jpki_;
    const Date today_;
    std::vector<NamedCard> named_;
    std::vector<std::string> keys_;  // of the card at hand
    std::size_t nameless_ = 0;
};

std::string file_hash(const std::string& path) {
    const auto content = read_file(path, std::size_t{1} << 40);
    if (!content) throw OperatorError("the file is missing: " + path);
    return base64url(crypto::sha256(as_bytes(*content)));
}

// The relay takes on all of them.
void write_import_file(const Places& places, CardOffice& office) {
    const auto path = places.import_file();
    std::ofstream out(path, std::ios::trunc);
    std::int64_t persons = 0;
    office.for_each_issued("", [&](const json::object& person) {
        out << json::serialize(office.import_line(person)) << '\n';
        ++persons;
    });
    out.close();
    if (!out) throw Failure("cannot write " + path);
    const auto key = crypto::PrivateKey::load(places.keys_of("issuer") + "/signing.key");
    const json::object statement{
        {"iss", "issuer"},
        {"iat", unix_now()},
        {"sha256", file_hash(path)},
        {"persons", persons},
        {"others", json::array{json::value(file_hash(places.ca_take_on_file()))}}};
    const auto jws = crypto::sign_jws(
        "mado-import+jws", {.key_id = base64url(key.public_key().thumbprint()), .certificate = {}},
        as_bytes(json::serialize(statement)), key);
    replace_file(path + ".jws", as_bytes(jws));
}

}  // namespace

void make_cards(const Places& places, const std::function<void()>& let_ca_issue) {
    CardOffice office(places);
    replace_file(places.ca_take_on_file(), as_bytes(office.make_named_cards()), 0600);
    let_ca_issue();
    const auto issued = read_file(places.ca_issued_file(), std::size_t{1} << 30);
    if (!issued) throw OperatorError("mado-ca has left no " + places.ca_issued_file());
    office.write_certificates(*issued);
    write_import_file(places, office);
    replace_file(places.issuer_take_on_file(), as_bytes(office.taken_on()), 0600);
    office.make_cards_of_elsewhere();
}

void make_card_of_elsewhere(const Places& places, const std::string& name,
                            const json::object& person) {
    const CardAuthority authority(places, jpki_authority);
    const auto file = places.card(name);
    fs::remove(file);  // of an earlier start that did not come to its end
    const auto serial = chip::new_serial();
    const Secret root{crypto::random_bytes(sizeof(Hash))};
    const auto key_of = [&root](const card::ChipFacts& chip) {
        return card::chip_issuer_key(root, chip.serial);
    };
    chip::CardFile::create(file, card::chip_issuer_key(root, serial),
                           {.kind = chip::CardKind::jpki}, serial);
    Inserted card(file, key_of);
    const auto authentication = card.generate(KeyUse::authentication);
    const auto signing = card.generate(KeyUse::signing);
    card.finish({{KeyUse::authentication, authority.certify(authentication, CardState::active)},
                 {KeyUse::signing, authority.certify_signing(signing, person)}},
                authority.certificate());
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
