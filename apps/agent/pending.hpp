// What people are about to do here: forms that wait for an answer, documents that wait to be read,
// nonces that were signed. In memory only.
#pragma once

#include <list>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "asked.hpp"
#include "card_pipe.hpp"
#include "cards.hpp"
#include "page/page.hpp"

namespace mado::agent {

// A page asks for a signature.
struct Signing {
    Asked asked;
    page::Frame frame;  // of the page
    Look shown = {};    // the cards on it: one of them signs, or none
};
// A page asks for a new PIN or password.
struct Change {
    std::string reader;     // whose card
    bool password = false;  // the signing key's, not the PIN
    page::Frame frame;
    Look shown = {};
};

// An issuing centre wants to write into a card.
struct Writing {
    CardAsked asked;
    page::Frame frame;
    Look shown = {};
};

// Forms, each under a token that it carries and that works once. The oldest gives way.
class Tokens {
  public:
    std::string issue(std::variant<Signing, Change, Writing> what);
    // None: there is no such token for this, it was used, or it is too old.
    template <class What>
    std::optional<What> take(std::string_view token) {
        auto found = take_any(token);
        auto* what = found ? std::get_if<What>(&*found) : nullptr;
        return what == nullptr ? std::nullopt : std::optional(std::move(*what));
    }

  private:
    struct One {
        std::string token;
        std::variant<Signing, Change, Writing> what;
        std::int64_t until_us = 0;
    };
    std::optional<std::variant<Signing, Change, Writing>> take_any(std::string_view token);
    std::list<One> open_;  // oldest first
};

// Documents that sites have sent, each under a name that nobody guesses, until they are signed or
// too old. The oldest gives way.
class Documents {
  public:
    std::string keep(Asked asked, UnixTime now);
    [[nodiscard]] const Asked* find(std::string_view name) const;
    void forget(const std::string& nonce);

  private:
    std::list<std::pair<std::string, Asked>> kept_;
};

// None is signed twice.
class Nonces {
  public:
    [[nodiscard]] bool spent(const std::string& nonce) const { return spent_.contains(nonce); }

    // One that is being signed; it is open again at the end of this, unless it was kept.
    class Turn {
      public:
        Turn(Nonces& nonces, std::string nonce) : nonces_(&nonces), nonce_(std::move(nonce)) {}
        ~Turn() {
            if (nonces_ != nullptr) nonces_->spent_.erase(nonce_);
        }
        Turn(Turn&& other) noexcept
            : nonces_(std::exchange(other.nonces_, nullptr)), nonce_(std::move(other.nonce_)) {}
        Turn& operator=(Turn&&) = delete;
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;
        void keep() { nonces_ = nullptr; }

      private:
        Nonces* nonces_;
        std::string nonce_;
    };
    // None: it is spent.
    std::optional<Turn> spend(const std::string& nonce, UnixTime now);

  private:
    std::map<std::string, UnixTime> spent_;  // until when the relay could take them
};

// While somebody types a PIN at a reader, or a card is written. One at a time: with two, nobody
// would know which of them the keypad asks for.
class AtReader {
  public:
    enum class What { pin, writing };
    [[nodiscard]] bool is_waiting() const { return !site_.empty(); }
    [[nodiscard]] const std::string& site() const { return site_; }  // for which; "": none waits
    [[nodiscard]] What what() const { return what_; }

    class Turn {
      public:
        Turn(AtReader& reader, std::string site, What what = What::pin) : reader_(&reader) {
            reader_->site_ = std::move(site);
            reader_->what_ = what;
        }
        ~Turn() { reader_->site_.clear(); }
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;

      private:
        AtReader* reader_;
    };

  private:
    std::string site_;
    What what_ = What::pin;
};

}  // namespace mado::agent
