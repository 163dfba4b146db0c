// What the log's tools share: the directory, words for what went wrong, where evidence is kept.
#pragma once

#include <string>
#include <string_view>

#include "monitor/log_reader.hpp"
#include "places.hpp"
#include "tlog/contradiction.hpp"

namespace mado::cli {

// Exit statuses, as `log …` has them. (2 and 4 are every command's.)
constexpr int status_good = 0;
constexpr int status_lie = 1;
constexpr int status_unread = 3;
constexpr int status_unwitnessed = 5;
// Of two results the one that matters more: a lie, then what was not read, then no witness.
int worse_status(int one, int other);

wire::Directory load_directory(const Places& places);
// The log of this origin, or with "" the only one; OperatorError otherwise.
const wire::AccessLog& choose_log(const wire::Directory& directory, const std::string& origin);

std::string_view words_of(monitor::ReadError error);
int status_of(monitor::ReadError error);
// Says on standard error what could not be read and what to do next; returns the status.
int print_read_error(std::string_view what, monitor::ReadError error);
// The log's newest checkpoint has no quorum yet; returns the status.
int print_unwitnessed(const monitor::Published& published, const tlog::Quorum& quorum);

// "witness.audit.example/1 2026-11-22T02:00:00Z、…"
std::string witnesses_text(const std::vector<tlog::Cosignature>& cosignatures);

// Keeps what convicts a log, durably, under one name for each log's key: the first is enough.
// Returns the file's path.
std::string keep_evidence(const Places& places, const tlog::NoteVerifier& log,
                          const tlog::Contradiction& contradiction);
// The same, and says so on standard error; returns the status.
int print_contradiction(const Places& places, const tlog::NoteVerifier& log,
                        const tlog::Contradiction& contradiction);

}  // namespace mado::cli
