// The pension holders' notices (お知らせ), each in its own tables: the state keeps each form once,
// the funds keep every text as it went out.
#pragma once

#include <string>
#include <vector>

#include "letters.hpp"

namespace mado::country {

class StateLetters {
  public:
    StateLetters(db::Connection& connection, const Written& written);
    // `number` as the register writes it. What other holders have written is left out.
    void add(const std::string& number, const std::vector<Notice>& notices);

  private:
    const std::vector<NoticeForm>& forms_;
    db::Statement tsuchi_;
    std::int64_t tsuchi_no_ = 0;
};

// How one fund keeps its letters.
struct LetterTables {
    Holder holder;
    const char* letter;  // :id, :number, :sent, :subject, :sender, :deadline, :amount, :procedure
    const char* line;    // :id, :line, :text
    std::string (*day)(Date);
};

class WholeLetters {
  public:
    WholeLetters(db::Connection& connection, const Written& written, const LetterTables& tables);
    void add(const std::string& number, const std::vector<Notice>& notices);

  private:
    const std::vector<NoticeForm>& forms_;
    LetterTables tables_;
    db::Statement letter_, line_;
    std::int64_t last_ = 0;
};

}  // namespace mado::country
