// A decision on its way: from the window's page to the agent, where the clerk reads and signs, and
// back (docs/protocols/issuer.md, "A decision"). What it is about stands here meanwhile, under a
// random `state`, so that no address and no browser has to say it. Belongs to the io thread.
#pragma once

#include <boost/json/fwd.hpp>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "application.hpp"
#include "book.hpp"
#include "clerks.hpp"
#include "decision.hpp"
#include "existing.hpp"
#include "http/form.hpp"
#include "http/http.hpp"
#include "site/expiring.hpp"
#include "site/site.hpp"
#include "worker.hpp"

namespace mado::issuer {

constexpr std::string_view decision_back = "/decision/back";
constexpr std::string_view decision_finish = "/decision/finish";
constexpr std::size_t decisions_max = 2'000;  // under way; the oldest gives way
constexpr std::int64_t outcome_lifetime_s = 5 * 60;
constexpr std::int64_t possession_lifetime_s = 5 * 60;  // the signing key follows within

// What the page says of it when the clerk is back.
enum class Outcome {
    decided,
    signed_,      // an application, by a parent
    cancelled,    // at the agent
    not_valid,    // what came back is not what was asked for
    other_card,   // not the card that this clerk decides with
    stopped,      // the card does not count any more
    unavailable,  // nobody could say whether it does
    changed,      // the case went on meanwhile
    // Of a card of another authority's.
    proven,      // its log-in key has signed: the signing key comes next
    unlisted,    // no list of its authority's that counts: nobody knows whether it was revoked
    registered,  // it is somebody's already
    no_words,    // its certificate does not say who it is
    not_theirs,  // of another birth date or sex
};
std::string_view to_text(Outcome outcome);

// In memory only: who comes back after the program was started again decides anew.
class Decisions {
  public:
    struct UnderWay {
        CaseId id = 0;
        Choice choice;
        std::optional<Application> application = {};  // instead: a parent signs
        // Instead: somebody's card of another authority's signs, first with its log-in key, then,
        // when that is there, with its signing key.
        bool registers = false;
        std::optional<Possession> possession = {};
        // What the card signs for; the relay is asked the first.
        std::vector<std::string> services = {std::string(signature_service)};
        std::string document, nonce;
        crypto::PrivateKey key;  // opens what the agent answers; P-256
        Hash login{};            // whose: SHA-256 of the log-in's mandate
        UnixTime begun = 0, expires = 0;
    };
    struct Returned {
        CaseId id = 0;
        Outcome outcome = Outcome::decided;
        bool registers = false;
    };
    // The `state`: only whoever is sent to the agent learns it.
    std::string begin(UnderWay what);
    // Once, by the log-in that began it.
    std::optional<UnderWay> take(const std::string& state, const Hash& login, UnixTime now);
    // Null: it was taken, or is over.
    const UnderWay* find(const std::string& state, UnixTime now);
    void keep(const Hash& login, Returned what, UnixTime now);
    // The log-in key of a card has signed for that case; the signing key is to follow.
    void keep_possession(const Hash& login, CaseId id, Possession what, UnixTime now);
    std::optional<Possession> possession(const Hash& login, CaseId id, UnixTime now);
    void drop_possession(const Hash& login, CaseId id);
    // Once: what the page shows first.
    std::optional<Returned> take_returned(const Hash& login, UnixTime now);

  private:
    site::Expiring<std::string, UnderWay> under_way_{decisions_max};
    site::Expiring<Hash, Returned> returned_{decisions_max};
    site::Expiring<std::pair<Hash, CaseId>, Possession> possessions_{decisions_max};
};

// What deciding needs.
By by_now(const Clerk& clerk);

struct Deciding {
    site::Site& site;
    Clerks& clerks;
    const wire::Schemes& schemes;
    Store& store;
    Worker& worker;
    const Parties& parties;
    const crypto::PrivateKey& sealing_key;  // of the issuing centre
    Looks& looks;
    Sender relay;
    std::function<http::Task<client::Result<std::string>>()> nonce;
    Decisions decisions = {};
};

// ---- for every document that somebody signs for this centre ----

// What a site sends an agent with a document (docs/protocols/agent.md). `back`: the path to which
// the agent returns.
struct AgentForm {
    std::string_view back;
    page::Language language = page::Language::ja;
};
json::object agent_form(const Deciding& deciding, const Decisions::UnderWay& what,
                        std::string_view state, const AgentForm& how);
// What came back of it: by the card with that signing certificate, and one that counts, as the
// relay says; with the evidence. Or what became of it instead.
struct Proven {
    SignedDecision what;
    std::string evidence;
};
http::Task<std::expected<Proven, Outcome>> judge_signed(Deciding& deciding,
                                                        const Decisions::UnderWay& under_way,
                                                        std::optional<Hash> signing,
                                                        const http::Form& form);

// As it came from the agent, opened by the key that was made for it.
std::optional<SignedDecision> open_answer(const Decisions::UnderWay& what,
                                          std::string_view response);
// For the log: which fault it was; the page says that nothing was done.
Outcome refused(const Deciding& deciding, std::string_view why, Outcome outcome);
Outcome outcome_of(wire::Code code);
DecisionFacts facts_of(const Deciding& deciding, const Decisions::UnderWay& under_way);

// To the script of the page to which the agent has returned: where it goes on.
http::Response go_on(std::string address);

// ---- a decision ----

// What the page hands to the agent; or why there is nothing to decide.
http::Task<http::Response> decide(Deciding& deciding, http::Request request, site::LoggedIn who);
// The same for a parent at the window, who signs for a newborn with the own card.
http::Task<http::Response> sign(Deciding& deciding, http::Request request, site::LoggedIn who);
// The evidence as it is kept, for whoever answers for what the centre did.
http::Response evidence(Deciding& deciding, const http::Request& request, const Clerk& clerk);
// `{}`, or the case that somebody has come back to, and what became of it.
http::Response returned(Deciding& deciding, const site::LoggedIn& who);
// Where the agent returns to, and what the page there hands in.
std::vector<http::Route> decision_routes(Deciding& deciding);

}  // namespace mado::issuer
