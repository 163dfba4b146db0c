#include "window.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "birth.hpp"
#include "crypto/x509.hpp"
#include "orders.hpp"
#include "progress.hpp"

namespace mado::issuer {
namespace {

Parsed<json::object> read_body(std::string_view body) {
    return parse_json_object(body, {.text_bytes_max = window_body_max});
}

// What is known of somebody who is to apply. A newborn's parents are known, and come by themselves.
Parsed<Applied> read_invited(const json::object& object, const wire::Schemes& schemes) {
    auto application = read_application(object, schemes);
    if (application && application->newborn) return bad("no newborn is invited");
    // Whether every clinic is to see it the person decides, with the paper in hand.
    if (application && std::ranges::find(application->claims, Role::public_expense, &Claim::role) !=
                           application->claims.end()) {
        return bad("public expense comes with the person, not with an invitation");
    }
    return application;
}

// Not a decision: that comes back signed from the agent (deciding.cpp).
bool is_by_people(const Happening& what) {
    return std::holds_alternative<Applied>(what) || std::holds_alternative<Corrected>(what) ||
           std::holds_alternative<TakenOut>(what) || std::holds_alternative<TryAgain>(what) ||
           std::holds_alternative<Waived>(what) || std::holds_alternative<HandedOver>(what) ||
           std::holds_alternative<Cancelled>(what) || std::holds_alternative<Found>(what) ||
           std::holds_alternative<GivenUp>(what) || std::holds_alternative<Approved>(what) ||
           std::holds_alternative<ParentNamed>(what) || std::holds_alternative<NewSlip>(what) ||
           std::holds_alternative<FiledElsewhere>(what);
}

// The relay links no number twice.
bool has_twice(const std::vector<Claim>& claims) {
    return std::ranges::any_of(claims, [&claims](const Claim& one) {
        return std::ranges::count(claims, one.number, &Claim::number) > 1;
    });
}

json::object todo_json(const Todo& what, UnixTime now) {
    const auto& step = info(what.step);
    json::object out{{"step", step.name},   {"report", step.report}, {"actor", to_text(what.actor)},
                     {"since", what.since}, {"until", what.until},   {"late", what.until < now}};
    if (what.order) {
        out["order"] =
            json::object{{"kind", to_text(what.order->kind)}, {"item", what.order->item}};
    }
    if (what.claim) out["claim"] = *what.claim;
    if (!what.refused.empty()) out["refused"] = what.refused;
    if (what.from > now) out["from"] = what.from;
    return out;
}

json::array todos_json(const Case& one, UnixTime now) {
    json::array out;
    for (const auto& what : todo(one))
        out.push_back(todo_json(what, now));
    return out;
}

json::object claim_json(const Claim& claim) {
    json::object out{{"role", to_text(claim.role)},
                     {"number", number_json(claim.number)},
                     {"finding", to_text(claim.finding)}};
    // The register's own words, as it answered them.
    const bool settled = claim.finding == Finding::same;
    if (const auto writing = parse_json_object(claim.writing); writing && !settled) {
        out["writing"] = *writing;
    }
    return out;
}

// What a history says of a happening. All else is for programs only: signed answers, certificates,
// keys, and numbers that are nobody's but the issuer's; and what people say stands in the case.
json::object line_json(const Line& line) {
    const auto all = happening_json(line.what);
    json::object out{{"at", line.at}};
    for (const auto* name : {"what", "claim", "order", "code", "same_person", "reason"}) {
        if (const auto* member = all.if_contains(name)) out[name] = *member;
    }
    if (!line.clerk.empty()) out["clerk"] = line.clerk;
    return out;
}

// Certificates, the oldest first, each with the card that it is in: the first, the second, … Where
// no serial number is known, a card has one certificate for each use.
json::array cards_json(const std::vector<IssuedCard>& issued) {
    json::array out;
    std::vector<std::vector<Before>> cards;
    for (const auto& [card, standing] : issued) {
        const auto is_in = [&card](const std::vector<Before>& other) {
            if (other.front().chip != card.chip || other.front().foreign != card.foreign) {
                return false;
            }
            return !card.chip.empty() ||
                   std::ranges::find(other, card.use, &Before::use) == other.end();
        };
        auto of = std::ranges::find_if(cards, is_in);
        if (of == cards.end()) of = cards.insert(of, std::vector<Before>{});
        of->push_back(card);
        json::object each{{"card", of - cards.begin() + 1},
                          {"use", to_text(card.use)},
                          {"status", to_text(standing)},
                          {"not_after", read_certificate(card.certificate).not_after()}};
        const auto chip = parse_base64url(card.chip);
        if (chip && !chip->empty()) each["chip"] = hex(*chip);
        if (card.foreign) each["foreign"] = true;
        out.push_back(std::move(each));
    }
    return out;
}

// Each step in its turn: what the page draws, besides what is to do.
json::array progress_json(const Case& one, const std::vector<Line>& lines) {
    json::array out;
    for (const auto& row : progress_of(one, lines)) {
        const auto& step = info(row.step);
        json::array who;
        for (const auto each : row.who)
            who.emplace_back(to_text(each));
        json::object shown{{"step", step.name},
                           {"report", step.report},
                           {"state", to_text(row.state)},
                           {"who", std::move(who)}};
        if (row.state == StepState::done && row.at) shown["at"] = *row.at;
        if (row.where != Where::anywhere) shown["online"] = row.where == Where::online;
        out.push_back(std::move(shown));
    }
    return out;
}

// Whether the machine would take it.
bool can_cancel(const Case& one, UnixTime now) {
    return !one.cancelled && after(one, Cancelled{}, now);
}

// Who applies, and with which insurers they are: what the form offers.
json::object parent_json(const Parent& parent) {
    json::array insurers;
    for (const auto& claim : parent.linked) {
        if (claim.role == Role::medical) insurers.push_back(number_json(claim.number));
    }
    return {{"person", parent.person},
            {"name", parent.attributes.name},
            {"address", parent.attributes.address},
            {"insurers", std::move(insurers)}};
}

void add_birth(json::object& out, const Case& one) {
    json::array parents, filings;
    for (const auto& parent : one.parents)
        parents.push_back(parent_json(parent));
    for (const auto& filing : one.filings) {
        json::object each{{"parent", filing.parent},
                          {"insurer", number_json(filing.insurer)},
                          {"state", to_text(filing.state)}};
        if (filing.claim) each["claim"] = *filing.claim;
        if (!filing.reason.empty()) each["reason"] = filing.reason;
        filings.push_back(std::move(each));
    }
    out["parents"] = std::move(parents);
    out["filings"] = std::move(filings);
    if (one.newborn) {
        out["newborn"] =
            json::object{{"relation", one.newborn->relation}, {"card", one.newborn->card}};
    }
    if (const auto next = to_sign(one)) out["signs"] = next->parent;
}

}  // namespace

Parsed<void> read_nothing(std::string_view body) {
    const auto object = read_body(body);
    if (!object) return std::unexpected(object.error());
    return Members(*object).finish();
}

Parsed<OpenAsked> read_open(std::string_view body, const wire::Schemes& schemes) {
    const auto object = read_body(body);
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    const auto kind = parse_kind(in.optional_text("kind").value_or("first"));
    OpenAsked out{.person = in.optional_text("person", 20).value_or(""),
                  .asked = {.kind = kind.value_or(Kind::first),
                            .reason = in.optional_text("reason").value_or("")}};
    if (in.has("signing")) out.asked.signing = in.boolean("signing");
    if (in.has("uses")) {
        for (const auto& value : in.array("uses", uses.size())) {
            const auto use =
                value.is_string() ? parse_use(std::string_view(value.get_string())) : std::nullopt;
            if (!use) return bad("an unknown use");
            out.asked.uses.push_back(*use);
        }
    }
    if (const auto* invited = in.optional_object("invited")) {
        auto application = read_invited(*invited, schemes);
        if (!application) return std::unexpected(application.error());
        out.invited = std::move(*application);
    }
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (!kind) return bad("an unknown kind of case");
    // It begins with the person's own card, at home.
    if (*kind == Kind::renewal) return bad("no window opens a renewal");
    const bool is_known = info(*kind).is_known || *kind == Kind::birth;  // the parent
    if (is_known != !out.person.empty()) return bad("it is said whom it is about, or it is new");
    if (is_known && out.invited) return bad("who is known is not invited");
    if (!has_reason(*kind, out.asked.reason)) return bad("the reason is none of this kind's");
    if ((*kind == Kind::unlock) != !out.asked.uses.empty()) return bad("uses are an unlock's");
    return out;
}

Parsed<std::vector<Applied>> read_invite(std::string_view body, const wire::Schemes& schemes) {
    const auto object = parse_json_object(
        body, {.text_bytes_max = invite_body_max, .values_max = invited_max * invited_values_max});
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    std::vector<Applied> out;
    for (const auto& value : in.array("people", invited_max)) {
        if (!value.is_object()) return bad("a person is not an object");
        auto application = read_invited(value.get_object(), schemes);
        if (!application) return std::unexpected(application.error());
        out.push_back(std::move(*application));
    }
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (out.empty()) return bad("nobody is invited");
    return out;
}

Parsed<Search> read_search(std::string_view body) {
    const auto object = read_body(body);
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    if (in.has("number")) {
        auto number = in.text("number", 20);
        if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
        return Search(std::move(number));
    }
    if (in.has("health_care_number")) {
        HealthCareNumber number{in.text("health_care_number", 20)};
        if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
        return Search(std::move(number));
    }
    const auto birth_date = in.optional_date("birth_date");
    Who who{.birth_date = birth_date.value_or(Date{}), .kana = in.text("kana")};
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (!birth_date || who.kana.empty()) return bad("a search is by number, or by who it is");
    return Search(std::move(who));
}

Parsed<CardAsked> read_card_asked(std::string_view body) {
    const auto object = read_body(body);
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    CardAsked out{.number = in.text("number", 20), .anew = in.has("anew") && in.boolean("anew")};
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return out;
}

Parsed<Act> read_act(std::string_view body, const wire::Schemes& schemes) {
    const auto object = read_body(body);
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    auto number = in.text("number", 20);
    auto what = read_happening(in.object("happening"), schemes);
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (!what) return std::unexpected(what.error());
    if (!is_by_people(*what)) return bad("that is not for people to say");
    if (const auto* applied = std::get_if<Applied>(&*what);
        applied != nullptr && has_twice(applied->claims)) {
        return bad("a number stands there twice");
    }
    return Act{.number = std::move(number), .what = std::move(*what)};
}

json::object summary_json(const CaseFile& file, UnixTime now) {
    const auto& one = file.one;
    json::object out{{"number", file.number},
                     {"kind", to_text(one.kind)},
                     {"opened_at", file.opened_at},
                     {"changed_at", one.changed},
                     {"todo", todos_json(one, now)}};
    if (const auto who = who_of(one)) {
        out["name"] = who->name;
        out["kana"] = who->kana;
    }
    if (one.cancelled) out["cancelled"] = *one.cancelled;
    return out;
}

json::object case_json(const CaseFile& file, const std::vector<Line>& lines, UnixTime now) {
    auto out = summary_json(file, now);
    const auto& one = file.one;
    out["signing"] = one.signing;
    if (!one.reason.empty()) out["reason"] = one.reason;
    if (one.kind == Kind::unlock) {  // who approves it sees which PINs it is about
        json::array pins;
        for (const auto use : uses) {
            if (std::ranges::find(one.before, use, &Before::use) != one.before.end()) {
                pins.emplace_back(to_text(use));
            }
        }
        out["uses"] = std::move(pins);
    }
    json::array hands;
    for (const auto& clerk : one.hands)
        hands.emplace_back(clerk);
    out["hands"] = std::move(hands);
    if (one.known) out["known"] = attributes_json(*one.known);
    if (one.invited) out["invited"] = application_json(*one.invited);
    if (one.person) out["person"] = attributes_json(*one.person);
    if (one.kind == Kind::birth) add_birth(out, one);
    if (info(one.kind).foreign && one.requested) {
        json::object card{{"finding", is_card_otherwise(one)     ? "otherwise"
                                      : one.card_writing.empty() ? "same"
                                                                 : "agreed"}};
        if (const auto writing = parse_json_object(one.card_writing)) card["writing"] = *writing;
        out["card"] = std::move(card);
    }
    json::array claims;
    for (const auto& claim : one.claims)
        claims.push_back(claim_json(claim));
    out["claims"] = std::move(claims);
    if (can_make_anew(one)) out["can_make_anew"] = true;
    if (can_cancel(one, now)) out["can_cancel"] = true;
    // On the slip or the card, and to nobody before the person has it in hand.
    if (one.handed_over) out["health_care_number"] = one.numbers.health_care;
    out["progress"] = progress_json(one, lines);
    json::array happened;
    for (const auto& line : lines)
        happened.push_back(line_json(line));
    out["lines"] = std::move(happened);
    return out;
}

// A person whom the relay does not know yet has a name, when there was an application.
json::object person_json(const std::vector<CaseFile>& files, UnixTime now) {
    std::vector<Case> cases;
    json::array summaries;
    for (const auto& file : files)
        cases.push_back(file.one);
    for (auto file = files.rbegin(); file != files.rend(); ++file)
        summaries.push_back(summary_json(*file, now));
    const auto known = person_of(cases);
    const auto who = known ? std::optional(known->attributes) : cases.back().person;
    json::object out{{"person", files.back().number}};
    if (who) {
        out["name"] = who->name;
        out["kana"] = who->kana;
        out["birth_date"] = to_text(who->birth_date);
    }
    out["cards"] = cards_json(known ? known->issued : std::vector<IssuedCard>{});
    out["cases"] = std::move(summaries);
    return out;
}

}  // namespace mado::issuer
