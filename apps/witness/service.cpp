#include "service.hpp"

#include <algorithm>

#include "tlog/tlog.hpp"

namespace mado::witness {
namespace {

// tlog-witness, "add-checkpoint", the rules of 422.
bool is_consistent(const Submission& submission, const std::optional<Seen>& newest) {
    const auto& checkpoint = submission.checkpoint;
    const auto& request = submission.request;
    if (checkpoint.size == 0 && checkpoint.root != tlog::empty_root()) return false;
    if (checkpoint.size > tlog::tree_size_max) return false;  // no tiles can show it
    // Every tree is consistent with the empty one.
    if (!newest || newest->size == 0) return request.proof.empty();
    return tlog::verify_consistency(newest->size, newest->root, checkpoint.size, checkpoint.root,
                                    request.proof);
}

// One size with two roots, or a proof that leads to the submitted root and shows another root at
// the old size than the one that we cosigned.
std::optional<tlog::TwoRoots> two_roots(const Submission& submission, const History& history) {
    const auto& checkpoint = submission.checkpoint;
    const auto& request = submission.request;
    if (history.at_size && history.at_size->root != checkpoint.root) {
        return tlog::TwoRoots{.older = history.at_size->note,
                              .newer = request.checkpoint,
                              .root = checkpoint.root,
                              .proof = {}};
    }
    if (!history.at_old_size) return std::nullopt;
    const auto old_root = tlog::proven_old_root(history.at_old_size->size, checkpoint.size,
                                                checkpoint.root, request.proof);
    if (!old_root || *old_root == history.at_old_size->root) return std::nullopt;
    return tlog::TwoRoots{.older = history.at_old_size->note,
                          .newer = request.checkpoint,
                          .root = *old_root,
                          .proof = request.proof};
}

// Only what convinces others: a proof that is merely wrong says nothing about the log, since
// anybody can submit it, and neither does a note of ours that was altered in the store.
std::optional<tlog::Contradiction> contradiction(const Submission& submission,
                                                 const History& history) {
    const auto found = two_roots(submission, history);
    if (!found || !tlog::verify_contradiction(*found, submission.log.key)) return std::nullopt;
    return *found;
}

}  // namespace

std::expected<Submission, Refused> read_submission(std::string_view body,
                                                   const wire::Directory& directory) {
    auto request = tlog::parse_add_checkpoint(body);
    if (!request) return std::unexpected(Refused{Refusal::malformed, request.error().why});
    const auto note = tlog::parse_note(request->checkpoint);
    auto checkpoint =
        note ? tlog::parse_checkpoint_text(note->text) : std::unexpected(note.error());
    if (!checkpoint) return std::unexpected(Refused{Refusal::malformed, checkpoint.error().why});
    const auto* log = directory.log(checkpoint->origin);
    if (log == nullptr) return std::unexpected(Refused{Refusal::unknown_log});
    if (!tlog::verify_note(*note, log->key)) return std::unexpected(Refused{Refusal::not_signed});
    const auto own = std::ranges::find_if(note->signatures, [log](const auto& line) {
        return line.id == log->key.id() && line.name == log->key.name();
    });
    return Submission{.log = *log,
                      .request = *std::move(request),
                      .checkpoint = *std::move(checkpoint),
                      .text = note->text,
                      .signature = tlog::signature_line(*own)};
}

Judgement judge(const Submission& submission, const History& history) {
    Judgement judgement{.verdict = Verdict::consistent,
                        .contradiction = contradiction(submission, history)};
    const std::uint64_t newest_size = history.newest ? history.newest->size : 0;
    if (submission.request.old_size > submission.checkpoint.size) {
        judgement.verdict = Verdict::malformed;
    } else if (submission.request.old_size != newest_size) {
        judgement.verdict = Verdict::conflict;
    } else if (!is_consistent(submission, history.newest)) {
        judgement.verdict = Verdict::inconsistent;
    }
    return judgement;
}

Seen seen_of(const Submission& submission, std::string_view cosignature) {
    return {.size = submission.checkpoint.size,
            .root = submission.checkpoint.root,
            .note = submission.text + "\n" + submission.signature + std::string(cosignature)};
}

Parsed<void> check_seen(const Seen& seen, const tlog::NoteVerifier& log) {
    const auto checkpoint = tlog::open_checkpoint(seen.note, log);
    if (!checkpoint) return std::unexpected(checkpoint.error());
    if (checkpoint->size != seen.size || checkpoint->root != seen.root) {
        return bad("a kept checkpoint has another size or root than its note");
    }
    return {};
}

}  // namespace mado::witness
