#include "mandates.hpp"

#include "crypto/digest.hpp"

namespace mado::relay {
namespace {

constexpr std::size_t nonces_max = 1'000'000;

}  // namespace

std::optional<std::string> Mandates::issue_nonce(const wire::ParticipantId& organisation,
                                                 UnixTime now) {
    auto nonce = base64url(crypto::random_hash());
    const std::scoped_lock lock(mutex_);
    drop_old(now);
    if (nonces_.size() >= nonces_max) return std::nullopt;
    nonces_.emplace(nonce, Nonce{organisation, now + wire::nonce_lifetime_s});
    return nonce;
}

std::optional<PersonRow> Mandates::accepted(const Hash& mandate) {
    const std::scoped_lock lock(mutex_);
    const auto found = known_.find(mandate);
    return found == known_.end() ? std::nullopt : std::optional(found->second.person);
}

bool Mandates::accept(const Hash& mandate, const wire::Mandate& content, PersonRow person,
                      UnixTime now) {
    const std::scoped_lock lock(mutex_);
    drop_old(now);
    // Another thread may have accepted the same bytes while this one checked the signature.
    if (known_.contains(mandate)) return true;
    const auto nonce = nonces_.find(content.nonce);
    if (nonce == nonces_.end() || nonce->second.expires <= now ||
        nonce->second.organisation != content.organisation) {
        return false;
    }
    nonces_.erase(nonce);
    known_.emplace(mandate, Known{person, content.expires});
    return true;
}

void Mandates::remember(const Hash& mandate, PersonRow person, UnixTime expires) {
    const std::scoped_lock lock(mutex_);
    known_.emplace(mandate, Known{person, expires});
}

void Mandates::drop_old(UnixTime now) {
    if (now < dropped_at_ + 10) return;
    dropped_at_ = now;
    std::erase_if(nonces_, [now](const auto& entry) { return entry.second.expires <= now; });
    std::erase_if(known_, [now](const auto& entry) { return entry.second.expires <= now; });
}

}  // namespace mado::relay
