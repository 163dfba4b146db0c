// Reads what a log publishes (C2SP tlog-tiles over HTTPS) and trusts none of it: what comes out was
// signed by the log, cosigned by a quorum of witnesses where that is asked, and proven under it.
#pragma once

#include <expected>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "http/http.hpp"
#include "tlog/cosignature.hpp"
#include "tlog/tiles.hpp"
#include "wire/directory.hpp"

namespace mado::monitor {

using http::Task;

enum class ReadError {
    unreachable,   // no connection, no answer, or not the certificate of the directory
    not_found,     // it is not published (any more)
    malformed,     // what came has not its form
    signature,     // not the log's, or a wrong signature of a known witness
    does_not_fit,  // it is not of the tree that the checkpoint commits to
};
std::string_view to_text(ReadError error);

template <class T>
using Read = std::expected<T, ReadError>;

struct Published {
    std::string note;  // verbatim
    tlog::Checkpoint checkpoint;
    std::vector<tlog::Cosignature> cosignatures;
    bool cosigned = false;  // by a quorum
};

// Opens a note of this log with these witnesses: form, signatures, quorum.
Read<Published> open_published(std::string note, const tlog::NoteVerifier& log,
                               const tlog::Quorum& quorum, UnixTime now);

// One connection, one request at a time. Belongs to one io_context; `log` outlives it.
class LogReader {
  public:
    explicit LogReader(const wire::AccessLog& log);

    // The published checkpoint, whether cosigned or not.
    Task<Read<Published>> checkpoint(const tlog::Quorum& quorum, UnixTime now);
    // Proven under `checkpoint`: the leaf hash at `index` < size, and its inclusion proof.
    struct Leaf {
        Hash hash{};
        std::vector<Hash> proof;
    };
    Task<Read<Leaf>> leaf(const tlog::Checkpoint& checkpoint, std::uint64_t index);
    // RFC 6962 section 2.1.2, from a tree of 0 < old_size <= size; `old_root` is what the newer
    // tree says that the older one's root was: who compares it sees a fork.
    struct Older {
        Hash root{};
        std::vector<Hash> proof;
    };
    Task<Read<Older>> older(const tlog::Checkpoint& checkpoint, std::uint64_t old_size);
    // The 32-byte entries of a bundle, not yet compared with anything.
    Task<Read<std::vector<Bytes>>> entries(tlog::BundleRange bundle);
    Task<Read<Bytes>> tile(tlog::TileRange range);
    // Any other public page below the log's prefix ("counts").
    Task<Read<std::string>> page(std::string path);

  private:
    Task<Read<std::string>> get(std::string path, std::size_t bytes_max);
    Task<std::optional<ReadError>> fetch(const std::vector<tlog::TileRange>& ranges);
    [[nodiscard]] tlog::TileReader fetched() const;

    const wire::AccessLog& log_;
    http::TlsContext tls_;
    std::optional<http::Connection> connection_;
    std::map<tlog::TileId, Bytes> tiles_;  // as they came, the widest of each; bounded
};

}  // namespace mado::monitor
