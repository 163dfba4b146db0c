#include "monitor/whole_log.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace mado::monitor {
namespace {

using Tiles = std::vector<std::pair<tlog::TileId, Bytes>>;

Tiles right_edge(const tlog::Edge& tree) {
    Tiles out;
    for (unsigned level = 0; tlog::hashes_at(level, tree.size()) > 0; ++level) {
        const tlog::TileId id{.level = level,
                              .index = tlog::hashes_at(level, tree.size()) / tlog::tile_width};
        if (auto bytes = tree.partial(id); !bytes.empty()) out.emplace_back(id, std::move(bytes));
    }
    return out;
}

Task<std::optional<Misfit>> compare(LogReader& reader, Tiles tiles) {
    for (const auto& [id, bytes] : tiles) {
        const tlog::TileRange range{.id = id,
                                    .width = static_cast<unsigned>(bytes.size() / sizeof(Hash))};
        const auto published = co_await reader.tile(range);
        if (published && *published == bytes) continue;
        co_return Misfit{.error = published ? ReadError::does_not_fit : published.error(),
                         .path = tlog::tile_path(range.id, range.width)};
    }
    co_return std::nullopt;
}

}  // namespace

Task<std::expected<WholeLog, Misfit>> read_whole(LogReader& reader, tlog::Checkpoint checkpoint,
                                                 EntrySeen seen) {
    WholeLog out;
    tlog::Edge tree;
    while (tree.size() < checkpoint.size) {
        const auto left = checkpoint.size - tree.size();
        const tlog::BundleRange bundle{
            .index = tree.size() / tlog::tile_width,
            .width = static_cast<unsigned>(std::min<std::uint64_t>(left, tlog::tile_width))};
        const auto entries = co_await reader.entries(bundle);
        if (!entries) {
            co_return std::unexpected(Misfit{entries.error(), tlog::bundle_path(bundle)});
        }
        for (const auto& entry : *entries) {
            seen(tree.size(), entry);
            tree.append(tlog::leaf_hash(entry));
        }
        auto tiles = tree.take_full_tiles();
        out.tiles += tiles.size();
        if (auto misfit = co_await compare(reader, std::move(tiles))) {
            co_return std::unexpected(std::move(*misfit));
        }
    }
    // Before the tiles at the edge: they could be wrong in the same way as the checkpoint.
    if (tree.root() != checkpoint.root) {
        co_return std::unexpected(Misfit{ReadError::does_not_fit, "checkpoint"});
    }
    auto edge = right_edge(tree);
    out.tiles += edge.size();
    if (auto misfit = co_await compare(reader, std::move(edge))) {
        co_return std::unexpected(std::move(*misfit));
    }
    co_return out;
}

}  // namespace mado::monitor
