#include "tile_rows.hpp"

#include "base/result.hpp"

namespace mado::relay {
namespace {

constexpr std::size_t half_tile_bytes = std::size_t{tlog::half_width} * sizeof(Hash);

}  // namespace

std::int64_t tile_row(tlog::TileId id) {
    // tlog::tree_size_max leaves have fewer than 2^40 tiles.
    return (std::int64_t{id.level} << 40) + static_cast<std::int64_t>(id.index);
}

std::int64_t tile_part_row(tlog::TileId id, unsigned part) {
    return tile_row(id) * tlog::half_width + part;
}

TileWriter::TileWriter(db::Connection& connection)
    : tile_(connection.prepare("insert into tile (id, root, middle) values (:id, :root, :middle)")),
      part_(connection.prepare("insert into tile_part (id, hashes) values (:id, :hashes)")) {}

void TileWriter::add(tlog::TileId id, ByteView hashes) {
    tile_.bind("id", tile_row(id))
        .bind("root", tlog::tile_hash(hashes))
        .bind("middle", tlog::tile_middle(hashes))
        .execute();
    for (unsigned part = 0; part < tlog::half_width; ++part) {
        part_.bind("id", tile_part_row(id, part))
            .bind("hashes", hashes.subspan(part * half_tile_bytes, half_tile_bytes))
            .execute();
    }
}

TileRows::TileRows(db::Connection& connection)
    : parts_(connection.prepare("select hashes from tile_part where id between :first and :last "
                                "order by id")),
      middle_(connection.prepare("select middle from tile where id = :id")),
      roots_(connection.prepare("select root from tile where id between :first and :last "
                                "order by id")),
      entries_(connection.prepare("select entry from access where log_index >= :first "
                                  "order by log_index limit :count")) {}

// What is there in full is a longer piece of the same; what is not was not full in any tree yet.
Bytes TileRows::read(tlog::TileId id, unsigned width) {
    const auto size = std::size_t{width} * sizeof(Hash);
    auto& open = open_[id.level];
    const bool known = open.index == id.index && open.hashes.size() >= size;
    if (!known) {
        if (auto full = stored(tile_part_row(id, 0), tlog::half_width); !full.empty()) {
            full.resize(size);
            return full;
        }
        if (open.index != id.index) open = {.index = id.index, .hashes = {}};
        assemble(id, width, open.hashes);
    }
    return to_bytes(ByteView(open.hashes).first(size));
}

Bytes TileRows::read_half(tlog::TileId id, unsigned width) {
    if (id.level % 2 == 1) return read_middle({.level = id.level / 2, .index = id.index}, width);
    const tlog::TileId tile{.level = id.level / 2, .index = id.index / tlog::half_width};
    const auto part = static_cast<unsigned>(id.index % tlog::half_width);
    if (auto full = stored(tile_part_row(tile, part), 1); !full.empty()) {
        full.resize(std::size_t{width} * sizeof(Hash));
        return full;
    }
    const auto hashes = read(tile, part * tlog::half_width + width);
    return to_bytes(ByteView(hashes).subspan(part * half_tile_bytes));
}

// The first `width` of the roots halfway up.
Bytes TileRows::read_middle(tlog::TileId id, unsigned width) {
    {
        const db::ResetAtEnd reset(middle_);
        middle_.bind("id", tile_row(id));
        if (middle_.step()) {
            auto full = middle_.blob(0);
            if (full.size() != half_tile_bytes) throw Failure("a tile's middle is incomplete");
            full.resize(std::size_t{width} * sizeof(Hash));
            return full;
        }
    }
    return tlog::tile_middle(read(id, width * tlog::half_width));
}

// So many parts of one full tile, or nothing: it is not full yet.
Bytes TileRows::stored(std::int64_t first, unsigned count) {
    const db::ResetAtEnd reset(parts_);
    parts_.bind("first", first).bind("last", first + count - 1);
    Bytes out;
    out.reserve(count * half_tile_bytes);
    while (parts_.step())
        append(out, parts_.blob(0));
    if (!out.empty() && out.size() != count * half_tile_bytes) {
        throw Failure("a tile lacks some of its parts");
    }
    return out;
}

// The first `width` hashes, of which some may be known.
void TileRows::assemble(tlog::TileId id, unsigned width, Bytes& known) {
    const auto have = static_cast<unsigned>(known.size() / sizeof(Hash));
    const auto first = id.index * tlog::tile_width + have;
    if (id.level == 0) {
        for (const auto& entry : entries(first, width - have))
            append(known, tlog::leaf_hash(entry));
        return;
    }
    const db::ResetAtEnd reset(roots_);
    const auto row = tile_row({.level = id.level - 1, .index = first});
    roots_.bind("first", row).bind("last", row + (width - have) - 1);
    auto out = known;
    while (roots_.step())
        append(out, roots_.blob(0));
    if (out.size() != std::size_t{width} * sizeof(Hash)) {
        throw Failure("the log lacks rows of a tile");
    }
    known = std::move(out);
}

std::vector<Bytes> TileRows::entries(std::uint64_t first, unsigned count) {
    std::vector<Bytes> out;
    const db::ResetAtEnd reset(entries_);
    entries_.bind("first", static_cast<std::int64_t>(first)).bind("count", std::int64_t{count});
    while (entries_.step())
        out.push_back(entries_.blob(0));
    if (out.size() != count) throw Failure("the log lacks rows of a tile");
    return out;
}

}  // namespace mado::relay
