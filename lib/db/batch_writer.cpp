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

BatchWriter::Attempt BatchWriter::commit(std::span<Job> jobs) {
    const auto start = monotonic_us();
    Attempt attempt;
    const auto failed = [this, &attempt](const std::exception& error, Written written) {
        attempt.written = written;
        parts_.report(error.what());
        parts_.recover();
    };
    const auto changes = parts_.connection.total_changes();
    try {
        parts_.commit([jobs, &attempt] {
            attempt.by_jobs = true;
            for (auto& job : jobs)
                job.work();
            attempt.by_jobs = false;
        });
        attempt.changed = parts_.connection.total_changes() != changes;
    } catch (const DiskFull& error) {
        failed(error, Written::no_room);
    } catch (const ConstraintBroken& error) {
        attempt.by_jobs = true;  // also where only the commit finds it
        failed(error, Written::failed);
    } catch (const std::exception& error) {
        failed(error, Written::failed);
    }
    if (parts_.observe) parts_.observe(jobs.size(), monotonic_us() - start);
    return attempt;
}

void BatchWriter::note(const Attempt& attempt) {
    switch (attempt.written) {
        case Written::durable:
            // What writes nothing works on a full disk too, and says nothing about it.
            if (unwell_ != parts_.disk_full || attempt.changed) unwell_ = nullptr;
            return;
        case Written::no_room:
            unwell_ = parts_.disk_full;
            return;
        case Written::failed:
            unwell_ = parts_.broken;
            return;
    }
}

void BatchWriter::finish(std::span<Job> jobs, Written written) {
    for (auto& job : jobs) {
        if (job.done) job.done(written);
    }
}

void BatchWriter::apply(std::vector<Job>& batch) {
    const auto attempt = commit(batch);
    if (attempt.written == Written::failed && batch.size() > 1) {
        apply_each(batch);
    } else {
        note(attempt);
        finish(batch, attempt.written);
    }
}

// Nobody knows which job made the batch fail, so each is done alone. When it is not a job's work
// that fails but the disk or the commit, those that are left would fail too, each after a wait:
// they are not tried.
void BatchWriter::apply_each(std::vector<Job>& batch) {
    std::vector<Job> guilty;
    std::span<Job> left(batch);
    while (!left.empty()) {
        const auto one = left.first(1);
        const auto attempt = commit(one);
        if (attempt.written == Written::failed && attempt.by_jobs) {
            guilty.push_back(std::move(one.front()));
            left = left.subspan(1);
            continue;
        }
        const auto decided = attempt.written == Written::durable ? one : left;
        note(attempt);
        finish(decided, attempt.written);
        left = left.subspan(decided.size());
    }
    // All of them: then it is more likely the world.
    if (guilty.size() == batch.size()) note({.written = Written::failed, .by_jobs = true});
    finish(guilty, Written::failed);
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
