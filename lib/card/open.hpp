// Finds out which kind of card it is.
#pragma once

#include "card/card.hpp"
#include "card/channel.hpp"

namespace mado::card {

// not_there: it is none of ours. Nobody else uses the channel until the card's end.
CardResult<std::unique_ptr<Card>> open_card(std::unique_ptr<Channel> channel);

}  // namespace mado::card
