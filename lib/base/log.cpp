#include "base/log.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>

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

// Length of the UTF-8 character (RFC 3629) that `text` begins with; 0 when it begins with none.
std::size_t character_bytes(std::string_view text) {
    const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    const unsigned lead = at(0);
    if (lead < 0x80) return 1;
    const std::size_t size = lead < 0xc2   ? 0
                             : lead < 0xe0 ? 2
                             : lead < 0xf0 ? 3
                             : lead < 0xf5 ? 4
                                           : 0;
    if (size == 0 || text.size() < size) return 0;
    for (std::size_t i = 1; i < size; ++i) {
        if ((at(i) & 0xc0) != 0x80) return 0;
    }
    // Overlong forms, surrogates, and what lies beyond U+10FFFF.
    if (lead == 0xe0 && at(1) < 0xa0) return 0;
    if (lead == 0xed && at(1) > 0x9f) return 0;
    if (lead == 0xf0 && at(1) < 0x90) return 0;
    if (lead == 0xf4 && at(1) > 0x8f) return 0;
    return size;
}

std::string printable(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto size = character_bytes(text);
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
