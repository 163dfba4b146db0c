#include "client/entries.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <iterator>

#include "base/parallel.hpp"
#include "client/ask_relay.hpp"
#include "crypto/digest.hpp"
#include "monitor/follow.hpp"
#include "wire/sealing.hpp"
#include "wire/subject.hpp"
#include "wire/to_relay.hpp"

namespace mado::client {
namespace {

// Each was a number of the person: a relay that has joined more makes the requester ask for ever.
constexpr std::size_t joined_max = 256;

// What an entry is checked against.
struct Check {
    const EntriesReader& reader;
    const Bytes& link_number;
    const tlog::Checkpoint& checkpoint;
    const tlog::Checkpoint& cosigned;  // of size 0 when there is none
    const std::string& note;           // the two, signed
    const std::string& cosigned_note;
    UnixTime now;
};

// "2031-10"; an entry is erased after that month's end, and not before.
bool is_over(const ErasedEntry& erased, UnixTime now) {
    const auto first = parse_date(erased.kept_until + "-01");
    if (!first) return false;
    const auto next = std::chrono::sys_days{*first + std::chrono::months{1}};
    const auto end = std::chrono::sys_seconds{next}.time_since_epoch().count();
    return end <= erased.at && erased.at <= now + wire::clock_skew_s;
}

// What the order must commit to: this person with the entry's number; one that was sealed has none,
// but the date on which it opened, which a sealing authority has ordered. One by a family's number
// (without a salt) is in the list of that number, which is nobody's to see.
Parsed<Hash> person_of(const wire::Head& head, UnixTime time, const Hash& salt, PersonEntry& out,
                       const Check& check) {
    if (out.seq > 0) {
        if (!head.sealing.empty()) return bad("a sealed entry has a number");
        return wire::commit_person(salt, check.link_number, static_cast<std::uint64_t>(out.seq));
    }
    const auto sealing = wire::verify_sealing(head.sealing, {.directory = check.reader.directory,
                                                             .requester = head.issuer,
                                                             .service = head.service,
                                                             .time = time});
    if (!sealing) return bad("an entry was sealed without a sealing authority's order");
    out.was_sealed = WasSealed{.authority = sealing->issuer.text(), .until = sealing->until};
    return wire::commit_sealed_person(salt, check.link_number, sealing->until);
}

// Opens one order entry: its text gives the 32 bytes in the log, its commitments open to this
// person, this number and this subject.
Parsed<Hash> open_order(Members& in, PersonEntry& out, const std::optional<Hash>& person_salt,
                        const Check& check) {
    const auto subject = in.base64url_bytes("subject", wire::subject_bytes_max);
    const auto subject_salt = in.hash("subject_salt");
    const auto number = in.base64url_bytes("number", 4096);
    const auto number_salt = in.hash("number_salt");
    in.optional_date("birth_date");
    auto order = wire::parse_order(as_bytes(out.content));
    if (!order) return std::unexpected(order.error());
    auto head = wire::parse_head(order->head);
    if (!head) return std::unexpected(head.error());
    if (!wire::head_is_signed(*head, check.reader.directory)) {
        return bad("an entry has a request that its organisation did not sign");
    }
    if (person_salt) {
        const auto person = person_of(head->head, order->time, *person_salt, out, check);
        if (!person) return std::unexpected(person.error());
        if (order->person != *person) return bad("an entry belongs to another person");
    } else if (order->presence != wire::Presence::number &&
               order->presence != wire::Presence::card_seen) {
        return bad("an entry names the person of an order that was not by number");
    }
    if (wire::commit_subject(subject_salt, subject) != order->subject) {
        return bad("an entry's subject is not the one committed to");
    }
    if (order->number && wire::commit_number(number_salt, number) != *order->number) {
        return bad("an entry's number is not the one committed to");
    }
    const auto payload = in.optional_text("payload", wire::request_bytes_max);
    if (payload) {
        const auto key = in.base64url_bytes("payload_key", 32);
        if (order->holder != order->relay) return bad("a holder's payload is not the relay's");
        auto told = open_told(head->head, subject, *payload, key);
        if (!told) return std::unexpected(told.error());
        out.told = std::move(*told);
    }
    auto card_signed = read_mandate(subject, {.directory = check.reader.directory,
                                              .policy = check.reader.policy,
                                              .card = check.reader.card,
                                              .order = *order,
                                              .head = head->head});
    if (!card_signed) return std::unexpected(card_signed.error());
    out.card_signed = std::move(*card_signed);
    out.requester = head->head.issuer.text();
    out.time = order->time;
    out.logged_at = order->time;
    out.head = std::move(head->head);
    out.order = std::move(*order);
    return wire::order_entry(out.salt, as_bytes(out.content));
}

Parsed<Hash> open_refused(PersonEntry& out, const Hash& person) {
    const auto object = parse_json_object(out.content);
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    out.time = in.integer("time");
    out.logged_at = out.time;
    out.requester = in.text("requester", 64);
    if (in.good() && !wire::ParticipantId::parse(out.requester)) {
        return bad("a path was closed to no organisation");
    }
    // By which number somebody asked to whom the policy gives nothing; else three misses.
    const auto scheme = in.optional_text("scheme", 40);
    const auto service = in.optional_text("service", 40);
    if (scheme && service) out.refused_try = RefusedTry{.scheme = *scheme, .service = *service};
    if (in.hash("person") != person) return bad("an entry belongs to another person");
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return wire::log_entry(out.kind, out.salt, as_bytes(out.content));
}

// About nobody's look: from here on what was asked about a number before it was linked is theirs.
Parsed<Hash> open_joined(PersonEntry& out, const Hash& person) {
    const auto object = parse_json_object(out.content);
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    out.time = in.integer("time");
    out.logged_at = out.time;
    JoinedSeries joins{.link_number = in.base64url_bytes("link_number", 16),
                       .last_seq = in.integer("last_seq", 0, entries_max)};
    if (in.hash("person") != person) return bad("an entry belongs to another person");
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    out.joins = std::move(joins);
    return wire::log_entry(out.kind, out.salt, as_bytes(out.content));
}

Parsed<Hash> open_erased(Members& in, const json::object& object, PersonEntry& out,
                         const Check& check) {
    Members erased(object);
    out.erased =
        ErasedEntry{.kept_until = erased.text("kept_until", 7), .at = erased.integer("at")};
    if (auto ok = erased.finish(); !ok) return std::unexpected(ok.error());
    if (!is_over(*out.erased, check.now)) return bad("an entry was erased before its time");
    return in.hash("entry");
}

Parsed<void> prove(PersonEntry& out, std::vector<Hash> proof, const Check& check) {
    out.witnessed = out.index < check.cosigned.size;
    const auto& under = out.witnessed ? check.cosigned : check.checkpoint;
    if (!tlog::verify_inclusion(tlog::leaf_hash(out.entry), out.index, under.size, proof,
                                under.root)) {
        return bad("an entry is not in the log at its index");
    }
    out.note = out.witnessed ? check.cosigned_note : check.note;
    out.proof = std::move(proof);
    return {};
}

// The order that was sealed until this entry opened it, or whose person this entry names.
Parsed<PersonEntry> read_order_of(const json::object& object, const Check& check, bool named) {
    Members in(object);
    PersonEntry out;
    out.seq = in.integer("seq", 0, 0);
    out.index = static_cast<std::uint64_t>(in.integer("index"));
    auto proof = in.hashes("proof", tlog::proof_length_max);
    out.kind = in.text("kind", 20);
    out.content = in.text("content", wire::order_bytes_max);
    out.salt = in.hash("salt");
    const auto person_salt = named ? std::nullopt : std::optional(in.hash("person_salt"));
    out.outcome = in.optional_text("outcome", 20).value_or("");
    const auto entry =
        out.kind == "order" ? open_order(in, out, person_salt, check) : bad("not an order");
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (!entry) return std::unexpected(entry.error());
    out.entry = *entry;
    if (auto ok = prove(out, std::move(proof), check); !ok) return std::unexpected(ok.error());
    return out;
}

// An entry of its own gives the person a sealed one, or one by a family's number of which the
// holder has said that it is about them: who asked, when and why stand in that.
Parsed<Hash> open_later(Members& in, PersonEntry& out, const Hash& person, const Check& check) {
    const auto object = parse_json_object(out.content);
    if (!object) return std::unexpected(object.error());
    Members content(*object);
    out.logged_at = content.integer("time");
    const auto index = content.integer("index");
    const auto entry = content.hash("entry");
    if (content.hash("person") != person) return bad("an entry belongs to another person");
    if (auto ok = content.finish(); !ok) return std::unexpected(ok.error());
    auto order = read_order_of(in.object("order"), check, out.kind == "named");
    if (!order) return std::unexpected(order.error());
    const bool early = order->was_sealed && out.logged_at < order->was_sealed->until;
    if (order->entry != entry || static_cast<std::int64_t>(order->index) != index || early ||
        order->index >= out.index) {
        return bad(out.kind == "opened" ? "an opened entry is not the one that was sealed"
                                        : "another order is named");
    }
    out.order = std::move(order->order);
    out.head = std::move(order->head);
    out.requester = std::move(order->requester);
    out.time = order->time;
    out.outcome = std::move(order->outcome);
    out.card_signed = std::move(order->card_signed);
    out.was_sealed = std::move(order->was_sealed);
    out.order_entry = order->entry;
    out.order_index = order->index;
    return wire::log_entry(out.kind, out.salt, as_bytes(out.content));
}

Parsed<Hash> open_content(Members& in, PersonEntry& out, const Check& check) {
    out.kind = in.text("kind", 20);
    out.content = in.text("content", wire::order_bytes_max);
    out.salt = in.hash("salt");
    const auto person_salt = in.hash("person_salt");
    const auto person =
        wire::commit_person(person_salt, check.link_number, static_cast<std::uint64_t>(out.seq));
    out.outcome = in.optional_text("outcome", 20).value_or("");
    if (out.kind == "order") return open_order(in, out, person_salt, check);
    if (out.kind == "refused") return open_refused(out, person);
    if (out.kind == "opened" || out.kind == "named") return open_later(in, out, person, check);
    if (out.kind == "joined") return open_joined(out, person);
    return bad("an entry of an unknown kind");
}

Parsed<PersonEntry> read_entry(const json::value& value, const Check& check) {
    if (!value.is_object()) return bad("an entry is not an object");
    Members in(value.get_object());
    PersonEntry out;
    out.seq = in.integer("seq", 1, entries_max);
    out.index = static_cast<std::uint64_t>(in.integer("index"));
    auto proof = in.hashes("proof", tlog::proof_length_max);
    const auto* erased = in.optional_object("erased");
    const auto entry =
        erased != nullptr ? open_erased(in, *erased, out, check) : open_content(in, out, check);
    if (!entry) return std::unexpected(entry.error());
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    out.entry = *entry;
    if (out.kind != "opened" && out.kind != "named") {
        out.order_entry = out.entry;
        out.order_index = out.index;
    }
    if (auto ok = prove(out, std::move(proof), check); !ok) return std::unexpected(ok.error());
    return out;
}

// Their signatures take nearly all of the time.
std::vector<Parsed<PersonEntry>> read_entries(const json::array& values, const Check& check) {
    std::vector<Parsed<PersonEntry>> out(values.size(), bad("not read"));
    in_parallel(values.size(),
                [&out, &values, &check](std::size_t i) { out[i] = read_entry(values[i], check); });
    return out;
}

// The newest time at or after which as many witnesses as needed have cosigned; 0 without any.
UnixTime time_of_quorum(const std::vector<tlog::Cosignature>& cosignatures, std::size_t needed) {
    if (needed == 0 || cosignatures.size() < needed) return 0;
    std::vector<UnixTime> times;
    for (const auto& one : cosignatures)
        times.push_back(one.time);
    std::ranges::sort(times, std::greater{});
    return times[needed - 1];
}

// The newest checkpoint, and the newest one that a quorum has cosigned, of which it is a later one.
Parsed<void> read_checkpoints(Members& in, EntriesPage& out, const wire::Directory& directory,
                              UnixTime now) {
    out.note = in.text("checkpoint", tlog::note_bytes_max);
    const auto* log = directory.log(out.note.substr(0, out.note.find('\n')));
    if (log == nullptr) return bad("the checkpoint is of a log that the directory does not name");
    auto checkpoint = tlog::open_checkpoint(out.note, log->key);
    if (!checkpoint) return std::unexpected(checkpoint.error());
    out.checkpoint = std::move(*checkpoint);
    auto cosigned_note = in.optional_text("cosigned", tlog::note_bytes_max);
    if (!cosigned_note) return {};
    const auto consistency = in.hashes("consistency", tlog::proof_length_max);
    auto cosigned = tlog::cosigned(*cosigned_note, log->key, directory.quorum, now);
    if (!cosigned) return std::unexpected(cosigned.error());
    auto* seen = std::get_if<tlog::CosignedCheckpoint>(&*cosigned);
    if (seen == nullptr) return bad("a checkpoint is called cosigned, and the quorum did not");
    out.cosigned = std::move(seen->checkpoint);
    out.cosigned_at = time_of_quorum(seen->cosignatures, directory.quorum.needed());
    out.cosigned_note = std::move(*cosigned_note);
    if (!tlog::verify_consistency(out.cosigned.size, out.cosigned.root, out.checkpoint.size,
                                  out.checkpoint.root, consistency)) {
        return bad("the newest checkpoint did not grow out of the cosigned one");
    }
    return {};
}

// Two people's lists, each whole, could else be put together.
Parsed<void> keep_link_number(const Bytes& link_number, EntriesSoFar& so_far) {
    if (link_number.size() != 16) return bad("a link number has not 128 bits");
    if (!so_far.link_number.empty() && link_number != so_far.link_number) {
        return bad("the pages have two link numbers");
    }
    so_far.link_number = link_number;
    return {};
}

Parsed<void> go_on(const PersonEntry& entry, EntriesSoFar& so_far) {
    if (entry.seq != ++so_far.count) return bad("the person's entries have a hole");
    if (entry.joins) {
        const auto& series = entry.joins->link_number;
        if (series == so_far.link_number || !so_far.joined.insert(series).second) {
            return bad("a series was joined twice");
        }
        if (so_far.joined.size() > joined_max) return bad("too many series were joined");
    }
    const auto& use = entry.card_signed.use_of_check;
    if (!use.empty() && !so_far.checks.insert(use).second) {
        return bad("one check was used for two orders");
    }
    return {};
}

}  // namespace

Parsed<EntriesPage> read_entries_page(const EntriesReader& reader, const json::object& data,
                                      EntriesSoFar& so_far) {
    Members in(data);
    const auto now = unix_now();
    EntriesPage out;
    const auto link_number = in.base64url_bytes("link_number", 16);
    const auto last_seq = in.integer("last_seq");
    out.more = in.boolean("more");
    if (auto ok = read_checkpoints(in, out, reader.directory, now); !ok) {
        return std::unexpected(ok.error());
    }
    const Check check{.reader = reader,
                      .link_number = link_number,
                      .checkpoint = out.checkpoint,
                      .cosigned = out.cosigned,
                      .note = out.note,
                      .cosigned_note = out.cosigned_note,
                      .now = now};
    if (auto ok = keep_link_number(link_number, so_far); !ok) return std::unexpected(ok.error());
    for (auto& entry : read_entries(in.array("entries", wire::page_rows_max), check)) {
        if (!entry) return std::unexpected(entry.error());
        if (auto ok = go_on(*entry, so_far); !ok) return std::unexpected(ok.error());
        out.entries.push_back(std::move(*entry));
    }
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (out.more && out.entries.empty()) return bad("the person's entries end too early");
    if (!out.more && so_far.count != last_seq) return bad("the person's entries end too early");
    return out;
}

Parsed<void> check_series(const PersonEntry& joined, std::vector<PersonEntry>& entries) {
    const auto last = joined.joins->last_seq;
    if (std::ssize(entries) < last) return bad("a joined series has lost entries");
    for (auto& entry : entries) {
        entry.series = joined.seq;
        const bool before = entry.index < joined.index;
        const bool ordered = entry.kind == "order";
        if (before != (entry.seq <= last) || (ordered && !before) || entry.joins) {
            return bad("a joined series was not closed");
        }
    }
    return {};
}

namespace {

std::unexpected<Problem> not_believed(const Bad& why) {
    return std::unexpected(
        Problem{wire::Code::receipt_invalid, why.why, {}, {}, /*found_here=*/true});
}

// What all lists of one person are asked with.
struct Lists {
    const wire::Directory& directory;
    const EntriesReader& reader;
    const Identity& identity;
    const std::string& login_mandate;
};

// One list, page after page; `last`: its last page, for the checkpoints.
Task<Result<std::vector<PersonEntry>>> fetch_list(const Lists& lists, ToRelay question,
                                                  EntriesSoFar& so_far, EntriesPage& last) {
    std::vector<PersonEntry> out;
    const auto take = [&out, &lists, &so_far, &last](const json::object& data) -> Next {
        auto page = read_entries_page(lists.reader, data, so_far);
        if (!page) return not_believed(page.error());
        std::ranges::move(page->entries, std::back_inserter(out));
        last = std::move(*page);
        return last.more ? std::optional(out.size()) : std::nullopt;
    };
    const auto ok = co_await ask_pages(lists.directory, lists.identity, std::move(question), take);
    if (!ok) co_return std::unexpected(ok.error());
    co_return out;
}

Task<Result<std::vector<PersonEntry>>> fetch_series(const Lists& lists, const PersonEntry& joined) {
    EntriesSoFar so_far{.link_number = joined.joins->link_number};
    EntriesPage last;
    auto question = own_view("entries", lists.login_mandate);
    question.parameters["series"] = std::to_string(joined.index);
    auto out = co_await fetch_list(lists, std::move(question), so_far, last);
    if (!out) co_return out;
    if (auto ok = check_series(joined, *out); !ok) co_return not_believed(ok.error());
    co_return out;
}

}  // namespace

Task<Result<PersonEntries>> fetch_entries(const wire::Directory& directory,
                                          const wire::Policy& policy, const Identity& identity,
                                          std::string login_mandate, crypto::Certificate card) {
    const EntriesReader reader{.directory = directory, .policy = policy, .card = card};
    const Lists lists{.directory = directory,
                      .reader = reader,
                      .identity = identity,
                      .login_mandate = login_mandate};
    EntriesSoFar so_far;
    EntriesPage last;
    auto own = co_await fetch_list(lists, own_view("entries", login_mandate), so_far, last);
    if (!own) co_return std::unexpected(own.error());
    PersonEntries out{.entries = {},
                      .checkpoint = std::move(last.checkpoint),
                      .witnessed_size = last.cosigned.size,
                      .witnessed_at = last.cosigned_at};
    std::vector<PersonEntry> of_series;
    for (const auto& entry : *own) {
        if (!entry.joins) continue;
        auto series = co_await fetch_series(lists, entry);
        if (!series) co_return std::unexpected(series.error());
        std::ranges::move(*series, std::back_inserter(of_series));
    }
    out.entries = std::move(*own);
    std::ranges::move(of_series, std::back_inserter(out.entries));
    co_return out;
}

bool hides_what_was_told(const PersonEntry& entry) {
    return entry.order && entry.order->holder == entry.order->relay && !entry.told &&
           entry.head->service.text() != "answer-changed";  // which has no payload
}

const PersonEntry* changed_order_of(const PersonEntry& entry,
                                    const std::vector<PersonEntry>& entries) {
    if (!entry.head || entry.head->service.text() != "answer-changed") return nullptr;
    const auto order = entry.head->parameters.find("order");
    if (order == entry.head->parameters.end()) return nullptr;
    const auto found = std::ranges::find_if(entries, [&order](const PersonEntry& one) {
        return one.order && base64url(one.order_entry) == order->second;
    });
    return found == entries.end() ? nullptr : &*found;
}

Witnessing witnessing_of(const PersonEntries& entries, UnixTime now) {
    const auto since = now - monitor::unwitnessed_s_max;
    Witnessing out;
    for (const auto& entry : entries.entries) {
        if (entry.witnessed) continue;
        ++out.waiting;
        if (entry.logged_at < since) ++out.overdue;
    }
    const bool ever = entries.witnessed_at > 0;
    out.late = out.overdue > 0 || (ever && entries.witnessed_at < since);
    out.confirmed = ever && !out.late;
    return out;
}

Parsed<BellsPage> read_bells_page(const json::object& data, std::int64_t after) {
    Members in(data);
    BellsPage out{.bells = {}, .more = in.boolean("more")};
    for (const auto& value : in.array("bells", wire::page_rows_max)) {
        if (!value.is_object()) return bad("a bell is not an object");
        Members one(value.get_object());
        const Bell bell{.seq = one.integer("seq", 1, entries_max),
                        .first = one.boolean("first"),
                        .at = one.integer("at")};
        if (auto ok = one.finish(); !ok) return std::unexpected(ok.error());
        if (bell.seq <= after) return bad("an entry has two bells, or they are not in order");
        after = bell.seq;
        out.bells.push_back(bell);
    }
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (out.more && out.bells.empty()) return bad("the person's bells end too early");
    return out;
}

Task<Result<std::vector<Bell>>> fetch_bells(const wire::Directory& directory,
                                            const Identity& identity, std::string login_mandate) {
    std::vector<Bell> out;
    const auto take = [&out](const json::object& data) -> Next {
        const auto page = read_bells_page(data, out.empty() ? 0 : out.back().seq);
        if (!page) {
            return std::unexpected(Problem{wire::Code::answer_invalid, page.error().why, {}, {}});
        }
        out.insert(out.end(), page->bells.begin(), page->bells.end());
        if (!page->more) return std::nullopt;
        return static_cast<std::uint64_t>(out.back().seq);
    };
    const auto ok = co_await ask_pages(directory, identity, own_view("bells", login_mandate), take);
    if (!ok) co_return std::unexpected(ok.error());
    co_return out;
}

}  // namespace mado::client
