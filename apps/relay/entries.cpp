#include "entries.hpp"

#include <boost/json.hpp>
#include <charconv>

#include "wire/answer.hpp"

namespace mado::relay {
namespace {

// A page, in the JWS, in the JWE: twice times 4/3 of this, and well below what a reply may have.
constexpr std::size_t page_bytes_max = 1024 * 1024;

std::optional<std::int64_t> number_parameter(const wire::Head& head, const std::string& name,
                                             std::int64_t fallback) {
    const auto found = head.parameters.find(name);
    if (found == head.parameters.end()) return fallback;
    std::int64_t value = 0;
    const auto& text = found->second;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
    return value;
}

json::object opened(const StoredEntry& entry) {
    json::object out;
    out["seq"] = entry.seq;
    out["index"] = entry.position;
    if (!entry.record) {
        out["erased"] = true;
        return out;
    }
    const auto& record = *entry.record;
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
    return out;
}

}  // namespace

std::expected<std::string, wire::Code> answer_entries(const Shared& shared, Reader& reader,
                                                      const wire::Head& head, const Hash& head_hash,
                                                      PersonRow person, UnixTime now) {
    if (head.service.text() != "entries") return std::unexpected(wire::Code::service_unknown);
    const auto after = number_parameter(head, "after", 0);
    const auto limit = number_parameter(head, "limit", entries_page_max);
    const auto known = static_cast<std::size_t>(head.parameters.contains("after")) +
                       static_cast<std::size_t>(head.parameters.contains("limit"));
    if (known != head.parameters.size() || !after || !limit || *limit < 1 ||
        *limit > entries_page_max) {
        return std::unexpected(wire::Code::malformed);
    }
    // One more than asked says whether there are more.
    auto stored = reader.entries(person, *after, *limit + 1);
    bool more = static_cast<std::int64_t>(stored.size()) > *limit;
    if (more) stored.pop_back();
    // Read after the rows: it covers all of them.
    const auto note = reader.newest_head();
    if (!note) return std::unexpected(wire::Code::not_ready);
    // The directory may name other logs too; the first line is the log's name.
    const auto* log = shared.directory.log(std::string_view(*note).substr(0, note->find('\n')));
    if (log == nullptr) throw Failure("the newest checkpoint is of a log without a name");
    const auto checkpoint = tlog::open_checkpoint(*note, log->key);
    if (!checkpoint) throw Failure("the newest checkpoint does not verify");

    const auto read = [&reader](tlog::TileId id, unsigned width) { return reader.tile(id, width); };
    json::array entries;
    std::size_t bytes = 0;
    for (const auto& entry : stored) {
        auto one = opened(entry);
        json::array proof;
        for (const auto& hash : tlog::inclusion_proof(static_cast<std::uint64_t>(entry.position),
                                                      checkpoint->size, read)) {
            proof.emplace_back(base64url(hash));
        }
        one["proof"] = std::move(proof);
        // Requests that somebody made large must not make a person's list unreadable.
        bytes += json::serialize(one).size();
        if (bytes > page_bytes_max && !entries.empty()) {
            more = true;
            break;
        }
        entries.push_back(std::move(one));
    }
    json::object data;
    data["link_number"] = base64url(reader.link_number(person));
    data["checkpoint"] = *note;
    data["more"] = more;
    data["entries"] = std::move(entries);
    const wire::Answer answer{.issuer = shared.directory.relay().id,
                              .audience = head.seal_to.thumbprint(),
                              .order = head_hash,
                              .issued_at = now,
                              .service = head.service,
                              .as_of = now,
                              .data = json::serialize(data)};
    return wire::seal_answer(answer, shared.kid, shared.signing_key, head.seal_to);
}

}  // namespace mado::relay
