// The authority at work: decides what was ordered, keeps the revocation list's file up to date, and
// answers OCSP. What is visible outside was durable in the store before.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "authority.hpp"
#include "base/log.hpp"
#include "confirmation.hpp"
#include "http/metrics.hpp"
#include "store.hpp"

namespace mado::ca {

struct OfficeOptions {
    const Authority& authority;
    Store& store;
    const Log& log;
    http::CounterFamily& decided;  // by outcome
    http::CounterFamily& asked;    // OCSP: by status
    std::string list_folder;       // where the relay reads (docs/protocols/mandate.md)
    std::int32_t utc_offset_s;
    const Registers* registers;  // null: works off a file of first take-on
};

// One thread.
class Office {
  public:
    explicit Office(OfficeOptions options);

    // Decides some of what waits, then writes the list when something changed or it gets old; while
    // more waits, at most once a second. True: more waits. After a Failure the same is tried again
    // by the next call; nothing is lost.
    bool work(UnixTime now);

    // The newest list, as it is in the file.
    [[nodiscard]] const Bytes& list() const { return list_; }
    [[nodiscard]] UnixTime list_from() const { return list_times_.this_update; }

    struct Ocsp {
        Bytes body;
        // A good or bad answer that anybody may be given for a while (RFC 5019 section 6.2).
        bool cacheable = false;
        UnixTime this_update = 0;
        UnixTime next_update = 0;
    };
    Ocsp answer_ocsp(ByteView request, UnixTime now);

    static constexpr std::size_t orders_max = 8;  // in one call: OCSP waits for so long
    static constexpr std::int64_t ocsp_lifetime_s = 3'600;
    static constexpr std::int64_t ocsp_kept_s = 60;  // a signed answer is used again for so long
    static constexpr std::size_t ocsp_kept_max = 10'000;

  private:
    // Whether a status changed.
    bool decide(const Order& order, UnixTime now);
    Issued issue(const Issue& what) const;
    void write_list(UnixTime now);
    const crypto::Certificate& responder(UnixTime now);
    crypto::OcspStatus status_of(const crypto::OcspQuestion& question);

    struct Answered {
        crypto::OcspStatus status;
        Ocsp answer;
    };

    const OfficeOptions options_;
    const crypto::OcspIssuer issuer_;
    const std::string list_path_;
    std::optional<crypto::Certificate> responder_;
    bool more_ = true;
    bool list_old_ = true;  // a status changed since it was written, or this is the start
    UnixTime list_written_at_ = 0;
    ListTimes list_times_{};
    Bytes list_;
    std::map<Bytes, Answered> answered_;  // to requests of one question without a nonce
};

}  // namespace mado::ca
