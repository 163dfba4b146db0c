// Reads what a log publishes (C2SP tlog-tiles over HTTPS) and trusts none of it: what comes out was
// signed by the log, cosigned by a quorum of witnesses where that is asked, and proven under it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "monitor/page_reader.hpp"
#include "tlog/cosignature.hpp"
#include "tlog/tiles.hpp"
#include "wire/directory.hpp"

namespace mado::monitor {

struct Published {
    std::string note;  // verbatim
    tlog::Checkpoint checkpoint;
    std::vector<tlog::Cosignature> cosignatures;
    bool cosigned = false;  // by a quorum
};

// Opens a note of this log with these witnesses: form, signatures, quorum.
Read<Published> open_published(std::string note, const tlog::NoteVerifier& log,
                               const tlog::Quorum& quorum, UnixTime now);
// When a quorum had last seen it: the time of the last witness that was needed, and `now` when none
// is. Only for what is cosigned.
UnixTime witnessed_at(const Published& published, const tlog::Quorum& quorum, UnixTime now);

// What a witness itself says that it has cosigned last of a log (tlog-witness, "Monitor Retrieval
// Mechanism"): signed by both.
Task<Read<Published>> witness_checkpoint(PageReader& witness, tlog::WitnessVerifier verifier,
                                         const tlog::NoteVerifier& log, UnixTime now);

// One connection, one request at a time. Belongs to one io_context; `log` outlives it.
class LogReader {
  public:
    explicit LogReader(const wire::AccessLog& log, const ReaderLimits& limits = {});
    // As a participant of the relay that writes it, at its addresses; `tls` outlives it.
    LogReader(const wire::AccessLog& log, const wire::Participant& relay,
              const http::TlsContext& tls, const ReaderLimits& limits = {});
    LogReader(const LogReader&) = delete;
    LogReader& operator=(const LogReader&) = delete;

    [[nodiscard]] const wire::AccessLog& log() const { return log_; }
    // The published checkpoint, whether cosigned or not.
    Task<Read<Published>> checkpoint(const tlog::Quorum& quorum, UnixTime now);

    // --- proven under `checkpoint`; of tiles that were read before only what is missing is read
    // --- The leaf hash at `index`, which is below the size (else Failure).
    Task<Read<Hash>> leaf(tlog::Checkpoint checkpoint, std::uint64_t index);
    struct Leaf {
        Hash hash{};
        std::vector<Hash> proof;
    };
    Task<Read<Leaf>> prove(tlog::Checkpoint checkpoint, std::uint64_t index);
    // What the newer tree says that its root was at `old_size` (above 0, at most its size, else
    // Failure), and the proof (RFC 6962 section 2.1.2). Whoever compares it sees a contradiction.
    struct Older {
        Hash root{};
        std::vector<Hash> proof;
    };
    Task<Read<Older>> older(tlog::Checkpoint checkpoint, std::uint64_t old_size);

    // --- as it is published, not compared with anything ---
    Task<Read<std::vector<Bytes>>> entries(tlog::BundleRange bundle);
    Task<Read<Bytes>> tile(tlog::TileRange range);
    // Any other public page below the log's prefix ("counts").
    Task<Read<std::string>> page(std::string path);

  private:
    struct Tree {
        tlog::Checkpoint checkpoint;
        tlog::ProvenTiles tiles;
    };
    Task<std::optional<ReadError>> fetch(const std::vector<tlog::TileRange>& ranges);
    Task<Read<Hash>> leaf_once(const tlog::Checkpoint& checkpoint, std::uint64_t index);
    void forget();
    [[nodiscard]] tlog::TileReader fetched() const;

    const wire::AccessLog& log_;
    PageReader pages_;
    std::size_t tiles_max_;
    std::map<tlog::TileId, Bytes> tiles_;  // as they came, the widest of each; at most tiles_max_
    std::optional<Tree> tree_;             // the last checkpoint asked about, made of these tiles
};

}  // namespace mado::monitor
