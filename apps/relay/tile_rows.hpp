// The log's full tiles in the relay's store, in sixteen parts and the row halfway up.
#pragma once

#include <map>
#include <vector>

#include "db/db.hpp"
#include "tlog/tlog.hpp"

namespace mado::relay {

// Where a full tile's row stands, and those of its parts.
std::int64_t tile_row(tlog::TileId id);
std::int64_t tile_part_row(tlog::TileId id, unsigned part);

// Writes full tiles.
class TileWriter {
  public:
    explicit TileWriter(db::Connection& connection);
    void add(tlog::TileId id, ByteView hashes);

  private:
    db::Statement tile_, part_;
};

// Reads the log's tiles from the database: full ones as stored, partial ones from the rows below
// (entries for level 0, roots of full tiles for the levels above).
class TileRows {
  public:
    explicit TileRows(db::Connection& connection);
    Bytes read(tlog::TileId id, unsigned width);
    // The same for half tiles (tlog::half_height).
    Bytes read_half(tlog::TileId id, unsigned width);
    std::vector<Bytes> entries(std::uint64_t first, unsigned count);

  private:
    Bytes read_middle(tlog::TileId id, unsigned width);
    Bytes stored(std::int64_t first, unsigned count);
    void assemble(tlog::TileId id, unsigned width, Bytes& known);

    db::Statement parts_, middle_, roots_;
    db::Statement entries_;
    // Of each level the tile that was not full when it was last read. What it held it holds for
    // ever, and every proof in one tree needs the same few, of up to 255 rows each.
    struct OpenTile {
        std::uint64_t index = 0;
        Bytes hashes;
    };
    std::map<unsigned, OpenTile> open_;
};

}  // namespace mado::relay
