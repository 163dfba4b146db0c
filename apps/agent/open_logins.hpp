// Log-ins that this agent's cards have signed and that still count: whoever pulls the card ends
// them. Of each the agent knows the secret whose SHA-256 the mandate has as `stop`, and tells it to
// the relay: its only call out (docs/protocols/mandate.md). Belongs to the io thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "base/secret.hpp"
#include "card/readers.hpp"
#include "http/http.hpp"
#include "wire/directory.hpp"

namespace mado::agent {

class OpenLogins {
  public:
    OpenLogins(http::asio::io_context& io, const wire::Directory& directory, const Log& log);

    // Opened by the card that was in that reader then.
    void add(Secret secret, card::Reader reader, UnixTime expires);
    // What is in the readers now; none: nobody serves them, so that every card is gone.
    void cards_now(const std::optional<std::vector<card::Reader>>& readers);
    // The agent ends, and nobody will watch the cards: ends all, a few seconds at most.
    http::Task<void> stop_all();  // what the relay does not hear then ends by itself

    // How many are open by that card.
    [[nodiscard]] std::size_t count(const card::Reader& reader) const;

  private:
    struct One {
        Secret secret;
        card::Reader reader;
        UnixTime signed_at = 0;
        UnixTime expires = 0;
        bool stopping = false;
    };
    using Entry = std::shared_ptr<One>;
    void stop(const Entry& one);
    http::Task<void> tell(Entry one);
    // True: the relay has heard it, or need not.
    http::Task<bool> tell_once(const One& one);
    void drop_ended();

    http::asio::io_context& io_;
    const wire::AccessLog& relay_;  // where the relay listens to everybody
    const Log& log_;
    http::TlsContext tls_;
    std::vector<Entry> open_;
    // What is in the readers, as far as was heard; a card may be pulled while it signs.
    bool heard_ = false;
    std::optional<std::vector<card::Reader>> readers_;
};

}  // namespace mado::agent
