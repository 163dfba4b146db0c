#include "worker.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "http/spawn.hpp"

namespace mado::issuer {
namespace {

namespace asio = http::asio;

constexpr std::size_t under_way_max = 32;
constexpr std::size_t cases_at_once = 1'000;
constexpr std::chrono::milliseconds look_every{500};

}  // namespace

Sender Askers::sender() {
    const auto signer = std::make_shared<client::Asker>(directory_, identity_);
    return {.prepare = [signer](const client::Ask& ask) { return signer->prepare(ask); },
            .send = [this](client::Prepared request) { return send(std::move(request)); }};
}

client::Task<client::Result<client::Answered>> Askers::send(client::Prepared request) {
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
               const wire::Policy& policy, Sender sender)
    : io_(io),
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

// All that came and all that comes of it is durable at once, before anything of it leaves: a disk
// takes some hundred commits a second, however little is in each.
http::Task<void> Worker::run() {
    look_at_all();
    while (!stopped_) {
        const auto came = std::exchange(came_, {});
        Store::Together together(store_);
        for (const auto& one : came)
            note(one);
        for (const auto id : std::exchange(ready_, {}))
            plan(id);
        together.commit();
        for (const auto& one : came)
            under_way_.erase(one.name);
        send_due();
        if (ready_.empty() && came_.empty()) co_await wait();
    }
}

http::Task<void> Worker::wait() {
    timer_.expires_after(look_every);
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

// What can be ordered now and is not: signed, and kept for sending.
void Worker::plan(CaseId id) {
    const auto now = unix_now();
    const auto one = store_.find(id).one;
    for (const auto& what : todo(one)) {
        if (!what.order || !what.refused.empty() || one.open.contains(*what.order)) continue;
        const auto order = *what.order;
        const auto question = question_of(parties_, one, order, policy_.day_of(now));
        if (question) {
            if (!store_.send(id, order, sender_.prepare(*question), {.at = now})) {
                throw Failure("what is to do cannot be sent");
            }
            continue;
        }
        // Nobody to ask: a clerk has to look.
        const auto code = std::string(wire::info(question.error()).name);
        if (!store_.refuse(id, order, code, {.at = now})) {
            throw Failure("what cannot be asked is not to do");
        }
    }
}

void Worker::send_due() {
    // Those under way are due, too.
    for (auto& name : store_.outbox().due(unix_now(), 2 * under_way_max)) {
        if (under_way_.size() >= under_way_max) break;
        if (!under_way_.insert(name).second) continue;
        http::spawn(io_, deliver(std::move(name)));
    }
}

http::Task<void> Worker::deliver(std::string name) {
    const auto what = parse_outbox_name(name);
    auto request = store_.outbox().find(name);
    if (!what || !request) throw Failure("the outbox has a request of no case");
    Came came{.name = std::move(name), .id = what->id, .order = what->order, .result = {}};
    if (request->expires > unix_now()) came.result = co_await sender_.send(std::move(*request));
    came_.push_back(std::move(came));
    timer_.cancel();
}

// Without a result its time was over.
void Worker::note(const Came& came) {
    const auto now = unix_now();
    std::optional<Happening> happening = Lapsed{came.order};
    if (came.result) happening = happening_of(store_.find(came.id).one, came.order, *came.result);
    if (!happening) {
        store_.outbox().try_later(came.name, now);
    } else if (!store_.answer(came.id, came.order, *happening, {.at = now})) {
        throw Failure("the answer to an order does not fit its case");
    }
    ready_.insert(came.id);
}

}  // namespace mado::issuer
