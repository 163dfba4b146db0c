#include "chip/inserted.hpp"

namespace mado::chip {

std::expected<card::Response, card::ChannelError> Inserted::transmit(const card::Command& command) {
    auto response = card::parse_response(chip_.transmit(card::command_bytes(command).view()));
    if (!response) return std::unexpected(card::ChannelError::garbled);
    return std::move(*response);
}

}  // namespace mado::chip
