#include "import.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "base/file.hpp"
#include "crypto/digest.hpp"
#include "crypto/jws.hpp"

namespace mado::relay {
namespace {

constexpr std::size_t line_bytes_max = 64 * 1024;
constexpr std::size_t file_bytes_max = std::size_t{1} << 40;

struct Statement {
    Hash sha256{};
    std::int64_t persons = 0;
};

[[noreturn]] void refuse(const std::string& path, std::string_view why) {
    throw OperatorError(path + " was not imported: " + std::string(why));
}

Statement read_statement(const std::string& path, const wire::Directory& directory) {
    const auto text = read_file(path + ".jws", 64 * 1024);
    if (!text) refuse(path, "its signature is missing (" + path + ".jws)");
    const auto jws = crypto::parse_jws(*text);
    if (!jws || jws->type != "mado-import+jws") refuse(path, "its signature is not one");
    const auto object = parse_json_object(as_text(jws->payload));
    if (!object) refuse(path, "its signed statement is not JSON");
    Members in(*object);
    const auto issuer_id = in.text("iss", 64);
    in.integer("iat");
    Statement out{.sha256 = in.hash("sha256"), .persons = in.integer("persons")};
    if (!in.finish()) refuse(path, "its signed statement does not have its form");
    const auto* issuer = directory.find(issuer_id);
    const auto* key = issuer == nullptr || issuer->kind.text() != "issuer"
                          ? nullptr
                          : issuer->signing_key(jws->key_id);
    if (key == nullptr || !crypto::verify_jws(*jws, *key)) {
        refuse(path, "no issuer of the directory signed it");
    }
    return out;
}

// Read once: what is taken in is what was hashed.
std::string read_signed(const std::string& path, const Hash& expected) {
    auto content = read_file(path, file_bytes_max);
    if (!content) refuse(path, "there is no such file");
    if (crypto::sha256(as_bytes(*content)) != expected) {
        refuse(path, "it is not the file that was signed");
    }
    return std::move(*content);
}

class Lines {
  public:
    Lines(std::string path, std::string_view content, const wire::Directory& directory,
          const wire::Schemes& schemes, const Vault& vault)
        : path_(std::move(path)),
          rest_(content),
          directory_(directory),
          schemes_(schemes),
          vault_(vault) {}

    std::optional<ImportedPerson> next() {
        if (rest_.empty()) return std::nullopt;
        const auto line = rest_.substr(0, rest_.find('\n'));
        rest_.remove_prefix(std::min(line.size() + 1, rest_.size()));
        ++line_number_;
        const auto object = parse_json_object(line, {.text_bytes_max = line_bytes_max});
        if (!object) fail(object.error().why);
        Members in(*object);
        ImportedPerson person;
        const auto health_care_number = in.text("health_care_number", 40);
        add(person, "health-care-number", {}, {{"number", health_care_number}}, true);
        for (const auto& value : in.array("identifiers", 64))
            read_number(person, value);
        for (const auto& value : in.array("certificates", 16))
            read_certificate(person, value);
        if (auto ok = in.finish(); !ok) fail(ok.error().why);
        return person;
    }
    [[nodiscard]] std::int64_t count() const { return line_number_; }

  private:
    [[noreturn]] void fail(std::string_view why) const {
        refuse(path_, "line " + std::to_string(line_number_) + ": " + std::string(why));
    }

    void add(ImportedPerson& person, std::string_view scheme_name,
             std::optional<wire::ParticipantId> holder, const json::object& fields, bool current) {
        const auto* scheme = schemes_.find(scheme_name);
        if (scheme == nullptr) fail("unknown number scheme");
        auto number = wire::read_number(*scheme, fields);
        if (!number) fail("a number does not fit its scheme");
        // A number goes to its own holder only.
        if (scheme->kind.has_value() != holder.has_value() ||
            (holder && number->field(scheme->holder_field) != holder->text())) {
            fail("a number is of another holder than its line says");
        }
        person.identifiers.emplace_back(
            number_indexes(vault_, *number, *scheme),
            Identifier{
                .number = std::move(*number), .holder = std::move(holder), .current = current});
    }

    void read_number(ImportedPerson& person, const json::value& value) {
        if (!value.is_object()) fail("an identifier is not an object");
        Members in(value.get_object());
        const auto scheme = in.text("scheme", 40);
        auto holder = wire::ParticipantId::parse(in.text("holder", 64));
        const auto& fields = in.object("fields");
        const auto state = in.text("state", 20);
        if (auto ok = in.finish(); !ok) fail(ok.error().why);
        if (!holder || directory_.find(*holder) == nullptr) fail("an unknown holder");
        if (state != "current" && state != "former") fail("an unknown state");
        add(person, scheme, *holder, fields, state == "current");
    }

    void read_certificate(ImportedPerson& person, const json::value& value) {
        if (!value.is_object()) fail("a certificate is not an object");
        Members in(value.get_object());
        const auto der = in.base64url_bytes("certificate", 8 * 1024);
        const auto status = in.text("status", 20);
        if (auto ok = in.finish(); !ok) fail(ok.error().why);
        const auto certificate = crypto::Certificate::from_der(der);
        if (!certificate) fail("a certificate cannot be read");
        bool trusted = false;
        for (const auto& authority : directory_.card_authorities) {
            trusted = trusted || certificate->issued_by(authority);
        }
        if (!trusted) fail("a certificate is of no card authority of the directory");
        const auto card_status = status == "active"      ? CardStatus::active
                                 : status == "suspended" ? CardStatus::suspended
                                                         : CardStatus::revoked;
        if (card_status == CardStatus::revoked && status != "revoked") fail("an unknown status");
        person.cards.push_back({.certificate = certificate->thumbprint(),
                                .status = card_status,
                                .key = certificate->public_key(),
                                .not_after = certificate->not_after()});
    }

    std::string path_;
    std::string_view rest_;
    const wire::Directory& directory_;
    const wire::Schemes& schemes_;
    const Vault& vault_;
    std::int64_t line_number_ = 0;
};

}  // namespace

PersonRows::PersonRows(db::Connection& c, const Vault& vault)
    : vault_(vault),
      add_person_(c.prepare("insert into person (link_number, linked) "
                            "values (:link_number, 1) returning id")),
      add_identifier_(c.prepare("insert into identifier (person, full_index, loose_index, "
                                "sealed) values (:person, :full, :loose, :sealed)")),
      add_card_(c.prepare("insert into card_key (certificate_index, person, sealed) "
                          "values (:index, :person, :sealed)")) {}

void PersonRows::add(const ImportedPerson& person) {
    const db::ResetAtEnd reset(add_person_);
    add_person_.bind("link_number", crypto::random_bytes(16));
    if (!add_person_.step()) throw Failure("a person was not inserted");
    const auto row = add_person_.integer(0);
    for (const auto& [indexes, identifier] : person.identifiers) {
        add_identifier_.bind("person", row)
            .bind("full", indexes.full)
            .bind("loose", indexes.loose)
            .bind("sealed", vault_.seal("identifier", owned_row(indexes.full, row),
                                        identifier_plain(identifier)))
            .execute();
    }
    for (const auto& card : person.cards) {
        const Bytes index = vault_.index("certificate", {card.certificate});
        add_card_.bind("index", index)
            .bind("person", row)
            .bind("sealed", vault_.seal("card_key", owned_row(index, row),
                                        card_key_plain({.person = row,
                                                        .status = card.status,
                                                        .key = card.key,
                                                        .not_after = card.not_after})))
            .execute();
    }
}

std::int64_t import_file(const std::string& path, const wire::Directory& directory,
                         const wire::Schemes& schemes, const Vault& vault, LogWriter& writer) {
    const auto statement = read_statement(path, directory);
    const auto content = read_signed(path, statement.sha256);
    const Hash entry = crypto::sha256({as_bytes("mado/import/1\n"), statement.sha256});
    Lines lines(path, content, directory, schemes, vault);
    try {
        writer.commit_alone([&](db::Connection& connection, EntryRows& entries) {
            if (connection.prepare("select 1 from person limit 1").step()) {
                refuse(path,
                       "this relay has people already. A take-on is for an empty store only.");
            }
            PersonRows rows(connection, vault);
            while (const auto person = lines.next())
                rows.add(*person);
            if (lines.count() != statement.persons) {
                refuse(path, "it has not as many persons as its statement says");
            }
            entries.append_public(entry);
        });
    } catch (const db::ConstraintBroken&) {
        refuse(path, "line " + std::to_string(lines.count()) + ": its certificate came before");
    }
    return lines.count();
}

}  // namespace mado::relay
