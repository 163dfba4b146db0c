#include "wire/services/eligibility.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "crypto/digest.hpp"
#include "wire/services/fhir.hpp"

namespace mado::wire {
namespace {

constexpr std::array columns{
    Column{"symbol", ColumnKind::text, false},
    Column{"number", ColumnKind::text, true},
    Column{"branch", ColumnKind::text, false},
    Column{"name", ColumnKind::text, true},
    Column{"kana", ColumnKind::text, false},
    Column{"birth_date", ColumnKind::date, true},
    Column{"sex", ColumnKind::text, false},
    Column{"relationship", ColumnKind::text, false},
    Column{"share_percent", ColumnKind::integer, true},
    Column{"valid_from", ColumnKind::date, true},
    Column{"valid_to", ColumnKind::date, false},
    Column{"rank", ColumnKind::integer, true},
    Column{"class", ColumnKind::text, false},
    Column{"limit_class", ColumnKind::text, false},
    Column{"care_level", ColumnKind::text, false},
    Column{"special_payment", ColumnKind::integer, false},
    Column{"end_reason", ColumnKind::text, false},
    Column{"guarantee", ColumnKind::integer, true},
    Column{"provisional", ColumnKind::integer, false},
    Column{"as_of", ColumnKind::integer, true},
};

constexpr std::array parameters{Parameter{"on", ParameterKind::date}};

constexpr std::string_view profile = "http://jpfhir.jp/fhir/core/StructureDefinition/JP_Coverage";
json::object patient_of(const Row& row) {
    json::array names{human_name(*row.text("name"), "IDE")};
    if (const auto kana = row.text("kana")) names.push_back(human_name(*kana, "SYL"));
    json::object out{{"resourceType", "Patient"},
                     {"id", "patient"},
                     {"name", std::move(names)},
                     {"birthDate", *row.text("birth_date")}};
    if (const auto sex = row.text("sex")) out["gender"] = *sex;
    return out;
}

// JP Core has symbol, number and branch for medical insurance only.
void add_plain_number(json::object& coverage, const Row& row, std::string_view system) {
    coverage["identifier"] =
        json::array{json::object{{"system", system}, {"value", *row.text("number")}}};
    coverage["subscriberId"] = *row.text("number");
}

json::array classes_of(const Row& row) {
    json::array out;
    const auto add = [&out, &row](std::string_view column, std::string_view system,
                                  std::string_view code) {
        const auto value = row.text(column);
        if (!value) return;
        json::object entry{{"type", coding(system, code)}};
        entry["value"] = *value;
        out.push_back(std::move(entry));
    };
    constexpr std::string_view ours = "urn:mado:coverage-class";
    add("class", "http://terminology.hl7.org/CodeSystem/coverage-class", "plan");
    add("limit_class", ours, "limit-class");
    add("care_level", ours, "care-level");
    return out;
}

json::object coverage_of(const Row& row, const Participant& holder) {
    json::object out{{"resourceType", "Coverage"},
                     {"meta", json::object{{"profile", json::array{profile}}}},
                     {"contained", json::array{patient_of(row), insurer_of(holder)}}};
    if (holder.kind.text() == "care-insurer") {
        add_plain_number(out, row, "urn:mado:jp:care-insured-number");
    } else if (pays_beside_others(holder.kind)) {
        add_plain_number(out, row, "urn:mado:jp:subsidy-number");
    } else {
        add_insured_number(out, row, holder);
    }
    out["status"] = "active";
    out["type"] = coding("http://terminology.hl7.org/CodeSystem/v3-ActCode", "PUBLICPOL");
    out["beneficiary"] = json::object{{"reference", "#patient"}};
    if (const auto relationship = row.text("relationship")) {
        const bool own = *relationship == "insured";
        out["relationship"] =
            coding("http://jpfhir.jp/fhir/core/mhlw/CodeSystem/InsuredPersonCategory",
                   own ? "1" : "2", own ? "被保険者" : "被扶養者");
    }
    json::object period{{"start", *row.text("valid_from")}};
    if (const auto end = row.text("valid_to")) period["end"] = *end;
    out["period"] = std::move(period);
    out["payor"] = json::array{json::object{{"reference", "#insurer"}}};
    if (auto classes = classes_of(row); !classes.empty()) out["class"] = std::move(classes);
    out["order"] = *row.integer("rank");
    json::object percent{{"value", *row.integer("share_percent")},
                         {"unit", "%"},
                         {"system", "http://unitsofmeasure.org"},
                         {"code", "%"}};
    out["costToBeneficiary"] = json::array{json::object{
        {"type", coding("http://terminology.hl7.org/CodeSystem/coverage-copay-type", "copaypct")},
        {"valueQuantity", std::move(percent)}}};
    return out;
}

// Of a day to come a holder says what it knows now, and is not bound by it.
json::object payer_of(const Row& row, const ServiceQuestion& question, Date on) {
    json::object out{{"rank", *row.integer("rank")},
                     {"share_percent", *row.integer("share_percent")},
                     {"guarantee", *row.integer("guarantee") != 0 && on <= question.today},
                     {"special_payment", row.integer("special_payment").value_or(0) != 0},
                     {"symbol", row.text("symbol").value_or("")},
                     {"number", *row.text("number")},
                     {"branch", row.text("branch").value_or("")}};
    out["coverage"] = coverage_of(row, question.holder);
    // Filed and not decided: the answer counts, and may be taken back from the beginning.
    if (row.integer("provisional").value_or(0) != 0) out["provisional"] = true;
    return out;
}

// Ends before it begins: a filing that was refused.
bool never_began(const Row& row) {
    const auto to = row.date("valid_to");
    return to && *to < *row.date("valid_from");
}

bool valid_on(const Row& row, Date day) {
    const auto to = row.date("valid_to");
    return *row.date("valid_from") <= day && (!to || day <= *to);
}

json::object not_insured(const std::vector<Row>& rows, Date on) {
    json::object data{{"on", to_text(on)}, {"result", "not_on_this_date"}};
    data["payers"] = json::array();
    const Row* last = nullptr;
    for (const auto& row : rows) {
        const auto to = row.date("valid_to");
        if (!to || on <= *to) continue;
        if (last == nullptr || *last->date("valid_to") < *to) last = &row;
    }
    if (last != nullptr) {
        if (!never_began(*last)) data["last_day"] = *last->text("valid_to");
        if (const auto reason = last->text("end_reason")) data["end_reason"] = *reason;
    }
    return data;
}

bool in_bounds(const Row& row) {
    const auto rank = *row.integer("rank");
    const auto share = *row.integer("share_percent");
    return rank >= 1 && rank <= rank_max && share >= 0 && share <= 100;
}

Parsed<void> complete(ParameterValues& values, Date today) {
    values.try_emplace("on", to_text(today));  // the service date
    return {};
}

Parsed<ServiceAnswer> answer(const ServiceQuestion& question, const std::vector<Row>& rows,
                             const std::vector<Row>& /*items*/) {
    const auto on = parse_date(question.parameters.find("on")->second);
    if (!on) return std::unexpected(on.error());
    auto fitting = rows_asked_for(question, rows);
    if (!fitting) return ServiceAnswer{.outcome = fitting.error(), .data = {}};
    ServiceAnswer out{.outcome = Outcome::answered,
                      .data = {},
                      .as_of = newest_as_of(*fitting),
                      .branch = branch_found(*fitting, question)};
    json::array payers;
    std::ranges::sort(*fitting, {}, [](const Row& row) {
        return std::pair(*row.integer("rank"), *row.text("valid_from"));
    });
    for (const auto& row : *fitting) {
        if (!in_bounds(row)) return bad("a rank or a share_percent is out of bounds");
        if (valid_on(row, *on)) payers.push_back(payer_of(row, question, *on));
    }
    if (payers.size() > payers_max) return bad("too many payers on one day");
    if (payers.empty()) {
        out.data = not_insured(*fitting, *on);
        return out;
    }
    out.data = json::object{{"on", to_text(*on)}, {"result", "insured"}};
    (*out.data)["payers"] = std::move(payers);
    return out;
}

constexpr Contract contract{.service = "eligibility",
                            .source = RowSource::database,
                            .needs_witnesses = false,
                            .rows = columns,
                            .items = {},
                            .item_key = {},
                            .parameters = parameters,
                            .complete = &complete,
                            .answer = &answer};

}  // namespace

bool pays_beside_others(const CodeId& kind) {
    return kind.text() == "public-expense";
}

bool is_provisional(const json::object& data) {
    const auto* payers = data.if_contains("payers");
    if (payers == nullptr || !payers->is_array()) return false;
    return std::ranges::any_of(payers->get_array(), [](const json::value& payer) {
        return payer.is_object() && payer.get_object().contains("provisional");
    });
}

Hash lasting_hash(const json::object& data) {
    auto lasting = data;
    if (auto* payers = lasting.if_contains("payers"); payers != nullptr && payers->is_array()) {
        for (auto& payer : payers->get_array()) {
            if (!payer.is_object()) continue;
            payer.get_object().erase("provisional");
            payer.get_object().erase("guarantee");
        }
    }
    return crypto::sha256(as_bytes(json::serialize(lasting)));
}

const Contract& eligibility_contract() {
    return contract;
}

}  // namespace mado::wire
