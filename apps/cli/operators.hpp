// Who asked, in an organisation: name and salt of each request, kept at the organisation. Only
// their salted hash leaves it, in the head; when a person questions an entry, it is opened. Trusted
// for: saying who it was. An attacker who reads it learns which employee made which request (by
// `jti`; no person is named); one who changes it can at most make an answer that does not open the
// head, which the person sees.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/bytes.hpp"
#include "places.hpp"

namespace mado::cli {

// Of one of an organisation's own files, before its first line: the folders that it needs are there
// for good.
void make_office_folder(const std::filesystem::path& file);

// Durable when it returns; what the head says.
Hash keep_operator(const Places& places, const std::string& organisation, const std::string& jti,
                   const std::string& name);

struct KeptOperator {
    std::string name;
    Hash salt{};
};
std::optional<KeptOperator> find_operator(const Places& places, const std::string& organisation,
                                          const std::string& jti);

}  // namespace mado::cli
