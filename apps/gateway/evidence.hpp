// The gateway's own store: orders answered, by the holder's own number. Written in group commits
// before the answer leaves.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>

#include "base/batcher.hpp"
#include "base/log.hpp"
#include "db/db.hpp"
#include "wire/exchange.hpp"

namespace mado::gateway {

struct EvidenceRow {
    Hash entry{};
    std::uint64_t position = 0;
    UnixTime time = 0;
    std::string holder;
    std::string number;
    std::string requester;
    std::string service;
    wire::Outcome outcome = wire::Outcome::failed;
    std::string receipt;
};

class Evidence {
  public:
    Evidence(const std::string& path, const Log& log);
    ~Evidence();

    // Was an order with this entry answered before? On the io thread.
    bool known(const Hash& entry);
    // Calls `done` from the writer's thread: true once the row is durable, false when it could not
    // be written. A row that was there already stays as it was, but says from the first answer on
    // that it was answered.
    void keep(EvidenceRow row, std::function<void(bool)> done);
    [[nodiscard]] bool healthy() const { return healthy_; }
    void stop() { batcher_.stop(); }

  private:
    struct Job {
        EvidenceRow row;
        std::function<void(bool)> done;
    };
    void apply(std::vector<Job>& batch);

    const Log& log_;
    db::Connection write_;
    db::Checkpointer checkpointer_;
    db::Statement add_;
    db::Connection read_;
    db::Statement find_;
    std::atomic<bool> healthy_ = true;
    Batcher<Job> batcher_;  // last: its thread uses what stands above
};

}  // namespace mado::gateway
