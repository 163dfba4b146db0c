#include "card/open.hpp"

#include "card/asking.hpp"
#include "card/jpki.hpp"
#include "card/piv.hpp"

namespace mado::card {

CardResult<std::unique_ptr<Card>> open_card(std::unique_ptr<Channel> channel) {
    const auto jpki = JpkiCard::is_on(*channel);
    if (!jpki) return std::unexpected(jpki.error());
    if (*jpki) return std::make_unique<JpkiCard>(std::move(channel));
    const auto piv = PivCard::is_on(*channel);
    if (!piv) return std::unexpected(piv.error());
    if (*piv) return std::make_unique<PivCard>(std::move(channel));
    return problem(CardError::not_there);
}

}  // namespace mado::card
