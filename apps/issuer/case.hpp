// One case of the issuing centre's: a card from the invitation to the card in hand, its loss, its
// replacement, a new PIN, a move, a death (docs/protocols/issuer.md; the report's steps 1 to 11).
// What happened, what is to do next, by whom and until when. Values only: the store keeps the
// happenings of a case, and replays them; whoever works on it asks what is to do, and hands in what
// happened. case.cpp: what happened; todo.cpp: what is to do; words.cpp: how all of it is called.
#pragma once

#include <array>
#include <expected>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "wire/number.hpp"

namespace mado::issuer {

using mado::to_text;  // not hidden by the overloads of this namespace

// What a case is for. One machine: a kind says which steps it takes.
enum class Kind {
    first,
    replacement,
    stop,
    unlock,
    change,
    from_abroad,
    end,
    renewal,   // from home, with the old keys, into the same chip
    existing,  // a card of another card authority's that the person has
    exchange,  // the same, of whoever has had one here: in the place of that
    number,    // another health-care number
    birth,     // of a newborn, by a parent
};
struct KindInfo {
    Kind kind;
    std::string_view name;
    bool is_known;  // the person has had a card, by an earlier case
    bool applies;   // with attributes and numbers, which registers confirm
    bool is_alone;  // one of these at a time for a person
    std::array<std::string_view, 5> reasons;  // none: it needs none
    bool in_hand = false;                     // it writes into the card that the person has
    bool four_eyes = false;                   // another clerk approves, before a chip is opened
    bool foreign = false;                     // the card is another authority's: nothing is made
};
const KindInfo& info(Kind kind);
std::string_view to_text(Kind kind);
std::optional<Kind> parse_kind(std::string_view text);
bool has_reason(Kind kind, std::string_view reason);

// Who has to do something.
enum class Actor { person, clerk, register_holder, relay, authority };
std::string_view to_text(Actor actor);
// Whose a step is, nearer than that.
enum class Doer {
    person,
    clerk,
    register_holder,
    relay,
    authority,
    parent,
    other_clerk,
    insurer,
    medical_insurer,
    municipality
};
std::string_view to_text(Doer who);
// Online: nobody has to go anywhere.
enum class Where { online, in_person, anywhere };

// The report's steps, in the order in which a case goes through them.
enum class Step {
    invite,          // 1: by letter, or somebody has come; never to do
    opened,          // the same of a later case; never to do
    apply,           // 2: at the municipality, with the insurance card
    confirm,         // 3, 4, 5: each register is asked about its own number
    settle,          // a register writes otherwise, or does not know the number
    link,            // our addition to 8-1: before 6, so that 6 is in the person's list
    make_keys,       // at the window, in the chip
    certify,         // 6, 7
    write,           // 8-1: certificates into the chip
    hand_over,       // 9, and 10: its registration
    activate,        // 8-2: never before the person has the card
    tell,            // 11: insurers hear of it, medical ones the health-care number
    take_back,       // of a case that ended early: its certificates
    stop,            // at relay and authority at once
    look_for,        // stopped: until the card is found, given up or replaced
    resume,          // it was found
    end_signing,     // name or address have changed
    end_old,         // what the person had before, or all of it
    approve,         // by another clerk: four eyes
    record,          // the person's list has it before the chip is opened
    reset,           // of the PIN, in the chip
    sign,            // by the card that the person, or a newborn's parent, has
    end_number,      // the health-care number before
    notify,          // a birth, to the municipality
    file,            // the child as a dependant, with an insurer
    decide,          // the insurer says whether it is one
    file_elsewhere,  // it said no: with the other parent's insurer, or 国保
};
struct StepInfo {
    Step step;
    std::string_view name, report;  // the report's number
    int days;                       // until it is late
    Where where;                    // unless it is done at home
    Doer who;
    std::optional<Doer> and_who = {};
};
const StepInfo& info(Step step);
constexpr auto last_step = Step::file_elsewhere;

// Whose register knows the person under a number.
enum class Role {
    resident,
    medical,
    pension,
    care,
    public_expense,  // 公費負担: a city's subsidy, welfare; several at once
};
std::string_view to_text(Role role);
std::optional<Role> parse_role(std::string_view text);

// What a register said.
enum class Finding {
    open,         // not asked yet, or no answer yet
    same,         // it knows the person under this number, and writes the same
    otherwise,    // it knows the number, and writes something in another way: a clerk looks
    agreed,       // a clerk says that it is the same person: asked again, with its own writing
    not_here,     // it does not know the number
    not_applied,  // taken out of the case: by the person, or by a clerk
    gone,         // it has nobody under it any more: dead, or abroad
};

// The four attributes (and the reading), as the application writes them.
struct Attributes {
    std::string name, kana, sex, address;
    Date birth_date{};

    bool operator==(const Attributes&) const = default;
};

// What the issuer gives a person, drawn at random: its own number for them, the certificate
// authority's, and the health-care number.
struct Numbers {
    std::string issuing, certificate, health_care;

    bool operator==(const Numbers&) const = default;
};

std::string_view to_text(Finding finding);

// Where a claim's place is said: not a claim, but what a card of another authority's writes.
constexpr int card_place = 16;

struct Claim {
    Role role = Role::medical;
    wire::PersonNumber number;
    Finding finding = Finding::open;
    std::string writing = {};  // what differs, as the register answered it (JSON); "": nothing
    // By which clerks have agreed to it (decision_of): none without; kept when it has answered.
    std::optional<Hash> decision = {};
    std::string answer = {};  // the register's own, signed: for the relay, with the order's place
    std::uint64_t index = 0;
    bool only_one = false;
    // Whoever gave the number, without the check digit of its id: a municipality and its own
    // insurance have the same digits but for that one. "": its id has none.
    std::string giver = {};

    bool operator==(const Claim&) const = default;
};

enum class Use { authentication, signing };
constexpr std::array uses{Use::authentication, Use::signing};
std::string_view to_text(Use use);
std::optional<Use> parse_use(std::string_view text);

// What is ordered of somebody else. `item`: the claim's place, or the certificate's use.
// `stop`, `resume_card` (the relay's), `suspend`, `resume` and `end_old` (the authority's) are
// about the certificate at that place of those before; `revoke_card` and `reset` (the relay's)
// about all. Of a newborn: `notify`; `file` and `ask_decision`, about the filing at that place;
// `start_link` and `end_link`, about the claim.
enum class OrderKind {
    confirm,
    link,
    certify,
    collect,
    activate,
    tell,
    take_back,
    stop,
    suspend,
    resume_card,
    resume,
    revoke_card,
    end_old,
    reset,
    trace,       // of keys that were made anew: is there a certificate of them?
    drop,        // and it ends
    end_number,  // the relay's
    notify,
    file,
    ask_decision,
    start_link,
    end_link,
};
std::string_view to_text(OrderKind kind);
std::optional<OrderKind> parse_order_kind(std::string_view text);
// A second stop waits until it is known what became of them.
constexpr bool resumes(OrderKind kind) {
    return kind == OrderKind::resume || kind == OrderKind::resume_card;
}
// A card that is to count no more does not wait for what else there is.
constexpr bool is_urgent(OrderKind kind) {
    return kind == OrderKind::stop || kind == OrderKind::suspend ||
           kind == OrderKind::revoke_card || kind == OrderKind::end_old || resumes(kind);
}
struct OrderName {
    OrderKind kind = OrderKind::confirm;
    int item = 0;
    auto operator<=>(const OrderName&) const = default;
};

// ---- what happens ----

// Of somebody who is born and has no number yet (birth.hpp).
struct NewbornForm {
    std::string relation;        // to the parent: 長男, 長女, …
    bool card = false;           // one is wanted
    int parent = 0;              // whose insurer is to take the child in
    wire::PersonNumber insurer;  // one of that parent's own numbers

    bool operator==(const NewbornForm&) const = default;
};
struct Applied {
    Attributes person;
    std::vector<Claim> claims;  // the first is the resident's; none of a newborn
    bool signing = false;       // a signing certificate too: who is 15, and wants it
    std::optional<NewbornForm> newborn = {};

    bool operator==(const Applied&) const = default;
};
// Whoever applies for a newborn: somebody who has a card of this centre.
struct Parent {
    std::string person;   // the number on the slip of a case of theirs
    std::string issuing;  // the issuer's own number for them
    Attributes attributes;
    std::vector<Claim> linked;  // newest first

    bool operator==(const Parent&) const = default;
};
// Of a card that the person has had from this centre.
struct Before {
    Use use = Use::authentication;
    std::string certificate;  // DER in base64url
    std::string chip = {};    // its serial number, base64url; "": not known
    bool foreign = false;     // of another card authority: this centre's ends nothing of it

    bool operator==(const Before&) const = default;
};
// What a clerk has decided about the resident register, and it has confirmed since.
struct Agreed {
    std::string writing;  // as a claim's
    Hash decision{};

    bool operator==(const Agreed&) const = default;
};
struct Opened {
    Numbers numbers;
    // Who has had a card is known already: who they are stands here.
    std::optional<Attributes> known = {};
    bool signing = false;
    Kind kind = Kind::first;
    std::string reason = {};
    std::vector<Claim> linked = {};   // numbers that the relay has of them, newest first
    std::vector<Before> before = {};  // certificates that the case is about
    std::optional<Applied> invited =
        {};                             // what is known of somebody without a card: to be confirmed
    std::string former = {};            // the health-care number before, where there is a new one
    std::optional<Parent> parent = {};  // of a newborn: whose municipality it is
    std::optional<Agreed> agreed = {};  // of a renewal: for the card before
    // Whose window it was opened at; "": the centre's own, or at none.
    std::string municipality = {};
};
// A card from before this centre was there: all of the first case at once (take_on.hpp).
struct TakenOn {
    Attributes person;
    std::vector<Claim> claims;  // numbers that the relay took on too; the first is the resident's
    std::map<Use, std::string> certificates;  // DER in base64url
    std::string chip = {};                    // its serial number, base64url; "": not known
};
// Durable before anything leaves: from here on it may have been done.
struct Sent {
    OrderName order;
};
// What the resident register has said by itself of its person (decision 60).
enum class News { died, left, changed };
std::string_view to_text(News what);
std::optional<News> parse_news(std::string_view text);
std::string_view reason_of(News what);  // of the `end` that it leads to; "": it leads to none
// Of all that is said while a case is open, so many are noted in it.
constexpr std::size_t noted_max = 8;
// A register that still has the person of whom it has said this is asked so often, and so long;
// then a clerk looks.
constexpr std::int64_t still_here_again_s = 86'400, still_here_max_s = 30 * 86'400;
struct Said {
    std::string id;  // of the order by which it was told
    News what = News::changed;
    UnixTime at = 0;  // when the register was changed

    bool operator==(const Said&) const = default;
};
// Its answer. Each fits one kind of order.
struct Confirmed {
    int claim = 0;
    std::string answer;
    std::uint64_t index = 0;
    bool only_one = false;  // a register that knows who else there is has nobody like this person
};
struct WritesOtherwise {
    int claim = 0;
    std::string writing;
};
// Of an end that a register has said: it has the person still, perhaps until today.
struct StillHere {
    int claim = 0;
    std::string writing;
};
struct NotHere {
    int claim = 0;
};
struct Gone {
    int claim = 0;
};
struct Done {  // of all but confirm and collect
    OrderName order;
};
struct Certified {
    Use use = Use::authentication;
    std::string certificate;  // DER in base64url
};
struct NotIssued {  // the authority has no certificate for this key
    Use use = Use::authentication;
    std::string code;  // why it will not make one; "": nobody has asked it to
};
// Whoever was asked says no: somebody has to look.
struct Refused {
    OrderName order;
    std::string code;
};
// Its time is over and nobody knows what became of it: it is ordered anew.
struct Lapsed {
    OrderName order;
};
// People.
struct Decided {
    int claim = 0;
    bool same_person = false;
    std::string decision;  // as the clerk signed it
};
struct Corrected {  // another number, of this register or of the right one
    int claim = 0;
    Role role = Role::medical;  // the number's; the claim has the same
    wire::PersonNumber number;
    std::string giver = {};
};
struct TakenOut {
    int claim = 0;
};
struct TryAgain {
    OrderName order;
};
struct Waived {  // an insurer that was told in another way
    OrderName order;
};
struct KeysMade {
    std::map<Use, std::string> keys;  // SPKI in base64url
    std::string chip = {};            // in which: its serial number, base64url; "": not known
};
struct Written {};
// On the slip stands a code with which the person stops the card. Whoever draws it says it once;
// here is only its blind index (Store::stop_index).
struct HandedOver {
    std::string stop_index = {};
};
struct NewSlip {  // in the place of one that is lost
    std::string stop_index = {};
};
struct Cancelled {
    std::string reason;
};
// Of a stop: the person has the card again, and it is seen that it is they. Who has found the slip
// with it has a code that stops nothing any more.
struct Found {
    std::string stop_index = {};
};
struct StoppedAgain {};  // after all
struct GivenUp {};
struct Overtaken {};  // another case made an end of the card: a new one is active, or none will be
// The relay has no such card, and nothing is under way that could make it count.
struct NotActive {
    OrderName order;
    int place = 0;  // of the certificate, among those before
};
// Of a card that is made or opened for somebody who has one, whose old keys prove nothing.
struct Approved {};
struct ApprovalLapsed {};
struct PinSet {};
// By the card that the person has: `application` is what proves it. Of a card of another authority
// its certificates, which are to count, and what its signing certificate writes of the person in
// another way than the application (as a claim's `writing`; "": nothing).
struct Requested {
    std::string application;
    std::map<Use, std::string> certificates = {};
    std::string writing = {};
};
// Of keys that were made anew; "": there is no certificate of them.
struct Traced {
    int place = 0;
    std::string certificate = {};
};
// Of a newborn.
struct ParentNamed {  // the other one
    Parent parent;
};
struct Signed {  // the application, by the parent whose turn it was
    int parent = 0;
    std::string mandate;      // JWS
    std::string notice = {};  // sealed to the municipality: JWE; "": it was told before
    std::string filing = {};  // sealed to the insurer; "": the other parent's
    std::string evidence;     // the document, its seal, certificate, and what the relay said
};
struct Given {  // an acceptance, with the number that the child got
    OrderName order;
    wire::PersonNumber number;
};
struct Undecided {  // asked again tomorrow
    int filing = 0;
};
struct Accepted {
    int filing = 0;
};
struct Declined {
    int filing = 0;
    std::string reason;  // the insurer's
};
struct FiledElsewhere {
    int parent = 0;
    wire::PersonNumber insurer;
};
using Happening =
    std::variant<Opened, Applied, Sent, Confirmed, WritesOtherwise, NotHere, Done, Certified,
                 NotIssued, Refused, Lapsed, Decided, Corrected, TakenOut, TryAgain, Waived,
                 KeysMade, Written, HandedOver, Cancelled, Gone, Found, StoppedAgain, GivenUp,
                 Overtaken, Approved, PinSet, Requested, Traced, TakenOn, ParentNamed, Signed,
                 Given, Undecided, Accepted, Declined, FiledElsewhere, NotActive, ApprovalLapsed,
                 NewSlip, Said, StillHere>;

// ---- the case ----

// One thing that is to do, whatever else happens to the case meanwhile.
struct Waiting {
    Step step = Step::apply;
    std::optional<OrderName> order;
    std::optional<int> claim;
    bool refused = false;  // then it is somebody else's turn
    auto operator<=>(const Waiting&) const = default;
};

// Keys of the case that others took the place of, where the authority may have a certificate.
struct Dropped {
    Use use = Use::authentication;
    std::string key;               // SPKI in base64url
    std::string certificate = {};  // once it is known
    bool ended = false;            // or there is none

    bool operator==(const Dropped&) const = default;
};
constexpr std::size_t dropped_max = 16;

// What a parent has signed for one holder.
struct SignedFor {
    std::string mandate, payload;
    [[nodiscard]] bool is_there() const { return !mandate.empty(); }
    bool operator==(const SignedFor&) const = default;
};
enum class FilingState { open, accepted, declined, closed };  // closed: nobody asks any more
std::string_view to_text(FilingState state);
struct Filing {
    int parent = 0;
    wire::PersonNumber insurer;  // that parent's number there
    SignedFor application = {};
    std::optional<int> claim = {};  // the place of the child's number
    wire::PersonNumber given = {};  // as the insurer gave it
    FilingState state = FilingState::open;
    std::string reason = {};  // why it was declined
    UnixTime ask_from = 0;    // not asked for the decision before

    bool operator==(const Filing&) const = default;
};

struct Case {
    Kind kind = Kind::first;
    std::string reason;
    Numbers numbers;
    std::optional<Attributes> known;   // by an earlier case
    std::optional<Attributes> person;  // once it is known who
    std::optional<Applied> invited;
    std::vector<Claim> linked;
    std::vector<Before> before;
    std::string municipality;  // at whose window it was opened; "": at none
    // Clerks who have said whom the case is about, or had the card: none approves. Who has approved
    // neither makes the card nor hands it over.
    std::set<std::string> hands, approvers;
    UnixTime opened = 0;
    std::optional<Said> said;     // why it was opened, or goes on as one that was
    std::set<std::string> noted;  // what else was said while this case was open: ids
    UnixTime asked_at = 0;        // when the resident register was asked last: it is as of then
    UnixTime ask_from = 0;        // an end: the register is not asked before
    std::vector<Claim> claims;
    std::optional<Agreed> agreed;  // for the card before, and not asked with yet
    bool signing = false;
    std::set<OrderName> open;                  // sent, and not answered
    std::set<OrderName> lapsed;                // sent before, and nobody knows what became of it
    std::map<OrderName, std::string> refused;  // by which code
    std::set<OrderName> done;
    std::map<Use, std::string> keys, certificates;
    std::string chip;  // where the keys are
    bool written = false, handed_over = false;
    UnixTime handed_over_at = 0;
    std::string stop_index;  // of the code on the newest slip of this case
    bool found = false, given_up = false, overtaken = false;
    std::set<int> not_active;  // of a stop: places of certificates that the relay does not have
    std::optional<UnixTime> approved;  // since when; it lapses
    std::string approved_by;           // while it is
    bool pin_set = false;
    bool taken_on = false;
    bool requested = false;        // by the card that the person has
    UnixTime requested_at = 0;     // the last time
    std::optional<Hash> request;   // of a renewal: SHA-256 of what asked for it last
    std::string card_writing;      // what that one writes in another way: a clerk looks
    bool card_agreed = false;      // and says that it is the same person's
    std::string former;            // health-care number
    std::vector<Dropped> dropped;  // oldest first
    std::set<OrderName> stale;     // open, and about keys that were dropped meanwhile
    std::vector<Parent> parents;   // of a newborn: the one who came first, and the other one
    std::optional<NewbornForm> newborn;
    SignedFor notice;
    std::vector<Filing> filings;  // only the last one is not over
    std::set<int> first_linked;   // claims that may be in the first link
    std::optional<std::string> cancelled;
    UnixTime changed = 0;  // the last happening
    // Since when each of what is to do is to do.
    std::map<Waiting, UnixTime> since;

    [[nodiscard]] bool has_done(OrderName order) const { return done.contains(order); }
    // It may have been done, and nobody has said so.
    [[nodiscard]] bool is_in_doubt(OrderName order) const {
        return open.contains(order) || lapsed.contains(order);
    }
    bool operator==(const Case&) const = default;
};

// Why something cannot happen now. Nothing of the case changes.
enum class Misfit {
    too_early,     // what comes before it has not happened
    too_late,      // the card is in hand, or the case has ended
    unexpected,    // nobody ordered it, or there is no such claim
    same_hand,     // whoever opened it, applied, corrected or decided in it does not approve it
    other_case,    // another case of this person has to end first
    other_person,  // the application is of another day of birth than the person whose case it is
    no_card,       // the person has none that counts
    known_person,  // the resident number is that of somebody who is known here by other cases
};
std::string_view to_text(Misfit misfit);
// The case after it. The same happening once more changes nothing. `clerk`: whose hand it was.
std::expected<Case, Misfit> after(const Case& before, const Happening& what, UnixTime now,
                                  std::string_view clerk = {});

// What is to do. All of it can be done now, in any order; none: the case has ended.
struct Todo {
    Step step = Step::apply;
    Actor actor = Actor::person;
    std::optional<OrderName> order;  // that the issuer sends, or goes on waiting for
    std::optional<int> claim;
    std::string refused;  // why it needs somebody to look
    UnixTime since = 0, until = 0;
    UnixTime from = 0;  // the order is not sent before
};
std::vector<Todo> todo(const Case& one);
// The same, as it is kept with the case.
std::map<Waiting, UnixTime> waits_since(const Case& one);
// It opens the chip that the person has had: new certificates go into it, or a new PIN.
bool is_in_old_chip(const Case& one);
// With a card in hand, or without.
bool has_ended(const Case& one);

// ---- for both halves of the machine ----

OrderName of_use(OrderKind kind, Use use);
OrderName of_place(OrderKind kind, std::size_t place);
constexpr OrderName link_order{OrderKind::link, 0};
constexpr OrderName activate_order{OrderKind::activate, 0};
constexpr OrderName revoke_card_order{OrderKind::revoke_card, 0};
constexpr OrderName reset_order{OrderKind::reset, 0};
constexpr OrderName end_number_order{OrderKind::end_number, 0};
// 11: what its giver hears of a claim. Who handed the card over is told nothing: the resident's
// municipality, and whatever insurance is its own.
enum class Told { nothing, health_care_number, delivery };
Told told_of(const Case& one, const Claim& claim);
// The card is theirs, and insurers that cannot be reached are all that it waits for: nothing else
// has to wait for them.
bool only_tells(const Case& one);
// As far as anything is known.
const std::optional<Attributes>& who_of(const Case& one);
// What it has certificates made for.
std::vector<Use> uses_of(const Case& one);
// Whom the relay has, or may have, by the resident number of this case; null: nobody.
const Claim* linked_resident(const Case& one);
// The number by which the relay has the person at this register now.
bool is_linked(const Case& one, const Claim& claim);
// A change of insurers: name, address and municipality are as before, so certificates stay.
bool is_of_insurers_alone(const Case& one);
// Of a certificate before the end may have come: the rest of it is to be done.
bool is_ending(const Case& one);
bool is_to_do(const Case& one, Step step);
// A change that a register has said: the signing certificate ends before anybody has applied.
bool ends_at_once(const Case& one);
// What was said is just what the case is about.
bool is_about(const Case& one, News what);
// The register is to be asked still about what the case is to make of the person.
bool may_still_take(const Case& one);
// Such a one that nobody has come for: every window takes the application.
bool waits_for_anybody(const Case& one);
// The certificates before that such an order of the relay's is about, by their place.
std::vector<int> places_at_relay(const Case& one, OrderName order);
// It is among the certificates that are to count: the card keeps it.
bool stays(const Case& one, const Before& before);
// What the card writes otherwise is to be decided.
bool is_card_otherwise(const Case& one);
// Other keys may take the place of those that were made: none of them counts anywhere yet.
bool can_make_anew(const Case& one);
// As long as this, from one working day to the same hour of the next.
constexpr std::int64_t approval_s = 24 * 3'600;
// By two clerks, or none is needed: a chip may be opened for it now.
bool is_approved(const Case& one, UnixTime now);
bool is_approver(const Case& one, std::string_view clerk);

}  // namespace mado::issuer
