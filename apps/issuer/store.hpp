// The issuer's memory (schema/001_first.sqlite.sql): every case as what happened to it, and the
// requests that wait for an answer. One connection, for the one thread of the program.
// store.cpp: what is kept and erased; store_opening.cpp: how cases begin; store_finding.cpp: which
// there are; take_on.cpp: those from before.
#pragma once

#include <array>
#include <expected>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.hpp"
#include "client/outbox.hpp"
#include "db/db.hpp"
#include "happenings.hpp"
#include "people.hpp"

namespace mado::issuer {

using CaseId = std::int64_t;

// Whose hand something was; "": nobody's, a program's own.
struct By {
    UnixTime at = 0;
    std::string clerk = {};
    std::string municipality = {};  // whose window it was at; "": the centre's own, or none
};

// Before the end of a certificate its person is told so often.
constexpr std::array notice_days{90, 30, 7};

struct CaseFile {
    CaseId id = 0;
    std::string number;  // on the slip
    UnixTime opened_at = 0;
    std::string clerk;  // whose act all that is ordered now follows from: the last one's
    Case one;
};
struct Line {
    UnixTime at = 0;
    std::string clerk;
    Happening what;
};

// Whose act a request follows from: opens the head's `operator` when the person asks who it was.
struct Operator {
    std::string jti, name;  // the head's; the clerk's
    Hash salt{};
};
struct ToSend {
    client::Prepared request;
    std::optional<Operator> by = {};
    std::string to = {};  // whoever answers, as the request says it
};

class Store {
  public:
    // `folder`/store.key: 32 random bytes. Makes the file when it is not there.
    Store(const std::string& path, const std::string& folder, const wire::Schemes& schemes);

    // Of this centre's alone (Parties).
    [[nodiscard]] Hash salt_key() const;

    // Durable when it returns, as all that follows.
    CaseId open(const Opened& opened, By by);
    // First cards, all of them or none: one for each, who is invited or not, with numbers that
    // nobody has. Failure when `draw` gives none.
    std::vector<CaseId> open_first(std::vector<std::optional<Applied>> people,
                                   const std::function<Numbers()>& draw, By by);
    // Those who had cards before this centre was there, all of them or none. How many are new;
    // OperatorError when a number is somebody else's, or of a case that was not taken on so.
    std::int64_t take_on(const std::vector<std::pair<Numbers, TakenOn>>& people, By by);
    // A newborn's, with numbers that nobody has; by any case of the parent who comes with it.
    std::expected<CaseId, Misfit> open_birth(CaseId of_parent, const std::function<Numbers()>& draw,
                                             By by);
    // As this centre's own cases know them now.
    std::optional<KnownPerson> known_person(CaseId of_person_of);
    std::expected<Parent, Misfit> parent(CaseId of_parent);
    // Of somebody whom the relay knows, by any of their cases. A stop while one is open is that
    // one, and one that was found stops again. Whatever a card that is stopped was to be written
    // ends.
    std::expected<CaseId, Misfit> open(CaseId of_person, const Asked& asked, By by);
    // What a register has said by itself of whoever has that issuing number (decision 60), by
    // nobody's hand. The same once more changes nothing. `id`: of a case of theirs.
    struct Hearing {
        Due due = Due::nothing;  // what was done
        std::optional<CaseId> id = {};
        bool wrote = false;
        bool gave_up = false;  // a case of theirs, then or before
    };
    Hearing hear(std::string_view issuing_number, const Said& said, std::string_view register_id,
                 UnixTime now);
    // With a health-care number that nobody has had; it is spent even if it is not used after all.
    // Failure when `draw` gives none.
    Numbers give_new(const std::function<Numbers()>& draw);
    // False: it was given before, to somebody.
    bool give(std::string_view health_care_number);
    // Throws Failure for a case that is not there.
    CaseFile find(CaseId id);
    std::optional<CaseId> find(std::string_view number);
    std::vector<CaseId> find(Date birth_date, std::string_view kana);
    // By the health-care number; any one of their cases.
    std::optional<CaseId> find_given(std::string_view health_care_number);
    // Somebody else than whose case that is (0: than anybody), whom the relay has, or may have, by
    // the resident number among these: whatever municipality's it is now, the number is theirs for
    // life. Any one of their cases.
    std::optional<CaseId> find_known(const std::vector<Claim>& claims, CaseId but);
    // By a certificate of theirs (x5t#S256) that this centre had made and that was activated; any
    // one of their cases. It may count no more.
    std::optional<CaseId> find_card(const Hash& certificate);
    // Certificates that end soon and whose newest notice is to be made, the next to end first. One
    // whose day was missed is made up for by the next, not by two at once.
    struct Ending {
        Bytes card;  // its card_key
        CaseId id = 0;
        UnixTime not_after = 0;
        int days = 0, count = 0;  // before the end; how many notices that makes
    };
    // Only those after that one, in this order.
    std::vector<Ending> ending(UnixTime now, std::size_t count_max, const Ending& after);
    void noticed(const std::vector<Ending>& which);
    // Of that notice; says of neither certificate nor day which.
    [[nodiscard]] std::string notice_id(const Ending& what) const;
    // By which the store knows a certificate (x5t#S256).
    [[nodiscard]] Bytes card_key(const Hash& certificate) const;
    // By the stop code that the person has got last; no earlier one is a code any more.
    std::optional<CaseId> find_stop(std::string_view code);
    // What a case keeps of a code: nobody reads it back without the store's key.
    [[nodiscard]] std::string stop_index(std::string_view code) const;
    // All cases of the person of this one, in the order in which they were opened.
    std::vector<CaseId> of_person(CaseId id);
    std::vector<Case> cases_of_person(CaseId any_of_theirs);
    std::vector<Line> lines(CaseId id);
    // Those that have not ended, after that one.
    std::vector<CaseId> open_cases(CaseId after, std::size_t count_max);

    // Of those, the longest waiting; of that municipality's alone, where one is said. A batch's who
    // have not applied are not among them: they would hide what came later, and have their letters.
    std::vector<CaseId> longest_waiting(std::size_t count_max, const std::string& municipality);
    // People who were invited together, of whom something is open: the newest first. `id`: of its
    // first case; `open`: how many. Of that municipality's alone, where one is said, as below; and
    // of those before a batch, where one is.
    struct Batch {
        CaseId id = 0;
        UnixTime opened_at = 0;
        std::int64_t open = 0;
    };
    std::vector<Batch> batches(const std::string& municipality, std::optional<CaseId> before,
                               std::size_t count_max);
    // Ended ones too, in the order of the invitation.
    std::vector<CaseId> cases_of_batch(CaseId batch, const std::string& municipality,
                                       std::size_t count_max);
    // Where the person of this case lives, as far as the relay was told. "": not known.
    std::string home(CaseId any_of_theirs);
    // At whose window the case is dealt with. "": the centre's own.
    std::string where(CaseId id);
    // Whether the window of that municipality deals with it: a person is served where they live
    // now, and what is under way also where it is. "": the centre's own, who serve everybody.
    bool is_served_at(const std::string& municipality, CaseId id);

    // What happened, when it fits. The same once more is not written again. known_person: the
    // resident number that it brings, or would have linked, is somebody else's.
    std::expected<Case, Misfit> add(CaseId id, const Happening& what, By by);
    // It will go out: noted, and kept for sending, or neither.
    std::expected<Case, Misfit> send(CaseId id, OrderName order, const ToSend& what, By by);
    // An ask whose time was over goes out anew.
    void renew(CaseId id, OrderName order, const ToSend& what, UnixTime now);
    // Whose act the request with that `jti` followed from, and of which case it was.
    struct WhoAsked {
        CaseId id = 0;
        Operator by;
    };
    std::optional<WhoAsked> find_operator(std::string_view jti);
    // A clerk's name for the book, which a gateway reads: the same one has the same index.
    struct SealedName {
        Hash index{};
        Bytes sealed;
    };
    [[nodiscard]] SealedName seal_clerk(std::string_view name) const;
    [[nodiscard]] std::string open_clerk(ByteView sealed) const;
    // There is nobody to send it to: noted as sent and refused, or neither.
    std::expected<Case, Misfit> refuse(CaseId id, OrderName order, const std::string& code, By by);
    // What came of it: noted, and not sent again, or neither.
    std::expected<Case, Misfit> answer(CaseId id, OrderName order, const Happening& what, By by);

    // People of whom nothing is to do and no certificate has counted since `before`, and who have
    // died or were never linked: all of theirs is erased but that their health-care number was
    // given. Without the issuing number nobody else could ever be given a card again. Looks at
    // `count_max` cases, those after `after`; the last of them, none when that was all.
    struct Erased {
        std::optional<CaseId> last;
        std::size_t people = 0;
    };
    Erased erase_people(UnixTime before, CaseId after, std::size_t count_max);
    // Whose act a request followed from, before then: at most so many. How many there were.
    std::int64_t erase_hands(UnixTime before, std::size_t count_max);

    client::Outbox& outbox() { return outbox_; }

    // What is written while this lives is durable together, at commit(), or not at all. Within
    // another one it is part of that, which cannot be committed when this one was not.
    class Together {
      public:
        explicit Together(Store& store);
        ~Together();
        Together(const Together&) = delete;
        Together& operator=(const Together&) = delete;
        void commit();

      private:
        Store& store_;
        std::optional<db::Transaction> transaction_;  // of the outermost
        bool committed_ = false;
    };

  private:
    struct Statements {
        explicit Statements(db::Connection& connection);
        db::Statement open, give, find, find_number, find_who, find_given, find_stop, find_resident,
            find_person, of_person, stop_code, lines, open_cases, waiting, waiting_at, batch,
            batches, batches_at, batch_cases, add, stands, who, add_operator, find_operator,
            add_card, find_card, ending, noticed, over, counts, erase_hands;
        std::array<db::Statement, 4> erase;  // all of a case
    };
    Bytes index(std::string_view purpose, std::string_view text) const;
    Bytes resident_index(const wire::PersonNumber& number) const;
    bool is_kept_from_chip(CaseId id);
    bool is_another_persons(const Case& one, CaseId id, const Happening& what);
    // A case as it is now, and how much happened to it.
    struct Known {
        CaseFile file;
        std::int64_t lines = 0;
    };
    Known& known(CaseId id);
    CaseId write_new(Opened opened, const By& by);
    std::expected<Case, Misfit> write(CaseId id, const Happening& what, const By& by);
    void keep(CaseId id, const std::optional<Operator>& by, UnixTime at);
    void overtake(CaseId by_case, const By& by);
    std::optional<CaseId> find_person(std::string_view issuing_number);
    bool give_up(const std::vector<CaseId>& ids, const Said& said, const By& by);
    void carry_out(Hearing& hearing, const std::vector<CaseId>& ids, const Said& said,
                   const By& by);
    std::optional<CaseId> open_said(const std::vector<CaseId>& ids, const Said& said, const By& by);
    void cancel_in_chip(const std::vector<CaseId>& of_person, const By& by);
    void add_cards(const Case& one, CaseId id);

    Secret seal_key_, index_key_, outbox_key_;
    const wire::Schemes& schemes_;
    db::Connection connection_;
    client::Outbox outbox_;
    Statements sql_;
    // What is durable or will be with the Together that is open: only this program writes.
    std::map<CaseId, Known> known_;
    int together_ = 0;
    bool wrote_ = false, spoiled_ = false;  // within the outermost
};

// Of an order in the outbox.
std::string outbox_name(CaseId id, OrderName order);
struct OutboxName {
    CaseId id = 0;
    OrderName order;
};
std::optional<OutboxName> parse_outbox_name(std::string_view name);

}  // namespace mado::issuer
