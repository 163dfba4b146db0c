// Bytes that must not leak: keys, PINs, secrets. Move-only, never printable, wiped at the end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/bytes.hpp"

namespace mado {

class Secret {
  public:
    Secret() = default;
    // An all-zero secret of `size` bytes, to be filled through `writable()`.
    explicit Secret(std::size_t size);
    // Copies the bytes in and leaves the source to its owner (who should wipe it).
    explicit Secret(ByteView bytes);
    ~Secret();

    Secret(Secret&& other) noexcept;
    Secret& operator=(Secret&& other) noexcept;
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;

    [[nodiscard]] ByteView view() const { return {bytes_.get(), size_}; }
    [[nodiscard]] std::span<std::uint8_t> writable() { return {bytes_.get(), size_}; }
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }

  private:
    void wipe();
    std::unique_ptr<std::uint8_t[]> bytes_;
    std::size_t size_ = 0;
};

// Overwrites memory in a way that the compiler may not remove.
void wipe(std::span<std::uint8_t> bytes);
void wipe(std::string& text);

}  // namespace mado
