// What a gateway's holders tell by themselves (docs/protocols/gateway.md, "What a holder tells"):
// signed once, kept in the gateway's store until it is taken, the same bytes for seven days and
// then new ones; given up when it never will be taken. What a register says is not given up that
// soon: who refuses it is asked again each day. Whoever has something to tell puts it in with what
// it notes itself, in one transaction.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "answering.hpp"
#include "base/log.hpp"
#include "client/outbox.hpp"
#include "evidence.hpp"
#include "http/metrics.hpp"

namespace mado::gateway {

// What a request is made of, and made anew when its time is over.
struct Tell {
    std::string holder;  // who tells
    std::string number;  // its own of the person, as number_for_holder() writes it
    std::string to, service, purpose;
    wire::Parameters parameters = {};
    std::string payload = {};  // before it is sealed; "": none
    UnixTime until = 0;        // then it is given up
    // Of what a register says: until then there may be a link yet, and no other refusal is final.
    // 0: any is.
    UnixTime link_until = 0;
};

// Within a transaction of the evidence's writer.
class TellWriter {
  public:
    TellWriter(db::Connection& connection, const Secret& key);
    // The same name once more changes nothing.
    void put(std::string_view name, const Tell& tell, const client::Prepared& request,
             UnixTime now);
    // It was taken, or it is over.
    void remove(std::string_view name);
    client::Outbox& outbox() { return outbox_; }

  private:
    db::Connection& connection_;
    const Secret& key_;
    client::Outbox outbox_;
};

// Belongs to the io thread; writes with the evidence's writer, each call in one transaction.
class Tells {
  public:
    // `key`: 32 bytes, kept outside the database; as long as this. (The file is the evidence's.)
    Tells(const std::string& path, Evidence& evidence, const Secret& key);

    // That may be sent again, or are over, the longest waiting first: so many of those that any
    // refusal is final of, and then so many of what registers say.
    std::vector<std::string> to_send(UnixTime now, std::size_t count);
    // Throws Failure: a row that does not open was altered, or the key is another.
    std::optional<Tell> find(std::string_view name);
    std::optional<client::Prepared> request(std::string_view name);

    // It may run twice (db::BatchWriter::Work). False: not durable; the same again does it.
    using Work = std::function<void(db::Connection&, TellWriter&)>;
    Task<bool> write(Work work);

  private:
    Evidence& evidence_;
    const Secret& key_;
    db::Connection read_;
    db::Statement find_;
    client::Outbox waiting_;  // read alone
};

// Sends them.
class Telling {
  public:
    struct Parts {
        const wire::Directory& directory;
        const std::map<std::string, Holder, std::less<>>& holders;
        // As which each of them tells.
        const std::map<std::string, client::Identity, std::less<>>& identities;
        Tells& tells;
        const Log& log;
        http::CounterFamily& results;  // by service and result
        std::function<Task<client::Result<client::Answered>>(const client::Identity&,
                                                             client::Prepared)>
            send;
    };
    // Belongs to the io thread of `io`.
    Telling(http::asio::io_context& io, Parts parts) : io_(io), parts_(std::move(parts)) {}

    // Who may have something to tell looks every two seconds, before what waits is sent.
    using Look = std::function<Task<void>(UnixTime now)>;
    void start(std::vector<Look> looks);
    void stop() { *stopping_ = true; }
    // Sends what waits.
    Task<void> round(UnixTime now);
    // Signed, by the holder that tells. Throws Failure when it is behind this gateway no more.
    [[nodiscard]] client::Prepared prepare(const Tell& tell) const;

  private:
    static Task<void> run(std::shared_ptr<bool> stopping, Telling& self, std::vector<Look> looks);
    Task<void> send(std::string name, UnixTime now);
    Task<void> not_yet(std::string name, const Tell& tell, wire::Code code, UnixTime now);
    Task<void> give_up(std::string name);

    http::asio::io_context& io_;
    Parts parts_;
    std::shared_ptr<bool> stopping_ = std::make_shared<bool>(false);
};

}  // namespace mado::gateway
