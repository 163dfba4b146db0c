#include "decision.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "base/shown.hpp"
#include "crypto/digest.hpp"
#include "crypto/jwe.hpp"
#include "wire/head.hpp"

namespace mado::issuer {
namespace {

constexpr std::size_t writing_bytes_max = 64 * 1024;
constexpr std::size_t evidence_bytes_max = 64 * 1024;

struct Attribute {
    std::string_view name, in_words;
};
constexpr std::array attributes{Attribute{"name", "氏名"}, Attribute{"kana", "読み"},
                                Attribute{"birth_date", "生年月日"}, Attribute{"sex", "性別"},
                                Attribute{"address", "住所"}};

std::string of_person(const Attributes& person, std::string_view name) {
    if (name == "name") return person.name;
    if (name == "kana") return person.kana;
    if (name == "birth_date") return to_text(person.birth_date);
    if (name == "sex") return person.sex;
    return person.address;
}

const json::object* object_at(const json::object& in, std::string_view name) {
    const auto* value = in.if_contains(name);
    return value == nullptr ? nullptr : value->if_object();
}

// The code point of a variation selector that begins there, and how many bytes it takes (RFC 3629);
// none: something else begins there. U+FE00 to U+FE0F, U+E0100 to U+E01EF.
struct Selector {
    unsigned code = 0;
    std::size_t bytes = 0;
};
std::optional<Selector> selector_at(std::string_view text) {
    const auto byte = [&text](std::size_t at) {
        return static_cast<unsigned>(static_cast<unsigned char>(text[at]));
    };
    constexpr unsigned six = 0x3f;
    if (text.size() >= 3 && byte(0) == 0xef && byte(1) == 0xb8 && byte(2) >= 0x80 &&
        byte(2) <= 0x8f) {
        return Selector{0xfe00 + (byte(2) & six), 3};
    }
    if (text.size() >= 4 && byte(0) == 0xf3 && byte(1) == 0xa0) {
        const auto code = 0xe0000 + ((byte(2) & six) << 6) + (byte(3) & six);
        if (code >= 0xe0100 && code <= 0xe01ef) return Selector{code, 4};
    }
    return std::nullopt;
}

// The agent shows no other one.
bool shows_itself(const std::vector<std::string>& lines) {
    return std::ranges::all_of(lines, &shows_all);
}

std::expected<crypto::Certificate, Fault> read_certificate(const SignedDecision& what,
                                                           const DecisionFacts& facts) {
    const auto der = parse_base64url(what.certificate);
    auto read = der ? crypto::Certificate::from_der(*der) : std::unexpected(der.error());
    if (!read) return std::unexpected(Fault::malformed);
    if (!facts.any_card && (!facts.signing || read->thumbprint() != *facts.signing)) {
        return std::unexpected(Fault::other_card);
    }
    if (!is_by_one_of(facts.directory.card_authorities, *read) || !read->is_for_signing() ||
        read->not_before() > facts.now || read->not_after() <= facts.now) {
        return std::unexpected(Fault::certificate);
    }
    return std::move(*read);
}

// What the card says that it signed for.
std::optional<Fault> judge_mandate(const wire::Mandate& mandate, const DecisionFacts& facts) {
    const bool covers = std::ranges::all_of(facts.services, [&mandate](const auto& name) {
        return mandate.covers(must(wire::ServiceId::parse(name), "a service"));
    });
    if (mandate.kind != wire::MandateKind::application || !covers ||
        mandate.organisation != facts.organisation ||
        mandate.audience != facts.directory.relay().id) {
        return Fault::other_kind;
    }
    if (mandate.nonce != facts.nonce) return Fault::other_nonce;
    if (!is_of_now(mandate, facts.begun, facts.now)) return Fault::old;
    return std::nullopt;
}

// What is decided about: the first lines, and who writes what in another way.
struct Said {
    std::vector<std::string> lines;
    std::string writing;   // JSON
    std::string_view who;  // as the lines call it
};

std::expected<Said, Misfit> said_by_register(const CaseFile& file, const Choice& choice,
                                             const wire::Schemes& schemes) {
    const auto& claim = file.one.claims.at(static_cast<std::size_t>(choice.claim));
    const auto* scheme = schemes.find(claim.number.scheme);
    if (scheme == nullptr) return std::unexpected(Misfit::unexpected);
    return Said{.lines = {"登録簿の照合の決定", fmt::format("受付番号: {}", file.number),
                          fmt::format("登録簿: {}", scheme->giver(claim.number)),
                          fmt::format("番号の種類: {}", claim.number.scheme),
                          fmt::format("申請の何番目の番号か: {}", choice.claim)},
                .writing = claim.writing,
                .who = "登録簿"};
}

std::expected<Said, Misfit> said_by_card(const CaseFile& file) {
    const auto found = file.one.certificates.find(Use::signing);
    const bool is_there = found != file.one.certificates.end();
    const auto der = is_there ? parse_base64url(found->second) : bad("");
    const auto read = der ? crypto::Certificate::from_der(*der) : std::unexpected(der.error());
    if (!read) return std::unexpected(Misfit::unexpected);
    return Said{.lines = {"電子証明書の記載の照合の決定", fmt::format("受付番号: {}", file.number),
                          fmt::format("署名用電子証明書: {}", hex(read->serial()))},
                .writing = file.one.card_writing,
                .who = "電子証明書"};
}

void add_differing(std::vector<std::string>& lines, const Said& said, const Attributes& person) {
    const auto writing = parse_json_object(said.writing, {.text_bytes_max = writing_bytes_max});
    const auto* differing = writing ? object_at(*writing, "attributes") : nullptr;
    for (const auto& [name, in_words] : attributes) {
        const auto* one = differing == nullptr ? nullptr : object_at(*differing, name);
        if (one == nullptr || !one->contains("writing")) continue;
        lines.push_back(
            fmt::format("{}、申請: {}", in_words, with_visible_selectors(of_person(person, name))));
        lines.push_back(fmt::format("{}、{}: {}", in_words, said.who,
                                    with_visible_selectors(text_at(*one, "writing"))));
    }
}

}  // namespace

bool is_of_now(const wire::Mandate& mandate, UnixTime begun, UnixTime now) {
    return mandate.expires > now && mandate.issued_at <= now + wire::clock_skew_s &&
           mandate.issued_at >= begun - wire::clock_skew_s &&
           mandate.expires - mandate.issued_at <= wire::lifetime_s_max(mandate.kind);
}

std::string with_visible_selectors(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto selector = selector_at(text);
        out += selector ? fmt::format("[U+{:04X}]", selector->code) : std::string(1, text.front());
        text.remove_prefix(selector ? selector->bytes : 1);
    }
    return out;
}

std::expected<std::string, Misfit> decision_document(const CaseFile& file, const Choice& choice,
                                                     const wire::Schemes& schemes, UnixTime now) {
    const auto fits = after(
        file.one, Decided{.claim = choice.claim, .same_person = choice.same_person, .decision = {}},
        now);
    if (!fits) return std::unexpected(fits.error());
    auto said =
        choice.claim == card_place ? said_by_card(file) : said_by_register(file, choice, schemes);
    if (!said) return std::unexpected(said.error());
    auto& lines = said->lines;
    add_differing(lines, *said, *file.one.person);
    lines.push_back(fmt::format("決定: {}", choice.same_person ? "同じ人である" : "別の人である"));
    auto text = fmt::format("{}", fmt::join(lines, "\n"));
    if (text.size() > document_bytes_max || !shows_itself(lines)) {
        return std::unexpected(Misfit::unexpected);
    }
    return text;
}

std::string_view to_text(Fault fault) {
    switch (fault) {
        case Fault::malformed:
            return "malformed";
        case Fault::other_kind:
            return "other_kind";
        case Fault::other_nonce:
            return "other_nonce";
        case Fault::old:
            return "old";
        case Fault::other_text:
            return "other_text";
        case Fault::other_card:
            return "other_card";
        case Fault::certificate:
            return "certificate";
        case Fault::signature:
            return "signature";
    }
    return "";
}

std::expected<void, Fault> judge_decision(const SignedDecision& what, const DecisionFacts& facts) {
    const auto mandate = wire::parse_mandate(what.mandate);
    if (!mandate) return std::unexpected(Fault::malformed);
    if (const auto fault = judge_mandate(mandate->mandate, facts)) return std::unexpected(*fault);
    const auto certificate = read_certificate(what, facts);
    if (!certificate) return std::unexpected(certificate.error());
    if (mandate->jws.certificate != certificate->thumbprint()) {
        return std::unexpected(Fault::other_card);
    }
    if (!crypto::verify_jws(mandate->jws, certificate->public_key())) {
        return std::unexpected(Fault::signature);
    }
    // One text, and this one, with what was to be handed on: nothing else is signed along with it.
    std::vector hashes{crypto::sha256(as_bytes(what.payload))};
    for (const auto& one : what.handed_on)
        hashes.push_back(crypto::sha256(as_bytes(one)));
    if (mandate->mandate.payload_hashes != hashes || what.handed_on.size() != facts.handed_on) {
        return std::unexpected(Fault::other_text);
    }
    const auto opened = crypto::decrypt_jwe(what.payload, facts.sealing_key);
    if (!opened || as_text(*opened) != facts.document) return std::unexpected(Fault::other_text);
    return {};
}

std::string evidence_text(const Evidence& evidence) {
    const auto key = crypto::jwe_content_key(evidence.what.payload, evidence.sealing_key);
    const auto key_bytes = key ? to_hash(key->view()) : std::unexpected(key.error());
    if (!key_bytes) throw Failure("what was judged has a seal that does not open");
    return wire::to_json({.document = std::string(evidence.document),
                          .mandate = evidence.what.mandate,
                          .payload = evidence.what.payload,
                          .key = *key_bytes,
                          .certificate = evidence.what.certificate,
                          .head = std::string(evidence.head),
                          .answer = std::string(evidence.answer)});
}

std::optional<Hash> decision_of(std::string_view evidence) {
    const auto read = parse_json_object(evidence, {.text_bytes_max = evidence_bytes_max});
    const auto mandate = read ? text_at(*read, "mandate") : "";
    if (mandate.empty()) return std::nullopt;
    return crypto::sha256(as_bytes(mandate));
}

std::optional<std::string> evidence_in(const std::vector<Line>& lines, const EvidenceAsked& asked) {
    std::optional<std::string> out;
    for (const auto& line : lines) {
        const auto* decided = std::get_if<Decided>(&line.what);
        if (decided == nullptr || (asked.claim && decided->claim != *asked.claim)) continue;
        const auto name = decision_of(decided->decision);
        if (name && (!asked.decision || name == asked.decision)) out = decided->decision;
    }
    return out;
}

}  // namespace mado::issuer
