// Cards that are made at a window (docs/protocols/card-session.md): the centre's commands go
// through the agent of whoever has the card in a reader. In memory only; what a session has done to
// the case is in the store, and another session goes on from there. Belongs to the io thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "card_script.hpp"
#include "site/expiring.hpp"
#include "store.hpp"

namespace mado::issuer {

constexpr std::size_t card_body_max = 32 * 1024;
// Of a session: until the first call, because people take their time to choose a PIN; and from it
// on, because then programs talk.
constexpr std::int64_t card_session_unused_s = 600;
constexpr std::int64_t card_session_s = 180;
constexpr std::size_t returns_max = 1'024;

// What an agent calls with.
struct CardCall {
    std::string session;
    std::vector<card::Response> answers;
};
Parsed<CardCall> read_card_call(std::string_view body);

// Why nothing is answered to a call or to whoever wants a session.
enum class CardRefusal {
    malformed,
    no_session,  // or not any more
    overloaded,
    too_early,  // there is nothing to do with a card now
    no_card,    // it is not known which card the person has
    same_hand,  // this clerk has approved it
};

class CardSessions {
  public:
    // `root`: of all chips' issuer keys. `look_at`: something happened to a case.
    CardSessions(Store& store, const std::vector<crypto::Certificate>& authorities, Secret root,
                 std::function<void(CaseId)> look_at)
        : store_(store),
          authorities_(authorities),
          root_(std::move(root)),
          look_at_(std::move(look_at)) {}

    struct Begun {
        std::string session;     // whoever has it may go on
        std::vector<Use> pins;   // that the person will choose
        bool only_pins = false;  // no keys are made, and nothing is written
    };
    // The case's only one: an earlier one ends. `anew`: other keys than those that the case knows,
    // because they are lost, or in a card that is.
    std::expected<Begun, CardRefusal> begin(CaseId id, const std::string& clerk, UnixTime now,
                                            bool anew = false);
    // What came from the card; what goes there next (JSON). All that the caller is known by is the
    // session's name in the body.
    std::expected<std::string, CardRefusal> answer(std::string_view body, UnixTime now);
    // Whose page went to the agent for which case: SHA-256 of the log-in's mandate.
    void keep_return(const Hash& login, CaseId id, UnixTime now);
    // Once: for the page to which the agent returns.
    std::optional<CaseId> take_returned(const Hash& login, UnixTime now);
    [[nodiscard]] std::size_t open() const { return sessions_.size(); }

  private:
    struct Session {
        CaseId id = 0;
        std::string clerk;
        UnixTime until = 0;
        std::vector<Use> make;
        bool anew = false;
        std::vector<card::Response> answers = {};
        std::size_t asked = 0;  // how many answers are awaited
        bool told = false;      // the case knows the keys
        int calls = 0, waits = 0;
    };
    using Sessions = std::map<Hash, Session>;  // by the name's SHA-256
    std::string go_on(Sessions::iterator at, UnixTime now);
    std::string end(Sessions::iterator at, CardFailure why);
    std::optional<CardFailure> tell_keys(Session& session, const CardKeys& made, UnixTime now);
    [[nodiscard]] std::optional<CardWork> work_of(const Session& session, const Case& one) const;

    Store& store_;
    const std::vector<crypto::Certificate>& authorities_;
    const Secret root_;
    std::function<void(CaseId)> look_at_;
    Sessions sessions_;
    site::Expiring<Hash, CaseId> returns_{returns_max};
};

}  // namespace mado::issuer
