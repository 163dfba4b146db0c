// What is done with the relay's two keys: sealing rows and making blind indexes. The keys live
// outside the state that is backed up, so that a stolen store alone says nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/secret.hpp"

namespace mado::relay {

// Immutable after construction; used from every thread.
class Vault {
  public:
    // `folder`/seal.key and index.key: 32 random bytes each.
    explicit Vault(const std::string& folder);
    // The same from elsewhere (KeyToken).
    Vault(Secret seal_key, Secret index_key);

    // Key id ‖ sealed bytes, bound to the table and the row.
    [[nodiscard]] Bytes seal(std::string_view table, ByteView row, ByteView plain) const;
    // Throws Failure: bytes that do not open mean that the store was altered or the key is another.
    [[nodiscard]] Bytes open(std::string_view table, ByteView row, ByteView sealed) const;
    // Does it open? (The only question to ask when another key is an expected mistake.)
    [[nodiscard]] bool opens(std::string_view table, ByteView row, ByteView sealed) const;

    // The same under a key of its own (the key of a month).
    [[nodiscard]] static Bytes seal_with(const Secret& key, std::string_view table, ByteView row,
                                         ByteView plain);
    [[nodiscard]] static Bytes open_with(const Secret& key, std::string_view table, ByteView row,
                                         ByteView sealed);

    // Key id ‖ HMAC over purpose and material: equal for equal input, meaningless without the key.
    [[nodiscard]] Bytes index(std::string_view purpose,
                              std::initializer_list<ByteView> material) const;

  private:
    Secret seal_key_;
    Secret index_key_;
};

// Rows that are numbered are bound to their number.
Bytes row_bytes(std::int64_t number);
// Year × 12 + month − 1.
std::int64_t month_of(Date day);
// The month of a retention end, rounded up to the month's end.
std::int64_t month_of(UnixTime keep_until);

}  // namespace mado::relay
