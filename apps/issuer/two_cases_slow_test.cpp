// Two cases of one person at once: which is opened beside which, and that never two cards count for
// one purpose, whenever the second one is opened and whichever comes to its end first.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <set>

#include "base/file.hpp"
#include "base/temp_folder.hpp"
#include "numbers.hpp"
#include "test_issuer.hpp"

namespace mado::issuer {
namespace {

// What the second one is, beside the first.
enum class Beside { opened, same_case, other_case, no_card };

// Each kind that is opened for somebody who has a card.
const std::vector<Asked> all_asked{
    {.kind = Kind::replacement, .reason = "damaged"},
    {.kind = Kind::change},
    {.kind = Kind::from_abroad},
    {.kind = Kind::renewal},
    {.kind = Kind::exchange},
    {.kind = Kind::number, .reason = "misuse"},
    {.kind = Kind::end, .reason = "abroad"},
    {.kind = Kind::stop, .reason = "lost"},
    {.kind = Kind::unlock, .uses = {Use::authentication}},
};

// By certificate: its use, and whether it counts.
using AtRelay = std::map<std::string, std::pair<Use, Standing>>;
// What the relay does with the others of a use when it activates one.
using RelayActivates = std::function<void(AtRelay&, Use)>;
void revoke_same_use(AtRelay& known, Use use) {
    for (auto& [certificate, what] : known) {
        if (what.first == use) what.second = Standing::revoked;
    }
}

// One person with a card, whom relay, authority and registers do at once what is ordered.
class OnePerson {
  public:
    OnePerson(const std::string& database, const std::string& folder, const wire::Schemes& schemes)
        : schemes_(schemes), store_(database, folder, schemes) {
        for (const auto& [card, standing] : store_.known_person(first_)->issued)
            at_relay_[card.certificate] = {card.use, standing};
    }

    std::expected<CaseId, Misfit> open(Asked asked) {
        if (asked.kind == Kind::number) asked.health_care = draw_numbers(schemes_).health_care;
        const auto out = store_.open(first_, asked, {.at = 1, .clerk = "sato"});
        check();
        return out;
    }
    // The resident register says it: a word that it says once.
    Store::Hearing hear(News what) {
        auto out = store_.hear(store_.find(first_).one.numbers.issuing,
                               {.id = "word", .what = what, .at = 1}, store_.home(first_), 1);
        check();
        return out;
    }
    // The next thing that can be done in it; false: nothing can, or it has ended.
    bool step(CaseId id, const Happening& of_lost) {
        const auto one = store_.find(id).one;
        for (const auto& what : todo(one)) {
            const bool is_done = !what.refused.empty() ? try_again(id, one)
                                 : what.order
                                     ? carry_out(id, *what.order)
                                     : happen(id, by_people(one, what.step, of_lost),
                                              what.step == Step::approve ? "suzuki" : "sato");
            if (!is_done) continue;
            check();
            return true;
        }
        return false;
    }
    void finish(CaseId id, const Happening& of_lost) {
        for (int i = 0; step(id, of_lost); ++i)
            ASSERT_LT(i, 100) << "no end";
    }
    bool has_ended(CaseId id) { return issuer::has_ended(store_.find(id).one); }
    // At any moment two of its cards have counted for one purpose.
    [[nodiscard]] bool has_had_two() const { return has_had_two_; }
    // One that was stopped, and that nobody has found, has counted.
    [[nodiscard]] bool has_had_stopped() const { return has_had_stopped_; }
    // Those that are not revoked, of that use.
    [[nodiscard]] std::set<std::string> counting(Use use) const {
        std::set<std::string> out;
        for (const auto& [certificate, what] : at_relay_) {
            if (what.first == use && what.second != Standing::revoked) out.insert(certificate);
        }
        return out;
    }
    // What is wrong on purpose.
    RelayActivates relay_activates = revoke_same_use;
    bool relay_refuses_stopped = true;
    // Where a card of another authority's is signed with, the log-in certificate is the old one.
    bool keeps_log_in = false;
    // Once nothing is to do the centre's own cases say what the relay does.
    void expect_known() {
        for (const auto& issued : store_.known_person(first_)->issued) {
            EXPECT_EQ(issued.standing, at_relay_.at(issued.card.certificate).second)
                << to_text(issued.card.use);
        }
    }

  private:
    void check() {
        for (const auto use : uses) {
            const auto count = std::ranges::count_if(at_relay_, [use](const auto& card) {
                return card.second.first == use && card.second.second == Standing::active;
            });
            has_had_two_ = has_had_two_ || count > 1;
        }
        has_had_stopped_ = has_had_stopped_ || counts_stopped();
    }
    bool counts_stopped() {
        for (const auto id : store_.of_person(first_)) {
            const auto stop = store_.find(id).one;
            if (stop.kind != Kind::stop || stop.found || stop.overtaken) continue;
            for (std::size_t i = 0; i < stop.before.size(); ++i) {
                const auto card = at_relay_.find(stop.before[i].certificate);
                const bool counts =
                    card != at_relay_.end() && card->second.second == Standing::active;
                if (counts && stop.has_done(of_place(OrderKind::stop, i))) return true;
            }
        }
        return false;
    }
    bool happen(CaseId id, const Happening& what, std::string_view clerk) {
        return store_.add(id, what, {.at = 1, .clerk = std::string(clerk)}).has_value();
    }
    Happening by_people(const Case& one, Step step, const Happening& of_lost) {
        auto application = test_application(schemes_);
        if (one.kind == Kind::change) application.claims.resize(1);
        if (step == Step::apply) return application;
        if (step == Step::sign) return requested(one);
        if (step == Step::approve) return Approved{};
        if (step == Step::write) return Written{};
        if (step == Step::hand_over) {
            return HandedOver{store_.stop_index(draw_digits(12, /*with_check=*/false))};
        }
        if (step == Step::reset) return PinSet{};
        if (step == Step::look_for) return of_lost;
        KeysMade made{.keys = {}, .chip = "chip"};
        for (const auto use : uses_of(one)) {
            const auto key = test_card_key();
            made.keys.emplace(use, base64url(key.spki()));
            certificates_.emplace(base64url(key.spki()), test_certificate(key));
        }
        return made;
    }
    // Of a card of another authority's: both certificates, of which nobody has the one that signs.
    Requested requested(const Case& one) const {
        Requested out{.application = "signed"};
        if (!info(one.kind).foreign) return out;
        const auto before = counting(Use::authentication);
        for (const auto use : uses) {
            if (keeps_log_in && use == Use::authentication && !before.empty()) {
                out.certificates.emplace(use, *before.begin());
                continue;
            }
            out.certificates.emplace(use, test_certificate(test_card_key()));
        }
        return out;
    }
    // Of certificates that the relay has known: what is revoked is for good.
    [[nodiscard]] std::optional<Standing> worst_at_relay(const Case& one) const {
        std::optional<Standing> out;
        for (const auto& [use, certificate] : one.certificates) {
            const auto known = at_relay_.find(certificate);
            if (known != at_relay_.end()) out = std::max(out, std::optional(known->second.second));
        }
        return out;
    }
    // By a clerk, once the card is not stopped; false: it waits for that.
    bool try_again(CaseId id, const Case& one) {
        const auto worst = worst_at_relay(one);
        if (worst == Standing::suspended) return false;
        if (worst == Standing::revoked) return happen(id, Cancelled{"revoked"}, "sato");
        return happen(id, TryAgain{activate_order}, "sato");
    }
    // False: it waits for what another case does.
    bool carry_out(CaseId id, OrderName order) {
        const auto one = store_.find(id).one;
        if (order.kind == OrderKind::stop || order.kind == OrderKind::resume_card) {
            const auto card = at_relay_.find(before(one, order.item));
            if (card == at_relay_.end()) return false;
            EXPECT_TRUE(happen(id, Sent{order}, ""));
            auto& standing = card->second.second;
            if (standing == Standing::revoked) {
                return happen(id, NotActive{.order = order, .place = order.item}, "");
            }
            standing = order.kind == OrderKind::stop ? Standing::suspended : Standing::active;
            return happen(id, Done{order}, "");
        }
        EXPECT_TRUE(happen(id, Sent{order}, ""));
        EXPECT_TRUE(happen(id, answer(one, order), "")) << to_text(order.kind);
        return true;
    }
    static const std::string& before(const Case& one, int place) {
        return one.before.at(static_cast<std::size_t>(place)).certificate;
    }
    Happening answer(const Case& one, OrderName order) {
        switch (order.kind) {
            case OrderKind::confirm:
                if (one.kind == Kind::end) return Gone{order.item};
                return Confirmed{order.item, test_confirmation(), 1, true};
            case OrderKind::collect: {
                const auto use = static_cast<Use>(order.item);
                return Certified{use, certificates_.at(one.keys.at(use))};
            }
            case OrderKind::activate:
                // As the relay answers (`plan_new_cards` in apps/relay/changes.cpp).
                if (const auto worst = worst_at_relay(one);
                    relay_refuses_stopped && worst > Standing::active) {
                    return Refused{order,
                                   *worst == Standing::revoked ? "card_revoked" : "card_taken"};
                }
                for (const auto& [use, certificate] : one.certificates) {
                    const auto known = at_relay_.find(certificate);
                    if (known != at_relay_.end()) {
                        known->second.second = Standing::active;
                        continue;
                    }
                    relay_activates(at_relay_, use);
                    at_relay_[certificate] = {use, Standing::active};
                }
                return Done{order};
            case OrderKind::revoke_card:
                for (const auto place : places_at_relay(one, order)) {
                    const auto card = at_relay_.find(before(one, place));
                    EXPECT_NE(card, at_relay_.end());
                    if (card != at_relay_.end()) card->second.second = Standing::revoked;
                }
                return Done{order};
            case OrderKind::trace:
                return Traced{order.item, ""};
            case OrderKind::link:
            case OrderKind::certify:
            case OrderKind::tell:
            case OrderKind::take_back:
            case OrderKind::stop:
            case OrderKind::suspend:
            case OrderKind::resume_card:
            case OrderKind::resume:
            case OrderKind::end_old:
            case OrderKind::reset:
            case OrderKind::drop:
            case OrderKind::end_number:
            case OrderKind::notify:
            case OrderKind::file:
            case OrderKind::ask_decision:
            case OrderKind::start_link:
            case OrderKind::end_link:
                break;
        }
        return Done{order};
    }

    const wire::Schemes& schemes_;
    Store store_;
    CaseId first_ = 1;  // the only one of the store
    AtRelay at_relay_;
    bool has_had_two_ = false, has_had_stopped_ = false;
    std::map<std::string, std::string> certificates_;  // by key
};

class TwoCases : public ::testing::Test {
  public:
    TwoCases() {
        replace_file(folder_.path("store.key"), Bytes(32, 7), 0600);
        Store store(folder_.path("first.sqlite"), folder_.path(""), schemes_);
        make_first(store);
    }
    // With both certificates in one chip.
    void make_first(Store& store) {
        const auto id = store.open({.numbers = draw_numbers(schemes_)}, {.at = 1});
        auto application = test_application(schemes_);
        application.claims.resize(1);
        std::map<Use, std::string> certificates;
        for (const auto use : uses)
            certificates.emplace(use, test_certificate(test_card_key()));
        const TakenOn taken{.person = application.person,
                            .claims = application.claims,
                            .certificates = certificates,
                            .chip = "chip"};
        ASSERT_TRUE(store.add(id, taken, {.at = 1}));
    }
    OnePerson person(const std::string& from = "first.sqlite") {
        const auto database = folder_.path("case.sqlite");
        for (const auto* part : {"", "-wal", "-shm"})
            std::filesystem::remove(database + part);
        std::filesystem::copy_file(folder_.path(from), database);
        return {database, folder_.path(""), schemes_};
    }
    // With both in one chip of another authority's.
    void make_foreign() {
        {
            auto one = person();
            const auto id = one.open({.kind = Kind::exchange});
            ASSERT_TRUE(id);
            one.finish(*id, Found{});
            ASSERT_TRUE(one.has_ended(*id));
        }
        std::filesystem::copy_file(folder_.path("case.sqlite"), folder_.path("foreign.sqlite"));
    }
    static Beside beside(OnePerson& person, CaseId first, const Asked& second) {
        const auto id = person.open(second);
        if (id) return *id == first ? Beside::same_case : Beside::opened;
        return id.error() == Misfit::no_card ? Beside::no_card : Beside::other_case;
    }

    wire::Schemes schemes_ = test_schemes();
    TempFolder folder_;
};

// One of those that make or end something at a time. A stop goes always; of a card that is stopped
// no PIN is set, and nothing is written into it.
Beside expected(const KindInfo& first, const KindInfo& second) {
    if (first.is_alone && second.is_alone) return Beside::other_case;
    if (first.kind != Kind::stop) return Beside::opened;
    if (second.kind == Kind::stop) return Beside::same_case;
    if (second.kind == Kind::unlock) return Beside::no_card;
    return second.in_hand ? Beside::other_case : Beside::opened;
}

TEST_F(TwoCases, OfEveryPairOfKinds) {
    for (const auto& first : all_asked) {
        for (const auto& second : all_asked) {
            SCOPED_TRACE(std::string(to_text(first.kind)) + ", " +
                         std::string(to_text(second.kind)));
            auto one = person();
            const auto id = one.open(first);
            ASSERT_TRUE(id) << to_text(id.error());
            EXPECT_EQ(beside(one, *id, second), expected(info(first.kind), info(second.kind)));
        }
    }
}

// Who ends first.
enum class Finish { first, second, in_turn };

void finish_both(OnePerson& one, CaseId first, CaseId second, Finish finish,
                 const Happening& of_lost) {
    if (finish == Finish::second) std::swap(first, second);
    if (finish == Finish::in_turn) {
        for (bool more = true; more;) {
            more = one.step(first, of_lost);
            more = one.step(second, of_lost) || more;
        }
    }
    one.finish(first, of_lost);
    one.finish(second, of_lost);
    one.finish(first, of_lost);
    EXPECT_TRUE(one.has_ended(first) && one.has_ended(second));
    one.expect_known();
}

// The second one is opened after that many steps of the first.
bool run_both(OnePerson one, const Asked& first, const Asked& second, int steps, Finish finish,
              const Happening& of_lost) {
    const auto id = one.open(first);
    EXPECT_TRUE(id);
    bool more = true;
    for (int i = 0; more && i < steps; ++i)
        more = one.step(*id, of_lost);
    const auto other = one.open(second);
    if (other && *other != *id) finish_both(one, *id, *other, finish, of_lost);
    EXPECT_FALSE(one.has_had_two()) << "two cards count for one purpose";
    EXPECT_FALSE(one.has_had_stopped()) << "a stopped card counts";
    return more;
}

// Each of its ways: a card that is looked for is found, or given up.
using Run = std::function<bool(int steps, Finish finish, const Happening& of_lost)>;
std::size_t run_each(const std::string& name, bool is_stopped, const Run& run) {
    constexpr int steps_between = 3;
    std::vector<Happening> of_lost{Found{}};
    if (is_stopped) of_lost.emplace_back(GivenUp{});
    std::size_t runs = 0;
    for (const auto finish : {Finish::first, Finish::second, Finish::in_turn}) {
        for (const auto& what : of_lost) {
            bool more = true;
            for (int steps = 0; more; steps += steps_between, ++runs) {
                SCOPED_TRACE(name + ", after " + std::to_string(steps) + " steps, " +
                             std::to_string(static_cast<int>(finish)));
                more = run(steps, finish, what);
            }
        }
    }
    return runs;
}

std::size_t run_pair(const std::function<OnePerson()>& person, const Asked& first,
                     const Asked& second) {
    const bool is_stopped = first.kind == Kind::stop || second.kind == Kind::stop;
    return run_each(std::string(to_text(first.kind)) + ", " + std::string(to_text(second.kind)),
                    is_stopped, [&](int steps, Finish finish, const Happening& of_lost) {
                        return run_both(person(), first, second, steps, finish, of_lost);
                    });
}

TEST_F(TwoCases, NeverLeaveTwoCardsThatCount) {
    std::size_t runs = 0;
    for (const auto& first : all_asked) {
        for (const auto& second : all_asked) {
            if (info(first.kind).is_alone && info(second.kind).is_alone) continue;
            runs += run_pair([this] { return person(); }, first, second);
        }
    }
    std::printf("%zu runs\n", runs);
    EXPECT_GT(runs, 200U);
}

TEST_F(TwoCases, OfARelayThatForgetsTheCardBeforeTwoAreSeen) {
    auto one = person();
    one.relay_activates = [](AtRelay&, Use) {};
    const auto id = one.open({.kind = Kind::replacement, .reason = "damaged"});
    ASSERT_TRUE(id);
    EXPECT_FALSE(one.has_had_two());
    one.finish(*id, Found{});
    EXPECT_TRUE(one.has_had_two());
}

// ---- a log-in certificate that is kept ----

// Whoever gets another signing certificate of another authority's has the log-in certificate of
// before in both: a stop is about it, whichever of the two is there first.
TEST_F(TwoCases, AStopBesideALogInCertificateThatIsKept) {
    make_foreign();
    const Asked exchange{.kind = Kind::exchange}, stop{.kind = Kind::stop, .reason = "lost"};
    const auto keeping = [this] {
        auto one = person("foreign.sqlite");
        one.keeps_log_in = true;
        return one;
    };
    {
        auto one = keeping();
        const auto before = one.counting(Use::authentication);
        const auto id = one.open(exchange);
        ASSERT_TRUE(id);
        one.finish(*id, Found{});
        EXPECT_EQ(one.counting(Use::authentication), before);
        EXPECT_EQ(one.counting(Use::signing).size(), 1U);
    }
    const auto runs = run_pair(keeping, exchange, stop) + run_pair(keeping, stop, exchange);
    std::printf("%zu runs\n", runs);
    EXPECT_GT(runs, 20U);
}

TEST_F(TwoCases, OfARelayThatActivatesWhatIsStoppedItIsSeen) {
    make_foreign();
    auto one = person("foreign.sqlite");
    one.keeps_log_in = true;
    one.relay_refuses_stopped = false;
    const auto stop = one.open({.kind = Kind::stop, .reason = "lost"});
    ASSERT_TRUE(stop);
    for (const auto use : uses)  // stopped, both
        ASSERT_TRUE(one.step(*stop, Found{})) << to_text(use);
    EXPECT_FALSE(one.has_had_stopped());
    const auto exchange = one.open({.kind = Kind::exchange});
    ASSERT_TRUE(exchange);
    one.finish(*exchange, Found{});
    EXPECT_TRUE(one.has_had_stopped());
}

// ---- what the register says ----

// What was said has come to pass at the relay, of what counted there when it was heard.
class Counted {
  public:
    Counted(const OnePerson& one, News what) : what_(what) {
        for (const auto use : uses)
            before_.merge(is_meant(use) ? one.counting(use) : std::set<std::string>());
    }
    void expect_ended(const OnePerson& one) const {
        for (const auto use : uses) {
            const auto now = one.counting(use);
            EXPECT_TRUE(std::ranges::none_of(now, [this](const auto& certificate) {
                return before_.contains(certificate);
            })) << "what was said has ended nothing";
            EXPECT_TRUE(what_ == News::changed || now.empty()) << "a card of nobody's";
        }
    }

  private:
    [[nodiscard]] bool is_meant(Use use) const {
        return what_ != News::changed || use == Use::signing;
    }
    News what_;
    std::set<std::string> before_;
};

void expect_run(const OnePerson& one, const Counted& counted) {
    EXPECT_FALSE(one.has_had_two()) << "two cards count for one purpose";
    EXPECT_FALSE(one.has_had_stopped()) << "a stopped card counts";
    counted.expect_ended(one);
}

// After that many steps of the first; what waits for it is heard when it has ended.
bool run_said(OnePerson one, const Asked& first, News what, int steps, Finish finish,
              const Happening& of_lost) {
    const auto id = one.open(first);
    EXPECT_TRUE(id);
    bool more = true;
    for (int i = 0; more && i < steps; ++i)
        more = one.step(*id, of_lost);
    Counted counted(one, what);
    auto heard = one.hear(what);
    if (heard.due == Due::waits) {
        one.finish(*id, of_lost);
        counted = Counted(one, what);
        heard = one.hear(what);
    }
    EXPECT_NE(heard.due, Due::waits) << "for what has ended";
    const bool follows = heard.due == Due::opens || heard.due == Due::goes_on;
    finish_both(one, *id, follows ? *heard.id : *id, finish, of_lost);
    expect_run(one, counted);
    return more;
}

// The register is first.
bool run_after_said(OnePerson one, News what, const Asked& second, int steps, Finish finish,
                    const Happening& of_lost) {
    const Counted counted(one, what);
    const auto heard = one.hear(what);
    EXPECT_EQ(heard.due, Due::opens);
    bool more = true;
    for (int i = 0; more && i < steps; ++i)
        more = one.step(*heard.id, of_lost);
    // Of whoever is dead or abroad no register confirms what is asked for afterwards.
    auto other = *heard.id;
    if (more) other = one.open(second).value_or(other);
    finish_both(one, *heard.id, other, finish, of_lost);
    expect_run(one, counted);
    return more;
}

constexpr std::array all_news{News::died, News::left, News::changed};

// Its case is opened beside no other of those that make or end something, and the other way round.
TEST_F(TwoCases, OneThatARegisterOpensIsOneOfThem) {
    for (const auto what : all_news) {
        const auto& opened = info(what == News::changed ? Kind::change : Kind::end);
        for (const auto& second : all_asked) {
            SCOPED_TRACE(std::string(to_text(what)) + ", " + std::string(to_text(second.kind)));
            auto one = person();
            const auto heard = one.hear(what);
            ASSERT_EQ(heard.due, Due::opens);
            const bool is_the_like =
                second.kind == opened.kind && (second.reason.empty() || what == News::left);
            EXPECT_EQ(beside(one, *heard.id, second),
                      is_the_like ? Beside::same_case : expected(opened, info(second.kind)));
        }
    }
}

// Whatever a register says while another case is open comes to pass, and no card counts that is not
// to.
TEST_F(TwoCases, WhatARegisterSaysOfWhoeverHasACaseComesToPass) {
    std::size_t runs = 0;
    for (const auto what : all_news) {
        for (const auto& asked : all_asked) {
            const auto name = std::string(to_text(asked.kind)) + ", " + std::string(to_text(what));
            const bool is_stopped = asked.kind == Kind::stop;
            runs +=
                run_each(name, is_stopped, [&](int steps, Finish finish, const Happening& lost) {
                    return run_said(person(), asked, what, steps, finish, lost);
                });
            runs += run_each(name + " before", is_stopped,
                             [&](int steps, Finish finish, const Happening& lost) {
                                 return run_after_said(person(), what, asked, steps, finish, lost);
                             });
        }
    }
    std::printf("%zu runs\n", runs);
    EXPECT_GT(runs, 200U);
}

}  // namespace
}  // namespace mado::issuer
