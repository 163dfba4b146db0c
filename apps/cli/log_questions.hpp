// `log question`, `log questions`, `log answer`: a person asks about an entry, the organisation
// that it names answers.
#pragma once

#include <string>

#include "places.hpp"

namespace mado::cli {

struct QuestionOptions {
    std::string card, pin;
    std::int64_t entry = 0;  // the person's own number of it
    std::string as;          // an organisation: those that it has to answer
    std::string question;    // the id of the one that is answered
    std::string text;
};
// The exit status of each: 0 done, 1 an earlier question about the entry stays, 3 no answer.
int ask_about_entry(const Places& places, const QuestionOptions& options);
int show_questions(const Places& places, const QuestionOptions& options);
int answer_question(const Places& places, const QuestionOptions& options);

}  // namespace mado::cli
