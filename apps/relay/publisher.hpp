// Brings new checkpoints to the witnesses of the directory (C2SP tlog-witness, "add-checkpoint")
// and publishes each once a quorum has cosigned it. What a witness holds against this log, signed
// by the log's own key, ends its work: a second history must not grow.
#pragma once

#include <atomic>
#include <list>
#include <memory>
#include <optional>
#include <string>

#include "base/log.hpp"
#include "http/http.hpp"
#include "http/metrics.hpp"
#include "log_writer.hpp"
#include "store.hpp"

namespace mado::relay {

using http::Task;

class Publisher {
  public:
    struct Parts {
        const wire::Directory& directory;
        const tlog::NoteVerifier& log;
        Reader& reader;
        LogWriter& writer;
        const Log& program_log;
        http::CounterFamily& witness_answers;  // by witness and status
    };
    // Everything runs on `io`'s thread.
    Publisher(http::asio::io_context& io, Parts parts);
    ~Publisher();

    // At the start: OperatorError when a witness that can be reached has a checkpoint of this log
    // that its tree does not contain. All are asked side by side.
    Task<void> compare_with_witnesses();
    void start();
    void stop();
    // What was found since: this log must not go on.
    [[nodiscard]] const std::atomic<bool>& contradicted() const { return contradicted_; }

  private:
    struct Witness;
    struct Head {
        std::string note;
        tlog::Checkpoint checkpoint;
    };
    static Task<void> run(std::shared_ptr<bool> stopping, Publisher& self);
    Task<void> round();
    Task<std::string> submit(Witness& witness, Head head);
    Task<std::string> judge(Witness& witness, const http::Response& response, const Head& head);
    Task<std::optional<http::Response>> send(Witness& witness, http::Request request);
    Task<bool> contradicts(Witness& witness);
    [[nodiscard]] std::optional<Head> newest();
    [[nodiscard]] tlog::TileReader tiles();

    http::asio::io_context& io_;
    Parts parts_;
    std::list<Witness> witnesses_;
    std::shared_ptr<bool> stopping_ = std::make_shared<bool>(false);
    std::uint64_t published_size_ = 0;
    std::int64_t published_at_us_ = 0;  // monotonic
    std::atomic<bool> contradicted_ = false;
};

}  // namespace mado::relay
