#include "evidence.hpp"

#include <array>

namespace mado::gateway {
namespace {

constexpr std::array<std::string_view, 1> migrations{
#include "apps/gateway/schema/001_first.sqlite.sql.hpp"
};

constexpr const char* disk_full = "the disk is full: no evidence can be kept until there is room";

db::Connection open_migrated(const std::string& path) {
    db::Connection connection(path, db::Access::create);
    connection.leave_checkpoints();
    db::migrate(connection, migrations);
    return connection;
}

}  // namespace

Evidence::Evidence(const std::string& path, const Log& log)
    : log_(log),
      write_(open_migrated(path)),
      checkpointer_(path),
      add_(write_.prepare(
          "insert into evidence (entry, request, position, time, holder, number, requester, "
          "service, outcome, receipt) values (:entry, :request, :position, :time, :holder, "
          ":number, :requester, "
          ":service, :outcome, :receipt) on conflict (entry) do update set "
          "outcome = excluded.outcome where excluded.outcome = 'answered'")),
      entry_of_(write_.prepare("select entry from evidence where request = :request")),
      read_(path, db::Access::read_only),
      find_(read_.prepare("select 1 from evidence where entry = :entry")),
      batcher_(
          {}, [this](std::vector<Job>& batch) { apply(batch); },
          [this](std::exception_ptr) { log_.error("evidence_lost"); }) {}

Evidence::~Evidence() {
    batcher_.stop();
}

bool Evidence::known(const Hash& entry) {
    find_.bind("entry", entry);
    if (!find_.step()) return false;
    find_.reset();
    return true;
}

void Evidence::keep(EvidenceRow row, std::function<void(Kept)> done) {
    if (!batcher_.submit({std::move(row), done})) done(Kept::failed);
}

void Evidence::apply(std::vector<Job>& batch) {
    std::vector<Kept> results;
    const auto changes = write_.total_changes();
    try {
        db::Transaction transaction(write_);
        for (const auto& job : batch)
            results.push_back(run(job));
        transaction.commit();
        // Repeats alone need no room.
        if (unwell_ != disk_full || write_.total_changes() != changes) unwell_ = nullptr;
    } catch (const db::DiskFull& error) {
        batch_failed(error, disk_full);
        results.assign(batch.size(), Kept::failed);
    } catch (const std::exception& error) {
        batch_failed(error, "the evidence cannot be written");
        results.assign(batch.size(), Kept::failed);
    }
    for (std::size_t i = 0; i < batch.size(); ++i) {
        if (batch[i].done) batch[i].done(results[i]);
        if (!batch[i].row) trying_again_ = false;
    }
}

void Evidence::batch_failed(const std::exception& error, const char* why) {
    add_.reset();
    entry_of_.reset();
    unwell_ = why;
    log_.error("evidence_failed", {{"why", std::string_view(error.what())}});
}

Kept Evidence::run(const Job& job) {
    if (job.row) return add(*job.row);
    db::touch(write_);
    return Kept::durable;
}

std::optional<std::string_view> Evidence::unwell() {
    const char* why = unwell_;
    if (why == nullptr) return std::nullopt;
    if (!trying_again_.exchange(true) && !batcher_.submit({{}, {}})) trying_again_ = false;
    return why;
}

// One signed request makes one order. A relay that makes a second of it, about somebody else or
// with another birth date, gets nothing; decided here, where orders come one after the other.
Kept Evidence::add(const EvidenceRow& row) {
    entry_of_.bind("request", row.request);
    if (entry_of_.step()) {
        const bool same = entry_of_.blob(0) == to_bytes(ByteView(row.entry));
        entry_of_.reset();
        if (!same) return Kept::other_order;
    }
    add_.bind("entry", row.entry)
        .bind("request", row.request)
        .bind("position", static_cast<std::int64_t>(row.position))
        .bind("time", row.time)
        .bind("holder", row.holder)
        .bind("number", row.number)
        .bind("requester", row.requester)
        .bind("service", row.service)
        .bind("outcome", wire::to_text(row.outcome))
        .bind("receipt", row.receipt)
        .execute();
    return Kept::durable;
}

}  // namespace mado::gateway
