#include "fuzz.hpp"
#include "tlog/note.hpp"

namespace mado::fuzz {

bool log_proof(ByteView in) {
    const auto proof = tlog::parse_log_proof(as_text(in));
    if (!proof) return false;
    require(tlog::to_text(*proof) == as_text(in), "a log proof has one form");
    return true;
}

}  // namespace mado::fuzz
