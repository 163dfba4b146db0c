// Every state that a newborn's case and the world around it can reach: parents, municipality,
// insurers, relay and authority. As case_states_slow_test.cpp, with a world of its own; some orders
// at a time, the others doing all at once.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "birth.hpp"
#include "test_states.hpp"

namespace mado::issuer {
namespace {

constexpr UnixTime now = 0;
constexpr std::size_t filings_at_most = 2;

wire::PersonNumber named(std::string name) {
    return {.scheme = std::move(name), .fields = {}};
}

Parent parent(int place) {
    Parent out{.person = std::to_string(place),
               .issuing = std::to_string(place),
               .attributes = {},
               .linked = {}};
    for (const auto role : {Role::resident, Role::medical}) {
        Claim claim;
        claim.role = role;
        claim.number = named(std::string(to_text(role)) + std::to_string(place));
        out.linked.push_back(std::move(claim));
    }
    return out;
}

wire::PersonNumber insurer_of(int place) {
    return named("medical" + std::to_string(place));
}

enum class AtInsurer { nothing, waiting, accepted, declined };
enum class AtRelay { nothing, current, former };
enum class AtAuthority { nothing, refused, good, taken_back };

struct Request {
    std::vector<int> claims;  // of a link
    std::optional<Happening> result;
};

struct World {
    std::map<OrderName, Request> requests;
    std::set<int> signed_by;  // parents
    bool notified = false;
    std::vector<AtInsurer> filed = std::vector<AtInsurer>(filings_at_most, AtInsurer::nothing);
    std::set<int> confirmed;  // claims
    bool is_person = false;   // at the relay
    std::vector<AtRelay> links = std::vector<AtRelay>(filings_at_most + 1, AtRelay::nothing);
    AtAuthority authority = AtAuthority::nothing;
    bool active = false;
    std::set<int> told;
};

struct State {
    Case one;
    World world;
};

void add_case(std::string& out, const Case& one) {
    const auto add = [&out](int value) { out.push_back(static_cast<char>('0' + value)); };
    add(int{one.person.has_value()} + 2 * int{!one.numbers.issuing.empty()});
    add(static_cast<int>(one.parents.size()));
    for (const auto& claim : one.claims)
        add(static_cast<int>(claim.finding));
    for (const auto* orders : {&one.open, &one.lapsed, &one.done}) {
        out.push_back('/');
        for (const auto& order : *orders) {
            add(static_cast<int>(order.kind));
            add(order.item);
        }
    }
    out.push_back('/');
    for (const auto& [order, code] : one.refused) {
        add(static_cast<int>(order.kind));
        add(order.item);
    }
    out.push_back('/');
    add(int{one.notice.is_there()});
    for (const auto& filing : one.filings) {
        add(filing.parent);
        add(int{filing.application.is_there()});
        add(filing.claim.value_or(-1));
        add(static_cast<int>(filing.state));
        add(int{!filing.reason.empty()});
    }
    out.push_back('/');
    for (const auto claim : one.first_linked)
        add(claim);
    out.push_back('/');
    for (const int value :
         {static_cast<int>(one.keys.size()), static_cast<int>(one.certificates.size()),
          int{one.written}, int{one.handed_over}, int{one.cancelled.has_value()}})
        add(value);
}

// Two states of one text are one state.
std::string text_of(const State& state) {
    std::string out;
    add_case(out, state.one);
    const auto add = [&out](int value) { out.push_back(static_cast<char>('0' + value)); };
    const auto& world = state.world;
    for (const auto& [order, request] : world.requests) {
        out.push_back('|');
        add(static_cast<int>(order.kind));
        add(order.item);
        for (const auto claim : request.claims)
            add(claim);
        add(request.result ? 1 + static_cast<int>(request.result->index()) : 0);
    }
    for (const auto* some : {&world.signed_by, &world.confirmed, &world.told}) {
        out.push_back('|');
        for (const auto one : *some)
            add(one);
    }
    out.push_back('|');
    for (const auto one : world.filed)
        add(static_cast<int>(one));
    for (const auto one : world.links)
        add(static_cast<int>(one));
    add(static_cast<int>(world.authority));
    add(int{world.notified} + 2 * int{world.is_person} + 4 * int{world.active});
    return out;
}

// One state for all that do the same from here on: that an order lapsed is asked of few of them
// (`is_in_doubt`, `lapsed` in the case), and a request that was carried out is its answer alone.
State as_one(State state) {
    std::erase_if(state.one.lapsed, [](OrderName order) {
        return order.kind != OrderKind::link && order.kind != OrderKind::start_link &&
               order.kind != OrderKind::certify && order.kind != OrderKind::activate;
    });
    for (auto& [order, request] : state.world.requests) {
        if (request.result) request.claims.clear();
    }
    return state;
}

// As in case_states_slow_test.cpp: done when it is answered, or its answer is lost. What an insurer
// decides between the two it can decide after them. Links look at each other.
bool is_one_step(OrderKind kind) {
    switch (kind) {
        case OrderKind::link:
        case OrderKind::start_link:
        case OrderKind::end_link:
        case OrderKind::activate:
            return false;
        case OrderKind::confirm:
        case OrderKind::certify:
        case OrderKind::collect:
        case OrderKind::tell:
        case OrderKind::take_back:
        case OrderKind::trace:
        case OrderKind::drop:
        case OrderKind::notify:
        case OrderKind::file:
        case OrderKind::ask_decision:
        case OrderKind::stop:  // no order of a birth, as those below
        case OrderKind::suspend:
        case OrderKind::resume:
        case OrderKind::end_old:
        case OrderKind::resume_card:
        case OrderKind::revoke_card:
        case OrderKind::reset:
        case OrderKind::end_number:
            return true;
    }
    return false;
}

class Explorer {
  public:
    // Whose insurer is to take the child in, and whether a card is wanted.
    Explorer(int filing_parent, bool card, std::size_t filings) : card_(card), filings_(filings) {
        opened_.numbers.issuing = "9";
        opened_.kind = Kind::birth;
        opened_.parent = parent(0);
        applied_.newborn = NewbornForm{.relation = "長女",
                                       .card = card,
                                       .parent = filing_parent,
                                       .insurer = insurer_of(filing_parent)};
        keys_.keys.emplace(Use::authentication, "key");
    }
    // All but these are done, and answered, at once.
    void explore(std::set<OrderKind> kinds) {
        explored_ = std::move(kinds);
        reached_.explore({}, [this](const State& state) {
            met_.clear();
            check(state);
            go_on(state);
            if (seen) seen(state, met_);
        });
        EXPECT_EQ(reached_.without_end(), std::nullopt) << "no way to an end";
        std::printf("%zu states, %zu moves, %zu ends\n", reached_.size(), reached_.moves(),
                    reached_.ends());
        EXPECT_GT(reached_.size(), 100U);
        EXPECT_GT(reached_.ends(), 5U);
    }

    // Nothing is left out: for comparing.
    void whole() { whole_ = true; }
    // Each state, and what comes next.
    std::function<void(const State& from, const std::vector<State>& to)> seen;
    [[nodiscard]] std::size_t size() const { return reached_.size(); }

  private:
    void meet(const State& state) {
        if (seen) met_.push_back(state);
        reached_.meet(whole_ ? state : as_one(state));
    }

    void happen(const State& state, const Happening& what) {
        const auto next = after(state.one, what, now, "sato");
        if (!next || *next == state.one) return;
        State out{.one = *next, .world = state.world};
        if (const auto* by = std::get_if<Signed>(&what)) out.world.signed_by.insert(by->parent);
        meet(out);
    }

    void go_on(const State& state) {
        for (const auto& what : todo(state.one))
            send(state, what);
        for (const auto& [order, request] : state.world.requests) {
            request.result ? deliver(state, order, *request.result) : execute(state, order);
            lapse(state, order);
        }
        people(state);
        insurers(state);
    }

    void send(const State& state, const Todo& what) {
        if (!what.order || state.one.open.contains(*what.order)) return;
        const auto next = after(state.one, Sent{*what.order}, now);
        ASSERT_EQ(next.has_value(), what.refused.empty()) << text_of(state);
        if (!next) return;
        State out{.one = *next, .world = state.world};
        Request request;
        for (int claim = 0; claim < static_cast<int>(state.one.claims.size()); ++claim) {
            if (what.order->kind == OrderKind::link && is_in_first_link(state.one, claim)) {
                request.claims.push_back(claim);
            }
        }
        out.world.requests.emplace(*what.order, request);
        if (explored_.contains(what.order->kind)) return meet(out);
        const auto result = carried_out(out, *what.order);
        ASSERT_TRUE(result) << to_text(what.order->kind) << " " << text_of(state);
        deliver(out, *what.order, *result);
    }

    void deliver(const State& state, OrderName order, const Happening& result) {
        const auto next = after(state.one, result, now);
        ASSERT_TRUE(next) << to_text(order.kind) << " " << to_text(next.error()) << "\n"
                          << text_of(state);
        State out{.one = *next, .world = state.world};
        out.world.requests.erase(order);
        meet(out);
    }

    void lapse(const State& state, OrderName order) {
        const auto next = after(state.one, Lapsed{order}, now);
        ASSERT_TRUE(next) << to_text(order.kind);
        State out{.one = *next, .world = state.world};
        out.world.requests.erase(order);
        meet(out);
    }

    // Done in the world, or refused, whether or not its answer comes back.
    void executed(State state, OrderName order, const Happening& result) {
        if (!whole_ && is_one_step(order.kind)) {
            deliver(state, order, result);
            return lapse(state, order);
        }
        state.world.requests.at(order).result = result;
        meet(state);
    }

    void execute(const State& state, OrderName order) {
        executed(state, order, Refused{order, "refused"});
        if (order.kind == OrderKind::confirm) {
            executed(state, order, WritesOtherwise{order.item, "{}"});
            executed(state, order, NotHere{order.item});
        }
        if (order.kind == OrderKind::certify) {  // the authority decides later
            State out = state;
            if (out.world.authority != AtAuthority::good) {
                out.world.authority = AtAuthority::refused;
            }
            executed(out, order, Done{order});
        }
        State out = state;
        if (const auto result = carried_out(out, order)) executed(out, order, *result);
    }

    static Filing& filing_of_claim(State& state, int claim) {
        auto& filings = state.one.filings;
        return *std::ranges::find(filings, std::optional(claim), &Filing::claim);
    }

    // What comes of it when it is done; none: it can only be refused.
    std::optional<Happening> carried_out(State& state, OrderName order) {
        auto& world = state.world;
        const auto at = static_cast<std::size_t>(order.item);
        switch (order.kind) {
            case OrderKind::notify:
                world.notified = true;
                return Given{.order = order, .number = named("child")};
            case OrderKind::file:
                if (world.filed.at(at) == AtInsurer::nothing) {
                    world.filed[at] = AtInsurer::waiting;
                }
                return Given{.order = order, .number = named("f" + std::to_string(at))};
            case OrderKind::ask_decision:
                return decided(world.filed.at(at), order.item);
            case OrderKind::confirm:
                return confirmed(state, order.item);
            case OrderKind::link:
                return linked(world, order);
            case OrderKind::start_link:
                if (!world.is_person || !world.confirmed.contains(order.item)) return std::nullopt;
                world.links.at(at) = AtRelay::current;
                return Done{order};
            case OrderKind::end_link:
                if (world.links.at(at) == AtRelay::current) world.links[at] = AtRelay::former;
                return Done{order};
            case OrderKind::tell:
                if (world.links.at(at) == AtRelay::nothing) return std::nullopt;
                world.told.insert(order.item);
                return Done{order};
            case OrderKind::certify:
            case OrderKind::collect:
            case OrderKind::activate:
            case OrderKind::take_back:
            case OrderKind::stop:
            case OrderKind::suspend:
            case OrderKind::resume_card:
            case OrderKind::resume:
            case OrderKind::revoke_card:
            case OrderKind::end_old:
            case OrderKind::reset:
            case OrderKind::trace:
            case OrderKind::drop:
            case OrderKind::end_number:
                return of_the_card(world, order);
        }
        return std::nullopt;
    }

    static std::optional<Happening> of_the_card(World& world, OrderName order) {
        if (order.kind == OrderKind::certify) {
            world.authority = AtAuthority::good;
            return Done{order};
        }
        if (order.kind == OrderKind::collect) {
            if (world.authority != AtAuthority::good) return NotIssued{Use::authentication, ""};
            return Certified{Use::authentication, "certificate"};
        }
        if (order.kind == OrderKind::activate) {
            if (!world.is_person) return std::nullopt;
            world.active = true;
            return Done{order};
        }
        EXPECT_EQ(order.kind, OrderKind::take_back) << "of a card that nobody has had";
        world.authority = AtAuthority::taken_back;
        return Done{order};
    }

    static Happening decided(AtInsurer there, int filing) {
        EXPECT_NE(there, AtInsurer::nothing);
        if (there == AtInsurer::accepted) return Accepted{filing};
        if (there == AtInsurer::declined) return Declined{.filing = filing, .reason = "no"};
        return Undecided{filing};
    }

    std::optional<Happening> confirmed(State& state, int claim) {
        if (claim > 0) {
            const auto filing =
                static_cast<std::size_t>(&filing_of_claim(state, claim) - state.one.filings.data());
            if (state.world.filed.at(filing) == AtInsurer::declined) return NotHere{claim};
        }
        state.world.confirmed.insert(claim);
        return Confirmed{claim, "answer", 1, true};
    }

    // The relay's plan_link: a first link that is there already has nothing besides.
    static std::optional<Happening> linked(World& world, OrderName order) {
        const auto& claims = world.requests.at(order).claims;
        for (const auto claim : claims) {
            auto& link = world.links.at(static_cast<std::size_t>(claim));
            if (world.is_person && link != AtRelay::current) return std::nullopt;
            if (!world.confirmed.contains(claim)) return std::nullopt;
            link = AtRelay::current;
        }
        world.is_person = true;
        return Done{order};
    }

    void insurers(const State& state) {
        for (std::size_t i = 0; i < filings_at_most; ++i) {
            if (state.world.filed[i] != AtInsurer::waiting) continue;
            for (const auto decision : {AtInsurer::accepted, AtInsurer::declined}) {
                State out = state;
                out.world.filed[i] = decision;
                meet(out);
            }
        }
    }

    void people(const State& state) {
        const auto& one = state.one;
        happen(state, opened_);
        happen(state, applied_);
        const bool is_over = !one.filings.empty() && one.filings.back().state != FilingState::open;
        if (is_over || (applied_.newborn->parent == 1 && !one.person)) {
            happen(state, ParentNamed{parent(1)});
        }
        for (const int by : {0, 1}) {
            for (const int covers : {1, 2, 3}) {
                happen(state, Signed{.parent = by,
                                     .mandate = "m" + std::to_string(++signatures_),
                                     .notice = (covers & 1) != 0 ? "notice" : "",
                                     .filing = (covers & 2) != 0 ? "filing" : "",
                                     .evidence = {}});
            }
        }
        if (one.filings.size() < filings_) {
            happen(state, FiledElsewhere{.parent = 1, .insurer = insurer_of(1)});
        }
        const bool looks = explored_.contains(OrderKind::confirm);
        for (int claim = 0; claim < static_cast<int>(one.claims.size()); ++claim) {
            const auto& known = one.claims[static_cast<std::size_t>(claim)];
            if (looks || known.finding == Finding::not_here) happen(state, TakenOut{claim});
            if (!looks) continue;
            happen(state, Decided{claim, true, "signed"});
            happen(state, Decided{claim, false, "signed"});
            happen(state, Corrected{claim, known.role, known.number});
        }
        for (const auto& [order, code] : one.refused) {
            happen(state, TryAgain{order});
            happen(state, Waived{order});
        }
        for (int filing = 0; filing < static_cast<int>(one.filings.size()); ++filing) {
            happen(state, TryAgain{{OrderKind::ask_decision, filing}});
            happen(state, Waived{{OrderKind::ask_decision, filing}});
        }
        happen(state, keys_);
        happen(state, Written{});
        happen(state, HandedOver{});
        happen(state, Cancelled{"withdrawn"});
    }

    void check(const State& state) {
        const auto& [one, world] = state;
        for (const auto& [order, request] : world.requests) {
            if (order.kind == OrderKind::notify) {
                EXPECT_TRUE(world.signed_by.contains(0)) << "unsigned: " << text_of(state);
            }
            if (order.kind == OrderKind::file) {
                const auto by = one.filings.at(static_cast<std::size_t>(order.item)).parent;
                EXPECT_TRUE(world.signed_by.contains(by)) << "unsigned: " << text_of(state);
            }
        }
        EXPECT_TRUE(!world.notified || world.signed_by.contains(0)) << text_of(state);
        for (int claim = 0; claim < static_cast<int>(world.links.size()); ++claim) {
            EXPECT_TRUE(world.links[static_cast<std::size_t>(claim)] == AtRelay::nothing ||
                        world.confirmed.contains(claim))
                << "a link that nobody has confirmed: " << text_of(state);
        }
        if (world.active) {
            EXPECT_TRUE(one.handed_over) << "active before delivery: " << text_of(state);
        }
        if (has_ended(one)) check_end(state);
    }

    void check_end(const State& state) {
        const auto& [one, world] = state;
        reached_.end();
        for (std::size_t i = 0; i < one.filings.size(); ++i) {
            const auto& filing = one.filings[i];
            // A clerk who closes one has heard of it elsewhere.
            const bool is_closed = filing.state == FilingState::closed && filing.reason.empty();
            if (!filing.claim || is_closed || world.filed[i] != AtInsurer::declined) continue;
            EXPECT_NE(world.links.at(static_cast<std::size_t>(*filing.claim)), AtRelay::current)
                << "a number that was declined is theirs: " << text_of(state);
        }
        if (one.cancelled) {
            EXPECT_FALSE(world.active) << text_of(state);
            EXPECT_NE(world.authority, AtAuthority::good) << text_of(state);
            return;
        }
        EXPECT_TRUE(world.notified) << text_of(state);
        EXPECT_EQ(world.links[0], AtRelay::current) << text_of(state);
        EXPECT_TRUE(one.handed_over) << text_of(state);
        EXPECT_EQ(world.active, card_) << text_of(state);
        const auto& last = one.filings.back();
        EXPECT_NE(last.state, FilingState::open) << text_of(state);
        if (last.state != FilingState::accepted || !last.claim) return;
        const auto claim = *last.claim;
        EXPECT_EQ(world.links.at(static_cast<std::size_t>(claim)), AtRelay::current)
            << text_of(state);
        EXPECT_TRUE(world.told.contains(claim) || one.has_done({OrderKind::tell, claim}))
            << text_of(state);
    }

    bool card_ = false;
    std::size_t filings_;
    Opened opened_;
    Applied applied_;
    KeysMade keys_;
    std::set<OrderKind> explored_;
    States<State> reached_;
    bool whole_ = false;
    std::vector<State> met_;  // from the state that is looked at
    int signatures_ = 0;
};

void explore(int parent, bool card, std::set<OrderKind> kinds,
             std::size_t filings = filings_at_most) {
    Explorer(parent, card, filings).explore(std::move(kinds));
}

TEST(BirthStates, TheNotice) {
    explore(0, false, {OrderKind::notify});
}

TEST(BirthStates, TheFiling) {
    explore(0, false, {OrderKind::file});
}

TEST(BirthStates, TheDecision) {
    explore(0, false, {OrderKind::ask_decision});
}

TEST(BirthStates, TheOtherParentsInsurer) {
    explore(1, false, {OrderKind::file});
}

TEST(BirthStates, TheFirstLink) {
    explore(0, false, {OrderKind::link});
}

TEST(BirthStates, TheLinksAfterIt) {
    explore(0, false, {OrderKind::start_link, OrderKind::end_link});
}

TEST(BirthStates, TheCard) {
    explore(0, true, {OrderKind::certify, OrderKind::collect, OrderKind::activate});
}

TEST(BirthStates, WhatIsTold) {
    explore(0, true, {OrderKind::tell, OrderKind::take_back});
}

// Of one filing: with a second one the findings of three numbers multiply.
TEST(BirthStates, TheConfirmation) {
    explore(0, false, {OrderKind::confirm}, 1);
}

TEST(BirthStates, EveryLink) {
    explore(0, false, {OrderKind::link, OrderKind::start_link, OrderKind::end_link});
}

TEST(BirthStates, TheFilingAndItsDecision) {
    explore(0, false, {OrderKind::file, OrderKind::ask_decision});
}

// As in case_states_slow_test.cpp.
void expect_same(const std::set<OrderKind>& kinds) {
    Explorer less(0, false, 1), all(0, false, 1);
    std::set<std::string> reached, left;
    std::map<std::string, std::set<std::string>> next_of;
    less.seen = [&](const State& from, const std::vector<State>&) {
        reached.insert(text_of(from));
    };
    less.explore(kinds);
    all.whole();
    all.seen = [&](const State& from, const std::vector<State>& to) {
        const auto text = text_of(as_one(from));
        std::set<std::string> next{has_ended(from.one) ? "end" : ""};
        for (const auto& each : to)
            next.insert(text_of(as_one(each)));
        next.erase(text);  // it has not moved
        const auto [known, is_new] = next_of.emplace(text, next);
        EXPECT_TRUE(is_new || known->second == next) << "two states that are not one: " << text;
        const bool is_between = std::ranges::any_of(from.world.requests, [](const auto& one) {
            return one.second.result && is_one_step(one.first.kind);
        });
        if (!is_between) left.insert(text);
    };
    all.explore(kinds);
    EXPECT_EQ(reached, left);
    EXPECT_LT(less.size(), all.size());
}

TEST(BirthStatesLeftOut, OfANotice) {
    expect_same({OrderKind::notify, OrderKind::tell});
}

TEST(BirthStatesLeftOut, OfAFiling) {
    expect_same({OrderKind::file, OrderKind::ask_decision});
}

TEST(BirthStatesLeftOut, OfTheLinks) {
    expect_same({OrderKind::start_link, OrderKind::end_link});
}

}  // namespace
}  // namespace mado::issuer
