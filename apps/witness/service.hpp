// What a witness decides about a submission (C2SP tlog-witness, "add-checkpoint"): values in,
// values out.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "tlog/contradiction.hpp"
#include "tlog/witness.hpp"
#include "wire/directory.hpp"

namespace mado::witness {

// A checkpoint that this witness cosigned.
struct Seen {
    std::uint64_t size = 0;
    Hash root{};
    std::string note;  // with the log's signature and our cosignature
    bool operator==(const Seen&) const = default;
};

// What the store knows of a log that matters for one submission.
struct History {
    std::optional<Seen> newest;
    std::optional<Seen> at_size;      // of the very size that is submitted
    std::optional<Seen> at_old_size;  // of the size that its proof begins with
};

// A submission whose checkpoint a log of the directory has signed.
struct Submission {
    const wire::AccessLog& log;
    tlog::AddCheckpoint request;
    tlog::Checkpoint checkpoint;
    std::string text;       // of the note
    std::string signature;  // the log's line
};

enum class Refusal {
    malformed,
    unknown_log,  // an origin that the directory does not list
    not_signed,   // without the log's signature, or with a wrong one in its name
};
struct Refused {
    Refusal why;
    const char* detail = nullptr;  // of a malformed one: what did not fit
};
std::expected<Submission, Refused> read_submission(std::string_view body,
                                                   const wire::Directory& directory);

enum class Verdict {
    malformed,     // an old size above the checkpoint's
    consistent,    // to be cosigned
    conflict,      // the old size is not that of our newest checkpoint
    inconsistent,  // the proof or the root does not fit our newest checkpoint
};

struct Judgement {
    Verdict verdict = Verdict::inconsistent;
    // Whatever the verdict is: what we cosigned once, and a submission that cannot be true beside
    // it. Passes verify_contradiction.
    std::optional<tlog::Contradiction> contradiction;
};
Judgement judge(const Submission& submission, const History& history);

// What is kept and shown of a checkpoint that we cosign: the log's signature and ours, no others.
Seen seen_of(const Submission& submission, std::string_view cosignature);
// Bad when a kept checkpoint is not one that this log has signed.
Parsed<void> check_seen(const Seen& seen, const tlog::NoteVerifier& log);

}  // namespace mado::witness
