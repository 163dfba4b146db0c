#include "card/pkcs11.hpp"

#include <algorithm>

#include "card/asking.hpp"
#include "card/cryptoki.hpp"
#include "crypto/digest.hpp"

namespace mado::card {
namespace {

std::uint8_t id_of(KeyUse use) {
    switch (use) {
        case KeyUse::authentication:
            return 0x01;
        case KeyUse::signing:
            return 0x02;
    }
    return 0;
}

CardResult<crypto::Certificate> read_certificate(const Session& session, KeyUse use) {
    const auto object = session.find(CKO_CERTIFICATE, id_of(use));
    if (!object) return std::unexpected(object.error());
    if (!*object) return problem(CardError::not_there);
    const auto der = session.attribute(**object, CKA_VALUE);
    if (!der) return std::unexpected(der.error());
    auto certificate = crypto::Certificate::from_der(*der);
    if (!certificate) return problem(CardError::broken);
    if (use == KeyUse::authentication && certificate->is_for_signing()) {
        return problem(CardError::not_there);
    }
    return std::move(*certificate);
}

// Shown without a PIN.
CardResult<crypto::Certificate> authentication_in(const Cryptoki& module, CK_SLOT_ID slot) {
    const auto session = Session::open(module, slot, Session::Kind::read_only);
    if (!session) return std::unexpected(session.error());
    return read_certificate(*session, KeyUse::authentication);
}

// What the token takes at all, looked at before the card counts it. Never an empty one, which is
// typed at the reader.
bool fits(const SlotToken& token, const Secret& pin) {
    return !pin.empty() && pin.size() >= token.pin_bytes_min && pin.size() <= token.pin_bytes_max;
}

// OpenSC says so of the reader alone, and its driver for JPKI, whose tokens it calls "JPKI (…)",
// has nothing typed there.
bool has_keypad(const SlotToken& token) {
    return (token.flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0 &&
           !token.label.starts_with("JPKI");
}

int surely_left(const SlotToken& token) {
    if ((token.flags & CKF_USER_PIN_LOCKED) != 0) return 0;
    const bool may_be_last = (token.flags & (CKF_USER_PIN_FINAL_TRY | CKF_USER_PIN_COUNT_LOW)) != 0;
    return may_be_last ? 1 : 2;
}

// A wrong PIN's problem, with what the token says of its counter now.
template <class T>
CardResult<T> counted(const Cryptoki& module, CK_SLOT_ID slot, CardResult<T> answer) {
    if (answer || answer.error().error != CardError::pin_wrong) return answer;
    const auto now = slot_token(module, slot);
    if (!now) return std::unexpected(now.error());
    return problem(CardError::pin_wrong, std::min(1, surely_left(*now)));
}

CardResult<Session> logged_in(const Cryptoki& module, const SlotToken& token, const Secret& pin) {
    if ((token.flags & CKF_LOGIN_REQUIRED) == 0) return problem(CardError::no_pin);
    if (!fits(token, pin) && !(pin.empty() && has_keypad(token))) {
        return problem(CardError::pin_format);
    }
    auto session = Session::open(module, token.slot, Session::Kind::read_only);
    if (!session) return session;
    const auto ok = counted(module, token.slot, session->log_in(pin));
    if (!ok) return std::unexpected(ok.error());
    return session;
}

struct ToSign {
    CK_MECHANISM_TYPE mechanism;
    Bytes data;
};

// None: the key is none of a card's kinds.
std::optional<ToSign> to_sign(const Cryptoki& module, CK_SLOT_ID slot, crypto::KeyType type,
                              ByteView message) {
    switch (type) {
        case crypto::KeyType::rsa: {
            CK_MECHANISM_INFO info{};
            const CK_RV code =
                module.functions().C_GetMechanismInfo(slot, CKM_SHA256_RSA_PKCS, &info);
            if (code == CKR_OK && (info.flags & CKF_SIGN) != 0) {
                return ToSign{.mechanism = CKM_SHA256_RSA_PKCS, .data = to_bytes(message)};
            }
            return ToSign{.mechanism = CKM_RSA_PKCS, .data = sha256_digest_info(message)};
        }
        case crypto::KeyType::p256:
            return ToSign{.mechanism = CKM_ECDSA, .data = to_bytes(crypto::sha256(message))};
        case crypto::KeyType::p384:
            return ToSign{.mechanism = CKM_ECDSA, .data = to_bytes(crypto::sha384(message))};
        case crypto::KeyType::ed25519:
            return std::nullopt;
    }
    return std::nullopt;
}

}  // namespace

Parsed<Bytes> ecdsa_from_token(ByteView signature, crypto::KeyType curve) {
    const std::size_t width = curve == crypto::KeyType::p256 ? 32 : 48;
    const auto half = signature.size() / 2;
    if (signature.empty() || signature.size() % 2 != 0 || half > width) {
        return bad("an ECDSA signature has two halves of a number's length");
    }
    Bytes out(2 * width);
    std::ranges::copy(signature.first(half), out.begin() + static_cast<long>(width - half));
    std::ranges::copy(signature.last(half), out.end() - static_cast<long>(half));
    return out;
}

Pkcs11::Pkcs11(const std::string& module_path)
    : module_(std::make_shared<const Cryptoki>(module_path)) {}

CardResult<std::vector<Token>> Pkcs11::tokens() const {
    const auto found = slot_tokens(*module_);
    if (!found) return std::unexpected(found.error());
    std::vector<Token> out;
    for (const auto& token : *found) {
        const auto certificate = authentication_in(*module_, token.slot);
        out.push_back(
            {.slot = token.slot,
             .reader = token.reader,
             .label = token.label,
             .serial = token.serial,
             .certificate = certificate ? std::optional(certificate->thumbprint()) : std::nullopt});
    }
    return out;
}

CardResult<std::unique_ptr<Card>> Pkcs11::open(unsigned long slot) const {
    const auto chosen = slot_token(*module_, slot);
    if (!chosen) return std::unexpected(chosen.error());
    const auto found = slot_tokens(*module_);
    if (!found) return std::unexpected(found.error());
    for (const auto& token : *found) {
        if (token.reader != chosen->reader || token.serial != chosen->serial) continue;
        auto certificate = authentication_in(*module_, token.slot);
        if (certificate) {
            return std::make_unique<Pkcs11Card>(module_, token.reader, token.serial,
                                                std::move(*certificate));
        }
        if (certificate.error().error != CardError::not_there) {
            return std::unexpected(certificate.error());
        }
    }
    return problem(CardError::not_there);
}

Pkcs11Card::Pkcs11Card(std::shared_ptr<const Cryptoki> module, std::string reader,
                       std::string serial, crypto::Certificate authentication)
    : module_(std::move(module)),
      reader_(std::move(reader)),
      serial_(std::move(serial)),
      authentication_(std::move(authentication)) {}

CardResult<SlotToken> Pkcs11Card::token_of(KeyUse use) const {
    auto found = slot_tokens(*module_);
    if (!found) return std::unexpected(found.error());
    std::erase_if(*found, [this](const SlotToken& token) {
        return token.reader != reader_ || token.serial != serial_;
    });
    const auto is_it = [this](const SlotToken& token) {
        const auto certificate = authentication_in(*module_, token.slot);
        return certificate && certificate->thumbprint() == authentication_.thumbprint();
    };
    const auto it = std::ranges::find_if(*found, is_it);
    if (it == found->end()) return problem(CardError::gone);
    if (use == KeyUse::authentication || found->size() == 1) return std::move(*it);
    if (found->size() > 2) return problem(CardError::not_there);
    return std::move(it == found->begin() ? found->back() : found->front());
}

CardResult<crypto::Certificate> Pkcs11Card::authentication_certificate() {
    const auto token = token_of(KeyUse::authentication);
    if (!token) return std::unexpected(token.error());
    return authentication_;
}

CardResult<crypto::Certificate> Pkcs11Card::signing_certificate(const Secret& password) {
    if (password.empty()) return problem(CardError::pin_format);
    const auto token = token_of(KeyUse::signing);
    if (!token) return std::unexpected(token.error());
    const auto session = logged_in(*module_, *token, password);
    if (!session) return std::unexpected(session.error());
    return read_certificate(*session, KeyUse::signing);
}

CardResult<int> Pkcs11Card::tries_left(KeyUse use) {
    const auto token = token_of(use);
    if (!token) return std::unexpected(token.error());
    if ((token->flags & CKF_LOGIN_REQUIRED) == 0) return problem(CardError::no_pin);
    return surely_left(*token);
}

bool Pkcs11Card::takes_pin_at_reader() {
    const auto token = token_of(KeyUse::authentication);
    return token && has_keypad(*token);
}

CardResult<Bytes> Pkcs11Card::sign(KeyUse use, const Secret& pin, ByteView message) {
    if (use == KeyUse::signing && pin.empty()) return problem(CardError::pin_format);
    const auto token = token_of(use);
    if (!token) return std::unexpected(token.error());
    const auto session = logged_in(*module_, *token, pin);
    if (!session) return std::unexpected(session.error());
    const auto certificate = read_certificate(*session, use);
    if (!certificate) return std::unexpected(certificate.error());
    const auto key = session->find(CKO_PRIVATE_KEY, id_of(use));
    if (!key) return std::unexpected(key.error());
    const auto type = certificate->public_key().type();
    const auto what = to_sign(*module_, token->slot, type, message);
    if (!*key || !what) return problem(CardError::not_there);
    auto signature =
        counted(*module_, token->slot, session->sign(**key, what->mechanism, pin, what->data));
    if (!signature) return signature;
    if (type != crypto::KeyType::rsa) {
        auto whole = ecdsa_from_token(*signature, type);
        if (!whole) return problem(CardError::broken);
        signature = std::move(*whole);
    }
    // The certificate and the key had nothing in common but a number until here.
    if (!certificate->public_key().verify(message, *signature)) return problem(CardError::broken);
    return signature;
}

CardResult<void> Pkcs11Card::change_pin(KeyUse use, const Secret& pin, const Secret& new_pin) {
    const auto token = token_of(use);
    if (!token) return std::unexpected(token.error());
    if (!fits(*token, pin) || !fits(*token, new_pin)) return problem(CardError::pin_format);
    const auto session = Session::open(*module_, token->slot, Session::Kind::read_write);
    if (!session) return std::unexpected(session.error());
    return counted(*module_, token->slot, session->set_pin(pin, new_pin));
}

}  // namespace mado::card
