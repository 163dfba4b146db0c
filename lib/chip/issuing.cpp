#include "chip/issuing.hpp"

#include <algorithm>

#include "card/algorithm.hpp"
#include "card/issuing_names.hpp"
#include "crypto/digest.hpp"
#include "crypto/x509.hpp"

namespace mado::chip {
namespace {

using card::Command;
using card::Response;
namespace names = card::issuing;
namespace status = card::status;

constexpr std::size_t file_bytes_max = 4 * 1024;

// Instructions (ISO/IEC 7816-4, -8, -9).
constexpr std::uint8_t generate_key_pair = 0x47;
constexpr std::uint8_t select_a_file = 0xa4;
constexpr std::uint8_t read = 0xb0;
constexpr std::uint8_t update = 0xd6;
constexpr std::uint8_t activate_file = 0x44;
constexpr std::uint8_t reset_retry_counter = 0x2c;

Response refused(card::Status why) {
    return {.data = {}, .status = why};
}

// What a key of the card is usually made with.
std::uint8_t usual_algorithm(CardKind kind, std::uint8_t number) {
    switch (kind) {
        case CardKind::jpki:
            return card::algorithm_rsa_2048;
        case CardKind::piv:
            return number == names::signing_key ? card::algorithm_p384 : card::algorithm_p256;
    }
    return card::no_algorithm;
}

// The keys that a card's application can sign with; none for another algorithm.
std::optional<crypto::KeyType> key_type(CardKind kind, std::uint8_t algorithm) {
    switch (kind) {
        case CardKind::jpki:
            if (algorithm == card::algorithm_rsa_2048) return crypto::KeyType::rsa;
            return std::nullopt;
        case CardKind::piv:
            if (algorithm == card::algorithm_p256) return crypto::KeyType::p256;
            if (algorithm == card::algorithm_p384) return crypto::KeyType::p384;
            return std::nullopt;
    }
    return std::nullopt;
}

crypto::PublicKey public_key_of(const Slot& slot) {
    const auto key = crypto::PrivateKey::from_pem(slot.key.view());
    if (!key) throw Failure("a card's key cannot be read");
    return key->public_key();
}

bool is_certificate_of(const Slot& slot, const crypto::Certificate& certificate) {
    return !slot.key.empty() && certificate.public_key().spki() == public_key_of(slot).spki();
}

}  // namespace

ByteView Issuing::aid() const {
    return names::aid;
}

void Issuing::forget() {
    challenge_.clear();
    authenticated_ = false;
    current_ = 0;
    written_.clear();
}

Response Issuing::select() {
    forget();
    return {};
}

Slot* Issuing::slot_of(std::uint8_t p2) {
    if (p2 == names::authentication_key) return &file_.content.authentication;
    return p2 == names::signing_key ? &file_.content.signing : nullptr;
}

Response Issuing::answer(const Command& command) {
    if (command.cla != 0) return refused(status::unknown_class);
    if (command.ins == 0xca) return facts(command);
    if (command.ins == 0x84) return challenge(command);
    if (command.ins == 0x82) return authenticate(command);
    if (!authenticated_) return refused(status::not_verified);
    return write(command);
}

// Only for the issuer.
Response Issuing::write(const Command& command) {
    switch (command.ins) {
        case generate_key_pair:
            return generate(command);
        case select_a_file:
            return select_file(command);
        case read:
            return read_binary(command);
        case update:
            return update_binary(command);
        case activate_file:
            return activate(command);
        case reset_retry_counter:
            return reset_pin(command);
        default:  // open set: what a reader may send
            return refused(status::unknown_instruction);
    }
}

// For whoever has it in a reader: a serial number is no secret, and opens nothing.
Response Issuing::facts(const Command& command) const {
    if (command.p1 != names::chip_facts_p1 || command.p2 != 0) {
        return refused(status::wrong_parameters);
    }
    if (!command.data.empty() || command.expected != names::chip_facts_bytes) {
        return refused(status::wrong_length);
    }
    const auto& content = file_.content;
    Response out;
    out.data = to_bytes(ByteView(content.serial));
    for (const auto number : {names::authentication_key, names::signing_key})
        out.data.push_back(usual_algorithm(content.form.kind, number));
    const int written =
        (content.authentication.certificate.empty() ? 0 : names::has_authentication_certificate) |
        (content.signing.certificate.empty() ? 0 : names::has_signing_certificate);
    out.data.push_back(static_cast<std::uint8_t>(written));
    return out;
}

Response Issuing::challenge(const Command& command) {
    if (command.p1 != 0 || command.p2 != 0) return refused(status::wrong_parameters);
    if (!command.data.empty() || command.expected != names::challenge_bytes) {
        return refused(status::wrong_length);
    }
    challenge_ = crypto::random_bytes(names::challenge_bytes);
    return {.data = challenge_};
}

// Counted before it is compared, as a PIN is; nobody can set this counter back.
Response Issuing::authenticate(const Command& command) {
    if (command.p1 != 0 || command.p2 != 0) return refused(status::wrong_parameters);
    if (command.data.size() != sizeof(Hash)) return refused(status::wrong_length);
    const auto challenge = std::exchange(challenge_, {});
    if (challenge.empty()) return refused(status::not_verified);
    authenticated_ = false;
    auto& left = file_.content.issuer_tries_left;
    if (left == 0) return refused(status::blocked);
    left -= 1;
    file_.save();
    const auto expected =
        crypto::hmac_sha256(file_.content.issuer_key.view(), {ByteView(challenge)});
    if (!crypto::equal(expected, command.data)) {
        return refused(static_cast<card::Status>(status::tries_left + left));
    }
    left = issuer_tries_max;
    file_.save();
    authenticated_ = true;
    return {};
}

// A new key has no certificate, and no PIN that was somebody's.
Response Issuing::generate(const Command& command) {
    auto* slot = slot_of(command.p2);
    if (command.p1 != 0 || slot == nullptr) return refused(status::wrong_parameters);
    if (command.data.size() != 1 || command.expected != 0) return refused(status::wrong_length);
    const auto type = key_type(file_.content.form.kind, command.data[0]);
    if (!type) return refused(status::wrong_data);
    *slot = {.key = crypto::PrivateKey::generate(*type).pem()};
    file_.save();
    return {};
}

Response Issuing::select_file(const Command& command) {
    if (command.p1 != 0x02 || command.p2 != 0x0c) return refused(status::wrong_parameters);
    if (command.data.size() != 2) return refused(status::wrong_length);
    const auto id = static_cast<std::uint16_t>(command.data[0] << 8 | command.data[1]);
    const std::array<std::uint16_t, 6> files{names::authentication_certificate,
                                             names::authentication_issuer,
                                             names::signing_certificate,
                                             names::signing_issuer,
                                             names::public_keys + names::authentication_key,
                                             names::public_keys + names::signing_key};
    if (std::ranges::find(files, id) == files.end()) return refused(status::not_found);
    current_ = id;
    written_.clear();
    return {};
}

Response Issuing::read_binary(const Command& command) const {
    if (!command.data.empty() || command.expected == 0) return refused(status::wrong_length);
    if (current_ == 0) return refused(status::no_file_selected);
    if (current_ < names::public_keys) return refused(status::wrong_file_kind);
    const auto& content = file_.content;
    const auto& slot = current_ == names::public_keys + names::authentication_key
                           ? content.authentication
                           : content.signing;
    if (slot.key.empty()) return refused(status::not_found);
    auto text = public_key_of(slot).spki();
    const std::array number{static_cast<std::uint8_t>(current_ - names::public_keys)};
    append(text, crypto::hmac_sha256(content.issuer_key.view(),
                                     {as_bytes(names::key_proof_name), number, ByteView(text)}));
    const auto offset = static_cast<std::size_t>(command.p1 << 8 | command.p2);
    if (offset >= text.size()) return refused(status::wrong_offset);
    const auto rest = ByteView(text).subspan(offset);
    return {.data = to_bytes(rest.first(std::min(rest.size(), command.expected)))};
}

Response Issuing::update_binary(const Command& command) {
    if (current_ == 0) return refused(status::no_file_selected);
    if (current_ >= names::public_keys) return refused(status::wrong_file_kind);
    const auto offset = static_cast<std::size_t>(command.p1 << 8 | command.p2);
    if (command.data.empty() || command.expected != 0) return refused(status::wrong_length);
    if (offset != written_.size() || offset + command.data.size() > file_bytes_max) {
        return refused(status::wrong_offset);
    }
    append(written_, command.data);
    return {};
}

// Until here the old certificate stays: a card that is pulled half-way is as it was.
Response Issuing::activate(const Command& command) {
    if (command.p1 != 0 || command.p2 != 0) return refused(status::wrong_parameters);
    if (!command.data.empty()) return refused(status::wrong_length);
    if (current_ == 0) return refused(status::no_file_selected);
    const auto certificate = crypto::Certificate::from_der(written_);
    if (!certificate) return refused(status::wrong_data);
    auto& content = file_.content;
    const bool of_signing =
        current_ == names::signing_certificate || current_ == names::signing_issuer;
    auto& slot = of_signing ? content.signing : content.authentication;
    const bool own =
        current_ == names::signing_certificate || current_ == names::authentication_certificate;
    if (own && !is_certificate_of(slot, *certificate)) return refused(status::wrong_data);
    (own ? slot.certificate : slot.issuer_certificate) = std::exchange(written_, {});
    file_.save();
    return {};
}

Response Issuing::reset_pin(const Command& command) {
    constexpr std::uint8_t new_pin_only = 0x02;
    auto* slot = slot_of(command.p2);
    if (command.p1 != new_pin_only || slot == nullptr) return refused(status::wrong_parameters);
    if (!file_.content.form.has_pins) return refused(status::no_reference);
    if (slot->key.empty()) return refused(status::not_found);
    const auto& rule = command.p2 == names::authentication_key ? authentication_rule : signing_rule;
    if (!card::is_pin(rule.use, command.data)) return refused(status::wrong_data);
    set_pin(slot->pin, rule, command.data);
    file_.save();
    return {};
}

}  // namespace mado::chip
