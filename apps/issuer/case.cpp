#include "case.hpp"

#include <algorithm>

#include "base/result.hpp"

namespace mado::issuer {
namespace {

constexpr std::int64_t day_s = 86'400;

constexpr std::array steps{
    StepInfo{Step::apply, "apply", "②", false, 30},
    StepInfo{Step::confirm, "confirm", "③④⑤", true, 1},
    StepInfo{Step::settle, "settle", "⑤", false, 14},
    StepInfo{Step::link, "link", "⑧-1", true, 1},
    StepInfo{Step::make_keys, "make_keys", "⑥", false, 14},
    StepInfo{Step::certify, "certify", "⑥⑦", true, 1},
    StepInfo{Step::write, "write", "⑧-1", false, 1},
    StepInfo{Step::hand_over, "hand_over", "⑨⑩", false, 30},
    StepInfo{Step::activate, "activate", "⑧-2", true, 1},
    StepInfo{Step::tell, "tell", "⑪", true, 7},
    StepInfo{Step::take_back, "take_back", "", true, 1},
};

constexpr OrderName link_order{OrderKind::link, 0};
constexpr OrderName activate_order{OrderKind::activate, 0};

OrderName of_use(OrderKind kind, Use use) {
    return {kind, static_cast<int>(use)};
}

OrderName of_claim(OrderKind kind, std::size_t claim) {
    return {kind, static_cast<int>(claim)};
}

std::vector<Use> uses_of(const Case& one) {
    return one.signing ? std::vector{Use::authentication, Use::signing}
                       : std::vector{Use::authentication};
}

bool is_settled(const Claim& claim) {
    return claim.finding == Finding::same || claim.finding == Finding::not_applied;
}

// Numbers may not change while a link with them may exist.
bool is_frozen(const Case& one) {
    return one.has_done(link_order) || one.is_in_doubt(link_order);
}

Actor who_does(OrderKind kind) {
    switch (kind) {
        case OrderKind::confirm:
        case OrderKind::tell:
            return Actor::register_holder;
        case OrderKind::link:
        case OrderKind::activate:
            return Actor::relay;
        case OrderKind::certify:
        case OrderKind::collect:
        case OrderKind::take_back:
            return Actor::authority;
    }
    return Actor::relay;
}

// ---- what is to do ----

class Todos {
  public:
    explicit Todos(const Case& one) : case_(one) {}

    // By people, or at the window.
    void add(Step step, Actor actor, std::optional<int> claim = {}) {
        out_.push_back({.step = step,
                        .actor = actor,
                        .order = {},
                        .claim = claim,
                        .refused = {},
                        .since = case_.changed,
                        .until = case_.changed + info(step).days * day_s});
    }
    // One that was refused waits for a clerk.
    void order(Step step, OrderName order, std::optional<int> claim = {}) {
        const auto refused = case_.refused.find(order);
        if (refused == case_.refused.end()) {
            add(step, who_does(order.kind), claim);
        } else {
            add(step, Actor::clerk, claim);
            out_.back().refused = refused->second;
        }
        out_.back().order = order;
    }
    [[nodiscard]] bool empty() const { return out_.empty(); }
    std::vector<Todo> take() { return std::move(out_); }

  private:
    const Case& case_;
    std::vector<Todo> out_;
};

// The resident register is asked first: what it says of namesakes the others need to know.
void add_claims(Todos& todos, const Case& one) {
    const bool is_resident = is_settled(one.claims.front());
    for (std::size_t i = 0; i < (is_resident ? one.claims.size() : 1); ++i) {
        const auto claim = static_cast<int>(i);
        switch (one.claims[i].finding) {
            case Finding::open:
            case Finding::agreed:
                todos.order(Step::confirm, of_claim(OrderKind::confirm, i), claim);
                break;
            case Finding::otherwise:
                todos.add(Step::settle, Actor::clerk, claim);
                break;
            case Finding::not_here:
                todos.add(Step::settle, Actor::person, claim);
                break;
            case Finding::same:
            case Finding::not_applied:
                break;
        }
    }
}

// Accepted is not issued yet: then it is collected, or nothing of it is there.
void add_certificates(Todos& todos, const Case& one) {
    for (const auto use : uses_of(one)) {
        if (one.certificates.contains(use)) continue;
        const auto certify = of_use(OrderKind::certify, use);
        todos.order(Step::certify,
                    one.has_done(certify) ? of_use(OrderKind::collect, use) : certify);
    }
}

void add_told(Todos& todos, const Case& one) {
    for (std::size_t i = 0; i < one.claims.size(); ++i) {
        const auto& claim = one.claims[i];
        const auto tell = of_claim(OrderKind::tell, i);
        if (claim.role == Role::medical && claim.finding == Finding::same && !one.has_done(tell)) {
            todos.order(Step::tell, tell, static_cast<int>(i));
        }
    }
}

// What may exist at the authority is ended there, once it is known whether it does.
void add_taken_back(Todos& todos, const Case& one) {
    for (const auto use : uses_of(one)) {
        const auto certify = of_use(OrderKind::certify, use);
        const auto collect = of_use(OrderKind::collect, use);
        const auto take_back = of_use(OrderKind::take_back, use);
        if (one.open.contains(certify)) {
            todos.order(Step::take_back, certify);
        } else if (one.certificates.contains(use)) {
            if (!one.has_done(take_back)) todos.order(Step::take_back, take_back);
        } else if (one.has_done(certify) || one.lapsed.contains(certify)) {
            todos.order(Step::take_back, collect);
        }
    }
}

void add_to_the_card(Todos& todos, const Case& one) {
    if (one.keys.empty()) return todos.add(Step::make_keys, Actor::clerk);
    add_certificates(todos, one);
    if (!todos.empty()) return;
    if (!one.written) return todos.add(Step::write, Actor::clerk);
    if (!one.handed_over) return todos.add(Step::hand_over, Actor::person);
    if (!one.has_done(activate_order)) return todos.order(Step::activate, activate_order);
    add_told(todos, one);
}

// ---- what happened ----

using Result = std::expected<void, Misfit>;

bool is_to_do(const Case& one, OrderName order) {
    return std::ranges::any_of(todo(one), [&](const Todo& what) { return what.order == order; });
}

bool is_to_do(const Case& one, Step step) {
    return std::ranges::any_of(todo(one), [&](const Todo& what) { return what.step == step; });
}

Claim* find_claim(Case& one, int claim) {
    if (claim < 0 || static_cast<std::size_t>(claim) >= one.claims.size()) return nullptr;
    return &one.claims[static_cast<std::size_t>(claim)];
}

// The answer to an order that is open; to no other. An earlier one that lapsed had the same
// content, and was done by now.
bool close(Case& one, OrderName order) {
    if (one.open.erase(order) == 0) return false;
    one.lapsed.erase(order);
    return true;
}

Result happen(Case& one, const Opened& opened) {
    if (one.numbers == opened.numbers) return {};
    if (!one.numbers.issuing.empty()) return std::unexpected(Misfit::unexpected);
    one.numbers = opened.numbers;
    one.person = opened.known;
    one.is_linked = opened.known.has_value();
    one.signing = opened.known && opened.signing;
    return {};
}

Result happen(Case& one, const Applied& applied) {
    if (one.person || one.cancelled) return std::unexpected(Misfit::too_late);
    if (one.numbers.issuing.empty()) return std::unexpected(Misfit::too_early);
    if (applied.claims.empty() || applied.claims.front().role != Role::resident) {
        return std::unexpected(Misfit::unexpected);
    }
    one.person = applied.person;
    one.claims = applied.claims;
    one.signing = applied.signing;
    return {};
}

Result happen(Case& one, const Sent& sent) {
    if (one.open.contains(sent.order)) return {};
    if (one.refused.contains(sent.order) || !is_to_do(one, sent.order)) {
        return std::unexpected(Misfit::unexpected);
    }
    one.open.insert(sent.order);
    return {};
}

Result find(Case& one, int claim, Finding finding, std::string writing) {
    auto* found = find_claim(one, claim);
    if (found == nullptr || !close(one, {OrderKind::confirm, claim})) {
        return std::unexpected(Misfit::unexpected);
    }
    found->finding = finding;
    found->writing = std::move(writing);
    return {};
}

Result happen(Case& one, const Confirmed& confirmed) {
    if (auto ok = find(one, confirmed.claim, Finding::same, {}); !ok) return ok;
    auto* claim = find_claim(one, confirmed.claim);
    claim->answer = confirmed.answer;
    claim->index = confirmed.index;
    claim->only_one = confirmed.only_one;
    return {};
}

Result happen(Case& one, const WritesOtherwise& otherwise) {
    return find(one, otherwise.claim, Finding::otherwise, otherwise.writing);
}

Result happen(Case& one, const NotHere& not_here) {
    return find(one, not_here.claim, Finding::not_here, {});
}

Result happen(Case& one, const Done& done) {
    if (one.has_done(done.order)) return {};
    if (!close(one, done.order)) return std::unexpected(Misfit::unexpected);
    one.done.insert(done.order);
    return {};
}

Result happen(Case& one, const Certified& certified) {
    if (one.certificates.contains(certified.use)) return {};
    if (!close(one, of_use(OrderKind::collect, certified.use))) {
        return std::unexpected(Misfit::unexpected);
    }
    one.certificates.emplace(certified.use, certified.certificate);
    return {};
}

Result happen(Case& one, const NotIssued& not_issued) {
    if (!close(one, of_use(OrderKind::collect, not_issued.use))) {
        return std::unexpected(Misfit::unexpected);
    }
    const auto certify = of_use(OrderKind::certify, not_issued.use);
    one.done.erase(certify);
    one.lapsed.erase(certify);
    if (!not_issued.code.empty()) one.refused[certify] = not_issued.code;
    return {};
}

// This one was not done. Of an earlier one that lapsed it says nothing.
Result happen(Case& one, const Refused& refused) {
    if (one.open.erase(refused.order) == 0) return std::unexpected(Misfit::unexpected);
    one.refused[refused.order] = refused.code;
    return {};
}

Result happen(Case& one, const Lapsed& lapsed) {
    if (one.open.erase(lapsed.order) == 0) return std::unexpected(Misfit::unexpected);
    one.lapsed.insert(lapsed.order);
    return {};
}

// A claim that people may still change.
std::expected<Claim*, Misfit> open_claim(Case& one, int claim) {
    auto* found = find_claim(one, claim);
    if (found == nullptr) return std::unexpected(Misfit::unexpected);
    if (one.cancelled || is_frozen(one)) return std::unexpected(Misfit::too_late);
    if (one.open.contains({OrderKind::confirm, claim})) return std::unexpected(Misfit::too_early);
    return found;
}

// What was refused for the old state of a claim says nothing about the new one.
void forget_refusals(Case& one, int claim) {
    one.refused.erase({OrderKind::confirm, claim});
    one.lapsed.erase({OrderKind::confirm, claim});
    one.refused.erase(link_order);
}

Result happen(Case& one, const Decided& decided) {
    auto claim = open_claim(one, decided.claim);
    if (!claim) return std::unexpected(claim.error());
    if ((*claim)->finding != Finding::otherwise) return std::unexpected(Misfit::unexpected);
    (*claim)->finding = decided.same_person ? Finding::agreed : Finding::not_here;
    return {};
}

Result happen(Case& one, const Corrected& corrected) {
    auto claim = open_claim(one, corrected.claim);
    if (!claim) return std::unexpected(claim.error());
    Claim anew;
    anew.role = (*claim)->role;
    anew.number = corrected.number;
    **claim = std::move(anew);
    forget_refusals(one, corrected.claim);
    return {};
}

// Nobody gets a card without being a resident.
Result happen(Case& one, const TakenOut& taken_out) {
    auto claim = open_claim(one, taken_out.claim);
    if (!claim) return std::unexpected(claim.error());
    if ((*claim)->role == Role::resident) return std::unexpected(Misfit::unexpected);
    (*claim)->finding = Finding::not_applied;
    (*claim)->writing.clear();
    forget_refusals(one, taken_out.claim);
    return {};
}

Result happen(Case& one, const TryAgain& again) {
    return one.refused.erase(again.order) == 1 ? Result() : std::unexpected(Misfit::unexpected);
}

Result happen(Case& one, const Waived& waived) {
    if (waived.order.kind != OrderKind::tell || one.refused.erase(waived.order) == 0) {
        return std::unexpected(Misfit::unexpected);
    }
    one.done.insert(waived.order);
    return {};
}

Result happen(Case& one, const KeysMade& made) {
    if (one.keys == made.keys) return {};
    if (!is_to_do(one, Step::make_keys)) return std::unexpected(Misfit::too_early);
    for (const auto use : uses_of(one)) {
        if (!made.keys.contains(use)) return std::unexpected(Misfit::unexpected);
    }
    one.keys = made.keys;
    one.chip = made.chip;
    return {};
}

Result happen(Case& one, const Written&) {
    if (one.written) return {};
    if (!is_to_do(one, Step::write)) return std::unexpected(Misfit::too_early);
    one.written = true;
    return {};
}

Result happen(Case& one, const HandedOver&) {
    if (one.handed_over) return {};
    if (!is_to_do(one, Step::hand_over)) return std::unexpected(Misfit::too_early);
    one.handed_over = true;
    return {};
}

// Not once the card may be active: such a card is stopped, not taken back.
Result happen(Case& one, const Cancelled& cancelled) {
    if (one.cancelled) return {};
    if (one.has_done(activate_order) || one.is_in_doubt(activate_order)) {
        return std::unexpected(Misfit::too_late);
    }
    one.cancelled = cancelled.reason;
    return {};
}

}  // namespace

std::string_view to_text(Actor actor) {
    switch (actor) {
        case Actor::person:
            return "person";
        case Actor::clerk:
            return "clerk";
        case Actor::register_holder:
            return "register";
        case Actor::relay:
            return "relay";
        case Actor::authority:
            return "authority";
    }
    return "";
}

std::string_view to_text(Role role) {
    switch (role) {
        case Role::resident:
            return "resident";
        case Role::medical:
            return "medical";
        case Role::pension:
            return "pension";
        case Role::care:
            return "care";
    }
    return "";
}

std::optional<Role> parse_role(std::string_view text) {
    for (const auto role : {Role::resident, Role::medical, Role::pension, Role::care}) {
        if (to_text(role) == text) return role;
    }
    return std::nullopt;
}

std::string_view to_text(Finding finding) {
    switch (finding) {
        case Finding::open:
            return "open";
        case Finding::same:
            return "same";
        case Finding::otherwise:
            return "otherwise";
        case Finding::agreed:
            return "agreed";
        case Finding::not_here:
            return "not_here";
        case Finding::not_applied:
            return "not_applied";
    }
    return "";
}

std::string_view to_text(Use use) {
    return use == Use::authentication ? "authentication" : "signing";
}

std::optional<Use> parse_use(std::string_view text) {
    for (const auto use : uses) {
        if (to_text(use) == text) return use;
    }
    return std::nullopt;
}

std::string_view to_text(OrderKind kind) {
    switch (kind) {
        case OrderKind::confirm:
            return "confirm";
        case OrderKind::link:
            return "link";
        case OrderKind::certify:
            return "certify";
        case OrderKind::collect:
            return "collect";
        case OrderKind::activate:
            return "activate";
        case OrderKind::tell:
            return "tell";
        case OrderKind::take_back:
            return "take_back";
    }
    return "";
}

std::optional<OrderKind> parse_order_kind(std::string_view text) {
    for (const auto kind :
         {OrderKind::confirm, OrderKind::link, OrderKind::certify, OrderKind::collect,
          OrderKind::activate, OrderKind::tell, OrderKind::take_back}) {
        if (to_text(kind) == text) return kind;
    }
    return std::nullopt;
}

std::string_view to_text(Misfit misfit) {
    switch (misfit) {
        case Misfit::too_early:
            return "too_early";
        case Misfit::too_late:
            return "too_late";
        case Misfit::unexpected:
            return "unexpected";
    }
    return "";
}

const StepInfo& info(Step step) {
    const auto found = std::ranges::find(steps, step, &StepInfo::step);
    if (found == steps.end()) throw Failure("a step is not in the table");
    return *found;
}

std::vector<Todo> todo(const Case& one) {
    Todos todos(one);
    if (one.cancelled) {
        add_taken_back(todos, one);
    } else if (!one.person) {
        todos.add(Step::apply, Actor::person);
    } else if (!std::ranges::all_of(one.claims, &is_settled)) {
        add_claims(todos, one);
    } else if (!one.is_linked && !one.has_done(link_order)) {
        todos.order(Step::link, link_order);
    } else {
        add_to_the_card(todos, one);
    }
    return todos.take();
}

bool has_ended(const Case& one) {
    return todo(one).empty();
}

std::expected<Case, Misfit> after(const Case& before, const Happening& what, UnixTime now) {
    Case out = before;
    const auto ok = std::visit([&out](const auto& one) { return happen(out, one); }, what);
    if (!ok) return std::unexpected(ok.error());
    if (out != before) out.changed = now;
    return out;
}

}  // namespace mado::issuer
