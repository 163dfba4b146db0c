#include "mandates.hpp"

#include "crypto/digest.hpp"

namespace mado::relay {
namespace {

constexpr std::size_t nonces_max = 20'000;  // open at once, of one organisation

}  // namespace

Mandates::Mandates(const std::vector<LiveName>& stored) {
    for (const auto& one : stored)
        known_.emplace(one.name, Known{.expires = one.expires, .stored = true});
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

bool Mandates::accepted(const Name& mandate) {
    const std::scoped_lock lock(mutex_);
    return known_.contains(mandate);
}

bool Mandates::stored(const Name& mandate) {
    const std::scoped_lock lock(mutex_);
    const auto known = known_.find(mandate);
    return known != known_.end() && known->second.stored;
}

void Mandates::set_stored(const Name& mandate) {
    const std::scoped_lock lock(mutex_);
    const auto known = known_.find(mandate);
    if (known != known_.end()) known->second.stored = true;
}

bool Mandates::accept(const Name& mandate, const wire::Mandate& content, UnixTime now) {
    const std::scoped_lock lock(mutex_);
    drop_old(now);
    // Another thread may have accepted the same bytes while this one checked the signature.
    if (known_.contains(mandate)) return true;
    const auto nonce = nonces_.find(content.nonce);
    if (nonce == nonces_.end() || nonce->second.expires <= now ||
        nonce->second.organisation != content.organisation) {
        return false;
    }
    forget(nonce);
    known_.emplace(mandate, Known{.expires = content.expires});
    return true;
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
}

}  // namespace mado::relay
