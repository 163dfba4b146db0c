#include "worker.hpp"

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

constexpr std::size_t under_way_max = 32;
constexpr std::size_t cases_at_once = 1'000;
constexpr std::chrono::milliseconds look_every{500};

// Whose act all that is ordered now follows from.
std::string last_clerk(const std::vector<Line>& lines) {
    const auto found = std::ranges::find_if(lines.rbegin(), lines.rend(),
                                            [](const Line& line) { return !line.clerk.empty(); });
    return found == lines.rend() ? "" : found->clerk;
}

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

http::Task<void> Worker::run() {
    look_at_all();
    while (!stopped_) {
        const auto ready = std::exchange(ready_, {});
        for (const auto id : ready)
            plan(id);
        send_due();
        if (ready_.empty()) co_await wait();
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
        auto question = question_of(parties_, one, order, policy_.day_of(now));
        if (question) {
            Sent sent{.order = order};
            if (const auto clerk = last_clerk(store_.lines(id)); !clerk.empty()) {
                question->keep_operator = [&sent, clerk](const std::string& jti) {
                    sent.by = Operator{.jti = jti, .name = clerk, .salt = crypto::random_hash()};
                    return wire::commit_operator(sent.by->salt, clerk);
                };
            }
            const auto request = sender_.prepare(*question);
            if (!store_.send(id, sent, request, {.at = now})) {
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
    std::optional<Happening> happening;
    if (request->expires <= unix_now()) {
        happening = Lapsed{what->order};
    } else {
        const auto result = co_await sender_.send(std::move(*request));
        happening = happening_of(store_.find(what->id).one, what->order, result);
    }
    if (!happening) {
        store_.outbox().try_later(name, unix_now());
    } else if (!store_.answer(what->id, what->order, *happening, {.at = unix_now()})) {
        throw Failure("the answer to an order does not fit its case");
    }
    under_way_.erase(name);
    look_at(what->id);
}

}  // namespace mado::issuer
