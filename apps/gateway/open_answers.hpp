// Answers that were given while their holder had not decided, and may stop being right: what the
// gateway's store knows of each, and the tells that wait for the relay. The rows are written by
// Evidence, with the answer.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/outbox.hpp"
#include "evidence.hpp"
#include "http/http.hpp"
#include "wire/services/catalogue.hpp"

namespace mado::gateway {

using http::Task;

struct OpenAnswer {
    Hash entry{};
    std::uint64_t log_index = 0;
    UnixTime time = 0;  // the order's
    std::string holder, number, service;
    wire::ParameterValues parameters;
    std::optional<Date> birth_date;
    Hash said{};
};
// What of a question is kept with its row.
std::string question_text(const wire::ParameterValues& parameters,
                          const std::optional<Date>& birth_date);

// Belongs to the io thread; writes with the evidence's writer, each call in one transaction.
class OpenAnswers {
  public:
    // `key`: 32 bytes, kept outside the database; as long as this. (The file is the evidence's.)
    OpenAnswers(const std::string& path, Evidence& evidence, const Secret& key);

    // Those that may be looked at again, the longest waiting first.
    std::vector<OpenAnswer> due(UnixTime now, std::int64_t count);
    std::optional<OpenAnswer> find(const Hash& entry);
    // Whose tell may be sent again, or is over.
    std::vector<Hash> to_send(UnixTime now, std::size_t count);
    std::optional<client::Prepared> request(const Hash& entry);

    // False: not durable; the same again does it.
    Task<bool> look_later(Hash entry, UnixTime next);
    // It holds, or the relay has taken what was told of it, or it never will.
    Task<bool> close(Hash entry);
    // It has changed: from now on its tell waits.
    Task<bool> tell(Hash entry, client::Prepared request, UnixTime now);
    // The relay did not answer: later, and later still.
    Task<bool> send_later(Hash entry, UnixTime now);
    // The tell's time is over: another one in its place.
    Task<bool> renew(Hash entry, client::Prepared request);

  private:
    using Work = std::function<void(db::Connection&, client::Outbox&)>;
    Task<bool> write(Work work);

    Evidence& evidence_;
    const Secret& key_;
    db::Connection read_;
    db::Statement due_, find_;
    client::Outbox waiting_;  // read alone
};

}  // namespace mado::gateway
