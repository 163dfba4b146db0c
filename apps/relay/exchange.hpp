// One request (ARCHITECTURE.md): authenticate, authorise, resolve, record, forward.
#pragma once

#include <atomic>
#include <string>

#include "base/log.hpp"
#include "card_lists.hpp"
#include "event_feeds.hpp"
#include "holders.hpp"
#include "http/http.hpp"
#include "http/metrics.hpp"
#include "log_writer.hpp"
#include "mandates.hpp"
#include "service.hpp"
#include "store.hpp"
#include "wire/sealing.hpp"

namespace mado::relay {

// What all io threads share. Built once by main, before any thread starts; what changes later
// (mandates, feeds, lists, writer, holders) has a mutex of its own.
struct Shared {
    const wire::Directory& directory;
    const wire::Policy& policy;
    const wire::Schemes& schemes;
    const Vault& vault;
    const Log& log;
    const crypto::PrivateKey& signing_key;  // the relay's own answers
    const std::string& kid;
    const crypto::PrivateKey& sealing_key;  // opens payloads to the relay itself
    Mandates& mandates;
    EventFeeds& event_feeds;
    const CardLists& card_lists;
    LogWriter& writer;
    const std::atomic<bool>& log_contradicted;  // found by the publisher: the log must not grow
    Holders& holders;
    http::CounterFamily& requests;  // by service and code
    http::Histogram& latency_s;
};

// An error on its way to the requester.
struct Refusal {
    wire::Code code;
    std::string_view reason = {};    // a closed set too: "absent", "slow", "unwell", …
    std::int64_t retry_after_s = 0;  // 0: of every 503 a second, of others nothing
};
http::Response to_response(const Refusal& refusal, std::string_view request_id);

// One for each io thread: it has the thread's own reader.
class Exchange {
  public:
    Exchange(http::asio::io_context& io, Shared& shared, Reader& reader)
        : io_(io), shared_(shared), reader_(reader) {}

    // POST /v1/requests
    Task<http::Response> run(http::Request request);

  private:
    struct Caller {
        wire::Request request;
        wire::SignedHead head;
        const wire::Participant* participant;
        UnixTime now;
    };
    struct Permit {
        wire::Subject subject;
        const wire::PolicyRow* policy;
        std::optional<PersonRow> person;    // known from the card
        std::optional<Hash> application;    // the signing key's mandate
        std::vector<LiveMandate> unstored;  // mandates that the store does not have yet
        struct Check {
            Hash mandate{};
            UnixTime expires = 0;
        };
        std::optional<Check> check;            // used once for each holder and service
        std::optional<wire::Sealing> sealing;  // of a sealing authority: hidden until its date
    };
    // Of an order by number that is not sealed.
    struct ByNumber {
        std::optional<Bytes> miss_path = {};
        std::optional<wire::PersonNumber> incomplete = {};  // typed without a family's branch
        bool at_once = false;  // whoever it was about is told, and not only of a first look
    };
    struct Resolved {
        Route route;
        std::variant<Person, NewSeries, Change> person;
        ByNumber by;
    };
    template <class T>
    using Step = std::expected<T, Refusal>;

    Task<Step<wire::Reply>> steps(http::Request request, std::string& service);
    Step<Caller> authenticate(const http::Request& request);
    Step<Permit> authorise(const Caller& caller);
    Refusal path_closed(const Caller& caller) const;
    // What the one who asks is told: whosever the number is.
    Refusal note_refused(const Caller& caller, const wire::PersonNumber& number);
    Step<std::optional<wire::Sealing>> judge_sealing(const Caller& caller,
                                                     const wire::PolicyRow& policy) const;
    std::optional<Code> judge_payload(const Caller& caller) const;
    Step<Resolved> resolve(const Caller& caller, const Permit& permit);
    Task<Step<Recorded>> record(const Caller& caller, const Permit& permit, Resolved resolved);
    Task<Step<wire::DeliveryReply>> forward(const Caller& caller, const Recorded& recorded,
                                            ByNumber by);

    // `reset`: certificates of the cards whose log-ins end with it.
    Task<Step<wire::Reply>> accept_itself(const Caller& caller, Recorded recorded,
                                          std::vector<Hash> reset);
    Task<Step<wire::Reply>> answer_itself(const Caller& caller, const Permit& permit);
    Task<bool> remember(const std::vector<LiveMandate>& mandates);
    Step<Permit> accept_mandates(const Caller& caller, Permit permit);
    Step<wire::SignedMandate> read_mandate(const Caller& caller, const Permit& permit,
                                           std::string_view compact,
                                           std::optional<wire::MandateKind> kind) const;
    struct Accepted {
        Hash mandate{};
        PersonRow person = 0;  // whose card it is
    };
    Step<Accepted> accept(const Caller& caller, const wire::SignedMandate& mandate,
                          std::string_view compact, Permit& permit);
    bool has_judged(const Caller& caller) const;
    Step<Resolved> resolve_number(const Caller& caller, const wire::NumberSubject& subject,
                                  bool at_once);
    Step<Resolved> resolve_own(const Caller& caller, const wire::OwnSubject& own);
    Step<Resolved> resolve_change(const Caller& caller, const Permit& permit);
    Notice notice_of(const Caller& caller, const Permit& permit) const;
    LiveName request_name(const Caller& caller) const;
    std::optional<LiveName> use_of_check(const Permit& permit, const wire::Head& head,
                                         const wire::ParticipantId& holder) const;
    std::optional<LiveName> use_of_sealing(const Permit& permit) const;
    Bytes miss_path(const Caller& caller, const wire::PersonNumber& number,
                    const std::vector<PersonRow>& people) const;
    std::optional<NewSeries> named_by(const wire::DeliveryReply& reply, const ByNumber& by) const;
    // False: a miss could not be counted, or an answer not be shown to whom it is about.
    Task<bool> note_outcome(const Caller& caller, const Recorded& recorded,
                            const wire::DeliveryReply& reply, const ByNumber& by);

    http::asio::io_context& io_;
    Shared& shared_;
    Reader& reader_;
};

}  // namespace mado::relay
