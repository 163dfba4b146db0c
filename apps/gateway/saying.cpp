#include "saying.hpp"

#include <fmt/format.h>

namespace mado::gateway {
namespace {

constexpr std::size_t rows_max = 20;  // in one round
constexpr std::int64_t look_after_failure_s = 60;
constexpr std::int64_t quiet_s = 3'600;
constexpr std::int64_t tell_s_max = 366 * std::int64_t{86'400};  // whoever is away longer
constexpr std::int64_t link_s_max = 90 * std::int64_t{86'400};   // whoever is linked later

// A list that was put back to an earlier state may use an id again while the former one's tell
// still waits: so the time is in it.
std::string name_of(const Records::Says& says, const std::string& holder, std::int64_t id,
                    UnixTime now) {
    return fmt::format("says/{}/{}/{}/{}", holder, says.service, id, now);
}

void demand_heard(const wire::Directory& directory, const wire::Policy& policy,
                  const wire::Participant& holder, const Records::Says& says, UnixTime now) {
    const auto refuse = [&](const std::string& why) {
        throw OperatorError("the mapping of " + holder.id.text() + ", [says." + says.service +
                            "]: " + why);
    };
    const auto service = must(wire::ServiceId::parse(says.service), "a service");
    const auto* to = directory.find(says.to);
    if (to == nullptr || !to->offers(service)) {
        refuse("the directory lists nobody " + says.to + " who takes it");
    }
    const auto purpose = wire::CodeId::parse(says.purpose);
    if (!purpose || policy.find({.service = service,
                                 .requester_kind = holder.kind,
                                 .purpose = *purpose,
                                 .presence = wire::Presence::none,
                                 .holder_kind = to->kind,
                                 .on = policy.day_of(now)}) == nullptr) {
        refuse("the policy has no row that allows it");
    }
}

}  // namespace

Saying::Saying(Parts parts, UnixTime now)
    : parts_(std::move(parts)),
      read_(parts_.store, db::Access::read_only),
      last_(read_.prepare(
          "select last, gone from said where holder = :holder and service = :service")) {
    for (const auto& [id, holder] : parts_.holders) {
        for (const auto& says : holder.records.says())
            demand_heard(parts_.directory, parts_.policy, holder.records.holder(), says, now);
    }
}

// One whose database is away, or says what nobody would take, keeps no other waiting.
Task<void> Saying::round(UnixTime now) {
    for (auto& [id, holder] : parts_.holders) {
        for (auto& says : holder.records.says()) {
            auto& state = states_[{id, says.service}];
            if (now < state.left_until) continue;
            try {
                co_await take_up(holder, std::move(says), state, now);
            } catch (const Failure& failure) {
                state.left_until = now + look_after_failure_s;
                parts_.log.error("records_failed", {{"holder", std::string_view(id)},
                                                    {"why", std::string_view(failure.what())}});
            }
        }
    }
}

Saying::Until Saying::told_until(const std::string& holder, const std::string& service) {
    const db::ResetAtEnd reset(last_);
    last_.bind("holder", holder).bind("service", service);
    if (!last_.step()) return {};
    return {.last = last_.integer(0), .gone = last_.integer(1) != 0};
}

// It stays known when the list has grown again.
Task<void> Saying::cry(std::string holder, std::string service, Until until) {
    parts_.gone_back.with({holder, service}).add();
    parts_.log.error("list_gone_back", {{"holder", std::string_view(holder)},
                                        {"service", std::string_view(service)},
                                        {"last", until.last}});
    if (until.gone) co_return;
    co_await parts_.tells.write([holder = std::move(holder), service = std::move(service),
                                 last = until.last](db::Connection& connection, TellWriter&) {
        connection
            .prepare(
                "update said set gone = 1 "
                "where holder = :holder and service = :service and last = :last")
            .bind("holder", holder)
            .bind("service", service)
            .bind("last", last)
            .execute();
    });
}

// What stands under no number of the holder's is nobody's: it is passed over, and the log says so.
// Where the row that was told last is missing, what the holder writes down under the ids up to it
// is not told: somebody has to say from where on it is (gateway.md, "What a holder tells").
Task<void> Saying::take_up(Holder& holder, Records::Says says, State& state, UnixTime now) {
    struct Waiting {
        std::string name;
        Tell tell;
        client::Prepared request;
    };
    auto& records = holder.records;
    const auto id = records.holder().id.text();
    const auto until = told_until(id, says.service);
    const auto after = until.last;
    const auto listed = records.said(says.service, after, rows_max, parts_.policy.day_of(now));
    if ((until.gone || !listed.has_last) && now >= state.quiet_until) {
        state.quiet_until = now + quiet_s;
        co_await cry(id, says.service, until);
    }
    const auto& rows = listed.rows;
    if (rows.empty()) co_return;
    auto waiting = std::make_shared<std::vector<Waiting>>();
    for (const auto& row : rows) {
        if (!row.number) {
            parts_.log.error("said_of_nobody", {{"holder", std::string_view(id)}, {"row", row.id}});
            continue;
        }
        Tell tell{
            .holder = id,
            .number = wire::number_for_holder(*row.number, records.scheme(), records.holder().id),
            .to = says.to,
            .service = says.service,
            .purpose = says.purpose,
            .payload = row.payload,
            .until = now + tell_s_max,
            .link_until = now + link_s_max};
        auto request = parts_.telling.prepare(tell);
        waiting->push_back({name_of(says, id, row.id, now), std::move(tell), std::move(request)});
    }
    const auto last = rows.back().id;
    co_await parts_.tells.write([id, says = std::move(says), after, last, waiting, now](
                                    db::Connection& connection, TellWriter& tells) {
        connection
            .prepare(
                "insert into said (holder, service, last) values (:holder, :service, :last) "
                "on conflict do update set last = :last where last = :after")
            .bind("holder", id)
            .bind("service", says.service)
            .bind("last", last)
            .bind("after", after)
            .execute();
        if (connection.changes() != 1) return;  // taken up before
        for (const auto& [name, tell, request] : *waiting)
            tells.put(name, tell, request, now);
    });
}

}  // namespace mado::gateway
