#include "chip/jpki.hpp"

#include <algorithm>

#include "crypto/key.hpp"

namespace mado::chip {
namespace {

using card::Command;
using card::Response;
namespace status = card::status;

constexpr std::array<std::uint8_t, 10> aid_bytes{0xd3, 0x92, 0xf0, 0x00, 0x26,
                                                 0x01, 0x00, 0x00, 0x00, 0x01};
constexpr std::size_t token_bytes = 32;
constexpr std::string_view token_text = "JPKIAPICCTOKEN2";
constexpr std::uint8_t this_file = 0x80;  // P2: the current file is meant
// What PKCS#1 v1.5 padding of a key of 2048 bits leaves (RFC 8017 section 9.2).
constexpr std::size_t signed_bytes_max = 256 - 11;

Response refused(card::Status why) {
    return {.data = {}, .status = why};
}

bool has_length_of(card::KeyUse use, ByteView pin) {
    switch (use) {
        case card::KeyUse::authentication:
            return pin.size() == card::pin_digits;
        case card::KeyUse::signing:
            return pin.size() >= card::password_bytes_min && pin.size() <= card::password_bytes_max;
    }
    return false;
}

Bytes token() {
    Bytes out = to_bytes(token_text);
    out.resize(token_bytes);
    return out;
}

}  // namespace

enum class Jpki::Ef : std::uint16_t {
    signing_certificate = 0x0001,
    signing_issuer = 0x0002,
    token = 0x0006,
    authentication_certificate = 0x000a,
    authentication_issuer = 0x000b,
    authentication_key = 0x0017,
    authentication_pin = 0x0018,
    signing_key = 0x001a,
    signing_pin = 0x001b,
};

ByteView Jpki::aid() const {
    return aid_bytes;
}

void Jpki::forget() {
    current_.reset();
    authentication_verified_ = false;
    signing_verified_ = false;
}

Response Jpki::select() {
    forget();
    return {};
}

Response Jpki::answer(const Command& command) {
    constexpr std::uint8_t proprietary = 0x80;
    if (command.cla == proprietary) {
        return command.ins == 0x2a ? sign(command) : refused(status::unknown_instruction);
    }
    if (command.cla != 0) return refused(status::unknown_class);
    switch (command.ins) {
        case 0xa4:
            return select_file(command);
        case 0xb0:
            return read_binary(command);
        case 0x20:
            return verify(command);
        case 0x24:
            return change_pin(command);
        default:  // open set: what a reader may send
            return refused(status::unknown_instruction);
    }
}

Response Jpki::select_file(const Command& command) {
    constexpr std::uint8_t by_file_id = 0x02;
    constexpr std::uint8_t no_answer = 0x0c;
    if (command.p1 != by_file_id || command.p2 != no_answer) {
        return refused(status::wrong_parameters);
    }
    if (command.data.size() != 2) return refused(status::wrong_length);
    const auto id = static_cast<Ef>(command.data[0] << 8 | command.data[1]);
    switch (id) {
        case Ef::signing_certificate:
        case Ef::signing_issuer:
        case Ef::token:
        case Ef::authentication_certificate:
        case Ef::authentication_issuer:
        case Ef::authentication_key:
        case Ef::authentication_pin:
        case Ef::signing_key:
        case Ef::signing_pin:
            current_ = id;
            return {};
    }
    return refused(status::not_found);  // and the file that was current stays so
}

Response Jpki::read_binary(const Command& command) const {
    constexpr std::uint8_t short_file_id = 0x80;
    if (command.p1 & short_file_id) return refused(status::wrong_parameters);
    if (!command.data.empty() || command.expected == 0) return refused(status::wrong_length);
    if (!current_) return refused(status::no_file_selected);
    const auto& content = file_.content;
    Bytes bytes;
    switch (*current_) {
        case Ef::signing_certificate:
            // Name, birth date and address of the person: only for who knows the password.
            if (!signing_verified_) return refused(status::not_verified);
            bytes = content.signing.certificate;
            break;
        case Ef::signing_issuer:
            bytes = content.signing.issuer_certificate;
            break;
        case Ef::token:
            bytes = token();
            break;
        case Ef::authentication_certificate:
            bytes = content.authentication.certificate;
            break;
        case Ef::authentication_issuer:
            bytes = content.authentication.issuer_certificate;
            break;
        case Ef::authentication_key:
        case Ef::authentication_pin:
        case Ef::signing_key:
        case Ef::signing_pin:
            return refused(status::wrong_file_kind);
    }
    const auto offset = static_cast<std::size_t>(command.p1 << 8 | command.p2);
    if (offset >= bytes.size()) return refused(status::wrong_offset);
    const auto rest = ByteView(bytes).subspan(offset);
    return {.data = to_bytes(rest.first(std::min(rest.size(), command.expected)))};
}

std::optional<Jpki::Key> Jpki::key_of(Ef authentication, Ef signing) {
    auto& content = file_.content;
    if (current_ == authentication) {
        return Key{content.authentication, authentication_rule, authentication_verified_};
    }
    if (current_ == signing) return Key{content.signing, signing_rule, signing_verified_};
    return std::nullopt;
}

Response Jpki::verify(const Command& command) {
    if (command.p1 != 0 || command.p2 != this_file) return refused(status::wrong_parameters);
    if (!current_) return refused(status::no_file_selected);
    const auto key = key_of(Ef::authentication_pin, Ef::signing_pin);
    if (!key) return refused(status::wrong_file_kind);
    if (!file_.content.form.has_pins) return refused(status::no_reference);
    auto& pin = key->slot.pin;
    // Without data it asks how many tries are left, whoever is verified and also when it is locked.
    // A Le, which programs over T=1 send, asks for nothing.
    if (command.data.empty()) return refused(tries_status(pin));
    // A text of another length is a slip of the program, and costs no try; any other is compared.
    if (!has_length_of(key->rule.use, command.data)) return refused(status::wrong_length);
    key->verified = false;
    const auto answer = verify_pin(file_, pin, key->rule, command.data);
    key->verified = answer == status::ok;
    return refused(answer);
}

Response Jpki::change_pin(const Command& command) {
    constexpr std::uint8_t new_only = 0x01;  // the old one was verified
    if (command.p1 != new_only || command.p2 != this_file) return refused(status::wrong_parameters);
    if (!current_) return refused(status::no_file_selected);
    const auto key = key_of(Ef::authentication_pin, Ef::signing_pin);
    if (!key) return refused(status::wrong_file_kind);
    if (!file_.content.form.has_pins) return refused(status::no_reference);
    if (!key->verified) return refused(status::not_verified);
    if (command.data.empty()) return refused(status::wrong_length);
    if (!card::is_pin(key->rule.use, command.data)) return refused(status::wrong_data);
    set_pin(key->slot.pin, key->rule, command.data);
    file_.save();
    return {};
}

// COMPUTE DIGITAL SIGNATURE (ISO/IEC 7816-8 section 5.4) over a DigestInfo that the reader made.
Response Jpki::sign(const Command& command) {
    if (command.p1 != 0 || command.p2 != this_file) return refused(status::wrong_parameters);
    if (!current_) return refused(status::no_file_selected);
    const auto key = key_of(Ef::authentication_key, Ef::signing_key);
    if (!key || key->slot.key.empty()) return refused(status::wrong_file_kind);
    if (!key->verified) return refused(status::not_verified);
    const bool length_fits = !command.data.empty() && command.data.size() <= signed_bytes_max &&
                             command.expected == card::answer_bytes_max;
    if (!length_fits) return refused(status::wrong_length);
    const auto made = crypto::PrivateKey::from_pem(key->slot.key.view());
    if (!made) throw Failure("a card's key cannot be read");
    return {.data = made->sign_digest(command.data)};
}

}  // namespace mado::chip
