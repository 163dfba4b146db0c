// What a card calls the kinds of its keys (NIST SP 800-78-4 table 6-2).
#pragma once

#include <cstdint>

#include "crypto/key.hpp"

namespace mado::card {

constexpr std::uint8_t algorithm_rsa_2048 = 0x07;
constexpr std::uint8_t algorithm_p256 = 0x11;
constexpr std::uint8_t algorithm_p384 = 0x14;
constexpr std::uint8_t no_algorithm = 0;

constexpr std::uint8_t algorithm_of(crypto::KeyType type) {
    switch (type) {
        case crypto::KeyType::rsa:
            return algorithm_rsa_2048;
        case crypto::KeyType::p256:
            return algorithm_p256;
        case crypto::KeyType::p384:
            return algorithm_p384;
        case crypto::KeyType::ed25519:
            return no_algorithm;
    }
    return no_algorithm;
}

}  // namespace mado::card
