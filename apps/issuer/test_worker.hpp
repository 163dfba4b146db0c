// Cases worked on while requests and answers get lost and the program is killed; the other
// organisations are pretended, and count what they did.
#pragma once

#include <gtest/gtest.h>

#include <boost/json/fwd.hpp>
#include <chrono>
#include <map>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.hpp"
#include "base/temp_folder.hpp"
#include "people.hpp"
#include "test_issuer.hpp"
#include "worker.hpp"

namespace mado::issuer {

// Everybody else. A request is known by its bytes: the same once more is answered the same.
class World {
  public:
    explicit World(std::uint32_t seed);
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    Sender sender();
    // Of a hundred requests so many do not come back, half of them after they were done.
    int lost_percent = 0;
    // What a register answers besides "the same", by the number of the one who is asked about.
    std::map<std::string, std::string> verdicts;
    // Organisations that do not answer, and when a request to them is given up.
    std::set<std::string> silent;
    std::chrono::milliseconds given_up_after{3'600'000};
    std::set<std::string> forgotten;  // decisions whose signature the relay does not know
    // What becomes of an activation: nothing yet, done and nobody hears of it, refused.
    enum class Activating { answered, on_its_way, unheard, refused };
    Activating activating = Activating::answered;

    std::map<std::string, int> waiting;  // under way to one that is silent

    std::map<std::string, Hash> operators;         // by jti: what the head says
    std::map<std::string, int> done;               // by service, act and subject: how often
    std::map<std::string, std::string> decisions;  // by subject: what `existence` has named last
    std::map<std::string, std::string> published;  // certificates by subject and use
    std::chrono::milliseconds decides_in{0};       // the authority, while it says "waiting"
    std::map<std::string, std::string> at_relay;   // what was done last with a card, by thumbprint

  private:
    struct Kept;
    using Reply = client::Result<client::Answered>;

    client::Prepared prepare(const client::Ask& ask);
    client::Task<Reply> send(client::Prepared request);
    bool is_silent(const Kept& kept) const;
    // Of cards the relay says what it knows.
    Reply card(const Kept& kept, const std::string& act);
    Reply execute(const Kept& kept);
    Reply existence(const Kept& kept, const std::string& subject);
    Reply certificate(const Kept& kept, const std::string& subject, const std::string& act);
    Reply certificates(const std::string& subject);
    int percent();

    std::mt19937 random_;
    std::map<std::string, Kept> kept_;
    std::chrono::steady_clock::time_point decided_from_;
};

using Standings = std::vector<Standing>;

class WorkerTest : public ::testing::Test {
  protected:
    WorkerTest();

    // A program's life: until nothing is to do without people, or it is killed after so many steps
    // of its loop.
    void live(World& world, int steps_max);
    static bool is_idle(Store& store, const Worker& worker);

    // `person`: the digit by which the resident numbers of several differ.
    CaseId apply(char person = '1');
    void happen(CaseId id, const Happening& what);
    Case find(CaseId id);
    // A person with a card in hand.
    CaseId card_in_hand(World& world);
    // Until nobody has it: no activation was sent, or it is on its way.
    CaseId card_handed_over(World& world, int steps_max);
    std::expected<CaseId, Misfit> open(CaseId of_person, const Asked& asked);
    // By another clerk than the one who has opened it.
    void approve(CaseId id, UnixTime at = unix_now());
    KnownPerson person(CaseId id);
    Standings standings(CaseId id);
    // Which decision the last question about that number has named.
    static std::string named(const World& world, std::string_view number);
    static int times(const World& world, std::string_view what);
    static KeysMade keys();

    const Log log{"worker_test"};
    TempFolder folder;
    wire::Schemes schemes = test_schemes();
    wire::Directory directory = test_directory();
    wire::Policy policy = test_policy();
    Parties parties{directory, schemes, *wire::ParticipantId::parse("ca")};
};

}  // namespace mado::issuer
