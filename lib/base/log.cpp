#include "base/log.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/bytes.hpp"
#include "base/clock.hpp"

namespace mado {
namespace {

std::string_view name_of(Severity severity) {
    switch (severity) {
        case Severity::info:
            return "info";
        case Severity::warning:
            return "warning";
        case Severity::error:
            return "error";
    }
    return "error";
}

constexpr std::size_t text_bytes_max = 500;

std::string printable(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto size = utf8_character_bytes(text);
        if (out.size() + std::max<std::size_t>(size, 1) > text_bytes_max) return out + "…";
        out += size == 0 ? "?" : text.substr(0, size);
        text.remove_prefix(std::max<std::size_t>(size, 1));
    }
    return out;
}

void set(boost::json::object& line, const LogField& field) {
    if (const auto* text = std::get_if<std::string_view>(&field.value)) {
        line[printable(field.name)] = printable(*text);
    } else {
        line[printable(field.name)] = std::get<std::int64_t>(field.value);
    }
}

}  // namespace

Log::Log(std::string_view program, int file_descriptor)
    : program_(program), file_descriptor_(file_descriptor) {}

void Log::write(Severity severity, std::string_view event,
                std::initializer_list<LogField> fields) const {
    boost::json::object line;
    line["time"] = to_rfc3339(unix_now());
    line["severity"] = name_of(severity);
    line["program"] = printable(program_);
    line["event"] = printable(event);
    for (const auto& field : fields)
        set(line, field);
    const std::string text = boost::json::serialize(line) + "\n";
    // A log that cannot be written must not stop the service.
    [[maybe_unused]] const auto written = ::write(file_descriptor_, text.data(), text.size());
}

}  // namespace mado
