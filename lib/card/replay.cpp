#include "card/replay.hpp"

#include <algorithm>

#include "card/issuing_names.hpp"

namespace mado::card {

std::expected<Response, ChannelError> Replay::transmit(const Command& command) {
    if (next_ < answers_.size()) return answers_[next_++];
    if (is_full_) return std::unexpected(ChannelError::removed);
    commands_.push_back(to_bytes(command_bytes(command).view()));
    is_full_ = command.expected != 0 || commands_.size() == batch_max;
    if (is_full_) return std::unexpected(ChannelError::removed);
    return Response{};
}

std::expected<Response, ChannelError> Replay::set_pin(KeyUse use) {
    if (next_ < answers_.size()) return answers_[next_++];
    if (!is_full_ && commands_.empty()) pin_ = use;
    is_full_ = true;
    return std::unexpected(ChannelError::removed);
}

bool is_issuing_command(const Command& command, IssuingWork work) {
    if (command.cla != 0) return false;
    const bool writes = work == IssuingWork::card;
    switch (command.ins) {
        case 0xa4: {
            const bool application =
                command.p1 == 0x04 && std::ranges::equal(command.data, issuing::aid);
            const bool file = command.p1 == 0x02 && command.data.size() == 2;
            return (application || file) && command.p2 == 0x0c && command.expected == 0;
        }
        case 0x82:  // EXTERNAL AUTHENTICATE: the issuer's proof, whose length no PIN has
            return command.p1 == 0 && command.p2 == 0 && command.data.size() == sizeof(Hash);
        case 0xca:  // GET DATA
            return command.p1 == issuing::chip_facts_p1 && command.p2 == 0 && command.data.empty();
        case 0x84:  // GET CHALLENGE
        case 0xb0:  // READ BINARY
        case 0xc0:  // GET RESPONSE
            return command.data.empty() && command.expected != 0;
        case 0x47:  // GENERATE KEY PAIR
        case 0xd6:  // UPDATE BINARY
            return writes && !command.data.empty() && command.expected == 0;
        case 0x44:  // ACTIVATE FILE
            return writes && command.data.empty() && command.expected == 0;
        default:  // open set: whatever an issuer may send
            return false;
    }
}

}  // namespace mado::card
