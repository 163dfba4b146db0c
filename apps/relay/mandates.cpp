#include "mandates.hpp"

#include "crypto/digest.hpp"

namespace mado::relay {
namespace {

constexpr std::size_t nonces_max = 20'000;  // open at once, of one organisation

}  // namespace

Mandates::Mandates(const std::vector<LiveMandate>& stored) {
    for (const auto& one : stored)
        remember(one, true);
}

std::optional<std::string> Mandates::issue_nonce(const wire::ParticipantId& organisation,
                                                 UnixTime now) {
    auto nonce = base64url(crypto::random_hash());
    const std::scoped_lock lock(mutex_);
    drop_old(now);
    auto& open = open_nonces_[organisation];
    if (open >= nonces_max) return std::nullopt;
    ++open;
    nonces_.emplace(nonce, Nonce{organisation, now + wire::nonce_lifetime_s});
    return nonce;
}

std::optional<Mandates::Standing> Mandates::standing(const Hash& mandate) {
    const std::scoped_lock lock(mutex_);
    const auto known = known_.find(mandate);
    if (known == known_.end()) return std::nullopt;
    return Standing{.stored = known->second.stored, .ended = known->second.ended.has_value()};
}

bool Mandates::accept(const LiveMandate& mandate, const std::string& text, UnixTime now) {
    const std::scoped_lock lock(mutex_);
    drop_old(now);
    // Another thread may have accepted the same bytes while this one checked the signature.
    const auto known = known_.find(mandate.hash);
    if (known != known_.end()) return !known->second.ended;
    // Drawn by another card's agent, a `stop` is never the same. Who takes over one that was seen
    // in somebody's mandate would have the secret spent on their own.
    if (mandate.stop && by_stop_.contains(*mandate.stop)) return false;
    const auto nonce = nonces_.find(text);
    if (nonce == nonces_.end() || nonce->second.expires <= now ||
        nonce->second.organisation != mandate.organisation) {
        return false;
    }
    forget(nonce);
    remember(mandate, false);
    return true;
}

void Mandates::set_stored(std::span<const LiveMandate> mandates) {
    const std::scoped_lock lock(mutex_);
    for (const auto& one : mandates) {
        const auto known = known_.find(one.hash);
        if (known != known_.end()) known->second.stored = true;
    }
}

// A start reads a mandate twice when it ended: as it was accepted, and its end.
void Mandates::remember(const LiveMandate& mandate, bool stored) {
    auto& known = known_
                      .try_emplace(mandate.hash, Known{.organisation = mandate.organisation,
                                                       .expires = mandate.expires})
                      .first->second;
    known.stored = stored;
    if (mandate.ended) {
        known.ended = mandate.ended;
        known.end_stored = stored;
    }
    const auto add = [&mandate](ByHash& to, const std::optional<Hash>& key) {
        if (!key) return;
        const auto [first, last] = to.equal_range(*key);
        for (auto same = first; same != last; ++same) {
            if (same->second == mandate.hash) return;
        }
        to.emplace(*key, mandate.hash);
    };
    add(by_stop_, mandate.stop);
    add(by_card_, mandate.card);
}

std::optional<Mandates::Ended> Mandates::end(const Hash& mandate, Ending ending, UnixTime now) {
    const auto found = known_.find(mandate);
    if (found == known_.end() || found->second.expires <= now) return std::nullopt;
    auto& known = found->second;
    const bool is_new = !known.ended;
    if (is_new) known.ended = ending;
    return Ended{.mandate = {.hash = mandate,
                             .expires = known.expires,
                             .organisation = known.organisation,
                             .ended = known.ended},
                 .is_new = is_new,
                 .stored = known.end_stored};
}

std::vector<Mandates::Ended> Mandates::end_all(const ByHash& of, const Hash& key, Ending ending,
                                               UnixTime now) {
    std::vector<Ended> out;
    const auto [first, last] = of.equal_range(key);
    for (auto one = first; one != last; ++one) {
        if (auto ended = end(one->second, ending, now)) out.push_back(std::move(*ended));
    }
    return out;
}

std::vector<Mandates::Ended> Mandates::end_by_stop(const Hash& stop, UnixTime now) {
    const std::scoped_lock lock(mutex_);
    auto out = end_all(by_stop_, stop, Ending::stop, now);
    for (auto& one : out)
        one.mandate.stop = stop;
    return out;
}

std::vector<Mandates::Ended> Mandates::end_by_card(const Hash& card, UnixTime now) {
    const std::scoped_lock lock(mutex_);
    return end_all(by_card_, card, Ending::revoked, now);
}

// Whose mandate it is is not told to others.
std::optional<Mandates::Ended> Mandates::end_for(const wire::ParticipantId& organisation,
                                                 const Hash& mandate, UnixTime now) {
    const std::scoped_lock lock(mutex_);
    const auto known = known_.find(mandate);
    if (known == known_.end() || known->second.organisation != organisation) return std::nullopt;
    return end(mandate, Ending::organisation, now);
}

void Mandates::set_end_stored(const Hash& mandate) {
    const std::scoped_lock lock(mutex_);
    const auto known = known_.find(mandate);
    if (known != known_.end()) known->second.end_stored = true;
}

void Mandates::forget(std::map<std::string, Nonce>::iterator nonce) {
    const auto open = open_nonces_.find(nonce->second.organisation);
    if (--open->second == 0) open_nonces_.erase(open);
    nonces_.erase(nonce);
}

void Mandates::drop_old(UnixTime now) {
    if (now < dropped_at_ + 10) return;
    dropped_at_ = now;
    for (auto nonce = nonces_.begin(); nonce != nonces_.end();) {
        const auto next = std::next(nonce);
        if (nonce->second.expires <= now) forget(nonce);
        nonce = next;
    }
    std::erase_if(known_, [now](const auto& entry) { return entry.second.expires <= now; });
    const auto is_over = [this](const auto& entry) { return !known_.contains(entry.second); };
    std::erase_if(by_stop_, is_over);
    std::erase_if(by_card_, is_over);
}

}  // namespace mado::relay
