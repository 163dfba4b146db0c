// First take-on: files signed by the issuer, one person a line. Only into an
// empty store of a stopped relay; each file is an entry of the log.
//   line: { "health_care_number": text, "identifiers": [ { "scheme", "holder", "fields": { … },
//           "state": "current" | "former" } ], "certificates": [ { "certificate": DER in base64url,
//           "status": "active" | "suspended" | "revoked" } ] }   — newest first
//   FILE.jws: JWS `mado-import+jws` by the issuer: { "iss", "iat", "sha256": of the file,
//   "persons", "others"?: SHA-256 of files with which others took on the same people, each an entry
//   as well }
// Certificates of both uses are taken, for authentication and for signing: each says which it is.
#pragma once

#include <string>

#include "log_writer.hpp"
#include "person_rows.hpp"
#include "wire/directory.hpp"
#include "wire/number.hpp"

namespace mado::relay {

// One line, without its end.
Parsed<ImportedPerson> read_imported_person(std::string_view line, const Reading& reading);

// Returns how many persons were taken in. OperatorError when the signature, the file or a line does
// not fit; then nothing was taken in.
std::int64_t import_file(const std::string& path, const wire::Directory& directory,
                         const wire::Schemes& schemes, const Vault& vault, LogWriter& writer);

}  // namespace mado::relay
