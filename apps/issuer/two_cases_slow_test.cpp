// Two cases of one person at once: which is opened beside which, and that never two cards count for
// one purpose, whenever the second one is opened and whichever comes to its end first.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <functional>

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
        for (const auto& [use, certificate] : store_.find(first_).one.certificates)
            at_relay_[certificate] = {use, Standing::active};
    }

    std::expected<CaseId, Misfit> open(Asked asked) {
        if (asked.kind == Kind::number) asked.health_care = draw_numbers(schemes_).health_care;
        const auto out = store_.open(first_, asked, {.at = 1, .clerk = "sato"});
        check();
        return out;
    }
    // The next thing that can be done in it; false: nothing can, or it has ended.
    bool step(CaseId id, const Happening& of_lost) {
        const auto one = store_.find(id).one;
        for (const auto& what : todo(one)) {
            const bool is_done = what.order
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
    // What is wrong on purpose.
    RelayActivates relay_activates = revoke_same_use;
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
    // Of a card of another authority's: both certificates, that nobody has.
    static Requested requested(const Case& one) {
        Requested out{.application = "signed"};
        for (const auto use : uses) {
            if (!info(one.kind).foreign) break;
            out.certificates.emplace(use, test_certificate(test_card_key()));
        }
        return out;
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
                for (const auto& [use, certificate] : one.certificates) {
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
    bool has_had_two_ = false;
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
    OnePerson person() {
        const auto database = folder_.path("case.sqlite");
        for (const auto* part : {"", "-wal", "-shm"})
            std::filesystem::remove(database + part);
        std::filesystem::copy_file(folder_.path("first.sqlite"), database);
        return {database, folder_.path(""), schemes_};
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
    return more;
}

void run_pair(TwoCases& test, const Asked& first, const Asked& second, std::size_t& runs) {
    constexpr int steps_between = 3;
    std::vector<Happening> of_lost{Found{}};
    const bool is_stopped = first.kind == Kind::stop || second.kind == Kind::stop;
    if (is_stopped) of_lost.emplace_back(GivenUp{});
    for (const auto finish : {Finish::first, Finish::second, Finish::in_turn}) {
        for (const auto& what : of_lost) {
            bool more = true;
            for (int steps = 0; more; steps += steps_between, ++runs) {
                SCOPED_TRACE(std::string(to_text(first.kind)) + ", after " + std::to_string(steps) +
                             " steps " + std::string(to_text(second.kind)) + ", " +
                             std::to_string(static_cast<int>(finish)));
                more = run_both(test.person(), first, second, steps, finish, what);
            }
        }
    }
}

TEST_F(TwoCases, NeverLeaveTwoCardsThatCount) {
    std::size_t runs = 0;
    for (const auto& first : all_asked) {
        for (const auto& second : all_asked) {
            if (info(first.kind).is_alone && info(second.kind).is_alone) continue;
            run_pair(*this, first, second, runs);
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

}  // namespace
}  // namespace mado::issuer
