#include "monitor/log_reader.hpp"

namespace mado::monitor {
namespace {

constexpr http::Milliseconds connect_timeout{3'000};
constexpr http::Milliseconds answer_timeout{5'000};
constexpr std::size_t tiles_max = 4096;  // 32 MiB
constexpr std::size_t page_bytes_max = 4 * 1024 * 1024;

}  // namespace

std::string_view to_text(ReadError error) {
    switch (error) {
        case ReadError::unreachable:
            return "unreachable";
        case ReadError::not_found:
            return "not_found";
        case ReadError::malformed:
            return "malformed";
        case ReadError::signature:
            return "signature";
        case ReadError::does_not_fit:
            return "does_not_fit";
    }
    return "unreachable";
}

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

LogReader::LogReader(const wire::AccessLog& log)
    : log_(log), tls_(http::TlsContext::client([certificate = log.certificate](const Hash& peer) {
          return peer == certificate;
      })) {}

Task<Read<std::string>> LogReader::get(std::string path, std::size_t bytes_max) {
    if (!connection_ || !connection_->open()) {
        auto made = co_await http::Connection::connect(
            {log_.url.address.host, log_.url.address.port}, &tls_, connect_timeout);
        if (!made) {
            connection_.reset();
            co_return std::unexpected(ReadError::unreachable);
        }
        connection_ = std::move(*made);
    }
    http::Request request;
    request.path = log_.url.path + path;
    auto response = co_await connection_->exchange(std::move(request), bytes_max, answer_timeout);
    if (!response) {
        connection_.reset();
        co_return std::unexpected(ReadError::unreachable);
    }
    if (response->status != 200) co_return std::unexpected(ReadError::not_found);
    co_return std::move(response->body);
}

Task<Read<Published>> LogReader::checkpoint(const tlog::Quorum& quorum, UnixTime now) {
    auto note = co_await get("checkpoint", tlog::note_bytes_max);
    if (!note) co_return std::unexpected(note.error());
    co_return open_published(std::move(*note), log_.key, quorum, now);
}

Task<Read<Bytes>> LogReader::tile(tlog::TileRange range) {
    const std::size_t bytes = std::size_t{range.width} * sizeof(Hash);
    const auto body = co_await get(tlog::tile_path(range.id, range.width), bytes);
    if (!body) co_return std::unexpected(body.error());
    if (body->size() != bytes) co_return std::unexpected(ReadError::malformed);
    co_return to_bytes(as_bytes(*body));
}

Task<std::optional<ReadError>> LogReader::fetch(const std::vector<tlog::TileRange>& ranges) {
    if (tiles_.size() + ranges.size() > tiles_max) tiles_.clear();
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

Task<Read<LogReader::Leaf>> LogReader::leaf(const tlog::Checkpoint& checkpoint,
                                            std::uint64_t index) {
    if (const auto error = co_await fetch(tlog::tiles_to_prove(index, checkpoint.size))) {
        co_return std::unexpected(*error);
    }
    tlog::ProvenTiles proven(checkpoint.size, checkpoint.root,
                             [this](tlog::TileRange range) -> std::optional<Bytes> {
                                 auto bytes = tiles_.at(range.id);
                                 bytes.resize(range.width * sizeof(Hash));
                                 return bytes;
                             });
    const auto hash = proven.leaf(index);
    if (!hash) {
        tiles_.clear();  // whatever was wrong in it is asked for again
        co_return std::unexpected(ReadError::does_not_fit);
    }
    co_return Leaf{.hash = *hash,
                   .proof = tlog::inclusion_proof(index, checkpoint.size, fetched())};
}

Task<Read<LogReader::Older>> LogReader::older(const tlog::Checkpoint& checkpoint,
                                              std::uint64_t old_size) {
    // The last leaf of the older tree, proven in the newer one, proves all tiles that are needed.
    const auto last = co_await leaf(checkpoint, old_size - 1);
    if (!last) co_return std::unexpected(last.error());
    Older out{.root = tlog::tree_root(old_size, fetched()),
              .proof = tlog::consistency_proof(old_size, checkpoint.size, fetched())};
    const bool proven =
        tlog::verify_consistency(old_size, out.root, checkpoint.size, checkpoint.root, out.proof);
    if (!proven) co_return std::unexpected(ReadError::does_not_fit);
    co_return out;
}

Task<Read<std::vector<Bytes>>> LogReader::entries(tlog::BundleRange bundle) {
    const auto body = co_await get(tlog::bundle_path(bundle), tlog::bundle_bytes_max);
    if (!body) co_return std::unexpected(body.error());
    auto entries = tlog::parse_entry_bundle(as_bytes(*body), bundle.width);
    if (!entries) co_return std::unexpected(ReadError::malformed);
    co_return std::move(*entries);
}

Task<Read<std::string>> LogReader::page(std::string path) {
    return get(std::move(path), page_bytes_max);
}

}  // namespace mado::monitor
