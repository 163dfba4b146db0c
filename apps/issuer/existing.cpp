#include "existing.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "base/shown.hpp"
#include "crypto/digest.hpp"
#include "crypto/other_names.hpp"
#include "matching/compare.hpp"
#include "wire/head.hpp"
#include "wire/mandate.hpp"

namespace mado::issuer {
namespace {

// J-LIS, profile of JPKI's certificates: identifiers, the birth date as a digit of the era and
// eight of the Gregorian day. The digits of the sex are from memory.
constexpr std::string_view name_oid = "1.2.392.200149.8.5.5.1";
constexpr std::string_view name_replaced_oid = "1.2.392.200149.8.5.5.2";
constexpr std::string_view sex_oid = "1.2.392.200149.8.5.5.3";
constexpr std::string_view birth_date_oid = "1.2.392.200149.8.5.5.4";
constexpr std::string_view address_oid = "1.2.392.200149.8.5.5.5";
constexpr std::string_view address_replaced_oid = "1.2.392.200149.8.5.5.6";

bool is_digits(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// 419900102: Heisei, and the day. What is not known of a day is written as zeros, and is no day.
Parsed<Date> read_birth_date(std::string_view text) {
    constexpr std::size_t digits = 9;
    const bool fits = text.size() == digits && is_digits(text) && text[0] >= '1' && text[0] <= '5';
    if (!fits) return bad("a birth date is not in JPKI's form");
    return parse_date(
        fmt::format("{}-{}-{}", text.substr(1, 4), text.substr(5, 2), text.substr(7)));
}

Parsed<std::string> read_sex(std::string_view text) {
    if (text == "1") return "male";
    if (text == "2") return "female";
    if (text == "3") return "unknown";
    return bad("a sex is not in JPKI's form");
}

bool is_replaced(const std::map<std::string, std::string>& names, std::string_view oid) {
    const auto found = names.find(std::string(oid));
    return found != names.end() && found->second.find('1') != std::string::npos;
}

// As it is, and shown whole; "": it is not there.
std::string text_in(const std::map<std::string, std::string>& names, std::string_view oid) {
    const auto found = names.find(std::string(oid));
    if (found == names.end() || !is_utf8(found->second)) return {};
    return found->second;
}

void add_difference(json::object& out, matching::Attribute attribute, std::string_view name,
                    const std::array<std::string_view, 2>& texts, bool replaced) {
    const auto compared = matching::compare_texts(attribute, texts[0], texts[1], {},
                                                  matching::AddressRule::may_say_less);
    if (compared.verdict == matching::Verdict::same && !replaced) return;
    // With another character in its place nobody can tell: it is not the same.
    const auto verdict =
        compared.verdict == matching::Verdict::same ? matching::Verdict::variant : compared.verdict;
    json::array rules, places;
    for (const auto rule : compared.rules)
        rules.emplace_back(matching::to_text(rule));
    // More than a page marks says nothing that the two texts do not.
    constexpr std::size_t places_max = 16;
    for (const auto& [a, b] : compared.differences) {
        if (places.size() == places_max) break;
        places.push_back(json::array{a.from, a.to, b.from, b.to});
    }
    json::object one{{"verdict", matching::to_text(verdict)},
                     {"rules", std::move(rules)},
                     {"writing", texts[1]}};
    if (!places.empty()) one["differences"] = std::move(places);
    out[name] = std::move(one);
}

std::string number_line(const Claim& claim) {
    std::string fields;
    for (const auto& [name, text] : claim.number.fields)
        if (!text.empty()) fields += " " + text;
    return fmt::format("番号: {}{}", claim.number.scheme, with_visible_selectors(fields));
}

bool fits(const wire::Mandate& mandate, const PossessionFacts& facts) {
    return mandate.kind == wire::MandateKind::check &&
           mandate.covers(must(wire::ServiceId::parse(card_standing_service), "a service")) &&
           mandate.organisation == facts.organisation &&
           mandate.audience == facts.directory.relay().id;
}

}  // namespace

Parsed<CardWords> card_words(const crypto::Certificate& signing) {
    const auto names = crypto::read_other_names(signing);
    if (!names) return std::unexpected(names.error());
    CardWords out{.name = text_in(*names, name_oid),
                  .sex = {},
                  .address = text_in(*names, address_oid),
                  .name_is_replaced = is_replaced(*names, name_replaced_oid),
                  .address_is_replaced = is_replaced(*names, address_replaced_oid)};
    const auto sex = read_sex(text_in(*names, sex_oid));
    const auto birth_date = read_birth_date(text_in(*names, birth_date_oid));
    if (out.name.empty() || out.address.empty()) return bad("a certificate names nobody");
    if (!sex) return std::unexpected(sex.error());
    if (!birth_date) return std::unexpected(birth_date.error());
    out.sex = *sex;
    out.birth_date = *birth_date;
    return out;
}

std::optional<std::string> words_differing(const Attributes& applied, const CardWords& card) {
    const bool same_sex = card.sex == "unknown" || card.sex == applied.sex;
    if (!same_sex || card.birth_date != applied.birth_date) return std::nullopt;
    json::object differing;
    add_difference(differing, matching::Attribute::name, "name", {applied.name, card.name},
                   card.name_is_replaced);
    add_difference(differing, matching::Attribute::address, "address",
                   {applied.address, card.address}, card.address_is_replaced);
    if (differing.empty()) return "";
    return json::serialize(json::object{{"verdict", "variant"},
                                        {"current", true},  // a certificate that counts
                                        {"attributes", std::move(differing)}});
}

std::expected<crypto::Certificate, Fault> judge_possession(const Possession& what,
                                                           const PossessionFacts& facts) {
    const auto mandate = wire::parse_mandate(what.mandate);
    const auto der = parse_base64url(what.certificate);
    auto read = der ? crypto::Certificate::from_der(*der) : std::unexpected(der.error());
    if (!mandate || !read) return std::unexpected(Fault::malformed);
    if (!fits(mandate->mandate, facts)) return std::unexpected(Fault::other_kind);
    if (mandate->mandate.nonce != facts.nonce) return std::unexpected(Fault::other_nonce);
    if (!is_of_now(mandate->mandate, facts.begun, facts.now)) return std::unexpected(Fault::old);
    if (mandate->jws.certificate != read->thumbprint()) return std::unexpected(Fault::other_card);
    if (!is_by_one_of(facts.directory.card_authorities, *read) || read->is_for_signing() ||
        read->not_before() > facts.now || read->not_after() <= facts.now) {
        return std::unexpected(Fault::certificate);
    }
    if (!crypto::verify_jws(mandate->jws, read->public_key())) {
        return std::unexpected(Fault::signature);
    }
    return std::move(*read);
}

std::expected<std::string, Misfit> existing_document(const CaseFile& file,
                                                     const crypto::Certificate& authentication,
                                                     std::string_view organisation) {
    const auto& one = file.one;
    if (!info(one.kind).foreign || !is_to_do(one, Step::sign)) {
        return std::unexpected(Misfit::too_early);
    }
    const auto& who = *one.person;
    std::vector<std::string> lines{"持っているカードの登録の申込み",
                                   fmt::format("受付番号: {}", file.number),
                                   fmt::format("宛先: {}", organisation),
                                   fmt::format("氏名: {}", with_visible_selectors(who.name)),
                                   fmt::format("読み: {}", with_visible_selectors(who.kana)),
                                   fmt::format("生年月日: {}", to_text(who.birth_date)),
                                   fmt::format("性別: {}", who.sex == "female" ? "女" : "男"),
                                   fmt::format("住所: {}", with_visible_selectors(who.address))};
    for (const auto& claim : one.claims)
        lines.push_back(number_line(claim));
    lines.push_back(fmt::format("利用者証明用電子証明書: {}", hex(authentication.serial())));
    lines.emplace_back("署名用電子証明書: この書類に署名したもの");
    const auto same = base64url(authentication.der());
    const bool stays = std::ranges::any_of(
        one.before, [&same](const Before& card) { return card.certificate == same; });
    if (!one.before.empty()) {
        lines.emplace_back(stays ? "これまでに登録した署名用電子証明書: 使えなくする"
                                 : "これまでに登録したカード: 使えなくする");
    }
    auto text = fmt::format("{}", fmt::join(lines, "\n"));
    if (text.size() > document_bytes_max || !std::ranges::all_of(lines, &shows_all)) {
        return std::unexpected(Misfit::unexpected);
    }
    return text;
}

Parsed<CardStanding> read_card_standing(const json::object& data,
                                        const std::vector<Hash>& certificates,
                                        const std::set<Hash>& own) {
    Members in(data);
    auto worst = CardStanding::good;
    std::size_t at = 0;
    for (const auto& value : in.array("cards", certificates.size())) {
        if (!value.is_object()) return bad("a card's standing is not an object");
        Members one(value.get_object());
        const auto certificate = one.hash("certificate");
        const auto standing = one.text("standing");
        const bool registered = one.boolean("registered");
        if (auto ok = one.finish(); !ok) return std::unexpected(ok.error());
        if (certificate != certificates[at++]) return bad("a standing is of another certificate");
        const bool is_own = own.contains(certificate);
        if (registered && !is_own) worst = std::max(worst, CardStanding::registered);
        if (standing == "stopped" || standing == "expired") {
            worst = std::max(worst, CardStanding::stopped);
        } else if (standing != "good") {
            worst = std::max(worst, CardStanding::unknown);
        }
    }
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (at != certificates.size()) return bad("a certificate has no standing");
    return worst;
}

std::string existing_evidence(const ExistingEvidence& evidence) {
    auto out = parse_json_object(evidence.signed_evidence, {.text_bytes_max = 256 * 1024});
    if (!out) throw Failure("evidence of our own cannot be read");
    (*out)["possession"] = json::object{{"mandate", evidence.possession.mandate},
                                        {"certificate", evidence.possession.certificate}};
    return json::serialize(*out);
}

}  // namespace mado::issuer
