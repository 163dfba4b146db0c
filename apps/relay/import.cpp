#include "import.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <fstream>

#include "base/file.hpp"
#include "crypto/digest.hpp"
#include "crypto/jws.hpp"

namespace mado::relay {
namespace {

constexpr std::size_t line_bytes_max = 64 * 1024;
// Of one person, besides the health care number.
constexpr std::size_t identifiers_max = 64;

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

// The lines of a file, and the SHA-256 of exactly what was read of it.
class Lines {
  public:
    explicit Lines(const std::string& path) : path_(path), in_(path, std::ios::binary) {
        if (!in_) refuse(path, "there is no such file");
    }

    // Without its end; empty after the last. Good until the next call.
    std::optional<std::string_view> next() {
        in_.getline(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
        if (in_.bad()) throw FileFailure("cannot read " + path_);
        const auto bytes = static_cast<std::size_t>(in_.gcount());
        if (bytes == 0) return std::nullopt;
        ++count_;
        if (in_.fail()) refuse_line("it is too long");
        const std::string_view line(buffer_.data(), in_.eof() ? bytes : bytes - 1);
        hash_.add(as_bytes(line));
        if (!in_.eof()) hash_.add(as_bytes("\n"));
        return line;
    }
    // After the last line.
    void demand(const Hash& signed_hash) {
        if (hash_.finish() != signed_hash) refuse(path_, "it is not the file that was signed");
    }
    [[nodiscard]] std::int64_t count() const { return count_; }
    [[noreturn]] void refuse_line(std::string_view why) const {
        refuse(path_, "line " + std::to_string(count_) + ": " + std::string(why));
    }

  private:
    std::string path_;
    std::ifstream in_;
    std::string buffer_ = std::string(line_bytes_max + 2, '\0');  // its end, and getline's zero
    crypto::Sha256 hash_;
    std::int64_t count_ = 0;
};

// A number goes to its own holder only.
Parsed<void> add_number(ImportedPerson& person, std::string_view scheme_name,
                        const json::object& fields, Identifier identifier,
                        const ImportFacts& facts) {
    const auto* scheme = facts.schemes.find(scheme_name);
    if (scheme == nullptr) return bad("unknown number scheme");
    auto number = wire::read_number(*scheme, fields);
    if (!number) return bad("a number does not fit its scheme");
    const auto& holder = identifier.holder;
    if (scheme->kind.has_value() != holder.has_value() ||
        (holder && scheme->giver(*number) != holder->text())) {
        return bad("a number is of another holder than its line says");
    }
    auto indexes = number_indexes(facts.vault, *number, *scheme);
    identifier.number = std::move(*number);
    person.identifiers.emplace_back(std::move(indexes), std::move(identifier));
    return {};
}

Parsed<void> read_number(ImportedPerson& person, const json::value& value,
                         const ImportFacts& facts) {
    if (!value.is_object()) return bad("an identifier is not an object");
    Members in(value.get_object());
    const auto scheme = in.text("scheme", 40);
    auto holder = wire::ParticipantId::parse(in.text("holder", 64));
    const auto& fields = in.object("fields");
    const auto state = in.text("state", 20);
    if (auto ok = in.finish(); !ok) return ok;
    if (!holder || facts.directory.find(*holder) == nullptr) return bad("an unknown holder");
    if (state != "current" && state != "former") return bad("an unknown state");
    return add_number(person, scheme, fields,
                      {.number = {}, .holder = std::move(*holder), .current = state == "current"},
                      facts);
}

Parsed<void> read_certificate(ImportedPerson& person, const json::value& value,
                              const ImportFacts& facts) {
    if (!value.is_object()) return bad("a certificate is not an object");
    Members in(value.get_object());
    const auto der = in.base64url_bytes("certificate", 8 * 1024);
    const auto status = in.text("status", 20);
    if (auto ok = in.finish(); !ok) return ok;
    const auto certificate = crypto::Certificate::from_der(der);
    if (!certificate) return bad("a certificate cannot be read");
    const auto issued = [&certificate](const crypto::Certificate& by) {
        return certificate->issued_by(by);
    };
    const auto& authorities = facts.directory.card_authorities;
    const auto authority = std::ranges::find_if(authorities, issued);
    if (authority == authorities.end()) {
        return bad("a certificate is of no card authority of the directory");
    }
    const auto card_status = status == "active"      ? CardStatus::active
                             : status == "suspended" ? CardStatus::suspended
                                                     : CardStatus::revoked;
    if (card_status == CardStatus::revoked && status != "revoked") return bad("an unknown status");
    person.cards.push_back(
        {.certificate = certificate->thumbprint(),
         .status = card_status,
         .use = certificate->is_for_signing() ? CardUse::signing : CardUse::authentication,
         .key = certificate->public_key(),
         .not_after = certificate->not_after(),
         .authority = authority->thumbprint(),
         .serial = certificate->serial()});
    return {};
}

}  // namespace

Parsed<ImportedPerson> read_imported_person(std::string_view line, const ImportFacts& facts) {
    const auto object = parse_json_object(line, {.text_bytes_max = line_bytes_max});
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    ImportedPerson person;
    const json::object number{{"number", in.text("health_care_number", 40)}};
    if (auto ok = add_number(person, "health-care-number", number, {}, facts); !ok) {
        return std::unexpected(ok.error());
    }
    for (const auto& value : in.array("identifiers", identifiers_max)) {
        if (auto ok = read_number(person, value, facts); !ok) return std::unexpected(ok.error());
    }
    for (const auto& value : in.array("certificates", 16)) {
        if (auto ok = read_certificate(person, value, facts); !ok) {
            return std::unexpected(ok.error());
        }
    }
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return person;
}

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
                                                        .use = card.use,
                                                        .status = card.status,
                                                        .key = card.key,
                                                        .not_after = card.not_after,
                                                        .authority = card.authority,
                                                        .serial = card.serial})))
            .execute();
    }
}

std::int64_t import_file(const std::string& path, const wire::Directory& directory,
                         const wire::Schemes& schemes, const Vault& vault, LogWriter& writer) {
    const auto statement = read_statement(path, directory);
    {
        // So that a file that is not the signed one is said to be that, and nothing in it is read.
        // What is taken in below is hashed as well: another file may take this one's place.
        Lines whole(path);
        while (whole.next())
            continue;
        whole.demand(statement.sha256);
    }
    const Hash entry = crypto::sha256({as_bytes("mado/import/1\n"), statement.sha256});
    const ImportFacts facts{.directory = directory, .schemes = schemes, .vault = vault};
    Lines lines(path);
    try {
        writer.commit_alone([&](db::Connection& connection, EntryRows& entries) {
            if (connection.prepare("select 1 from person limit 1").step()) {
                refuse(path,
                       "this relay has people already. A take-on is for an empty store only.");
            }
            PersonRows rows(connection, vault);
            while (const auto line = lines.next()) {
                const auto person = read_imported_person(*line, facts);
                if (!person) lines.refuse_line(person.error().why);
                rows.add(*person);
            }
            // The file may have become another since it was looked at.
            lines.demand(statement.sha256);
            if (lines.count() != statement.persons) {
                refuse(path, "it has not as many persons as its statement says");
            }
            entries.append_public(entry);
        });
    } catch (const db::ConstraintBroken&) {
        lines.refuse_line("its certificate came before");
    }
    return lines.count();
}

}  // namespace mado::relay
