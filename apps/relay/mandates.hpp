// What the relay remembers of nonces and mandates: nonces it gave out, mandates it has verified,
// and those of them that ended before their time. A mandate's card signature is checked once; the
// same bytes then cover requests until their end.
#pragma once

#include <cstring>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "mandate_rows.hpp"
#include "wire/mandate.hpp"

namespace mado::relay {

// Hashes are spread already.
struct FirstBytes {
    std::size_t operator()(const Hash& hash) const noexcept {
        std::size_t out = 0;
        std::memcpy(&out, hash.data(), sizeof out);
        return out;
    }
};

// Used from every io thread; one mutex, held for look-ups only.
class Mandates {
  public:
    Mandates() = default;
    // After a restart: what the store has.
    explicit Mandates(const std::vector<LiveMandate>& stored);

    // 256 random bits, for one organisation, 5 minutes. Empty when that organisation has too
    // many open (overloaded): one cannot use up another's.
    std::optional<std::string> issue_nonce(const wire::ParticipantId& organisation, UnixTime now);

    struct Standing {
        bool stored = false;
        bool ended = false;
    };
    // None: it was never accepted. (Its own end is in it, for the caller to look at.)
    std::optional<Standing> standing(const Hash& mandate);
    // First sight: spends the nonce and remembers the mandate. False when the nonce is not open for
    // that organisation (also when another thread has just spent it for other bytes).
    bool accept(const LiveMandate& mandate, const std::string& nonce, UnixTime now);
    // The store has them.
    void set_stored(std::span<const LiveMandate> mandates);

    // ---- the end before its time ----
    // From now on no request is covered. What is to be stored of it; none: there is no such
    // mandate. `is_new`: it had not ended before.
    struct Ended {
        LiveMandate mandate;
        bool is_new = false;
        bool stored = false;  // that it has ended
    };
    std::vector<Ended> end_by_stop(const Hash& stop, UnixTime now);
    std::vector<Ended> end_by_card(const Hash& card, UnixTime now);
    std::optional<Ended> end_for(const wire::ParticipantId& organisation, const Hash& mandate,
                                 UnixTime now);
    void set_end_stored(const Hash& mandate);

  private:
    struct Nonce {
        wire::ParticipantId organisation;
        UnixTime expires;
    };
    struct Known {
        wire::ParticipantId organisation;
        UnixTime expires = 0;
        bool stored = false;
        std::optional<Ending> ended = {};
        bool end_stored = false;
    };
    using KnownMandates = std::unordered_map<Hash, Known, FirstBytes>;
    using ByHash = std::unordered_multimap<Hash, Hash, FirstBytes>;

    void remember(const LiveMandate& mandate, bool stored);
    std::optional<Ended> end(const Hash& mandate, Ending ending, UnixTime now);
    std::vector<Ended> end_all(const ByHash& of, const Hash& key, Ending ending, UnixTime now);
    void forget(std::map<std::string, Nonce>::iterator nonce);
    void drop_old(UnixTime now);

    std::mutex mutex_;  // guards all below: requests of one mandate come in on several threads
    std::map<std::string, Nonce> nonces_;
    std::map<wire::ParticipantId, std::size_t> open_nonces_;  // of each organisation
    KnownMandates known_;
    ByHash by_stop_;  // stop → mandate
    ByHash by_card_;  // the card whose end is theirs → mandate
    UnixTime dropped_at_ = 0;
};

}  // namespace mado::relay
