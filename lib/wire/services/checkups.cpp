#include "wire/services/checkups.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <map>
#include <optional>

#include "wire/services/fhir.hpp"

namespace mado::wire {
namespace {

// A row is a check-up, or, without checkup_id, a person who has none in the months asked: every
// person whom the number fits has a row, or those who share a number could not be told apart.
constexpr std::array columns{
    Column{"symbol", ColumnKind::text, false},
    Column{"number", ColumnKind::text, true},
    Column{"branch", ColumnKind::text, false},
    Column{"name", ColumnKind::text, true},
    Column{"checkup_id", ColumnKind::record_id, false},
    Column{"day", ColumnKind::date, false},
    Column{"kind", ColumnKind::text, false},
    Column{"institution", ColumnKind::text, false},
    Column{"institution_id", ColumnKind::text, false},
    Column{"metabolic", ColumnKind::integer, false},
    Column{"guidance", ColumnKind::integer, false},
    Column{"doctor", ColumnKind::paragraph, false},
    Column{"arrived_to", ColumnKind::month, true},
    Column{"as_of", ColumnKind::integer, true},
};

constexpr std::array item_columns{
    Column{"checkup_id", ColumnKind::record_id, true},
    Column{"code", ColumnKind::text, true},
    Column{"name", ColumnKind::text, true},
    Column{"value", ColumnKind::text, true},
    Column{"unit", ColumnKind::text, false},
    Column{"low", ColumnKind::text, false},
    Column{"high", ColumnKind::text, false},
    Column{"range", ColumnKind::text, false},
    Column{"outside", ColumnKind::integer, false},
};

// 高齢者の医療の確保に関する法律第20条 (40 to 74, by the insurer) and 第125条 (75 and more, by the
// 広域連合). Who examines its own staff or members under another law hands on what the first asks.
struct Kind {
    std::string_view code, display;
};
constexpr std::array kinds{Kind{"specific", "特定健康診査"},
                           Kind{"late-elderly", "後期高齢者の健康診査"}};

// The national codes of both judgements are 1 to 4 in this order (特定健診項目コード 9N501, 9N506).
struct Judgement {
    std::string_view member, item, display, system;
    std::array<Kind, 4> values;
};
constexpr Judgement metabolic{"metabolic",
                              "9N501000000000011",
                              "メタボリックシンドローム判定",
                              "urn:oid:1.2.392.200119.6.1008",
                              {Kind{"applies", "基準該当"}, Kind{"preliminary", "予備群該当"},
                               Kind{"none", "非該当"}, Kind{"undetermined", "判定不能"}}};
constexpr Judgement guidance{"guidance",
                             "9N506000000000011",
                             "保健指導レベル",
                             "urn:oid:1.2.392.200119.6.3001",
                             {Kind{"active", "積極的支援"}, Kind{"motivational", "動機付け支援"},
                              Kind{"none", "なし"}, Kind{"undetermined", "判定不能"}}};

// 厚生労働省 特定健診項目コード, which holders have with each value.
constexpr std::string_view item_system = "urn:oid:1.2.392.200119.6.1005";
constexpr std::size_t item_code_length = 17;
constexpr std::string_view ucum_system = "http://unitsofmeasure.org";

// What UCUM calls the units of check-ups; a quantity of another unit has no code.
constexpr std::array<std::pair<std::string_view, std::string_view>, 12> ucum_codes{{
    {"cm", "cm"},
    {"kg", "kg"},
    {"kg/m2", "kg/m2"},
    {"mmHg", "mm[Hg]"},
    {"mg/dl", "mg/dL"},
    {"g/dl", "g/dL"},
    {"U/l", "U/L"},
    {"%", "%"},
    {"万/mm3", "10*4/mm3"},
    {"ml/min/1.73m2", "mL/min/{1.73_m2}"},
    {"mg/dL", "mg/dL"},
    {"U/L", "U/L"},
}};

struct Measured {
    const Row& row;
    std::optional<Decimal> value, low, high;  // no value: it is in words
    std::optional<bool> outside;              // not known: the holder states no range
};

struct Checkup {
    const Row& row;
    const Kind& kind;
    const Kind* metabolic = nullptr;
    const Kind* guidance = nullptr;
    std::vector<Measured> values;
};

// Insurers keep results for five years (特定健康診査及び特定保健指導の実施に関する基準第10条 [M]).
Parsed<void> complete(ParameterValues& values, Date today) {
    return complete_months(values, today, {.standard = 60, .max = 60});
}

bool all_of(std::string_view text, std::size_t length, bool (*fits)(char)) {
    return text.size() == length && std::ranges::all_of(text, fits);
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_item_code(std::string_view text) {
    return all_of(text, item_code_length,
                  [](char c) { return is_digit(c) || (c >= 'A' && c <= 'Z'); });
}

Parsed<const Kind*> judgement_of(const Row& row, const Judgement& judgement) {
    const auto code = row.integer(judgement.member);
    if (!code) return nullptr;
    if (*code < 1 || *code > static_cast<std::int64_t>(judgement.values.size())) {
        return bad("a judgement is none of the national code's");
    }
    return &judgement.values.at(static_cast<std::size_t>(*code - 1));
}

Parsed<std::optional<Decimal>> bound_of(const Row& row, std::string_view column) {
    const auto text = row.text(column);
    if (!text) return std::optional<Decimal>();
    const auto bound = parse_decimal(*text);
    if (!bound) return std::unexpected(bound.error());
    return std::optional(*bound);
}

// The holder's own word, else what a comparison with its bounds says.
Parsed<std::optional<bool>> outside_of(const Measured& measured) {
    if (const auto word = measured.row.integer("outside")) {
        if (*word != 0 && *word != 1) return bad("outside is neither 0 nor 1");
        return std::optional(*word == 1);
    }
    const auto& [row, value, low, high, unknown] = measured;
    if (!value || (!low && !high)) return std::optional<bool>();
    return std::optional((low && value->thousandths < low->thousandths) ||
                         (high && value->thousandths > high->thousandths));
}

Parsed<Measured> read_item(const Row& row) {
    if (!is_item_code(*row.text("code"))) return bad("an item's code is none of 特定健診");
    if (row.text("name")->empty() || row.text("value")->empty()) {
        return bad("an item without name or value");
    }
    Measured out{.row = row, .value = {}, .low = {}, .high = {}, .outside = {}};
    if (const auto value = parse_decimal(*row.text("value"))) out.value = *value;
    auto low = bound_of(row, "low");
    auto high = bound_of(row, "high");
    if (!low || !high) return bad("a bound is no decimal number");
    out.low = *low;
    out.high = *high;
    if (!out.value && (out.low || out.high)) return bad("a value in words has bounds in numbers");
    const auto outside = outside_of(out);
    if (!outside) return std::unexpected(outside.error());
    out.outside = *outside;
    return out;
}

Parsed<Checkup> read_checkup(const Row& row) {
    const auto kind = std::ranges::find(kinds, row.text("kind").value_or(""), &Kind::code);
    if (kind == kinds.end()) return bad("a check-up of an unknown kind");
    if (!row.date("day") || row.text("institution").value_or("").empty()) {
        return bad("a check-up without day or institution");
    }
    if (const auto id = row.text("institution_id"); id && !all_of(*id, 10, is_digit)) {
        return bad("an institution's id does not have ten digits");
    }
    const auto syndrome = judgement_of(row, metabolic);
    if (!syndrome) return std::unexpected(syndrome.error());
    const auto level = judgement_of(row, guidance);
    if (!level) return std::unexpected(level.error());
    return Checkup{
        .row = row, .kind = *kind, .metabolic = *syndrome, .guidance = *level, .values = {}};
}

// --- FHIR R4 DiagnosticReport with Observations ---

json::object reference(std::string_view id) {
    return {{"reference", id}};
}

// FHIR writes 62.3 kg as a fraction, and no JSON of Mado has any: the number of steps of 0.1 kg is
// the same quantity. UCUM has the unit (10*-1.kg), and people read "623 ×0.1 kg".
json::object quantity(const Decimal& value, int places, const std::optional<std::string>& unit) {
    json::object out{{"value", value.scaled(places)}};
    if (!unit && places == 0) return out;
    std::string words = unit.value_or("");
    if (places > 0) {
        words = fmt::format("×0.{:0>{}}{}{}", 1, places, words.empty() ? "" : " ", words);
    }
    out["unit"] = fhir_text(words);
    const auto* found =
        std::ranges::find(ucum_codes, unit.value_or(""), [](const auto& one) { return one.first; });
    if (found == ucum_codes.end()) return out;
    out["system"] = ucum_system;
    out["code"] =
        places > 0 ? fmt::format("10*-{}.{}", places, found->second) : std::string(found->second);
    return out;
}

json::object observation(std::string_view id, std::string_view category, json::object code) {
    json::object out{{"resourceType", "Observation"}, {"id", id}, {"status", "final"}};
    out["category"] =
        json::array{coding("http://terminology.hl7.org/CodeSystem/observation-category", category)};
    out["code"] = std::move(code);
    out["subject"] = reference("#patient");
    return out;
}

json::object interpretation(const Measured& measured) {
    std::string_view code = *measured.outside ? "A" : "N";
    if (*measured.outside && measured.value) {
        const auto value = measured.value->thousandths;
        if (measured.low && value < measured.low->thousandths) code = "L";
        if (measured.high && value > measured.high->thousandths) code = "H";
    }
    return coding("http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", code);
}

int places_of(const Measured& measured) {
    int places = measured.value->places;
    if (measured.low) places = std::max(places, measured.low->places);
    if (measured.high) places = std::max(places, measured.high->places);
    return places;
}

// Codes that begin with 9 are measured at the body, or asked; the others in a laboratory (JLAC10).
json::object observation_of(const Measured& measured, const std::string& id) {
    const auto code = *measured.row.text("code");
    auto out = observation(id, code.starts_with('9') ? "exam" : "laboratory",
                           coding(item_system, code, *measured.row.text("name")));
    const auto unit = measured.row.text("unit");
    json::object range;
    if (measured.value) {
        const int places = places_of(measured);
        out["valueQuantity"] = quantity(*measured.value, places, unit);
        if (measured.low) range["low"] = quantity(*measured.low, places, unit);
        if (measured.high) range["high"] = quantity(*measured.high, places, unit);
    } else {
        out["valueString"] = fhir_text(*measured.row.text("value"));
    }
    if (const auto words = measured.row.text("range")) range["text"] = fhir_text(*words);
    if (measured.outside) out["interpretation"] = json::array{interpretation(measured)};
    if (!range.empty()) out["referenceRange"] = json::array{std::move(range)};
    return out;
}

json::object observation_of(const Judgement& judgement, const Kind& value) {
    auto out = observation(judgement.member, "exam",
                           coding(item_system, judgement.item, judgement.display));
    const auto code = &value - judgement.values.data() + 1;
    out["valueCodeableConcept"] = coding(judgement.system, fmt::to_string(code), value.display);
    return out;
}

json::object performer_of(const Row& row) {
    json::object out{{"resourceType", "Organization"},
                     {"id", "institution"},
                     {"name", fhir_text(*row.text("institution"))}};
    if (const auto id = row.text("institution_id")) {
        out["identifier"] = json::array{
            json::object{{"system", "urn:mado:jp:checkup-institution"}, {"value", *id}}};
    }
    return out;
}

json::array observations_of(const Checkup& checkup) {
    json::array out;
    for (const auto& value : checkup.values)
        out.push_back(observation_of(value, fmt::format("o{}", out.size() + 1)));
    if (checkup.metabolic) out.push_back(observation_of(metabolic, *checkup.metabolic));
    if (checkup.guidance) out.push_back(observation_of(guidance, *checkup.guidance));
    return out;
}

json::object report_of(const Checkup& checkup, const Participant& holder) {
    const auto& row = checkup.row;
    json::object patient{{"resourceType", "Patient"},
                         {"id", "patient"},
                         {"name", json::array{human_name(*row.text("name"), "IDE")}}};
    json::array contained{std::move(patient), insurer_of(holder), performer_of(row)};
    json::array results;
    for (auto& one : observations_of(checkup)) {
        results.push_back(reference("#" + std::string(one.at("id").as_string())));
        contained.push_back(std::move(one));
    }
    json::object out{{"resourceType", "DiagnosticReport"}, {"contained", std::move(contained)}};
    json::object identifier{{"system", "urn:mado:jp:checkup:" + holder.id.text()},
                            {"value", *row.text("checkup_id")},
                            {"assigner", reference("#insurer")}};
    out["identifier"] = json::array{std::move(identifier)};
    out["status"] = "final";
    out["code"] = coding("urn:mado:jp:checkup-kind", checkup.kind.code, checkup.kind.display);
    out["subject"] = reference("#patient");
    out["effectiveDateTime"] = *row.text("day");
    out["performer"] = json::array{reference("#institution")};
    if (!results.empty()) out["result"] = std::move(results);
    if (const auto doctor = row.text("doctor")) out["conclusion"] = fhir_text(*doctor);
    return out;
}

// --- the document ---

json::object value_json(const Measured& measured) {
    json::object out;
    for (const auto* name : {"code", "name", "value", "unit", "low", "high", "range"}) {
        if (const auto text = measured.row.text(name)) out[name] = *text;
    }
    if (measured.outside) out["outside"] = *measured.outside;
    return out;
}

json::object checkup_json(const Checkup& checkup, const Participant& holder) {
    const auto& row = checkup.row;
    json::object out{{"id", *row.text("checkup_id")},
                     {"day", *row.text("day")},
                     {"kind", checkup.kind.code},
                     {"institution", *row.text("institution")}};
    if (checkup.metabolic) out["metabolic"] = checkup.metabolic->code;
    if (checkup.guidance) out["guidance"] = checkup.guidance->code;
    if (const auto doctor = row.text("doctor")) out["doctor"] = *doctor;
    json::array values;
    for (const auto& value : checkup.values)
        values.push_back(value_json(value));
    out["values"] = std::move(values);
    out["report"] = report_of(checkup, holder);
    return out;
}

using ItemRows = std::multimap<std::string, const Row*, std::less<>>;

Parsed<Checkup> read_whole(const Row& row, const ItemRows& items, const ParameterValues& asked) {
    auto checkup = read_checkup(row);
    if (!checkup) return checkup;
    const auto month = row.text("day")->substr(0, 7);
    if (month < asked.find("from")->second || month > asked.find("to")->second) {
        return bad("a check-up of a month that was not asked for");
    }
    // Equal keys keep the order of the SELECT.
    const auto [first, last] = items.equal_range(*row.text("checkup_id"));
    for (auto at = first; at != last; ++at) {
        auto item = read_item(*at->second);
        if (!item) return std::unexpected(item.error());
        for (const auto& before : checkup->values) {
            if (before.row.text("code") == item->row.text("code")) {
                return bad("a check-up has two values of one item");
            }
        }
        checkup->values.push_back(std::move(*item));
    }
    return checkup;
}

Parsed<ServiceAnswer> answer(const ServiceQuestion& question, const std::vector<Row>& rows,
                             const std::vector<Row>& items) {
    const auto fitting = rows_of_one_person(question, rows);
    if (!fitting) return ServiceAnswer{.outcome = fitting.error(), .data = {}};
    ItemRows by_checkup;
    for (const auto& item : items)
        by_checkup.emplace(*item.text("checkup_id"), &item);
    ServiceAnswer out{.outcome = Outcome::answered, .data = {}, .as_of = newest_as_of(*fitting)};
    std::string arrived_to;
    for (const auto& row : *fitting)
        arrived_to = std::max(arrived_to, *row.text("arrived_to"));
    json::array checkups;
    for (const auto* row : newest_first(*fitting, {.key = "checkup_id", .time = "day"})) {
        const auto checkup = read_whole(*row, by_checkup, question.parameters);
        if (!checkup) return std::unexpected(checkup.error());
        checkups.push_back(checkup_json(*checkup, question.holder));
    }
    out.data = json::object{{"from", question.parameters.find("from")->second},
                            {"to", question.parameters.find("to")->second},
                            {"arrived_to", arrived_to}};
    (*out.data)["checkups"] = std::move(checkups);
    return out;
}

constexpr Contract contract{.service = "checkups",
                            .source = RowSource::database,
                            .needs_witnesses = true,
                            .rows = columns,
                            .items = item_columns,
                            .item_key = "checkup_id",
                            .parameters = month_parameters,
                            .complete = &complete,
                            .answer = &answer};

constexpr std::size_t digits_max = 6;
constexpr std::size_t places_max = 3;

}  // namespace

std::int64_t Decimal::scaled(int places_wanted) const {
    std::int64_t out = thousandths;
    for (std::size_t i = places_max; i > static_cast<std::size_t>(places_wanted); --i)
        out /= 10;
    return out;
}

Parsed<Decimal> parse_decimal(std::string_view text) {
    const auto point = text.find('.');
    const auto whole = text.substr(0, point);
    const auto places = point == std::string_view::npos ? "" : text.substr(point + 1);
    if (whole.empty() || whole.size() > digits_max || (whole.size() > 1 && whole[0] == '0') ||
        places.size() > places_max || (places.empty() && point != std::string_view::npos) ||
        !std::ranges::all_of(whole, is_digit) || !std::ranges::all_of(places, is_digit)) {
        return bad("not a decimal number");
    }
    Decimal out{.thousandths = 0, .places = static_cast<int>(places.size())};
    for (const char c : whole)
        out.thousandths = out.thousandths * 10 + (c - '0');
    for (std::size_t i = 0; i < places_max; ++i) {
        out.thousandths = out.thousandths * 10 + (i < places.size() ? places[i] - '0' : 0);
    }
    return out;
}

const Contract& checkups_contract() {
    return contract;
}

}  // namespace mado::wire
