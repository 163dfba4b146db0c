// C2SP tlog-cosignature with Ed25519 ("cosignature/v1", signature type 0x04): what a witness signs,
// and whether enough of them did.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "tlog/note.hpp"

namespace mado::tlog {

using WitnessVerifier = VerifierKey<SignatureType::cosignature>;

constexpr std::size_t witnesses_max = 64;
// How far a witness's clock may be ahead of ours.
constexpr std::int64_t cosignature_skew_s = 60;

// The signature line for the text of a checkpoint: "of this log I have seen no larger tree until
// `time`, and it has grown only". Throws Failure when `key` is not the verifier's, the text is no
// checkpoint, or the time is not after 1970 (tlog-witness, "add-checkpoint": never zero).
std::string cosign(std::string_view checkpoint_text, UnixTime time, const WitnessVerifier& as,
                   const crypto::PrivateKey& key);

struct Cosignature {
    std::string witness;  // the verifier's name
    UnixTime time = 0;
    bool operator==(const Cosignature&) const = default;
};

// Which of these witnesses validly cosigned the note: each once, in their order, with its newest
// time. What is of the future (beyond `now` and the skew), or of no time, does not count. Bad when
// a line with the name and id of one of them does not verify (signed-note, "Signatures").
// The note's text is not read: whoever calls has verified the log's own signature.
Parsed<std::vector<Cosignature>> cosignatures(const Note& note,
                                              const std::vector<WitnessVerifier>& witnesses,
                                              UnixTime now);

// The witnesses that one relies on, and how many of them must have cosigned.
class Quorum {
  public:
    // Nobody, and nobody is needed.
    Quorum() = default;
    // Refuses more than there are, and two witnesses of one name or key: who has two voices would
    // count twice.
    static Parsed<Quorum> make(std::vector<WitnessVerifier> witnesses, std::size_t needed);
    [[nodiscard]] const std::vector<WitnessVerifier>& witnesses() const { return witnesses_; }
    [[nodiscard]] std::size_t needed() const { return needed_; }

  private:
    std::vector<WitnessVerifier> witnesses_;
    std::size_t needed_ = 0;
};

// As many witnesses as needed signed the checkpoint, after the log did.
struct CosignedCheckpoint {
    Checkpoint checkpoint;
    std::vector<Cosignature> cosignatures;
};
// The log signed it, and nothing is wrong with it, but the quorum has not seen it (yet).
struct TooFewWitnesses {
    Checkpoint checkpoint;
    std::vector<Cosignature> cosignatures;
};
using Cosigned = std::variant<CosignedCheckpoint, TooFewWitnesses>;

// Bad: not the log's, or a signature of a known key in it is wrong.
Parsed<Cosigned> cosigned(std::string_view note, const NoteVerifier& log, const Quorum& quorum,
                          UnixTime now);

}  // namespace mado::tlog
