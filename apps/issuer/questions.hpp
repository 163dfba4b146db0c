// What people ask about entries of this issuing centre's (docs/protocols/log.md, "Questions"), for
// its supervisors: who it was stands in the case that the order is of. Belongs to the io thread.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "client/questions.hpp"
#include "http/http.hpp"
#include "site/site.hpp"
#include "store.hpp"

namespace mado::issuer {

constexpr std::size_t questions_listed_max = 200;

// How the relay is asked.
struct QuestionsAtRelay {
    std::function<http::Task<client::Result<std::vector<client::Question>>>()> list;
    std::function<http::Task<client::Result<client::QuestionState>>(client::AnswerToQuestion)>
        answer;
};
QuestionsAtRelay questions_at(const wire::Directory& directory, const client::Identity& identity);

// Open ones first; of each the case that it is of and the clerk's name, where one is kept.
http::Task<http::Response> list_questions(const QuestionsAtRelay& relay, Store& store,
                                          http::Request request);
// With the name, which opens the head's `operator` to the person. The first answer stays.
http::Task<http::Response> answer_question(const QuestionsAtRelay& relay, Store& store,
                                           http::Request request);

}  // namespace mado::issuer
