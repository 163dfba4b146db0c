#include "wire/services/fhir.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

namespace mado::wire {
namespace {

constexpr std::string_view extension_base =
    "http://jpfhir.jp/fhir/core/Extension/StructureDefinition/JP_Coverage_InsuredPerson";
constexpr std::string_view member_id_system =
    "http://jpfhir.jp/fhir/clins/Idsystem/JP_Insurance_memberID";
constexpr std::string_view representation_url =
    "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation";

// JP Core writes symbol and number in full-width characters.
std::string full_width(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c > 0x20 && c < 0x7F) {
            // U+FF01 … U+FF5E, in UTF-8: EF BC 81 … EF BD 9E
            const auto point = static_cast<unsigned>(c) - 0x21 + 0xFF01;
            out.push_back(static_cast<char>(0xE0 | (point >> 12)));
            out.push_back(static_cast<char>(0x80 | ((point >> 6) & 0x3F)));
            out.push_back(static_cast<char>(0x80 | (point & 0x3F)));
        } else {
            out.push_back(c);
        }
    }
    return out;
}

}  // namespace

std::string fhir_text(std::string_view text) {
    constexpr std::string_view wide_space = "\u3000";
    std::string out(text);
    for (auto at = out.find(wide_space); at != std::string::npos; at = out.find(wide_space, at))
        out.replace(at, wide_space.size(), " ");
    return out;
}

json::object coding(std::string_view system, std::string_view code, std::string_view display) {
    json::object entry{{"system", system}, {"code", code}};
    if (!display.empty()) entry["display"] = fhir_text(display);
    return {{"coding", json::array{std::move(entry)}}};
}

json::object human_name(std::string_view text, std::string_view representation) {
    return {{"extension",
             json::array{json::object{{"url", representation_url}, {"valueCode", representation}}}},
            {"use", "official"},
            {"text", fhir_text(text)}};
}

json::object insurer_of(const Participant& holder) {
    return {{"resourceType", "Organization"},
            {"id", "insurer"},
            {"identifier", json::array{json::object{
                               {"system", "http://jpfhir.jp/fhir/core/mhlw/IdSystem/InsurerNumber"},
                               {"value", fmt::format("{:0>8}", holder.id.text())}}}},
            {"name", fhir_text(holder.name)}};
}

void add_insured_number(json::object& coverage, const Row& row, const Participant& holder) {
    const auto symbol = full_width(row.text("symbol").value_or(""));
    const auto number = full_width(*row.text("number"));
    const auto branch = row.text("branch").value_or("");
    json::array extensions;
    const auto add = [&extensions](std::string_view part, const std::string& value) {
        if (value.empty()) return;
        extensions.push_back(json::object{{"url", std::string(extension_base) + std::string(part)},
                                          {"valueString", value}});
    };
    add("Symbol", symbol);
    add("Number", number);
    add("SubNumber", branch);
    coverage["extension"] = std::move(extensions);
    // An element that is missing is empty; the last colon stays.
    coverage["identifier"] = json::array{json::object{
        {"system", member_id_system},
        {"value", fmt::format("{:0>8}:{}:{}:{}", holder.id.text(), symbol, number, branch)}}};
    coverage["subscriberId"] = symbol.empty() ? number : symbol + ":" + number;
    if (!branch.empty()) coverage["dependent"] = branch;
}

}  // namespace mado::wire
