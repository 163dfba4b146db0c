// Commands to a virtual card of either kind, each behind its length; a length of 0 is a reset.
// Whatever comes: an answer, tries that rise by success only, no byte of a private key, no signing
// certificate without its password, and with PIV no signature of its key but right after it.
#include <openssl/core_names.h>
#include <openssl/evp.h>

#include <algorithm>

#include "chip/test_chip.hpp"
#include "crypto/openssl.hpp"
#include "fuzz.hpp"

namespace mado::fuzz {
namespace {

using chip::CardKind;

constexpr std::size_t window_bytes = 16;

// Null: a key of this type has no such number.
std::optional<Bytes> number_of(const crypto::PrivateKey& key, const char* name) {
    BIGNUM* number = nullptr;
    if (EVP_PKEY_get_bn_param(key.handle(), name, &number) != 1) {
        crypto::forget_errors();
        return std::nullopt;
    }
    Bytes out(static_cast<std::size_t>(BN_num_bytes(number)));
    BN_bn2bin(number, out.data());
    BN_clear_free(number);
    return out;
}

// What must never come out of the card, and what only after the password.
struct Kept {
    explicit Kept(CardKind kind) {
        const auto& file = chip::personalised({.kind = kind}).file;
        const auto content = chip::parse_content(as_bytes(file)).value();
        for (const auto* slot : {&content.authentication, &content.signing}) {
            const auto key = crypto::PrivateKey::from_pem(slot->key.view()).value();
            for (const auto* name : {OSSL_PKEY_PARAM_RSA_D, OSSL_PKEY_PARAM_RSA_FACTOR1,
                                     OSSL_PKEY_PARAM_RSA_FACTOR2, OSSL_PKEY_PARAM_PRIV_KEY}) {
                if (auto number = number_of(key, name)) secrets.push_back(std::move(*number));
            }
        }
        require(secrets.size() >= 2, "a private key has numbers");
        const auto& certificate = content.signing.certificate;
        signing_certificate = to_bytes(ByteView(certificate).last(256));  // its signature
    }
    std::vector<Bytes> secrets;
    Bytes signing_certificate;
};
const Kept& kept(CardKind kind) {
    static const Kept jpki(CardKind::jpki);
    static const Kept piv(CardKind::piv);
    switch (kind) {
        case CardKind::jpki:
            return jpki;
        case CardKind::piv:
            return piv;
    }
    return piv;
}

bool holds_part(ByteView answer, ByteView secret) {
    for (std::size_t at = 0; at + window_bytes <= secret.size(); at += window_bytes) {
        const auto window = secret.subspan(at, window_bytes);
        if (std::ranges::search(answer, window).begin() != answer.end()) return true;
    }
    return false;
}

struct Tries {
    int pin, password, issuer;
};
Tries tries_of(const chip::TestCard& card) {
    const auto content = chip::parse_content(as_bytes(read_file(card.path()).value()));
    require(content.has_value(), "the card's file is whole after every command");
    return {content->authentication.pin.tries_left, content->signing.pin.tries_left,
            content->issuer_tries_left};
}

void check_tries(bool ok, const Tries& before, const Tries& after) {
    require(ok || (after.pin <= before.pin && after.password <= before.password &&
                   after.issuer <= before.issuer),
            "tries rise by success only");
}

ByteView without_padding(ByteView text) {
    while (!text.empty() && text.back() == 0xff)
        text = text.first(text.size() - 1);
    return text;
}

// Who gave the password, as somebody sees who watches the commands and the answers.
class Watcher {
  public:
    explicit Watcher(CardKind kind) : kind_(kind) {}
    void reset() { given_ = last_ = false; }
    // After each command.
    void see(const card::Command& command, const card::Response& answer) {
        const bool ok = answer.status == card::status::ok;
        const bool selects = command.ins == 0xa4 && command.p1 == 0x04;
        if (selects && !ok) return;  // no application heard of it
        last_ = false;
        if (selects) selected(command);
        if (command.ins == 0x20) verified(command, answer.status);
        if (command.ins == 0x24 && ok) changed(command);
    }
    [[nodiscard]] bool given() const { return given_; }
    // The command before this one gave it.
    [[nodiscard]] bool just_given() const { return last_; }

  private:
    // PIV leaves verified who was when it is selected again (SP 800-73-4 part 2 section 3.1.1).
    void selected(const card::Command& command) {
        const bool again = kind_ == CardKind::piv && command.data[0] == 0xa0;
        given_ = given_ && again;
    }
    [[nodiscard]] bool is_password(const card::Command& command) const {
        return kind_ == CardKind::piv ? command.p2 == 0x99 : command.data.size() >= 6;
    }
    void verified(const card::Command& command, card::Status answer) {
        if (!is_password(command)) return;
        if (command.data.empty()) {
            given_ = given_ && command.p1 == 0;  // P1 FF logs out
            return;
        }
        const bool right = as_text(without_padding(command.data)) == password_;
        const bool ok = answer == card::status::ok;
        require(!ok || right, "another text than the password is refused");
        // What cannot be one is not compared, and changes nothing.
        const bool counted = (answer & 0xfff0) == card::status::tries_left;
        if (ok || counted) given_ = last_ = ok;
    }
    void changed(const card::Command& command) {
        if (!is_password(command)) return;
        const auto half = kind_ == CardKind::piv ? command.data.size() / 2 : 0;
        password_ = as_text(without_padding(command.data.subspan(half)));
        given_ = true;
    }

    CardKind kind_;
    std::string password_ = "ABC123";
    bool given_ = false;
    bool last_ = false;
};

bool signs(CardKind kind, const card::Command& command) {
    return kind == CardKind::piv && command.ins == 0x87 && command.p2 == 0x9c;
}

bool run_commands(CardKind kind, ByteView in) {
    const chip::TestCard card({.kind = kind});
    chip::Chip inserted(card.path());
    Watcher watcher(kind);
    bool accepted = false;
    auto before = tries_of(card);
    while (!in.empty()) {
        const auto bytes = in.subspan(1, std::min<std::size_t>(in[0], in.size() - 1));
        in = in.subspan(1 + bytes.size());
        if (bytes.empty()) {
            inserted.reset();
            watcher.reset();
            continue;
        }
        const auto answer = card::parse_response(inserted.transmit(bytes));
        require(answer.has_value(), "every command is answered");
        const bool ok = answer->status == card::status::ok;
        const auto after = tries_of(card);
        check_tries(ok, before, after);
        before = after;
        accepted = accepted || ok;
        for (const auto& secret : kept(kind).secrets)
            require(!holds_part(answer->data, secret), "a private key stays in the card");
        if (const auto command = card::parse_command(bytes)) {
            const bool more = (answer->status & 0xff00) == card::status::more_bytes;
            const bool has_signed = signs(kind, *command) && (ok || more);
            require(!has_signed || watcher.just_given(), "the signing key wants its password");
            watcher.see(*command, *answer);
        }
        require(watcher.given() || !holds_part(answer->data, kept(kind).signing_certificate),
                "the signing certificate needs its password");
    }
    return accepted;
}

}  // namespace

bool apdu(ByteView in) {
    const bool by_jpki = run_commands(CardKind::jpki, in);
    const bool by_piv = run_commands(CardKind::piv, in);
    return by_jpki || by_piv;
}

}  // namespace mado::fuzz
