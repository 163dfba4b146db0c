// Orders and receipts (docs/protocols/order.md). An order is exact JSON bytes, never re-serialised;
// it is valid if and only if its commitment is in the access log, which the receipt proves.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "tlog/note.hpp"
#include "tlog/tlog.hpp"
#include "wire/directory.hpp"
#include "wire/ids.hpp"

namespace mado::wire {

using mado::to_text;  // not hidden by the overloads of this namespace

enum class Presence { card_pin, card_seen, number, none };
std::string_view to_text(Presence presence);
std::optional<Presence> parse_presence(std::string_view text);

struct Order {
    std::string id;
    UnixTime time = 0;
    ParticipantId relay;
    ParticipantId holder;
    CodeId policy;
    Presence presence = Presence::none;
    UnixTime keep_until = 0;
    std::string head;  // the JWS, verbatim
    Hash subject{};    // commitments
    std::optional<Hash> number;
    Hash person{};
};

constexpr std::size_t order_bytes_max = 16 * 1024;

// The order's bytes up to the member `person`, which only the log writer knows.
std::string order_without_person(const Order& order);
// The same for the content of other entries about a person: `members` in their order.
std::string without_person(const json::object& members);
// Completes them: the person's commitment as last member.
std::string complete_order(std::string order_without_person, const Hash& person);
Parsed<Order> parse_order(ByteView bytes);

// Salted commitments: SHA-256(tag ‖ salt ‖ bytes).
Hash commit_subject(const Hash& salt, ByteView subject);
Hash commit_number(const Hash& salt, ByteView number);
Hash commit_person(const Hash& salt, ByteView link_number, std::uint64_t seq);
// Of a sealed entry: no running number yet, and the date on which it opens.
Hash commit_sealed_person(const Hash& salt, ByteView link_number, UnixTime opens);
// The 32 bytes that are in the log: SHA-256("mado/<kind>/1\n" ‖ salt ‖ content); `kind` is "order",
// "refused", ….
Hash log_entry(std::string_view kind, const Hash& salt, ByteView content);
Hash order_entry(const Hash& salt, ByteView order);

struct Receipt {
    Bytes order;
    Hash salt{};
    std::uint64_t index = 0;
    std::vector<Hash> proof;
    std::string checkpoint;  // signed note
};

std::string receipt_json(const Receipt& receipt);
// `object` as read by parse_json.
Parsed<Receipt> read_receipt(const json::object& object);

struct VerifiedReceipt {
    Order order;
    Hash entry;
    tlog::Checkpoint checkpoint;
};
// The order's entry is at `index` under a checkpoint signed by a log of the directory.
Parsed<VerifiedReceipt> verify_receipt(const Receipt& receipt, const Directory& directory);

}  // namespace mado::wire
