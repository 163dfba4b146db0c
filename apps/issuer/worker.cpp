#include "worker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "crypto/digest.hpp"
#include "http/spawn.hpp"
#include "wire/head.hpp"

namespace mado::issuer {
namespace {

namespace asio = http::asio;

// Under way at once. Each organisation has one place of its own, whatever others hold, and as long
// as it answers takes further ones, which all share: so nobody waits for another who is silent.
// What is urgent, which the relay and the authority answer, has places besides.
constexpr std::size_t shared_max = 32;
constexpr std::size_t urgent_shared_max = 16;
constexpr std::size_t of_one_max = 8;
constexpr std::size_t in_all_max = 256;  // connections
constexpr std::size_t cases_at_once = 1'000;
constexpr std::size_t written_at_once = 100;  // cases; pages are answered in between
constexpr std::chrono::milliseconds look_every{500};
constexpr std::chrono::milliseconds again_after{1'000};
constexpr std::int64_t unknown_again_s = 1;
// The authority looks for orders every 50 ms. Who asks before it has decided is told to wait, asks
// a second later again, and leaves an entry more with the person.
constexpr std::chrono::milliseconds decided_after{150};
constexpr std::chrono::milliseconds rests_look_every{25};

// A register is not asked anew about what was taken out meanwhile.
bool is_waited_for(const Case& one, OrderName order) {
    return order.kind != OrderKind::confirm ||
           one.claims.at(static_cast<std::size_t>(order.item)).finding != Finding::not_applied;
}

// Whose act what is ordered now follows from, and who has approved it: a person who asks reads
// both.
std::string hand_of(const CaseFile& file) {
    const auto& approver = file.one.approved_by;
    if (approver.empty() || file.clerk.empty() || approver == file.clerk) return file.clerk;
    return fmt::format("{}（承認 {}）", file.clerk, approver);
}

}  // namespace

Sender SenderPool::sender() {
    const auto signer = std::make_shared<client::Asker>(directory_, identity_);
    return {.prepare = [signer](const client::Ask& ask) { return signer->prepare(ask); },
            .send = [this](client::Prepared request) { return send(std::move(request)); }};
}

client::Task<client::Result<client::Answered>> SenderPool::send(client::Prepared request) {
    std::unique_ptr<client::Asker> asker;
    if (idle_.empty()) {
        asker = std::make_unique<client::Asker>(directory_, identity_);
    } else {
        asker = std::move(idle_.back());
        idle_.pop_back();
    }
    auto out = co_await asker->send(std::move(request));
    idle_.push_back(std::move(asker));
    co_return out;
}

Worker::Worker(asio::io_context& io, Store& store, const Parties& parties,
               const wire::Policy& policy, Sender sender, const Log& log)
    : log_(log),
      io_(io),
      store_(store),
      parties_(parties),
      policy_(policy),
      sender_(std::move(sender)),
      timer_(io) {}

void Worker::stop() {
    stopped_ = true;
    timer_.cancel();
}

void Worker::look_at(CaseId id) {
    ready_.insert(id);
    timer_.cancel();
}

// Until the signal. A disk that is full is tried again: what is ordered waits, and pages go on.
http::Task<void> Worker::run() {
    look_at_all();
    while (!stopped_) {
        bool failed = false;
        look_at_due();
        try {
            write_down();
            send_due(true);
            send_due(false);
            failing_ = false;
        } catch (const Failure& failure) {
            if (!failing_) log_.error("cannot_work", {{"why", std::string_view(failure.what())}});
            failing_ = failed = true;
        }
        if (failed) {
            co_await wait(again_after);
        } else if (ready_.empty() && came_.empty()) {
            co_await wait(rests_.empty() ? look_every : rests_look_every);
        }
    }
}

// What came and what comes of it is durable at once, before anything of it leaves: a disk takes
// some hundred commits a second, however little is in each. What fails stays to be done.
void Worker::write_down() {
    const auto came = std::min(came_.size(), written_at_once);
    std::vector<CaseId> cases;
    Store::Together together(store_);
    for (std::size_t i = 0; i < came; ++i) {
        note(came_[i]);
        cases.push_back(came_[i].id);
    }
    for (const auto id : ready_) {
        if (cases.size() >= written_at_once) break;
        cases.push_back(id);
    }
    for (const auto id : cases)
        plan(id);
    together.commit();
    for (const auto id : cases)
        ready_.erase(id);
    for (std::size_t i = 0; i < came; ++i)
        under_way_.erase(came_[i].name);
    came_.erase(came_.begin(), came_.begin() + static_cast<std::ptrdiff_t>(came));
}

http::Task<void> Worker::wait(std::chrono::milliseconds at_most) {
    timer_.expires_after(at_most);
    boost::system::error_code ignored;
    co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

void Worker::look_at_all() {
    for (CaseId last = 0;;) {
        const auto cases = store_.open_cases(last, cases_at_once);
        if (cases.empty()) return;
        ready_.insert(cases.begin(), cases.end());
        last = cases.back();
    }
}

// What was not to be done before now.
void Worker::look_at_due() {
    while (!later_.empty() && later_.begin()->first <= unix_now()) {
        ready_.insert(later_.begin()->second);
        later_.erase(later_.begin());
    }
    const auto now = std::chrono::steady_clock::now();
    std::erase_if(rests_, [now](const auto& one) { return one.second <= now; });
}

// One that cannot be read keeps no other waiting.
std::optional<Case> Worker::read(CaseId id) {
    try {
        return store_.find(id).one;
    } catch (const Failure& failure) {
        log_.error("case_unreadable", {{"why", std::string_view(failure.what())}});
        return std::nullopt;
    }
}

// Signed, in the name of those clerks.
ToSend Worker::prepare(CaseId id, client::Ask ask) {
    std::optional<Operator> by;
    if (const auto clerk = hand_of(store_.find(id)); !clerk.empty()) {
        ask.keep_operator = [&by, clerk](const std::string& jti) {
            by = Operator{.jti = jti, .name = clerk, .salt = crypto::random_hash()};
            return wire::commit_operator(by->salt, clerk);
        };
    }
    auto request = sender_.prepare(ask);
    return {.request = std::move(request),
            .by = std::move(by),
            .to = ask.to.holder ? ask.to.holder->text() : std::string()};
}

// Nobody's word is good for ever: it is asked for again.
void Worker::lapse_approval(CaseId id, UnixTime now) {
    const auto one = read(id);
    if (!one || !one->approved || one->cancelled || has_ended(*one)) return;
    if (is_approved(*one, now)) {
        later_.emplace(*one->approved + approval_s, id);
    } else if (!store_.add(id, ApprovalLapsed{}, {.at = now})) {
        throw Failure("an approval that is over does not lapse");
    }
}

Days Worker::days_of(const Case& one, UnixTime now) const {
    return {.today = policy_.day_of(now), .delivered_on = policy_.day_of(one.handed_over_at)};
}

// What can be ordered now and is not: signed, and kept for sending.
void Worker::plan(CaseId id) {
    const auto now = unix_now();
    lapse_approval(id, now);
    const auto one = read(id);
    if (!one) return;
    for (const auto& what : todo(*one)) {
        if (!what.order || !what.refused.empty() || one->open.contains(*what.order)) continue;
        if (what.from > now) {
            later_.emplace(what.from, id);
            continue;
        }
        const auto order = *what.order;
        auto question = question_of(parties_, *one, order, days_of(*one, now));
        if (question) {
            const auto sent =
                store_.send(id, order, prepare(id, std::move(*question)), {.at = now});
            if (sent) {
                if (order.kind == OrderKind::collect) rest(outbox_name(id, order));
                continue;
            }
            if (sent.error() != Misfit::known_person) {
                throw Failure("what is to do cannot be sent");
            }
            question = std::unexpected(wire::Code::link_taken);
        }
        // Nobody to ask, or nobody who may: a clerk has to look.
        const auto code = std::string(wire::info(question.error()).name);
        if (!store_.refuse(id, order, code, {.at = now})) {
            throw Failure("what cannot be asked is not to do");
        }
    }
}

void Worker::rest(std::string name) {
    rests_.insert_or_assign(std::move(name), std::chrono::steady_clock::now() + decided_after);
}

// Until all places are taken, or whoever has something due has as many as they may have.
void Worker::send_due(bool urgent) {
    const auto shared_most = urgent ? urgent_shared_max : shared_max;
    std::size_t all = 0, shared = 0;
    std::map<std::string, std::size_t> of_one;
    client::Due which{.urgent = urgent};
    const auto takes_place = [&](const std::string& lane) {
        const auto has = ++of_one[lane];
        ++all;
        if (has > 1) ++shared;
        if (has == of_one_max || silent_.contains(lane) || shared >= shared_most) {
            which.full.insert(lane);
        }
        if (has == 1 || shared != shared_most) return;
        for (const auto& [other, count] : of_one)
            which.full.insert(other);
    };
    for (const auto& [name, where] : under_way_) {
        if (where.urgent == urgent) takes_place(where.lane);
    }
    for (bool more = true; more && all < in_all_max;) {
        more = false;
        // Those under way are due, too.
        for (auto& [name, lane] : store_.outbox().due(unix_now(), 2 * in_all_max, which)) {
            if (all == in_all_max) return;
            const bool waits = under_way_.contains(name) || rests_.contains(name);
            if (waits || which.full.contains(lane)) continue;
            takes_place(lane);
            under_way_.emplace(name, client::Lane{.lane = std::move(lane), .urgent = urgent});
            http::spawn(io_, deliver(std::move(name)));
            more = true;
        }
    }
}

// One that does not open was perhaps sent: it is as if its time were over, and ordered anew.
std::optional<client::Prepared> Worker::waiting(const std::string& name) {
    try {
        return store_.outbox().find(name);
    } catch (const Failure& failure) {
        log_.error("request_unreadable", {{"why", std::string_view(failure.what())}});
        return std::nullopt;
    }
}

http::Task<void> Worker::deliver(std::string name) {
    const auto what = parse_outbox_name(name);
    if (!what) throw Failure("the outbox has a request of no case");
    auto request = waiting(name);
    Came came{.name = std::move(name),
              .id = what->id,
              .order = what->order,
              .at_sending = activations(what->id, what->order),
              .result = {}};
    if (request && request->expires > unix_now())
        came.result = co_await sender_.send(std::move(*request));
    came_.push_back(std::move(came));
    timer_.cancel();
}

// Of a stop's orders to the relay: others are about cards that are active.
Activations Worker::activations(CaseId id, OrderName order) {
    const bool may_be = order.kind == OrderKind::stop || order.kind == OrderKind::resume_card ||
                        order.kind == OrderKind::revoke_card;
    const auto one = may_be ? read(id) : std::nullopt;
    if (!one || one->kind != Kind::stop) return {};
    try {
        return activations_of(store_.cases_of_person(id), *one, places_at_relay(*one, order));
    } catch (const Failure& failure) {  // another one of theirs
        log_.error("case_unreadable", {{"why", std::string_view(failure.what())}});
        return {};
    }
}

// Whoever stops a card stops it also while it is being activated, and nobody knows yet how that
// ends: the relay is asked until it is known.
bool Worker::is_unknown_yet(const Came& came, std::optional<Happening>& happening) {
    const auto* refused = happening ? std::get_if<Refused>(&*happening) : nullptr;
    if (refused == nullptr || came.at_sending.empty() ||
        refused->code != wire::info(wire::Code::card_unknown).name) {
        return false;
    }
    happening = when_unknown(came.order, came.at_sending, activations(came.id, came.order));
    return !happening;
}

// Who has not answered is asked for one thing at a time, until it answers that.
void Worker::note_silence(const Came& came, bool answered) {
    if (!came.result) return;
    const auto& lane = under_way_.at(came.name).lane;
    if (answered) {
        silent_.erase(lane);
    } else {
        silent_.insert(lane);
    }
}

void Worker::note(const Came& came) {
    const auto now = unix_now();
    const auto one = read(came.id);
    if (!one) return store_.outbox().try_later(came.name, now);
    if (!came.result && is_ask(came.order.kind) && is_waited_for(*one, came.order)) {
        return renew(came, *one);
    }
    std::optional<Happening> happening = Lapsed{came.order};
    if (came.result) happening = happening_of(parties_, *one, came.order, *came.result);
    note_silence(came, /*answered=*/happening || (came.result && *came.result));
    if (is_unknown_yet(came, happening)) {
        store_.outbox().try_at(came.name, now + unknown_again_s);
    } else if (!happening) {
        store_.outbox().try_later(came.name, now);
    } else if (!store_.answer(came.id, came.order, *happening, {.at = now})) {
        throw Failure("the answer to an order does not fit its case");
    }
    // It may have made an end of a card that another case looks for.
    const auto kind = came.order.kind;
    if (kind == OrderKind::activate || kind == OrderKind::revoke_card) {
        for (const auto id : store_.of_person(came.id))
            ready_.insert(id);
    }
}

// Whatever became of an ask, it changed nothing: the same is asked anew, as seldom as before.
void Worker::renew(const Came& came, const Case& one) {
    const auto now = unix_now();
    auto question = question_of(parties_, one, came.order, days_of(one, now));
    if (question) {
        return store_.renew(came.id, came.order, prepare(came.id, std::move(*question)), now);
    }
    const auto code = std::string(wire::info(question.error()).name);
    if (!store_.answer(came.id, came.order, Refused{came.order, code}, {.at = now})) {
        throw Failure("the answer to an order does not fit its case");
    }
}

}  // namespace mado::issuer
