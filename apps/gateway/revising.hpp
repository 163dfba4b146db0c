// Looks again at what was answered while a holder had not decided, and tells the relay of answers
// that hold no longer (docs/protocols/gateway.md, "Answers that change"): whoever asked hears of
// it. The holder decides in its own database and calls nobody.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "answering.hpp"
#include "base/log.hpp"
#include "client/client.hpp"
#include "http/metrics.hpp"
#include "open_answers.hpp"

namespace mado::gateway {

// An answer is looked at again so much later at the earliest.
constexpr std::int64_t look_again_s = 10;
// Older ones the relay takes no tell of (docs/protocols/issuing.md).
constexpr std::int64_t open_answer_s_max = 366 * std::int64_t{86'400};

class Revising {
  public:
    struct Parts {
        const wire::Directory& directory;
        const wire::Policy& policy;
        std::map<std::string, Holder, std::less<>>& holders;
        // As which each of them tells.
        const std::map<std::string, client::Identity, std::less<>>& identities;
        OpenAnswers& answers;
        const Log& log;
        http::CounterFamily& tells;  // by result
        std::function<Task<client::Result<client::Answered>>(const client::Identity&,
                                                             client::Prepared)>
            send;
    };
    // Belongs to the io thread of `io`.
    Revising(http::asio::io_context& io, Parts parts) : io_(io), parts_(std::move(parts)) {}

    void start();
    void stop();
    // Looks at what may be looked at, and sends what waits.
    Task<void> round(UnixTime now);

  private:
    // open: not decided yet. holds: decided, and the answer is right. unknown: no answer just now.
    enum class Finding { open, holds, changed, unknown };
    static Task<void> run(std::shared_ptr<bool> stopping, Revising& self);
    Finding look_at(const OpenAnswer& answer);
    Task<void> revise(OpenAnswer answer, UnixTime now);
    Task<void> send(Hash entry, UnixTime now);
    client::Prepared prepare(const OpenAnswer& answer) const;

    http::asio::io_context& io_;
    Parts parts_;
    std::shared_ptr<bool> stopping_ = std::make_shared<bool>(false);
};

}  // namespace mado::gateway
