// Does what is to do and needs nobody: for each open case the orders that come next, sent until
// they are answered. Belongs to the io thread.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "http/http.hpp"
#include "orders.hpp"
#include "store.hpp"
#include "wire/policy.hpp"

namespace mado::issuer {

// How requests leave.
struct Sender {
    std::function<client::Prepared(const client::Ask&)> prepare;
    std::function<client::Task<client::Result<client::Answered>>(client::Prepared)> send;
};
// Over a few connections to the relay that are kept. The io_context outlives it.
class SenderPool {
  public:
    SenderPool(const wire::Directory& directory, const client::Identity& identity)
        : directory_(directory), identity_(identity) {}
    Sender sender();

  private:
    client::Task<client::Result<client::Answered>> send(client::Prepared request);
    const wire::Directory& directory_;
    const client::Identity& identity_;
    std::vector<std::unique_ptr<client::Asker>> idle_;
};

class Worker {
  public:
    Worker(http::asio::io_context& io, Store& store, const Parties& parties,
           const wire::Policy& policy, Sender sender, const Log& log);
    // Until stop(); begins with every case that is open.
    http::Task<void> run();
    void stop();
    // Something happened to it: what comes next goes out now.
    void look_at(CaseId id);
    // Requests under way.
    [[nodiscard]] std::size_t busy() const { return under_way_.size(); }
    // Nothing goes on: it is tried again every second, and the log says why.
    [[nodiscard]] bool failing() const { return failing_; }

  private:
    // What came of a request; no result: its time was over. `at_sending`: of a stop's, which of its
    // certificates the relay had then.
    struct Came {
        std::string name;  // in the outbox
        CaseId id = 0;
        OrderName order;
        Activations at_sending;
        std::optional<client::Result<client::Answered>> result;
    };
    void look_at_all();
    void look_at_due();
    std::optional<Case> read(CaseId id);
    Activations activations(CaseId id, OrderName order);
    bool is_unknown_yet(const Came& came, std::optional<Happening>& happening);
    void note_silence(const Came& came, bool answered);
    void note(const Came& came);
    void renew(const Came& came, const Case& one);
    [[nodiscard]] Days days_of(const Case& one, UnixTime now) const;
    ToSend prepare(CaseId id, client::Ask ask);
    void lapse_approval(CaseId id, UnixTime now);
    void plan(CaseId id);
    void rest(std::string name);
    void send_due(bool urgent);
    http::Task<void> deliver(std::string name);
    std::optional<client::Prepared> waiting(const std::string& name);
    void write_down();
    http::Task<void> wait(std::chrono::milliseconds at_most);

    const Log& log_;
    http::asio::io_context& io_;
    Store& store_;
    const Parties& parties_;
    const wire::Policy& policy_;
    Sender sender_;
    http::asio::steady_timer timer_;
    std::set<CaseId> ready_;
    std::set<std::pair<UnixTime, CaseId>> later_;    // looked at again then
    std::vector<Came> came_;                         // and is not noted yet
    std::map<std::string, client::Lane> under_way_;  // by their names in the outbox
    std::set<std::string> silent_;  // lanes: the last that came of them was no answer
    // Of the outbox: until when it is too early for them. Whoever starts again sends at once.
    std::map<std::string, std::chrono::steady_clock::time_point> rests_;
    bool failing_ = false;
    bool stopped_ = false;
};

}  // namespace mado::issuer
