#include "settling.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>

#include "http/completion.hpp"
#include "monitor/contradiction.hpp"

namespace mado::gateway {

namespace asio = http::asio;

namespace {

constexpr std::chrono::seconds pause{60};
constexpr std::chrono::seconds pause_first{2};
constexpr std::int64_t orders_max = 500;  // in one step

// When a quorum had last seen it: the time of the last witness that was needed.
UnixTime witnessed_at(const monitor::Published& published, const tlog::Quorum& quorum,
                      UnixTime now) {
    if (quorum.needed() == 0) return now;
    std::vector<UnixTime> times;
    for (const auto& cosignature : published.cosignatures)
        times.push_back(cosignature.time);
    std::ranges::sort(times, std::greater());
    return std::min(times.at(quorum.needed() - 1), now);
}

}  // namespace

struct Settling::FollowedLog {
    FollowedLog(const wire::AccessLog& listed, Followed from, bool was_contradicted)
        : log(listed), reader(listed), followed(std::move(from)), contradicted(was_contradicted) {}

    const wire::AccessLog& log;
    monitor::LogReader reader;
    Followed followed;
    bool contradicted;
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
        case Result::contradicted:
            return "contradicted";
    }
    return "wrong";
}

// A log that was never followed here has as long as one that was settled just now.
Settling::Settling(asio::io_context& io, Parts parts, UnixTime now) : io_(io), parts_(parts) {
    for (const auto& log : parts_.directory.logs) {
        const auto& origin = log.key.name();
        auto followed = parts_.evidence.followed(origin);
        logs_.emplace_back(log,
                           followed ? std::move(*followed)
                                    : Followed{.note = {}, .witnessed_at = now, .settled_at = now},
                           parts_.evidence.contradiction(origin).has_value());
    }
}

Settling::~Settling() = default;

void Settling::start() {
    asio::co_spawn(io_, run(stopping_, *this), asio::detached);
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
            self.parts_.evidence.erase(now);
        } catch (const std::exception& error) {
            self.parts_.log.error("settling_failed", {{"why", std::string_view(error.what())}});
        }
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
    auto published = co_await log.reader.checkpoint(quorum, now);
    if (!published) {
        co_return published.error() == monitor::ReadError::unreachable ? Result::unreachable
                                                                       : Result::wrong;
    }
    if (!published->cosigned) co_return Result::unwitnessed;
    if (const auto result = co_await compare_with_older(log, *published, now)) co_return *result;
    auto followed = log.followed;
    followed.note = published->note;
    followed.witnessed_at = witnessed_at(*published, quorum, now);
    const auto result = co_await settle_orders(log, *published, now);
    if (result == Result::settled) followed.settled_at = now;
    auto& evidence = parts_.evidence;
    const auto& origin = log.log.key.name();
    const bool kept =
        co_await http::completed<bool>([&evidence, &origin, &followed](http::Done<bool> done) {
            evidence.follow(origin, followed, done);
        });
    if (kept) log.followed = std::move(followed);
    co_return result;
}

// Witnesses may err or lie too: what they cosigned before must be the beginning of what they cosign
// now.
Task<std::optional<Settling::Result>> Settling::compare_with_older(
    FollowedLog& log, const monitor::Published& published, UnixTime now) {
    if (log.followed.note.empty()) co_return std::nullopt;
    const auto older = tlog::open_checkpoint(log.followed.note, log.log.key);
    if (!older) co_return std::nullopt;  // the directory has another key for this log now
    const auto& newer = published.checkpoint;
    if (newer.size < older->size) co_return Result::behind;
    monitor::LogReader::Older found{.root = newer.root, .proof = {}};
    if (newer.size > older->size) {
        auto read = co_await log.reader.older(newer, older->size);
        if (!read) {
            co_return read.error() == monitor::ReadError::unreachable ? Result::unreachable
                                                                      : Result::wrong;
        }
        found = std::move(*read);
    }
    if (found.root == older->root) co_return std::nullopt;
    co_return co_await keep_contradiction(
        log,
        monitor::to_json(monitor::TwoRoots{.older = log.followed.note,
                                           .newer = published.note,
                                           .root = found.root,
                                           .proof = std::move(found.proof)}),
        now);
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
    co_return oldest && *oldest < now - unsettled_s_max ? Result::behind : Result::settled;
}

// Empty: it is where its receipt says.
Task<std::optional<Settling::Result>> Settling::settle_one(FollowedLog& log,
                                                           const monitor::Published& published,
                                                           const OpenOrder& order, UnixTime now) {
    auto leaf = co_await log.reader.leaf(published.checkpoint, order.log_index);
    if (!leaf) {
        co_return leaf.error() == monitor::ReadError::unreachable ? Result::unreachable
                                                                  : Result::wrong;
    }
    const auto own_leaf = tlog::leaf_hash(order.entry);
    if (leaf->hash == own_leaf) co_return std::nullopt;
    const auto object = parse_json_object(order.receipt, {.text_bytes_max = 256 * 1024});
    auto receipt = object ? wire::read_receipt(*object) : bad("");
    if (!receipt) throw Failure("a kept receipt cannot be read");
    co_return co_await keep_contradiction(
        log,
        monitor::to_json(monitor::TwoLeaves{.index = order.log_index,
                                            .one = {.checkpoint = std::move(receipt->checkpoint),
                                                    .leaf = own_leaf,
                                                    .proof = std::move(receipt->proof)},
                                            .other = {.checkpoint = published.note,
                                                      .leaf = leaf->hash,
                                                      .proof = std::move(leaf->proof)}}),
        now);
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
        return "the log " + origin + " was not witnessed or settled for " +
               std::to_string(unsettled_s_max / 60) + " minutes; records are not answered";
    }
    return std::nullopt;
}

}  // namespace mado::gateway
