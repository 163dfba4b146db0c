// The gateway's own store: orders answered, by the holder's own number. Written in group commits
// before the answer leaves.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/batcher.hpp"
#include "base/log.hpp"
#include "db/db.hpp"
#include "wire/exchange.hpp"

namespace mado::gateway {

struct EvidenceRow {
    Hash entry{};
    Hash request{};  // SHA-256 of the head's JWS
    std::uint64_t position = 0;
    UnixTime time = 0;
    std::string holder;
    std::string number;
    std::string requester;
    std::string service;
    wire::Outcome outcome = wire::Outcome::failed;
    std::string receipt;
};

enum class Kept {
    durable,      // also when the same row was there already
    other_order,  // another order was made of the same signed request: it must not be answered
    failed,
};

class Evidence {
  public:
    Evidence(const std::string& path, const Log& log);
    ~Evidence();

    // Was an order with this entry answered before? On the io thread.
    bool known(const Hash& entry);
    // Calls `done` from the writer's thread. A row that was there already stays as it was, but says
    // from the first answer on that it was answered.
    void keep(EvidenceRow row, std::function<void(Kept)> done);
    [[nodiscard]] bool healthy() const { return unwell_ == nullptr; }
    // Why nothing can be kept just now, in plain words for the operator; from any thread. The
    // writer then tries again, so that it is well by itself when there is room, without an order.
    [[nodiscard]] std::optional<std::string_view> unwell();
    [[nodiscard]] std::size_t queued() const { return batcher_.queued(); }
    void stop() { batcher_.stop(); }

  private:
    struct Job {
        std::optional<EvidenceRow> row;  // none: only a try whether the disk takes writes
        std::function<void(Kept)> done;
    };
    void apply(std::vector<Job>& batch);
    Kept run(const Job& job);
    void batch_failed(const std::exception& error, const char* why);
    Kept add(const EvidenceRow& row);

    const Log& log_;
    db::Connection write_;
    db::Checkpointer checkpointer_;
    db::Statement add_;
    db::Statement entry_of_;
    db::Connection read_;
    db::Statement find_;
    std::atomic<const char*> unwell_ = nullptr;  // a literal; null: the last batch became durable
    std::atomic<bool> trying_again_ = false;     // one such job is enough
    Batcher<Job> batcher_;                       // last: its thread uses what stands above
};

}  // namespace mado::gateway
