#include "client/entries.hpp"

#include <boost/json.hpp>

#include "fuzz.hpp"
#include "relay/test_country.hpp"
#include "wire/sealing.hpp"
#include "wire/subject.hpp"

namespace mado::fuzz {
namespace {

const relay::TestCard& card() {
    static const auto one = country().card();
    return one;
}

Hash hash_at(const json::object& object, std::string_view name) {
    return parse_hash(text_at(object, name)).value_or(Hash{});
}
Bytes bytes_at(const json::object& object, std::string_view name) {
    return parse_base64url(text_at(object, name)).value_or(Bytes{});
}

// What the seeds' mandate of a check is asked under.
const wire::Policy& policy() {
    static const auto one = wire::valid(wire::Policy::parse(
        R"({"utc_offset_s":32400,"policies":[{"id":"eligibility.clinic.treatment.card-pin",)"
        R"("service":"eligibility","requester_kind":"clinic","purpose":"treatment",)"
        R"("presence":"card-pin","mandate":"check","holder_kinds":["medical-insurer"],)"
        R"("legal_basis":"x","keep_days":1826,"tell_at_once":false,"from":"2024-12-02"}]})"));
    return one;
}

// Does in a page what only keys can: what the clinic, the court, the card, the log and its
// witnesses sign, what an order commits to, the proofs. Everything else stays as the input has it.
class Page {
  public:
    explicit Page(json::object page)
        : page_(std::move(page)), link_number_(bytes_at(page_, "link_number")) {}

    // As it comes over the wire.
    json::object signed_page() {
        auto* entries = page_.if_contains("entries");
        if (entries != nullptr && entries->is_array()) {
            for (auto& entry : entries->get_array()) {
                if (auto* object = entry.if_object()) place(*object);
            }
        }
        const auto* asked = page_.if_contains("cosigned");
        const auto size = tree_.size();
        std::uint64_t cosigned = 0;
        if (asked != nullptr && asked->is_int64() && asked->get_int64() > 0) {
            cosigned = std::min(size, static_cast<std::uint64_t>(asked->get_int64()));
        }
        for (auto* entry : placed_) {
            const auto index = entry->at("index").as_uint64();
            const auto under = index < cosigned ? cosigned : size;
            (*entry)["proof"] = hashes_json(tlog::inclusion_proof(index, under, tree_.reader({})));
        }
        page_["checkpoint"] = note(size, 0);
        page_.erase("consistency");
        page_.erase("cosigned");
        if (cosigned > 0) {
            page_["cosigned"] = note(cosigned, 2);
            page_["consistency"] =
                hashes_json(tlog::consistency_proof(cosigned, size, tree_.reader({})));
        }
        return parse_json_object(json::serialize(page_),
                                 {.text_bytes_max = wire::answer_bytes_max, .values_max = 200'000})
            .value();
    }

  private:
    static wire::Head signed_sealing(wire::Head head, UnixTime& until) {
        auto sealing = wire::parse_sealing(head.sealing);
        if (!sealing) return head;
        auto& said = sealing->sealing;
        said.issuer = wire::participant_id("court");
        said.audience = wire::participant_id("relay");
        said.organisation = head.issuer;
        said.service = head.service;
        until = said.until;
        head.sealing = wire::sign_sealing(said, wire::kid_of(country().court), country().court);
        return head;
    }

    static void sign_mandate(json::object& entry) {
        const auto subject = parse_json_object(as_text(bytes_at(entry, "subject")));
        if (!subject) return;
        const auto mandate = wire::parse_mandate(text_at(*subject, "mandate"));
        if (!mandate) return;
        entry["subject"] =
            base64url(as_bytes(wire::mandate_subject(card().sign(mandate->mandate))));
    }

    Hash person(const json::object& entry) const {
        const auto* seq = entry.if_contains("seq");
        const auto number = seq != nullptr && seq->is_int64() ? seq->get_int64() : 0;
        return wire::commit_person(hash_at(entry, "person_salt"), link_number_,
                                   static_cast<std::uint64_t>(number));
    }

    void make_order(json::object& entry, bool sealed) const {
        auto order = wire::parse_order(as_bytes(text_at(entry, "content")));
        const auto head = order ? wire::parse_head(order->head) : bad("");
        if (!head) return;
        sign_mandate(entry);
        UnixTime until = 0;
        order->head = wire::sign_head(signed_sealing(head->head, until),
                                      wire::kid_of(country().clinic), country().clinic);
        order->subject =
            wire::commit_subject(hash_at(entry, "subject_salt"), bytes_at(entry, "subject"));
        if (order->number) {
            order->number =
                wire::commit_number(hash_at(entry, "number_salt"), bytes_at(entry, "number"));
        }
        order->person =
            sealed ? wire::commit_sealed_person(hash_at(entry, "person_salt"), link_number_, until)
                   : person(entry);
        entry["content"] = wire::complete(*order);
    }

    // Of the content of an entry that is no order: the person's commitment, and what it opens.
    void complete_content(json::object& entry, const json::object* opened) const {
        auto content = parse_json_object(text_at(entry, "content"));
        if (!content) return;
        (*content)["person"] = base64url(person(entry));
        if (opened != nullptr) {
            (*content)["index"] = tree_.size() - 1;
            (*content)["entry"] = base64url(entry_of(*opened));
        }
        entry["content"] = json::serialize(*content);
    }

    static Hash entry_of(const json::object& entry) {
        if (entry.contains("erased")) return hash_at(entry, "entry");
        const auto content = text_at(entry, "content");
        return wire::log_entry(text_at(entry, "kind"), hash_at(entry, "salt"), as_bytes(content));
    }

    void place(json::object& entry) {
        entry.reserve(entry.size() + 8);  // what stands in it is referred to, and must not move
        auto* opened = entry.if_contains("order");
        if (opened != nullptr && opened->is_object()) {
            make_order(opened->get_object(), true);
            append(opened->get_object());
            complete_content(entry, &opened->get_object());
        } else if (text_at(entry, "kind") == "order") {
            make_order(entry, false);
        } else if (!entry.contains("erased")) {
            complete_content(entry, nullptr);
        }
        append(entry);
    }

    void append(json::object& entry) {
        entry["index"] = tree_.size();
        tree_.append(tlog::leaf_hash(entry_of(entry)));
        placed_.push_back(&entry);
    }

    [[nodiscard]] std::string note(std::uint64_t size, std::size_t witnesses) const {
        const auto text = tlog::checkpoint_text({.origin = country().log.name(),
                                                 .size = size,
                                                 .root = tlog::tree_root(size, tree_.reader({}))});
        auto out = tlog::sign_note(text, country().log, country().log_key);
        for (std::size_t i = 0; i < witnesses; ++i) {
            out += tlog::cosign(text, wire::test_now, country().witnesses.at(i),
                                country().witness_keys.at(i));
        }
        return out;
    }

    json::object page_;
    Bytes link_number_;
    tlog::Edge tree_;
    std::vector<json::object*> placed_;
};

}  // namespace

// A page of a person's entries, as the relay answers it. "cosigned" is the size of the tree that
// the witnesses have seen.
bool entries(ByteView in) {
    const client::EntriesReader reader{
        .directory = country_directory(), .policy = policy(), .card = card().certificate};
    client::EntriesSoFar so_far;
    auto object = parse_json_object(as_text(in));
    if (!object) return false;
    require(!client::read_entries_page(reader, *object, so_far), "nobody has signed this");
    so_far = {};
    const auto page =
        client::read_entries_page(reader, Page(std::move(*object)).signed_page(), so_far);
    if (!page) return false;
    std::int64_t seq = 0;
    for (const auto& entry : page->entries) {
        require(entry.seq == ++seq, "the person's entries have no hole");
        const auto under = tlog::open_checkpoint(entry.note, country().log);
        require(under && tlog::verify_inclusion(tlog::leaf_hash(entry.entry), entry.index,
                                                under->size, entry.proof, under->root),
                "every entry proves itself to others");
        require(entry.witnessed == (entry.index < page->cosigned.size), "or waits for witnesses");
    }
    require(!page->more || seq > 0, "whoever has more has gone on");
    return true;
}

}  // namespace mado::fuzz
