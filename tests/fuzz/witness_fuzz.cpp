#include "tlog/witness.hpp"

#include <set>

#include "fuzz.hpp"
#include "relay/test_country.hpp"
#include "wire/test_docs.hpp"
#include "witness/service.hpp"

namespace mado::fuzz {
namespace {

// The checkpoint of the submission, as the log itself would have signed it.
std::optional<std::string> signed_submission(tlog::AddCheckpoint request) {
    const auto note = tlog::parse_note(request.checkpoint);
    auto checkpoint = tlog::parse_checkpoint_text(note->text);
    checkpoint->origin = country().log.name();
    request.checkpoint =
        tlog::sign_note(tlog::checkpoint_text(*checkpoint), country().log, country().log_key);
    auto text = fmt::format("old {}\n", request.old_size);
    for (const auto& hash : request.proof)
        text += base64(hash) + "\n";
    text += "\n" + request.checkpoint;
    return text.size() <= tlog::add_checkpoint_bytes_max ? std::optional(text) : std::nullopt;
}

// A witness that has seen the first two entries of the worked example.
witness::History history() {
    static const auto root =
        *parse_hash("WEEdvyzRfcH9BdSZW3fnumVKy3AuR4iOHhI1J4hu-_w");  // log.md, "entries"
    const witness::Seen seen{.size = 2, .root = root, .note = "as it was cosigned"};
    return {.newest = seen, .at_size = {}, .at_old_size = seen};
}

bool submission(ByteView in) {
    const auto request = tlog::parse_add_checkpoint(as_text(in));
    if (!request) return false;
    require(tlog::to_text(*request) == as_text(in), "a submission has one form");
    require(!witness::read_submission(as_text(in), country_directory()), "nobody has signed this");
    const auto body = signed_submission(*request);
    if (!body) return true;
    const auto read = witness::read_submission(*body, country_directory());
    require(read.has_value(), "the log has signed this");
    const auto verdict = witness::judge(*read, history()).verdict;
    require(verdict != witness::Verdict::consistent ||
                (read->request.old_size == 2 && read->checkpoint.size >= 2),
            "what is cosigned has grown");
    return true;
}

// The first eight bytes are the time at which a witness says that it has signed.
bool cosignature(ByteView in) {
    if (in.size() < 8) return false;
    std::uint64_t time = 0;
    for (const auto byte : in.first(8))
        time = time << 8 | byte;
    const auto& witness = country().witnesses[0];
    tlog::Note note{.text = tlog::checkpoint_text(
                        {.origin = country().log.name(), .size = 0, .root = tlog::empty_root()}),
                    .signatures = {}};
    const auto message = fmt::format("cosignature/v1\ntime {}\n{}", time, note.text);
    Bytes signature = to_bytes(in.first(8));
    append(signature, country().witness_keys[0].sign(as_bytes(message)));
    note.signatures = {
        {.name = witness.name(), .id = witness.id(), .signature = std::move(signature)}};
    const auto found = tlog::cosignatures(note, {witness}, wire::test_now);
    require(found.has_value() == (time <= INT64_MAX), "a time is one of 63 bits");
    require(
        !found || found->empty() == (time == 0 || time > wire::test_now + tlog::cosignature_skew_s),
        "a cosignature counts at once and not before");
    return in.size() == 8 && found && !found->empty();
}

// Lines below a note, as they came from who knows where.
bool signature_lines(ByteView in) {
    const auto read = tlog::parse_signature_lines(as_text(in));
    if (!read) return false;
    std::string again;
    for (const auto& line : *read)
        again += tlog::signature_line(line);
    require(again == as_text(in), "a signature line has one form");
    // The example's own lines are what this accepts.
    static const auto note = wire::read_example("log.md", "checkpoint") + "\n";
    static const auto& directory = world().directory;
    const auto& log = directory.logs.front().key;
    for (const auto& witness : directory.quorum.witnesses()) {
        const auto taken = tlog::take_cosignature(as_text(in), note, witness, wire::test_now);
        if (!taken) continue;
        const auto opened = tlog::cosigned(note + *taken, log, directory.quorum, wire::test_now);
        require(opened.has_value() && std::holds_alternative<tlog::TooFewWitnesses>(*opened),
                "one voice is taken, and counts once");
    }
    const auto whole = tlog::cosigned(note + again, log, directory.quorum, wire::test_now);
    if (!whole || std::holds_alternative<tlog::TooFewWitnesses>(*whole)) return true;
    const auto& seen = std::get<tlog::CosignedCheckpoint>(*whole);
    require(seen.cosignatures.size() >= directory.quorum.needed(), "a quorum has its number");
    return true;
}

// A verifier key on each line: whose voices one counts.
bool quorum(ByteView in) {
    std::vector<tlog::WitnessVerifier> witnesses;
    std::set<std::string> names;
    for (auto text = as_text(in); !text.empty();) {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        auto witness = tlog::WitnessVerifier::parse(line);
        if (!witness) return false;
        require(witness->vkey() == line, "a verifier key has one form");
        names.insert(witness->name());
        witnesses.push_back(std::move(*witness));
    }
    const auto made = tlog::Quorum::make(witnesses, 1);
    require(!made || names.size() == witnesses.size(), "nobody has two voices");
    require(!tlog::Quorum::make(witnesses, witnesses.size() + 1), "more than all is no quorum");
    return made.has_value();
}

}  // namespace

// What a log sends to a witness, and what comes back.
bool witness(ByteView in) {
    bool accepted = cosignature(in);
    accepted = submission(in) || accepted;
    accepted = signature_lines(in) || accepted;
    accepted = quorum(in) || accepted;
    if (const auto size = tlog::parse_tree_size(as_text(in))) {
        require(tlog::tree_size_text(*size) == as_text(in), "a tree size has one form");
        accepted = true;
    }
    return accepted;
}

}  // namespace mado::fuzz
