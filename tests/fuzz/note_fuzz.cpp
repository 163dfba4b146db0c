#include "tlog/note.hpp"

#include "fuzz.hpp"

namespace mado::fuzz {

// Notes, checkpoints and verifier keys.
bool note(ByteView in) {
    const auto text = as_text(in);
    bool accepted = false;
    if (const auto verifier = tlog::NoteVerifier::parse(text)) {
        require(verifier->vkey() == text, "a verifier key has one form");
        accepted = true;
    }
    if (const auto checkpoint = tlog::parse_checkpoint_text(text)) {
        const auto again = tlog::parse_checkpoint_text(tlog::checkpoint_text(*checkpoint));
        require(again.has_value() && *again == *checkpoint, "a checkpoint is read as written");
        accepted = true;
    }
    const auto parsed = tlog::parse_note(text);
    for (const auto& log : world().directory.logs) {
        const bool verified = parsed && tlog::verify_note(*parsed, log.key).has_value();
        const bool opened = tlog::open_checkpoint(text, log.key).has_value();
        require(verified || !opened, "what opens is signed");
    }
    return accepted || parsed.has_value();
}

}  // namespace mado::fuzz
