#include <algorithm>
#include <array>

#include "card/replay.hpp"
#include "client/card_pipe.hpp"
#include "fuzz.hpp"
#include "issuer/card_sessions.hpp"

namespace mado::fuzz {

// What the centre says to an agent, and the agent to the centre.
bool card_session(ByteView in) {
    const auto step = client::read_pipe_step(as_text(in));
    if (step) {
        const int things = (step->commands.empty() ? 0 : 1) + (step->pin ? 1 : 0) +
                           (step->wait_ms > 0 ? 1 : 0) + (step->failed.empty() ? 0 : 1) +
                           (step->done ? 1 : 0);
        require(things == 1, "a step is one thing");
        for (const auto& bytes : step->commands) {
            const auto command = card::parse_command(bytes);
            if (!command || !card::is_issuing_command(*command)) continue;
            // VERIFY, CHANGE REFERENCE DATA, RESET RETRY COUNTER, and what signs.
            constexpr std::array<std::uint8_t, 6> never{0x20, 0x21, 0x24, 0x2c, 0x2a, 0x87};
            require(std::ranges::find(never, command->ins) == never.end(),
                    "nothing passes that has to do with a PIN");
        }
    }
    const auto call = issuer::read_card_call(as_text(in));
    if (call) {
        require(call->answers.size() <= card::Replay::batch_max, "answers are bounded");
        for (const auto& answer : call->answers)
            require(answer.data.size() <= card::answer_bytes_max, "an answer is a short one");
    }
    return step.has_value() || call.has_value();
}

}  // namespace mado::fuzz
