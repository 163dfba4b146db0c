// Stops of cards: whichever card counts, active or not yet, and what a stop does to other cases.
#include "test_worker.hpp"

namespace mado::issuer {
namespace {

TEST_F(WorkerTest, AStopGoesToBothAndTheCardIsFound) {
    World world(1);
    const auto first = card_in_hand(world);
    const auto stop = open(first, {.kind = Kind::stop, .reason = "lost"});
    ASSERT_TRUE(stop);
    EXPECT_EQ(todo(find(*stop)).size(), 4U) << "side by side";
    live(world, 1'000);
    EXPECT_EQ(todo(find(*stop)).front().step, Step::look_for);
    EXPECT_EQ(times(world, "card/suspend/"), 2);
    EXPECT_EQ(times(world, "certificate-status/suspend/"), 2);
    EXPECT_EQ(standings(first), (Standings{Standing::suspended, Standing::suspended}));
    EXPECT_EQ(open(first, {.kind = Kind::stop, .reason = "by-request"}), stop);
    happen(*stop, Found{});
    EXPECT_EQ(open(first, {.kind = Kind::stop, .reason = "lost"}), stop) << "and again";
    EXPECT_FALSE(find(*stop).found);
    live(world, 1'000);
    happen(*stop, Found{});
    live(world, 1'000);
    EXPECT_TRUE(has_ended(find(*stop)));
    EXPECT_EQ(times(world, "card/resume/"), 2);
    EXPECT_EQ(standings(first), (Standings{Standing::active, Standing::active}));
    EXPECT_NE(open(first, {.kind = Kind::stop, .reason = "lost"}), stop) << "that one is over";
}

TEST_F(WorkerTest, AReplacementEndsTheCardBeforeAndItsStop) {
    World world(1);
    const auto first = card_in_hand(world);
    const auto stop = open(first, {.kind = Kind::stop, .reason = "lost"});
    const auto next = open(first, {.kind = Kind::replacement, .reason = "lost"});
    ASSERT_TRUE(stop && next);
    EXPECT_EQ(open(first, {.kind = Kind::end, .reason = "death"}).error(), Misfit::other_case);
    live(world, 1'000);  // the resident register is asked, for the signing certificate
    approve(*next);
    happen(*next, keys());
    live(world, 1'000);
    EXPECT_EQ(times(world, "certificate-status/revoke/"), 0);
    happen(*next, Written{});
    happen(*next, HandedOver{});
    live(world, 1'000);
    EXPECT_TRUE(has_ended(find(*next)));
    EXPECT_TRUE(find(*stop).overtaken);
    EXPECT_TRUE(has_ended(find(*stop)));
    EXPECT_EQ(times(world, "card/revoke/"), 0) << "the relay has done it";
    EXPECT_EQ(times(world, "certificate-status/revoke/"), 4) << "by both";
    EXPECT_EQ(standings(first), (Standings{Standing::revoked, Standing::revoked, Standing::active,
                                           Standing::active}));
}

// Who stops a card while the stop of the one before has not come to its end stops the new one.
TEST_F(WorkerTest, AStopIsOfTheCardThatCountsNow) {
    World world(1);
    const auto first = card_in_hand(world);
    const auto stop = open(first, {.kind = Kind::stop, .reason = "lost"});
    const auto next = open(first, {.kind = Kind::replacement, .reason = "lost"});
    ASSERT_TRUE(stop && next);
    live(world, 1'000);
    approve(*next);
    happen(*next, keys());
    live(world, 1'000);
    happen(*next, Written{});
    happen(*next, HandedOver{});
    happen(*next, Sent{activate_order});
    happen(*next, Done{activate_order});
    ASSERT_TRUE(find(*stop).overtaken);
    ASSERT_FALSE(has_ended(find(*stop))) << "the authority has not ended the old ones yet";
    const auto again = open(first, {.kind = Kind::stop, .reason = "lost"});
    ASSERT_TRUE(again);
    EXPECT_NE(again, stop);
    EXPECT_EQ(open(first, {.kind = Kind::stop, .reason = "lost"}), again);
    live(world, 1'000);
    EXPECT_EQ(standings(first), (Standings{Standing::revoked, Standing::revoked,
                                           Standing::suspended, Standing::suspended}));
    EXPECT_TRUE(has_ended(find(*stop)));
}

// Lost on the way home, while the relay has not said yet that the card is active.
TEST_F(WorkerTest, AStopHoldsForACardThatBecomesActiveAfterwards) {
    World world(1);
    world.activating = World::Activating::on_its_way;
    const auto first = card_handed_over(world, 20);
    const auto stop = open(first, {.kind = Kind::stop, .reason = "lost"});
    ASSERT_TRUE(stop);
    live(world, 60);
    EXPECT_GE(times(world, "card/suspend/"), 2) << "and refused: the relay has no such card";
    EXPECT_TRUE(find(*stop).refused.empty()) << "no clerk has to do anything";
    EXPECT_EQ(todo(find(*stop)).front().actor, Actor::relay);
    world.activating = World::Activating::unheard;  // active, and this centre does not know it
    const auto live_until = [&](const auto& is_so) {
        for (int i = 0; i < 100 && !is_so(); ++i)
            live(world, 100);
    };
    live_until([&] { return is_to_do(find(*stop), Step::look_for); });
    EXPECT_FALSE(find(first).has_done(activate_order));
    EXPECT_EQ(todo(find(*stop)).front().step, Step::look_for);
    world.activating = World::Activating::answered;
    live_until([&] { return find(first).has_done(activate_order); });
    EXPECT_TRUE(find(first).has_done(activate_order));
    ASSERT_EQ(world.at_relay.size(), 2U);
    for (const auto& [card, what] : world.at_relay)
        EXPECT_EQ(what, "suspend");
    happen(*stop, Found{});
    live(world, 1'000);
    EXPECT_EQ(standings(first), (Standings{Standing::active, Standing::active}));
}

// In the moment between the clerk's word and the order.
TEST_F(WorkerTest, ACardThatIsHandedOverIsStoppedBeforeItsActivationHasLeft) {
    World world(1);
    const auto first = card_handed_over(world, 0);
    ASSERT_FALSE(find(first).is_in_doubt(activate_order));
    const auto stop = open(first, {.kind = Kind::stop, .reason = "lost"});
    ASSERT_TRUE(stop);
    live(world, 1'000);
    EXPECT_EQ(todo(find(*stop)).front().step, Step::look_for);
    ASSERT_EQ(world.at_relay.size(), 2U);
    for (const auto& [card, what] : world.at_relay)
        EXPECT_EQ(what, "suspend");
}

// Then there is nothing to stop at the relay, and nothing that a clerk would have to do; nor can
// the activation be tried again behind the back of the one who has stopped the card.
TEST_F(WorkerTest, WhereTheActivationIsRefusedThereIsNothingToStop) {
    World world(1);
    world.activating = World::Activating::on_its_way;
    const auto first = card_handed_over(world, 20);
    const auto stop = open(first, {.kind = Kind::stop, .reason = "lost"});
    ASSERT_TRUE(stop);
    live(world, 60);
    world.activating = World::Activating::refused;
    live(world, 2'000);
    EXPECT_TRUE(find(first).refused.contains(activate_order));
    EXPECT_EQ(find(*stop).not_active, (std::set{0, 1}));
    EXPECT_EQ(todo(find(*stop)).front().step, Step::look_for);
    world.activating = World::Activating::answered;
    {
        Store store(folder.path("issuer.sqlite"), folder.path(""), schemes);
        EXPECT_EQ(store.add(first, TryAgain{activate_order}, {.at = 1, .clerk = "sato"}).error(),
                  Misfit::other_case);
    }
    happen(*stop, Found{});
    live(world, 500);
    EXPECT_TRUE(has_ended(find(*stop))) << "nothing is to be resumed at the relay";
    happen(first, TryAgain{activate_order});
    live(world, 500);
    EXPECT_EQ(standings(first), (Standings{Standing::active, Standing::active}));
    const auto again = open(first, {.kind = Kind::stop, .reason = "lost"});
    ASSERT_TRUE(again);
    live(world, 500);
    for (const auto& [card, what] : world.at_relay)
        EXPECT_EQ(what, "suspend");
}

// Given up for good: what the relay does not have is not to be revoked there.
TEST_F(WorkerTest, AStopOfACardThatWasNeverActiveIsGivenUp) {
    World world(1);
    world.activating = World::Activating::refused;
    const auto first = card_handed_over(world, 100);
    const auto stop = open(first, {.kind = Kind::stop, .reason = "lost"});
    ASSERT_TRUE(stop);
    live(world, 500);
    happen(*stop, GivenUp{});
    live(world, 500);
    EXPECT_TRUE(has_ended(find(*stop)));
    EXPECT_EQ(times(world, "certificate-status/revoke/"), 2);
    happen(first, Cancelled{"stopped"});
    live(world, 500);
    EXPECT_TRUE(has_ended(find(first)));
}

// What is linked is told, also when the card is lost meanwhile.
TEST_F(WorkerTest, AStopKeepsNoNewInsurerFromTheNumber) {
    World world(1);
    const auto first = card_in_hand(world);
    const auto told = times(world, "health-care-number/");
    auto application = test_application(schemes);
    application.person.address = "九十九県A市港町3丁目4番5号";
    application.claims[1].number.fields[2].second = "778";
    const auto change = open(first, {.kind = Kind::change}).value();
    happen(change, application);
    live(world, 1'000);
    approve(change);
    world.silent.insert(application.claims[1].number.fields[0].second);
    live(world, 500);
    ASSERT_TRUE(find(change).has_done(link_order));
    ASSERT_TRUE(open(first, {.kind = Kind::stop, .reason = "lost"}));
    EXPECT_EQ(find(change).cancelled, "stopped");
    world.silent.clear();
    live(world, 4'000);
    EXPECT_TRUE(has_ended(find(change)));
    EXPECT_EQ(times(world, "health-care-number/"), told + 1);
}

// The new signing certificate would go into the card that is looked for.
TEST_F(WorkerTest, AStopGivesUpAChange) {
    World world(1);
    const auto first = card_in_hand(world);
    const auto change = open(first, {.kind = Kind::change});
    ASSERT_TRUE(open(first, {.kind = Kind::stop, .reason = "lost"}));
    EXPECT_EQ(find(*change).cancelled, "stopped");
    EXPECT_EQ(open(first, {.kind = Kind::change}).error(), Misfit::other_case);
}

}  // namespace
}  // namespace mado::issuer
