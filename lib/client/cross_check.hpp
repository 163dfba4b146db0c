// What the relay shows a person, against what every holder says it was asked about them: an order
// that only one of the two knows is a lie, or a loss, of the other.
#pragma once

#include <string>
#include <vector>

#include "client/entries.hpp"
#include "client/held.hpp"
#include "client/own.hpp"

namespace mado::client {

// One of the person's numbers at a holder.
struct ComparedHolder {
    wire::ParticipantId holder;
    std::size_t rows = 0;            // of evidence
    std::optional<Problem> problem;  // then it was not compared
};

struct Finding {
    enum class Kind {
        missing_at_relay,   // the holder was asked, and the person's list has no such entry
        missing_at_holder,  // the relay says that it was answered, and the holder has no evidence
        not_named,          // it was asked by a family's number, and the holder found the person:
                            // the relay has not heard that, or has not told
        differs,            // both have it, and say something else of it
    };
    Kind kind = Kind::differs;
    wire::ParticipantId holder;
    Hash entry{};
    std::uint64_t index = 0;
    UnixTime time = 0;
    std::string requester, service;
};
std::string_view to_text(Finding::Kind kind);

struct CrossCheck {
    PersonEntries entries;
    // Why there is no list to compare with, although a holder's answer is a lie.
    std::optional<Problem> no_list = std::nullopt;
    std::vector<ComparedHolder> holders;
    std::vector<Finding> findings;
    std::uint64_t below =
        0;  // entries from this index on were not compared: the asking began there
    // What relay and authority have made of the person, against the list; not without a list.
    HeldCheck held = {};
};

// Asks every holder of these kinds that the person was ever linked to (each is an order and an
// entry), what is held about them, then the relay for its list. The log-in must cover
// `entries`, `evidence`, `numbers`, `cards` and `certificates`.
Task<Result<CrossCheck>> cross_check(const wire::Directory& directory, const wire::Policy& policy,
                                     const Identity& identity, std::string login_mandate,
                                     crypto::Certificate card, std::vector<wire::CodeId> kinds);

// ---- its decisions, without a network ----

struct EvidenceEntry {
    wire::ParticipantId holder;
    Hash entry{};
    std::uint64_t index = 0;
    UnixTime time = 0;
    std::string requester, service, outcome;
    bool named = false;  // the number came without a part, and the holder found whose it is
};
// `after`: the index that was asked for.
Parsed<std::vector<EvidenceEntry>> read_evidence(const Answered& answered, std::uint64_t after,
                                                 bool& more);
// `asked`: the orders that asked the holders, as their receipts say. What the person's list has
// before the first of them (the result) is compared. Its place is the list's: a receipt alone could
// be of any tree. One that the list lacks or has elsewhere is a finding.
std::uint64_t place_asked(const PersonEntries& entries, const std::vector<EvidenceEntry>& asked,
                          std::vector<Finding>& findings);
// Those of whom something came as their answer that does not fit what they or the log signed. Each
// is a finding like those in the lists; as long as `holders` lives.
std::vector<const ComparedHolder*> lies_of(const std::vector<ComparedHolder>& holders);
// The holders whose evidence is whole: of two numbers at one holder, both.
std::vector<wire::ParticipantId> whole_holders(const std::vector<ComparedHolder>& holders);
// `compared`: those.
std::vector<Finding> compare(const PersonEntries& entries,
                             const std::vector<EvidenceEntry>& evidence,
                             const std::vector<wire::ParticipantId>& compared, std::uint64_t below,
                             UnixTime now);

// When the person last compared with each holder that was ever asked about them: 0 is never. Read
// from the entries themselves, for a comparison is an order too.
struct LastCompared {
    wire::ParticipantId holder;
    UnixTime at = 0;
};
std::vector<LastCompared> last_compared(const PersonEntries& entries);

}  // namespace mado::client
