// Answers that were given while their holder had not decided, and may stop being right: what the
// gateway's store knows of each. The rows are written by Evidence, with the answer.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evidence.hpp"
#include "outgoing.hpp"
#include "wire/services/catalogue.hpp"

namespace mado::gateway {

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
    // Writes by `tells`, whose file (the evidence's) is at `path`.
    OpenAnswers(const std::string& path, Tells& tells);

    // Those that may be looked at again, the longest waiting first.
    std::vector<OpenAnswer> due(UnixTime now, std::int64_t count);

    // False: not durable; the same again does it.
    Task<bool> look_later(Hash entry, UnixTime next);
    // It holds, or nobody could be told any more.
    Task<bool> close(Hash entry);
    // It has changed: in its place the tell waits.
    Task<bool> tell(Hash entry, Tell tell, client::Prepared request, UnixTime now);

  private:
    Tells& tells_;
    db::Connection read_;
    db::Statement due_;
};

}  // namespace mado::gateway
