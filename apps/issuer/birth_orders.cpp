#include "birth_orders.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "wire/subject.hpp"

namespace mado::issuer {
namespace {

const Filing& filing_at(const Case& one, int place) {
    return one.filings.at(static_cast<std::size_t>(place));
}

const Parent& parent_at(const Case& one, int place) {
    return one.parents.at(static_cast<std::size_t>(place));
}

// Where the parent lives, as a register has confirmed it last.
const Claim* resident_of(const Parent& parent) {
    const auto found = std::ranges::find(parent.linked, Role::resident, &Claim::role);
    return found == parent.linked.end() ? nullptr : &*found;
}

std::expected<wire::ParticipantId, wire::Code> giver_of(const Parties& parties,
                                                        const wire::PersonNumber& number) {
    const auto* scheme = parties.schemes.find(number.scheme);
    const auto giver = scheme == nullptr ? std::string_view() : scheme->giver(number);
    const auto holder = wire::ParticipantId::parse(giver);
    if (!holder || parties.directory.find(*holder) == nullptr) {
        return std::unexpected(wire::Code::not_in_directory);
    }
    return *holder;
}

json::object child_json(const Case& one) {
    json::object out{{"name", one.person->name}};
    if (!one.person->kana.empty()) out["kana"] = one.person->kana;
    out["birth_date"] = to_text(one.person->birth_date);
    out["sex"] = one.person->sex;
    return out;
}

// The giver's own number of the child, as it says it beside its own id.
std::optional<wire::PersonNumber> number_in(const Parties& parties,
                                            const wire::PersonNumber& of_parent,
                                            const json::object& data) {
    const auto* scheme = parties.schemes.find(of_parent.scheme);
    if (scheme == nullptr) return std::nullopt;
    json::object fields;
    for (const auto& field : scheme->fields) {
        const bool is_holder = field.name == scheme->holder_field;
        auto value =
            is_holder ? std::string(of_parent.field(field.name)) : text_at(data, field.name);
        if (!value.empty()) fields[field.name] = std::move(value);
    }
    auto number = wire::read_number(*scheme, fields);
    return number ? std::optional(std::move(*number)) : std::nullopt;
}

bool is_of(const json::object& row, const wire::PersonNumber& number) {
    return std::ranges::all_of(number.fields, [&](const auto& field) {
        const auto* said = row.if_contains(field.first);
        if (said == nullptr || !said->is_string()) return said == nullptr;  // the insurer's own id
        return wire::normalise(std::string_view(said->get_string())) == field.second;
    });
}

Refused refused(OrderName order, wire::Code code) {
    return {.order = order, .code = std::string(wire::info(code).name)};
}

}  // namespace

std::expected<HandedOn, wire::Code> notice_of(const Parties& parties, const Case& one) {
    const auto& parent = parent_at(one, 0);
    const auto* resident = resident_of(parent);
    if (resident == nullptr) return std::unexpected(wire::Code::not_in_directory);
    const auto to = giver_of(parties, resident->number);
    if (!to) return std::unexpected(to.error());
    auto text = child_json(one);
    text["relation"] = one.newborn->relation;
    text["parent_number"] = std::string(resident->number.field("number"));
    text["parent_birth_date"] = to_text(parent.attributes.birth_date);
    return HandedOn{.to = *to, .text = json::serialize(text)};
}

std::expected<HandedOn, wire::Code> filing_of(const Parties& parties, const Case& one,
                                              const Filing& filing) {
    const auto to = giver_of(parties, filing.insurer);
    if (!to) return std::unexpected(to.error());
    auto text = child_json(one);
    // The other parent signs what their insurer gets, and is not told where the child lives: the
    // insurer learns it of the municipality, or asks.
    if (filing.parent == 0) text["address"] = one.person->address;
    text["relation"] = one.newborn->relation;
    return HandedOn{.to = *to, .text = json::serialize(text)};
}

Question tell_of_birth(const Parties& parties, const Case& one, OrderName order) {
    const bool notice = order.kind == OrderKind::notify;
    const auto* filing = notice ? nullptr : &filing_at(one, order.item);
    const auto& by = notice ? one.notice : filing->application;
    if (!by.is_there()) throw Failure("nothing is told of a newborn that nobody has signed");
    const auto to = notice ? notice_of(parties, one) : filing_of(parties, one, *filing);
    if (!to) return std::unexpected(to.error());
    return client::Ask{
        .to = {.holder = to->to, .kind = {}},
        .service = must(wire::ServiceId::parse(notice ? "birth" : "dependant"), "a service"),
        .purpose = must(wire::CodeId::parse("issuing"), "a purpose"),
        .parameters = {},
        .subject = to_bytes(wire::application_subject(by.mandate)),
        .payload = by.payload};
}

Happening given_by(const Parties& parties, const Case& one, OrderName order,
                   const json::object& data) {
    const auto* resident = resident_of(parent_at(one, 0));
    const bool notice = order.kind == OrderKind::notify;
    if (notice && resident == nullptr) return refused(order, wire::Code::answer_invalid);
    const auto& of_parent = notice ? resident->number : filing_at(one, order.item).insurer;
    auto number = number_in(parties, of_parent, data);
    // A parent's own number is not the child's.
    if (!number || *number == of_parent) return refused(order, wire::Code::answer_invalid);
    return Given{.order = order, .number = std::move(*number)};
}

// One for each order, and a child that was ordered twice has one number: the last word about it.
Happening decision_in(const Case& one, OrderName order, const json::object& data) {
    const auto& given = filing_at(one, order.item).given;
    const auto* filings = data.if_contains("filings");
    std::optional<Happening> out;
    if (filings != nullptr && filings->is_array()) {
        for (const auto& row : filings->get_array()) {
            if (!row.is_object() || !is_of(row.get_object(), given)) continue;
            const auto outcome = text_at(row.get_object(), "outcome");
            if (outcome == "accepted") return Accepted{order.item};
            if (outcome == "refused") {
                out = Declined{.filing = order.item, .reason = text_at(row.get_object(), "reason")};
            } else if (!out) {
                out = Undecided{order.item};
            }
        }
    }
    return out.value_or(refused(order, wire::Code::no_match));
}

}  // namespace mado::issuer
