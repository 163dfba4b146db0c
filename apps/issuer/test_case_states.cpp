#include "test_case_states.hpp"

#include <algorithm>

namespace mado::issuer {
namespace {

class Text {
  public:
    void add(int value) { out_.push_back(static_cast<char>('0' + value)); }
    void add(OrderName order) {
        add(static_cast<int>(order.kind));
        add(order.item);
    }
    void next() { out_.push_back('/'); }
    std::string take() { return std::move(out_); }

  private:
    std::string out_;
};

void add_keys(Text& out, const Case& one) {
    out.add(version_of(one.keys) + 1);
    for (const auto& dropped : one.dropped) {
        out.add(static_cast<int>(dropped.use));
        out.add(int{dropped.ended} + 2 * int{dropped.certificate.empty()});
    }
    out.next();
    for (const auto order : one.stale)
        out.add(order);
    out.next();
}

// A decision that the relay does not know is made anew.
constexpr std::string_view unjudged = "mandate_unknown";

void add_case(Text& out, const Case& one) {
    out.add(int{one.person.has_value()} + 2 * int{!one.numbers.issuing.empty()} +
            4 * int{one.agreed.has_value()});
    for (const auto& claim : one.claims) {
        out.add(version_of(claim));
        out.add(static_cast<int>(claim.finding));
        out.add(int{!claim.writing.empty()} + 2 * int{claim.decision.has_value()});
    }
    for (const auto* orders : {&one.open, &one.lapsed, &one.done}) {
        out.next();
        for (const auto order : *orders)
            out.add(order);
    }
    out.next();
    for (const auto& [order, code] : one.refused) {
        out.add(order);
        out.add(int{code == unjudged});
    }
    out.next();
    for (const bool value :
         {one.written, one.handed_over, one.cancelled.has_value(), one.found, one.given_up,
          one.overtaken, one.approved.has_value(), one.pin_set, one.signing, one.requested,
          !one.card_writing.empty(), one.card_agreed, one.said.has_value(), one.ask_from > 0})
        out.add(int{value});
    for (const auto place : one.not_active)
        out.add(place);
    out.next();
    for (const auto& [use, certificate] : one.certificates)
        out.add(static_cast<int>(use));
    out.next();
    add_keys(out, one);
}

// What was answered, as far as the case goes by it.
int detail_of(const Happening& result) {
    const auto* not_issued = std::get_if<NotIssued>(&result);
    const auto* traced = std::get_if<Traced>(&result);
    const auto* refused = std::get_if<Refused>(&result);
    return int{not_issued != nullptr && !not_issued->code.empty()} +
           int{traced != nullptr && !traced->certificate.empty()} +
           int{refused != nullptr && refused->code == "card_unknown"} +
           2 * int{refused != nullptr && refused->code == unjudged};
}

void add_requests(Text& out, const CaseWorld& world) {
    for (const auto& [order, request] : world.requests) {
        out.next();
        out.add(order);
        for (const auto version : request.numbers)
            out.add(version + 1);
        out.add(request.keys + 1);
        out.add(int{request.tells_number});
        out.add(request.result ? 1 + static_cast<int>(request.result->index()) : 0);
        out.add(request.result ? detail_of(*request.result) : 0);
        out.add(static_cast<int>(request.at_sending));
    }
    out.next();
}

void add_world(Text& out, const CaseWorld& world) {
    for (const auto& [claim, version] : world.confirmed) {
        out.add(claim);
        out.add(version);
    }
    out.next();
    for (const auto version : world.linked.value_or(std::vector<int>{}))
        out.add(version + 1);
    for (const auto& [of, what] : world.authority) {
        out.add(static_cast<int>(of.first));
        out.add(of.second);
        out.add(static_cast<int>(what));
    }
    out.add(world.active ? 2 + world.active_keys : 0);
    for (const auto* some : {&world.told, &world.told_number, &world.stopped}) {
        out.next();
        for (const auto each : *some)
            out.add(each);
    }
    for (const auto* where : {&world.at_relay, &world.at_authority}) {
        out.next();
        for (const auto what : *where)
            out.add(static_cast<int>(what));
    }
    for (const bool value : {world.gone, world.reset_recorded, world.second_clerk, world.delivered,
                             world.new_number, world.former_ended})
        out.add(int{value});
    out.add(static_cast<int>(world.activation));
}

// Which of them is in doubt the case asks (`is_in_doubt`, `lapsed` in case.cpp and todo.cpp).
bool is_doubt_asked(OrderKind kind) {
    return kind == OrderKind::link || kind == OrderKind::certify || kind == OrderKind::activate ||
           kind == OrderKind::revoke_card || kind == OrderKind::end_old;
}

// What has become of the first orders of a stop is asked until the card is found or given up, and
// of its resumption until it is given up.
void forget_stop(Case& one) {
    one.lapsed.clear();
    std::set<OrderKind> unread;
    if (one.found) unread = {OrderKind::stop, OrderKind::suspend};
    if (one.given_up || one.overtaken) {
        unread = {OrderKind::stop, OrderKind::suspend, OrderKind::resume_card, OrderKind::resume};
    }
    if (one.overtaken) unread.insert(OrderKind::revoke_card);
    std::erase_if(one.done, [&](OrderName order) { return unread.contains(order.kind); });
    std::erase_if(one.refused, [&](const auto& each) { return unread.contains(each.first.kind); });
}

void forget_unread(CaseState& state) {
    if (state.one.kind == Kind::stop) forget_stop(state.one);
    std::erase_if(state.one.lapsed, [](OrderName order) { return !is_doubt_asked(order.kind); });
    for (auto& [order, request] : state.world.requests) {
        const auto claim = static_cast<std::size_t>(order.item);
        for (std::size_t i = 0; i < request.numbers.size(); ++i) {
            const bool is_read =
                order.kind == OrderKind::link || (order.kind == OrderKind::confirm && i == claim);
            if (!is_read || request.result) request.numbers[i] = -1;
        }
        const bool is_of_keys = order.kind == OrderKind::certify ||
                                order.kind == OrderKind::collect ||
                                order.kind == OrderKind::activate;
        if (!is_of_keys || request.result) request.keys = -1;
    }
}

void rename_number(CaseState& state, std::size_t claim) {
    const auto other = [](int version) { return version < 0 ? version : 1 - version; };
    auto& known = state.one.claims[claim];
    known.number = number_of_version(other(version_of(known)));
    std::set<std::pair<int, int>> confirmed;
    for (const auto& [of, version] : state.world.confirmed) {
        const bool is_it = of == static_cast<int>(claim);
        confirmed.emplace(of, is_it ? other(version) : version);
    }
    state.world.confirmed = std::move(confirmed);
    if (state.world.linked) state.world.linked->at(claim) = other(state.world.linked->at(claim));
    for (auto& [order, request] : state.world.requests) {
        if (claim < request.numbers.size()) {
            request.numbers[claim] = other(request.numbers[claim]);
        }
    }
}

// The certificates' places, or uses, in orders about one of them.
OrderName exchanged(OrderName order, Alike alike) {
    const auto is_of_use = order.kind == OrderKind::certify || order.kind == OrderKind::collect ||
                           order.kind == OrderKind::take_back;
    const auto is_of_place = order.kind == OrderKind::stop || order.kind == OrderKind::suspend ||
                             order.kind == OrderKind::resume_card ||
                             order.kind == OrderKind::resume || order.kind == OrderKind::end_old;
    const bool is_it = alike == Alike::uses ? is_of_use : is_of_place;
    return {order.kind, is_it ? 1 - order.item : order.item};
}

Use exchanged(Use use) {
    return use == Use::signing ? Use::authentication : Use::signing;
}

template <class Map>
Map exchanged_keys(Map orders, Alike alike) {
    Map out;
    for (auto& [order, what] : orders)
        out.emplace(exchanged(order, alike), std::move(what));
    return out;
}

std::set<OrderName> exchanged(const std::set<OrderName>& orders, Alike alike) {
    std::set<OrderName> out;
    for (const auto order : orders)
        out.insert(exchanged(order, alike));
    return out;
}

std::set<int> exchanged(const std::set<int>& places) {
    std::set<int> out;
    for (const auto place : places)
        out.insert(1 - place);
    return out;
}

Happening exchanged(Happening result, Alike alike) {
    const auto of_order = [alike](auto* one) {
        if (one != nullptr) one->order = exchanged(one->order, alike);
    };
    of_order(std::get_if<Done>(&result));
    of_order(std::get_if<Refused>(&result));
    if (alike == Alike::uses) {
        if (auto* one = std::get_if<Certified>(&result)) one->use = exchanged(one->use);
        if (auto* one = std::get_if<NotIssued>(&result)) one->use = exchanged(one->use);
    }
    return result;
}

CaseState exchanged(CaseState state, Alike alike) {
    auto& [one, world] = state;
    for (auto* orders : {&one.open, &one.lapsed, &one.done, &one.stale})
        *orders = exchanged(*orders, alike);
    one.refused = exchanged_keys(std::move(one.refused), alike);
    world.requests = exchanged_keys(std::move(world.requests), alike);
    for (auto& [order, request] : world.requests) {
        if (request.result) request.result = exchanged(std::move(*request.result), alike);
    }
    if (alike == Alike::uses) {
        std::map<Use, std::string> certificates;
        for (auto& [use, certificate] : one.certificates)
            certificates.emplace(exchanged(use), std::move(certificate));
        one.certificates = std::move(certificates);
        std::map<std::pair<Use, int>, AtAuthority> authority;
        for (const auto& [of, what] : world.authority)
            authority.emplace(std::pair(exchanged(of.first), of.second), what);
        world.authority = std::move(authority);
    } else {
        std::ranges::reverse(world.at_relay);
        std::ranges::reverse(world.at_authority);
        one.not_active = exchanged(one.not_active);
        world.stopped = exchanged(world.stopped);
    }
    return state;
}

}  // namespace

wire::PersonNumber number_of_version(int version) {
    return {.scheme = version == 0 ? "first" : "second", .fields = {}};
}

int version_of(const Claim& claim) {
    return claim.number.scheme == "first" ? 0 : 1;
}

std::string key_of_version(int version) {
    return std::to_string(version);
}

int version_of(const std::map<Use, std::string>& keys) {
    return keys.empty() ? -1 : keys.begin()->second == key_of_version(0) ? 0 : 1;
}

std::string text_of(const CaseState& state) {
    Text out;
    add_case(out, state.one);
    add_requests(out, state.world);
    add_world(out, state.world);
    return out.take();
}

CaseState as_one(const CaseState& state, Alike alike) {
    CaseState out = state;
    forget_unread(out);
    const bool has_names = !out.one.linked.empty();  // the first is the one that the relay has
    for (std::size_t i = 0; !has_names && i < out.one.claims.size(); ++i) {
        if (version_of(out.one.claims[i]) != 0) rename_number(out, i);
    }
    if (alike == Alike::nothing) return out;
    auto other = exchanged(out, alike);
    return text_of(other) < text_of(out) ? other : out;
}

}  // namespace mado::issuer
