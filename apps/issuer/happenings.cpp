#include "happenings.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <utility>

namespace mado::issuer {
namespace {

constexpr std::size_t claims_max = 16;
constexpr std::size_t linked_max = 64;  // of all cases of a person
constexpr std::size_t before_max = 16;
constexpr std::size_t text_bytes_max = 256;
constexpr std::size_t signed_bytes_max = 32 * 1024;
constexpr std::size_t decision_bytes_max = 64 * 1024;  // a document, sealed, and its proofs
constexpr std::size_t key_bytes_max = 2 * 1024;        // a public key's

json::object order_json(OrderName order) {
    return {{"kind", to_text(order.kind)}, {"item", order.item}};
}

OrderName read_order(Members& in) {
    Members order(in.object("order"));
    const auto kind = parse_order_kind(order.text("kind"));
    const OrderName out{.kind = kind.value_or(OrderKind::confirm),
                        .item = static_cast<int>(order.integer("item", 0, claims_max))};
    if (!kind || !order.finish()) in.refuse("an order is not one");
    return out;
}

int read_claim(Members& in) {
    return static_cast<int>(in.integer("claim", 0, claims_max));
}

int read_parent_place(Members& in) {
    return static_cast<int>(in.integer("parent", 0, 1));
}

int read_filing(Members& in) {
    return static_cast<int>(in.integer("filing", 0, claims_max));
}

Use read_use(Members& in) {
    const auto use = parse_use(in.text("use"));
    if (!use) in.refuse("an unknown use");
    return use.value_or(Use::authentication);
}

json::object claim_json(const Claim& claim) {
    return {{"role", to_text(claim.role)}, {"number", number_json(claim.number)}};
}

// Whoever gives such numbers; none: nobody whom an application is about.
std::optional<Role> role_of(const wire::PersonNumber& number, const wire::Schemes& schemes) {
    constexpr std::array<std::pair<std::string_view, Role>, 5> roles{
        {{"municipality", Role::resident},
         {"medical-insurer", Role::medical},
         {"pension", Role::pension},
         {"care-insurer", Role::care},
         {"public-expense", Role::public_expense}}};
    const auto* scheme = schemes.find(number.scheme);
    if (scheme == nullptr || !scheme->kind) return std::nullopt;
    for (const auto& [kind, role] : roles) {
        if (scheme->kind->text() == kind) return role;
    }
    return std::nullopt;
}

// As a claim has it.
std::string giver_of(const wire::PersonNumber& number, const wire::Schemes& schemes) {
    const auto& scheme = *schemes.find(number.scheme);
    const auto field =
        std::ranges::find(scheme.fields, scheme.holder_field, &wire::NumberField::name);
    if (field == scheme.fields.end() || field->check == wire::CheckDigit::none) return {};
    const auto id = scheme.giver(number);
    return std::string(id.substr(0, id.size() - 1));
}

Parsed<Claim> read_claim(const json::value& value, const wire::Schemes& schemes) {
    if (!value.is_object()) return bad("a claim is not an object");
    Members in(value.get_object());
    const auto role = parse_role(in.text("role"));
    auto number = read_number(in.object("number"), schemes);
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (!number) return std::unexpected(number.error());
    if (!role || role != role_of(*number, schemes))
        return bad("the number is not one of that role");
    Claim claim;
    claim.role = *role;
    claim.giver = giver_of(*number, schemes);
    claim.number = std::move(*number);
    return claim;
}

json::array claims_json(const std::vector<Claim>& claims) {
    json::array out;
    for (const auto& claim : claims)
        out.push_back(claim_json(claim));
    return out;
}

json::object parent_json(const Parent& parent) {
    return {{"person", parent.person},
            {"issuing", parent.issuing},
            {"attributes", attributes_json(parent.attributes)},
            {"linked", claims_json(parent.linked)}};
}

json::array before_json(const std::vector<Before>& before) {
    json::array out;
    for (const auto& one : before) {
        json::object card{{"use", to_text(one.use)}, {"certificate", one.certificate}};
        if (!one.chip.empty()) card["chip"] = one.chip;
        if (one.foreign) card["foreign"] = true;
        out.push_back(std::move(card));
    }
    return out;
}

// ---- each one's members ----

json::object members(const Opened& one) {
    json::object out{{"kind", to_text(one.kind)},
                     {"issuing", one.numbers.issuing},
                     {"certificate", one.numbers.certificate},
                     {"health_care", one.numbers.health_care},
                     {"signing", one.signing}};
    if (!one.reason.empty()) out["reason"] = one.reason;
    if (one.known) out["known"] = attributes_json(*one.known);
    if (!one.linked.empty()) out["linked"] = claims_json(one.linked);
    if (!one.before.empty()) out["before"] = before_json(one.before);
    if (one.invited) out["invited"] = application_json(*one.invited);
    if (!one.former.empty()) out["former"] = one.former;
    if (one.parent) out["parent"] = parent_json(*one.parent);
    if (one.agreed) {
        out["agreed"] = json::object{{"writing", one.agreed->writing},
                                     {"decision", base64url(one.agreed->decision)}};
    }
    if (!one.municipality.empty()) out["municipality"] = one.municipality;
    return out;
}
json::object members(const Applied& one) {
    return application_json(one);
}
json::object members(const Confirmed& one) {
    return {{"claim", one.claim},
            {"answer", one.answer},
            {"index", one.index},
            {"only_one", one.only_one}};
}
json::object members(const WritesOtherwise& one) {
    return {{"claim", one.claim}, {"writing", one.writing}};
}
json::object members(const StillHere& one) {
    return {{"claim", one.claim}, {"writing", one.writing}};
}
json::object members(const NotHere& one) {
    return {{"claim", one.claim}};
}
json::object members(const Gone& one) {
    return {{"claim", one.claim}};
}
json::object members(const TakenOut& one) {
    return {{"claim", one.claim}};
}
json::object members(const Certified& one) {
    return {{"use", to_text(one.use)}, {"certificate", one.certificate}};
}
json::object members(const NotIssued& one) {
    return {{"use", to_text(one.use)}, {"code", one.code}};
}
json::object members(const Refused& one) {
    return {{"order", order_json(one.order)}, {"code", one.code}};
}
json::object members(const Decided& one) {
    return {{"claim", one.claim}, {"same_person", one.same_person}, {"decision", one.decision}};
}
json::object members(const Corrected& one) {
    return {{"claim", one.claim}, {"number", number_json(one.number)}};
}
json::object by_use_json(const std::map<Use, std::string>& texts) {
    json::object out;
    for (const auto& [use, text] : texts)
        out[to_text(use)] = text;
    return out;
}
json::object members(const KeysMade& one) {
    json::object out{{"keys", by_use_json(one.keys)}};
    if (!one.chip.empty()) out["chip"] = one.chip;
    return out;
}
json::object members(const Cancelled& one) {
    return {{"reason", one.reason}};
}
json::object members(const TakenOn& one) {
    json::object out{{"person", attributes_json(one.person)},
                     {"claims", claims_json(one.claims)},
                     {"certificates", by_use_json(one.certificates)}};
    if (!one.chip.empty()) out["chip"] = one.chip;
    return out;
}
json::object index_json(const std::string& stop_index) {
    if (stop_index.empty()) return {};
    return {{"stop_index", stop_index}};
}
json::object members(const HandedOver& one) {
    return index_json(one.stop_index);
}
json::object members(const Found& one) {
    return index_json(one.stop_index);
}
json::object members(const NewSlip& one) {
    return index_json(one.stop_index);
}
json::object members(const Requested& one) {
    json::object out{{"application", one.application}};
    if (!one.certificates.empty()) out["certificates"] = by_use_json(one.certificates);
    if (!one.writing.empty()) out["writing"] = one.writing;
    return out;
}
json::object members(const Traced& one) {
    return {{"place", one.place}, {"certificate", one.certificate}};
}
json::object members(const NotActive& one) {
    return {{"order", order_json(one.order)}, {"place", one.place}};
}
json::object members(const ParentNamed& one) {
    return {{"parent", parent_json(one.parent)}};
}
json::object members(const Signed& one) {
    return {{"parent", one.parent},
            {"mandate", one.mandate},
            {"notice", one.notice},
            {"to_insurer", one.filing},
            {"evidence", one.evidence}};
}
json::object members(const Given& one) {
    return {{"order", order_json(one.order)}, {"number", number_json(one.number)}};
}
json::object members(const Said& one) {
    return {{"id", one.id}, {"reason", to_text(one.what)}, {"since", one.at}};
}
json::object members(const Undecided& one) {
    return {{"filing", one.filing}};
}
json::object members(const Accepted& one) {
    return {{"filing", one.filing}};
}
json::object members(const Declined& one) {
    return {{"filing", one.filing}, {"reason", one.reason}};
}
json::object members(const FiledElsewhere& one) {
    return {{"parent", one.parent}, {"insurer", number_json(one.insurer)}};
}
// Sent, done, lapsed, to be tried again, waived; and those that say nothing more.
template <class Other>
json::object members(const Other& one) {
    if constexpr (std::is_empty_v<Other>) {
        return {};
    } else {
        return {{"order", order_json(one.order)}};
    }
}

std::string_view name_of(const Happening& what) {
    // In the order of the variant.
    static constexpr std::array<std::string_view, std::variant_size_v<Happening>> names{
        "opened",
        "applied",
        "sent",
        "confirmed",
        "otherwise",
        "not_here",
        "done",
        "certified",
        "not_issued",
        "refused",
        "lapsed",
        "decided",
        "corrected",
        "taken_out",
        "try_again",
        "waived",
        "keys_made",
        "written",
        "handed_over",
        "cancelled",
        "gone",
        "found",
        "stopped_again",
        "given_up",
        "overtaken",
        "approved",
        "pin_set",
        "requested",
        "traced",
        "taken_on",
        "parent_named",
        "signed",
        "given",
        "undecided",
        "accepted",
        "declined",
        "filed_elsewhere",
        "not_active",
        "approval_lapsed",
        "new_slip",
        "said",
        "still_here"};
    return names.at(what.index());
}

Parsed<Happening> finish(const Members& in, Happening what) {
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return what;
}

Parsed<std::vector<Claim>> read_claims(const json::array& values, const wire::Schemes& schemes) {
    std::vector<Claim> out;
    for (const auto& value : values) {
        auto claim = read_claim(value, schemes);
        if (!claim) return std::unexpected(claim.error());
        out.push_back(std::move(*claim));
    }
    return out;
}

Parsed<std::vector<Before>> read_before(const json::array& values) {
    std::vector<Before> out;
    for (const auto& value : values) {
        if (!value.is_object()) return bad("a certificate is not an object");
        Members in(value.get_object());
        out.push_back({.use = read_use(in),
                       .certificate = in.text("certificate", signed_bytes_max),
                       .chip = in.optional_text("chip", 32).value_or(""),
                       .foreign = in.has("foreign") && in.boolean("foreign")});
        if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    }
    return out;
}

// A page names somebody by the number on a slip; who it is the store says.
Parsed<Parent> read_parent(const json::object& object, const wire::Schemes& schemes) {
    Members in(object);
    Parent out{.person = in.text("person", 20),
               .issuing = in.optional_text("issuing").value_or(""),
               .attributes = {},
               .linked = {}};
    if (const auto* person = in.optional_object("attributes")) {
        auto attributes = read_attributes(*person);
        if (!attributes) return std::unexpected(attributes.error());
        out.attributes = std::move(*attributes);
    }
    if (in.has("linked")) {
        auto linked = read_claims(in.array("linked", linked_max), schemes);
        if (!linked) return std::unexpected(linked.error());
        out.linked = std::move(*linked);
    }
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return out;
}

Parsed<NewbornForm> read_newborn(const json::object& object, const wire::Schemes& schemes) {
    Members in(object);
    NewbornForm out{.relation = in.text("relation", text_bytes_max),
                    .card = in.boolean("card"),
                    .parent = read_parent_place(in),
                    .insurer = {}};
    auto insurer = read_number(in.object("insurer"), schemes);
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (!insurer) return std::unexpected(insurer.error());
    out.insurer = std::move(*insurer);
    return out;
}

Parsed<Happening> read_opened(Members& in, const wire::Schemes& schemes) {
    const auto kind = parse_kind(in.text("kind"));
    if (!kind) return bad("an unknown kind of case");
    Opened out{.numbers = {.issuing = in.text("issuing"),
                           .certificate = in.text("certificate"),
                           .health_care = in.text("health_care")},
               .signing = in.boolean("signing"),
               .kind = *kind,
               .reason = in.optional_text("reason").value_or(""),
               .former = in.optional_text("former", 20).value_or("")};
    out.municipality = in.optional_text("municipality", 64).value_or("");
    if (in.has("linked")) {
        auto linked = read_claims(in.array("linked", linked_max), schemes);
        if (!linked) return std::unexpected(linked.error());
        out.linked = std::move(*linked);
    }
    if (in.has("before")) {
        auto before = read_before(in.array("before", before_max));
        if (!before) return std::unexpected(before.error());
        out.before = std::move(*before);
    }
    if (const auto* invited = in.optional_object("invited")) {
        auto application = read_application(*invited, schemes);
        if (!application) return std::unexpected(application.error());
        out.invited = std::move(*application);
    }
    if (const auto* parent = in.optional_object("parent")) {
        auto read = read_parent(*parent, schemes);
        if (!read) return std::unexpected(read.error());
        out.parent = std::move(*read);
    }
    if (const auto* object = in.optional_object("agreed")) {
        Members agreed(*object);
        out.agreed = Agreed{.writing = agreed.text("writing", signed_bytes_max),
                            .decision = agreed.hash("decision")};
        if (auto ok = agreed.finish(); !ok) return std::unexpected(ok.error());
    }
    if (const auto* known = in.optional_object("known")) {
        auto person = read_attributes(*known);
        if (!person) return std::unexpected(person.error());
        out.known = std::move(*person);
    }
    return finish(in, std::move(out));
}

Parsed<Applied> read_applied(Members& in, const wire::Schemes& schemes) {
    auto person = read_attributes(in.object("person"));
    if (!person) return std::unexpected(person.error());
    auto claims = read_claims(in.array("claims", claims_max), schemes);
    if (!claims) return std::unexpected(claims.error());
    Applied out{.person = std::move(*person),
                .claims = std::move(*claims),
                .signing = in.boolean("signing")};
    if (const auto* object = in.optional_object("newborn")) {
        auto newborn = read_newborn(*object, schemes);
        if (!newborn) return std::unexpected(newborn.error());
        out.newborn = std::move(*newborn);
    }
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return out;
}

Parsed<Happening> read_corrected(Members& in, const wire::Schemes& schemes) {
    auto number = read_number(in.object("number"), schemes);
    if (!number) return std::unexpected(number.error());
    const auto role = role_of(*number, schemes);
    if (!role) return bad("a number that no application is about");
    auto giver = giver_of(*number, schemes);
    return finish(in, Corrected{.claim = read_claim(in),
                                .role = *role,
                                .number = std::move(*number),
                                .giver = std::move(giver)});
}

Parsed<std::map<Use, std::string>> read_by_use(const json::object& object, std::size_t bytes_max) {
    std::map<Use, std::string> out;
    Members members(object);
    for (const auto use : uses) {
        const auto name = to_text(use);
        if (members.has(name)) out.emplace(use, members.text(name, bytes_max));
    }
    if (auto ok = members.finish(); !ok) return std::unexpected(ok.error());
    return out;
}

Parsed<Happening> read_requested(Members& in) {
    Requested out{.application = in.text("application", decision_bytes_max)};
    if (const auto* object = in.optional_object("certificates")) {
        auto certificates = read_by_use(*object, signed_bytes_max);
        if (!certificates) return std::unexpected(certificates.error());
        out.certificates = std::move(*certificates);
    }
    out.writing = in.optional_text("writing", signed_bytes_max).value_or("");
    return finish(in, std::move(out));
}

Parsed<Happening> read_keys(Members& in) {
    KeysMade out;
    auto keys = read_by_use(in.object("keys"), key_bytes_max);
    if (!keys) return std::unexpected(keys.error());
    out.keys = std::move(*keys);
    out.chip = in.optional_text("chip", 32).value_or("");
    return finish(in, std::move(out));
}

// Those that are about a claim.
std::optional<Parsed<Happening>> read_of_claim(std::string_view what, Members& in,
                                               const wire::Schemes& schemes) {
    if (what == "confirmed") {
        return finish(in, Confirmed{.claim = read_claim(in),
                                    .answer = in.text("answer", signed_bytes_max),
                                    .index = static_cast<std::uint64_t>(in.integer("index")),
                                    .only_one = in.boolean("only_one")});
    }
    if (what == "otherwise") {
        return finish(in, WritesOtherwise{.claim = read_claim(in),
                                          .writing = in.text("writing", signed_bytes_max)});
    }
    if (what == "still_here") {
        return finish(in, StillHere{.claim = read_claim(in),
                                    .writing = in.text("writing", signed_bytes_max)});
    }
    if (what == "not_here") return finish(in, NotHere{read_claim(in)});
    if (what == "gone") return finish(in, Gone{read_claim(in)});
    if (what == "decided") {
        return finish(in, Decided{.claim = read_claim(in),
                                  .same_person = in.boolean("same_person"),
                                  .decision = in.text("decision", decision_bytes_max)});
    }
    if (what == "corrected") return read_corrected(in, schemes);
    if (what == "taken_out") return finish(in, TakenOut{read_claim(in)});
    return std::nullopt;
}

Parsed<Happening> read_given(Members& in, const wire::Schemes& schemes) {
    const auto order = read_order(in);
    auto number = read_number(in.object("number"), schemes);
    if (!number) return std::unexpected(number.error());
    return finish(in, Given{.order = order, .number = std::move(*number)});
}

Parsed<Happening> read_elsewhere(Members& in, const wire::Schemes& schemes) {
    auto number = read_number(in.object("insurer"), schemes);
    if (!number) return std::unexpected(number.error());
    return finish(in,
                  FiledElsewhere{.parent = read_parent_place(in), .insurer = std::move(*number)});
}

// Those of a newborn.
std::optional<Parsed<Happening>> read_of_birth(std::string_view what, Members& in,
                                               const wire::Schemes& schemes) {
    if (what == "parent_named") {
        auto parent = read_parent(in.object("parent"), schemes);
        if (!parent) return std::unexpected(parent.error());
        return finish(in, ParentNamed{std::move(*parent)});
    }
    if (what == "signed") {
        return finish(in, Signed{.parent = read_parent_place(in),
                                 .mandate = in.text("mandate", signed_bytes_max),
                                 .notice = in.text("notice", signed_bytes_max),
                                 .filing = in.text("to_insurer", signed_bytes_max),
                                 .evidence = in.text("evidence", decision_bytes_max)});
    }
    if (what == "given") return read_given(in, schemes);
    if (what == "undecided") return finish(in, Undecided{read_filing(in)});
    if (what == "accepted") return finish(in, Accepted{read_filing(in)});
    if (what == "declined") {
        Declined out{.filing = read_filing(in), .reason = in.text("reason", 1'000)};
        if (out.reason.empty()) in.refuse("who declines says why");
        return finish(in, std::move(out));
    }
    if (what == "filed_elsewhere") return read_elsewhere(in, schemes);
    return std::nullopt;
}

std::optional<Parsed<Happening>> read_of_order(std::string_view what, Members& in) {
    if (what == "sent") return finish(in, Sent{read_order(in)});
    if (what == "done") return finish(in, Done{read_order(in)});
    if (what == "lapsed") return finish(in, Lapsed{read_order(in)});
    if (what == "try_again") return finish(in, TryAgain{read_order(in)});
    if (what == "waived") return finish(in, Waived{read_order(in)});
    if (what == "not_active") {
        return finish(in, NotActive{.order = read_order(in),
                                    .place = static_cast<int>(in.integer("place", 0, before_max))});
    }
    if (what == "refused") {
        return finish(in, Refused{.order = read_order(in), .code = in.text("code", 64)});
    }
    return std::nullopt;
}

Parsed<Happening> read_said(Members& in) {
    const auto what = parse_news(in.text("reason"));
    if (!what) return bad("a register says what there is not");
    return finish(in, Said{.id = in.text("id", 64), .what = *what, .at = in.integer("since")});
}

// Those with which the person gets a slip.
std::optional<Parsed<Happening>> read_of_slip(std::string_view what, Members& in) {
    const auto index = [&in] { return in.optional_text("stop_index", 64).value_or(""); };
    if (what == "handed_over") return finish(in, HandedOver{index()});
    if (what == "found") return finish(in, Found{index()});
    if (what == "new_slip") return finish(in, NewSlip{index()});
    return std::nullopt;
}

// Those that say nothing more.
std::optional<Happening> read_word(std::string_view what) {
    if (what == "written") return Written{};
    if (what == "stopped_again") return StoppedAgain{};
    if (what == "given_up") return GivenUp{};
    if (what == "overtaken") return Overtaken{};
    if (what == "approved") return Approved{};
    if (what == "approval_lapsed") return ApprovalLapsed{};
    if (what == "pin_set") return PinSet{};
    return std::nullopt;
}

}  // namespace

json::object happening_json(const Happening& what) {
    auto out = std::visit([](const auto& one) { return members(one); }, what);
    out["what"] = name_of(what);
    return out;
}

Parsed<Happening> read_happening(const json::object& object, const wire::Schemes& schemes) {
    Members in(object);
    const auto what = in.text("what");
    if (auto out = read_of_claim(what, in, schemes)) return std::move(*out);
    if (auto out = read_of_order(what, in)) return std::move(*out);
    if (auto out = read_of_birth(what, in, schemes)) return std::move(*out);
    if (what == "opened") return read_opened(in, schemes);
    if (what == "applied") {
        auto out = read_applied(in, schemes);
        return out ? Parsed<Happening>(std::move(*out)) : std::unexpected(out.error());
    }
    if (what == "certified") {
        return finish(in, Certified{.use = read_use(in),
                                    .certificate = in.text("certificate", signed_bytes_max)});
    }
    if (what == "not_issued") {
        return finish(in, NotIssued{.use = read_use(in), .code = in.text("code", 64)});
    }
    if (what == "keys_made") return read_keys(in);
    if (what == "taken_on") {
        auto out = read_taken_on(in, schemes);
        return out ? Parsed<Happening>(std::move(*out)) : std::unexpected(out.error());
    }
    if (what == "requested") return read_requested(in);
    if (what == "traced") {
        return finish(in, Traced{.place = static_cast<int>(in.integer("place", 0, dropped_max)),
                                 .certificate = in.text("certificate", signed_bytes_max)});
    }
    if (what == "cancelled") {
        return finish(in, Cancelled{in.text("reason", 1'000)});
    }
    if (what == "said") return read_said(in);
    if (auto out = read_of_slip(what, in)) return std::move(*out);
    if (auto out = read_word(what)) return finish(in, std::move(*out));
    return bad("an unknown happening");
}

bool is_readable(const Happening& what, const wire::Schemes& schemes) {
    const auto line = parse_json_object(json::serialize(happening_json(what)));
    return line && read_happening(*line, schemes);
}

Parsed<TakenOn> read_taken_on(Members& in, const wire::Schemes& schemes) {
    auto person = read_attributes(in.object("person"));
    if (!person) return std::unexpected(person.error());
    auto claims = read_claims(in.array("claims", claims_max), schemes);
    if (!claims) return std::unexpected(claims.error());
    auto certificates = read_by_use(in.object("certificates"), signed_bytes_max);
    if (!certificates) return std::unexpected(certificates.error());
    TakenOn out{.person = std::move(*person),
                .claims = std::move(*claims),
                .certificates = std::move(*certificates),
                .chip = in.optional_text("chip", 32).value_or("")};
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return out;
}

Parsed<Applied> read_application(const json::object& object, const wire::Schemes& schemes) {
    Members in(object);
    return read_applied(in, schemes);
}

json::object application_json(const Applied& application) {
    json::object out{{"person", attributes_json(application.person)},
                     {"claims", claims_json(application.claims)},
                     {"signing", application.signing}};
    if (application.newborn) {
        const auto& newborn = *application.newborn;
        out["newborn"] = json::object{{"relation", newborn.relation},
                                      {"card", newborn.card},
                                      {"parent", newborn.parent},
                                      {"insurer", number_json(newborn.insurer)}};
    }
    return out;
}

json::object number_json(const wire::PersonNumber& number) {
    json::object fields;
    for (const auto& [name, value] : number.fields) {
        if (!value.empty()) fields[name] = value;
    }
    return {{"scheme", number.scheme}, {"fields", std::move(fields)}};
}

Parsed<wire::PersonNumber> read_number(const json::object& object, const wire::Schemes& schemes) {
    Members in(object);
    const auto* scheme = schemes.find(in.text("scheme", 40));
    const auto& fields = in.object("fields");
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (scheme == nullptr) return bad("unknown number scheme");
    auto number = wire::read_number(*scheme, fields);
    if (!number) return bad("a number does not fit its scheme");
    return std::move(*number);
}

json::object attributes_json(const Attributes& person) {
    return {{"name", person.name},
            {"kana", person.kana},
            {"sex", person.sex},
            {"address", person.address},
            {"birth_date", to_text(person.birth_date)}};
}

Parsed<Attributes> read_attributes(const json::object& object) {
    Members in(object);
    Attributes out{.name = in.text("name", text_bytes_max),
                   .kana = in.text("kana", text_bytes_max),
                   .sex = in.text("sex", 10),
                   .address = in.text("address", 2 * text_bytes_max),
                   .birth_date = {}};
    const auto birth_date = in.optional_date("birth_date");
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (!birth_date) return bad("a person has no birth date");
    if (out.name.empty() || out.address.empty()) return bad("a person has no name or address");
    if (out.sex != "female" && out.sex != "male") return bad("an unknown sex");
    out.birth_date = *birth_date;
    return out;
}

}  // namespace mado::issuer
