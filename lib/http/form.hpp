// Forms and queries: application/x-www-form-urlencoded (WHATWG URL, section 5), strictly, and texts
// inside HTML.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace mado::http {

constexpr std::size_t form_fields_max = 32;

// The fields of a form by name. Wiped at the end: one of them may be a PIN.
class Form {
  public:
    Form() = default;
    ~Form();
    Form(Form&&) noexcept = default;
    Form& operator=(Form&&) noexcept = default;
    Form(const Form&) = delete;
    Form& operator=(const Form&) = delete;

    // "" when there is none.
    [[nodiscard]] std::string_view text(const std::string& name) const;
    [[nodiscard]] bool has(const std::string& name) const { return fields_.contains(name); }
    [[nodiscard]] const std::map<std::string, std::string>& fields() const { return fields_; }
    void set(std::string name, std::string text) {
        fields_.insert_or_assign(std::move(name), std::move(text));
    }

  private:
    std::map<std::string, std::string> fields_;
};

// At most form_fields_max fields, each name once; texts are UTF-8 without control characters except
// the ends of lines.
Parsed<Form> parse_form(std::string_view text);
// "name=text&…", by name, for a query or a fragment.
std::string form_text(const Form& form);
// A field that is a list: one space between its words, so that two of them stand around an empty
// one.
std::vector<std::string> words_in(std::string_view text);

// The text as it stands in HTML, in an element or in an attribute with double quotes.
std::string html_text(std::string_view text);

}  // namespace mado::http
