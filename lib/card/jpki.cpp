#include "card/jpki.hpp"

#include <algorithm>
#include <array>

#include "card/asking.hpp"

namespace mado::card {
namespace {

constexpr std::array<std::uint8_t, 10> aid{0xd3, 0x92, 0xf0, 0x00, 0x26,
                                           0x01, 0x00, 0x00, 0x00, 0x01};
constexpr std::uint8_t this_file = 0x80;
constexpr std::size_t certificate_bytes_max = 8 * 1024;
constexpr std::size_t signature_bytes = 256;

struct Files {
    std::uint16_t certificate;
    std::uint16_t key;
    std::uint16_t pin;
};
Files files_of(KeyUse use) {
    switch (use) {
        case KeyUse::authentication:
            return {.certificate = 0x000a, .key = 0x0017, .pin = 0x0018};
        case KeyUse::signing:
            return {.certificate = 0x0001, .key = 0x001a, .pin = 0x001b};
    }
    return {};
}

}  // namespace

CardResult<bool> JpkiCard::is_on(Channel& channel) {
    const auto response = ask(channel, {.ins = 0xa4, .p1 = 0x04, .p2 = 0x0c, .data = aid});
    if (!response) return std::unexpected(response.error());
    return response->status == status::ok;
}

CardResult<void> JpkiCard::begin() {
    const auto there = is_on(*channel_);
    if (!there) return std::unexpected(there.error());
    if (!*there) return problem(CardError::not_there);
    return {};
}

CardResult<void> JpkiCard::select_file(std::uint16_t id) {
    const std::array<std::uint8_t, 2> file{static_cast<std::uint8_t>(id >> 8),
                                           static_cast<std::uint8_t>(id & 0xff)};
    const auto response = ask(*channel_, {.ins = 0xa4, .p1 = 0x02, .p2 = 0x0c, .data = file});
    if (!response) return std::unexpected(response.error());
    if (response->status != status::ok) return problem(CardError::not_there);
    return {};
}

CardResult<Bytes> JpkiCard::read_certificate(std::uint16_t id) {
    if (auto ok = select_file(id); !ok) return std::unexpected(ok.error());
    Bytes out;
    // DER says its own length: 30 82 and two bytes of it.
    std::size_t size = 4;
    while (out.size() < size) {
        const auto piece =
            ask(*channel_, {.ins = 0xb0,
                            .p1 = static_cast<std::uint8_t>(out.size() >> 8),
                            .p2 = static_cast<std::uint8_t>(out.size() & 0xff),
                            .expected = std::min(answer_bytes_max, size - out.size())});
        if (!piece) return std::unexpected(piece.error());
        if (piece->status != status::ok || piece->data.empty()) {
            return problem(out.empty() ? CardError::not_there : CardError::broken);
        }
        append(out, piece->data);
        if (size > 4) continue;
        if (out.size() != 4 || out[0] != 0x30 || out[1] != 0x82) return problem(CardError::broken);
        size = 4 + static_cast<std::size_t>(out[2] << 8 | out[3]);
        if (size > certificate_bytes_max) return problem(CardError::broken);
    }
    return out;
}

CardResult<crypto::Certificate> JpkiCard::authentication_certificate() {
    if (auto ok = begin(); !ok) return std::unexpected(ok.error());
    const auto der = read_certificate(files_of(KeyUse::authentication).certificate);
    if (!der) return std::unexpected(der.error());
    auto certificate = crypto::Certificate::from_der(*der);
    if (!certificate) return problem(CardError::broken);
    return std::move(*certificate);
}

CardResult<crypto::Certificate> JpkiCard::signing_certificate(const Secret& password) {
    if (auto ok = begin(); !ok) return std::unexpected(ok.error());
    if (auto ok = verify(KeyUse::signing, password); !ok) return std::unexpected(ok.error());
    const auto der = read_certificate(files_of(KeyUse::signing).certificate);
    static_cast<void>(begin());  // nobody is verified any more
    if (!der) return std::unexpected(der.error());
    auto certificate = crypto::Certificate::from_der(*der);
    if (!certificate) return problem(CardError::broken);
    return std::move(*certificate);
}

CardResult<int> JpkiCard::tries_left(KeyUse use) {
    if (auto ok = begin(); !ok) return std::unexpected(ok.error());
    if (auto ok = select_file(files_of(use).pin); !ok) return std::unexpected(ok.error());
    const auto response = ask(*channel_, {.ins = 0x20, .p2 = this_file});
    if (!response) return std::unexpected(response.error());
    return read_tries(response->status);
}

CardResult<void> JpkiCard::verify(KeyUse use, const Secret& pin) {
    const bool at_reader = use == KeyUse::authentication && pin.empty();
    if (!at_reader && !is_pin(use, pin.view())) return problem(CardError::pin_format);
    if (auto ok = select_file(files_of(use).pin); !ok) return std::unexpected(ok.error());
    if (at_reader) {
        constexpr std::array<std::uint8_t, pin_digits> place{};
        return verify_at_reader(
            *channel_,
            {.command = {.ins = 0x20, .p2 = this_file, .data = place}, .digits = pin_digits});
    }
    const auto response = ask(*channel_, {.ins = 0x20, .p2 = this_file, .data = pin.view()});
    if (!response) return std::unexpected(response.error());
    return read_verified(response->status);
}

CardResult<Bytes> JpkiCard::sign(KeyUse use, const Secret& pin, ByteView message) {
    if (auto ok = begin(); !ok) return std::unexpected(ok.error());
    if (auto ok = verify(use, pin); !ok) return std::unexpected(ok.error());
    if (auto ok = select_file(files_of(use).key); !ok) return std::unexpected(ok.error());
    const auto info = sha256_digest_info(message);
    auto response = ask(
        *channel_,
        {.cla = 0x80, .ins = 0x2a, .p2 = this_file, .data = info, .expected = answer_bytes_max});
    static_cast<void>(begin());  // nobody is verified any more
    if (!response) return std::unexpected(response.error());
    if (response->status == status::wrong_file_kind) return problem(CardError::not_there);
    if (response->status != status::ok || response->data.size() != signature_bytes) {
        return problem(CardError::broken);
    }
    return std::move(response->data);
}

CardResult<void> JpkiCard::change_pin(KeyUse use, const Secret& pin, const Secret& new_pin) {
    if (!is_pin(use, pin.view()) || !is_pin(use, new_pin.view()))
        return problem(CardError::pin_format);
    if (auto ok = begin(); !ok) return ok;
    if (auto ok = verify(use, pin); !ok) return ok;
    const auto response =
        ask(*channel_, {.ins = 0x24, .p1 = 0x01, .p2 = this_file, .data = new_pin.view()});
    static_cast<void>(begin());
    if (!response) return std::unexpected(response.error());
    if (response->status != status::ok) return problem(CardError::broken);
    return {};
}

}  // namespace mado::card
