#include "card/personalise.hpp"

#include <algorithm>

#include "card/algorithm.hpp"
#include "card/asking.hpp"
#include "card/issuing_names.hpp"
#include "crypto/digest.hpp"

namespace mado::card {
namespace {

constexpr std::size_t piece_bytes = 255;
// SubjectPublicKeyInfo of RSA-2048 has 294, and its proof 32.
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

namespace {

std::expected<Bytes, IssueError> send_to(Channel& channel, const Command& command) {
    auto response = ask(channel, command);
    if (!response) return std::unexpected(IssueError::gone);
    if (response->status == status::ok) return std::move(response->data);
    if (is_count(response->status) || response->status == status::not_found ||
        response->status == status::not_verified) {
        return std::unexpected(IssueError::not_ours);
    }
    if (response->status == status::blocked) return std::unexpected(IssueError::blocked);
    return std::unexpected(IssueError::refused);
}

std::optional<crypto::KeyType> type_of(std::uint8_t algorithm) {
    for (const auto type : {crypto::KeyType::rsa, crypto::KeyType::p256, crypto::KeyType::p384})
        if (algorithm_of(type) == algorithm) return type;
    return std::nullopt;
}

}  // namespace

Secret chip_issuer_key(const Secret& root, const issuing::Serial& serial) {
    return Secret(ByteView(crypto::hmac_sha256(root.view(), {ByteView(serial)})));
}

std::expected<void, IssueError> reset_pin(Channel& channel, KeyUse use, const Secret& pin) {
    const auto ok =
        send_to(channel, {.ins = 0x2c, .p1 = 0x02, .p2 = number_of(use), .data = pin.view()});
    if (!ok) return std::unexpected(ok.error());
    return {};
}

std::expected<Bytes, IssueError> Personaliser::send(const Command& command) {
    return send_to(*channel_, command);
}

std::expected<void, IssueError> Personaliser::select() {
    const auto ok = send({.ins = 0xa4, .p1 = 0x04, .p2 = 0x0c, .data = issuing::aid});
    if (!ok) return std::unexpected(ok.error());
    return {};
}

std::expected<void, IssueError> Personaliser::ask_facts() {
    const auto text =
        send({.ins = 0xca, .p1 = issuing::chip_facts_p1, .expected = issuing::chip_facts_bytes});
    if (!text) return std::unexpected(text.error());
    if (text->size() != issuing::chip_facts_bytes) return std::unexpected(IssueError::not_ours);
    std::copy_n(text->begin(), issuing::serial_bytes, chip_.serial.begin());
    const auto authentication = type_of(text->at(issuing::serial_bytes));
    const auto signing = type_of(text->at(issuing::serial_bytes + 1));
    if (!authentication || !signing) return std::unexpected(IssueError::not_ours);
    const auto written = text->back();
    chip_.authentication = *authentication;
    chip_.signing = *signing;
    chip_.has_authentication_certificate = (written & issuing::has_authentication_certificate) != 0;
    chip_.has_signing_certificate = (written & issuing::has_signing_certificate) != 0;
    return {};
}

// Of a challenge's length only: whatever stands between could else have this key make another
// proof (issuing::key_proof_name).
std::expected<void, IssueError> Personaliser::authenticate(Secret issuer_key) {
    const auto challenge = send({.ins = 0x84, .expected = issuing::challenge_bytes});
    if (!challenge) return std::unexpected(challenge.error());
    if (challenge->size() != issuing::challenge_bytes) return std::unexpected(IssueError::forged);
    const auto proof = crypto::hmac_sha256(issuer_key.view(), {ByteView(*challenge)});
    if (auto ok = send({.ins = 0x82, .data = proof}); !ok) return std::unexpected(ok.error());
    issuer_key_ = std::move(issuer_key);
    return {};
}

std::expected<Personaliser, IssueError> Personaliser::begin(Channel& channel,
                                                            const Secret& issuer_key) {
    Personaliser out(channel);
    if (auto ok = out.select(); !ok) return std::unexpected(ok.error());
    if (auto ok = out.authenticate(Secret(issuer_key.view())); !ok) {
        return std::unexpected(ok.error());
    }
    return out;
}

std::expected<Personaliser, IssueError> Personaliser::begin(Channel& channel,
                                                            const KeyOfChip& key_of) {
    Personaliser out(channel);
    if (auto ok = out.select(); !ok) return std::unexpected(ok.error());
    if (auto ok = out.ask_facts(); !ok) return std::unexpected(ok.error());
    auto key = key_of(out.chip_);
    if (!key) return std::unexpected(key.error());
    if (auto ok = out.authenticate(std::move(*key)); !ok) return std::unexpected(ok.error());
    return out;
}

std::expected<Bytes, IssueError> Personaliser::read_public_key(KeyUse use) {
    const std::array<std::uint8_t, 2> file{high(issuing::public_keys), number_of(use)};
    if (auto ok = send({.ins = 0xa4, .p1 = 0x02, .p2 = 0x0c, .data = file}); !ok) {
        return std::unexpected(ok.error());
    }
    Bytes out;
    while (out.size() < public_key_bytes_max) {
        const auto piece = send({.ins = 0xb0,
                                 .p1 = high(out.size()),
                                 .p2 = low(out.size()),
                                 .expected = answer_bytes_max});
        if (!piece) return std::unexpected(piece.error());
        append(out, *piece);
        if (piece->size() < answer_bytes_max) break;
    }
    return out;
}

std::expected<crypto::PublicKey, IssueError> Personaliser::generate(KeyUse use,
                                                                    crypto::KeyType type) {
    const auto number = number_of(use);
    const std::array algorithm{algorithm_of(type)};
    if (auto ok = send({.ins = 0x47, .p2 = number, .data = algorithm}); !ok) {
        return std::unexpected(ok.error());
    }
    const auto text = read_public_key(use);
    if (!text) return std::unexpected(text.error());
    if (text->size() <= sizeof(Hash)) return std::unexpected(IssueError::forged);
    const auto spki = ByteView(*text).first(text->size() - sizeof(Hash));
    const std::array proved{number};
    const auto proof =
        crypto::hmac_sha256(issuer_key_.view(), {as_bytes(issuing::key_proof_name), proved, spki});
    if (!crypto::equal(proof, ByteView(*text).last(sizeof(Hash)))) {
        return std::unexpected(IssueError::forged);
    }
    auto key = crypto::PublicKey::from_spki(spki);
    if (!key || key->type() != type) return std::unexpected(IssueError::refused);
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
    return reset_pin(*channel_, use, pin);
}

}  // namespace mado::card
