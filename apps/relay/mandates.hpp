// What the relay remembers of nonces and mandates: nonces it gave out and mandates it has verified.
// A mandate's card signature is checked once; the same bytes then cover requests until their end.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "live_names.hpp"
#include "wire/mandate.hpp"

namespace mado::relay {

// Used from every io thread; one mutex, held for look-ups only.
class Mandates {
  public:
    Mandates() = default;
    // After a restart: what the store has, mandates among them.
    explicit Mandates(const std::vector<LiveName>& stored);

    // 256 random bits, for one organisation, 5 minutes. Empty when that organisation has too
    // many open (overloaded): one cannot use up another's.
    std::optional<std::string> issue_nonce(const wire::ParticipantId& organisation, UnixTime now);

    // It was accepted before. Its end is in it, for the caller to look at.
    bool accepted(const Name& mandate);
    // … and the store has it.
    bool stored(const Name& mandate);
    void set_stored(const Name& mandate);
    // First sight: spends the nonce and remembers the mandate. False when the nonce is not open for
    // that organisation (also when another thread has just spent it for other bytes).
    bool accept(const Name& mandate, const wire::Mandate& content, UnixTime now);

  private:
    struct Nonce {
        wire::ParticipantId organisation;
        UnixTime expires;
    };
    struct Known {
        UnixTime expires = 0;
        bool stored = false;
    };
    void forget(std::map<std::string, Nonce>::iterator nonce);
    void drop_old(UnixTime now);

    std::mutex mutex_;  // guards all below: requests of one mandate come in on several threads
    std::map<std::string, Nonce> nonces_;
    std::map<wire::ParticipantId, std::size_t> open_nonces_;  // of each organisation
    std::unordered_map<Name, Known, FirstWord> known_;
    UnixTime dropped_at_ = 0;
};

}  // namespace mado::relay
