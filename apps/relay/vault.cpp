#include "vault.hpp"

#include <utility>

#include "base/file.hpp"
#include "crypto/aead.hpp"
#include "crypto/digest.hpp"

namespace mado::relay {
namespace {

// Which key sealed a row or made an index. A second key gets the next number; rows keep theirs.
constexpr std::uint8_t key_id = 1;

Secret read_key(const std::string& path) {
    Secret key = read_secret_file(path);
    if (key.size() != crypto::aead_key_bytes) {
        throw OperatorError("the key file must have exactly 32 bytes: " + path);
    }
    return key;
}

Bytes associated(std::string_view table, ByteView row) {
    Bytes out;
    append_u64(out, table.size());
    append(out, table);
    append(out, row);
    return out;
}

}  // namespace

Vault::Vault(const std::string& folder)
    : seal_key_(read_key(folder + "/seal.key")), index_key_(read_key(folder + "/index.key")) {}

Vault::Vault(Secret seal_key, Secret index_key)
    : seal_key_(std::move(seal_key)), index_key_(std::move(index_key)) {
    if (seal_key_.size() != crypto::aead_key_bytes || index_key_.size() != crypto::aead_key_bytes) {
        throw Failure("the relay's keys must have exactly 32 bytes");
    }
}

Bytes Vault::seal(std::string_view table, ByteView row, ByteView plain) const {
    return seal_with(seal_key_, table, row, plain);
}

Bytes Vault::open(std::string_view table, ByteView row, ByteView sealed) const {
    return open_with(seal_key_, table, row, sealed);
}

bool Vault::opens(std::string_view table, ByteView row, ByteView sealed) const {
    return !sealed.empty() && sealed[0] == key_id &&
           crypto::aead_open(seal_key_.view(), sealed.subspan(1), associated(table, row));
}

Bytes Vault::seal_with(const Secret& key, std::string_view table, ByteView row, ByteView plain) {
    Bytes out{key_id};
    append(out, crypto::aead_seal(key.view(), plain, associated(table, row)));
    return out;
}

Bytes Vault::open_with(const Secret& key, std::string_view table, ByteView row, ByteView sealed) {
    if (sealed.empty() || sealed[0] != key_id) {
        throw Failure("a sealed row names a key that is not here");
    }
    auto plain = crypto::aead_open(key.view(), sealed.subspan(1), associated(table, row));
    if (!plain) throw Failure("a sealed row does not open: the store was altered");
    return std::move(*plain);
}

Bytes Vault::index(std::string_view purpose, std::initializer_list<ByteView> material) const {
    Bytes joined;
    append_u64(joined, purpose.size());
    append(joined, purpose);
    for (const auto part : material) {
        append_u64(joined, part.size());
        append(joined, part);
    }
    Bytes out{key_id};
    append(out, crypto::hmac_sha256(index_key_.view(), {joined}));
    return out;
}

Bytes row_bytes(std::int64_t number) {
    Bytes out;
    append_u64(out, static_cast<std::uint64_t>(number));
    return out;
}

std::int64_t month_of(Date day) {
    return static_cast<int>(day.year()) * 12 + static_cast<int>(unsigned(day.month())) - 1;
}

std::int64_t month_of(UnixTime keep_until) {
    return month_of(date_at(keep_until, 0));
}

}  // namespace mado::relay
