// The program's log: one JSON object a line on standard error. Never identifiers of people: what
// may be logged is a request id, a code, an organisation, a count, a duration.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace mado {

struct LogField {
    std::string_view name;
    std::variant<std::string_view, std::int64_t> value;
};

enum class Severity { info, warning, error };

// Thread-safe: a line is one write(2). A text is cut after 500 bytes, and what is not UTF-8 in it
// becomes '?'.
class Log {
  public:
    explicit Log(std::string_view program, int file_descriptor = 2);
    void write(Severity severity, std::string_view event,
               std::initializer_list<LogField> fields = {}) const;
    void info(std::string_view event, std::initializer_list<LogField> fields = {}) const {
        write(Severity::info, event, fields);
    }
    void warning(std::string_view event, std::initializer_list<LogField> fields = {}) const {
        write(Severity::warning, event, fields);
    }
    void error(std::string_view event, std::initializer_list<LogField> fields = {}) const {
        write(Severity::error, event, fields);
    }

  private:
    std::string program_;
    int file_descriptor_;
};

}  // namespace mado
