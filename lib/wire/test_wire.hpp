// What the tests of this folder share: a small country with its keys, a directory, and a log in
// memory that gives receipts.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>

#include "crypto/digest.hpp"
#include "crypto/jws.hpp"
#include "tlog/tlog.hpp"
#include "wire/head.hpp"
#include "wire/number.hpp"
#include "wire/order.hpp"

namespace mado::wire {

constexpr UnixTime test_now = 1'795'312'800;  // 2026-11-22T02:00:00Z

// `text` with one part exchanged; the part must be there, and only once.
inline std::string replaced(std::string_view text, std::string_view part, std::string_view by) {
    const auto at = text.find(part);
    EXPECT_NE(at, std::string_view::npos) << part;
    if (at == std::string_view::npos) return std::string(text);
    EXPECT_EQ(text.find(part, at + 1), std::string_view::npos) << part << " is there twice";
    return std::string(text.substr(0, at)) + std::string(by) +
           std::string(text.substr(at + part.size()));
}

inline Hash filled(std::uint8_t byte) {
    Hash hash;
    hash.fill(byte);
    return hash;
}

template <class T>
T valid(Parsed<T> parsed) {
    EXPECT_TRUE(parsed.has_value()) << (parsed ? "" : parsed.error().why);
    return std::move(parsed).value();
}

inline ParticipantId participant_id(std::string_view text) {
    return valid(ParticipantId::parse(text));
}
inline ServiceId service_id(std::string_view text) {
    return valid(ServiceId::parse(text));
}
inline CodeId code_id(std::string_view text) {
    return valid(CodeId::parse(text));
}

inline std::string kid_of(const crypto::PrivateKey& key) {
    return base64url(key.public_key().thumbprint());
}

inline std::string jws_of(std::string_view type, std::string_view payload,
                          const crypto::PrivateKey& key) {
    return crypto::sign_jws(type, {.key_id = kid_of(key), .certificate = {}}, as_bytes(payload),
                            key);
}

// The number schemes that the tests use: one of no holder, one with a branch, one of digits, one
// that a requester gives.
constexpr std::string_view schemes_text = R"({"schemes": [
 {"name": "health-care-number", "kind": null,
  "fields": [{"name": "number", "digits": [12], "check": "damm"}]},
 {"name": "insured-number", "kind": "medical-insurer", "holder_field": "insurer",
  "left_out": "branch",
  "fields": [{"name": "insurer", "digits": [6, 8], "check": "insurer"},
             {"name": "symbol", "bytes_max": 60, "optional": true},
             {"name": "number", "bytes_max": 40},
             {"name": "branch", "digits": [2], "optional": true}]},
 {"name": "care-insured-number", "kind": "care-insurer", "holder_field": "insurer",
  "fields": [{"name": "insurer", "digits": [6], "check": "insurer"},
             {"name": "number", "digits": [10]}]},
 {"name": "file-number", "kind": "clinic", "holder": "clinic-1",
  "fields": [{"name": "number", "digits": [6]}]}]})";

inline Schemes test_schemes() {
    return valid(Schemes::parse(schemes_text));
}

// One clinic, one insurer, one relay with its log.
struct TestCountry {
    crypto::PrivateKey authority = crypto::PrivateKey::generate(crypto::KeyType::p256);
    crypto::PrivateKey clinic = crypto::PrivateKey::generate(crypto::KeyType::p256);
    crypto::PrivateKey insurer = crypto::PrivateKey::generate(crypto::KeyType::p256);
    crypto::PrivateKey relay = crypto::PrivateKey::generate(crypto::KeyType::p256);
    crypto::PrivateKey seal_to = crypto::PrivateKey::generate(crypto::KeyType::p256);
    crypto::PrivateKey log_key = crypto::PrivateKey::generate(crypto::KeyType::ed25519);
    tlog::NoteVerifier log =
        valid(tlog::NoteVerifier::make("log.example/2026", log_key.public_key()));
    // The quorum is both.
    std::array<crypto::PrivateKey, 2> witness_keys{
        crypto::PrivateKey::generate(crypto::KeyType::ed25519),
        crypto::PrivateKey::generate(crypto::KeyType::ed25519)};
    std::array<tlog::WitnessVerifier, 2> witnesses{
        valid(tlog::WitnessVerifier::make("witness.example/1", witness_keys[0].public_key())),
        valid(tlog::WitnessVerifier::make("witness.example/2", witness_keys[1].public_key()))};
    tlog::Edge tree;

    [[nodiscard]] std::string directory_json() const {
        const auto keys = [](const crypto::PrivateKey& key) {
            return fmt::format(R"([{{"kid":"{}","jwk":{}}}])", kid_of(key), key.public_key().jwk());
        };
        return fmt::format(
            R"({{"version":7,"issued_at":{},"policy":"{}","schemes":"{}","participants":[)"
            R"({{"id":"06990014","name":"健康保険組合","kind":"medical-insurer",)"
            R"("certificates":["{}"],"signing_keys":{},)"
            R"("services":["eligibility","health-care-number"],)"
            R"("addresses":[]}},)"
            R"({{"id":"clinic-1","name":"クリニック","kind":"clinic","certificates":["{}"],)"
            R"("signing_keys":{},"services":[],"addresses":[]}},)"
            R"({{"id":"relay","name":"中継センター","kind":"relay","certificates":["{}"],)"
            R"("signing_keys":{},"services":["entries"],"addresses":["relay.example:8443"]}}],)"
            R"("logs":[{{"key":"{}","url":"https://log.example:8444/","certificate":"{}"}}],)"
            R"("witnesses":[{{"key":"{}","url":"https://w1.example:8445/","certificate":"{}"}},)"
            R"({{"key":"{}","url":"https://w2.example:443/mado/","certificate":"{}"}}],)"
            R"("quorum":2,"card_authorities":[]}})",
            test_now, base64url(filled(1)), base64url(filled(2)), base64url(filled(3)),
            keys(insurer), base64url(filled(4)), keys(clinic), base64url(filled(5)), keys(relay),
            log.vkey(), base64url(filled(6)), witnesses[0].vkey(), base64url(filled(7)),
            witnesses[1].vkey(), base64url(filled(8)));
    }
    [[nodiscard]] std::string sign_directory(std::string_view json) const {
        return jws_of(directory_type, json, authority);
    }
    [[nodiscard]] Directory directory() const {
        return valid(open_directory(sign_directory(directory_json()), authority.public_key()));
    }

    [[nodiscard]] Head head() const {
        return {.issuer = participant_id("clinic-1"),
                .audience = participant_id("relay"),
                .jti = base64url(crypto::random_bytes(16)),
                .issued_at = test_now,
                .expires = test_now + ask_lifetime_s,
                .to = {.holder = {}, .kind = code_id("medical-insurer"), .position = 1},
                .service = service_id("eligibility"),
                .purpose = code_id("treatment"),
                .seal_to = seal_to.public_key(),
                .parameters = {{"on", "2026-11-22"}},
                .payload_hash = {},
                .person_operator = {},
                .card_seen = false};
    }
    [[nodiscard]] Order order() const {
        return {.id = "order-1",
                .time = test_now,
                .relay = participant_id("relay"),
                .holder = participant_id("06990014"),
                .policy = code_id("eligibility.clinic.treatment.number"),
                .presence = Presence::number,
                .keep_until = test_now + 1826 * 86'400,
                .head = sign_head(head(), kid_of(clinic), clinic),
                .subject = filled(10),
                .number = filled(11),
                .person = filled(12)};
    }

    // Puts an order's bytes into the log and proves that they are there.
    Receipt log_order(std::string_view order) {
        Receipt out{.order = to_bytes(order),
                    .salt = crypto::random_hash(),
                    .index = tree.size(),
                    .proof = {},
                    .checkpoint = {}};
        tree.append(tlog::leaf_hash(order_entry(out.salt, out.order)));
        prove(out);
        return out;
    }
    // Fills in proof and checkpoint of the present tree.
    void prove(Receipt& receipt) const {
        receipt.proof = tlog::inclusion_proof(receipt.index, tree.size(), tree.reader({}));
        receipt.checkpoint = tlog::sign_note(
            tlog::checkpoint_text({.origin = log.name(), .size = tree.size(), .root = tree.root()}),
            log, log_key);
    }
    void grow(std::uint64_t entries) {
        for (std::uint64_t i = 0; i < entries; ++i)
            tree.append(tlog::leaf_hash(crypto::random_hash()));
    }
};

inline std::string complete(const Order& order) {
    return complete_order(order_without_person(order), order.person);
}

}  // namespace mado::wire
