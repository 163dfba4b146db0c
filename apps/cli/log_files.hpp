// The files that log tools give and take: a tlog-proof, a receipt or a FHIR Bundle that carries
// receipts, a contradiction, the evidence of a decision.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tlog/contradiction.hpp"
#include "tlog/note.hpp"
#include "wire/exchange.hpp"
#include "wire/head.hpp"
#include "wire/order.hpp"
#include "wire/signed_document.hpp"

namespace mado::cli {

using Receipts = std::vector<wire::Receipt>;  // one, or those of a Bundle
using LogFile = std::variant<tlog::LogProof, Receipts, tlog::Contradiction, wire::SignedDocument>;

constexpr std::size_t log_file_bytes_max = wire::answer_bytes_max;

Parsed<LogFile> parse_log_file(std::string_view text);

// What an entry of the log is the SHA-256 of (docs/protocols/log.md, "Entries"), as a tlog-proof
// carries it in `extra`.
Bytes opened_entry(std::string_view kind, const Hash& salt, ByteView content);
// In plain words, for people: what an entry says that is opened so. Bad when it says nothing that
// one could read.
Parsed<std::string> words_of_entry(ByteView opened, const wire::Directory& directory);

// Which decision of a clerk's the order says that it follows from; null: it names none.
const std::string* decision_of(const wire::Head& head);

}  // namespace mado::cli
