#include "client/held.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "client/ask_relay.hpp"
#include "wire/services/certificates.hpp"

namespace mado::client {
namespace {

// Who has more has been linked sixteen numbers at a time for a lifetime.
constexpr std::size_t held_max = 4'000;

constexpr std::string_view from_certificates = "certificates";

std::optional<std::uint64_t> index_of(Members& in) {
    const auto index = in.optional_integer("index");
    return index ? std::optional(static_cast<std::uint64_t>(*index)) : std::nullopt;
}

Parsed<HeldNumber> read_one_number(const json::value& value) {
    if (!value.is_object()) return bad("a number that is held is not an object");
    Members in(value.get_object());
    auto number = read_number({{"scheme", in.text("scheme", 40)}, {"fields", in.object("fields")}});
    HeldNumber out{.number = {},
                   .holder = in.optional_text("holder", 64).value_or(""),
                   .current = in.boolean("current"),
                   .index = index_of(in)};
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (!number) return std::unexpected(number.error());
    out.number = std::move(*number);
    return out;
}

Parsed<HeldCard> read_one_card(const json::value& value) {
    if (!value.is_object()) return bad("a card that is held is not an object");
    Members in(value.get_object());
    HeldCard out;
    out.certificate = in.hash("certificate");
    const auto use = in.text("use", 20);
    out.state = in.text("state", 20);
    out.not_after = in.integer("not_after");
    out.index = index_of(in);
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    out.signing = use == "signing";
    const bool known_state =
        out.state == "active" || out.state == "suspended" || out.state == "revoked";
    if ((!out.signing && use != "authentication") || !known_state) {
        return bad("a card that is held has no use or state");
    }
    return out;
}

// ---- what follows from the entries ----

struct NumberNow {
    std::optional<bool> current;  // none: not said by the entries that are there
    bool replaced = false;        // by a correction: it is no number of the person
    std::set<std::uint64_t> indexes;
};
struct CardNow {
    std::string state;
    std::uint64_t index = 0;  // of the entry that said it
    std::optional<crypto::Certificate> certificate;
    std::set<std::uint64_t> indexes;
};
struct Activation {
    std::uint64_t index = 0;
    std::set<Hash> certificates;
};
struct Replay {
    std::map<Number, NumberNow> numbers;
    std::map<Hash, CardNow> cards;
    std::map<bool, Activation> newest;     // of each use: signing or not
    bool made_here = false;                // the list has the person's first links
    std::set<std::uint64_t> not_readable;  // entries whose content is gone
};

// As the relay's plan_link has it (apps/relay/changes.cpp).
void replay_correction(const ToldLink& told, std::uint64_t index, Replay& out) {
    const auto before = out.numbers.find(*told.was);
    const bool was_known = before != out.numbers.end() && !before->second.replaced;
    const auto was_current = was_known ? before->second.current : std::optional<bool>();
    auto& is = out.numbers[told.numbers.front()];
    const bool is_known = !is.indexes.empty() && !is.replaced;
    if (!is_known) {
        is.current = was_current;
    } else if (was_current != false && is.current == false) {
        is.current = was_known ? std::optional(true) : std::nullopt;
    }
    is.replaced = false;
    is.indexes.insert(index);
    auto& was = out.numbers[*told.was];
    was.replaced = true;
    was.indexes.insert(index);
}

void replay_link(const ToldLink& told, std::uint64_t index, Replay& out) {
    if (told.act == "first") out.made_here = true;
    if (told.was) return replay_correction(told, index, out);
    for (const auto& number : told.numbers) {
        auto& now = out.numbers[number];
        now.current = told.act != "end";
        now.replaced = false;
        now.indexes.insert(index);
    }
}

void replay_card(const ToldCard& told, std::uint64_t index, Replay& out) {
    if (told.act == "reset") return;
    const auto* state = told.act == "suspend"  ? "suspended"
                        : told.act == "revoke" ? "revoked"
                                               : "active";
    for (const auto& certificate : told.certificates) {
        auto& now = out.cards[certificate];
        now.state = state;
        now.index = index;
        now.indexes.insert(index);
    }
    for (const auto& certificate : told.added) {
        out.cards[certificate.thumbprint()].certificate = certificate;
        auto& newest = out.newest[certificate.is_for_signing()];
        if (newest.index != index) newest = {.index = index, .certificates = {}};
        newest.certificates.insert(certificate.thumbprint());
    }
}

// Of the entries below `size`, which are what the relay had then.
Replay replay(const PersonEntries& entries, std::uint64_t size) {
    Replay out;
    for (const auto& entry : entries.entries) {
        if (entry.series != 0 || entry.index >= size) continue;
        if (entry.erased || hides_what_was_told(entry)) out.not_readable.insert(entry.index);
        if (!entry.told) continue;
        if (const auto* link = std::get_if<ToldLink>(&*entry.told)) {
            replay_link(*link, entry.index, out);
        } else {
            replay_card(std::get<ToldCard>(*entry.told), entry.index, out);
        }
    }
    return out;
}

// A card that came later has revoked it.
std::string state_now(const Hash& certificate, const CardNow& now, bool signing,
                      const Replay& replayed) {
    const auto newest = replayed.newest.find(signing);
    const bool replaced = newest != replayed.newest.end() && newest->second.index > now.index &&
                          !newest->second.certificates.contains(certificate);
    return replaced ? "revoked" : now.state;
}

// Where something comes from of which no entry says it.
enum class Origin { taken_on, erased, unknown };
Origin origin_of(const std::optional<std::uint64_t>& index, const Replay& replayed) {
    if (!index) return replayed.made_here ? Origin::unknown : Origin::taken_on;
    return replayed.not_readable.contains(*index) ? Origin::erased : Origin::unknown;
}

void compare_number(const HeldNumber& held, const Replay& replayed, HeldCheck& out) {
    using enum Difference::Kind;
    const auto add = [&](Difference::Kind kind) {
        out.differences.push_back({kind, to_text(held.number), held.index});
    };
    const auto found = replayed.numbers.find(held.number);
    if (found == replayed.numbers.end()) {
        const auto origin = origin_of(held.index, replayed);
        if (origin == Origin::taken_on) out.taken_on.numbers.push_back(held);
        if (origin == Origin::erased) out.erased.numbers.push_back(held);
        if (origin == Origin::unknown) add(number_unknown);
        return;
    }
    const auto& now = found->second;
    const bool from_entry = held.index && now.indexes.contains(*held.index);
    if (now.replaced || (!from_entry && origin_of(held.index, replayed) == Origin::unknown)) {
        add(number_unknown);
    } else if (now.current && *now.current != held.current) {
        add(number_differs);
    }
}

void compare_card(const HeldCard& held, const Replay& replayed, HeldCheck& out) {
    using enum Difference::Kind;
    const auto add = [&](Difference::Kind kind) {
        out.differences.push_back({kind, base64url(held.certificate), held.index});
    };
    const auto found = replayed.cards.find(held.certificate);
    const auto origin = origin_of(held.index, replayed);
    if (found == replayed.cards.end()) {
        // Nothing is said of it but that one of its use came later, if one did.
        const bool replaced = replayed.newest.contains(held.signing);
        if (origin == Origin::unknown) return add(card_unknown);
        if (replaced && held.state != "revoked") return add(card_differs);
        auto& unproven = origin == Origin::taken_on ? out.taken_on : out.erased;
        unproven.cards.push_back(held);
        return;
    }
    const auto& now = found->second;
    const bool from_entry = held.index && now.indexes.contains(*held.index);
    if (!from_entry && origin == Origin::unknown) return add(card_unknown);
    const bool other_use = now.certificate && now.certificate->is_for_signing() != held.signing;
    if (other_use || state_now(held.certificate, now, held.signing, replayed) != held.state) {
        add(card_differs);
    }
}

void compare_numbers(const HeldNumbers& held, const Replay& replayed, HeldCheck& out) {
    std::set<Number> seen;
    for (const auto& one : held.numbers) {
        compare_number(one, replayed, out);
        seen.insert(one.number);
    }
    for (const auto& [number, now] : replayed.numbers) {
        if (now.replaced || seen.contains(number)) continue;
        out.differences.push_back(
            {Difference::Kind::number_missing, to_text(number), *now.indexes.rbegin()});
    }
    out.numbers = held.numbers.size();
}

void compare_cards(const HeldCards& held, const Replay& replayed, const Hash& in_use,
                   HeldCheck& out) {
    std::set<Hash> seen;
    for (const auto& one : held.cards) {
        compare_card(one, replayed, out);
        seen.insert(one.certificate);
    }
    for (const auto& [certificate, now] : replayed.cards) {
        if (seen.contains(certificate)) continue;
        out.differences.push_back(
            {Difference::Kind::card_missing, base64url(certificate), now.index});
    }
    // The relay has just taken a log-in of it.
    if (!seen.contains(in_use) && !replayed.cards.contains(in_use)) {
        out.differences.push_back({Difference::Kind::card_missing, base64url(in_use), {}});
    }
    out.cards = held.cards.size();
}

// ---- the authority ----

bool is_order_of(const PersonEntry& entry, const Issued::Order& order,
                 const wire::ParticipantId& authority) {
    if (entry.erased) return true;
    if (!entry.order || entry.order->holder != authority) return false;
    const auto& service = entry.head->service.text();
    const auto act = entry.head->parameters.find("act");
    return (service == "certificate" || service == "certificate-status") &&
           act != entry.head->parameters.end() && act->second == order.act;
}

bool is_to_authority(const PersonEntry& entry, const Issued& issued) {
    if (!entry.order || entry.order->holder != issued.authority) return false;
    const auto& service = entry.head->service.text();
    return (service == "certificate" || service == "certificate-status") &&
           entry.outcome == wire::to_text(wire::Outcome::answered) && entry.index < issued.below;
}

// Both the relay and the authority say that it was there before the log: no entry could be.
bool is_taken_on(const Issued::Order& order, const Issued& issued, const Held& held,
                 const HeldCheck& found) {
    if (order.outcome != "issued" || !order.act.starts_with("issue-")) return false;
    const auto made =
        std::ranges::find(issued.certificates, order.serial, &Issued::Certificate::serial);
    if (made == issued.certificates.end()) return false;
    const auto& hash = made->certificate.thumbprint();
    const auto card = std::ranges::find(held.cards.cards, hash, &HeldCard::certificate);
    const bool said = std::ranges::any_of(found.differences, [&hash](const Difference& one) {
        return one.kind == Difference::Kind::card_unknown && one.what == base64url(hash);
    });
    return card != held.cards.cards.end() && !card->index && !said;
}

void compare_orders(const PersonEntries& entries, const Issued& issued, const Held& held,
                    HeldCheck& out) {
    std::map<Hash, const PersonEntry*> listed;
    for (const auto& entry : entries.entries)
        listed.emplace(entry.order_entry, &entry);
    std::set<Hash> known;
    std::set<std::string> made;
    for (const auto& order : issued.orders) {
        const auto found = listed.find(order.entry);
        const bool fits = found == listed.end()
                              ? is_taken_on(order, issued, held, out)
                              : is_order_of(*found->second, order, issued.authority);
        // One order makes one certificate.
        if (!known.insert(order.entry).second || !fits) {
            out.differences.push_back({Difference::Kind::order_unknown, order.act, {}});
            continue;
        }
        if (found == listed.end()) out.taken_on.orders.push_back(order);
        if (order.outcome == "issued") made.insert(order.serial);
    }
    for (const auto& [certificate, serial] : issued.certificates) {
        if (made.contains(serial)) continue;
        out.differences.push_back(
            {Difference::Kind::certificate_unknown, base64url(certificate.thumbprint()), {}});
    }
    for (const auto& entry : entries.entries) {
        if (!is_to_authority(entry, issued) || known.contains(entry.order_entry)) continue;
        out.differences.push_back(
            {Difference::Kind::order_missing,
             entry.head->service.text() + " " + entry.head->parameters.find("act")->second,
             entry.index});
    }
    out.certificates += issued.certificates.size();
}

// An authority shows all that its key has signed for the person, or nothing of it.
void compare_registered(const Replay& replayed, const Issued& issued,
                        const wire::Directory& directory, HeldCheck& out) {
    for (const auto& by : directory.card_authorities) {
        const auto signed_it = [&by](const Issued::Certificate& one) {
            return one.certificate.issued_by(by);
        };
        if (std::ranges::none_of(issued.certificates, signed_it)) continue;
        for (const auto& [hash, card] : replayed.cards) {
            const bool shown =
                std::ranges::any_of(issued.certificates, [&hash](const Issued::Certificate& one) {
                    return one.certificate.thumbprint() == hash;
                });
            if (!shown && card.certificate && card.certificate->issued_by(by)) {
                out.differences.push_back(
                    {Difference::Kind::certificate_hidden, base64url(hash), card.index});
            }
        }
    }
}

Parsed<Issued::Certificate> read_certificate(const json::value& value) {
    if (!value.is_object()) return bad("a certificate is not an object");
    Members in(value.get_object());
    auto serial = in.text("serial", 80);
    in.text("use", 20);
    in.integer("not_before");
    in.integer("not_after");
    in.text("status", 20);
    in.integer("since");
    in.optional_text("reason", 1'000);
    const auto der = in.base64url_bytes("certificate", wire::certificate_text_bytes_max);
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    auto certificate = crypto::Certificate::from_der(der);
    if (!certificate) return std::unexpected(certificate.error());
    return Issued::Certificate{.certificate = std::move(*certificate), .serial = std::move(serial)};
}

Parsed<Issued::Order> read_order(const json::value& value) {
    if (!value.is_object()) return bad("an order is not an object");
    Members in(value.get_object());
    Issued::Order out{.entry = in.hash("order"),
                      .act = in.text("act", 64),
                      .outcome = in.text("outcome", 20),
                      .serial = in.optional_text("serial", 80).value_or(""),
                      .received = in.integer("received")};
    in.optional_text("refusal", 1'000);
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return out;
}

Problem unread(const Bad& why) {
    return {wire::Code::answer_invalid, why.why, {}, {}, /*found_here=*/true};
}

}  // namespace

std::string_view to_text(Difference::Kind kind) {
    using enum Difference::Kind;
    switch (kind) {
        case not_shown:
            return "not_shown";
        case number_unknown:
            return "number_unknown";
        case number_missing:
            return "number_missing";
        case number_differs:
            return "number_differs";
        case card_unknown:
            return "card_unknown";
        case card_missing:
            return "card_missing";
        case card_differs:
            return "card_differs";
        case order_unknown:
            return "order_unknown";
        case order_missing:
            return "order_missing";
        case certificate_unknown:
            return "certificate_unknown";
        case certificate_hidden:
            return "certificate_hidden";
    }
    return "not_shown";
}

Parsed<HeldNumbers> read_held_numbers(const json::object& data) {
    Members in(data);
    HeldNumbers out{.size = static_cast<std::uint64_t>(in.integer("size")), .numbers = {}};
    std::set<Number> seen;
    for (const auto& value : in.array("numbers", held_max)) {
        auto one = read_one_number(value);
        if (!one) return std::unexpected(one.error());
        if (!seen.insert(one->number).second) return bad("a number is held twice");
        out.numbers.push_back(std::move(*one));
    }
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return out;
}

Parsed<HeldCards> read_held_cards(const json::object& data) {
    Members in(data);
    HeldCards out{.size = static_cast<std::uint64_t>(in.integer("size")), .cards = {}};
    std::set<Hash> seen;
    for (const auto& value : in.array("cards", held_max)) {
        auto one = read_one_card(value);
        if (!one) return std::unexpected(one.error());
        if (!seen.insert(one->certificate).second) return bad("a card is held twice");
        out.cards.push_back(std::move(*one));
    }
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return out;
}

Parsed<Issued> read_issued(const Answered& answered) {
    Members in(*answered.answer.data);
    Issued out{.authority = answered.order->holder,
               .below = answered.receipt->index,
               .certificates = {},
               .orders = {}};
    for (const auto& value : in.array("certificates", wire::certificates_max)) {
        auto one = read_certificate(value);
        if (!one) return std::unexpected(one.error());
        out.certificates.push_back(std::move(*one));
    }
    for (const auto& value : in.array("orders", wire::certificate_orders_max)) {
        auto one = read_order(value);
        if (!one) return std::unexpected(one.error());
        out.orders.push_back(std::move(*one));
    }
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return out;
}

HeldCheck compare_held(const PersonEntries& entries, const Held& held,
                       const wire::Directory& directory, const crypto::Certificate& card) {
    HeldCheck out;
    for (const auto& entry : entries.entries) {
        if (!hides_what_was_told(entry)) continue;
        out.differences.push_back(
            {Difference::Kind::not_shown, entry.head->service.text(), entry.index});
    }
    const auto of_numbers = replay(entries, held.numbers.size);
    const auto of_cards = replay(entries, held.cards.size);
    compare_numbers(held.numbers, of_numbers, out);
    compare_cards(held.cards, of_cards, card.thumbprint(), out);
    for (const auto& issued : held.issued) {
        compare_orders(entries, issued, held, out);
        compare_registered(of_cards, issued, directory, out);
    }
    return out;
}

Task<HeldAnswers> fetch_held(const wire::Directory& directory, const Identity& identity,
                             std::string login_mandate, std::vector<wire::CodeId> authorities) {
    HeldAnswers out;
    const auto& relay = directory.relay().id;
    auto records = co_await fetch_own(directory, identity,
                                      {.service = *wire::ServiceId::parse(from_certificates),
                                       .kinds = std::move(authorities),
                                       .parameters = {},
                                       .login_mandate = login_mandate});
    for (auto& record : records) {
        if (!record.answer) {
            out.problems.emplace_back(relay, std::move(record.answer.error()));
            continue;
        }
        auto issued = read_issued(*record.answer);
        if (issued) {
            out.issued.push_back(std::move(*issued));
        } else {
            out.problems.emplace_back(record.answer->order->holder, unread(issued.error()));
        }
    }
    auto numbers_question = own_view("numbers", login_mandate);
    const auto numbers = co_await ask_relay(directory, identity, std::move(numbers_question));
    auto cards_question = own_view("cards", login_mandate);
    const auto cards = co_await ask_relay(directory, identity, std::move(cards_question));
    if (!numbers) {
        out.problems.emplace_back(relay, numbers.error());
    } else if (auto read = read_held_numbers(*numbers->answer.data)) {
        out.numbers = std::move(*read);
    } else {
        out.problems.emplace_back(relay, unread(read.error()));
    }
    if (!cards) {
        out.problems.emplace_back(relay, cards.error());
    } else if (auto read = read_held_cards(*cards->answer.data)) {
        out.cards = std::move(*read);
    } else {
        out.problems.emplace_back(relay, unread(read.error()));
    }
    co_return out;
}

namespace {

// An authority that knows nobody has issued nothing, where nothing says that it has: whoever goes
// on with a card of another authority.
bool may_have_issued(const PersonEntries& entries, const HeldCheck& found) {
    return !found.taken_on.cards.empty() || !found.erased.cards.empty() ||
           std::ranges::any_of(entries.entries, [](const PersonEntry& entry) {
               return entry.head && entry.head->service.text() == "certificate";
           });
}

}  // namespace

HeldCheck check_held(HeldAnswers answers, const PersonEntries& entries,
                     const wire::Directory& directory, const crypto::Certificate& card) {
    // What is held is read with the log's newest batch; the list ends with the newest one that is
    // anchored, a moment later. One that does not come is a relay's that says another size.
    const auto reached = entries.checkpoint.size;
    HeldCheck out;
    if (answers.numbers && answers.cards && answers.numbers->size <= reached &&
        answers.cards->size <= reached) {
        out = compare_held(entries,
                           {.numbers = std::move(*answers.numbers),
                            .cards = std::move(*answers.cards),
                            .issued = std::move(answers.issued)},
                           directory, card);
        if (!may_have_issued(entries, out)) {
            std::erase_if(answers.problems,
                          [](const auto& one) { return one.second.code == wire::Code::no_match; });
        }
    } else if (answers.numbers && answers.cards) {
        answers.problems.emplace_back(directory.relay().id,
                                      Problem{wire::Code::not_ready, "", {}, {}, false});
    }
    out.problems = std::move(answers.problems);
    return out;
}

}  // namespace mado::client
