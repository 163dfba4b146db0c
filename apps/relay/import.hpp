// First take-on: files signed by the issuer, one person a line. Only into an
// empty store of a stopped relay; each file is an entry of the log.
//   line: { "health_care_number": text, "identifiers": [ { "scheme", "holder", "fields": { … },
//           "state": "current" | "former" } ], "certificates": [ { "certificate": DER in base64url,
//           "status": "active" | "suspended" | "revoked" } ] }   — newest first
//   FILE.jws: JWS `mado-import+jws` by the issuer: { "iss", "iat", "sha256": of the file, "persons"
//   }
// Certificates of both uses are taken, for authentication and for signing: each says which it is.
#pragma once

#include <string>

#include "log_writer.hpp"
#include "wire/directory.hpp"
#include "wire/number.hpp"

namespace mado::relay {

struct ImportedPerson {
    std::vector<std::pair<NumberIndexes, Identifier>> identifiers;
    struct Card {
        Hash certificate{};
        CardStatus status = CardStatus::revoked;
        CardUse use = CardUse::authentication;
        crypto::PublicKey key;
        UnixTime not_after = 0;
        Hash authority{};
        crypto::Serial serial{};
    };
    std::vector<Card> cards;
};
struct ImportFacts {
    const wire::Directory& directory;
    const wire::Schemes& schemes;
    const Vault& vault;
};
// One line, without its end.
Parsed<ImportedPerson> read_imported_person(std::string_view line, const ImportFacts& facts);

// Writes the rows of persons; inside a transaction.
class PersonRows {
  public:
    PersonRows(db::Connection& connection, const Vault& vault);
    // With a link number of their own. Throws db::ConstraintBroken when a certificate is registered
    // already.
    void add(const ImportedPerson& person);

  private:
    const Vault& vault_;
    db::Statement add_person_, add_identifier_, add_card_;
};

// Returns how many persons were taken in. OperatorError when the signature, the file or a line does
// not fit; then nothing was taken in.
std::int64_t import_file(const std::string& path, const wire::Directory& directory,
                         const wire::Schemes& schemes, const Vault& vault, LogWriter& writer);

}  // namespace mado::relay
