#include <fmt/format.h>

#include <boost/json.hpp>
#include <functional>

#include "itself.hpp"

namespace mado::relay {
namespace {

json::object opened(const StoredEntry& entry) {
    json::object out{{"seq", entry.seq}, {"index", entry.log_index}};
    if (const auto* erasure = std::get_if<Erasure>(&entry.record)) {
        out["erased"] = json::object{{"kept_until", fmt::format("{:04}-{:02}", erasure->month / 12,
                                                                erasure->month % 12 + 1)},
                                     {"at", erasure->erased_at}};
        out["entry"] = base64url(erasure->entry);
        return out;
    }
    const auto& record = std::get<AccessRecord>(entry.record);
    out["kind"] = record.kind;
    out["content"] = record.content;
    out["salt"] = base64url(record.salt);
    out["person_salt"] = base64url(record.person_salt);
    if (entry.outcome) out["outcome"] = *entry.outcome;
    if (record.kind != "order") return out;
    out["subject"] = base64url(as_bytes(record.subject));
    out["subject_salt"] = base64url(record.subject_salt);
    out["number"] = base64url(as_bytes(record.number));
    out["number_salt"] = base64url(record.number_salt);
    if (record.birth_date) out["birth_date"] = to_text(*record.birth_date);
    if (!record.told.empty()) {
        out["payload"] = record.told;
        out["payload_key"] = base64url(record.told_key);
    }
    return out;
}

// The size of a checkpoint that this relay has written itself.
std::uint64_t size_of(const std::string& note, const wire::Directory& directory) {
    // The directory may name other logs too; the first line is the log's name.
    const auto* log = directory.log(std::string_view(note).substr(0, note.find('\n')));
    if (log == nullptr) throw Failure("a stored checkpoint is of a log without a name");
    const auto checkpoint = tlog::open_checkpoint(note, log->key);
    if (!checkpoint) throw Failure("a stored checkpoint does not verify");
    return checkpoint->size;
}

// Of an `opened` entry: the one that was sealed until then, with its own proof. Of a `named` one:
// the order that was recorded by a family's number; whose list it is in is not the person's to
// know.
json::object order_of(Reader& reader, PersonRow person, const AccessRecord& record,
                      const std::function<json::array(std::uint64_t)>& proof) {
    const auto content = parse_json_object(record.content);
    if (!content) throw Failure("an entry about another one does not have its form");
    const auto log_index = content->at("index").as_int64();
    const bool named = record.kind == "named";
    auto out =
        opened(named ? reader.named_entry(log_index) : reader.opened_entry(person, log_index));
    if (named) out.erase("person_salt");
    out["proof"] = proof(static_cast<std::uint64_t>(log_index));
    return out;
}

}  // namespace

std::expected<json::object, wire::Code> entries_data(const Shared& shared, Reader& reader,
                                                     PersonRow person, const Page& page) {
    // The one that may be larger is read later.
    const auto cosigned = reader.cosigned_head();
    const auto cosigned_size = cosigned ? size_of(*cosigned, shared.directory) : 0;
    // What is beyond it is not anchored yet, and comes next time.
    const auto note = reader.newest_head(shared.writer.anchored_size());
    if (!note) return std::unexpected(wire::Code::not_ready);
    const auto size = size_of(*note, shared.directory);
    if (cosigned_size > size) throw Failure("a cosigned checkpoint is larger than the log");
    // One more than asked says whether there are more.
    auto stored = reader.entries(person, page.after, page.limit + 1, size);
    bool more = static_cast<std::int64_t>(stored.size()) > page.limit;
    if (more) stored.pop_back();

    const auto read = [&reader](tlog::TileId id, unsigned width) {
        return reader.half_tile(id, width);
    };
    tlog::Prover newest_tree(size, read, tlog::half_height);
    tlog::Prover cosigned_tree(cosigned_size, read, tlog::half_height);
    json::object data{{"link_number", base64url(reader.person(person).link_number)},
                      {"last_seq", reader.last_seq(person, size)},
                      {"checkpoint", *note}};
    if (cosigned) {
        data["cosigned"] = *cosigned;
        data["consistency"] = hashes_json(newest_tree.consistency(cosigned_size));
    }
    const auto proof = [&](std::uint64_t index) {
        auto& tree = index < cosigned_size ? cosigned_tree : newest_tree;
        return hashes_json(tree.inclusion(index));
    };
    json::array entries;
    PageBytes bytes;
    for (const auto& entry : stored) {
        auto one = opened(entry);
        const auto index = static_cast<std::uint64_t>(entry.log_index);
        one["proof"] = proof(index);
        const auto* record = std::get_if<AccessRecord>(&entry.record);
        if (record != nullptr && (record->kind == "opened" || record->kind == "named")) {
            one["order"] = order_of(reader, person, *record, proof);
        }
        if (!bytes.take(one)) {
            more = true;
            break;
        }
        entries.push_back(std::move(one));
    }
    data["more"] = more;
    data["entries"] = std::move(entries);
    return data;
}

}  // namespace mado::relay
