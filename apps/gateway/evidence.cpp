#include "evidence.hpp"

#include <array>

namespace mado::gateway {
namespace {

constexpr std::array<std::string_view, 1> migrations{
#include "apps/gateway/schema/001_first.sqlite.sql.hpp"
};

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
          "insert into evidence (entry, position, time, holder, number, requester, service, "
          "outcome, receipt) values (:entry, :position, :time, :holder, :number, :requester, "
          ":service, :outcome, :receipt) on conflict (entry) do update set "
          "outcome = excluded.outcome where excluded.outcome = 'answered'")),
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

void Evidence::keep(EvidenceRow row, std::function<void(bool)> done) {
    if (!batcher_.submit({std::move(row), done})) done(false);
}

void Evidence::apply(std::vector<Job>& batch) {
    bool durable = false;
    try {
        db::Transaction transaction(write_);
        for (const auto& job : batch) {
            add_.bind("entry", job.row.entry)
                .bind("position", static_cast<std::int64_t>(job.row.position))
                .bind("time", job.row.time)
                .bind("holder", job.row.holder)
                .bind("number", job.row.number)
                .bind("requester", job.row.requester)
                .bind("service", job.row.service)
                .bind("outcome", wire::to_text(job.row.outcome))
                .bind("receipt", job.row.receipt)
                .execute();
        }
        transaction.commit();
        durable = true;
    } catch (const std::exception& error) {
        add_.reset();
        log_.error("evidence_failed", {{"why", std::string_view(error.what())}});
    }
    healthy_ = durable;
    for (const auto& job : batch)
        job.done(durable);
}

}  // namespace mado::gateway
