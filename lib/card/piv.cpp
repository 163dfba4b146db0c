#include "card/piv.hpp"

#include <algorithm>
#include <array>

#include "card/algorithm.hpp"
#include "card/asking.hpp"
#include "card/tlv.hpp"
#include "crypto/digest.hpp"

namespace mado::card {
namespace {

// Without the version, as SP 800-73-4 part 2 section 3.1.1 lets a reader select it.
constexpr std::array<std::uint8_t, 9> aid{0xa0, 0x00, 0x00, 0x03, 0x08, 0x00, 0x00, 0x10, 0x00};
constexpr std::uint8_t padding = 0xff;
// Where the counter is full and nobody says how high that is: not the last (as pkcs11.hpp has it).
constexpr int tries_when_full = 2;

struct Names {
    std::array<std::uint8_t, 3> certificate;  // part 1 table 3
    std::uint8_t key;                         // part 1 table 4b
    std::uint8_t pin;                         // 80 (part 1 table 4a), 99 of Mado's cards
    std::size_t pin_bytes;
};
Names names_of(KeyUse use) {
    switch (use) {
        case KeyUse::authentication:
            return {.certificate = {0x5f, 0xc1, 0x05}, .key = 0x9a, .pin = 0x80, .pin_bytes = 8};
        case KeyUse::signing:
            return {.certificate = {0x5f, 0xc1, 0x0a}, .key = 0x9c, .pin = 0x99, .pin_bytes = 16};
    }
    return {};
}

// Each in its full width, filled with FF (part 2 section 2.4.3).
Secret padded(KeyUse use, std::initializer_list<const Secret*> pins) {
    const auto width = names_of(use).pin_bytes;
    Secret out(width * pins.size());
    std::ranges::fill(out.writable(), padding);
    auto to = out.writable();
    for (const auto* pin : pins) {
        std::ranges::copy(pin->view(), to.begin());
        to = to.subspan(width);
    }
    return out;
}

// Empty: the key is none of this card's kind.
Bytes digest_of(ByteView message, crypto::KeyType type) {
    switch (type) {
        case crypto::KeyType::p256:
            return to_bytes(crypto::sha256(message));
        case crypto::KeyType::p384:
            return to_bytes(crypto::sha384(message));
        case crypto::KeyType::rsa:
        case crypto::KeyType::ed25519:
            return {};
    }
    return {};
}

// A certificate's data object (part 1 appendix A, table 10): 53 (70 DER, 71 00, FE). Another 71
// says that it is packed with gzip, which is not read here.
CardResult<crypto::Certificate> certificate_in(ByteView object) {
    constexpr std::uint8_t not_compressed = 0x00;
    auto content = only_tlv(object, 0x53);
    if (!content) return problem(CardError::broken);
    const auto der = take_tlv(*content);
    const auto info = take_tlv(*content);
    const bool good =
        der && der->tag == 0x70 && info && info->tag == 0x71 && info->value.size() == 1;
    if (!good) return problem(CardError::broken);
    if (info->value[0] != not_compressed) return problem(CardError::not_there);
    auto certificate = crypto::Certificate::from_der(der->value);
    if (!certificate) return problem(CardError::broken);
    return std::move(*certificate);
}

// The dynamic authentication template that answers (part 2 section 3.2.4): 7C (82 signature).
CardResult<Bytes> signature_in(ByteView object, crypto::KeyType type) {
    const auto content = only_tlv(object, 0x7c);
    if (!content) return problem(CardError::broken);
    const auto der = only_tlv(*content, 0x82);
    if (!der) return problem(CardError::broken);
    auto raw = crypto::ecdsa_from_der(*der, type);
    if (!raw) return problem(CardError::broken);
    return std::move(*raw);
}

}  // namespace

CardResult<bool> PivCard::is_on(Channel& channel) {
    const auto response =
        ask(channel, {.ins = 0xa4, .p1 = 0x04, .data = aid, .expected = answer_bytes_max});
    if (!response) return std::unexpected(response.error());
    return response->status == status::ok;
}

// Selecting it again leaves verified who was (part 2 section 3.1.1), so that takes a command of its
// own (section 3.2.1, P1 FF). What a card without that PIN answers does not matter.
CardResult<void> PivCard::log_out() {
    for (const auto use : {KeyUse::authentication, KeyUse::signing}) {
        const auto response = ask(*channel_, {.ins = 0x20, .p1 = 0xff, .p2 = names_of(use).pin});
        if (!response) return std::unexpected(response.error());
    }
    return {};
}

CardResult<void> PivCard::begin() {
    const auto there = is_on(*channel_);
    if (!there) return std::unexpected(there.error());
    if (!*there) return problem(CardError::not_there);
    return log_out();
}

CardResult<crypto::Certificate> PivCard::read_certificate(KeyUse use) {
    const auto name = tlv(0x5c, names_of(use).certificate);
    const auto response =
        ask(*channel_,
            {.ins = 0xcb, .p1 = 0x3f, .p2 = 0xff, .data = name, .expected = answer_bytes_max});
    if (!response) return std::unexpected(response.error());
    if (response->status != status::ok) return problem(CardError::not_there);
    return certificate_in(response->data);
}

CardResult<crypto::Certificate> PivCard::authentication_certificate() {
    if (auto ok = begin(); !ok) return std::unexpected(ok.error());
    return read_certificate(KeyUse::authentication);
}

CardResult<crypto::Certificate> PivCard::signing_certificate(const Secret& password) {
    if (auto ok = begin(); !ok) return std::unexpected(ok.error());
    if (auto ok = verify(KeyUse::signing, password); !ok) return std::unexpected(ok.error());
    auto certificate = read_certificate(KeyUse::signing);
    static_cast<void>(log_out());
    return certificate;
}

CardResult<int> PivCard::tries_left(KeyUse use) {
    if (auto ok = begin(); !ok) return std::unexpected(ok.error());
    const auto response = ask(*channel_, {.ins = 0x20, .p2 = names_of(use).pin});
    if (!response) return std::unexpected(response.error());
    if (response->status == status::ok) return tries_when_full;  // it could not be logged out
    auto tries = read_tries(response->status);
    if (!tries) return told_apart(use, tries.error());
    return tries;
}

// A card of others has a PIN and no password, and so no such key; one that was issued without PINs
// has neither.
std::unexpected<CardProblem> PivCard::told_apart(KeyUse use, CardProblem why) {
    if (use == KeyUse::authentication || why.error != CardError::no_pin) {
        return std::unexpected(why);
    }
    const auto response = ask(*channel_, {.ins = 0x20, .p2 = names_of(KeyUse::authentication).pin});
    if (!response) return std::unexpected(response.error());
    const bool no_pins = response->status == status::no_reference;
    return no_pins ? std::unexpected(why) : problem(CardError::not_there);
}

CardResult<void> PivCard::verify(KeyUse use, const Secret& pin) {
    if (use == KeyUse::authentication && pin.empty()) {
        const auto place = padded(use, {&pin});
        return verify_at_reader(
            *channel_, {.command = {.ins = 0x20, .p2 = names_of(use).pin, .data = place.view()},
                        .digits = pin_digits});
    }
    if (!is_pin(use, pin.view())) return problem(CardError::pin_format);
    const auto data = padded(use, {&pin});
    const auto response =
        ask(*channel_, {.ins = 0x20, .p2 = names_of(use).pin, .data = data.view()});
    if (!response) return std::unexpected(response.error());
    const auto verified = read_verified(response->status);
    if (!verified) return told_apart(use, verified.error());
    return verified;
}

CardResult<Bytes> PivCard::sign(KeyUse use, const Secret& pin, ByteView message) {
    if (auto ok = begin(); !ok) return std::unexpected(ok.error());
    auto signature = sign_verified(use, pin, message);
    static_cast<void>(log_out());
    return signature;
}

// A key may want its PIN right before the signature (PIN ALWAYS), so nothing stands between. The
// certificate, which says of which kind the key is, comes first; the signing key's wants the
// password as well, which is given twice then. A wrong one ends with the first.
CardResult<Bytes> PivCard::sign_verified(KeyUse use, const Secret& pin, ByteView message) {
    if (use == KeyUse::signing) {
        if (auto ok = verify(use, pin); !ok) return std::unexpected(ok.error());
    }
    const auto certificate = read_certificate(use);
    if (!certificate) return std::unexpected(certificate.error());
    const auto type = certificate->public_key().type();
    const auto digest = digest_of(message, type);
    if (digest.empty()) return problem(CardError::not_there);
    if (auto ok = verify(use, pin); !ok) return std::unexpected(ok.error());
    Bytes wanted = tlv(0x82, {});
    append_tlv(wanted, 0x81, digest);
    const auto data = tlv(0x7c, wanted);
    const auto response = ask(*channel_, {.ins = 0x87,
                                          .p1 = algorithm_of(type),
                                          .p2 = names_of(use).key,
                                          .data = data,
                                          .expected = answer_bytes_max});
    if (!response) return std::unexpected(response.error());
    if (response->status == status::wrong_parameters) return problem(CardError::not_there);
    if (response->status != status::ok) return problem(CardError::broken);
    return signature_in(response->data, type);
}

CardResult<void> PivCard::change_pin(KeyUse use, const Secret& pin, const Secret& new_pin) {
    if (!is_pin(use, pin.view()) || !is_pin(use, new_pin.view()))
        return problem(CardError::pin_format);
    if (auto ok = begin(); !ok) return ok;
    const auto both = padded(use, {&pin, &new_pin});
    const auto response =
        ask(*channel_, {.ins = 0x24, .p2 = names_of(use).pin, .data = both.view()});
    static_cast<void>(log_out());
    if (!response) return std::unexpected(response.error());
    const auto changed = read_verified(response->status);
    if (!changed) return told_apart(use, changed.error());
    return changed;
}

}  // namespace mado::card
