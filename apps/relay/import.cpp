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
constexpr std::size_t others_max = 16;

struct Statement {
    Hash sha256{};
    std::int64_t persons = 0;
    std::vector<Hash> others;  // of files with which others took on the same people
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
    Statement out{.sha256 = in.hash("sha256"), .persons = in.integer("persons"), .others = {}};
    if (in.has("others")) {
        for (const auto& one : in.texts("others", others_max, 64)) {
            const auto hash = parse_hash(one);
            if (!hash) in.refuse("a hash is not one");
            out.others.push_back(hash.value_or(Hash{}));
        }
    }
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

void add_number(ImportedPerson& person, ToldNumber number) {
    person.identifiers.emplace_back(std::move(number.index), std::move(number.identifier));
}

Parsed<void> read_number(ImportedPerson& person, const json::value& value, const Reading& reading) {
    if (!value.is_object()) return bad("an identifier is not an object");
    Members in(value.get_object());
    const auto scheme = in.text("scheme", 40);
    const auto holder = in.text("holder", 64);
    const auto& fields = in.object("fields");
    const auto state = in.text("state", 20);
    if (auto ok = in.finish(); !ok) return ok;
    if (state != "current" && state != "former") return bad("an unknown state");
    if (reading.directory.find(holder) == nullptr) return bad("an unknown holder");
    auto number = read_told_number(scheme, fields, reading);
    if (!number) return std::unexpected(number.error());
    const auto& of = number->identifier.holder;
    if (!of || of->text() != holder) return bad("a number is of another holder than its line says");
    number->identifier.current = state == "current";
    add_number(person, std::move(*number));
    return {};
}

std::optional<CardStatus> parse_status(std::string_view text) {
    if (text == "active") return CardStatus::active;
    if (text == "suspended") return CardStatus::suspended;
    if (text == "revoked") return CardStatus::revoked;
    return std::nullopt;
}

Parsed<void> read_certificate(ImportedPerson& person, const json::value& value,
                              const wire::Directory& directory) {
    if (!value.is_object()) return bad("a certificate is not an object");
    Members in(value.get_object());
    const auto der = in.base64url_bytes("certificate", certificate_bytes_max);
    const auto status = parse_status(in.text("status", 20));
    if (auto ok = in.finish(); !ok) return ok;
    auto card = read_new_card(der, directory);
    if (!card) return std::unexpected(card.error());
    if (!status) return bad("an unknown status");
    const auto is_second = [&card](const NewCard& other) {
        return other.status == CardStatus::active && other.use == card->use;
    };
    if (status == CardStatus::active && std::ranges::any_of(person.cards, is_second)) {
        return bad("somebody has two active cards");
    }
    card->status = *status;
    person.cards.push_back(std::move(*card));
    return {};
}

}  // namespace

Parsed<ImportedPerson> read_imported_person(std::string_view line, const Reading& reading) {
    const auto object = parse_json_object(line, {.text_bytes_max = line_bytes_max});
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    ImportedPerson person;
    auto number = read_told_number("health-care-number",
                                   {{"number", in.text("health_care_number", 40)}}, reading);
    if (!number) return std::unexpected(number.error());
    add_number(person, std::move(*number));
    for (const auto& value : in.array("identifiers", identifiers_max)) {
        if (auto ok = read_number(person, value, reading); !ok) return std::unexpected(ok.error());
    }
    for (const auto& value : in.array("certificates", 16)) {
        if (auto ok = read_certificate(person, value, reading.directory); !ok) {
            return std::unexpected(ok.error());
        }
    }
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return person;
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
    const auto entry_of = [](const Hash& file) {
        return crypto::sha256({as_bytes("mado/import/1\n"), file});
    };
    const Reading reading{.directory = directory, .schemes = schemes, .vault = vault};
    Lines lines(path);
    try {
        writer.commit_alone([&](db::Connection& connection, EntryRows& entries) {
            if (connection.prepare("select 1 from person limit 1").step()) {
                refuse(path,
                       "this relay has people already. A take-on is for an empty store only.");
            }
            PersonRows rows(connection, vault);
            while (const auto line = lines.next()) {
                const auto person = read_imported_person(*line, reading);
                if (!person) lines.refuse_line(person.error().why);
                rows.add(*person);
            }
            // The file may have become another since it was looked at.
            lines.demand(statement.sha256);
            if (lines.count() != statement.persons) {
                refuse(path, "it has not as many persons as its statement says");
            }
            entries.append_public(entry_of(statement.sha256));
            for (const auto& other : statement.others)
                entries.append_public(entry_of(other));
        });
    } catch (const db::ConstraintBroken&) {
        lines.refuse_line("its certificate came before");
    }
    return lines.count();
}

}  // namespace mado::relay
