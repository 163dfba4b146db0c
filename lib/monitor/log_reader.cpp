#include "monitor/log_reader.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "crypto/digest.hpp"

namespace mado::monitor {
namespace {

constexpr std::size_t page_bytes_max = 4 * 1024 * 1024;

}  // namespace

Read<Published> open_published(std::string note, const tlog::NoteVerifier& log,
                               const tlog::Quorum& quorum, UnixTime now) {
    auto opened = tlog::cosigned(note, log, quorum, now);
    if (!opened) return std::unexpected(ReadError::signature);
    Published out{.note = std::move(note), .checkpoint = {}, .cosignatures = {}};
    std::visit(
        [&out](auto& seen) {
            out.checkpoint = std::move(seen.checkpoint);
            out.cosignatures = std::move(seen.cosignatures);
        },
        *opened);
    out.cosigned = std::holds_alternative<tlog::CosignedCheckpoint>(*opened);
    return out;
}

UnixTime witnessed_at(const Published& published, const tlog::Quorum& quorum, UnixTime now) {
    if (quorum.needed() == 0) return now;
    std::vector<UnixTime> times;
    for (const auto& cosignature : published.cosignatures)
        times.push_back(cosignature.time);
    std::ranges::sort(times, std::greater());
    return std::min(times.at(quorum.needed() - 1), now);
}

Task<Read<Published>> witness_checkpoint(PageReader& witness, tlog::WitnessVerifier verifier,
                                         const tlog::NoteVerifier& log, UnixTime now) {
    auto note = co_await witness.get(hex(crypto::sha256(as_bytes(log.name()))) + "/checkpoint",
                                     tlog::note_bytes_max);
    if (!note) co_return std::unexpected(note.error());
    const auto quorum = tlog::Quorum::make({std::move(verifier)}, 1);
    if (!quorum) throw Failure("one witness is no quorum of one");
    auto opened = open_published(std::move(*note), log, *quorum, now);
    if (opened && !opened->cosigned) co_return std::unexpected(ReadError::signature);
    co_return opened;
}

LogReader::LogReader(const wire::AccessLog& log, const ReaderLimits& limits)
    : log_(log), pages_(log.url, log.certificate, limits), tiles_max_(limits.tiles_max) {}

LogReader::LogReader(const wire::AccessLog& log, const wire::Participant& relay,
                     const http::TlsContext& tls, const ReaderLimits& limits)
    : log_(log), pages_(relay.addresses, tls, limits), tiles_max_(limits.tiles_max) {}

Task<Read<Published>> LogReader::checkpoint(const tlog::Quorum& quorum, UnixTime now) {
    auto note = co_await pages_.get("checkpoint", tlog::note_bytes_max);
    if (!note) co_return std::unexpected(note.error());
    co_return open_published(std::move(*note), log_.key, quorum, now);
}

Task<Read<Bytes>> LogReader::tile(tlog::TileRange range) {
    const std::size_t bytes = std::size_t{range.width} * sizeof(Hash);
    const auto body = co_await pages_.get(tlog::tile_path(range.id, range.width), bytes);
    if (!body) co_return std::unexpected(body.error());
    if (body->size() != bytes) co_return std::unexpected(ReadError::malformed);
    co_return to_bytes(as_bytes(*body));
}

void LogReader::forget() {
    tree_.reset();
    tiles_.clear();
}

Task<std::optional<ReadError>> LogReader::fetch(const std::vector<tlog::TileRange>& ranges) {
    if (tiles_.size() + ranges.size() > tiles_max_) forget();
    for (const auto& range : ranges) {
        const auto known = tiles_.find(range.id);
        if (known != tiles_.end() && known->second.size() >= range.width * sizeof(Hash)) continue;
        auto bytes = co_await tile(range);
        if (!bytes) co_return bytes.error();
        tiles_[range.id] = std::move(*bytes);
    }
    co_return std::nullopt;
}

// Only what was fetched is asked for: an exception says that tiles_to_prove forgot one.
tlog::TileReader LogReader::fetched() const {
    return [this](tlog::TileId id, unsigned) { return tiles_.at(id); };
}

Task<Read<Hash>> LogReader::leaf_once(const tlog::Checkpoint& checkpoint, std::uint64_t index) {
    if (const auto error = co_await fetch(tlog::tiles_to_prove(index, checkpoint.size))) {
        co_return std::unexpected(*error);
    }
    if (!tree_ || tree_->checkpoint != checkpoint) {
        tree_.emplace(checkpoint, tlog::ProvenTiles(checkpoint.size, checkpoint.root,
                                                    [this](tlog::TileRange range) {
                                                        auto bytes = tiles_.at(range.id);
                                                        bytes.resize(range.width * sizeof(Hash));
                                                        return std::optional(std::move(bytes));
                                                    }));
    }
    const auto hash = tree_->tiles.leaf(index);
    if (hash) co_return *hash;
    forget();  // whatever was wrong in it is asked for again
    co_return std::unexpected(ReadError::does_not_fit);
}

Task<Read<Hash>> LogReader::leaf(tlog::Checkpoint checkpoint, std::uint64_t index) {
    const bool kept = !tiles_.empty();
    auto hash = co_await leaf_once(checkpoint, index);
    // What was kept may be of another tree: that of a log that shows two.
    const bool again = !hash && hash.error() == ReadError::does_not_fit && kept;
    co_return again ? co_await leaf_once(checkpoint, index) : hash;
}

Task<Read<LogReader::Leaf>> LogReader::prove(tlog::Checkpoint checkpoint, std::uint64_t index) {
    const auto hash = co_await leaf(checkpoint, index);
    if (!hash) co_return std::unexpected(hash.error());
    co_return Leaf{.hash = *hash,
                   .proof = tlog::inclusion_proof(index, checkpoint.size, fetched())};
}

Task<Read<LogReader::Older>> LogReader::older(tlog::Checkpoint checkpoint, std::uint64_t old_size) {
    if (old_size == 0) throw Failure("an empty tree has no last leaf");
    // The last leaf of the older tree, proven in the newer one, proves all tiles that are needed.
    const auto last = co_await leaf(checkpoint, old_size - 1);
    if (!last) co_return std::unexpected(last.error());
    co_return Older{.root = tlog::tree_root(old_size, fetched()),
                    .proof = tlog::consistency_proof(old_size, checkpoint.size, fetched())};
}

Task<Read<std::vector<Bytes>>> LogReader::entries(tlog::BundleRange bundle) {
    const auto body = co_await pages_.get(tlog::bundle_path(bundle), tlog::bundle_bytes_max);
    if (!body) co_return std::unexpected(body.error());
    auto entries = tlog::parse_entry_bundle(as_bytes(*body), bundle.width);
    if (!entries) co_return std::unexpected(ReadError::malformed);
    co_return std::move(*entries);
}

Task<Read<std::string>> LogReader::page(std::string path) {
    return pages_.get(std::move(path), page_bytes_max);
}

}  // namespace mado::monitor
