#include "window.hpp"

#include <boost/json.hpp>

namespace mado::issuer {
namespace {

Parsed<json::object> read_body(std::string_view body) {
    return parse_json_object(body, {.text_bytes_max = window_body_max});
}

// Not a decision: it counts with the clerk's signature only, and nothing here verifies one yet.
bool is_by_people(const Happening& what) {
    return std::holds_alternative<Applied>(what) || std::holds_alternative<Corrected>(what) ||
           std::holds_alternative<TakenOut>(what) || std::holds_alternative<TryAgain>(what) ||
           std::holds_alternative<Waived>(what) || std::holds_alternative<KeysMade>(what) ||
           std::holds_alternative<Written>(what) || std::holds_alternative<HandedOver>(what) ||
           std::holds_alternative<Cancelled>(what);
}

json::object todo_json(const Todo& what, UnixTime now) {
    const auto& step = info(what.step);
    json::object out{{"step", step.name},       {"report", step.report},
                     {"online", step.online},   {"actor", to_text(what.actor)},
                     {"since", what.since},     {"until", what.until},
                     {"late", what.until < now}};
    if (what.order) {
        out["order"] =
            json::object{{"kind", to_text(what.order->kind)}, {"item", what.order->item}};
    }
    if (what.claim) out["claim"] = *what.claim;
    if (!what.refused.empty()) out["refused"] = what.refused;
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
    if (const auto writing = parse_json_object(claim.writing)) out["writing"] = *writing;
    return out;
}

// Without what is for programs only: signed answers, certificates, keys, and numbers that are
// nobody's but the issuer's.
json::object line_json(const Line& line) {
    auto out = happening_json(line.what);
    for (const auto* name :
         {"answer", "certificate", "keys", "chip", "decision", "writing", "issuing", "health_care"})
        out.erase(name);
    out["at"] = line.at;
    if (!line.clerk.empty()) out["clerk"] = line.clerk;
    return out;
}

}  // namespace

Parsed<Search> read_search(std::string_view body) {
    const auto object = read_body(body);
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    if (in.has("number")) {
        auto number = in.text("number", 20);
        if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
        return Search(std::move(number));
    }
    const auto birth_date = in.optional_date("birth_date");
    Who who{.birth_date = birth_date.value_or(Date{}), .kana = in.text("kana")};
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (!birth_date || who.kana.empty()) return bad("a search is by number, or by who it is");
    return Search(std::move(who));
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
    return Act{.number = std::move(number), .what = std::move(*what)};
}

json::object summary_json(const CaseFile& file, UnixTime now) {
    const auto& one = file.one;
    json::object out{{"number", file.number},
                     {"opened_at", file.opened_at},
                     {"changed_at", one.changed},
                     {"todo", todos_json(one, now)}};
    if (one.person) {
        out["name"] = one.person->name;
        out["kana"] = one.person->kana;
    }
    if (one.cancelled) out["cancelled"] = *one.cancelled;
    return out;
}

json::object case_json(const CaseFile& file, const std::vector<Line>& lines, UnixTime now) {
    auto out = summary_json(file, now);
    const auto& one = file.one;
    out["signing"] = one.signing;
    if (one.person) out["person"] = attributes_json(*one.person);
    json::array claims;
    for (const auto& claim : one.claims)
        claims.push_back(claim_json(claim));
    out["claims"] = std::move(claims);
    json::object certificates;  // to be written into the chip
    for (const auto& [use, certificate] : one.certificates)
        certificates[to_text(use)] = certificate;
    out["certificates"] = std::move(certificates);
    // On the slip or the card, and to nobody before the person has it in hand.
    if (one.handed_over) out["health_care_number"] = one.numbers.health_care;
    json::array happened;
    for (const auto& line : lines)
        happened.push_back(line_json(line));
    out["lines"] = std::move(happened);
    return out;
}

}  // namespace mado::issuer
