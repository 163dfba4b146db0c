// Cases worked on from beginning to end, while requests and answers get lost and the program is
// killed again and again: nothing is lost and nothing done twice.
#include <filesystem>
#include <random>

#include "db/db.hpp"
#include "numbers.hpp"
#include "test_worker.hpp"

namespace mado::issuer {
namespace {

// For whoever reads that it has not ended.
std::string first_of(const Case& one) {
    const auto todos = todo(one);
    if (todos.empty()) return {};
    return std::string(info(todos.front().step).name) + " " + todos.front().refused;
}

// Killed after a few steps, over and over, with one request in five lost.
TEST_F(WorkerTest, LosesNothingAndDoesNothingTwice) {
    const auto seed = std::random_device{}();
    std::printf("seed %u\n", seed);
    World world(seed);
    world.lost_percent = 20;
    std::mt19937 random(seed);
    std::vector<CaseId> cases;
    for (const char person : {'1', '2', '3', '4', '5'})
        cases.push_back(apply(person));
    for (int life = 0; life < 2'000; ++life) {
        // Seconds have gone by: what was lost several times waits for longer than the test.
        db::Connection(folder.path("issuer.sqlite"), db::Access::read_write)
            .run("update outbox set next_try = 0");
        live(world, 1 + static_cast<int>(random() % 12));
        bool all = true;
        for (const auto id : cases) {
            const auto one = find(id);
            all = all && has_ended(one);
            for (const auto& what : todo(one)) {
                if (what.step == Step::make_keys) happen(id, keys());
                if (what.step == Step::write) happen(id, Written{});
                if (what.step == Step::hand_over) happen(id, HandedOver{});
            }
        }
        if (all) break;
    }
    for (const auto id : cases)
        EXPECT_TRUE(has_ended(find(id))) << id << ": " << first_of(find(id));
    Store store(folder.path("issuer.sqlite"), folder.path(""), schemes);
    expect_sound(store, folder.path("issuer.sqlite"));
    int links = 0, activations = 0, certificates = 0;
    for (const auto& [what, times] : world.done) {
        if (what.starts_with("certificates/")) continue;  // asked until it is there
        // All five are of one insured number, and each has a resident number of their own.
        const bool is_of_all = what.starts_with("existence/") && what.contains("insured-number");
        EXPECT_EQ(times, is_of_all ? 5 : 1) << what;
        links += what.starts_with("link/") ? 1 : 0;
        activations += what.starts_with("card/") ? 1 : 0;
        certificates += what.starts_with("certificate/") ? 1 : 0;
    }
    EXPECT_EQ(links, 5);
    EXPECT_EQ(activations, 5);
    EXPECT_EQ(certificates, 10);
}

// A case of each kind for somebody who has a card, of a person each.
class EachKind : public WorkerTest {
  protected:
    struct Opened {
        Asked asked;
        Happening of_lost = Found{};  // what becomes of a card that is stopped
    };
    std::vector<Opened> each() {
        return {{{.kind = Kind::stop, .reason = "lost"}},
                {{.kind = Kind::stop, .reason = "lost"}, GivenUp{}},
                {{.kind = Kind::replacement, .reason = "damaged"}},
                {{.kind = Kind::renewal}},
                {{.kind = Kind::change}},
                {{.kind = Kind::from_abroad}},
                {{.kind = Kind::unlock, .uses = {Use::authentication}}},
                {{.kind = Kind::number,
                  .reason = "misuse",
                  .health_care = draw_numbers(schemes).health_care}},
                {{.kind = Kind::end, .reason = "death"}}};
    }
    std::map<CaseId, Happening> open_each(World& world) {
        std::vector<CaseId> cards;
        for (std::size_t i = 0; i < each().size(); ++i)
            cards.push_back(apply(static_cast<char>('1' + i)));
        live(world, 10'000);
        for (const auto id : cards)
            happen(id, KeysMade{keys().keys, "chip-" + std::to_string(id)});
        live(world, 10'000);
        for (const auto id : cards) {
            happen(id, Written{});
            happen(id, HandedOver{});
        }
        live(world, 10'000);
        std::map<CaseId, Happening> out;
        for (const auto& [asked, of_lost] : each()) {
            const auto first = cards.at(out.size());
            EXPECT_TRUE(has_ended(find(first)));
            const auto id = open(first, asked);
            EXPECT_TRUE(id) << to_text(asked.kind);
            if (id) out.emplace(*id, of_lost);
            if (asked.kind != Kind::end) continue;
            world.verdicts[find(first).claims.front().number.fields[1].second] = "gone";
        }
        world.done.clear();
        return out;
    }
    // The first thing that waits for people.
    void by_people(CaseId id, const Happening& of_lost) {
        const auto one = find(id);
        for (const auto& what : todo(one)) {
            if (what.order) continue;
            if (what.step == Step::approve) return approve(id);
            if (what.step == Step::apply) {
                auto application = test_application(schemes);
                std::erase_if(application.claims,
                              [](const Claim& claim) { return claim.role != Role::resident; });
                application.claims.front().number = person(id).resident->number;
                return happen(id, application);
            }
            if (what.step == Step::make_keys) {
                auto made = keys();
                made.chip = is_in_old_chip(one) ? one.before.front().chip : "another chip";
                if (one.kind == Kind::change) made.keys.erase(Use::authentication);
                return happen(id, made);
            }
            if (what.step == Step::sign) return happen(id, Requested{"signed"});
            if (what.step == Step::write) return happen(id, Written{});
            if (what.step == Step::hand_over) return happen(id, HandedOver{});
            if (what.step == Step::reset) return happen(id, PinSet{});
            if (what.step == Step::look_for) return happen(id, of_lost);
        }
    }
    // How often what was done, and how many certificates the relay was told what of last.
    std::map<std::string, int> run(World& world, int lost_percent, int steps_max,
                                   std::uint32_t seed) {
        const auto cases = open_each(world);
        world.lost_percent = lost_percent;
        std::mt19937 random(seed);
        const auto all_ended = [&] {
            return std::ranges::all_of(cases,
                                       [&](const auto& one) { return has_ended(find(one.first)); });
        };
        for (int life = 0; life < 2'000 && !all_ended(); ++life) {
            db::Connection(folder.path("issuer.sqlite"), db::Access::read_write)
                .run("update outbox set next_try = 0");
            live(world, 1 + static_cast<int>(random() % static_cast<unsigned>(steps_max)));
            for (const auto& [id, of_lost] : cases)
                by_people(id, of_lost);
        }
        for (const auto& [id, of_lost] : cases) {
            const auto one = find(id);
            EXPECT_TRUE(has_ended(one)) << to_text(one.kind) << ": " << first_of(one);
        }
        Store store(folder.path("issuer.sqlite"), folder.path(""), schemes);
        expect_sound(store, folder.path("issuer.sqlite"));
        std::map<std::string, int> out;
        for (const auto& [what, times] : world.done) {
            if (what.starts_with("certificates/")) continue;  // asked until it is there
            out[what.substr(0, what.find('/', what.find('/') + 1))] += times;
        }
        for (const auto& [card, act] : world.at_relay)
            ++out["at the relay at last: " + act];
        return out;
    }
};

// Killed after a few steps, over and over, with one request in five lost: everybody else has done
// what they do when nothing is lost and nobody is killed, and as often.
TEST_F(EachKind, LosesNothingAndDoesNothingTwice) {
    const auto seed = std::random_device{}();
    std::printf("seed %u\n", seed);
    World calm(seed);
    const auto expected = run(calm, 0, 10'000, seed);
    for (const auto* part : {"", "-wal", "-shm"})
        std::filesystem::remove(folder.path("issuer.sqlite") + part);
    World world(seed);
    EXPECT_EQ(run(world, 20, 12, seed), expected);
    EXPECT_EQ(expected.at("card/suspend"), 4) << "two stops";
    EXPECT_EQ(expected.at("card/resume"), 2);
    EXPECT_EQ(expected.at("card/reset"), 1);
    EXPECT_EQ(expected.at("card/activate"), 4) << "replacement, renewal, change, return";
}

}  // namespace
}  // namespace mado::issuer
