// How kinds, steps, orders and findings are called, in the store and for pages.
#include <algorithm>

#include "base/result.hpp"
#include "case.hpp"

namespace mado::issuer {
namespace {

constexpr std::array steps{
    StepInfo{Step::invite, "invite", "①", 0, Where::anywhere, Doer::clerk},
    StepInfo{Step::opened, "opened", "", 0, Where::anywhere, Doer::clerk},
    StepInfo{Step::apply, "apply", "②", 30, Where::in_person, Doer::person},
    StepInfo{Step::confirm, "confirm", "③④⑤", 1, Where::online, Doer::register_holder},
    StepInfo{Step::settle, "settle", "⑤", 14, Where::in_person, Doer::clerk},
    StepInfo{Step::link, "link", "⑧-1", 1, Where::online, Doer::relay},
    StepInfo{Step::make_keys, "make_keys", "⑥", 14, Where::in_person, Doer::clerk},
    StepInfo{Step::certify, "certify", "⑥⑦", 1, Where::online, Doer::authority},
    StepInfo{Step::write, "write", "⑧-1", 1, Where::in_person, Doer::clerk},
    StepInfo{Step::hand_over, "hand_over", "⑨⑩", 30, Where::in_person, Doer::person, Doer::clerk},
    StepInfo{Step::activate, "activate", "⑧-2", 1, Where::online, Doer::relay},
    StepInfo{Step::tell, "tell", "⑪", 7, Where::online, Doer::insurer},
    StepInfo{Step::take_back, "take_back", "", 1, Where::online, Doer::authority},
    StepInfo{Step::stop, "stop", "", 1, Where::online, Doer::relay, Doer::authority},
    StepInfo{Step::look_for, "look_for", "", 30, Where::anywhere, Doer::person},
    StepInfo{Step::resume, "resume", "", 1, Where::online, Doer::relay, Doer::authority},
    StepInfo{Step::end_signing, "end_signing", "", 1, Where::online, Doer::relay, Doer::authority},
    StepInfo{Step::end_old, "end_old", "", 1, Where::online, Doer::relay, Doer::authority},
    StepInfo{Step::approve, "approve", "", 1, Where::anywhere, Doer::other_clerk},
    StepInfo{Step::record, "record", "", 1, Where::online, Doer::relay},
    StepInfo{Step::reset, "reset", "", 1, Where::in_person, Doer::clerk},
    StepInfo{Step::sign, "sign", "②", 14, Where::in_person, Doer::person},
    StepInfo{Step::end_number, "end_number", "", 1, Where::online, Doer::relay},
    StepInfo{Step::notify, "notify", "", 1, Where::online, Doer::municipality},
    StepInfo{Step::file, "file", "", 1, Where::online, Doer::medical_insurer},
    StepInfo{Step::decide, "decide", "", 30, Where::online, Doer::medical_insurer},
    StepInfo{Step::file_elsewhere, "file_elsewhere", "", 14, Where::anywhere, Doer::clerk},
};

constexpr std::array kinds{
    KindInfo{Kind::first, "first", false, true, true, {}},
    KindInfo{Kind::replacement,
             "replacement",
             true,
             false,
             true,
             {"lost", "damaged", "expiring", "compromised", "by-request"},
             false,
             true},
    KindInfo{Kind::stop, "stop", true, false, false, {"lost", "by-request"}},
    KindInfo{Kind::unlock, "unlock", true, false, false, {}, false, true},
    KindInfo{Kind::change, "change", true, true, true, {}, true, true},
    KindInfo{Kind::from_abroad, "return", true, true, true, {}, false, true},
    KindInfo{Kind::end, "end", true, false, true, {"death", "abroad", "returned"}},
    KindInfo{Kind::renewal, "renewal", true, false, true, {}, true},
    KindInfo{Kind::existing, "existing", false, true, true, {}, false, false, true},
    KindInfo{Kind::exchange, "exchange", true, false, true, {}, false, true, true},
    KindInfo{Kind::number, "number", true, false, true, {"misuse", "by-request"}},
    KindInfo{Kind::birth, "birth", false, true, true, {}},
};

using OrderWord = std::pair<OrderKind, std::string_view>;
constexpr auto order_kinds = std::to_array<OrderWord>({
    {OrderKind::confirm, "confirm"},
    {OrderKind::link, "link"},
    {OrderKind::certify, "certify"},
    {OrderKind::collect, "collect"},
    {OrderKind::activate, "activate"},
    {OrderKind::tell, "tell"},
    {OrderKind::take_back, "take_back"},
    {OrderKind::stop, "stop"},
    {OrderKind::suspend, "suspend"},
    {OrderKind::resume_card, "resume_card"},
    {OrderKind::resume, "resume"},
    {OrderKind::revoke_card, "revoke_card"},
    {OrderKind::end_old, "end_old"},
    {OrderKind::reset, "reset"},
    {OrderKind::trace, "trace"},
    {OrderKind::drop, "drop"},
    {OrderKind::end_number, "end_number"},
    {OrderKind::notify, "notify"},
    {OrderKind::file, "file"},
    {OrderKind::ask_decision, "ask_decision"},
    {OrderKind::start_link, "start_link"},
    {OrderKind::end_link, "end_link"},
});

using NewsWord = std::pair<News, std::string_view>;
constexpr auto news_words = std::to_array<NewsWord>(
    {{News::died, "died"}, {News::left, "left"}, {News::changed, "changed"}});

}  // namespace

std::string_view to_text(News what) {
    const auto found = std::ranges::find(news_words, what, &NewsWord::first);
    if (found == news_words.end()) throw Failure("what a register says is not in the table");
    return found->second;
}

std::string_view reason_of(News what) {
    switch (what) {
        case News::died:
            return "death";
        case News::left:
            return "abroad";
        case News::changed:
            return "";
    }
    return "";
}

std::optional<News> parse_news(std::string_view text) {
    const auto found = std::ranges::find(news_words, text, &NewsWord::second);
    return found == news_words.end() ? std::nullopt : std::optional(found->first);
}

const StepInfo& info(Step step) {
    const auto found = std::ranges::find(steps, step, &StepInfo::step);
    if (found == steps.end()) throw Failure("a step is not in the table");
    return *found;
}

const KindInfo& info(Kind kind) {
    const auto found = std::ranges::find(kinds, kind, &KindInfo::kind);
    if (found == kinds.end()) throw Failure("a kind of case is not in the table");
    return *found;
}

std::string_view to_text(Kind kind) {
    return info(kind).name;
}

std::optional<Kind> parse_kind(std::string_view text) {
    const auto found = std::ranges::find(kinds, text, &KindInfo::name);
    return found == kinds.end() ? std::nullopt : std::optional(found->kind);
}

bool has_reason(Kind kind, std::string_view reason) {
    const auto& reasons = info(kind).reasons;
    if (reasons.front().empty()) return reason.empty();
    return !reason.empty() && std::ranges::find(reasons, reason) != reasons.end();
}

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

std::string_view to_text(Doer who) {
    switch (who) {
        case Doer::person:
            return "person";
        case Doer::clerk:
            return "clerk";
        case Doer::register_holder:
            return "register";
        case Doer::relay:
            return "relay";
        case Doer::authority:
            return "authority";
        case Doer::parent:
            return "parent";
        case Doer::other_clerk:
            return "other_clerk";
        case Doer::insurer:
            return "insurer";
        case Doer::medical_insurer:
            return "medical_insurer";
        case Doer::municipality:
            return "municipality";
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
        case Role::public_expense:
            return "public-expense";
    }
    return "";
}

std::optional<Role> parse_role(std::string_view text) {
    for (const auto role :
         {Role::resident, Role::medical, Role::pension, Role::care, Role::public_expense}) {
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
        case Finding::gone:
            return "gone";
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
    const auto found = std::ranges::find(order_kinds, kind, &OrderWord::first);
    if (found == order_kinds.end()) throw Failure("a kind of order is not in the table");
    return found->second;
}

std::optional<OrderKind> parse_order_kind(std::string_view text) {
    const auto found = std::ranges::find(order_kinds, text, &OrderWord::second);
    return found == order_kinds.end() ? std::nullopt : std::optional(found->first);
}

std::string_view to_text(FilingState state) {
    switch (state) {
        case FilingState::open:
            return "open";
        case FilingState::accepted:
            return "accepted";
        case FilingState::declined:
            return "declined";
        case FilingState::closed:
            return "closed";
    }
    return "";
}

std::string_view to_text(Misfit misfit) {
    switch (misfit) {
        case Misfit::too_early:
            return "too_early";
        case Misfit::too_late:
            return "too_late";
        case Misfit::unexpected:
            return "unexpected";
        case Misfit::same_hand:
            return "same_hand";
        case Misfit::other_case:
            return "other_case";
        case Misfit::other_person:
            return "other_person";
        case Misfit::no_card:
            return "no_card";
        case Misfit::known_person:
            return "known_person";
    }
    return "";
}

}  // namespace mado::issuer
