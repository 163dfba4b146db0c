// A clinic's check: every payer of a person for one service date. Each kind of payer is asked side
// by side, in a request of its own; an insurer that is not responsible on that day sends the
// question on to the person's next one of that kind; what came back is merged by rank.
#pragma once

#include <string>
#include <vector>

#include "client/client.hpp"

namespace mado::client {

// What the screen shows of a Coverage; "" where it has nothing to say.
struct CoverageWords {
    std::string name, kana, birth_date, from, to;
    std::vector<std::string> classes;
};

struct Payer {
    std::string holder_name;
    wire::ParticipantId holder;
    std::int64_t rank = 0;  // 1 pays first
    std::int64_t share_percent = 0;
    bool guarantee = false;              // the payer is bound by this answer
    bool special_payment = false;        // 特別療養費: the person pays everything first
    bool provisional = false;            // filed, and not yet decided by the insurer
    std::string symbol, number, branch;  // as the register writes them; "" when there is none
    std::string coverage;                // FHIR R4 Coverage, JSON
    CoverageWords words;
    UnixTime as_of = 0;
};

// An insurer that said "not on this date".
struct EndedInsurance {
    std::string holder_name;
    std::string last_day;  // "" when it never began or begins later
    std::string reason;
};

// What one holder said: payers, or an end.
struct HolderEligibility {
    std::vector<Payer> payers;
    std::optional<EndedInsurance> ended;
};
// Reads a holder's answer about the service date `on`, whole or not at all.
Parsed<HolderEligibility> read_eligibility(const Answered& answered,
                                           const wire::Directory& directory, const std::string& on);

struct Eligibility {
    std::string on;  // YYYY-MM-DD
    std::vector<Payer> payers;
    std::vector<EndedInsurance> ended;
    std::vector<Answered> answers;    // one for each order that was answered: its receipt
    std::vector<Problem> unanswered;  // of other kinds, when at least one kind answered
};

struct EligibilityQuestion {
    Bytes subject;
    std::optional<wire::ParticipantId> holder;  // that one only (a number of an insurer)
    std::vector<wire::CodeId> kinds;            // else every kind of these
    wire::CodeId purpose;
    Date on;
    bool card_seen = false;
    std::function<Hash(const std::string& jti)> keep_operator = nullptr;  // Ask::keep_operator
    std::function<SealedRequest(const Ask&)> obtain_sealing = nullptr;    // Ask::obtain_sealing
};

// A Problem when no holder answered at all.
Task<Result<Eligibility>> check_eligibility(const wire::Directory& directory,
                                            const Identity& identity, EligibilityQuestion question);

}  // namespace mado::client
