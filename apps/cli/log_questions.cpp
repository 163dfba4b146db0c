#include "log_questions.hpp"

#include <algorithm>
#include <iostream>

#include "base/printable.hpp"
#include "client/questions.hpp"
#include "office.hpp"
#include "operators.hpp"

namespace mado::cli {
namespace {

// `head`: of the request that it is about, where it is known.
void print_answer(const client::Question& question, const std::optional<wire::Head>& head) {
    if (!question.answer) {
        const bool late = question.state.deadline < unix_now();
        std::cout << fmt::format("      回答 {} まで{} to be answered by then\n",
                                 to_rfc3339(question.state.deadline),
                                 late ? "（期限を過ぎています overdue）" : "");
        return;
    }
    const auto& answer = *question.answer;
    std::cout << fmt::format("      回答 {}  {}\n", to_rfc3339(answer.at), printable(answer.text));
    if (answer.operator_name.empty()) return;
    const bool opens = head && client::opens_operator(*head, answer);
    std::cout << fmt::format("      照会した人 {}（{}）\n", printable(answer.operator_name),
                             opens ? "記録と一致 opens what the entry committed to"
                                   : "記録と一致しません does not fit the entry");
}

std::optional<wire::Head> head_of(const client::Question& question) {
    return question.request ? std::optional(question.request->head) : std::nullopt;
}

int show_own(const Places& places, const QuestionOptions& options) {
    const Office office(places, "portal");
    auto by = obtain_mandate(places, office, options.card, options.pin, wire::MandateKind::login,
                             {"entries", "questions"});
    if (!by) return print_problem(by.error());
    const auto questions =
        wait_for(client::own_questions(office.directory, office.identity, by->mandate));
    if (!questions) return print_problem(questions.error());
    const auto entries = wait_for(client::fetch_entries(
        office.directory, office.policy, office.identity, by->mandate, by->certificate));
    if (!entries) return print_problem(entries.error());
    for (const auto& question : *questions) {
        const auto about =
            std::ranges::find(entries->entries, question.entry, &client::PersonEntry::order_entry);
        const auto* entry = about == entries->entries.end() ? nullptr : &*about;
        std::cout << fmt::format("{:>4}  {}  {}\n", entry == nullptr ? 0 : entry->seq,
                                 to_rfc3339(question.asked_at), printable(question.text));
        print_answer(question, entry == nullptr ? std::nullopt : entry->head);
    }
    if (questions->empty()) std::cout << "質問はありません no questions\n";
    return 0;
}

// Blanks, line ends and the wide blank U+3000 only.
bool is_blank(std::string_view text) {
    constexpr std::string_view wide = "\u3000";
    while (!text.empty()) {
        if (text.starts_with(wide)) {
            text.remove_prefix(wide.size());
        } else if (std::string_view(" \t\r\n\v\f").contains(text.front())) {
            text.remove_prefix(1);
        } else {
            return false;
        }
    }
    return true;
}

void demand_text(const std::string& text) {
    if (is_blank(text)) throw OperatorError("--text is empty; nothing was sent");
}

// One question for each entry, and the first text stays. False: it was there before, with another
// text, and the person is told which.
bool print_asked(const Office& office, const std::string& mandate, const std::string& text,
                 const client::QuestionState& state, const client::PersonEntry& about) {
    const auto questions =
        wait_for(client::own_questions(office.directory, office.identity, mandate));
    if (!questions) return true;
    const auto kept = std::ranges::find_if(
        *questions, [&state](const client::Question& one) { return one.state.id == state.id; });
    if (kept == questions->end() || kept->text == text) return true;
    std::cout << fmt::format(
        "この記録には {} に質問済みで、最初の質問が残ります the first question about this entry "
        "stays; the new text was not taken:\n      {}\n",
        to_rfc3339(kept->asked_at), printable(kept->text));
    print_answer(*kept, about.head);
    return false;
}

}  // namespace

int ask_about_entry(const Places& places, const QuestionOptions& options) {
    demand_text(options.text);
    const Office office(places, "portal");
    auto by = obtain_mandate(places, office, options.card, options.pin, wire::MandateKind::login,
                             {"entries", "question", "questions"});
    if (!by) return print_problem(by.error());
    const auto entries = wait_for(client::fetch_entries(
        office.directory, office.policy, office.identity, by->mandate, by->certificate));
    if (!entries) return print_problem(entries.error());
    const auto about =
        std::ranges::find(entries->entries, options.entry, &client::PersonEntry::seq);
    if (about == entries->entries.end()) {
        throw OperatorError(
            fmt::format("there is no entry {}; ./mado log show lists them", options.entry));
    }
    if (about->erased) {
        throw OperatorError(
            fmt::format("entry {} was erased: nobody can open it any more", options.entry));
    }
    if (!about->order) {
        throw OperatorError(fmt::format(
            "entry {} is the log's own: it closed a way to you after three misses. Question one of "
            "the misses before it",
            options.entry));
    }
    const auto state = wait_for(client::ask_question(office.directory, office.identity, by->mandate,
                                                     about->order_index, options.text));
    if (!state) return print_problem(state.error());
    if (!print_asked(office, by->mandate, options.text, *state, *about)) return 1;
    std::cout << fmt::format("{} に質問しました。回答の期限 {} asked; to be answered by then\n",
                             name_of(office.directory, about->requester),
                             to_rfc3339(state->deadline));
    return 0;
}

int show_questions(const Places& places, const QuestionOptions& options) {
    if (options.as.empty()) return show_own(places, options);
    const Office office(places, options.as);
    const auto questions = wait_for(client::questions_to_us(office.directory, office.identity));
    if (!questions) return print_problem(questions.error());
    for (const auto& question : *questions) {
        std::cout << fmt::format("{}  {}\n", printable(question.state.id),
                                 printable(question.text));
        const auto head = head_of(question);
        if (head) {
            std::cout << fmt::format("      照会 {}  {}／{} your request\n",
                                     to_rfc3339(head->issued_at), head->service.text(),
                                     head->purpose.text());
        } else {
            std::cout << "      照会の署名を確認できません not a request that your key in the "
                         "directory has signed; no operator is told\n";
        }
        print_answer(question, head);
    }
    if (questions->empty()) std::cout << "質問はありません no questions\n";
    return 0;
}

int answer_question(const Places& places, const QuestionOptions& options) {
    demand_text(options.text);
    const Office office(places, options.as);
    const auto questions = wait_for(client::questions_to_us(office.directory, office.identity));
    if (!questions) return print_problem(questions.error());
    const auto found = std::ranges::find_if(*questions, [&options](const client::Question& one) {
        return one.state.id == options.question;
    });
    if (found == questions->end()) {
        throw OperatorError("there is no such question; ./mado log questions --as " + options.as +
                            " lists them");
    }
    if (found->answer && found->answer->text != options.text) {
        std::cout
            << "回答済みで、最初の回答が残ります the first answer to this question stays; the "
               "new text was not taken:\n";
        print_answer(*found, head_of(*found));
        return 1;
    }
    client::AnswerToQuestion answer{.question = options.question,
                                    .text = options.text,
                                    .operator_name = {},
                                    .operator_salt = {}};
    if (const auto head = head_of(*found)) {
        if (auto who = find_operator(places, options.as, head->jti)) {
            answer.operator_name = std::move(who->name);
            answer.operator_salt = who->salt;
        }
    }
    const auto state =
        wait_for(client::answer_question(office.directory, office.identity, std::move(answer)));
    if (!state) return print_problem(state.error());
    std::cout << "回答しました answered\n";
    return 0;
}

}  // namespace mado::cli
