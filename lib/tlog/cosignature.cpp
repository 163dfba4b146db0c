#include "tlog/cosignature.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

namespace mado::tlog {
namespace {

constexpr std::size_t time_bytes = 8;
constexpr std::size_t ed25519_signature_bytes = 64;
// tlog-cosignature, "Format": 2^63 - 1, which is also the end of UnixTime.
constexpr std::uint64_t cosignature_time_max = std::numeric_limits<UnixTime>::max();

// tlog-cosignature, "Ed25519 signed message".
std::string signed_message(std::string_view checkpoint_text, UnixTime time) {
    return fmt::format("cosignature/v1\ntime {}\n{}", time, checkpoint_text);
}

// The time of a timestamped_signature over `text`; bad when it is none of this witness.
Parsed<UnixTime> verify_line(const NoteSignature& line, std::string_view text,
                             const WitnessVerifier& witness) {
    const ByteView bytes = line.signature;
    if (bytes.size() != time_bytes + ed25519_signature_bytes) {
        return bad("a cosignature has another length");
    }
    const std::uint64_t time = read_u64(bytes.first<time_bytes>());
    if (time > cosignature_time_max) return bad("a cosignature's time is out of range");
    const auto seconds = static_cast<UnixTime>(time);
    const auto message = signed_message(text, seconds);
    if (!witness.key().verify(as_bytes(message), bytes.subspan(time_bytes))) {
        return bad("a cosignature is wrong");
    }
    return seconds;
}

// The newest time at which this witness cosigned; empty when it did not.
Parsed<std::optional<UnixTime>> newest_time(const Note& note, const WitnessVerifier& witness,
                                            UnixTime now) {
    std::optional<UnixTime> newest;
    for (const auto& line : note.signatures) {
        if (line.id != witness.id() || line.name != witness.name()) continue;
        const auto time = verify_line(line, note.text, witness);
        if (!time) return std::unexpected(time.error());
        // In this order nothing overflows: 0 < time.
        const bool counts = *time > 0 && *time - cosignature_skew_s <= now;
        if (counts && (!newest || *newest < *time)) newest = *time;
    }
    return newest;
}

}  // namespace

std::string cosign(std::string_view checkpoint_text, UnixTime time, const WitnessVerifier& as,
                   const crypto::PrivateKey& key) {
    if (key.type() != crypto::KeyType::ed25519 ||
        key.public_key().raw_ed25519() != as.key().raw_ed25519()) {
        throw Failure("a checkpoint was to be cosigned with another key than the witness's");
    }
    if (time <= 0) throw Failure("a cosignature was to have no time");
    if (!parse_checkpoint_text(checkpoint_text)) throw Failure("only checkpoints are cosigned");
    Bytes signature;
    append_u64(signature, static_cast<std::uint64_t>(time));
    append(signature, key.sign(as_bytes(signed_message(checkpoint_text, time))));
    return signature_line({.name = as.name(), .id = as.id(), .signature = std::move(signature)});
}

Parsed<std::vector<Cosignature>> cosignatures(const Note& note,
                                              const std::vector<WitnessVerifier>& witnesses,
                                              UnixTime now) {
    std::vector<Cosignature> found;
    for (const auto& witness : witnesses) {
        const auto time = newest_time(note, witness, now);
        if (!time) return std::unexpected(time.error());
        if (*time) found.push_back({.witness = witness.name(), .time = **time});
    }
    return found;
}

Parsed<Quorum> Quorum::make(std::vector<WitnessVerifier> witnesses, std::size_t needed) {
    if (witnesses.size() > witnesses_max) return bad("there are too many witnesses");
    if (needed > witnesses.size()) {
        return bad("the quorum is larger than the number of witnesses");
    }
    for (auto one = witnesses.begin(); one != witnesses.end(); ++one) {
        const auto same = [one](const WitnessVerifier& other) {
            return other.name() == one->name() ||
                   other.key().raw_ed25519() == one->key().raw_ed25519();
        };
        if (std::any_of(witnesses.begin(), one, same)) {
            return bad("two witnesses have one name or one key");
        }
    }
    Quorum quorum;
    quorum.witnesses_ = std::move(witnesses);
    quorum.needed_ = needed;
    return quorum;
}

Parsed<Cosigned> cosigned(std::string_view note, const NoteVerifier& log, const Quorum& quorum,
                          UnixTime now) {
    auto checkpoint = open_checkpoint(note, log);
    if (!checkpoint) return std::unexpected(checkpoint.error());
    const auto parsed = parse_note(note);
    if (!parsed) return std::unexpected(parsed.error());
    auto found = cosignatures(*parsed, quorum.witnesses(), now);
    if (!found) return std::unexpected(found.error());
    if (found->size() < quorum.needed()) {
        return TooFewWitnesses{.checkpoint = *std::move(checkpoint),
                               .cosignatures = *std::move(found)};
    }
    return CosignedCheckpoint{.checkpoint = *std::move(checkpoint),
                              .cosignatures = *std::move(found)};
}

}  // namespace mado::tlog
