// Looks again at what was answered while a holder had not decided, and tells the relay of answers
// that hold no longer (docs/protocols/gateway.md, "Answers that change"): whoever asked hears of
// it. The holder decides in its own database and calls nobody.
#pragma once

#include <map>
#include <string>

#include "answering.hpp"
#include "base/log.hpp"
#include "open_answers.hpp"
#include "outgoing.hpp"

namespace mado::gateway {

// An answer is looked at again so much later at the earliest.
constexpr std::int64_t look_again_s = 10;
// Older ones the relay takes no tell of (docs/protocols/issuing.md).
constexpr std::int64_t open_answer_s_max = 366 * std::int64_t{86'400};

class Revising {
  public:
    struct Parts {
        const wire::Directory& directory;
        const wire::Policy& policy;
        std::map<std::string, Holder, std::less<>>& holders;
        OpenAnswers& answers;
        const Telling& telling;
        const Log& log;
    };
    // Belongs to the io thread.
    explicit Revising(Parts parts) : parts_(parts) {}

    // Looks at what may be looked at.
    Task<void> round(UnixTime now);

  private:
    // open: not decided yet. holds: decided, and the answer is right. unknown: no answer just now.
    enum class Finding { open, holds, changed, unknown };
    Finding look_at(const OpenAnswer& answer);
    Task<void> revise(OpenAnswer answer, UnixTime now);
    [[nodiscard]] Tell tell_of(const OpenAnswer& answer) const;

    Parts parts_;
};

}  // namespace mado::gateway
