// Follows the access logs whose orders are answered here (docs/protocols/log.md): each minute every
// order that was answered must be found at its index under a checkpoint that a quorum of witnesses
// has cosigned. A log that contradicts itself gets no answers any more; while nobody witnesses it,
// eligibility goes on and records stop.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/log.hpp"
#include "evidence.hpp"
#include "http/metrics.hpp"
#include "monitor/follow.hpp"
#include "wire/errors.hpp"

namespace mado::gateway {

using http::Task;

// Longer than this nobody has witnessed it, or an answered order was not found: an alarm.
constexpr std::int64_t unsettled_s_max = monitor::unwitnessed_s_max;

class Settling {
  public:
    struct Parts {
        const wire::Directory& directory;
        const http::TlsContext& tls;  // the gateway's own, to the relay
        Evidence& evidence;
        const Log& log;
        http::CounterFamily& rounds;  // by log and result
    };
    // Belongs to the io thread of `io`.
    Settling(http::asio::io_context& io, Parts parts, UnixTime now);
    ~Settling();

    void start();
    void stop();
    // One round over every log.
    Task<void> round(UnixTime now);

    // Why an order of that log is not answered now. `record`: the service answers with records,
    // not only with eligibility.
    [[nodiscard]] std::optional<wire::Code> judge(std::string_view origin, bool record,
                                                  UnixTime now) const;
    // For people: what the operator should know; empty when all is well.
    [[nodiscard]] std::optional<std::string> alarm(UnixTime now) const;

  private:
    struct FollowedLog;
    // behind: it publishes less than it did, or than what was answered; not_shown: the same, and it
    // does not show the tree that it signed for what was answered.
    enum class Result { settled, unreachable, wrong, unwitnessed, behind, not_shown, contradicted };
    static std::string_view to_text(Result result);
    static Result result_of(monitor::Alarm alarm);
    static Result result_of(monitor::ReadError error);
    Followed followed_from(const std::string& origin, UnixTime now);
    static Task<void> run(std::shared_ptr<bool> stopping, Settling& self);

    Task<Result> follow(FollowedLog& log, UnixTime now);
    Task<Result> settle_orders(FollowedLog& log, const monitor::Published& published, UnixTime now);
    Task<std::optional<Result>> settle_one(FollowedLog& log, const monitor::Published& published,
                                           const OpenOrder& order, UnixTime now);
    Task<Result> demand_tree(FollowedLog& log, const monitor::Published& published, UnixTime now);
    Task<Result> keep_contradiction(FollowedLog& log, std::string proof, UnixTime now);

    http::asio::io_context& io_;
    Parts parts_;
    std::list<FollowedLog> logs_;
    std::shared_ptr<bool> stopping_ = std::make_shared<bool>(false);
};

}  // namespace mado::gateway
