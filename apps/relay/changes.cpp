#include "changes.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <set>

#include "wire/answer.hpp"
#include "wire/head.hpp"
#include "wire/order.hpp"
#include "wire/services/catalogue.hpp"

namespace mado::relay {
namespace {

constexpr std::size_t numbers_max = 16;      // of one tell
constexpr std::size_t certificates_max = 4;  // a card has two
constexpr std::size_t confirmation_bytes_max = 8 * 1024;
constexpr std::string_view confirming_service = "existence";

Parsed<json::object> open_object(std::string_view payload) {
    return parse_json_object(payload, {.text_bytes_max = wire::request_bytes_max});
}

// The one parameter, `act`, as one of these words.
template <class Act, std::size_t count>
Parsed<Act> read_act(const Parameters& parameters,
                     const std::array<std::pair<std::string_view, Act>, count>& words) {
    if (parameters.size() != 1 || parameters.begin()->first != "act") {
        return bad("the parameter is act, and only that");
    }
    const auto found = std::ranges::find(words, parameters.begin()->second,
                                         &std::pair<std::string_view, Act>::first);
    if (found == words.end()) return bad("an unknown act");
    return found->second;
}

constexpr auto link_acts =
    std::to_array<std::pair<std::string_view, LinkAct>>({{"first", LinkAct::first},
                                                         {"start", LinkAct::start},
                                                         {"end", LinkAct::end},
                                                         {"correct", LinkAct::correct}});
constexpr auto card_acts =
    std::to_array<std::pair<std::string_view, CardAct>>({{"activate", CardAct::activate},
                                                         {"suspend", CardAct::suspend},
                                                         {"resume", CardAct::resume},
                                                         {"revoke", CardAct::revoke},
                                                         {"reset", CardAct::reset}});

Parsed<ToldNumber::Confirmation> read_confirmation(const json::object& object) {
    Members in(object);
    ToldNumber::Confirmation out{.answer = in.text("answer", confirmation_bytes_max),
                                 .log_index = in.integer("index")};
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return out;
}

Parsed<ToldNumber> read_number(const json::value& value, const Reading& reading) {
    if (!value.is_object()) return bad("a number is not an object");
    Members in(value.get_object());
    const auto scheme = in.text("scheme", 40);
    const auto& fields = in.object("fields");
    const auto* confirmation = in.optional_object("confirmation");
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    auto out = read_told_number(scheme, fields, reading);
    if (!out || confirmation == nullptr) return out;
    auto confirmed = read_confirmation(*confirmation);
    if (!confirmed) return std::unexpected(confirmed.error());
    out->confirmation = std::move(*confirmed);
    return out;
}

// One number twice would be two links.
bool has_twice(const std::vector<ToldNumber>& numbers) {
    std::set<Bytes> seen;
    return !std::ranges::all_of(numbers,
                                [&seen](const auto& one) { return seen.insert(one.index).second; });
}

Parsed<CardTold> read_new_cards(const json::array& certificates, const wire::Directory& directory) {
    CardTold out{.act = CardAct::activate};
    std::set<CardUse> uses;
    for (const auto& value : certificates) {
        if (!value.is_string()) return bad("a certificate is not a text");
        const auto der = parse_base64url(std::string_view(value.get_string()));
        if (!der || der->size() > certificate_bytes_max) return bad("a certificate is not one");
        auto card = read_new_card(*der, directory);
        if (!card) return std::unexpected(card.error());
        if (!uses.insert(card->use).second) return bad("two certificates are of one use");
        card->status = CardStatus::active;
        out.cards.push_back(std::move(*card));
    }
    return out;
}

// One number in the place of another, which the same holder gave.
Parsed<void> complete_correction(const json::value* was, std::vector<ToldNumber>& numbers,
                                 const Reading& reading) {
    if (was == nullptr || numbers.size() != 1) return bad("one number corrects one");
    auto before = read_number(*was, reading);
    if (!before) return std::unexpected(before.error());
    const auto& of = numbers.front().identifier;
    if (!of.holder || before->identifier.holder != of.holder ||
        before->identifier.number.scheme != of.number.scheme) {
        return bad("a number is corrected by one of the same holder");
    }
    numbers.push_back(std::move(*before));
    return {};
}

// A number that was read, as its holder's.
ToldNumber number_of(wire::PersonNumber number, const Reading& reading) {
    const auto& scheme = *reading.schemes.find(number.scheme);
    ToldNumber out{.index = number_index(reading.vault, number), .identifier = {}};
    if (scheme.kind)
        out.identifier.holder = wire::ParticipantId::parse(scheme.giver(number)).value();
    out.identifier.number = std::move(number);
    return out;
}

}  // namespace

Parsed<ToldNumber> read_told_number(std::string_view scheme_name, const json::object& fields,
                                    const Reading& reading) {
    const auto* scheme = reading.schemes.find(scheme_name);
    if (scheme == nullptr) return bad("unknown number scheme");
    auto number = wire::read_number(*scheme, fields);
    if (!number) return bad("a number does not fit its scheme");
    if (scheme->kind) {
        const auto* holder = reading.directory.find(scheme->giver(*number));
        if (holder == nullptr || holder->kind != *scheme->kind) return bad("an unknown holder");
    }
    return number_of(std::move(*number), reading);
}

Parsed<NewCard> read_new_card(ByteView der, const wire::Directory& directory) {
    const auto certificate = crypto::Certificate::from_der(der);
    if (!certificate) return bad("a certificate cannot be read");
    const auto& authorities = directory.card_authorities;
    const auto authority = std::ranges::find_if(
        authorities,
        [&certificate](const crypto::Certificate& by) { return certificate->issued_by(by); });
    if (authority == authorities.end()) {
        return bad("a certificate is of no card authority of the directory");
    }
    return NewCard{
        .certificate = certificate->thumbprint(),
        .status = CardStatus::revoked,
        .use = certificate->is_for_signing() ? CardUse::signing : CardUse::authentication,
        .key = certificate->public_key(),
        .not_after = certificate->not_after(),
        .authority = authority->thumbprint(),
        .serial = certificate->serial()};
}

Parsed<LinkTold> read_link(const Parameters& parameters, std::string_view payload,
                           const wire::PersonNumber& own, const Reading& reading) {
    const auto act = read_act(parameters, link_acts);
    if (!act) return std::unexpected(act.error());
    const auto object = open_object(payload);
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    LinkTold out{.act = *act, .numbers = {}};
    for (const auto* list : {"numbers", "given"}) {
        if (!in.has(list)) continue;
        for (const auto& value : in.array(list, numbers_max)) {
            auto number = read_number(value, reading);
            if (!number) return std::unexpected(number.error());
            out.numbers.push_back(std::move(*number));
        }
    }
    const auto* was = *act == LinkAct::correct ? in.any("was") : nullptr;
    if (const auto given = in.optional_text("health_care_number", 80)) {
        auto number = read_told_number("health-care-number", {{"number", *given}}, reading);
        if (!number) return std::unexpected(number.error());
        out.numbers.push_back(std::move(*number));
    }
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (out.numbers.empty()) return bad("no number was told");
    if (*act == LinkAct::correct) {
        if (auto ok = complete_correction(was, out.numbers, reading); !ok) {
            return std::unexpected(ok.error());
        }
    }
    if (*act == LinkAct::first) out.numbers.push_back(number_of(own, reading));
    if (has_twice(out.numbers)) return bad("a number was told twice");
    return out;
}

Parsed<CardTold> read_card(const Parameters& parameters, std::string_view payload,
                           const wire::Directory& directory) {
    const auto act = read_act(parameters, card_acts);
    if (!act) return std::unexpected(act.error());
    const auto object = open_object(payload);
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    Parsed<CardTold> out = CardTold{.act = *act};
    if (*act == CardAct::activate) {
        out = read_new_cards(in.array("certificates", certificates_max), directory);
        if (!out) return out;
    } else {
        out->certificates = in.hashes("certificates", certificates_max);
    }
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (out->cards.empty() && out->certificates.empty()) return bad("no certificate was told");
    return out;
}

Parsed<AnswerTold> read_answer_told(const Parameters& parameters) {
    const auto index = parameters.find("index");
    const auto order = parameters.find("order");
    if (parameters.size() != 2 || index == parameters.end() || order == parameters.end()) {
        return bad("the parameters are index and order, and only those");
    }
    AnswerTold out;
    const auto& text = index->second;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), out.log_index);
    if (error != std::errc() || end != text.data() + text.size() || out.log_index < 0) {
        return bad("an index is no number");
    }
    const auto bytes = parse_base64url(order->second);
    const auto entry = bytes ? to_hash(*bytes) : bad("");
    if (!entry) return bad("an order is named by its entry's 32 bytes");
    out.entry = *entry;
    return out;
}

Parsed<std::vector<NewCard>> read_asked_cards(std::string_view payload,
                                              const wire::Directory& directory) {
    const auto object = open_object(payload);
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    std::vector<NewCard> out;
    for (const auto& value : in.array("certificates", certificates_max)) {
        const auto der = value.is_string() ? parse_base64url(std::string_view(value.get_string()))
                                           : bad("a certificate is not a text");
        if (!der || der->size() > certificate_bytes_max) return bad("a certificate is not one");
        auto card = read_new_card(*der, directory);
        if (!card) return std::unexpected(card.error());
        out.push_back(std::move(*card));
    }
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (out.empty()) return bad("no certificate was asked about");
    return out;
}

// ---- may it be? ----

namespace {

// It knows the person under this number, and now.
bool is_same(const json::object& data) {
    const auto* verdict = data.if_contains("verdict");
    const auto* current = data.if_contains("current");
    return verdict != nullptr && *verdict == json::value("same") && current != nullptr &&
           *current == json::value(true);
}

// Nobody was born on two days: confirmations of one tell are of one person's orders.
bool is_one_birth(const LinkFacts& facts) {
    std::optional<Date> first;
    for (const auto& logged : facts.asked) {
        if (!logged) continue;
        const auto& born = logged->record.birth_date;
        if (!born || (first && *first != *born)) return false;
        first = born;
    }
    return true;
}

// The number that the order asked for is this one, and the holder has no more of it; or it is what
// the holder's answer has completed it to.
bool is_about(const wire::PersonNumber& number, const wire::Scheme& scheme,
              const wire::ParticipantId& holder, std::string_view asked,
              const json::object& answer) {
    const auto* found = scheme.left_out.empty() ? nullptr : answer.if_contains(scheme.left_out);
    if (found == nullptr) return asked == wire::number_for_holder(number, scheme, holder);
    const auto sent = wire::read_number_for_holder(asked, scheme, holder);
    if (!sent || !found->is_string()) return false;
    return wire::complete_number(*sent, scheme, std::string_view(found->get_string())) == number;
}

// What the holder signed is its answer to an order of this very caller about this very number, and
// the order stands in the relay's own log.
bool is_confirmed(const ToldNumber& told, const std::optional<LoggedOrder>& logged,
                  const wire::Participant& holder, const LinkFacts& facts) {
    if (!told.confirmation || !logged) return false;
    const auto order = wire::parse_order(as_bytes(logged->record.content));
    const auto head = order ? wire::parse_head(order->head) : bad("");
    if (!head) throw Failure("a recorded order does not have its form");
    const auto& number = told.identifier.number;
    const auto& scheme = *facts.schemes.find(number.scheme);
    if (head->head.issuer != facts.caller.id || order->holder != holder.id ||
        head->head.service.text() != confirming_service ||
        order->time < facts.issued_at - confirmation_s_max) {
        return false;
    }
    const auto answer = wire::verify_answer(told.confirmation->answer,
                                            {.from = holder,
                                             .order = logged->entry,
                                             .service = head->head.service,
                                             .now = facts.issued_at + wire::tell_lifetime_s},
                                            head->head.seal_to.thumbprint());
    return answer && is_same(*answer->data) &&
           is_about(number, scheme, holder.id, logged->record.number, *answer->data);
}

std::optional<Code> judge_number(const LinkTold& told, std::size_t which, const LinkFacts& facts) {
    const auto& one = told.numbers[which];
    const auto& holder = one.identifier.holder;
    const auto& scheme = *facts.schemes.find(one.identifier.number.scheme);
    const bool own = holder && *holder == facts.caller.id;
    const bool given = scheme.given_by && *scheme.given_by == facts.caller.kind;
    const bool starts = told.act == LinkAct::first || told.act == LinkAct::start;
    if (own || (given && (starts || told.act == LinkAct::end))) {
        return one.confirmation ? std::optional(Code::malformed) : std::nullopt;
    }
    // Somebody else's, which only the one who makes persons known may bring.
    const bool makes_known = facts.schemes.find(facts.own.scheme)->given_by == facts.caller.kind;
    const bool ends = told.act == LinkAct::end;
    if (!makes_known || !holder || scheme.given_by || (!starts && !ends)) {
        return Code::not_allowed;
    }
    // What an insurer has declined was never the child's (decision 41). The link stays the
    // person's, as a former one: nothing is lost by it, and the holder starts its own again.
    if (ends) return one.confirmation ? std::optional(Code::malformed) : std::nullopt;
    return is_confirmed(one, facts.asked[which], *facts.directory.find(*holder), facts)
               ? std::nullopt
               : std::optional(Code::link_unconfirmed);
}

}  // namespace

std::optional<Code> judge_link(const LinkTold& told, const LinkFacts& facts) {
    const auto& own = *facts.schemes.find(facts.own.scheme);
    if (told.act == LinkAct::first && own.given_by != facts.caller.kind) return Code::not_allowed;
    for (std::size_t i = 0; i < told.numbers.size(); ++i) {
        if (const auto code = judge_number(told, i, facts)) return code;
    }
    return is_one_birth(facts) ? std::nullopt : std::optional(Code::link_unconfirmed);
}

std::optional<Code> judge_cards(const CardTold& told, UnixTime issued_at) {
    const bool over = std::ranges::any_of(
        told.cards, [issued_at](const NewCard& card) { return card.not_after <= issued_at; });
    return over ? std::optional(Code::card_expired) : std::nullopt;
}

std::optional<Named> read_named(const Parameters& parameters) {
    const auto index = parameters.find("index");
    const auto order = parameters.find("order");
    if (index == parameters.end() || order == parameters.end()) return std::nullopt;
    const auto read = read_answer_told({{"index", index->second}, {"order", order->second}});
    if (!read) return std::nullopt;
    return Named{.log_index = read->log_index, .entry = read->entry};
}

std::optional<Code> judge_named(const Named& named, const NamedFacts& facts) {
    const auto& asked = facts.asked;
    if (!asked || asked->entry != named.entry) return Code::link_unconfirmed;
    const auto order = wire::parse_order(as_bytes(asked->record.content));
    const auto head = order ? wire::parse_head(order->head) : bad("");
    if (!head) throw Failure("a recorded order does not have its form");
    const bool is_of_person = std::ranges::any_of(facts.numbers, [&](const Identifier& one) {
        return one.current && one.holder == order->holder &&
               asked->record.number ==
                   wire::number_for_holder(one.number, *facts.schemes.find(one.number.scheme),
                                           order->holder);
    });
    const bool fits = head->head.issuer == facts.caller.id &&
                      head->head.service.text() == confirming_service && is_of_person &&
                      order->time >= facts.issued_at - confirmation_s_max;
    return fits ? std::nullopt : std::optional(Code::link_unconfirmed);
}

std::expected<AnswerTold, Code> judge_answer_told(AnswerTold told, const AnswerFacts& facts) {
    const auto unknown = std::unexpected(Code::answer_unknown);
    const auto& asked = facts.asked;
    if (!asked || !asked->answered || asked->entry != told.entry) return unknown;
    const auto& holder = facts.caller.id;
    const auto order = wire::parse_order(as_bytes(asked->record.content));
    auto head = order ? wire::parse_head(order->head) : bad("");
    if (!head) throw Failure("a recorded order does not have its form");
    if (order->holder != holder || order->time < facts.issued_at - answer_age_s_max ||
        wire::act_of(head->head.service) != wire::Act::ask) {
        return unknown;
    }
    const auto& number = asked->record.number;
    if (number != wire::number_for_holder(facts.own, facts.scheme, holder)) {
        // A family's number, which the holder has completed then: the person's list says so.
        const auto sent = wire::read_number_for_holder(number, facts.scheme, holder);
        told.named = sent && facts.named && !facts.scheme.left_out.empty() &&
                     wire::complete_number(*sent, facts.scheme,
                                           facts.own.field(facts.scheme.left_out)) == facts.own;
        if (!told.named) return unknown;
    }
    told.requester = std::move(head->head.issuer);
    told.service = std::move(head->head.service);
    return told;
}

// ---- what it comes to ----

namespace {

// What the store has of one number.
struct Standing {
    const KnownNumber* own = nullptr;  // the person's row
    bool anothers = false;
};
Standing standing_of(const std::vector<KnownNumber>& rows, PersonRow person) {
    Standing out;
    for (const auto& row : rows) {
        if (row.linked && row.person == person) out.own = &row;
        out.anothers = out.anothers || (row.linked && row.person != person);
    }
    return out;
}

// The wrong number leads nowhere afterwards, and may be linked to whose it is.
std::expected<LinkPlan, Code> plan_correction(PersonRow person,
                                              const std::vector<std::vector<KnownNumber>>& known) {
    const auto is = standing_of(known.at(0), person);
    const auto was = standing_of(known.at(1), person);
    LinkPlan plan;
    if (is.own == nullptr && is.anothers) return std::unexpected(Code::link_taken);
    if (was.own == nullptr) {
        // The same once more changes nothing.
        if (is.own == nullptr) return std::unexpected(Code::no_link);
        return plan;
    }
    for (const auto& row : known.at(0)) {
        if (!row.linked) plan.join.push_back(row.person);
    }
    if (is.own == nullptr) {
        plan.replace = *was.own;
        return plan;
    }
    plan.remove = *was.own;
    if (was.own->current && !is.own->current) {
        plan.set.push_back({.which = 0, .row = *is.own, .current = true});
    }
    return plan;
}

}  // namespace

std::expected<LinkPlan, Code> plan_link(const LinkTold& told, std::optional<PersonRow> person,
                                        const std::vector<std::vector<KnownNumber>>& known) {
    if (!person && told.act != LinkAct::first) return std::unexpected(Code::no_link);
    if (told.act == LinkAct::correct) return plan_correction(*person, known);
    LinkPlan plan;
    for (std::size_t i = 0; i < known.size(); ++i) {
        const KnownNumber* own = nullptr;
        bool anothers = false;
        for (const auto& row : known[i]) {
            if (!row.linked) {
                plan.join.push_back(row.person);
            } else if (row.person == person) {
                own = &row;
            } else {
                anothers = true;
            }
        }
        const bool current = told.act != LinkAct::end;
        if (own == nullptr && !current) return std::unexpected(Code::no_link);
        if (own == nullptr && anothers) return std::unexpected(Code::link_taken);
        // A holder that starts what is current says nothing new; that somebody is back the issuer
        // says, with that holder's word.
        const bool again_newest = own != nullptr && told.act == LinkAct::start &&
                                  (!own->current || told.numbers[i].confirmation);
        if (own == nullptr) {
            plan.add.push_back(i);
        } else if (again_newest) {
            plan.renew.push_back({.which = i, .row = *own, .current = true});
        } else if (own->current != current) {
            plan.set.push_back({.which = i, .row = *own, .current = current});
        }
    }
    // The same once more changes nothing; with anything else it is not this person's first link.
    const bool again = told.act == LinkAct::first && person;
    if (again && (!plan.add.empty() || !plan.set.empty())) {
        return std::unexpected(Code::link_taken);
    }
    return plan;
}

namespace {

std::expected<CardPlan, Code> plan_new_cards(const CardTold& told, PersonRow person,
                                             const std::vector<std::optional<KnownCard>>& told_of,
                                             const std::vector<KnownCard>& of_person) {
    CardPlan plan;
    for (std::size_t i = 0; i < told.cards.size(); ++i) {
        if (const auto& known = told_of[i]) {
            if (known->card.person != person || known->card.status == CardStatus::suspended) {
                return std::unexpected(Code::card_taken);
            }
            if (known->card.status == CardStatus::revoked) {
                return std::unexpected(Code::card_revoked);
            }
            continue;
        }
        plan.add.push_back(i);
        for (const auto& before : of_person) {
            const bool replaced =
                before.card.use == told.cards[i].use && before.card.status != CardStatus::revoked;
            if (replaced) plan.set.emplace_back(before, CardStatus::revoked);
        }
    }
    return plan;
}

CardStatus status_after(CardAct act) {
    switch (act) {
        case CardAct::activate:
        case CardAct::resume:
        case CardAct::reset:
            return CardStatus::active;
        case CardAct::suspend:
            return CardStatus::suspended;
        case CardAct::revoke:
            return CardStatus::revoked;
    }
    return CardStatus::revoked;
}

// Of cards that files of first take-on brought: two of one use, of which one was suspended.
bool leaves_two_active(const CardPlan& plan, const std::vector<KnownCard>& of_person) {
    std::map<CardUse, int> active;
    for (const auto& one : of_person) {
        const auto set = std::ranges::find_if(
            plan.set, [&one](const auto& changed) { return changed.first.index == one.index; });
        const auto status = set == plan.set.end() ? one.card.status : set->second;
        if (status == CardStatus::active && ++active[one.card.use] > 1) return true;
    }
    return false;
}

}  // namespace

std::expected<CardPlan, Code> plan_cards(const CardTold& told, PersonRow person,
                                         const std::vector<std::optional<KnownCard>>& told_of,
                                         const std::vector<KnownCard>& of_person) {
    if (told.act == CardAct::activate) return plan_new_cards(told, person, told_of, of_person);
    const auto after = status_after(told.act);
    CardPlan plan;
    for (const auto& known : told_of) {
        if (!known || known->card.person != person) return std::unexpected(Code::card_unknown);
        if (known->card.status == after) continue;
        // For good: neither can it be taken back.
        if (known->card.status == CardStatus::revoked) return std::unexpected(Code::card_revoked);
        if (told.act == CardAct::reset) return std::unexpected(Code::card_taken);
        plan.set.emplace_back(*known, after);
    }
    if (told.act == CardAct::resume && leaves_two_active(plan, of_person)) {
        return std::unexpected(Code::card_taken);
    }
    return plan;
}

}  // namespace mado::relay
