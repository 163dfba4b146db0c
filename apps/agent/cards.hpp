// The cards of this computer, as the agent's pages show and use them. Belongs to the card thread:
// a card may take its time.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "card/card.hpp"
#include "card/readers.hpp"
#include "client/client.hpp"

namespace mado::agent {

// A card in a reader, as far as it tells without a PIN.
struct CardView {
    card::Reader reader;
    bool readable = false;   // it is a card that people log in with
    Hash thumbprint = {};    // of the authentication certificate
    Bytes certificate = {};  // that one, DER
    UnixTime not_after = 0;
    std::optional<int> pin_tries = {};       // 0: locked; none: it was issued without a PIN
    bool pin_at_reader = false;              // its reader has a keypad, and the PIN is typed there
    std::optional<int> password_tries = {};  // none: it has no signing key, or no password

    [[nodiscard]] std::optional<int> tries(bool password) const {
        return password ? password_tries : pin_tries;
    }
};

struct Look {
    bool service = false;  // somebody serves readers here
    std::size_t readers = 0;
    std::vector<CardView> cards;

    // The card in the reader of that name; the only one when `reader` is empty.
    [[nodiscard]] const CardView* find(std::string_view reader) const;
};

class Cards {
  public:
    explicit Cards(card::Readers& readers) : readers_(readers) {}

    Look look();
    // A mandate for `organisation`. An empty PIN is typed at the reader. gone: the card that was
    // seen is not there any more, another program has it, or its tries are not those seen.
    card::CardResult<client::SignedByCard> sign(const CardView& seen, const Secret& pin,
                                                const client::MandateRequest& request,
                                                const wire::Directory& directory,
                                                const wire::ParticipantId& organisation);
    card::CardResult<void> change_pin(const CardView& seen, card::KeyUse use, const Secret& pin,
                                      const Secret& new_pin);

    // To be written by its issuer, whatever it is. gone: as above.
    card::CardResult<std::unique_ptr<card::Channel>> connect(const card::Reader& seen);

  private:
    CardView view(const card::Reader& reader);
    card::CardResult<std::unique_ptr<card::Card>> open(const CardView& seen, card::KeyUse use);

    card::Readers& readers_;
};

}  // namespace mado::agent
