#include "base/secret.hpp"

#include <string.h>

#include <algorithm>
#include <string>
#include <utility>

namespace mado {

Secret::Secret(std::size_t size) : bytes_(std::make_unique<std::uint8_t[]>(size)), size_(size) {}

Secret::Secret(ByteView bytes) : Secret(bytes.size()) {
    std::ranges::copy(bytes, bytes_.get());
}

Secret::~Secret() {
    wipe();
}

Secret::Secret(Secret&& other) noexcept
    : bytes_(std::move(other.bytes_)), size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this != &other) {
        wipe();
        bytes_ = std::move(other.bytes_);
        size_ = std::exchange(other.size_, 0);
    }
    return *this;
}

void Secret::wipe() {
    if (bytes_) explicit_bzero(bytes_.get(), size_);
}

void wipe(std::span<std::uint8_t> bytes) {
    if (!bytes.empty()) explicit_bzero(bytes.data(), bytes.size());
}

void wipe(std::string& text) {
    text.resize(text.capacity());  // also what an earlier, longer value left behind
    explicit_bzero(text.data(), text.size());
    text.clear();
}

}  // namespace mado
