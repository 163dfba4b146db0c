#include "card/personalise.hpp"

#include <algorithm>

#include "card/algorithm.hpp"
#include "card/asking.hpp"
#include "card/issuing_names.hpp"
#include "crypto/digest.hpp"

namespace mado::card {
namespace {

constexpr std::size_t piece_bytes = 255;
// SubjectPublicKeyInfo of RSA-2048 has 294.
constexpr std::size_t public_key_bytes_max = 1024;

std::uint8_t number_of(KeyUse use) {
    switch (use) {
        case KeyUse::authentication:
            return issuing::authentication_key;
        case KeyUse::signing:
            return issuing::signing_key;
    }
    return 0;
}

struct Files {
    std::uint16_t certificate;
    std::uint16_t issuer;
};
Files files_of(KeyUse use) {
    switch (use) {
        case KeyUse::authentication:
            return {.certificate = issuing::authentication_certificate,
                    .issuer = issuing::authentication_issuer};
        case KeyUse::signing:
            return {.certificate = issuing::signing_certificate, .issuer = issuing::signing_issuer};
    }
    return {};
}

std::uint8_t high(std::size_t number) {
    return static_cast<std::uint8_t>(number >> 8);
}
std::uint8_t low(std::size_t number) {
    return static_cast<std::uint8_t>(number & 0xff);
}

}  // namespace

std::expected<Bytes, IssueError> Personaliser::send(const Command& command) {
    auto response = ask(*channel_, command);
    if (!response) return std::unexpected(IssueError::gone);
    if (response->status == status::ok) return std::move(response->data);
    if (is_count(response->status) || response->status == status::not_found ||
        response->status == status::not_verified) {
        return std::unexpected(IssueError::not_ours);
    }
    if (response->status == status::blocked) return std::unexpected(IssueError::blocked);
    return std::unexpected(IssueError::refused);
}

std::expected<Personaliser, IssueError> Personaliser::begin(Channel& channel,
                                                            const Secret& issuer_key) {
    Personaliser out(channel);
    if (auto ok = out.send({.ins = 0xa4, .p1 = 0x04, .p2 = 0x0c, .data = issuing::aid}); !ok) {
        return std::unexpected(ok.error());
    }
    const auto challenge = out.send({.ins = 0x84, .expected = issuing::challenge_bytes});
    if (!challenge) return std::unexpected(challenge.error());
    const auto proof = crypto::hmac_sha256(issuer_key.view(), {ByteView(*challenge)});
    if (auto ok = out.send({.ins = 0x82, .data = proof}); !ok) return std::unexpected(ok.error());
    return out;
}

std::expected<crypto::PublicKey, IssueError> Personaliser::generate(KeyUse use,
                                                                    crypto::KeyType type) {
    const auto number = number_of(use);
    const std::array algorithm{algorithm_of(type)};
    if (auto ok = send({.ins = 0x47, .p2 = number, .data = algorithm}); !ok) {
        return std::unexpected(ok.error());
    }
    const std::array<std::uint8_t, 2> file{high(issuing::public_keys), number};
    if (auto ok = send({.ins = 0xa4, .p1 = 0x02, .p2 = 0x0c, .data = file}); !ok) {
        return std::unexpected(ok.error());
    }
    Bytes spki;
    while (spki.size() < public_key_bytes_max) {
        const auto piece = send({.ins = 0xb0,
                                 .p1 = high(spki.size()),
                                 .p2 = low(spki.size()),
                                 .expected = answer_bytes_max});
        if (!piece) return std::unexpected(piece.error());
        append(spki, *piece);
        if (piece->size() < answer_bytes_max) break;
    }
    auto key = crypto::PublicKey::from_spki(spki);
    if (!key) return std::unexpected(IssueError::refused);
    return std::move(*key);
}

std::expected<void, IssueError> Personaliser::write_file(std::uint16_t id, ByteView content) {
    const std::array<std::uint8_t, 2> file{high(id), low(id)};
    if (auto ok = send({.ins = 0xa4, .p1 = 0x02, .p2 = 0x0c, .data = file}); !ok) {
        return std::unexpected(ok.error());
    }
    for (std::size_t offset = 0; offset < content.size();) {
        const auto piece = content.subspan(offset, std::min(piece_bytes, content.size() - offset));
        if (auto ok = send({.ins = 0xd6, .p1 = high(offset), .p2 = low(offset), .data = piece});
            !ok) {
            return std::unexpected(ok.error());
        }
        offset += piece.size();
    }
    if (auto ok = send({.ins = 0x44}); !ok) return std::unexpected(ok.error());
    return {};
}

std::expected<void, IssueError> Personaliser::write_certificate(KeyUse use,
                                                                const crypto::Certificate& one,
                                                                const crypto::Certificate& issuer) {
    const auto files = files_of(use);
    if (auto ok = write_file(files.issuer, issuer.der()); !ok) return ok;
    return write_file(files.certificate, one.der());
}

std::expected<void, IssueError> Personaliser::set_pin(KeyUse use, const Secret& pin) {
    const auto ok = send({.ins = 0x2c, .p1 = 0x02, .p2 = number_of(use), .data = pin.view()});
    if (!ok) return std::unexpected(ok.error());
    return {};
}

}  // namespace mado::card
