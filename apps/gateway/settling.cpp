#include "settling.hpp"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>

#include "http/completion.hpp"
#include "http/spawn.hpp"

namespace mado::gateway {

namespace asio = http::asio;

namespace {

constexpr std::chrono::seconds pause{60};
constexpr std::chrono::seconds pause_first{2};
constexpr std::int64_t orders_max = 500;  // in one step

// The log of the relay that is dialled is read where orders come from, as its participant: what the
// public does to the public's port is no matter there (docs/decisions/0016).
monitor::LogReader reader_of(const wire::AccessLog& log, const Settling::Parts& parts) {
    const auto& relay = parts.directory.relay();
    if (!relay.has_certificate(log.certificate)) return monitor::LogReader(log);
    return {log, relay, parts.tls};
}

wire::Receipt kept_receipt(const OpenOrder& order) {
    const auto object = parse_json_object(order.receipt, {.text_bytes_max = 256 * 1024});
    auto receipt = object ? wire::read_receipt(*object) : bad("");
    if (!receipt) throw Failure("a kept receipt cannot be read");
    return std::move(*receipt);
}

// The log answered, and not with the tree that it signed. Who cannot be reached is not accused.
bool is_not_shown(monitor::ReadError error) {
    switch (error) {
        case monitor::ReadError::not_found:
        case monitor::ReadError::malformed:
        case monitor::ReadError::does_not_fit:
            return true;
        case monitor::ReadError::unreachable:
        case monitor::ReadError::signature:
            return false;
    }
    return false;
}

}  // namespace

struct Settling::FollowedLog {
    FollowedLog(const wire::AccessLog& listed, const Parts& parts, Followed from,
                bool was_contradicted)
        : log(listed),
          reader(reader_of(listed, parts)),
          followed(std::move(from)),
          contradicted(was_contradicted) {}

    const wire::AccessLog& log;
    monitor::LogReader reader;
    Followed followed;
    bool contradicted;
    bool not_shown = false;  // in the last round that came so far
};

std::string_view Settling::to_text(Result result) {
    switch (result) {
        case Result::settled:
            return "settled";
        case Result::unreachable:
            return "unreachable";
        case Result::wrong:
            return "wrong";
        case Result::unwitnessed:
            return "unwitnessed";
        case Result::behind:
            return "behind";
        case Result::not_shown:
            return "not_shown";
        case Result::contradicted:
            return "contradicted";
    }
    return "wrong";
}

Settling::Result Settling::result_of(monitor::Alarm alarm) {
    switch (alarm) {
        case monitor::Alarm::none:
            return Result::settled;
        case monitor::Alarm::fork:
            return Result::contradicted;
        case monitor::Alarm::wrong:
            return Result::wrong;
        case monitor::Alarm::older:
            return Result::behind;
        case monitor::Alarm::unreachable:
            return Result::unreachable;
        case monitor::Alarm::unwitnessed:
            return Result::unwitnessed;
    }
    return Result::wrong;
}

Settling::Result Settling::result_of(monitor::ReadError error) {
    return result_of(monitor::alarm_of(error));
}

Settling::Settling(asio::io_context& io, Parts parts, UnixTime now) : io_(io), parts_(parts) {
    for (const auto& log : parts_.directory.logs) {
        const auto& origin = log.key.name();
        logs_.emplace_back(log, parts_, followed_from(origin, now),
                           parts_.evidence.contradiction(origin).has_value());
    }
}

// A log that is new here has as long as one that was settled just now, once: a gateway that is
// started again goes on counting.
Followed Settling::followed_from(const std::string& origin, UnixTime now) {
    if (auto followed = parts_.evidence.followed(origin)) return std::move(*followed);
    const Followed begun{.note = {}, .witnessed_at = now, .settled_at = now};
    const auto& program_log = parts_.log;  // outlives the evidence
    parts_.evidence.follow(origin, begun, [&program_log, origin](bool durable) {
        // The next start counts anew.
        if (!durable) program_log.error("log_begin_lost", {{"log", std::string_view(origin)}});
    });
    return begun;
}

Settling::~Settling() = default;

void Settling::start() {
    http::spawn(io_, run(stopping_, *this));
}

void Settling::stop() {
    *stopping_ = true;
}

// `stopping` outlives the object, which is destroyed only after its io_context has ended.
Task<void> Settling::run(std::shared_ptr<bool> stopping, Settling& self) {
    asio::steady_timer timer(self.io_);
    auto wait = pause_first;  // who starts wants to know soon
    while (!*stopping) {
        timer.expires_after(wait);
        boost::system::error_code ignored;
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        wait = pause;
        if (*stopping) co_return;
        const auto now = unix_now();
        try {
            co_await self.round(now);
        } catch (const std::exception& error) {
            self.parts_.log.error("settling_failed", {{"why", std::string_view(error.what())}});
        }
        self.parts_.evidence.erase(now);
        if (const auto alarm = self.alarm(unix_now())) {
            self.parts_.log.error("log_alarm", {{"why", std::string_view(*alarm)}});
        }
    }
}

Task<void> Settling::round(UnixTime now) {
    for (auto& log : logs_) {
        const auto result = co_await follow(log, now);
        parts_.rounds.with({log.log.key.name(), std::string(to_text(result))}).add();
        if (result != Result::settled) {
            parts_.log.warning("log_not_settled", {{"log", std::string_view(log.log.key.name())},
                                                   {"why", to_text(result)}});
        }
    }
}

Task<Settling::Result> Settling::follow(FollowedLog& log, UnixTime now) {
    const auto& quorum = parts_.directory.quorum;
    // Witnesses may err or lie too: what they cosigned before must be the beginning of what they
    // cosign now.
    const auto seen = co_await monitor::look(log.reader, quorum, log.followed.note, now);
    if (seen.contradiction) {
        co_return co_await keep_contradiction(log, tlog::to_json(*seen.contradiction), now);
    }
    if (seen.alarm != monitor::Alarm::none) co_return result_of(seen.alarm);
    const auto& published = seen.published;
    if (!published->cosigned) co_return Result::unwitnessed;
    auto followed = log.followed;
    followed.note = published->note;
    followed.witnessed_at = monitor::witnessed_at(*published, quorum, now);
    const auto result = co_await settle_orders(log, *published, now);
    const auto& origin = log.log.key.name();
    auto& evidence = parts_.evidence;
    const bool all_found = result == Result::settled || result == Result::behind;
    if (all_found) {
        const auto oldest = evidence.oldest_open(origin);
        followed.settled_at = oldest ? std::min(now, oldest->time) : now;
    }
    const bool kept =
        co_await http::completed<bool>([&evidence, &origin, &followed](http::Done<bool> done) {
            evidence.follow(origin, followed, done);
        });
    if (kept) log.followed = std::move(followed);
    if (result == Result::behind) co_return co_await demand_tree(log, *published, now);
    log.not_shown = false;
    co_return result;
}

// An order that was answered long ago is beyond what the log publishes. The log has signed the tree
// that the receipt proves it in, so it can show it, and that it grew out of the published one.
Task<Settling::Result> Settling::demand_tree(FollowedLog& log, const monitor::Published& published,
                                             UnixTime now) {
    const auto& origin = log.log.key.name();
    const auto order = parts_.evidence.oldest_open(origin);
    if (!order) throw Failure("an order that was not settled is gone");
    const auto receipt = kept_receipt(*order);
    auto found = co_await monitor::compare_trees(log.reader, published.note, receipt.checkpoint);
    if (found && *found) {
        co_return co_await keep_contradiction(log, tlog::to_json(**found), now);
    }
    if (!found && !is_not_shown(found.error())) co_return result_of(found.error());
    log.not_shown = !found;
    if (found) co_return Result::behind;  // only the witnesses have not seen it
    // All that whoever demands the tree of it needs; the order itself is in the evidence.
    parts_.log.error("log_not_shown", {{"log", std::string_view(origin)},
                                       {"index", static_cast<std::int64_t>(order->log_index)},
                                       {"signed", std::string_view(receipt.checkpoint)},
                                       {"published", std::string_view(published.note)}});
    co_return Result::not_shown;
}

Task<Settling::Result> Settling::settle_orders(FollowedLog& log,
                                               const monitor::Published& published, UnixTime now) {
    const auto& origin = log.log.key.name();
    auto& evidence = parts_.evidence;
    for (;;) {
        const auto orders = evidence.open_orders(origin, published.checkpoint.size, orders_max);
        if (orders.empty()) break;
        std::vector<Hash> settled;
        for (const auto& order : orders) {
            if (const auto result = co_await settle_one(log, published, order, now)) {
                co_return *result;
            }
            settled.push_back(order.entry);
        }
        const bool kept = co_await http::completed<bool>(
            [&evidence, &settled](http::Done<bool> done) { evidence.settle(settled, done); });
        if (!kept) co_return Result::wrong;
    }
    // What is beyond the checkpoint may be for a while, not for long.
    const auto oldest = evidence.oldest_open(origin);
    co_return oldest && oldest->time < now - unsettled_s_max ? Result::behind : Result::settled;
}

// Empty: it is where its receipt says.
Task<std::optional<Settling::Result>> Settling::settle_one(FollowedLog& log,
                                                           const monitor::Published& published,
                                                           const OpenOrder& order, UnixTime now) {
    const auto own_leaf = tlog::leaf_hash(order.entry);
    const auto leaf = co_await log.reader.leaf(published.checkpoint, order.log_index);
    if (!leaf) co_return result_of(leaf.error());
    if (*leaf == own_leaf) co_return std::nullopt;
    auto receipt = kept_receipt(order);
    auto found = co_await monitor::compare_leaf(log.reader, order.log_index,
                                                {.checkpoint = std::move(receipt.checkpoint),
                                                 .leaf = own_leaf,
                                                 .proof = std::move(receipt.proof)},
                                                published);
    if (!found) co_return result_of(found.error());
    if (!*found) throw Failure("a log's leaf was proven to be another one, and then was not");
    co_return co_await keep_contradiction(log, tlog::to_json(**found), now);
}

Task<Settling::Result> Settling::keep_contradiction(FollowedLog& log, std::string proof,
                                                    UnixTime now) {
    log.contradicted = true;  // also when it cannot be kept just now
    parts_.log.error("log_contradicted", {{"log", std::string_view(log.log.key.name())},
                                          {"proof", std::string_view(proof)}});
    auto& evidence = parts_.evidence;
    const auto& origin = log.log.key.name();
    co_await http::completed<bool>([&evidence, &origin, &proof, now](http::Done<bool> done) {
        evidence.contradict(origin, proof, now, done);
    });
    co_return Result::contradicted;
}

std::optional<wire::Code> Settling::judge(std::string_view origin, bool record,
                                          UnixTime now) const {
    const auto log = std::ranges::find_if(
        logs_, [origin](const FollowedLog& one) { return one.log.key.name() == origin; });
    if (log == logs_.end()) return wire::Code::receipt_invalid;
    if (log->contradicted) return wire::Code::log_contradicted;
    const auto since = std::min(log->followed.witnessed_at, log->followed.settled_at);
    if (record && since < now - unsettled_s_max) return wire::Code::log_unwitnessed;
    return std::nullopt;
}

std::optional<std::string> Settling::alarm(UnixTime now) const {
    for (const auto& log : logs_) {
        const auto& origin = log.log.key.name();
        const auto code = judge(origin, true, now);
        if (!code) continue;
        if (*code == wire::Code::log_contradicted) {
            return "the log " + origin + " contradicts itself; its orders are not answered";
        }
        if (log.not_shown) {
            return "the log " + origin +
                   " has signed a tree that it does not show, with an order "
                   "that was answered here: log_not_shown in this program's log is for the "
                   "supervising authority; records are not answered";
        }
        return "the log " + origin + " was not witnessed or settled for " +
               std::to_string(unsettled_s_max / 60) + " minutes; records are not answered";
    }
    return std::nullopt;
}

}  // namespace mado::gateway
