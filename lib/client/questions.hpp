// Questions about entries (docs/protocols/log.md): the person asks through the portal, the
// organisation that the entry names fetches and answers; both see the deadline.
#pragma once

#include <string>
#include <vector>

#include "client/entries.hpp"

namespace mado::client {

struct QuestionState {
    std::string id;  // base64url
    UnixTime deadline = 0;
};

struct QuestionAnswer {
    std::string text;
    UnixTime at = 0;
    std::string operator_name;  // who asked, in the organisation; "" when it was not opened
    Hash operator_salt{};
};

struct Question {
    QuestionState state;
    std::uint64_t index = 0;  // of the entry that it is about, in the log
    Hash entry{};
    UnixTime asked_at = 0;
    std::string text;
    std::optional<QuestionAnswer> answer;
    // To the organisation: the request of its own that it is about; none when the directory lists
    // no key of this organisation that has signed it.
    std::optional<wire::SignedHead> request;
};

// A page of them, as the relay answers it: of entries beyond the index `after`, in the log's order.
struct QuestionsPage {
    std::vector<Question> questions;
    bool more = false;
};
Parsed<QuestionsPage> read_questions_page(const json::object& data, std::uint64_t after);
// Adds the page after these. True: there are more. A relay that says so for ever is refused.
constexpr std::size_t questions_max = 100'000;
Parsed<bool> add_questions_page(std::vector<Question>& questions, const json::object& data);

// Of the person whose log-in this is, about their order at that index of the log (of an entry that
// was sealed, the order's own: PersonEntry::order_index); asked again it is the same one.
Task<Result<QuestionState>> ask_question(const wire::Directory& directory, const Identity& identity,
                                         std::string login_mandate, std::uint64_t index,
                                         std::string text);
// All of them; answer_invalid when a page is not of its form.
Task<Result<std::vector<Question>>> own_questions(const wire::Directory& directory,
                                                  const Identity& identity,
                                                  std::string login_mandate);
// Of the organisation itself: those that it has to answer, open ones first.
Task<Result<std::vector<Question>>> questions_to_us(const wire::Directory& directory,
                                                    const Identity& identity);
struct AnswerToQuestion {
    std::string question;  // its id
    std::string text;
    std::string operator_name;  // with its salt opens the head's `operator`; "" leaves it closed
    Hash operator_salt{};
};
Task<Result<QuestionState>> answer_question(const wire::Directory& directory,
                                            const Identity& identity, AnswerToQuestion answer);

// The question is about a request that this organisation has signed: for another's it opens nobody.
bool is_request_of(const wire::ParticipantId& organisation, const Question& question,
                   const wire::Directory& directory);

// What the relay answers to a question and to an answer.
Parsed<QuestionState> read_question_state(const json::object& data);

// The name opens the head's `operator`: SHA-256("mado/operator/1\n" ‖ salt ‖ name).
bool opens_operator(const wire::Head& head, const QuestionAnswer& answer);

}  // namespace mado::client
