#include "card/software_card.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>

#include "base/file.hpp"
#include "base/json.hpp"
#include "crypto/digest.hpp"

namespace mado::card {
namespace {

constexpr std::int64_t lock_wait_ms = 3'000;

struct CardFile {
    Bytes certificate;  // DER
    Secret key;         // PKCS#8 PEM
    Hash pin_salt{};
    Hash pin_check{};
    int tries_left = 0;
};

Hash check_of(const Hash& salt, const Secret& pin) {
    return crypto::hmac_sha256(salt, {pin.view()});
}

bool is_pin(const Secret& pin) {
    return pin.size() == 4 &&
           std::ranges::all_of(pin.view(), [](std::uint8_t c) { return c >= '0' && c <= '9'; });
}

void save(const std::string& path, const CardFile& card) {
    json::object out;
    out["certificate"] = base64url(card.certificate);
    out["key"] = as_text(card.key.view());
    out["pin_salt"] = base64url(card.pin_salt);
    out["pin_check"] = base64url(card.pin_check);
    out["tries_left"] = card.tries_left;
    auto text = json::serialize(out);
    replace_file(path, as_bytes(text), 0600);
    wipe(text);
}

[[noreturn]] void refuse(const std::string& path) {
    throw OperatorError(path + " is not a card file");
}

CardFile load(const std::string& path) {
    const Secret content = read_secret_file(path);
    auto object = parse_json_object(as_text(content.view()));
    if (!object) refuse(path);
    Members in(*object);
    CardFile card;
    card.certificate = in.base64url_bytes("certificate", 8 * 1024);
    auto key = in.text("key", 8 * 1024);
    card.key = Secret(as_bytes(key));
    wipe(key);
    card.pin_salt = in.hash("pin_salt");
    card.pin_check = in.hash("pin_check");
    card.tries_left = static_cast<int>(in.integer("tries_left", 0, pin_tries_max));
    if (!in.finish()) refuse(path);
    return card;
}

}  // namespace

void SoftwareCard::personalise(const std::string& path, const crypto::Certificate& certificate,
                               const crypto::PrivateKey& key, const Secret& pin) {
    if (!is_pin(pin)) throw OperatorError("a card's PIN must have exactly 4 digits");
    CardFile card;
    card.certificate = certificate.der();
    card.key = key.pem();
    card.pin_salt = crypto::random_hash();
    card.pin_check = check_of(card.pin_salt, pin);
    card.tries_left = pin_tries_max;
    save(path, card);
}

std::unique_ptr<SoftwareCard> SoftwareCard::open(const std::string& path) {
    namespace fs = std::filesystem;
    std::error_code ignored;  // whatever else is wrong with it, load() says
    if (fs::status(path, ignored).type() == fs::file_type::not_found) return nullptr;
    load(path);
    return std::make_unique<SoftwareCard>(Existing{path});
}

crypto::Certificate SoftwareCard::authentication_certificate() {
    auto certificate = crypto::Certificate::from_der(load(path_).certificate);
    if (!certificate) refuse(path_);
    return std::move(*certificate);
}

int SoftwareCard::tries_left() {
    return load(path_).tries_left;
}

std::expected<Bytes, PinRefused> SoftwareCard::sign_authentication(const Secret& pin,
                                                                   ByteView message) {
    // Two programs that use one card must not both spend the same try: the second waits.
    const FileLock lock(path_ + ".lock",
                        {.refusal = "another program uses this card; try again when it has done",
                         .wait_ms = lock_wait_ms});
    CardFile card = load(path_);
    if (card.tries_left == 0) return std::unexpected(PinRefused{0});
    // Counted before it is compared: pulling the power cannot give a try back.
    card.tries_left -= 1;
    save(path_, card);
    if (!crypto::equal(check_of(card.pin_salt, pin), card.pin_check)) {
        return std::unexpected(PinRefused{card.tries_left});
    }
    card.tries_left = pin_tries_max;
    save(path_, card);
    auto key = crypto::PrivateKey::from_pem(card.key.view());
    if (!key) refuse(path_);
    return key->sign(message);
}

}  // namespace mado::card
