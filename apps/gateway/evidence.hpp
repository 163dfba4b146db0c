// The gateway's own store: orders answered, by the holder's own number, and how far the logs were
// followed. Written in group commits before the answer leaves; one writer thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "db/batch_writer.hpp"
#include "db/checkpointer.hpp"
#include "wire/exchange.hpp"

namespace mado::gateway {

struct EvidenceRow {
    Hash entry{};
    Hash request{};  // SHA-256 of the head's JWS without its signature
    std::uint64_t log_index = 0;
    std::string origin;  // of the log
    UnixTime time = 0;
    UnixTime keep_until = 0;
    std::optional<UnixTime> opens = std::nullopt;  // sealed: not told before
    std::string holder;
    std::string number;  // as it was sent, or as this holder has completed it
    bool named = false;  // it has
    std::string requester;
    std::string service;
    wire::Outcome outcome = wire::Outcome::failed;
    std::string receipt;
    std::string acceptance = {};  // JWE: of a tell that was applied, and given again to its repeats
    // It may stop being right (OpenAnswers): the question, and a hash of what was answered.
    struct Open {
        std::string question;
        Hash said{};
    };
    std::optional<Open> open = std::nullopt;
};

enum class Kept {
    durable,      // also when the same row was there already
    other_order,  // another order was made of the same signed request: it must not be answered
    failed,
};

// An order that was not yet found in the log.
struct OpenOrder {
    Hash entry{};
    std::uint64_t log_index = 0;
    UnixTime time = 0;
    std::string receipt;
};

// How far a log was followed; of one that never was, when that began.
struct Followed {
    std::string note;           // the newest cosigned checkpoint that was seen; empty: none yet
    UnixTime witnessed_at = 0;  // when a quorum had last seen it
    UnixTime settled_at = 0;    // every order before this time was found in it
};

class Evidence {
  public:
    Evidence(const std::string& path, const Log& log);
    ~Evidence();

    // --- on the io thread ---
    // Was an order with this entry answered before?
    bool known(const Hash& entry);
    // What the tell with this entry was answered, once it was applied.
    std::optional<std::string> acceptance(const Hash& entry);
    // What was asked about the person with this number after `after`, oldest first (receipts are
    // left out). Sealed ones only from their opening on.
    struct AskedAbout {
        std::string_view holder, number;
        std::uint64_t after = 0;
        std::int64_t count = 0;
        UnixTime now = 0;
    };
    std::vector<EvidenceRow> asked_about(const AskedAbout& asked);
    std::vector<OpenOrder> open_orders(std::string_view origin, std::uint64_t below,
                                       std::int64_t count);
    // The oldest order that is not settled.
    std::optional<OpenOrder> oldest_open(std::string_view origin);
    std::optional<Followed> followed(std::string_view origin);
    std::optional<std::string> contradiction(std::string_view origin);

    // --- `done` is called from the writer's thread ---
    // A row that was there already stays as it was, but says from the first answer on that it was
    // answered, and keeps its first acceptance.
    void keep(EvidenceRow row, std::function<void(Kept)> done);
    using Done = std::function<void(bool durable)>;
    void settle(std::vector<Hash> entries, Done done);
    void follow(std::string origin, Followed followed, Done done);
    void contradict(std::string origin, std::string proof, UnixTime found_at, Done done);
    // In a transaction of the writer's; it may run twice (db::BatchWriter::Work).
    void with_connection(std::function<void(db::Connection&)> work, Done done);
    // Deletes what is kept no longer; goes on by itself until there is no more.
    void erase(UnixTime now);

    [[nodiscard]] bool healthy() const { return writer_.healthy(); }
    // Why nothing can be kept just now (BatchWriter::unwell), or not for long (Checkpointer).
    [[nodiscard]] std::optional<std::string_view> unwell();
    [[nodiscard]] std::size_t queued() const { return writer_.queued(); }
    void stop() { writer_.stop(); }

  private:
    struct Writing {
        explicit Writing(db::Connection& connection);
        db::Statement add, add_open, entry_of, settle, follow, contradict, erase;
    };
    struct Reading {
        explicit Reading(db::Connection& connection);
        db::Statement find, acceptance, asked_about, open_orders, oldest_open, followed,
            contradiction;
    };
    void submit(db::BatchWriter::Work work, Done done);
    Kept add(const EvidenceRow& row);

    const Log& log_;
    db::Connection write_;
    db::Checkpointer checkpointer_;
    Writing writing_;
    db::Connection read_;
    Reading reading_;
    db::BatchWriter writer_;  // last: its thread uses what stands above
};

}  // namespace mado::gateway
