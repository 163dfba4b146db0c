// What the relay is asked itself (docs/protocols/request.md): a person's own entries, the bells
// that rang for them, and questions about entries. Answered by the relay, sealed to the asker's
// key, not logged. Data:
//   entries { "link_number", "last_seq", "checkpoint", "cosigned"?, "consistency"?, "more": bool,
//     "entries": [ { "seq", "index", "proof", "kind", "content", "salt", "person_salt", "outcome"?,
//     and for orders "subject", "subject_salt", "number", "number_salt", "birth_date"? }
//     | { "seq", "index", "proof", "entry", "erased": { "kept_until": "2031-10", "at" } } ] }
//     One of kind "opened" has besides "order": the entry that was sealed until then, of the same
//     form. A proof is under `cosigned` where that covers the entry, else under `checkpoint`;
//     `consistency` leads from the one to the other.
//   question { "id", "deadline" } — parameter "index"; payload { "text" }
//   questions { "more": bool, "questions": [ { "id", "index", "entry", "asked_at", "deadline",
//     "text", "answer"?: { "text", "at", "operator"?: { "name", "salt" } }, and to the organisation
//     that has to answer "content" } ] }
//   question-answer { "id", "deadline" } — parameter "question"; payload { "text", "operator"?:
//     { "name", "salt" } }
//   bells { "more": bool, "bells": [ { "seq", "first": bool, "at" } ] }
#pragma once

#include <expected>
#include <map>
#include <string>

#include "exchange.hpp"

namespace mado::relay {

constexpr std::int64_t page_max = 200;

// Somebody's question to the relay: of the person whose card signed, or of an organisation.
struct OwnQuestion {
    const wire::Head& head;
    Hash head_hash{};
    const wire::Participant& participant;
    std::optional<PersonRow> person;
    std::string_view payload;  // JWE to the relay, whose hash is the head's
    UnixTime now = 0;
};

// The sealed answer (JWE). Pages have the parameters "after" (seq, of questions index; default 0)
// and "limit" (1 to 200, default 200).
Task<std::expected<std::string, wire::Code>> answer_itself(const Shared& shared, Reader& reader,
                                                           OwnQuestion question);
bool takes_payload(const wire::ServiceId& service);

// Used by it; `payload`: JSON, as it was opened.
struct Page {
    std::int64_t after = 0;
    std::int64_t limit = page_max;
};
using Parameters = std::map<std::string, std::string>;  // of a head
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
