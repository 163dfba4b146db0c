// Questions of persons about entries of theirs, kept sealed beside the entry: asked once, answered
// by the organisation that the entry names, with a deadline that both see.
#pragma once

#include <expected>
#include <map>
#include <optional>
#include <string>

#include "month_keys.hpp"
#include "wire/errors.hpp"

namespace mado::relay {

// Until when an organisation has to answer. 個人情報の保護に関する法律第83条第1項 gives 30 days for
// decisions on disclosure.
constexpr std::int64_t question_days = 30;

struct Operator {
    std::string name;
    Hash salt{};
    friend bool operator==(const Operator&, const Operator&) = default;
};

// What a question's row holds, sealed.
struct QuestionText {
    std::string text;
    std::optional<std::string> answer;
    std::optional<Operator> opened;  // who asked, in the organisation: opens the head's `operator`
};
Bytes question_plain(const QuestionText& question);
QuestionText read_question(ByteView plain);

struct StoredQuestion {
    std::int64_t log_index = 0;
    Bytes id;
    PersonRow person = 0;
    UnixTime asked_at = 0;
    UnixTime deadline = 0;
    std::optional<UnixTime> answered_at;
    QuestionText text;
    Bytes entry;          // the 32 bytes that it is about
    AccessRecord record;  // opened
};

struct AskQuestion {
    PersonRow person = 0;
    std::int64_t log_index = 0;
    std::string text;
    UnixTime now = 0;
};
struct AnswerQuestion {
    Bytes id;
    std::string requester;  // who answers
    std::string text;
    std::optional<Operator> opened;
    UnixTime now = 0;
};
struct QuestionState {
    Bytes id;
    UnixTime deadline = 0;
};
using QuestionResult = std::expected<QuestionState, wire::Code>;

// The log writer's part. Belongs to its thread; inside its transaction.
class Questions {
  public:
    Questions(db::Connection& connection, const Vault& vault, MonthKeys& keys);

    // The same entry again is the same question, whatever the text. no_match: the person has no
    // such entry, or it is erased, or nobody outside could answer.
    QuestionResult ask(const AskQuestion& question);
    // The first answer stays: what a person was told is not altered afterwards. The same again is
    // the same answer, another one not_allowed. no_match: this organisation has no such question.
    QuestionResult answer(const AnswerQuestion& answer);
    void forget();

  private:
    struct Statements {
        explicit Statements(db::Connection& connection);
        db::Statement entry, known, add, find, answer;
    };
    db::Connection& connection_;
    const Vault& vault_;
    MonthKeys& keys_;
    Statements sql_;
};

// A person's questions, or those that an organisation has to answer, as their entries stand in the
// log: no more rows are read than `count`. Those whose month was erased are gone.
struct QuestionRange {
    std::int64_t after = 0;  // an index in the log
    std::int64_t count = 0;
};
std::vector<StoredQuestion> questions_of(Reader& reader, PersonRow person,
                                         const QuestionRange& range);
std::vector<StoredQuestion> questions_to(Reader& reader, const Bytes& organisation_index,
                                         const QuestionRange& range);
// How many are open after their deadline, by organisation_index.
std::map<Bytes, std::int64_t> overdue_questions(Reader& reader, UnixTime now);

// Whose questions: a blind index, so that the rows do not say who looked.
Bytes organisation_index(const Vault& vault, std::string_view organisation);

}  // namespace mado::relay
