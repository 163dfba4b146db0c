#include "db/batch_writer.hpp"

#include "base/clock.hpp"

namespace mado::db {

BatchWriter::BatchWriter(Parts parts)
    : parts_(std::move(parts)),
      batcher_(
          {}, [this](std::vector<Job>& batch) { apply(batch); },
          [this](std::exception_ptr) { parts_.report("a batch was lost"); }) {}

BatchWriter::~BatchWriter() {
    batcher_.stop();
}

bool BatchWriter::submit(Work work, Done done) {
    return batcher_.submit({std::move(work), std::move(done)});
}

Written BatchWriter::failed(const std::exception& error, Written what) {
    unwell_ = what == Written::no_room ? parts_.disk_full : parts_.broken;
    parts_.report(error.what());
    parts_.recover();
    return what;
}

Written BatchWriter::try_batch(std::vector<Job>& batch) {
    const auto changes = parts_.connection.total_changes();
    try {
        parts_.commit([&batch] {
            for (auto& job : batch)
                job.work();
        });
    } catch (const DiskFull& error) {
        return failed(error, Written::no_room);
    } catch (const std::exception& error) {
        return failed(error, Written::failed);
    }
    // What writes nothing works on a full disk too, and says nothing about it.
    if (unwell_ != parts_.disk_full || parts_.connection.total_changes() != changes) {
        unwell_ = nullptr;
    }
    return Written::durable;
}

void BatchWriter::apply(std::vector<Job>& batch) {
    const auto start = monotonic_us();
    const auto written = try_batch(batch);
    if (parts_.observe) parts_.observe(batch.size(), monotonic_us() - start);
    for (auto& job : batch) {
        if (job.done) job.done(written);
    }
}

std::optional<std::string_view> BatchWriter::unwell() {
    const char* why = unwell_;
    if (why == nullptr) return std::nullopt;
    if (!trying_again_.exchange(true)) {
        const bool taken = submit([this] { touch(parts_.connection); },
                                  [this](Written) { trying_again_ = false; });
        if (!taken) trying_again_ = false;
    }
    return why;
}

}  // namespace mado::db
