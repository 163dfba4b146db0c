#include "plant.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "crypto/aead.hpp"
#include "crypto/digest.hpp"
#include "relay/anchor.hpp"
#include "relay/entry_rows.hpp"

namespace mado::bench {
namespace {

constexpr std::int64_t entries_of_person = 10;
constexpr std::int64_t rows_of_transaction = 500'000;
constexpr std::size_t head_every = 256;  // entries
constexpr std::size_t sealed_bytes = 1 + crypto::aead_overhead_bytes + 3 * relay::access_block;

// Only while planting: what is lost in a crash is planted again.
db::Connection open_for_planting(const Place& place) {
    auto connection = relay::open_store(place.database(), db::Access::create);
    connection.run(
        "pragma synchronous = off; pragma foreign_keys = off; pragma secure_delete = off; "
        "pragma cache_size = -500000; pragma wal_autocheckpoint = 20000");
    return connection;
}

// Transactions of bounded size.
class Bulk {
  public:
    explicit Bulk(db::Connection& connection) : connection_(connection) {
        connection_.run("begin");
    }
    ~Bulk() { connection_.run("commit"); }
    Bulk(const Bulk&) = delete;
    Bulk& operator=(const Bulk&) = delete;
    void row() {
        if (++rows_ % rows_of_transaction == 0) connection_.run("commit; begin");
    }

  private:
    db::Connection& connection_;
    std::int64_t rows_ = 0;
};

// The tree beside the rows: tiles as they become full, a signed checkpoint now and then.
class Tree {
  public:
    Tree(db::Connection& connection, const Place& place)
        : place_(place),
          tiles_(connection),
          add_head_(connection.prepare("insert into head (size, note, cosigned) "
                                       "values (:size, :note, :cosigned)")) {}

    void append(const Hash& leaf) {
        edge_.append(leaf);
        for (const auto& [id, hashes] : edge_.take_full_tiles())
            tiles_.add(id, hashes);
    }
    void add_head() { write_head(checkpoint(), std::nullopt); }
    // The newest one, cosigned by every witness, and in the anchor.
    void finish() {
        const auto& country = place_.country;
        const auto newest = checkpoint();
        const auto text = tlog::checkpoint_text(newest);
        auto cosigned = tlog::sign_note(text, country.log, country.log_key);
        relay::Anchor(place_.anchor_path(), country.log).write(cosigned, newest);
        for (std::size_t i = 0; i < country.witnesses.size(); ++i) {
            cosigned +=
                tlog::cosign(text, unix_now(), country.witnesses.at(i), country.witness_keys.at(i));
        }
        write_head(newest, cosigned);
    }

  private:
    [[nodiscard]] tlog::Checkpoint checkpoint() const {
        return {.origin = place_.country.log.name(), .size = edge_.size(), .root = edge_.root()};
    }
    void write_head(const tlog::Checkpoint& checkpoint,
                    const std::optional<std::string>& cosigned) {
        const auto& country = place_.country;
        add_head_.bind("size", static_cast<std::int64_t>(checkpoint.size))
            .bind("note",
                  tlog::sign_note(tlog::checkpoint_text(checkpoint), country.log, country.log_key))
            .bind("cosigned", cosigned)
            .execute();
    }

    const Place& place_;
    relay::TileWriter tiles_;
    db::Statement add_head_;
    tlog::Edge edge_;
};

void plant_people(db::Connection& connection, const PlantedLog& planted) {
    auto add = connection.prepare(
        "insert into person (id, link_number, linked) values (:id, :link_number, 1)");
    Bulk bulk(connection);
    for (std::int64_t id = 1; id <= planted.people; ++id) {
        add.bind("id", id).bind("link_number", planted_person(id, planted).link_number).execute();
        bulk.row();
    }
}

// Writes entry after entry.
class Entries {
  public:
    Entries(db::Connection& connection, const Place& place, const Orders& orders,
            const PlantedLog& planted)
        : orders_(orders),
          planted_(planted),
          vault_(place.vault()),
          tree_(connection, place),
          keys_(connection, place.vault()),
          month_(relay::month_of(orders.keep_until())),
          add_(connection.prepare(
              "insert into access (log_index, entry, person, seq, month, sealed, outcome) values "
              "(:log_index, :entry, :person, :seq, :month, :sealed, 'answered')")),
          add_own_(
              connection.prepare("insert into own_entry (id, log_index, viewer, rung_at, first) "
                                 "values (:id, :log_index, :viewer, :rung_at, :first)")),
          add_stretch_(connection.prepare(
              "insert into month_stretch (month, stretch) values (:month, :stretch)")) {}

    void add(std::int64_t index) {
        const auto stride = planted_.entries / planted_.own_entries;
        if (index % stride == stride / 2 && index / stride < planted_.own_entries) {
            add_own(index, index / stride + 1);
        } else {
            add_other(index);
        }
        if ((index + 1) % static_cast<std::int64_t>(head_every) == 0 &&
            index + 1 != planted_.entries) {
            tree_.add_head();
        }
    }
    void finish() { tree_.finish(); }

  private:
    void add_other(std::int64_t index) {
        const auto number = others_++;
        const auto person = number / entries_of_person + 1;
        crypto::random_fill(std::span(sealed_).first(16));
        const Hash entry = crypto::sha256(ByteView(sealed_).first(16));
        write(index, person, number % entries_of_person + 1, entry, sealed_);
    }
    // As EntryRows::append does it.
    void add_own(std::int64_t index, std::int64_t seq) {
        auto order = orders_.make({.person = planted_person(planted_.reader, planted_),
                                   .by_card = seq % 2 == 0,
                                   .fresh = true,
                                   .requester = "clinic-1"});
        auto& record = order.record;
        const auto number = planted_person(planted_.reader, planted_).link_number;
        const auto person =
            wire::commit_person(record.person_salt, number, static_cast<std::uint64_t>(seq));
        record.content = wire::complete_order(std::move(order.order_without_person), person);
        write(index, planted_.reader, seq,
              wire::log_entry(record.kind, record.salt, as_bytes(record.content)),
              relay::Vault::seal_with(keys_.find_or_make(month_), "access",
                                      relay::access_row(index, planted_.reader),
                                      relay::access_plain(record)));
    }
    void write(std::int64_t index, relay::PersonRow person, std::int64_t seq, const Hash& entry,
               const Bytes& sealed) {
        add_.bind("log_index", index)
            .bind("entry", entry)
            .bind("person", person)
            .bind("seq", seq)
            .bind("month", month_)
            .bind("sealed", sealed)
            .execute();
        add_own_.bind("id", relay::own_entry_id(person, seq))
            .bind("log_index", index)
            .bind("viewer", relay::viewer_index(vault_, person, known_requester(person)));
        if (index % relay::EntryRows::stretch_entries == 0) {
            add_stretch_.bind("month", month_)
                .bind("stretch", index / relay::EntryRows::stretch_entries)
                .execute();
        }
        if (seq == 1) add_own_.bind("rung_at", unix_now()).bind("first", std::int64_t{1});
        add_own_.execute();
        tree_.append(tlog::leaf_hash(entry));
    }

    const Orders& orders_;
    const PlantedLog& planted_;
    const relay::Vault& vault_;
    Tree tree_;
    relay::MonthKeys keys_;
    std::int64_t month_;
    db::Statement add_, add_own_, add_stretch_;
    std::int64_t others_ = 0;
    Bytes sealed_ = crypto::random_bytes(sealed_bytes);
};

}  // namespace

relay::Person planted_person(relay::PersonRow row, const PlantedLog& planted) {
    const auto step = UINT64_MAX / static_cast<std::uint64_t>(planted.people + 1);
    relay::Person out{.row = row, .link_number = {}};
    append_u64(out.link_number, static_cast<std::uint64_t>(row) * step);
    append_u64(out.link_number, static_cast<std::uint64_t>(row));
    return out;
}

std::string known_requester(relay::PersonRow person) {
    return fmt::format("clinic-{}", person % 1000);
}

PlantedLog plant_log(const Place& place, const Orders& orders, std::int64_t entries,
                     std::int64_t own_entries) {
    auto connection = open_for_planting(place);
    PlantedLog planted{.entries = entries, .own_entries = std::min(own_entries, entries)};
    planted.people = (entries - planted.own_entries) / entries_of_person + 2;
    planted.reader = planted.people;
    plant_people(connection, planted);
    Entries rows(connection, place, orders, planted);
    Bulk bulk(connection);
    for (std::int64_t i = 0; i < entries; ++i) {
        rows.add(i);
        bulk.row();
    }
    rows.finish();
    return planted;
}

std::string description(const PlantedLog& planted) {
    return fmt::format(
        "{} entries of {} people, {} sealed bytes each; {} entries of one person, spread over all "
        "of it, are real orders; everybody was seen by one requester before",
        planted.entries, planted.people, sealed_bytes, planted.own_entries);
}

Hash planted_leaf(std::uint64_t index, std::uint64_t leaves) {
    Bytes counter;
    append_u64(counter, index);
    const Hash hash = crypto::sha256(counter);
    // The last tile is not full, and is read from the entries.
    return index < leaves - leaves % tlog::tile_width ? hash : tlog::leaf_hash(hash);
}

void plant_tiles(const Place& place, std::uint64_t leaves) {
    auto connection = open_for_planting(place);
    Tree tree(connection, place);
    auto add =
        connection.prepare("insert into access (log_index, entry) values (:log_index, :entry)");
    Bulk bulk(connection);
    for (std::uint64_t i = 0; i < leaves; ++i) {
        tree.append(planted_leaf(i, leaves));
        bulk.row();
    }
    for (std::uint64_t i = leaves - leaves % tlog::tile_width; i < leaves; ++i) {
        Bytes counter;
        append_u64(counter, i);
        add.bind("log_index", static_cast<std::int64_t>(i))
            .bind("entry", crypto::sha256(counter))
            .execute();
    }
    tree.finish();
}

}  // namespace mado::bench
