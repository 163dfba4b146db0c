#include "client/checkups.hpp"

#include <boost/json.hpp>

#include "client/own.hpp"
#include "wire/services/catalogue.hpp"

namespace mado::client {
namespace {

constexpr std::size_t checkups_max = 200;
constexpr std::size_t values_max = 200;

Parsed<CheckupValue> read_value(const json::value& value) {
    if (!value.is_object()) return bad("a measured value is not an object");
    Members in(value.get_object());
    const auto optional = [&in](std::string_view name) {
        return in.optional_text(name).value_or("");
    };
    CheckupValue out{.code = in.text("code", 17),
                     .name = in.text("name"),
                     .value = in.text("value"),
                     .unit = optional("unit"),
                     .low = optional("low"),
                     .high = optional("high"),
                     .range = optional("range"),
                     .outside = in.optional_boolean("outside")};
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return out;
}

Parsed<Checkup> read_checkup(const json::value& value) {
    if (!value.is_object()) return bad("a check-up is not an object");
    Members in(value.get_object());
    Checkup out{.id = in.text("id", 40),
                .day = in.text("day", 10),
                .kind = in.text("kind", 32),
                .institution = in.text("institution"),
                .metabolic = in.optional_text("metabolic", 32).value_or(""),
                .guidance = in.optional_text("guidance", 32).value_or(""),
                .doctor = in.optional_text("doctor", wire::paragraph_bytes_max).value_or(""),
                .values = {},
                .report = json::serialize(in.object("report"))};
    for (const auto& one : in.array("values", values_max)) {
        auto read = read_value(one);
        if (!read) return std::unexpected(read.error());
        out.values.push_back(std::move(*read));
    }
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (!parse_date(out.day)) return bad("a check-up has no day");
    return out;
}

}  // namespace

Parsed<Checkups> read_checkups(const Answered& answered,
                               const std::map<std::string, std::string>& parameters) {
    Members in(*answered.answer.data);
    Checkups out{.from = in.text("from", 7),
                 .to = in.text("to", 7),
                 .arrived_to = in.text("arrived_to", 7),
                 .checkups = {}};
    for (const auto& value : in.array("checkups", checkups_max)) {
        auto checkup = read_checkup(value);
        if (!checkup) return std::unexpected(checkup.error());
        if (!out.checkups.empty() && checkup->day > out.checkups.back().day) {
            return bad("the check-ups are not newest first");
        }
        out.checkups.push_back(std::move(*checkup));
    }
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (!is_as_asked(parameters, "from", out.from) || !is_as_asked(parameters, "to", out.to)) {
        return bad("the check-ups are of other months than those asked");
    }
    return out;
}

}  // namespace mado::client
