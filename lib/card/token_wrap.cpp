#include "card/token_wrap.hpp"

#include "card/cryptoki.hpp"
#include "crypto/digest.hpp"

namespace mado::card {
namespace {

constexpr std::size_t iv_bytes = 12;  // NIST SP 800-38D section 8.2.2: drawn

std::optional<CK_OBJECT_HANDLE> key_in(const Session& session, std::uint8_t id) {
    const auto found = session.find(CKO_SECRET_KEY, id);
    if (!found) throw Failure("the PKCS#11 token cannot look for a key");
    return *found;
}

CK_OBJECT_HANDLE key_of(const Session& session, std::uint8_t id) {
    const auto key = key_in(session, id);
    if (!key) throw OperatorError("the PKCS#11 token does not have the key that wraps");
    return *key;
}

}  // namespace

TokenWrap::TokenWrap(const std::string& module_path, const std::string& label, const Secret& pin)
    : module_(std::make_unique<Cryptoki>(module_path)),
      session_(std::make_unique<Session>(log_in_to(*module_, label, pin))) {}

TokenWrap::~TokenWrap() = default;

bool TokenWrap::has_key(std::uint8_t id) const {
    return key_in(*session_, id).has_value();
}

void TokenWrap::make_key(std::uint8_t id, const std::string& label) {
    if (has_key(id)) throw Failure("the PKCS#11 token has that key already");
    if (!session_->generate_aes(id, label)) {
        throw Failure("the PKCS#11 token cannot make a key");
    }
}

Bytes TokenWrap::wrap(std::uint8_t id, std::string_view purpose, const Secret& secret) const {
    auto out = crypto::random_bytes(iv_bytes);
    const auto sealed = session_->encrypt(
        {.key = key_of(*session_, id), .iv = out, .bound_to = as_bytes(purpose)}, secret.view());
    if (!sealed) throw Failure("the PKCS#11 token cannot wrap a key");
    append(out, *sealed);
    return out;
}

std::optional<Secret> TokenWrap::unwrap(std::uint8_t id, std::string_view purpose,
                                        ByteView wrapped) const {
    if (wrapped.size() <= iv_bytes) return std::nullopt;
    auto opened = session_->decrypt({.key = key_of(*session_, id),
                                     .iv = wrapped.first(iv_bytes),
                                     .bound_to = as_bytes(purpose)},
                                    wrapped.subspan(iv_bytes));
    if (!opened) return std::nullopt;
    return std::move(*opened);
}

}  // namespace mado::card
