#include "pending.hpp"

#include <algorithm>

#include "base/clock.hpp"
#include "crypto/digest.hpp"
#include "wire/head.hpp"

namespace mado::agent {
namespace {

constexpr std::size_t documents_max = 16;
constexpr std::size_t tokens_max = 64;
constexpr std::int64_t token_lifetime_us = std::int64_t{10} * 60 * 1'000'000;

}  // namespace

std::string Tokens::issue(std::variant<Signing, Change, Writing> what) {
    if (open_.size() == tokens_max) open_.pop_front();
    open_.push_back({.token = base64url(crypto::random_hash()),
                     .what = std::move(what),
                     .until_us = monotonic_us() + token_lifetime_us});
    return open_.back().token;
}

std::optional<std::variant<Signing, Change, Writing>> Tokens::take_any(std::string_view token) {
    const auto found = std::ranges::find(open_, token, &One::token);
    if (found == open_.end()) return std::nullopt;
    auto one = std::move(*found);
    open_.erase(found);
    if (one.until_us < monotonic_us()) return std::nullopt;
    return std::move(one.what);
}

std::string Documents::keep(Asked asked, UnixTime now) {
    std::erase_if(kept_, [now](const auto& one) { return one.second.expires <= now; });
    if (kept_.size() == documents_max) kept_.pop_front();
    kept_.emplace_back(base64url(crypto::random_hash()), std::move(asked));
    return kept_.back().first;
}

const Asked* Documents::find(std::string_view name) const {
    const auto found =
        std::ranges::find_if(kept_, [name](const auto& one) { return one.first == name; });
    return found == kept_.end() ? nullptr : &found->second;
}

void Documents::forget(const std::string& nonce) {
    std::erase_if(kept_, [&nonce](const auto& one) { return one.second.nonce == nonce; });
}

std::optional<Nonces::Turn> Nonces::spend(const std::string& nonce, UnixTime now) {
    std::erase_if(spent_, [now](const auto& one) { return one.second <= now; });
    // Whatever end the site says: no nonce is good for longer.
    const auto end = now + wire::nonce_lifetime_s + wire::clock_skew_s;
    if (!spent_.emplace(nonce, end).second) return std::nullopt;
    return Turn(*this, nonce);
}

}  // namespace mado::agent
