// The group commit: many threads queue jobs, one thread takes all that wait and applies them as one
// batch. While a batch is being made durable the next one gathers, so batches grow with the load.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace mado {

template <class Job>
class Batcher {
  public:
    struct Options {
        std::size_t queue_max = 8192;
        std::size_t batch_max = 4096;
    };
    // `apply` runs on the batcher's own thread, for one batch at a time, in the order of
    // submission; it completes every job itself. When it throws, the jobs of the batch are
    // destroyed, the exception is given to `broken` (which must not throw), and the batcher goes
    // on.
    Batcher(Options options, std::function<void(std::vector<Job>&)> apply,
            std::function<void(std::exception_ptr)> broken)
        : options_(options),
          apply_(std::move(apply)),
          broken_(std::move(broken)),
          thread_([this] { run(); }) {}
    ~Batcher() { stop(); }
    Batcher(const Batcher&) = delete;
    Batcher& operator=(const Batcher&) = delete;

    // From any thread, never waiting. False when the queue is full or the batcher stops; the job is
    // then destroyed.
    [[nodiscard]] bool submit(Job job) {
        {
            const std::scoped_lock lock(mutex_);
            if (stopping_ || queue_.size() >= options_.queue_max) return false;
            queue_.push_back(std::move(job));
        }
        wake_.notify_one();
        return true;
    }

    // Takes no more, applies what is queued, and returns when the thread has ended. May be called
    // again, but only by the thread that owns the batcher and never from `apply` or `broken`.
    void stop() {
        {
            const std::scoped_lock lock(mutex_);
            stopping_ = true;
        }
        wake_.notify_one();
        if (thread_.joinable()) thread_.join();
    }

    // Jobs that wait; those of the batch under way are not counted.
    [[nodiscard]] std::size_t queued() const {
        const std::scoped_lock lock(mutex_);
        return queue_.size();
    }

  private:
    void run() {
        while (true) {
            auto batch = next_batch();
            if (batch.empty()) return;
            try {
                apply_(batch);
            } catch (...) {
                batch.clear();
                broken_(std::current_exception());
            }
        }
    }

    // Waits for jobs; empty when there are none and none will come.
    std::vector<Job> next_batch() {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
        std::vector<Job> batch;
        batch.reserve(std::min(queue_.size(), options_.batch_max));
        while (!queue_.empty() && batch.size() < options_.batch_max) {
            batch.push_back(std::move(queue_.front()));
            queue_.pop_front();
        }
        return batch;
    }

    const Options options_;
    const std::function<void(std::vector<Job>&)> apply_;
    const std::function<void(std::exception_ptr)> broken_;
    mutable std::mutex mutex_;  // guards queue_ and stopping_
    std::condition_variable wake_;
    std::deque<Job> queue_;
    bool stopping_ = false;
    std::thread thread_;  // last: it uses everything above
};

}  // namespace mado
