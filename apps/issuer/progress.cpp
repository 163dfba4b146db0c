#include "progress.hpp"

#include <algorithm>

namespace mado::issuer {
namespace {

// At home, with the card in a reader of their own.
bool is_at_home(Kind kind, Step step) {
    return kind == Kind::renewal &&
           (step == Step::sign || step == Step::make_keys || step == Step::write);
}

std::vector<Doer> who_acts(const Case& one, Step step, const std::vector<Line>& lines) {
    if (is_at_home(one.kind, step)) return {Doer::person};
    // By what a register says; else on the page for whoever has lost a card, or from home.
    const bool by_nobody = !lines.empty() && lines.front().clerk.empty();
    if (step == Step::opened && by_nobody) {
        return {one.said ? Doer::municipality : Doer::person};
    }
    const auto& about = info(step);
    std::vector<Doer> out{about.who};
    if (about.and_who) out.push_back(*about.and_who);
    if (one.kind == Kind::birth) std::ranges::replace(out, Doer::person, Doer::parent);
    return out;
}

constexpr Step shown_as(Step step) {
    return step == Step::settle ? Step::confirm : step;
}

template <class... Kinds>
bool is_any(const Happening& what) {
    return (std::holds_alternative<Kinds>(what) || ...);
}
template <class Kind>
bool is_of(const Happening& what, std::initializer_list<OrderKind> kinds) {
    const auto* of = std::get_if<Kind>(&what);
    return of != nullptr && std::ranges::find(kinds, of->order.kind) != kinds.end();
}

// By what a step is seen to be done.
bool is_done_by(Step step, const Happening& what) {
    using Kind = OrderKind;
    switch (step) {
        case Step::invite:
        case Step::opened:
            return is_any<Opened>(what);
        case Step::apply:
            return is_any<Applied>(what);
        case Step::confirm:
        case Step::settle:
            return is_any<Confirmed, TakenOut, Gone>(what);
        case Step::link:
            return is_of<Done>(what, {Kind::link});
        case Step::make_keys:
            return is_any<KeysMade>(what);
        case Step::certify:
            return is_any<Certified>(what);
        case Step::write:
            return is_any<Written>(what);
        case Step::hand_over:
            return is_any<HandedOver>(what);
        case Step::activate:
            return is_of<Done>(what, {Kind::activate});
        case Step::tell:
            return is_of<Done>(what, {Kind::tell}) || is_of<Waived>(what, {Kind::tell});
        case Step::take_back:
            return is_of<Done>(what, {Kind::take_back});
        case Step::stop:
            return is_of<Done>(what, {Kind::stop, Kind::suspend});
        case Step::look_for:
            return is_any<Found, GivenUp, Overtaken>(what);
        case Step::resume:
            return is_of<Done>(what, {Kind::resume_card, Kind::resume});
        case Step::end_signing:
        case Step::end_old:
            return is_of<Done>(what, {Kind::revoke_card, Kind::end_old});
        case Step::approve:
            return is_any<Approved>(what);
        case Step::record:
            return is_of<Done>(what, {Kind::reset});
        case Step::reset:
            return is_any<PinSet>(what);
        case Step::sign:
            return is_any<Requested, Signed>(what);
        case Step::end_number:
            return is_of<Done>(what, {Kind::end_number});
        case Step::notify:
            return is_of<Given>(what, {Kind::notify});
        case Step::file:
            return is_of<Given>(what, {Kind::file});
        case Step::decide:
            return is_any<Accepted, Declined>(what);
        case Step::file_elsewhere:
            return is_any<FiledElsewhere>(what);
    }
    return false;
}

std::optional<UnixTime> done_since(Step step, const std::vector<Line>& lines) {
    const auto is_done = [step](const Line& line) { return is_done_by(step, line.what); };
    const auto last = std::find_if(lines.rbegin(), lines.rend(), is_done);
    return last == lines.rend() ? std::nullopt : std::optional(last->at);
}

std::vector<Todo> waits_at(Step step, const std::vector<Todo>& todos) {
    std::vector<Todo> out;
    std::ranges::copy_if(todos, std::back_inserter(out),
                         [step](const Todo& what) { return shown_as(what.step) == step; });
    return out;
}

// What became of a card that was stopped goes on in one of two ways. What else waits, of keys that
// were made anew or of a child that an insurer has declined, comes last.
std::vector<Step> steps_of(const Case& one, const std::vector<Todo>& todos) {
    auto out = way_of(one.kind);
    if (ends_at_once(one)) {  // before anybody comes
        std::erase(out, Step::end_signing);
        out.insert(out.begin() + 1, Step::end_signing);
    }
    const auto add = [&out](Step step) {
        if (std::ranges::find(out, step) == out.end()) out.push_back(step);
    };
    if (one.kind == Kind::stop && one.found) add(Step::resume);
    if (one.kind == Kind::stop && (one.given_up || one.overtaken)) add(Step::end_old);
    const bool had_certificates = std::ranges::find(out, Step::certify) != out.end();
    if (one.cancelled && had_certificates) add(Step::take_back);
    for (const auto& what : todos)
        add(shown_as(what.step));
    return out;
}

// Something of a later step may have happened before what comes first is over: only what lies
// before the one that waits is done.
StepState state_of(const Case& one, const Progress& row, bool is_past) {
    if (!row.todo.empty()) return StepState::waits;
    if (one.cancelled) {
        if (row.at) return StepState::done;
        return row.step == Step::take_back ? StepState::not_needed : StepState::given_up;
    }
    if (!is_past) return StepState::later;
    return row.at ? StepState::done : StepState::not_needed;
}

std::vector<Step> joined(std::initializer_list<std::vector<Step>> parts) {
    std::vector<Step> out;
    for (const auto& part : parts)
        out.insert(out.end(), part.begin(), part.end());
    return out;
}

}  // namespace

std::vector<Step> way_of(Kind kind) {
    const std::vector to_the_card{Step::make_keys, Step::certify, Step::write};
    const std::vector handed{Step::hand_over, Step::activate};
    switch (kind) {
        case Kind::first:  // the report's steps 1 to 11
            return joined({{Step::invite, Step::apply, Step::confirm, Step::link},
                           to_the_card,
                           handed,
                           {Step::tell}});
        case Kind::replacement:
            return joined({{Step::opened, Step::confirm, Step::approve},
                           to_the_card,
                           handed,
                           {Step::end_old}});
        case Kind::stop:
            return {Step::opened, Step::stop, Step::look_for};
        case Kind::unlock:
            return {Step::opened, Step::approve, Step::record, Step::reset};
        case Kind::change:
            return joined({{Step::opened, Step::apply, Step::confirm, Step::link, Step::end_signing,
                            Step::approve},
                           to_the_card,
                           {Step::activate, Step::tell}});
        case Kind::from_abroad:
            return joined({{Step::opened, Step::apply, Step::confirm, Step::link, Step::approve},
                           to_the_card,
                           handed,
                           {Step::tell, Step::end_old}});
        case Kind::end:
            return {Step::opened, Step::confirm, Step::end_old};
        case Kind::renewal:
            return joined({{Step::opened, Step::sign, Step::confirm},
                           to_the_card,
                           {Step::activate, Step::end_old}});
        case Kind::existing:
            return joined({{Step::opened, Step::apply, Step::sign, Step::confirm, Step::link},
                           handed,
                           {Step::tell}});
        case Kind::exchange:
            return {Step::opened,  Step::sign,     Step::confirm,
                    Step::approve, Step::activate, Step::end_old};
        case Kind::number:
            return {Step::opened, Step::link, Step::end_number, Step::hand_over, Step::tell};
        case Kind::birth:
            return joined({{Step::opened, Step::apply, Step::sign, Step::notify, Step::file,
                            Step::confirm, Step::link},
                           to_the_card,
                           handed,
                           {Step::tell, Step::decide}});
    }
    return {};
}

std::string_view to_text(StepState state) {
    switch (state) {
        case StepState::done:
            return "done";
        case StepState::waits:
            return "waits";
        case StepState::later:
            return "later";
        case StepState::not_needed:
            return "not_needed";
        case StepState::given_up:
            return "given_up";
    }
    return "";
}

std::vector<Progress> progress_of(const Case& one, const std::vector<Line>& lines) {
    const auto todos = todo(one);
    std::vector<Progress> out;
    for (const auto step : steps_of(one, todos)) {
        out.push_back({.step = step,
                       .at = done_since(step, lines),
                       .todo = waits_at(step, todos),
                       .who = who_acts(one, step, lines),
                       .where = is_at_home(one.kind, step) ? Where::online : info(step).where});
    }
    const auto way = way_of(one.kind).size();
    const auto first =
        std::ranges::find_if(out, [](const Progress& row) { return !row.todo.empty(); });
    // What waits beside the way says nothing of the steps on it.
    const auto waits_at = static_cast<std::size_t>(first - out.begin());
    for (std::size_t place = 0; place < out.size(); ++place)
        out[place].state = state_of(one, out[place], waits_at >= way || place < waits_at);
    return out;
}

}  // namespace mado::issuer
