// Programs that tests play themselves, with the real ones' keys: what a broken or dishonest relay
// or gateway could do to the others.
#pragma once

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "country_fixture.hpp"
#include "tlog/tlog.hpp"

namespace mado::tests {

// Runs an io_context on a thread of its own until it is destroyed.
class Backstage {
  public:
    Backstage();
    ~Backstage() { stop(); }
    Backstage(const Backstage&) = delete;
    Backstage& operator=(const Backstage&) = delete;

    [[nodiscard]] http::asio::io_context& io() { return io_; }
    // Runs a task there and waits for it here.
    template <class T>
    T run(Task<T> task) {
        return wait_for(http::run_on(io_, std::move(task)));
    }
    void stop();

  private:
    http::asio::io_context io_{1};
    http::asio::executor_work_guard<http::asio::io_context::executor_type> work_;
    std::thread thread_;
};

// A gateway: dials the relay and answers every order as the test says.
class PretendGateway {
  public:
    // From the delivery's body to the answer's; called on another thread, one at a time.
    using Answer = std::function<http::Response(const std::string& delivery)>;
    // Returns once the relay has accepted its connections. The real gateway must not run.
    PretendGateway(const RunningCountry& country, const std::string& gateway,
                   std::vector<std::string> holders, Answer answer);
    ~PretendGateway() { end(); }
    PretendGateway(const PretendGateway&) = delete;
    PretendGateway& operator=(const PretendGateway&) = delete;

    // The bodies of all deliveries so far.
    [[nodiscard]] std::vector<std::string> deliveries() const;

  private:
    Task<void> hold();
    void end();

    const RunningCountry& country_;
    http::TlsContext tls_;
    std::string greeting_;
    Answer answer_;
    mutable std::mutex mutex_;  // guards what follows: the test reads while the thread writes
    std::vector<std::string> deliveries_;
    int connected_ = 0;
    std::list<http::Connection> connections_;  // the thread's own
    Backstage backstage_;
};
http::Response delivery_response(const wire::DeliveryReply& reply);

// A relay: listens where the real one would, has its keys and its log's key, and says what the test
// wants. Its log is its own and begins empty.
class PretendRelay {
  public:
    using Handler = std::function<http::Response(const http::Request&)>;
    // The real relay must not run. `requests` answers /v1/requests, on another thread; nonces it
    // gives to anybody.
    explicit PretendRelay(RunningCountry& country, Handler requests = {});
    ~PretendRelay();
    PretendRelay(const PretendRelay&) = delete;
    PretendRelay& operator=(const PretendRelay&) = delete;

    // Sends a delivery to the first gateway that dialled; waits for one to come.
    http::Response deliver(const std::string& body);

    // Puts an order into the log, after a few others, and proves it.
    wire::Receipt log_order(const wire::Order& order);
    // A checkpoint of the present tree, signed by this key under the log's name.
    [[nodiscard]] std::string checkpoint(const crypto::PrivateKey& key) const;

  private:
    Task<std::expected<http::Response, http::NetError>> forward(std::string body);
    std::vector<http::Route> routes(const Handler& requests);

    crypto::PrivateKey log_key_;
    http::TlsContext tls_;
    tlog::Edge tree_;
    std::list<http::Connection> gateways_;  // the thread's own
    std::optional<http::Server> server_;
    Backstage backstage_;
};

// A site for browsers: listens where the portal would, and serves what the test wants.
class PretendSite {
  public:
    using Handler = std::function<http::Response(const http::Request&)>;
    // The portal must not run. `keys` says whose certificate it has; `pages` answers every GET, on
    // another thread.
    PretendSite(const RunningCountry& country, const std::string& keys, Handler pages);
    ~PretendSite();
    PretendSite(const PretendSite&) = delete;
    PretendSite& operator=(const PretendSite&) = delete;

  private:
    http::TlsContext tls_;
    std::optional<http::Server> server_;
    Backstage backstage_;
};

// A line to the relay that breaks: passes on what both sides send, and ends connections.
class BadLine {
  public:
    // Ends a connection in this exchange (1 = its first request), when the relay answers or, if it
    // is not to hear of it, when the requester asks.
    struct Break {
        int exchange = 1;
        bool relay_hears = true;
    };
    // The first connections break like this, one after the other; later ones hold.
    BadLine(std::uint16_t relay_port, std::vector<Break> breaks);
    ~BadLine();
    BadLine(const BadLine&) = delete;
    BadLine& operator=(const BadLine&) = delete;

    [[nodiscard]] int connections() const { return connections_; }
    // The country's directory, with this line as the relay's address.
    [[nodiscard]] wire::Directory directory(const RunningCountry& country) const;

  private:
    struct Wire;
    Task<void> listen(std::uint16_t relay_port);
    static Task<void> pass_on(std::shared_ptr<Wire> wire, bool from_requester);

    std::vector<Break> breaks_;
    std::atomic<int> connections_ = 0;  // the test reads while the thread writes
    Backstage backstage_;
    http::asio::ip::tcp::acceptor acceptor_;
    std::list<std::shared_ptr<Wire>> wires_;  // the thread's own
};

crypto::PrivateKey load_key(const std::string& path);
// Seals an answer as that holder would; `order` is the entry it answers.
std::string holder_answer(const RunningCountry& country, const std::string& holder,
                          const Hash& order, const wire::Head& head, const std::string& data);
// "Not insured on that day": the smallest document of eligibility.
std::string eligibility_document(const std::string& on);

}  // namespace mado::tests
