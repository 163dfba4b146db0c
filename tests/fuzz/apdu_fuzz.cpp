// Commands to a virtual card, each behind its length; a length of 0 is a reset. Whatever comes: an
// answer, tries that rise by success only, no byte of a private key, no signing certificate without
// its password.
#include <openssl/core_names.h>
#include <openssl/evp.h>

#include <algorithm>

#include "chip/test_chip.hpp"
#include "crypto/openssl.hpp"
#include "fuzz.hpp"

namespace mado::fuzz {
namespace {

constexpr std::size_t window_bytes = 16;

Bytes number_of(const crypto::PrivateKey& key, const char* name) {
    BIGNUM* number = nullptr;
    require(EVP_PKEY_get_bn_param(key.handle(), name, &number) == 1, "an RSA key has numbers");
    Bytes out(static_cast<std::size_t>(BN_num_bytes(number)));
    BN_bn2bin(number, out.data());
    BN_clear_free(number);
    return out;
}

// What must never come out of the card, and what only after the password.
struct Kept {
    Kept() {
        const auto content = chip::parse_content(as_bytes(chip::personalised().file)).value();
        for (const auto* slot : {&content.authentication, &content.signing}) {
            const auto key = crypto::PrivateKey::from_pem(slot->key.view()).value();
            for (const auto* name :
                 {OSSL_PKEY_PARAM_RSA_D, OSSL_PKEY_PARAM_RSA_FACTOR1, OSSL_PKEY_PARAM_RSA_FACTOR2})
                secrets.push_back(number_of(key, name));
        }
        const auto& certificate = content.signing.certificate;
        signing_certificate = to_bytes(ByteView(certificate).last(256));  // its signature
    }
    std::vector<Bytes> secrets;
    Bytes signing_certificate;
};

bool holds_part(ByteView answer, ByteView kept) {
    for (std::size_t at = 0; at + window_bytes <= kept.size(); at += window_bytes) {
        const auto window = kept.subspan(at, window_bytes);
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

void check(const card::Response& answer, const Tries& before, const Tries& after) {
    static const Kept kept;
    if (answer.status != card::status::ok) {
        require(after.pin <= before.pin && after.password <= before.password &&
                    after.issuer <= before.issuer,
                "tries rise by success only");
    }
    for (const auto& secret : kept.secrets)
        require(!holds_part(answer.data, secret), "a private key stays in the card");
}

}  // namespace

bool apdu(ByteView in) {
    static const Kept kept;
    const chip::TestCard card;
    chip::Chip inserted(card.path());
    bool password_given = false;
    bool accepted = false;
    auto before = tries_of(card);
    while (!in.empty()) {
        const auto command = in.subspan(1, std::min<std::size_t>(in[0], in.size() - 1));
        in = in.subspan(1 + command.size());
        if (command.empty()) {
            inserted.reset();
            password_given = false;
            continue;
        }
        const auto answer = card::parse_response(inserted.transmit(command));
        require(answer.has_value(), "every command is answered");
        const auto after = tries_of(card);
        check(*answer, before, after);
        before = after;
        const auto parsed = card::parse_command(command);
        const bool ok = answer->status == card::status::ok;
        accepted = accepted || ok;
        if (parsed && parsed->ins == 0xa4 && parsed->p1 == 0x04) password_given = false;
        if (parsed && parsed->ins == 0x20 && as_text(parsed->data) == "ABC123" && ok) {
            password_given = true;
        }
        require(password_given || !holds_part(answer->data, kept.signing_certificate),
                "the signing certificate needs its password");
    }
    return accepted;
}

}  // namespace mado::fuzz
