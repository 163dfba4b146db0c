#include "wire/services/existence.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "crypto/digest.hpp"
#include "matching/compare.hpp"

namespace mado::wire {
namespace {

// Of each time in which the number was the person's. A holder maps what its register has.
constexpr auto columns = std::to_array<Column>({{"symbol", ColumnKind::text, false},
                                                {"number", ColumnKind::text, true},
                                                {"branch", ColumnKind::text, false},
                                                {"name", ColumnKind::text, false},
                                                {"kana", ColumnKind::text, false},
                                                {"birth_date", ColumnKind::date, true},
                                                {"sex", ColumnKind::text, false},
                                                {"address", ColumnKind::text, false},
                                                {"from", ColumnKind::date, false},
                                                {"to", ColumnKind::date, false},
                                                {"as_of", ColumnKind::integer, true}});
constexpr auto payload = std::to_array<Column>({{"name", ColumnKind::text, true},
                                                {"kana", ColumnKind::text, false},
                                                {"sex", ColumnKind::text, false},
                                                {"address", ColumnKind::text, false},
                                                {"only_one", ColumnKind::integer, false},
                                                {"decided", ColumnKind::integer, false},
                                                {"salt", ColumnKind::text, false}});
// Everybody of the row's birth date and sex in the register, the person too: each name that they
// have or had, with where they live or lived. Of a register that knows who else there is.
constexpr auto listed = std::to_array<Column>({{"symbol", ColumnKind::text, false},
                                               {"number", ColumnKind::text, true},
                                               {"branch", ColumnKind::text, false},
                                               {"name", ColumnKind::text, false},
                                               {"kana", ColumnKind::text, false},
                                               {"address", ColumnKind::text, false}});

// In the head, and so in the log: which decision stands behind the order. The relay has judged its
// signature (docs/protocols/matching.md).
constexpr std::array parameters{Parameter{decision_parameter, ParameterKind::entry}};

matching::Attributes attributes_of(const Row& row, std::optional<Date> birth_date) {
    return {.name = row.text("name"),
            .kana = row.text("kana"),
            .birth_date = birth_date,
            .sex = row.text("sex"),
            .address = row.text("address")};
}

// A number for life has neither.
bool covers(const Row& row, Date day) {
    const auto from = row.date("from");
    const auto to = row.date("to");
    return (!from || *from <= day) && (!to || day <= *to);
}

// The newest says how the register writes the person now.
const Row& newest(const std::vector<Row>& rows) {
    return *std::ranges::max_element(rows, {},
                                     [](const Row& row) { return row.text("from").value_or(""); });
}

json::array codes_of(const std::vector<matching::Rule>& rules) {
    json::array out;
    for (const auto rule : rules)
        out.emplace_back(matching::to_text(rule));
    return out;
}

// More places than anybody looks at are one from the first to the last.
constexpr std::size_t places_max = 16;

json::array places_of(std::vector<matching::Difference> differences) {
    if (differences.size() > places_max) {
        const auto& first = differences.front();
        const auto& last = differences.back();
        differences = {{{first.a.from, last.a.to}, {first.b.from, last.b.to}}};
    }
    json::array out;
    for (const auto& [a, b] : differences)
        out.emplace_back(json::array{a.from, a.to, b.from, b.to});
    return out;
}

// No more of the register than what differs; where it lies only whose name it knows.
bool is_shown(const matching::Comparison& found, matching::Attribute attribute) {
    const bool is_name =
        attribute == matching::Attribute::name || attribute == matching::Attribute::kana;
    return found.attributes.at(attribute).verdict != matching::Verdict::same &&
           (is_name || found.is_named_alike);
}

json::object document_of(const matching::Comparison& found, const Row& row, bool current,
                         std::optional<bool> only_one) {
    json::object attributes;
    for (const auto& [attribute, compared] : found.attributes) {
        const auto name = matching::to_text(attribute);
        json::object one{{"verdict", matching::to_text(compared.verdict)},
                         {"rules", codes_of(compared.rules)}};
        const auto writing = row.text(name);
        if (is_shown(found, attribute) && writing) {
            one["writing"] = *writing;
            if (!compared.differences.empty()) one["differences"] = places_of(compared.differences);
        }
        attributes[name] = std::move(one);
    }
    json::object data{{"verdict", matching::to_text(found.verdict)}, {"current", current}};
    if (found.too_little) {
        data["rules"] = codes_of({matching::Rule::too_little});
    }
    if (only_one) data["only_one"] = *only_one;
    data["attributes"] = std::move(attributes);
    return data;
}

// Nobody says `decided` without naming the decision, and none is named for nothing.
bool payload_fits(const Row& handed, const ParameterValues& asked, Date) {
    const auto salt = handed.text("salt");
    if (salt && !parse_hash(*salt)) return false;
    return asked.contains(decision_parameter) == (handed.integer("decided").value_or(0) == 1);
}

// As it was asked: what differs only in presentation is the same.
ConfirmedPerson confirmed_in(const matching::Comparison& found, const ServiceQuestion& question) {
    const auto same = [&](matching::Attribute attribute, std::optional<std::string> said) {
        const auto one = found.attributes.find(attribute);
        const bool is =
            one != found.attributes.end() && one->second.verdict == matching::Verdict::same;
        return is ? std::move(said) : std::nullopt;
    };
    using matching::Attribute;
    const auto& asked = question.payload;
    return {.name = same(Attribute::name, asked.text("name")),
            .kana = same(Attribute::kana, asked.text("kana")),
            .birth_date = same(Attribute::birth_date, to_text(*question.birth_date)),
            .sex = same(Attribute::sex, asked.text("sex")),
            .address = same(Attribute::address, asked.text("address"))};
}

Parsed<std::optional<bool>> only_one_in(const std::vector<Row>& items,
                                        const ServiceQuestion& question) {
    if (items.empty()) return std::nullopt;
    std::vector<matching::Listed> people;
    for (const auto& item : items) {
        people.push_back({.is_asked = is_asked_number(item, question),
                          .name = item.text("name"),
                          .kana = item.text("kana"),
                          .address = item.text("address")});
    }
    const auto found = matching::is_only_one(people, *question.tables);
    if (!found) return bad("the person is not among those of one birth date and sex");
    return found;
}

Parsed<ServiceAnswer> answer(const ServiceQuestion& question, const std::vector<Row>& rows,
                             const std::vector<Row>& items) {
    if (question.tables == nullptr) return bad("there are no tables to compare names with");
    // No birth date is the same answer as another one.
    if (!question.birth_date) return ServiceAnswer{.outcome = Outcome::no_match, .data = {}};
    // Who of twins with one number is meant no writing may decide.
    const auto fitting = rows_asked_for(question, rows);
    if (!fitting) return ServiceAnswer{.outcome = fitting.error(), .data = {}};
    ServiceAnswer out{.outcome = Outcome::answered,
                      .data = {},
                      .as_of = newest_as_of(*fitting),
                      .branch = branch_found(*fitting, question)};
    bool current = false;
    for (const auto& row : *fitting)
        current |= covers(row, question.today);
    const auto& row = newest(*fitting);
    const auto said = [&question](std::string_view name) {
        return question.payload.integer(name).value_or(0) == 1;
    };
    const auto found = matching::compare(
        attributes_of(question.payload, question.birth_date),
        attributes_of(row, row.date("birth_date")), *question.tables,
        {.only_one = said("only_one"),
         .decided = said("decided"),
         .address = question.payload.text("salt") ? matching::AddressRule::whole
                                                  : matching::AddressRule::may_say_less});
    // A number and a birth date with a guessed name are a miss, as any other.
    if (found.likely_another) return ServiceAnswer{.outcome = Outcome::no_match, .data = {}};
    const auto only_one = only_one_in(items, question);
    if (!only_one) return std::unexpected(only_one.error());
    out.data = document_of(found, row, current, *only_one);
    if (!out.branch.empty()) (*out.data)["branch"] = out.branch;
    const auto salt = question.payload.text("salt");
    if (salt && found.verdict == matching::Verdict::same) {
        (*out.data)["confirms"] =
            base64url(commit_confirmed(parse_hash(*salt).value(), confirmed_in(found, question)));
    }
    return out;
}

constexpr Contract contract{.service = "existence",
                            .source = RowSource::database,
                            .needs_witnesses = false,
                            .payload = payload,
                            .rows = columns,
                            .items = listed,
                            .item_key = {},
                            .items_optional = true,
                            .parameters = parameters,
                            .complete = &complete_nothing,
                            .answer = &answer,
                            .payload_fits = &payload_fits};

}  // namespace

const Contract& existence_contract() {
    return contract;
}

Hash commit_confirmed(const Hash& salt, const ConfirmedPerson& person) {
    Bytes bytes;
    for (const auto* one :
         {&person.name, &person.kana, &person.birth_date, &person.sex, &person.address}) {
        append_u64(bytes, *one ? (*one)->size() + 1 : 0);
        append(bytes, one->value_or(""));
    }
    return crypto::sha256({as_bytes("mado/confirmed/1\n"), salt, bytes});
}

}  // namespace mado::wire
