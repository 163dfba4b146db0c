// C2SP tlog-witness, "add-checkpoint": what a log sends to a witness, and what comes back. Texts
// only; what a witness decides is apps/witness.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "tlog/cosignature.hpp"

namespace mado::tlog {

// 63 lines of proof and a checkpoint with 16 signatures of 5 kB (signed-note, "Signatures"). With a
// cosignature it stays below note_bytes_max.
constexpr std::size_t add_checkpoint_bytes_max = 120 * 1024;
constexpr std::string_view tree_size_type = "text/x.tlog.size";

struct AddCheckpoint {
    std::uint64_t old_size = 0;
    std::vector<Hash> proof;  // RFC 6962 section 2.1.2, from the old size
    std::string checkpoint;   // the signed note, verbatim
};

// Throws Failure for what parse_add_checkpoint would refuse.
std::string to_text(const AddCheckpoint& request);
// Checks the form, the checkpoint's included, but no signature and no hash; nor that the old size
// is not the larger one.
Parsed<AddCheckpoint> parse_add_checkpoint(std::string_view body);

// The body of a 409: the size that the witness cosigned last.
std::string tree_size_text(std::uint64_t size);
Parsed<std::uint64_t> parse_tree_size(std::string_view body);

// Takes this witness's line out of the body of a 200 (whatever else is in it is ignored), as it is
// to be appended to the note. Bad when there is none that counts for `checkpoint` (cosignatures).
Parsed<std::string> take_cosignature(std::string_view body, std::string_view checkpoint,
                                     const WitnessVerifier& witness, UnixTime now);

}  // namespace mado::tlog
