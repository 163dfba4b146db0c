// Every state that a case and the world around it can reach: each order is done, refused, lost on
// the way there or back, done twice, or lapses, and people do anything at any time. A crash is an
// order whose answer does not come before the next try: what is durable is the case.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <functional>

#include "test_case_states.hpp"
#include "test_states.hpp"

namespace mado::issuer {
namespace {

constexpr UnixTime now = 0;

Claim claim_of(Role role) {
    Claim claim;
    claim.role = role;
    claim.number = number_of_version(0);
    return claim;
}

// What the relay does with the certificates before when it activates these.
using RelayActivates =
    std::function<void(CaseWorld&, const std::vector<Before>&, const std::map<Use, std::string>&)>;
// In the same transaction (`plan_new_cards` in apps/relay/changes.cpp); what it has it leaves.
void revoke_same_uses(CaseWorld& world, const std::vector<Before>& before,
                      const std::map<Use, std::string>& made) {
    for (std::size_t i = 0; i < before.size(); ++i) {
        const auto found = made.find(before[i].use);
        if (found == made.end() || found->second == before[i].certificate) continue;
        world.at_relay[i] = AtOthers::revoked;
    }
}

// What is searched.
struct Search {
    Kind kind = Kind::first;
    std::string reason = {};
    std::vector<Role> insurers = {};  // besides the resident register
    bool signing = false;             // a signing certificate, too
    bool moved = false;               // to another address than the one that is known
    std::vector<Use> before = {};     // certificates of the card that a known person has
    bool foreign = false;             // they are another authority's
    bool keeps = false;               // of which the one to log in with stays
    bool twice = false;               // the keys may be made a second time
    bool while_activated = false;  // the card that is stopped: nobody knows yet what becomes of it
    bool said = false;             // by the register, at any time: it has changed
    bool decided_before = false;   // by a clerk about the resident register, for the card before
    // These are always done, and answered, at once: what else there is is looked at beside them.
    std::set<OrderKind> steady = {};
    Alike alike = Alike::nothing;
    bool whole = false;  // nothing is left out: for comparing
    // What is wrong on purpose, and the search has to see it: with the case; with the relay; what
    // nobody can do.
    std::function<void(Case&)> fault = {};
    RelayActivates relay_activates = revoke_same_uses;
    std::function<bool(const Happening&)> never = {};
};

class Explorer {
  public:
    explicit Explorer(const Search& search) : search_(search) {
        opened_.numbers.issuing = "1";
        opened_.kind = search.kind;
        opened_.reason = search.reason;
        if (info(search.kind).is_known) {
            opened_.known = Attributes{};
            opened_.linked.push_back(claim_of(Role::resident));
            if (search.kind == Kind::number) opened_.linked.push_back(claim_of(Role::medical));
        }
        for (const auto use : search.before)
            opened_.before.push_back(
                {.use = use, .certificate = "before", .chip = "chip", .foreign = search.foreign});
        if (search.decided_before) opened_.agreed = Agreed{.writing = "{}", .decision = {1}};
        opened_.signing = search.signing;
        applied_.claims.push_back(claim_of(Role::resident));
        for (const auto role : search.insurers)
            applied_.claims.push_back(claim_of(role));
        applied_.signing = search.signing;
        if (search.moved) applied_.person.address = "elsewhere";
        if (info(search.kind).foreign) {
            requested_.certificates.emplace(Use::authentication,
                                            search.keeps ? "before" : "theirs");
            if (search.signing) requested_.certificates.emplace(Use::signing, "theirs");
            return;
        }
        if (search.kind != Kind::change) {
            keys_.keys.emplace(Use::authentication, key_of_version(0));
        }
        if (search.signing) keys_.keys.emplace(Use::signing, key_of_version(0));
    }
    void run() {
        CaseState begin;
        begin.world.at_relay.assign(opened_.before.size(), AtOthers::active);
        begin.world.at_authority = begin.world.at_relay;
        if (search_.while_activated) {
            std::ranges::fill(begin.world.at_relay, AtOthers::unknown);
            begin.world.activation = Activation::coming;
        }
        reached.explore(begin, [this](const CaseState& state) {
            met_.clear();
            check(state);
            go_on(state);
            if (seen) seen(state, met_);
        });
        if (const auto lost = reached.without_end()) wrong.emplace("no way to an end", *lost);
    }
    // An order whose doing nobody else sees, nor does it differ by what others do meanwhile, is
    // done when it is answered, or when its answer is lost: the one state is reached on either way.
    // Registers and the authority are told nothing by others, and what one has done for one number
    // or key no other order looks at before the case has heard of it; of what is wrong with it
    // nothing is seen between doing and answer that is not seen after the answer was lost.
    [[nodiscard]] bool is_one_step(OrderKind kind) const {
        if (search_.whole) return false;
        switch (kind) {
            case OrderKind::confirm:
            case OrderKind::certify:
            case OrderKind::collect:
            case OrderKind::tell:
            case OrderKind::take_back:
            case OrderKind::trace:
            case OrderKind::drop:
                return true;
            case OrderKind::suspend:
            case OrderKind::resume:
            case OrderKind::end_old:
            case OrderKind::resume_card:
            case OrderKind::revoke_card:
                return !search_.while_activated;  // the activation looks at both
            case OrderKind::link:
            case OrderKind::activate:
            case OrderKind::stop:
            case OrderKind::reset:
            case OrderKind::end_number:
            case OrderKind::notify:
            case OrderKind::file:
            case OrderKind::ask_decision:
            case OrderKind::start_link:
            case OrderKind::end_link:
                return false;
        }
        return false;
    }

    States<CaseState> reached;
    // What was not as it should be, and the first state of it.
    std::map<std::string, std::string> wrong;
    // Each state, and what comes next.
    std::function<void(const CaseState& from, const std::vector<CaseState>& to)> seen;

  private:
    void meet(const CaseState& state) {
        if (seen) met_.push_back(state);
        reached.meet(search_.whole ? state : as_one(state, search_.alike));
    }
    void expect(bool is_so, const char* otherwise, const CaseState& state) {
        if (!is_so) wrong.try_emplace(otherwise, text_of(state));
    }

    // It happens, when it may.
    void happen(const CaseState& state, const Happening& what, std::string_view clerk = "sato") {
        if (search_.never && search_.never(what)) return;
        const auto next = after(state.one, what, now, clerk);
        if (!next) return;
        CaseState out{.one = *next, .world = state.world};
        if (std::holds_alternative<HandedOver>(what)) out.world.delivered = true;
        if (*next == state.one && out.world.delivered == state.world.delivered) return;
        if (search_.fault) search_.fault(out.one);
        const bool opens_chip = std::holds_alternative<KeysMade>(what) ||
                                std::holds_alternative<Written>(what) ||
                                std::holds_alternative<PinSet>(what);
        expect(!opens_chip || !info(opened_.kind).four_eyes || state.world.second_clerk,
               "a chip is opened by one clerk alone", state);
        expect(!opens_chip || !is_who_they_were(state.one) || has_begun(state.one),
               "keys are made, and nobody has changed", state);
        if (std::holds_alternative<Approved>(what)) out.world.second_clerk = clerk != "sato";
        if (!out.one.approved) out.world.second_clerk = false;
        if (std::holds_alternative<Found>(what)) out.world.stopped.clear();
        if (const auto* corrected = std::get_if<Corrected>(&what)) {
            // The same number once more is the one that its holder has spoken of.
            const auto place = static_cast<std::size_t>(corrected->claim);
            const auto now_it = version_of(out.one.claims.at(place));
            std::erase_if(out.world.confirmed, [&](const auto& one) {
                return one.first == corrected->claim && one.second != now_it;
            });
        }
        meet(out);
    }

    void go_on(const CaseState& state) {
        for (const auto& what : todo(state.one))
            send(state, what);
        for (const auto& [order, request] : state.world.requests) {
            request.result ? deliver(state, order, *request.result) : execute(state, order);
            lapse(state, order);
        }
        people(state);
    }

    // What is durable before it leaves.
    void send(const CaseState& state, const Todo& what) {
        if (!what.order || state.one.open.contains(*what.order)) return;
        const auto next = after(state.one, Sent{*what.order}, now);
        ASSERT_EQ(next.has_value(), what.refused.empty());
        if (!next) return;
        check_sent(state, what.order->kind);
        CaseState out{.one = *next, .world = state.world};
        if (search_.steady.contains(what.order->kind)) return do_at_once(out, *what.order);
        WorldRequest request;
        for (const auto& claim : state.one.claims)
            request.numbers.push_back(claim.finding == Finding::not_applied ? -1
                                                                            : version_of(claim));
        if (what.order->kind != OrderKind::link && what.order->kind != OrderKind::confirm) {
            request.numbers.clear();  // it does not say them
        }
        request.keys = version_of(state.one.keys);
        request.at_sending = state.world.activation;
        if (what.order->kind == OrderKind::tell) {
            const auto& claim = state.one.claims.at(static_cast<std::size_t>(what.order->item));
            request.tells_number = told_of(state.one, claim) == Told::health_care_number;
        }
        out.world.requests.emplace(*what.order, request);
        meet(out);
    }

    void check_sent(const CaseState& state, OrderKind kind) {
        const auto& one = state.one;
        expect(kind != OrderKind::link || !info(opened_.kind).four_eyes || one.cancelled ||
                   state.world.second_clerk || one.is_in_doubt(link_order),
               "linked by one clerk alone", state);
        expect(kind != OrderKind::activate || opened_.kind != Kind::exchange ||
                   state.world.second_clerk || one.is_in_doubt(activate_order),
               "counts by one clerk alone", state);
        const bool ends = kind == OrderKind::revoke_card || kind == OrderKind::end_old;
        expect(!ends || !is_who_they_were(one) || has_begun(one),
               "a certificate ends, and nobody has changed", state);
    }

    // Of a change of insurers: what a certificate says of the person is as it was.
    [[nodiscard]] bool is_who_they_were(const Case& one) const {
        return opened_.kind == Kind::change && claims() > 1 && !search_.moved && one.person &&
               !one.said && version_of(one.claims.front()) == 0 &&
               one.claims.front().writing.empty();
    }
    // For somebody else, as the register or a clerk had it before.
    static bool has_begun(const Case& one) { return !one.keys.empty() || is_ending(one); }

    void do_at_once(CaseState state, OrderName order) {
        const bool done = done_before(state, order);
        const auto result = done ? Happening(Done{order}) : Happening(Refused{order, "refused"});
        const auto next = after(state.one, result, now);
        ASSERT_TRUE(next) << text_of(state);
        state.one = *next;
        meet(state);
    }

    // What the worker makes of it: the same once more, or what it means.
    static std::optional<Happening> read(const CaseState& state, OrderName order,
                                         const Happening& result) {
        const auto* refused = std::get_if<Refused>(&result);
        if (refused == nullptr || refused->code != "card_unknown") return result;
        return when_unknown(order, {{0, state.world.requests.at(order).at_sending}},
                            {{0, state.world.activation}});
    }

    void deliver(const CaseState& state, OrderName order, const Happening& came) {
        const auto meant = read(state, order, came);
        if (!meant) {
            CaseState again = state;
            auto& request = again.world.requests.at(order);
            request.result.reset();
            request.at_sending = state.world.activation;
            return meet(again);
        }
        const auto& result = *meant;
        const auto next = after(state.one, result, now);
        ASSERT_TRUE(next) << to_text(order.kind) << " " << to_text(next.error()) << "\n"
                          << text_of(state);
        CaseState out{.one = *next, .world = state.world};
        if (search_.fault) search_.fault(out.one);
        out.world.requests.erase(order);
        meet(out);
    }

    void lapse(const CaseState& state, OrderName order) {
        const auto next = after(state.one, Lapsed{order}, now);
        ASSERT_TRUE(next) << to_text(order.kind);
        CaseState out{.one = *next, .world = state.world};
        out.world.requests.erase(order);
        meet(out);
    }

    // Done in the world, whether or not its answer comes back.
    void executed(CaseState state, OrderName order, const Happening& result) {
        if (is_one_step(order.kind)) {
            deliver(state, order, result);
            return lapse(state, order);
        }
        state.world.requests.at(order).result = result;
        meet(state);
    }

    // About the card before: what is revoked stays so, and an authority says so later. False:
    // refused.
    static bool done_before(CaseState& state, OrderName order) {
        auto& world = state.world;
        const auto set = [&order](std::vector<AtOthers>& where, AtOthers to) {
            auto& one = where.at(static_cast<std::size_t>(order.item));
            if (one == AtOthers::revoked) return to == AtOthers::revoked;
            one = to;
            return true;
        };
        switch (order.kind) {
            case OrderKind::stop:
                if (!set(world.at_relay, AtOthers::suspended)) return false;
                if (state.one.found) {
                    world.stopped.erase(order.item);
                } else {
                    world.stopped.insert(order.item);
                }
                return true;
            case OrderKind::resume_card:
                return set(world.at_relay, AtOthers::active);
            case OrderKind::revoke_card:
                std::ranges::fill(world.at_relay, AtOthers::revoked);
                return true;
            case OrderKind::reset:
                world.reset_recorded = true;
                return true;
            case OrderKind::suspend:
                set(world.at_authority, AtOthers::suspended);
                return true;
            case OrderKind::resume:
                set(world.at_authority, AtOthers::active);
                return true;
            case OrderKind::end_old:
                set(world.at_authority, AtOthers::revoked);
                return true;
            case OrderKind::confirm:
            case OrderKind::link:
            case OrderKind::certify:
            case OrderKind::collect:
            case OrderKind::activate:
            case OrderKind::tell:
            case OrderKind::take_back:
            case OrderKind::trace:
            case OrderKind::drop:
            case OrderKind::end_number:
            case OrderKind::notify:
            case OrderKind::file:
            case OrderKind::ask_decision:
            case OrderKind::start_link:
            case OrderKind::end_link:
                break;
        }
        ADD_FAILURE() << "not about the card before: " << to_text(order.kind);
        return false;
    }

    // The case that has the card made: its order arrives, and it hears of it or is refused; and
    // once that is known, it may be tried again unless the card is stopped (`is_kept_stopped`).
    void activate(const CaseState& state) {
        const auto& world = state.world;
        const bool is_there = world.at_relay.front() != AtOthers::unknown;
        if (world.activation == Activation::coming) {
            CaseState out = state;
            if (!is_there && world.at_authority.front() != AtOthers::revoked) {
                out.world.at_relay.front() = AtOthers::active;
                meet(out);
                out = state;
            }
            out.world.activation = is_there ? Activation::done : Activation::none;
            meet(out);
        } else if (world.activation == Activation::none &&
                   (state.one.found || has_ended(state.one))) {
            CaseState out = state;
            out.world.activation = Activation::coming;
            meet(out);
        }
    }

    void execute_before(CaseState state, OrderName order) {
        const bool of_relay = order.kind == OrderKind::stop ||
                              order.kind == OrderKind::resume_card ||
                              order.kind == OrderKind::revoke_card;
        if (of_relay && state.world.at_relay.front() == AtOthers::unknown) {
            return executed(state, order, Refused{order, "card_unknown"});
        }
        if (done_before(state, order)) executed(state, order, Done{order});
    }

    // The relay may not know the decision, or no longer.
    static bool is_decided(const CaseState& state, OrderName order) {
        return order.kind == OrderKind::confirm &&
               state.one.claims.at(static_cast<std::size_t>(order.item)).finding == Finding::agreed;
    }

    void execute(const CaseState& state, OrderName order) {
        executed(state, order, Refused{order, "refused"});
        if (is_decided(state, order)) executed(state, order, Refused{order, "mandate_unknown"});
        CaseState out = state;
        auto& world = out.world;
        const auto& request = world.requests.at(order);
        switch (order.kind) {
            case OrderKind::confirm:
                execute_confirm(state, order);
                return;
            case OrderKind::link:
                if (opened_.kind == Kind::number) {
                    world.new_number = true;
                    break;
                }
                if (world.linked && *world.linked != request.numbers) return;
                world.linked = request.numbers;
                break;
            case OrderKind::certify:
                execute_certify(state, order);
                return;
            case OrderKind::collect:
                execute_collect(state, order);
                return;
            case OrderKind::activate:
                world.active = true;
                world.active_keys = request.keys;
                search_.relay_activates(world, opened_.before, made());
                break;
            case OrderKind::tell:
                world.told.insert(order.item);
                if (request.tells_number) world.told_number.insert(order.item);
                break;
            case OrderKind::take_back:
                world.authority[{static_cast<Use>(order.item), version_of(state.one.keys)}] =
                    AtAuthority::taken_back;
                break;
            case OrderKind::end_number:
                world.former_ended = true;
                break;
            case OrderKind::trace:
                execute_trace(state, order);
                return;
            case OrderKind::drop:
                world.authority[dropped_at(state, order)] = AtAuthority::taken_back;
                break;
            case OrderKind::stop:
            case OrderKind::suspend:
            case OrderKind::resume_card:
            case OrderKind::resume:
            case OrderKind::revoke_card:
            case OrderKind::end_old:
            case OrderKind::reset:
                execute_before(state, order);
                return;
            case OrderKind::notify:  // a newborn's: birth_states_slow_test.cpp
            case OrderKind::file:
            case OrderKind::ask_decision:
            case OrderKind::start_link:
            case OrderKind::end_link:
                ADD_FAILURE() << to_text(order.kind);
                return;
        }
        executed(out, order, Done{order});
    }

    void execute_confirm(const CaseState& state, OrderName order) {
        const auto claim = static_cast<std::size_t>(order.item);
        executed(state, order, WritesOtherwise{order.item, "{}"});
        executed(state, order, NotHere{order.item});
        if (opened_.kind == Kind::end && state.one.said) {
            executed(state, order, StillHere{order.item, "{}"});
        }
        CaseState out = state;
        if (opened_.kind == Kind::end) {
            out.world.gone = true;
            executed(out, order, Gone{order.item});
            return;
        }
        executed(state, order, Gone{order.item});
        out.world.confirmed.emplace(order.item, state.world.requests.at(order).numbers[claim]);
        executed(out, order, Confirmed{order.item, "answer", 1, true});
    }

    // The authority decides later; the order is accepted.
    void execute_certify(const CaseState& state, OrderName order) {
        for (const auto what : {AtAuthority::good, AtAuthority::refused}) {
            CaseState out = state;
            const auto version = state.world.requests.at(order).keys;
            auto& there = out.world.authority[{static_cast<Use>(order.item), version}];
            if (there != AtAuthority::good) there = what;  // one for each key
            executed(out, order, Done{order});
        }
    }

    static AtAuthority at_authority(const CaseState& state, std::pair<Use, int> of) {
        const auto found = state.world.authority.find(of);
        return found == state.world.authority.end() ? AtAuthority::nothing : found->second;
    }

    static std::pair<Use, int> dropped_at(const CaseState& state, OrderName order) {
        const auto& dropped = state.one.dropped.at(static_cast<std::size_t>(order.item));
        return {dropped.use, dropped.key == key_of_version(0) ? 0 : 1};
    }

    void execute_trace(const CaseState& state, OrderName order) {
        const bool good = at_authority(state, dropped_at(state, order)) == AtAuthority::good;
        executed(state, order, Traced{order.item, good ? "certificate" : ""});
    }

    void execute_collect(const CaseState& state, OrderName order) {
        const auto use = static_cast<Use>(order.item);
        const auto what = at_authority(state, {use, state.world.requests.at(order).keys});
        if (what == AtAuthority::good) {
            executed(state, order, Certified{use, "certificate"});
        } else {
            executed(state, order, NotIssued{use, what == AtAuthority::refused ? "too_young" : ""});
        }
    }

    void people(const CaseState& state) {
        const auto& one = state.one;
        happen(state, opened_);
        happen(state, applied_);
        const auto news = opened_.kind == Kind::end ? News::died : News::changed;
        if (search_.said) happen(state, Said{.id = "order", .what = news, .at = now}, "");
        for (int claim = 0; claim < claims(); ++claim) {
            happen(state, Decided{claim, true, R"({"mandate":"signed"})"});
            happen(state, Decided{claim, false, "signed"});
            for (int version = 0; version < number_versions; ++version)
                happen(state,
                       Corrected{claim, applied_.claims.at(static_cast<std::size_t>(claim)).role,
                                 number_of_version(version)});
            happen(state, TakenOut{claim});
        }
        for (const auto& [order, code] : one.refused) {
            happen(state, TryAgain{order});
            happen(state, Waived{order});
        }
        if (!keys_.keys.empty() && one.keys.empty()) happen(state, keys_);
        if (search_.twice && version_of(one.keys) == 0) {
            KeysMade anew = keys_;
            for (auto& [use, text] : anew.keys)
                text = key_of_version(1);
            happen(state, anew);
        }
        happen(state, requested_);
        if (info(opened_.kind).foreign) {
            auto otherwise = requested_;
            otherwise.writing = "{}";
            happen(state, otherwise);
            happen(state, Decided{card_place, true, "signed"});
            happen(state, Decided{card_place, false, "signed"});
        }
        happen(state, Written{});
        happen(state, HandedOver{});
        happen(state, Cancelled{"withdrawn"});
        happen(state, Found{});
        happen(state, StoppedAgain{});
        happen(state, GivenUp{});
        happen(state, Approved{}, "sato");
        happen(state, Approved{}, "suzuki");
        happen(state, Approved{}, "");
        happen(state, PinSet{});
        lapse_approval(state);
        if (opened_.kind != Kind::stop) return;
        if (search_.while_activated) activate(state);
        // The case that has the card made is the only one of its sort meanwhile.
        if (state.world.activation != Activation::coming) overtake(state);
    }

    // A day later.
    void lapse_approval(const CaseState& state) {
        const auto next = after(state.one, ApprovalLapsed{}, now + approval_s);
        if (!next || *next == state.one) return;
        CaseState out{.one = *next, .world = state.world};
        out.world.second_clerk = out.world.reset_recorded = false;
        meet(out);
    }

    // By another case: a new card is active, and the relay has revoked this one.
    void overtake(const CaseState& state) {
        const auto next = after(state.one, Overtaken{}, now);
        if (!next || *next == state.one) return;
        CaseState out{.one = *next, .world = state.world};
        for (auto& one : out.world.at_relay) {
            if (one != AtOthers::unknown) one = AtOthers::revoked;
        }
        meet(out);
    }

    void check(const CaseState& state) {
        const auto& [one, world] = state;
        if (world.linked) {
            for (int claim = 0; claim < claims(); ++claim) {
                const int version = (*world.linked)[static_cast<std::size_t>(claim)];
                expect(version < 0 || world.confirmed.contains({claim, version}),
                       "a link that nobody has confirmed", state);
            }
        }
        const bool is_known = info(opened_.kind).is_known;
        if (world.active) {
            expect(world.delivered || has_it_in_hand(), "active before delivery", state);
            expect(world.linked || is_known, "active without a link", state);
            expect(world.active_keys == version_of(one.keys), "active, and the keys are others",
                   state);
        }
        check_requested(state);
        expect(!world.linked || !is_known || info(opened_.kind).applies, "linked without asking",
               state);
        for (const auto claim : world.told)
            expect(one.claims.at(static_cast<std::size_t>(claim)).role != Role::public_expense,
                   "who pays public expense was told something", state);
        for (const auto claim : world.told_number)
            expect(one.claims.at(static_cast<std::size_t>(claim)).role == Role::medical,
                   "another than a medical insurer has heard the health-care number", state);
        check_before(state);
        if (has_ended(one)) {
            reached.end();
            return check_end(state);
        }
        for (const auto& what : todo(one))
            expect(what.until >= what.since, "late before it is to do", state);
    }

    void check_end(const CaseState& state) {
        const auto& [one, world] = state;
        for (const auto& [of, what] : world.authority) {
            if (what != AtAuthority::good) continue;
            expect(!one.cancelled, "a certificate of a case that was given up", state);
            expect(of.second == version_of(one.keys), "a certificate of keys that are gone", state);
        }
        expect(world.new_number == (opened_.kind == Kind::number && !one.cancelled),
               "a new number is linked, or not", state);
        expect(world.former_ended == world.new_number, "the former number, at the end", state);
        check_before_at_end(state);
        if (opened_.kind == Kind::change) check_insurers_at_end(state);
        if (one.cancelled) return expect(!world.active, "given up, and active", state);
        if (info(opened_.kind).applies) {
            expect(world.confirmed.contains({0, version_of(one.claims.front())}),
                   "done, and no register says so", state);
        }
        if (opened_.kind == Kind::existing || opened_.kind == Kind::number) {
            expect(world.active == (opened_.kind == Kind::existing), "a card, at the end", state);
            return expect(one.handed_over, "no slip", state);
        }
        if (opened_.kind == Kind::exchange) {
            expect(world.confirmed.contains({0, 0}), "done, and no register says so", state);
            return expect(world.active, "done, and no card is active", state);
        }
        if (keys_.keys.empty() || !makes_card()) return;
        if (is_who_they_were(one) && !has_begun(one)) {
            return expect(!world.active && world.authority.empty(), "a card of nobody new", state);
        }
        expect(world.active, "done, and no card is active", state);
        expect(one.certificates.size() == keys_.keys.size(), "done without a certificate", state);
        for (int claim = 1; claim < claims() && world.linked; ++claim) {
            const auto at = static_cast<std::size_t>(claim);
            const bool left_out =
                (*world.linked)[at] < 0 || told_of(one, one.claims[at]) == Told::nothing;
            expect(left_out || world.told.contains(claim) || one.has_done({OrderKind::tell, claim}),
                   "an insurer was told nothing", state);
        }
    }

    // What an insurer has confirmed is linked, and it has heard of it, whatever became of the rest.
    void check_insurers_at_end(const CaseState& state) {
        const auto& [one, world] = state;
        if (one.cancelled && !one.has_done(link_order)) return;
        for (int claim = 1; claim < claims(); ++claim) {
            const auto& insurer = one.claims.at(static_cast<std::size_t>(claim));
            if (insurer.finding != Finding::same) continue;
            expect(world.linked &&
                       world.linked->at(static_cast<std::size_t>(claim)) == version_of(insurer),
                   "confirmed, and not linked", state);
            expect(insurer.role != Role::medical || world.told_number.contains(claim) ||
                       one.has_done({OrderKind::tell, claim}),
                   "a new insurer does not know the number", state);
            expect(insurer.role == Role::medical || !world.told.contains(claim),
                   "told of a card that nobody has handed over", state);
        }
    }

    // Which certificates are to count.
    [[nodiscard]] const std::map<Use, std::string>& made() const {
        return requested_.certificates.empty() ? keys_.keys : requested_.certificates;
    }
    [[nodiscard]] bool is_kept(std::size_t place) const {
        return search_.keeps && opened_.before[place].use == Use::authentication;
    }
    [[nodiscard]] bool has_it_in_hand() const {
        return info(opened_.kind).in_hand || opened_.kind == Kind::exchange;
    }
    [[nodiscard]] bool makes_card() const {
        return opened_.kind != Kind::stop && opened_.kind != Kind::unlock &&
               opened_.kind != Kind::end;
    }

    // Nothing is made of somebody's own card that they have not asked for with it.
    void check_requested(const CaseState& state) {
        const auto& [one, world] = state;
        const bool asks = opened_.kind == Kind::renewal || info(opened_.kind).foreign;
        const bool is_made = !one.keys.empty() || world.active || !world.confirmed.empty();
        expect(!asks || !is_made || one.requested, "not asked for", state);
        expect(!is_made || !is_card_otherwise(one),
               "the card writes somebody else, and nobody has decided", state);
        expect(
            opened_.kind != Kind::renewal || one.keys.empty() || world.confirmed.contains({0, 0}),
            "a register has not confirmed it", state);
        expect(!world.former_ended || world.new_number, "no number", state);
    }

    // Of the card that there was.
    void check_before(const CaseState& state) {
        const auto& [one, world] = state;
        for (int i = 0; i < static_cast<int>(opened_.before.size()); ++i) {
            const auto at = static_cast<std::size_t>(i);
            const bool is_active = world.at_relay[at] == AtOthers::active;
            const bool of_new = made().contains(opened_.before[at].use) && !is_kept(at);
            expect(!world.active || !of_new || !makes_card() || !is_active, "two active cards",
                   state);
            // Nobody is without a card while the next one is made.
            const bool replaced = opened_.kind == Kind::replacement ||
                                  opened_.kind == Kind::from_abroad ||
                                  opened_.kind == Kind::renewal || opened_.kind == Kind::exchange;
            expect(!replaced || world.active || is_active,
                   "neither the old one counts nor the new one", state);
            expect(!replaced || world.active || world.at_authority[at] == AtOthers::active,
                   "ended before there is another one", state);
            expect(!world.stopped.contains(i) || !is_active, "active after it was stopped", state);
            expect(opened_.kind != Kind::stop || !is_stopped_at_relay(one, i) || !is_active,
                   "active, and its stop waits for nothing more", state);
        }
        if (opened_.kind == Kind::unlock && one.pin_set) {
            expect(world.reset_recorded, "opened without its entry", state);
            expect(world.second_clerk, "opened by one clerk alone", state);
        }
        if (opened_.kind == Kind::end && one.claims.size() == 1) {
            const bool ended = std::ranges::any_of(
                world.at_relay, [](AtOthers what) { return what == AtOthers::revoked; });
            expect(!ended || world.gone || one.claims.front().finding == Finding::not_applied,
                   "ended, and nobody says so", state);
        }
    }

    // Nothing more is to be done there for it.
    static bool is_stopped_at_relay(const Case& one, int place) {
        if (one.found) return false;
        if (one.not_active.contains(place)) return true;
        return one.has_done(one.given_up ? revoke_card_order : OrderName{OrderKind::stop, place});
    }

    // All of it was ended, or all of it works.
    void check_before_at_end(const CaseState& state) {
        const auto& [one, world] = state;
        const bool stays = one.cancelled || one.found || opened_.kind == Kind::unlock;
        for (std::size_t i = 0; i < opened_.before.size(); ++i) {
            if (one.cancelled && opened_.kind == Kind::change && !one.said) {
                // A change that has begun to end the signing certificate does so at both.
                expect(world.at_authority[i] == AtOthers::revoked ||
                           world.at_relay[i] == AtOthers::active,
                       "half ended", state);
                continue;
            }
            if (is_who_they_were(one) && !has_begun(one)) {
                expect(world.at_relay[i] == AtOthers::active &&
                           world.at_authority[i] == AtOthers::active,
                       "ended, and nobody has changed", state);
                continue;
            }
            const auto wanted =
                (stays && !ends_at_once(one)) || is_kept(i) ? AtOthers::active : AtOthers::revoked;
            expect(world.at_authority[i] == (search_.foreign ? AtOthers::active : wanted),
                   "at the authority, at the end", state);
            if (search_.while_activated && world.at_relay[i] == AtOthers::unknown) continue;
            expect(world.at_relay[i] == wanted, "at the relay, at the end", state);
        }
    }

    [[nodiscard]] int claims() const { return static_cast<int>(applied_.claims.size()); }

    Search search_;
    Opened opened_;
    Applied applied_;
    KeysMade keys_;
    Requested requested_{.application = "signed"};
    std::vector<CaseState> met_;  // from the state that is looked at
};

struct Least {
    std::size_t states = 100, ends = 5;
};
void explore(const Search& search, Least least = {}) {
    Explorer explorer(search);
    explorer.run();
    std::printf("%zu states, %zu moves, %zu ends\n", explorer.reached.size(),
                explorer.reached.moves(), explorer.reached.ends());
    EXPECT_GT(explorer.reached.size(), least.states);
    EXPECT_GT(explorer.reached.ends(), least.ends);
    for (const auto& [what, text] : explorer.wrong)
        ADD_FAILURE() << what << ": " << text;
}

const std::vector<Use> authentication{Use::authentication}, both{Use::authentication, Use::signing};

// One of the two does all at once.
const std::set at_relay{OrderKind::stop, OrderKind::resume_card, OrderKind::revoke_card};
const std::set at_authority{OrderKind::suspend, OrderKind::resume, OrderKind::end_old};

TEST(CaseStates, TwoRegistersAndOneCertificate) {
    explore({.insurers = {Role::medical}});
}

TEST(CaseStates, OneRegisterAndTwoCertificates) {
    explore({.signing = true, .alike = Alike::uses});
}

TEST(CaseStates, TwoRegistersAndTwoCertificates) {
    explore({.insurers = {Role::medical}, .signing = true, .alike = Alike::uses});
}

// Each insurer hears what is for it.
TEST(CaseStates, AMedicalInsurerAndAPensionBody) {
    explore({.insurers = {Role::medical, Role::pension}});
}

// Who pays it is asked and linked, and told of nothing.
TEST(CaseStates, ACardWithASubsidy) {
    explore({.insurers = {Role::public_expense}});
}

// Two of them, of one person.
TEST(CaseStates, ACardWithTwoPublicExpenses) {
    explore({.insurers = {Role::public_expense, Role::public_expense}});
}

TEST(CaseStates, AReplacement) {
    explore({.kind = Kind::replacement, .reason = "lost", .before = authentication});
}

// The resident register is asked first. What the authority is told of the card before is neither
// lost nor refused here: AReplacement looks at that.
TEST(CaseStates, AReplacementWithASigningCertificate) {
    explore({.kind = Kind::replacement,
             .reason = "damaged",
             .signing = true,
             .before = both,
             .steady = at_authority,
             .alike = Alike::uses});
}

// The card before had a signing certificate too, and the next has none.
TEST(CaseStates, AReplacementWithoutSigning) {
    explore({.kind = Kind::replacement, .reason = "damaged", .before = {Use::signing}});
}

TEST(CaseStates, AStop) {
    explore({.kind = Kind::stop, .reason = "lost", .before = authentication});
}

TEST(CaseStates, AStopOfBothCertificates) {
    explore({.kind = Kind::stop,
             .reason = "lost",
             .before = both,
             .steady = at_authority,
             .alike = Alike::places});
}

TEST(CaseStates, AStopWhileTheCardIsActivated) {
    explore({.kind = Kind::stop,
             .reason = "lost",
             .before = authentication,
             .while_activated = true,
             .steady = at_authority});
}

TEST(CaseStates, AnUnlock) {
    explore({.kind = Kind::unlock, .before = authentication}, {.states = 20, .ends = 5});
}

TEST(CaseStates, AChange) {
    explore({.kind = Kind::change, .signing = true, .before = {Use::signing}});
}

TEST(CaseStates, AChangeWithoutSigning) {
    explore({.kind = Kind::change}, {.states = 40, .ends = 4});
}

// The signing certificate ends, whatever becomes of the case, and of who comes.
TEST(CaseStates, AChangeThatTheRegisterSays) {
    explore({.kind = Kind::change, .signing = true, .before = {Use::signing}, .said = true});
}

// The certificate says nothing of insurers: it stays, unless the person turns out to be another.
TEST(CaseStates, AChangeOfInsurer) {
    explore({.kind = Kind::change,
             .insurers = {Role::medical},
             .signing = true,
             .before = {Use::signing},
             .steady = {OrderKind::revoke_card, OrderKind::end_old}});
}

TEST(CaseStates, AMoveWithAnotherInsurer) {
    explore({.kind = Kind::change,
             .insurers = {Role::medical},
             .signing = true,
             .moved = true,
             .before = {Use::signing},
             .steady = {OrderKind::revoke_card, OrderKind::end_old}});
}

TEST(CaseStates, AMoveWithAnotherCareInsurerAndWithoutSigning) {
    explore({.kind = Kind::change, .insurers = {Role::care}, .moved = true});
}

TEST(CaseStates, ASubsidyThatIsAddedLater) {
    explore({.kind = Kind::change, .insurers = {Role::public_expense}});
}

TEST(CaseStates, AReturn) {
    explore({.kind = Kind::from_abroad, .before = authentication});
}

TEST(CaseStates, AnEnd) {
    explore({.kind = Kind::end, .reason = "death", .before = authentication});
}

// The register has the person still until it has them no more.
TEST(CaseStates, AnEndOfADeathThatTheRegisterSays) {
    explore({.kind = Kind::end, .reason = "death", .before = authentication, .said = true});
}

TEST(CaseStates, ACardThatIsGivenBack) {
    explore({.kind = Kind::end, .reason = "returned", .before = authentication},
            {.states = 20, .ends = 1});
}

TEST(CaseStates, ARenewal) {
    explore({.kind = Kind::renewal, .before = authentication});
}

TEST(CaseStates, ARenewalAfterADecision) {
    explore({.kind = Kind::renewal, .before = authentication, .decided_before = true});
}

TEST(CaseStates, ARenewalOfBoth) {
    explore({.kind = Kind::renewal, .signing = true, .before = both});
}

// What the chip has is lost, or in another chip: at any time before it counts.
TEST(CaseStates, KeysThatAreMadeTwice) {
    explore(
        {.kind = Kind::replacement, .reason = "damaged", .before = authentication, .twice = true});
}

TEST(CaseStates, ARenewalWhoseKeysAreMadeTwice) {
    explore({.kind = Kind::renewal, .before = authentication, .twice = true});
}

TEST(CaseStates, ACardOfAnotherAuthority) {
    explore({.kind = Kind::existing});
}

// In the place of a card of this centre's: that ends, also at the authority.
TEST(CaseStates, ACardOfAnotherAuthorityInThePlaceOfOurs) {
    explore(
        {.kind = Kind::exchange, .signing = true, .before = both, .steady = {OrderKind::end_old}});
}

// In the place of the one before of that authority, of which this centre's hears nothing.
TEST(CaseStates, TheNextCardOfAnotherAuthority) {
    explore({.kind = Kind::exchange, .signing = true, .before = both, .foreign = true});
}

TEST(CaseStates, ANewSigningCertificateOfAnotherAuthority) {
    explore(
        {.kind = Kind::exchange, .signing = true, .before = both, .foreign = true, .keeps = true});
}

TEST(CaseStates, ACardOfAnotherAuthorityOfWhoeverHasNone) {
    explore({.kind = Kind::exchange, .signing = true});
}

TEST(CaseStates, ANewHealthCareNumber) {
    explore({.kind = Kind::number, .reason = "misuse", .insurers = {Role::medical}},
            {.states = 20, .ends = 1});
}

// ---- what is left out ----

// Searched whole: states that are one go on to the same states, and the search that leaves them out
// reaches all that are left, and nothing else.
void expect_same(const Search& search, const Search& more) {
    Explorer less(search), all(more);
    std::set<std::string> reached, left;
    std::map<std::string, std::set<std::string>> next_of;
    less.seen = [&](const CaseState& from, const std::vector<CaseState>&) {
        reached.insert(text_of(from));
    };
    all.seen = [&](const CaseState& from, const std::vector<CaseState>& to) {
        const auto text = text_of(as_one(from, search.alike));
        std::set<std::string> next{has_ended(from.one) ? "end" : ""};
        for (const auto& each : to)
            next.insert(text_of(as_one(each, search.alike)));
        next.erase(text);  // it has not moved
        const auto [known, is_new] = next_of.emplace(text, next);
        EXPECT_TRUE(is_new || known->second == next) << "two states that are not one: " << text;
        const bool is_between = std::ranges::any_of(from.world.requests, [&](const auto& one) {
            return one.second.result && less.is_one_step(one.first.kind);
        });
        if (!is_between) left.insert(text);
    };
    less.run();
    all.run();
    EXPECT_EQ(reached, left);
    EXPECT_LT(less.reached.size(), all.reached.size());
    std::printf("%zu of %zu states\n", less.reached.size(), all.reached.size());
    for (const auto* explorer : {&less, &all}) {
        for (const auto& [what, text] : explorer->wrong)
            ADD_FAILURE() << what << ": " << text;
    }
}

void expect_same(const Search& search) {
    auto all = search;
    all.whole = true;
    expect_same(search, all);
}

// With an order among what is alike.
void expect_same_in_order(const Search& search) {
    auto all = search;
    all.alike = Alike::nothing;
    expect_same(search, all);
}

// What is wrong on purpose both see.
void expect_wrong(Search search, const std::string& what) {
    std::array<std::set<std::string>, 2> wrong;
    for (const bool whole : {false, true}) {
        search.whole = whole;
        Explorer explorer(search);
        explorer.run();
        for (const auto& [name, text] : explorer.wrong)
            wrong.at(whole ? 1 : 0).insert(name);
    }
    EXPECT_EQ(wrong[0], wrong[1]);
    EXPECT_TRUE(wrong[0].contains(what)) << what;
}

TEST(StatesLeftOut, HideNothingThatIsWrong) {
    expect_wrong({.fault =
                      [](Case& one) {
                          for (auto& claim : one.claims) {
                              if (claim.finding == Finding::not_here) claim.finding = Finding::same;
                          }
                      }},
                 "a link that nobody has confirmed");
    expect_wrong({.fault =
                      [](Case& one) {
                          if (one.cancelled) one.certificates.clear();
                          if (one.cancelled) one.done.clear();
                      }},
                 "a certificate of a case that was given up");
    expect_wrong({.kind = Kind::stop,
                  .reason = "lost",
                  .before = authentication,
                  .steady = at_relay,
                  .fault =
                      [](Case& one) {
                          if (one.given_up) one.done.insert(of_place(OrderKind::end_old, 0));
                      }},
                 "at the authority, at the end");
}

// A relay that forgets the card before; an activation that is due as soon as the chip is written; a
// case that nobody can give up, whose refusals are for good.
TEST(StatesLeftOut, HideNoSecondCardNoneTooEarlyAndNoCaseWithoutEnd) {
    const auto forget_before = [](CaseWorld&, const std::vector<Before>&,
                                  const std::map<Use, std::string>&) {};
    expect_wrong({.kind = Kind::replacement,
                  .reason = "lost",
                  .before = authentication,
                  .relay_activates = forget_before},
                 "two active cards");
    expect_wrong({.kind = Kind::exchange,
                  .signing = true,
                  .before = both,
                  .steady = at_authority,
                  .relay_activates = forget_before},
                 "two active cards");
    expect_wrong({.fault = [](Case& one) { one.handed_over = one.handed_over || one.written; }},
                 "active before delivery");
    expect_wrong({.never =
                      [](const Happening& what) {
                          return std::holds_alternative<TryAgain>(what) ||
                                 std::holds_alternative<Cancelled>(what);
                      }},
                 "no way to an end");
}

TEST(StatesLeftOut, OfAFirstCard) {
    expect_same({});
}

TEST(StatesLeftOut, OfTwoCertificatesThatAreAlike) {
    expect_same_in_order({.signing = true, .alike = Alike::uses});
}

TEST(StatesLeftOut, OfAReplacement) {
    expect_same({.kind = Kind::replacement, .reason = "lost", .before = authentication});
}

TEST(StatesLeftOut, OfAStopAtTheRelay) {
    expect_same(
        {.kind = Kind::stop, .reason = "lost", .before = authentication, .steady = at_authority});
}

TEST(StatesLeftOut, OfAStopAtTheAuthority) {
    expect_same(
        {.kind = Kind::stop, .reason = "lost", .before = authentication, .steady = at_relay});
}

TEST(StatesLeftOut, OfAStopOfTwoCertificatesThatAreAlike) {
    expect_same_in_order({.kind = Kind::stop,
                          .reason = "lost",
                          .before = both,
                          .steady = at_authority,
                          .alike = Alike::places});
}

TEST(StatesLeftOut, OfARenewalAfterADecision) {
    expect_same({.kind = Kind::renewal,
                 .before = authentication,
                 .decided_before = true,
                 .steady = {OrderKind::revoke_card, OrderKind::end_old}});
}

TEST(StatesLeftOut, OfAChange) {
    expect_same({.kind = Kind::change, .signing = true, .before = {Use::signing}});
}

}  // namespace
}  // namespace mado::issuer
