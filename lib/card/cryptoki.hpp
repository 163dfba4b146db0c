// A PKCS#11 module ("PKCS #11 Cryptographic Token Interface Base Specification Version 2.40",
// OASIS), with an owner for each thing that it hands out. Private to lib/card.
// The module is code in this program; what the token behind it says is not, and every length that
// comes back has a limit.
#pragma once

#include <p11-kit/pkcs11.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "card/card.hpp"

namespace mado::card {

constexpr std::size_t attribute_bytes_max = 64 * 1024;
constexpr std::size_t token_signature_bytes_max = 1024;
constexpr std::size_t slots_max = 64;

// What a return code says of a card (section 5.1).
std::unexpected<CardProblem> problem_of(CK_RV code);

// A loaded and initialised module. It may be used by one thread at a time.
class Cryptoki {
  public:
    // OperatorError when there is none at the path, or it does not start.
    explicit Cryptoki(const std::string& path);
    // Nobody is logged in, and what it holds of readers and cards is given back.
    ~Cryptoki();
    Cryptoki(const Cryptoki&) = delete;
    Cryptoki& operator=(const Cryptoki&) = delete;

    [[nodiscard]] const CK_FUNCTION_LIST& functions() const { return functions_; }
    // For tests: to have single functions lie.
    CK_FUNCTION_LIST& functions_for_lies() { return functions_; }

  private:
    struct Unload {
        void operator()(void* library) const;
    };
    std::unique_ptr<void, Unload> library_;
    CK_FUNCTION_LIST functions_{};
};

// A slot with a token in it.
struct SlotToken {
    CK_SLOT_ID slot = 0;
    std::string reader;  // slotDescription: OpenSC has several slots for a reader, one for each PIN
    std::string label;
    std::string serial;
    CK_FLAGS flags = 0;
    std::size_t pin_bytes_min = 0;
    std::size_t pin_bytes_max = 0;
};
// The readers of all slots, each once.
CardResult<std::vector<std::string>> slot_readers(const Cryptoki& module);
CardResult<std::vector<SlotToken>> slot_tokens(const Cryptoki& module);
CardResult<SlotToken> slot_token(const Cryptoki& module, CK_SLOT_ID slot);

// Whoever logs in with it is logged out at its end.
class Session {
  public:
    enum class Kind { read_only, read_write };
    static CardResult<Session> open(const Cryptoki& module, CK_SLOT_ID slot, Kind kind);
    ~Session();
    Session(Session&& other) noexcept;
    Session& operator=(Session&&) = delete;
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    // An empty PIN is typed at the reader, of which the token says that it has keys.
    CardResult<void> log_in(const Secret& pin);
    // The token's object of this class with this CKA_ID; none; broken when there are several.
    CardResult<std::optional<CK_OBJECT_HANDLE>> find(CK_OBJECT_CLASS kind, std::uint8_t id) const;
    [[nodiscard]] CardResult<Bytes> attribute(CK_OBJECT_HANDLE object,
                                              CK_ATTRIBUTE_TYPE type) const;
    // A key that wants it is given the PIN once more for this signature (CKA_ALWAYS_AUTHENTICATE,
    // section 4.9).
    CardResult<Bytes> sign(CK_OBJECT_HANDLE key, CK_MECHANISM_TYPE mechanism, const Secret& pin,
                           ByteView data) const;
    CardResult<void> set_pin(const Secret& pin, const Secret& new_pin) const;
    // A key pair that stays in the token: its private half signs, and does not leave it.
    // `parameters` are the public half's own (the curve; the modulus' length and the exponent).
    CardResult<void> generate(CK_MECHANISM_TYPE mechanism, std::uint8_t id, std::string_view label,
                              std::span<const CK_ATTRIBUTE> parameters) const;
    // An AES-256 key that stays in the token and encrypts.
    CardResult<void> generate_aes(std::uint8_t id, std::string_view label) const;
    // AES-GCM with a tag of 128 bits, which stands at the end (PKCS#11 Current Mechanisms 2.40
    // section 2.11.4). What is decrypted is wiped.
    struct Gcm {
        CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
        ByteView iv;
        ByteView bound_to;
    };
    CardResult<Bytes> encrypt(const Gcm& how, ByteView plain) const;
    CardResult<Secret> decrypt(const Gcm& how, ByteView sealed) const;

  private:
    Session(const Cryptoki& module, CK_SESSION_HANDLE handle) : module_(&module), handle_(handle) {}
    [[nodiscard]] bool always_authenticates(CK_OBJECT_HANDLE key) const;

    const Cryptoki* module_;
    CK_SESSION_HANDLE handle_ = CK_INVALID_HANDLE;
    bool logged_in_ = false;
};

// To the one token of that label; OperatorError when it is not there, or does not take the PIN.
Session log_in_to(const Cryptoki& module, const std::string& label, const Secret& pin);

}  // namespace mado::card
