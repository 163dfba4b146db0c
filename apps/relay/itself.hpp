// What the relay is asked itself (docs/protocols/log.md): whether a log-in stands, a person's own
// entries, the bells that rang for them, the numbers and cards that the relay holds about them, and
// questions about entries. Answered by the relay, sealed
// to the asker's key, not logged. And what it is told (docs/protocols/issuing.md), which is an
// order.
#pragma once

#include <expected>
#include <map>
#include <string>

#include "exchange.hpp"
#include "wire/to_relay.hpp"

namespace mado::relay {

// Somebody's question to the relay: of the person whose card signed, or of an organisation.
struct OwnQuestion {
    const wire::Head& head;
    Hash head_hash{};
    const wire::Participant& participant;
    std::optional<PersonRow> person;
    std::optional<Hash> application = {};  // SHA-256 of the mandate, of one by the signing key
    std::string_view payload;              // JWE to the relay, whose hash is the head's
    UnixTime now = 0;
};

// The sealed answer (JWE). Pages have the parameters "after" (seq, of questions index; default 0)
// and "limit" (1 to 200, default 200).
Task<std::expected<std::string, wire::Code>> answer_itself(const Shared& shared, Reader& reader,
                                                           OwnQuestion question);

// A tell to the relay about a person whom the sender knows by a number of its own.
struct OwnTell {
    const wire::Head& head;
    const wire::Participant& participant;
    const wire::PersonNumber& own;
    std::string_view payload;  // JWE to the relay; "" of a service that takes none
};
// What it would change. Judged by what never changes, so that the same bytes are judged alike when
// they come again; the log writer decides by what the store has then.
std::expected<Change, Refusal> read_change(const Shared& shared, Reader& reader,
                                           const OwnTell& tell);
// The sealed acceptance (JWE) of one that was recorded.
std::string accept_tell(const Shared& shared, const wire::Head& head, const Hash& entry,
                        UnixTime now);

// Used by them; `payload`: JSON, as it was opened.
struct Page {
    std::int64_t after = 0;
    std::int64_t limit = std::int64_t{wire::page_rows_max};
    std::optional<std::int64_t> series = {};  // of entries: that which the entry there has joined
};
Parsed<Page> read_page(const Parameters& parameters);
struct NewQuestion {
    std::int64_t log_index = 0;
    std::string text;
};
Parsed<NewQuestion> read_new_question(const Parameters& parameters, std::string_view payload);
struct NewAnswer {
    Bytes id;  // the question's
    std::string text;
    std::optional<Operator> opened;
};
Parsed<NewAnswer> read_new_answer(const Parameters& parameters, std::string_view payload);

// The bytes of one page. A first row always fits: requests that somebody made large must not make a
// list unreadable.
class PageBytes {
  public:
    // Counts the row, or says that it belongs to the next page.
    bool take(const json::object& row);

  private:
    std::size_t taken_ = 0;
};
std::expected<json::object, wire::Code> entries_data(const Shared& shared, Reader& reader,
                                                     PersonRow person, const Page& page);

}  // namespace mado::relay
