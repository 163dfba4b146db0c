#include "chip/piv.hpp"

#include <algorithm>

#include "card/algorithm.hpp"
#include "card/tlv.hpp"
#include "chip/piv_objects.hpp"
#include "crypto/key.hpp"

namespace mado::chip {
namespace {

using card::Command;
using card::Response;
namespace status = card::status;

constexpr std::uint8_t padding = 0xff;
// References (part 1: PINs in table 4a, keys in table 4b); 99 is free there.
constexpr std::uint8_t pin_reference = 0x80;
constexpr std::uint8_t password_reference = 0x99;
constexpr std::size_t pin_bytes = 8;
constexpr std::size_t password_bytes = 16;
constexpr std::uint8_t authentication_key = 0x9a;
constexpr std::uint8_t signing_key = 0x9c;

enum class Object : std::uint32_t {
    holder_id = 0x5fc102,
    authentication_certificate = 0x5fc105,
    signing_certificate = 0x5fc10a,
    discovery = 0x7e,
};

Response refused(card::Status why) {
    return {.data = {}, .status = why};
}

// Part 2 section 2.4.3: filled up with FF.
ByteView without_padding(ByteView text) {
    while (!text.empty() && text.back() == padding)
        text = text.first(text.size() - 1);
    return text;
}

// Of SHA-1 to SHA-512. ECDSA takes each with each curve: of a longer one the bits that fit (FIPS
// 186-4 section 6.4).
bool is_digest(ByteView bytes) {
    constexpr std::array<std::size_t, 5> sizes{20, 28, 32, 48, 64};
    return std::ranges::find(sizes, bytes.size()) != sizes.end();
}

// The dynamic authentication template of internal authentication (part 2 section 3.2.4): 7C with 81
// (what is to be signed) and an empty 82 (where the signature is wanted), in either order.
ByteView digest_in(ByteView data) {
    auto content = card::only_tlv(data, 0x7c);
    if (!content) return {};
    auto one = card::take_tlv(*content);
    auto other = card::take_tlv(*content);
    if (!one || !other || !content->empty()) return {};
    if (one->tag == 0x81) std::swap(*one, *other);
    const bool good = one->tag == 0x82 && one->value.empty() && other->tag == 0x81;
    return good ? other->value : ByteView{};
}

}  // namespace

ByteView Piv::aid() const {
    return piv_aid();
}

void Piv::forget() {
    authentication_verified_ = false;
    signing_verified_ = false;
    password_was_last_ = false;
    rest_.clear();
}

// Whatever it was: it stood between the password and its use.
void Piv::passed_over() {
    password_was_last_ = false;
    rest_.clear();
}

// Selected again, it leaves verified who was (part 2 section 3.1.1).
Response Piv::select() {
    password_was_last_ = false;
    rest_.clear();
    return {.data = piv_properties()};
}

Response Piv::answer(const Command& command) {
    constexpr std::uint8_t get_response_ins = 0xc0;
    const bool right_after_password = std::exchange(password_was_last_, false);
    if (command.cla != 0) return refused(status::unknown_class);
    if (command.ins != get_response_ins) rest_.clear();
    switch (command.ins) {
        case 0xcb:
            return get_data(command);
        case get_response_ins:
            return get_response(command);
        case 0x20:
            return verify(command);
        case 0x24:
            return change_pin(command);
        case 0x87:
            return authenticate(command, right_after_password);
        case 0x2c:  // RESET RETRY COUNTER: there is no PUK, the issuer unlocks
            return refused(status::not_supported);
        case 0xa4:  // by anything but a name (part 2 section 3.1.1)
            return refused(status::wrong_parameters);
        default:  // open set: what a reader may send
            return refused(status::unknown_instruction);
    }
}

Response Piv::deliver(Bytes data, std::size_t expected) {
    const auto given = static_cast<std::ptrdiff_t>(std::min(data.size(), expected));
    rest_.assign(data.begin() + given, data.end());
    data.resize(static_cast<std::size_t>(given));
    if (rest_.empty()) return {.data = std::move(data)};
    const auto waiting = rest_.size() < card::answer_bytes_max ? rest_.size() : 0;
    return {.data = std::move(data),
            .status = static_cast<card::Status>(status::more_bytes + waiting)};
}

// Part 2 section 3.1.2.
Response Piv::get_data(const Command& command) {
    if (command.p1 != 0x3f || command.p2 != 0xff) return refused(status::wrong_parameters);
    const auto name = card::only_tlv(command.data, 0x5c);
    if (!name || name->empty() || name->size() > 3) return refused(status::wrong_data);
    std::uint32_t tag = 0;
    for (const auto byte : *name)
        tag = tag << 8 | byte;
    const auto& content = file_.content;
    Bytes object;
    switch (static_cast<Object>(tag)) {
        case Object::holder_id:
            object = piv_holder_id(content.authentication);
            break;
        case Object::authentication_certificate:
            object = piv_certificate(content.authentication);
            break;
        case Object::signing_certificate:
            // Name, birth date and address of the person: only for who knows the password.
            if (!signing_verified_) return refused(status::not_verified);
            object = piv_certificate(content.signing);
            break;
        case Object::discovery:
            object = piv_discovery(content);
            break;
    }
    if (object.empty()) return refused(status::not_found);
    return deliver(std::move(object), command.expected);
}

Response Piv::get_response(const Command& command) {
    if (command.p1 != 0 || command.p2 != 0) return refused(status::wrong_parameters);
    if (!command.data.empty() || command.expected == 0) return refused(status::wrong_length);
    if (rest_.empty()) return refused(status::not_now);
    return deliver(std::exchange(rest_, {}), command.expected);
}

// None: the card has no such reference data (part 2 section 3.2.1: 6A88), one without PINs none.
std::optional<Piv::Reference> Piv::reference_of(std::uint8_t p2) {
    auto& content = file_.content;
    if (!content.form.has_pins) return std::nullopt;
    if (p2 == pin_reference) {
        return Reference{content.authentication, authentication_rule, pin_bytes,
                         authentication_verified_};
    }
    if (p2 == password_reference) {
        return Reference{content.signing, signing_rule, password_bytes, signing_verified_};
    }
    return std::nullopt;
}

// Part 2 section 3.2.1. A locked PIN says so before anything is looked at. Programs over T=1 send a
// Le, which asks for nothing here.
Response Piv::verify(const Command& command) {
    constexpr std::uint8_t log_out = 0xff;
    if (command.p1 != 0 && command.p1 != log_out) return refused(status::wrong_parameters);
    const auto reference = reference_of(command.p2);
    if (!reference) return refused(status::no_reference);
    auto& pin = reference->slot.pin;
    if (command.p1 == log_out) {
        if (!command.data.empty()) return refused(status::wrong_data);
        reference->verified = false;
        return {};
    }
    if (command.data.empty()) return refused(reference->verified ? status::ok : tries_status(pin));
    if (pin.tries_left == 0) return refused(status::blocked);
    const auto given = without_padding(command.data);
    // A text that cannot be a PIN is a slip of the program, and costs no try.
    if (command.data.size() != reference->bytes || !card::is_pin(reference->rule.use, given)) {
        return refused(status::wrong_data);
    }
    reference->verified = false;
    const auto answer = verify_pin(file_, pin, reference->rule, given);
    reference->verified = answer == status::ok;
    password_was_last_ = command.p2 == password_reference && reference->verified;
    return refused(answer);
}

// Part 2 section 3.2.2: the old one and the new one, each filled up. The old one is compared and
// counted as in VERIFY; it is then in force until the new one is durable.
Response Piv::change_pin(const Command& command) {
    if (command.p1 != 0) return refused(status::wrong_parameters);
    const auto reference = reference_of(command.p2);
    if (!reference) return refused(status::no_reference);
    auto& pin = reference->slot.pin;
    if (pin.tries_left == 0) return refused(status::blocked);
    if (command.data.size() != 2 * reference->bytes) return refused(status::wrong_data);
    const auto old_pin = without_padding(command.data.first(reference->bytes));
    const auto new_pin = without_padding(command.data.last(reference->bytes));
    const auto use = reference->rule.use;
    if (!card::is_pin(use, old_pin) || !card::is_pin(use, new_pin)) {
        return refused(status::wrong_data);
    }
    reference->verified = false;
    const auto answer = verify_pin(file_, pin, reference->rule, old_pin);
    if (answer != status::ok) return refused(answer);
    set_pin(pin, reference->rule, new_pin);
    file_.save();
    reference->verified = true;
    return {};
}

// GENERAL AUTHENTICATE (part 2 section 3.2.4) over a digest that the reader made.
Response Piv::authenticate(const Command& command, bool right_after_password) {
    const bool signing = command.p2 == signing_key;
    if (!signing && command.p2 != authentication_key) return refused(status::wrong_parameters);
    const auto& slot = signing ? file_.content.signing : file_.content.authentication;
    if (slot.key.empty()) return refused(status::wrong_parameters);
    const auto key = crypto::PrivateKey::from_pem(slot.key.view());
    if (!key) throw Failure("a card's key cannot be read");
    if (command.p1 != card::algorithm_of(key->type())) return refused(status::wrong_parameters);
    const bool verified = signing ? signing_verified_ && right_after_password  // PIN ALWAYS
                                  : authentication_verified_;
    if (!verified) return refused(status::not_verified);
    const auto digest = digest_in(command.data);
    if (!is_digest(digest)) return refused(status::wrong_data);
    return deliver(card::tlv(0x7c, card::tlv(0x82, key->sign_digest(digest))), command.expected);
}

}  // namespace mado::chip
