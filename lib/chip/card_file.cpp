#include "chip/card_file.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>

#include "base/json.hpp"
#include "crypto/digest.hpp"

namespace mado::chip {
namespace {

constexpr std::size_t secret_bytes = 32;
constexpr std::size_t certificate_bytes_max = 8 * 1024;
constexpr std::size_t key_text_bytes_max = 8 * 1024;
constexpr int tries_max = 15;  // what a status can say
constexpr std::int64_t lock_wait_ms = 3'000;

std::string_view kind_text(CardKind kind) {
    switch (kind) {
        case CardKind::jpki:
            return "jpki";
        case CardKind::piv:
            return "piv";
    }
    return {};
}

std::optional<CardKind> read_kind(std::string_view text) {
    for (const auto kind : {CardKind::jpki, CardKind::piv})
        if (text == kind_text(kind)) return kind;
    return std::nullopt;
}

json::object slot_json(const Slot& slot) {
    return {{"key", as_text(slot.key.view())},
            {"certificate", base64url(slot.certificate)},
            {"issuer_certificate", base64url(slot.issuer_certificate)},
            {"pin_salt", base64url(slot.pin.salt)},
            {"pin_check", base64url(slot.pin.check)},
            {"tries_left", slot.pin.tries_left}};
}

Secret take_secret(Members& in, std::string_view name) {
    auto text = in.text(name, key_text_bytes_max);
    Secret out(as_bytes(text));
    wipe(text);
    return out;
}

Slot read_slot(const json::object& object, bool& good) {
    Members in(object);
    Slot out;
    out.key = take_secret(in, "key");
    out.certificate = in.base64url_bytes("certificate", certificate_bytes_max);
    out.issuer_certificate = in.base64url_bytes("issuer_certificate", certificate_bytes_max);
    out.pin.salt = in.hash("pin_salt");
    out.pin.check = in.hash("pin_check");
    out.pin.tries_left = static_cast<int>(in.integer("tries_left", 0, tries_max));
    good = good && in.finish().has_value();
    return out;
}

void write(const std::string& path, const Content& content) {
    const json::object out{{"kind", kind_text(content.form.kind)},
                           {"has_pins", content.form.has_pins},
                           {"serial", base64url(content.serial)},
                           {"issuer_key", base64url(content.issuer_key.view())},
                           {"issuer_tries_left", content.issuer_tries_left},
                           {"authentication", slot_json(content.authentication)},
                           {"signing", slot_json(content.signing)}};
    auto text = json::serialize(out);
    replace_file(path, as_bytes(text), 0600);
    wipe(text);
}

Content read(const std::string& path) {
    std::error_code ignored;  // whatever else is wrong with it, reading says
    if (!std::filesystem::exists(path, ignored)) {
        throw OperatorError("there is no card file " + path);
    }
    const Secret text = read_secret_file(path);
    auto content = parse_content(text.view());
    if (!content) throw OperatorError(path + " is not a card file");
    return std::move(*content);
}

}  // namespace

Parsed<Content> parse_content(ByteView text) {
    const auto object = parse_json_object(as_text(text));
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    Content out;
    const auto kind = read_kind(in.text("kind"));
    out.form = {.kind = kind.value_or(CardKind::jpki), .has_pins = in.boolean("has_pins")};
    const auto serial = in.base64url_bytes("serial", out.serial.size());
    auto issuer_key = in.base64url_bytes("issuer_key", secret_bytes);
    out.issuer_key = Secret(issuer_key);
    wipe(issuer_key);
    out.issuer_tries_left = static_cast<int>(in.integer("issuer_tries_left", 0, issuer_tries_max));
    const auto* authentication = in.optional_object("authentication");
    const auto* signing = in.optional_object("signing");
    if (authentication == nullptr || signing == nullptr) return bad("a card has two keys");
    bool good = kind && out.issuer_key.size() == secret_bytes && serial.size() == out.serial.size();
    out.authentication = read_slot(*authentication, good);
    out.signing = read_slot(*signing, good);
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (!good) return bad("a card or a key of it does not have its form");
    std::ranges::copy(serial, out.serial.begin());
    return out;
}

Serial new_serial() {
    Serial out{};
    std::ranges::copy(crypto::random_bytes(out.size()), out.begin());
    return out;
}

void CardFile::create(const std::string& path, const Secret& issuer_key, const CardForm& form,
                      const Serial& serial) {
    if (issuer_key.size() != secret_bytes) throw OperatorError("an issuer key must have 32 bytes");
    std::error_code ignored;  // writing says it
    if (std::filesystem::exists(path, ignored)) throw OperatorError(path + " is there already");
    write(path, {.form = form,
                 .serial = serial,
                 .issuer_key = Secret(issuer_key.view()),
                 .issuer_tries_left = issuer_tries_max,
                 .authentication = {},
                 .signing = {}});
}

CardFile::CardFile(const std::string& path)
    : path_(path),
      lock_(path + ".lock",
            {.refusal = "another program uses this card; try again when it has done",
             .wait_ms = lock_wait_ms}) {
    content = read(path);
}

void CardFile::save() const {
    write(path_, content);
}

}  // namespace mado::chip
