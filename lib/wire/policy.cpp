#include "wire/policy.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "base/file.hpp"
#include "crypto/digest.hpp"
#include "wire/services/catalogue.hpp"

namespace mado::wire {
namespace {

Parsed<PolicyRow> read_row(const json::value& value) {
    if (!value.is_object()) return bad("a policy row is not an object");
    Members in(value.get_object());
    auto id = CodeId::parse(in.text("id", 64));
    auto service = ServiceId::parse(in.text("service", 64));
    auto kind = CodeId::parse(in.text("requester_kind", 64));
    auto purpose = CodeId::parse(in.text("purpose", 64));
    const auto presence = parse_presence(in.text("presence", 20));
    const auto mandate_text = in.optional_text("mandate", 20);
    const auto holder_kinds = in.texts("holder_kinds", 16, 64);
    auto legal_basis = in.text("legal_basis", 600);
    const auto keep_days = in.integer("keep_days", 1, 36525);
    const auto tell = in.boolean("tell_at_once");
    const auto sealable = in.optional_boolean("sealable").value_or(false);
    const auto unlinked = in.optional_boolean("unlinked").value_or(false);
    const auto from = in.optional_date("from");
    const auto to = in.optional_date("to");
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (!id) return std::unexpected(id.error());
    if (!service) return std::unexpected(service.error());
    if (!kind) return std::unexpected(kind.error());
    if (!purpose) return std::unexpected(purpose.error());
    if (!presence) return bad("a policy row has an unknown presence");
    const auto mandate = mandate_text ? parse_mandate_kind(*mandate_text) : std::nullopt;
    if (mandate.has_value() != (presence == Presence::card_pin)) {
        return bad("a policy row must name its mandate with card-pin, and only then");
    }
    if (unlinked && (mandate != MandateKind::application || act_of(*service) != Act::tell)) {
        return bad("only what is told with an application goes to one who is not linked");
    }
    if (!from) return bad("a policy row has no first day");
    if (legal_basis.empty()) return bad("a policy row has no legal basis");
    PolicyRow row{.id = *id,
                  .service = *service,
                  .requester_kind = *kind,
                  .purpose = *purpose,
                  .presence = *presence,
                  .mandate = mandate,
                  .holder_kinds = {},
                  .legal_basis = std::move(legal_basis),
                  .keep_days = keep_days,
                  .tell_at_once = tell,
                  .sealable = sealable,
                  .unlinked = unlinked,
                  .from = *from,
                  .to = to};
    for (const auto& text : holder_kinds) {
        auto holder_kind = CodeId::parse(text);
        if (!holder_kind) return std::unexpected(holder_kind.error());
        row.holder_kinds.push_back(*holder_kind);
    }
    return row;
}

bool lists(const std::vector<CodeId>& kinds, const CodeId& kind) {
    return std::ranges::find(kinds, kind) != kinds.end();
}

}  // namespace

Parsed<Policy> Policy::parse(std::string_view text) {
    auto object = parse_json_object(text, {.text_bytes_max = 1024 * 1024, .values_max = 65536});
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    Policy out;
    out.utc_offset_s_ = static_cast<std::int32_t>(in.integer("utc_offset_s", -50'400, 50'400));
    for (const auto& element : in.array("policies", 4096)) {
        auto row = read_row(element);
        if (!row) return std::unexpected(row.error());
        if (out.row(row->id) != nullptr) return bad("two policy rows have one id");
        out.rows_.push_back(std::move(*row));
    }
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return out;
}

UnixTime keep_until(const PolicyRow& row, UnixTime order_time) {
    return order_time + row.keep_days * 86'400;
}

bool PolicyRow::allows(const PolicyQuestion& question) const {
    return service == question.service && requester_kind == question.requester_kind &&
           purpose == question.purpose && presence == question.presence &&
           lists(holder_kinds, question.holder_kind) && in_force(question.on);
}

const PolicyRow* Policy::find(const PolicyQuestion& question) const {
    const auto found = std::ranges::find_if(
        rows_, [&question](const PolicyRow& row) { return row.allows(question); });
    return found == rows_.end() ? nullptr : &*found;
}

const PolicyRow* Policy::row(const CodeId& id) const {
    const auto found = std::ranges::find(rows_, id, &PolicyRow::id);
    return found == rows_.end() ? nullptr : &*found;
}

bool Policy::takes_mandate(const CodeId& requester_kind, const ServiceId& service, MandateKind kind,
                           Date on) const {
    return std::ranges::any_of(rows_, [&](const PolicyRow& row) {
        return row.requester_kind == requester_kind && row.service == service &&
               row.mandate == kind && row.in_force(on);
    });
}

std::vector<CodeId> Policy::holder_kinds(const ServiceId& service,
                                         const CodeId& requester_kind) const {
    std::vector<CodeId> kinds;
    for (const auto& row : rows_) {
        if (row.service != service || row.requester_kind != requester_kind) continue;
        for (const auto& kind : row.holder_kinds) {
            if (!lists(kinds, kind)) kinds.push_back(kind);
        }
    }
    return kinds;
}

std::vector<ServiceId> Policy::services(const MandateQuestion& question) const {
    std::vector<ServiceId> out;
    for (const auto& row : rows_) {
        const bool fits = row.requester_kind == question.requester_kind &&
                          row.purpose == question.purpose && row.mandate == question.mandate &&
                          row.in_force(question.on);
        if (fits && std::ranges::find(out, row.service) == out.end()) out.push_back(row.service);
    }
    return out;
}

std::string read_pinned_file(const std::string& path, const Hash& expected) {
    auto text = read_file(path);
    if (!text) throw OperatorError("the file is missing: " + path);
    if (crypto::sha256(as_bytes(*text)) != expected) {
        throw OperatorError(path +
                            " is not the file whose hash is in the directory. Get file and "
                            "directory again from the supervising authority.");
    }
    return std::move(*text);
}

Policy load_policy(const std::string& path, const Directory& directory) {
    return must(Policy::parse(read_pinned_file(path, directory.policy)), path);
}

Schemes load_schemes(const std::string& path, const Directory& directory) {
    return must(Schemes::parse(read_pinned_file(path, directory.schemes)), path);
}

}  // namespace mado::wire
