#include "client/cross_check.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <map>

#include "wire/services/evidence.hpp"
#include "wire/subject.hpp"

namespace mado::client {
namespace {

// Of one number: who has more has been asked 100,000 times.
constexpr int pages_max = 20;

Parsed<EvidenceEntry> read_row(const json::value& value, const wire::ParticipantId& holder) {
    if (!value.is_object()) return bad("a row of evidence is not an object");
    Members in(value.get_object());
    EvidenceEntry out{.holder = holder,
                      .entry = in.hash("entry"),
                      .index = static_cast<std::uint64_t>(in.integer("index")),
                      .time = in.integer("time"),
                      .requester = in.text("requester", 64),
                      .service = in.text("service", 64),
                      .outcome = in.text("outcome", 20),
                      .named = in.optional_boolean("named").value_or(false)};
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return out;
}

// The relay may not know what became of an order; what it says it knows must be so.
bool fits(const PersonEntry& entry, const EvidenceEntry& row) {
    return entry.order_index == row.index && entry.requester == row.requester &&
           entry.head->service.text() == row.service &&
           (entry.outcome.empty() || entry.outcome == row.outcome);
}

// An order that the holder refused, or could not answer, may have left no evidence.
bool must_be_evident(const PersonEntry& entry, UnixTime now) {
    const auto outcome = wire::parse_outcome(entry.outcome);
    const bool decided = outcome == wire::Outcome::answered || outcome == wire::Outcome::no_match ||
                         outcome == wire::Outcome::several_match;
    return decided && now < entry.order->keep_until;
}

Finding finding_of(Finding::Kind kind, const PersonEntry& entry) {
    return {.kind = kind,
            .holder = entry.order->holder,
            .entry = entry.order_entry,
            .index = entry.order_index,
            .time = entry.time,
            .requester = entry.requester,
            .service = entry.head->service.text()};
}

Finding finding_of(Finding::Kind kind, const EvidenceEntry& row) {
    return {.kind = kind,
            .holder = row.holder,
            .entry = row.entry,
            .index = row.index,
            .time = row.time,
            .requester = row.requester,
            .service = row.service};
}

EvidenceEntry asking(const Identity& identity, const Answered& answered) {
    return {.holder = answered.order->holder,
            .entry = answered.entry,
            .index = answered.receipt->index,
            .time = answered.order->time,
            .requester = identity.id.text(),
            .service = "evidence",
            .outcome = ""};
}

// Everything that one link's holder says it was asked, page after page.
struct Whole {
    std::vector<EvidenceEntry> rows;
    std::optional<Problem> problem;
};

Task<Whole> read_whole(Asker& asker, Ask ask, Answered first) {
    Whole out;
    Answered answered = std::move(first);
    std::uint64_t after = 0;
    for (int page = 0; page < pages_max; ++page) {
        bool more = false;
        auto rows = read_evidence(answered, after, more);
        if (!rows) {
            out.problem =
                Problem{wire::Code::answer_invalid, rows.error().why, {}, {}, /*found_here=*/true};
            co_return out;
        }
        out.rows.insert(out.rows.end(), rows->begin(), rows->end());
        if (!more) co_return out;
        after = out.rows.back().index;
        ask.parameters["after"] = std::to_string(after);
        auto next = co_await asker.ask(ask);
        if (!next) {
            out.problem = next.error();
            co_return out;
        }
        answered = std::move(*next);
    }
    out.problem = Problem{wire::Code::answer_invalid, "too much evidence", {}, {}, false};
    co_return out;
}

}  // namespace

std::string_view to_text(Finding::Kind kind) {
    switch (kind) {
        case Finding::Kind::missing_at_relay:
            return "missing_at_relay";
        case Finding::Kind::missing_at_holder:
            return "missing_at_holder";
        case Finding::Kind::not_named:
            return "not_named";
        case Finding::Kind::differs:
            return "differs";
    }
    return "differs";
}

Parsed<std::vector<EvidenceEntry>> read_evidence(const Answered& answered, std::uint64_t after,
                                                 bool& more) {
    Members in(*answered.answer.data);
    auto last = static_cast<std::uint64_t>(in.integer("after"));
    if (last != after) return bad("the evidence begins elsewhere than asked");
    more = in.boolean("more");
    std::vector<EvidenceEntry> out;
    for (const auto& value : in.array("rows", wire::evidence_rows_max)) {
        auto row = read_row(value, answered.order->holder);
        if (!row) return std::unexpected(row.error());
        if (row->index < last || (!out.empty() && row->index == last)) {
            return bad("the rows of evidence are not in order");
        }
        last = row->index;
        out.push_back(std::move(*row));
    }
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (more && out.empty()) return bad("the evidence ends too early");
    return out;
}

std::uint64_t place_asked(const PersonEntries& entries, const std::vector<EvidenceEntry>& asked,
                          std::vector<Finding>& findings) {
    std::uint64_t below = tlog::tree_size_max;
    for (const auto& own : asked) {
        const auto found = std::ranges::find(entries.entries, own.entry, &PersonEntry::order_entry);
        if (found == entries.entries.end()) {
            findings.push_back(finding_of(Finding::Kind::missing_at_relay, own));
        } else {
            if (found->order_index != own.index) {
                findings.push_back(finding_of(Finding::Kind::differs, own));
            }
            below = std::min(below, found->order_index);
        }
    }
    return below;
}

std::vector<const ComparedHolder*> lies_of(const std::vector<ComparedHolder>& holders) {
    std::vector<const ComparedHolder*> out;
    for (const auto& one : holders) {
        if (one.problem && is_lie(*one.problem)) out.push_back(&one);
    }
    return out;
}

std::vector<wire::ParticipantId> whole_holders(const std::vector<ComparedHolder>& holders) {
    std::vector<wire::ParticipantId> out;
    for (const auto& one : holders) {
        const auto is_broken = [&one](const ComparedHolder& other) {
            return other.holder == one.holder && other.problem.has_value();
        };
        if (std::ranges::none_of(holders, is_broken)) out.push_back(one.holder);
    }
    return out;
}

std::vector<Finding> compare(const PersonEntries& entries,
                             const std::vector<EvidenceEntry>& evidence,
                             const std::vector<wire::ParticipantId>& compared, std::uint64_t below,
                             UnixTime now) {
    std::map<Hash, const PersonEntry*> listed;
    for (const auto& entry : entries.entries)
        listed.emplace(entry.order_entry, &entry);
    std::map<Hash, const EvidenceEntry*> evident;
    std::vector<Finding> out;
    for (const auto& row : evidence) {
        evident.emplace(row.entry, &row);
        if (row.index >= below) continue;
        const auto found = listed.find(row.entry);
        if (found == listed.end()) {
            out.push_back(finding_of(
                row.named ? Finding::Kind::not_named : Finding::Kind::missing_at_relay, row));
        } else if (found->second->erased || (found->second->order && !fits(*found->second, row))) {
            // What a holder still keeps is not over, whoever says that it was erased.
            out.push_back(finding_of(Finding::Kind::differs, row));
        }
    }
    for (const auto& entry : entries.entries) {
        if (!entry.order || entry.index >= below || evident.contains(entry.order_entry)) continue;
        const bool asked = std::ranges::find(compared, entry.order->holder) != compared.end();
        if (asked && must_be_evident(entry, now)) {
            out.push_back(finding_of(Finding::Kind::missing_at_holder, entry));
        }
    }
    std::ranges::sort(out, {}, &Finding::index);
    return out;
}

std::vector<LastCompared> last_compared(const PersonEntries& entries) {
    std::vector<LastCompared> out;
    for (const auto& entry : entries.entries) {
        if (!entry.order) continue;
        const auto& holder = entry.order->holder;
        if (holder == entry.order->relay) continue;  // what it was told itself: no evidence of it
        auto known = std::ranges::find(out, holder, &LastCompared::holder);
        if (known == out.end()) known = out.insert(out.end(), {.holder = holder, .at = 0});
        const bool compared = entry.head->service.text() == "evidence" &&
                              entry.outcome == wire::to_text(wire::Outcome::answered);
        if (compared) known->at = std::max(known->at, entry.time);
    }
    return out;
}

namespace {

// Who may have issued certificates to the person.
std::vector<wire::CodeId> authorities_of(const wire::Directory& directory,
                                         const wire::Policy& policy, const Identity& identity) {
    const auto* self = directory.find(identity.id);
    if (self == nullptr) return {};
    return policy.holder_kinds(*wire::ServiceId::parse("certificates"), self->kind);
}

}  // namespace

Task<Result<CrossCheck>> cross_check(const wire::Directory& directory, const wire::Policy& policy,
                                     const Identity& identity, std::string login_mandate,
                                     crypto::Certificate card, std::vector<wire::CodeId> kinds) {
    const auto service = *wire::ServiceId::parse("evidence");
    auto records = co_await fetch_own(directory, identity,
                                      {.service = service,
                                       .kinds = std::move(kinds),
                                       .parameters = {},
                                       .login_mandate = login_mandate});
    CrossCheck out;
    std::vector<EvidenceEntry> evidence, asked;
    Asker asker(directory, identity);
    for (auto& record : records) {
        if (!record.answer) {
            // Who it would have been, the relay has not said.
            out.holders.push_back({.holder = directory.relay().id,
                                   .rows = 0,
                                   .problem = std::move(record.answer.error())});
            continue;
        }
        const auto holder = record.answer->order->holder;
        const Ask ask{.to = {.holder = {}, .kind = record.kind, .position = record.position},
                      .service = service,
                      .purpose = *wire::CodeId::parse("own-view"),
                      .parameters = {},
                      .subject = to_bytes(wire::mandate_subject(login_mandate)),
                      .card_seen = false};
        asked.push_back(asking(identity, *record.answer));
        auto whole = co_await read_whole(asker, ask, std::move(*record.answer));
        out.holders.push_back(
            {.holder = holder, .rows = whole.rows.size(), .problem = std::move(whole.problem)});
        evidence.insert(evidence.end(), whole.rows.begin(), whole.rows.end());
    }
    auto held = co_await fetch_held(directory, identity, login_mandate,
                                    authorities_of(directory, policy, identity));
    auto entries = co_await fetch_entries(directory, policy, identity, login_mandate, card);
    if (!entries) {
        // Who is caught at a holder does not get away by giving no list.
        if (lies_of(out.holders).empty()) co_return std::unexpected(entries.error());
        out.no_list = std::move(entries.error());
        co_return out;
    }
    out.entries = std::move(*entries);
    out.below = place_asked(out.entries, asked, out.findings);
    auto found = compare(out.entries, evidence, whole_holders(out.holders), out.below, unix_now());
    out.findings.insert(out.findings.end(), found.begin(), found.end());
    out.held = check_held(std::move(held), out.entries, directory, card);
    co_return out;
}

}  // namespace mado::client
